"""Read one YAML file strictly: UTF-8, no key twice, and the line of any value when something is wrong with it."""

from collections.abc import Hashable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from mande.errors import Problem

Path_ = tuple[str | int, ...]
"""Where a value stands in a file: keys and list positions from the top."""


@dataclass(frozen=True)
class Finding:
    """Something wrong at a path of a file, before its line is known."""

    path: Path_
    found: str
    cure: str


@dataclass(frozen=True)
class YamlFile:
    """A file as read: its name as shown to the user, its text and its value."""

    shown: str
    text: str
    value: Any

    def problems(self, findings: list[Finding]) -> list[Problem]:
        """Give each finding the line and path that the user sees."""
        if not findings:
            return []
        root = yaml.compose(self.text, Loader=yaml.CSafeLoader)
        problems = []
        for finding in findings:
            where = f"{self.shown}:{_line_of(root, finding.path)} {show_path(finding.path)}"
            problems.append(Problem(where.rstrip(), finding.found, finding.cure))
        return problems


def show_path(path: Path_) -> str:
    """Write a path the way a reader points at it.

    >>> show_path(("targets", 3, "levels", 0, "value"))
    'targets[3].levels[0].value'
    """
    shown = ""
    for part in path:
        shown += f"[{part}]" if isinstance(part, int) else f".{part}" if shown else str(part)
    return shown


def read_yaml(path: Path, shown: str) -> tuple[YamlFile | None, list[Problem]]:
    """Read a YAML mapping, or say why it cannot be read."""
    text, problems = _read_text(path, shown)
    if text is None:
        return None, problems
    try:
        value, problems = _construct(text, shown)
    except (yaml.YAMLError, RecursionError, ValueError) as error:
        return None, [_unreadable(error, shown)]
    if value is None:
        return None, [Problem(shown, "the file is empty", "write its keys, or delete the file if it may be absent")]
    if not isinstance(value, dict):
        found = f"{describe(value)} stands where keys are expected"
        return None, [Problem(f"{shown}:1", found, "begin with 'key: value' lines")]
    return YamlFile(shown, text, value), problems


def describe(value: object) -> str:
    """Name a value briefly: a container by its kind, a plain value as written and cut to length."""
    if isinstance(value, dict):
        return "a group of keys"
    if isinstance(value, list | tuple):
        return "a list"
    if value is None:
        return "nothing"
    shown = str(value)
    return f"'{shown[:57]}…'" if len(shown) > 60 else f"'{shown}'"


class _StrictLoader(yaml.CSafeLoader):
    """Notes every key that stands twice; leaves a date that is none as the text that was written."""

    def __init__(self, stream: str):
        super().__init__(stream)
        self.duplicates: list[tuple[int, str]] = []

    def construct_mapping(self, node: yaml.MappingNode, deep: bool = False) -> dict[Hashable, Any]:
        seen: set[str] = set()
        for key, _ in node.value:
            if isinstance(key, yaml.ScalarNode) and key.value != "<<":
                if key.value in seen:
                    self.duplicates.append((key.start_mark.line + 1, key.value))
                seen.add(key.value)
        return super().construct_mapping(node, deep)

    def construct_date(self, node: yaml.ScalarNode) -> Any:
        try:
            return self.construct_yaml_timestamp(node)
        except ValueError:
            return node.value


_StrictLoader.add_constructor("tag:yaml.org,2002:timestamp", _StrictLoader.construct_date)


def _read_text(path: Path, shown: str) -> tuple[str | None, list[Problem]]:
    try:
        content = path.read_bytes()
    except FileNotFoundError:
        return None, [Problem(shown, "the file is missing", "write it; `mande programmes init NAME` makes an example")]
    except OSError as error:
        return None, [Problem(shown, f"the file cannot be read ({error.strerror})", "make it a readable file")]
    try:
        return content.decode("utf-8-sig"), []
    except UnicodeDecodeError as error:
        line = content[: error.start].count(b"\n") + 1
        return None, [Problem(f"{shown}:{line}", "the text is not UTF-8", "save the file with the encoding UTF-8")]


def _construct(text: str, shown: str) -> tuple[Any, list[Problem]]:
    loader = _StrictLoader(text)
    try:
        value = loader.get_single_data()
        problems = [
            Problem(f"{shown}:{line} {key}", f"the key '{key}' stands twice in one group", "keep one of them")
            for line, key in loader.duplicates
        ]
        return value, problems
    finally:
        loader.dispose()


def _unreadable(error: Exception, shown: str) -> Problem:
    if isinstance(error, RecursionError):
        return Problem(shown, "the values are nested too deeply", "write plain keys and lists")
    if not isinstance(error, yaml.YAMLError):
        cure = "put long numbers and odd values between quotes"
        return Problem(shown, f"a value cannot be read ({error})", cure)
    mark = getattr(error, "problem_mark", None)
    where = f"{shown}:{mark.line + 1}" if mark else shown
    found = getattr(error, "problem", None) or str(error).splitlines()[0]
    cure = "check the indentation and colons around this line; put texts that hold ':' or begin with '>' between quotes"
    return Problem(where, f"this is not YAML ({found})", cure)


def _line_of(node: yaml.Node | None, path: Path_) -> int:
    """Return the line of the deepest part of the path that exists."""
    line = 1
    for part in path:
        step = _child(node, part)
        if step is None:
            break
        node, line = step
    return line


def _child(node: yaml.Node | None, part: str | int) -> tuple[yaml.Node, int] | None:
    if isinstance(node, yaml.MappingNode):
        for key, value in node.value:
            if isinstance(key, yaml.ScalarNode) and key.value == str(part):
                return value, key.start_mark.line + 1
    if isinstance(node, yaml.SequenceNode) and isinstance(part, int) and part < len(node.value):
        return node.value[part], node.value[part].start_mark.line + 1
    return None

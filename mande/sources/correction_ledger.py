"""The ledger of known errors in sources, `corrections.yaml`: each entry dated, signed, with its reason and evidence.

An entry also says what it expects to find, so that it fails once the source has been mended; see `docs/corrections.md`.
"""

from collections.abc import Iterator
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import Field

from mande.errors import DefinitionError, Problem
from mande.framework.citation import Code, Day, Model, Number, Text
from mande.framework.explain import nearest, validate
from mande.framework.yaml_file import Finding, Path_, describe, read_yaml
from mande.vocabulary import ValueStatus

LEDGER = "corrections.yaml"
Name = Annotated[str, Field(min_length=1)]
NumberColumn = Literal["value", "lower", "upper", "numerator", "denominator", "sample_size"]


class Where(Model):
    """Which cells an entry speaks of; what is left out does not narrow them."""

    indicator: Code
    file: str = ""
    submission: str = ""
    source: str = ""
    edition: str = ""
    place_codes: tuple[Name, ...] = ()
    periods: tuple[Name, ...] = ()
    dimension: str = ""
    dimension_values: tuple[Name, ...] = ()
    cells: tuple[Name, ...] = ()


class Expect(Model):
    """What must stand in each cell, and in how many, for the entry to be still needed."""

    equals: Number | None = None
    above: Number | None = None
    below: Number | None = None
    at_least: Number | None = None
    at_most: Number | None = None
    is_missing: bool | None = None
    value_status: ValueStatus | None = None
    cells: Annotated[int, Field(strict=True, gt=0)] | None = None

    @property
    def says_something(self) -> bool:
        """Whether anything is expected of the cells themselves, not only of their number."""
        return any(value is not None for name, value in self if name != "cells")


class Correction(Model):
    """One known error: where it is, what is done about it, why, by whom, since when, and what stands there now."""

    id: Code
    where: Where
    action: Literal["override", "drop", "scale", "flag"]
    column: NumberColumn = "value"
    value: Number | None = None
    value_status: ValueStatus | None = None
    factor: Annotated[float, Field(strict=True, gt=0, allow_inf_nan=False)] | None = None
    reason: Text
    who: Name
    date: Day
    evidence: Name
    expect: Expect
    after: str = ""

    @property
    def columns(self) -> tuple[str, ...]:
        """The columns whose numbers the entry changes: limits go with their value, a value with what it is made of."""
        if self.action == "flag":
            return (self.column,)
        if self.column == "value":
            return ("value", "lower", "upper")
        return (self.column, "value") if self.column in ("numerator", "denominator") else (self.column,)


def read_ledger(folder: Path) -> tuple[Correction, ...]:
    """Return the entries of `corrections.yaml` of a folder in the order in which they apply; none without the file.

    *Raises* DefinitionError with all problems of the file.
    """
    path = folder / LEDGER
    if not path.exists():
        return ()
    file, problems = read_yaml(path, f"{folder.name}/{LEDGER}")
    if file is None:
        raise DefinitionError(problems)
    entries, findings = _read_entries(file.value)
    problems += file.problems([*findings, *_contradictions(entries)])
    if problems:
        raise DefinitionError(problems)
    return tuple(entry for _, entry in entries)


def _read_entries(value: dict[str, Any]) -> tuple[list[tuple[Path_, Correction]], list[Finding]]:
    key = "corrections"
    findings = [
        Finding((name,), f"unknown key '{name}'", nearest(str(name), [key])) for name in value if str(name) != key
    ]
    listed = value.get(key, [])
    if not isinstance(listed, list):
        return [], [*findings, Finding((key,), f"{describe(listed)} stands where a list is expected", "begin with '-'")]
    entries: list[tuple[Path_, Correction]] = []
    for position, item in enumerate(listed):
        entry, found = validate(Correction, item, (key, position))
        findings += found
        if entry is not None:
            entries.append(((key, position), entry))
    return entries, findings


def _contradictions(entries: list[tuple[Path_, Correction]]) -> Iterator[Finding]:
    """Find what no single key shows: an action without its number, an id twice, an order that leads nowhere."""
    ids = [entry.id for _, entry in entries]
    for path, entry in entries:
        if entry.action == "scale" and entry.factor is None:
            yield Finding(path, f"{entry.id} scales without a factor", "add 'factor: …'")
        if entry.action == "override" and entry.value is None and entry.value_status is None:
            yield Finding(path, f"{entry.id} overrides with nothing", "add 'value: …' or 'value_status: …'")
        if not entry.expect.says_something:
            found = f"{entry.id} does not say what stands in the source"
            yield Finding((*path, "expect"), found, "add 'equals: …' or a range, such as 'above: …'")
        if ids.count(entry.id) > 1:
            yield Finding((*path, "id"), f"the id {entry.id} stands twice", "give each entry an id of its own")
        if entry.after and entry.after not in ids[: ids.index(entry.id)]:
            found = f"{entry.id} comes after {entry.after}, which does not stand before it"
            yield Finding((*path, "after"), found, "write the entries in the order in which they apply")


def order_is_stated(first: Correction, second: Correction, entries: tuple[Correction, ...]) -> bool:
    """Return whether `after` says, directly or through others, that the second entry follows the first."""
    by_id = {entry.id: entry for entry in entries}
    step = second
    while step.after:
        if step.after == first.id:
            return True
        step = by_id[step.after]
    return False


def missing_entry(entry: Correction, shown: str, found: str) -> Problem:
    """Return the problem of an entry that no longer fits what the source says."""
    cure = "delete the entry if the source was mended; otherwise correct 'where' or 'expect'"
    return Problem(f"{shown} {entry.id}", found, cure)

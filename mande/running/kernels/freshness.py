"""What a warm parent was made of: when any of it changes, the next kernel needs a new parent."""

import os
import sysconfig
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path

_STARTUP_PREFIXES = ("PYTHON", "MPLCONFIGDIR", "MATPLOTLIBRC", "LC_", "LANG", "LD_", "VIRTUAL_ENV")
"""Beginnings of variables that Python and the imported libraries read once, when they start."""


@dataclass(frozen=True)
class ParentKey:
    """Two equal keys may share a warm parent: same interpreter, modules, start-up variables and code."""

    python: str
    preload: tuple[str, ...]
    variables: tuple[tuple[str, str], ...]
    code: tuple[tuple[str, int, int], ...]

    @classmethod
    def of(cls, python: str, preload: Iterable[str], environment: dict[str, str]) -> "ParentKey":
        """Return the key as files and variables stand now."""
        variables = sorted(item for item in environment.items() if item[0].startswith(_STARTUP_PREFIXES))
        return cls(python, tuple(preload), tuple(variables), tuple(_stamps({"mande", *_packages(preload)})))


def _packages(modules: Iterable[str]) -> set[str]:
    return {name.partition(".")[0] for name in modules}


def _stamps(packages: set[str]) -> Iterator[tuple[str, int, int]]:
    """Yield path, time and size: of every file of packages that are being worked on, of folders of installed ones."""
    installed = sorted({sysconfig.get_path("purelib"), sysconfig.get_path("platlib")})
    for folder in installed:  # installing or removing anything changes the folder's own time
        yield from _stamp(folder)
    for package in sorted(packages):
        spec = find_spec(package)
        for folder in spec.submodule_search_locations or [] if spec else []:
            if not any(Path(folder).is_relative_to(place) for place in installed):
                yield from _file_stamps(folder)
        if spec and spec.origin and spec.submodule_search_locations is None:
            yield from _stamp(spec.origin)


def _file_stamps(folder: str) -> Iterator[tuple[str, int, int]]:
    for place, folders, files in os.walk(folder):
        folders[:] = sorted(name for name in folders if name != "__pycache__")
        for name in sorted(files):
            yield from _stamp(os.path.join(place, name))


def _stamp(path: str) -> Iterator[tuple[str, int, int]]:
    try:
        facts = os.stat(path)
    except OSError:  # removed while we looked, or built into Python
        return
    yield path, facts.st_mtime_ns, facts.st_size

"""What a whole run is made from, as one hash: the programs, and every file of the workspace that a number can come from."""

import json
import platform
from collections.abc import Iterator
from functools import cache
from hashlib import sha256
from importlib.metadata import version
from pathlib import Path

import mande
from mande.workspace import Workspace

SOFTWARE = ("mande", "pandas", "numpy", "great-expectations", "matplotlib", "papermill", "nbconvert", "pyarrow")
_MEASURED = ("programmes", "data", "data_contracts", "notebooks")
_NO_SOURCE = frozenset({"snapshots", "__pycache__", ".ipynb_checkpoints"})
"""Folders that hold copies of inputs, or what editors leave."""


def software_versions() -> dict[str, str]:
    """Return the versions of Python and of the libraries that numbers and pages pass through."""
    return {"python": platform.python_version(), **{name: version(name) for name in SOFTWARE}}


@cache
def hash_programs() -> str:
    """Return the hash of this package's own files and of the versions of the libraries below it."""
    digest = sha256(json.dumps(software_versions(), sort_keys=True).encode())
    _add_files(digest, Path(mande.__file__).parent)
    return digest.hexdigest()


def hash_workspace(workspace: Workspace, asked: dict[str, object]) -> str:
    """Return the hash of all that a run with these options is made from; equal hashes give equal tables and pages."""
    digest = sha256(json.dumps([hash_programs(), asked], sort_keys=True, default=str).encode())
    for name in _MEASURED:
        _add_files(digest, workspace.root / name)
    return digest.hexdigest()


def _add_files(digest, folder: Path) -> None:
    for path in _files(folder):
        digest.update(f"\n{path.relative_to(folder.parent).as_posix()}\n".encode())
        digest.update(sha256(path.read_bytes()).digest())


def _files(folder: Path) -> Iterator[Path]:
    for path in sorted(folder.rglob("*")):
        hidden = path.name.startswith(".") or _NO_SOURCE.intersection(path.relative_to(folder).parts)
        if path.is_file() and not hidden:
            yield path

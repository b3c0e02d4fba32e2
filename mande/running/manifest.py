"""The manifest of a run: what went in and what came out, each with its hash."""

import json
import platform
from importlib.metadata import version
from pathlib import Path

from mande.sources.snapshot import hash_file

SOFTWARE = ("mande", "pandas", "numpy", "great-expectations", "matplotlib", "papermill", "nbconvert", "pyarrow")


def describe_files(paths: list[Path], root: Path) -> list[dict[str, str | int]]:
    """Return path (below `root`), SHA-256 and size of each file, sorted by path."""
    return [
        {"path": path.relative_to(root).as_posix(), "sha256": hash_file(path), "bytes": path.stat().st_size}
        for path in sorted(paths)
    ]


def make_manifest(
    run: dict[str, object], *, folder: Path, inputs: list[Path], root: Path, failed: dict[str, str]
) -> str:
    """Return the manifest as JSON: parameters of the run, inputs and outputs with hashes, software, failed units."""
    outputs = [path for path in folder.rglob("*") if path.is_file() and path.name != "manifest.json"]
    content = {
        "run": run,
        "failed_units": failed,
        "inputs": describe_files(inputs, root),
        "outputs": describe_files(outputs, folder),
        "software": {"python": platform.python_version(), **{name: version(name) for name in SOFTWARE}},
    }
    return json.dumps(content, ensure_ascii=False, indent=1)

"""The manifest of a run: what went in and what came out, each with its hash."""

import json
from pathlib import Path

from mande.running.fingerprint import software_versions
from mande.running.ledger import LEDGER
from mande.sources.snapshot import hash_file


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
    outputs = [path for path in folder.rglob("*") if path.is_file() and not _is_of_the_runner(path)]
    content = {
        "run": run,
        "failed_units": failed,
        "inputs": describe_files(inputs, root),
        "outputs": describe_files(outputs, folder),
        "software": software_versions(),
    }
    return json.dumps(content, ensure_ascii=False, indent=1)


def _is_of_the_runner(path: Path) -> bool:
    """Return whether a file tells how the run was made, not what it says."""
    return path.name == "manifest.json" or path.name.startswith(LEDGER)

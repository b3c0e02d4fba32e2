"""Hand over a run: what its manifest lists, just as it lists it, and nothing else."""

import json
import shutil
from hashlib import sha256
from pathlib import Path

from mande.errors import DisclosureError, Problem

MANIFEST = "manifest.json"
_AGAIN = "make the run again: mande review --kind published"


def require_published(folder: Path, info: dict) -> None:
    """Refuse a run that is not for publication.

    Raises: DisclosureError for an internal run and for one with units whose pages failed.
    """
    if info.get("kind") != "published":
        raise DisclosureError(Problem(str(folder), "it is an internal run, with all numbers", _AGAIN))


def listed_files(folder: Path) -> list[str]:
    """Return the files of a run that its manifest lists, each with the content that it had when it was made.

    Raises: DisclosureError for a manifest that cannot be read, and naming every file that is missing or was changed:
    what was audited is not what would be handed out.
    """
    try:
        listed = json.loads((folder / MANIFEST).read_text(encoding="utf-8"))["outputs"]
        found = {entry["path"]: entry["sha256"] for entry in listed}
    except (OSError, ValueError, KeyError, TypeError):
        raise DisclosureError(Problem(str(folder / MANIFEST), "it is missing or cannot be read", _AGAIN)) from None
    problems = [
        Problem(path, "it is not the file that the manifest lists", _AGAIN)
        for path, digest in found.items()
        if not (folder / path).is_file() or sha256((folder / path).read_bytes()).hexdigest() != digest
    ]
    if problems:
        raise DisclosureError(problems)
    return sorted(found)


def copy_files(folder: Path, target: Path, files: list[str]) -> None:
    """Copy these files and the manifest; the ledger tells how the run was made, and stays."""
    for name in (*files, MANIFEST):
        path = target / name
        path.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(folder / name, path)

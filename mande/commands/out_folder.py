"""The folder that a command writes to."""

from pathlib import Path

from mande.errors import Problem, UsageError


def make_folder(folder: Path) -> Path:
    """Make a folder with those above it, if need be, and return it.

    Raises: UsageError where it cannot be made, such as where a file has that name.
    """
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        found = f"cannot be made a folder ({error.strerror})"
        raise UsageError(Problem(str(folder), found, "name another folder with --out")) from None
    return folder

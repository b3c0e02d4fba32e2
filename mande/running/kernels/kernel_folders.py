"""A folder for each kernel's connection file, sockets and inputs; it leaves with the kernel, whoever is killed."""

import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from shutil import rmtree

from filelock import FileLock, Timeout

from mande.running.kernels.agreement import KERNEL_FOLDER_PREFIX

_OWNER = "owner.lock"
_YOUNG_SECONDS = 60
"""A folder this young may be waiting for its owner's lock."""


@contextmanager
def kernel_folder(given: Path | None = None) -> Iterator[Path]:
    """Give a folder that only this user can open; one that is given belongs to the caller and stays.

    It is locked as long as its owner lives: the system frees the lock of one that has died.
    """
    if given is not None:
        yield given
        return
    temporary = tempfile.TemporaryDirectory(prefix=KERNEL_FOLDER_PREFIX, ignore_cleanup_errors=True)
    with temporary as folder, FileLock(Path(folder, _OWNER)):
        yield Path(folder)


def remove_left_folders(temporary: Path | None = None, *, young_seconds: float = _YOUNG_SECONDS) -> int:
    """Remove the folders of kernels whose owner and warm parent were both killed; return how many there were."""
    removed = 0
    for folder in (temporary or Path(tempfile.gettempdir())).glob(f"{KERNEL_FOLDER_PREFIX}*"):
        if _is_left(folder, young_seconds):
            rmtree(folder, ignore_errors=True)
            removed += 1
    return removed


def _is_left(folder: Path, young_seconds: float) -> bool:
    try:
        if abs(time.time() - folder.stat().st_mtime) < young_seconds:
            return False
        with FileLock(folder / _OWNER, timeout=0):
            return True
    except (OSError, Timeout):  # another user's, or its owner lives
        return False

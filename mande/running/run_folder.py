"""A run appears whole or not at all: made aside, locked against a second runner, then put in place by renaming."""

import ctypes
import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from filelock import FileLock, Timeout

from mande.errors import Problem, UsageError

ARCHIVE = "archive"
"""Folder below the reports that keeps the former runs of each id, oldest first by number; only `prune` empties it."""

_HERE = -100  # AT_FDCWD: paths are taken as they are
_EXCHANGE = 2  # RENAME_EXCHANGE of renameat2(2)


@dataclass(frozen=True)
class RunPaths:
    """Where a run stands while it is made, when it is whole, and when it has been replaced."""

    reports: Path
    run_id: str

    @property
    def aside(self) -> Path:
        return self.reports / f".{self.run_id}.partial"

    @property
    def final(self) -> Path:
        return self.reports / self.run_id

    @property
    def former(self) -> Path:
        return self.reports / f".{self.run_id}.former"

    @property
    def lock(self) -> Path:
        return self.reports / f".{self.run_id}.lock"

    @property
    def archive(self) -> Path:
        return self.reports / ARCHIVE / self.run_id


@contextmanager
def run_folder(reports: Path, run_id: str, *, is_resumed: bool = False) -> Iterator[Path]:
    """Give a folder to fill; when the block ends well it becomes `reports/run_id`.

    The folder is fresh, or, when resumed, the one that a broken-off run left.  The last good run stays in place until
    the new one is whole, and goes to the archive then.  If the block raises, what was made stays aside to be resumed.
    Raises: UsageError if the folder cannot be written or another runner is at this run.
    """
    paths = RunPaths(reports, run_id)
    lock = _lock(paths)
    try:
        try:
            _recover(paths)
            if not is_resumed:
                shutil.rmtree(paths.aside, ignore_errors=True)
            paths.aside.mkdir(exist_ok=is_resumed)
        except OSError as error:
            raise _unwritable(reports, error) from None
        yield paths.aside
        _put_in_place(paths)
    finally:
        lock.release()


def is_being_made(reports: Path, run_id: str) -> bool:
    """Return whether a runner is at this run now; the kernel frees the lock of one that has died."""
    lock = RunPaths(reports, run_id).lock
    if not lock.exists():
        return False
    try:
        with FileLock(lock, timeout=0):
            return False
    except Timeout:
        return True


def write_whole(path: Path, content: str | bytes) -> None:
    """Write a file aside, flush it to disk and rename it, so that no reader ever sees half of it."""
    path.parent.mkdir(parents=True, exist_ok=True)
    aside = path.with_name(f".{path.name}.part")
    data = content.encode() if isinstance(content, str) else content
    try:
        with aside.open("wb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        aside.replace(path)
    except OSError:
        aside.unlink(missing_ok=True)
        raise


def _lock(paths: RunPaths) -> FileLock:
    try:
        paths.reports.mkdir(parents=True, exist_ok=True)
        lock = FileLock(paths.lock)
        lock.acquire(timeout=0)
    except Timeout:
        found = "another run is making it now"
        raise UsageError(Problem(str(paths.final), found, "wait until it has ended; see: mande status")) from None
    except OSError as error:
        raise _unwritable(paths.reports, error) from None
    return lock


def _unwritable(reports: Path, error: OSError) -> UsageError:
    return UsageError(
        Problem(
            str(reports), f"cannot be written ({error.strerror})", "free space, or name a writable folder with --output"
        )
    )


def _recover(paths: RunPaths) -> None:
    """Finish what a kill between two renames left: put back the last good run, or take it to the archive."""
    if paths.former.exists() and not paths.final.exists():
        paths.former.rename(paths.final)
    if paths.former.exists():
        _archive(paths)


def _put_in_place(paths: RunPaths) -> None:
    """Make the folder aside the run; flush its folders first, so that not even a power cut shows half of it."""
    for place, _, _ in os.walk(paths.aside):
        _flush_folder(Path(place))
    if not paths.final.exists():
        paths.aside.rename(paths.final)
    elif _exchange(paths.aside, paths.final):
        paths.aside.rename(paths.former)
        _archive(paths)
    else:
        paths.final.rename(paths.former)
        paths.aside.rename(paths.final)
        _archive(paths)
    _flush_folder(paths.reports)


def _archive(paths: RunPaths) -> None:
    """Keep a replaced run under the next number: numbers, unlike clocks, never go back."""
    paths.archive.mkdir(parents=True, exist_ok=True)
    numbers = [int(kept.name) for kept in paths.archive.iterdir() if kept.name.isdigit()]
    paths.former.rename(paths.archive / f"{max(numbers, default=0) + 1:05d}")


def _exchange(one: Path, other: Path) -> bool:
    """Swap two folders at once, so that there is no moment without a run; False where the system cannot."""
    rename = getattr(ctypes.CDLL(None, use_errno=True), "renameat2", None) if os.name == "posix" else None
    if rename is None:
        return False
    return rename(_HERE, os.fsencode(one), _HERE, os.fsencode(other), _EXCHANGE) == 0


def _flush_folder(folder: Path) -> None:
    """Flush the names in a folder; only POSIX systems can open one."""
    if os.name != "posix":
        return
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)

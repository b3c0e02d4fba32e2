"""A run appears whole or not at all: made aside, locked against a second runner, then put in place by renaming."""

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from filelock import FileLock, Timeout

from mande.errors import Problem, UsageError


@contextmanager
def run_folder(reports: Path, run_id: str) -> Iterator[Path]:
    """Give a fresh folder to fill; when the block ends well it becomes `reports/run_id`.

    What an earlier, killed run left aside is removed first.  The last good run stays in place until the new one is
    whole, and stays for good if the block raises.
    Raises: UsageError if the folder cannot be written or another runner is at this run.
    """
    aside, final, former = reports / f".{run_id}.partial", reports / run_id, reports / f".{run_id}.former"
    try:
        reports.mkdir(parents=True, exist_ok=True)
        lock = FileLock(reports / f".{run_id}.lock")
        lock.acquire(timeout=0)
    except Timeout:
        raise UsageError(Problem(str(final), "another run is making it now", "wait until it has ended")) from None
    except OSError as error:
        raise _unwritable(reports, error) from None
    try:
        try:
            _recover(final, former)
            shutil.rmtree(aside, ignore_errors=True)
            aside.mkdir()
        except OSError as error:
            raise _unwritable(reports, error) from None
        try:
            yield aside
            _put_in_place(aside, final, former)
        except BaseException:
            shutil.rmtree(aside, ignore_errors=True)
            raise
    finally:
        lock.release()


def _unwritable(reports: Path, error: OSError) -> UsageError:
    return UsageError(
        Problem(
            str(reports), f"cannot be written ({error.strerror})", "free space, or name a writable folder with --output"
        )
    )


def write_whole(path: Path, content: str | bytes) -> None:
    """Write a file aside, flush it to disk and rename it, so that no reader ever sees half of it."""
    path.parent.mkdir(parents=True, exist_ok=True)
    aside = path.with_name(f".{path.name}.part")
    data = content.encode() if isinstance(content, str) else content
    with aside.open("wb") as file:
        file.write(data)
        file.flush()
        os.fsync(file.fileno())
    aside.replace(path)


def _recover(final: Path, former: Path) -> None:
    """Put back the last good run if a kill fell between the two renames."""
    if former.exists() and not final.exists():
        former.rename(final)
    shutil.rmtree(former, ignore_errors=True)


def _put_in_place(aside: Path, final: Path, former: Path) -> None:
    if final.exists():
        final.rename(former)
    aside.rename(final)
    shutil.rmtree(former, ignore_errors=True)

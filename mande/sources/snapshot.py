"""Keep every file that a review reads, unchanged, under the hash of its content."""

import hashlib
import os
import shutil
from datetime import UTC, date, datetime
from pathlib import Path

from mande.errors import DataError, Problem


def hash_file(path: Path) -> str:
    """Return the SHA-256 of the file's bytes as 64 hexadecimal digits.

    >>> import tempfile
    >>> with tempfile.NamedTemporaryFile() as file:
    ...     hash_file(Path(file.name))[:8]
    'e3b0c442'
    """
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def submission_of(digest: str) -> str:
    """Return the short name of a received file: the first twelve digits of its hash.

    >>> submission_of("e3b0c44298fc1c149afbf4c8996fb924")
    'e3b0c44298fc'
    """
    return digest[:12]


def received_date(path: Path) -> date:
    """Return the day on which the file last changed on this disk, in UTC."""
    return datetime.fromtimestamp(path.stat().st_mtime, tz=UTC).date()


def keep_snapshot(path: Path, folder: Path, *, digest: str = "") -> Path:
    """Copy the file under its hash into `folder` unless it is there already, and return the copy's path.

    The copy is written aside, flushed and renamed, then made read-only, so that it is whole or absent and never
    overwritten.  The file itself is only read.  The hash is that of the bytes copied, also if the file changes
    meanwhile; then a caller who names the `digest` that was looked at gets an error, and nothing is kept.

    Raises: DataError if the folder cannot be written, or the bytes are others than `digest`.
    """
    kept = snapshot_path(folder, digest or hash_file(path), path.suffix)
    if kept.exists():
        return kept
    aside = kept.with_suffix(f".{os.getpid()}.part")
    try:
        kept.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(path, aside)
        copied = hash_file(aside)
        if digest and copied != digest:
            aside.unlink()
            raise DataError(
                Problem(path.name, "the file changed while it was read", "wait until it is whole, then read it")
            )
        kept = snapshot_path(folder, copied, path.suffix)
        kept.parent.mkdir(exist_ok=True)
        _flush(aside)
        aside.chmod(0o444)
        aside.replace(kept)
        _flush(kept.parent)
    except OSError as error:
        if aside.is_file():
            aside.unlink()
        raise DataError(
            Problem(str(folder), f"cannot keep a snapshot ({error.strerror})", "make the folder writable or free space")
        ) from None
    return kept


def snapshot_path(folder: Path, digest: str, suffix: str) -> Path:
    """Return where a file of that hash is kept; the ending is all that is left of its name."""
    return folder / digest[:2] / f"{digest}{suffix.lower()}"


def _flush(path: Path) -> None:
    """Make the disk hold what was written: the content of a file, or the names in a folder."""
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)

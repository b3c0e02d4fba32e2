"""What a received file really is, found out in bounded time and memory before anything reads it."""

import hashlib
import os
import stat
import unicodedata
from collections.abc import Iterator
from contextlib import contextmanager
from enum import StrEnum
from pathlib import Path
from typing import BinaryIO

from mande.errors import DataError, Problem
from mande.sources.ods_scan import scan_ods
from mande.sources.xls_scan import scan_xls
from mande.sources.xlsx_scan import scan_xlsx
from mande.sources.zip_parts import inflate, list_parts, read_part

LARGEST_WORKBOOK_BYTES = 150_000_000
LARGEST_TEXT_BYTES = 2_000_000_000
_HEAD_BYTES = 4096
_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_UTF16_MARKS = (b"\xff\xfe", b"\xfe\xff")
TEXT_ENDINGS = {".csv", ".tsv", ".txt", ".tab"}
_MARKUP = (b"<!doctype", b"<html", b"<head", b"<body", b"<table", b"<script", b"<?xml", b"<svg", b"<meta")
_OTHER_KINDS = {b"%PDF": "a PDF document", b"\x89PNG": "a picture", b"\xff\xd8\xff": "a picture", b"Rar!": "an archive",
                b"7z\xbc\xaf": "an archive", b"\x1f\x8b": "an archive", b"MZ": "a program", b"\x7fELF": "a program",
                b"{\\rtf": "a text document", b"PAR1": "a Parquet file"}  # fmt: skip
_SAVE = "open it, save it as .xlsx and send that"


class FileKind(StrEnum):
    """What a file is by its content, whatever its name."""

    XLSX = "xlsx"
    XLS = "xls"
    ODS = "ods"
    TEXT = "text"


def inspect_file(path: Path) -> None:
    """Say whether the file can be read at all: a workbook (xlsx, xlsm, xls, ods) or a text table (csv, tsv, txt).

    *Raises* DataError with one problem for a name with control characters, a link, a folder or device, an empty file, a
    zip bomb, a cut-off or encrypted archive, a web page or other content under the name of a workbook, a sheet whose
    filled cells span more than `workbook_scan.MOST_CELLS`.
    """
    with open_regular_file(path) as file:
        kind = inspect_open_file(file, path)
        if kind is FileKind.XLSX:
            scan_xlsx(file, path.name)
        elif kind is FileKind.ODS:
            scan_ods(file, path.name)
        elif kind is FileKind.XLS:
            scan_xls(file, path.name)


def find_inactive_parts(path: Path) -> tuple[Problem, ...]:
    """Name what a workbook brings along and what is never run or followed: macros, links to other files.

    *Raises* DataError as `inspect_file`.
    """
    with open_regular_file(path) as file:
        if inspect_open_file(file, path) is not FileKind.XLSX:
            return ()
        parts = list_parts(file, path.name)
    found = {
        "it contains macros; they are not run": any(part.lower().endswith("vbaproject.bin") for part in parts),
        "it links to other files; the values saved last are read": any("/externallinks/" in p.lower() for p in parts),
    }
    return tuple(Problem(path.name, what, "send it without them if you can") for what, is_so in found.items() if is_so)


@contextmanager
def open_regular_file(path: Path) -> Iterator[BinaryIO]:
    """Open a plain file for reading and nothing else: no link is followed, no device or pipe is waited for.

    *Raises* DataError with one problem.
    """
    shown = shown_name(path)
    if shown != path.name or "\\" in path.name:
        raise DataError(Problem(shown, "the file name holds control characters or path signs", "give it a plain name"))
    flags = os.O_RDONLY | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_BINARY", 0)
    try:
        descriptor = os.open(path, flags)
    except OSError as error:
        found = "it is a link" if path.is_symlink() else f"it cannot be opened ({error.strerror})"
        raise DataError(Problem(shown, found, "put the file itself there, readable")) from None
    try:
        _require_regular(os.fstat(descriptor), shown)
    except DataError:
        os.close(descriptor)
        raise
    with os.fdopen(descriptor, "rb") as file:
        yield file


def shown_name(path: Path) -> str:
    """Return the file's name with every sign that could deceive a reader or a terminal replaced by �."""
    return "".join("�" if unicodedata.category(sign) in ("Cc", "Cf", "Cs", "Zl", "Zp") else sign for sign in path.name)


def hash_open_file(file: BinaryIO) -> str:
    """Return the SHA-256 of an open file and leave it at its beginning."""
    file.seek(0)
    digest = hashlib.file_digest(file, "sha256").hexdigest()
    file.seek(0)
    return digest


def inspect_open_file(file: BinaryIO, path: Path) -> FileKind:
    """Return what the open file is by its content. *Raises* DataError with one problem."""
    file.seek(0)
    head = file.read(_HEAD_BYTES)
    size = os.fstat(file.fileno()).st_size
    kind = _kind(file, head, path)
    largest = LARGEST_TEXT_BYTES if kind is FileKind.TEXT else LARGEST_WORKBOOK_BYTES
    if size > largest:
        found = f"it has {size / 1e6:,.0f} MB, the limit is {largest / 1e6:,.0f} MB"
        raise DataError(Problem(path.name, found, "split it into smaller files"))
    file.seek(0)
    return kind


def _require_regular(status: os.stat_result, shown: str) -> None:
    if stat.S_ISDIR(status.st_mode):
        raise DataError(Problem(shown or "the folder", "it is a folder", "name the files in it"))
    if not stat.S_ISREG(status.st_mode):
        raise DataError(Problem(shown, "it is a device or a pipe, not a file", "put a file there"))
    if status.st_size == 0:
        raise DataError(Problem(shown, "the file is empty", "send it again"))


def _kind(file: BinaryIO, head: bytes, path: Path) -> FileKind:
    if head.startswith(b"PK"):
        return _kind_of_zip(file, path.name)
    if head.startswith(_OLE):
        return _kind_of_ole(file, path.name)
    found = _not_a_table(head, path)
    if found:
        raise DataError(Problem(path.name, *found))
    return FileKind.TEXT


def _kind_of_zip(file: BinaryIO, name: str) -> FileKind:
    parts = list_parts(file, name)
    for info in parts.values():
        for _ in inflate(file, info, name):
            pass  # Only the length counts here: it shows a part that unpacks to more than it says.
    if "xl/workbook.xml" in {part.lower().lstrip("/") for part in parts}:
        return FileKind.XLSX
    if "mimetype" in parts and b"opendocument.spreadsheet" in read_part(file, parts["mimetype"], name):
        manifest = parts.get("META-INF/manifest.xml")
        if manifest and b"encryption-data" in read_part(file, manifest, name):
            raise DataError(
                Problem(name, "the file is protected by a password", "remove the password and send it again")
            )
        return FileKind.ODS
    raise DataError(Problem(name, "it is an archive or another kind of document, no workbook", _SAVE))


def _kind_of_ole(file: BinaryIO, name: str) -> FileKind:
    """Tell an old workbook from an encrypted one by the names in its directory, wherever that stands in the file."""
    file.seek(0)
    content = file.read(LARGEST_WORKBOOK_BYTES)
    if "EncryptedPackage".encode("utf-16-le") in content:
        raise DataError(Problem(name, "the file is protected by a password", "remove the password and send it again"))
    if any(stream.encode("utf-16-le") in content for stream in ("Workbook", "Book")):
        return FileKind.XLS
    raise DataError(Problem(name, "it is an old Office document, but no workbook", _SAVE))


def _not_a_table(head: bytes, path: Path) -> tuple[str, str] | None:
    start = head.removeprefix(b"\xef\xbb\xbf").lstrip()
    known = next((kind for magic, kind in _OTHER_KINDS.items() if start.startswith(magic)), "")
    if known:
        return f"it is {known}, no table", "send the table itself as .xlsx or .csv"
    if start[:64].lower().startswith(_MARKUP):
        return f"it is a web page or XML under the name {path.suffix or 'of a table'}", _SAVE
    if path.suffix.lower() not in TEXT_ENDINGS:
        return f"its content is no workbook, though its name ends in {path.suffix or 'nothing'}", _SAVE
    is_utf16 = (
        head.startswith(_UTF16_MARKS) or head[1::2].count(0) > len(head) // 4 or head[::2].count(0) > len(head) // 4
    )
    if b"\0" in head and not is_utf16:
        return "it is not text", "save the table as CSV UTF-8"
    return None

"""The parts of a zipped workbook, inflated in bounded steps: what the archive claims is never believed."""

import zipfile
import zlib
from collections.abc import Iterator
from typing import BinaryIO

from mande.errors import DataError, Problem

MOST_PARTS = 2_000
LARGEST_PART_BYTES = 300_000_000
LARGEST_OTHER_BYTES = 100_000_000
"""Of a part that holds no cells, such as the texts that cells share."""
LARGEST_TOTAL_BYTES = 400_000_000
HIGHEST_RATIO = 150
"""Sheets of real workbooks inflate 5 to 40 times; zeros about 1,000 times."""
UNSUSPICIOUS_BYTES = 20_000_000
_STEP = 1 << 20
_LOCAL_HEADER_BYTES = 30
_BOMB = "split it into smaller files, or save only the cells that are filled in as a new file"


def list_parts(file: BinaryIO, name: str) -> dict[str, zipfile.ZipInfo]:
    """Return the parts by name; refuse archives that are cut off, encrypted, too large or dishonest about their names.

    *Raises* DataError with one problem.
    """
    try:
        file.seek(0)
        with zipfile.ZipFile(file) as archive:
            infos = archive.infolist()
    except (zipfile.BadZipFile, zipfile.LargeZipFile, OSError, ValueError, NotImplementedError) as error:
        found = f"the file is cut off or damaged ({str(error)[:80]})"
        raise DataError(Problem(name, found, "copy or send it again, and check that it opens")) from None
    parts = {info.filename: info for info in infos}
    found, todo = _refusal(infos, parts)
    if found:
        raise DataError(Problem(name, found, todo))
    return parts


def inflate(file: BinaryIO, info: zipfile.ZipInfo, name: str) -> Iterator[bytes]:
    """Yield the content of one part in pieces; stop as soon as it is longer than the archive says or than is allowed.

    *Raises* DataError with one problem.
    """
    damaged = DataError(Problem(name, f"its part {info.filename[:80]} is cut off or damaged", "send the file again"))
    if info.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
        raise DataError(Problem(name, "it is compressed in a way that no workbook uses", "save it again as .xlsx"))
    file.seek(info.header_offset)
    header = file.read(_LOCAL_HEADER_BYTES)
    if len(header) < _LOCAL_HEADER_BYTES or header[:4] != b"PK\x03\x04":
        raise damaged
    file.seek(int.from_bytes(header[26:28], "little") + int.from_bytes(header[28:30], "little"), 1)
    try:
        yield from _within(_pieces(file, info), info, name)
    except zlib.error:
        raise damaged from None


def read_part(file: BinaryIO, info: zipfile.ZipInfo, name: str) -> bytes:
    """Return the whole content of one part that is small by nature, at most `UNSUSPICIOUS_BYTES`."""
    content = bytearray()
    for piece in inflate(file, info, name):
        content += piece
        if len(content) > UNSUSPICIOUS_BYTES:
            raise DataError(Problem(name, f"its part {info.filename[:80]} is far too large", _BOMB))
    return bytes(content)


def _refusal(infos: list[zipfile.ZipInfo], parts: dict[str, zipfile.ZipInfo]) -> tuple[str, str]:
    total, packed = sum(info.file_size for info in infos), sum(info.compress_size for info in infos)
    is_large = any(info.file_size > _largest(info.filename) for info in infos)
    if any(info.flag_bits & 0x1 for info in infos):
        return "the file is protected by a password", "remove the password and send it again"
    if len(infos) > MOST_PARTS or len(parts) < len(infos):
        return f"the archive holds {len(infos)} parts, some of them twice or far too many", "save it again as .xlsx"
    if any(_is_unsafe(part) for part in parts):
        return "the archive names parts outside itself (../)", "do not use this file; ask the sender to save it anew"
    if is_large or total > LARGEST_TOTAL_BYTES:
        return f"it unpacks to {total / 1e6:,.0f} MB, more than its cells can need", _BOMB
    if total > UNSUSPICIOUS_BYTES and total > HIGHEST_RATIO * max(packed, 1):
        return (
            f"{packed / 1e6:,.1f} MB unpack to {total / 1e6:,.0f} MB: a zip bomb, no workbook",
            "do not open this file",
        )
    return "", ""


def _largest(part: str) -> int:
    has_cells = "worksheets/" in part.lower() or part.lower() == "content.xml"
    return LARGEST_PART_BYTES if has_cells else LARGEST_OTHER_BYTES


def _is_unsafe(part: str) -> bool:
    steps = part.replace("\\", "/").split("/")
    return ".." in steps or part.startswith(("/", "\\")) or ":" in steps[0] or not part.isprintable()


def _pieces(file: BinaryIO, info: zipfile.ZipInfo) -> Iterator[bytes]:
    left = info.compress_size
    unpacker = zlib.decompressobj(-zlib.MAX_WBITS) if info.compress_type == zipfile.ZIP_DEFLATED else None
    while left > 0:
        packed = file.read(min(_STEP, left))
        if not packed:
            raise zlib.error("the file ends too early")
        left -= len(packed)
        if unpacker is None:
            yield packed
            continue
        while packed:
            yield unpacker.decompress(packed, _STEP)
            packed = unpacker.unconsumed_tail


def _within(pieces: Iterator[bytes], info: zipfile.ZipInfo, name: str) -> Iterator[bytes]:
    """Pass the pieces on, and stop where the part is longer or shorter than the archive says."""
    length = 0
    for piece in pieces:
        length += len(piece)
        if length > info.file_size:
            raise DataError(
                Problem(name, "it unpacks to more than it says: a zip bomb, no workbook", "do not open this file")
            )
        yield piece
    if length < info.file_size:
        raise zlib.error("the part is shorter than it says")

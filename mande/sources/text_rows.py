"""Rows of a csv, tsv or txt file whose encoding and delimiter are found in the file, not assumed."""

import csv
import io
import re
import unicodedata
from typing import BinaryIO

from mande.errors import DataError, Problem
from mande.places.encodings import repairs
from mande.sources.aligned_text import is_aligned, read_aligned_rows

LARGEST_TEXT_BYTES = 100_000_000
"""As cells in memory a text takes about ten times its size on disk."""
_DELIMITERS = "\t;,|"
_SAMPLE_RECORDS = 300
_BOMS = ((b"\xef\xbb\xbf", "utf-8-sig"), (b"\xff\xfe", "utf-16"), (b"\xfe\xff", "utf-16"))
_TONES = frozenset("\u0300\u0301\u0303\u0309\u0323")
_VOWELS = frozenset("aeiouyAEIOUY")
_EVERYDAY = frozenset(
    [
        "tỉnh",
        "huyện",
        "quận",
        "thị",
        "xã",
        "phường",
        "thành",
        "phố",
        "địa",
        "phương",
        "cả",
        "nước",
        "vùng",
        "năm",
        "số",
        "tỷ",
        "lệ",
        "tỉ",
        "trẻ",
        "em",
        "tổng",
        "nữ",
        "dân",
        "sơ",
        "bộ",
        "chỉ",
        "tiêu",
        "đơn",
        "vị",
        "người",
        "đồng",
        "bằng",
        "sông",
        "hồng",
        "hà",
        "nội",
        "bình",
        "nông",
        "thôn",
        "đô",
    ]
)
"""Words with marks that tell Vietnamese text from the same bytes read otherwise."""


def read_text_rows(file: BinaryIO, name: str) -> list[tuple[str | None, ...]]:
    """Return every record as a tuple of texts, blank ones as None; title and note lines are records of their own.

    *Raises* DataError with one problem for a file that is too large or is no text in any known encoding.
    """
    content = file.read(LARGEST_TEXT_BYTES + 1)
    if len(content) > LARGEST_TEXT_BYTES:
        found = f"it has more than {LARGEST_TEXT_BYTES / 1e6:,.0f} MB"
        raise DataError(Problem(name, found, "send it in the tidy layout, or split it into smaller files"))
    text = decode(content, name)
    if is_aligned(text):
        return read_aligned_rows(text)
    delimiter, text = find_delimiter(text)
    try:
        records = list(csv.reader(io.StringIO(text, newline=""), delimiter=delimiter))
    except csv.Error as error:
        raise DataError(
            Problem(name, f"it is no table ({error})", "close every quotation mark, save it as CSV")
        ) from None
    return [tuple(cell if cell.strip() else None for cell in record) for record in records]


def decode(content: bytes, name: str) -> str:
    """Return the text in Unicode's composed form: by its byte order mark, as UTF-8, UTF-16 or an older code page.

    Text typed with TCVN3 or VNI fonts becomes Unicode where that gives everyday Vietnamese words.

    *Raises* DataError for UTF-8 that is broken here and there, and for what is no text.
    """
    encoding = next((encoding for mark, encoding in _BOMS if content.startswith(mark)), None) or _utf16(content)
    try:
        text = content.decode(encoding or "utf-8")
    except UnicodeDecodeError as error:
        _refuse_broken_utf8(content, error, name)
        text = _decode_legacy(content)
    if "\0" in text:
        raise DataError(Problem(name, "it is not text", "save the table as CSV UTF-8"))
    return unicodedata.normalize("NFC", text)


def find_delimiter(text: str) -> tuple[str, str]:
    """Return the sign between the cells and the text without Excel's line `sep=;`, if it begins with one.

    >>> find_delimiter("Năm;Tỷ lệ\\n2015;4,5\\n2016;4,3\\n")[0]
    ';'
    """
    first, _, rest = text.partition("\n")
    if first.lower().startswith("sep=") and len(first.strip()) == 5:
        return first[4], rest
    sample = "".join(text[:200_000].splitlines(keepends=True)[:_SAMPLE_RECORDS])
    return max(_DELIMITERS, key=lambda sign: _fit(sample, sign)), text


def _fit(sample: str, delimiter: str) -> tuple[int, int]:
    """How many records have the commonest number of cells above one, and how many cells that is."""
    try:
        widths = [len(record) for record in csv.reader(io.StringIO(sample, newline=""), delimiter=delimiter)]
    except csv.Error:
        return 0, 0
    wide = [width for width in widths if width > 1]
    if not wide:
        return 0, 0
    commonest = max(set(wide), key=lambda width: (wide.count(width), width))
    return wide.count(commonest), commonest


def _utf16(content: bytes) -> str | None:
    sample = content[:4096]
    zeros = sample[::2].count(0), sample[1::2].count(0)
    if max(zeros) <= len(sample) // 8 or min(zeros) > max(zeros) // 4:
        return None
    return "utf-16-be" if zeros[0] > zeros[1] else "utf-16-le"


def _refuse_broken_utf8(content: bytes, error: UnicodeDecodeError, name: str) -> None:
    """UTF-8 that breaks after many good letters was damaged; another encoding breaks at its first letters."""
    good = content.decode("utf-8", errors="ignore")
    letters = sum(not sign.isascii() for sign in good)
    broken = content.decode("utf-8", errors="replace").count("\ufffd")
    if error.encoding == "utf-8" and letters > 10 * broken:
        line = content.count(b"\n", 0, error.start) + 1
        found = f"byte 0x{content[error.start]:02X} is not UTF-8, though the rest is"
        raise DataError(Problem(f"{name} line {line}", found, "write that line again and save it as CSV UTF-8"))


def _decode_legacy(content: bytes) -> str:
    if _is_windows_vietnamese(content):
        return content.decode("cp1258")
    try:
        western = content.decode("cp1252")
    except UnicodeDecodeError:
        western = content.decode("latin-1")
    readings = [western, *(text for _, text in repairs(western))]
    return max(readings, key=_count_vietnamese_words)


def _count_vietnamese_words(text: str) -> int:
    """How many everyday words of Vietnamese tables stand in the text; the first of equals is the text as it was read."""
    words = unicodedata.normalize("NFC", text[:200_000]).casefold()
    return sum(word in _EVERYDAY for word in re.findall(r"\w+", words))


def _is_windows_vietnamese(content: bytes) -> bool:
    """In Windows-1258 a tone is a byte of its own that follows its vowel; elsewhere those bytes stand anywhere."""
    try:
        text = content.decode("cp1258")
    except UnicodeDecodeError:
        return False
    before = [
        unicodedata.normalize("NFD", text[i - 1])[0] if i else "" for i, sign in enumerate(text) if sign in _TONES
    ]
    return bool(before) and sum(sign in _VOWELS for sign in before) > 0.95 * len(before)

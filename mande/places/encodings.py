"""Undo text that was read in the wrong encoding: UTF-8 as Western, TCVN3 (ABC) and VNI fonts, Windows Vietnamese, VIQR.

A repair is only a possible reading; it counts when it gives the exact name of a place.
"""

import re
import unicodedata
from collections.abc import Iterator

from mande.places.surroundings import unescaped

_TCVN3_BYTES = bytes(range(0xA1, 0x100)).decode("latin-1")
# TCVN 5712:1993, part VN1, codes A1 to FF; combining marks are the five tones at B0 to B4.
_TCVN3_LETTERS = "ĂÂÊÔƠƯĐăâêôơưđẰ\u0300\u0309\u0303\u0301\u0323àảãáạẲằẳẵắẴẮẦẨẪẤỀặầẩẫấậèỂẻẽéẹềểễếệìỉỄẾỒĩíịòỔỏõóọồổỗốộờởỡớợùỖủũúụừửữứựỳỷỹýỵỐ"
_TCVN3 = dict(zip(_TCVN3_BYTES, _TCVN3_LETTERS, strict=True))
# VNI-Windows: a vowel followed by a letter that stands for its marks.
_VNI_MARKS = {
    "ù": "\u0301", "ø": "\u0300", "û": "\u0309", "õ": "\u0303", "ï": "\u0323",
    "â": "\u0302", "á": "\u0302\u0301", "à": "\u0302\u0300", "å": "\u0302\u0309", "ã": "\u0302\u0303", "ä": "\u0302\u0323",
    "ê": "\u0306", "é": "\u0306\u0301", "è": "\u0306\u0300", "ú": "\u0306\u0309", "ü": "\u0306\u0303", "ë": "\u0306\u0323",
}  # fmt: skip
_VNI_SINGLE = {"ñ": "đ", "ô": "ơ", "ö": "ư", "æ": "ỉ", "ó": "ĩ", "ò": "ị", "î": "ỵ", "í": "í", "ì": "ì"}
_VNI_BASES = "aeouyôö"
# VIQR (RFC 1456): the marks are typed behind the vowel, đ as dd.
_VIQR_MARKS = {
    "^": "\u0302", "(": "\u0306", "+": "\u031b", "*": "\u031b",
    "'": "\u0301", "`": "\u0300", "?": "\u0309", "~": "\u0303", ".": "\u0323",
}  # fmt: skip
_VIQR_VOWEL = re.compile(r"([aeiouyAEIOUY])([\^(+*'`?~.]{1,2})")
_LOST_SPACE = re.compile("(Ã|Æ|Ă|áº|á») ")


def repairs(text: str) -> Iterator[tuple[str, str]]:
    """Yield the possible originals of a text that was read in the wrong encoding, each with the name of the mistake.

    >>> dict(repairs("HÃ\xa0 Ná»™i"))["UTF-8 read as Western"]
    'Hà Nội'
    >>> dict(repairs("Hµ Néi"))["TCVN3 font"], dict(repairs("Haø Noäi"))["VNI font"]
    ('Hà Nội', 'hà nội')
    """
    yield from unescaped(text)
    if text.isascii():
        decoded = _viqr(text)
        if decoded != text:
            yield "VIQR", decoded
        return
    for page in ("cp1252", "cp1258"):
        once = _utf8_read_as(text, page)
        if once is not None:
            name = "UTF-8 read as Western" if page == "cp1252" else "UTF-8 read as Windows Vietnamese"
            yield name, once
            twice = _utf8_read_as(once, page)
            if twice is not None:
                yield f"{name}, twice", twice
    yield from _font_repairs(text)


def _font_repairs(text: str) -> Iterator[tuple[str, str]]:
    decoded = _windows_vietnamese(text)
    if decoded is not None:
        yield "Windows Vietnamese read as Western", decoded
    if all(letter.isascii() or letter in _TCVN3 for letter in text):
        yield "TCVN3 font", unicodedata.normalize("NFC", "".join(_TCVN3.get(letter, letter) for letter in text))
    vni = _vni(text)
    if vni is not None:
        yield "VNI font", vni


def _viqr(text: str) -> str:
    """Put the marks typed behind a vowel over it.

    >>> _viqr("DDa` Na(~ng")
    'Đà Nẵng'
    """
    marked = _VIQR_VOWEL.sub(lambda found: found[1] + "".join(_VIQR_MARKS[mark] for mark in found[2]), text)
    return unicodedata.normalize("NFC", re.sub("dd", "đ", re.sub("D[Dd]", "Đ", marked)))


def _utf8_read_as(text: str, page: str) -> str | None:
    # A no-break space is half of "à"; spreadsheets turn it into a plain space.
    for candidate in (text, _LOST_SPACE.sub("\\1\xa0", f"{text} ").removesuffix(" ")):
        try:
            decoded = b"".join(_byte(letter, page) for letter in candidate).decode("utf-8")
        except UnicodeError:
            continue
        if decoded != text:
            return unicodedata.normalize("NFC", decoded)
    return None


def _byte(letter: str, page: str) -> bytes:
    try:
        return letter.encode(page)
    except UnicodeEncodeError:
        return letter.encode("latin-1")


def _windows_vietnamese(text: str) -> str | None:
    try:
        decoded = unicodedata.normalize("NFC", text.encode("cp1252").decode("cp1258"))
    except UnicodeError:
        return None
    return decoded if decoded != text else None


def _vni(text: str) -> str | None:
    letters: list[str] = []
    open_vowel = False
    for letter in unicodedata.normalize("NFC", text):
        low = letter.lower()
        if open_vowel and low in _VNI_MARKS:
            letters.append(_VNI_MARKS[low])
            open_vowel = False
            continue
        if not low.isascii() and low not in _VNI_SINGLE:
            return None
        letters.append(_VNI_SINGLE.get(low, low))
        open_vowel = low in _VNI_BASES
    return unicodedata.normalize("NFC", "".join(letters))

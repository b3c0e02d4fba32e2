"""What files write around a name, or instead of its letters: list numbers, years, the office; escapes of the web.

The name itself is never changed: what is left must still be the name of one place.
"""

import html
import re
import unicodedata
from collections.abc import Iterator
from urllib.parse import unquote

_ITEM = re.compile(
    r"^[\s*+•·–-]*(?:(?:\d{1,3}(?:\.\d{1,3})*|[IVX]{1,4})\s*[.)\]:\-–]|(?:\d{1,3}\.)+\d{1,3}(?=\s)|[a-zđ]\))\s*(?=[^\d\s])"
)
_FOOTNOTE = re.compile(r"\s*(?:[(\[]\s*(?:\*+|[\d¹²³⁰-⁹])\s*[)\]]|\*+|[¹²³⁰-⁹]+)\s*$")
_YEAR = re.compile(
    r"(?<=\w)[\s,;:–—(\[-]+(?:(?:trong |đến )?năm\s+|nam\s+)?(?:19|20)\d\d(?:\s*[-–/]\s*(?:19|20)\d\d)?\s*[)\]]?\s*$",
    re.IGNORECASE,
)
_OFFICE = re.compile(r"^\s*(?:ubnd|(?:uỷ|ủy|uy) ban (?:nhân dân|nhan dan))[\s:]+(?=\w)", re.IGNORECASE)
_WHOLE = re.compile(r"^\s*(?:toàn|tổng)\s+(?=(?:tỉnh|thành phố|tp|huyện|quận|thị xã)\b)", re.IGNORECASE)
_CENTRAL = re.compile(r"[\s,(]*(?:tp\.?\s*)?trực thuộc (?:tw|trung ương)[\s)]*$", re.IGNORECASE)
_DOUBT = re.compile(r"(?<=\w)\s*[?!]+\s*$")
_ISLAND = re.compile(r"\b(huyện|huyen) (?:đảo|dao)\b", re.IGNORECASE)
_ORDINAL = re.compile(r"\b(\d{1,2})(?:st|nd|rd|th)\b", re.IGNORECASE)
_ESCAPE = re.compile(r"\\u([0-9a-fA-F]{4})|\\x([0-9a-fA-F]{2})")
_HEX = 16
_FULL_WIDTH = {code: code - 0xFEE0 for code in range(0xFF01, 0xFF5F)} | {0x3000: " "}


def bare_name(text: str) -> str:
    """Take off what is written around a name: a list number, the office that reports, a year, a footnote mark.

    >>> [bare_name(text) for text in ("1.12. Hà Giang", "a) Hà Giang", "Hà Giang năm 2019", "UBND tỉnh Hà Giang (*)")]
    ['Hà Giang', 'Hà Giang', 'Hà Giang', 'tỉnh Hà Giang']
    >>> bare_name("Quận 1"), bare_name("2019"), bare_name("District 7")
    ('Quận 1', '2019', 'District 7')
    """
    text = unicodedata.normalize("NFC", text)
    for pattern in (_ITEM, _OFFICE, _WHOLE, _FOOTNOTE, _YEAR, _CENTRAL):
        text = pattern.sub("", text)
    text = text if text.isascii() else _DOUBT.sub("", text)  # Behind plain letters it may stand for a tone.
    return _ORDINAL.sub(r"\1", _ISLAND.sub(r"\1", text))


def unescaped(text: str) -> Iterator[tuple[str, str]]:
    """Yield what a text says that another medium has escaped, each with the name of the mistake.

    >>> [dict(unescaped(text)) for text in ("H&agrave; N&#7897;i", "H%C3%A0%20N%E1%BB%99i")]
    [{'HTML escapes': 'Hà Nội'}, {'URL escapes': 'Hà Nội'}]
    >>> [dict(unescaped(text)) for text in ("H\\\\u00e0 N\\\\u1ed9i", "Ｑ．７")]
    [{'letters as codes': 'Hà Nội'}, {'full-width letters': 'Q.7'}]
    """
    originals = {
        "HTML escapes": html.unescape(text) if "&" in text else text,
        "URL escapes": unquote(text.replace("+", " ")) if "%" in text else text,
        "letters as codes": _ESCAPE.sub(lambda found: chr(int(found[1] or found[2], _HEX)), text),
        "full-width letters": text.translate(_FULL_WIDTH),
    }
    for mistake, original in originals.items():
        if original != text and "\ufffd" not in original:
            yield mistake, unicodedata.normalize("NFC", original)

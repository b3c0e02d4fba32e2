"""What one written number or sign says before its column has decided which mark is the decimal mark."""

import re
import unicodedata
from collections.abc import Mapping
from enum import StrEnum
from typing import NamedTuple

from mande.vocabulary import ValueStatus


class Locale(StrEnum):
    """The decimal mark of a column: Vietnamese 1.234,5 or English 1,234.5."""

    COMMA = "comma"
    POINT = "point"


class Written(NamedTuple):
    """One cell as written: a number's `digits` with its marks, or a `status` without a number, or a `problem`.

    `evidence` is the locale that this cell alone proves; `is_open` says that it reads differently in both.
    """

    digits: str = ""
    status: str = ValueStatus.OBSERVED
    problem: str = ""
    evidence: Locale | None = None
    is_open: bool = False
    is_percent: bool = False


ZERO = "zero"
"""What a mapping writes for a sign that stands for the number 0."""

SIGNS: dict[str, str] = {
    **dict.fromkeys(["-", "--", "---"], ValueStatus.NOT_APPLICABLE),
    **dict.fromkeys(["x", "không áp dụng", "kad", "not applicable"], ValueStatus.NOT_APPLICABLE),
    **dict.fromkeys(["", "..", "...", "....", ". .", ". . .", ":"], ValueStatus.MISSING),
    **dict.fromkeys(["không có số liệu", "không có thông tin", "chưa có số liệu", "chưa có"], ValueStatus.MISSING),
    **dict.fromkeys(["kcsl", "không thu thập", "không rõ", "not available", "no data", "missing"], ValueStatus.MISSING),
    **dict.fromkeys(["(c)", "bảo mật", "không công bố", "suppressed", "confidential"], ValueStatus.SUPPRESSED),
}
"""Signs without a number and their meaning; GSO yearbooks: "-" no phenomenon, "…" and ".." no data available."""

_ASKED = {"không", "ko", "k", "không có", "kct", "kct/không có", "0 có", "none", "nil", "n/a", "na", "kc"}
_SUPERSCRIPTS = re.compile("[\u00b9\u00b2\u00b3\u2070-\u2079\u2080-\u2089]+")
_DASHES = str.maketrans(dict.fromkeys("\u2010\u2011\u2012\u2013\u2014\u2015\u2212\uff0d", "-"))
_PRELIMINARY = re.compile(
    r"\s*\(?\s*(?:sơ bộ|số sơ bộ|ước sơ bộ|prel?(?:iminary|\.)|prel|\(p\)|\(sb\))\s*\)?[.:/]*\s*", re.I
)
_ESTIMATED = re.compile(r"\s*\(?\s*(?:ước tính|ước thực hiện|ước|est(?:imated|\.)|\(e\))\s*\)?[.:/]*\s*", re.I)
_NOTE = re.compile(r"(?<=[\d%])\s*(?:\(\s*(?:\*+|\d{1,2}|[a-z])\s*\)|\*+|\[\s*\d{1,2}\s*\])$", re.I)
_PLAIN = re.compile(r"[+-]?\d+(?:e[+-]?\d{1,3})?", re.I)
_MARKED = re.compile(r"[+-]?\d[\d.,]*\d")
_NUMBER = re.compile(r"([+-]?)\s*(\d[\d., ]*|[.,]\d+)(e[+-]?\d{1,3})?\s*(%?)", re.I)
_SPACED = re.compile(r"\d{1,3}(?: \d{3})+(?:[.,]\d+)?")
_BELOW = re.compile(r"(?:<|≤|dưới|ít hơn|less than|under)\s*\d+(?:[.,]\d+)?\s*%?", re.I)
_ABOVE = re.compile(r"(?:>|≥|trên|hơn|more than|over|~|≈|khoảng)\s*\d+(?:[.,]\d+)?\s*%?", re.I)
_TWO_NUMBERS = re.compile(
    r"[+-]?[\d.,]+%?(?:\s*(?:[/;|:+&]|-|\b(?:và|hoặc|đến|and|or|to)\b)\s*|\s+\(?)[\d.,]+%?\)?", re.I
)
_DATE = re.compile(r"\d{1,2}([/.-])\d{1,2}\1(?:\d{2}|\d{4})|\d{4}([/.-])\d{1,2}\2\d{1,2}")


def read_written(text: str, signs: Mapping[str, str] = SIGNS) -> Written:
    """Read one text; what it cannot be is named by `problem`, and nothing is guessed.

    >>> read_written("1.234,5").evidence, read_written("1.234").is_open, read_written("…").status
    (<Locale.COMMA: 'comma'>, True, <ValueStatus.MISSING: 'missing'>)
    """
    text = text.strip()
    if _PLAIN.fullmatch(text) and text.isascii():
        return Written(text)
    if _MARKED.fullmatch(text) and text.isascii():
        return _number(text)
    clean = _clean(text)
    meaning = signs.get(clean.casefold())
    if meaning is not None:
        return Written("0") if meaning == ZERO else Written(status=meaning)
    if clean.casefold() in _ASKED:
        return Written(problem="word_for_none")
    status, rest = _status(clean)
    written = _number(_NOTE.sub("", rest).strip())
    return written._replace(status=status) if written.digits else written


def value_of(written: Written, locale: Locale) -> float:
    """Return the number that the digits mean in this locale; the text has been found to be a number before."""
    if locale is Locale.COMMA:
        return float(written.digits.replace(".", "").replace(",", "."))
    return float(written.digits.replace(",", ""))


def _clean(text: str) -> str:
    """Take away what carries no meaning: footnote marks, kinds of space and dash, width of digits, a leading quote."""
    text = _SUPERSCRIPTS.sub("", text).replace("…", "...")
    text = unicodedata.normalize("NFKC", text).translate(_DASHES)
    return " ".join(text.replace("\u200b", "").lstrip("'`").split())


def _status(text: str) -> tuple[str, str]:
    if not any(letter.isalpha() for letter in text):
        return ValueStatus.OBSERVED, text
    for pattern, status in ((_PRELIMINARY, ValueStatus.PROVISIONAL), (_ESTIMATED, ValueStatus.ESTIMATED)):
        rest = pattern.sub("", text)
        if rest != text and any(letter.isdigit() for letter in rest):
            return status, rest
    return ValueStatus.OBSERVED, text


def _number(text: str) -> Written:
    matched = _NUMBER.fullmatch(text)
    if matched is None or _DATE.fullmatch(text):
        return _no_number(text)
    sign, body, exponent, percent = matched[1], matched[2].strip(), matched[3] or "", matched[4] == "%"
    if " " in body:
        if not _SPACED.fullmatch(body):
            return Written(problem="two_numbers")
        body, marks = body.replace(" ", ""), body
        evidence = Locale.COMMA if "," in marks else Locale.POINT if "." in marks else None
        return Written(f"{sign}{body}{exponent}", evidence=evidence, is_percent=percent)
    evidence, is_open, is_sound = _marks(body, has_exponent=bool(exponent))
    if not is_sound:
        return Written(problem="misplaced_marks")
    return Written(f"{sign}{body}{exponent}", evidence=evidence, is_open=is_open, is_percent=percent)


def _marks(body: str, *, has_exponent: bool) -> tuple[Locale | None, bool, bool]:
    """Return the locale that the marks prove, whether they leave it open, and whether they make sense at all."""
    points, commas = body.count("."), body.count(",")
    if not points and not commas:
        return None, False, True
    if points and commas:
        mark = "," if body.rfind(",") > body.rfind(".") else "."
        return _locale(mark), False, body.count(mark) == 1 and _is_grouped(body.split(mark)[0])
    mark = "." if points else ","
    if points + commas > 1:
        return _locale("," if mark == "." else "."), False, _is_grouped(body)
    before, after = body.split(mark)
    is_open = len(after) == 3 and 1 <= len(before) <= 3 and before[0] != "0" and not has_exponent
    return (None, True, True) if is_open else (_locale(mark), False, bool(after))


def _locale(decimal_mark: str) -> Locale:
    return Locale.COMMA if decimal_mark == "," else Locale.POINT


def _is_grouped(body: str) -> bool:
    return re.fullmatch(r"[1-9]\d{0,2}(?:([.,])\d{3})(?:\1\d{3})*", body) is not None


def _no_number(text: str) -> Written:
    if _BELOW.fullmatch(text):
        return Written(status=ValueStatus.SUPPRESSED)
    kinds = (
        ("date", _DATE.fullmatch(text)),
        ("bound", _ABOVE.fullmatch(text)),
        ("brackets", re.fullmatch(r"\(\s*[\d.,]+\s*%?\s*\)|[\d.,]+\s*-", text)),
        ("two_numbers", _TWO_NUMBERS.fullmatch(text)),
        ("formula_error", re.fullmatch(r"#[A-Z/0]+[!?]?|#N/A", text)),
        ("formula_without_value", text.startswith("=")),
        ("number_with_words", any(letter.isdigit() for letter in text)),
    )
    return Written(problem=next((kind for kind, is_so in kinds if is_so), "no_number"))

"""Periods as tables head their columns with them: 2015, Sơ bộ 2016, Năm học 2015-2016, 6 tháng 2024, Quý I/2024."""

import datetime as dt
import re
from typing import NamedTuple

from mande.sources.periods import period_bounds
from mande.vocabulary import ValueStatus

_YEAR = r"(?:19|20)\d{2}"
_PRELIMINARY = re.compile(r"\(?\s*(?:số liệu sơ bộ|sơ bộ|so bo|pre(?:l(?:im(?:inary)?)?)?\b\.?)\s*\)?", re.I)
_ESTIMATED = re.compile(r"\(?\s*(?:ước thực hiện|ước tính|ước|est(?:imated)?\b\.?)\s*\)?", re.I)
_SCHOOL = re.compile(r"năm học|school\s*year|niên học", re.I)
_FILLER = re.compile(r"^(?:năm(?! học)|year|cả năm|tháng|month)\b\s*[-:]?\s*", re.I)
_NOTE = re.compile(r"\s*(?:\(\s*(?:\*+|\d)\s*\)|\*+|[\u00b9\u00b2\u00b3]+)\s*$")
_ROMAN = {"i": 1, "ii": 2, "iii": 3, "iv": 4, "1": 1, "2": 2, "3": 3, "4": 4}
_BETWEEN_LANGUAGES = re.compile(r"\s*[/\n|]\s*|\s+[-–—]\s+")
_SPAN = re.compile(rf"({_YEAR})\s*[-–—/]\s*({_YEAR}|\d{{2}})")
_OF_A_SPAN = re.compile(rf"{_YEAR}\s*[-–—/]\s*$|^\s*[-–—/]\s*(?:{_YEAR}|\d{{2}})\b")
_HALF = re.compile(rf"6 tháng(?:\s+đầu|\s+(cuối))?(?:\s+năm)?\s*[-/]?\s*({_YEAR})", re.I)
_QUARTER = re.compile(rf"(?:quý|quarter|q)\s*(iv|i{{1,3}}|[1-4])(?:\s+năm)?\s*[-/ ]\s*({_YEAR})", re.I)
_MONTH = re.compile(rf"(1[0-2]|0?[1-9])\s*[-/]\s*({_YEAR})")
_ISO = re.compile(rf"{_YEAR}-(?:0[1-9]|1[0-2])(?:/{_YEAR}-(?:0[1-9]|1[0-2]))?|{_YEAR}/{_YEAR}")


class WrittenPeriod(NamedTuple):
    """A period in the manner of `periods.period_bounds`, and the status that its heading gives to its values."""

    period: str
    status: str


def read_period(cell: object, *, school_years: bool = False) -> WrittenPeriod | None:
    """Read one heading; None for what is no period or may be two.

    *Needs* `school_years` where 2015-2016 without further words is September 2015 to May 2016; otherwise such a pair
    is not read, as it may also be two whole years.

    >>> read_period("Sơ bộ - Prel. 2016").period, read_period("Năm học 2016/17").period, read_period("2015-2016")
    ('2016', '2016-09/2017-05', None)
    """
    if cell is None or isinstance(cell, dt.date | bool):
        return None
    text = str(int(cell)) if isinstance(cell, float) and cell.is_integer() else str(cell)
    whole = _read(" ".join(text.split()), school_years)
    languages = {_read(" ".join(part.split()), school_years) for part in _BETWEEN_LANGUAGES.split(text)}
    return whole or (languages.pop() if len(languages) == 1 else None)


def _read(text: str, school_years: bool) -> WrittenPeriod | None:
    text, status = _without_status(text)
    text = text if len(set(text.split())) > 1 else " ".join(text.split()[:1])
    is_school = school_years or _SCHOOL.search(text) is not None
    period = _period(_SCHOOL.sub("", text).strip(" -/:."), is_school)
    return WrittenPeriod(period, status) if period and _is_sound(period) else None


def split_period(cell: object, *, school_years: bool = False) -> tuple[WrittenPeriod | None, str]:
    """Read a heading that holds a period and something else, such as "2015 Nam"; return both.

    >>> split_period("2015 Nữ - Female")
    (WrittenPeriod(period='2015', status=''), 'Nữ - Female')
    """
    whole = read_period(cell, school_years=school_years)
    if whole is not None:
        return whole, ""
    text = " ".join(str(cell or "").split())
    for size in range(len(text), 3, -1):
        for piece, rest, beside in (
            (text[:size], text[size:], text[size : size + 1]),
            (text[-size:], text[:-size], text[-size - 1 : -size]),
        ):
            is_part = beside.isdigit() or _OF_A_SPAN.search(rest) is not None
            found = None if is_part else read_period(piece, school_years=school_years)
            if found is not None and not rest.strip(" -–—/").isdigit():
                return found, rest.strip(" -,;:/")
    return None, text


def _without_status(text: str) -> tuple[str, str]:
    text = _NOTE.sub("", text)
    for pattern, status in ((_PRELIMINARY, ValueStatus.PROVISIONAL), (_ESTIMATED, ValueStatus.ESTIMATED)):
        rest = pattern.sub(" ", text)
        if rest != text:
            return _FILLER.sub("", " ".join(rest.split()).strip(" -/:.()")), status.value
    return _FILLER.sub("", text), ""


def _period(text: str, is_school: bool) -> str:
    if re.fullmatch(_YEAR, text) or _ISO.fullmatch(text):
        return text
    for pattern, make in (
        (_SPAN, _school_year if is_school else None),
        (_HALF, _half),
        (_QUARTER, _quarter),
        (_MONTH, _month),
    ):
        matched = pattern.fullmatch(text)
        if matched and make:
            return make(matched)
    return ""


def _school_year(matched: re.Match[str]) -> str:
    first, last = matched[1], matched[2] if len(matched[2]) == 4 else matched[1][:2] + matched[2]
    return f"{first}-09/{last}-05" if int(last) == int(first) + 1 else ""


def _half(matched: re.Match[str]) -> str:
    months = ("07", "12") if matched[1] else ("01", "06")
    return f"{matched[2]}-{months[0]}/{matched[2]}-{months[1]}"


def _quarter(matched: re.Match[str]) -> str:
    last = 3 * _ROMAN[matched[1].lower()]
    return f"{matched[2]}-{last - 2:02d}/{matched[2]}-{last:02d}"


def _month(matched: re.Match[str]) -> str:
    return f"{matched[2]}-{int(matched[1]):02d}"


def _is_sound(period: str) -> bool:
    try:
        period_bounds(period)
    except ValueError:
        return False
    return True

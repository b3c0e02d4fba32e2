"""Numbers, dates and periods as a reader in that language writes them: 4,5 % and 1.234; 4.5 % and 1,234.

Only here are numbers rounded.
"""

import datetime as dt
import math
import re
from numbers import Real

from babel.dates import format_date
from babel.numbers import format_decimal

from mande.reporting.wording import wording

COUNTS = frozenset({"children", "cases", "deaths", "persons", "schools", "classes", "communes", "calls"})
"""Units of measure that are whole numbers."""

NO_BREAK_SPACE = "\u00a0"
_PERIOD = re.compile(r"^(\d{4})(?:-(\d\d))?(?:-(\d\d))?$")


def number_form(value: float, lang: str, *, decimals: int = 1, least: int = 0, signed: bool = False) -> str:
    """Return a number in local form with at most that many decimals (at least `least`), and a true minus sign.

    >>> number_form(1234.5, "vi"), number_form(1234.5, "en"), number_form(-0.25, "vi", decimals=2, signed=True)
    ('1.234,5', '1,234.5', '−0,25')
    """
    rounded = round(value, decimals)
    text = format_decimal(abs(rounded), format=_pattern(decimals, least), locale=lang)
    if rounded < 0:
        return "−" + text
    return "+" + text if signed and rounded > 0 else text


def value_form(value: float, unit: str, lang: str, *, against: float | None = None, least: int = 0) -> str:
    """Return a value with `%` if it is a percentage; other units are named by `unit_form`.

    Rounding never hides on which side of `against` a value lies: decimals are added until it shows.

    >>> value_form(4.5, "percent", "vi"), value_form(12.54, "per_1000_live_births", "en", against=12.5)
    ('4,5\\xa0%', '12.54')
    """
    if not is_number(value):
        return "–"
    decimals = _decimals(value, unit)
    while against is not None and value != against and decimals < 6 and round(value, decimals) == round(against, 6):
        decimals += 1
    text = number_form(value, lang, decimals=decimals, least=min(least, decimals))
    return text + NO_BREAK_SPACE + "%" if unit == "percent" else text


def observed_form(value: float, unit: str, lang: str, *, against: float | None = None) -> str:
    """Return an observed value as statistics print it, with one decimal at least; whole from 100 on.

    >>> observed_form(18.0, "per_1000_live_births", "vi"), observed_form(100.0, "percent", "vi")
    ('18,0', '100\xa0%')
    """
    return value_form(value, unit, lang, against=against, least=1 if is_number(value) and abs(value) < 100 else 0)


def change_form(value: float, unit: str, lang: str) -> str:
    """Return a yearly change with its sign: percentage points for a percentage, otherwise the plain number."""
    if not is_number(value):
        return "–"
    decimals = 2 if abs(value) >= 0.01 else 4
    text = number_form(value, lang, decimals=decimals, signed=True)
    return text + NO_BREAK_SPACE + wording(lang).say("unit.percentage_points") if unit == "percent" else text


def hidden_mark(qualifier: object) -> str:
    """Return the mark of a value that is not published, from its qualifier; blank for any other value.

    >>> hidden_mark("<5"), hidden_mark("<"), hidden_mark(None)
    ('<5*', '', '')
    """
    is_mark = isinstance(qualifier, str) and qualifier[:1] == "<" and qualifier[1:].isdigit()
    return f"{qualifier}*" if is_mark else ""


def share_form(share: float, lang: str) -> str:
    """Return a share of one as whole percents.

    >>> share_form(0.404, "vi"), share_form(-0.2, "en"), share_form(float("nan"), "en")
    ('40\\xa0%', '−20\\xa0%', '–')
    """
    if not is_number(share):
        return "–"
    return number_form(share * 100, lang, decimals=0) + NO_BREAK_SPACE + "%"


def rate_form(rate: float | None, lang: str) -> str:
    """Return a yearly rate, a share of one, in per cent with its sign.

    >>> rate_form(-0.0312, "vi"), rate_form(float("nan"), "en")
    ('−3,12\xa0%', '–')
    """
    if not is_number(rate):
        return "–"
    return number_form(rate * 100, lang, decimals=2, signed=True) + NO_BREAK_SPACE + "%"


def unit_form(unit: str, lang: str) -> str:
    """Return the unit of measure in words; one that the catalogue does not have is spelt out of its code."""
    words = wording(lang)
    return words.say(f"unit.{unit}") if words.knows(f"unit.{unit}") else unit.replace("_", " ")


def period_form(period: object, lang: str) -> str:
    """Return a period as people write it: a year, a month and year, a day, or a span.

    >>> period_form("2016", "vi"), period_form("2016-09/2017-05", "vi"), period_form("2018-08", "en")
    ('2016', '9/2016–5/2017', 'Aug 2018')
    """
    if not isinstance(period, str) or not period:
        return "–"
    return "–".join(_point_form(part, lang) for part in period.split("/"))


def date_form(date: str, lang: str) -> str:
    """Return an ISO date in local form.

    >>> date_form("2024-12-31", "vi"), date_form("2024-12-31", "en")
    ('31/12/2024', '31 December 2024')
    """
    day = dt.date.fromisoformat(date[:10])
    return format_date(day, format="dd/MM/yyyy" if lang == "vi" else "d MMMM yyyy", locale=lang)


def year_of(year: float) -> int:
    """Return the calendar year of a decimal year: 2016.5, the middle of 2016, is 2016."""
    return math.floor(year)


def is_number(value: object) -> bool:
    """Return whether there is a number at all: not None, not NaN."""
    return isinstance(value, Real) and math.isfinite(value)


def _pattern(decimals: int, least: int) -> str:
    return "#,##0." + "0" * least + "#" * (decimals - least) if decimals else "#,##0"


def _decimals(value: float, unit: str) -> int:
    if unit in COUNTS:
        return 0
    size = abs(value)
    if size >= 10:
        return 1
    return 2 if size >= 0.1 or size == 0 else 4


def _point_form(point: str, lang: str) -> str:
    match = _PERIOD.match(point)
    if match is None:
        return point
    year, month, day = match.groups()
    if day:
        return date_form(point, lang)
    if not month:
        return year
    first = dt.date(int(year), int(month), 1)
    return f"{int(month)}/{year}" if lang == "vi" else format_date(first, format="MMM yyyy", locale=lang)

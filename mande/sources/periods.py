"""Periods as texts in the ISO 8601 manner and as days."""

import calendar
import re
from datetime import date

_PART = re.compile(r"([0-9]{4})(?:-(0[1-9]|1[0-2]))?")


def period_bounds(text: str) -> tuple[date, date]:
    """Return the first and the last day of a period: a year, a month, or a span of either.

    >>> period_bounds("2016")
    (datetime.date(2016, 1, 1), datetime.date(2016, 12, 31))
    >>> period_bounds("2016-09/2017-05")
    (datetime.date(2016, 9, 1), datetime.date(2017, 5, 31))

    Raises: ValueError for any other text, and for a span that ends before it begins.
    """
    first, _, last = text.partition("/")
    start, end = _bounds_of_part(first)[0], _bounds_of_part(last or first)[1]
    if end < start:
        raise ValueError(f"{text} ends before it begins")
    return start, end


def _bounds_of_part(text: str) -> tuple[date, date]:
    matched = _PART.fullmatch(text)
    if matched is None:
        raise ValueError(f"{text!r} is not a year or a month")
    year, month = int(matched[1]), int(matched[2]) if matched[2] else None
    first_month, last_month = (month, month) if month else (1, 12)
    return date(year, first_month, 1), date(year, last_month, calendar.monthrange(year, last_month)[1])

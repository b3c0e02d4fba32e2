"""Put one answer into one cell of a form: a number as a number, a date as a date, a text as text."""

import datetime as dt
from collections.abc import Mapping
from typing import Any

from xlsxwriter.worksheet import Worksheet

Answers = Mapping[tuple[str, str], Any]
"""What stands in the input cells, by (sheet name, address)."""


def write_answer(sheet: Worksheet, cell: str, answer: Any, style: Any) -> None:
    """Write an answer, or the blank input cell; text is never taken for a formula."""
    if answer is None:
        sheet.write_blank(cell, None, style)
    elif isinstance(answer, dt.date):
        sheet.write_datetime(cell, answer, style)
    elif isinstance(answer, str):
        sheet.write_string(cell, answer, style)
    else:
        sheet.write_number(cell, answer, style)

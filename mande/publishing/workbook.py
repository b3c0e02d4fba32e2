"""A workbook as Excel and LibreOffice open it: numbers as numbers, text always as text, the same bytes for the same data."""

import io
import math
from collections.abc import Mapping, Sequence
from datetime import datetime, time
from typing import Any

import xlsxwriter

from mande.publishing.sheets import Column, Hidden, Masthead, Share, Sheet

_OPTIONS = {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}
_FONT = {"font_name": "Times New Roman", "font_size": 12, "valign": "top"}
_FORMATS = {
    "title": {"font_size": 14, "bold": True},
    "plain": {},
    "alarm": {"bold": True, "font_color": "#FFFFFF", "bg_color": "#8C1D18"},
    "head": {"bold": True, "bg_color": "#E5EFFA", "border": 1, "text_wrap": True, "align": "center"},
    "text": {"text_wrap": True, "border": 1, "num_format": "@"},
    "number": {"num_format": "#,##0.0###", "border": 1},
    "whole": {"num_format": "#,##0", "border": 1},
    "year": {"num_format": "0", "border": 1},
    "share": {"num_format": "0%", "border": 1},
    # Hatched as in the figures: neither zero nor a gap.
    "hidden": {"align": "right", "border": 1, "pattern": 14, "fg_color": "#9AA3AB", "bg_color": "#FFFFFF"},
}
_MOST_IN_HEADER = 240
"""Excel refuses print headers of more than 255 characters."""
_A4, _LONGEST_NAME = 9, 31
_LINE, _MOST_LINES = 16, 20
_WORD_ROOM = 1.1
"""Lines break at words, so that texts take a tenth more than their letters."""


def write_workbook(sheets: Sequence[Sheet], masthead: Masthead) -> bytes:
    """Return sheets as xlsx, each under the masthead, with frozen headings, and ready to print on A4.

    What somebody wrote into a cell is written as a string, never as a formula, number or link.
    """
    content = io.BytesIO()
    with xlsxwriter.Workbook(content, _OPTIONS) as book:
        book.set_properties({"title": masthead.title, "created": datetime.combine(masthead.as_of, time())})
        formats = {name: book.add_format({**_FONT, **given}) for name, given in _FORMATS.items()}
        for sheet in sheets:
            page = book.add_worksheet(sheet.name[:_LONGEST_NAME])
            top = _write_masthead(page, masthead, sheet.n_printed, formats)
            _write_rows(page, sheet, top, formats)
            _set_up_print(page, masthead, sheet, top)
    return content.getvalue()


def _write_masthead(page: Any, masthead: Masthead, n_printed: int, formats: dict[str, Any]) -> int:
    lines = [
        (masthead.title, "title"),
        (masthead.subtitle, "plain"),
        *((text, "alarm") for text in masthead.alarms),
        *((text, "plain") for text in masthead.notes),
    ]
    for row, (text, name) in enumerate(lines):
        if name == "alarm":
            page.merge_range(row, 0, row, n_printed - 1, "", formats[name])
        page.write_string(row, 0, text, formats[name])
    return len(lines)


def _write_rows(page: Any, sheet: Sheet, top: int, formats: dict[str, Any]) -> None:
    for place, column in enumerate(sheet.columns):
        page.set_column(place, place, column.width)
        page.write_string(top, place, f"{column.vi}\n{column.en}", formats["head"])
    page.set_row(top, 4 * _LINE)
    for number, row in enumerate(sheet.rows, start=top + 1):
        page.set_row(number, _LINE * _count_lines(sheet.columns, row))
        for place, column in enumerate(sheet.columns):
            _write_cell(page, (number, place), row.get(column.key), column, formats)
    page.freeze_panes(top + 1, min(2, len(sheet.columns) - 1))
    page.autofilter(top, 0, top + max(len(sheet.rows), 1), len(sheet.columns) - 1)


def _count_lines(columns: Sequence[Column], row: Mapping[str, object]) -> int:
    """Return how many lines the longest text of a row takes; LibreOffice does not work it out by itself."""
    texts = ((row.get(column.key), column.width) for column in columns)
    needed = (math.ceil(_WORD_ROOM * len(text) / width) for text, width in texts if isinstance(text, str))
    return min(max(needed, default=1) or 1, _MOST_LINES)


def _write_cell(page: Any, at: tuple[int, int], value: object, column: Column, formats: dict[str, Any]) -> None:
    if isinstance(value, Hidden):
        page.write_string(*at, value.mark, formats["hidden"])
    elif isinstance(value, Share) and math.isfinite(value.value):
        page.write_number(*at, value.value, formats["share"])
    elif isinstance(value, int | float) and not isinstance(value, bool) and math.isfinite(value):
        whole = "year" if column.key.endswith("year") else "whole"
        page.write_number(*at, value, formats[whole if value == int(value) else "number"])
    elif isinstance(value, str) and value:
        page.write_string(*at, value, formats["text"])
    else:
        page.write_blank(*at, None, formats["text"])


def _set_up_print(page: Any, masthead: Masthead, sheet: Sheet, top: int) -> None:
    said = " · ".join((masthead.title, *masthead.alarms)).replace("&", "&&")
    page.set_header(f"&L&9{said[:_MOST_IN_HEADER]}")
    page.set_footer("&C&P / &N")
    page.set_landscape()
    page.set_paper(_A4)
    page.fit_to_pages(1, 0)
    page.set_margins(left=0.4, right=0.4)
    page.print_area(0, 0, top + max(len(sheet.rows), 1), sheet.n_printed - 1)
    page.repeat_rows(top)

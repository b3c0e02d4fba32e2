"""The check report as an Excel file: a sheet per kind, text always as text."""

import io
from collections.abc import Mapping
from typing import Any

import pandas as pd
import xlsxwriter

from mande.reporting.check_words import EFFECTS, SEVERITIES, STATUS
from mande.reporting.number_forms import is_number
from mande.reporting.wording import wording

SHEETS = {
    "mend_first": ("check.mend_heading", ["place_code", "file", "sheet", "cell", "title", "period", "severity", "effect", "found", "message", "cure", "indicator", "message_en", "cure_en"]),
    "to_mend": ("check.findings", ["place_code", "file", "sheet", "cell", "title", "period", "severity", "found", "message", "cure", "check_id", "indicator", "message_en", "cure_en"]),
    "missing": ("check.missing_heading", ["place_code", "name", "programme", "period", "last_date"]),
    "files": ("check.who_heading", ["place_code", "file", "sender", "received_date", "last_date", "is_late", "period", "status", "superseded_by", "reason", "n_values_sent", "n_read", "n_quarantined", "sum_sent", "sum_read", "sum_quarantined", "form_version", "submission"]),
    "quality": ("check.quality_heading", ["place_code", "title", "period", "grade", "grade_reason", "n_received", "n_expected", "completeness", "n_in_time", "n_timed", "timeliness", "n_internal_passed", "n_internal", "internal_consistency", "n_external_passed", "n_external", "external_consistency", "indicator"]),
    "refused": ("check.refused_heading", ["file", "where", "found", "todo", "found_en", "todo_en"]),
    "notices": ("check.notices_heading", ["file", "where", "found", "todo", "found_en", "todo_en"]),
}  # fmt: skip
"""Heading and columns of each sheet; a column that stands in both languages is taken in that of the report."""

LINE_HEIGHT = 15
MOST_LINES = 27
"""A row is as high as its longest text needs: not every program finds that out; Excel's limit is 409 points."""
_WIDTHS = {
    "place_code": 8, "file": 24, "sheet": 9, "cell": 7, "title": 24, "indicator": 22, "check_id": 24, "period": 8,
    "severity": 10, "effect": 14, "found": 28, "message": 40, "cure": 40, "todo": 40, "where": 34, "name": 34,
    "sender": 30, "reason": 40, "message_en": 50, "cure_en": 50, "found_en": 44, "todo_en": 50,
}  # fmt: skip
_NOT_PRINTED = ("check_id", "indicator", "message_en", "cure_en", "found_en", "todo_en", "sum_sent", "sum_read", "sum_quarantined", "form_version", "submission")  # fmt: skip
"""Columns that stand at the end of their sheet and stay off the paper: with them, a page of all columns could not be read."""
_HEADINGS = {
    "name": "check.unit", "title": "check.indicator", "file": "check.file",
    "sender": "check.sender", "received_date": "check.received", "period": "check.period", "status": "check.status",
    "last_date": "check.last_date", "found": "check.found", "message": "check.rule", "cure": "check.cure",
    "todo": "check.cure", "todo_en": "check_column.cure_en", "effect": "check.effect", "grade": "check.grade",
    "grade_reason": "check_column.reason", "is_late": "check.late", "completeness": "check.completeness",
    "timeliness": "check.timeliness", "internal_consistency": "check.internal_consistency",
    "external_consistency": "check.external_consistency",
}  # fmt: skip
"""Headings that the page has, too; the others are `check_column` and the name of the column."""


def check_workbook(tables: Mapping[str, pd.DataFrame], info: Mapping[str, Any], lang: str) -> bytes:
    """Return the report as xlsx.

    What a unit wrote into a cell is written as a string, never as a formula, number or link.
    """
    content = io.BytesIO()
    options = {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}
    with xlsxwriter.Workbook(content, options) as book:
        book.set_properties({"title": wording(lang).say("check.title")})
        head = book.add_format({"bold": True, "bg_color": "#E5EFFA", "border": 1, "text_wrap": True, "valign": "top"})
        text = book.add_format({"text_wrap": True, "valign": "top", "num_format": "@"})
        alarm = book.add_format({"bold": True, "font_color": "#FFFFFF", "bg_color": "#8C1D18"})
        for name, (heading, columns) in SHEETS.items():
            sheet = book.add_worksheet(wording(lang).say(heading)[:31])
            sheet.write_string(
                0,
                0,
                wording(lang).say("banner.made_up") if info["is_made_up"] else _title(info, lang),
                alarm if info["is_made_up"] else None,
            )
            _write_table(sheet, tables[name], columns, lang, (head, text))
    return content.getvalue()


def _title(info: Mapping[str, Any], lang: str) -> str:
    return f"{wording(lang).say('check.title')} · {info['as_of']}"


def _write_table(sheet: Any, table: pd.DataFrame, columns: list[str], lang: str, formats: tuple[Any, Any]) -> None:
    head, text = formats
    lines = [1] * len(table)
    for place, column in enumerate(columns):
        name = _HEADINGS.get(column, f"check_column.{column}")
        shown = wording(lang).say(name) if wording(lang).knows(name) else column
        sheet.write_string(1, place, shown, head)
        sheet.set_column(place, place, _WIDTHS.get(column, 13))
        own = f"{column}_{lang}" if f"{column}_{lang}" in table else column
        for row, value in enumerate(table[own].tolist(), start=2):
            if isinstance(value, bool) or not is_number(value):
                said = _word(column, value, lang)
                lines[row - 2] = max(lines[row - 2], -(-len(said) // _WIDTHS.get(column, 13)))
                sheet.write_string(row, place, said, text)
            else:
                sheet.write_number(row, place, value)
    for row, n_lines in enumerate(lines, start=2):
        sheet.set_row(row, LINE_HEIGHT * min(n_lines, MOST_LINES))
    sheet.freeze_panes(2, 0)
    sheet.autofilter(1, 0, max(len(table) + 1, 1), len(columns) - 1)
    sheet.set_landscape()
    sheet.set_paper(9)
    sheet.fit_to_pages(1, 0)
    n_printed = sum(column not in _NOT_PRINTED for column in columns)
    sheet.print_area(0, 0, len(table) + 1, n_printed - 1)
    sheet.repeat_rows(1)


def _word(column: str, value: Any, lang: str) -> str:
    """Return a code of ours in the language of the report, anything else as it is."""
    say = wording(lang).say
    if column == "is_late":
        return say("check.yes" if value is True else "check.no")
    known = {"severity": SEVERITIES, "effect": EFFECTS, "status": STATUS}.get(column, {}).get(value)
    return say(known) if known else _text(value)


def _text(value: Any) -> str:
    if value is None or value is pd.NaT or value is pd.NA or value != value:
        return ""
    return value.date().isoformat() if isinstance(value, pd.Timestamp) else str(value)

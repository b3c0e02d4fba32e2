"""Write a form as an Excel workbook: cover, figures, tasks, notes, and the hidden sheet that says what it is."""

import datetime as dt
from io import BytesIO
from pathlib import Path
from typing import Any

import xlsxwriter
from xlsxwriter.workbook import Workbook
from xlsxwriter.worksheet import Worksheet

from mande.sources.forms.answers import Answers, write_answer
from mande.sources.forms.figures_sheet import write_figures
from mande.sources.forms.form import (
    HIDDEN_SHEET,
    NOTES_CELL,
    SENDER_CELL,
    SENT_CELL,
    SHEETS,
    Form,
    layout_rows,
)
from mande.sources.forms.form_styles import PROTECTION, Styles, date_check, set_page, text_check
from mande.sources.forms.tasks_sheet import write_tasks
from mande.sources.forms.wording import both, form_words

_CREATED = dt.datetime(2021, 1, 1)
"""One day for all, so that the same form is the same bytes."""

STEP_ROWS = 6
LONG_STEP = 105


def write_form(form: Form, path: Path, *, answers: Answers | None = None, overwritten: Answers | None = None) -> None:
    """Write a form, blank or with answers; the same form and answers give the same bytes.

    Needs: `answers`, numbers, dates and texts by sheet and address; text is written as text and is never a formula.
    `overwritten`, what somebody typed over locked cells: only the simulator makes such forms.
    """
    path.write_bytes(form_bytes(form, answers=answers, overwritten=overwritten))


def form_bytes(form: Form, *, answers: Answers | None = None, overwritten: Answers | None = None) -> bytes:
    """Return the workbook that `write_form` writes."""
    given = answers or {}
    stream = BytesIO()
    options = {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}
    with xlsxwriter.Workbook(stream, options) as workbook:
        _set_properties(workbook, form)
        styles = Styles(workbook)
        sheets = {name: workbook.add_worksheet(title) for name, title in SHEETS.items()}
        _write_cover(sheets["cover"], form, styles, given)
        write_figures(sheets["figures"], form, styles, given)
        write_tasks(sheets["tasks"], form, styles, given)
        _write_notes(sheets["notes"], form, styles, given)
        _write_hidden(workbook.add_worksheet(HIDDEN_SHEET), form)
        for (name, cell), text in (overwritten or {}).items():
            workbook.get_worksheet_by_name(name).write_string(cell, text, styles.fact)
        for sheet in sheets.values():
            sheet.protect("", PROTECTION)
    return stream.getvalue()


def _set_properties(workbook: Workbook, form: Form) -> None:
    mark = both(form_words()["made_up"]).replace("\n", " / ")
    workbook.set_properties(
        {
            "title": f"{form.programme} · {form.unit.place_code} · {form.period}",
            "subject": form.form_id,
            "comments": mark if form.is_made_up else "",
            "created": _CREATED,
        }
    )
    workbook.set_custom_property("mande form", layout_rows(form)[-1][1])
    workbook.set_custom_property("mande made up", "yes" if form.is_made_up else "no")


def _write_cover(sheet: Worksheet, form: Form, styles: Styles, answers: Answers) -> None:
    words = form_words()["cover"]
    set_page(sheet, form, styles, is_landscape=False, width=3)
    sheet.set_column("A:A", 5)
    sheet.set_column("B:B", 32)
    sheet.set_column("C:C", 52)
    sheet.merge_range("B2:C2", words["nation"]["vi"], styles.nation)
    sheet.merge_range("B3:C3", words["motto"]["vi"], styles.motto)
    sheet.merge_range("B4:C4", f"{words['nation']['en']} · {words['motto']['en']}", styles.english)
    sheet.merge_range("B6:C6", both(words["title"]), styles.title)
    sheet.set_row(5, 44)
    sheet.merge_range("B7:C7", f"{form.programme_title.vi}\n{form.programme_title.en}", styles.subtitle)
    sheet.set_row(6, 48)
    named = [("unit", f"{form.unit.name_vi}\n{form.unit.name_en}", 9), ("code", form.unit.place_code, 10)]
    named += [("period", form.period, 11), ("form_id", form.form_id, 12), ("form_version", form.version, 13)]
    for key, value, row in named:
        sheet.set_row(row - 1, 32)
        sheet.write_string(f"B{row}", both(words[key]), styles.label)
        sheet.write_string(f"C{row}", value, styles.fact)
    for key, cell in (("sender", SENDER_CELL), ("sent_date", SENT_CELL)):
        row = int(cell[1:])
        sheet.set_row(row - 1, 34)
        sheet.write_string(f"B{row}", both(words[key]), styles.label)
        write_answer(sheet, cell, answers.get((SHEETS["cover"], cell)), styles.input_text)
    sheet.fit_to_pages(1, 1)
    sheet.data_validation(SENT_CELL, date_check())
    sheet.data_validation(SENDER_CELL, text_check(words["sender"]))
    _write_steps(sheet, words, styles)


def _write_steps(sheet: Worksheet, words: dict[str, Any], styles: Styles) -> None:
    sheet.merge_range("B17:C17", both(words["how"]).replace("\n", " / "), styles.section)
    for number, step in enumerate(words["steps"], start=1):
        row = 16 + number
        sheet.set_row(row, 50 if len(step["vi"]) > LONG_STEP else 33)
        sheet.write_number(row, 0, number, styles.step)
        sheet.merge_range(row, 1, row, 2, both(step), styles.wrapped)
    row = 17 + STEP_ROWS + 1
    sheet.merge_range(row, 1, row, 2, both(words["statuses"]).replace("\n", " / "), styles.section)
    statuses = [f"{status['vi']} – {status['en']}" for status in form_words()["statuses"].values()]
    sheet.set_row(row + 1, 46)
    sheet.merge_range(row + 1, 1, row + 1, 2, " · ".join(statuses), styles.wrapped)
    sheet.set_row(row + 3, 34)
    sheet.write_string(row + 3, 2, both(words["stamp"]), styles.stamp)


def _write_notes(sheet: Worksheet, form: Form, styles: Styles, answers: Answers) -> None:
    words = form_words()["notes"]
    set_page(sheet, form, styles, is_landscape=False, width=2)
    sheet.set_column("A:A", 92)
    sheet.write_string("A2", both(words["title"]), styles.title)
    sheet.set_row(1, 44)
    sheet.write_string("A3", both(words["ask"]), styles.wrapped)
    sheet.set_row(2, 48)
    row = int(NOTES_CELL[1:])
    sheet.set_row(row - 1, 300)
    write_answer(sheet, NOTES_CELL, answers.get((SHEETS["notes"], NOTES_CELL)), styles.input_text)


def _write_hidden(sheet: Worksheet, form: Form) -> None:
    for position, row in enumerate(layout_rows(form)):
        for column, text in enumerate(row):
            sheet.write_string(position, column, text)
    sheet.protect()
    sheet.very_hidden()

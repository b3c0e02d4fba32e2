"""The sheet of tasks of a form: what the plan asks of the unit by when, done on which day, and the evidence."""

import math

from xlsxwriter.worksheet import Worksheet

from mande.sources.forms.answers import Answers, write_answer
from mande.sources.forms.form import FIRST_ROW, SHEETS, TASK_COLUMNS, Form, FormTask
from mande.sources.forms.form_styles import Styles, date_check, set_page, text_check
from mande.sources.forms.wording import both, form_words

SHEET = SHEETS["tasks"]
WIDTHS = {"A": 5, "B": 60, "C": 13, "D": 16, "E": 44, "F": 30, "G": 10}
HEADINGS = ("number", "task", "due_date", "done_date", "evidence", "note", "key")
POINTS_PER_LINE = 15.5


def write_tasks(sheet: Worksheet, form: Form, styles: Styles, answers: Answers) -> None:
    """Write the sheet; a unit without tasks is told so."""
    words = form_words()["tasks"]
    set_page(sheet, form, styles, is_landscape=True, width=len(HEADINGS))
    for letter, width in WIDTHS.items():
        sheet.set_column(f"{letter}:{letter}", width)
    sheet.set_row(1, 40)
    sheet.merge_range("A2:F2", both(words["title"]), styles.title)
    sheet.merge_range("A3:F3", f"{form.unit.name_vi} / {form.unit.name_en} · {form.period}", styles.section)
    if not form.tasks:
        sheet.merge_range("A5:F5", both(words["none"]), styles.wrapped)
        sheet.set_row(4, 34)
        return
    sheet.set_row(FIRST_ROW - 2, 36)
    for column, key in enumerate(HEADINGS):
        sheet.write_string(FIRST_ROW - 2, column, both(words[key]), styles.head)
    for position, task in enumerate(form.tasks):
        _write_task(sheet, position, task, styles, answers)
    last = FIRST_ROW + len(form.tasks) - 1
    sheet.data_validation(f"D{FIRST_ROW}:D{last}", date_check())
    sheet.data_validation(f"E{FIRST_ROW}:E{last}", text_check(words["evidence"]))
    sheet.data_validation(f"F{FIRST_ROW}:F{last}", text_check(form_words()["checks"]["text"]))
    sheet.freeze_panes(FIRST_ROW - 1, 2)
    sheet.repeat_rows(FIRST_ROW - 2)
    sheet.print_area(0, 0, last - 1, len(HEADINGS) - 1)


def _write_task(sheet: Worksheet, position: int, task: FormTask, styles: Styles, answers: Answers) -> None:
    row = FIRST_ROW - 1 + position
    said = both({"vi": task.title.vi, "en": task.title.en})
    sheet.set_row(row, POINTS_PER_LINE * sum(math.ceil(len(line) / 58) for line in said.split("\n")) + 3)
    sheet.write_number(row, 0, position + 1, styles.number)
    sheet.write_string(row, 1, said, styles.text)
    sheet.write_string(row, 2, f"{task.due_date:%d/%m/%Y}" if task.due_date else "–", styles.number)
    for part, letter in TASK_COLUMNS.items():
        cell = f"{letter}{row + 1}"
        if part == "key":
            sheet.write_string(cell, task.key, styles.small)
        else:
            style = styles.input_date if part == "done_date" else styles.input_text
            write_answer(sheet, cell, answers.get((SHEET, cell)), style)

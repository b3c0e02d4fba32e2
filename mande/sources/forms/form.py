"""A form: one unit, one period, its questions and tasks, and where each stands in the workbook.

The layout travels inside the workbook, in the hidden sheet `_mande`, with a hash: a form is read by the layout that
it was made with, whatever `forms.yaml` says today, and a layout that somebody edited is noticed.
"""

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from mande.framework.citation import Text
from mande.framework.due_dates import due_dates
from mande.framework.model import Programme
from mande.sources.forms.questionnaire import Question

HIDDEN_SHEET = "_mande"
FORM_MARK = "mande form"
LAYOUT_FORMAT = "1"
"""Goes up when the hidden sheet itself is written in another way."""

SIMULATED_PREFIX = "MP-"
"""Begins the id of a made-up form ("mô phỏng"): a second mark beside the flag."""

SHEETS = {"cover": "Bìa", "figures": "Số liệu", "tasks": "Nhiệm vụ", "notes": "Ghi chú"}
SENDER_CELL, SENT_CELL, COVER_CODE_CELL, COVER_PERIOD_CELL = "C14", "C15", "C10", "C11"
CODE_CELL, PERIOD_CELL, FORM_ID_CELL = "I3", "I4", "I2"
FIRST_ROW = 8
"""First row of answers, on the figures and on the tasks."""

NOTES_CELL = "A5"
FIGURE_COLUMNS = {"numerator": "D", "denominator": "E", "value": "F", "status": "H", "note": "I", "key": "J"}
TASK_COLUMNS = {"done_date": "D", "evidence": "E", "note": "F", "key": "G"}

Row = tuple[str, ...]


@dataclass(frozen=True)
class FormTask:
    """One task of the unit, for one due date; no date where the plan names none."""

    task: str
    due_date: date | None
    title: Text

    @property
    def key(self) -> str:
        return f"{self.task}|{self.due_date or ''}"


@dataclass(frozen=True)
class FormUnit:
    """The unit that a form is sent to."""

    place_code: str
    level: str
    name_vi: str
    name_en: str


@dataclass(frozen=True)
class Form:
    """A form before anything is filled in."""

    programme: str
    programme_title: Text
    unit: FormUnit
    period: str
    version: str
    questions: tuple[Question, ...]
    tasks: tuple[FormTask, ...] = ()
    is_made_up: bool = False

    @property
    def form_id(self) -> str:
        """A short name for this form of this unit and period; two made-up and real forms never share it."""
        said = "|".join((self.programme, self.unit.place_code, self.period, self.version, str(self.is_made_up)))
        short = hashlib.sha256(said.encode()).hexdigest()[:10].upper()
        return (SIMULATED_PREFIX if self.is_made_up else "BM-") + short

    @property
    def file_name(self) -> str:
        """Code and period; the slash of a span cannot stand in a file name."""
        return f"{self.unit.place_code}_{self.period.replace('/', '_')}.xlsx"


def form_tasks(programme: Programme, *, place_code: str, level: str, period: tuple[date, date]) -> tuple[FormTask, ...]:
    """Return the tasks that a unit reports on: due in the period, due once before its end, or without a day."""
    own = programme.place_code == place_code and programme.place_level == level
    rows = []
    for task in programme.tasks:
        if not (task.responsible_level == level or (task.responsible_level is None and own)):
            continue
        days = due_dates(task, programme)
        start = date.min if len(days) == 1 else period[0]
        shown = [day for day in days if start <= day <= period[1]] if days else [None]
        rows += [FormTask(task.id, day, task.title) for day in shown]
    return tuple(rows)


def cell_of(question_position: int, part: str) -> str:
    """Return the address of a part of a question on the sheet of figures.

    >>> cell_of(0, "numerator"), cell_of(3, "value")
    ('D8', 'F11')
    """
    return f"{FIGURE_COLUMNS[part]}{FIRST_ROW + question_position}"


def layout_rows(form: Form) -> list[Row]:
    """Return the rows of the hidden sheet: head, questions and tasks with their cells, and the hash of all of them."""
    head = {
        "programme": form.programme,
        "place_code": form.unit.place_code,
        "place_level": str(form.unit.level),
        "period": form.period,
        "form_id": form.form_id,
        "form_version": form.version,
        "is_made_up": "yes" if form.is_made_up else "no",
        "sender_cell": SENDER_CELL,
        "notes_cell": NOTES_CELL,
    }
    rows: list[Row] = [(FORM_MARK, LAYOUT_FORMAT), *(("head", key, value) for key, value in head.items())]
    rows += [_question_row(position, question) for position, question in enumerate(form.questions)]
    rows += [_task_row(position, task) for position, task in enumerate(form.tasks)]
    return [*rows, ("hash", hash_rows(rows))]


def hash_rows(rows: Iterable[Iterable[str]]) -> str:
    """Return the SHA-256 of rows of text; blank cells at the end of a row do not count."""
    joined = "\n".join("\t".join(row).rstrip("\t") for row in rows)
    return hashlib.sha256(joined.encode()).hexdigest()


def _question_row(position: int, question: Question) -> Row:
    cells = [cell_of(position, part) for part in ("status", "note", "key")]
    parts = [f"{part}={cell_of(position, part)}" for part in question.parts]
    named = (question.indicator, question.dimension, question.dimension_value, question.kind)
    return ("question", *named, question.unit, question.basis, question.definition, *cells, *parts)


def _task_row(position: int, task: FormTask) -> Row:
    cells = [f"{TASK_COLUMNS[part]}{FIRST_ROW + position}" for part in ("done_date", "evidence", "note", "key")]
    return ("task", task.task, str(task.due_date or ""), *cells)

"""Read the tasks and the notes of a filled-in form."""

import datetime as dt
import re
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pandas as pd

from mande.sources.forms.form import SHEETS
from mande.sources.forms.form_layout import FormLayout, cell_value, read_layout
from mande.sources.forms.form_origin import SIMULATION
from mande.sources.forms.wording import form_words
from mande.sources.numbers import LONGEST_FOUND
from mande.sources.reading import QUARANTINE_COLUMNS
from mande.sources.task_reports import COLUMNS, DATES
from mande.sources.workbooks import Sheet

TASK_COLUMNS = [*COLUMNS, "report_id", "file", "sheet", "cell"]
NOTE_COLUMNS = ["file", "sheet", "cell", "place_code", "period", "indicator", "dimension", "dimension_value", "note"]

_DAY_FIRST = re.compile(r"(\d{1,2})[/.-](\d{1,2})[/.-](\d{4})")
_YEAR_FIRST = re.compile(r"(\d{4})-(\d{1,2})-(\d{1,2})")


def read_form_tasks(path: Path, sheets: Sequence[Sheet]) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Read what a form says about tasks, in the layout of `sources.task_reports`, and the dates that are none.

    One row per: task × due date on which the unit wrote something (first table); cell in quarantine (second).
    Adds: `source`, the form's id and its sender, or "simulation" for a made-up form.
    Missing values: no `done_date` where none was written or it was no date; then the second table has its cell.
    Raises: DataError for a form whose inside was changed (`form_layout.read_layout`).
    """
    layout = read_layout(path, sheets)
    sheet = next(sheet for sheet in sheets if sheet.name == SHEETS["tasks"])
    source = SIMULATION if layout.is_made_up else " · ".join(filter(None, [layout.form_id, layout.sender]))
    rows, set_aside = [], []
    for task in layout.tasks:
        raw = cell_value(sheet, task.cells["done_date"])
        evidence, note = (_text(cell_value(sheet, task.cells[part])) for part in ("evidence", "note"))
        done = _date(raw)
        if _text(raw) and done is None:
            set_aside.append(_wrong_date(path, layout, task.cells["done_date"], raw))
        if not (_text(raw) or evidence or note):
            continue
        said = (layout.programme, task.task, layout.place_code, task.due_date or None, done, evidence, note, source)
        cell = task.cells["done_date"]
        rows.append((*said, f"{path.name}:{cell}", path.name, SHEETS["tasks"], cell))
    tasks = pd.DataFrame(rows, columns=TASK_COLUMNS)
    dates = {column: pd.to_datetime(tasks[column]).astype("datetime64[s]") for column in DATES}
    return tasks.assign(**dates), pd.DataFrame(set_aside, columns=list(QUARANTINE_COLUMNS))


def read_form_notes(path: Path, sheets: Sequence[Sheet]) -> pd.DataFrame:
    """Read the notes of a form.

    One row per: note, that of the whole form (blank `indicator`) or beside an indicator.
    Raises: DataError for a form whose inside was changed (`form_layout.read_layout`).
    """
    layout = read_layout(path, sheets)
    by_name = {sheet.name: sheet for sheet in sheets}
    where = [(SHEETS["notes"], layout.notes_cell, ("", "", ""))]
    where += [
        (SHEETS["figures"], row.cells["note"], (row.indicator, row.dimension, row.dimension_value))
        for row in layout.questions
    ]
    rows = [
        (path.name, sheet, cell, layout.place_code, layout.period, *about, _text(cell_value(by_name[sheet], cell)))
        for sheet, cell, about in where
    ]
    notes = pd.DataFrame(rows, columns=NOTE_COLUMNS)
    return notes[notes["note"] != ""].reset_index(drop=True)


def _date(raw: Any) -> dt.date | None:
    """Return the day of a date cell, or of a text written day first (30/06/2025) or as 2025-06-30."""
    if isinstance(raw, dt.datetime):
        return raw.date()
    if isinstance(raw, dt.date):
        return raw
    text = _text(raw)
    day_first, year_first = _DAY_FIRST.fullmatch(text), _YEAR_FIRST.fullmatch(text)
    parts = day_first.groups()[::-1] if day_first else year_first.groups() if year_first else None
    try:
        return dt.date(*map(int, parts)) if parts else None
    except ValueError:
        return None


def _wrong_date(path: Path, layout: FormLayout, cell: str, raw: Any) -> dict[str, str]:
    words = form_words()["quarantine"]["form.wrong_date"]
    found = _text(raw)[:LONGEST_FOUND]
    said = {f"message_{lang}": words["message"][lang].format(found=found) for lang in ("vi", "en")}
    cures = {f"cure_{lang}": words["cure"][lang] for lang in ("vi", "en")}
    place = {"place_code": layout.place_code, "period": layout.period, "part": "done_date", "found": found}
    blank = dict.fromkeys(("indicator", "dimension", "dimension_value"), "")
    where = {"file": path.name, "sheet": SHEETS["tasks"], "cell": cell, "check_id": "form.wrong_date"}
    return where | place | blank | said | cures


def _text(cell: Any) -> str:
    return "" if cell is None else str(cell).strip()

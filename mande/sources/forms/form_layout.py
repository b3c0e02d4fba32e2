"""Read what a form says about itself, and refuse one whose inside was changed."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from mande.errors import DataError, Problem
from mande.sources.forms.form import (
    CODE_CELL,
    COVER_CODE_CELL,
    COVER_PERIOD_CELL,
    FORM_ID_CELL,
    FORM_MARK,
    HIDDEN_SHEET,
    LAYOUT_FORMAT,
    PERIOD_CELL,
    SHEETS,
    SIMULATED_PREFIX,
    hash_rows,
)
from mande.sources.forms.form_styles import banner
from mande.sources.periods import period_bounds
from mande.sources.workbooks import Sheet

_ADDRESS = re.compile(r"([A-Z]{1,3})([1-9]\d*)")
_FORM_ID = re.compile(r"(BM|MP)-[0-9A-F]{10}")
_HEAD = ("programme", "place_code", "place_level", "period", "form_id", "form_version", "is_made_up", "sender_cell")
_SEND_AGAIN = "copy the answers into a fresh form of this unit and period and send that"


@dataclass(frozen=True)
class AskedRow:
    """One question of a received form: what was asked, and the cells of its answers by part."""

    indicator: str
    dimension: str
    dimension_value: str
    kind: str
    unit: str
    basis: str
    definition: str
    cells: dict[str, str]


@dataclass(frozen=True)
class AskedTask:
    """One task of a received form and the cells of its answers."""

    task: str
    due_date: str
    cells: dict[str, str]


@dataclass(frozen=True)
class FormLayout:
    """What a received form says of itself in its hidden sheet."""

    programme: str
    place_code: str
    place_level: str
    period: str
    form_id: str
    form_version: str
    is_made_up: bool
    sender: str
    notes_cell: str
    questions: tuple[AskedRow, ...]
    tasks: tuple[AskedTask, ...]


def is_form(sheets: Sequence[Sheet]) -> bool:
    """Tell whether a workbook is a form of ours: by its hidden sheet, else by the form id that each sheet shows."""
    if any(sheet.name == HIDDEN_SHEET for sheet in sheets):
        return True
    return any(_FORM_ID.fullmatch(_text(cell)) for sheet in sheets for row in sheet.rows[:20] for cell in row)


def read_layout(path: Path, sheets: Sequence[Sheet]) -> FormLayout:
    """Return what the form says of itself.

    Raises: DataError for a hidden sheet that was removed or edited, rows that were moved, a unit code, period or form
    id that was overwritten, and a mark of made-up data that was taken away; all at once.
    """
    by_name = {sheet.name: sheet for sheet in sheets}
    hidden = by_name.get(HIDDEN_SHEET)
    if hidden is None:
        raise DataError(Problem(path.name, "the hidden sheet of this form was removed", _SEND_AGAIN))
    rows = [[_text(cell) for cell in row] for row in hidden.rows]
    while rows and not any(rows[-1]):
        rows.pop()
    problems = list(_hidden_problems(path, rows))
    if problems:
        raise DataError(problems)
    try:
        layout = _layout(rows, by_name)
    except (IndexError, ValueError, TypeError, KeyError):
        where = f"{path.name} sheet {HIDDEN_SHEET}"
        raise DataError(Problem(where, "its rows are not those of a form", _SEND_AGAIN)) from None
    problems = list(_visible_problems(path, layout, by_name))
    if problems:
        raise DataError(problems)
    return layout


def cell_value(sheet: Sheet | None, address: str) -> Any:
    """Return what stands at an address, or nothing where the sheet ends before it.

    >>> cell_value(Sheet("a", ((1, 2), (3,))), "B1"), cell_value(Sheet("a", ((1,),)), "D8")
    (2, None)
    """
    matched = _ADDRESS.fullmatch(address)
    if matched is None or sheet is None:
        return None
    column = 0
    for letter in matched[1]:
        column = column * 26 + ord(letter) - ord("A") + 1
    row = int(matched[2]) - 1
    if row >= len(sheet.rows) or column > len(sheet.rows[row]):
        return None
    return sheet.rows[row][column - 1]


def _hidden_problems(path: Path, rows: list[list[str]]) -> Iterator[Problem]:
    where = f"{path.name} sheet {HIDDEN_SHEET}"
    if not rows or rows[0][:1] != [FORM_MARK]:
        yield Problem(where, "it does not begin as that of a form", _SEND_AGAIN)
        return
    if rows[0][1:2] != [LAYOUT_FORMAT]:
        yield Problem(where, f"layout {rows[0][1:2]} is not known here", "read it with the version that made the form")
        return
    said, found = rows[-1][1:2], hash_rows(rows[:-1])
    if rows[-1][0] != "hash" or said != [found]:
        yield Problem(where, "the hidden sheet of this form was edited", _SEND_AGAIN)
        return
    head = {row[1]: row[2] for row in rows if row[0] == "head"}
    missing = [key for key in _HEAD if not head.get(key)]
    if missing:
        yield Problem(where, f"{', '.join(missing)} is missing", _SEND_AGAIN)
    elif (head["is_made_up"] == "yes") != head["form_id"].startswith(SIMULATED_PREFIX):
        yield Problem(where, "the mark of made-up data and the form id contradict each other", _SEND_AGAIN)
    elif not _is_period(head["period"]):
        yield Problem(where, f'"{head["period"]}" is not a period', _SEND_AGAIN)


def _layout(rows: list[list[str]], sheets: dict[str, Sheet]) -> FormLayout:
    head = {row[1]: row[2] for row in rows if row[0] == "head"}
    questions = [_asked(row) for row in rows if row[0] == "question"]
    parts = ("done_date", "evidence", "note", "key")
    tasks = [AskedTask(row[1], row[2], dict(zip(parts, row[3:7], strict=True))) for row in rows if row[0] == "task"]
    sender = _text(cell_value(sheets.get(SHEETS["cover"]), head["sender_cell"]))
    named = {key: head[key] for key in _HEAD if key not in ("is_made_up", "sender_cell")}
    return FormLayout(
        **named,
        is_made_up=head["is_made_up"] == "yes",
        sender=" ".join(sender.split()),
        notes_cell=head.get("notes_cell", ""),
        questions=tuple(questions),
        tasks=tuple(tasks),
    )


def _asked(row: list[str]) -> AskedRow:
    cells = {"status": row[8], "note": row[9], "key": row[10]}
    cells |= dict(part.split("=", 1) for part in row[11:] if part)
    return AskedRow(*row[1:8], cells)


def _visible_problems(path: Path, layout: FormLayout, sheets: dict[str, Sheet]) -> Iterator[Problem]:
    """What a person sees must be what the hidden sheet says: the sheets, the unit, the period, each row in its place."""
    gone = [name for name in SHEETS.values() if name not in sheets]
    for name in gone:
        yield Problem(f"{path.name} sheet {name}", "the sheet was removed or renamed", _SEND_AGAIN)
    if gone:
        return
    figures, cover = SHEETS["figures"], SHEETS["cover"]
    shown = [
        (cover, COVER_CODE_CELL, layout.place_code, "unit"),
        (figures, CODE_CELL, layout.place_code, "unit"),
        (cover, COVER_PERIOD_CELL, layout.period, "period"),
        (figures, PERIOD_CELL, layout.period, "period"),
        (figures, FORM_ID_CELL, layout.form_id, "form id"),
    ]
    shown += [(name, "A1", banner(), "mark of made-up data") for name in SHEETS.values() if layout.is_made_up]
    for name, cell, expected, what in shown:
        found = _text(cell_value(sheets[name], cell))
        if found != expected:
            where = f"{path.name} sheet {name} cell {cell}"
            todo = f"write {expected} there again, or use the form of the other {what}"
            yield Problem(where, f'the {what} was changed from "{expected}" to "{found[:40]}"', todo)
    yield from _moved_rows(path, layout, sheets)


def _moved_rows(path: Path, layout: FormLayout, sheets: dict[str, Sheet]) -> Iterator[Problem]:
    keys = [
        (SHEETS["figures"], row.cells["key"], f"{row.indicator}|{row.dimension}|{row.dimension_value}")
        for row in layout.questions
    ]
    keys += [(SHEETS["tasks"], task.cells["key"], f"{task.task}|{task.due_date}") for task in layout.tasks]
    for name, cell, expected in keys:
        found = _text(cell_value(sheets[name], cell))
        if found != expected:
            where = f"{path.name} sheet {name} cell {cell}"
            said = f'the row of {expected} is not in its place ("{found[:40]}"): rows were added, deleted or moved'
            yield Problem(where, said, _SEND_AGAIN)
            return


def _is_period(text: str) -> bool:
    try:
        period_bounds(text)
    except ValueError:
        return False
    return True


def _text(cell: Any) -> str:
    """Return a cell as text; a code that a spreadsheet turned into a number has lost its zeros and is seen as changed."""
    if cell is None:
        return ""
    if isinstance(cell, float) and cell.is_integer():
        return str(int(cell))
    return str(cell).strip()

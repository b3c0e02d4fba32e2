"""Read what units report about the tasks of their plans, from `data/tasks/*.csv`; see `data/tasks/README.md`."""

from collections.abc import Iterable, Iterator, Set
from datetime import date
from pathlib import Path

import pandas as pd

from mande.errors import DataError, Problem
from mande.framework.agenda import Task
from mande.framework.due_dates import due_dates
from mande.framework.explain import nearest
from mande.framework.model import Programme
from mande.sources.text_table import column_letter, read_text_table

COLUMNS = ("programme", "task", "place_code", "due_date", "done_date", "evidence", "note", "source")
REQUIRED = ("programme", "task", "place_code", "source")
KEY = ["programme", "task", "place_code", "due_date"]
DATES = ("due_date", "done_date")


def read_task_reports(folder: Path, programmes: Iterable[Programme], *, known_places: Set[str]) -> pd.DataFrame:
    """Read every CSV of the folder; a workspace without the folder has no reports.

    One row per: programme × task × place × due date that a unit reports on.
    Needs: UTF-8 CSV files with the columns `COLUMNS`; dates as YYYY-MM-DD; `known_places`, all codes of the register.
    Adds: `report_id` (file:line), `file`, `cell` (address of the done date, as a spreadsheet would name it).
    Missing values: no `due_date` for a task that falls due once or has no day; no `done_date` while it is not done.
    Raises: DataError naming file and cell, for all files at once: unknown programme, task or place, a due date that
    the plan does not set, a text that is no date, one task of one unit reported twice.
    """
    by_id = {programme.id: programme for programme in programmes}
    tables, problems = [], []
    for path in sorted(folder.glob("*.csv")):
        try:
            tables.append(_read_file(path, by_id, known_places))
        except DataError as error:
            problems += error.problems
    reports = pd.concat(tables, ignore_index=True) if tables else _nothing()
    problems += _doubles(reports)
    if problems:
        raise DataError(problems)
    return reports


def _read_file(path: Path, programmes: dict[str, Programme], known_places: Set[str]) -> pd.DataFrame:
    raw = read_text_table(path, columns=COLUMNS)
    wrong = sorted(set(COLUMNS) ^ set(raw.columns))
    if wrong:
        found = f"the columns {', '.join(wrong)} are missing or unknown"
        raise DataError(Problem(f"{path.name} line 1", found, f"write the header {','.join(COLUMNS)}"))
    table = raw[list(COLUMNS)].apply(lambda column: column.fillna("").str.strip())
    problems = [*_blanks(path, table), *_wrong_dates(path, table)]
    if not problems:
        problems = [*_unknown(path, table, programmes, known_places)]
    if problems:
        raise DataError(problems)
    table = _with_only_due_date(table, programmes)
    dates = {column: pd.to_datetime(table[column].replace("", None)).astype("datetime64[s]") for column in DATES}
    lines = pd.Series(range(2, len(table) + 2), index=table.index).astype(str)
    return table.assign(**dates, report_id=path.name + ":" + lines, file=path.name, cell="E" + lines)


def _with_only_due_date(table: pd.DataFrame, programmes: dict[str, Programme]) -> pd.DataFrame:
    """A task that falls due only once needs no due date in the report."""
    filled = []
    for row in table.itertuples():
        programme = programmes[row.programme]
        days = due_dates(_task(programme, row.task), programme)
        filled.append(days[0].isoformat() if not row.due_date and len(days) == 1 else row.due_date)
    return table.assign(due_date=pd.Series(filled, index=table.index, dtype=str))


def _blanks(path: Path, table: pd.DataFrame) -> Iterator[Problem]:
    for column in REQUIRED:
        for index in table.index[table[column] == ""]:
            yield Problem(_where(path, column, index), f"{column} is blank", f"fill in {column}")


def _wrong_dates(path: Path, table: pd.DataFrame) -> Iterator[Problem]:
    for column in DATES:
        for index, text in table[column].items():
            if text and not _is_date(text):
                yield Problem(_where(path, column, index), f'"{text}" is not a date', "write it as 2025-06-30")


def _unknown(
    path: Path, table: pd.DataFrame, programmes: dict[str, Programme], known_places: Set[str]
) -> Iterator[Problem]:
    """A row that fits no task of no plan would be lost in silence."""
    for row in table.itertuples():
        if row.place_code not in known_places:
            found = f'"{row.place_code}" is no place code'
            yield Problem(_where(path, "place_code", row.Index), found, "look it up: mande places find NAME")
        programme = programmes.get(row.programme)
        if programme is None:
            found = f'there is no programme "{row.programme}"'
            yield Problem(_where(path, "programme", row.Index), found, nearest(row.programme, programmes))
            continue
        task = _task(programme, row.task)
        if task is None:
            found, known = f'{row.programme} has no task "{row.task}"', [task.id for task in programme.tasks]
            yield Problem(_where(path, "task", row.Index), found, nearest(row.task, known))
        else:
            yield from _wrong_due_date(_where(path, "due_date", row.Index), row.due_date, task, programme)


def _wrong_due_date(where: str, text: str, task: Task, programme: Programme) -> Iterator[Problem]:
    days = [day.isoformat() for day in due_dates(task, programme)]
    listed = ", ".join(days[:6]) + (", …" if len(days) > 6 else "")
    if text and text not in days:
        cure = f"use one of: {listed}" if days else "leave due_date blank: the plan names no day"
        yield Problem(where, f"{task.id} does not fall due on {text}", cure)
    elif not text and len(days) > 1:
        yield Problem(where, f"{task.id} falls due {len(days)} times", f"write which: {listed}")


def _doubles(reports: pd.DataFrame) -> Iterator[Problem]:
    for row in reports[reports.duplicated(KEY)].itertuples():
        found = f"{row.task} of {row.place_code} is reported twice for the same due date"
        yield Problem(row.report_id.replace(":", " line "), found, "keep one row")


def _task(programme: Programme, task_id: str) -> Task | None:
    return next((task for task in programme.tasks if task.id == task_id), None)


def _is_date(text: str) -> bool:
    try:
        return date.fromisoformat(text).isoformat() == text
    except ValueError:
        return False


def _where(path: Path, column: str, index: int) -> str:
    return f"{path.name} cell {column_letter(COLUMNS.index(column))}{index + 2}"


def _nothing() -> pd.DataFrame:
    columns = [*COLUMNS, "report_id", "file", "cell"]
    return pd.DataFrame(columns=columns, dtype=str).astype(dict.fromkeys(DATES, "datetime64[s]"))

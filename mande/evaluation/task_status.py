"""Was each task done, in time, with evidence? One row per task, unit and due date, with the reason."""

from collections.abc import Iterator
from datetime import date
from enum import StrEnum

import numpy as np
import pandas as pd

from mande.evaluation.timeliness import Timeliness, judge_timeliness
from mande.framework.agenda import Task
from mande.framework.due_dates import due_dates
from mande.framework.model import Programme
from mande.framework.tables import tasks_table

KEY = ["task", "place_code", "due_date"]
_PERIODS = {"yearly": "year", "monthly": "month"}
_ADDED = ["status", "reason", "days_late"]
_WORDS = [
    "programme", "task", "title_vi", "title_en", "responsible_vi", "responsible_en", "due_precision", "rhythm",
    "evidence_vi", "evidence_en", "document", "section", "confidence", "note_vi", "note_en",
]  # fmt: skip


class TaskStatus(StrEnum):
    """What can be said of a task at the date of the review."""

    DONE = "done"
    LATE = "late"
    NO_EVIDENCE = "no_evidence"
    NOT_DUE = "not_due"


def judge_tasks(programme: Programme, reports: pd.DataFrame, units: pd.DataFrame, *, as_of: date) -> pd.DataFrame:
    """Judge the tasks of a programme for each unit that has them; a programme without tasks gives an empty table.

    One row per: task × unit × due date; of a repeated task every due date up to `as_of` and the next one.
    Needs: `reports` (read_task_reports); `units` with `place_code` and `level`. A task belongs to the units of its
    `responsible_level`, else to the plan's own place; a unit that reports on a task has it as well.
    Adds: `status` with `reason`: done (done_in_time, done); late (done_late, nothing_reported); no_evidence
    (a claim without evidence is not counted as done); not_due (due_later, no_day); `days_late`.
    Missing values: a report after `as_of` is not yet known; no `due_date` where the plan names no day.
    """
    kept = reports[(reports["programme"] == programme.id) & reports["place_code"].isin(units["place_code"])]
    columns = [*_WORDS, "place_code", "due_date", "done_date", "evidence", "report_note", "source", *_ADDED]
    rows = [row for task in programme.tasks for row in _expected(task, programme, units, kept, as_of)]
    if not rows:
        return pd.DataFrame(columns=columns)
    table = pd.DataFrame(rows, columns=KEY).astype({"due_date": "datetime64[s]"})
    told = kept[[*KEY, "done_date", "evidence", "note", "source"]].rename(columns={"note": "report_note"})
    table = table.merge(told, on=KEY, how="left", validate="one_to_one")
    table = table.merge(_described(programme), on="task", how="left", validate="many_to_one")
    texts = ["evidence", "report_note", "source"]
    return _judge(table.assign(**table[texts].fillna("")), as_of)[columns]


def _described(programme: Programme) -> pd.DataFrame:
    """The tasks in words; a task of each year or month without a named day is due in the year or month."""
    tasks = tasks_table(programme)
    is_unnamed = tasks["due_days"].eq("") & tasks["due_date"].isna()
    return tasks.assign(
        due_precision=tasks["due_precision"].mask(is_unnamed, tasks["rhythm"].map(_PERIODS).fillna(""))
    )[_WORDS]


def _expected(
    task: Task, programme: Programme, units: pd.DataFrame, reports: pd.DataFrame, as_of: date
) -> Iterator[tuple[str, str, date | None]]:
    days = due_dates(task, programme)
    known = [day for day in days if day <= as_of] + [day for day in days if day > as_of][:1]
    has_reported = set(reports.loc[reports["task"] == task.id, "place_code"])
    wanted = units["level"] == (task.responsible_level or programme.place_level)
    if task.responsible_level is None:
        wanted &= units["place_code"] == programme.place_code
    for place_code in units.loc[wanted | units["place_code"].isin(has_reported), "place_code"]:
        for day in known or [None]:
            yield task.id, place_code, day


def _judge(table: pd.DataFrame, as_of: date) -> pd.DataFrame:
    timed = judge_timeliness(table["done_date"], table["due_date"], as_of=as_of)
    timeliness = timed["timeliness"]
    is_claimed = table["done_date"] <= pd.Timestamp(as_of)
    has_no_day = timeliness == Timeliness.NO_DAY
    cases: list[tuple[pd.Series, TaskStatus, str]] = [
        (timeliness == Timeliness.OVERDUE, TaskStatus.LATE, "nothing_reported"),
        (timeliness == Timeliness.LATE, TaskStatus.LATE, "done_late"),
        (is_claimed & (table["evidence"] == ""), TaskStatus.NO_EVIDENCE, "claim_without_evidence"),
        (is_claimed & has_no_day, TaskStatus.DONE, "done"),
        (is_claimed, TaskStatus.DONE, "done_in_time"),
        (has_no_day, TaskStatus.NOT_DUE, "no_day"),
    ]
    conditions = [condition.to_numpy(bool) for condition, _, _ in cases]
    return table.assign(
        status=np.select(conditions, [str(status) for _, status, _ in cases], str(TaskStatus.NOT_DUE)),
        reason=np.select(conditions, [reason for _, _, reason in cases], "due_later"),
        days_late=timed["days_late"],
    )

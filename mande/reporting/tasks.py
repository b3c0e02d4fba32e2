"""Tasks as a page shows them: which are done, late or without evidence, in words; for the committee what is late where."""

from typing import Any

import pandas as pd

from mande.reporting.number_forms import date_form, is_number, number_form
from mande.reporting.wording import wording

MARKS = {
    "late": ("v-not_met", "✗"),
    "no_evidence": ("o-warning", "?"),
    "not_due": ("v-not_assessable", "○"),
    "done": ("v-met", "✓"),
}
"""Style and mark of each status, in the order in which a page shows them."""

MOST_UNITS = 8


def task_groups(tasks: pd.DataFrame, titles: dict[str, str], lang: str) -> list[dict[str, Any]]:
    """Return the tasks of one unit by plan; of a repeated task one row per status, with the newest due date.

    *Needs* the rows of `task_status` of one unit and the plans' titles by id.
    """
    groups = []
    for programme, rows in tasks.groupby("programme", sort=False):
        by_task = rows.groupby(["task", "status"], sort=False)
        shown = [_task_row(group, lang) for _, group in by_task]
        groups.append({"title": titles.get(programme, programme), "rows": sorted(shown, key=lambda row: row["order"])})
    return groups


def task_sentence(tasks: pd.DataFrame, lang: str) -> str:
    """Return how many tasks are late, without evidence, not due and done."""
    counts = tasks["status"].value_counts()
    parts = [
        wording(lang).say("tasks.count", n=number_form(counts[status], lang, decimals=0), status=_status(status, lang))
        for status in MARKS
        if counts.get(status, 0)
    ]
    return ", ".join(parts)


def late_rows(tasks: pd.DataFrame, names: dict[str, str], lang: str) -> list[dict[str, Any]]:
    """Return one row per task that some unit is late with or has no evidence of, with the units.

    *Needs* `task_status` of all units and their names.
    """
    open_ones = tasks[tasks["status"].isin(["late", "no_evidence"])]
    rows = []
    for _, group in open_ones.groupby(["programme", "task", "status"], sort=False):
        units = list(dict.fromkeys(names[code] for code in group["place_code"]))
        more = len(units) - MOST_UNITS
        listed = ", ".join(units[:MOST_UNITS])
        rows.append(
            {
                **_task_row(group, lang),
                "units": listed if more <= 0 else wording(lang).say("tasks.and_more", names=listed, more=more),
                "n_units": number_form(len(units), lang, decimals=0),
                "document": group.iloc[0]["document"],
            }
        )
    return sorted(rows, key=lambda row: row["order"])


def _task_row(group: pd.DataFrame, lang: str) -> dict[str, Any]:
    words = wording(lang)
    row = group.sort_values("due_date", na_position="first").iloc[-1]
    style, mark = MARKS[row["status"]]
    others = group["due_date"].nunique() - 1
    return {
        "order": list(MARKS).index(row["status"]),
        "title": words.pick(row, "title"),
        "responsible": words.pick(row, "responsible"),
        "due": due_form(row, lang) + (" " + words.say("tasks.earlier", n=others) if others > 0 else ""),
        "status": _status(row["status"], lang).capitalize(),
        "style": style,
        "mark": mark,
        "reason": words.say(f"task_reason.{row['reason']}", done=_day(row["done_date"], lang), days=_days(row, lang)),
        "evidence": row["evidence"],
        "wanted": words.pick(row, "evidence"),
        "remark": " ".join(text for text in (row["report_note"], words.pick(row, "note")) if text),
    }


def due_form(row: Any, lang: str) -> str:
    """Return a due date as the text names it: a day, a month, a year, or a rhythm without a day."""
    if pd.isna(row["due_date"]):
        return wording(lang).say(f"rhythm.{row['rhythm']}") if row["rhythm"] != "once" else "–"
    day = pd.Timestamp(row["due_date"])
    if row["due_precision"] == "year":
        return wording(lang).say("tasks.in_year", year=day.year)
    if row["due_precision"] == "month":
        return wording(lang).say("tasks.in_month", month=day.month, year=day.year)
    return _day(day, lang)


def _status(status: str, lang: str) -> str:
    return wording(lang).say(f"task_status.{status}")


def _day(day: Any, lang: str) -> str:
    return "–" if pd.isna(day) else date_form(pd.Timestamp(day).isoformat(), lang)


def _days(row: Any, lang: str) -> str:
    return number_form(row["days_late"], lang, decimals=0) if is_number(row["days_late"]) else "–"

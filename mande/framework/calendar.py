"""The reporting calendar of a year: who reports what to whom by which day, as a table and as an iCalendar file."""

from collections.abc import Iterator
from datetime import date, datetime, time, timedelta
from typing import Any

import icalendar
import pandas as pd

from mande.framework.due_dates import day_in_year
from mande.framework.model import Deadline, Programme
from mande.framework.tables import citation_columns
from mande.vocabulary import Level

COLUMNS = [
    "programme",
    "deadline",
    "named_date",
    "last_date",
    "rule_vi",
    "rule_en",
    "reporter_vi",
    "reporter_en",
    "reporter_level",
    "recipient_vi",
    "recipient_en",
    "report_vi",
    "report_en",
    "rhythm",
    "document",
    "section",
    "sources",
    "corroboration",
    "confidence",
    "note_vi",
    "note_en",
]


def deadlines(programme: Programme, *, year: int, level: Level | None = None) -> pd.DataFrame:
    """Return what falls due in a year under a programme.

    *One row per* reporting duty and day; a duty without a day in the text has one row without dates, and two rows
    where its recipient changed within the year.
    *Needs* `level` to keep only what units of that level report; duties whose reporter is not an administrative
    level (schools, facilities) are always kept.
    *Adds* `named_date` (the day in the text) and `last_date` (the last day that is in time: the day before, where
    the text says "before").
    *Missing values*: no dates where the text names no day; `rule_vi` and `rule_en` then say what it names.
    """
    kept = [
        duty
        for duty in programme.calendar
        if _overlaps(duty, year) and (level is None or duty.reporter_level in (None, level))
    ]
    rows = [row | {"programme": programme.id} for duty in kept for row in _rows(duty, year)]
    table = pd.DataFrame(rows, columns=COLUMNS)
    table = table.astype({"named_date": "datetime64[s]", "last_date": "datetime64[s]"})
    return table.sort_values("last_date", kind="stable", na_position="last", ignore_index=True)


def to_icalendar(table: pd.DataFrame, *, lang: str = "vi", stamp: date) -> bytes:
    """Write the dated rows of `deadlines` as an iCalendar file, with a reminder a week before.

    *Needs* `stamp`: the day on which the file is made (RFC 5545 asks for it in each event).
    *Missing values*: rows without a date are left out, as a calendar cannot hold them.
    """
    calendar = icalendar.Calendar()
    calendar.add("prodid", "-//mande//reporting calendar//EN")
    calendar.add("version", "2.0")
    for row in table.dropna(subset=["last_date"]).to_dict("records"):
        calendar.add_component(_event({str(key): value for key, value in row.items()}, lang, stamp))
    return bytes(calendar.to_ical())


def _overlaps(duty: Deadline, year: int) -> bool:
    starts = duty.valid_from is None or duty.valid_from.year <= year
    ends = duty.valid_to is None or duty.valid_to.year >= year
    return starts and ends


def _rows(duty: Deadline, year: int) -> Iterator[dict[str, Any]]:
    if not duty.days:
        for day in _recipient_days(duty, year):
            yield _row(duty, named=None, recipient_day=day)
    for month_day in duty.days:
        named = day_in_year(year, month_day)
        if (duty.valid_from or named) <= named <= (duty.valid_to or named):
            yield _row(duty, named=named, recipient_day=named)


def _recipient_days(duty: Deadline, year: int) -> list[date]:
    """The first day of the year on which the duty holds, and each day of the year on which its recipient changes."""
    first = max(date(year, 1, 1), duty.valid_from or date(year, 1, 1))
    changes = [change.from_date for change in duty.later_recipients]
    return [first, *(day for day in changes if day.year == year and day > first)]


def _row(duty: Deadline, *, named: date | None, recipient_day: date) -> dict[str, Any]:
    recipient = duty.recipient_on(recipient_day)
    rule_vi, rule_en = _rule(duty, named, recipient_day)
    return {
        "deadline": duty.id,
        "named_date": named,
        "last_date": named if named is None or duty.is_day_included else named - timedelta(days=1),
        "rule_vi": rule_vi,
        "rule_en": rule_en,
        "reporter_vi": duty.reporter.vi,
        "reporter_en": duty.reporter.en,
        "reporter_level": str(duty.reporter_level or ""),
        "recipient_vi": recipient.vi,
        "recipient_en": recipient.en,
        "report_vi": duty.report.vi,
        "report_en": duty.report.en,
        "rhythm": duty.rhythm,
        **citation_columns(duty.citation),
    }


def _rule(duty: Deadline, named: date | None, recipient_day: date) -> tuple[str, str]:
    if named is not None and duty.is_day_included:
        return f"chậm nhất ngày {named:%d/%m/%Y}", f"by {named:%d/%m/%Y}"
    if named is not None:
        return f"trước ngày {named:%d/%m/%Y}", f"before {named:%d/%m/%Y}"
    if duty.within_hours_of_event is not None:
        return f"trong {duty.within_hours_of_event} giờ", f"within {duty.within_hours_of_event} hours"
    if duty.within_days_of_event is not None:
        return f"trong {duty.within_days_of_event} ngày", f"within {duty.within_days_of_event} days"
    vi, en = "không nêu ngày", "no day named"
    if duty.rhythm == "once":
        vi, en = f"trong năm {recipient_day.year}, {vi}", f"in {recipient_day.year}, {en}"
    if recipient_day in {change.from_date for change in duty.later_recipients}:
        return f"{vi}; từ {recipient_day:%d/%m/%Y}", f"{en}; from {recipient_day:%d/%m/%Y}"
    return vi, en


def _event(row: dict[str, Any], lang: str, stamp: date) -> icalendar.Event:
    event = icalendar.Event()
    day = row["last_date"].date()
    event.add("uid", f"{row['programme']}-{row['deadline']}-{day}@mande")
    event.add("dtstamp", datetime.combine(stamp, time()))
    event.add("dtstart", day)
    event.add("dtend", day + timedelta(days=1))
    event.add("summary", f"{row[f'report_{lang}']} → {row[f'recipient_{lang}']}")
    text = f"{row[f'reporter_{lang}']}: {row[f'rule_{lang}']}. {row['document']} {row['section']}".strip()
    event.add("description", text)
    reminder = icalendar.Alarm()
    reminder.add("action", "DISPLAY")
    reminder.add("description", row[f"report_{lang}"])
    reminder.add("trigger", timedelta(days=-7))
    event.add_component(reminder)
    return event

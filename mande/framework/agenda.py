"""What is to be done and reported by when: tasks and the lines of the reporting calendar."""

from datetime import date
from typing import Annotated, Literal

from pydantic import Field

from mande.framework.citation import Citation, Code, Day, Days, Model, Text
from mande.vocabulary import Level


class Task(Model):
    """Who does what by when, with what evidence.

    `due_precision` says what the text names: with "month" or "year", `due_date` is the last day of it.
    `due_days` are "MM-DD" within each year of a repeated task.
    `responsible_level`: every unit of that level inside the plan's place has the task; none: the plan's place itself.
    """

    id: Code
    title: Text
    responsible: Text
    responsible_level: Level | None = None
    due_date: Day | None = None
    due_precision: Literal["day", "month", "year"] = "day"
    rhythm: Literal["once", "monthly", "quarterly", "half-yearly", "yearly", "continuous"] = "once"
    due_days: tuple[Days, ...] = ()
    evidence: Text | None = None
    citation: Citation


class LaterRecipient(Model):
    """Who receives a report from a day on, after a change of the administration."""

    from_date: Day
    recipient: Text


class Deadline(Model):
    """One line of the reporting calendar: who reports what to whom by which day.

    `days` are "MM-DD" within each year of the span; an empty tuple means that the text names no day.
    `is_day_included` false: the text says "before" the day. `reporter_level` none: whoever the plan binds.
    """

    id: Code
    reporter: Text
    reporter_level: Level | None = None
    recipient: Text
    later_recipients: tuple[LaterRecipient, ...] = ()
    report: Text
    rhythm: Literal["once", "half-yearly", "yearly", "per event", "not stated"]
    days: tuple[Days, ...] = ()
    is_day_included: bool = True
    within_days_of_event: Annotated[int, Field(strict=True, gt=0)] | None = None
    within_hours_of_event: Annotated[int, Field(strict=True, gt=0)] | None = None
    valid_from: Day | None = None
    valid_to: Day | None = None
    citation: Citation

    def recipient_on(self, day: date) -> Text:
        """Return who receives the report on that day."""
        later = [change for change in self.later_recipients if change.from_date <= day]
        return max(later, key=lambda change: change.from_date).recipient if later else self.recipient

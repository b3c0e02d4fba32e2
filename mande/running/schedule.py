"""On which days of each year a review is run: before the deadlines of its programme, from one description."""

from dataclasses import dataclass
from datetime import date, time, timedelta

from mande.errors import Problem, UsageError
from mande.framework.calendar import deadlines
from mande.framework.due_dates import day_in_year
from mande.framework.model import Programme
from mande.vocabulary import Level

PERIOD_ENDS = {"half-yearly": ("06-30", "12-31"), "yearly": ("12-31",)}
"""Where a text names no day, a report falls due at the end of its period, as tasks do (see `due_dates`)."""

_ANY_COMMON_YEAR = 2023  # 29 February is no day for a schedule: it would be missed in three years of four


@dataclass(frozen=True)
class Schedule:
    """A command and when to run it: days of each year as "MM-DD" (none: every day), a time, a time zone.

    `notice` are the words of the command that have its end told; `units` are those that pages are made for.
    """

    name: str
    command: tuple[str, ...]
    folder: str
    days: tuple[str, ...]
    at: time
    zone: str
    units: tuple[str, ...] = ()
    notice: tuple[str, ...] = ()

    @property
    def months_and_days(self) -> list[tuple[int, int]]:
        """Return month and day of each, in order."""
        return [(int(day[:2]), int(day[3:])) for day in self.days]

    @property
    def crons(self) -> list[str]:
        """Return the five fields of each day for cron and those who speak its language."""
        clock = f"{self.at.minute} {self.at.hour}"
        if not self.days:
            return [f"{clock} * * *"]
        return [f"{clock} {day} {month} *" for month, day in self.months_and_days]


def run_days(programme: Programme, *, year: int, level: Level | None, lead_days: int) -> tuple[str, ...]:
    """Return the days "MM-DD" on which to run, so many days before each half-yearly and yearly deadline of a year.

    *Needs* `level` to heed only what units of that level report.
    *Raises* UsageError for a programme without such a duty.
    """
    table = deadlines(programme, year=year, level=level)
    repeated = table[table["rhythm"].isin(list(PERIOD_ENDS))]
    named = {day.date() for day in repeated["last_date"].dropna()}
    unnamed = repeated.loc[repeated["last_date"].isna(), "rhythm"]
    due = named | {day_in_year(year, day) for rhythm in unnamed for day in PERIOD_ENDS[rhythm]}
    if not due:
        found = f"{programme.id} has no half-yearly or yearly deadline in {year}"
        raise UsageError(Problem("programme", found, "name days with --on MM-DD, or use --nightly"))
    return tuple(sorted({f"{day - timedelta(days=lead_days):%m-%d}" for day in due}))


def read_days(given: list[str]) -> tuple[str, ...]:
    """Return days written as MM-DD, in order.

    *Raises* UsageError naming every one that is not a day of every year.

    >>> read_days(["12-01", "06-15"])
    ('06-15', '12-01')
    """
    wrong = [day for day in given if not _is_day(day)]
    if wrong:
        raise UsageError([Problem("--on", f'"{day}" is no day of every year', "write it as 06-15") for day in wrong])
    return tuple(sorted(set(given)))


def read_time(text: str) -> time:
    """Return a time of day written as HH:MM.

    *Raises* UsageError.
    """
    try:
        return time.fromisoformat(text)
    except ValueError:
        raise UsageError(Problem("--at", f'"{text}" is no time of day', "write it as 01:30")) from None


def _is_day(text: str) -> bool:
    try:
        return date.fromisoformat(f"{_ANY_COMMON_YEAR}-{text}").strftime("%m-%d") == text
    except ValueError:
        return False

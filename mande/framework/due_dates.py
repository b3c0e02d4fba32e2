"""When a task falls due: once, on named days of each year, or at the end of each period of its rhythm."""

from calendar import monthrange
from datetime import date, timedelta

from mande.framework.agenda import Task
from mande.framework.model import Programme

_MONTHS = {"monthly": 1, "quarterly": 3, "half-yearly": 6, "yearly": 12}


def due_dates(task: Task, programme: Programme) -> tuple[date, ...]:
    """Return every day within the programme on which a task falls due, in order.

    Days that the text names come first; a repeated task without them falls due on the last day of each period.
    A continuous task, and one without any day in the text, has none.
    """
    years = range(programme.start_date.year, programme.end_date.year + 1)
    if task.due_days:
        days = [day_in_year(year, month_day) for year in years for month_day in task.due_days]
    elif task.due_date is not None:
        days = [task.due_date]
    elif task.rhythm in _MONTHS:
        step = _MONTHS[task.rhythm]
        days = [_month_end(year, month) for year in years for month in range(step, 13, step)]
    else:
        days = []
    return tuple(sorted(day for day in days if programme.start_date <= day <= programme.end_date))


def day_in_year(year: int, month_day: str) -> date:
    """Return the day "MM-DD" of that year; 29 February is the 28th in a common year.

    >>> day_in_year(2023, "02-29")
    datetime.date(2023, 2, 28)
    """
    month, day = (int(part) for part in month_day.split("-"))
    if (month, day) == (2, 29):
        return date(year, 3, 1) - timedelta(days=1)
    return date(year, month, day)


def _month_end(year: int, month: int) -> date:
    return date(year, month, monthrange(year, month)[1])

"""Did it come in time? What was received, held against the last day that is in time."""

from datetime import date
from enum import StrEnum

import numpy as np
import pandas as pd


class Timeliness(StrEnum):
    """How a report or task stands to its day at the date of the review."""

    IN_TIME = "in_time"
    LATE = "late"
    OVERDUE = "overdue"
    PENDING = "pending"
    NO_DAY = "no_day"


def judge_timeliness(received: pd.Series, deadlines: pd.Series, *, as_of: date) -> pd.DataFrame:
    """Judge each pair of a day of receipt and the last day that is in time.

    One row per: pair, with the index of `received`.
    Needs: `received` and `deadlines` of one index, as days; the last day itself is in time.
    Adds: `timeliness` (in_time; late: came after the day; overdue: the day has passed and nothing came; pending: the
    day has not passed; no_day: no day is set), `days_late` (days after the last day, up to `as_of` while overdue).
    Missing values: nothing received by `as_of` counts as nothing received; no `days_late` unless late or overdue.

    >>> days = pd.to_datetime(pd.Series(["2025-05-03", None]))
    >>> judge_timeliness(days, pd.to_datetime(pd.Series(["2025-05-02"] * 2)), as_of=date(2025, 5, 12))
      timeliness  days_late
    0       late        1.0
    1    overdue       10.0
    """
    today = pd.Timestamp(as_of)
    came = received.where(received <= today)
    has_come, has_day = came.notna(), deadlines.notna()
    conditions = [~has_day, has_come & (came <= deadlines), has_come, deadlines < today]
    words = [Timeliness.NO_DAY, Timeliness.IN_TIME, Timeliness.LATE, Timeliness.OVERDUE]
    timeliness = pd.Series(
        np.select(conditions, [str(word) for word in words], str(Timeliness.PENDING)), received.index
    )
    days = (came.fillna(today) - deadlines).dt.days.astype(float)
    is_late = timeliness.isin([Timeliness.LATE, Timeliness.OVERDUE])
    return pd.DataFrame({"timeliness": timeliness, "days_late": days.where(is_late)})

"""Which files come, when and under which names: the mistakes that concern a file as a whole."""

from datetime import date, timedelta

import numpy as np
import pandas as pd

from mande.sources.periods import period_bounds

FILE_ERRORS = (
    "wrong_unit_code",
    "wrong_period",
    "duplicated_file",
    "corrected_file",
    "missing_file",
    "late_file",
    "rounded_digits",
)
DAYS_TO_REPORT = 31
"""A file is in time until so many days after the end of its period."""

SUBMISSION_COLUMNS = ["file", "place_code", "period", "copy", "due_date", "sent_date", "is_late", "kind"]


def plan_submissions(units: list[str], periods: list[str], *, rate: float, seed: int, suffix: str) -> pd.DataFrame:
    """Return the files that the units send, one or two per unit and period, or none.

    One row per: file; a missing one has its row, without a `sent_date`.
    Adds: `copy`: 1, or 2 for the second file of a unit and period (the same again, or corrected); `kind`: the mistake
    of the file, blank for none; `sent_date`, some days before the due date, later for a late file.
    """
    random = np.random.default_rng([seed, 2])
    files = pd.DataFrame([(unit, period) for period in periods for unit in units], columns=["place_code", "period"])
    wanted = round(rate * len(files)) if rate else 0
    wanted = min(max(wanted, len(FILE_ERRORS)), len(files)) if rate else 0
    kinds = np.full(len(files), "", dtype=object)
    chosen = random.permutation(len(files))[:wanted]
    kinds[chosen] = [FILE_ERRORS[number % len(FILE_ERRORS)] for number in range(wanted)]
    due = files["period"].map({period: _due(period) for period in periods})
    early, late = random.integers(0, 25, len(files)), random.integers(3, 90, len(files))
    is_late = kinds == "late_file"
    delay = pd.to_timedelta(np.where(is_late, late, -early), unit="D")
    files = files.assign(kind=kinds, copy=1, due_date=pd.to_datetime(due), is_late=is_late)
    files = files.assign(sent_date=(files["due_date"] + delay).where(kinds != "missing_file"))
    again = files[files["kind"].isin(("duplicated_file", "corrected_file"))]
    again = again.assign(copy=2, sent_date=again["sent_date"] + pd.Timedelta(days=6))
    every = pd.concat([files, again], ignore_index=True)
    names = [_file_name(row, suffix) for row in every.itertuples()]
    return every.assign(file=names)[SUBMISSION_COLUMNS]


def _due(period: str) -> date:
    return period_bounds(period)[1] + timedelta(days=DAYS_TO_REPORT)


def _file_name(row, suffix: str) -> str:
    if row.kind == "missing_file":
        return ""
    stem = f"{row.place_code}_{row.period.replace('/', '_')}"
    ending = {"duplicated_file": " (1)", "corrected_file": "_dinh_chinh"}.get(row.kind, "") if row.copy == 2 else ""
    return f"{stem}{ending}{suffix}"

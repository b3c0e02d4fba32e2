"""The quality grade of what units sent: completeness, timeliness, internal and external consistency, and its arithmetic.

*Source* WHO 2017, Data quality review: a toolkit for facility data quality assessment, module 1, framework and metrics;
the dimensions as in table 1 of PLoS ONE 14(3): e0213600 (2019). Scores of single cells instead of yearly reports of
facilities, the letters and their marks are this toolkit's own; they stand in `outputs/quality.odcs.yaml`.
"""

from collections.abc import Mapping
from datetime import date
from pathlib import Path

import numpy as np
import pandas as pd

from mande.contracts.contract import Contract, read_contract
from mande.contracts.derived_columns import look_up
from mande.framework.quality import GRADES, UNKNOWN_GRADE
from mande.vocabulary import ValueStatus

GRADE_CONTRACT = Path("outputs") / "quality.odcs.yaml"
ROW = ["indicator", "place_code", "period"]
CELL = [*ROW, "dimension", "dimension_value"]
DIMENSIONS = {
    "completeness": ("n_received", "n_expected"),
    "timeliness": ("n_in_time", "n_timed"),
    "internal_consistency": ("n_internal_passed", "n_internal"),
    "external_consistency": ("n_external_passed", "n_external"),
}
"""Each score is the first count over the second."""

COUNTS = [name for pair in DIMENSIONS.values() for name in pair]
NEEDED = ("completeness", "internal_consistency")
"""Without these nothing can be said of a report."""


def grade_quality(
    observations: pd.DataFrame,
    judged: pd.DataFrame,
    contract: Contract,
    *,
    expected: pd.DataFrame | None = None,
    due_dates: pd.DataFrame | None = None,
    as_of: date,
) -> pd.DataFrame:
    """Grade what was sent about each indicator, place and period.

    *One row per* indicator × place × period that was asked for or sent.
    *Needs* `observations` with `CELL`, `observation_id`, `value`, `value_status`, `received_date`; `judged` of their
    check; `contract` (`read_contract` of `GRADE_CONTRACT`); `expected`, one row per value asked for, with `CELL`;
    `due_dates` with `period` and `last_date`.
    *Adds* the columns of `outputs/quality.odcs.yaml`: counts, scores (0 to 1), `grade` and `grade_reason`.
    *Missing values* a score that cannot be worked out is missing: unknown, not good. A value that does not apply is
    not asked for; one that was suppressed came; a blank or missing one did not. Without `expected` completeness is
    unknown.
    """
    return grade_counts(
        count_quality(observations, judged, expected=expected, due_dates=due_dates, as_of=as_of), contract
    )


def count_quality(
    observations: pd.DataFrame,
    judged: pd.DataFrame,
    *,
    expected: pd.DataFrame | None,
    due_dates: pd.DataFrame | None,
    as_of: date,
) -> pd.DataFrame:
    """Count what the grade rests on; the counts of several places or periods may be added before `grade_counts`."""
    sent = observations[[*CELL, "observation_id", "value", "value_status", "received_date"]].astype(
        dict.fromkeys(CELL, str)
    )
    sent = sent.merge(judged, on="observation_id", how="left", validate="one_to_one")
    applies = sent["value_status"] != str(ValueStatus.NOT_APPLICABLE)
    came = sent["value"].notna() | (sent["value_status"] == str(ValueStatus.SUPPRESSED))
    cells = sent.assign(applies=applies, came=came & applies)
    cells = cells.groupby(CELL, as_index=False).agg(
        applies=("applies", "all"),
        came=("came", "any"),
        received=("received_date", "min"),
        **{name: (name, "sum") for name in _JUDGED},
    )
    asked = expected[CELL].astype(str).drop_duplicates() if expected is not None else cells[CELL]
    cells = asked.assign(is_asked=True).merge(cells, on=CELL, how="outer", validate="one_to_one")
    return _count(cells, due_dates, as_of, is_known=expected is not None)


_JUDGED = ["internal_checked", "internal_failed", "external_checked", "external_failed"]


def _count(cells: pd.DataFrame, due_dates: pd.DataFrame | None, as_of: date, *, is_known: bool) -> pd.DataFrame:
    came, applies = cells["came"].eq(True), cells["applies"].ne(False)
    is_asked = cells["is_asked"].eq(True) & applies
    last = _last_dates(cells, due_dates)
    received = pd.to_datetime(cells["received"].astype("str"), format="ISO8601", errors="coerce").where(came)
    is_timed = is_asked & last.notna() & (received.notna() | (~came & (last < pd.Timestamp(as_of))))
    checked = {stem: came & (cells[f"{stem}_checked"] > 0) for stem in ("internal", "external")}
    counts = cells[ROW].assign(
        n_expected=is_asked,
        n_received=came & (is_asked if is_known else True),
        n_timed=is_timed,
        n_in_time=is_timed & (received <= last),
        **{f"n_{stem}": rows for stem, rows in checked.items()},
        **{f"n_{stem}_passed": rows & (cells[f"{stem}_failed"] == 0) for stem, rows in checked.items()},
    )
    summed = counts.groupby(ROW, as_index=False)[COUNTS].sum().astype(dict.fromkeys(COUNTS, "Int64"))
    return summed if is_known else summed.assign(n_expected=pd.array([pd.NA] * len(summed), dtype="Int64"))


def _last_dates(cells: pd.DataFrame, due_dates: pd.DataFrame | None) -> pd.Series:
    if due_dates is None:
        return pd.Series(pd.NaT, index=cells.index, dtype="datetime64[s]")
    return pd.to_datetime(look_up(cells["period"], due_dates.set_index("period")["last_date"]))


def grade_counts(counts: pd.DataFrame, contract: Contract) -> pd.DataFrame:
    """Turn counts into scores and a grade.

    *One row per* row of `counts`. *Adds* a score per dimension, `n_unknown`, `grade` (the weakest dimension's),
    `grade_reason` (that dimension; unknown_dimension where an unknown one holds the grade down; all_good).
    """
    scores = pd.DataFrame({name: _share(counts[part], counts[whole]) for name, (part, whole) in DIMENSIONS.items()})
    places = pd.DataFrame({name: _place(scores[name], contract.grades, name) for name in DIMENSIONS})
    is_unknown = scores.isna()
    worst = places.max(axis=1)
    held_down = is_unknown.any(axis=1) & ~(worst >= GRADES.index(contract.best_with_unknown))
    worst = worst.mask(held_down, GRADES.index(contract.best_with_unknown))
    is_blind = is_unknown[list(NEEDED)].any(axis=1)
    grade = pd.Series(np.array(GRADES, dtype=object)[worst.fillna(0).astype(int)], index=counts.index)
    weakest = places.fillna(-1).idxmax(axis=1)
    reason = weakest.mask(worst == 0, "all_good").mask(held_down | is_blind, "unknown_dimension")
    return counts.assign(
        **scores,
        n_unknown=is_unknown.sum(axis=1),
        grade=grade.mask(is_blind, UNKNOWN_GRADE).astype(str),
        grade_reason=reason.astype(str),
    )[[column.name for column in contract.columns]]


def grades_of_observations(observations: pd.DataFrame, grades: pd.DataFrame) -> pd.Series:
    """Return the grade of each observation that was sent, by `observation_id`."""
    rows = observations[[*ROW, "observation_id"]].astype(str)
    found = rows.merge(grades[[*ROW, "grade"]], on=ROW, how="left", validate="many_to_one")
    return found.set_index("observation_id")["grade"].fillna(UNKNOWN_GRADE)


def read_grade_contract(contracts_folder: Path) -> Contract:
    """Read the contract of the table of grades, with the marks of each grade."""
    return read_contract(contracts_folder / GRADE_CONTRACT)


def _share(part: pd.Series, whole: pd.Series) -> pd.Series:
    counted = whole.astype("Float64").astype(float)
    share: pd.Series = part.astype("Float64").astype(float) / counted.where(counted > 0)
    return share


def _place(score: pd.Series, marks: Mapping[str, Mapping[str, float]], dimension: str) -> pd.Series:
    """Return the place of the score among the grades: 0 for the best; missing where the score is."""
    steps = [score < marks[grade][dimension] for grade in GRADES if grade in marks]
    return sum((step.astype(float) for step in steps), start=pd.Series(0.0, index=score.index)).where(score.notna())

"""The published rule `rate-ratio`, version 1: the observed yearly rate held against the rate that the target needs.

Eurostat's comparison of compound yearly rates with the bands 0.95, 0.60 and 0, and the natural limits, scores and
roll-up that Statistics Canada added and Open SDG publishes.  Compound rates exist for values above (or all below) zero.
Where one does not – base or target of zero, a change of sign, a target equal to the base – the ratio is missing and
`reason` says why; nothing is replaced by 0.001.

Sources: Eurostat, Sustainable development in the European Union – monitoring report, annex on the assessment of trends;
Statistics Canada, Progress Measurement Methodology (Open SDG, docs/progress-methodology.md); sdg-build,
sdg/ProgressMeasure.py.
"""

from collections.abc import Iterable

import numpy as np
import pandas as pd

from mande.errors import EstimationError, Problem

RULE = "rate-ratio"
VERSION = "1"

Numbers = float | Iterable[float] | pd.Series

ON_TRACK_RATIO, MODERATE_RATIO = 0.95, 0.60
"""Eurostat, monitoring report, annex; a target is given."""

ON_TRACK_RATE, MODERATE_RATE = 0.015, 0.005
"""Per year where no target is given: Statistics Canada."""

LIMIT_POWER = 4.44
"""Steepness of the easing of bands near a natural limit: sdg-build `get_progress_thresholds`."""

BEST_SCORE = 5.0
ROUNDING = 1e-12
"""Two equal decimal fractions may differ by so much in binary."""

_SCORE_FLOORS = {"substantial_progress": 2.5, "moderate_progress": 0.0, "limited_progress": -2.5}


def rate_ratio(
    base_year: Numbers,
    base_value: Numbers,
    current_year: Numbers,
    current_value: Numbers,
    target_year: Numbers | None = None,
    target_value: Numbers | None = None,
    ascending: Numbers | None = None,
    natural_limit: Numbers | None = None,
) -> pd.DataFrame:
    """Return how fast the indicator moves beside how fast it must, as Eurostat, Statistics Canada and Open SDG publish.

    One row per: row of the inputs; one number stands for every row.
    Needs: values in one unit; years as numbers; `ascending` True where higher is better (None or NaN: nothing can be
    judged).  By position or by name; numbers, lists, arrays or Series.  Without a target (None
    or NaN) the yearly rate itself is then judged.  `natural_limit` is a bound such as 100 % (used only without target).
    Adds: `observed_rate` and `required_rate` (compound, share per year); `ratio` (observed in the wished direction over
    required; only with a target); `progress_value` (what the bands are laid on: the ratio, else the observed rate in
    the wished direction); `limit_factor` (0 to 1, eases the bands near a natural limit); `score` (−5 to 5);
    `status` (target_achieved, substantial_progress, moderate_progress, limited_progress, deterioration,
    not_available); `reason` (empty where progress_value exists).
    Missing values: where no rate exists, ratio and progress_value are missing and `reason` is one of no_value,
    no_direction, no_later_value, zero_base, zero_target, sign_change, target_equals_base, target_not_after_base.  A met target keeps
    status target_achieved and score 5 whatever the reason.
    Source: module docstring; formulas in docs/methods.md.

    >>> table = rate_ratio(2015, 14.5, 2023, 10.2, ascending=False, target_year=2030, target_value=7.25)
    >>> table.round(4)[["ratio", "score", "status"]]
        ratio   score                status
    0  0.9526  2.5186  substantial_progress
    """
    table = read_promises(
        base_year=base_year,
        base_value=base_value,
        current_year=current_year,
        current_value=current_value,
        target_year=target_year,
        target_value=target_value,
        ascending=ascending,
        natural_limit=natural_limit,
    )
    has_target = table["target_value"].notna()
    table = table.assign(
        observed_rate=yearly_rate(table["base_value"], table["current_value"], table["years"]),
        required_rate=yearly_rate(table["base_value"], table["target_value"], table["plan_years"]),
        limit_factor=_limit_factor(table["base_value"], table["natural_limit"].mask(has_target)),
        reason=why_no_rate(table, is_zero_target_refused=True),
    )
    is_known = table["reason"] == ""
    toward = (table["sign"] * table["observed_rate"] * np.where(table["base_value"] < 0, -1.0, 1.0)).where(is_known)
    ratio = (toward / table["required_rate"].abs().where(table["required_rate"] != 0)).where(has_target)
    table = table.assign(ratio=ratio, progress_value=ratio.where(has_target, toward))
    has_met = is_met(table)
    score = np.where(has_target, _score_with_target(ratio), _score_without(toward, table["limit_factor"]))
    return table.assign(score=np.where(has_met, BEST_SCORE, score), status=_status(table, has_target, has_met))[
        ["observed_rate", "required_rate", "ratio", "progress_value", "limit_factor", "score", "status", "reason"]
    ]


def roll_up(scores: pd.Series, status: pd.Series, groups: pd.Series) -> pd.DataFrame:
    """Return the mean score of each group of series (indicator, objective) and the status that it stands for.

    One row per: group; `groups` names the group of each row.
    Adds: `score` (mean of the known scores, −5 to 5), `status` (target_achieved only if every scored series achieved
    its target; then 2.5, 0 and −2.5 as lower bounds), `n_scored`, `n_series`.
    Missing values: series without a score are left out of the mean and counted; none scored gives not_available.
    Source: sdg-build `get_progress_status_from_score`; Statistics Canada, "Aggregating progress".

    >>> roll_up(pd.Series([5.0, -2.0]), pd.Series(["target_achieved", "limited_progress"]), pd.Series(["a", "a"]))
       score             status  n_scored  n_series
    a    1.5  moderate_progress         2         2
    """
    table = pd.DataFrame({"score": scores, "is_met": (status == "target_achieved") | scores.isna(), "group": groups})
    sums = table.groupby("group", sort=False).agg(
        score=("score", "mean"), is_met=("is_met", "all"), n_scored=("score", "count"), n_series=("score", "size")
    )
    conditions = [sums["score"].isna(), sums["is_met"], *[sums["score"] >= floor for floor in _SCORE_FLOORS.values()]]
    words = ["not_available", "target_achieved", *_SCORE_FLOORS]
    sums["status"] = np.select(conditions, words, default="deterioration")
    return sums[["score", "status", "n_scored", "n_series"]].rename_axis(None)


def read_promises(**inputs: Numbers | None) -> pd.DataFrame:
    """Return years, values and direction as one table of decimal numbers; one number (or None) stands for every row.

    One row per: row of the inputs, under the index of the Series among them.
    Adds: `years` since the base, `plan_years` from base to target, `sign` (+1 where higher is better, else −1).
    Missing values: stay missing.
    Raises: EstimationError where lengths or indexes differ, a value is no finite number, or a direction is not true or false.
    """
    indexes = [column.index for column in inputs.values() if isinstance(column, pd.Series)]
    lengths = {name: len(np.ravel(column)) for name, column in inputs.items() if np.ndim(column)}
    is_ragged = len(set(lengths.values())) > 1 or any(np.ndim(column) > 1 for column in inputs.values())
    if is_ragged or any(not index.equals(indexes[0]) for index in indexes):
        found = ", ".join(f"{name}: {length} rows" for name, length in lengths.items())
        raise EstimationError(Problem("the inputs", found, "give rows of one table, or one number for all"))
    size = max(lengths.values(), default=1)
    columns = {name: _read_numbers(name, column, size) for name, column in inputs.items()}
    table = pd.DataFrame(columns, index=indexes[0] if indexes else pd.RangeIndex(size))
    return table.assign(
        years=table["current_year"] - table["base_year"],
        plan_years=table["target_year"] - table["base_year"],
        sign=pd.Series(np.where(table["ascending"] == 1, 1.0, -1.0), index=table.index).where(
            table["ascending"].notna()
        ),
    )


def _read_numbers(name: str, values: Numbers | None, size: int) -> np.ndarray:
    array = np.broadcast_to(np.asarray(np.nan if values is None else values, dtype=object), (size,))
    numbers = pd.to_numeric(pd.Series(array), errors="coerce")
    unread = array[(numbers.isna() & ~pd.isna(array)).to_numpy(bool)]
    if len(unread):
        raise EstimationError(Problem(name, f"{unread[0]!r} is not a number", "give numbers, NaN where missing"))
    found = numbers.to_numpy(dtype=float, na_value=np.nan)
    if np.isinf(found).any():
        raise EstimationError(Problem(name, "an infinite number", "give finite numbers, NaN where missing"))
    if name == "ascending" and not np.isin(found[~np.isnan(found)], (0, 1)).all():
        raise EstimationError(Problem(name, "neither true nor false", "give True where higher is better, else False"))
    return found


def yearly_rate(start: pd.Series, end: pd.Series, years: pd.Series) -> pd.Series:
    """Return the compound yearly rate; missing where none exists."""
    quotient = (end / start.where(start != 0)).where(lambda value: value >= 0)
    return quotient ** (1 / years.where(years > 0)) - 1


def why_no_rate(table: pd.DataFrame, *, is_zero_target_refused: bool) -> pd.Series:
    """Return why no yearly rate can be compared, or empty text; the first reason that applies.

    `is_zero_target_refused`: no compound rate leads to a target of zero or past it.
    """
    base, current, target = table["base_value"], table["current_value"], table["target_value"]
    has_target = target.notna()
    is_lost = base.isna() | current.isna() | table["years"].isna() | (has_target & table["plan_years"].isna())
    reasons = [
        (is_lost, "no_value"),
        (table["sign"].isna(), "no_direction"),
        (table["years"] < 1, "no_later_value"),
        (base == 0, "zero_base"),
        (base * current < 0, "sign_change"),
        (has_target & (table["plan_years"] <= 0), "target_not_after_base"),
        (has_target & (target == base), "target_equals_base"),
        ((target == 0) & is_zero_target_refused, "zero_target"),
        ((base * target < 0) & is_zero_target_refused, "sign_change"),
    ]
    words = np.select([condition.to_numpy(bool) for condition, _ in reasons], [word for _, word in reasons], default="")
    return pd.Series(words, index=table.index)


def is_met(table: pd.DataFrame) -> np.ndarray:
    """Met today; a missing number meets nothing."""
    return (table["sign"] * (table["current_value"] - table["target_value"]) >= 0).to_numpy(bool)


def _limit_factor(base: pd.Series, limit: pd.Series) -> pd.Series:
    """Return C: 1 far from the natural limit, 0 on it; 1 where there is no limit."""
    base, limit = base.abs(), limit.abs()
    nearness = (base / limit.where(limit != 0)).clip(upper=2)
    nearness = nearness.where(nearness <= 1, 2 - nearness)
    return (1 - nearness**LIMIT_POWER).fillna(1.0)


def _status(table: pd.DataFrame, has_target: pd.Series, has_met: np.ndarray) -> np.ndarray:
    value = table["progress_value"] + ROUNDING
    factor = table["limit_factor"]
    high = np.where(has_target, ON_TRACK_RATIO, ON_TRACK_RATE * factor)
    middle = np.where(has_target, MODERATE_RATIO, MODERATE_RATE * factor)
    conditions = [has_met, value.isna(), value >= high, value >= middle, value >= 0]
    return np.select(conditions, ["target_achieved", "not_available", *_SCORE_FLOORS], default="deterioration")


def _score_with_target(ratio: pd.Series) -> pd.Series:
    """Straight lines through the bands: sdg-build `get_score`, method 2."""
    fast, slow = 7.1429 * ratio - 4.2857, 4.1667 * ratio - 2.5
    return fast.where(ratio >= MODERATE_RATIO - ROUNDING, slow).clip(-BEST_SCORE, BEST_SCORE)


def _score_without(toward: pd.Series, factor: pd.Series) -> np.ndarray:
    """Straight lines through the eased bands: sdg-build `get_score`, method 1."""
    eased = toward / factor.where(factor > 0)
    value = toward + ROUNDING
    conditions = [
        value < 0,
        (factor == 0) & (value >= 0),
        value >= ON_TRACK_RATE * factor,
        value >= MODERATE_RATE * factor,
    ]
    lines = [125 * toward - 2.5, pd.Series(BEST_SCORE, index=toward.index), 500 * eased - 5, 250 * eased - 1.25]
    return np.clip(np.select(conditions, lines, default=500 * eased - 2.5), -BEST_SCORE, BEST_SCORE)

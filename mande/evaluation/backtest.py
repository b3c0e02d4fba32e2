"""Try the outlook on the past: hide the last years of every series, foretell them, compare.

Which targets are asked: for every hidden value five targets, fixed from the shown years alone.  They start from the last
shown value and move, on the fitting scale, by the group's median yearly change times the years ahead, plus −1,28, −0,52,
0, 0,52 and 1,28 times the spread of yearly changes times the root of the years ahead – from hard to easy, none beyond
what the group has seen – rounded to the published step.  They are read as "at most" where the group's median change falls,
else as "at least", as a programme would set them.
"""

from dataclasses import dataclass

import numpy as np
import pandas as pd

from mande.errors import EstimationError, Problem, UsageError
from mande.evaluation.fitting_scale import from_scale, to_scale
from mande.evaluation.naive_rules import RULES, apply_rule
from mande.evaluation.outlook import METHODS, compute_outlook
from mande.evaluation.scores import calibration_table, score_forecasts
from mande.evaluation.series_arrays import FEWEST_POINTS, SeriesArrays, arrange_series, edge_of
from mande.evaluation.thresholds import meets

STEPS_OF_SPREAD = (-1.2816, -0.5244, 0.0, 0.5244, 1.2816)
"""The 10th, 30th, 50th, 70th and 90th percentile of a normal distribution."""

LARGEST_JUMP = 30.0
"""A value so many times the one before is a change of unit, not of the world."""


@dataclass(frozen=True)
class Backtest:
    """`forecasts`: method × hidden value × target; `scores`: method × indicator; `calibration`: method × bin; `left_out`:
    the series not tried, with the reason (too_few_points, change_of_unit)."""

    forecasts: pd.DataFrame
    scores: pd.DataFrame
    calibration: pd.DataFrame
    left_out: pd.DataFrame


def backtest(series: pd.DataFrame, methods: tuple[str, ...] = (*METHODS, *RULES), *, hide: int = 3) -> Backtest:
    """Hide the last `hide` values of every series, foretell them by each method and score it.

    One row per: see `Backtest`.
    Needs: `series` as for `compute_outlook`, with `indicator`; methods named in `outlook.METHODS` or
    `naive_rules.RULES`.
    Adds: see `score_forecasts` and `calibration_table`.
    Missing values: a series with fewer than three values left, or whose values jump more than thirtyfold, is left out
    and named.
    Raises: UsageError for an unknown method or a `hide` below 1; EstimationError if no series is long enough.
    Source: module docstring; Tashman 2000, International Journal of Forecasting 16:437–450 (out-of-sample tests).
    """
    _refuse_settings(methods, hide)
    shown, hidden, left_out = hide_last(series, hide=hide)
    if hidden.empty:
        found = f"no series has {FEWEST_POINTS + hide} values" if len(series) else "no values"
        raise EstimationError(Problem("backtest", found, "hide fewer years or bring longer series"))
    arrays = arrange_series(shown)
    asks, spread = plan_asks(arrays, hidden)
    parts = []
    for method in methods:
        said = _say(method, shown, arrays, asks, spread)
        parts.append(
            asks.assign(method=method, **{name: said[name] for name in ("predicted", "lower", "upper", "p_met")})
        )
    forecasts = pd.concat(parts, ignore_index=True)
    calibration = [
        calibration_table(part["p_met"], part["is_met"]).assign(method=method)
        for method, part in forecasts.groupby("method", sort=False)
    ]
    return Backtest(forecasts, score_forecasts(forecasts), pd.concat(calibration, ignore_index=True), left_out)


def hide_last(series: pd.DataFrame, *, hide: int) -> tuple[pd.DataFrame, pd.DataFrame, pd.DataFrame]:
    """Return the rows to be shown, the last `hide` values of each series, and the series left out with the reason.

    One row per: row of `series` with a value; series (left out).
    Missing values: rows without a value are neither shown nor hidden.
    """
    rows = series[series["value"].notna()].sort_values(["series_id", "year"], kind="stable")
    from_end = rows.groupby("series_id").cumcount(ascending=False)
    count = rows.groupby("series_id")["year"].transform("size")
    ratio = rows["value"] / rows.groupby("series_id")["value"].shift()
    is_jump = (rows["value"] > 0) & ((ratio > LARGEST_JUMP) | ((ratio < 1 / LARGEST_JUMP) & (ratio > 0)))
    has_jump = is_jump.groupby(rows["series_id"]).transform("any")
    is_short = count < hide + FEWEST_POINTS
    reason = pd.Series(np.select([has_jump, is_short], ["change_of_unit", "too_few_points"], ""), index=rows.index)
    left_out = rows.assign(reason=reason).loc[reason != "", ["series_id", "reason"]].drop_duplicates("series_id")
    kept = rows[reason == ""]
    is_hidden = from_end[reason == ""] < hide
    return kept[~is_hidden], kept[is_hidden], left_out.reset_index(drop=True)


def plan_asks(arrays: SeriesArrays, hidden: pd.DataFrame) -> tuple[pd.DataFrame, pd.Series]:
    """Return the targets asked of each hidden value, and the spread of the group's yearly changes in the series' unit.

    One row per: hidden value × target.
    Adds: `target_year`, `operator`, `target_value`, `is_met` (by the hidden value).
    """
    row = pd.Series(np.arange(len(arrays.ids)), index=arrays.ids).loc[hidden["series_id"]].to_numpy()
    scale, top, edge = arrays.scale[:, None], arrays.top[:, None], edge_of(arrays)[:, None]
    values = to_scale(arrays.values, scale, top=top, edge=edge)
    median, spread = _yearly_changes(arrays, values)
    ahead = hidden["year"].to_numpy(float) - arrays.last_year[row]
    last = values[np.arange(len(values)), arrays.n_points - 1][row]
    tables = []
    for step in STEPS_OF_SPREAD:
        place = last + median[row] * ahead + step * spread[row] * np.sqrt(ahead)
        target = from_scale(place, arrays.scale[row], top=arrays.top[row])
        unit = np.where(arrays.step[row] > 0, arrays.step[row], 1e-9)
        tables.append(hidden.assign(target_value=np.round(target / unit) * unit, row=row, last=last))
    asks = pd.concat(tables, ignore_index=True).assign(target_year=lambda table: table["year"])
    asks["operator"] = np.where(median[asks["row"]] <= 0, "<=", ">=")
    row, last = asks["row"].to_numpy(), asks["last"].to_numpy()
    high = from_scale(last + spread[row], arrays.scale[row], top=arrays.top[row])
    low = from_scale(last - spread[row], arrays.scale[row], top=arrays.top[row])
    is_met = meets(asks["value"], asks["operator"], asks["target_value"])
    return asks.drop(columns=["row", "last"]).assign(is_met=is_met), pd.Series((high - low) / 2, index=asks.index)


def _yearly_changes(arrays: SeriesArrays, values: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return median and standard deviation of the yearly changes of each series' group, on the fitting scale."""
    gaps = np.diff(arrays.years, axis=1)
    changes = pd.DataFrame({"change": (np.diff(values, axis=1) / gaps).ravel()})
    changes["group"] = np.repeat(arrays.groups[0], gaps.shape[1])
    found = changes.groupby("group")["change"].agg(["median", "std"]).loc[arrays.groups[0]]
    return found["median"].to_numpy(), found["std"].fillna(0.0).to_numpy()


def _say(method: str, shown: pd.DataFrame, arrays: SeriesArrays, asks: pd.DataFrame, spread: pd.Series) -> pd.DataFrame:
    if method in METHODS:
        plain = asks[["series_id", "target_year", "operator", "target_value"]]
        return compute_outlook(shown, plain, method=method)
    return apply_rule(method, arrays, asks, yearly_spread=spread).assign(lower=np.nan, upper=np.nan)


def _refuse_settings(methods: tuple[str, ...], hide: int) -> None:
    known = (*METHODS, *RULES)
    problems = [
        Problem("method", f"there is no method {method!r}", f"choose among {', '.join(known)}")
        for method in methods
        if method not in known
    ]
    if hide < 1:
        problems.append(Problem("hide", f"{hide} years", "hide 1 year or more"))
    if problems:
        raise UsageError(problems)

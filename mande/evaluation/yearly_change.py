"""Promises about the change itself: fall by 2–3 % a year, be lower than last year, reduce, slow the growth."""

import numpy as np
import pandas as pd

from mande.evaluation.cases import direction
from mande.framework.model import TargetKind


def judge_change(cases: pd.DataFrame) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Return verdict, reason and the judged change for promises that are about a change.

    The judged change is in per cent of the year before for yearly_change_between and growth_rate_direction (there:
    percentage points of growth), in the indicator's unit otherwise.
    A promise to "reduce" without a number can be on track, never met.
    Missing values: without the years that the rule needs the verdict is not_assessable, and the reason says which.
    """
    kind = cases["kind"].to_numpy(object)
    verdict = np.full(len(cases), "", dtype=object)
    reason = np.full(len(cases), "", dtype=object)
    change = np.full(len(cases), np.nan)
    for name, judge in _JUDGES.items():
        rows = kind == name.value
        if rows.any():
            verdict[rows], reason[rows], change[rows] = judge(cases[rows])
    return verdict, reason, change


def _percent_change(later: np.ndarray, earlier: np.ndarray) -> np.ndarray:
    with np.errstate(divide="ignore", invalid="ignore"):
        return np.where(earlier == 0, np.nan, (later / earlier - 1.0) * 100.0)


def _values(cases: pd.DataFrame, *names: str) -> list[np.ndarray]:
    return [cases[name].to_numpy(float) for name in names]


def _judge_between(cases: pd.DataFrame) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """A yearly change of at least the smaller bound keeps the promise; a larger one keeps it too."""
    now, before, least = _values(cases, "actual_value", "previous_value", "target_value")
    change = _percent_change(now, before)
    gained = direction(cases["ascending"]) * change
    conditions = [np.isnan(before), np.isnan(change), gained >= least - 1e-9, gained > 0, gained == 0]
    verdict = np.select(
        conditions, ["not_assessable", "not_assessable", "met", "behind", "off_track"], default="worsening"
    )
    names = ["no_previous_year", "zero_base", "change_kept", "change_short", "unchanged"]
    return verdict, np.select(conditions, names, default="moved_away"), change


def _judge_previous(cases: pd.DataFrame) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    now, before = _values(cases, "actual_value", "previous_value")
    change = now - before
    gained = direction(cases["ascending"]) * change
    conditions = [np.isnan(before), gained > 0, gained == 0]
    verdict = np.select(conditions, ["not_assessable", "met", "off_track"], default="worsening")
    return (
        verdict,
        np.select(conditions, ["no_previous_year", "better_than_previous", "unchanged"], default="moved_away"),
        change,
    )


def _judge_direction(cases: pd.DataFrame) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Right direction since the baseline is on track; an interval that holds the baseline cannot tell."""
    now, base, lower, upper = _values(cases, "actual_value", "baseline_value", "actual_lower", "actual_upper")
    is_after = cases["actual_year"].to_numpy(float) > cases["baseline_year"].to_numpy(float)
    change = now - base
    gained = direction(cases["ascending"]) * change
    conditions = [np.isnan(base), ~is_after, (lower <= base) & (base <= upper), gained > 0, gained == 0]
    verdicts = ["not_assessable", "not_assessable", "cannot_tell", "on_track", "off_track"]
    reasons = ["no_baseline", "nothing_since_baseline", "interval_holds_baseline", "right_direction", "unchanged"]
    return (
        np.select(conditions, verdicts, default="worsening"),
        np.select(conditions, reasons, default="moved_away"),
        change,
    )


def _judge_growth(cases: pd.DataFrame) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """The yearly growth must become smaller (or larger, where higher is better) than it was a year before."""
    now, before, earlier = _values(cases, "actual_value", "previous_value", "earlier_value")
    change = _percent_change(now, before) - _percent_change(before, earlier)
    gained = direction(cases["ascending"]) * change
    has_years = ~(np.isnan(before) | np.isnan(earlier))
    conditions = [~has_years, np.isnan(change), gained > 0, gained == 0]
    verdict = np.select(conditions, ["not_assessable", "not_assessable", "on_track", "off_track"], default="worsening")
    return (
        verdict,
        np.select(
            conditions, ["no_previous_year", "zero_base", "growth_slows", "unchanged"], default="growth_quickens"
        ),
        change,
    )


_JUDGES = {
    TargetKind.YEARLY_CHANGE_BETWEEN: _judge_between,
    TargetKind.BELOW_PREVIOUS_YEAR: _judge_previous,
    TargetKind.DIRECTION_ONLY: _judge_direction,
    TargetKind.GROWTH_RATE_DIRECTION: _judge_growth,
}

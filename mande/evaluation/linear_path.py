"""The rule `linear-path`, version 1: is the yearly change enough to arrive on time?

From baseline B (year t0) to target T (year tT) the plan asks for (T − B)/(tT − t0) a year; what was seen up to the
newest value A (year t) is (A − B)/(t − t0).  Their ratio is the pace.  It serves rising and falling indicators alike.

Source: linear expected path and share (A − B)/(T − B) as used by ESCAP, Asia and the Pacific SDG Progress Report
(current status index); the bands 0,95 and 0,60 are those that Eurostat (Sustainable development in the European
Union, monitoring report, method annex) sets for observed against required rates.  Here they apply to yearly change in
the indicator's own unit, because rates near 0 or 100 % make compound rates unstable.
"""

import numpy as np
import pandas as pd

from mande.evaluation.achievement import share_of_the_way
from mande.evaluation.cases import direction

RULE = "linear-path"
VERSION = "1"
_ROUNDING = 1e-9
"""Two equal decimal fractions may differ by so much in binary."""


def add_path(cases: pd.DataFrame) -> pd.DataFrame:
    """Add where the indicator should be, how far it came and how fast it must go on.

    One row per: target × population group × place, as given.
    Needs: baseline, actual, judged target and end target with their years.
    Adds: `expected_value` on the path at the actual's year, `observed_yearly_change`, `planned_yearly_change`,
    `required_yearly_change` (from the actual to the judged target), all in the indicator's unit per year;
    `share` and `share_end` of the way to the judged and to the end target (1 = arrived, below 0 = further away);
    `pace` = observed / planned yearly change.
    Missing values: no share where the baseline already met the target or equals it ("maintain"): the promise is then
    held or lost, not a distance; nothing without a value after the baseline.
    """
    b, t0 = cases["baseline_value"], cases["baseline_year"]
    a, t = cases["actual_value"], cases["actual_year"]
    goal, due = cases["target_value"], cases["target_year"]
    is_travelled = cases["has_comparable"] & (t > t0)
    has_way = is_travelled & ~cases["is_met_at_baseline"] & (goal != b) & (due > t0) & ~cases["has_span"]
    planned = ((goal - b) / (due - t0)).where(has_way)
    observed = ((a - b) / (t - t0)).where(is_travelled)
    has_end_way = is_travelled & ~cases["is_end_met_at_baseline"] & (cases["end_value"] != b)
    return cases.assign(
        planned_yearly_change=planned,
        observed_yearly_change=observed,
        expected_value=b + planned * (t - t0),
        share=share_of_the_way(b, a, goal).where(has_way),
        share_end=share_of_the_way(b, a, cases["end_value"]).where(has_end_way),
        required_yearly_change=((goal - a) / (due - t)).where(is_travelled & (due > t) & ~cases["is_met"]),
        pace=observed / planned,
    )


def judge_pace(cases: pd.DataFrame, *, on_track_pace: float, behind_pace: float) -> tuple[np.ndarray, np.ndarray]:
    """Return verdict and reason for levels not yet met at an interim date.

    A baseline that met the target and a value that no longer does is worsening ("lost"), whatever the pace; so is a value
    worse than a baseline that stood at the edge of its target ("below 30" from 30), where no pace is planned.
    """
    pace = cases["pace"].to_numpy(float) + _ROUNDING
    gained = direction(cases["ascending"]) * cases["observed_yearly_change"].to_numpy(float)
    moved_away = (cases["pace"].to_numpy(float) < 0) | (np.isnan(pace) & (gained < 0))
    conditions = [cases["is_met_at_baseline"].to_numpy(bool), moved_away, pace >= on_track_pace, pace >= behind_pace]
    verdict = np.select(conditions, ["worsening", "worsening", "on_track", "behind"], default="off_track")
    reason = np.select(conditions, ["lost", "moved_away", "pace_enough", "pace_short"], default="pace_far_short")
    return verdict, reason

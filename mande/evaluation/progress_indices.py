"""Other published rules beside which a verdict can be read: the UN Progress Chart and ESCAP's two indices.

- `progress_chart` ("un-progress-chart-2023"): where the present yearly rate leads by the target year;
- `current_status_index` ("escap-current-status"): how much of the way since the base year is done, on a scale of 10;
- `anticipated_progress` ("escap-anticipated-progress"): the gap that a regression on all years leaves in the end.

Sources: United Nations Statistics Division, Progress Chart Technical Note 2023; ESCAP, Asia and the Pacific SDG
Progress Report, technical notes ("Progress Assessment Methodology"); Bidarbakht-Nia 2017, ESCAP Statistics Division
working papers SD/WP/04 and SD/WP/05.
"""

import numpy as np
import pandas as pd

from mande.errors import EstimationError, Problem
from mande.evaluation.rate_ratio import ROUNDING, Numbers, is_met, read_promises, why_no_rate, yearly_rate

CHART_RULE, CHART_VERSION = "un-progress-chart-2023", "1"
STATUS_RULE, STATUS_VERSION = "escap-current-status", "1"
ANTICIPATED_RULE, ANTICIPATED_VERSION = "escap-anticipated-progress", "1"

ALMOST_MET_GAP, REVERSED_GAP = 10.0, 100.0
"""Gap in % of the whole way: up to 10 maintains, above 100 has turned back (ESCAP technical notes)."""

_GAP_ROUNDING = 1e-9
"""Percent; two equal decimal fractions may differ by so much in binary."""

FIRST_YEAR = 2000
"""First year that ESCAP's regression looks at."""


def progress_chart(
    base_year: Numbers,
    base_value: Numbers,
    current_year: Numbers,
    current_value: Numbers,
    *,
    ascending: Numbers,
    target_year: Numbers | None = None,
    target_value: Numbers | None = None,
    is_percent: Numbers = False,
) -> pd.DataFrame:
    """Return the United Nations' verdict of 2023: where the present rate leads by the end, as a share of the way.

    One row per: row of the inputs; one number stands for every row.
    Needs: as `rate_ratio`; `is_percent` True where a target of 0 or 100 counts as met within one point.  Series that are
    growth rates themselves are left to experts: do not give them.
    Adds: `observed_rate` (share per year), `extended_value` (in the unit, at the target year), `share` of the way from
    base to target by then; `score` 3, 2 or 1; `status` (met_or_on_track, acceleration_needed,
    stagnation_or_regression, not_available); `reason`.  Bands: share 0.95 and 0.10; without a target the rate in the
    wished direction, 2 % and 0.5 % a year.
    Missing values: as `rate_ratio`; a target of zero is no obstacle here.
    Source: United Nations Statistics Division, Progress Chart Technical Note 2023, "Measuring the trend".

    >>> table = progress_chart(2015, 20, 2023, 16, ascending=False, target_year=2030, target_value=10)
    >>> table.round(3)[["extended_value", "share", "score"]]
       extended_value  share  score
    0          13.162  0.684    2.0
    """
    table = read_promises(
        base_year=base_year,
        base_value=base_value,
        current_year=current_year,
        current_value=current_value,
        target_year=target_year,
        target_value=target_value,
        ascending=ascending,
        is_percent=is_percent,
    )
    has_target, reason = table["target_value"].notna(), why_no_rate(table, is_zero_target_refused=False)
    is_known = reason == ""
    pace = yearly_rate(table["base_value"], table["current_value"], table["years"]).where(is_known)
    left = table["target_year"] - table["current_year"]
    extended = (table["current_value"] * (1 + pace) ** left).where(has_target)
    way = table["target_value"] - table["base_value"]
    share = (extended - table["base_value"]) / way.where(way != 0)
    toward = table["sign"] * pace * np.where(table["base_value"] < 0, -1.0, 1.0)
    measure = share.where(has_target, toward) + ROUNDING
    has_met = is_met(table) | _is_within_a_point(table)
    upper, lower = np.where(has_target, 0.95, 0.02), np.where(has_target, 0.10, 0.005)
    score = np.select(
        [has_met | (measure >= upper), measure >= lower, measure.notna()], [3.0, 2.0, 1.0], default=np.nan
    )
    words = {3.0: "met_or_on_track", 2.0: "acceleration_needed", 1.0: "stagnation_or_regression"}
    status = pd.Series(score, index=table.index).map(words).fillna("not_available")
    return pd.DataFrame(
        {
            "observed_rate": pace,
            "extended_value": extended,
            "share": share,
            "score": score,
            "status": status,
            "reason": reason,
        }
    )


def current_status_index(
    base_value: Numbers,
    current_value: Numbers,
    target_value: Numbers,
    *,
    ascending: Numbers,
    is_parity: Numbers = False,
) -> pd.DataFrame:
    """Return how much of the way from the base year to the target is done, in tenths.

    One row per: row of the inputs; one value stands for every row.
    Needs: values in one unit; `is_parity` True where the target is approached from either side (a ratio of 1).
    Adds: `index` (10 arrived, 0 as at the base, below 0 further away; never above 10), `reason`.
    Missing values: no_value, or target_equals_base where the target is not met now; a met target is 10.
    Source: ESCAP, Asia and the Pacific SDG Progress Report, technical notes, "Current Status Index".

    >>> current_status_index([40, 40], [30, 45], 20, ascending=False)["index"].tolist()
    [5.0, -2.5]
    """
    table = read_promises(
        base_year=np.nan,
        base_value=base_value,
        current_year=np.nan,
        current_value=current_value,
        target_year=np.nan,
        target_value=target_value,
        ascending=ascending,
        is_parity=is_parity,
    )
    base, current, target = table["base_value"], table["current_value"], table["target_value"]
    is_even = table["is_parity"] == 1
    way = (target - base).abs()
    done = (table["sign"] * (current - base)).mask(is_even, way - (target - current).abs())
    has_met = np.where(is_even, current == target, is_met(table))
    index = (10 * done / way.where(way != 0)).mask(has_met, 10.0)
    is_lost = base.isna() | current.isna() | target.isna() | table["sign"].isna()
    conditions = [index.notna(), is_lost]
    return pd.DataFrame({"index": index, "reason": np.select(conditions, ["", "no_value"], "target_equals_base")})


def anticipated_progress(
    values: pd.DataFrame, targets: pd.DataFrame, *, first_year: float = FIRST_YEAR
) -> pd.DataFrame:
    """Return the value that a straight line through all years, recent ones heavier, gives for the target year.

    One row per: row of `targets`.
    Needs: `values` with `series`, `year`, `value`; `targets` with one row per `series`: `base_value`, `target_value`,
    `target_year`, `ascending`.
    Adds: `predicted_value` (unit of the series), `gap_pct` (|target − predicted| in % of |target − base|; 0 if met),
    `status` (maintain up to 10, accelerate up to 100, reverse above; not_available), `n_points`, `reason`.
    Missing values: too_few_points below two years with values from `first_year` on, target_equals_base, no_value.
    Raises: EstimationError for missing columns, or a series with two values in one year, two targets or no direction.
    Weights: (year − first_year + 1), rising evenly.  ESCAP publishes that recent years weigh more; the evenly rising
    form is ours, so gaps may differ from its reports in the decimals.
    Source: Bidarbakht-Nia 2017, SD/WP/04; ESCAP technical notes, "Anticipated Progress Index".
    """
    _refuse_unusable(values, targets)
    used = values[values["value"].notna() & (values["year"] >= first_year)]
    fits = _fit_lines(used.assign(weight=used["year"] - first_year + 1.0))
    table = targets.merge(fits, on="series", how="left", validate="one_to_one").set_index(targets.index)
    table["n_points"] = table["n_points"].fillna(0).astype(int)
    predicted = (table["centre"] + table["slope"] * (table["target_year"] - table["mean_year"])).where(
        table["n_points"] >= 2
    )
    goal, way = table["target_value"], (table["target_value"] - table["base_value"]).abs()
    has_met = np.where(table["ascending"], predicted >= goal, predicted <= goal)
    gap = (100 * (goal - predicted).abs() / way.where(way > 0)).mask(has_met, 0.0)
    obstacles = [table["n_points"] < 2, predicted.isna() | goal.isna() | way.isna(), gap.isna()]
    words = ["too_few_points", "no_value", "target_equals_base"]
    bands = [gap.isna(), gap <= ALMOST_MET_GAP + _GAP_ROUNDING, gap <= REVERSED_GAP + _GAP_ROUNDING]
    return pd.DataFrame(
        {
            "series": table["series"],
            "predicted_value": predicted,
            "gap_pct": gap.where(~obstacles[1]),
            "status": np.select(bands, ["not_available", "maintain", "accelerate"], default="reverse"),
            "n_points": table["n_points"],
            "reason": np.select(obstacles, words, default=""),
        }
    )


def _fit_lines(points: pd.DataFrame) -> pd.DataFrame:
    """Return weighted least-squares lines, one per series: centre of gravity and slope."""
    weight, series = points["weight"], points["series"]
    total = weight.groupby(series).transform("sum")
    mean_year = (weight * points["year"]).groupby(series).transform("sum") / total
    centre = (weight * points["value"]).groupby(series).transform("sum") / total
    away = points["year"] - mean_year
    sums = pd.DataFrame(
        {
            "series": series,
            "across": weight * away * (points["value"] - centre),
            "spread": weight * away**2,
            "mean_year": mean_year,
            "centre": centre,
        }
    )
    fits = sums.groupby("series", as_index=False).agg(
        across=("across", "sum"),
        spread=("spread", "sum"),
        mean_year=("mean_year", "first"),
        centre=("centre", "first"),
        n_points=("across", "size"),
    )
    slope = fits["across"] / fits["spread"].where(fits["spread"] > 0)
    return fits.assign(slope=slope)[["series", "mean_year", "centre", "slope", "n_points"]]


def _refuse_unusable(values: pd.DataFrame, targets: pd.DataFrame) -> None:
    needed = {
        "values": (values, ["series", "year", "value"]),
        "targets": (targets, ["series", "base_value", "target_value", "target_year", "ascending"]),
    }
    problems = [
        Problem(name, f"no column {column}", f"give {', '.join(columns)}")
        for name, (table, columns) in needed.items()
        for column in columns
        if column not in table
    ]
    if not problems:
        doubled = values.loc[values.duplicated(["series", "year"]), "series"].unique()
        problems = [Problem(f"series {name!r}", "two values in one year", "choose one source") for name in doubled]
        doubled = targets.loc[targets.duplicated("series"), "series"].unique()
        problems += [Problem(f"series {name!r}", "two targets", "name each target's series apart") for name in doubled]
        aimless = targets.loc[targets["ascending"].isna(), "series"]
        problems += [Problem(f"series {name!r}", "no direction", "say whether higher is better") for name in aimless]
    if problems:
        raise EstimationError(problems)


def _is_within_a_point(table: pd.DataFrame) -> np.ndarray:
    is_bound = table["target_value"].isin([0, 100]) & (table["is_percent"] == 1)
    return (is_bound & ((table["current_value"] - table["target_value"]).abs() <= 1)).to_numpy(bool)

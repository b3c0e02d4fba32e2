"""What anybody would foretell without a model: the rules that an outlook must beat.

`last-value`: it stays as it is.  `linear-extrapolation`: the least-squares line goes on.  `aarr`: the average annual rate
of change of all years goes on (UNICEF and WHO's average annual rate of reduction).  `rate-ratio`: the compound rate from
the first to the newest value, on track from 0,95 of the required rate (Eurostat).  Each says 0 or 1.  Two say a
probability as well: `last-value-spread` adds the spread of the group's yearly changes, `rate-ratio-bands` reads the
bands of the ratio as 0,9, 0,6, 0,3 and 0,1.

Sources: UNICEF, Technical note: How to calculate average annual rate of reduction (AARR) of underweight prevalence,
2007; Eurostat, Sustainable development in the European Union, monitoring report, annex.
"""

import numpy as np
import pandas as pd
from scipy.stats import norm

from mande.evaluation.rate_ratio import MODERATE_RATIO, ON_TRACK_RATIO, rate_ratio
from mande.evaluation.series_arrays import SeriesArrays
from mande.evaluation.thresholds import meets
from mande.evaluation.trend_fits import fit_trends

RULES = ("last-value", "last-value-spread", "linear-extrapolation", "aarr", "rate-ratio", "rate-ratio-bands")
BAND_PROBABILITIES = (0.9, 0.6, 0.3, 0.1)


def apply_rule(rule: str, arrays: SeriesArrays, asks: pd.DataFrame, *, yearly_spread: pd.Series) -> pd.DataFrame:
    """Return what a naive rule says of every ask.

    One row per: ask, under its index.
    Needs: `asks` with `series_id` (all known to `arrays`), `target_year`, `operator`, `target_value`; `yearly_spread`,
    the standard deviation of the group's yearly changes in the series' unit, per ask.
    Adds: `predicted` (in the series' unit), `p_met` (0 or 1, or a stated probability).
    Missing values: no prediction where a rule has none (a compound rate of values not above 0); p_met is then 0 or 1 of
    the last value, so that every rule answers every ask.
    """
    row = pd.Series(np.arange(len(arrays.ids)), index=arrays.ids).loc[asks["series_id"]].to_numpy()
    last = pd.Series(arrays.last_value[row], index=asks.index)
    stays = meets(last, asks["operator"], asks["target_value"]).astype(float)
    if rule.startswith("last-value"):
        spread = yearly_spread * np.sqrt(asks["target_year"] - arrays.last_year[row])
        falls = asks["operator"].isin(["<", "<="])
        below = norm.cdf((asks["target_value"] - last) / spread.clip(lower=1e-12))
        chance = np.where(falls, below, 1 - below) if rule.endswith("spread") else stays
        return pd.DataFrame({"predicted": last, "p_met": chance})
    if rule.startswith("rate-ratio"):
        return _by_rate_ratio(rule, arrays, asks, row)
    years = asks["target_year"].to_numpy(float)
    predicted = pd.Series(_extend_lines(arrays, years, row, is_compound=rule == "aarr"), index=asks.index)
    chance = np.where(predicted.notna(), meets(predicted, asks["operator"], asks["target_value"]), stays)
    return pd.DataFrame({"predicted": predicted, "p_met": chance})


def _extend_lines(arrays: SeriesArrays, years: np.ndarray, row: np.ndarray, *, is_compound: bool) -> np.ndarray:
    """Return the least-squares line of each series, of its logarithms if compound, at the years asked."""
    values = arrays.values
    if is_compound:
        has_log = (np.where(np.isfinite(values), values, 1.0) > 0).all(axis=1, keepdims=True)
        values = np.log(np.where(has_log & np.isfinite(values), values, np.nan))
    fits = fit_trends(arrays.years, values, np.where(np.isfinite(values), 1.0, 0.0), family="gaussian")
    line = fits.level[row] + fits.slope[row] * (years - fits.centre_year[row])
    line = np.where(np.isfinite(values).any(axis=1)[row], line, np.nan)
    return np.exp(np.clip(line, -700, 700)) if is_compound else line


def _by_rate_ratio(rule: str, arrays: SeriesArrays, asks: pd.DataFrame, row: np.ndarray) -> pd.DataFrame:
    """Return the compound path from the first to the newest value, and what its ratio to the required rate says."""
    ascending = asks["operator"].isin([">", ">="]).to_numpy()
    judged = rate_ratio(
        arrays.years[row, 0],
        arrays.values[row, 0],
        arrays.last_year[row],
        arrays.last_value[row],
        ascending=ascending,
        target_year=asks["target_year"].to_numpy(float),
        target_value=asks["target_value"].to_numpy(float),
    ).set_index(asks.index)
    ratio = judged["ratio"].to_numpy()
    ahead = asks["target_year"] - arrays.last_year[row]
    predicted = arrays.last_value[row] * (1 + judged["observed_rate"]) ** ahead
    has_met = (judged["status"] == "target_achieved").to_numpy()
    if rule == "rate-ratio":
        chance = np.where(has_met, 1.0, ratio >= ON_TRACK_RATIO)
        return pd.DataFrame({"predicted": predicted, "p_met": chance})
    best, good, poor, worst = BAND_PROBABILITIES
    bands = np.select(
        [has_met | (ratio >= ON_TRACK_RATIO), ratio >= MODERATE_RATIO, ratio >= 0], [best, good, poor], worst
    )
    return pd.DataFrame({"predicted": predicted, "p_met": np.where(np.isnan(ratio) & ~has_met, 0.5, bands)})

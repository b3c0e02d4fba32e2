"""Which series were counted: the counts behind percentages and rates, where they say how far chance moved the values."""

import numpy as np
import pandas as pd

LARGEST_ROUNDING, LARGEST_SHARE = 0.05, 0.02
"""How far a value may lie from its counts, in its unit or as a share of it: beyond, it was worked out otherwise."""

LEAST_DISPERSION = 0.5
"""Where values move less than half as far (in variance) as chance would move them, the same persons were counted again."""

OVERLAP = 35 / 18
"""Overlapping second differences tell less: the variance of their mean square is larger by this (correlations −2/3, 1/6)."""


def multiplier_of(unit: pd.Series) -> pd.Series:
    """Return by what numerator ÷ denominator is multiplied; missing where the unit is no proportion or rate.

    >>> multiplier_of(pd.Series(["percent", "per_1000_live_births", "children"])).tolist()
    [100.0, 1000.0, nan]
    """
    per = unit.astype(str).str.extract(r"^per_(\d+)_", expand=False).astype(float)
    return per.mask(unit == "percent", 100.0)


def keep_counts(rows: pd.DataFrame) -> pd.DataFrame:
    """Return numerator and denominator of each row where its series was counted as a whole, else none.

    One row per: row of `rows`, under its index.
    Needs: `series_id`, `year`, `value`, `numerator`, `denominator`, `multiplier`, `lower`, `upper`, `unit`, `indicator`.
    Missing values: both, for the whole series, where one value lacks them or does not follow from them, where any has
    published limits (a survey's counts leave its design out), and for an indicator whose values hardly move: the same
    persons counted again are not drawn anew every year.
    """
    n, size = rows["numerator"], rows["denominator"]
    ratio = rows["multiplier"] * n / size.where(size > 0)
    gap = (rows["value"] - ratio).abs()
    is_right = (gap <= LARGEST_ROUNDING) | (gap <= LARGEST_SHARE * rows["value"].abs())
    is_right &= (n >= 0) & ((n <= size) | (rows["unit"] != "percent"))
    is_right &= rows["lower"].isna() & rows["upper"].isna()
    is_counted = is_right.groupby(rows["series_id"]).transform("all")
    is_counted &= ~rows["indicator"].isin(_indicators_at_rest(rows[is_counted]))
    return rows[["numerator", "denominator"]].where(is_counted)


def _indicators_at_rest(rows: pd.DataFrame) -> pd.Index:
    """Return the indicators whose counted values move less than chance alone would move them.

    A second difference of three years is free of level and slope; chance gives it the variance v₁ + 4 v₂ + v₃.
    """
    rows = rows.sort_values(["series_id", "year"], kind="stable")
    same = rows["series_id"].eq(rows["series_id"].shift(2)) & rows["year"].eq(rows["year"].shift(2) + 2)
    share, inverse = rows["numerator"] / rows["denominator"], 1 / rows["denominator"]
    middle = (share + share.shift() + share.shift(2)) / 3
    spread = middle * np.where(rows["unit"] == "percent", 1 - middle, 1.0)
    chance = spread * (inverse + 4 * inverse.shift() + inverse.shift(2))
    ratio = ((share - 2 * share.shift() + share.shift(2)) ** 2 / chance)[same & (chance > 0)]
    found = ratio.groupby(rows["indicator"]).agg(["mean", "size"])
    return found.index[found["mean"] < np.minimum(LEAST_DISPERSION, 1 - 2 * np.sqrt(2 * OVERLAP / found["size"]))]

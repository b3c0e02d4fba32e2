"""Columns that compare a value with its own history: usual level, unusual change, scale, basis and age.

A *series* is what one source publishes in one edition for one indicator, place, population group, definition and
length of period.
"""

import numpy as np
import numpy.typing as npt
import pandas as pd

from mande.contracts.derived_columns import Setting, code_rows

SERIES = ["indicator", "place_code", "dimension", "dimension_value", "source", "edition", "definition"]
COMPARABLE = ["indicator", "place_code", "dimension", "dimension_value", "basis", "definition"]
Floats = npt.NDArray[np.float64]
NORMAL_MAD = 1.4826
"""Makes the median absolute deviation of a normal distribution its standard deviation (Rousseeuw & Croux 1993)."""


def series_code(table: pd.DataFrame, setting: Setting) -> pd.Series:
    """Return an integer per series. The basis is left out on purpose: a source that mixes bases must be seen."""
    days = (table["period_end"] - table["period_start"]).dt.days
    months = (days / 30.4).round().rename("months")
    return pd.Series(code_rows(table[SERIES].assign(months=months), [*SERIES, "months"]), index=table.index)


def usual_value(table: pd.DataFrame, setting: Setting) -> pd.Series:
    """Return the median of the two values before and the two after in the same series, in the unit of the value.

    The first and the last value of a series are compared with the nearest value or with the median of the nearest three,
    whichever is closer: neither a steady trend nor one odd neighbour makes them look unusual.
    A value outside the range of its indicator is left out: it is refused anyway and says nothing about the others.
    *Missing values* for series of fewer than four values.
    """
    rows = _in_order(table)
    values, code = rows["value"].to_numpy(), rows["series"].to_numpy()
    around = {step: _shifted(values, code, step) for step in (-3, -2, -1, 1, 2, 3)}
    usual = _median([around[step] for step in (-2, -1, 1, 2)])
    for nearest, nearest_three, is_end in (
        (around[1], [around[1], around[2], around[3]], np.isnan(around[-1])),
        (around[-1], [around[-1], around[-2], around[-3]], np.isnan(around[1])),
    ):
        middle = _median(nearest_three)
        closer = np.where(np.abs(values - nearest) <= np.abs(values - middle), nearest, middle)
        usual = np.where(is_end, closer, usual)
    return pd.Series(usual, index=rows.index).reindex(table.index)


def unusual_change(table: pd.DataFrame, setting: Setting) -> pd.Series:
    """Return how many times the usual noise the value lies away from its usual value (no unit).

    Noise is 1.4826 × the median absolute deviation of the *other* values of the series (leave-one-out: with few
    points an outlier hides behind a scale that it made itself), and at least the contract's `noise` of the indicator.

    *Needs* `usual_value`. *Source* Iglewicz and Hoaglin 1993, How to Detect and Handle Outliers: modified z-score.
    """
    limits = setting.contract.indicators
    is_percentage = table["expected_unit"] == "percent"
    difference = (table["value"] - table["usual_value"]).abs()
    base = table["usual_value"].where(table["usual_value"] != 0)
    distance = difference.where(is_percentage, 100 * difference / base.abs())
    noise = table["indicator"].map(pd.Series({name: item.noise for name, item in limits.items()}, dtype=float))
    others = NORMAL_MAD * _median_of_others(distance, table["series"])
    return distance / np.fmax(others, noise)


def scale_ratio(table: pd.DataFrame, setting: Setting) -> pd.Series:
    """Return the value over the median of its series, for counts: thousands among persons show as 1,000 or 0.001.

    *Missing values* for zero (a true zero is no change of scale), for rates, for values outside their range (refused
    anyway), and for series of fewer than three values.
    """
    additive = [name for name, limits in setting.contract.indicators.items() if limits.is_additive]
    is_compared = table["indicator"].isin(additive) & (table["value"] > 0) & _is_in_range(table)
    values = table["value"].where(is_compared)
    grouped = values.groupby(table["series"])
    return (values / grouped.transform("median")).where(grouped.transform("count") >= 3)


def basis_share(table: pd.DataFrame, setting: Setting) -> pd.Series:
    """Return the share (0–1) of the values of the series that rest on the same basis as this one."""
    code = pd.DataFrame({"series": table["series"], "basis": code_rows(table, ["basis"])})
    same = code.groupby(["series", "basis"])["basis"].transform("size")
    return same / code.groupby("series")["basis"].transform("size")


def age_years(table: pd.DataFrame, setting: Setting) -> pd.Series:
    """Return the age in years, at `as_of`, of the newest value of each indicator, place, group, basis and definition.

    *Missing values* for every other row: a series counts once, however many sources and editions carry it.
    """
    as_of = pd.Timestamp(setting.as_of)
    usable = table[table["value"].notna() & (table["period_end"] <= as_of)]
    ordered = usable.assign(group=code_rows(usable, COMPARABLE)).sort_values(["group", "period_end"], kind="stable")
    newest = ordered.drop_duplicates("group", keep="last")
    years: pd.Series = (as_of - newest["period_end"]).dt.days / 365.25
    return years.reindex(table.index)


def _in_order(table: pd.DataFrame) -> pd.DataFrame:
    rows = table.loc[_is_in_range(table), ["value", "series", "period_end"]]
    return rows.sort_values(["series", "period_end"], kind="stable")


def _is_in_range(table: pd.DataFrame) -> "pd.Series[bool]":
    return table["value"].between(table["range_low"], table["range_high"])


def _shifted(values: Floats, code: npt.NDArray[np.int64], step: int) -> Floats:
    """Return the value `step` rows on in the same series, missing beyond its ends."""
    positions = np.arange(len(values)) + step
    inside = (positions >= 0) & (positions < len(values))
    positions = positions.clip(0, max(len(values) - 1, 0))
    return np.where(inside & (code[positions] == code), values[positions], np.nan)


def _median(columns: list[Floats]) -> Floats:
    """Return the median of each row of at least three values, otherwise missing."""
    stacked = np.column_stack(columns)
    middle = np.full(len(stacked), np.nan)
    enough = (~np.isnan(stacked)).sum(axis=1) >= 3
    middle[enough] = np.nanmedian(stacked[enough], axis=1)
    return middle


def _median_of_others(distance: pd.Series, series: pd.Series) -> pd.Series:
    """Return for each value the median of the distances of the other values of its series."""
    rows = pd.DataFrame({"distance": distance, "series": series}).dropna().sort_values(["series", "distance"])
    count = rows.groupby("series")["distance"].transform("size").to_numpy()
    rank = rows.groupby("series").cumcount().to_numpy()
    first = np.arange(len(rows)) - rank
    sorted_distance = rows["distance"].to_numpy()

    def other(position: npt.NDArray[np.int64]) -> Floats:
        skipped = position + (position >= rank)
        found: Floats = sorted_distance[(first + skipped).clip(0, max(len(rows) - 1, 0))]
        return found

    middle = (other((count - 2).clip(0) // 2) + other((count - 1) // 2)) / 2
    return pd.Series(np.where(count > 1, middle, np.nan), index=rows.index).reindex(distance.index)

"""Columns about how a unit reports: round numbers, last period's numbers sent again, files that come late."""

import numpy as np
import pandas as pd

from mande.contracts.derived_columns import Setting, code_rows, look_up

ROUND_DIGITS = (0, 5)
SHARE_BY_CHANCE = len(ROUND_DIGITS) / 10


def round_digit_index(table: pd.DataFrame, setting: Setting) -> pd.Series:
    """Return the share of counts that end in 0 or 5, times 500, on the first row of each place that sent something.

    100 is no preference, 500 means all. Counts of at least two digits; one that stands in several cells counts once.
    *Missing values* on other rows, and where a place has sent fewer counts than `fewest` of the arguments.
    *Source* the index is Whipple's, made for ages (UN Demographic Yearbook; from memory); here it serves all counts.
    """
    counts = _unit_counts(table, setting)
    enough = counts["n"] >= setting.arguments["fewest"]
    index = 100 * counts["n_round"] / counts["n"] / SHARE_BY_CHANCE
    found: pd.Series = index[enough].reindex(table.index)
    return found


def round_digit_limit(table: pd.DataFrame, setting: Setting) -> pd.Series:
    """Return the highest index that chance allows among so many counts, and at least `index` of the arguments.

    Chance: the normal limit of a proportion of 0.2, `z` standard deviations above it.
    """
    counts = _unit_counts(table, setting)
    spread = np.sqrt(SHARE_BY_CHANCE * (1 - SHARE_BY_CHANCE) / counts["n"])
    chance = 100 * (1 + setting.arguments["z"] * spread / SHARE_BY_CHANCE)
    limit: pd.Series = chance.clip(lower=setting.arguments["index"]).reindex(table.index)
    return limit


def is_repeated(table: pd.DataFrame, setting: Setting) -> pd.Series:
    """Tell whether a row repeats, digit by digit, what its series held one period before.

    A ratio repeats if numerator and denominator are both those of before. It is judged where chance alone would move
    the numerator by at least `least_spread` (binomial standard deviation): small or nearly full counts do repeat by
    chance, about once in 2.5 spreads. A count is judged from `least_count` on.
    *Missing values* where there is nothing to repeat. *Needs* `period_series`.
    """
    arguments = setting.arguments
    rows = table[["period_series", "period_end", "numerator", "denominator", "value"]]
    rows = rows.sort_values(["period_series", "period_end"], kind="stable")
    before = rows.shift(1).where(rows["period_series"] == rows["period_series"].shift(1))
    earlier = before["period_end"] < rows["period_end"]
    rest = (rows["denominator"] - rows["numerator"]).clip(lower=0)
    is_ratio = rows["numerator"] * rest >= arguments["least_spread"] ** 2 * rows["denominator"].clip(lower=1)
    is_count = table["unit"].isin(arguments["units"]).reindex(rows.index) & (rows["value"] >= arguments["least_count"])
    same = (rows["numerator"] == before["numerator"]) & (rows["denominator"] == before["denominator"])
    is_same = same.where(is_ratio, rows["value"] == before["value"])
    is_judged = earlier & (is_ratio & before["numerator"].notna() | is_count & before["value"].notna())
    return is_same.astype(object).where(is_judged, None).reindex(table.index)


def days_late(table: pd.DataFrame, setting: Setting) -> pd.Series:
    """Return the days from the last day that is in time to the day of receipt, on the first row of each file, place
    and period; 0 or less is in time.

    *Missing values* on other rows, and where no day is set for the period or none of receipt is known.
    """
    if setting.due_dates is None:
        return pd.Series(np.nan, index=table.index)
    first = ~pd.Series(code_rows(table, ["file", "place_code", "period"]), index=table.index).duplicated()
    rows = table.loc[first & ~table["is_reference"], ["period", "received_date"]]
    last = look_up(rows["period"], setting.due_dates.set_index("period")["last_date"])
    received = pd.to_datetime(rows["received_date"].astype(str), format="ISO8601", errors="coerce")
    return (received - pd.to_datetime(last)).dt.days.reindex(table.index)


def receipt_date(table: pd.DataFrame, setting: Setting) -> pd.Series:
    """Return the day of receipt, otherwise the day of the check: no report speaks of a later time."""
    named = pd.Series(table["received_date"].unique()).dropna().astype(str)
    days = pd.to_datetime(named, format="ISO8601", errors="coerce").fillna(pd.Timestamp(setting.as_of))
    by_name = dict(zip(named, days, strict=True))
    return pd.to_datetime(look_up(table["received_date"], by_name)).fillna(pd.Timestamp(setting.as_of))


def _unit_counts(table: pd.DataFrame, setting: Setting) -> pd.DataFrame:
    """Return how many counts each place has sent and how many are round, by the first row of each."""
    unit = pd.Series(code_rows(table, ["place_code", "is_reference"]), index=table.index)
    is_count = table["unit"].isin(setting.arguments["units"])
    amounts = [table["numerator"], table["denominator"], table["value"].where(is_count)]
    long = pd.concat([pd.DataFrame({"unit": unit, "count": amount}) for amount in amounts])
    long = long[(long["count"] >= 10) & (long["count"] % 1 == 0)].drop_duplicates()
    grouped = (long["count"] % 5 == 0).groupby(long["unit"])
    first = unit[~unit.duplicated()]
    counts = pd.DataFrame({"n": grouped.size(), "n_round": grouped.sum()})
    return counts.reindex(first).set_axis(first.index)

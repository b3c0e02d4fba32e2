"""Columns about the counts behind a value: whole numbers, parts of a whole, and the value that they give."""

import numpy as np
import pandas as pd

from mande.contracts.derived_columns import Setting, look_up
from mande.vocabulary import ValueStatus

_MOST_DECIMALS = 3


def fraction_of_count(table: pd.DataFrame, setting: Setting) -> pd.Series:
    """Return what a count has behind the decimal point: nobody counts half a child, but 1.234 may mean 1,234.

    The contract's arguments name the `amount`; `units`, where given, are the units in which a value is a count.
    """
    amount = table[setting.arguments["amount"]]
    if "units" in setting.arguments:
        amount = amount.where(table["unit"].isin(setting.arguments["units"]))
    fraction: pd.Series = amount % 1
    return fraction


def counted_part(table: pd.DataFrame, setting: Setting) -> pd.Series:
    """Return the numerator where it counts a part of what the denominator counts, missing elsewhere.

    So it is for the `units` of the contract's arguments, but for the indicators under `except`. A count below 0 is found
    by a rule of its own: what stands beside it and is right is not called wrong, too.
    """
    is_part = table["unit"].isin(setting.arguments["units"])
    is_part &= ~((table["numerator"] < 0) | (table["denominator"] < 0))
    is_part &= ~table["indicator"].isin(setting.arguments.get("except", []))
    return table["numerator"].where(is_part)


def exceeds_its_whole(table: pd.DataFrame) -> "pd.Series[bool]":
    """Tell in which rows the numerator exceeds the denominator although a value above 100 % cannot be.

    *Needs* `range_high`. An impossible ratio is found by a rule of its own.
    """
    is_impossible = (table["unit"] == "percent") | (table["value"] > table["range_high"])
    return (table["numerator"] > table["denominator"]) & is_impossible


def has_both_counts(table: pd.DataFrame, setting: Setting) -> pd.Series:
    """Tell whether numerator and denominator stand together, where the unit is a ratio and one of them is there."""
    there = table[["numerator", "denominator"]].notna()
    is_ratio = table["unit"].isin(list(setting.arguments["multipliers"])) & there.any(axis=1)
    return there.all(axis=1).astype(object).where(is_ratio, None)


def rounding_steps(table: pd.DataFrame, setting: Setting) -> pd.Series:
    """Return how far the value lies from numerator ÷ denominator, in steps of the last decimal that was typed.

    Rounding makes at most half a step. The `multipliers` of the arguments turn the quotient into each unit.
    *Missing values* where a count is missing or the denominator is 0.
    """
    factor = look_up(table["unit"], setting.arguments["multipliers"])
    value, denominator = table["value"], table["denominator"]
    quotient = factor * table["numerator"] / denominator.where(denominator > 0)
    step = pd.Series(10.0**-_MOST_DECIMALS, index=table.index)
    for decimals in range(_MOST_DECIMALS - 1, -1, -1):
        is_short = np.isclose(value * 10**decimals, (value * 10**decimals).round(), rtol=0, atol=1e-9)
        step = step.mask(is_short, 10.0**-decimals)
    return (value - quotient).abs() / step


def is_given(table: pd.DataFrame, setting: Setting) -> pd.Series:
    """Tell whether a cell that was asked for holds a value or a count, or a word that says why there is none."""
    has_count = table["numerator"].notna() | table["denominator"].notna()
    return (table["value_status"] != str(ValueStatus.MISSING)) | has_count

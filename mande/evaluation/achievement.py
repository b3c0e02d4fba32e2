"""How far from the baseline to the target: the share of the way, version 1, safe for both directions.

From baseline B to target T the newest value A has come (A − B)/(T − B) of the way: 0 at the baseline, 1 at the target,
below 0 where things became worse, above 1 past the target; the same formula serves rising and falling indicators.
Where the baseline met the target, or equals it, there is no way to go: the promise is held or lost.

Source: IATI standard 2.03, `ascending`; ESCAP, Asia and the Pacific SDG Progress Report, technical notes (current
status index, there in tenths and cut off at 10).
"""

import numpy as np
import pandas as pd

from mande.evaluation.rate_ratio import Numbers, read_promises
from mande.evaluation.thresholds import meets

RULE = "share-of-the-way"
VERSION = "1"


def achievement(
    baseline_value: Numbers,
    actual_value: Numbers,
    target_value: Numbers,
    *,
    ascending: Numbers,
    is_strict: Numbers = False,
) -> pd.DataFrame:
    """Return the share of the way from baseline to target, or whether the promise was held or lost.

    One row per: row of the inputs; one number stands for every row.
    Needs: values in one unit; `ascending` True where higher is better; `is_strict` True where the text says "below" or
    "above", so that the target itself does not keep the promise.
    Adds: `share` (1 = at the target, 0 = at the baseline, below 0 = further away; never cut off); `state` (reached,
    on_the_way, unchanged, further_away; held or lost where the baseline met the target; not_available); `reason`.
    Missing values: no share where the baseline met the target (met_at_baseline) or equals it (target_equals_base), or
    a number or direction is missing (no_value, no_direction).
    Source: module docstring.

    >>> achievement([20, 20, 8], [14, 21, 9], 10, ascending=False)[["share", "state"]]
       share         state
    0    0.6    on_the_way
    1   -0.1  further_away
    2    NaN          held
    """
    table = read_promises(
        base_year=np.nan,
        base_value=baseline_value,
        current_year=np.nan,
        current_value=actual_value,
        target_year=np.nan,
        target_value=target_value,
        ascending=ascending,
        is_strict=is_strict,
    )
    base, current, target = table["base_value"], table["current_value"], table["target_value"]
    operator = _operator(table)
    was_met, is_met = meets(base, operator, target), meets(current, operator, target)
    is_lost = base.isna() | current.isna() | target.isna()
    reasons = [is_lost, table["sign"].isna(), was_met, base == target]
    words = ["no_value", "no_direction", "met_at_baseline", "target_equals_base"]
    reason = pd.Series(np.select(reasons, words, default=""), index=table.index)
    share = share_of_the_way(base, current, target).where(reason == "")
    moved = table["sign"] * (current - base)
    states = [is_lost | table["sign"].isna(), was_met & is_met, was_met, is_met, moved > 0, moved == 0]
    names = ["not_available", "held", "lost", "reached", "on_the_way", "unchanged"]
    return pd.DataFrame({"share": share, "state": np.select(states, names, default="further_away"), "reason": reason})


def share_of_the_way(baseline: pd.Series, actual: pd.Series, target: pd.Series) -> pd.Series:
    """Return (actual − baseline)/(target − baseline); missing where target and baseline are equal.

    >>> share_of_the_way(pd.Series([20.0, 80.0]), pd.Series([14.0, 86.0]), pd.Series([10.0, 90.0])).tolist()
    [0.6, 0.6]
    """
    way = target - baseline
    return (actual - baseline) / way.where(way != 0)


def _operator(table: pd.DataFrame) -> pd.Series:
    rising, strict = table["ascending"] == 1, table["is_strict"] == 1
    words = np.select([rising & strict, rising, strict], [">", ">=", "<"], default="<=")
    return pd.Series(words, index=table.index)

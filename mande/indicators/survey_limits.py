"""Limits of survey values that were published with sample size and design effect, and without limits."""

from collections.abc import Callable, Collection

import numpy as np
import pandas as pd

from mande.framework.model import Indicator, Measure
from mande.indicators.carried import multiplier_of
from mande.indicators.methods import Survey, proportion, rate
from mande.indicators.sampling import PUBLISHED

PERCENT = 100


def add_survey_limits(observations: pd.DataFrame, *, indicators: Collection[Indicator]) -> pd.DataFrame:
    """Fill in the 95 % limits of survey percentages and rates that were published with the design of their sample.

    One row per: observation, as given.
    Needs: `indicator`, `value`, `lower`, `upper`, `value_qualifier`; `sample_size` (of a percentage the persons
    asked, of a rate those at risk: births, persons) and `design_effect` as far as they are known; `indicators`, whose
    measure and unit say which limits a value has.
    Adds: `lower`, `upper` where neither was published: of a percentage Wilson's, of a rate exact below 10 events in the
    sample and Byar's from 10, each for sample size ÷ design effect; `interval_method`: as published, "Wilson, design
    effect", "exact, design effect", "Byar, design effect", or blank where there are no limits.
    Missing values: no limits without a design effect (they would be too narrow for a weighted sample), for a full count
    (it has no sample), for "about 7 %", for sizes and design effects that are not above 0, and for a mean or an amount:
    sample size and design effect do not tell how far single values differ, so that its limits must come with it.
    Source: Korn and Graubard 1998, Survey Methodology 24:193–201; see `mande.indicators.methods.proportion`, `rate`.
    """
    absent = {name: np.nan for name in ("sample_size", "design_effect") if name not in observations}
    table = observations.assign(**absent)
    has_limits = table["lower"].notna() | table["upper"].notna()
    table["interval_method"] = pd.Series("", index=table.index, dtype=str).mask(has_limits, PUBLISHED)
    is_open = ~has_limits & (table["value_qualifier"] == "=") & (table["value"] >= 0)
    is_open &= (table["sample_size"] > 0) & (table["design_effect"] > 0)
    is_share = is_open & (table["value"] <= PERCENT)
    table = _fill(table, is_share, _multipliers(indicators, Measure.PERCENTAGE), proportion)
    return _fill(table, is_open, _multipliers(indicators, Measure.RATE), rate)


def _multipliers(indicators: Collection[Indicator], measure: Measure) -> dict[str, float]:
    """Return what a share of the sample is multiplied by, of the indicators that are a share of some whole."""
    per = {one.id: multiplier_of(one.unit) for one in indicators if one.measure == measure}
    return {name: factor for name, factor in per.items() if factor > 1}


def _fill(
    table: pd.DataFrame,
    is_open: "pd.Series[bool]",
    multipliers: dict[str, float],
    method: Callable[..., pd.DataFrame],
) -> pd.DataFrame:
    """Return the table with the limits that a method finds for the counts of the sample."""
    is_meant = is_open & table["indicator"].isin(multipliers)
    if not is_meant.any():
        return table
    asked = table[is_meant]
    per, size = asked["indicator"].map(multipliers), asked["sample_size"]
    found = method(
        asked["value"] / per * size, size, multiplier=1, sampling=Survey(design_effect=asked["design_effect"])
    )
    return table.assign(
        lower=table["lower"].fillna(found["lower"] * per),
        upper=table["upper"].fillna(found["upper"] * per),
        interval_method=table["interval_method"].mask(is_meant, found["method"]),
    )

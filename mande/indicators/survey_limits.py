"""Limits of survey values that were published with sample size and design effect, and without limits."""

from collections.abc import Collection

import numpy as np
import pandas as pd

from mande.indicators.methods import Survey, proportion
from mande.indicators.sampling import PUBLISHED

MULTIPLIER = 100


def add_survey_limits(observations: pd.DataFrame, *, percentages: Collection[str]) -> pd.DataFrame:
    """Fill in the 95 % limits of survey percentages that were published with the design of their sample.

    One row per: observation, as given.
    Needs: `indicator`, `value`, `lower`, `upper`, `value_qualifier`; `sample_size` (persons asked) and
    `design_effect` as far as they are known; `percentages`, the indicators that are shares in per cent.
    Adds: `lower`, `upper` (Wilson's limits for sample size ÷ design effect) where neither was published;
    `interval_method`: as published, "Wilson, design effect", or blank where there are no limits.
    Missing values: no limits without a design effect (Wilson's would be too narrow for a weighted sample), for a full
    count (it has no sample), for "about 7 %", and for sizes and design effects that are not above 0.
    Source: Korn and Graubard 1998, Survey Methodology 24:193–201; see `mande.indicators.methods.proportion`.
    """
    absent = {name: np.nan for name in ("sample_size", "design_effect") if name not in observations}
    table = observations.assign(**absent)
    has_limits = table["lower"].notna() | table["upper"].notna()
    method = pd.Series("", index=table.index, dtype=str).mask(has_limits, PUBLISHED)
    is_open = table["indicator"].isin(percentages) & ~has_limits
    is_open &= (table["value_qualifier"] == "=") & table["value"].between(0, MULTIPLIER)
    is_open &= (table["sample_size"] > 0) & (table["design_effect"] > 0)
    if not is_open.any():
        return table.assign(interval_method=method)
    asked = table[is_open]
    found = proportion(
        asked["value"] / MULTIPLIER * asked["sample_size"],
        asked["sample_size"],
        multiplier=MULTIPLIER,
        sampling=Survey(design_effect=asked["design_effect"]),
    )
    filled = {name: table[name].fillna(found[name]) for name in ("lower", "upper")}
    return table.assign(**filled, interval_method=method.mask(is_open, found["method"]))

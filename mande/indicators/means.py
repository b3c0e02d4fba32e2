"""The mean of measured values with Student's interval."""

import numpy as np
import pandas as pd

from mande.indicators.columns import Numbers, as_output, as_table, confidence_problems, groups_of_rows, refuse
from mande.indicators.sampling import DESIGN_CHECKS, PROCESS, Survey, add_design, settle_limits

METHOD = "Student's t"


def mean(
    values: Numbers,
    *,
    groups: pd.Series | list | None = None,
    confidence: float = 0.95,
    sampling: str | Survey = PROCESS,
) -> pd.DataFrame:
    """Return the mean of the values of each group with its confidence limits.

    One row per: group, in order of first appearance; one row "all" without groups.
    Needs: one value per facility, commune or measurement (never percentages of unlike denominators).  A survey gives
    one design effect, or one pair of limits, for all groups or one per group in their order.
    Adds: `value`, `lower`, `upper` in the unit of the values: mean ± t(n − 1) × s/√n.
    Missing values: a group with a missing value has a missing mean; leave out what was never to be measured.  One
    value alone has no limits.
    Raises: EstimationError for infinite values, no values, or groups of another length.
    Use when: quantities such as days, kilograms or dong are averaged over units of equal weight.
    Do not use when: the values are percentages or rates (Σ numerators / Σ denominators instead).
    Source: OHID, PHEindicatormethods 2.1.0 `phe_mean`; Student 1908, Biometrika 6:1–25.

    >>> mean([4, 6, 8]).round(3)[["value", "lower", "upper"]]
         value  lower   upper
    all    6.0  1.032  10.968
    """
    table = as_table(values=values)
    refuse(table, [], also=confidence_problems(confidence))
    grouped = table["values"].groupby(groups_of_rows(table, groups), sort=False)
    summary = grouped.agg(
        mean=lambda group: group.mean(skipna=False),
        spread=lambda group: group.std(ddof=1, skipna=False),
        size="size",
    ).rename_axis(None)
    design = add_design({"mean": summary["mean"], "spread": summary["spread"], "size": summary["size"]}, sampling)
    refuse(design, DESIGN_CHECKS)
    half = _half_width(design, confidence)
    design = design.assign(value=design["mean"])
    settled = settle_limits(design, sampling, (design["mean"] - half, design["mean"] + half, METHOD))
    return as_output(settled, confidence=confidence, statistic="mean", method=settled["method"])


def _half_width(design: pd.DataFrame, confidence: float) -> np.ndarray:
    from scipy.stats import t

    size = design["size"].to_numpy()
    quantile = t.isf((1 - confidence) / 2, np.where(size > 1, size - 1, np.nan))
    return quantile * design["spread"].to_numpy() * np.sqrt(design["design_effect"].to_numpy() / size)

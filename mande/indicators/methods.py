"""What happened, with how sure we are: proportion, rate, count, mean, standardised rate and ratio.

Each function takes numbers, lists, arrays or Series (rows of one table) and returns one row for each, with the columns
`value`, `lower`, `upper`, `confidence` (share, such as 0.95), `statistic` (what the value is, with its multiplier) and
`method` (how the limits were found).  Missing in, missing out: never zero.  Every row that cannot be computed is named
in one EstimationError.

The defaults follow the English public health service's PHEindicatormethods 2.1.0 (OHID), which analysts know.
"""

import numpy as np
import pandas as pd

from mande.errors import Problem
from mande.indicators.columns import (
    Numbers,
    as_output,
    confidence_problems,
    multiplier_problems,
    per_multiplier,
    refuse,
)
from mande.indicators.intervals import clopper_pearson_limits, count_limits, wilson_limits
from mande.indicators.means import mean
from mande.indicators.sampling import DESIGN_CHECKS, FULL_COUNT, PROCESS, Survey, add_design, settle_limits
from mande.indicators.standardisation import directly_standardised_rate, expected_events, indirectly_standardised_ratio

__all__ = [
    "FULL_COUNT",
    "PROCESS",
    "Survey",
    "count",
    "directly_standardised_rate",
    "expected_events",
    "indirectly_standardised_ratio",
    "mean",
    "proportion",
    "rate",
]

_PROPORTION_LIMITS = {
    "wilson": ("Wilson", wilson_limits),
    "clopper-pearson": ("Clopper-Pearson", clopper_pearson_limits),
}


def proportion(
    numerator: Numbers,
    denominator: Numbers,
    *,
    confidence: float = 0.95,
    multiplier: float = 1,
    interval: str = "wilson",
    sampling: str | Survey = PROCESS,
) -> pd.DataFrame:
    """Return the share of the denominator that is in the numerator, with its confidence limits.

    One row per: row of the inputs.
    Needs: counts, 0 ≤ numerator ≤ denominator, denominator above 0.  In a survey the denominator is the number of
    persons asked (unweighted) and the numerator is weighted share × that number; `Survey(design_effect=…)` divides
    both for the limits.  `interval` is "wilson" or "clopper-pearson".
    Adds: `value`, `lower`, `upper` in units of `multiplier` (1: share from 0 to 1; 100: percent).
    Missing values: a missing numerator or denominator gives a missing value and limits.
    Raises: EstimationError naming every row outside these bounds; for a survey without design effect or limits.
    Use when: yes or no is asked of each person, once.
    Do not use when: events may recur or the denominator is person-time (`rate`); to average published percentages.
    Source: Wilson 1927, J Am Stat Assoc 22:209–212; Clopper and Pearson 1934, Biometrika 26:404–413; survey: Korn and
    Graubard 1998, Survey Methodology 24:193–201 (effective sample size n/deff).

    >>> proportion([65, 0], [100, 20]).round(4)[["value", "lower", "upper", "method"]]
       value   lower   upper  method
    0   0.65  0.5525  0.7364  Wilson
    1   0.00  0.0000  0.1611  Wilson
    """
    table = add_design({"numerator": numerator, "denominator": denominator}, sampling)
    problems = [*confidence_problems(confidence), *multiplier_problems(multiplier)]
    if interval not in _PROPORTION_LIMITS:
        problems.append(Problem("interval", f"{interval!r}", f"write one of {', '.join(_PROPORTION_LIMITS)}"))
    checks = [
        (lambda t: t["numerator"] < 0, "numerator {numerator:g} is below 0", "correct the count"),
        (
            lambda t: t["denominator"] <= 0,
            "denominator {denominator:g} is not above 0",
            "leave the row out, or give NaN: nobody could be counted",
        ),
        (
            lambda t: t["numerator"] > t["denominator"],
            "numerator {numerator:g} exceeds denominator {denominator:g}",
            "correct the counts, or use rate() if a person may count more than once",
        ),
        *DESIGN_CHECKS,
    ]
    refuse(table, checks, also=problems)
    name, find_limits = _PROPORTION_LIMITS[interval]
    asked = table["denominator"].mask(table["numerator"].isna()) / table["design_effect"]
    share = table["numerator"] / table["denominator"]
    lower, upper = find_limits((share * asked).to_numpy(), asked.to_numpy(), confidence)
    computed = (lower * multiplier, upper * multiplier, name)
    settled = settle_limits(table.assign(value=share * multiplier), sampling, computed)
    statistic = {1: "proportion", 100: "percentage"}.get(multiplier, f"proportion {per_multiplier(multiplier)}")
    return as_output(settled, confidence=confidence, statistic=statistic, method=settled["method"])


def rate(
    events: Numbers,
    population: Numbers,
    *,
    confidence: float = 0.95,
    multiplier: float = 100_000,
    sampling: str | Survey = PROCESS,
) -> pd.DataFrame:
    """Return events per population or person-time at risk, with limits for a count that varies by chance.

    One row per: row of the inputs.
    Needs: events ≥ 0; population (or person-years, live births) above 0.
    Adds: `value`, `lower`, `upper` in events per `multiplier` (default per 100 000; give 1000 for live births).
    Limits are exact (χ²) below 10 events and Byar's from 10; `method` says which.
    Missing values: missing events or population give a missing value and limits.
    Raises: EstimationError naming every row outside these bounds; for a survey without design effect or limits.
    Use when: events may recur, or the denominator is person-time or births.
    Do not use when: the count is a large share of its denominator (`proportion`).
    Source: OHID, PHEindicatormethods 2.1.0 `phe_rate`; Breslow and Day 1987, vol. II p. 69; Garwood 1936.

    >>> rate([8, 65], [50_000, 100_000]).round(2)[["value", "lower", "upper", "method"]]
       value  lower  upper method
    0   16.0   6.91  31.53  exact
    1   65.0  50.16  82.85   Byar
    """
    table = add_design({"events": events, "population": population}, sampling)
    checks = [
        (lambda t: t["events"] < 0, "events {events:g} is below 0", "correct the count"),
        (
            lambda t: t["population"] <= 0,
            "population {population:g} is not above 0",
            "leave the row out, or give NaN: nobody was at risk",
        ),
        *DESIGN_CHECKS,
    ]
    refuse(table, checks, also=[*confidence_problems(confidence), *multiplier_problems(multiplier)])
    per = multiplier / table["population"]
    lower, upper, method = _spread_count_limits(table, confidence)
    settled = settle_limits(table.assign(value=table["events"] * per), sampling, (lower * per, upper * per, method))
    statistic = f"rate {per_multiplier(multiplier)}"
    return as_output(settled, confidence=confidence, statistic=statistic, method=settled["method"])


def count(events: Numbers, *, confidence: float = 0.95, sampling: str | Survey = PROCESS) -> pd.DataFrame:
    """Return a count of events with the limits of the mean of the chance process behind it.

    One row per: row of the input.
    Needs: events ≥ 0.
    Adds: `value`, `lower`, `upper` in events; exact (χ²) below 10 and Byar's from 10.
    Missing values: a missing count gives missing limits.
    Raises: EstimationError naming every row below 0; for a survey without design effect or limits.
    Use when: this year's count is held against another year's or a ceiling.
    Do not use when: the count is itself the answer ("how many were vaccinated"): say `sampling="full_count"`.
    Source: Garwood 1936, Biometrika 28:437–442; Breslow and Day 1987, vol. II p. 69.

    >>> count([0, 10]).round(3)[["value", "lower", "upper", "method"]]
       value  lower   upper method
    0    0.0  0.000   3.689  exact
    1   10.0  4.787  18.391   Byar
    """
    table = add_design({"events": events}, sampling)
    checks = [(lambda t: t["events"] < 0, "events {events:g} is below 0", "correct the count"), *DESIGN_CHECKS]
    refuse(table, checks, also=confidence_problems(confidence))
    computed = _spread_count_limits(table, confidence)
    settled = settle_limits(table.assign(value=table["events"]), sampling, computed)
    return as_output(settled, confidence=confidence, statistic="count", method=settled["method"])


def _spread_count_limits(table: pd.DataFrame, confidence: float) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Return limits of the count; a design effect acts as if so many times fewer events had been seen."""
    effect = table["design_effect"].to_numpy()
    lower, upper, method = count_limits(table["events"].to_numpy() / effect, confidence)
    return lower * effect, upper * effect, method

"""Rates and ratios that compare places as if their people were of the same ages."""

import numpy as np
import pandas as pd

from mande.errors import Problem
from mande.indicators.columns import (
    Check,
    Numbers,
    as_output,
    as_table,
    confidence_problems,
    groups_of_rows,
    multiplier_problems,
    per_multiplier,
    refuse,
)
from mande.indicators.intervals import byar_limits, count_limits

FEWEST_EVENTS = 10
"""Fewer events give no directly standardised rate: OHID, PHEindicatormethods 2.1.0 `calculate_dsr`."""

_EVENTS_BELOW_ZERO: Check = (lambda t: t["events"] < 0, "events {events:g} is below 0", "correct the count")
_NOBODY_AT_RISK: Check = (
    lambda t: t["population"] <= 0,
    "population {population:g} is not above 0",
    "join the stratum with its neighbour: a stratum without people has no rate",
)


def directly_standardised_rate(
    events: Numbers,
    population: Numbers,
    standard_population: Numbers,
    *,
    groups: pd.Series | list | None = None,
    confidence: float = 0.95,
    multiplier: float = 100_000,
) -> pd.DataFrame:
    """Return the rate that a place would have with the age structure of the standard population.

    One row per: group (place), in order of first appearance; one row "all" without groups.
    Needs: one row per stratum (age band) of each group: events ≥ 0, population above 0, standard population ≥ 0.
    Adds: `value`, `lower`, `upper` in events per `multiplier` (default per 100 000); Dobson's limits around Σw·x/n.
    Missing values: a group with a missing stratum has no rate.  A group of fewer than 10 events has none either, and
    its `method` says "withheld".
    Raises: EstimationError naming every row outside these bounds, or a group whose standard population is 0.
    Use when: places with at least 10 events are compared and the events of each age band are known.
    Do not use when: bands are small or unknown (`indirectly_standardised_ratio`).
    Source: Dobson, Kuulasmaa, Eberle and Scherer 1991, Stat Med 10:457–462; OHID, PHEindicatormethods 2.1.0.

    >>> directly_standardised_rate([10, 30], [1000, 1000], [2, 1], multiplier=1000).round(2)[["value", "lower", "upper"]]
         value  lower  upper
    all  16.67  11.63  23.05
    """
    table = as_table(events=events, population=population, standard_population=standard_population)
    labels = groups_of_rows(table, groups)
    problems = [*confidence_problems(confidence), *multiplier_problems(multiplier)]
    weightless = table["standard_population"].groupby(labels, sort=False).sum(min_count=1).eq(0)
    problems += [
        Problem(f"group {group!r}", "the standard population sums to 0", "give the standard population of each band")
        for group in weightless.index[weightless]
    ]
    checks = [
        _EVENTS_BELOW_ZERO,
        _NOBODY_AT_RISK,
        (
            lambda t: t["standard_population"] < 0,
            "standard population {standard_population:g} is below 0",
            "correct the standard population",
        ),
    ]
    refuse(table, checks, also=problems)
    share = table["standard_population"] / table["population"]
    parts = table.assign(weighted=table["events"] * share, variance=table["events"] * share**2)
    sums = parts.groupby(labels, sort=False).agg(lambda column: column.sum(skipna=False)).rename_axis(None)
    return _with_dobson_limits(sums, confidence, multiplier)


def expected_events(population: Numbers, reference_events: Numbers, reference_population: Numbers) -> pd.Series:
    """Return the events that a stratum would have had at the rate of the reference population.

    One row per: row of the inputs.
    Needs: population and reference events ≥ 0, reference population above 0.
    Missing values: a missing input gives a missing expectation.
    Raises: EstimationError naming every row outside these bounds.
    Source: Breslow and Day 1987, Statistical methods in cancer research II, p. 65.

    >>> expected_events([1000, 2000], [50, 20], [10_000, 20_000]).tolist()
    [5.0, 2.0]
    """
    table = as_table(
        population=population, reference_events=reference_events, reference_population=reference_population
    )
    checks = [
        (lambda t: t["population"] < 0, "population {population:g} is below 0", "correct the population"),
        (lambda t: t["reference_events"] < 0, "reference events {reference_events:g} below 0", "correct the count"),
        (
            lambda t: t["reference_population"] <= 0,
            "reference population {reference_population:g} is not above 0",
            "give the population behind the reference events",
        ),
    ]
    refuse(table, checks)
    return table["population"] * (table["reference_events"] / table["reference_population"])


def indirectly_standardised_ratio(
    observed: Numbers,
    expected: Numbers,
    *,
    groups: pd.Series | list | None = None,
    confidence: float = 0.95,
    multiplier: float = 1,
) -> pd.DataFrame:
    """Return observed over expected events (SMR), with the limits of the observed count.

    One row per: row of the inputs; with groups, per group in order of first appearance (its rows are added first).
    Needs: observed ≥ 0; expected above 0, for instance from `expected_events` (one row per age band, then groups).
    Adds: `value`, `lower`, `upper` in units of `multiplier` (1: ratio; 100: reference = 100); exact limits below 10
    observed events and Byar's from 10.
    Missing values: a missing number, or a group with one, gives a missing ratio.
    Raises: EstimationError naming every row outside these bounds.
    Use when: places have too few events for direct standardisation.
    Do not use when: two places are compared with each other (each is compared with the reference only).
    Source: Breslow and Day 1987, vol. II pp. 65–71; OHID, PHEindicatormethods 2.1.0 `calculate_ISRatio`.

    >>> indirectly_standardised_ratio(15, 6.03).round(2)[["value", "lower", "upper", "method"]]
       value  lower  upper method
    0   2.49   1.39    4.1   Byar
    """
    table = as_table(observed=observed, expected=expected)
    if groups is not None:
        labels = groups_of_rows(table, groups)
        table = table.groupby(labels, sort=False).agg(lambda column: column.sum(skipna=False)).rename_axis(None)
    checks = [
        (lambda t: t["observed"] < 0, "observed {observed:g} is below 0", "correct the count"),
        (
            lambda t: t["expected"] <= 0,
            "expected {expected:g} is not above 0",
            "leave the row out: nothing was to be expected",
        ),
    ]
    refuse(table, checks, also=[*confidence_problems(confidence), *multiplier_problems(multiplier)])
    lower, upper, method = count_limits(table["observed"].to_numpy(), confidence)
    per = multiplier / table["expected"]
    result = table.assign(value=table["observed"] * per, lower=lower * per, upper=upper * per)
    statistic = "indirectly standardised ratio" + ("" if multiplier == 1 else f" x {multiplier:g}")
    return as_output(result, confidence=confidence, statistic=statistic, method=method)


def _with_dobson_limits(sums: pd.DataFrame, confidence: float, multiplier: float) -> pd.DataFrame:
    """Return rate and limits: DSR + √(Var/O) × (Byar(O) − O); none below 10 events."""
    events, weight = sums["events"], sums["standard_population"]
    is_few = events < FEWEST_EVENTS
    shown = events.mask(is_few)
    value = sums["weighted"] / weight
    stretch = np.sqrt(sums["variance"] / weight**2 / shown)
    lower, upper = byar_limits(shown.to_numpy(), confidence)
    result = pd.DataFrame(
        {
            "value": value.mask(is_few) * multiplier,
            "lower": (value + stretch * (lower - shown)) * multiplier,
            "upper": (value + stretch * (upper - shown)) * multiplier,
        }
    )
    statistic = f"directly standardised rate {per_multiplier(multiplier)}"
    method = np.where(is_few, f"Dobson, withheld: fewer than {FEWEST_EVENTS} events", "Dobson")
    return as_output(result, confidence=confidence, statistic=statistic, method=method)

"""Values on their fitting scale, how far sampling alone may move them, and a straight line through each series."""

from dataclasses import dataclass

import numpy as np

from mande.evaluation.fitting_scale import to_scale, variance_of_limits
from mande.evaluation.series_arrays import SeriesArrays, edge_of
from mande.evaluation.trend_fits import TrendFits, fit_trends

PUBLISHED_CONFIDENCE = 0.95
"""Of limits that came with a published value."""


@dataclass(frozen=True)
class MeasuredValues:
    """Values on the fitting scale with their sampling variance (0 where unknown), series × time.

    `unit` is what one unit of the fitting scale's inverse is worth, per series (1 for percentages); `is_counted` tells
    which series have counts or sample sizes; `has_edge` which hold a value on the edge of their scale.
    """

    value: np.ndarray
    sampling_variance: np.ndarray
    unit: np.ndarray
    fits: TrendFits
    is_counted: np.ndarray
    has_edge: np.ndarray


def measure_values(arrays: SeriesArrays, *, is_used: np.ndarray) -> MeasuredValues:
    """Return the values of every series on its fitting scale.

    One row per: series of `arrays`; `is_used` (series × time) leaves values out.
    Adds: counts and effective sample sizes by iteratively reweighted least squares (value and variance of the last
    step); other values by their scale, their sampling variance from published limits.
    Missing values: NaN where no value is used.
    """
    unit = _units(arrays)
    edge, scale, top = edge_of(arrays)[:, None], arrays.scale[:, None], arrays.top[:, None]
    used = np.where(is_used, arrays.values, np.nan)
    value, lower, upper = (
        to_scale(numbers / unit[:, None], scale, top=top, edge=edge / unit[:, None])
        for numbers in (used, arrays.lower, arrays.upper)
    )
    sampling = np.where(is_used, variance_of_limits(lower, upper, PUBLISHED_CONFIDENCE), np.nan)
    fits = fit_trends(arrays.years, value, np.where(is_used, 1.0, 0.0), family="gaussian")
    is_counted = np.zeros(len(value), bool)
    for rows, family, response, size in _counted(arrays):
        counted = fit_trends(arrays.years[rows], np.where(is_used, response, np.nan)[rows], size[rows], family=family)
        fits = fits.replace_rows(rows, counted)
        value[rows], sampling[rows] = counted.working_value, counted.working_variance
        is_counted[rows] = True
    is_at_edge = (used < edge) | ((scale == "logit") & (used > top - edge))
    has_edge = (is_at_edge & (scale != "identity")).any(axis=1) & ~arrays.has_counts
    return MeasuredValues(value, np.nan_to_num(sampling), unit, fits, is_counted, has_edge)


def _units(arrays: SeriesArrays) -> np.ndarray:
    """Return the worth of one unit of the inverse of the fitting scale: an event's of counted rates, a group's size of identity."""
    group = arrays.groups[0]
    is_seen = np.isfinite(arrays.values)
    total = np.bincount(group, np.abs(np.where(is_seen, arrays.values, 0.0)).sum(axis=1))
    size = total / np.maximum(np.bincount(group, arrays.n_points), 1)
    size = np.where(size > 0, size, 1.0)[group]
    # A rate without counts lies beside those with counts, so that its group's levels can be compared.
    is_rate = np.bincount(group, arrays.has_counts & (arrays.scale == "log"))[group] > 0
    is_rate &= arrays.scale == "log"
    return np.select([arrays.scale == "identity", is_rate], [size, arrays.multiplier], default=1.0)


def _counted(arrays: SeriesArrays) -> list[tuple[np.ndarray, str, np.ndarray, np.ndarray]]:
    """Return rows, family, events and size of the series that were counted, kind by kind."""
    is_logit = arrays.scale == "logit"
    has_size = is_logit & ~arrays.has_counts & (np.isfinite(arrays.sample_size).sum(axis=1) == arrays.n_points)
    share = arrays.values / arrays.top[:, None]
    kinds = [
        (arrays.has_counts & is_logit, "binomial", arrays.numerator, arrays.denominator),
        (has_size & (arrays.n_points > 0), "binomial", share * arrays.sample_size, arrays.sample_size),
        (arrays.has_counts & (arrays.scale == "log"), "poisson", arrays.numerator, arrays.denominator),
    ]
    return [(np.flatnonzero(chosen), *rest) for chosen, *rest in kinds if chosen.any()]

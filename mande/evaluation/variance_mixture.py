"""How far values stray from year to year: the residual scale of each group and the weights of a grid of variances.

A short series cannot tell chance from change.  Its group says how large the residuals are; a grid of variances around
that size is weighted by how well each foretold the group's series, then by how well it foretold the series itself.  The
last value of a series takes no part in its own weights, so that a worse last value never makes an outlook better by
making it vaguer.

Sources: Laird 1978, Journal of the American Statistical Association 73:805–811 (mixing weights by EM); Kish 1965,
Survey Sampling, section 5.4 (design effect of members that move together).
"""

import itertools
from dataclasses import dataclass

import numpy as np

from mande.evaluation.local_trend import Filtered, Variances
from mande.evaluation.measured_values import MeasuredValues

DEFAULT_RESIDUAL = 0.08
"""Standard deviation around a straight line on the log or logit scale: the middle of the indicators of the panel of 63
provinces, 2005 to 2013 (docs/outlook.md); it counts like `RESIDUALS_OF_DEFAULT` residuals."""

RESIDUALS_OF_DEFAULT = 3.0
SMALLEST_CORRELATION = 0.1
"""Members of one group in one year are read as correlated at least so: the panel's median is 0.1 (docs/outlook.md)."""

SERIES_OF_DEFAULT = 20.0
"""How many series the default weights of the grid count for beside those of a group."""

SMALL_GROUP = 20
"""In a smaller group, a series' own last value would tell on its weights: it is left out of the group's, too."""

ROUNDS = 20
NOISES, WANDERS, BENDS = (0.15, 0.4, 0.7, 1.0, 1.6, 2.6), (0.0, 0.3, 0.7, 1.2), (0.0, 0.1, 0.3)
"""Standard deviations per year as multiples of the residual scale."""

NOISE_WEIGHTS = (0.26, 0.17, 0.18, 0.18, 0.12, 0.09)
WANDER_WEIGHTS, BEND_WEIGHTS = (0.26, 0.25, 0.29, 0.20), (0.45, 0.34, 0.21)
"""How much each counts before a series is read: half even, half the mean over the indicators of the panel of 63
provinces, 2005 to 2013 (docs/outlook.md)."""


@dataclass(frozen=True)
class ResidualScale:
    """`scale`: standard deviation around the line, per series; `correlation` and `design_effect` of its group."""

    scale: np.ndarray
    correlation: np.ndarray
    design_effect: np.ndarray


@dataclass(frozen=True)
class Excess:
    """Squared residuals beyond sampling error: `squares` over `weight` is a variance; `freedom` says how sure; per series."""

    squares: np.ndarray
    weight: np.ndarray
    freedom: np.ndarray


def residual_scale(excess: Excess, correlation: np.ndarray, group: np.ndarray) -> ResidualScale:
    """Return the residual scale of each series' group, the panel's default counting for a few residuals.

    One row per: series.
    Needs: `excess` of each series; `correlation` of each group (`yearly_correlation`); `group` codes from 0.
    Missing values: a series without residuals adds nothing.
    """
    members = np.bincount(group)
    effect = 1 + (members - 1) * np.maximum(correlation, SMALLEST_CORRELATION)
    weight = np.bincount(group, excess.weight)
    seen = np.maximum(np.bincount(group, excess.squares), 0.0) / np.where(weight > 0, weight, 1.0)
    freedom = np.bincount(group, excess.freedom) / effect
    pooled = (RESIDUALS_OF_DEFAULT * DEFAULT_RESIDUAL**2 + freedom * seen) / (RESIDUALS_OF_DEFAULT + freedom)
    return ResidualScale(np.sqrt(pooled)[group], correlation[group], effect[group])


def variance_grid(scale: np.ndarray, *, may_wander: bool) -> Variances:
    """Return the grid of variances for each series; without wander and bend every trend is straight."""
    wanders, bends = (WANDERS, BENDS) if may_wander else ((0.0,), (0.0,))
    grid = np.array(list(itertools.product(NOISES, wanders, bends)))
    noise, wander, bend = ((scale[:, None] * grid[:, column]) ** 2 for column in range(3))
    return Variances(noise, wander, bend)


def mixture_weights(filtered: Filtered, group: np.ndarray, *, design_effect: np.ndarray) -> np.ndarray:
    """Return the weight of each set of variances for each series; a row sums to 1.

    One row per: series, columns as the grid.
    Needs: `filtered` under the grid; `group` codes; `design_effect` of each series' group.
    Source: module docstring.
    """
    members = np.bincount(group)
    is_small = members[group] < SMALL_GROUP
    told = np.where(is_small[:, None], filtered.log_likelihood_before_last, filtered.log_likelihood)
    shared = _group_weights(
        _likelihood(told), group, design_effect=design_effect, default=_default_weights(told.shape[1])
    )
    weights = shared[group] * _likelihood(filtered.log_likelihood_before_last)
    return weights / weights.sum(axis=1, keepdims=True)


def _group_weights(
    likelihood: np.ndarray, group: np.ndarray, *, design_effect: np.ndarray, default: np.ndarray
) -> np.ndarray:
    """Return the mixing weights of each group by EM; correlated members count for fewer."""
    order = np.argsort(group, kind="stable")
    starts = np.searchsorted(group[order], np.arange(group.max(initial=-1) + 1))
    likelihood, sorted_group = likelihood[order], group[order]
    effect = design_effect[order][starts][:, None]
    effective = np.bincount(group)[:, None] / effect
    weights = np.tile(default, (len(starts), 1))
    for _ in range(ROUNDS):
        share = likelihood * weights[sorted_group]
        share /= share.sum(axis=1, keepdims=True)
        seen = np.add.reduceat(share, starts) / effect
        weights = (SERIES_OF_DEFAULT * default + seen) / (SERIES_OF_DEFAULT + effective)
    return weights


def _default_weights(sets: int) -> np.ndarray:
    """Return the weight of each set of variances before any series is read, in the order of `variance_grid`."""
    if sets == len(NOISES):
        return np.array(NOISE_WEIGHTS)
    weights = itertools.product(NOISE_WEIGHTS, WANDER_WEIGHTS, BEND_WEIGHTS)
    return np.array([np.prod(parts) for parts in weights])


def _likelihood(logarithm: np.ndarray) -> np.ndarray:
    """Return the likelihood up to a factor per row, never quite 0."""
    return np.exp(np.maximum(logarithm - logarithm.max(axis=1, keepdims=True), -200.0))


def yearly_correlation(measured: MeasuredValues, years: np.ndarray, group: np.ndarray) -> np.ndarray:
    """Return the mean correlation of two members' residuals in one year, per group, between 0 and 1."""
    fits = measured.fits
    residual = measured.value - fits.level[:, None] - fits.slope[:, None] * (years - fits.centre_year[:, None])
    is_seen = np.isfinite(residual)
    found = residual[is_seen]
    cell_of = np.broadcast_to(group[:, None], years.shape)[is_seen] * 1e6 + np.round(years[is_seen], 2)
    cells, cell = np.unique(cell_of, return_inverse=True)
    group_of_cell = (cells // 1e6).astype(int)
    n, groups = np.bincount(cell), group.max(initial=-1) + 1
    products = np.bincount(cell, found) ** 2 - np.bincount(cell, found**2)
    pairs = np.bincount(group_of_cell, n * (n - 1.0), groups)
    variance = np.bincount(group_of_cell, np.bincount(cell, found**2), groups)
    variance /= np.maximum(np.bincount(group_of_cell, n, groups), 1)
    together = np.bincount(group_of_cell, products, groups) / np.maximum(pairs, 1)
    return np.clip(np.where(variance > 0, together / np.where(variance > 0, variance, 1.0), 0.0), 0.0, 1.0)

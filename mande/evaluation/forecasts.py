"""Fit all series by one method and foretell any year of them as a mixture of normal distributions."""

from dataclasses import dataclass

import numpy as np
from scipy.special import expit
from scipy.stats import chi2

from mande.evaluation.local_trend import Filtered, StartingBelief, Variances, filter_series, predict
from mande.evaluation.measured_values import MeasuredValues, measure_values
from mande.evaluation.pooling import GroupBelief, pool_estimates
from mande.evaluation.predictive import CountRule, Mixture
from mande.evaluation.series_arrays import SeriesArrays
from mande.evaluation.variance_mixture import (
    SMALL_GROUP,
    Excess,
    ResidualScale,
    mixture_weights,
    residual_scale,
    variance_grid,
    yearly_correlation,
)

DEFAULT_SLOPE_SPREAD = 0.04
"""Standard deviation of yearly slopes on the log or logit scale where no group tells: the middle of the panel's
indicators (docs/outlook.md)."""

DEFAULT_LEVEL_SPREAD = 2.0
VAGUE_VARIANCE = 1e4
POINTS_FOR_OWN_VARIANCE = 6
"""From so many points on, `trend` takes the year-to-year variance from the series itself (docs/outlook.md)."""

FADING_SHARE, FADING = 0.25, 0.6
"""Programmes run out of steam: a quarter of the futures lets the slope shrink to 60 % every year.  Settled on made-up
programmes, of which one in seven comes to rest; the real panels neither ask for it nor suffer from it (docs/outlook.md)."""

SMALLEST_VARIANCE = 1e-6
"""On the fitting scale (0,1 %): a series that never moved is not thereby certain."""

TAIL_SHARES = (np.arange(16) + 0.5) / 16
"""Student's t as a mixture of 16 normal distributions."""


@dataclass(frozen=True)
class Forecasts:
    """What is known of every series after its last year, as a mixture over sets of variances; how the fit went."""

    arrays: SeriesArrays
    measured: MeasuredValues
    filtered: Filtered
    variances: Variances
    weights: np.ndarray
    sigma_year: np.ndarray
    fading_share: float = 0.0

    @property
    def phi(self) -> np.ndarray:
        """Over-dispersion of counts around the straight line; 1 for values without counts."""
        return np.where(self.measured.is_counted, self.measured.fits.dispersion, 1.0)

    def foretell(self, row: np.ndarray, ahead: np.ndarray) -> Mixture:
        """Return the fitting scale's value so many years after the last, without the sampling of the coming value."""
        known, variances = self.filtered.take(row), self.variances.take(row)
        goes_on = predict(known, variances, ahead)
        if self.fading_share == 0:
            return Mixture(self.weights[row], *goes_on)
        fades = predict(known, variances, ahead, fading=FADING)
        weight = np.concatenate(
            [(1 - self.fading_share) * self.weights[row], self.fading_share * self.weights[row]], axis=1
        )
        return Mixture(weight, *(np.concatenate(pair, axis=1) for pair in zip(goes_on, fades, strict=True)))

    def coming_variance(self, row: np.ndarray, centre: np.ndarray) -> np.ndarray:
        """Return the sampling variance of the coming value: as many persons, or limits as wide, as last time."""
        arrays, last = self.arrays, (row, self.arrays.n_points[row] - 1)
        is_logit = arrays.scale[row] == "logit"
        size = np.where(arrays.has_counts[row], arrays.denominator[last], arrays.sample_size[last])
        information = size * np.where(is_logit, expit(centre) * expit(-centre), np.exp(np.clip(centre, -700, 50)))
        by_size = 1.0 / np.fmax(information, 1e-3)
        return np.where(self.measured.is_counted[row], by_size, self.measured.sampling_variance[last])

    def count_rule(self, row: np.ndarray) -> CountRule:
        """Return how the coming value of these series will be counted: among as many as last time."""
        size = self.arrays.denominator[row, self.arrays.n_points[row] - 1]
        return CountRule(size, self.arrays.multiplier[row] / size, self.arrays.scale[row] == "logit")


def fit_series(arrays: SeriesArrays, *, method: str) -> Forecasts:
    """Fit every series by a method of `outlook.METHODS`.

    One row per: series of `arrays`; too short ones are fitted, too, and must not be shown.
    Missing values: none; what could not be fitted as it stands is flagged in `measured.fits.flag`.
    """
    is_seen = np.isfinite(arrays.values)
    measured = measure_values(arrays, is_used=is_seen)
    wide = arrays.groups[0]
    correlation = yearly_correlation(measured, arrays.years, wide)
    scale = residual_scale(_excess_of_groups(arrays, measured), correlation, wide)
    if method == "trend":
        return _fit_alone(arrays, measured, scale)
    is_local = method == "pooled-local-trend"
    variances = variance_grid(scale.scale, may_wander=is_local)
    filtered = filter_series(
        arrays.years,
        measured.value,
        measured.sampling_variance,
        belief=_belief(arrays, measured, scale),
        variances=variances,
    )
    weights = mixture_weights(filtered, wide, design_effect=scale.design_effect)
    sigma = np.sqrt((weights * variances.noise).sum(axis=1))
    fading_share = FADING_SHARE if is_local else 0.0
    return Forecasts(arrays, measured, filtered, variances, weights, sigma, fading_share)


def _excess_of_groups(arrays: SeriesArrays, measured: MeasuredValues) -> Excess:
    """Return the residuals of each series; in small groups those of all values but the last."""
    excess = _excess(arrays, measured)
    is_small = np.bincount(arrays.groups[0])[arrays.groups[0]] < SMALL_GROUP
    if not is_small.any():
        return excess
    is_used = np.arange(arrays.values.shape[1]) < (arrays.n_points - is_small)[:, None]
    shorter = _excess(arrays, measure_values(arrays, is_used=is_used))
    return Excess(
        *(np.where(is_small, getattr(shorter, name), getattr(excess, name)) for name in Excess.__dataclass_fields__)
    )


def _excess(arrays: SeriesArrays, measured: MeasuredValues) -> Excess:
    fits, freedom = measured.fits, measured.fits.degrees_of_freedom.astype(float)
    used = np.maximum(np.isfinite(measured.value).sum(axis=1), 1)
    share = freedom / used
    information = np.nansum(
        np.where(
            measured.sampling_variance > 0,
            1.0 / np.where(measured.sampling_variance > 0, measured.sampling_variance, 1.0),
            0.0,
        ),
        axis=1,
    )
    counted = measured.is_counted
    sampled = np.where(counted, freedom, share * measured.sampling_variance.sum(axis=1))
    return Excess(
        squares=np.where(freedom > 0, fits.chi_square - sampled, 0.0),
        weight=np.where(counted, share * information, freedom),
        freedom=freedom,
    )


def _belief(arrays: SeriesArrays, measured: MeasuredValues, scale: ResidualScale) -> StartingBelief:
    """Return what province and nation say of each series' first level and its slope."""
    fits, noise = measured.fits, scale.scale**2
    spread_per_noise = _unweighted_slope_variance(arrays)
    is_usable = (fits.flag != "one_year") & (arrays.n_points > 2)
    sampled = np.where(measured.is_counted, fits.slope_variance, 0.0)
    own = np.where(is_usable, sampled + noise * spread_per_noise, np.nan)
    everywhere = np.ones(len(own))
    slope = pool_estimates(
        np.where(is_usable, fits.slope, np.nan),
        own,
        groups=arrays.groups,
        default=GroupBelief(0.0 * everywhere, DEFAULT_SLOPE_SPREAD**2 * everywhere),
    )
    # What moves all members of a group at once in the years seen need not go on.
    shared = np.nan_to_num(scale.correlation * noise * np.where(is_usable, spread_per_noise, 0.0))
    first = arrays.years[:, 0]
    own_level = np.where(is_usable, np.where(measured.is_counted, fits.spread(first), 0.0) + noise, np.nan)
    start = np.where(is_usable, fits.level + fits.slope * (first - fits.centre_year), np.nan)
    level = _pool_levels(start, own_level, measured.value[:, 0], arrays.groups)
    return StartingBelief(level.mean, level.variance, slope.mean, slope.variance + shared)


def _unweighted_slope_variance(arrays: SeriesArrays) -> np.ndarray:
    """Return the variance of a least-squares slope where the residuals have variance 1."""
    is_seen = np.isfinite(arrays.values)
    n = np.maximum(is_seen.sum(axis=1), 1)
    years = np.where(is_seen, arrays.years, 0.0)
    centre = years.sum(axis=1) / n
    spread = np.where(is_seen, (arrays.years - centre[:, None]) ** 2, 0.0).sum(axis=1)
    return np.where(spread > 0, 1.0 / np.where(spread > 0, spread, 1.0), np.inf)


def _pool_levels(start: np.ndarray, own: np.ndarray, first: np.ndarray, groups: list[np.ndarray]) -> GroupBelief:
    """Return the group's belief of the first level; a series alone in its group starts from its own, vaguely."""
    wide = groups[0]
    known = np.isfinite(start)
    members = np.bincount(wide, known.astype(float))[wide]
    mean = np.bincount(wide, np.where(known, start, 0.0))[wide] / np.maximum(members, 1)
    everywhere = np.ones(len(start))
    pooled = pool_estimates(start, own, groups=groups, default=GroupBelief(mean, DEFAULT_LEVEL_SPREAD**2 * everywhere))
    is_alone = members - known < 1
    return GroupBelief(
        np.where(is_alone, np.nan_to_num(first), pooled.mean), np.where(is_alone, VAGUE_VARIANCE, pooled.variance)
    )


def _fit_alone(arrays: SeriesArrays, measured: MeasuredValues, scale: ResidualScale) -> Forecasts:
    """Return each series' own straight line; the variance from its residuals, of short series from its group."""
    fits, used = measured.fits, np.maximum(arrays.n_points, 1)
    has_own = arrays.n_points >= POINTS_FOR_OWN_VARIANCE
    group = arrays.groups[0]
    freedom = np.bincount(group, fits.degrees_of_freedom)[group] / scale.design_effect
    pooled_phi = np.bincount(group, fits.chi_square)[group] / np.maximum(
        np.bincount(group, fits.degrees_of_freedom)[group], 1
    )
    pooled = np.where(measured.is_counted, np.maximum(1.0, pooled_phi), scale.scale**2)
    factor = np.maximum(np.where(has_own, fits.dispersion, pooled), SMALLEST_VARIANCE)
    sampling = measured.sampling_variance.sum(axis=1) / used
    noise = np.where(measured.is_counted, (factor - 1) * sampling, factor)
    degrees = np.maximum(np.where(has_own, fits.degrees_of_freedom, freedom), 1.0)
    # Student's t: the variance is known only as far as its degrees of freedom go.
    tails = degrees[:, None] / chi2.ppf(TAIL_SHARES[None, :], degrees[:, None])
    at = arrays.last_year - fits.centre_year
    slope_variance = np.where(np.isfinite(fits.slope_variance), fits.slope_variance, 0.0)

    def scaled(values: np.ndarray) -> np.ndarray:
        return (factor * values)[:, None] * tails

    still = np.zeros_like(tails)
    filtered = Filtered(
        level=(fits.level + at * fits.slope)[:, None] + still,
        slope=fits.slope[:, None] + still,
        level_variance=scaled(fits.level_variance + 2 * at * fits.covariance + at**2 * slope_variance),
        covariance=scaled(fits.covariance + at * slope_variance),
        slope_variance=scaled(slope_variance),
        log_likelihood=still,
        log_likelihood_before_last=still,
    )
    variances = Variances(noise[:, None] * tails, still, still)
    return Forecasts(arrays, measured, filtered, variances, still + 1 / tails.shape[1], np.sqrt(noise))

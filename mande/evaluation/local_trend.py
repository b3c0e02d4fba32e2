"""A level that wanders and a slope that leans on its group: the Kalman filter for all series and many variances at once.

On the fitting scale y(t) = level(t) + noise, level' = slope + wander, slope' = bend.  Noise (year to year), wander and
bend have variances that no short series can tell; each series is therefore filtered under a grid of them and the
answers are mixed, weighted by how well each foretold the series and its group.

Sources: Harvey 1989, Forecasting, Structural Time Series Models and the Kalman Filter, sections 2.3 and 4.3 (local
linear trend), 9.2 (irregular years); Durbin and Koopman 2012, Time Series Analysis by State Space Methods, 2nd ed.,
sections 2.2 and 4.3.  The reference is statsmodels' UnobservedComponents; the test compares both.
"""

from dataclasses import dataclass

import numpy as np

LARGEST_LANES = 60_000
"""Series × variances worked on at once: what fits a processor's cache."""


@dataclass(frozen=True)
class StartingBelief:
    """What the group says of each series before its first year: mean and variance of level and of yearly slope."""

    level: np.ndarray
    level_variance: np.ndarray
    slope: np.ndarray
    slope_variance: np.ndarray


@dataclass(frozen=True)
class Filtered:
    """What is known after the last year, per series × set of variances.

    `log_likelihood` of all years; `log_likelihood_before_last` leaves the last year out.
    """

    level: np.ndarray
    slope: np.ndarray
    level_variance: np.ndarray
    covariance: np.ndarray
    slope_variance: np.ndarray
    log_likelihood: np.ndarray
    log_likelihood_before_last: np.ndarray

    def take(self, rows: np.ndarray) -> "Filtered":
        """Return the rows asked for, a row as often as it is asked for."""
        return Filtered(**{name: getattr(self, name)[rows] for name in self.__dataclass_fields__})


@dataclass(frozen=True)
class Variances:
    """Sets of yearly variances, series × set: of noise, wander of the level and bend of the slope."""

    noise: np.ndarray
    wander: np.ndarray
    bend: np.ndarray

    def take(self, rows: np.ndarray | slice) -> "Variances":
        """Return the rows asked for, a row as often as it is asked for."""
        return Variances(self.noise[rows], self.wander[rows], self.bend[rows])


def filter_series(
    years: np.ndarray, values: np.ndarray, known_variance: np.ndarray, *, belief: StartingBelief, variances: Variances
) -> Filtered:
    """Filter every series under every set of variances.

    One row per: series; arrays are series × time, the seen years first and in order, then NaN.
    Needs: values on the fitting scale; `known_variance` of each value from sampling (0 where nothing was sampled).
    Adds: a `Filtered`, series × sets of variances.
    Missing values: NaN ends a series; years between may be missing and of any length.
    """
    step = max(1, LARGEST_LANES // variances.noise.shape[1])
    parts = []
    for start in range(0, len(values), step):
        rows = slice(start, start + step)
        own_belief = StartingBelief(*(getattr(belief, name)[rows, None] for name in belief.__dataclass_fields__))
        parts.append(_filter_block(years[rows], values[rows], known_variance[rows], own_belief, variances.take(rows)))
    names = Filtered.__dataclass_fields__
    return Filtered(**{name: np.concatenate([getattr(part, name) for part in parts]) for name in names})


def predict(
    filtered: Filtered, variances: Variances, years_ahead: np.ndarray, *, fading: float = 1.0
) -> tuple[np.ndarray, np.ndarray]:
    """Return mean and variance of the value so many years after the last, per row × set; its own noise included.

    `fading` below 1 shrinks the slope by that factor every year to come (a damped trend).
    """
    ahead = years_ahead[:, None]
    reach = ahead if fading == 1 else (1 - fading**ahead) / (1 - fading)
    mean = filtered.level + reach * filtered.slope
    spread = filtered.level_variance + 2 * reach * filtered.covariance + reach**2 * filtered.slope_variance
    return mean, spread + variances.wander * ahead + variances.bend * ahead**3 / 3 + variances.noise


def _filter_block(
    years: np.ndarray, values: np.ndarray, known: np.ndarray, belief: StartingBelief, variances: Variances
) -> Filtered:
    shape = variances.noise.shape
    level, slope, p11, p22 = (
        np.broadcast_to(getattr(belief, name), shape) for name in ("level", "slope", "level_variance", "slope_variance")
    )
    p12 = np.zeros(shape)
    total, before_last = np.zeros(shape), np.zeros(shape)
    is_seen = np.isfinite(values)
    gaps = np.diff(np.where(is_seen, years, 0.0), axis=1, prepend=0.0)
    count = is_seen.sum(axis=1)
    for time in range(values.shape[1]):
        seen = is_seen[:, time, None]
        if not seen.any():
            break
        if time:
            gap = np.where(seen, gaps[:, time, None], 0.0)
            level = level + gap * slope
            p11 = p11 + 2 * gap * p12 + gap**2 * p22 + variances.wander * gap + variances.bend * gap**3 / 3
            p12 = p12 + gap * p22 + variances.bend * gap**2 / 2
            p22 = p22 + variances.bend * gap
        surprise = np.where(seen, values[:, time, None] - level, 0.0)
        spread = p11 + variances.noise + np.where(seen, known[:, time, None], 0.0)
        learnt, learnt_slope = np.where(seen, p11 / spread, 0.0), np.where(seen, p12 / spread, 0.0)
        gain = np.where(seen, -0.5 * (np.log(2 * np.pi * spread) + surprise**2 / spread), 0.0)
        before_last = np.where((count > time + 1)[:, None], before_last + gain, before_last)
        total = total + gain
        level, slope = level + learnt * surprise, slope + learnt_slope * surprise
        p22 = p22 - learnt_slope * p12
        p12 = p12 - learnt * p12
        p11 = p11 - learnt * p11
    return Filtered(level, slope, p11, p12, p22, total, before_last)

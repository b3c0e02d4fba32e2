"""Straight trends on the logit, log or natural scale, fitted to all series at once.

Each series has its own level and slope; the 2 × 2 equations of iteratively reweighted least squares are solved for all
series in one step.  A series without a finite maximum (all successes, none, or a clean break between years) is fitted
with Firth's penalty and says so in `flag`; a step that would lower the likelihood is halved; nothing is silently missing.

Sources: McCullagh and Nelder 1989, Generalized Linear Models, 2nd ed., sections 2.5 and 4.5 (quasi-likelihood);
Firth 1993, Biometrika 80:27–38; agreement with statsmodels' GLM and WLS is tested.
"""

from dataclasses import dataclass, replace

import numpy as np
from scipy.special import expit, logit

FAMILIES = ("binomial", "poisson", "gaussian")
LARGEST_PREDICTOR = 30.0
"""Beyond it a logit or log has no meaning; a step is halved before it gets there."""

ITERATIONS = 100
HALVINGS = 12


@dataclass(frozen=True)
class TrendFits:
    """Level and slope of every series: `level + slope × (year − centre_year)` on the scale of the family's link.

    `level_variance`, `slope_variance` and `covariance` are those of (X'WX)⁻¹, without the dispersion; `working_value`
    and `working_variance` (series × time) are the last step's response on that scale and its variance.
    `chi_square` is Pearson's X² (gaussian: the weighted residual sum of squares).  `flag` is empty, "separated" (Firth's penalty used), "one_year" (no trend can be fitted) or "not_converged".
    """

    centre_year: np.ndarray
    level: np.ndarray
    slope: np.ndarray
    level_variance: np.ndarray
    slope_variance: np.ndarray
    covariance: np.ndarray
    dispersion: np.ndarray
    degrees_of_freedom: np.ndarray
    chi_square: np.ndarray
    flag: np.ndarray
    working_value: np.ndarray
    working_variance: np.ndarray

    def predict(self, year: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Return the prediction of one year for each series and its variance, with the dispersion, on the link's scale."""
        x = year - self.centre_year
        return self.level + x * self.slope, self.dispersion * self.spread(year)

    def spread(self, year: np.ndarray) -> np.ndarray:
        """Return x'(X'WX)⁻¹x of one year for each series, without the dispersion."""
        x = year - self.centre_year
        is_blind = np.isinf(self.slope_variance)
        known = self.level_variance + 2 * x * self.covariance + x**2 * np.where(is_blind, 0.0, self.slope_variance)
        return np.where(is_blind & (x != 0), np.inf, known)

    def replace_rows(self, rows: np.ndarray, other: "TrendFits") -> "TrendFits":
        """Return these fits with some rows taken from another fit of just those rows."""
        fields = {}
        for name in self.__dataclass_fields__:
            fields[name] = getattr(self, name).copy()
            fields[name][rows] = getattr(other, name)
        return TrendFits(**fields)


@dataclass(frozen=True)
class _Rows:
    """The series as arrays, series × time; padding has size 0 and stands at the centre year."""

    x: np.ndarray
    response: np.ndarray
    size: np.ndarray
    family: str
    is_penalised: bool = False

    def take(self, wanted: np.ndarray) -> "_Rows":
        return replace(self, x=self.x[wanted], response=self.response[wanted], size=self.size[wanted])


def fit_trends(years: np.ndarray, response: np.ndarray, size: np.ndarray, *, family: str) -> TrendFits:
    """Fit level and slope of each series.

    One row per: series (arrays are series × time; a missing year is NaN in `response`).
    Needs: binomial: successes and (effective) sample sizes; poisson: events and exposure; gaussian: values and
    weights (inverse variances up to a factor).  `family` is one of `FAMILIES`.
    Adds: a `TrendFits`; `dispersion` is max(1, Pearson X²/df) for counts and the residual variance for gaussian.
    Missing values: left out year by year; a series with fewer than two different years is flagged "one_year", its
    slope 0 with infinite variance.
    """
    is_seen = np.isfinite(response) & np.isfinite(years) & (size > 0)
    counted = np.maximum(is_seen.sum(axis=1), 1)
    centre = np.where(is_seen, years, 0.0).sum(axis=1) / counted
    rows = _Rows(
        x=np.where(is_seen, years - centre[:, None], 0.0),
        response=np.where(is_seen, response, 0.0),
        size=np.where(is_seen, size, 0.0),
        family=family,
    )
    has_one_year = np.ptp(np.where(is_seen, rows.x, 0.0), axis=1) <= 0
    is_separated = _is_separated(rows) & ~has_one_year
    coefficients, has_converged = _solve(rows)
    again = is_separated | (~has_converged & ~has_one_year)
    if family != "gaussian" and again.any():
        penalised, done = _solve(replace(rows.take(again), is_penalised=True))
        coefficients[again], has_converged[again] = penalised, done
        is_separated = again & has_converged
    coefficients[has_one_year, 1] = 0.0
    flag = np.select(
        [has_one_year, is_separated, ~has_converged], ["one_year", "separated", "not_converged"], default=""
    ).astype(object)
    return _describe(rows, coefficients, centre, flag)


def _is_separated(rows: _Rows) -> np.ndarray:
    """Return which series have no finite maximum: the successes (events) stand wholly at one end of the years."""
    if rows.family == "gaussian":
        return np.zeros(len(rows.x), bool)
    is_seen = rows.size > 0
    if rows.family == "poisson":
        first, last = _extent(rows.x, is_seen & (rows.response > 0))
        lowest, highest = _extent(rows.x, is_seen)
        return (first >= last) & ((first == lowest) | (last == highest) | ~np.isfinite(first))
    low = is_seen & (rows.response <= 0)
    high = is_seen & (rows.response >= rows.size)
    low_start, low_end = _extent(rows.x, low | (is_seen & ~high))
    high_start, high_end = _extent(rows.x, high | (is_seen & ~low))
    # Years with any failure end where years with any success begin, or the other way round.
    return (low_end <= high_start) | (high_end <= low_start)


def _extent(x: np.ndarray, is_in: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    return np.where(is_in, x, np.inf).min(axis=1), np.where(is_in, x, -np.inf).max(axis=1)


def _solve(rows: _Rows) -> tuple[np.ndarray, np.ndarray]:
    """Return (level, slope) of each series and whether Newton's steps came to rest."""
    coefficients = _start(rows)
    if rows.family == "gaussian":
        return coefficients, np.ones(len(coefficients), bool)
    # The penalty's own slope is left out of the steps, which then shorten only by a constant factor.
    tolerance = 1e-6 if rows.is_penalised else 1e-10
    done = np.zeros(len(coefficients), bool)
    for _ in range(ITERATIONS):
        open_rows = np.flatnonzero(~done)
        if not len(open_rows):
            break
        part, current = rows.take(open_rows), coefficients[open_rows]
        step = _newton_step(part, current)
        moved = _halve(part, current, step)
        coefficients[open_rows] = moved
        scale = tolerance * (1.0 + np.abs(moved).max(axis=1))
        done[open_rows] = np.abs(step).max(axis=1) <= scale
    return coefficients, done


def _start(rows: _Rows) -> np.ndarray:
    """Return least squares on the link's scale, half a case added to every count (exact for gaussian)."""
    if rows.family == "gaussian":
        value, weight = rows.response, rows.size
    elif rows.family == "binomial":
        value = logit((rows.response + 0.5) / (rows.size + 1.0))
        weight = rows.size * np.exp(-np.abs(value))
    else:
        value = np.log((rows.response + 0.5) / np.where(rows.size > 0, rows.size, 1.0))
        weight = np.where(rows.size > 0, rows.response + 0.5, 0.0)
    inverse = _inverse_information(rows.x, weight)
    return _multiply(inverse, (weight * value).sum(axis=1), (weight * rows.x * value).sum(axis=1))


def _predictor(rows: _Rows, coefficients: np.ndarray) -> np.ndarray:
    return coefficients[:, :1] + coefficients[:, 1:] * rows.x


def _mean_and_weight(rows: _Rows, coefficients: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    eta = _predictor(rows, coefficients)
    if rows.family == "binomial":
        share = expit(eta)
        return rows.size * share, rows.size * share * expit(-eta)
    if rows.family == "poisson":
        mean = rows.size * np.exp(np.clip(eta, -700, 700))
        return mean, mean
    return eta, rows.size


def _newton_step(rows: _Rows, coefficients: np.ndarray) -> np.ndarray:
    mean, weight = _mean_and_weight(rows, coefficients)
    inverse = _inverse_information(rows.x, weight)
    error = rows.response - mean
    if rows.is_penalised:
        a, b, c = inverse
        leverage = weight * (a + 2 * b * rows.x.T + c * rows.x.T**2).T
        share = mean / np.where(rows.size > 0, rows.size, 1.0)
        error = error + leverage * ((0.5 - share) if rows.family == "binomial" else 0.5)
    return _multiply(inverse, error.sum(axis=1), (rows.x * error).sum(axis=1))


def _halve(rows: _Rows, current: np.ndarray, step: np.ndarray) -> np.ndarray:
    """Return the coefficients after the step, halved while it lowers the likelihood or leaves the scale."""
    base = _likelihood(rows, current)
    size = np.ones(len(current))
    for _ in range(HALVINGS):
        tried = current + size[:, None] * step
        is_out = np.abs(np.where(rows.size > 0, _predictor(rows, tried), 0.0)).max(axis=1) > LARGEST_PREDICTOR
        is_worse = _likelihood(rows, tried) < base - 1e-9 * (1.0 + np.abs(base))
        if not (is_out | is_worse).any():
            break
        size = np.where(is_out | is_worse, size / 2, size)
    return current + size[:, None] * step


def _likelihood(rows: _Rows, coefficients: np.ndarray) -> np.ndarray:
    """Return the log likelihood without its constant, with Firth's ½·ln|I| where penalised."""
    eta = _predictor(rows, coefficients)
    if rows.family == "binomial":
        value = rows.response * eta - rows.size * np.logaddexp(0.0, eta)
    else:
        value = rows.response * eta - rows.size * np.exp(np.clip(eta, -700, 700))
    total = value.sum(axis=1)
    if rows.is_penalised:
        weight = _mean_and_weight(rows, coefficients)[1]
        total = total + 0.5 * np.log(np.maximum(_determinant(rows.x, weight), 1e-300))
    return total


def _moments(x: np.ndarray, weight: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    return weight.sum(axis=1), (weight * x).sum(axis=1), (weight * x * x).sum(axis=1)


def _determinant(x: np.ndarray, weight: np.ndarray) -> np.ndarray:
    total, first, second = _moments(x, weight)
    return total * second - first**2


def _inverse_information(x: np.ndarray, weight: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Return the three entries of (X'WX)⁻¹; a series without spread in years gets a level only."""
    total, first, second = _moments(x, weight)
    determinant = total * second - first**2
    total = np.where(total > 0, total, 1.0)
    is_flat = determinant <= 1e-12 * total * np.maximum(second, 1e-300)
    safe = np.where(is_flat, 1.0, determinant)
    level = np.where(is_flat, 1.0 / total, second / safe)
    return level, np.where(is_flat, 0.0, -first / safe), np.where(is_flat, 0.0, total / safe)


def _multiply(inverse: tuple[np.ndarray, np.ndarray, np.ndarray], u: np.ndarray, v: np.ndarray) -> np.ndarray:
    a, b, c = inverse
    return np.column_stack([a * u + b * v, b * u + c * v])


def _describe(rows: _Rows, coefficients: np.ndarray, centre: np.ndarray, flag: np.ndarray) -> TrendFits:
    """Return the fits with their variances, dispersion and working response."""
    mean, weight = _mean_and_weight(rows, coefficients)
    a, b, c = _inverse_information(rows.x, weight)
    is_seen = rows.size > 0
    freedom = is_seen.sum(axis=1) - 2
    safe = np.where(weight > 0, weight, 1.0)
    chi_square = (
        np.where(is_seen, (rows.response - mean) ** 2, 0.0) / safe * (1 if rows.family != "gaussian" else safe**2)
    ).sum(axis=1)
    ratio = np.where(freedom > 0, chi_square / np.maximum(freedom, 1), np.nan)
    dispersion = ratio if rows.family == "gaussian" else np.fmax(1.0, ratio)
    working = (
        rows.response if rows.family == "gaussian" else _predictor(rows, coefficients) + (rows.response - mean) / safe
    )
    return TrendFits(
        centre_year=centre,
        level=coefficients[:, 0],
        slope=coefficients[:, 1],
        level_variance=a,
        slope_variance=np.where(flag == "one_year", np.inf, c),
        covariance=b,
        dispersion=dispersion,
        degrees_of_freedom=np.maximum(freedom, 0),
        chi_square=chi_square,
        flag=flag,
        working_value=np.where(is_seen, working, np.nan),
        working_variance=np.where(is_seen, 1.0 / safe, np.nan),
    )

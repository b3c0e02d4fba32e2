"""Confidence limits of proportions and counts, on plain arrays; checking and units are the callers' work.

statsmodels and scipy are imported when a limit is asked for, so that importing this module stays quick.
"""

import numpy as np

FEWEST_FOR_BYAR = 10
"""Below so many events limits are exact: OHID, PHEindicatormethods 2.1.0, `byars_lower`."""

COUNT_METHOD = f"exact below {FEWEST_FOR_BYAR} events, Byar from {FEWEST_FOR_BYAR}"


def wilson_limits(x: np.ndarray, n: np.ndarray, confidence: float) -> tuple[np.ndarray, np.ndarray]:
    """Return Wilson's score limits of x/n.

    Source: Wilson 1927, J Am Stat Assoc 22:209–212; Newcombe 1998, Stat Med 17:857–872, method 3.
    """
    return _proportion_limits(x, n, confidence, "wilson")


def clopper_pearson_limits(x: np.ndarray, n: np.ndarray, confidence: float) -> tuple[np.ndarray, np.ndarray]:
    """Return Clopper and Pearson's "exact" limits of x/n: beta quantiles (x, n − x + 1) and (x + 1, n − x).

    Source: Clopper and Pearson 1934, Biometrika 26:404–413.
    """
    return _proportion_limits(x, n, confidence, "beta")


def exact_count_limits(x: np.ndarray, confidence: float) -> tuple[np.ndarray, np.ndarray]:
    """Return exact Poisson limits of a count: χ²(α/2; 2x)/2 and χ²(1 − α/2; 2x + 2)/2.

    Source: Garwood 1936, Biometrika 28:437–442.
    """
    from scipy.stats import chi2

    tail = (1 - confidence) / 2
    x = np.asarray(x, dtype=float)
    lower = np.where(x == 0, 0.0, chi2.ppf(tail, 2 * np.where(x == 0, 1.0, x)) / 2)
    return lower, chi2.isf(tail, 2 * x + 2) / 2


def byar_limits(x: np.ndarray, confidence: float) -> tuple[np.ndarray, np.ndarray]:
    """Return Byar's limits of a count of 1 or more: x(1 − 1/9x − z/3√x)³, and the same with x + 1 and + z.

    Source: Breslow and Day 1987, Statistical methods in cancer research II, p. 69.
    """
    from scipy.stats import norm

    z = norm.isf((1 - confidence) / 2)
    x = np.asarray(x, dtype=float)
    above = x + 1
    return (
        x * (1 - 1 / (9 * x) - z / (3 * np.sqrt(x))) ** 3,
        above * (1 - 1 / (9 * above) + z / (3 * np.sqrt(above))) ** 3,
    )


def count_limits(x: np.ndarray, confidence: float) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Return limits of a count and the name of the method of each: exact below 10, Byar from 10.

    Source: OHID, PHEindicatormethods 2.1.0, `phe_rate`.
    """
    x = np.asarray(x, dtype=float)
    is_small = x < FEWEST_FOR_BYAR
    exact = exact_count_limits(np.where(is_small, x, 0.0), confidence)
    byar = byar_limits(np.where(is_small, float(FEWEST_FOR_BYAR), x), confidence)
    method = np.select([np.isnan(x), is_small], [COUNT_METHOD, "exact"], default="Byar")
    return np.where(is_small, exact[0], byar[0]), np.where(is_small, exact[1], byar[1]), method


def _proportion_limits(x: np.ndarray, n: np.ndarray, confidence: float, name: str) -> tuple[np.ndarray, np.ndarray]:
    from statsmodels.stats.proportion import proportion_confint

    x, n = np.asarray(x, dtype=float), np.asarray(n, dtype=float)
    is_known = ~(np.isnan(x) | np.isnan(n))
    lower, upper = np.full(x.shape, np.nan), np.full(x.shape, np.nan)
    if is_known.any():
        limits = proportion_confint(x[is_known], n[is_known], alpha=1 - confidence, method=name)
        lower[is_known], upper[is_known] = np.clip(limits[0], 0, 1), np.clip(limits[1], 0, 1)
    # Nobody (or everybody) had it: the limit is the bound itself, not 1e-17 beside it.
    return np.where(x == 0, 0.0 * lower, lower), np.where(x == n, 1.0 + 0.0 * upper, upper)

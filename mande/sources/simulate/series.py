"""Made-up series with a known truth, for trying out methods on many of them."""

from typing import Literal

import numpy as np
import pandas as pd

Shape = Literal["linear", "level_shift", "plateau"]
SHAPES: tuple[Shape, ...] = ("linear", "level_shift", "plateau")


def simulate_series(
    n: int,
    years: np.ndarray,
    *,
    seed: int,
    shape: Shape = "linear",
    size: int = 2_000,
    yearly_spread: float = 0.0,
    overdispersion: float = 1.0,
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Return `n` observed series of a proportion and the truth behind them.

    One row per: series × year, in both tables.
    Needs: `shape` on the logit scale: a straight line, a line with a jump in one year, or a line that levels off;
    `size`, the denominator; `yearly_spread`, the standard deviation of the truth around its shape (logit);
    `overdispersion`, how many times larger than binomial the variance of the counts is (1: binomial).
    Adds: `numerator`, `denominator`, `share` (observed); `share` and `shape_share`, without the yearly spread (truth).
    The same seed gives the same tables.

    >>> observed, truth = simulate_series(2, np.array([2016, 2017, 2018]), seed=1)
    >>> len(observed), bool((observed["numerator"] <= observed["denominator"]).all())
    (6, True)
    """
    random = np.random.default_rng(seed)
    years = np.asarray(years, dtype=float)
    line = _shape(random, n, years - years.min(), shape)
    logit = line + random.normal(0, yearly_spread, line.shape) if yearly_spread else line
    share = 1 / (1 + np.exp(-logit))
    count = _counts(random, share, size, overdispersion)
    keys = {"series": np.repeat(np.arange(n), len(years)), "year": np.tile(years.astype(int), n)}
    observed = pd.DataFrame({**keys, "numerator": count.ravel(), "denominator": size})
    truth = pd.DataFrame({**keys, "share": share.ravel(), "shape_share": (1 / (1 + np.exp(-line))).ravel()})
    return observed.assign(share=observed["numerator"] / size), truth


def _shape(random: np.random.Generator, n: int, since: np.ndarray, shape: Shape) -> np.ndarray:
    start, slope = random.normal(0, 1, (n, 1)), random.normal(0, 0.08, (n, 1))
    if shape == "plateau":
        bend = max(since.max() / 2, 1.0)
        return start + slope * bend * (1 - np.exp(-since[None, :] / bend))
    line = start + slope * since[None, :]
    if shape == "level_shift":
        when = random.integers(1, max(len(since), 2), (n, 1))
        line = line + random.normal(0, 0.4, (n, 1)) * (np.arange(len(since))[None, :] >= when)
    return line


def _counts(random: np.random.Generator, share: np.ndarray, size: int, overdispersion: float) -> np.ndarray:
    """Binomial counts; over-dispersed ones are beta-binomial with intra-class correlation (φ − 1) ÷ (size − 1)."""
    if overdispersion <= 1:
        return random.binomial(size, share)
    correlation = min((overdispersion - 1) / (size - 1), 0.99)
    strength = (1 - correlation) / correlation
    return random.binomial(size, random.beta(share * strength, (1 - share) * strength))

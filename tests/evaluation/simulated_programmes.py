"""Made-up programmes with a known truth, for trying the outlook: seeded, marked as made up, no real place.

How values move is `mande.sources.simulate.paths`, estimated from published series; here only how they are counted and
what is asked is added.  Each of its trends is tried alone; the harder worlds draw theirs as often as it was seen.
"""

import numpy as np
import pandas as pd
from scipy.special import expit, logit

from mande.sources.simulate.paths import TRENDS, simulate_paths

HARDER = ("level_shift", "over_dispersion", "year_noise", "small_denominators")
"""A jump of one place's counting; counts that cluster; thrice the stray of one year; some sixty persons."""

TRUTHS = (*TRENDS, *HARDER)
FIRST_TARGET_YEARS, LAST_YEAR, YEARS, INDICATORS = (2, 6), 2015, 10, 12
SHIFT_SPREAD, EXTRA_STRAY, CLUSTERING = 0.25, 0.12, 4


def simulate_programmes(n_series, *, seed):
    """Return series of 3 to 10 yearly counts and asks with the value that came out (`outcome`), all made up."""
    rng = np.random.default_rng(seed)
    series, asks = [], []
    for truth in TRUTHS:
        for number in range(INDICATORS):
            made = _simulate_indicator(rng, truth, f"{truth}{number}", n_series // (len(TRUTHS) * INDICATORS))
            series.append(made[0])
            asks.append(made[1])
    series = pd.concat(series, ignore_index=True)
    return series.assign(value=100 * series["numerator"] / series["denominator"]), pd.concat(asks, ignore_index=True)


def _simulate_indicator(rng, truth, indicator, members):
    direction = rng.choice([-1.0, 1.0])
    paths = simulate_paths(
        rng,
        members,
        np.arange(YEARS + max(FIRST_TARGET_YEARS)),
        direction=direction,
        trend=truth if truth in TRENDS else None,
    )
    share = expit(rng.normal(-1.2, 1.0) + paths.value + _harder(rng, truth, paths.value.shape))
    typical = np.log(60) if truth == "small_denominators" else 7.0
    size = np.maximum(8, np.round(np.exp(rng.normal(typical, 0.6, members))))[:, None]
    if truth == "over_dispersion":
        strength = np.maximum(size - 1, 5) / CLUSTERING - 1
        share = rng.beta(np.maximum(share * strength, 1e-3), np.maximum((1 - share) * strength, 1e-3))
    events = rng.binomial(np.broadcast_to(size, share.shape).astype(int), np.clip(share, 0, 1)).astype(float)
    codes = np.array([f"{indicator}|{member}" for member in range(members)])
    return (
        _shown(rng, events, size, codes).assign(indicator=indicator, nation="VN", unit="percent"),
        _asked(rng, events, size, codes, direction * abs(paths.pace)).assign(truth=truth),
    )


def _harder(rng, truth, shape):
    if truth == "level_shift":
        when = rng.integers(3, shape[1], (shape[0], 1))
        return (np.arange(shape[1]) >= when) * rng.normal(0, SHIFT_SPREAD, (shape[0], 1))
    return rng.normal(0, EXTRA_STRAY, shape) if truth == "year_noise" else 0.0


def _shown(rng, events, size, codes):
    """Return 3 to 10 years up to the last, in some series without one in between."""
    parts = []
    for row, code in enumerate(codes):
        years = np.arange(YEARS - rng.integers(3, YEARS + 1), YEARS)
        if len(years) > 4 and rng.random() < 0.3:
            years = np.delete(years, rng.integers(1, len(years) - 1))
        parts.append(
            pd.DataFrame(
                {
                    "series_id": code,
                    "year": LAST_YEAR + years - YEARS + 1.0,
                    "numerator": events[row, years],
                    "denominator": size[row, 0],
                }
            )
        )
    return pd.concat(parts, ignore_index=True)


def _asked(rng, events, size, codes, drift):
    """Return one target per series and target year, from half a step back to twice the programme's drift ahead."""
    last = np.clip(events[:, YEARS - 1] / size[:, 0], 0.003, 0.997)
    parts = []
    for ahead in FIRST_TARGET_YEARS:
        move = rng.uniform(-0.5, 2.0, len(codes)) * drift * ahead
        parts.append(
            pd.DataFrame(
                {
                    "series_id": codes,
                    "target_year": LAST_YEAR + ahead,
                    "operator": "<=" if drift < 0 else ">=",
                    "target_value": np.round(100 * expit(logit(last) + move), 1),
                    "outcome": 100 * events[:, YEARS - 1 + ahead] / size[:, 0],
                }
            )
        )
    return pd.concat(parts, ignore_index=True)

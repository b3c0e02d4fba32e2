"""Made-up programmes with a known truth, for trying the outlook: seeded, marked as made up, no real place."""

import numpy as np
import pandas as pd
from scipy.special import expit, logit

TRUTHS = (
    "linear",
    "changing_slope",
    "plateau",
    "level_shift",
    "over_dispersion",
    "year_noise",
    "small_denominators",
)
FIRST_TARGET_YEARS, LAST_YEAR, YEARS, PROVINCES, INDICATORS = (2, 6), 2015, 10, 8, 4


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
    drift = rng.normal(-0.05, 0.03) if rng.random() < 0.5 else rng.normal(0.06, 0.03)
    time = np.arange(YEARS + max(FIRST_TARGET_YEARS) + 1) - YEARS + 1
    province = rng.integers(0, PROVINCES, members)
    share = expit(_path(rng, truth, drift, province, time) + rng.normal(0, _noise(truth), (members, len(time))))
    typical = np.log(60) if truth == "small_denominators" else 7.0
    size = np.maximum(8, np.round(np.exp(rng.normal(typical, 0.6, members))))[:, None]
    if truth == "over_dispersion":
        correlation = 4 / np.maximum(size - 1, 5)
        shape = 1 / correlation - 1
        share = rng.beta(np.maximum(share * shape, 1e-3), np.maximum((1 - share) * shape, 1e-3))
    events = rng.binomial(np.broadcast_to(size, share.shape).astype(int), np.clip(share, 0, 1)).astype(float)
    codes = np.array([f"{indicator}|{member}" for member in range(members)])
    return (
        _shown(rng, events, size, codes, province).assign(indicator=indicator, nation="VN", unit="percent"),
        _asked(rng, events, size, codes, drift).assign(truth=truth),
    )


def _path(rng, truth, drift, province, time):
    """Return the true logit of each member and year."""
    members = len(province)
    base, provincial = rng.normal(-1.2, 1.0), rng.normal(0, [[0.3], [0.02]], (2, PROVINCES))
    level = (base + provincial[0][province] + rng.normal(0, 0.5, members))[:, None]
    slope = (drift + provincial[1][province] + rng.normal(0, 0.025, members))[:, None]
    turn = rng.integers(-7, 5, members)[:, None]
    if truth == "changing_slope":
        return level + slope * time + np.maximum(time - turn, 0) * rng.normal(0, 0.06, (members, 1))
    if truth == "plateau":
        return level + 1.5 * slope * np.minimum(time, turn)
    if truth == "level_shift":
        return level + slope * time + (time >= turn) * rng.normal(0, 0.25, (members, 1))
    return level + slope * time


def _noise(truth):
    return 0.15 if truth == "year_noise" else 0.03


def _shown(rng, events, size, codes, province):
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
                    "province": str(province[row]),
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

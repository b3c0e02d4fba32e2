"""Measure the outlook: speed, agreement with statsmodels, calibration on made-up programmes with a known truth.

Run `python benchmarks/outlook.py` in the project's folder (about two minutes).  Targets: 42,000 series × 10 years with
everything in under 20 s on two cores; 500 random series within 1e-6 of statsmodels; in every bin of ten with 200 cases
stated and observed within 5 points; 80 % limits holding 75 to 85 % of the values.  The seeds here were not used while
the method was built.
"""

import argparse
import sys
import time
from pathlib import Path

import numpy as np
import pandas as pd
import statsmodels.api as sm
from scipy.special import expit

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

from mande.evaluation.outlook import METHODS, compute_outlook  # noqa: E402
from mande.evaluation.outlook_words import judge_outlook  # noqa: E402
from mande.evaluation.scores import brier_score, calibration_table  # noqa: E402
from mande.evaluation.trend_fits import fit_trends  # noqa: E402
from tests.evaluation.simulated_programmes import simulate_programmes  # noqa: E402

SERIES, YEARS = 42_000, 10


def main() -> None:
    """Print one block per measurement."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--series", type=int, default=21_000, help="made-up series per seed")
    parser.add_argument("--seeds", type=int, nargs="+", default=[421, 422, 423])
    options = parser.parse_args()
    measure_speed()
    compare_with_statsmodels()
    for seed in options.seeds:
        check_calibration(options.series, seed)


def measure_speed() -> None:
    """Time 42,000 series × 10 years with a milestone and an end target each, with counts and without."""
    rng = np.random.default_rng(3)
    size = np.round(np.exp(rng.normal(6, 1, (SERIES, 1)))) + 10
    eta = rng.normal(-1, 1, (SERIES, 1)) + rng.normal(-0.05, 0.05, (SERIES, 1)) * np.arange(YEARS)
    events = rng.binomial(np.repeat(size, YEARS, axis=1).astype(int), expit(eta + rng.normal(0, 0.05, eta.shape)))
    series = pd.DataFrame(
        {
            "series_id": np.repeat(np.arange(SERIES), YEARS),
            "year": np.tile(2015.0 + np.arange(YEARS), SERIES),
            "numerator": events.ravel().astype(float),
            "denominator": np.repeat(size.ravel(), YEARS),
            "indicator": np.repeat(np.arange(SERIES) // 700, YEARS).astype(str),
            "province": np.repeat(rng.integers(0, 34, SERIES), YEARS).astype(str),
            "nation": "VN",
            "unit": "percent",
        }
    )
    series["value"] = 100 * series["numerator"] / series["denominator"]
    ask = {"series_id": np.arange(SERIES), "operator": "<=", "target_value": 20.0}
    asks = pd.concat([pd.DataFrame(ask | {"target_year": year}) for year in (2026, 2030)], ignore_index=True)
    for name, table in (("counts", series), ("values", series.drop(columns=["numerator", "denominator"]))):
        for method in METHODS:
            started = time.perf_counter()
            missing = compute_outlook(table, asks, method=method)["p_met"].isna().sum()
            seconds = time.perf_counter() - started
            print(
                f"{SERIES} series × {YEARS} years of {name}, {len(asks)} asks, {method}: {seconds:.1f} s, {missing} missing"
            )


def compare_with_statsmodels() -> None:
    """Print the largest difference from 500 fits made one by one."""
    rng = np.random.default_rng(4)
    years = np.tile(np.arange(2015.0, 2025), (600, 1))
    size = rng.integers(20, 500, years.shape).astype(float)
    events = rng.binomial(size.astype(int), expit(rng.normal(0, 1.5, (600, 1)) + 0.1 * (years - 2020))).astype(float)
    events[rng.random(years.shape) < 0.2] = np.nan
    fits, worst, compared = fit_trends(years, events, size, family="binomial"), 0.0, 0
    for row in np.flatnonzero(fits.flag == "")[:500]:
        seen = np.isfinite(events[row])
        x = sm.add_constant(years[row, seen] - fits.centre_year[row])
        y, n = events[row, seen], size[row, seen]
        one = sm.GLM(np.column_stack([y, n - y]), x, family=sm.families.Binomial()).fit(tol=1e-12)
        variance = one.cov_params()[1, 1] - fits.slope_variance[row]
        phi = max(1.0, one.pearson_chi2 / one.df_resid) - fits.dispersion[row]
        gaps = [*(one.params - [fits.level[row], fits.slope[row]]), variance, phi]
        worst, compared = max(worst, float(np.abs(gaps).max())), compared + 1
    print(f"largest difference from statsmodels in {compared} series: {worst:.1e}")


def check_calibration(n_series: int, seed: int) -> None:
    """Print stated and observed frequencies, coverage by truth, and how often each verdict came true."""
    series, asks = simulate_programmes(n_series, seed=seed)
    falls = asks["operator"] == "<="
    is_met = pd.Series(
        np.where(falls, asks["outcome"] <= asks["target_value"], asks["outcome"] >= asks["target_value"])
    )
    for method in METHODS:
        answer = compute_outlook(series, asks, method=method)
        inside = asks["outcome"].between(answer["lower"] - 1e-9, answer["upper"] + 1e-9)
        score = brier_score(answer["p_met"], is_met)
        print(f"\nseed {seed}, {method}: Brier {score:.4f}, 80 % limits hold {100 * inside.mean():.1f} %")
        if method != METHODS[0]:
            continue
        print(calibration_table(answer["p_met"], is_met).round(3).to_string(index=False))
        by = {name: (100 * inside.groupby(asks["truth"]).mean()).round(1) for name in ("coverage %",)}
        print(pd.DataFrame(by).T.to_string())
        verdict = judge_outlook(answer["p_met"], answer["lower"], answer["upper"], target_value=asks["target_value"])
        found = is_met.groupby([verdict["verdict"], verdict["reason"]]).agg(["size", "mean"])
        print(found.rename(columns={"size": "n", "mean": "later met"}).round(3).to_string())


if __name__ == "__main__":
    main()

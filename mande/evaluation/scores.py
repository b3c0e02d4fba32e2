"""How good were the probabilities, the intervals and the values foretold?

Sources: Brier 1950, Monthly Weather Review 78:1–3; Murphy and Winkler 1977, Applied Statistics 26:41–47 (calibration
tables); Gneiting and Raftery 2007, J. Am. Stat. Assoc. 102:359–378 (proper scores).
"""

import numpy as np
import pandas as pd

BINS = 10


def brier_score(stated: pd.Series, happened: pd.Series) -> float:
    """Return the mean squared distance between stated probability and what happened (1 or 0); smaller is better.

    Missing values: pairs with a missing probability are left out; NaN if none is left.

    >>> brier_score(pd.Series([0.7, 0.7, 0.7]), pd.Series([True, True, False])).round(4)
    np.float64(0.2233)
    """
    return ((stated - happened.astype(float)) ** 2).mean()


def calibration_table(stated: pd.Series, happened: pd.Series) -> pd.DataFrame:
    """Return stated probability and observed frequency in ten bins.

    One row per: bin (0–0,1, 0,1–0,2, …; the last holds 1), bins without a case left out.
    Adds: `bin_from`, `bin_to`, `n`, `stated` (mean probability), `observed` (share that happened), `gap` (observed −
    stated, in percentage points).
    Missing values: a missing probability is left out.

    >>> calibration_table(pd.Series([0.72, 0.78, 0.75, 0.75]), pd.Series([True, True, True, False]))["gap"].round(1).tolist()
    [0.0]
    """
    table = pd.DataFrame({"stated": stated.to_numpy(float), "happened": happened.to_numpy(float)}).dropna()
    # Binary fractions: 0.3 × 10 may fall short of 3.
    table["bin"] = np.minimum(np.floor(table["stated"] * BINS + 1e-9), BINS - 1)
    found = table.groupby("bin").agg(n=("stated", "size"), stated=("stated", "mean"), observed=("happened", "mean"))
    found = found.reset_index()
    return pd.DataFrame(
        {
            "bin_from": found["bin"] / BINS,
            "bin_to": (found["bin"] + 1) / BINS,
            "n": found["n"],
            "stated": found["stated"],
            "observed": found["observed"],
            "gap": 100 * (found["observed"] - found["stated"]),
        }
    )


def score_forecasts(forecasts: pd.DataFrame) -> pd.DataFrame:
    """Return the scores of each method, for each indicator and over all.

    One row per: method × indicator, and method × `_T`.
    Needs: `method`, `indicator`, `series_id`, `year`, `value`, `predicted`, `lower`, `upper`, `p_met`, `is_met`.
    Adds: `n_series`, `n_values` (hidden values), `n_asks`, `brier`, `coverage` (share of hidden values inside the limits),
    `mean_error` and `mean_absolute_error` (foretold − seen: in the indicator's unit; over all in percent of the seen).
    Missing values: scores that a method does not give (limits of a naive rule) are missing.
    """
    parts = [_score(forecasts, ["method", "indicator"])]
    relative = 100 / forecasts["value"].where(forecasts["value"] > 0)
    overall = forecasts.assign(
        indicator="_T", predicted=forecasts["predicted"] * relative, error_base=forecasts["value"] * relative
    )
    parts.append(_score(overall, ["method", "indicator"]))
    return pd.concat(parts, ignore_index=True)


def _score(forecasts: pd.DataFrame, by: list[str]) -> pd.DataFrame:
    table = forecasts.assign(
        squared=(forecasts["p_met"] - forecasts["is_met"].astype(float)) ** 2,
        inside=((forecasts["lower"] <= forecasts["value"]) & (forecasts["value"] <= forecasts["upper"]))
        .astype(float)
        .where(forecasts["lower"].notna()),
        error=forecasts["predicted"] - forecasts.get("error_base", forecasts["value"]),
    )
    values = table.drop_duplicates(["method", "series_id", "year"])
    values = values.assign(size=values["error"].abs())
    found = values.groupby(by, sort=False).agg(
        n_series=("series_id", "nunique"),
        n_values=("value", "size"),
        coverage=("inside", "mean"),
        mean_error=("error", "mean"),
        mean_absolute_error=("size", "mean"),
    )
    asked = table.groupby(by, sort=False).agg(n_asks=("squared", "size"), brier=("squared", "mean"))
    order = ["n_series", "n_values", "n_asks", "brier", "coverage", "mean_error", "mean_absolute_error"]
    return found.join(asked, validate="one_to_one")[order].reset_index()

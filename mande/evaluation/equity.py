"""Who is left behind: gaps between population groups, with one sign convention.

Every measure here is larger where the gap is wider, whether more or less of the indicator is better: a positive
difference, a ratio above 1 and a positive index say that the disadvantaged group is worse off.
"""

import warnings

import numpy as np
import pandas as pd

from mande.errors import EstimationError, Problem

CONFIDENCE = 0.95


def compute_gaps(values: pd.DataFrame, *, reference: str, by: list[str]) -> pd.DataFrame:
    """Compare each group with the reference group (boys with girls, rural with urban, poor with rich districts).

    One row per: the columns `by` × group other than the reference.
    Needs: `by`, `group`, `value`, `lower`, `upper` (95 % limits; may be missing), `ascending` (higher is better).
    Adds: `reference_value`, `difference` (in the unit of the value; positive: the group is worse off), its limits
    `difference_lower`, `difference_upper`, `ratio` (above 1: worse off), `is_different` (the limits exclude 0; missing
    without limits).
    Missing values: where one of the two values is missing, all measures are; the ratio is missing beside a zero.
    Raises: EstimationError if a group stands twice or the reference is nowhere.
    Source: WHO 2013, Handbook on health inequality monitoring, section 3.2; limits of a difference of two independent
    values from their own limits: Newcombe 1998, Stat Med 17:873–890, method 10 (square-and-add).
    """
    _require_once(values, [*by, "group"])
    is_reference = values["group"] == reference
    if not is_reference.any():
        known = ", ".join(sorted(values["group"].unique())[:10])
        raise EstimationError(Problem("reference", f'no group "{reference}"', f"choose one of: {known}"))
    base = values[is_reference][[*by, "value", "lower", "upper"]]
    base = base.rename(columns={name: f"reference_{name}" for name in ("value", "lower", "upper")})
    rows = values[~is_reference].merge(base, on=by, how="left", validate="many_to_one")
    sign = np.where(rows["ascending"], -1.0, 1.0)
    plain = rows["value"] - rows["reference_value"]
    low = plain - np.hypot(rows["value"] - rows["lower"], rows["reference_upper"] - rows["reference_value"])
    high = plain + np.hypot(rows["upper"] - rows["value"], rows["reference_value"] - rows["reference_lower"])
    ratio = np.where(
        rows["ascending"], rows["reference_value"] / rows["value"], rows["value"] / rows["reference_value"]
    )
    gaps = rows.assign(
        difference=sign * plain,
        difference_lower=np.where(sign > 0, low, -high),
        difference_upper=np.where(sign > 0, high, -low),
        ratio=np.where((rows["value"] > 0) & (rows["reference_value"] > 0), ratio, np.nan),
    )
    excludes = (gaps["difference_lower"] > 0) | (gaps["difference_upper"] < 0)
    is_known = gaps["difference_lower"].notna() & gaps["difference_upper"].notna()
    gaps["is_different"] = excludes.astype("boolean").where(is_known)
    return gaps.drop(columns=["reference_lower", "reference_upper"])


def ridits(size: pd.Series) -> pd.Series:
    """Return each group's place in the ranking: share of the population below it plus half its own.

    Needs: population of the groups, in order from the most to the least disadvantaged.
    Source: Bross 1958, Biometrics 14:18–38.

    >>> ridits(pd.Series([20.0, 30.0, 50.0])).tolist()
    [0.1, 0.35, 0.75]
    """
    share = size / size.sum()
    return share.cumsum() - share / 2


def slope_index(groups: pd.DataFrame) -> pd.Series:
    """Return slope and relative index of inequality over ranked groups (such as districts by poverty).

    Needs: one row per group from the most to the least disadvantaged with `numerator`, `denominator` (counts) and one
    `ascending` for all; at least three groups.
    Adds: `slope_index` (share of the denominator; positive: the disadvantaged end is worse off), `slope_lower`,
    `slope_upper`, `relative_index` (above 1: worse off), `relative_lower`, `relative_upper`, `groups`.
    The limits use a quasi-binomial spread (φ ≥ 1) and the delta method.
    Missing values: groups without counts are left out; with fewer than three left all is missing.
    Raises: EstimationError for a numerator outside 0…denominator.
    Source: WHO 2013, Handbook on health inequality monitoring, pp. 48–52 (logistic model on the ridit score, difference
    and ratio of the predictions at both ends); Mackenbach and Kunst 1997, Soc Sci Med 44:757–771.
    """
    known = groups.dropna(subset=["numerator", "denominator"])
    if ((known["numerator"] < 0) | (known["numerator"] > known["denominator"])).any():
        raise EstimationError(Problem("the groups", "a numerator outside 0 to denominator", "correct the counts"))
    names = ["slope_index", "slope_lower", "slope_upper", "relative_index", "relative_lower", "relative_upper"]
    if len(known) < 3 or not 0 < known["numerator"].sum() < known["denominator"].sum():
        return pd.Series({name: np.nan for name in names} | {"groups": len(known)})
    ends, covariance = _fit_ends(known)
    sign = -1.0 if bool(known["ascending"].iloc[0]) else 1.0
    poorest, richest = ends
    difference = sign * (poorest - richest)
    gradient = np.array([poorest * (1 - poorest), -richest * (1 - richest)])
    half = _quantile() * np.sqrt(gradient @ covariance @ gradient)
    log_ratio = sign * np.log(poorest / richest)
    gradient = np.array([1 - poorest, -(1 - richest)])
    wide = _quantile() * np.sqrt(gradient @ covariance @ gradient)
    found = [difference, difference - half, difference + half, *np.exp([log_ratio, log_ratio - wide, log_ratio + wide])]
    return pd.Series(dict(zip(names, found, strict=True)) | {"groups": len(known)})


def _fit_ends(groups: pd.DataFrame) -> tuple[np.ndarray, np.ndarray]:
    """Return the predicted shares at the poorest and richest end and the covariance of their logits."""
    import statsmodels.api as sm
    from statsmodels.tools.sm_exceptions import PerfectSeparationWarning

    # Few groups can lie exactly on the line, which statsmodels warns of; the shares are inside 0 and 1 all the same.
    rank = ridits(groups["denominator"]).to_numpy()
    counts = np.column_stack([groups["numerator"], groups["denominator"] - groups["numerator"]])
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", PerfectSeparationWarning)
        fit = sm.GLM(counts, np.column_stack([np.ones_like(rank), rank]), family=sm.families.Binomial()).fit()
    spread = max(1.0, fit.pearson_chi2 / (len(groups) - 2))
    ends = np.array([[1.0, 0.0], [1.0, 1.0]])
    return 1 / (1 + np.exp(-ends @ fit.params)), ends @ (fit.cov_params() * spread) @ ends.T


def concentration_index(groups: pd.DataFrame) -> pd.Series:
    """Return absolute and relative concentration index over ranked groups.

    Needs: one row per group from the most to the least disadvantaged with `value`, `size` (population) and one
    `ascending` for all.
    Adds: `absolute_index` (unit of the value), `relative_index` (−1 to 1); positive: the burden lies with the
    disadvantaged, or the benefit with the advantaged.
    Missing values: groups without value are left out; missing with fewer than two groups.
    Source: Wagstaff, Paci and van Doorslaer 1991, Soc Sci Med 33:545–557; grouped data: Kakwani, Wagstaff and van
    Doorslaer 1997, J Econometrics 77:87–103, equation 4 (2Σ s·y·(r − ½)).
    """
    known = groups.dropna(subset=["value", "size"])
    if len(known) < 2:
        return pd.Series({"absolute_index": np.nan, "relative_index": np.nan, "groups": len(known)})
    share = known["size"] / known["size"].sum()
    mean = (share * known["value"]).sum()
    sign = 1.0 if bool(known["ascending"].iloc[0]) else -1.0
    absolute = sign * 2 * (share * known["value"] * (ridits(known["size"]) - 0.5)).sum()
    relative = absolute / mean if mean else np.nan
    return pd.Series({"absolute_index": absolute, "relative_index": relative, "groups": len(known)})


def trends_of_gaps(gaps: pd.DataFrame, *, by: list[str]) -> pd.DataFrame:
    """Say of each series of gaps whether the gap widens or narrows over the years.

    One row per: the columns `by`.
    Needs: `by`, `year`, `value` (the gap of that year, larger = wider).
    Adds: `change_per_year` (unit of the gap), `change_lower`, `change_upper` (95 %, Student's t), `trend`: widening,
    narrowing, no_clear_change, or not_estimable below three years; `n_years`.
    Missing values: years without a gap are left out; a series without any has no row.
    Source: ordinary least squares; Draper and Smith 1998, Applied regression analysis, section 1.4.
    """
    from scipy.stats import t

    rows = gaps.dropna(subset=["year", "value"])
    series = [rows[name] for name in by]
    # Counted from each series' first value, so that a gap that never changes has no change at all.
    y = rows["value"] - rows.groupby(by, sort=False)["value"].transform("first")
    x = rows["year"] - rows.groupby(by, sort=False)["year"].transform("mean")
    y = y - y.groupby(series, sort=False).transform("mean")
    sums = pd.DataFrame({"xx": x * x, "xy": x * y}).groupby(series, sort=False).transform("sum")
    slope = sums["xy"] / sums["xx"].where(sums["xx"] > 0)
    parts = rows[by].assign(slope=slope, xx=sums["xx"], left=(y - slope * x) ** 2, year=rows["year"])
    found = parts.groupby(by, sort=False).agg(
        slope=("slope", "first"),
        xx=("xx", "first"),
        left=("left", "sum"),
        n_years=("year", "size"),
        years=("year", "nunique"),
    )
    free = (found["n_years"] - 2).where(found["years"] >= 3)
    half = t.isf((1 - CONFIDENCE) / 2, free) * np.sqrt(found["left"] / free / found["xx"])
    slope = found["slope"].where(found["years"] >= 3)
    low, high = slope - half, slope + half
    words = np.select(
        [free.isna(), low > 0, high < 0], ["not_estimable", "widening", "narrowing"], default="no_clear_change"
    )
    limits = {"change_per_year": slope, "change_lower": low, "change_upper": high, "trend": words}
    return found.assign(**limits)[[*limits, "n_years"]].reset_index()


def _quantile() -> float:
    from scipy.stats import norm

    return float(norm.isf((1 - CONFIDENCE) / 2))


def _require_once(values: pd.DataFrame, key: list[str]) -> None:
    twice = values.loc[values.duplicated(key), key].drop_duplicates()
    if len(twice):
        raise EstimationError(
            Problem(" · ".join(map(str, row)), "stands twice", "keep one value of each group")
            for row in twice.itertuples(index=False, name=None)
        )

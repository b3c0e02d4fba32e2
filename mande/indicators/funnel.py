"""Funnel plots: which places differ from the reference by more than chance, given how small they are.

Inside the limits places are not told apart, and are not ranked.
"""

import numpy as np
import pandas as pd

from mande.errors import EstimationError, Problem
from mande.indicators.columns import Numbers, as_table, groups_of_rows, refuse

INNER = 0.95
OUTER = 0.998
"""Two-sided: 2.5 % and 0.1 % of places lie above each upper limit by chance (Spiegelhalter 2005, p. 1186)."""

WINSORISED = 0.1
"""Share of the z-scores at each end that is pulled in before the over-dispersion is estimated (Spiegelhalter 2012, p. 12)."""

POSITIONS = ("far_below", "below", "inside", "above", "far_above")


def funnel_of_proportions(
    numerator: Numbers,
    denominator: Numbers,
    *,
    groups: pd.Series | list | None = None,
    reference: float | None = None,
    adjust: bool = True,
) -> pd.DataFrame:
    """Place each share inside or outside the funnel around the reference.

    One row per: row of the inputs (place).
    Needs: counts, 0 ≤ numerator ≤ denominator > 0; `groups` names the funnel of each place (none: one for all);
    `reference` as a share (default Σ numerator ÷ Σ denominator of the funnel).
    Adds: `value`, `reference`, `lower_95`, `upper_95`, `lower_998`, `upper_998` (shares, within 0 and 1), `z`, `phi`
    (over-dispersion), `tau` (spread between places beyond chance), `position` (see `POSITIONS`), `limits_method`.
    With `adjust` the limits are widened by the spread that the places have beyond chance, where there is any.
    Missing values: a place without counts has no position (empty text).
    Raises: EstimationError naming every impossible row.
    Source: Spiegelhalter 2005, Stat Med 24:1185–1202, sections 2–4; the limits are those values whose Wilson interval
    at this size just touches the reference: m ± z·√(m(1 − m)/n).
    """
    table = as_table(numerator=numerator, denominator=denominator)
    checks = [
        (lambda t: t["numerator"] < 0, "numerator {numerator:g} is below 0", "correct the count"),
        (lambda t: t["denominator"] <= 0, "denominator {denominator:g} is not above 0", "leave the row out, or NaN"),
        (lambda t: t["numerator"] > t["denominator"], "numerator {numerator:g} exceeds {denominator:g}", "correct it"),
    ]
    refuse(table, checks)
    known = table.notna().all(axis=1)
    names = groups_of_rows(table, groups)
    mean = _reference(table["numerator"].where(known), table["denominator"].where(known), names, reference)
    _require_inside(mean)
    value = table["numerator"] / table["denominator"]
    error = np.sqrt(mean * (1 - mean) / table["denominator"].where(known))
    settled = _settle(_funnels(value, error, mean, names), limits=_normal_limits(mean, error), adjust=adjust)
    return settled.assign(**{name: settled[name].clip(0, 1) for name in _LIMITS})


def funnel_of_rates(
    events: Numbers,
    population: Numbers,
    *,
    groups: pd.Series | list | None = None,
    reference: float | None = None,
    adjust: bool = True,
    multiplier: float = 100_000,
) -> pd.DataFrame:
    """Place each rate inside or outside the funnel around the reference.

    One row per: row of the inputs (place).
    Needs: events ≥ 0, population > 0; `groups` names the funnel of each place (none: one for all); `reference` per
    `multiplier` (default Σ events ÷ Σ population of the funnel).
    Adds: the columns of `funnel_of_proportions`, rates per `multiplier`. Limits are exact Poisson: the counts whose
    exact interval just touches the expected count; with spread beyond chance they are m ± z·√(s² + τ²), not below 0.
    Missing values: a place without events or population has no position (empty text).
    Raises: EstimationError naming every impossible row.
    Source: Spiegelhalter 2005, Stat Med 24:1185–1202; exact limits: Garwood 1936, Biometrika 28:437–442, inverted as in
    OHID, PHEindicatormethods 2.1.0, `calculate_funnel_limits`.
    """
    table = as_table(events=events, population=population)
    checks = [
        (lambda t: t["events"] < 0, "events {events:g} is below 0", "correct the count"),
        (lambda t: t["population"] <= 0, "population {population:g} is not above 0", "leave the row out, or NaN"),
    ]
    refuse(table, checks)
    known = table.notna().all(axis=1)
    names = groups_of_rows(table, groups)
    given = None if reference is None else reference / multiplier
    mean = _reference(table["events"].where(known), table["population"].where(known), names, given)
    if not (mean > 0).all():
        raise EstimationError(_wrong_means(mean, ~(mean > 0), "give a reference above 0: no event was seen at all"))
    at_risk = table["population"].where(known)
    value, error = table["events"] / at_risk, np.sqrt(mean / at_risk)
    limits = _poisson_limits(mean * at_risk, at_risk)
    settled = _settle(_funnels(value, error, mean, names), limits=limits, adjust=adjust)
    scaled = {name: settled[name].clip(lower=0) * multiplier for name in _LIMITS}
    scaled |= {name: settled[name] * multiplier for name in ("value", "reference", "tau")}
    return settled.assign(**scaled)


_LIMITS = ("lower_998", "lower_95", "upper_95", "upper_998")
_COLUMNS = ["value", "reference", *_LIMITS, "z", "phi", "tau", "position", "limits_method"]


def _reference(events: pd.Series, size: pd.Series, names: np.ndarray, given: float | None) -> pd.Series:
    """Return the reference of each row's funnel."""
    if given is not None:
        return pd.Series(float(given), index=size.index)
    total = size.groupby(names).transform("sum")
    return events.groupby(names).transform("sum") / total.where(total > 0)


def _require_inside(mean: pd.Series) -> None:
    is_wrong = ~((mean > 0) & (mean < 1))
    if is_wrong.any():
        raise EstimationError(_wrong_means(mean, is_wrong, "give a reference between 0 and 1: all places agree"))


def _wrong_means(mean: pd.Series, is_wrong: pd.Series, todo: str) -> list[Problem]:
    return [Problem("reference", f"{found:g}", todo) for found in mean[is_wrong].drop_duplicates()]


def _quantile(confidence: float) -> float:
    from scipy.stats import norm

    return float(norm.isf((1 - confidence) / 2))


def _normal_limits(mean: pd.Series, error: pd.Series) -> dict[str, pd.Series]:
    inner, outer = _quantile(INNER) * error, _quantile(OUTER) * error
    return {
        "lower_998": mean - outer,
        "lower_95": mean - inner,
        "upper_95": mean + inner,
        "upper_998": mean + outer,
    }


def _poisson_limits(expected: pd.Series, size: pd.Series) -> dict[str, pd.Series]:
    """Return as rates the counts O with P(X ≤ O) = α/2 below and P(X ≥ O) = α/2 above, X Poisson with that mean."""
    from scipy.special import pdtrik

    limits = {}
    for name, confidence in (("998", OUTER), ("95", INNER)):
        tail = (1 - confidence) / 2
        below = np.nan_to_num(pdtrik(tail, expected.to_numpy()), nan=0.0)
        limits[f"lower_{name}"] = pd.Series(below, index=size.index).where(size.notna()) / size
        limits[f"upper_{name}"] = (pdtrik(1 - tail, expected) + 1) / size
    return limits


def _funnels(value: pd.Series, error: pd.Series, mean: pd.Series, names: np.ndarray) -> pd.DataFrame:
    """Return value, reference, error, z, φ and τ of each row."""
    z = (value - mean) / error
    spread = estimate_overdispersion(z, error, groups=names)
    return pd.DataFrame({"value": value, "reference": mean, "error": error, "z": z}).join(spread)


def _settle(table: pd.DataFrame, *, limits: dict[str, pd.Series], adjust: bool) -> pd.DataFrame:
    """Widen the limits by the spread beyond chance and say where each place lies."""
    is_widened = adjust & (table["tau"] > 0)
    wide = _normal_limits(table["reference"], np.sqrt(table["error"] ** 2 + table["tau"] ** 2))
    table = table.assign(**{name: limits[name].mask(is_widened, wide[name]) for name in limits})
    value = table["value"]
    conditions = [
        value < table["lower_998"],
        value < table["lower_95"],
        value > table["upper_998"],
        value > table["upper_95"],
        value.notna(),
    ]
    names = ["far_below", "below", "far_above", "above", "inside"]
    return table.assign(
        position=np.select(conditions, names, default=""),
        limits_method=np.where(is_widened, "widened for over-dispersion", "exact or score limits"),
    )[_COLUMNS]


def estimate_overdispersion(
    z: pd.Series, error: pd.Series, *, groups: pd.Series | np.ndarray | None = None
) -> pd.DataFrame:
    """Return φ (mean squared winsorised z) and τ (standard deviation between places beyond chance; 0 where none).

    One row per: row of the inputs (place); places of one group share φ and τ.
    Needs: z-scores and their standard errors, one per place; `groups` names the funnel of each (none: one for all).
    Missing values: a place without z or error takes no part; with fewer than two places φ is missing and τ is 0.
    Source: Spiegelhalter and others 2012, J R Stat Soc A 175:1–47, appendix A: τ² = (kφ − (k − 1)) / (Σw − Σw²/Σw),
    w = 1/s²; none where φ ≤ (k − 1)/k.
    """
    known = z.notna() & error.notna()
    names = np.full(len(z), "all", dtype=object) if groups is None else np.asarray(groups)
    scores, weight = z.where(known), (1 / error**2).where(known)
    by = scores.groupby(names)
    low, high = (by.transform("quantile", share) for share in (WINSORISED, 1 - WINSORISED))
    phi = (scores.clip(low, high) ** 2).groupby(names).transform("mean")
    places, total = by.transform("count"), weight.groupby(names).transform("sum")
    room = total - (weight**2).groupby(names).transform("sum") / total
    between = (places * phi - (places - 1)) / room
    is_enough = places >= 2
    return pd.DataFrame(
        {"phi": phi.where(is_enough), "tau": np.sqrt(between.clip(lower=0)).where(is_enough, 0.0)}, index=z.index
    )

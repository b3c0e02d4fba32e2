"""Funnel plots: which places differ from the reference by more than chance, given how small they are.

Inside the limits places are not told apart, and are not ranked.
"""

import numpy as np
import pandas as pd

from mande.errors import EstimationError, Problem
from mande.indicators.columns import Numbers, as_table, refuse

INNER = 0.95
OUTER = 0.998
"""Two-sided: 2.5 % and 0.1 % of places lie above each upper limit by chance (Spiegelhalter 2005, p. 1186)."""

WINSORISED = 0.1
"""Share of the z-scores at each end that is pulled in before the over-dispersion is estimated (Spiegelhalter 2012, p. 12)."""

POSITIONS = ("far_below", "below", "inside", "above", "far_above")


def funnel_of_proportions(
    numerator: Numbers, denominator: Numbers, *, reference: float | None = None, adjust: bool = True
) -> pd.DataFrame:
    """Place each share inside or outside the funnel around the reference.

    One row per: row of the inputs (place).
    Needs: counts, 0 ≤ numerator ≤ denominator > 0; `reference` as a share (default Σ numerator ÷ Σ denominator).
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
    mean = _reference(table["numerator"][known].sum(), table["denominator"][known].sum(), reference)
    _require_inside(mean)
    value = table["numerator"] / table["denominator"]
    error = np.sqrt(mean * (1 - mean) / table["denominator"].where(known))
    return _settle(value, error, mean, limits=_normal_limits(mean, error), adjust=adjust).assign(
        **{name: (lambda t, n=name: t[n].clip(0, 1)) for name in _LIMITS}
    )


def funnel_of_rates(
    events: Numbers,
    population: Numbers,
    *,
    reference: float | None = None,
    adjust: bool = True,
    multiplier: float = 100_000,
) -> pd.DataFrame:
    """Place each rate inside or outside the funnel around the reference.

    One row per: row of the inputs (place).
    Needs: events ≥ 0, population > 0; `reference` per `multiplier` (default Σ events ÷ Σ population).
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
    given = None if reference is None else reference / multiplier
    mean = _reference(table["events"][known].sum(), table["population"][known].sum(), given)
    if not mean > 0:
        raise EstimationError(Problem("reference", f"{mean:g}", "give a reference above 0: no event was seen at all"))
    at_risk = table["population"].where(known)
    value, error = table["events"] / at_risk, np.sqrt(mean / at_risk)
    limits = _poisson_limits(mean * at_risk, at_risk)
    settled = _settle(value, error, mean, limits=limits, adjust=adjust)
    scaled = {name: settled[name].clip(lower=0) * multiplier for name in _LIMITS}
    scaled |= {name: settled[name] * multiplier for name in ("value", "reference", "tau")}
    return settled.assign(**scaled)


_LIMITS = ("lower_998", "lower_95", "upper_95", "upper_998")


def _reference(events: float, size: float, given: float | None) -> float:
    if given is not None:
        return float(given)
    return events / size if size > 0 else np.nan


def _require_inside(mean: float) -> None:
    if not 0 < mean < 1:
        raise EstimationError(Problem("reference", f"{mean:g}", "give a reference between 0 and 1: all places agree"))


def _quantile(confidence: float) -> float:
    from scipy.stats import norm

    return float(norm.isf((1 - confidence) / 2))


def _normal_limits(mean: float, error: pd.Series) -> dict[str, pd.Series]:
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


def _settle(
    value: pd.Series, error: pd.Series, mean: float, *, limits: dict[str, pd.Series], adjust: bool
) -> pd.DataFrame:
    """Widen the limits by the spread beyond chance and say where each place lies."""
    z = (value - mean) / error
    phi, tau = estimate_overdispersion(z, error)
    method = "exact or score limits"
    if adjust and tau > 0:
        limits, method = _normal_limits(mean, np.sqrt(error**2 + tau**2)), "widened for over-dispersion"
    table = pd.DataFrame({"value": value, "reference": mean, **limits, "z": z, "phi": phi, "tau": tau})
    conditions = [
        value < table["lower_998"],
        value < table["lower_95"],
        value > table["upper_998"],
        value > table["upper_95"],
        value.notna(),
    ]
    names = ["far_below", "below", "far_above", "above", "inside"]
    return table.assign(position=np.select(conditions, names, default=""), limits_method=method)


def estimate_overdispersion(z: pd.Series, error: pd.Series) -> tuple[float, float]:
    """Return φ (mean squared winsorised z) and τ (standard deviation between places beyond chance; 0 where none).

    Needs: z-scores and their standard errors, one per place.
    Source: Spiegelhalter and others 2012, J R Stat Soc A 175:1–47, appendix A: τ² = (kφ − (k − 1)) / (Σw − Σw²/Σw),
    w = 1/s²; none where φ ≤ (k − 1)/k.
    """
    known = z.notna() & error.notna()
    scores, weight = z[known].to_numpy(), 1 / error[known].to_numpy() ** 2
    places = len(scores)
    if places < 2:
        return np.nan, 0.0
    low, high = np.quantile(scores, [WINSORISED, 1 - WINSORISED])
    phi = float((np.clip(scores, low, high) ** 2).mean())
    between = (places * phi - (places - 1)) / (weight.sum() - (weight**2).sum() / weight.sum())
    return phi, float(np.sqrt(max(between, 0.0)))

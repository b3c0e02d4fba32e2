"""Small areas: the raw value, its interval and the value drawn towards its province, side by side.

A shrunken value says what is likely behind a small count. It never says whether a target was met: only the raw value
does, because shrinking moves every place towards its neighbours.
"""

import numpy as np
import pandas as pd

from mande.indicators.columns import Numbers, groups_of_rows
from mande.indicators.methods import proportion, rate

ALL_ALIKE = "no more spread than chance alone: every place is drawn to the mean of its group"
SPREAD = "empirical Bayes, moments"
ALONE = "one place in its group: not drawn anywhere"


def shrink_proportions(
    numerator: Numbers,
    denominator: Numbers,
    *,
    groups: pd.Series | list | None = None,
    confidence: float = 0.95,
    multiplier: float = 1,
) -> pd.DataFrame:
    """Return each place's share, its Wilson interval, and the share drawn towards its group (beta-binomial).

    One row per: row of the inputs (place).
    Needs: counts, 0 ≤ numerator ≤ denominator > 0; `groups` names the province of each place (none: one group).
    Adds to the columns of `proportion`: `shrunken` (in `multiplier`), `weight` (share of the raw value in it, 0 to 1),
    `group_value` (Σ numerator ÷ Σ denominator), `shrink_method`.
    Missing values: a place without numerator or denominator takes no part and has no shrunken value.
    Raises: EstimationError naming every impossible row.
    Use when: small places are shown beside each other and chance must not be read as merit.
    Do not use when: counting who met a target; places of a group differ for a known reason.
    Source: Kleinman 1973, J Am Stat Assoc 68:46–54 (moments of the beta-binomial).

    >>> shrink_proportions([0, 30, 5], [10, 100, 10])[["value", "shrunken"]].round(3)
       value  shrunken
    0    0.0     0.118
    1    0.3     0.299
    2    0.5     0.416
    """
    raw = proportion(numerator, denominator, confidence=confidence, multiplier=multiplier)
    share = raw["value"] / multiplier
    asked = pd.Series(np.broadcast_to(np.asarray(denominator, dtype=float), len(raw)), index=raw.index)
    parts = pd.DataFrame({"share": share, "size": asked.where(share.notna()), "group": groups_of_rows(raw, groups)})
    return _join_shrunken(raw, parts, _beta_prior, multiplier)


def shrink_rates(
    events: Numbers,
    population: Numbers,
    *,
    groups: pd.Series | list | None = None,
    confidence: float = 0.95,
    multiplier: float = 100_000,
) -> pd.DataFrame:
    """Return each place's rate, its interval, and the rate drawn towards its group (Poisson-gamma).

    One row per: row of the inputs (place).
    Needs: events ≥ 0, population > 0; `groups` names the province of each place (none: one group).
    Adds to the columns of `rate`: `shrunken` (per `multiplier`), `weight`, `group_value`, `shrink_method`.
    Missing values: a place without events or population takes no part and has no shrunken value.
    Raises: EstimationError naming every impossible row.
    Use when: small places are shown beside each other and chance must not be read as merit.
    Do not use when: counting who met a target.
    Source: Marshall 1991, Appl Stat 40:283–294 (global estimator: m = Σe/Σn, s² = Σn(r − m)²/Σn − m/mean(n)); the same
    mean as the Poisson-gamma posterior (e + α)/(n + β) with β = m/s², α = mβ: Clayton and Kaldor 1987, Biometrics
    43:671–681.
    """
    raw = rate(events, population, confidence=confidence, multiplier=multiplier)
    share = raw["value"] / multiplier
    at_risk = pd.Series(np.broadcast_to(np.asarray(population, dtype=float), len(raw)), index=raw.index)
    parts = pd.DataFrame({"share": share, "size": at_risk.where(share.notna()), "group": groups_of_rows(raw, groups)})
    return _join_shrunken(raw, parts, _gamma_prior, multiplier)


def _join_shrunken(raw: pd.DataFrame, parts: pd.DataFrame, find_prior, multiplier: float) -> pd.DataFrame:
    """Draw each raw value towards its group with the weight n / (n + prior size)."""
    moments = _moments(parts)
    prior = find_prior(moments)
    size, share, mean = parts["size"], parts["share"], moments["mean"]
    is_alone, is_spread = moments["places"] < 2, np.isfinite(prior)
    weight = (size / (size + prior)).where(is_spread, size * 0.0).mask(is_alone & share.notna(), 1.0)
    return raw.assign(
        shrunken=(weight * share + (1 - weight) * mean) * multiplier,
        weight=weight,
        group_value=mean * multiplier,
        shrink_method=np.select([is_alone, is_spread], [ALONE, SPREAD], default=ALL_ALIKE),
    )


def _moments(parts: pd.DataFrame) -> pd.DataFrame:
    """Return of each row's group: Σn, the number of places, Σn², the weighted mean and Σn(share − mean)²."""
    size, share = parts["size"], parts["share"]

    def add_up(values: pd.Series) -> pd.Series:
        return values.groupby(parts["group"], sort=False).transform("sum")

    total = add_up(size)
    mean = add_up(share * size) / total.where(total > 0)
    places, squares = add_up(share.notna().astype(float)), add_up(size**2)
    spread = add_up(size * (share - mean) ** 2)
    return pd.DataFrame({"total": total, "places": places, "squares": squares, "mean": mean, "spread": spread})


def _gamma_prior(of: pd.DataFrame) -> pd.Series:
    """Return the size of the gamma prior, m/s²; infinite where the places differ no more than by chance."""
    between = of["spread"] / of["total"] - of["mean"] / (of["total"] / of["places"])
    return (of["mean"] / between.where(between > 0)).fillna(np.inf)


def _beta_prior(of: pd.DataFrame) -> pd.Series:
    """Return the size a + b of the beta prior by moments with weights n (Kleinman 1973); infinite as above."""
    chance = of["mean"] * (1 - of["mean"])
    room = of["total"] - of["squares"] / of["total"] - (of["places"] - 1)
    is_open = (chance != 0) & (room > 0)
    correlation = (of["spread"] - chance * (of["places"] - 1)) / (chance * room).where(is_open)
    return ((1 - correlation) / correlation.where((correlation > 0) & (correlation < 1))).fillna(np.inf)

"""Ranking, for those who must rank: a composite index, ranks with their uncertainty, and groups that cannot be told apart."""

from collections.abc import Mapping
from dataclasses import dataclass
from itertools import product
from typing import Literal

import numpy as np
import pandas as pd

from mande.errors import EstimationError, Problem

Normalisation = Literal["min-max", "z-score", "distance-to-target"]
Aggregation = Literal["arithmetic", "geometric"]
NORMALISATIONS: tuple[Normalisation, ...] = ("min-max", "z-score", "distance-to-target")
AGGREGATIONS: tuple[Aggregation, ...] = ("arithmetic", "geometric")
RANK_LIMITS = (0.05, 0.95)
"""Share of the draws below the lower and upper rank that is stated."""
WEIGHT_RANGE = 0.25
"""Each weight is varied by up to this share in the draws; a choice of ours, not from a text."""


@dataclass(frozen=True)
class IndexChoices:
    """Every choice that a composite index rests on; all of them are shown beside the ranks.

    `weights`: by indicator, above 0 (they are scaled to 1). `min_share`: a place with less than this weight of its
    indicators known has no index. Missing indicators of the others are left out and the weights scaled anew.
    """

    weights: Mapping[str, float]
    normalisation: Normalisation = "min-max"
    aggregation: Aggregation = "arithmetic"
    min_share: float = 0.75


def compute_index(values: pd.DataFrame, choices: IndexChoices) -> pd.Series:
    """Return the composite index of each place; higher is better, whatever the direction of the indicators.

    One row per: place_code.
    Needs: `place_code`, `indicator`, `value`, `ascending`; for distance-to-target also `target_value` and
    `baseline_value` of the whole country. Min-max runs from 1 (worst place) to 100 (best), so that the geometric mean
    exists; z-scores are 50 + 10 z; distance to target is 100 at the target and 0 at the country's baseline, and is
    kept between 1 and 100.
    Missing values: see `IndexChoices.min_share`; a place without index has no rank.
    Raises: EstimationError for an indicator without weight, a weight not above 0, a place that stands twice, or an
    unknown choice.
    Source: OECD and JRC 2008, Handbook on constructing composite indicators, pp. 27–34 (normalisation, aggregation).
    """
    _require_choices(values, choices)
    scores = _normalise(values, choices.normalisation)
    wide = scores.pivot(index="place_code", columns="indicator", values="score")
    weight = pd.Series(dict(choices.weights)).reindex(wide.columns)
    return _aggregate(wide.to_numpy(), weight.to_numpy(float), choices, wide.index)


def rank_places(values: pd.DataFrame, choices: IndexChoices, *, draws: int = 500, seed: int = 1) -> pd.DataFrame:
    """Rank places with the interval of each rank, and group those that cannot be told apart.

    One row per: place_code, best first; places without index come last, without rank.
    Needs: the columns of `compute_index` and `lower`, `upper` (95 % limits of the values; missing = taken as exact).
    Adds: `index`, `rank` (1 = best, as chosen), `rank_median`, `rank_lower`, `rank_upper` (5 % and 95 % of the draws),
    `group` (1 = best; a place opens a new group when its interval of ranks does not meet that of the group's first).
    Each draw takes every value from a normal distribution with its limits, every weight anew within ±25 %, and one of
    the normalisations and aggregations that the data allow.
    Missing values: as `compute_index`.
    Raises: EstimationError as `compute_index`, and for fewer than 100 draws.
    Source: OECD and JRC 2008, pp. 34–35, and Saisana, Saltelli and Tarantola 2005, J R Stat Soc A 168:307–323.
    """
    if draws < 100:
        raise EstimationError(Problem("draws", f"{draws}", "give at least 100"))
    index = compute_index(values, choices)
    known = index.dropna()
    ranks = pd.DataFrame(_drawn_ranks(values, choices, known.index, draws, seed), columns=known.index)
    limits = ranks.quantile([0.5, *RANK_LIMITS], interpolation="nearest")
    table = pd.DataFrame({"index": index, "rank": index.rank(ascending=False, method="min")})
    names = ("rank_median", "rank_lower", "rank_upper")
    for name, (_, quantile) in zip(names, limits.iterrows(), strict=True):
        table[name] = quantile
    table = table.sort_values(["rank", "rank_median"], na_position="last")
    return table.assign(group=_group(table)).reset_index()


def _require_choices(values: pd.DataFrame, choices: IndexChoices) -> None:
    problems = [
        Problem(f"weight of {name}", f"{weight!r}", "give a number above 0")
        for name, weight in choices.weights.items()
        if not weight > 0
    ]
    problems += [
        Problem(f"indicator {name}", "no weight", "name its weight, or leave it out")
        for name in sorted(set(values["indicator"]) - set(choices.weights))
    ]
    for name, known, given in (
        ("normalisation", NORMALISATIONS, choices.normalisation),
        ("aggregation", AGGREGATIONS, choices.aggregation),
    ):
        if given not in known:
            problems.append(Problem(name, f'"{given}"', f"write one of {', '.join(known)}"))
    if values.duplicated(["place_code", "indicator"]).any():
        problems.append(Problem("the values", "a place stands twice", "keep one value of each place and indicator"))
    if choices.normalisation == "distance-to-target" and not _has_targets(values):
        problems.append(Problem("the values", "no target or baseline", "give target_value and baseline_value"))
    if problems:
        raise EstimationError(problems)


def _has_targets(values: pd.DataFrame) -> bool:
    return {"target_value", "baseline_value"} <= set(values) and bool(
        (values["target_value"] != values["baseline_value"]).all()
    )


def _normalise(values: pd.DataFrame, how: Normalisation) -> pd.DataFrame:
    good = values["value"].where(values["ascending"], -values["value"])
    group = good.groupby(values["indicator"])
    if how == "z-score":
        spread = group.transform("std")
        score = 50 + 10 * (good - group.transform("mean")) / spread.where(spread > 0)
        score = score.mask(spread == 0, 50.0)
    elif how == "min-max":
        low, high = group.transform("min"), group.transform("max")
        score = (1 + 99 * (good - low) / (high - low).where(high > low)).mask(high == low, 50.5)
    else:
        way = values["target_value"] - values["baseline_value"]
        score = 100 * (values["value"] - values["baseline_value"]) / way
        score = score.clip(1, 100)
    return values.assign(score=score.where(values["value"].notna()))


def _aggregate(scores: np.ndarray, weight: np.ndarray, choices: IndexChoices, index: pd.Index) -> pd.Series:
    known = ~np.isnan(scores)
    share = known @ (weight / weight.sum())
    if choices.aggregation == "geometric":
        logs = np.where(known, np.log(np.where(known, np.maximum(scores, 1), 1.0)), 0.0)
        total = np.exp(logs @ weight / np.maximum(known @ weight, 1e-300))
    else:
        total = np.where(known, scores, 0.0) @ weight / np.maximum(known @ weight, 1e-300)
    return pd.Series(np.where(share >= choices.min_share - 1e-12, total, np.nan), index=index, name="index")


def _drawn_ranks(
    values: pd.DataFrame, choices: IndexChoices, places: pd.Index, draws: int, seed: int
) -> list[np.ndarray]:
    """Return the ranks of the places in each draw."""
    random = np.random.default_rng(seed)
    half = ((values["upper"] - values["lower"]) / 2 / 1.959963984540054).fillna(0.0).to_numpy()
    allowed = [how for how in NORMALISATIONS if how != "distance-to-target" or _has_targets(values)]
    ways = list(product(allowed, AGGREGATIONS))
    names = list(choices.weights)
    base = np.array([choices.weights[name] for name in names])
    ranks = []
    for _ in range(draws):
        how, together = ways[random.integers(len(ways))]
        weights = base * random.uniform(1 - WEIGHT_RANGE, 1 + WEIGHT_RANGE, len(base))
        drawn = values.assign(value=values["value"] + half * random.standard_normal(len(values)))
        choice = IndexChoices(dict(zip(names, weights, strict=True)), how, together, choices.min_share)
        index = compute_index(drawn, choice).reindex(places)
        ranks.append(index.rank(ascending=False, method="min").to_numpy())
    return ranks


def _group(table: pd.DataFrame) -> pd.Series:
    """Number the groups: a place whose best likely rank is below the worst of the group's first opens a new one."""
    groups, number, worst = [], 0, -np.inf
    for row in table.itertuples():
        if np.isnan(row.rank):
            groups.append(pd.NA)
            continue
        if row.rank_lower > worst:
            number, worst = number + 1, row.rank_upper
        groups.append(number)
    return pd.Series(groups, index=table.index, dtype="Int64")

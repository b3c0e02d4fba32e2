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
_NUMBERS = ["value", "ascending", "target_value", "baseline_value", "half"]


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
    wide = _by_place(values)
    index = _index(wide, wide["value"].to_numpy(float)[None], _weights(wide, choices.weights)[None], choices)
    return pd.Series(index[0], index=wide.index, name="index")


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


def _by_place(values: pd.DataFrame) -> pd.DataFrame:
    """Return one row per place, with the columns of `values` × indicator, and the number of each row of `values`."""
    columns = [name for name in _NUMBERS if name in values]
    rows = values.assign(ascending=values["ascending"].astype(float), row=np.arange(len(values)))
    return rows.pivot(index="place_code", columns="indicator", values=[*columns, "row"])


def _weights(wide: pd.DataFrame, by_name: Mapping[str, float]) -> np.ndarray:
    return np.array([by_name[name] for name in wide["value"].columns], dtype=float)


def _index(wide: pd.DataFrame, drawn: np.ndarray, weight: np.ndarray, choices: IndexChoices) -> np.ndarray:
    """Return the index of each draw and place, from values by draw × place × indicator and weights by draw × indicator."""
    if choices.normalisation == "distance-to-target":
        base, target = (wide[name].to_numpy(float) for name in ("baseline_value", "target_value"))
        scores = np.clip(100 * (drawn - base) / (target - base), 1, 100)
    else:
        good = np.where(wide["ascending"].to_numpy() == 1, drawn, -drawn)
        scores = _spread_out(good) if choices.normalisation == "z-score" else _stretch(good)
    return _aggregate(scores, weight, choices)


def _spread_out(good: np.ndarray) -> np.ndarray:
    """Return 50 + 10 z over the places of each draw; 50 where all are alike."""
    known = np.isfinite(good).sum(axis=1, keepdims=True).astype(float)
    middle = np.nansum(good, axis=1, keepdims=True) / np.where(known > 0, known, np.nan)
    squares = np.nansum((good - middle) ** 2, axis=1, keepdims=True)
    spread = np.sqrt(squares / np.where(known > 1, known - 1, np.nan))
    score = 50 + 10 * (good - middle) / np.where(spread > 0, spread, np.nan)
    return np.where((spread == 0) & np.isfinite(good), 50.0, score)


def _stretch(good: np.ndarray) -> np.ndarray:
    """Return 1 for the worst place of each draw, 100 for the best; 50.5 where all are alike."""
    low, high = np.fmin.reduce(good, axis=1, keepdims=True), np.fmax.reduce(good, axis=1, keepdims=True)
    score = 1 + 99 * (good - low) / np.where(high > low, high - low, np.nan)
    return np.where((high == low) & np.isfinite(good), 50.5, score)


def _aggregate(scores: np.ndarray, weight: np.ndarray, choices: IndexChoices) -> np.ndarray:
    known = ~np.isnan(scores)
    weighed = known @ weight[:, :, None]
    if choices.aggregation == "geometric":
        logs = np.where(known, np.log(np.where(known, np.maximum(scores, 1), 1.0)), 0.0)
        total = np.exp(logs @ weight[:, :, None] / np.maximum(weighed, 1e-300))
    else:
        total = np.where(known, scores, 0.0) @ weight[:, :, None] / np.maximum(weighed, 1e-300)
    share = weighed / weight.sum(axis=1)[:, None, None]
    return np.where(share >= choices.min_share - 1e-12, total, np.nan)[:, :, 0]


def _drawn_ranks(values: pd.DataFrame, choices: IndexChoices, places: pd.Index, draws: int, seed: int) -> np.ndarray:
    """Return the ranks of the places in each draw."""
    allowed = [how for how in NORMALISATIONS if how != "distance-to-target" or _has_targets(values)]
    ways = list(product(allowed, AGGREGATIONS))
    half = (values["upper"].astype(float) - values["lower"].astype(float)) / 2 / 1.959963984540054
    wide = _by_place(values.assign(half=half.fillna(0.0)))
    taken, shift, noise = _draw(len(ways), len(choices.weights), len(values), draws=draws, seed=seed)
    row = wide["row"].fillna(0).to_numpy(int)
    drawn = wide["value"].to_numpy(float) + wide["half"].to_numpy(float) * noise[:, row]
    names = pd.Index(choices.weights).get_indexer(wide["value"].columns)
    weight = _weights(wide, choices.weights) * shift[:, names]
    index = np.full((draws, len(wide)), np.nan)
    for number, (how, together) in enumerate(ways):
        is_this = taken == number
        choice = IndexChoices(choices.weights, how, together, choices.min_share)
        index[is_this] = _index(wide, drawn[is_this], weight[is_this], choice)
    ranked = pd.DataFrame(index, columns=wide.index)[places]
    return ranked.rank(axis=1, ascending=False, method="min").to_numpy()


def _draw(ways: int, weights: int, rows: int, *, draws: int, seed: int) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Return of each draw the way of computing, what multiplies each weight, and the chance of each value."""
    random = np.random.default_rng(seed)
    taken, shift, noise = np.empty(draws, int), np.empty((draws, weights)), np.empty((draws, rows))
    for number in range(draws):
        taken[number] = random.integers(ways)
        shift[number] = random.uniform(1 - WEIGHT_RANGE, 1 + WEIGHT_RANGE, weights)
        noise[number] = random.standard_normal(rows)
    return taken, shift, noise


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

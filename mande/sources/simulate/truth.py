"""Made-up units with a known truth: levels, trends and counts that fit into each other."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from mande.framework.indicator import Indicator
from mande.framework.model import Programme
from mande.sources.forms.questionnaire import Question, multiplier
from mande.sources.simulate.paths import simulate_paths
from mande.sources.simulate.populations import Populations, level_of, make_populations
from mande.vocabulary import TOTAL

INSIDE = {"IMR": "NMR", "U5MR": "IMR", "INJURY_RATE": "INJURY_DEATH_RATE"}
"""The numerator of the first holds that of the second: neonatal ≤ infant ≤ under five; deaths ≤ injuries."""

COUNTED_AMONG = {"SC_SUPPORTED": "SC_RATIO", "ABUSED_SUPPORTED": "ABUSED_RATIO"}
"""The denominator of the first is the numerator of the second: supported ≤ special circumstances ≤ all children."""

GAP_TO_TARGET = (0.1, 0.6)
"""How far units start short of the target, on the fitting scale: a choice, as plans set targets within reach."""

Counts = dict[tuple[str, str], tuple[np.ndarray, np.ndarray]]
"""Numerator and denominator, each units × periods, by dimension and its value."""


@dataclass(frozen=True)
class _Draw:
    """What every draw needs."""

    random: np.random.Generator
    populations: Populations
    years: np.ndarray


def simulate_truth(
    programme: Programme, units: Sequence[str], *, questions: Mapping[str, Sequence[Question]], seed: int
) -> pd.DataFrame:
    """Return what is true in made-up units.

    One row per: unit × period × question.
    Needs: `questions` by period; the levels come from the programme's targets, which most units start short of; how they
    move is `simulate_paths`.
    Adds: `numerator`, `denominator` (counts), `value` (indicator's unit), `expected` (the value in the long run, before
    the chance of the counts). Groups of a dimension add up to their total; numerators are at most their denominators;
    `INSIDE` and `COUNTED_AMONG` hold in each unit, period and group.
    Missing values: `numerator` and `denominator` of an indicator that is no ratio. The same seed gives the same table.
    """
    periods = list(questions)
    years = np.array([float(period[:4]) for period in periods])
    random = np.random.default_rng(seed)
    draw = _Draw(random, make_populations(random, len(units), years), years)
    asked = {question.indicator: question for of_period in questions.values() for question in of_period}
    groups = _groups(questions)
    done: dict[str, Counts] = {}
    expected: dict[str, np.ndarray] = {}
    for name in _inner_first(asked):
        indicator = programme.indicator(name)
        expected[name] = _expected(draw, programme, indicator, len(units))
        make = _ratio if asked[name].kind == "ratio" else _count
        done[name] = make(draw, indicator, expected, groups[name], done)
    frames = [
        _rows(question, counts=done[question.indicator], expected=expected[question.indicator], units=units, at=at)
        | {"period": period}
        for at, period in enumerate(periods)
        for question in questions[period]
    ]
    return pd.concat([pd.DataFrame(frame) for frame in frames], ignore_index=True)[COLUMNS]


COLUMNS = [
    "place_code", "period", "indicator", "dimension", "dimension_value", "unit",
    "numerator", "denominator", "value", "expected",
]  # fmt: skip


def sum_to_parents(truth: pd.DataFrame, parents: Mapping[str, str]) -> pd.DataFrame:
    """Return the truth of the places above: counts are summed, ratios computed from the sums.

    One row per: parent × period × question. Needs: `parents`, the parent of each unit by code.
    Missing values: `expected`, and the value of an indicator that is neither a ratio nor a count.
    """
    keys = ["place_code", *COLUMNS[1:6]]
    is_ratio = truth["denominator"].notna()
    above = truth.assign(place_code=truth["place_code"].map(parents))
    summed = above.groupby(keys, sort=False, as_index=False)[["numerator", "denominator", "value"]].sum(min_count=1)
    has_parts = above[is_ratio].groupby(keys, sort=False).size().reindex(pd.MultiIndex.from_frame(summed[keys]))
    factor = summed["unit"].map({unit: multiplier(unit) for unit in summed["unit"].unique()})
    ratio = (summed["numerator"] / summed["denominator"].where(summed["denominator"] > 0)) * factor
    return summed.assign(value=ratio.where(has_parts.notna().to_numpy(), summed["value"]), expected=np.nan)[COLUMNS]


def _groups(questions: Mapping[str, Sequence[Question]]) -> dict[str, dict[str, list[str]]]:
    groups: dict[str, dict[str, list[str]]] = {}
    for of_period in questions.values():
        for question in of_period:
            of_indicator = groups.setdefault(question.indicator, {})
            if question.dimension != TOTAL:
                values = of_indicator.setdefault(question.dimension, [])
                if question.dimension_value not in values:
                    values.append(question.dimension_value)
    return groups


def _inner_first(names: Mapping[str, Question]) -> list[str]:
    """Order the indicators so that what stands inside another is drawn before it."""
    ordered: list[str] = []

    def add(name: str) -> None:
        for inner in (INSIDE.get(name), COUNTED_AMONG.get(name)):
            if inner in names and inner not in ordered:
                add(inner)
        if name not in ordered:
            ordered.append(name)

    for name in names:
        add(name)
    return ordered


def _expected(draw: _Draw, programme: Programme, indicator: Indicator, n_units: int) -> np.ndarray:
    """The long-run level of each unit and period: at first short of the target, then where its path leads."""
    level = level_of(programme, indicator)
    better = 1.0 if indicator.ascending else -1.0
    gap = draw.random.uniform(*GAP_TO_TARGET)
    shift = simulate_paths(draw.random, n_units, draw.years, direction=better).value - better * gap
    if indicator.measure in ("percentage", "rate"):
        share = np.clip(level / multiplier(indicator.unit), 1e-6, 0.995)
        odds = share / (1 - share) * np.exp(shift)
        return odds / (1 + odds) * multiplier(indicator.unit)
    return level * np.exp(shift) * draw.populations.relative_size


def _ratio(
    draw: _Draw,
    indicator: Indicator,
    expected: dict[str, np.ndarray],
    groups: dict[str, list[str]],
    done: dict[str, Counts],
) -> Counts:
    among, inner = done.get(COUNTED_AMONG.get(indicator.id, "")), done.get(INSIDE.get(indicator.id, ""))
    whole = among[TOTAL, TOTAL][0] if among else draw.populations.of(indicator)
    factor = multiplier(indicator.unit)
    inside = inner[TOTAL, TOTAL][0] if inner else np.zeros_like(whole)
    if inner:
        lowest = expected[INSIDE[indicator.id]] * 1.15
        expected[indicator.id] = np.maximum(expected[indicator.id], lowest)
    already = expected[INSIDE[indicator.id]] / factor if inner else 0.0
    extra_share = np.clip((expected[indicator.id] / factor - already) / (1 - already), 0, 1)
    extra = draw.random.binomial(whole - inside, extra_share)
    counts: Counts = {(TOTAL, TOTAL): (inside + extra, whole)}
    for dimension, values in groups.items():
        denominators = _group_denominators(draw, whole, dimension, values, among)
        has_inner = inner is not None and all((dimension, value) in inner for value in values)
        known = [inner[dimension, value][0] if has_inner else np.zeros_like(whole) for value in values]  # type: ignore[index]
        left = extra if has_inner else inside + extra
        room = [whole_of - known_of for whole_of, known_of in zip(denominators, known, strict=True)]
        for value, more, base, below in zip(values, _split(draw, left, room), known, denominators, strict=True):
            counts[dimension, value] = (base + more, below)
    return counts


def _group_denominators(
    draw: _Draw, whole: np.ndarray, dimension: str, values: list[str], among: Counts | None
) -> list[np.ndarray]:
    if among is not None and all((dimension, value) in among for value in values):
        return [among[dimension, value][0] for value in values]
    return draw.populations.divide(whole, dimension, values)


def _split(draw: _Draw, whole: np.ndarray, room: list[np.ndarray]) -> list[np.ndarray]:
    """Deal a count out over groups by chance, at most `room` to each, with nothing left over."""
    parts = []
    for position, here in enumerate(room[:-1]):
        later = np.sum(room[position + 1 :], axis=0)
        part = draw.random.hypergeometric(here, later, whole)
        parts.append(part)
        whole = whole - part
    return [*parts, whole]


def _count(
    draw: _Draw,
    indicator: Indicator,
    expected: dict[str, np.ndarray],
    groups: dict[str, list[str]],
    done: dict[str, Counts],
) -> Counts:
    """A count is drawn around its level; a mean or an amount is its level, to two decimals."""
    is_count = indicator.measure == "count"
    mean = expected[indicator.id]
    whole = draw.random.poisson(mean) if is_count else np.round(mean, 2)
    counts: Counts = {(TOTAL, TOTAL): (whole, whole)}
    for dimension, values in groups.items():
        parts = _split(draw, whole, [whole] * len(values)) if is_count else [whole] * len(values)
        counts |= {(dimension, value): (part, part) for value, part in zip(values, parts, strict=True)}
    return counts


def _rows(
    question: Question, *, counts: Counts, expected: np.ndarray, units: Sequence[str], at: int
) -> dict[str, object]:
    numerator, denominator = (
        part[:, at].astype(float) for part in counts[question.dimension, question.dimension_value]
    )
    is_ratio, is_total = question.kind == "ratio", question.dimension == TOTAL
    nothing = np.full(len(units), np.nan)
    positive = np.where(denominator > 0, denominator, np.nan)
    return {
        "place_code": list(units),
        "indicator": question.indicator,
        "dimension": question.dimension,
        "dimension_value": question.dimension_value,
        "unit": question.unit,
        "numerator": numerator if is_ratio else nothing,
        "denominator": denominator if is_ratio else nothing,
        "value": numerator / positive * multiplier(question.unit) if is_ratio else numerator,
        "expected": expected[:, at] if is_total else nothing,
    }

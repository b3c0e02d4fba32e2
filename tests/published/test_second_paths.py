"""Every public method once more by a second path – the formula as printed, with quantiles of scipy – on 200 random inputs each.

The formulas: Wilson 1927; Breslow and Day 1987, II p. 69 (Byar); Dobson and others 1991; Eurostat's and Statistics Canada's
bands and scores as sdg-build has them.  The inputs are made up; what is tested is that two ways give the same number.
"""

import math

import numpy as np
import pytest
from scipy import stats

from mande.evaluation.progress import rate_ratio
from mande.indicators.methods import (
    count,
    directly_standardised_rate,
    indirectly_standardised_ratio,
    mean,
    proportion,
    rate,
)

CASES = 200
EVENTS = np.r_[np.arange(12), np.random.default_rng(99).integers(0, 3000, CASES - 12)]
CONFIDENCES = pytest.mark.parametrize("confidence", [0.8, 0.95, 0.998])


@pytest.fixture
def random():
    return np.random.default_rng(7)


def limits_of(events, confidence):
    """Return exact limits below 10 events, as quantiles of the gamma distribution, and Byar's from 10."""
    tail = (1 - confidence) / 2
    if events < 10:
        return (stats.gamma.ppf(tail, events) if events else 0.0), stats.gamma.isf(tail, events + 1)
    z, above = stats.norm.isf(tail), events + 1
    lower = events * (1 - 1 / (9 * events) - z / (3 * math.sqrt(events))) ** 3
    return lower, above * (1 - 1 / (9 * above) + z / (3 * math.sqrt(above))) ** 3


def same(table, value, lower, upper):
    for name, expected in (("value", value), ("lower", lower), ("upper", upper)):
        assert table[name].to_numpy() == pytest.approx(np.asarray(expected), rel=1e-9, abs=1e-11, nan_ok=True), name


@CONFIDENCES
def test_proportions_by_the_printed_formulas(random, confidence):
    asked = random.integers(1, 5000, CASES)
    had = random.integers(0, asked + 1)
    tail = (1 - confidence) / 2
    z, share = stats.norm.isf(tail), had / asked
    middle, half = 2 * had + z**2, z * np.sqrt(z**2 + 4 * had * (1 - share))
    found = proportion(had, asked, confidence=confidence)
    same(found, share, *((middle + side * half) / 2 / (asked + z**2) for side in (-1, 1)))
    lower = np.where(had == 0, 0, stats.beta.ppf(tail, np.maximum(had, 1), asked - had + 1))
    upper = np.where(had == asked, 1, stats.beta.isf(tail, had + 1, np.maximum(asked - had, 1)))
    same(proportion(had, asked, confidence=confidence, interval="clopper-pearson"), share, lower, upper)


@CONFIDENCES
def test_rates_counts_and_indirect_ratios_by_the_printed_formulas(random, confidence):
    per = random.integers(500, 90_000, CASES)
    lower, upper = np.array([limits_of(events, confidence) for events in EVENTS]).T
    same(count(EVENTS, confidence=confidence), EVENTS, lower, upper)
    found = rate(EVENTS, per, confidence=confidence, multiplier=1000)
    same(found, EVENTS / per * 1000, lower / per * 1000, upper / per * 1000)
    found = indirectly_standardised_ratio(EVENTS, per / 50, confidence=confidence)
    same(found, EVENTS / (per / 50), lower / (per / 50), upper / (per / 50))


def test_means_by_scipy(random):
    values = random.normal(10, 3, (CASES, 7))
    found = [stats.t.interval(0.95, 6, row.mean(), stats.sem(row)) for row in values]
    table = mean(values.ravel(), groups=np.repeat(np.arange(CASES), 7).tolist())
    same(table, values.mean(axis=1), [low for low, _ in found], [high for _, high in found])


def test_direct_rates_by_dobsons_formula(random):
    shape = (CASES, 9)
    events, people = random.integers(0, 4, shape), random.integers(100, 20_000, shape)
    standard = np.tile(random.integers(1000, 9000, 9), (CASES, 1))
    weight, total = standard / standard.sum(axis=1, keepdims=True), events.sum(axis=1)
    value, variance = (weight * events / people).sum(axis=1), (weight**2 * events / people**2).sum(axis=1)
    lower, upper = (value + np.sqrt(variance / total) * (limit - total) for limit in _dobson_limits(total))
    table = directly_standardised_rate(
        events.ravel(), people.ravel(), standard.ravel(), groups=np.repeat(np.arange(CASES), 9).tolist()
    )
    shown = [np.where(total >= 10, 1e5 * part, np.nan) for part in (value, lower, upper)]
    assert 0 < np.isnan(shown[0]).sum() < CASES
    same(table, *shown)


def _dobson_limits(total):
    return np.array([limits_of(events, 0.95) for events in total]).T


def _judge(base, current, years, target, ascending, limit):
    """Return progress value, score and status of one series, with a target of 2030 or (NaN) without, from 2015 on."""
    toward = (1 if ascending else -1) * ((current / base) ** (1 / years) - 1)
    if not math.isnan(target):
        ratio = toward / abs((target / base) ** (1 / 15) - 1)
        bands, score = (0.95, 0.6), 7.1429 * ratio - 4.2857 if ratio >= 0.6 else 4.1667 * ratio - 2.5
        if current == target or (current > target) == ascending:
            return ratio, 5.0, "target_achieved"
        return ratio, max(-5, min(5, score)), _word(ratio, bands)
    factor = 1.0
    if not math.isnan(limit) and base < 2 * limit:
        factor = 1 - ((base if base <= limit else 2 * limit - base) / limit) ** 4.44
    bands = (0.015 * factor, 0.005 * factor)
    line = {"substantial_progress": (500, 5), "moderate_progress": (250, 1.25), "limited_progress": (500, 2.5)}
    word = _word(toward, bands)
    slope, start = line.get(word, (0, 0))
    score = 125 * toward - 2.5 if word == "deterioration" else slope * toward / factor - start
    return toward, max(-5, min(5, score)), word


def _word(value, bands):
    words = ("substantial_progress", "moderate_progress", "limited_progress")
    return next((word for word, bound in zip(words, (*bands, 0), strict=True) if value >= bound), "deterioration")


@pytest.mark.parametrize("has_target", [True, False])
def test_rate_ratios_by_the_published_bands(random, has_target):
    base = random.uniform(1, 95, CASES)
    current, years = base * random.uniform(0.7, 1.3, CASES), random.integers(1, 9, CASES)
    target = base * random.uniform(0.5, 1.9, CASES) if has_target else np.full(CASES, np.nan)
    ascending = random.random(CASES) < 0.5
    limit = np.where(np.arange(CASES) % 2, 100.0, np.nan)
    table = rate_ratio(2015, base, 2015 + years, current, 2030, target, ascending, limit)
    expected = [_judge(*row) for row in zip(base, current, years, target, ascending, limit, strict=True)]
    assert table["progress_value"].to_numpy() == pytest.approx([one[0] for one in expected], rel=1e-9)
    assert table["score"].to_numpy() == pytest.approx([one[1] for one in expected], rel=1e-9)
    assert table["status"].tolist() == [one[2] for one in expected]
    assert table["status"].nunique() >= 4

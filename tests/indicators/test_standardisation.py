"""Standardised rates and ratios: withheld when few, missing when a stratum is, unmoved by the size of the standard."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from mande.errors import EstimationError
from mande.indicators.methods import (
    count,
    directly_standardised_rate,
    expected_events,
    indirectly_standardised_ratio,
    rate,
)

LIMITS = ["value", "lower", "upper"]
STRATA = st.lists(
    st.tuples(st.integers(4, 400), st.integers(1000, 50_000), st.integers(1, 10_000)), min_size=3, max_size=8
)


def columns(strata):
    return [np.array(column) for column in zip(*strata, strict=True)]


def test_nine_events_are_withheld_and_ten_are_not():
    table = directly_standardised_rate(
        [4, 5, 5, 5], [100, 100, 100, 100], 1, groups=["few", "few", "enough", "enough"], multiplier=100
    )
    assert table.loc["few", LIMITS].isna().all()
    assert table.loc["few", "method"] == "Dobson, withheld: fewer than 10 events"
    assert table.loc["enough", "value"] == 5
    assert table.loc["enough", "method"] == "Dobson"
    assert table["statistic"].tolist() == ["directly standardised rate per 100"] * 2


def test_a_missing_stratum_is_not_an_empty_one():
    table = directly_standardised_rate(
        [20, np.nan, 20, 0], [100, 100, 100, 100], 1, groups=["missing", "missing", "zero", "zero"], multiplier=100
    )
    assert table.loc["missing", LIMITS].isna().all()
    assert table.loc["missing", "method"] == "Dobson"
    assert table.loc["zero", "value"] == 10


def test_all_wrong_strata_are_named_at_once():
    with pytest.raises(EstimationError) as caught:
        directly_standardised_rate([-1, 2, 3], [10, 0, 10], [1, 1, -1], multiplier=-5)
    for part in (
        "multiplier: -5",
        "row 0: events -1 is below 0",
        "row 1: population 0 is not above 0",
        "row 2: standard population -1 is below 0",
    ):
        assert part in str(caught.value)
    with pytest.raises(EstimationError, match="group 'all': the standard population sums to 0"):
        directly_standardised_rate([10, 10], [10, 10], [0, 0])
    with pytest.raises(EstimationError, match="row 0: expected 0 is not above 0"):
        indirectly_standardised_ratio([3, -3], [0, 1])
    with pytest.raises(EstimationError, match="row 0: reference population 0 is not above 0"):
        expected_events(10, 1, 0)


def test_one_stratum_is_the_crude_rate_with_byars_limits():
    standardised = directly_standardised_rate(40, 1000, 77, multiplier=1000)
    crude = rate(40, 1000, multiplier=1000)
    np.testing.assert_allclose(standardised[LIMITS], crude[LIMITS])


@given(STRATA, st.floats(0.01, 1000))
def test_the_size_of_the_standard_does_not_matter(strata, factor):
    events, population, standard = columns(strata)
    usual = directly_standardised_rate(events, population, standard)
    larger = directly_standardised_rate(events, population, standard * factor)
    np.testing.assert_allclose(usual[LIMITS], larger[LIMITS], rtol=1e-9)
    assert usual["lower"].iloc[0] <= usual["value"].iloc[0] <= usual["upper"].iloc[0]


@given(STRATA)
def test_the_own_population_as_standard_gives_the_crude_rate(strata):
    events, population, _ = columns(strata)
    standardised = directly_standardised_rate(events, population, population)
    crude = rate(events.sum(), population.sum())
    np.testing.assert_allclose(standardised[LIMITS], crude[LIMITS], rtol=1e-9)


@given(STRATA)
def test_a_place_held_against_itself_has_ratio_one(strata):
    events, population, _ = columns(strata)
    expected = expected_events(population, events, population)
    table = indirectly_standardised_ratio(events, expected, groups=["here"] * len(events))
    assert table["value"].iloc[0] == pytest.approx(1)
    assert table["lower"].iloc[0] < 1 < table["upper"].iloc[0]


def test_ratio_limits_are_those_of_the_observed_count():
    table = indirectly_standardised_ratio([4, 40], [8, 20], multiplier=100)
    np.testing.assert_allclose(table["value"], [50, 200])
    np.testing.assert_allclose(table[["lower", "upper"]], count([4, 40])[["lower", "upper"]].mul([12.5, 5], axis=0))
    assert table["method"].tolist() == ["exact", "Byar"]
    assert table["statistic"].iloc[0] == "indirectly standardised ratio x 100"


def test_a_group_with_a_missing_expectation_has_no_ratio():
    table = indirectly_standardised_ratio([4, 5, 6], [8, np.nan, 3], groups=["a", "a", "b"])
    assert table.loc["a", LIMITS].isna().all()
    assert table.loc["b", "value"] == 2


def test_dobson_intervals_cover_the_truth():
    generator = np.random.default_rng(20_250_604)
    population, standard, rates = np.array([4000, 2500, 800]), np.array([5, 3, 2]), np.array([0.002, 0.006, 0.02])
    drawn = generator.poisson(population * rates, size=(3000, 3))
    table = directly_standardised_rate(
        drawn.ravel(),
        np.tile(population, 3000),
        np.tile(standard, 3000),
        groups=list(np.repeat(np.arange(3000), 3)),
        multiplier=1,
    )
    truth = (standard * rates).sum() / standard.sum()
    assert 0.94 <= ((table["lower"] <= truth) & (truth <= table["upper"])).mean() <= 0.975

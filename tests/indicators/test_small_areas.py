"""Small places beside their province: drawn towards it by what chance can do, and never beyond it."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from mande.errors import EstimationError
from mande.indicators.small_areas import ALL_ALIKE, ALONE, shrink_proportions, shrink_rates

COUNTS = st.lists(st.tuples(st.integers(0, 300), st.integers(1, 300)), min_size=2, max_size=12)


def test_marshalls_estimator_by_hand() -> None:
    # m = 74/50800; s² = Σn(r − m)²/Σn − m/mean(n); w = s²/(s² + m/n)  (Marshall 1991, p. 286)
    events, at_risk = np.array([1, 20, 3, 50.0]), np.array([1000, 9000, 800, 40000.0])
    mean = 74 / 50800
    between = sum(n * (e / n - mean) ** 2 for e, n in zip(events, at_risk, strict=True)) / 50800 - mean / 12700
    weight = between / (between + mean / at_risk)
    found = shrink_rates(events, at_risk, multiplier=1)
    assert found["weight"].to_numpy() == pytest.approx(weight)
    assert found["shrunken"].to_numpy() == pytest.approx(weight * events / at_risk + (1 - weight) * mean)


def test_poisson_gamma_and_marshall_are_one() -> None:
    events, at_risk = np.array([1, 20, 3, 50.0]), np.array([1000, 9000, 800, 40000.0])
    found = shrink_rates(events, at_risk, multiplier=1)
    size = at_risk * (1 - found["weight"]) / found["weight"]
    assert size.std() == pytest.approx(0, abs=1e-6 * size.mean())
    posterior = (events + size * found["group_value"]) / (at_risk + size)
    assert found["shrunken"].to_numpy() == pytest.approx(posterior.to_numpy())


def test_known_prior_is_found_and_errors_become_smaller() -> None:
    random = np.random.default_rng(7)
    size = random.integers(20, 400, 4000)
    truth = random.beta(8, 32, 4000)
    found = shrink_proportions(random.binomial(size, truth), size)
    prior = size[0] * (1 - found["weight"].iloc[0]) / found["weight"].iloc[0]
    assert prior == pytest.approx(40, rel=0.08)
    assert ((found["shrunken"] - truth) ** 2).mean() < 0.8 * ((found["value"] - truth) ** 2).mean()


@given(COUNTS)
def test_a_shrunken_value_lies_between_the_raw_value_and_its_group(counts: list[tuple[int, int]]) -> None:
    size = np.array([n for _, n in counts])
    numerator = np.array([min(x, n) for x, n in counts])
    for found in (shrink_proportions(numerator, size), shrink_rates(numerator, size, multiplier=1)):
        low = np.minimum(found["value"], found["group_value"]) - 1e-12
        high = np.maximum(found["value"], found["group_value"]) + 1e-12
        assert ((found["shrunken"] >= low) & (found["shrunken"] <= high)).all()


def test_places_that_differ_only_by_chance_are_all_drawn_to_the_mean() -> None:
    found = shrink_proportions([10, 10, 11], [100, 100, 100])
    assert set(found["shrink_method"]) == {ALL_ALIKE}
    assert found["shrunken"].to_numpy() == pytest.approx(31 / 300)


def test_each_province_has_its_own_mean_and_a_place_alone_stays() -> None:
    groups = pd.Series(["17", "17", "37"])
    found = shrink_proportions(pd.Series([10, 10, 30]), pd.Series([100, 100, 100]), groups=groups, multiplier=100)
    assert found["group_value"].tolist() == pytest.approx([10, 10, 30])
    assert (found.loc[2, "shrunken"], found.loc[2, "shrink_method"]) == (30, ALONE)


def test_missing_takes_no_part_and_is_no_zero() -> None:
    found = shrink_proportions([10, np.nan, 30], [100, 100, 100])
    without = shrink_proportions([10, 30], [100, 100])
    assert np.isnan(found.loc[1, "shrunken"])
    assert found.loc[[0, 2], "shrunken"].tolist() == pytest.approx(without["shrunken"].tolist())


def test_every_impossible_row_is_named() -> None:
    with pytest.raises(EstimationError) as error:
        shrink_proportions([-1, 5, 3], [10, 4, 0])
    assert len(error.value.problems) == 4  # row 2 both exceeds its denominator and has none

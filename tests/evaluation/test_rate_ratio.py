"""The rate ratio: bands, limits, what is handled openly, and what holds whatever the unit.

Published results are reproduced in tests/published; here stand the cases that no office publishes.
"""

import numpy as np
import pandas as pd
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from mande.errors import EstimationError
from mande.evaluation.rate_ratio import rate_ratio, roll_up

POSITIVE = st.floats(0.5, 500)
FACTOR = st.sampled_from([0.001, 0.01, 3.0, 1000.0])
ORDER = ["deterioration", "limited_progress", "moderate_progress", "substantial_progress", "target_achieved"]


def judge(base, current, target, *, ascending=False, limit=None):
    return rate_ratio(
        2015,
        base,
        2020,
        current,
        ascending=ascending,
        target_year=2030,
        target_value=target,
        natural_limit=limit,
    ).iloc[0]


def on_path(ratio, *, base=40.0, target=20.0):
    """Return the value five years on, at so many times the required yearly rate."""
    required = (target / base) ** (1 / 15) - 1
    return base * (1 + ratio * required) ** 5


@pytest.mark.parametrize(
    ("ratio", "status"),
    [
        (1.2, "substantial_progress"),
        (0.95, "substantial_progress"),
        (0.949, "moderate_progress"),
        (0.60, "moderate_progress"),
        (0.599, "limited_progress"),
        (0.0, "limited_progress"),
        (-0.001, "deterioration"),
    ],
)
def test_bands_with_a_target_begin_where_eurostat_says(ratio, status):
    result = judge(40.0, on_path(ratio), 20.0)
    assert result["ratio"] == pytest.approx(ratio, abs=1e-9)
    assert result["status"] == status
    assert result["reason"] == ""


@pytest.mark.parametrize(
    ("rate", "status"),
    [
        (0.015, "substantial_progress"),
        (0.0149, "moderate_progress"),
        (0.005, "moderate_progress"),
        (0.0049, "limited_progress"),
        (0.0, "limited_progress"),
        (-0.0001, "deterioration"),
    ],
)
@pytest.mark.parametrize("ascending", [True, False])
def test_bands_without_a_target_follow_the_wished_direction(rate, status, ascending):
    current = 40 * (1 + (rate if ascending else -rate)) ** 5
    result = judge(40.0, current, None, ascending=ascending)
    assert result["status"] == status
    assert result["progress_value"] == pytest.approx(rate, abs=1e-12)
    assert np.isnan(result["ratio"])


def test_scores_meet_at_the_bands():
    # The published lines join at 0.60 and 0.95 to two decimals: 0 and 2.5.
    assert judge(40.0, on_path(0.6), 20.0)["score"] == pytest.approx(0, abs=1e-3)
    assert judge(40.0, on_path(0.95), 20.0)["score"] == pytest.approx(2.5, abs=1e-3)
    assert judge(40.0, on_path(0.0), 20.0)["score"] == -2.5
    assert judge(40.0, on_path(9.0, target=39), 39.0)["score"] == 5
    assert judge(40.0, 80.0, 20.0)["score"] == -5


@pytest.mark.parametrize(
    ("base", "limit", "factor"),
    [
        (50.0, 100.0, 1 - 0.5**4.44),
        (100.0, 100.0, 0.0),
        (150.0, 100.0, 1 - 0.5**4.44),
        (200.0, 100.0, 1.0),
        (900.0, 100.0, 1.0),
        (50.0, 0.0, 1.0),
        (50.0, None, 1.0),
    ],
)
def test_bands_ease_near_a_natural_limit(base, limit, factor):
    assert judge(base, base, None, limit=limit)["limit_factor"] == pytest.approx(factor)


def test_a_base_on_its_limit_that_stays_is_the_best_there_is():
    held = judge(100.0, 100.0, None, ascending=True, limit=100)
    assert (held["status"], held["score"]) == ("substantial_progress", 5)
    lost = judge(100.0, 99.0, None, ascending=True, limit=100)
    assert lost["status"] == "deterioration"


def test_a_limit_is_not_used_beside_a_target():
    assert judge(90.0, 92.0, 100.0, ascending=True, limit=100)["limit_factor"] == 1


@pytest.mark.parametrize(
    ("base", "current", "target", "reason"),
    [
        (0.0, 5.0, 2.0, "zero_base"),
        (0.0, 5.0, None, "zero_base"),
        (5.0, 4.0, 0.0, "zero_target"),
        (5.0, -1.0, -2.0, "sign_change"),
        (5.0, -1.0, None, "sign_change"),
        (5.0, 4.0, -2.0, "sign_change"),
        (5.0, 6.0, 5.0, "target_equals_base"),
        (np.nan, 6.0, 5.0, "no_value"),
        (5.0, None, 4.0, "no_value"),
    ],
)
def test_where_no_rate_exists_the_row_says_why(base, current, target, reason):
    result = judge(base, current, target)
    assert np.isnan(result["ratio"])
    assert np.isnan(result["progress_value"])
    assert np.isnan(result["score"])
    assert result["status"] == "not_available"
    assert result["reason"] == reason


@pytest.mark.parametrize(("base", "current", "target"), [(5.0, 0.0, 0.0), (0.0, 0.0, 0.0), (5.0, -3.0, -2.0)])
def test_a_met_target_is_met_even_where_no_rate_exists(base, current, target):
    result = judge(base, current, target)
    assert (result["status"], result["score"]) == ("target_achieved", 5)
    assert result["reason"] != ""


def test_without_a_direction_nothing_is_judged():
    result = judge(5.0, 4.0, 3.0, ascending=None)
    assert (result["status"], result["reason"]) == ("not_available", "no_direction")
    assert np.isnan(result["score"])


def test_years_that_do_not_follow_give_no_rate():
    years = pd.Series([2015, 2015, 2015, np.nan])
    table = rate_ratio(
        2015, 10.0, pd.Series([2015, 2014, 2020, 2020]), 9.0, ascending=False, target_year=years, target_value=5.0
    )
    assert table["reason"].tolist() == ["no_later_value", "no_later_value", "target_not_after_base", "no_value"]
    assert table["ratio"].isna().all()


def test_negative_series_are_mirrored():
    # A balance of −40 that should rise to −20 shrinks in size exactly as 40 falling to 20.
    negative = judge(-40.0, -30.0, -20.0, ascending=True)
    positive = judge(40.0, 30.0, 20.0, ascending=False)
    assert negative["ratio"] == pytest.approx(positive["ratio"])
    assert negative["status"] == positive["status"]


def test_rows_keep_their_names_and_inputs():
    codes = pd.Index(["01", "79"])
    base = pd.Series([10.0, 20.0], index=codes)
    table = rate_ratio(2015, base, 2020, pd.Series([9.0, 21.0], index=codes), ascending=False)
    assert table.index.equals(codes)
    assert base.tolist() == [10.0, 20.0]


def test_inputs_that_do_not_fit_are_explained():
    with pytest.raises(EstimationError, match="base_value: 2 rows, current_value: 3 rows"):
        rate_ratio(2015, [1, 2], 2020, [1, 2, 3], ascending=True)
    with pytest.raises(EstimationError, match="base_value: 'ten' is not a number"):
        rate_ratio(2015, ["ten"], 2020, [1], ascending=True)
    with pytest.raises(EstimationError, match="current_value: an infinite number"):
        rate_ratio(2015, 1, 2020, np.inf, 2030, 3, True)
    with pytest.raises(EstimationError, match="ascending: neither true nor false"):
        rate_ratio(2015, 1, 2020, 2, 2030, 3, -1)
    with pytest.raises(EstimationError, match="give rows of one table"):
        rate_ratio(2015, pd.Series([1], index=["a"]), 2020, pd.Series([1], index=["b"]), ascending=True)


@given(POSITIVE, POSITIVE, POSITIVE, FACTOR, st.booleans())
def test_the_unit_does_not_matter(base, current, target, factor, ascending):
    usual = judge(base, current, target, ascending=ascending)
    other = judge(base * factor, current * factor, target * factor, ascending=ascending)
    if np.isfinite(usual["ratio"]) and abs(target / base - 1) > 1e-6:
        assert other["ratio"] == pytest.approx(usual["ratio"], rel=1e-6, abs=1e-9)
        assert other["score"] == pytest.approx(usual["score"], rel=1e-6, abs=1e-6)


@given(POSITIVE, POSITIVE, FACTOR, st.booleans(), st.floats(0.1, 3))
def test_the_unit_does_not_matter_without_a_target(base, current, factor, ascending, nearness):
    usual = judge(base, current, None, ascending=ascending, limit=base * nearness)
    other = judge(base * factor, current * factor, None, ascending=ascending, limit=base * nearness * factor)
    assert other["progress_value"] == pytest.approx(usual["progress_value"], rel=1e-6, abs=1e-9)
    assert other["limit_factor"] == pytest.approx(usual["limit_factor"], rel=1e-6, abs=1e-9)


@given(POSITIVE, POSITIVE, POSITIVE, POSITIVE, st.booleans())
def test_a_better_value_is_never_judged_worse(base, target, one, other, ascending):
    assume(abs(target / base - 1) > 1e-6)
    better, worse = (max(one, other), min(one, other)) if ascending else (min(one, other), max(one, other))
    first = judge(base, better, target, ascending=ascending)
    second = judge(base, worse, target, ascending=ascending)
    assert first["score"] >= second["score"] - 1e-3  # the published lines join to three decimals only
    assert ORDER.index(first["status"]) >= ORDER.index(second["status"])


@given(POSITIVE, POSITIVE)
def test_standing_still_is_zero_and_the_required_rate_is_one(base, target):
    assume(abs(target / base - 1) > 1e-3)
    ascending = target > base
    assert judge(base, base, target, ascending=ascending)["ratio"] == 0
    current = base * (target / base) ** (5 / 15)
    assert judge(base, current, target, ascending=ascending)["ratio"] == pytest.approx(1, rel=1e-6)


@given(POSITIVE, POSITIVE, POSITIVE)
def test_reversing_the_direction_reverses_the_sign(base, current, target):
    assume(abs(target / base - 1) > 1e-6)
    rising = judge(base, current, target, ascending=True)
    falling = judge(base, current, target, ascending=False)
    assert rising["ratio"] == pytest.approx(-falling["ratio"], abs=1e-9)


def test_roll_up_takes_the_mean_of_known_scores():
    scores = pd.Series([5.0, np.nan, 5.0, 2.6, -2.6, np.nan, 1.0, -1.2, -4.0])
    status = pd.Series(
        ["target_achieved", "not_available", "target_achieved", *["x"] * 2, "not_available", "x", "x", "x"]
    )
    groups = pd.Series(["all met", "all met", "one met", "one met", "down", "none", "mixed", "mixed", "down"])
    table = roll_up(scores, status, groups)
    assert table["status"].to_dict() == {
        "all met": "target_achieved",
        "one met": "substantial_progress",
        "down": "deterioration",
        "none": "not_available",
        "mixed": "limited_progress",
    }
    assert table.loc["all met", ["n_scored", "n_series"]].tolist() == [1, 2]
    assert table.loc["mixed", "score"] == pytest.approx(-0.1)


@pytest.mark.parametrize(
    ("score", "status"),
    [(2.5, "substantial_progress"), (0.0, "moderate_progress"), (-2.5, "limited_progress"), (-2.51, "deterioration")],
)
def test_roll_up_bands_begin_at_two_and_a_half_zero_and_minus_two_and_a_half(score, status):
    table = roll_up(pd.Series([score]), pd.Series(["x"]), pd.Series(["a"]))
    assert table["status"].tolist() == [status]


def test_by_position_by_name_and_in_any_container_it_says_the_same():
    # Eurostat's order of the inputs: base, current, target, direction, natural limit.
    years, values = [2015, 2015], [14.5, 60.0]
    by_name = rate_ratio(
        base_year=years,
        base_value=values,
        current_year=2023,
        current_value=[10.2, 80.0],
        target_year=2030,
        target_value=[7.25, np.nan],
        ascending=[False, True],
        natural_limit=[np.nan, 100.0],
    )
    for container in (list, np.array, pd.Series):
        rest = (container(column) for column in ([7.25, np.nan], [False, True], [np.nan, 100.0]))
        table = rate_ratio(container(years), container(values), 2023, container([10.2, 80.0]), 2030, *rest)
        pd.testing.assert_frame_equal(table, by_name)
    alone = rate_ratio(2015, 14.5, 2023, 10.2, 2030, 7.25, False)
    pd.testing.assert_frame_equal(alone, by_name.iloc[:1])
    undirected = rate_ratio(2015, 14.5, 2023, 10.2, 2030, 7.25).iloc[0]
    assert (undirected["status"], undirected["reason"]) == ("not_available", "no_direction")

"""Proportion, rate, count and mean: what they refuse, what stays missing, and what holds whatever the numbers."""

import subprocess
import sys

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mande.errors import EstimationError
from mande.indicators.methods import Survey, count, mean, proportion, rate

COLUMNS = ["value", "lower", "upper", "confidence", "statistic", "method"]
INTERVALS = st.sampled_from(["wilson", "clopper-pearson"])
CONFIDENCE = st.sampled_from([0.8, 0.9, 0.95, 0.998])


@st.composite
def parts(draw, most=5000):
    whole = draw(st.integers(1, most))
    return draw(st.integers(0, whole)), whole


def row(table):
    assert list(table.columns) == COLUMNS
    assert len(table) == 1
    return table.iloc[0]


@pytest.mark.parametrize("interval", ["wilson", "clopper-pearson"])
def test_nobody_and_everybody_touch_the_bounds_exactly(interval):
    table = proportion([0, 7], [7, 7], interval=interval)
    assert table["lower"].iloc[0] == 0
    assert table["upper"].iloc[1] == 1
    assert table["value"].tolist() == [0, 1]


def test_units_are_named():
    assert row(proportion(1, 4))["statistic"] == "proportion"
    assert row(proportion(1, 4, multiplier=100))["statistic"] == "percentage"
    assert row(proportion(1, 4, multiplier=100))["value"] == 25
    assert row(rate(1, 1000))["statistic"] == "rate per 100000"
    assert row(rate(1, 1000, multiplier=1_000_000))["statistic"] == "rate per 1000000"
    assert row(count(3))["statistic"] == "count"
    assert row(mean([1, 2]))["statistic"] == "mean"


def test_rows_keep_their_names():
    areas = pd.Index(["01", "79"], name="place_code")
    table = proportion(pd.Series([1, 2], index=areas), pd.Series([10, 20], index=areas))
    pd.testing.assert_index_equal(table.index, areas)


def test_inputs_are_not_changed():
    numerator, denominator = pd.Series([1.0, np.nan]), pd.Series([10, 20])
    proportion(numerator, denominator)
    rate(numerator, denominator)
    pd.testing.assert_series_equal(numerator, pd.Series([1.0, np.nan]))
    pd.testing.assert_series_equal(denominator, pd.Series([10, 20]))


def test_missing_stays_missing_and_the_method_is_stated():
    shares = proportion([np.nan, 1, None, pd.NA], [10, np.nan, 5, 5])
    assert shares[["value", "lower", "upper"]].isna().all(axis=None)
    assert shares["method"].tolist() == ["Wilson"] * 4
    rates = rate([np.nan, 3], [1000, np.nan])
    assert rates[["value", "lower", "upper"]].isna().all(axis=None)
    assert rates["method"].tolist() == ["exact below 10 events, Byar from 10", "exact"]
    assert mean([1, np.nan, 3])[["value", "lower", "upper"]].isna().all(axis=None)


def test_no_rows_give_no_rows():
    assert list(proportion([], []).columns) == COLUMNS
    assert len(proportion([], [])) == len(rate([], [])) == len(count([])) == 0


def test_all_wrong_rows_are_named_at_once():
    districts = pd.Index(["A", "B", "C", "D"])
    with pytest.raises(EstimationError) as caught:
        proportion(
            pd.Series([-1, 5, 3, 1], index=districts),
            pd.Series([10, 4, 0, np.inf], index=districts),
            confidence=95,
            interval="wald",
        )
    text = str(caught.value)
    assert len(caught.value.problems) == 7
    for part in (
        "confidence: 95 → give a share from 0.5 to below 1",
        "interval: 'wald' → write one of wilson, clopper-pearson",
        "row 'A': numerator -1 is below 0",
        "row 'B': numerator 5 exceeds denominator 4",
        "row 'C': denominator 0 is not above 0 → leave the row out, or give NaN",
        "row 'C': numerator 3 exceeds denominator 0",
        "row 'D': denominator is infinite",
    ):
        assert part in text


@pytest.mark.parametrize(
    ("call", "found"),
    [
        (lambda: rate([-1, 2], [10, 0]), ["row 0: events -1 is below 0", "row 1: population 0 is not above 0"]),
        (lambda: rate(1, 10, multiplier=0), ["multiplier: 0 → give a number above 0"]),
        (lambda: count([1, -2]), ["row 1: events -2 is below 0"]),
        (lambda: proportion([[1, 2]], [[3, 4]]), ["numerator has 1 rows of 2 numbers each, denominator has 1 rows"]),
        (lambda: count(["many"]), ["row 0, events: 'many' is not a number"]),
        (lambda: proportion([1, 2], [3, 4, 5]), ["numerator has 2 rows, denominator has 3 rows"]),
        (
            lambda: proportion(pd.Series([1], index=["a"]), pd.Series([2], index=["b"])),
            ["the rows of numerator, denominator are not named alike"],
        ),
        (lambda: mean([]), ["the inputs: no rows"]),
        (lambda: mean([1, 2], groups=["a"]), ["groups: 1 groups for 2 rows"]),
        (lambda: mean([1, 2], groups=["a", None]), ["row 1: no group → name the group of every row"]),
    ],
)
def test_bad_input_is_explained(call, found):
    with pytest.raises(EstimationError) as caught:
        call()
    for part in found:
        assert part in str(caught.value)


@pytest.mark.parametrize("function", [proportion, rate])
def test_a_survey_without_its_design_is_refused(function):
    with pytest.raises(EstimationError, match="a survey without design effect or limits → give Survey"):
        function(30, 100, sampling="survey")
    with pytest.raises(EstimationError, match="a survey without design effect or limits"):
        Survey()
    with pytest.raises(EstimationError, match="one limit of two"):
        Survey(lower=0.1)
    with pytest.raises(EstimationError, match="limits beside a design effect"):
        Survey(design_effect=2, lower=0.1, upper=0.2)
    with pytest.raises(EstimationError, match="design effect 0 → give a design effect above 0"):
        function(30, 100, sampling=Survey(design_effect=0))
    with pytest.raises(EstimationError, match="sampling: 'guess' → write 'process', 'full_count' or Survey"):
        function(30, 100, sampling="guess")


def test_a_design_effect_shrinks_the_sample():
    # Korn and Graubard 1998: the effective sample of 400 persons at design effect 2 is 200.
    survey = row(proportion(120, 400, sampling=Survey(design_effect=2)))
    simple = row(proportion(60, 200))
    assert (survey["lower"], survey["upper"]) == pytest.approx((simple["lower"], simple["upper"]))
    assert survey["value"] == pytest.approx(0.3)
    assert survey["method"] == "Wilson, design effect"
    spread = row(count(40, sampling=Survey(design_effect=4)))
    assert (spread["lower"], spread["upper"]) == pytest.approx(
        tuple(4 * limit for limit in count(10).iloc[0][["lower", "upper"]])
    )


def test_published_limits_are_kept_and_must_hold_the_value():
    table = proportion([20, 30], 100, multiplier=100, sampling=Survey(lower=[15, 24], upper=[26, 37]))
    assert table[["lower", "upper"]].to_numpy().tolist() == [[15, 26], [24, 37]]
    assert table["method"].tolist() == ["as published"] * 2
    with pytest.raises(EstimationError, match=r"row 0: limits 0\.15 to 0\.26 do not hold the value 20.*multiplier"):
        proportion(20, 100, multiplier=100, sampling=Survey(lower=0.15, upper=0.26))


def test_a_full_count_has_no_sampling_interval_unless_asked():
    counted = row(proportion(30, 100, sampling="full_count"))
    assert counted["value"] == 0.3
    assert np.isnan(counted["lower"])
    assert np.isnan(counted["upper"])
    assert counted["method"] == "none: full count"
    assert row(rate(30, 100, sampling="full_count"))["method"] == "none: full count"
    assert row(proportion(30, 100, sampling="process"))["lower"] > 0


def test_means_of_groups_come_in_their_order():
    table = mean([1, 10, 3, 30, 5], groups=["b", "a", "b", "a", "c"])
    assert table.index.tolist() == ["b", "a", "c"]
    assert table["value"].tolist() == [2, 20, 5]
    assert table.loc["c", ["lower", "upper"]].isna().all()


@given(parts(), INTERVALS, CONFIDENCE)
def test_proportion_limits_are_ordered_and_inside_the_bounds(part, interval, confidence):
    result = row(proportion(*part, interval=interval, confidence=confidence))
    assert 0 <= result["lower"] <= result["value"] <= result["upper"] <= 1


@given(parts(), INTERVALS)
def test_proportion_limits_mirror_their_complement(part, interval):
    numerator, denominator = part
    table = proportion([numerator, denominator - numerator], denominator, interval=interval)
    assert table["lower"].iloc[0] == pytest.approx(1 - table["upper"].iloc[1], abs=1e-9)
    assert table["upper"].iloc[0] == pytest.approx(1 - table["lower"].iloc[1], abs=1e-9)


@given(st.integers(1, 300), INTERVALS, CONFIDENCE)
@settings(max_examples=30)
def test_proportion_limits_rise_with_the_numerator(whole, interval, confidence):
    table = proportion(np.arange(whole + 1), whole, interval=interval, confidence=confidence)
    assert (np.diff(table[["value", "lower", "upper"]], axis=0) > 0).all()


@given(parts(), INTERVALS)
def test_more_confidence_is_wider_and_more_people_narrower(part, interval):
    numerator, denominator = part
    usual = row(proportion(numerator, denominator, interval=interval))
    surer = row(proportion(numerator, denominator, interval=interval, confidence=0.99))
    larger = row(proportion(4 * numerator, 4 * denominator, interval=interval))
    assert surer["lower"] <= usual["lower"]
    assert surer["upper"] >= usual["upper"]
    assert larger["upper"] - larger["lower"] < usual["upper"] - usual["lower"]


@given(CONFIDENCE)
@settings(max_examples=10)
def test_count_limits_rise_through_the_change_of_method(confidence):
    table = count(np.arange(60), confidence=confidence)
    assert (np.diff(table[["lower", "upper"]], axis=0) > 0).all()
    assert ((table["lower"] <= table["value"]) & (table["value"] <= table["upper"])).all()
    assert table["method"].tolist() == ["exact"] * 10 + ["Byar"] * 50


@given(st.integers(0, 2000), st.integers(1, 10**6), st.sampled_from([1, 100, 1000, 100_000]))
def test_a_rate_is_its_count_over_the_population(events, population, multiplier):
    ours = row(rate(events, population, multiplier=multiplier))
    counted = row(count(events))
    for name in ("value", "lower", "upper"):
        assert ours[name] == pytest.approx(counted[name] / population * multiplier)


@given(st.lists(st.floats(-1000, 1000), min_size=2, max_size=30), st.floats(-100, 100))
def test_a_mean_moves_with_its_values(values, shift):
    before, after = row(mean(values)), row(mean(np.array(values) + shift))
    assert before["lower"] <= before["value"] + 1e-9
    assert before["value"] <= before["upper"] + 1e-9
    for name in ("value", "lower", "upper"):
        assert after[name] == pytest.approx(before[name] + shift, abs=1e-6)


@pytest.mark.parametrize(("share", "interval", "least"), [(0.05, "wilson", 0.93), (0.4, "clopper-pearson", 0.95)])
def test_proportion_intervals_cover_the_truth(share, interval, least):
    drawn = np.random.default_rng(20_250_601).binomial(80, share, size=20_000)
    table = proportion(drawn, 80, interval=interval)
    covered = ((table["lower"] <= share) & (share <= table["upper"])).mean()
    assert least <= covered <= 0.985


@pytest.mark.parametrize("truth", [4.0, 25.0])
def test_count_intervals_cover_the_truth(truth):
    drawn = np.random.default_rng(20_250_602).poisson(truth, size=20_000)
    table = count(drawn)
    assert 0.945 <= ((table["lower"] <= truth) & (truth <= table["upper"])).mean() <= 0.985


def test_mean_intervals_cover_the_truth():
    drawn = np.random.default_rng(20_250_603).normal(3.0, 2.0, size=8 * 3000)
    table = mean(drawn, groups=list(np.repeat(np.arange(3000), 8)))
    assert 0.94 <= ((table["lower"] <= 3) & (table["upper"] >= 3)).mean() <= 0.96


def test_forty_thousand_rows_are_one_call():
    table = proportion(np.arange(42_000) % 100, 100)
    assert len(table) == 42_000
    assert table["lower"].notna().all()


def test_importing_the_methods_stays_light():
    code = "import sys, mande.indicators.methods; print([n for n in ('scipy', 'statsmodels') if n in sys.modules])"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"

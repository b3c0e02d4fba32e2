"""Gaps between groups: published values, one sign for all, and trends."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import linregress, t

from mande.errors import EstimationError
from mande.evaluation.equity import compute_gaps, concentration_index, ridits, slope_index, trends_of_gaps

# Under-five mortality in India 1982–92 by wealth: O'Donnell, van Doorslaer, Wagstaff and Lindelow 2008, Analyzing health
# equity using household survey data (World Bank), chapter 8: births, deaths per 1,000, concentration index −0.1694.
BIRTHS = [29939.0, 28776.0, 26528.0, 24689.0, 19739.0]
UNDER_FIVE_MORTALITY = [154.7, 152.9, 119.5, 86.9, 54.3]


def quintiles(numerator: list[float], *, ascending: bool) -> pd.DataFrame:
    return pd.DataFrame({"numerator": numerator, "denominator": [1000.0] * len(numerator), "ascending": ascending})


def test_published_concentration_index() -> None:
    found = concentration_index(pd.DataFrame({"value": UNDER_FIVE_MORTALITY, "size": BIRTHS, "ascending": False}))
    assert found["relative_index"] == pytest.approx(0.1694, abs=5e-5)  # published −0.1694; here larger = wider gap


@given(st.lists(st.integers(10, 990), min_size=3, max_size=8))
def test_counting_the_opposite_turns_nothing_around(sick: list[int]) -> None:
    bad = quintiles([float(x) for x in sick], ascending=False)
    good = quintiles([1000.0 - x for x in sick], ascending=True)
    one, other = slope_index(bad), slope_index(good)
    assert one["slope_index"] == pytest.approx(other["slope_index"], abs=1e-7)
    assert one["slope_lower"] == pytest.approx(other["slope_lower"], abs=1e-7)
    values = pd.DataFrame({"value": bad["numerator"], "size": bad["denominator"], "ascending": False})
    turned = pd.DataFrame({"value": good["numerator"], "size": good["denominator"], "ascending": True})
    assert concentration_index(values)["absolute_index"] == pytest.approx(concentration_index(turned)["absolute_index"])


def test_worse_for_the_poor_is_positive_and_above_one() -> None:
    found = slope_index(quintiles([300, 250, 220, 180, 150], ascending=False))
    assert found["slope_index"] > 0.15
    assert found["relative_lower"] > 1
    mirrored = slope_index(quintiles([150, 180, 220, 250, 300], ascending=False))
    assert mirrored["slope_index"] == pytest.approx(-found["slope_index"], abs=1e-7)


def test_slope_of_a_true_logistic_gradient_is_recovered() -> None:
    rank = ridits(pd.Series([1e6] * 10))
    share = 1 / (1 + np.exp(-(-1.0 + 0.8 * rank)))
    groups = pd.DataFrame({"numerator": share * 1e6, "denominator": 1e6, "ascending": True})
    ends = 1 / (1 + np.exp(1.0)), 1 / (1 + np.exp(0.2))
    assert slope_index(groups)["slope_index"] == pytest.approx(ends[1] - ends[0], abs=1e-6)
    assert slope_index(groups)["relative_index"] == pytest.approx(ends[1] / ends[0], abs=1e-5)


def test_equal_groups_have_no_gap_and_two_groups_no_slope() -> None:
    found = slope_index(quintiles([200] * 5, ascending=False))
    assert found["slope_index"] == pytest.approx(0, abs=1e-9)
    assert found["slope_lower"] < 0 < found["slope_upper"]
    assert slope_index(quintiles([200, 100], ascending=False)).isna().sum() == 6


def gaps(**changes: object) -> pd.DataFrame:
    rows = pd.DataFrame(
        {
            "indicator": "IMR",
            "group": ["rural", "urban"],
            "value": [20.0, 12.0],
            "lower": [17.0, 10.0],
            "upper": [23.0, 14.0],
            "ascending": False,
        }
    )
    return compute_gaps(rows.assign(**changes), reference="urban", by=["indicator"])


def test_difference_with_its_limits_by_hand() -> None:
    row = gaps().iloc[0]
    assert row["difference"] == 8
    assert row["difference_lower"] == pytest.approx(8 - np.hypot(3, 2))
    assert row["ratio"] == pytest.approx(20 / 12)
    assert row["is_different"]


def test_where_more_is_better_the_same_numbers_say_the_group_is_better_off() -> None:
    row = gaps(ascending=True).iloc[0]
    assert row["difference"] == -8
    assert row["difference_upper"] == pytest.approx(-8 + np.hypot(3, 2))
    assert row["ratio"] == pytest.approx(12 / 20)


def test_without_limits_nothing_is_called_different_and_zero_has_no_ratio() -> None:
    row = gaps(lower=np.nan, upper=np.nan).iloc[0]
    assert pd.isna(row["is_different"])
    assert row["difference"] == 8
    assert np.isnan(gaps(value=[0.0, 12.0], lower=0.0, upper=30.0).iloc[0]["ratio"])


def test_wrong_groups_are_named() -> None:
    rows = pd.DataFrame({"group": ["a", "a"], "value": 1.0, "lower": 1.0, "upper": 1.0, "ascending": True})
    with pytest.raises(EstimationError, match="stands twice"):
        compute_gaps(rows, reference="a", by=[])
    with pytest.raises(EstimationError, match='no group "b"'):
        compute_gaps(rows.head(1), reference="b", by=[])


def trend_of(values: list[float], years: range = range(2016, 2021)) -> pd.Series:
    gaps = pd.DataFrame({"indicator": "IMR", "year": [*years], "value": values}, dtype=object)
    return trends_of_gaps(gaps.astype({"year": float, "value": float}), by=["indicator"]).iloc[0]


def test_trend_of_a_gap() -> None:
    assert trend_of([5, 6.1, 7, 7.9, 9])["trend"] == "widening"
    assert trend_of([9, 8, 7.1, 6, 5])["trend"] == "narrowing"
    assert trend_of([5, 7, 4, 8, 5])["trend"] == "no_clear_change"
    assert trend_of([0.1] * 5)["trend"] == "no_clear_change"
    short = trend_of([5, 6, np.nan, np.nan, np.nan])
    assert short["trend"] == "not_estimable" and np.isnan(short["change_per_year"]) and short["n_years"] == 2


def test_trends_of_many_gaps_are_those_of_one_regression_each() -> None:
    random = np.random.default_rng(4)
    years = np.arange(2015, 2023)
    gaps = pd.DataFrame(
        {
            "place_code": np.repeat(["01", "02", "04", "06"], len(years)),
            "year": np.tile(years, 4).astype(float),
            "value": random.normal(10, 2, 4 * len(years))
            + np.repeat([0.0, 1.5, -1.5, 3.0], len(years)) * np.tile(years - 2015, 4),
        }
    ).drop(index=[3, 9, 10])
    found = trends_of_gaps(gaps.sample(frac=1, random_state=1), by=["place_code"]).set_index("place_code")
    for place, rows in gaps.groupby("place_code"):
        fit = linregress(rows["year"], rows["value"])
        half = t.isf(0.025, len(rows) - 2) * fit.stderr
        made = found.loc[place, ["change_per_year", "change_lower", "change_upper", "n_years"]].astype(float)
        np.testing.assert_allclose(made, [fit.slope, fit.slope - half, fit.slope + half, len(rows)], rtol=1e-9)

"""Promises about the change itself, each before, at and after its threshold."""

from datetime import date

import pytest

from tests.evaluation.made_up import make_observations, make_programme

BETWEEN = [{"kind": "yearly_change_between", "from_year": 2021, "to_year": 2030, "value": 2.0, "value_high": 3.0}]
PREVIOUS = [{"kind": "below_previous_year", "year": 2025}]
REDUCE = [{"kind": "direction_only", "year": 2025}]
GROWTH = [{"kind": "growth_rate_direction", "year": 2025}]


@pytest.mark.parametrize(
    ("levels", "values", "verdict", "reason"),
    [
        (BETWEEN, {2022: 100, 2023: 98}, "met", "change_kept"),
        (BETWEEN, {2022: 100, 2023: 97}, "met", "change_kept"),
        (BETWEEN, {2022: 100, 2023: 90}, "met", "change_kept"),
        (BETWEEN, {2022: 100, 2023: 98.1}, "behind", "change_short"),
        (BETWEEN, {2022: 100, 2023: 100}, "off_track", "unchanged"),
        (BETWEEN, {2022: 100, 2023: 101}, "worsening", "moved_away"),
        (BETWEEN, {2021: 100, 2023: 90}, "not_assessable", "no_previous_year"),
        (BETWEEN, {2022: 0, 2023: 3}, "not_assessable", "zero_base"),
        (PREVIOUS, {2022: 10, 2023: 9.9}, "met", "better_than_previous"),
        (PREVIOUS, {2022: 10, 2023: 10}, "off_track", "unchanged"),
        (PREVIOUS, {2022: 10, 2023: 10.1}, "worsening", "moved_away"),
        (PREVIOUS, {2022: 0, 2023: 0}, "off_track", "unchanged"),
        (PREVIOUS, {2021: 10, 2023: 9}, "not_assessable", "no_previous_year"),
        (REDUCE, {2020: 10, 2023: 9}, "on_track", "right_direction"),
        (REDUCE, {2020: 10, 2023: 0}, "on_track", "right_direction"),
        (REDUCE, {2020: 10, 2023: 10}, "off_track", "unchanged"),
        (REDUCE, {2020: 10, 2023: 11}, "worsening", "moved_away"),
        (REDUCE, {2023: 9}, "not_assessable", "no_baseline"),
        (GROWTH, {2021: 100, 2022: 110, 2023: 115}, "on_track", "growth_slows"),
        (GROWTH, {2021: 100, 2022: 110, 2023: 121}, "off_track", "unchanged"),
        (GROWTH, {2021: 100, 2022: 110, 2023: 130}, "worsening", "growth_quickens"),
        (GROWTH, {2022: 110, 2023: 130}, "not_assessable", "no_previous_year"),
        (GROWTH, {2021: 0, 2022: 110, 2023: 130}, "not_assessable", "zero_base"),
    ],
)
def test_falling_indicator(judge, levels, values, verdict, reason):
    row = judge(make_programme(levels, unit="cases"), make_observations(values))
    assert (row["verdict"], row["reason"]) == (verdict, reason)


@pytest.mark.parametrize(
    ("levels", "values", "verdict"),
    [
        (BETWEEN, {2022: 100, 2023: 102}, "met"),
        (BETWEEN, {2022: 100, 2023: 101.9}, "behind"),
        (BETWEEN, {2022: 100, 2023: 99}, "worsening"),
        (PREVIOUS, {2022: 10, 2023: 11}, "met"),
        (REDUCE, {2020: 10, 2023: 11}, "on_track"),
        (GROWTH, {2021: 100, 2022: 110, 2023: 130}, "on_track"),
    ],
)
def test_rising_indicator_is_the_mirror(judge, levels, values, verdict):
    assert judge(make_programme(levels, ascending=True, unit="cases"), make_observations(values))["verdict"] == verdict


def test_reduce_without_a_number_is_never_met_and_respects_uncertainty(judge):
    rows = [{"period": "2020", "value": 10}, {"period": "2023", "value": 9, "lower": 7, "upper": 11}]
    row = judge(make_programme(REDUCE), make_observations(rows))
    assert (row["verdict"], row["reason"]) == ("cannot_tell", "interval_holds_baseline")


@pytest.mark.parametrize(
    ("value", "actual", "verdict"),
    [(-10.0, 180.0, "met"), (-10.0, 180.1, "on_track"), (-10.0, 201.0, "worsening"), (-50.0, 180.0, "off_track")],
)
def test_change_against_a_base_year_becomes_a_level(judge, value, actual, verdict):
    levels = [{"kind": "change_from_base", "year": 2025, "base_year": 2020, "value": value}]
    row = judge(make_programme(levels, unit="cases"), make_observations({2020: 200, 2023: actual}))
    assert row["target_value"] == pytest.approx(200 * (1 + value / 100))
    assert (row["promised_change_pct"], row["verdict"]) == (value, verdict)


def test_change_against_a_base_year_without_that_year(judge):
    levels = [{"kind": "change_from_base", "year": 2025, "base_year": 2020, "value": -10.0}]
    row = judge(make_programme(levels), make_observations({2019: 200, 2023: 180}))
    assert (row["verdict"], row["reason"]) == ("not_assessable", "no_base_year")


@pytest.mark.parametrize(("actual", "verdict"), [(100, "met"), (99.9, "on_track"), (80, "off_track")])
def test_complete_means_all(judge, actual, verdict):
    levels = [{"kind": "complete", "year": 2025}]
    assert (
        judge(make_programme(levels, ascending=True), make_observations({2020: 80, 2023: actual}))["verdict"] == verdict
    )


def test_a_promise_without_a_number_is_named(judge):
    row = judge(make_programme([{"kind": "qualitative", "year": 2025}]), make_observations({2020: 1, 2023: 1}))
    assert (row["verdict"], row["reason"]) == ("not_assessable", "no_number")


@pytest.mark.parametrize(("actual", "verdict"), [(100, "met"), (99, "not_met")])
def test_an_obligation_of_every_year_is_kept_or_not(judge, actual, verdict):
    levels = [{"from_year": 2021, "to_year": 2030, "operator": ">=", "value": 100.0}]
    assert (
        judge(make_programme(levels, ascending=True), make_observations({2020: 90, 2023: actual}))["verdict"] == verdict
    )


def test_an_obligation_that_has_not_begun_is_not_due(judge):
    levels = [{"kind": "yearly_change_between", "from_year": 2025, "to_year": 2030, "value": 2.0, "value_high": 3.0}]
    row = judge(make_programme(levels), make_observations({2022: 100, 2023: 90}), as_of=date(2024, 12, 31))
    assert (row["verdict"], row["reason"]) == ("not_assessable", "not_due")


@pytest.mark.parametrize(
    ("values", "verdict", "shown"),
    [
        ({2020: 100, 2021: 100, 2022: 100, 2023: 99, 2024: 100}, "not_met", (99, 2023)),
        ({2020: 90, 2021: 100, 2024: 100}, "met", (100, 2024)),
        ({2020: 100, 2021: 98, 2022: 99, 2024: 100}, "not_met", (99, 2022)),
    ],
)
def test_an_obligation_of_every_year_is_broken_by_any_year(judge, values, verdict, shown):
    levels = [{"from_year": 2021, "to_year": 2030, "operator": ">=", "value": 100.0}]
    row = judge(make_programme(levels, ascending=True), make_observations(values))
    assert (row["verdict"], (row["actual_value"], row["actual_year"])) == (verdict, shown)


def test_a_broken_year_does_not_grow_old_while_newer_values_arrive(judge):
    levels = [{"from_year": 2021, "to_year": 2030, "operator": ">=", "value": 100.0}]
    values = make_observations({2020: 100, 2021: 99, 2029: 100})
    row = judge(make_programme(levels, ascending=True), values, as_of=date(2029, 12, 31))
    assert (row["verdict"], row["actual_year"]) == ("not_met", 2021)


def test_a_level_that_was_lost_in_between_is_met_but_not_held(judge):
    levels = [{"year": 2025, "operator": ">=", "value": 90.0}]
    programme = make_programme(levels, ascending=True)
    assert judge(programme, make_observations({2020: 95, 2022: 93, 2024: 94}))["reason"] == "held"
    assert judge(programme, make_observations({2020: 95, 2022: 85, 2024: 94}))["reason"] == "meets_target"

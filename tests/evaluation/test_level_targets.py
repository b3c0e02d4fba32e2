"""The truth table of level targets, worked out by hand.

Mid-term, judged year 2025. Each line: direction and target of 2025; baseline 2020; newest value and its year; what to say.
The planned yearly change is (target − baseline)/5; the pace is the observed yearly change over it.
"""

import math
from datetime import date

import pytest

from tests.evaluation.made_up import make_observations, make_programme

# direction, operator, target, baseline 2020, actual, year, verdict, reason, share
TABLE = """
falling <=  10  20   10.0 2023 met        meets_target   1.0
falling <   10  20   10.0 2023 on_track   pace_enough    1.0
falling <   10  20    9.9 2023 met        meets_target   1.01
falling <=  10  20   14.0 2023 on_track   pace_enough    0.6
falling <=  10  20   14.3 2023 on_track   pace_enough    0.57
falling <=  10  20   14.4 2023 behind     pace_short     0.56
falling <=  10  20   16.4 2023 behind     pace_short     0.36
falling <=  10  20   16.5 2023 off_track  pace_far_short 0.35
falling <=  10  20   20.0 2023 off_track  pace_far_short 0.0
falling <=  10  20   20.1 2023 worsening  moved_away    -0.01
falling <=  10  20   25.0 2023 worsening  moved_away    -0.5
falling <=  10  20   18.0 2021 on_track   pace_enough    0.2
falling <=  10  20   18.1 2021 on_track   pace_enough    0.19
falling <=  10  20   18.2 2021 behind     pace_short     0.18
falling <=  10  20    0.0 2023 met        meets_target   2.0
falling <=  10   8    7.0 2023 met        held           nan
falling <=  10   8    9.0 2023 met        held           nan
falling <=  10   8   10.0 2023 met        held           nan
falling <=  10   8   10.5 2023 worsening  lost           nan
falling <   10  10   10.0 2023 off_track  pace_far_short nan
falling <   10  10    9.0 2023 met        meets_target   nan
falling <=  10  10   10.0 2023 met        held           nan
falling <=  10  10   11.0 2023 worsening  lost           nan
falling <    0  10    0.0 2023 on_track   pace_enough    1.0
falling <=   0  10    0.0 2023 met        meets_target   1.0
falling <=   0  10    4.0 2023 on_track   pace_enough    0.6
falling <=   0   0    0.0 2023 met        held           nan
falling <=   0   0    0.1 2023 worsening  lost           nan
rising  >=  90  80   90.0 2023 met        meets_target   1.0
rising  >   90  80   90.0 2023 on_track   pace_enough    1.0
rising  >   90  80   90.1 2023 met        meets_target   1.01
rising  >=  90  80   86.0 2023 on_track   pace_enough    0.6
rising  >=  90  80   85.7 2023 on_track   pace_enough    0.57
rising  >=  90  80   85.6 2023 behind     pace_short     0.56
rising  >=  90  80   83.6 2023 behind     pace_short     0.36
rising  >=  90  80   83.5 2023 off_track  pace_far_short 0.35
rising  >=  90  80   80.0 2023 off_track  pace_far_short 0.0
rising  >=  90  80   79.9 2023 worsening  moved_away    -0.01
rising  >=  90  80   70.0 2023 worsening  moved_away    -1.0
rising  >=  90  95   95.0 2023 met        held           nan
rising  >=  90  95   91.0 2023 met        held           nan
rising  >=  90  95   90.0 2023 met        held           nan
rising  >=  90  95   89.9 2023 worsening  lost           nan
rising  >=  90  90   90.0 2023 met        held           nan
rising  >   90  90   90.0 2023 off_track  pace_far_short nan
rising  >=  90  90   89.0 2023 worsening  lost           nan
rising  >= 100 100  100.0 2023 met        held           nan
rising  >= 100 100   99.9 2023 worsening  lost           nan
rising  >= 100  50   80.0 2023 on_track   pace_enough    0.6
rising  >=  90   0   54.0 2023 on_track   pace_enough    0.6
rising  >=  90   0    0.0 2023 off_track  pace_far_short 0.0
"""
LINES = [line.split() for line in TABLE.strip().splitlines()]


@pytest.mark.parametrize("line", LINES, ids=[" ".join(line[:6]) for line in LINES])
def test_interim_verdict(judge, line):
    way, operator, target, baseline, actual, year, verdict, reason, share = line
    programme = make_programme(
        [{"year": 2025, "operator": operator, "value": float(target)}], ascending=way == "rising"
    )
    row = judge(programme, make_observations({2020: float(baseline), int(year): float(actual)}))
    assert (row["verdict"], row["reason"]) == (verdict, reason)
    assert row["share"] == pytest.approx(float(share), nan_ok=True)


@pytest.mark.parametrize(
    ("values", "verdict", "reason"),
    [
        ({}, "not_assessable", "no_value"),
        ({2016: 20}, "not_assessable", "stale"),
        ({2021: 20}, "not_assessable", "no_baseline"),
        ({2021: 9}, "met", "meets_target"),
        ({2020: 20, 2025: 5}, "not_assessable", "stale"),
        ({2016: 20, 2022: 16}, "behind", "pace_short"),
    ],
)
def test_what_is_missing_is_said(judge, values, verdict, reason):
    programme = make_programme([{"year": 2025, "operator": "<=", "value": 10.0}])
    row = judge(programme, make_observations(values))
    assert (row["verdict"], row["reason"]) == (verdict, reason)


def test_a_value_from_before_the_programme_shows_nothing_about_it(judge):
    programme = make_programme([{"year": 2025, "operator": "<=", "value": 10.0}])
    row = judge(programme, make_observations({2019: 11, 2020: 9}), as_of=date(2021, 6, 30))
    assert (row["verdict"], row["reason"]) == ("not_assessable", "nothing_since_baseline")


def test_baseline_is_the_last_value_before_the_start_and_shows_its_year(judge):
    programme = make_programme([{"year": 2025, "operator": "<=", "value": 10.0}])
    row = judge(programme, make_observations({2015: 30, 2018: 24, 2021: 20, 2023: 14}))
    assert (row["baseline_value"], row["baseline_year"]) == (24, 2018)
    assert row["expected_value"] == pytest.approx(24 + (10 - 24) / 7 * 5)
    assert row["planned_yearly_change"] == pytest.approx(-2.0)
    assert row["observed_yearly_change"] == pytest.approx(-2.0)
    assert row["required_yearly_change"] == pytest.approx((10 - 14) / 2)


def test_a_missing_milestone_is_judged_on_the_way_to_the_next_level(judge):
    programme = make_programme([{"year": 2030, "operator": "<=", "value": 10.0}])
    row = judge(programme, make_observations({2020: 20, 2023: 17}))
    assert (row["target_year"], row["verdict"]) == (2030, "on_track")
    assert row["expected_value"] == pytest.approx(17.0)


def test_a_missing_end_level_is_judged_at_the_end_by_the_last_level(judge):
    programme = make_programme([{"year": 2025, "operator": ">=", "value": 95.0}], ascending=True)
    row = judge(programme, make_observations({2020: 80, 2030: 94}), stage="end-term", as_of=date(2030, 12, 31))
    assert (row["target_year"], row["verdict"], row["reason"]) == (2025, "not_met", "target_missed")


def test_the_operator_may_change_between_years(judge):
    programme = make_programme(
        [{"year": 2025, "operator": "<=", "value": 17.0}, {"year": 2030, "operator": "<", "value": 15.0}]
    )
    observations = make_observations({2020: 20, 2024: 17, 2030: 15})
    assert judge(programme, observations)["verdict"] == "met"
    assert judge(programme, observations, stage="end-term", as_of=date(2030, 12, 31))["verdict"] == "not_met"


@pytest.mark.parametrize(
    ("year", "verdict", "reason"), [(2030, "not_met", "target_missed"), (2027, "not_assessable", "stale")]
)
def test_an_end_term_verdict_needs_a_value_of_the_end(judge, year, verdict, reason):
    programme = make_programme([{"year": 2030, "operator": "<=", "value": 10.0}])
    row = judge(programme, make_observations({2020: 20, year: 12}), stage="end-term", as_of=date(2030, 12, 31))
    assert (row["verdict"], row["reason"], row["actual_value"]) == (verdict, reason, 12)


def test_a_value_of_the_target_year_that_misses_is_final_at_mid_term(judge):
    programme = make_programme([{"year": 2025, "operator": "<=", "value": 10.0}])
    row = judge(programme, make_observations({2020: 20, 2025: 10.1}), as_of=date(2025, 12, 31))
    assert (row["verdict"], row["reason"]) == ("not_met", "target_missed")


@pytest.mark.parametrize(
    ("qualifier", "value", "operator", "verdict", "reason"),
    [
        ("<", 10, "<", "met", "meets_target"),
        ("<", 11, "<", "cannot_tell", "qualified_value"),
        (">", 11, "<", "worsening", "moved_away"),
        (">", 9, "<", "cannot_tell", "qualified_value"),
        ("~", 10, "<=", "met", "meets_target"),
    ],
)
def test_a_bound_decides_only_where_it_can(judge, qualifier, value, operator, verdict, reason):
    programme = make_programme([{"year": 2025, "operator": operator, "value": 10.0}])
    rows = [{"period": "2020", "value": 10.5}, {"period": "2023", "value": value, "value_qualifier": qualifier}]
    row = judge(programme, make_observations(rows))
    assert (row["verdict"], row["reason"]) == (verdict, reason)


def test_an_exact_value_comes_before_a_newer_approximate_one(judge):
    programme = make_programme([{"year": 2025, "operator": "<=", "value": 5.0}])
    rows = [{"period": "2022", "value": 7.16}, {"period": "2023", "value": 7, "value_qualifier": "~"}]
    assert judge(programme, make_observations(rows))["actual_value"] == 7.16


def test_an_interval_across_the_target_cannot_tell(judge):
    programme = make_programme([{"year": 2025, "operator": "<=", "value": 10.0}])
    rows = [{"period": "2020", "value": 20}, {"period": "2023", "value": 9.5, "lower": 8.0, "upper": 11.0}]
    row = judge(programme, make_observations(rows))
    assert (row["verdict"], row["reason"]) == ("cannot_tell", "interval_spans_target")


def test_another_basis_is_shown_and_never_judged(judge):
    programme = make_programme([{"year": 2025, "operator": "<=", "value": 10.0}])
    row = judge(programme, make_observations({2020: 20, 2023: 5}, basis="theirs"))
    assert (row["verdict"], row["reason"], row["actual_value"]) == ("not_comparable", "other_basis", 5)
    assert math.isnan(row["share"])


def test_series_are_never_chained(judge):
    programme = make_programme([{"year": 2025, "operator": "<=", "value": 10.0}])
    rows = [
        {"period": "2020", "value": 20, "source": "old edition"},
        {"period": "2023", "value": 14, "source": "new edition"},
    ]
    row = judge(programme, make_observations(rows))
    assert (row["verdict"], row["reason"], row["actual_source"]) == ("not_assessable", "no_baseline", "new edition")


def test_what_failed_a_check_or_is_only_remembered_carries_no_verdict(judge):
    programme = make_programme([{"year": 2025, "operator": "<=", "value": 10.0}])
    observations = make_observations({2020: 20, 2023: 14})
    assert judge(programme, observations, failed=["made-up:1"])["reason"] == "stale"
    assert judge(programme, observations, failed=["made-up:0", "made-up:1"])["reason"] == "failed_check"
    assert judge(programme, make_observations({2023: 14}, confidence="memory"))["reason"] == "only_remembered"


def test_a_target_that_is_only_remembered_is_not_judged(judge):
    programme = make_programme([{"year": 2025, "operator": "<=", "value": 10.0}], confidence="memory")
    row = judge(programme, make_observations({2020: 20, 2023: 5}))
    assert (row["verdict"], row["reason"]) == ("not_assessable", "target_remembered")


def test_each_row_names_its_rule_and_changes_its_hash_with_an_input(judge):
    programme = make_programme([{"year": 2025, "operator": "<=", "value": 10.0}])
    one, other = (judge(programme, make_observations({2020: 20, 2023: value})) for value in (14.0, 14.5))
    assert (one["rule"], one["rule_version"], one["on_track_pace"]) == ("linear-path", "1", 0.95)
    assert one["data_hash"] != other["data_hash"]
    assert one["data_hash"] == judge(programme, make_observations({2020: 20, 2023: 14.0}))["data_hash"]


def test_a_target_for_one_group_is_judged_by_that_group_alone(judge):
    programme = make_programme([{"year": 2025, "operator": "<", "value": 5.0}])
    rural = programme.targets[0].model_copy(update={"dimension": "residence", "dimension_value": "rural"})
    programme = programme.model_copy(update={"targets": (rural,)})
    total = make_observations({2020: 9, 2023: 3})
    urban = make_observations({2020: 9, 2023: 3}, dimension="residence", dimension_value="urban")
    own = make_observations({2020: 9, 2023: 7.5}, dimension="residence", dimension_value="rural")
    assert judge(programme, total)["reason"] == "no_value"
    assert judge(programme, urban)["reason"] == "no_value"
    assert (judge(programme, own)["verdict"], judge(programme, own)["actual_value"]) == ("behind", 7.5)

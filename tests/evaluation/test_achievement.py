"""What must hold of achievement and of every rule, whatever the numbers."""

from datetime import date

import numpy as np
import pandas as pd
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from mande.errors import EstimationError
from mande.evaluation import progress
from mande.evaluation.achievement import achievement
from mande.evaluation.rate_ratio import rate_ratio
from mande.framework.model import RuleName
from mande.indicators.actuals import accepted_rules, compute_actuals
from mande.vocabulary import Stage, Verdict
from tests.evaluation.made_up import make_observations, make_programme

ORDER = [
    Verdict.WORSENING,
    Verdict.NOT_MET,
    Verdict.OFF_TRACK,
    Verdict.BEHIND,
    Verdict.ON_TRACK,
    Verdict.CANNOT_TELL,
    Verdict.MET_UNCERTAIN,
    Verdict.MET,
]
numbers = st.floats(min_value=-1e4, max_value=1e4).map(lambda value: round(value, 2))
positive = st.floats(min_value=0.5, max_value=99.5).map(lambda value: round(value, 2))


@given(baseline=numbers, target=numbers)
def test_share_is_zero_at_the_baseline_and_one_at_the_target_both_ways(baseline, target):
    assume(baseline != target)
    table = achievement(baseline, [baseline, target], target, ascending=target > baseline)
    assert table["share"].tolist() == [0.0, 1.0]
    assert table["state"].tolist() == ["unchanged", "reached"]


@given(baseline=numbers, target=numbers, values=st.lists(numbers, min_size=2, max_size=8))
def test_share_rises_with_every_step_in_the_wished_direction(baseline, target, values):
    assume(baseline != target)
    is_rising = target > baseline
    ordered = sorted(values, reverse=not is_rising)
    share = achievement(baseline, ordered, target, ascending=is_rising)["share"].to_numpy()
    assert (np.diff(share) >= 0).all()


@given(baseline=numbers, target=numbers, actual=numbers, scale=st.sampled_from([0.001, 2.5, 1000.0, -1.0]))
def test_share_is_free_of_the_unit_and_of_the_zero_point(baseline, target, actual, scale):
    assume(abs(target - baseline) > 0.01)
    one = achievement(baseline, actual, target, ascending=target > baseline)
    b, a, t = (scale * number + 7 for number in (baseline, actual, target))
    other = achievement(b, a, t, ascending=t > b)
    assert other["share"].iloc[0] == pytest.approx(one["share"].iloc[0], rel=1e-6, abs=1e-6)


@pytest.mark.parametrize(
    ("numbers_", "ascending", "is_strict", "share", "state", "reason"),
    [
        ((8, 9, 10), False, False, None, "held", "met_at_baseline"),
        ((8, 11, 10), False, False, None, "lost", "met_at_baseline"),
        ((10, 10, 10), False, False, None, "held", "met_at_baseline"),
        ((10, 10, 10), False, True, None, "unchanged", "target_equals_base"),
        ((10, 11, 10), False, True, None, "further_away", "target_equals_base"),
        ((20, 10, 10), False, True, 1.0, "on_the_way", ""),
        ((20, 10, 10), False, False, 1.0, "reached", ""),
        ((20, 25, 10), False, False, -0.5, "further_away", ""),
        ((0, 45, 90), True, False, 0.5, "on_the_way", ""),
        ((-10, 5, 20), True, False, 0.5, "on_the_way", ""),
        ((20, float("nan"), 10), False, False, None, "not_available", "no_value"),
        ((20, 15, 10), float("nan"), False, None, "not_available", "no_direction"),
    ],
)
def test_held_lost_and_what_is_missing(numbers_, ascending, is_strict, share, state, reason):
    row = achievement(*numbers_, ascending=ascending, is_strict=is_strict).iloc[0]
    assert (row["state"], row["reason"]) == (state, reason)
    assert row["share"] == pytest.approx(float("nan") if share is None else share, nan_ok=True)


def test_a_word_for_a_number_is_refused():
    with pytest.raises(EstimationError, match="base_value"):
        achievement("twenty", 15, 10, ascending=False)


def judge_values(rule, level, values, *, ascending, stage):
    """Judge one place per value: the same baseline of 2020, the same target."""
    programme = make_programme([level], ascending=ascending)
    programme = programme.model_copy(update={"verdict_rule": programme.verdict_rule.by_rule(rule)})
    rows = [
        {"period": period, "value": number, "place_code": f"{place:02d}", **limits}
        for place, value in enumerate(values)
        for period, number, limits in value
    ]
    as_of = date(2030, 12, 31) if stage == Stage.END_TERM else date(2024, 12, 31)
    nothing = pd.DataFrame({"observation_id": [], "severity": []}, dtype=str)
    codes = [f"{place:02d}" for place in range(len(values))]
    actuals = compute_actuals(make_observations(rows), programme, place_codes=codes, as_of=as_of, findings=nothing)
    table = progress.compute_progress(
        actuals, accepted_rules(programme), programme, stage=stage, as_of=as_of, place_codes=codes
    )
    return table.set_index("place_code").loc[codes, "verdict"].tolist()


@settings(max_examples=15, deadline=None)
@given(
    rule=st.sampled_from(list(RuleName)),
    stage=st.sampled_from([Stage.MID_TERM, Stage.END_TERM]),
    baseline=positive,
    target=positive,
    actuals=st.lists(positive, min_size=12, max_size=12),
    is_strict=st.booleans(),
    is_rising=st.booleans(),
)
def test_no_rule_improves_a_verdict_when_the_value_worsens(
    rule, stage, baseline, target, actuals, is_strict, is_rising
):
    operator = (">" if is_rising else "<") + ("" if is_strict else "=")
    year = 2030 if stage == Stage.END_TERM else 2025
    worst_first = sorted(actuals, reverse=not is_rising)
    newest = "2030" if stage == Stage.END_TERM else "2023"
    values = [[("2020", baseline, {}), (newest, value, {})] for value in worst_first]
    level = {"year": year, "operator": operator, "value": target}
    verdicts = judge_values(rule, level, values, ascending=is_rising, stage=stage)
    ranks = [ORDER.index(verdict) for verdict in verdicts if verdict != Verdict.NOT_ASSESSABLE]
    assert ranks == sorted(ranks)
    has_rule = rule == RuleName.LINEAR_PATH or baseline != target
    assert len(ranks) == len(verdicts) or not has_rule


@settings(max_examples=8, deadline=None)
@given(target=positive, half_width=st.floats(min_value=0.1, max_value=9), is_rising=st.booleans())
def test_with_an_interval_the_end_term_goes_from_not_met_to_met_without_a_step_back(target, half_width, is_rising):
    steps = np.linspace(-20, 20, 9) * (1 if is_rising else -1)
    limits = [{"lower": target + step - half_width, "upper": target + step + half_width} for step in steps]
    values = [[("2030", target + step, limit)] for step, limit in zip(steps, limits, strict=True)]
    level = {"year": 2030, "operator": ">=" if is_rising else "<=", "value": target}
    verdicts = judge_values(RuleName.LINEAR_PATH, level, values, ascending=is_rising, stage=Stage.END_TERM)
    ranks = [ORDER.index(verdict) for verdict in verdicts]
    assert ranks == sorted(ranks)
    assert verdicts[0] == "not_met" and verdicts[4] == "met_uncertain" and verdicts[-1] == "met"


def test_rate_ratio_is_public_in_progress():
    assert progress.rate_ratio is rate_ratio and "rate_ratio" in progress.__all__
    row = progress.rate_ratio(
        base_year=2020,
        base_value=32,
        current_year=2023,
        current_value=4,
        target_year=2025,
        target_value=1,
        ascending=False,
        natural_limit=None,
    ).iloc[0]
    assert (row["ratio"], row["score"], row["status"]) == (1.0, pytest.approx(2.8572), "substantial_progress")

"""Limits of survey values from sample size and design effect: which values get them, and what verdicts make of them."""

from datetime import date

import numpy as np
import pandas as pd
import pytest

from mande.errors import DataError
from mande.framework.model import Indicator
from mande.indicators.survey_limits import add_survey_limits
from mande.sources.published import COLUMNS, read_observations

SHARE = 100 * 81 / 263


def indicator(name, measure, unit):
    title = {"vi": "Tên đặt thử", "en": "Made up"}
    about = {"id": name, "title": title, "short": title, "unit": unit, "measure": measure}
    return Indicator(**about, ascending=False, aggregation="none")


INDICATORS = [
    indicator("X", "percentage", "percent"),
    indicator("A_RATE", "rate", "per_1000_live_births"),
    indicator("A_MEAN", "mean", "kilograms"),
    indicator("A_COUNT", "count", "children"),
    indicator("BIRTHS_PER_WOMAN", "rate", "births_per_woman"),
]


def observed(**changes):
    row = {"indicator": "X", "value": SHARE, "lower": np.nan, "upper": np.nan, "value_qualifier": "="}
    return pd.DataFrame([row | {"sample_size": 526.0, "design_effect": 2.0} | changes])


def test_an_effective_sample_has_the_published_limits_of_its_size():
    # 81 of 263: 25,53 to 36,62 % (Newcombe 1998, Stat Med 17:857-872, table I, method 3); 526 asked at design effect 2.
    row = add_survey_limits(observed(), indicators=INDICATORS).iloc[0]
    assert (round(row["lower"], 2), round(row["upper"], 2)) == (25.53, 36.62)
    assert row["interval_method"] == "Wilson, design effect"


@pytest.mark.parametrize(
    ("value", "effect", "limits", "method"),
    [
        # Exact limits of 5 events 1,6235 to 11,6683, of 20 events by Byar 12,21 to 30,89 (Breslow and Day 1987, II
        # p. 70 has 1,62 to 11,67 and 12,22 to 30,89): of 500 births at risk after the design effect.
        (10.0, 2.0, (2 * 1.6235, 2 * 11.6683), "exact, design effect"),
        (40.0, 2.0, (2 * 12.21, 2 * 30.89), "Byar, design effect"),
    ],
)
def test_a_survey_rate_has_the_limits_of_its_events(value, effect, limits, method):
    table = observed(indicator="A_RATE", value=value, sample_size=1000.0)
    row = add_survey_limits(table.assign(design_effect=effect), indicators=INDICATORS).iloc[0]
    assert (row["lower"], row["upper"]) == pytest.approx(limits, abs=0.02)
    assert row["interval_method"] == method


def test_a_mean_keeps_the_limits_that_came_with_it_and_rows_of_unlike_units_do_not_mix():
    mean = observed(indicator="A_MEAN", value=12.0, lower=11.0, upper=13.0)
    rate = observed(indicator="A_RATE", value=10.0, sample_size=1000.0)
    table = add_survey_limits(pd.concat([mean, rate, observed()], ignore_index=True), indicators=INDICATORS)
    assert table["interval_method"].tolist() == ["as published", "exact, design effect", "Wilson, design effect"]
    assert table["lower"].round(2).tolist() == [11.0, 3.25, 25.53]


def test_published_limits_stand():
    row = add_survey_limits(observed(lower=24.0, upper=38.0), indicators=INDICATORS).iloc[0]
    assert (row["lower"], row["upper"], row["interval_method"]) == (24.0, 38.0, "as published")


@pytest.mark.parametrize(
    "changes",
    [
        {"design_effect": np.nan},
        {"sample_size": np.nan},
        {"sample_size": np.nan, "design_effect": np.nan},
        {"sample_size": 0.0},
        {"design_effect": 0.0},
        {"value_qualifier": "~"},
        {"value": np.nan},
        {"value": 104.0},
        {"indicator": "A_MEAN"},
        {"indicator": "A_COUNT"},
        {"indicator": "BIRTHS_PER_WOMAN"},
        {"indicator": "A_RATE", "design_effect": np.nan},
        {"indicator": "A_RATE", "value": -1.0},
    ],
    ids=lambda changes: ", ".join(changes),
)
def test_no_limits_without_the_design_of_a_sample(changes):
    table = observed(**changes)
    row = add_survey_limits(table, indicators=INDICATORS).iloc[0]
    assert pd.isna(row["lower"])
    assert pd.isna(row["upper"])
    assert row["interval_method"] == ""


def test_columns_that_are_not_there_are_missing():
    table = add_survey_limits(observed().drop(columns=["sample_size", "design_effect"]), indicators=INDICATORS)
    assert table[["sample_size", "design_effect", "lower"]].isna().all(axis=None)


HEADER = ",".join([*COLUMNS, "design_effect"])
ROW = (
    f"CHILD_LABOUR,VN,2023,_T,_T,{SHARE},,,=,percent,observed,national-child-labour-survey,,made-up,1,text,526,made up,"
)


def test_the_tidy_layout_has_the_design_effect(tmp_path):
    path = tmp_path / "made_up.csv"
    path.write_text(f"{HEADER}\n{ROW}2\n{ROW}\n")
    assert read_observations(path)["design_effect"].tolist() == pytest.approx([2.0, np.nan], nan_ok=True)
    path.write_text(f"{HEADER}\n{ROW}-1\n")
    with pytest.raises(DataError, match="cell S2: design_effect -1 → give a number above 0"):
        read_observations(path)


def test_an_end_term_verdict_uses_the_limits(judged):
    """A value that meets its target, 30,8 % against 32 %, leaves the question open where its limits span the target."""
    assert judged(design_effect=2.0) == ("met_uncertain", "Wilson, design effect")
    assert judged(design_effect=np.nan) == ("met", "")


@pytest.fixture
def judged():
    from mande.evaluation.progress import compute_progress
    from mande.indicators.actuals import accepted_rules, compute_actuals
    from mande.vocabulary import Stage
    from tests.evaluation.made_up import make_observations, make_programme

    def judge(design_effect):
        programme = make_programme([{"year": 2030, "operator": "<=", "value": 32.0}])
        values = make_observations({2020: 45.0, 2030: SHARE})
        values = values.assign(sample_size=526.0, design_effect=design_effect)
        as_of, findings = date(2030, 12, 31), pd.DataFrame(columns=["observation_id", "severity"])
        actuals = compute_actuals(values, programme, place_codes=["99"], as_of=as_of, findings=findings)
        asked = {"stage": Stage.END_TERM, "as_of": as_of, "place_codes": ["99"]}
        progress = compute_progress(actuals, accepted_rules(programme), programme, **asked)
        return progress["verdict"].iloc[0], actuals["interval_method"].iloc[-1]

    return judge

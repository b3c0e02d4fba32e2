"""Which verdicts another rule, baseline or source would flip; what the end says of the mid-term; the arithmetic."""

from datetime import date

import numpy as np
import pandas as pd
import pytest

from mande.evaluation.arithmetic import compute_arithmetic
from mande.evaluation.end_term import compare_with_mid_term
from mande.evaluation.progress import ask, compute_progress, judge_promises
from mande.evaluation.promises import select_promises
from mande.evaluation.sensitivity import compute_sensitivity, mark_fragile
from mande.framework.model import RuleName
from mande.framework.verdict_rule import OutlookRule
from mande.indicators.actuals import accepted_rules, compute_actuals
from mande.vocabulary import Stage
from tests.evaluation.made_up import make_observations, make_programme

NOTHING = pd.DataFrame({"observation_id": [], "severity": []}, dtype=str)
AS_OF = date(2024, 12, 31)


def judge_all(rows, *, level=None, ascending=False, rule=RuleName.LINEAR_PATH, outlook=None):
    """Return progress with its fragility, and the table of sensitivity."""
    level = level or {"year": 2025, "operator": "<=", "value": 30.0}
    programme = make_programme([level], ascending=ascending)
    binding = programme.verdict_rule.by_rule(rule).model_copy(update={"outlook": outlook})
    programme = programme.model_copy(update={"verdict_rule": binding})
    observations = make_observations(rows)
    actuals = compute_actuals(observations, programme, place_codes=["99"], as_of=AS_OF, findings=NOTHING)
    question = ask(programme, stage=Stage.MID_TERM, as_of=AS_OF)
    promises, accepted = select_promises(programme, Stage.MID_TERM, judged_year=2025), accepted_rules(programme)
    progress = judge_promises(promises, accepted, actuals, question=question, place_codes=["99"])
    sensitivity = compute_sensitivity(progress, promises, accepted, actuals, question=question)
    return mark_fragile(progress, sensitivity).iloc[0], sensitivity, actuals


def values(source, numbers):
    return [{"period": str(year), "value": value, "source": source} for year, value in numbers.items()]


def test_a_verdict_that_every_choice_gives_is_firm():
    row, table, _ = judge_all(values("a", {2016: 66, 2018: 58, 2020: 50, 2023: 33}))
    assert (row["verdict"], row["is_fragile"], row["fragile_because"]) == ("on_track", False, "")
    assert table[["variation", "choice", "verdict", "is_flipped"]].to_numpy().tolist() == [
        ["baseline_year", "2016", "on_track", False],
        ["baseline_year", "2018", "on_track", False],
        ["rule", "rate-ratio", "on_track", False],
        ["rule", "un-progress-chart-2023", "on_track", False],
    ]


def test_an_older_baseline_that_flips_it_is_named():
    """From 2020: (50 − 38)/3 = 4 a year of 4 planned; from 2018: (41 − 38)/5 = 0.6 of (41 − 30)/7 = 1.57: 38 %."""
    row, table, _ = judge_all(values("a", {2018: 41, 2020: 50, 2023: 38}))
    assert (row["verdict"], row["fragile_because"].split("; ")[0]) == ("on_track", "baseline_year")
    again = table[table["variation"] == "baseline_year"]
    assert again[["choice", "verdict", "is_flipped", "baseline_value"]].to_numpy().tolist() == [
        ["2018", "off_track", True, 41.0]
    ]


def test_another_source_that_flips_it_is_named_and_series_are_not_mixed():
    rows = values("a", {2020: 50, 2023: 38}) + values("b", {2019: 50, 2022: 47})
    row, table, _ = judge_all(rows)
    again = table[table["variation"] == "source"]
    assert again["choice"].tolist() == ["b|ours|"] and again["verdict"].tolist() == ["off_track"]
    assert again[["actual_value", "baseline_value"]].to_numpy().tolist() == [[47.0, 50.0]]
    assert row["series"] == "a|ours|" and "source" in row["fragile_because"]


def test_another_rule_that_flips_it_is_named():
    """From 1 to 32 in five years: 8 after three is a fifth of the straight way and all of the compound one."""
    level = {"year": 2025, "operator": ">=", "value": 32.0}
    row, table, _ = judge_all(values("a", {2020: 1, 2023: 8}), level=level, ascending=True)
    assert (row["verdict"], row["verdict_rate_ratio"], row["fragile_because"]) == ("off_track", "on_track", "rule")
    row, *_ = judge_all(values("a", {2020: 1, 2023: 8}), level=level, ascending=True, rule=RuleName.RATE_RATIO)
    assert (row["verdict"], row["verdict_linear_path"], row["fragile_because"]) == ("on_track", "off_track", "rule")


def test_a_choice_without_a_verdict_is_no_flip():
    rows = values("a", {2020: 50, 2023: 38}) + values("b", {2012: 60, 2015: 55})
    row, table, _ = judge_all(rows)
    stale = table[table["variation"] == "source"]
    assert stale["verdict"].tolist() == ["not_assessable"] and not stale["is_flipped"].any()
    assert "source" not in row["fragile_because"]


def test_a_case_without_a_verdict_has_no_row_and_is_not_fragile():
    row, table, _ = judge_all(values("a", {2012: 50}))
    assert table.empty and row["verdict"] == "not_assessable" and not row["is_fragile"]


@pytest.mark.parametrize(
    ("rule", "formula"),
    [
        (RuleName.LINEAR_PATH, "pace = ((38.0 - 50.0) / (2023.0 - 2020.0)) / ((30.0 - 50.0) / (2025.0 - 2020.0)) = "),
        (
            RuleName.RATE_RATIO,
            "ratio = -((38.0 / 50.0) ** (1 / (2023.0 - 2020.0)) - 1) / abs(((30.0 / 50.0) ** (1 / (2025.0 - 2020.0)) - 1)) = ",
        ),
        (
            RuleName.PROGRESS_CHART,
            "share = (38.0 * (38.0 / 50.0) ** ((2025.0 - 2023.0) / (2023.0 - 2020.0)) - 50.0) / (30.0 - 50.0) = ",
        ),
    ],
)
def test_the_published_formula_gives_its_number_when_typed_in(rule, formula):
    row, _, actuals = judge_all(values("a", {2020: 50, 2023: 38}), rule=rule)
    where = {"file": "a.csv", "sheet": "", "cell": ["F2", "F3"], "snapshot": "ab12"}
    table = compute_arithmetic(
        pd.DataFrame([row]), actuals.assign(**where), made_with={"mande_version": "1", "contracts": "x 1.0.0"}
    ).iloc[0]
    assert table["formula"].startswith(formula)
    sides = table["formula"].split(" = ")
    assert eval(sides[1]) == pytest.approx(float(sides[2]), rel=1e-12)
    assert (table["baseline_cell"], table["actual_cell"], table["actual_file"]) == ("F2", "F3", "a.csv")
    assert (table["mande_version"], table["contracts"], table["data_hash"]) == ("1", "x 1.0.0", row["data_hash"])


def made_up_verdicts(**columns):
    table = {"target_id": ["T"], "dimension": ["_T"], "dimension_value": ["_T"], "place_code": ["99"]}
    return pd.DataFrame(table | {name: [value] for name, value in columns.items()})


@pytest.mark.parametrize(
    ("p_met", "end_p_met", "verdict", "chance", "outcome"),
    [
        (0.2, 0.7, "met", 0.7, "as_expected"),
        (0.9, 0.7, "not_met", 0.7, "unexpected"),
        (0.9, 0.3, "not_met", 0.3, "as_expected"),
        (0.1, 0.3, "met_uncertain", 0.3, "unexpected"),
        (0.9, 0.7, "cannot_tell", 0.7, "open"),
        (0.9, np.nan, "met", np.nan, ""),
    ],
)
def test_what_was_said_at_the_mid_term_and_how_it_came_out(p_met, end_p_met, verdict, chance, outcome):
    """The mid-term spoke of 2025 and of 2030; the end asks about 2030."""
    earlier = made_up_verdicts(
        as_of="2025-12-31", verdict="behind", target_year=2025.0, end_year=2030.0, p_met=p_met, end_p_met=end_p_met
    )
    now = made_up_verdicts(verdict=verdict, target_year=2030.0)
    row = compare_with_mid_term(now, earlier, run="mid").iloc[0]
    assert row["mid_term_p_met"] == pytest.approx(chance, nan_ok=True)
    assert (row["mid_term_outcome"], row["mid_term_verdict"], row["mid_term_run"]) == (outcome, "behind", "mid")
    assert row["mid_term_as_of"] == "2025-12-31"


def test_without_a_mid_term_run_nothing_is_said():
    now = made_up_verdicts(verdict="met", target_year=2030.0)
    row = compare_with_mid_term(now, None).iloc[0]
    assert (row["mid_term_run"], row["mid_term_outcome"]) == ("", "") and np.isnan(row["mid_term_p_met"])
    other = made_up_verdicts(as_of="2025-12-31", verdict="behind", target_year=2025.0, end_year=2030.0)
    row = compare_with_mid_term(now, other.assign(place_code="01"), run="mid").iloc[0]
    assert (row["mid_term_run"], row["mid_term_outcome"]) == ("", "")


def test_a_programme_that_binds_itself_to_the_outlook_is_judged_by_its_probability_at_the_mid_term_only():
    rows = values("a", {year: 60.0 - 2.0 * (year - 2014) + 0.3 * (-1) ** year for year in range(2014, 2024)})
    programme = make_programme([{"year": 2025, "operator": "<=", "value": 36.0}])
    bound = programme.verdict_rule.model_copy(update={"outlook": OutlookRule()})
    programme = programme.model_copy(update={"verdict_rule": bound})
    about = {"place_codes": ["99"], "as_of": AS_OF}
    actuals = compute_actuals(make_observations(rows), programme, findings=NOTHING, **about)
    row, annual = (
        compute_progress(actuals, accepted_rules(programme), programme, stage=stage, **about).iloc[0]
        for stage in (Stage.MID_TERM, Stage.ANNUAL)
    )
    assert 0 < row["p_met"] < 0.1 and (row["verdict"], row["reason"]) == ("off_track", "outlook_hopeless")
    assert (row["verdict_linear_path"], row["outlook_bands"][:16]) == ("behind", "very_likely 0.9;")
    assert (annual["reason"], annual["verdict"]) == ("pace_short", "behind")
    assert annual["data_hash"] != row["data_hash"]


def test_a_verdict_by_the_outlook_that_its_own_rule_would_not_give_is_fragile():
    """From 2020 the pace is three quarters of the pace needed; ten years of the same pace leave little hope."""
    rows = values("a", {year: 60.0 - 2.0 * (year - 2014) + 0.3 * (-1) ** year for year in range(2014, 2024)})
    row, table, actuals = judge_all(rows, level={"year": 2025, "operator": "<=", "value": 36.0}, outlook=OutlookRule())
    by_rule = table[table["variation"] == "rule"].set_index("choice")
    assert by_rule.loc["linear-path", ["verdict", "is_flipped"]].tolist() == ["behind", True]
    assert (row["is_fragile"], "rule" in row["fragile_because"]) == (True, True)
    made = compute_arithmetic(
        pd.DataFrame([row]), actuals.assign(file="", sheet="", cell="", snapshot=""), made_with={}
    )
    assert made["formula"].iloc[0].startswith(f"p_met = {row['p_met']}; very_likely 0.9; likely 0.66")


def test_where_nothing_can_be_foretold_the_named_rule_judges():
    programme = make_programme([{"year": 2025, "operator": "<=", "value": 30.0}])
    bound = programme.verdict_rule.model_copy(update={"outlook": OutlookRule()})
    programme = programme.model_copy(update={"verdict_rule": bound})
    about = {"place_codes": ["99"], "as_of": AS_OF}
    actuals = compute_actuals(
        make_observations(values("a", {2020: 50, 2023: 38})), programme, findings=NOTHING, **about
    )
    row = compute_progress(actuals, accepted_rules(programme), programme, stage=Stage.MID_TERM, **about).iloc[0]
    assert (row["outlook_reason"], row["verdict"], row["reason"]) == ("too_few_points", "on_track", "pace_enough")

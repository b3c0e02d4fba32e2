"""The truth table of achievement, worked out by hand: `truth_table.csv`, one line per case.

The programme runs 2021–2030; a mid-term review of 31 December 2024 judges 2025 (values up to three years old), an
end-term review of 31 December 2030 judges 2030 (values up to one year old).  Levels and values are written as in
"2025 <= 30; 2030 <= 20" and "2020=50 2023=29[27,31]"; see `read_level` and `read_value`.
"""

import csv
import re
from datetime import date
from pathlib import Path

import pandas as pd
import pytest

from mande.evaluation.progress import compute_progress
from mande.framework.model import RuleName
from mande.framework.verdict_rule import DEFAULT_BANDS
from mande.indicators.actuals import accepted_rules, compute_actuals
from mande.vocabulary import Stage
from tests.evaluation.made_up import make_observations, make_programme

with (Path(__file__).parent / "truth_table.csv").open(encoding="utf-8", newline="") as file:
    CASES = list(csv.DictReader(file))
AS_OF = {"mid-term": date(2024, 12, 31), "end-term": date(2030, 12, 31)}
KINDS = {
    "complete": "complete",
    "yearly": "yearly_change_between",
    "previous": "below_previous_year",
    "direction": "direction_only",
    "growth": "growth_rate_direction",
    "qualitative": "qualitative",
}


def read_level(text):
    """Return a target level from "2025 <= 30", "2021-2030 >= 100", "base2019 -20 2025", "yearly 2-3 2021-2030" …"""
    words = text.split()
    if words[1:2] and words[1] in ("<", "<=", ">", ">="):
        return {**read_years(words[0]), "operator": words[1], "value": float(words[2])}
    if words[0].startswith("base"):
        base = int(words[0].removeprefix("base"))
        return {"kind": "change_from_base", "base_year": base, "value": float(words[1]), **read_years(words[2])}
    level = {"kind": KINDS[words[0]], **read_years(words[-1])}
    if words[0] == "yearly":
        low, high = words[1].split("-")
        level |= {"value": float(low), "value_high": float(high)}
    return level


def read_years(text):
    years = [int(year) for year in text.split("-")]
    return {"year": years[0]} if len(years) == 1 else {"from_year": years[0], "to_year": years[1]}


def read_value(text):
    """Return an observation from "2023=29[27,31]", "2023=<30" or "2020=50@rural"."""
    year, sign, number, lower, upper, group = re.fullmatch(
        r"(\d+)=([<>~]?)(-?[\d.]+)(?:\[([\d.]+),([\d.]+)\])?(?:@(\w+))?", text
    ).groups()
    row = {"period": year, "value": float(number), "value_qualifier": sign or "="}
    if lower:
        row |= {"lower": float(lower), "upper": float(upper)}
    return row | ({"dimension": "residence", "dimension_value": group} if group else {})


def target_and_indicator(number, case):
    """Return the target of a case and its indicator, both numbered, so that one programme holds many."""
    levels, _, group = case["levels"].partition(" @")
    programme = make_programme([read_level(text) for text in levels.split("; ")], ascending=case["way"] == "rising")
    changes = {"id": f"T{number}", "indicator": f"X{number}"}
    changes |= {"dimension": "residence", "dimension_value": group} if group else {}
    return (
        programme.targets[0].model_copy(update=changes),
        programme.indicators[0].model_copy(update={"id": f"X{number}"}),
    )


def judge_all(rule, stage):
    """Judge all cases of one rule and stage at once; return the rows by case."""
    chosen = {n: case for n, case in enumerate(CASES) if (case["rule"], case["stage"]) == (rule, stage)}
    targets, indicators = zip(*(target_and_indicator(n, case) for n, case in chosen.items()), strict=True)
    empty = make_programme([{"year": 2025}])
    changes = {"targets": targets, "indicators": indicators}
    programme = empty.model_copy(update=changes | {"verdict_rule": empty.verdict_rule.by_rule(RuleName(rule))})
    observations = make_observations(
        [{**read_value(text), "indicator": f"X{n}"} for n, case in chosen.items() for text in case["values"].split()]
    )
    nothing = pd.DataFrame({"observation_id": [], "severity": []}, dtype=str)
    about = {"place_codes": ["99"], "as_of": AS_OF[stage]}
    actuals = compute_actuals(observations, programme, findings=nothing, **about)
    progress = compute_progress(actuals, accepted_rules(programme), programme, stage=Stage(stage), **about)
    rows = progress.set_index("target_id").to_dict("index")
    return {case["case"]: rows[f"T{n}"] for n, case in chosen.items()}


@pytest.fixture(scope="module")
def rows():
    questions = {(case["rule"], case["stage"]) for case in CASES}
    return {name: row for question in questions for name, row in judge_all(*question).items()}


@pytest.mark.parametrize("case", CASES, ids=[case["case"] for case in CASES])
def test_case(rows, case):
    row = rows[case["case"]]
    assert (row["verdict"], row["reason"]) == (case["verdict"], case["reason"])
    share = float(case["share"] or "nan")
    assert row["share"] == pytest.approx(share, abs=1e-5, nan_ok=True)
    assert (row["share_reason"] == "") == (share == share)


def test_the_table_is_long_and_wide_enough():
    assert len(CASES) >= 120 and len({case["case"] for case in CASES}) == len(CASES)
    assert {case["rule"] for case in CASES} == {str(rule) for rule in DEFAULT_BANDS}
    assert len({case["reason"] for case in CASES}) >= 35

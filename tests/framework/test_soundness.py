"""Sense checks: what is legal, but weak or doubtful, is said with its weight."""

from datetime import date

import pytest

from mande.framework.identifiers import review_codes, review_documents
from mande.framework.load import load_indicators, load_programme
from mande.framework.soundness import review_soundness

DAY = date(2024, 12, 31)


def findings(programme, check, as_of=DAY):
    table = review_soundness(programme, as_of=as_of)
    rows = table[table["check"] == check]
    return dict(zip(rows["target"], rows["severity"], strict=True))


def edited(folder, old, new):
    path = folder / "my-plan" / "framework.yaml"
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new, 1), encoding="utf-8")
    return load_programme(folder, "my-plan")


def test_targets_15_and_16_have_the_same_unusual_figures(decision_23):
    found = findings(decision_23, "identical_figures")
    assert found["QD23-15, QD23-16"] == "warning"
    assert found["QD23-22, QD23-24"] == "information"
    assert [name for name, weight in found.items() if weight == "warning"] == ["QD23-15, QD23-16"]


def test_drowning_without_base_year_cannot_be_judged(programmes):
    assert findings(programmes["vn-child-injury-2021-2030"], "base_year_missing") == {"QD1248-04": "critical"}


def test_missing_levels_are_told(decision_23):
    assert set(findings(decision_23, "level_missing")) == {"QD23-05b", "QD23-06", "QD23-19"}


def test_a_target_without_year_is_told(programmes):
    assert findings(programmes["binh-phuoc-children-2021-2025"], "year_missing") == {"NQ26-07": "warning"}


def test_unstated_definitions_are_told(decision_23, programmes):
    assert set(findings(decision_23, "definition_unstated")) == {"QD23-08a", "QD23-08b"}
    assert "HANAM224-a1" in findings(programmes["ha-nam-child-protection-2016-2020"], "definition_unstated")
    assert not findings(programmes["gia-lai-children-2025"], "definition_unstated")


def test_targets_without_data_source_are_told(decision_23):
    found = findings(decision_23, "data_source_missing")
    assert {"QD23-03a", "QD23-09", "QD23-12", "QD23-22", "QD23-23", "QD23-24"} <= set(found)
    assert "QD23-05a" not in found


@pytest.mark.parametrize("day,told", [(date(2024, 12, 31), False), (date(2025, 1, 1), False), (date(2025, 1, 2), True)])
def test_an_overdue_review_date_is_told_after_its_day(my_plan, day, told):
    plan = edited(my_plan, "    aggregation: sum\n", "    aggregation: sum\n    review_due: 2025-01-01\n")
    assert ("MY-2" in findings(plan, "review_overdue", day)) is told


def test_a_later_level_that_asks_for_less_is_told(my_plan):
    plan = edited(my_plan, 'year: 2030, operator: "<", value: 15', 'year: 2030, operator: "<", value: 17')
    assert findings(plan, "later_level_weaker") == {"MY-1": "warning"}


def test_what_is_only_remembered_is_critical(my_plan):
    plan = edited(my_plan, '      section: "mục II.3"', "      confidence: memory")
    assert findings(plan, "not_verified") == {"MY-3": "critical"}


def test_a_target_without_basis_is_critical(my_plan):
    plan = edited(my_plan, "    bases: [my-plan-report]\n    levels:\n      - {kind", "    levels:\n      - {kind")
    assert findings(plan, "basis_missing") == {"MY-2": "critical"}


def test_a_baseline_in_the_plan_is_no_finding(my_plan):
    assert "MY-2" in findings(load_programme(my_plan, "my-plan"), "baseline_missing")
    plan = edited(
        my_plan, "    levels:\n      - {kind", "    baseline: {year: 2020, value: 40}\n    levels:\n      - {kind"
    )
    assert "MY-2" not in findings(plan, "baseline_missing")


def test_one_source_is_information(decision_23):
    found = findings(decision_23, "one_source")
    assert {"QD23-12", "QD23-15", "QD23-19"} <= set(found)
    assert set(found.values()) == {"information"}


def test_circular_13_restarts_its_codes(programmes_folder):
    table = review_codes(load_indicators(programmes_folder).values())
    row = table.set_index(["instrument", "code"]).loc[("13/2021/TT-BLĐTBXH", "0101")]
    assert row["sets"] == "I+III; II+IV"
    assert "CHILD_POPULATION" in row["indicators"] and "ABUSED_CHILDREN" in row["indicators"]


def test_two_spellings_of_one_decision_are_told(my_plan, programmes):
    path = my_plan / "my-plan" / "programme.yaml"
    text = path.read_text(encoding="utf-8").replace('number: "00/KH-UBND"', 'number: "23/2021/QĐ-TTg"')
    path.write_text(text, encoding="utf-8")
    table = review_documents([load_programme(my_plan, "my-plan"), programmes["vn-children-2021-2030"]])
    assert list(table["spellings"]) == ["23/2021/QĐ-TTg; 23/QĐ-TTg"]


def test_findings_stand_in_both_languages(programmes):
    for programme in programmes.values():
        table = review_soundness(programme, as_of=DAY)
        assert (table["finding_vi"] != table["finding_en"]).all()

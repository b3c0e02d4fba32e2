"""Composite standards whose points are partly unknown, and plans known only by their document."""

import pytest

from mande.errors import DataError, DefinitionError
from mande.framework.registers import load_plan_documents, load_standards
from mande.framework.standard import score_standard


@pytest.fixture(scope="module")
def commune(programmes_folder):
    return load_standards(programmes_folder)["child-friendly-commune-2019"]


FULL = {6: 125, 7: 50} | {number: 75 for number in (1, 2, 3, 4, 5, 8, 9, 10, 11, 12, 13)}


def test_13_criteria_of_which_two_maxima_are_known(commune):
    assert [item.number for item in commune.criteria] == list(range(1, 14))
    assert {item.number: item.max_points for item in commune.criteria if item.max_points} == {6: 125, 7: 50}
    assert {item.id: item.min_points for item in commune.thresholds} == {
        "urban-ward": 900,
        "mountain-or-island": 800,
        "other": 850,
    }
    assert commune.document.aliases == ("06/2019/QĐ-TTg",)


@pytest.mark.parametrize(
    "points,threshold,status",
    [
        (FULL, "urban-ward", "met"),
        (FULL | {1: 0}, "other", "not_met"),
        (FULL | {1: None}, "mountain-or-island", "incomplete"),
        ({6: 125}, "other", "incomplete"),
        ({6: 0}, "other", "not_met"),
        (FULL | {1: 1, 2: 1}, "other", "met"),
        (FULL | {1: 1, 2: 1}, "urban-ward", "not_met"),
        ({}, "other", "incomplete"),
    ],
)
def test_a_score_says_when_it_is_incomplete(commune, points, threshold, status):
    assert score_standard(commune, points, threshold_id=threshold).status == status


@pytest.mark.parametrize("total,status", [(849, "not_met"), (850, "met"), (851, "met")])
def test_the_threshold_itself_is_enough(commune, total, status):
    rest = total - 12
    points = {number: 1 for number in range(2, 14)} | {1: rest}
    score = score_standard(commune, points, threshold_id="other")
    assert (score.points, score.status) == (total, status)


def test_missing_is_not_zero(commune):
    score = score_standard(commune, {7: 50, 1: None}, threshold_id="other")
    assert score.points == 50 and score.at_zero == () and 1 in score.missing and len(score.missing) == 12


def test_wrong_points_are_told_all_at_once(commune):
    with pytest.raises(DataError) as caught:
        score_standard(commune, {7: 51, 6: -1, 14: 3}, threshold_id="village")
    assert [problem.found for problem in caught.value.problems] == [
        "51 points are above the maximum of 50",
        "-1 points are below zero",
        "there is no such criterion",
        "there is no threshold 'village'",
    ]


def test_the_child_rights_index_has_five_components_and_no_invented_weight(programmes_folder):
    index = load_standards(programmes_folder)["provincial-child-rights-index"]
    assert len(index.criteria) == 5 and not index.thresholds
    assert all(item.max_points is None for item in index.criteria)


def test_plans_without_numbers_are_listed(programmes_folder):
    numbers = {(record.place_code, record.document.number) for record in load_plan_documents(programmes_folder)}
    assert {("48", "1701/QĐ-UBND"), ("79", "4063/QĐ-UBND"), ("89", "1086/QĐ-UBND"), ("62", "943/KH-UBND")} <= numbers
    assert len(numbers) == 12


@pytest.mark.parametrize(
    "text,found",
    [
        ("standard: []\n", "unknown key 'standard'"),
        ("standards: x\n", "'x' stands where a list is expected"),
        ("standards:\n  - {id: a}\n", "the key 'title' is missing"),
        ("", "the file is empty"),
    ],
)
def test_a_broken_standard_is_told(tmp_path, text, found):
    (tmp_path / "standards.yaml").write_text(text, encoding="utf-8")
    with pytest.raises(DefinitionError) as caught:
        load_standards(tmp_path)
    assert found in {problem.found for problem in caught.value.problems}


def test_a_folder_without_standards_has_none(tmp_path):
    assert load_standards(tmp_path) == {} and load_plan_documents(tmp_path) == ()

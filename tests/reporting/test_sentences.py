"""Targets and reasons as sentences: each code, both languages, with the numbers put in."""

import re

import pandas as pd
import pytest

from mande.reporting.sentences import end_words, judged_words, reason_sentence, title_of
from mande.reporting.target_rows import join_targets, table_rows, target_number
from mande.reporting.wording import catalogue

FIELD = re.compile(r"[{}]|nan|None")


@pytest.fixture(scope="module")
def rows(run):
    """The made-up unit that has one row per reason, by reason."""
    joined = join_targets(run.table("progress", place_code="M01"), run.targets)
    return {row["reason"]: row for row in joined.to_dict("records")}


def sentence(row, lang):
    return reason_sentence(row, lang, as_of="2024-12-31", found_basis="FOUND", wanted_basis="WANTED")


def test_the_fixture_has_every_reason_that_the_catalogue_knows(reasons):
    known = {key.split(".")[1] for key in catalogue() if key.startswith("reason.")}
    assert known == set(reasons)
    assert known == {key.split(".")[1] for key in catalogue() if key.startswith("reason_short.")}


@pytest.mark.parametrize("lang", ["vi", "en"])
def test_each_reason_is_a_whole_sentence_with_its_numbers(rows, lang):
    for reason, row in rows.items():
        text = sentence(row, lang)
        assert text[0].isupper() and text.endswith("."), text
        assert not FIELD.search(text), text
        wanted = re.findall(r"\{(actual|baseline|pace)\}", catalogue()[f"reason.{reason}"][lang])
        digits = {"actual": r"\d", "baseline": "15", "pace": "73"}
        for field in wanted:
            assert re.search(digits[field], text), (reason, field, text)


def test_reasons_word_for_word(rows):
    assert sentence(rows["stale"], "vi") == (
        "Số liệu mới nhất 15,4\xa0% là của năm 2016: đã cũ quá 3 năm tính đến 31/12/2024, không dùng để kết luận."
    )
    assert sentence(rows["pace_short"], "en") == (
        "From 15.0\xa0% (2020) to 13.9\xa0% (2023), a yearly change of −0.37\xa0percentage points: only 73\xa0% of the pace "
        "needed (−0.5\xa0percentage points a year) for the 2025 target: 97\xa0% or more."
    )
    assert "khoảng 7" in sentence(rows["qualified_value"], "vi")
    assert "(FOUND)" in sentence(rows["other_basis"], "vi") and "WANTED" in sentence(rows["other_basis"], "vi")


def test_a_reason_without_a_value_has_its_own_sentence(rows):
    row = {**rows["only_remembered"], "actual_value": float("nan"), "actual_period": None}
    assert "–" not in sentence(row, "vi")
    yearly = {**rows["not_due"], "has_span": True, "end_year": float("nan")}
    assert sentence(yearly, "en").startswith("This yearly requirement begins in 2025")


@pytest.mark.parametrize(
    ("operator", "vi", "en"),
    [
        ("<", "dưới 18,5", "below 18.5"),
        ("<=", "không quá 18,5", "18.5 or less"),
        (">", "trên 18,5", "above 18.5"),
        (">=", "từ 18,5 trở lên", "18.5 or more"),
    ],
)
def test_operators_in_words(rows, operator, vi, en):
    row = {**rows["stale"], "kind": "level", "unit": "per_1000_live_births", "operator": operator, "target_value": 18.5}
    assert judged_words(row, "vi") == vi
    assert judged_words(row, "en") == en


def test_kinds_of_promise_in_words(rows):
    assert judged_words(rows["change_kept"], "vi") == "mỗi năm giảm 2–3\xa0%"
    assert judged_words(rows["no_base_year"], "en") == "down 20\xa0% from 2019"
    assert judged_words(rows["better_than_previous"], "vi") == "thấp hơn năm trước"
    assert judged_words({**rows["stale"], "target_value": float("nan")}, "vi") == "không đặt mốc"
    assert end_words(rows["meets_target"], "vi") == "dưới 10"


def test_title_and_number(rows):
    assert title_of(rows["better_than_previous"], "vi").endswith("thành thị – nông thôn")
    assert target_number(rows["change_kept"]) == "3a"
    assert target_number({**rows["stale"], "number": float("nan"), "target_id": "QD2361-a1"}) == "a1"


@pytest.mark.parametrize(
    ("target_year", "end_year", "milestone", "end"),
    [
        (2025.0, 2030.0, "từ 97\xa0% trở lên", "từ 98\xa0% trở lên"),
        (2025.0, float("nan"), "từ 97\xa0% trở lên", "–"),
        (2030.0, float("nan"), "không đặt mốc", "từ 97\xa0% trở lên"),
        (2023.0, float("nan"), "từ 97\xa0% trở lên (2023)", "–"),
        (2025.0, 2028.0, "từ 97\xa0% trở lên", "từ 98\xa0% trở lên (2028)"),
    ],
)
def test_levels_of_other_years_than_the_columns_name_their_year(run, rows, target_year, end_year, milestone, end):
    row = {**rows["stale"], "target_year": target_year, "end_year": end_year, "strength": "set"}
    (shown,) = table_rows(pd.DataFrame([row]), run, "vi")
    assert (shown["milestone"], shown["end"]) == (milestone, end)


def test_the_value_that_is_not_published_is_named_by_its_part(rows):
    """The newest value stands there and is shown; it is the baseline, or another, that is hidden."""
    row = {**rows["suppressed"], "actual_qualifier": "=", "actual_value": 13.9, "actual_period": "2023"}
    hidden = {**row, "baseline_value": float("nan"), "baseline_period": "2020", "baseline_qualifier": "<5"}
    assert sentence(hidden, "en").startswith("The baseline (2020) is not published, to protect children, so no verdict")
    assert sentence(hidden, "vi").startswith("Xuất phát điểm (2020) không công bố để bảo vệ trẻ em")
    assert sentence(row, "en").startswith("Another value that the verdict needs is not published")

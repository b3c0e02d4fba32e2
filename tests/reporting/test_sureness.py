"""How sure a verdict is, in exact words; every number and place is made up."""

import re

import numpy as np
import pandas as pd
import pytest

from mande.reporting.arithmetic import working_of
from mande.reporting.figures import INK, OUTLOOK, Outlook, PathChart, Point
from mande.reporting.path_charts import charts_of
from mande.reporting.rule_lines import compact_rule_lines
from mande.reporting.rule_words import band_of, bands_of, rule_lead
from mande.reporting.sentences import edition_form
from mande.reporting.sureness import (
    chance_form,
    count_fragile,
    fragile_sentence,
    mid_term_sentence,
    not_foretold,
    outlook_sentences,
    sure_sentences,
)

ROW = {
    "unit": "percent",
    "ascending": False,
    "kind": "level",
    "verdict": "behind",
    "reason": "pace_short",
    "target_year": 2025.0,
    "end_year": 2030.0,
    "actual_year": 2023.0,
    "p_met": 0.72,
    "outlook_value": 9.2,
    "outlook_lower": 8.4,
    "outlook_upper": 10.1,
    "end_p_met": 0.004,
    "end_outlook_value": 8.0,
    "end_outlook_lower": 6.5,
    "end_outlook_upper": 9.5,
    "outlook_reason": "",
    "required_yearly_change": -0.35,
    "is_fragile": False,
    "fragile_because": "",
    "mid_term_outcome": "",
}
NOTHING = {name: np.nan for name in ROW if name.startswith(("p_met", "end_p", "outlook_", "end_outlook"))}


def plain(text: str) -> str:
    return text.replace("\xa0", " ")


def said(**changes: object) -> list[str]:
    return [plain(text) for text in outlook_sentences(ROW | changes, "vi")]


def test_chance_range_band_and_what_it_would_take_in_both_languages():
    assert said() == [
        "Khả năng đạt 2025: 72 % (có khả năng đạt); dự báo 9,2 %, khoảng 8,4 % đến 10,1 %.",
        "Khả năng đạt 2030: dưới 1 % (rất khó đạt); dự báo 8,0 %, khoảng 6,5 % đến 9,5 %.",
        "Để đạt 2025, kể từ 2023 mỗi năm cần thay đổi −0,35 điểm phần trăm.",
    ]
    english = [plain(text) for text in outlook_sentences(ROW, "en")]
    assert english[0] == "Chance of meeting 2025: 72 % (likely); 9.2 % foretold, 8.4 % to 10.1 %."
    assert english[2] == "To meet 2025, a change of −0.35 percentage points a year is needed from 2023 on."


@pytest.mark.parametrize(
    ("share", "band", "words"),
    [(0.9, "very_likely", "90 %"), (0.66, "likely", "66 %"), (0.33, "even", "33 %"), (0.1, "unlikely", "10 %")]
    + [(0.0, "very_unlikely", "dưới 1 %"), (1.0, "very_likely", "trên 99 %"), (0.995, "very_likely", "trên 99 %")],
)
def test_a_bound_belongs_to_the_band_above_and_nothing_is_certain(share, band, words):
    assert band_of(share, ROW) == band and plain(chance_form(share, "vi")) == words


def test_a_programme_that_fixed_its_own_bands_is_put_into_its_own_words():
    row = ROW | {"outlook_bands": "very_likely 0.95; likely 0.8; even 0.4; unlikely 0.05"}
    row |= {"rule": "linear-path", "rule_version": "1", "on_track_pace": 0.95, "behind_pace": 0.6, "stage": "mid-term"}
    assert (band_of(0.9, row), band_of(0.06, row), band_of(0.04, row)) == ("likely", "unlikely", "very_unlikely")
    assert list(bands_of(row)) == list(bands_of(ROW))
    lead = plain(rule_lead(row, "en", max_age="3"))
    assert lead.startswith("Rule: even path to the target (linear-path 1); on track from 95 %")
    assert "very likely from 95 % and likely from 80 % is on track; from 40 %" in lead and "from 5 % is behind" in lead
    for silent in ({"outlook_bands": ""}, {"stage": "end-term"}):
        assert "likely" not in rule_lead(row | silent, "en", max_age="3")


def test_no_outlook_says_why_unless_the_reason_beside_it_does():
    none = NOTHING | {"outlook_reason": "too_few_points", "required_yearly_change": np.nan}
    assert said(**none) == ["Khả năng đạt: chưa ước tính được vì quá ít số liệu."]
    assert said(**none | {"reason": "no_value"}) == []
    assert said(**none | {"verdict": "not_met", "stage": "end-term"}) == []
    assert said(**none | {"outlook_reason": "not_a_level"}) == []


def test_what_it_would_take_is_not_said_of_settled_or_stale_cases_nor_against_the_direction():
    for changes in ({"verdict": "met"}, {"reason": "stale"}, {"required_yearly_change": 0.2}):
        assert not any("mỗi năm cần" in text for text in said(**changes))


def test_a_verdict_of_the_outlook_does_not_say_its_chance_twice():
    assert not any("2025: 72" in text for text in said(reason="outlook_likely"))


def test_fragile_names_each_choice_and_the_verdict_it_gives():
    flips = [
        {"variation": "rule", "choice": "rate-ratio", "verdict": "on_track"},
        {"variation": "baseline_year", "choice": "2015", "verdict": "met"},
        {"variation": "source", "choice": "made-up|survey|", "verdict": "off_track"},
    ]
    row = ROW | {"is_fragile": True, "fragile_because": "rule; source"}
    assert fragile_sentence(row, "vi", flips) == (
        "Chưa vững – kết luận thay đổi nếu dùng quy tắc so tốc độ thực tế với tốc độ cần có (Đúng tiến độ); lấy xuất phát điểm 2015 (Đạt); "
        "dùng nguồn made-up (Không đạt tiến độ)."
    )
    again = [{"variation": "rule", "choice": "linear-path", "verdict": "on_track"}, flips[0]]
    assert "by the rule even path to the target, observed against required rate (On track)" in fragile_sentence(
        row, "en", again
    )
    assert "another rule, another source or edition" in fragile_sentence(row, "en", [])
    kinds = [sentence["kind"] for sentence in sure_sentences(row, "vi", flips=flips)]
    assert kinds == ["outlook", "outlook", "outlook", "fragile"]


def test_what_was_said_at_the_mid_term_and_how_it_came_out():
    row = ROW | {"mid_term_as_of": "2024-12-31", "mid_term_p_met": 0.7, "verdict": "met_uncertain"}
    row |= {"mid_term_outcome": "as_expected"}
    assert plain(mid_term_sentence(row, "vi")) == (
        "Nhìn lại: ngày 31/12/2024 đã dự báo khả năng đạt 70 %; nay: đạt, trong phạm vi sai số (đúng như dự báo)."
    )
    assert "on 31 December 2024 we said 70 %; it came out: met within uncertainty" in plain(
        mid_term_sentence(row, "en")
    )


def test_a_mid_term_that_could_not_tell_is_said_to_have_been_silent_where_there_is_a_verdict_now():
    row = ROW | {"mid_term_run": "a", "mid_term_as_of": "2018-12-31", "mid_term_verdict": "not_assessable"}
    said = sure_sentences(row | {"verdict": "not_met"}, "vi")[-1]
    assert said == {
        "kind": "mid-term",
        "text": "Nhìn lại: ngày 31/12/2018 chưa ước tính được khả năng đạt; kết luận khi đó: chưa đủ căn cứ đánh giá.",
    }
    assert [one["kind"] for one in sure_sentences(row | {"verdict": "not_assessable"}, "vi")].count("mid-term") == 0


def test_the_lead_counts_what_cannot_be_foretold_and_why():
    rows = pd.DataFrame([ROW, ROW | NOTHING | {"outlook_reason": "stale"}, ROW | NOTHING | {"outlook_reason": "stale"}])
    assert "ước tính được cho 1 nội dung; chưa ước tính được cho 2 nội dung: 2 số liệu đã cũ." in not_foretold(
        rows, "vi"
    )
    assert "for 1 part; not for 2: 2 have values that are too old." in not_foretold(rows, "en")
    assert not_foretold(rows[["unit"]], "vi") == ""


def test_only_verdicts_that_were_given_can_be_fragile():
    rows = pd.DataFrame({"verdict": ["met", "behind", "not_assessable"], "is_fragile": [True, False, True]})
    assert count_fragile(rows) == (1, 2)


def test_the_page_shows_fragile_marks_and_outlook_lines(run, full_rows):
    view = run.unit("M01")
    object.__setattr__(view, "targets", full_rows(view))
    html = plain(view.targets_table.html)
    assert '<small class="fragile">chưa vững</small>' in html
    assert '<span class="sure fragile">Kết luận không vững: sẽ khác đi nếu thay quy tắc đánh giá.</span>' in html
    assert '<span class="sure outlook">Khả năng đạt 2025: 41 % (chưa rõ, có thể đạt hoặc không)' in html


@pytest.fixture
def full_rows(monkeypatch):
    """The unit's rows as a run of this version has them; the made-up run has no table of sensitivity."""
    from mande.reporting import target_rows

    monkeypatch.setattr(target_rows, "_flips_of", lambda rows, run: {})

    def rows_of(view):
        rows = view.targets.assign(end_p_met=np.nan, outlook_reason="", is_fragile=False, fragile_because="rule")
        rows["is_fragile"] = rows["reason"] == "pace_short"
        return rows

    return rows_of


def test_the_arithmetic_names_rules_that_apply_and_those_that_do_not():
    row = {
        "rate_ratio_rule": "rate-ratio 1", "rate_ratio": np.nan, "rate_ratio_reason": "zero_base",
        "chart_rule": "un-progress-chart-2023 1", "chart_share": np.nan, "chart_reason": "zero_base",
        "current_status_rule": "escap-current-status 1", "current_status_index": 7.31, "current_status_reason": "",
        "anticipated_rule": "escap-anticipated-progress 1", "anticipated_gap_pct": np.nan,
        "anticipated_reason": "too_few_points", "outlook_method": "pooled-local-trend 1",
    }  # fmt: skip
    lines = [plain(line) for line in compact_rule_lines(ROW | NOTHING | row | {"outlook_reason": "stale"}, "vi")]
    assert lines == [
        "Chỉ số quãng đường đã đi, theo ESCAP (escap-current-status 1): 7,31 trên 10.",
        "Không áp dụng được: so tốc độ thực tế với tốc độ cần có, Biểu đồ tiến độ của Liên Hợp Quốc 2023 "
        "(xuất phát điểm bằng 0); tiến độ dự kiến, theo ESCAP (quá ít số liệu); "
        "xu hướng của chuỗi số liệu, dựa thêm vào các đơn vị khác (số liệu đã cũ).",
    ]
    assert compact_rule_lines({"unit": "percent"}, "vi") == []


def test_the_unit_page_gives_the_commands_and_no_dangling_comma(run):
    html = plain(run.unit("M01").arithmetic.html)
    assert "mande explain M01 T01" in html and "mande trace M01 I01 2023 --as-of 2024-12-31" in html
    row = run.unit("M01").targets.iloc[0].to_dict() | {"section": None}
    assert working_of(row, "en", {})["citation"] == "Set by: 00/QĐ-GIẢ"
    assert working_of(row | {"section": ""}, "vi", {})["citation"] == "Căn cứ: 00/QĐ-GIẢ"


def test_editions_are_said_in_the_language_of_the_page():
    assert edition_form("as published", "vi") == "như công bố" and edition_form("2018-09", "vi") == "2018-09"
    assert edition_form(None, "vi") == ""


def test_the_chart_draws_a_beam_only_where_there_is_an_outlook(run):
    observed = (Point(2020.0, 15.0, "15"), Point(2023.0, 13.9, "13,9"))
    chart = {"key": "c1", "title": "t", "description": "d", "lang": "vi", "observed": observed, "milestones": ()}
    without = PathChart(**chart).draw()
    drawn = PathChart(**chart, outlooks=(Outlook(2025.0, 13.1, 12.2, 14.0),)).draw()
    assert OUTLOOK not in without and drawn.count(OUTLOOK) >= 3 and INK in drawn
    view = run.unit("M01")
    rows = view.targets.head(2).assign(p_met=[0.41, np.nan], end_p_met=np.nan)
    found = charts_of(rows, view.actuals, "vi", {})
    descriptions = [re.search(r"<desc.*?>(.*?)</desc>", card["svg"]).group(1) for card in found]
    assert [card["has_outlook"] for card in found] == [True, False]
    assert "Dự báo 2025: 13,1, khoảng 12,2 đến 14,0." in plain(descriptions[0]) and "Dự báo" not in descriptions[1]

"""`mande explain`: one verdict in words, with its numbers put in.

Underweight of children under 5: 16,8 % (2011), 11,6 % (2020), against at most 10 % (Decision 1555/QĐ-TTg); national
surveillance as published by the Joint Malnutrition Estimates.
"""

from pathlib import Path

import pytest

from mande.errors import UsageError
from mande.evaluation.end_term import COLUMNS, compare_with_mid_term
from mande.explain import explain_verdict
from mande.reporting.run import Run
from mande.workspace import open_workspace
from tests.end_to_end.conftest import ROOT, mande

pytestmark = [pytest.mark.end_to_end, pytest.mark.xdist_group("proof")]
REVIEW = ("--programme", "vn-children-2012-2020", "--stage", "end-term", "--as-of", "2020-12-31")


@pytest.fixture(scope="module")
def run():
    review = open_workspace(ROOT).review("vn-children-2012-2020", stage="end-term", as_of="2020-12-31")
    return Run(Path(), review.describe("vi"), review.tables)


def plain(lines):
    return "\n".join(lines).replace("\xa0", " ")


def test_in_vietnamese_with_numbers_in_local_form(run):
    text = plain(explain_verdict(run, "VN", "QD1555-02"))
    assert text.startswith("Cả nước – chỉ tiêu ") and "Kết luận: Không đạt. Giá trị 11,6 % (2020)" in text
    assert "(11,6 − 16,8) ÷ (10 − 16,8) = 76 %" in text
    assert "(11,6 ÷ 16,8)^(1 ÷ 9) − 1 = −4,03 %; cần có (10 ÷ 16,8)^(1 ÷ 9) − 1 = −5,6 %; tỷ số 0,72" in text
    assert "(escap-current-status 1): 7,65 trên 10" in text
    assert "tệp national_series.csv, ô F" in text and "Kết luận vững" in text and "mã dữ liệu " in text


def test_in_english(run):
    text = plain(explain_verdict(run, "VN", "QD1555-02", lang="en"))
    assert "Verdict: Not met. The value 11.6 % (2020)" in text and "moderate progress" in text
    assert "By each rule: even path to the target: Not met; observed against required rate: Not met; " in text
    assert not [word for word in ("Không", "Quy tắc", "mục tiêu", "nan", "None", "{") if word in text]


@pytest.mark.parametrize("lang", ["vi", "en"])
def test_every_target_can_be_explained_with_or_without_values(run, lang):
    for target in run.targets["target_id"].unique():
        text = plain(explain_verdict(run, "VN", target, lang=lang))
        assert text.count("\n") >= 8 and not [word for word in ("nan", "None", "{", "}") if word in text], target


def test_a_target_is_named_by_id_or_number_and_others_are_refused(run):
    number = explain_verdict(run, "VN", "QD1555-02")[0].split("chỉ tiêu ")[1].split(":")[0]
    assert explain_verdict(run, "VN", number) == explain_verdict(run, "VN", "QD1555-02")
    with pytest.raises(UsageError, match='no target "QD1555-2"'):
        explain_verdict(run, "VN", "QD1555-2")
    with pytest.raises(UsageError, match="no unit '99'"):
        explain_verdict(run, "99", "QD1555-02")


def test_the_end_says_what_the_mid_term_had_said(run):
    """Stunting was foretold to be met with 80 %, underweight with 18 %: values up to 2015, JME by way of Gapminder."""
    mid_term = open_workspace(ROOT).review("vn-children-2012-2020", stage="mid-term", as_of="2015-12-31")
    judged = run.progress.drop(columns=list(COLUMNS))
    progress = compare_with_mid_term(judged, mid_term.progress, run="mid-term")
    looked_back = Run(Path(), run.info, run.tables | {"progress": progress})
    outcome = progress.set_index("target_id")["mid_term_outcome"]
    assert outcome[["QD1555-01", "QD1555-02", "QD1555-09"]].tolist() == ["as_expected", "as_expected", ""]
    page = plain([looked_back.unit("VN", "vi").targets_table.html])
    for said in (
        "Nhìn lại: ngày 31/12/2015 đã dự báo khả năng đạt 80 %; nay: đạt (đúng như dự báo).",
        "Nhìn lại: ngày 31/12/2015 đã dự báo khả năng đạt 18 %; nay: không đạt (đúng như dự báo).",
        "Nhìn lại: ngày 31/12/2015 chưa ước tính được khả năng đạt; kết luận khi đó: chưa đủ căn cứ đánh giá.",
    ):
        assert page.count(said) == 1, said
    explained = plain(explain_verdict(looked_back, "VN", "QD1555-02", lang="en"))
    assert "At the mid-term (31 December 2015) the probability was 18 %; now: as expected." in explained


def test_the_command(run):
    done = mande("explain", "VN", "QD1555-02", *REVIEW)
    assert done.returncode == 0, done.stderr
    assert done.stdout.splitlines() == explain_verdict(run, "VN", "QD1555-02")
    refused = mande("explain", "VN", "QD1555-02", "--stage", "end-term")
    assert refused.returncode == 2 and "--programme: not given" in refused.stderr

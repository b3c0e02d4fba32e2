"""The end-term review 2016–2020, from the command to the words on the page.

Figures: special-circumstance ratio 7,16 % (2019) against 5 %; support 87 % (2017) against 90 % (Decision
2361/QĐ-TTg of 22 December 2015, article 1); Hà Nam: plan 224/KH-UBND, no published values.
"""

import re

import pandas as pd
import pytest

from tests.end_to_end.conftest import mande

pytestmark = [pytest.mark.end_to_end, pytest.mark.xdist_group("end_term")]
NATION = "vn-child-protection-2016-2020"
HA_NAM = "ha-nam-child-protection-2016-2020"


def review(programme, folder, lang="vi"):
    done = mande(
        "review", programme, "--stage", "end-term", "--as-of", "2020-12-31", "--lang", lang, "--output", folder
    )
    assert done.returncode == 0, done.stderr
    return folder / f"{programme}_end-term_2020-12-31_nation_{lang}"


@pytest.fixture(scope="module")
def nation(tmp_path_factory):
    return review(NATION, tmp_path_factory.mktemp("reports"))


@pytest.fixture(scope="module")
def ha_nam(tmp_path_factory):
    return review(HA_NAM, tmp_path_factory.mktemp("reports"))


def words(page):
    text = re.sub(r"<style>.*?</style>|<[^>]+>", " ", page.read_text(encoding="utf-8"), flags=re.S)
    return re.sub(r"\s+", " ", text.replace("\xa0", " "))


def row_of(page, title):
    """The row of a target in the table of targets, as text."""
    rows = re.findall(r"<tr.*?</tr>", page.read_text(encoding="utf-8"), flags=re.S)
    found = next(row for row in rows if title in row and 'class="verdict"' in row)
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", found).replace("\xa0", " "))


def progress_of(run):
    return pd.read_parquet(run / "tables" / "progress.parquet").set_index("target_id")


def test_the_ratio_missed_its_target_on_the_reported_basis_and_the_page_says_so(nation):
    row = progress_of(nation).loc["QD2361-a1"]
    assert (row["verdict"], row["actual_value"], row["actual_period"], row["target_value"]) == (
        "not_met",
        7.16,
        "2019",
        5,
    )
    shown = row_of(nation / "units" / "VN.html", "hoàn cảnh đặc biệt trên tổng số trẻ em")
    assert "Không đạt" in shown and "7,16 % (2019)" in shown and "không quá 5 %" in shown
    assert "Cách đếm của chỉ tiêu: Các nhóm của Luật Bảo vệ, chăm sóc và giáo dục trẻ em 2004" in shown
    assert "Luật đổi các nhóm ngày 1/6/2017" in shown and "kết luận chỉ đúng trên cơ sở được báo cáo" in shown


def test_support_is_not_assessable_and_the_nearest_value_is_shown(nation):
    row = progress_of(nation).loc["QD2361-b"]
    assert (row["verdict"], row["reason"], row["actual_value"]) == ("not_assessable", "stale", 87)
    shown = row_of(nation / "units" / "VN.html", "được trợ giúp, chăm sóc để phục hồi")
    assert "Chưa đủ căn cứ đánh giá" in shown and "87,0 %" in shown and "2017" in shown and "từ 90 % trở lên" in shown


def test_the_other_decision_of_the_same_year_stands_beside_with_its_own_verdict(nation):
    companions = pd.read_parquet(nation / "tables" / "companions.parquet")
    beside = companions[companions["main_target_id"] == "QD2361-b"].iloc[0]
    assert (beside["programme"], beside["target_value"], beside["binds"]) == ("vn-children-2012-2020", 85, "both")
    assert beside["verdict"] == "not_assessable"
    assert "1555/QĐ-TTg" in words(nation / "units" / "VN.html")


def test_ha_nam_has_targets_no_data_and_what_to_request(ha_nam):
    progress = progress_of(ha_nam)
    assert progress["target_value"].to_dict() == {"HANAM224-a1": 4, "HANAM224-b": 90}
    assert progress["reason"].tolist() == ["no_value", "no_value"]
    page = words(ha_nam / "units" / "35.html")
    assert "dưới 4 %" in page and "từ 90 % trở lên" in page and "Chưa có số liệu nào của đơn vị này" in page
    assert "số liệu năm 2020 (hoặc từ 2019) và xuất phát điểm" in page.split("Số liệu cần đề nghị")[-1]
    assert "2361/QĐ-TTg" in page and "Yêu cầu thấp hơn 224/KH-UBND (năm 2020)." in page


def test_the_plan_of_a_place_that_ended_names_its_successor(ha_nam):
    page = words(ha_nam / "framework.html")
    assert "đã kết thúc ngày 30/06/2025" in page and "Nơi kế tiếp: " in page and "Ninh Bình (37)" in page
    refused = mande("review", HA_NAM, "--stage", "end-term", "--as-of", "2025-12-31")
    assert refused.returncode == 2 and "until 2025-06-30; the places after it: 37 Ninh Bình" in refused.stderr


def test_the_two_programmes_stand_on_one_page(nation):
    page = words(nation / "framework.html")
    assert "Chương trình bảo vệ trẻ em giai đoạn 2016–2020 bên cạnh Chương trình hành động quốc gia" in page
    assert "Không so sánh được (2)" in page and "Định nghĩa trước hết hiệu lực ngày 31/05/2017" in page
    assert 'href="framework.html"' in (nation / "index.html").read_text(encoding="utf-8")
    assert 'href="framework.html"' in (nation / "committee.html").read_text(encoding="utf-8")


def test_in_english_no_vietnamese_is_left_on_the_page_of_the_programme(tmp_path):
    page = words(review(NATION, tmp_path, lang="en") / "framework.html")
    assert "Review of the programme" in page and "Not comparable (2)" in page
    assert not [word for word in ("Không", "Chỉ tiêu", "Văn bản không", "Điểm") if word in page]

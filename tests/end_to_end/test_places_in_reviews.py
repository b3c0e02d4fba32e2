"""Reviews at dates and levels with other units than those that the figures were published for."""

import json
import re

import pandas as pd
import pytest

from mande.reporting.index import index_page
from mande.reporting.run import Run
from mande.review import compute_review
from mande.workspace import open_workspace
from tests.end_to_end.conftest import ROOT, mande

pytestmark = [pytest.mark.end_to_end, pytest.mark.xdist_group("places_in_reviews")]
PROGRAMME = "vn-children-2021-2030"
UNITS = ("VN", "37", "01")


def review(folder, as_of, *units, level="province"):
    words = ("review", PROGRAMME, "--stage", "mid-term", "--as-of", as_of, "--level", level, "--output", folder)
    process = mande(*words, *(word for unit in units for word in ("--unit", unit)))
    assert process.returncode == 0, process.stderr
    (made,) = folder.glob(f"*{PROGRAMME}_mid-term_{as_of}_{level}_vi")  # chosen units are named before it
    return made


@pytest.fixture(scope="module")
def after(tmp_path_factory):
    """The nation, the new Ninh Bình and the unchanged Hà Nội, half a year after the merger."""
    return review(tmp_path_factory.mktemp("after"), "2025-12-31", *UNITS)


@pytest.fixture(scope="module")
def before(tmp_path_factory):
    return review(tmp_path_factory.mktemp("before"), "2024-12-31", *UNITS)


def values(run, indicator, place):
    table = pd.read_csv(run / "tables" / "actuals.csv", encoding="utf-8-sig", dtype={"place_code": str, "period": str})
    rows = table[(table["indicator"] == indicator) & (table["place_code"] == place)]
    return rows[rows["source"] == "gso-province-panel"].set_index("period")


def progress(run):
    table = pd.read_csv(run / "tables" / "progress.csv", encoding="utf-8-sig", dtype={"place_code": str})
    return table.set_index(["place_code", "target_id", "dimension_value"])


def text_of(page):
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", page.read_text(encoding="utf-8")))


def test_the_baseline_of_a_new_province_comes_from_the_old_ones(after):
    rows = progress(after)
    imr = rows[(rows["indicator"] == "IMR")].reset_index().set_index("place_code")
    assert imr.loc["37", "baseline_value"] == pytest.approx(694759.059 / 54349.87, abs=1e-9)
    assert imr.loc["37", "baseline_observation_id"].startswith("37 from gso_province_panel.csv:1761+256+")
    assert imr.loc["37", "actual_value_status"] == "estimated" and imr.loc["37", "reason"] == "stale"
    assert imr.loc["01", "baseline_value"] == values(after, "IMR", "01").loc["2016", "value"] == 10.0


def test_the_page_says_from_which_units_by_which_rule_and_what_is_unmatched(after):
    text = text_of(after / "units" / "37.html")
    assert "được tính lại theo địa giới mới từ: Hà Nam (35), Nam Định (36), Ninh Bình (37)" in text
    assert "694,7591 ÷ 54.349,87 × 1.000 = 12,7831; phần chưa khớp: 0\xa0% của đơn vị này" in text.replace(
        "0 %", "0\xa0%"
    )
    assert "Không tính lại được theo địa giới mới (2005, 2007, 2008, 2009;" in text
    assert "gso_population.csv!F1685+F1760+F1835" in text
    page = (after / "units" / "37.html").read_text(encoding="utf-8")
    assert page.count(">địa giới thay đổi 01/07/2025<") == 3, "one mark in each of the three charts"


def test_a_series_that_crosses_no_change_has_no_mark(after, before):
    for page in (after / "units" / "01.html", after / "units" / "VN.html", before / "units" / "37.html"):
        assert "địa giới thay đổi" not in page.read_text(encoding="utf-8"), page


def test_checks_of_the_old_provinces_stand_on_the_page_of_the_new_one(after):
    outcomes = pd.read_csv(after / "tables" / "check_outcomes.csv", encoding="utf-8-sig", dtype={"place_code": str})
    assert set(outcomes["place_code"]) == {"VN", "37", "01"}
    assert not outcomes.duplicated(["check_id", "file", "place_code"]).any()
    counted = outcomes[outcomes["check_id"] == "known-place-code"].set_index("place_code")["n_checked"]
    assert counted["37"] == 3 * 22, "11 values of IMR, 6 of U5MR and 5 of FIC_U1 of each of the three"


def test_before_the_merger_the_numbers_are_those_published(before):
    published = pd.read_csv(
        ROOT / "data" / "published" / "gso_province_panel.csv", dtype={"place_code": str, "period": str}
    )
    for indicator in ("IMR", "U5MR", "FIC_U1"):
        expected = published[(published["indicator"] == indicator) & (published["place_code"] == "37")]
        found = values(before, indicator, "37")
        assert found["value"].to_dict() == expected.set_index("period")["value"].to_dict()
        assert found["carried_from"].isna().all() and (found["method"] == "as published").all()
    rows = progress(before)
    assert rows.loc[("37", slice(None), slice(None))]["baseline_value"].dropna().tolist() == [14.1, 21.1, 98.8]


def test_a_level_without_units_at_the_date_is_refused():
    process = mande(
        "review", PROGRAMME, "--stage", "mid-term", "--as-of", "2025-12-31", "--level", "district", "--workspace", ROOT
    )
    assert process.returncode == 2 and "Traceback" not in process.stderr
    assert "VN has no district on 2025-12-31; the last ones existed until 2025-06-30" in process.stderr


def test_districts_are_listed_while_they_existed_and_told_what_to_request(tmp_path):
    run = review(tmp_path, "2024-12-31", "001", level="district")
    assert json.loads((run / "run.json").read_text(encoding="utf-8"))["level"] == "district"
    rows = progress(run)
    assert len(rows) == 35 and set(rows["verdict"]) == {"not_assessable"}
    page = text_of(run / "units" / "001.html")
    assert "Số liệu cần đề nghị" in page
    assert "Quận Ba Đình Thành phố Hà Nội" in " ".join(page.split()), "ten districts are called Châu Thành"


def test_all_communes_are_computed_and_their_pages_stay_light():
    workspace = open_workspace(ROOT)
    found = compute_review(
        workspace, workspace.programme(PROGRAMME), stage="mid-term", as_of="2025-12-31", level="commune"
    )
    assert len(found.units) == 3322 and len(found.progress) == 3322 * 35
    assert found.units.set_index("place_code").loc["00004", "parent_name_vi"] == "Hà Nội"
    info = found.describe("vi")
    committee = Run(ROOT, info, found.tables).committee("vi")
    names = ("headline", "national_results", "where_the_series_end", "results_by_unit", "not_assessable", "unit_pages")
    assert sum(len(getattr(committee, name).html) for name in names) < 60_000
    assert len(index_page(info, found.units, found.progress, "vi").encode()) < 600_000

"""The views of a made-up run: what each section says, that it is escaped, named and light."""

import re
import subprocess
import sys

import pandas as pd
import pytest

from mande.errors import DataError, UsageError
from mande.reporting.path_charts import charts_of
from mande.reporting.province_snapshots import find_snapshots
from mande.reporting.run import open_run
from mande.reporting.unit_matrix import matrix_of

UNIT_SECTIONS = (
    "banner",
    "headline",
    "targets_table",
    "path_charts",
    "requests",
    "data_quality",
    "sources",
    "arithmetic",
    "footer",
)
COMMITTEE_SECTIONS = (
    "banner", "headline", "national_results", "where_the_series_end", "results_by_unit", "not_assessable", "reasons",
    "data_quality", "unit_pages", "footer",
)  # fmt: skip


def html_of(view, sections) -> str:
    return "\n".join(getattr(view, name)._repr_html_() for name in sections)


@pytest.fixture(scope="module")
def full(run):
    return run.unit("M01")


@pytest.mark.parametrize("lang", ["vi", "en"])
@pytest.mark.parametrize("code", ["VN", "M01", "M02", "M03", "M04"])
def test_every_unit_shows_every_section(run, code, lang):
    html = html_of(run.unit(code, lang), UNIT_SECTIONS)
    assert html.count("<h1>") == 1
    assert not re.search(r"\bnan\b|\bNone\b(?! of)|Undefined|\{\w+\}", re.sub(r"<svg.*?</svg>", "", html, flags=re.S))


def test_headline_counts_what_progress_says(full):
    html = full.headline.html
    assert (
        "Trong 50 nội dung của 50 chỉ tiêu, 28 nội dung đánh giá được: 4 đạt, 1 đạt trong phạm vi sai số, 8 đúng tiến độ"
        in html
    )
    assert (
        "22 nội dung còn lại chưa kết luận được: 4 chưa thể kết luận, 2 không so sánh được, 16 chưa đủ căn cứ" in html
    )


def test_headline_of_a_unit_without_any_value(run):
    html = run.unit("M02").headline.html
    assert "Chưa thể đánh giá nội dung nào trong 50 nội dung của 50 chỉ tiêu" in html
    assert "Chưa có số liệu nào của đơn vị này" in html
    assert "Chưa có chỉ tiêu nào có số liệu so sánh được" in run.unit("M02").path_charts.html


def test_headline_of_a_unit_with_old_values_says_how_old(run):
    assert "Số liệu mới nhất hiện có là của năm 2016" in run.unit("M03").headline.html
    assert "not more than" not in run.unit("M03", "en").headline.html
    assert "The newest figure there is dates from 2016" in run.unit("M03", "en").headline.html


def test_each_verdict_has_mark_and_word(full):
    html = full.targets_table.html
    for verdict, word in (("met", "Đạt"), ("behind", "Chậm tiến độ"), ("not_comparable", "Không so sánh được")):
        assert re.search(rf'class="chip v-{verdict}"><span class="mark" aria-hidden="true">.</span>{word}<', html)


def test_text_from_cells_is_escaped(run, note):
    for view, sections in ((run.unit("M01"), UNIT_SECTIONS), (run.committee(), COMMITTEE_SECTIONS)):
        html = html_of(view, sections)
        assert note not in html
        assert "<script" not in html
    assert "&lt;script&gt;" in html_of(run.unit("M01"), UNIT_SECTIONS)


def test_nothing_is_loaded_from_elsewhere(run):
    html = html_of(run.unit("M01"), UNIT_SECTIONS) + html_of(run.committee(), COMMITTEE_SECTIONS)
    assert not re.findall(r'(?:src|href)="(?:https?:)?//', html)
    assert "https://example.org/made-up" in html


def test_charts_are_named_described_and_small(full):
    charts = re.findall(r'<svg viewBox="0 0 340.*?</svg>', full.path_charts.html, flags=re.S)
    assert len(charts) == 6
    for chart in charts:
        assert re.search(r'role="img" aria-labelledby="(c\d)-t \1-d"', chart)
        assert re.search(r"<title id=.*?>Chỉ tiêu giả định", chart)
        assert "15 số liệu so sánh được: 2010: " in chart
        assert len(chart.encode()) < 15_000
    ids = re.findall(r'\bid="([^"]+)"', html_of(full, UNIT_SECTIONS))
    assert len(ids) == len(set(ids))


def test_a_stale_series_is_marked_as_ended(run):
    assert "chuỗi dừng ở 2016" in run.unit("M03").path_charts.html
    assert "series ends 2016" in run.unit("M03", "en").path_charts.html


def test_a_series_that_is_not_comparable_is_never_drawn_as_observed(run):
    view = run.unit("M01")
    none_fits = view.actuals.assign(is_comparable=False)
    assert charts_of(view.targets, none_fits, "vi", {}) == []


def test_pages_link_to_each_other_from_where_they_lie(run):
    assert 'href="../index.html"' in run.unit("M01").banner.html
    assert 'href="../committee.html"' in run.unit("M01").banner.html
    assert 'href="index.html"' in run.committee().banner.html


def test_the_committee_reads_the_nation_first_then_the_units(run):
    html = run.committee().headline.html
    assert '<p class="lead">Cả nước: Trong 50 nội dung của 50 chỉ tiêu, 28 nội dung đánh giá được' in html
    assert "Cấp địa phương: " in html and "Việc cần làm ngay: yêu cầu" in html


def test_matrix_leaves_out_what_only_the_nation_has(run):
    """Of the made-up targets the first nation-only one is blanked for every province."""
    view = run.committee()
    is_first = (view.targets["target_id"] == "T01") & (view.targets["place_code"] != "VN")
    targets = view.targets.assign(actual_value=view.targets["actual_value"].mask(is_first))
    columns = matrix_of(targets, run.units, dict.fromkeys(run.units["place_code"], "x"), "vi")["columns"]
    numbers = [column["number"] for column in columns]
    assert "1" not in numbers and "2" in numbers


def test_other_series_are_shown_and_named_as_not_judged(full):
    assert re.search(r"Chuỗi khác, không dùng để đánh giá: a: ", full.path_charts.html)


def test_requests_name_body_year_and_reason(run):
    view = run.unit("M03")
    assert len(view.requested) == 50
    first = view.requested.iloc[0]
    assert first["wanted"] == "số liệu năm 2024 (hoặc từ 2022) và xuất phát điểm"
    assert first["why"] == "số liệu đã cũ"
    assert set(view.requested["body"]) == {
        "Sở Giả Định 1",
        "Sở Giả Định 2",
        "Sở Giả Định 3",
        "Cơ quan chủ quản nguồn “Điều tra giả định”",
    }
    assert "Sở Giả Định 2" in view.requests.html


def test_nothing_is_requested_for_what_is_not_due_or_settled(full):
    asked = set(full.requested["why"])
    assert "chưa đến mốc" not in asked and "đã đạt mục tiêu" not in asked
    assert "nguồn không ghi con số chính xác" in asked


def test_data_quality_shows_failures_before_warnings_with_cell_and_explanation(full):
    html = full.data_quality.html
    assert "1 kiểm tra đạt · 1 cảnh báo · 1 không đạt." in html
    assert html.index("o-failed") < html.index("o-warning")
    assert "made_up.csv F24" in html and "Đã xác minh: Sự kiện có thật năm 2013." in html


def test_arithmetic_puts_the_numbers_in_and_names_file_cell_rule_and_hash(full):
    html = full.arithmetic.html
    assert "(13,9 − 15) ÷ (12,5 − 15) = 44\xa0%" in html
    assert "−0,37 ÷ −0,5 = 73\xa0%" in html
    assert "tệp made_up.csv, ô F23" in html
    assert "Quy tắc: lộ trình đều đến mục tiêu (linear-path 1); đúng tiến độ" in html and "0123456789abcdef" in html


def test_made_up_data_says_so(run):
    assert "SỐ LIỆU GIẢ ĐỊNH" in run.unit("M01").banner.html
    assert "MADE-UP DATA" in run.committee("en").banner.html


def test_the_analyst_gets_tables(run):
    view = run.unit("M01")
    assert isinstance(view.targets, pd.DataFrame) and len(view.targets) == 50
    assert set(view.actuals["place_code"]) == {"M01"} == set(view.check_outcomes["place_code"])
    assert len(repr(view.targets_table)) < 60


@pytest.mark.parametrize("lang", ["vi", "en"])
def test_the_committee_sees_every_section(run, lang):
    html = html_of(run.committee(lang), COMMITTEE_SECTIONS)
    assert html.count("<h1>") == 1
    assert not re.search(r"\bnan\b|\bNone\b(?! of)|Undefined|\{\w+\}", re.sub(r"<svg.*?</svg>", "", html, flags=re.S))


def test_snapshot_takes_the_last_year_with_nearly_all_provinces(run):
    """24 made-up provinces, one without values, one whose values end in 2016: 22 of 24 are too few after that."""
    snapshots = run.committee().snapshots
    first = snapshots[0]
    assert {snapshot.year for snapshot in snapshots} == {2016}
    assert len(first.values) == 23
    # At most 12,5: values fall from 16 by 0,2 a year and differ by 0,1 a province, so in 2016 the smallest is 14,9.
    assert first.n_reached == 0
    # 97 % or more is not reached either: 90 + 0,5 x 6 + at most 2,4.
    assert snapshots[1].n_reached == 0
    assert "Năm 2016: 0 trong 23 tỉnh, thành phố ở mức không quá 12,5." in run.committee().where_the_series_end.html


@pytest.mark.parametrize(("operator", "n"), [("<=", 3), ("<", 2), (">=", 22), (">", 21)])
def test_snapshot_counts_by_the_operator_of_the_target(run, operator, n):
    """In 2016 the made-up provinces hold 14,9, here also 15,0, then 15,1, 15,2 … 17,2: 24 values."""
    targets = run.targets.head(1).assign(operator=operator, target_value=15.1)
    actuals = run.actuals.assign(value=run.actuals["value"].round(6))
    of_first = (actuals["place_code"] == "M01") & (actuals["period"] == "2016")
    (snapshot,) = find_snapshots(
        targets, pd.concat([actuals, actuals[of_first].assign(place_code="M02", value=15.0)]), run.units
    )
    assert (snapshot.year, len(snapshot.values), snapshot.n_reached) == (2016, 24, n)


def test_no_snapshot_without_a_panel(run):
    few = run.units[run.units["place_code"].isin(["VN", "M01", "M03"])]
    assert find_snapshots(run.targets, run.actuals, few) == []


def test_map_names_both_groups_and_the_archipelago(run):
    html = run.committee().where_the_series_end.html
    assert "Hoàng Sa</text>" in html
    assert "chưa ở mức mục tiêu: Huyện đảo Mẫu" in html
    assert "Bản đồ sơ lược" in html


def test_no_map_without_outlines_for_this_set_of_units(run_folder, tmp_path):
    import shutil

    copy = open_run(shutil.copytree(run_folder, tmp_path / "run", ignore=shutil.ignore_patterns("*.geojson")))
    assert copy.outlines is None
    assert "không vẽ bản đồ" in copy.committee().where_the_series_end.html


def test_matrix_links_to_the_pages_and_shows_value_and_year(run):
    html = run.committee().results_by_unit.html
    assert '<a href="units/M03.html">' in html
    assert "15,4 <small>2016</small>" in html


def test_committee_groups_warnings_by_finding(run):
    html = run.committee().data_quality.html
    assert "24 trong 25 đơn vị" in html and "Sự kiện có thật năm 2013." in html


def test_reading_one_unit_imports_nothing_heavy(run_folder):
    code = (
        "import sys; from mande.reporting.run import open_run\n"
        f"view = open_run({str(run_folder)!r}).unit('M01'); view.path_charts; view.targets_table\n"
        "print([name for name in ('great_expectations', 'statsmodels', 'scipy', 'nbconvert', 'matplotlib.pyplot') if name in sys.modules])"
    )
    result = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert result.stdout.strip() == "[]"


def test_unknown_unit_is_refused_with_a_hint(run):
    with pytest.raises(UsageError, match="has no unit 'M99' → did you mean"):
        run.unit("M99")


def test_unknown_language_is_refused(run):
    with pytest.raises(UsageError, match="there is no language 'fr'"):
        run.unit("M01", "fr")


def test_missing_table_is_named(run):
    with pytest.raises(DataError, match="nothing.parquet: the table is missing"):
        run.table("nothing")


def test_open_run_takes_the_newest_and_checks_what_is_expected(run_folder, monkeypatch):
    monkeypatch.chdir(run_folder.parent.parent / "reports")
    assert open_run("").folder == run_folder
    assert open_run("", programme="vn-children-2021-2030", stage="mid-term").folder == run_folder
    with pytest.raises(UsageError, match="there is no run end-term in it"):
        open_run("", stage="end-term")
    with pytest.raises(UsageError, match="is of 'mid-term', not 'end-term'"):
        open_run(run_folder, stage="end-term")


def test_open_run_refuses_a_folder_that_is_no_run(tmp_path):
    with pytest.raises(UsageError, match="run.json is missing"):
        open_run(tmp_path)
    (tmp_path / "run.json").write_text("{", encoding="utf-8")
    with pytest.raises(DataError, match="cannot be read"):
        open_run(tmp_path)

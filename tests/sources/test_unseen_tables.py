"""Tables in shapes that no example has: other signs and encodings, several tables, names through time, wrong mappings."""

import shutil
from dataclasses import replace
from pathlib import Path

import pytest
import yaml
from typer.testing import CliRunner

from mande.__main__ import app
from mande.errors import DataError, DefinitionError, UsageError
from mande.sources.aligned_text import is_aligned, read_aligned_rows
from mande.sources.inbox import take_in
from mande.sources.mapped_table import read_mapped
from mande.sources.mapping_draft import draft_mapping
from mande.sources.received import read_received
from mande.sources.table_blocks import find_mappings
from mande.sources.table_mapping import TableMapping, fold, load_mappings
from mande.sources.workbooks import read_sheets
from tests.sources.look_alikes.page import Page, describe
from tests.sources.look_alikes.px_tables import (
    infant_mortality,
    kindergartens,
)
from tests.sources.look_alikes.yearbook_pages import (
    hoa_binh_population,
    quang_ngai_classes,
    quang_ngai_dropout,
    quang_ngai_health,
)

from .received_files import DAY, put

ROOT = Path(__file__).parents[2]
YEARS = [{"holds": "period"}]
NAMED = [{"column": "A", "holds": "place"}]


@pytest.fixture(scope="session")
def register(knowledge):
    return knowledge.places


@pytest.fixture
def read(tmp_path, register):
    def read_rows(rows, *mappings, name="bang.xlsx", **how):
        page = Page(name, "", {"bang": rows}, list(mappings), **how)
        return read_page(page)

    def read_page(page):
        folder = tmp_path / "mappings"
        shutil.rmtree(folder, ignore_errors=True)
        folder.mkdir()
        for mapping in page.mappings:
            text = yaml.safe_dump(mapping, allow_unicode=True)
            (folder / f"{mapping['id']}.yaml").write_text(text, encoding="utf-8")
        path = page.write(tmp_path)
        sheets = read_sheets(path)
        return read_mapped(path, sheets, find_mappings(path, sheets, load_mappings(folder)), places=register)

    read_rows.page = read_page
    return read_rows


def table(id="one", texts=("bảng giả",), indicator="IMR", **rest):
    levels = {"levels": ["province"]}
    known = {"columns": NAMED, "fixed": {"indicator": indicator}, "indicators": {indicator: {"unit": "made_up"}}}
    return describe(id, list(texts), "Địa phương", YEARS, **{"places": levels, **known, **rest})


def figures(reading):
    rows = reading.observations
    keys = zip(rows["indicator"], rows["place_code"], rows["period"], rows["dimension_value"], strict=True)
    return {key: value for key, value in zip(keys, rows["value"], strict=True) if value == value}


def reasons(reading):
    return dict(zip(reading.quarantined["cell"], reading.quarantined["check_id"], strict=True))


@pytest.mark.parametrize(
    ("delimiter", "encoding"), [(";", "utf-16-be"), (",", "cp1258"), ("\t", "utf-8-sig"), ("|", "utf-16")]
)
def test_signs_between_cells_and_encodings_change_nothing(read, delimiter, encoding):
    rows = [
        ["Tỷ suất giả (bảng giả), phân theo địa phương"],
        ["Địa phương", "2014", "2015", "Sơ bộ 2016"],
        ["CẢ NƯỚC - WHOLE COUNTRY", 14.9, 14.7, 14.5],
        ["Thừa Thiên - Huế ", 1.5, "..", "-"],
        ["TP.Hồ Chí Minh", 8.25, 8.5, 8.75],
    ]
    nation = table(places={"levels": ["nation", "province"]})
    reading = read(rows, nation, name="bang.csv", delimiter=delimiter, encoding=encoding)
    assert sum(figures(reading).values()) == pytest.approx(14.9 + 14.7 + 14.5 + 1.5 + 8.25 + 8.5 + 8.75)
    assert {code for _, code, _, _ in figures(reading)} == {"VN", "46", "79"} and reading.quarantined.empty
    assert len(reading.observations) == 9


def test_a_decimal_comma_that_split_numbers_moves_nothing_into_another_year(read):
    rows = [["bảng giả"], ["Địa phương", "2015", "2016"], ["Hà Nội", 4, 5, 6, 5], ["Hà Giang", 7, 8]]
    reading = read(rows, table(), name="bang.csv")
    assert figures(reading) == {("IMR", "02", "2015", "_T"): 7, ("IMR", "02", "2016", "_T"): 8}
    assert reasons(reading) == dict.fromkeys(["B3", "C3", "D3", "E3"], "more_cells_than_headings")


def test_a_second_page_with_other_years_belongs_to_its_own_years(read):
    rows = [
        ["bảng giả"],
        ["Địa phương", "2014", "2015"],
        ["Hà Nội", 1.5, 2.5],
        ["Nguồn: bảng giả"],
        ["Địa phương", "2016", "2017"],
        ["Hà Nội", 3.5, 4.5],
    ]
    reading = read(rows, table())
    assert [period for _, _, period, _ in figures(reading)] == ["2014", "2015", "2016", "2017"]
    assert reading.quarantined.empty


def test_a_table_of_another_title_is_not_taken_for_the_next_page(read):
    rows = [
        ["bảng giả"],
        ["Địa phương", "2014", "2015"],
        ["Hà Nội", 1.5, 2.5],
        [],
        ["Số giường bệnh"],
        ["Địa phương", "2014", "2015"],
        ["Hà Giang", 300, 400],
    ]
    reading = read(rows, table())
    assert len(figures(reading)) == 2
    assert reasons(reading) == dict.fromkeys(["B6", "C6", "B7", "C7"], "another_table")
    both = read(rows, table(), table("beds", ["Số giường bệnh"], "BEDS"))
    assert figures(both)["BEDS", "02", "2015", "_T"] == 400 and len(figures(both)) == 4 and both.quarantined.empty


def test_a_table_with_another_kind_of_header_below(read):
    rows = [
        ["bảng giả"],
        ["Địa phương", "2014", "2015"],
        ["Hà Nội", 1.5, 2.5],
        ["Huyện", "Nam", "Nữ"],
        ["Hà Giang", 3, 4],
    ]
    reading = read(rows, table())
    assert len(figures(reading)) == 2 and reasons(reading) == {"B5": "another_table", "C5": "another_table"}


def test_a_table_above_that_nothing_describes(read):
    rows = [["Mã", 3, 4], [], ["bảng giả"], ["Địa phương", "2014"], ["Hà Nội", 1.5]]
    assert reasons(read(rows, table())) == {"B1": "another_table", "C1": "another_table"}


def test_a_name_means_what_it_meant_in_each_year(read):
    rows = [["bảng giả"], ["Địa phương", "2005", "2015"], ["Hà Tây", 20.5, ".."], ["Hà Nội", 7.5, 10.5]]
    read_as = figures(read(rows, table()))
    assert read_as["IMR", "28", "2005", "_T"] == 20.5  # joined Hà Nội on 1 August 2008
    assert {code for _, code, period, _ in read_as if period == "2015"} == {"01"}


def test_a_name_that_changed_its_place_is_asked_about(read):
    rows = [["bảng giả"], ["Địa phương", "2024", "2025"], ["Quảng Trị", 20.5, 21.5]]
    reading = read(rows, table())
    assert reasons(reading) == {"B3": "unknown_place"}  # 45 until 30 June 2025, then the code of Quảng Bình
    assert "means one place on 2024-12-31 and another one on 2025-12-31" in reading.quarantined.iloc[0]["message_en"]
    assert figures(reading) == {("IMR", "44", "2025", "_T"): 21.5}
    old = {"levels": ["province"], "date": "2024-12-31"}
    assert {code for _, code, _, _ in figures(read(rows, table(places=old)))} == {"45"}


def test_a_blank_line_in_the_other_language_contradicts_nothing(read):
    rows = [["bảng giả"], ["Địa phương", "2015"], ["Hà Nội", 5], ["Ha Noi city", None], ["Hà Giang", None]]
    reading = read(rows, table())
    assert figures(reading) == {("IMR", "01", "2015", "_T"): 5} and reading.quarantined.empty
    assert set(reading.observations["place_code"]) == {"01", "02"}


def test_two_values_of_one_grouping_are_not_chosen_between(read):
    lines = [{"holds": "dimension_value", "dimension": "sex", "labels": {"Nam": "M", "Nữ": "F"}}]
    female = {"place_code": "01", "dimension": "sex", "dimension_value": "F"}
    mapping = table(columns=[{"column": "A", "holds": "place", "labels": {"Nữ Hà Nội": female}}])
    mapping |= {"header": {"begins": "Địa phương", "lines": lines}, "fixed": {"indicator": "IMR", "period": "2015"}}
    reading = read(
        [["bảng giả"], ["Địa phương", "Nam", "Nữ"], ["Nữ Hà Nội", 5, 6]], {**mapping, "two_way_groups": True}
    )
    assert reasons(reading) == {"B3": "two_dimensions"} and list(figures(reading)) == [("IMR", "01", "2015", "F")]


def test_subtotals_of_rates_are_not_added(read):
    labels = {"Vùng đồng bằng": "subtotal"}
    columns = [{"column": "A", "holds": "place", "labels": labels}]
    rows = [["bảng giả"], ["Địa phương", "2015"], ["I. Vùng đồng bằng", 9], ["Hà Nội", 5], ["Hà Giang", 6]]
    assert reasons(read(rows, table(columns=columns))) == {"B3": "subtotal_differs"}
    rates = table(columns=columns, indicators={"IMR": {"unit": "per_1000_live_births"}})
    assert reasons(read(rows, rates)) == {"B3": "skipped_by_mapping"}


def test_sums_of_printed_numbers_may_stray_by_their_rounding(read):
    columns = [{"column": "A", "holds": "place", "labels": {"Cộng": "subtotal"}}]
    rows = [["bảng giả"], ["Địa phương", "2015"], ["Cộng", 10.2], ["Hà Nội", 5.1], ["Hà Giang", 5.0]]
    assert reasons(read(rows, table(columns=columns))) == {"B3": "skipped_by_mapping"}
    rows[2][1] = 10.5
    assert reasons(read(rows, table(columns=columns))) == {"B3": "subtotal_differs"}


def test_labels_meet_their_texts_whatever_the_marks_and_dashes(read):
    columns = [{"column": "A", "holds": "place", "labels": {"Vùng Hoà Lương – Sơn": "17"}}]
    rows = [["BẢNG GIẢ"], ["Địa phương", "2015"], ["vùng Hòa  Lƣơng - Sơn (1)", 5]]
    assert list(figures(read(rows, table(columns=columns)))) == [("IMR", "17", "2015", "_T")]


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        (
            {"header": {"begins": "Tỉnh", "lines": YEARS}},
            r'no cell holds "Tỉnh", where the header begins → mend the map',
        ),
        ({"fixed": {"indicator": "?"}}, r'fixed.indicator: a "\?" of the draft still stands here → put the answer'),
        ({"fixed": {"indicator": "IMR", "dimension": "sex"}}, "the dimension sex needs a dimension_value beside it"),
        ({"columns": [{"column": "A", "holds": "plaec"}]}, "plaec.* is not one of the allowed words"),
        ({"places": {"levels": ["province"], "parents": "1"}}, "unknown key 'parents' → did you mean 'parent'"),
    ],
)
def test_a_wrong_mapping_says_what_is_wrong(read, changes, said):
    with pytest.raises((DataError, DefinitionError), match=said) as caught:
        read([["bảng giả"], ["Địa phương", "2015"], ["Hà Nội", 5]], table(**changes))
    assert len(caught.value.problems) == 1


def test_headings_that_the_mapping_takes_for_something_else_set_all_cells_aside(read):
    rows = [["bảng giả"], ["Địa phương", "Nam", "Nữ"], ["Hà Nội", 5, 6]]
    reading = read(rows, table())
    assert figures(reading) == {} and reasons(reading) == {"B3": "unknown_heading", "C3": "unknown_heading"}


def test_text_with_commas_or_one_space_is_not_aligned():
    assert not is_aligned("Huyện,  2015,  2016\nĐà Bắc,  1,  2\nKim Bôi,  3,  4\n")
    assert not is_aligned("Huyện 2015 2016\nĐà Bắc 1 2\nKim Bôi 3 4\n")
    assert not is_aligned("Huyện;   2015;   2016\nĐà Bắc;   1   ;   2\nKim Bôi;   3   ;   4\n")


def test_aligned_headings_over_several_columns_stand_in_the_first_of_them():
    text = """
                    2018                    Sơ bộ - Prel. 2019
             Tổng số   Nam    Nữ       Tổng số     Nam      Nữ
Hà Nội        1 000     400    600         20         8       12
Thai  Nguyen     11      ..      6         21         -       12
"""
    rows = [row for row in read_aligned_rows(text) if any(row)]
    assert rows[0] == (None, "2018", None, None, "Sơ bộ - Prel. 2019", None, None)
    assert rows[2] == ("Hà Nội", "1 000", "400", "600", "20", "8", "12")
    assert rows[3] == ("Thai Nguyen", "11", "..", "6", "21", "-", "12")


DRAFTED = (
    kindergartens,
    hoa_binh_population,
    quang_ngai_classes,
    quang_ngai_dropout,
    quang_ngai_health,
)


@pytest.mark.parametrize("maker", DRAFTED, ids=lambda maker: maker.__name__)
def test_a_drafted_mapping_reads_the_table_once_its_questions_are_answered(read, tmp_path, register, maker):
    page = maker()
    path = page.write(tmp_path)
    draft = draft_mapping(path, read_sheets(path), register)
    assert draft.startswith("# ? ") and 'a "?"' not in draft
    page.mappings = [_answered(yaml.safe_load(draft), page.mappings[0])]
    expected = {(key[2], key[0], key[1], key[3]): one for key, (one, _) in page.read.items() if one is not None}
    assert figures(read.page(page)) == pytest.approx(expected)


def _answered(draft, wanted):
    """Answer the draft's questions, and nothing else, as the person did who wrote the page's own mapping."""
    headings = [*draft["header"]["lines"], *draft["columns"]], [*wanted["header"]["lines"], *wanted["columns"]]
    for drafted, written in zip(*headings, strict=False):
        meant = {fold(text): code for text, code in written.get("labels", {}).items()}
        for text, code in drafted.get("labels", {}).items():
            drafted["labels"][text] = meant[fold(text)] if code == "?" else code
    signs = {"numbers": wanted["numbers"]} if "numbers" in wanted else {}
    return draft | {"fixed": wanted.get("fixed", {}), "indicators": wanted["indicators"], "source": "made-up", **signs}


def test_a_draft_asks_about_a_decimal_mark_that_nothing_proves(tmp_path, register):
    rows = [["bảng giả"], ["Địa phương", "2015"], ["Hà Nội", "1.234"], ["Hà Giang", "2.345"]]
    path = Page("bang.xlsx", "", {"bang": rows}, []).write(tmp_path)
    draft = draft_mapping(path, read_sheets(path), register)
    assert yaml.safe_load(draft)["numbers"] == {"decimal": "?"} and "comma hay point" in draft


def test_a_file_without_a_table_has_no_draft(tmp_path, register):
    path = Page("bang.xlsx", "", {"bang": [["một"], ["hai"]]}, []).write(tmp_path)
    with pytest.raises(DataError, match="no sheet holds a line of headings above rows of numbers"):
        draft_mapping(path, read_sheets(path), register)


def test_the_command_writes_a_draft_and_never_over_a_file(tmp_path):
    path = infant_mortality().write(tmp_path)
    run = CliRunner().invoke(app, ["mapping", str(path), "--out", str(tmp_path / "imr.yaml"), "--workspace", str(ROOT)])
    assert run.exit_code == 0 and "4 câu hỏi" in run.output
    with pytest.raises(DefinitionError, match=r"imr.yaml:\d+ fixed.indicator"):
        load_mappings(tmp_path)
    again = CliRunner().invoke(
        app, ["mapping", str(path), "--out", str(tmp_path / "imr.yaml"), "--workspace", str(ROOT)]
    )
    assert isinstance(again.exception, UsageError)


def test_a_text_table_has_one_sheet_name_before_and_after_it_was_kept(home, knowledge):
    text = "Bảng giả\nĐịa phương;2015;2016\nHà Nội;4,5;6,5\nKiên Gian;1,5;2,5\n".encode()
    put(home, "bang-gia.csv", text)
    knowing = replace(knowledge, mappings={"one": TableMapping.model_validate(table())})
    first = take_in(home / "inbox", home / "received", knowing, received_date=DAY)
    later = read_received(home / "received", knowing)
    for intake in (first, later):
        assert set(intake.observations["sheet"]) == set(intake.quarantined["sheet"]) == {"bang-gia"}
    assert first.observations["observation_id"].tolist() == later.observations["observation_id"].tolist()


def test_a_page_that_says_it_goes_on_needs_no_title(read):
    rows = [
        ["bảng giả"],
        ["Địa phương", "2014"],
        ["Hà Nội", 1.5],
        ["(Tiếp theo)"],
        ["Địa phương", "2015"],
        ["Hà Nội", 2],
    ]
    reading = read(rows, table())
    assert list(figures(reading).values()) == [1.5, 2] and reading.quarantined.empty


def test_a_total_over_two_lines_of_groups_is_the_total_of_both(read):
    sexes, residences = {"Tổng số": "_T", "Nữ": "F"}, {"Chung": "_T", "Thành thị": "urban"}
    lines = [
        {"holds": "dimension_value", "dimension": "sex", "labels": sexes},
        {"holds": "dimension_value", "dimension": "residence", "labels": residences},
    ]
    rows = [
        ["bảng giả"],
        ["Địa phương", "Tổng số", "Nữ", None],
        [None, None, "Chung", "Thành thị"],
        ["Hà Nội", 5, 3, 2],
    ]
    mapping = table(two_way_groups=True, fixed={"indicator": "IMR", "period": "2015"})
    reading = read(rows, mapping | {"header": {"begins": "Địa phương", "lines": lines}})
    assert {key[3]: value for key, value in figures(reading).items()} == {"_T": 5, "F": 3, "urban.F": 2}
    assert set(reading.observations["dimension"]) == {"_T", "sex", "residence.sex"} and reading.quarantined.empty


def test_a_column_of_notes_right_of_the_figures_is_no_figure(read):
    rows = [["bảng giả"], ["Địa phương", "2015", "Trang"], ["Hà Nội", 5, 12]]
    assert reasons(read(rows, table())) == {"C3": "unknown_heading"}
    reading = read(rows, table(columns=[*NAMED, {"column": "C", "holds": "note"}]))
    assert list(figures(reading).values()) == [5] and reading.quarantined.empty

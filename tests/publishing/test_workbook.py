"""Workbooks: numbers are numbers, text stays text, what is hidden says so, and they can be printed."""

import io
import zipfile
from datetime import date

import openpyxl
import pytest

from mande.export_brief import masthead_of_files
from mande.export_sheets import run_sheets, verdict_rows
from mande.publishing.sheets import Column, Hidden, Masthead, Share, Sheet
from mande.publishing.workbook import write_workbook
from mande.reporting.run import open_run
from mande.reporting.target_rows import table_rows
from tests.reporting.conftest import LONG, LONG_NAME

from .conftest import FORMULA, HIDDEN_ROWS

ALARM = "NỘI BỘ & SỐ LIỆU GIẢ ĐỊNH " * 12
COLUMNS = (Column("number", "TT", "No.", 6), Column("value", "Giá trị", "Value", 12), Column("note", "Ghi chú", "Note"))
ROWS = [
    {"number": "1", "value": 1234.5, "note": FORMULA},
    {"number": "2", "value": Hidden("<5*"), "note": "@SUM(A1)"},
    {"number": "3", "value": Share(0.25), "note": "0123"},
    {"number": "4", "value": float("nan"), "note": None},
]


def made(rows=ROWS, alarms=(ALARM,), printed_to="value"):
    masthead = Masthead("Báo cáo", "Chương trình", date(2024, 12, 31), alarms=alarms)
    return write_workbook([Sheet("Số liệu", COLUMNS, rows, printed_to)], masthead)


@pytest.fixture(scope="module")
def page():
    return openpyxl.load_workbook(io.BytesIO(made()))["Số liệu"]


def column_of(sheet, heading):
    top = next(row for row in sheet.iter_rows() if any("\n" in str(cell.value or "") for cell in row))
    place = next(cell.column for cell in top if cell.value.startswith(heading + "\n"))
    return [sheet.cell(row, place) for row in range(top[0].row + 1, sheet.max_row + 1)]


def test_numbers_are_numbers_and_text_is_text(page):
    values, notes = column_of(page, "Giá trị"), column_of(page, "Ghi chú")
    assert [cell.value for cell in values] == [1234.5, "<5*", 0.25, None]
    assert [cell.value for cell in notes] == [FORMULA, "@SUM(A1)", "0123", None]
    assert {cell.data_type for cell in notes[:3]} == {"s"}
    assert values[2].number_format == "0%"


def test_what_is_hidden_is_hatched(page):
    hidden = column_of(page, "Giá trị")[1]
    assert hidden.fill.patternType == "lightUp"


def test_headings_stand_in_both_languages_and_stay_in_sight(page):
    assert page["B4"].value == "Giá trị\nValue"
    assert page.freeze_panes == "C5" and page.print_title_rows == "$4:$4"


def test_it_prints_on_a4_with_its_banner(page):
    assert page.page_setup.orientation == "landscape" and int(page.page_setup.paperSize) == 9
    assert page.print_area == "'Số liệu'!$A$1:$B$8"
    assert "NỘI BỘ & SỐ LIỆU" in page.oddHeader.left.text.replace("&&", "&")
    assert len(page.oddHeader.left.text) < 255 and "&P" in zipped(made(), "xl/worksheets/sheet1.xml").replace(
        "&amp;", "&"
    )


def zipped(content, name):
    with zipfile.ZipFile(io.BytesIO(content)) as file:
        return file.read(name).decode()


def test_same_data_same_bytes_and_no_name_in_it():
    assert made() == made()
    core = zipped(made(), "docProps/core.xml")
    assert "2024-12-31T00:00:00Z" in core and "<dc:creator></dc:creator>" in core


def test_a_unit_has_its_sheets_and_the_mark_of_what_is_hidden(exported):
    book = openpyxl.load_workbook(exported / "exports" / "M05.xlsx")
    assert book.sheetnames == ["Kết quả", "Số liệu", "Cách tính", "Chất lượng số liệu", "Số liệu cần đề nghị", "Nguồn"]
    values = book["Số liệu"]
    for heading in ("Giá trị", "Tử số", "Cận dưới"):
        found = [cell.value for cell in column_of(values, heading)]
        assert found.count("<5*") == HIDDEN_ROWS and None not in found
        assert all(isinstance(value, int | float) for value in found if value != "<5*")
    status = [cell.value for cell in column_of(values, "Tình trạng số liệu")]
    assert status.count("không công bố") == HIDDEN_ROWS
    assert set(cell.value for cell in column_of(values, "Mẫu số")) == {56789}
    assert column_of(book["Nguồn"], "Cơ quan công bố")[0].value == FORMULA


def test_each_sheet_says_what_it_is(exported):
    for name, unit in (("M05", "Tỉnh Mẫu Đặng 5"), (LONG, LONG_NAME)):
        for sheet in openpyxl.load_workbook(exported / "exports" / f"{name}.xlsx"):
            top = [sheet.cell(row, 1).value for row in range(1, 6)]
            assert top[0] == f"{unit} – Đánh giá giữa kỳ"
            assert any("SỐ LIỆU GIẢ ĐỊNH" in text for text in top) and any("<5* =" in text for text in top)


def test_the_workbook_of_the_run_has_every_unit(exported):
    run = open_run(exported)
    sheets = run_sheets(run, run.committee().targets, "vi")
    book = openpyxl.load_workbook(io.BytesIO(write_workbook(sheets, masthead_of_files(run, "Tất cả", "vi"))))
    assert len({cell.value for cell in column_of(book["Kết quả"], "Mã")}) == 25
    assert [cell.value for cell in column_of(book["Số liệu"], "Giá trị")].count("<5*") == HIDDEN_ROWS


def test_a_baseline_that_is_not_published_says_so_on_page_and_sheet(exported):
    view = open_run(exported).unit("M05")
    rows = view.targets.assign(baseline_value=float("nan"), baseline_period="2020", baseline_qualifier="<5")
    assert verdict_rows(rows, view.run, "vi")[0]["baseline"] == Hidden("<5*")
    assert table_rows(rows, view.run, "vi")[0]["baseline"] == "<5* (2020)"

"""The report of a check: text stays text, sums are shown, an empty inbox is said to be one."""

import io

import openpyxl
import pandas as pd
import pytest

from mande.errors import UsageError
from mande.reporting.check_report import CheckView, mend_list, open_check, page_name
from mande.reporting.check_workbook import SHEETS, check_workbook

LONG = "Thị xã có tên dài đúng bằng bốn mươi chữ"
HOSTILE = "=cmd|'/c calc'!A1"
INFO = {"as_of": "2022-06-30", "lang": "vi", "is_made_up": True}
FILE = {
    "place_code": "001", "file": "a.xlsx", "sender": "<b>Sở</b>", "received_date": "2022-01-10", "is_late": False,
    "period": "2021", "status": "current", "superseded_by": "", "reason": "", "n_values_sent": 3, "n_read": 2,
    "n_quarantined": 1, "sum_sent": 30.5, "sum_read": 20.0, "sum_quarantined": 10.5, "form_version": "1",
    "submission": "0" * 12, "last_date": pd.Timestamp("2022-01-31"),
}  # fmt: skip
CELL = {
    "place_code": "001", "file": "a.xlsx", "sheet": "Số liệu", "cell": "D8", "indicator": "IMR", "period": "2021",
    "severity": "critical", "effect": "decides_verdict", "n_targets": 1, "check_ids": "x", "check_id": "x",
    "found": HOSTILE, "found_vi": HOSTILE, "message_vi": "Phải là số.", "message_en": "A number is asked.",
    "cure_vi": "Sửa.; Xem lại.", "cure_en": "Mend.", "title_vi": "Tử vong trẻ em", "title_en": "Infant mortality",
}  # fmt: skip
COUNTS = ("n_received", "n_expected", "n_in_time", "n_timed", "n_internal_passed", "n_internal", "n_external_passed")
GRADE = {"place_code": "001", "indicator": "IMR", "period": "2021", "grade": "C", "grade_reason": "completeness"}
GRADE |= {"title_vi": "Tử vong trẻ em", "title_en": "Infant mortality"}
GRADE |= dict.fromkeys(COUNTS, 3) | {"n_expected": 4, "n_external": 0, "completeness": 0.75, "timeliness": 1.0}
GRADE |= {"internal_consistency": 1.0, "external_consistency": float("nan")}


def tables_of(n):
    missing = {"place_code": "002", "name_vi": LONG, "name_en": LONG, "programme": "p", "period": "2021"}
    missing |= {"last_date": pd.NaT}
    unit = {"place_code": "001", "name_vi": LONG, "name_en": LONG}
    problem = {"file": "b.xlsx", "where_vi": "b.xlsx trang 1", "found_vi": "<script>", "todo_vi": "@gửi"}
    problem |= {"where_en": "b.xlsx sheet 1", "found_en": "<script> again", "todo_en": "@send"}
    rows = {"files": FILE, "missing": missing, "to_mend": CELL, "mend_first": CELL, "quality": GRADE, "units": unit}
    rows |= {"refused": problem, "notices": problem}
    return {name: pd.DataFrame([row] * n, columns=list(row)) for name, row in rows.items()}


def test_a_page_shows_text_as_text_and_what_the_sums_are():
    html = CheckView(INFO, tables_of(1), "vi", "001").page()
    assert "<script>" not in html and "&lt;script&gt;" in html and "&lt;b&gt;Sở" in html
    assert LONG in html and "SỐ LIỆU" in html and "=cmd|" in html
    assert "3 giá trị đã gửi = 2 đã đọc + 1 để riêng." in html and "30,5 = 20 đã đọc + 10,5 để riêng" in html
    assert "3 ÷ 4 = 75 %" in html and "Sửa. Xem lại." in html
    assert "http" not in html and "src=" not in html


def test_who_sent_what_shows_the_counts_and_no_object_of_the_program():
    html = CheckView(INFO, tables_of(1), "vi").files.html
    assert "<td>3 = 2 + 1</td>" in html and "object at" not in html and "<em>muộn</em>" not in html
    late = tables_of(1) | {"files": pd.DataFrame([FILE | {"is_late": True}])}
    assert "<em>muộn</em>" in CheckView(INFO, late, "vi").files.html


def test_a_file_that_was_replaced_names_the_one_that_took_its_place():
    newer = FILE | {"file": "b.xlsx", "submission": "1" * 12}
    older = FILE | {"status": "superseded", "superseded_by": "1" * 12}
    html = CheckView(INFO, tables_of(1) | {"files": pd.DataFrame([older, newer])}, "vi").files.html
    assert "<td>đã được thay thế → b.xlsx</td>" in html and "<td>đang dùng</td>" in html


def test_what_to_mend_is_said_in_vietnamese_with_english_second_and_by_the_name_of_the_indicator():
    html = mend_list(pd.DataFrame([CELL]), "vi").html
    assert html.index("Phải là số.") < html.index("A number is asked.") < html.index("Sửa.") < html.index("Mend.")
    assert (
        "a.xlsx · Số liệu · D8" in html
        and "Tử vong trẻ em" in html
        and "quyết định kết luận" in html
        and '<small lang="en"' in html
    )
    english = mend_list(pd.DataFrame([CELL]), "en").html
    assert "A number is asked." in english and "Phải là số." not in english and "Infant mortality" in english
    assert "(trống)" in mend_list(pd.DataFrame([CELL | {"found": "", "found_vi": ""}]), "vi").html
    whole = mend_list(pd.DataFrame([CELL | {"sheet": "", "cell": ""}]), "vi").html
    assert "a.xlsx · cả tệp" in whole and "Tử vong" not in whole


def test_a_refused_file_is_told_in_vietnamese_with_english_second():
    html = CheckView(INFO, tables_of(1), "vi").refused.html
    assert html.index("b.xlsx trang 1") < html.index("@gửi") < html.index("@send") and "b.xlsx sheet 1" not in html
    english = CheckView(INFO, tables_of(1), "en").refused.html
    assert "@send" in english and "@gửi" not in english


def test_a_sum_that_does_not_add_up_is_said_to_be_a_defect():
    tables = tables_of(1)
    tables["files"] = tables["files"].assign(sum_read=19.0)
    assert "report this defect" in CheckView(INFO, tables, "en").overview.html
    assert "report this defect" not in CheckView(INFO, tables_of(1), "en").overview.html


def test_nothing_received_is_no_error():
    view = CheckView(INFO | {"is_made_up": False}, tables_of(0), "vi")
    html = view.page()
    assert "Chưa nhận được tệp nào" in html and "made-up" not in view.banner.html


def test_a_long_list_says_how_many_more_there_are():
    assert "… và 3 ô nữa" in mend_list(pd.DataFrame([CELL] * 203), "vi").html


def test_a_workbook_holds_strings_and_no_formula():
    book = openpyxl.load_workbook(io.BytesIO(check_workbook(tables_of(1), INFO, "vi")))
    assert len(book.worksheets) == len(SHEETS)
    cells = [cell for sheet in book.worksheets for row in sheet.iter_rows() for cell in row]
    assert [cell.value for cell in cells if cell.data_type == "f"] == []
    assert HOSTILE in [cell.value for cell in cells] and all(cell.hyperlink is None for cell in cells)
    assert all("SỐ LIỆU MÔ PHỎNG / SIMULATED DATA" in sheet["A1"].value for sheet in book.worksheets)


def test_a_workbook_speaks_the_language_of_the_report_and_shows_its_head_when_scrolled():
    book = openpyxl.load_workbook(io.BytesIO(check_workbook(tables_of(1), INFO, "vi")))
    first = book.worksheets[0]
    rows = [dict(zip((c.value for c in first[2]), (c.value for c in first[3]), strict=True))]
    assert first.freeze_panes == "A3" and first.auto_filter.ref.startswith("A2:")
    assert rows[0]["Mức độ"] == "phải sửa" and rows[0]["Ảnh hưởng"] == "quyết định kết luận"
    assert rows[0]["Chỉ tiêu"] == "Tử vong trẻ em" and rows[0]["Rule (English)"] == "A number is asked."
    heads = [cell.value for sheet in book.worksheets for cell in sheet[2]]
    assert not [head for head in heads if "_" in head and not head.startswith("n_")]
    files = book[book.sheetnames[3]]
    status = [cell.value for cell in files[2]].index("Tình trạng")
    assert files.cell(3, status + 1).value == "đang dùng" and files["A3"].data_type == "s"


def test_a_printed_workbook_leaves_out_the_second_language_and_the_codes():
    """All columns of a finding are 400 signs wide: on one sheet of paper nobody could read them."""
    book = openpyxl.load_workbook(io.BytesIO(check_workbook(tables_of(1), INFO, "vi")))
    for sheet in book.worksheets[:2]:
        last = sheet.print_area.rpartition(":")[2].replace("$", "")
        printed = [cell for cell in sheet[2] if cell.column <= sheet[last].column]
        assert printed[-1].value == "Cách sửa" and len(sheet[2]) > len(printed)
        assert sum(sheet.column_dimensions[cell.column_letter].width for cell in printed) < 230


def test_a_row_of_a_workbook_is_as_high_as_its_longest_text():
    long = tables_of(1) | {"mend_first": pd.DataFrame([CELL, CELL | {"message_vi": "Phải là số. " * 10}])}
    sheet = openpyxl.load_workbook(io.BytesIO(check_workbook(long, INFO, "vi"))).worksheets[0]
    assert (sheet.row_dimensions[3].height, sheet.row_dimensions[4].height) == (30, 45)


def test_a_code_that_a_sender_made_up_is_no_path():
    assert page_name("../../etc") == "------etc"


def test_a_folder_without_a_check_is_refused(tmp_path):
    with pytest.raises(UsageError, match="mande check --html"):
        open_check(tmp_path)

"""Sheets of every kind of file come out with the cells where their sender sees them."""

import datetime as dt
import zipfile
from datetime import timedelta

import openpyxl
import pytest
import xlsxwriter
import xlwt
from odf.opendocument import OpenDocumentSpreadsheet
from odf.table import Table, TableCell, TableRow
from odf.text import P

from mande.errors import DataError
from mande.sources.numbers import Percent, read_number_column
from mande.sources.text_rows import decode, find_delimiter
from mande.sources.workbooks import address, read_sheets

VIETNAMESE = "Tỷ suất chết của trẻ em dưới một tuổi;Đắk Lắk;Thừa Thiên Huế\n2015;24,1;17,3\n"


def only(path):
    (sheet,) = read_sheets(path)
    return sheet


def save(tmp_path, fill, name="a.xlsx"):
    book = openpyxl.Workbook()
    fill(book.active)
    book.save(tmp_path / name)
    return tmp_path / name


def test_cells_keep_their_addresses_when_the_first_rows_and_columns_are_empty(tmp_path):
    def fill(sheet):
        sheet["C3"], sheet["D5"], sheet["B6"] = "x", 4.5, True

    assert only(save(tmp_path, fill)).rows == (
        (),
        (),
        (None, None, "x"),
        (),
        (None, None, None, 4.5),
        (None, True),
    )


def test_kinds_of_cells(tmp_path):
    moment, day = dt.datetime(2024, 2, 1, 3, 4), dt.datetime(2024, 2, 1)

    def fill(sheet):
        for column, value in enumerate(
            (" 4,5 ", 3, moment, day, dt.time(3, 4), timedelta(hours=30), "", None, "z"), start=1
        ):
            sheet.cell(1, column).value = value

    assert only(save(tmp_path, fill)).rows == (
        (" 4,5 ", 3, moment, day.date(), dt.time(3, 4), timedelta(hours=30), None, None, "z"),
    )


def test_merged_ranges_keep_their_value_in_the_first_cell(tmp_path):
    def fill(sheet):
        sheet["B2"], sheet["B4"] = "năm", 1
        sheet.merge_cells("B2:D3")

    sheet = only(save(tmp_path, fill))
    assert sheet.merged == ((1, 1, 2, 3),) and sheet.rows[1] == (None, "năm") and sheet.rows[2] == ()


def test_a_formula_is_read_as_its_last_value_or_named_when_it_has_none(tmp_path):
    path = tmp_path / "f.xlsx"
    with xlsxwriter.Workbook(path) as book:
        sheet = book.add_worksheet()
        sheet.write_formula("A1", "=1+2", value=3)
        sheet.write_formula("A2", "=A1*2", value="")
        sheet.write_formula("A3", "=1/0", value="#DIV/0!")
        sheet.write_formula("A4", '="a"', value="a")
    sheet = only(path)
    assert sheet.rows == ((3.0,), ("=A1*2",), ("#DIV/0!",), ("a",))
    assert sheet.oddities == {(1, 0): "formula_without_value", (2, 0): "formula_error"}
    column = read_number_column([row[0] for row in sheet.rows])
    assert {p.position: p.kind for p in column.problems} == {
        1: "formula_without_value",
        2: "formula_error",
        3: "no_number",
    }


def test_a_formula_that_openpyxl_wrote_has_no_value(tmp_path):
    assert only(save(tmp_path, lambda sheet: sheet.append([1, "=A1*2"]))).rows == ((1.0, "=A1*2"),)


@pytest.mark.parametrize("code", ["0%", "0.00%", "0.0%", '0.0" "%'])
def test_a_number_shown_as_a_percentage_is_in_per_cent(tmp_path, code):
    def fill(sheet):
        sheet["A1"], sheet["B1"], sheet["C1"] = 0.045, 0.07, "4,5%"
        sheet["A1"].number_format, sheet["C1"].number_format = code, code

    first, second, third = only(save(tmp_path, fill)).rows[0]
    assert first == 4.5 and isinstance(first, Percent)
    assert second == 0.07 and not isinstance(second, Percent) and third == "4,5%"


def test_a_per_cent_sign_that_is_only_text_changes_nothing(tmp_path):
    def fill(sheet):
        sheet["A1"] = 4.5
        sheet["A1"].number_format = '0.0"%"'

    assert not isinstance(only(save(tmp_path, fill)).rows[0][0], Percent)


def test_an_old_workbook(tmp_path):
    book = xlwt.Workbook()
    sheet = book.add_sheet("Số liệu")
    sheet.write(2, 1, "Hà Nội")
    sheet.write(2, 2, 0.045, xlwt.easyxf(num_format_str="0.0%"))
    sheet.write(2, 3, 0.5, xlwt.easyxf(num_format_str="0%"))
    sheet.write(2, 4, 12.25)
    sheet.write_merge(4, 4, 0, 2, "chung")
    book.add_sheet("Hai").write(0, 0, 7)
    book.save(str(tmp_path / "a.xls"))
    first, second = read_sheets(tmp_path / "a.xls")
    assert first.name == "Số liệu" and first.merged == ((4, 0, 4, 2),)
    assert first.rows == ((), (), (None, "Hà Nội", 4.5, 50, 12.25), (), ("chung",))
    assert [type(cell) is Percent for cell in first.rows[2]] == [False, False, True, True, False]
    assert second.rows == ((7,),)


def test_an_old_workbook_whose_cells_span_too_much(tmp_path):
    book = xlwt.Workbook()
    sheet = book.add_sheet("A")
    sheet.write(0, 0, 1)
    sheet.write(65535, 255, 2)
    book.save(str(tmp_path / "far.xls"))
    with pytest.raises(DataError, match="its filled cells span 16,777,216 places"):
        read_sheets(tmp_path / "far.xls")


def test_an_opendocument_workbook(tmp_path):
    document, table = OpenDocumentSpreadsheet(), Table(name="Bảng")
    text = TableCell(valuetype="string")
    text.addElement(P(text="Hà Nội"))
    rows = (
        [TableCell(numbercolumnsrepeated=2), text, TableCell(valuetype="float", value=12)],
        [TableCell(valuetype="percentage", value=0.045), TableCell(formula="of:=[.A1]*2")],
    )
    for cells in rows:
        row = TableRow()
        for cell in cells:
            row.addElement(cell)
        table.addElement(row)
    document.spreadsheet.addElement(table)
    document.save(tmp_path / "a.ods")
    sheet = only(tmp_path / "a.ods")
    assert sheet.rows == ((None, None, "Hà Nội", 12), (4.5, "=[.A1]*2"))
    assert sheet.oddities == {(1, 1): "formula_without_value"}


def test_the_content_decides_not_the_ending(tmp_path):
    path = save(tmp_path, lambda sheet: sheet.append([1]))
    path.rename(tmp_path / "b.csv")
    assert only(tmp_path / "b.csv").rows == ((1.0,),)


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be"])
def test_the_encoding_of_a_text_is_found(tmp_path, encoding):
    path = tmp_path / "a.csv"
    path.write_bytes(VIETNAMESE.encode(encoding))
    sheet = only(path)
    assert sheet.rows[0] == ("Tỷ suất chết của trẻ em dưới một tuổi", "Đắk Lắk", "Thừa Thiên Huế")
    assert sheet.rows[1] == ("2015", "24,1", "17,3") and sheet.name == "a"


def test_windows_vietnamese():
    # Windows-1258 has no letter for most toned vowels: the tone is a byte of its own that follows its vowel.
    toned = "Ti\u0300nh Tha\u0301i Bi\u0300nh; Đa\u0300 Nă\u0303ng; Ca\u0309 nươ\u0301c"
    assert decode(toned.encode("cp1258"), "a") == "Tình Thái Bình; Đà Nẵng; Cả nước"


def test_the_font_encodings_of_old_offices():
    # TCVN 5712:1993: µ is à, é is ộ, Ø is ỉ, ª is ê … as Windows shows the bytes without the font.
    tcvn3 = "TØnh;N¨m 2015\nHµ Néi;1\nC¶ n\u00adíc;2\n"
    assert decode(tcvn3.encode("cp1252"), "a") == "Tỉnh;Năm 2015\nHà Nội;1\nCả nước;2\n"


def test_western_text_is_not_taken_for_vietnamese():
    assert decode("Région;Côte d'Ivoire;naïve".encode("cp1252"), "a") == "Région;Côte d'Ivoire;naïve"


def test_utf_8_that_was_damaged_is_not_read_as_something_else():
    content = ("Đắk Lắk;Thừa Thiên Huế\n" * 20).encode() + b"Qu\xe3ng\n"
    with pytest.raises(
        DataError, match=r"a.csv line 21: byte 0xE3 is not UTF-8, though the rest is → write that line again"
    ):
        decode(content, "a.csv")


@pytest.mark.parametrize(
    ("text", "delimiter"),
    [
        ("a,b,c\n1,2,3\n", ","),
        ("a;b;c\n1,5;2,5;3,5\n", ";"),
        ("a\tb\n1,5\t2,5\n", "\t"),
        ("a|b\n1|2\n", "|"),
        ('"Bảng 1, theo năm; tỉnh"\n\n"Tỉnh","2015"\n"Hà Nội","1"\n"Hà Giang","2"\n', ","),
        ("một cột\n1\n", "\t"),
    ],
)
def test_the_delimiter_is_found(text, delimiter):
    assert find_delimiter(text)[0] == delimiter


def test_excels_own_line_about_the_delimiter_is_no_row(tmp_path):
    (tmp_path / "a.csv").write_text("sep=;\na;b\n1;2\n", encoding="utf-8")
    assert only(tmp_path / "a.csv").rows == (("a", "b"), ("1", "2"))


def test_title_lines_blank_lines_and_notes_stay_rows_of_their_own(tmp_path):
    (tmp_path / "px.csv").write_bytes(
        '"Bảng 1"\r\n\r\n"Tỉnh","2015"\r\n"Hà Nội",".."\r\n\r\n"Nguồn: x"\r\n'.encode("utf-8-sig")
    )
    assert only(tmp_path / "px.csv").rows == (("Bảng 1",), (), ("Tỉnh", "2015"), ("Hà Nội", ".."), (), ("Nguồn: x",))


def test_a_quotation_mark_that_is_never_closed(tmp_path):
    (tmp_path / "a.csv").write_text('a,b\n"1,2\n' + "3,4\n" * 60_000, encoding="utf-8")
    with pytest.raises(DataError, match="a.csv: it is no table .* → close every quotation mark"):
        read_sheets(tmp_path / "a.csv")


@pytest.mark.parametrize(
    ("position", "shown"), [((0, 0), "A1"), ((11, 4), "E12"), ((0, 26), "AA1"), ((1048575, 16383), "XFD1048576")]
)
def test_addresses(position, shown):
    assert address(*position) == shown


CONTENT = """<?xml version="1.0" encoding="UTF-8"?>
<office:document-content xmlns:office="urn:oasis:names:tc:opendocument:xmlns:office:1.0"
 xmlns:table="urn:oasis:names:tc:opendocument:xmlns:table:1.0"
 xmlns:text="urn:oasis:names:tc:opendocument:xmlns:text:1.0"
 xmlns:calcext="urn:org:documentfoundation:names:experimental:calc:xmlns:calcext:1.0">
<office:body><office:spreadsheet><table:table table:name="A"><table:table-row>
<table:table-cell table:formula="of:=1/0" office:value-type="string" office:string-value="" calcext:value-type="error"><text:p>#DIV/0!</text:p></table:table-cell>
<table:table-cell office:value-type="boolean" office:boolean-value="true"/>
</table:table-row></table:table></office:spreadsheet></office:body></office:document-content>"""


MANIFEST = """<?xml version="1.0"?>
<manifest:manifest xmlns:manifest="urn:oasis:names:tc:opendocument:xmlns:manifest:1.0">
<manifest:file-entry manifest:full-path="/" manifest:media-type="application/vnd.oasis.opendocument.spreadsheet"/>
</manifest:manifest>"""


def test_errors_and_truth_values_of_an_opendocument_workbook(tmp_path):
    with zipfile.ZipFile(tmp_path / "a.ods", "w") as archive:
        archive.writestr("mimetype", "application/vnd.oasis.opendocument.spreadsheet")
        archive.writestr("META-INF/manifest.xml", MANIFEST)
        archive.writestr("content.xml", CONTENT.replace("\n<", "<").replace("\n", " "))
    sheet = only(tmp_path / "a.ods")
    assert sheet.rows == (("#ERROR!", True),) and sheet.oddities == {(0, 0): "formula_error"}

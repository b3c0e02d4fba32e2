"""Files that are broken or made to harm: one clear problem each, in bounded time and memory, nothing executed."""

import io
import os
import subprocess
import sys
import zipfile
import zlib
from pathlib import Path

import msoffcrypto.format.ooxml
import openpyxl
import pytest
import xlwt
from odf.opendocument import OpenDocumentSpreadsheet
from odf.table import Table, TableCell, TableRow

from mande.errors import DataError
from mande.sources import workbooks
from mande.sources.file_guard import find_inactive_parts, inspect_file
from mande.sources.workbooks import read_sheets

ROOT = Path(__file__).parents[2]
SHEET = "xl/worksheets/sheet1.xml"
OPEN_SHEET = (
    b'<?xml version="1.0"?><worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheetData>'
)
CLOSE_SHEET = b"</sheetData></worksheet>"


def plain_workbook(rows=(("a", 1),)):
    book, content = openpyxl.Workbook(), io.BytesIO()
    for row in rows:
        book.active.append(row)
    book.save(content)
    return content.getvalue()


def rebuilt(path, changes=None, added=None, workbook=None):
    """Write a workbook again with some parts changed or added."""
    with (
        zipfile.ZipFile(io.BytesIO(workbook or plain_workbook())) as old,
        zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as new,
    ):
        for name in old.namelist():
            new.writestr(name, (changes or {}).get(name, old.read(name)))
        for name, content in (added or {}).items():
            new.writestr(name, content)
    return path


def refused(path):
    """Read the file both ways; return the one problem, the same for both."""
    with pytest.raises(DataError) as inspected:
        inspect_file(path)
    with pytest.raises(DataError) as read:
        read_sheets(path)
    (problem,) = inspected.value.problems
    assert read.value.problems == (problem,)
    return str(problem)


def test_zeros_zipped(tmp_path):
    path = tmp_path / "bomb.xlsx"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as archive, archive.open(SHEET, "w") as part:
        for _ in range(200):
            part.write(bytes(1_000_000))
    assert path.stat().st_size < 2_000_000
    assert "MB unpack to 200 MB: a zip bomb, no workbook → do not open this file" in refused(path)


def test_a_bomb_that_lies_about_its_size(tmp_path):
    path = rebuilt(tmp_path / "liar.xlsx", {SHEET: OPEN_SHEET + b" " * 50_000_000 + CLOSE_SHEET})
    content = bytearray(path.read_bytes())
    honest = (50_000_000 + len(OPEN_SHEET + CLOSE_SHEET)).to_bytes(4, "little")
    checksum = zlib.crc32((OPEN_SHEET + b" " * 2000)[:1000]).to_bytes(4, "little")
    for start in (content.find(honest), content.rfind(honest)):  # in the part's own header and in the directory
        content[start : start + 4] = (1000).to_bytes(4, "little")
        content[start - 8 : start - 4] = checksum
    path.write_bytes(content)
    assert "it unpacks to more than it says: a zip bomb" in refused(path)


def test_a_workbook_larger_than_any_memory_needs(tmp_path, monkeypatch):
    monkeypatch.setattr("mande.sources.zip_parts.LARGEST_TOTAL_BYTES", 2_000_000)
    path = rebuilt(tmp_path / "large.xlsx", added={"xl/media/noise.bin": os.urandom(3_000_000)})
    assert "it unpacks to 3 MB, more than its cells can need → split it into smaller files" in refused(path)
    monkeypatch.setattr("mande.sources.zip_parts.LARGEST_TOTAL_BYTES", 4_000_000)
    assert read_sheets(path)
    monkeypatch.setattr("mande.sources.zip_parts.LARGEST_OTHER_BYTES", 2_000_000)
    assert "it unpacks to 3 MB" in refused(path)


def styled_empty_cells(path, rows, columns):
    letters = [workbooks.address(0, column)[:-1] for column in range(columns)]
    with (
        zipfile.ZipFile(io.BytesIO(plain_workbook())) as old,
        zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as new,
    ):
        for name in old.namelist():
            if name != SHEET:
                new.writestr(name, old.read(name))
        with new.open(SHEET, "w", force_zip64=True) as part:
            part.write(OPEN_SHEET)
            for row in range(1, rows + 1):
                part.write(
                    b'<row r="%d">%s</row>'
                    % (row, b"".join(b'<c r="%s%d" s="1"/>' % (a.encode(), row) for a in letters))
                )
            part.write(CLOSE_SHEET)
    return path


def test_a_sheet_of_styled_empty_cells_is_read_within_bounds(tmp_path):
    path = styled_empty_cells(tmp_path / "styled.xlsx", 2_000, 50)
    (sheet,) = read_sheets(path)
    assert sheet.rows == ()


def test_more_styled_empty_cells_than_can_be_held_are_refused_while_they_stream(tmp_path, monkeypatch):
    monkeypatch.setattr("mande.sources.workbook_scan.MOST_ELEMENTS", 50_000)
    assert "it holds more than 50,000 cells, filled or only formatted" in refused(
        styled_empty_cells(tmp_path / "s.xlsx", 2_000, 50)
    )


def test_two_cells_at_opposite_corners(tmp_path):
    book = openpyxl.Workbook()
    book.active["A1"], book.active["XFD1048576"] = 1, 2
    book.save(tmp_path / "far.xlsx")
    assert "its filled cells span 17,179,869,184 places, the limit is 6,000,000" in refused(tmp_path / "far.xlsx")


def test_one_ods_cell_repeated_over_a_whole_sheet(tmp_path):
    document, table, row = OpenDocumentSpreadsheet(), Table(name="A"), TableRow(numberrowsrepeated=1_000_000)
    row.addElement(TableCell(valuetype="float", value=1, numbercolumnsrepeated=1000))
    table.addElement(row)
    document.spreadsheet.addElement(table)
    document.save(tmp_path / "far.ods")
    assert "its filled cells span 1,000,000,000 places" in refused(tmp_path / "far.ods")


def test_a_password(tmp_path):
    path = tmp_path / "locked.xlsx"
    with path.open("wb") as file:
        msoffcrypto.format.ooxml.OOXMLFile(io.BytesIO(plain_workbook())).encrypt("bí mật", file)
    assert refused(path) == "locked.xlsx: the file is protected by a password → remove the password and send it again"


def test_a_zip_with_a_password(tmp_path):
    path = rebuilt(tmp_path / "z.xlsx")
    content = bytearray(path.read_bytes())
    start = content.find(b"PK\x01\x02")
    content[start + 8] |= 1
    path.write_bytes(content)
    assert "protected by a password" in refused(path)


@pytest.mark.parametrize("kept", [0.2, 0.7, 0.99])
def test_a_workbook_that_is_cut_off(tmp_path, kept):
    content = plain_workbook()
    path = tmp_path / "cut.xlsx"
    path.write_bytes(content[: int(len(content) * kept)])
    assert "cut.xlsx: the file is cut off or damaged" in refused(path) and refused(path).endswith("check that it opens")


def test_a_damaged_part(tmp_path):
    path = rebuilt(tmp_path / "bad.xlsx")
    with zipfile.ZipFile(path) as archive:
        info = archive.getinfo(SHEET)
    content = bytearray(path.read_bytes())
    start = info.header_offset + 30 + len(SHEET)
    content[start : start + 20] = b"\xff" * 20
    path.write_bytes(content)
    assert f"its part {SHEET} is cut off or damaged" in refused(path)


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"<html><table><tr><td>1</td></tr></table></html>", "it is a web page or XML under the name .xlsx"),
        (b"\xef\xbb\xbf  <!DOCTYPE html>", "it is a web page or XML under the name .xlsx"),
        (b"<?xml version='1.0'?><?mso-application progid='Excel.Sheet'?><Workbook/>", "a web page or XML"),
        (b"%PDF-1.7", "it is a PDF document"),
        (b"MZ\x90\x00", "it is a program"),
        (b"a;b\n1;2\n", "its content is no workbook, though its name ends in .xlsx"),
        (b"", "the file is empty"),
    ],
)
def test_other_content_under_the_name_of_a_workbook(tmp_path, content, said):
    path = tmp_path / "report.xlsx"
    path.write_bytes(content)
    assert said in refused(path)


def test_a_web_page_and_bytes_under_the_name_of_a_csv(tmp_path):
    page, noise = tmp_path / "a.csv", tmp_path / "b.csv"
    page.write_text("<html><script>alert(1)</script>", encoding="utf-8")
    noise.write_bytes(bytes(range(256)) * 20)
    assert "a web page or XML under the name .csv" in refused(page)
    assert "it is not text" in refused(noise)


def test_another_office_document_and_any_archive(tmp_path):
    archive, old = tmp_path / "a.xlsx", tmp_path / "b.xls"
    with zipfile.ZipFile(archive, "w") as new:
        new.writestr("word/document.xml", "<w/>")
    old.write_bytes(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + "WordDocument".encode("utf-16-le") + bytes(2000))
    assert "it is an archive or another kind of document, no workbook" in refused(archive)
    assert "it is an old Office document, but no workbook" in refused(old)


@pytest.mark.parametrize("name", ["../../etc/passwd", "/etc/passwd", "..\\a.xml", "C:/a.xml", "a\x07b.xml"])
def test_parts_that_point_outside_the_archive(tmp_path, name):
    assert "names parts outside itself (../)" in refused(rebuilt(tmp_path / "slip.xlsx", added={name: "x"}))


@pytest.mark.filterwarnings("ignore:Duplicate name")
def test_one_part_twice(tmp_path):
    assert "some of them twice or far too many" in refused(
        rebuilt(tmp_path / "twice.xlsx", added={SHEET: OPEN_SHEET + CLOSE_SHEET})
    )


def test_entities_are_never_declared(tmp_path):
    laughs = b'<?xml version="1.0"?><!DOCTYPE x [<!ENTITY a "ha"><!ENTITY b SYSTEM "file:///etc/passwd">]><worksheet>&b;</worksheet>'
    assert "its XML declares entities, as no workbook does" in refused(rebuilt(tmp_path / "x.xlsx", {SHEET: laughs}))


def test_a_sheet_that_is_no_xml(tmp_path):
    assert f"its part {SHEET} is no XML" in refused(rebuilt(tmp_path / "x.xlsx", {SHEET: b"<worksheet><row>"}))


@pytest.mark.parametrize(
    "name", ["..\\report.xlsx", "a\nb.xlsx", "a\x1b[31m.xlsx", "\u202exslx.exe.csv", "a\udcff.csv"]
)
def test_names_that_deceive(tmp_path, name):
    path = tmp_path / name
    path.write_bytes(plain_workbook())
    said = refused(path)
    assert "the file name holds control characters or path signs → give it a plain name" in said and said.isprintable()


def test_links_folders_pipes_devices_and_nothing(tmp_path):
    real, link, pipe = tmp_path / "real.xlsx", tmp_path / "link.xlsx", tmp_path / "pipe.csv"
    real.write_bytes(plain_workbook())
    link.symlink_to(real)
    os.mkfifo(pipe)
    assert "link.xlsx: it is a link → put the file itself there" in refused(link)
    assert "it is a folder" in refused(tmp_path)
    assert "it is a device or a pipe, not a file" in refused(pipe)
    assert "it is a device or a pipe" in refused(Path("/dev/zero"))
    assert "it cannot be opened (No such file or directory)" in refused(tmp_path / "none.xlsx")


def test_a_file_that_changes_while_it_is_read(tmp_path, monkeypatch):
    path = tmp_path / "moving.xlsx"
    path.write_bytes(plain_workbook())
    scan = workbooks.scan_xlsx

    def scan_and_change(file, name):
        found = scan(file, name)
        with path.open("ab") as other:
            other.write(b"more")
        return found

    monkeypatch.setattr(workbooks, "scan_xlsx", scan_and_change)
    with pytest.raises(DataError, match="moving.xlsx: the file changed while it was read → wait until it is whole"):
        read_sheets(path)


def test_macros_and_links_are_named_and_never_followed(tmp_path):
    added = {"xl/vbaProject.bin": b"Sub Auto_Open()", "xl/externalLinks/externalLink1.xml": b"<externalLink/>"}
    path = rebuilt(tmp_path / "macro.xlsm", added=added)
    assert read_sheets(path)[0].rows == (("a", 1.0),)
    assert [problem.found for problem in find_inactive_parts(path)] == [
        "it contains macros; they are not run",
        "it links to other files; the values saved last are read",
    ]
    assert find_inactive_parts(rebuilt(tmp_path / "plain.xlsx")) == ()


def test_text_stays_text(tmp_path):
    texts = ("=cmd|'/c calc'!A1", "<script>alert(1)</script>", "@SUM(1)", "+1+cmd", "{{7*7}}")
    book = openpyxl.Workbook()
    for column, text in enumerate(texts, start=1):
        book.active.cell(1, column).value = text
        book.active.cell(1, column).data_type = "s"
    book.save(tmp_path / "texts.xlsx")
    (sheet,) = read_sheets(tmp_path / "texts.xlsx")
    assert sheet.rows == (texts,) and sheet.oddities == {}


def test_old_workbooks_that_are_cut_off(tmp_path):
    book = xlwt.Workbook()
    book.add_sheet("A").write(0, 0, 1)
    book.save(str(tmp_path / "old.xls"))
    content = (tmp_path / "old.xls").read_bytes()
    (tmp_path / "cut.xls").write_bytes(content[: len(content) // 2])
    with pytest.raises(DataError, match=r"cut.xls: (the workbook cannot be read|it is an old Office document)"):
        read_sheets(tmp_path / "cut.xls")


LIMITED = """
import resource, sys
from pathlib import Path
from mande.errors import DataError
from mande.sources.workbooks import read_sheets
before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
try:
    read_sheets(Path(sys.argv[1]))
except DataError:
    pass
print((resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before) / 1024)
"""


def test_a_bomb_costs_little_memory(tmp_path):
    path = tmp_path / "bomb.xlsx"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as archive, archive.open(SHEET, "w") as part:
        for _ in range(200):
            part.write(bytes(1_000_000))
    answer = subprocess.run(
        [sys.executable, "-c", LIMITED, str(path)], cwd=ROOT, capture_output=True, text=True, check=True
    )
    assert float(answer.stdout) < 100


def test_ranges_merged_without_end(tmp_path, monkeypatch):
    monkeypatch.setattr("mande.sources.workbook_scan.MOST_MERGED", 100)
    merged = b"".join(b'<mergeCell ref="A%d:B%d"/>' % (row, row) for row in range(1, 200))
    path = rebuilt(
        tmp_path / "m.xlsx", {SHEET: OPEN_SHEET + b"</sheetData><mergeCells>" + merged + b"</mergeCells></worksheet>"}
    )
    assert "it merges more than 100 ranges of cells" in refused(path)


def test_a_sheet_that_hides_from_the_scan(tmp_path):
    relations = "xl/_rels/workbook.xml.rels"
    with zipfile.ZipFile(io.BytesIO(plain_workbook())) as archive:
        disguised = archive.read(relations).replace(b"/relationships/worksheet", b"/relationships/picture")
        twice = archive.read("xl/workbook.xml")
    far = (
        OPEN_SHEET
        + b'<row r="1"><c r="A1"><v>1</v></c></row><row r="1048576"><c r="XFC1048576"/><c><v>2</v></c></row>'
        + CLOSE_SHEET
    )
    assert "span 17,179,869,184 places" in refused(rebuilt(tmp_path / "a.xlsx", {relations: disguised, SHEET: far}))
    sheet = twice[twice.index(b"<sheet ") : twice.index(b"</sheets>")]
    doubled = twice.replace(sheet, sheet + sheet)
    assert "two sheets have the name Sheet" in refused(rebuilt(tmp_path / "b.xlsx", {"xl/workbook.xml": doubled}))

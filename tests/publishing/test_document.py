"""The Word brief: laid out as Nghị định 30/2020/NĐ-CP asks, with the words of the page, for readers with and without sight."""

import io
import re
import zipfile
from dataclasses import replace

import docx
import pandas as pd
import pytest
from docx.shared import Pt

from mande.export_brief import unit_brief
from mande.publishing.document import write_document
from mande.reporting.run import open_run
from tests.reporting.conftest import LONG, LONG_NAME


@pytest.fixture(scope="module")
def brief(exported):
    return docx.Document(exported / "exports" / "M05.docx")


def text_of(document):
    cells = [cell.text for table in document.tables for row in table.rows for cell in row.cells]
    return "\n".join([*(paragraph.text for paragraph in document.paragraphs), *cells])


def test_the_page_is_that_of_an_official_document(brief):
    page = brief.sections[0]
    lengths = (page.left_margin, page.right_margin, page.top_margin, page.bottom_margin, page.page_width)
    assert [round(length.mm) for length in lengths] == [30, 20, 20, 20, 210]
    normal = brief.styles["Normal"].font
    assert normal.name == "Times New Roman" and normal.size == Pt(13)
    assert "PAGE" in page.header._element.xml and "PAGE" not in page.first_page_header._element.xml


def test_made_up_data_say_so_on_every_page(brief):
    page = brief.sections[0]
    for header in (page.header, page.first_page_header):
        assert "SỐ LIỆU GIẢ ĐỊNH" in "".join(line.text for line in header.paragraphs)


def test_it_says_what_the_page_says(exported, brief):
    view = open_run(exported).unit("M05")
    text = text_of(brief)
    for heading in (
        "Tóm tắt",
        "Kết quả theo từng chỉ tiêu",
        "Số liệu cần đề nghị",
        "Chất lượng số liệu",
        "Nguồn số liệu",
    ):
        assert heading in text
    assert brief.paragraphs[0].text == f"{view.name} – Đánh giá giữa kỳ"
    assert "<5* = số không công bố" in text and "nan" not in text.lower().replace("nang", "")
    assert {"Đạt.", "Chậm"} <= {line.split(" ")[0] for line in text.splitlines() if line}


def test_a_figure_is_described_and_hatched_years_are_named(brief):
    words = re.findall(r'descr="([^"]+)"', brief._element.xml)
    assert len(words) == 4 and any("Không công bố: 2022, 2023, 2024." in text for text in words)
    assert "không công bố." in text_of(brief)


def test_a_long_name_stands_whole(exported):
    assert len(LONG_NAME) > 36
    assert LONG_NAME in docx.Document(exported / "exports" / f"{LONG}.docx").paragraphs[0].text


def test_same_data_same_bytes_and_no_name_in_it(exported):
    view = open_run(exported).unit("M05")
    content = write_document(unit_brief(view))
    assert content == (exported / "exports" / "M05.docx").read_bytes()
    with zipfile.ZipFile(io.BytesIO(content)) as file:
        core = file.read("docProps/core.xml").decode()
        assert {entry.date_time for entry in file.infolist()} == {(1980, 1, 1, 0, 0, 0)}
        pictures = [file.read(name) for name in file.namelist() if name.endswith(".png")]
    assert "python-docx" not in core and "2024-12-31T00:00:00Z" in core
    assert pictures and not any(
        chunk in picture for picture in pictures for chunk in (b"tEXt", b"iTXt", b"tIME", b"eXIf")
    )


def test_a_brief_in_english(exported):
    text = text_of(docx.Document(io.BytesIO(write_document(unit_brief(open_run(exported).unit("M05", "en"))))))
    assert "Data to request" in text and "Chỉ tiêu" not in text


def test_a_name_that_many_share_stands_with_the_province_and_a_finding_once(exported):
    view = open_run(exported).unit("M05")
    unit = {**view.unit, "name_official": "Huyện Châu Thành", "within_vi": "Tỉnh Long An"}
    brief = unit_brief(replace(view, unit=unit))
    assert brief.masthead.title == "Huyện Châu Thành, Tỉnh Long An – Đánh giá giữa kỳ"
    outcomes = view.check_outcomes
    row = outcomes[outcomes["outcome"] != "passed"].iloc[[0]]
    twice = pd.concat([row.assign(annotation_vi=words) for words in ("một", "hai")], ignore_index=True)
    names = [path.stem for path in (exported / "tables").glob("*.parquet")]
    tables = {name: view.run.table(name) for name in names} | {"check_outcomes": twice.assign(place_code="M05")}
    sections = unit_brief(replace(view, run=replace(view.run, tables=tables))).sections
    (found,) = (section.points for section in sections if section.heading == "Chất lượng số liệu")
    assert found == (row["message_vi"].iloc[0],)

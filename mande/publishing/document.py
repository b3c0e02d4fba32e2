"""A brief as Word and LibreOffice open it, laid out as official documents in Viet Nam are.

*Source*: Nghị định 30/2020/NĐ-CP, Phụ lục I: A4; margins 20–25 mm above and below, 30–35 mm left, 15–20 mm right; Times New
Roman 13–14; page number in the middle on top, not on the first page.
"""

import io
import zipfile
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, time
from typing import Any

import docx
from docx.enum.table import WD_TABLE_ALIGNMENT
from docx.enum.text import WD_ALIGN_PARAGRAPH
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.shared import Cm, Mm, Pt, RGBColor

from mande.publishing.sheets import Masthead

_FONT, _TEXT, _SMALL = "Times New Roman", Pt(13), Pt(11)
_ALARM, _INK = RGBColor(0x8C, 0x1D, 0x18), RGBColor(0x0B, 0x3D, 0x75)
_LANGUAGES = {"vi": "vi-VN", "en": "en-GB"}
_EPOCH = (1980, 1, 1, 0, 0, 0)
"""The first moment that a zip archive can name."""


@dataclass(frozen=True)
class Grid:
    """A table: headings, rows of text, and the width of each column in centimetres."""

    headings: tuple[str, ...]
    rows: Sequence[tuple[str, ...]]
    widths: tuple[float, ...]


@dataclass(frozen=True)
class Picture:
    """A figure as PNG, what it shows in one line, and in words for those who cannot see it."""

    png: bytes
    caption: str
    words: str


@dataclass(frozen=True)
class Section:
    """A heading with paragraphs, points of a list, a table, and figures side by side in pairs."""

    heading: str
    paragraphs: tuple[str, ...] = ()
    points: tuple[str, ...] = ()
    grid: Grid | None = None
    pictures: tuple[Picture, ...] = ()


@dataclass(frozen=True)
class Brief:
    """A document in one language: masthead, sections, and a last line that says how it was made."""

    lang: str
    masthead: Masthead
    sections: tuple[Section, ...]
    imprint: str


def write_document(brief: Brief) -> bytes:
    """Return a brief as docx; the same bytes for the same data, and no name of a person or machine in it."""
    document = docx.Document()
    _set_styles(document, brief.lang)
    _set_page(document.sections[0], brief.masthead)
    _set_properties(document, brief)
    _write_masthead(document, brief.masthead)
    for section in brief.sections:
        _write_section(document, section)
    _add(document, brief.imprint, size=_SMALL)
    content = io.BytesIO()
    document.save(content)
    return _without_moments(content.getvalue())


def _set_styles(document: Any, lang: str) -> None:
    for name in ("Normal", "Heading 1", "Heading 2", "List Bullet", "Title"):
        style = document.styles[name]
        style.font.name = _FONT
        fonts = style.element.get_or_add_rPr().get_or_add_rFonts()
        for key in list(fonts.attrib):
            if key.endswith("Theme"):  # a theme's font would win over the one that is named
                del fonts.attrib[key]
        for kind in ("w:ascii", "w:hAnsi", "w:cs", "w:eastAsia"):
            fonts.set(qn(kind), _FONT)
    document.styles["Normal"].font.size = _TEXT
    document.styles["Normal"].paragraph_format.space_after = Pt(6)
    for name, size in (("Title", 16), ("Heading 1", 14)):
        style = document.styles[name]
        style.font.size, style.font.bold, style.font.color.rgb = Pt(size), True, RGBColor(0, 0, 0)
    document.styles["Heading 1"].paragraph_format.space_before = Pt(12)
    for language in document.styles.element.iter(qn("w:lang")):
        language.set(qn("w:val"), _LANGUAGES[lang])


def _set_page(page: Any, masthead: Masthead) -> None:
    page.page_width, page.page_height = Mm(210), Mm(297)
    page.top_margin = page.bottom_margin = Mm(20)
    page.left_margin, page.right_margin = Mm(30), Mm(20)
    page.header_distance = Mm(10)
    page.different_first_page_header_footer = True
    number = page.header.paragraphs[0]
    number.alignment = WD_ALIGN_PARAGRAPH.CENTER
    _add_page_number(number)
    for header in (page.header, page.first_page_header):
        for alarm in masthead.alarms:
            line = header.paragraphs[0] if header is page.first_page_header else header.add_paragraph()
            line.alignment = WD_ALIGN_PARAGRAPH.CENTER
            _style(line.add_run(f"{alarm} "), size=_SMALL, colour=_ALARM, bold=True)


def _add_page_number(paragraph: Any) -> None:
    field = OxmlElement("w:fldSimple")
    field.set(qn("w:instr"), "PAGE")
    paragraph._p.append(field)


def _set_properties(document: Any, brief: Brief) -> None:
    core, moment = document.core_properties, datetime.combine(brief.masthead.as_of, time())
    core.title, core.subject, core.language = brief.masthead.title, brief.masthead.subtitle, _LANGUAGES[brief.lang]
    core.author = core.last_modified_by = core.comments = core.keywords = core.category = ""
    core.created = core.modified = moment
    core.revision = 1


def _write_masthead(document: Any, masthead: Masthead) -> None:
    title = document.add_paragraph(style="Title")
    title.alignment = WD_ALIGN_PARAGRAPH.CENTER
    title.add_run(masthead.title)
    _add(document, masthead.subtitle, align=WD_ALIGN_PARAGRAPH.CENTER)
    for text in masthead.notes:
        _add(document, text, size=_SMALL)


def _write_section(document: Any, section: Section) -> None:
    document.add_paragraph(section.heading, style="Heading 1")
    for text in section.paragraphs:
        paragraph = _add(document, text, align=WD_ALIGN_PARAGRAPH.JUSTIFY)
        paragraph.paragraph_format.keep_with_next = bool(section.pictures)
    for text in section.points:
        document.add_paragraph(text, style="List Bullet")
    if section.grid is not None:
        _write_grid(document, section.grid)
    if section.pictures:
        _write_pictures(document, section.pictures)


def _write_grid(document: Any, grid: Grid) -> None:
    table = document.add_table(rows=0, cols=len(grid.headings), style="Table Grid")
    table.alignment, table.autofit = WD_TABLE_ALIGNMENT.CENTER, False
    for number, texts in enumerate((grid.headings, *grid.rows)):
        row = table.add_row()
        _set_flag(row, "w:cantSplit")
        if number == 0:
            _set_flag(row, "w:tblHeader")
        for cell, text, width in zip(row.cells, texts, grid.widths, strict=True):
            cell.width = Cm(width)
            paragraph = cell.paragraphs[0]
            paragraph.paragraph_format.space_after = Pt(0)
            _style(paragraph.add_run(text), size=_SMALL, bold=number == 0)
    for column, width in zip(table.columns, grid.widths, strict=True):
        column.width = Cm(width)


def _write_pictures(document: Any, pictures: Sequence[Picture]) -> None:
    table = document.add_table(rows=0, cols=2)
    table.alignment = WD_TABLE_ALIGNMENT.CENTER
    for start in range(0, len(pictures), 2):
        row = table.add_row()
        _set_flag(row, "w:cantSplit")
        for cell, picture in zip(row.cells, pictures[start : start + 2], strict=False):
            paragraph = cell.paragraphs[0]
            _style(paragraph.add_run(picture.caption), size=_SMALL, bold=True)
            shape = cell.add_paragraph().add_run().add_picture(io.BytesIO(picture.png), width=Cm(7.7))
            shape._inline.docPr.set("descr", picture.words)
            shape._inline.docPr.set("name", picture.caption)


def _set_flag(row: Any, name: str) -> None:
    row._tr.get_or_add_trPr().append(OxmlElement(name))


def _add(document: Any, text: str, *, size: Any = _TEXT, align: Any = None) -> Any:
    paragraph = document.add_paragraph()
    paragraph.alignment = align
    _style(paragraph.add_run(text), size=size)
    return paragraph


def _style(run: Any, *, size: Any, bold: bool = False, colour: Any = None) -> None:
    run.font.size, run.font.bold = size, bold
    if colour is not None:
        run.font.color.rgb = colour


def _without_moments(content: bytes) -> bytes:
    """Return the archive with each file dated to the same day."""
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(content)) as made, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as kept:
        for name in made.namelist():
            kept.writestr(zipfile.ZipInfo(name, _EPOCH), made.read(name), zipfile.ZIP_DEFLATED)
    return out.getvalue()

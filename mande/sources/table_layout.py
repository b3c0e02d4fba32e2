"""Which cell of a free table belongs to which place, period, indicator and group, after its mapping."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

from mande.sources.file_guard import TEXT_ENDINGS
from mande.sources.headings import Meaning, label_of, read_heading
from mande.sources.number_text import read_written
from mande.sources.numbers import Cell
from mande.sources.sent_values import SetAside
from mande.sources.table_blocks import Block, find_blocks
from mande.sources.table_mapping import Column, TableMapping
from mande.sources.workbooks import Sheet
from mande.sources.written_periods import read_period

_LETTER = re.compile(r"[A-ZĐ]|\(?[a-zđA-ZĐ]\)?")
_COLUMN_NUMBER = re.compile(r"\(?(\d{1,2})\)?(?:\s*=.*)?")
_NUMBER_PROBLEMS = {"two_numbers", "bound", "brackets", "misplaced_marks", "formula_error", "formula_without_value"}
LEAST_HEADINGS = 2
"""Headings in one row below the header that show that a second table begins there."""


@dataclass(frozen=True)
class Layout:
    """The data rows and columns of one table by position, each with what it says.

    `section_rows` are rows that head a section; `continues`: the table before it goes on here.
    """

    mapping: TableMapping
    rows: dict[int, Meaning]
    columns: dict[int, Meaning]
    section_rows: frozenset[int]
    continues: bool


@dataclass
class _Carried:
    """What rows further up say for those below: by column, a text to fill down and the section that began last."""

    texts: dict[int, str] = field(default_factory=dict)
    sections: dict[int, dict[str, str]] = field(default_factory=dict)
    section_rows: set[int] = field(default_factory=set)


def lay_out(
    sheet: Sheet, mappings: Sequence[TableMapping], path: Path
) -> tuple[list[Layout], dict[tuple[int, int], SetAside]]:
    """Find the tables of one sheet with their header, data columns and data rows.

    Returns the layouts from top to bottom, and why each number that belongs to none of them is set aside.

    *Raises* DataError when two mappings fit one table equally well.
    """
    blocks = find_blocks(sheet, mappings, path)
    layouts: list[Layout] = []
    stray = _above(sheet, blocks[0].top if blocks else len(sheet.rows), is_alone=not blocks)
    carried = _Carried()
    is_text = path.suffix.lower() in TEXT_ENDINGS
    for block in blocks:
        if not block.continues:
            carried = _Carried()
        if block.mapping is None:
            stray |= _values(sheet, range(block.top, block.end), ANOTHER_TABLE)
        else:
            layout, over = _lay_out_block(sheet, block, block.mapping, carried)
            layouts.append(_without_split_numbers(sheet, block, layout) if is_text else layout)
            stray |= _values(sheet, range(over, block.end), ANOTHER_TABLE)
    return layouts, stray


def _lay_out_block(sheet: Sheet, block: Block, mapping: TableMapping, carried: _Carried) -> tuple[Layout, int]:
    """Lay out one table; return also the row from which on its rows are another table's."""
    below = block.top + mapping.header.height
    first, notes = _first_data_column(mapping)
    over = next(
        (at for at in range(below, block.end) if _begins_another_table(sheet.rows, at, mapping, first)), block.end
    )
    rows = {
        at: _row_meaning(sheet, mapping, at, carried)
        for at in range(below, over)
        if any(cell is not None for cell in sheet.rows[at])
        and not (at == below and is_numbers_row(sheet.rows[at], first))
    }
    width = max((len(row) for row in sheet.rows[block.top : over]), default=0)
    data = [at for at in range(first, width) if at not in notes and _has_cells(sheet, rows, at)]
    columns = {at: _column_meaning(sheet, mapping, block.top, at) for at in data}
    return Layout(mapping, rows, columns, frozenset(carried.section_rows), block.continues), over


def _without_split_numbers(sheet: Sheet, block: Block, layout: Layout) -> Layout:
    """Set rows of a text aside that have figures right of the last heading: "4,5" became two cells, and all moved."""
    header = sheet.rows[block.top : block.top + layout.mapping.header.height]
    last = max((len(row) for row in header), default=0)
    notes = _first_data_column(layout.mapping)[1]
    split = {
        at
        for at in layout.rows
        if any(is_value(cell) for column, cell in enumerate(sheet.rows[at]) if column >= last and column not in notes)
    }
    rows = {at: Meaning(reason=MORE_CELLS) if at in split else meaning for at, meaning in layout.rows.items()}
    return replace(layout, rows=rows)


def _first_data_column(mapping: TableMapping) -> tuple[int, set[int]]:
    """Return where the numbers begin, and the columns of notes among or right of them."""
    notes = {_position(column) for column in mapping.columns if column.holds == ("note",) and not column.sections}
    others = [_position(column) for column in mapping.columns if _position(column) not in notes]
    first = 1 + max(others, default=-1)
    while first in notes:
        first += 1
    return first, notes


def _above(sheet: Sheet, top: int, *, is_alone: bool) -> dict[tuple[int, int], SetAside]:
    """Rows above the first header with more than one number are a table that nothing describes, no title."""
    reason = UNMAPPED_SHEET if is_alone else ANOTHER_TABLE
    rows = [at for at in range(top) if is_alone or sum(map(is_value, sheet.rows[at])) > 1]
    return _values(sheet, rows, reason)


def _values(sheet: Sheet, rows: Sequence[int], reason: SetAside) -> dict[tuple[int, int], SetAside]:
    return {(at, column): reason for at in rows for column, cell in enumerate(sheet.rows[at]) if is_value(cell)}


def is_value(cell: Cell) -> bool:
    """Tell whether a cell holds a number or something that was meant as one."""
    if isinstance(cell, str):
        written = read_written(cell)
        return bool(written.digits) or written.problem in _NUMBER_PROBLEMS
    return isinstance(cell, int | float) and not isinstance(cell, bool)


def _column_meaning(sheet: Sheet, mapping: TableMapping, top: int, at: int) -> Meaning:
    meaning = Meaning()
    above, is_said, row = "", False, top
    for heading in mapping.header.lines:
        own = _heading_text(sheet, range(row, row + heading.rows), at)
        is_last = heading is mapping.header.lines[-1]
        text = own or (above if is_last else _from_the_left(sheet, range(row, row + heading.rows), at))
        row += heading.rows
        if not own and is_last and is_said and label_of(heading.labels, text) is None:
            continue  # A heading over several lines that a line above has read already.
        above, is_said = own or above, heading.holds != ("note",) if own else is_said
        meaning = meaning.joined(read_heading(heading, text, mapping), crosses=mapping.two_way_groups)
    return meaning


def _heading_text(sheet: Sheet, rows: range, column: int) -> str:
    texts = [_text(_cell(sheet, row, column), keep_lines=True) for row in rows]
    return "\n".join(text for text in texts if text)


def _from_the_left(sheet: Sheet, rows: range, at: int) -> str:
    """A heading over several columns stands in the first of them."""
    return next((text for column in range(at, -1, -1) if (text := _heading_text(sheet, rows, column))), "")


def _row_meaning(sheet: Sheet, mapping: TableMapping, at: int, carried: _Carried) -> Meaning:
    meaning = Meaning({str(key): value for key, value in mapping.fixed.items()})
    for column in mapping.columns:
        position = _position(column)
        text = _text(_cell(sheet, at, position), keep_lines=True)
        if column.fill_down:
            text = carried.texts[position] = text or carried.texts.get(position, "")
        elif not text:
            text = _merged_text(sheet, at, position)
        section = label_of(column.sections, text)
        if isinstance(section, dict):
            carried.sections[position] = section
            carried.section_rows.add(at)
        meaning = meaning.joined(Meaning(dict(carried.sections.get(position, {}))), crosses=mapping.two_way_groups)
        if section is None:
            meaning = meaning.joined(read_heading(column, text, mapping), crosses=mapping.two_way_groups)
    return meaning


def _begins_another_table(rows: Sequence[Sequence[Cell]], at: int, mapping: TableMapping, first: int) -> bool:
    """Tell a header in the midst of the rows: words in several columns of numbers, or periods below a title."""
    filled = [cell for cell in rows[at][first:] if cell is not None]
    if len(filled) < LEAST_HEADINGS:
        return False
    if all(isinstance(cell, str) and read_written(cell).problem == "no_number" for cell in filled):
        return len(set(filled)) > 1 and any(map(is_value, rows[at - 1][first:]))
    has_periods = any("period" in line.holds for line in mapping.header.lines)
    periods = {found.period for cell in filled if (found := read_period(cell, school_years=mapping.school_years))}
    is_below_title = sum(cell is not None for cell in rows[at - 1]) < LEAST_HEADINGS
    is_unnamed = not any(_text(cell) for cell in rows[at][:first])
    return has_periods and len(periods) == len(filled) and (is_unnamed or is_below_title)


def is_numbers_row(row: Sequence[Cell], first: int) -> bool:
    """Tell the row "A | B | 1 | 2 | 3" below a header."""
    texts = [_text(cell) for cell in row]
    numbers = [_COLUMN_NUMBER.fullmatch(text) for text in texts[first:] if text]
    counted = [int(number[1]) for number in numbers if number]
    is_lettered = all(_LETTER.fullmatch(text) or _COLUMN_NUMBER.fullmatch(text) for text in texts[:first] if text)
    has_letter = any(_LETTER.fullmatch(text) for text in texts[:first])
    is_counted = (
        bool(counted) and len(counted) == len(numbers) and counted == list(range(counted[0], counted[0] + len(counted)))
    )
    return is_lettered and is_counted and (has_letter or len(counted) > 1) and counted[0] <= first + 1


def _merged_text(sheet: Sheet, row: int, column: int) -> str:
    for top, left, bottom, right in sheet.merged:
        if top <= row <= bottom and left <= column <= right:
            return _text(_cell(sheet, top, left), keep_lines=True)
    return ""


def _has_cells(sheet: Sheet, rows: dict[int, Meaning], column: int) -> bool:
    return any(_cell(sheet, row, column) is not None for row in rows)


def _position(column: Column) -> int:
    position = 0
    for letter in column.column:
        position = position * 26 + ord(letter) - ord("A") + 1
    return position - 1


def _cell(sheet: Sheet, row: int, column: int) -> Cell:
    cells = sheet.rows[row] if row < len(sheet.rows) else ()
    return cells[column] if column < len(cells) else None


def _text(cell: Cell, *, keep_lines: bool = False) -> str:
    if cell is None:
        return ""
    text = str(int(cell)) if isinstance(cell, float) and cell.is_integer() else str(cell)
    return text.strip() if keep_lines else " ".join(text.split())


ANOTHER_TABLE = SetAside(
    "another_table",
    "ô này thuộc một bảng khác chưa được mô tả",
    "this cell belongs to another table, which no mapping describes",
    "mô tả bảng đó bằng một tệp trong data/mappings, hoặc bỏ bảng đó",
    "describe that table in a file of data/mappings, or leave it out",
)
UNMAPPED_SHEET = SetAside(
    "unmapped_sheet",
    "mô tả bảng không nói gì về sheet này",
    "the mapping says nothing about this sheet",
    "bỏ sheet này, hoặc mô tả nó",
    "leave the sheet out, or describe it",
)
MORE_CELLS = SetAside(
    "more_cells_than_headings",
    "dòng này có nhiều ô hơn tiêu đề: có lẽ dấu phẩy thập phân đã tách số thành hai ô",
    "this row has more cells than the header: a decimal comma seems to have split its numbers",
    "lưu lại tệp với dấu chấm phẩy giữa các ô, hoặc gửi .xlsx",
    "save the file with semicolons between the cells, or send .xlsx",
)

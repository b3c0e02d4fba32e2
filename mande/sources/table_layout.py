"""Which cell of a free table belongs to which place, period, indicator and group, after its mapping."""

import re
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

from mande.errors import DataError, Problem
from mande.sources.headings import BETWEEN_LANGUAGES, Meaning, label_of, read_heading
from mande.sources.number_text import read_written
from mande.sources.numbers import Cell
from mande.sources.sent_values import SetAside
from mande.sources.table_mapping import Column, TableMapping, fold
from mande.sources.workbooks import Sheet
from mande.sources.written_periods import read_period

_LETTER = re.compile(r"[A-ZĐ]|\(?[a-zđA-ZĐ]\)?")
_COLUMN_NUMBER = re.compile(r"\(?(\d{1,2})\)?(?:\s*=.*)?")
_NUMBER_PROBLEMS = {"two_numbers", "bound", "brackets", "misplaced_marks", "formula_error", "formula_without_value"}
LEAST_PERIODS = 2
"""Headings in one row below the header that show that a second table begins there."""


@dataclass(frozen=True)
class Layout:
    """The data rows and columns of a sheet by position, each with what it says; `stray` are cells of neither."""

    rows: dict[int, Meaning]
    columns: dict[int, Meaning]
    stray: dict[tuple[int, int], SetAside]


class _Carried(NamedTuple):
    """What rows further up say for those below: by column, a text to fill down and the section that began last."""

    texts: dict[int, str]
    sections: dict[int, dict[str, str]]


def lay_out(sheet: Sheet, mapping: TableMapping, path: Path) -> Layout:
    """Find header, data columns and data rows of one sheet.

    *Raises* DataError when the header does not stand where the mapping says.
    """
    top = _header_row(sheet, mapping, path)
    below = top + len(mapping.header.lines)
    first = 1 + max((_position(column) for column in mapping.columns), default=-1)
    width = max((len(row) for row in sheet.rows), default=0)
    columns = {at: _column_meaning(sheet, mapping, top, at) for at in range(first, width)}
    columns = {at: meaning for at, meaning in columns.items() if _has_cells(sheet, below, at)}
    rows, stray = _rows(sheet, mapping, below, first)
    return Layout(rows, columns, stray)


def is_value(cell: Cell) -> bool:
    """Tell whether a cell holds a number or something that was meant as one."""
    if isinstance(cell, str):
        written = read_written(cell)
        return bool(written.digits) or written.problem in _NUMBER_PROBLEMS
    return isinstance(cell, int | float) and not isinstance(cell, bool)


def _header_row(sheet: Sheet, mapping: TableMapping, path: Path) -> int:
    begins = mapping.header.begins
    if isinstance(begins, int):
        return begins - 1
    wanted = fold(begins)
    for at, row in enumerate(sheet.rows):
        if any(
            wanted in (fold(text), *map(fold, BETWEEN_LANGUAGES.split(text)))
            for text in (_text(cell, keep_lines=True) for cell in row)
        ):
            return at
    where = f"{path.name} sheet {sheet.name}"
    raise DataError(
        Problem(where, f'no cell holds "{begins}", where the header begins', f"mend the mapping {mapping.id}")
    )


def _column_meaning(sheet: Sheet, mapping: TableMapping, top: int, at: int) -> Meaning:
    meaning = Meaning()
    above = ""
    for depth, heading in enumerate(mapping.header.lines):
        text = _text(_cell(sheet, top + depth, at), keep_lines=True)
        is_last = depth == len(mapping.header.lines) - 1
        if not text:
            text = above if is_last else _from_the_left(sheet, top + depth, at)
        above = _text(_cell(sheet, top + depth, at), keep_lines=True) or above
        meaning = meaning.joined(read_heading(heading, text, mapping))
    return meaning


def _from_the_left(sheet: Sheet, row: int, at: int) -> str:
    """A heading over several columns stands in the first of them."""
    for column in range(at, -1, -1):
        text = _text(_cell(sheet, row, column), keep_lines=True)
        if text:
            return text
    return ""


def _rows(
    sheet: Sheet, mapping: TableMapping, below: int, first: int
) -> tuple[dict[int, Meaning], dict[tuple[int, int], SetAside]]:
    header = {tuple(map(_text, row)) for row in sheet.rows[:below] if any(row)}
    rows: dict[int, Meaning] = {}
    stray: dict[tuple[int, int], SetAside] = {}
    carried = _Carried({}, {})
    is_over = False
    for at in range(below, len(sheet.rows)):
        row = sheet.rows[at]
        is_over = is_over or _begins_another_table(row, mapping, first)
        if is_over:
            stray |= {(at, column): ANOTHER_TABLE for column, cell in enumerate(row) if is_value(cell)}
        elif (
            any(row)
            and tuple(map(_text, row)) not in header
            and not (at == below and _only_numbers_columns(row, first))
        ):
            rows[at] = _row_meaning(sheet, mapping, at, carried)
    return rows, stray


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
        meaning = meaning.joined(Meaning(dict(carried.sections.get(position, {}))))
        if section is None:
            meaning = meaning.joined(read_heading(column, text, mapping))
    return meaning


def _begins_another_table(row: tuple[Cell, ...], mapping: TableMapping, first: int) -> bool:
    """A row that holds periods where numbers belong heads another table, unless its first columns name something."""
    if not any("period" in line.holds for line in mapping.header.lines) or any(_text(cell) for cell in row[:first]):
        return False
    filled = [cell for cell in row[first:] if cell is not None]
    periods = {found.period for cell in filled if (found := read_period(cell, school_years=mapping.school_years))}
    return len(filled) >= LEAST_PERIODS and len(periods) == len(filled)


def _only_numbers_columns(row: tuple[Cell, ...], first: int) -> bool:
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


def _has_cells(sheet: Sheet, below: int, column: int) -> bool:
    return any(_cell(sheet, row, column) is not None for row in range(below, len(sheet.rows)))


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
    "một bảng khác bắt đầu phía trên ô này",
    "another table begins above this cell",
    "để mỗi bảng vào một sheet riêng",
    "put each table on its own sheet",
)

"""Which cell of a free table belongs to which place, period, indicator and group, after its mapping."""

import re
from dataclasses import dataclass, field
from pathlib import Path

from mande.errors import DataError, Problem
from mande.sources.number_text import read_written
from mande.sources.numbers import Cell
from mande.sources.sent_values import SetAside
from mande.sources.table_mapping import SKIP, Column, Heading, TableMapping, fold
from mande.sources.workbooks import Sheet
from mande.sources.written_periods import read_period, split_period
from mande.vocabulary import TOTAL

PLACE_TEXT, STATUS = "place_text", "status"
"""Beside the coordinates of a mapping: a place that is still only a name, the status that a heading gives."""
_PARTS = re.compile(r"\s*[/\n|]\s*|\s+[-–—]\s+")
_LETTER = re.compile(r"[A-ZĐ]|\(?[a-zđA-ZĐ]\)?")
_COLUMN_NUMBER = re.compile(r"\(?(\d{1,2})\)?(?:\s*=.*)?")
_NUMBER_PROBLEMS = {"two_numbers", "bound", "brackets", "misplaced_marks", "formula_error", "formula_without_value"}
LEAST_PERIODS = 2
"""Headings in one row below the header that show that a second table begins there."""

SKIPPED = SetAside(
    "skipped_by_mapping",
    "bỏ qua theo mô tả bảng",
    "left out, as the mapping says",
    "không cần làm gì",
    "nothing to do",
)


@dataclass(frozen=True)
class Meaning:
    """What a heading says: coordinates, or the reason why its cells are set aside."""

    coordinates: dict[str, str] = field(default_factory=dict)
    reason: SetAside | None = None

    def joined(self, other: "Meaning") -> "Meaning":
        """Add what a further heading says; a cell has one group only."""
        if self.reason or other.reason:
            return self if self.reason else other
        mine, its = self.coordinates.get("dimension", TOTAL), other.coordinates.get("dimension", TOTAL)
        if TOTAL not in (mine, its) and mine != its:
            return Meaning(reason=_two_groups(mine, its))
        added = dict(other.coordinates)
        if its == TOTAL and mine != TOTAL:
            added.pop("dimension", None), added.pop("dimension_value", None)
        return Meaning({**self.coordinates, **added})


@dataclass(frozen=True)
class Layout:
    """The data rows and columns of a sheet by position, each with what it says; `stray` are cells of neither."""

    rows: dict[int, Meaning]
    columns: dict[int, Meaning]
    stray: dict[tuple[int, int], SetAside]


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
        if any(wanted in (fold(text), *map(fold, _PARTS.split(text))) for text in map(_text, row)):
            return at
    where = f"{path.name} sheet {sheet.name}"
    raise DataError(
        Problem(where, f'no cell holds "{begins}", where the header begins', f"mend the mapping {mapping.id}")
    )


def _column_meaning(sheet: Sheet, mapping: TableMapping, top: int, at: int) -> Meaning:
    meaning = Meaning()
    above = ""
    for depth, heading in enumerate(mapping.header.lines):
        text = _text(_cell(sheet, top + depth, at))
        is_last = depth == len(mapping.header.lines) - 1
        if not text:
            text = above if is_last else _from_the_left(sheet, top + depth, at)
        above = _text(_cell(sheet, top + depth, at)) or above
        meaning = meaning.joined(read_heading(heading, text, mapping))
    return meaning


def _from_the_left(sheet: Sheet, row: int, at: int) -> str:
    """A heading over several columns stands in the first of them."""
    for column in range(at, -1, -1):
        text = _text(_cell(sheet, row, column))
        if text:
            return text
    return ""


def read_heading(heading: Heading, text: str, mapping: TableMapping) -> Meaning:
    """Return what one text of a header line or of a column left of the numbers says."""
    if heading.holds == ("note",):
        return Meaning()
    label = _label(heading, text)
    if label == SKIP:
        return Meaning(reason=SKIPPED)
    found: dict[str, str] = {}
    rest = text
    if "period" in heading.holds and not (label and "period" in label):
        several = len(heading.holds) > 1
        period, rest = (
            split_period(text, school_years=mapping.school_years)
            if several
            else (read_period(text, school_years=mapping.school_years), "")
        )
        if period is None:
            return Meaning(reason=_unknown(text, "period"))
        found |= {"period": period.period, STATUS: period.status}
        label = _label(heading, rest) if several else {}
    if label == SKIP:
        return Meaning(reason=SKIPPED)
    return _with_label(heading, rest, label, found)


def _with_label(heading: Heading, text: str, label: dict[str, str] | None, found: dict[str, str]) -> Meaning:
    if label:
        found |= label
    elif "place" in heading.holds and text:
        found[PLACE_TEXT] = text
    elif "place_code" in heading.holds and text:
        found["place_code"] = text
    elif set(heading.holds) - {"period", "note"}:
        return Meaning(reason=_unknown(text, heading.holds[-1]))
    if "dimension_value" in found:
        named = found.get("dimension") or heading.dimension
        found["dimension"] = TOTAL if found["dimension_value"] == TOTAL else named
    return Meaning(found)


def _label(heading: Heading, text: str) -> dict[str, str] | str | None:
    """Look a text up among the labels, whole or by either language; two labels that differ are none."""
    labels = {fold(key): meaning for key, meaning in heading.labels.items()}
    if fold(text) in labels:
        return labels[fold(text)]
    meant = [labels[fold(part)] for part in _PARTS.split(text) if fold(part) in labels]
    return meant[0] if meant and all(one == meant[0] for one in meant) else None


def _rows(
    sheet: Sheet, mapping: TableMapping, below: int, first: int
) -> tuple[dict[int, Meaning], dict[tuple[int, int], SetAside]]:
    header = {tuple(map(_text, row)) for row in sheet.rows[:below] if any(row)}
    rows: dict[int, Meaning] = {}
    stray: dict[tuple[int, int], SetAside] = {}
    carried: dict[int, str] = {}
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


def _row_meaning(sheet: Sheet, mapping: TableMapping, at: int, carried: dict[int, str]) -> Meaning:
    meaning = Meaning({str(key): value for key, value in mapping.fixed.items()})
    for column in mapping.columns:
        position = _position(column)
        text = _text(_cell(sheet, at, position), keep_lines=True)
        if column.fill_down:
            text = carried[position] = text or carried.get(position, "")
        elif not text:
            text = _merged_text(sheet, at, position)
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


def _unknown(text: str, role: str) -> SetAside:
    shown = text[:60]
    return SetAside(
        "unknown_heading",
        f'mô tả bảng không cho biết "{shown}" nghĩa là gì ({role})',
        f'the mapping does not say what "{shown}" means ({role})',
        "thêm nhãn này vào mô tả bảng, hoặc ghi skip",
        "add this label to the mapping, or write skip",
    )


def _two_groups(first: str, second: str) -> SetAside:
    return SetAside(
        "two_dimensions",
        f"số liệu thuộc hai cách phân nhóm ({first}, {second})",
        f"the figure belongs to two groupings ({first}, {second})",
        "gửi từng cách phân nhóm riêng, hoặc ghi skip cho một cách",
        "send each grouping by itself, or write skip for one of them",
    )


ANOTHER_TABLE = SetAside(
    "another_table",
    "một bảng khác bắt đầu phía trên ô này",
    "another table begins above this cell",
    "để mỗi bảng vào một sheet riêng",
    "put each table on its own sheet",
)

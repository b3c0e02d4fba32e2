"""Find the first table of a sheet that nothing describes: its header, its columns of figures, its rows."""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from mande.sources.number_text import SIGNS
from mande.sources.numbers import Cell
from mande.sources.table_layout import is_numbers_row, is_value
from mande.sources.workbooks import Sheet
from mande.sources.written_periods import read_period

_UNIT = re.compile(r"\W*(?:đvt|đơn vị tính|unit\s*:)", re.I)
_MOST_HEADER_ROWS = 6
_MOST_BETWEEN = 3
"""Blank rows, or headings of sections, between a header and the first figures."""


@dataclass(frozen=True)
class FoundTable:
    """A table of a sheet: its header from row `top` up to `below`, figures from column `first` on in `rows`."""

    sheet: Sheet
    top: int
    below: int
    first: int
    rows: tuple[int, ...]

    @property
    def data(self) -> list[int]:
        """The columns of figures."""
        return [at for at in range(self.first, self._width()) if self.body(at) and not _are_texts(self.body(at))]

    @property
    def notes(self) -> list[int]:
        """The columns of texts right of the first figures, such as names in another language."""
        return [at for at in range(self.first, self._width()) if _are_texts(self.body(at))]

    @property
    def headings(self) -> list[list[str]]:
        """The texts of each header row above the columns of figures."""
        rows = self.sheet.rows[self.top : self.below]
        return [[as_text(row[at]) for at in self.data if at < len(row) and row[at] is not None] for row in rows]

    def body(self, column: int) -> list[Cell]:
        """Return the filled cells of a column in the rows of figures."""
        rows = [self.sheet.rows[at] for at in self.rows]
        return [row[column] for row in rows if column < len(row) and row[column] is not None]

    def sections(self, column: int) -> list[str]:
        """Return the texts that stand alone in their row, above rows of figures."""
        alone = []
        for at in range(self.below, self.rows[-1]):
            filled = _filled(self.sheet.rows[at])
            if len(filled) == 1 and at + 1 in self.rows and self.sheet.rows[at][column : column + 1] == tuple(filled):
                alone.append(as_text(filled[0]))
        return alone

    def _width(self) -> int:
        return max(len(self.sheet.rows[at]) for at in self.rows)


def find_table(sheet: Sheet) -> FoundTable | None:
    """Return the first table of a sheet: rows of headings above at least two rows of figures; None without one."""
    for at, row in enumerate(sheet.rows):
        if not _is_of_figures(row) or is_numbers_row(row, 1):
            continue
        below = _end_of_header(sheet, at)
        top = below
        while top and below - top < _MOST_HEADER_ROWS and _is_heading(sheet.rows[top - 1]):
            top -= 1
        rows = _rows_of_figures(sheet, at)
        if top < below and len(rows) > 1:
            return FoundTable(sheet, top, below, _first_of_figures(sheet, rows), rows)
    return None


def as_text(cell: Cell) -> str:
    """Return the text of a cell, its lines kept."""
    text = str(int(cell)) if isinstance(cell, float) and cell.is_integer() else str(cell)
    return text.strip()


def _end_of_header(sheet: Sheet, at: int) -> int:
    """Return the row below the header of the figures that begin at a row."""
    end = at
    for above in range(at - 1, max(at - 1 - _MOST_BETWEEN, -1), -1):
        row = sheet.rows[above]
        if is_numbers_row(row, 1) or len(_filled(row)) < 2:
            end = above
        else:
            return above + 1
    return end


def _is_heading(row: Sequence[Cell]) -> bool:
    is_unit = any(_UNIT.match(cell) for cell in row if isinstance(cell, str))
    return len(_filled(row)) > 1 and not _is_of_figures(row) and not is_unit


def _rows_of_figures(sheet: Sheet, first: int) -> tuple[int, ...]:
    rows = []
    for at in range(first, len(sheet.rows)):
        if _is_of_figures(sheet.rows[at]):
            rows.append(at)
        elif _is_heading(sheet.rows[at]) and not is_numbers_row(sheet.rows[at], 1):
            break
    return tuple(rows)


def _is_of_figures(row: Sequence[Cell]) -> bool:
    filled = _filled(row)
    figures = [cell for cell in filled[1:] if _is_figure(cell)]
    periods = [cell for cell in figures if read_period(cell, school_years=True)]
    return 2 * len(figures) >= len(filled) - 1 > 0 and 2 * len(periods) < len(figures)


def _is_figure(cell: Cell) -> bool:
    return is_value(cell) or (isinstance(cell, str) and cell.strip().replace("…", "...").casefold() in SIGNS)


def _filled(row: Sequence[Cell]) -> list[Cell]:
    return [cell for cell in row if cell is not None]


def _are_texts(cells: Sequence[Cell]) -> bool:
    return sum(not _is_figure(cell) for cell in cells) * 2 > len(cells)


def _first_of_figures(sheet: Sheet, rows: Sequence[int]) -> int:
    """The columns of texts, and of years, stand left of the figures."""
    width = max(len(sheet.rows[at]) for at in rows)
    for column in range(width):
        cells = [sheet.rows[at][column] for at in rows if column < len(sheet.rows[at])]
        filled = [cell for cell in cells if cell is not None]
        is_year = bool(filled) and all(read_period(cell, school_years=True) for cell in filled)
        if filled and not is_year and not _are_texts(filled):
            return max(column, 1)
    return 1

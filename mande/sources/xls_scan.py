"""Scan the sheets of an xls workbook (Excel 97–2003, MS-XLS) for what its values alone do not show."""

import struct
from collections.abc import Iterator
from typing import BinaryIO

from mande.errors import DataError, Problem
from mande.sources.compound_file import read_stream
from mande.sources.workbook_scan import CellBudget, Oddities
from mande.sources.xlsx_scan import is_percent_format

_BEGIN, _SHEET, _FORMAT, _STYLE, _PASSWORD = 0x0809, 0x85, 0x41E, 0xE0, 0x2F
_NUMBER, _RK, _MANY_RK, _FORMULA, _ERROR, _TEXT_RESULT = 0x203, 0x27E, 0xBD, 0x06, 0x205, 0x207
_FILLED = {_NUMBER, _RK, _MANY_RK, _FORMULA, _ERROR, 0xFD, 0x204, 0xD6}
_ERRORS = {0: "#NULL!", 7: "#DIV/0!", 15: "#VALUE!", 23: "#REF!", 29: "#NAME?", 36: "#NUM!", 42: "#N/A"}
_BUILT_IN_PERCENT = {9, 10}
_HIDDEN_FORMULA = "=…"
"""The text of a formula is compiled in an xls; only that there is one is known."""


def scan_xls(file: BinaryIO, name: str) -> dict[str, Oddities]:
    """Return the oddities of each sheet by its name.

    *Raises* DataError with one problem for a file that is damaged, encrypted, or whose sheets span too many cells.
    """
    file.seek(0)
    stream = read_stream(file.read(), ("Workbook", "Book"), name)
    scan = _BookScan(CellBudget(name))
    try:
        for kind, start, body in _records(stream):
            if kind == _PASSWORD:
                raise DataError(
                    Problem(name, "the file is protected by a password", "remove the password and send it again")
                )
            scan.take(kind, start, body)
    except struct.error:
        raise DataError(Problem(name, "the file is cut off or damaged", "copy or send it again")) from None
    return scan.finish()


def _records(stream: bytes) -> Iterator[tuple[int, int, bytes]]:
    at = 0
    while at + 4 <= len(stream):
        kind, length = struct.unpack_from("<HH", stream, at)
        yield kind, at, stream[at + 4 : at + 4 + length]
        at += 4 + length


class _BookScan:
    """Follows the records of the whole book: its sheets' names and formats first, then the cells of each sheet."""

    def __init__(self, budget: CellBudget):
        self._budget = budget
        self._names: dict[int, str] = {}
        self._percent_formats, self._styles = set(_BUILT_IN_PERCENT), []
        self._sheets: dict[str, Oddities] = {}
        self._sheet = Oddities()
        self._end = (0, 0)
        self._awaits_text: tuple[int, int] | None = None

    def finish(self) -> dict[str, Oddities]:
        self._close_formula()
        self._budget.spend_area(*self._end)
        return self._sheets

    def take(self, kind: int, start: int, body: bytes) -> None:
        if kind == _BEGIN:
            self._begin(start)
        elif kind == _SHEET:
            self._names[struct.unpack_from("<I", body)[0]] = _short_text(body[6:])
        elif kind == _FORMAT and is_percent_format(_long_text(body[2:])):
            self._percent_formats.add(struct.unpack_from("<H", body)[0])
        elif kind == _STYLE:
            self._styles.append(struct.unpack_from("<2xH", body)[0])
        elif kind == _TEXT_RESULT:
            self._awaits_text = None
        elif kind in _FILLED:
            self._cell(kind, body, self._sheet)

    def _begin(self, start: int) -> None:
        if start in self._names:
            self._close_formula()
            self._budget.spend_area(*self._end)
            self._end = (0, 0)
            self._sheet = self._sheets.setdefault(self._names[start], Oddities())

    def _cell(self, kind: int, body: bytes, sheet: Oddities) -> None:
        self._close_formula()
        self._budget.spend_element()
        row, column, style = struct.unpack_from("<HHH", body)
        last = struct.unpack_from("<H", body, len(body) - 2)[0] if kind == _MANY_RK else column
        self._end = (max(self._end[0], row + 1), max(self._end[1], last + 1))
        if kind in (_NUMBER, _RK) and self._is_percent(style):
            sheet.percents.add((row, column))
        elif kind == _MANY_RK:
            styles = (struct.unpack_from("<H", body, 4 + 6 * step)[0] for step in range(last - column + 1))
            sheet.percents.update((row, column + step) for step, one in enumerate(styles) if self._is_percent(one))
        elif kind == _ERROR and body[7]:
            sheet.note((row, column), "formula_error", _ERRORS.get(body[6], "#N/A"))
        elif kind == _FORMULA:
            self._formula((row, column), style, body[6:14], sheet)

    def _formula(self, position: tuple[int, int], style: int, result: bytes, sheet: Oddities) -> None:
        """A result that ends in FFFF is no number; its first byte says what it is (MS-XLS 2.5.133)."""
        if result[6:8] != b"\xff\xff":
            if self._is_percent(style):
                sheet.percents.add(position)
        elif result[0] == 0:
            self._awaits_text = position
        elif result[0] == 2:
            sheet.note(position, "formula_error", _ERRORS.get(result[2], "#N/A"))

    def _close_formula(self) -> None:
        """A formula whose text result never came has not been computed."""
        if self._awaits_text is not None:
            self._sheet.note(self._awaits_text, "formula_without_value", _HIDDEN_FORMULA)
        self._awaits_text = None

    def _is_percent(self, style: int) -> bool:
        return style < len(self._styles) and self._styles[style] in self._percent_formats


def _short_text(body: bytes) -> str:
    return _letters(body[2:], body[0], is_wide=bool(body[1] & 1))


def _long_text(body: bytes) -> str:
    return _letters(body[3:], struct.unpack_from("<H", body)[0], is_wide=bool(body[2] & 1))


def _letters(body: bytes, count: int, *, is_wide: bool) -> str:
    return body[: 2 * count].decode("utf-16-le", "replace") if is_wide else body[:count].decode("latin-1")

"""Sheets of a workbook or text file as rows of plain cells, each with the address that its sender sees."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from types import MappingProxyType
from typing import Any, BinaryIO

import python_calamine

from mande.errors import DataError, Problem
from mande.sources.file_guard import FileKind, hash_open_file, inspect_open_file, open_regular_file
from mande.sources.numbers import Cell, Percent
from mande.sources.ods_scan import scan_ods
from mande.sources.text_rows import read_text_rows
from mande.sources.workbook_scan import Oddities
from mande.sources.xls_scan import scan_xls
from mande.sources.xlsx_scan import scan_xlsx

Rows = tuple[tuple[Cell, ...], ...]
Range = tuple[int, int, int, int]
"""First row, first column, last row, last column of merged cells, counted from 0."""


@dataclass(frozen=True)
class Sheet:
    """One sheet: `rows[0][0]` is A1; a row ends with its last value, the sheet with its last row that has one.

    A blank cell is None. A merged range has its value in its first cell and blanks in the others. A formula that was
    never computed stands as its text ("=A1*2"), an error as its text ("#N/A"), both also listed in `oddities` by
    position (row, column) with the kind formula_without_value or formula_error.
    """

    name: str
    rows: Rows
    merged: tuple[Range, ...] = ()
    oddities: Mapping[tuple[int, int], str] = field(default_factory=lambda: MappingProxyType({}))


def read_sheets(path: Path) -> tuple[Sheet, ...]:
    """Read all sheets of an xlsx, xlsm, xls or ods workbook, or the one sheet of a csv, tsv or txt file.

    Values only: macros, external links and formulas are never run; text is kept as it is. A number that is shown as a
    percentage is a `numbers.Percent`, in per cent.

    *Raises* DataError with one problem for a file that is unusable, hostile (`file_guard.inspect_file`), or changes
    while it is read.
    """
    with open_regular_file(path) as file:
        before = hash_open_file(file)
        kind = inspect_open_file(file, path)
        sheets = _read_text(file, path) if kind is FileKind.TEXT else _read_workbook(file, path, kind)
        if hash_open_file(file) != before:
            raise DataError(
                Problem(path.name, "the file changed while it was read", "wait until it is whole, then read it")
            )
    return sheets


def address(row: int, column: int) -> str:
    """Return the spreadsheet address of a position counted from 0.

    >>> address(11, 4), address(0, 26)
    ('E12', 'AA1')
    """
    letters, rest = "", column + 1
    while rest:
        rest, letter = divmod(rest - 1, 26)
        letters = chr(ord("A") + letter) + letters
    return f"{letters}{row + 1}"


def _read_text(file: BinaryIO, path: Path) -> tuple[Sheet, ...]:
    return (Sheet(path.stem, _trimmed(read_text_rows(file, path.name))),)


def _read_workbook(file: BinaryIO, path: Path, kind: FileKind) -> tuple[Sheet, ...]:
    scan = {FileKind.XLSX: scan_xlsx, FileKind.ODS: scan_ods, FileKind.XLS: scan_xls}[kind]
    oddities = scan(file, path.name)
    file.seek(0)
    try:
        with python_calamine.load_workbook(file) as workbook:
            kinds = {meta.name: meta.typ for meta in workbook.sheets_metadata}
            names = [n for n in workbook.sheet_names if kinds[n] is python_calamine.SheetTypeEnum.WorkSheet]
            _require_scanned(names, oddities, path)
            return tuple(_read_sheet(workbook.get_sheet_by_name(n), oddities[n]) for n in names)
    except python_calamine.PasswordError:
        raise DataError(
            Problem(path.name, "the file is protected by a password", "remove the password and send it again")
        ) from None
    except (python_calamine.CalamineError, OSError, ValueError) as error:
        found = f"the workbook cannot be read ({' '.join(str(error).split())[:120]})"
        raise DataError(
            Problem(path.name, found, "open it in Excel or LibreOffice, save it as .xlsx and send it again")
        ) from None


def _require_scanned(names: list[str], oddities: Mapping[str, Oddities], path: Path) -> None:
    """A sheet that the scan did not find could hold anything."""
    unseen = [name for name in names if name not in oddities]
    if unseen:
        found = f"its sheet {unseen[0][:40]} is not where a workbook keeps its sheets"
        raise DataError(
            Problem(path.name, found, "open it in Excel or LibreOffice, save it as .xlsx and send it again")
        )


def _read_sheet(sheet: Any, oddities: Oddities) -> Sheet:
    # Only skip_empty_area=False keeps A1 at [0][0]; iter_rows drops empty columns before the first filled one.
    cells = sheet.to_python(skip_empty_area=False) if sheet.start else []
    rows: list[tuple[Cell, ...]] = [tuple([None if cell == "" else cell for cell in row]) for row in cells]
    rows = _with_oddities(rows, oddities)
    merged = tuple((*first, *last) for first, last in sheet.merged_cell_ranges or ())
    return Sheet(sheet.name, _trimmed(rows), merged, MappingProxyType(oddities.kinds))


def _with_oddities(rows: list[tuple[Cell, ...]], oddities: Oddities) -> list[tuple[Cell, ...]]:
    """Put the text of each uncomputed formula and error where calamine leaves a blank; scale percentages."""
    changes: dict[int, dict[int, Cell]] = {}
    for (row, column), text in oddities.texts.items():
        changes.setdefault(row, {})[column] = text
    for row, column in oddities.percents:
        if row < len(rows) and column < len(rows[row]) and isinstance(rows[row][column], float | int):
            changes.setdefault(row, {})[column] = _percent(rows[row][column])
    if not changes:
        return rows
    rows = rows + [()] * (max(changes) + 1 - len(rows))
    for row, cells in changes.items():
        width = max(len(rows[row]), max(cells) + 1)
        whole = [*rows[row], *[None] * (width - len(rows[row]))]
        for column, cell in cells.items():
            whole[column] = cell
        rows[row] = tuple(whole)
    return rows


def _percent(share: Any) -> Percent:
    """Shift by two decimal places: 0.045 becomes 4.5 and not 4.5000000000000001."""
    return Percent(float(f"{share:.15g}e2")) if "e" not in f"{share:.15g}" else Percent(share * 100)


def _trimmed(rows: list[tuple[Cell, ...]]) -> Rows:
    trimmed = []
    for row in rows:
        width = len(row)
        while width and row[width - 1] is None:
            width -= 1
        trimmed.append(row[:width])
    while trimmed and not trimmed[-1]:
        trimmed.pop()
    return tuple(trimmed)

"""Read the tidy layout of `published.COLUMNS` from a workbook or CSV that people filled in."""

from collections.abc import Mapping, Sequence
from pathlib import Path

import numpy as np
import pandas as pd

from mande.errors import DataError, Problem
from mande.framework.explain import nearest
from mande.sources.numbers import Cell, read_number_column
from mande.sources.published import COLUMNS, COUNTS, NUMBERS, OPTIONAL_COLUMNS, REQUIRED
from mande.sources.reading import LINEAGE, Reading
from mande.sources.sent_values import COMPANION, SetAside, observation_table, quarantine_row, quarantine_table
from mande.sources.snapshot import hash_file
from mande.sources.workbooks import Sheet, address
from mande.sources.written_periods import read_period
from mande.vocabulary import TOTAL, ValueStatus

KNOWN = (*COLUMNS, *OPTIONAL_COLUMNS)
NEEDED = ("indicator", "place_code", "period", "value")
"""Without these columns no row can be placed; further ones of `published.COLUMNS` may be left out."""
SENT = ("value", "numerator", "denominator", "lower", "upper", "sample_size", "design_effect")
"""Columns of numbers; each may be the `part` of a cell that was set aside."""
_CODE_WIDTHS = {2, 3, 5}
_WITHOUT_NUMBER = [ValueStatus.MISSING, ValueStatus.SUPPRESSED, ValueStatus.NOT_APPLICABLE]
_AS_WRITTEN = "text"
"""Confidence of a number that stands in the file of who counted it, as in a form."""
Faults = dict[int, dict[str, SetAside]]
"""What is wrong with the rows, by position and column."""


def is_tidy(sheets: Sequence[Sheet]) -> bool:
    """Tell whether the first row of a sheet holds the columns of the tidy layout."""
    return any(set(NEEDED) <= set(_header(sheet)) for sheet in sheets)


def read_tidy(path: Path, sheets: Sequence[Sheet]) -> Reading:
    """Read every sheet whose first row holds the columns of the tidy layout.

    *One row per* row of the sheets (observations); cell that was sent and set aside (quarantined).
    *Needs* the columns `NEEDED`; numbers as people type them, one decimal mark per column.
    *Adds* the address of value, numerator and denominator; the status that a sign such as "…" gives.
    *Missing values* a blank number stays missing; blank dimensions are the total only if both columns are left out.
    *Raises* DataError for missing, unknown or repeated columns, with all problems at once.
    """
    tidy = [sheet for sheet in sheets if set(NEEDED) <= set(_header(sheet))]
    if not tidy:
        header = _header(sheets[0]) if sheets else []
        missing = ", ".join(column for column in NEEDED if column not in header)
        found = f"the first row lacks the columns {missing}"
        raise DataError(Problem(f"{path.name} row 1", found, "write the header of the tidy layout"))
    problems = [problem for sheet in tidy for problem in _header_problems(path, sheet)]
    if problems:
        raise DataError(problems)
    tables: list[pd.DataFrame] = []
    refused: list[dict[str, str]] = []
    for sheet in tidy:
        kept, aside = _read_sheet(path, sheet)
        tables.append(kept)
        refused += aside
    observations = observation_table(pd.concat(tables, ignore_index=True), file=path.name, snapshot=hash_file(path))
    return Reading("tidy", observations, quarantine_table(refused))


def _header(sheet: Sheet) -> list[str]:
    return [str(cell).strip().casefold() if cell is not None else "" for cell in sheet.rows[0]] if sheet.rows else []


def _header_problems(path: Path, sheet: Sheet) -> list[Problem]:
    header = _header(sheet)
    header += [""] * (max(map(len, sheet.rows)) - len(header))
    problems = []
    for position, column in enumerate(header):
        where = f"{path.name} sheet {sheet.name} cell {address(0, position)}"
        has_cells = any(position < len(row) and row[position] is not None for row in sheet.rows)
        if column and column not in (*KNOWN, *LINEAGE):
            problems.append(Problem(where, f'unknown column "{column[:40]}"', nearest(column, KNOWN)))
        elif column and column in header[:position]:
            problems.append(Problem(where, f'the column "{column}" stands twice', "keep one of them"))
        elif not column and has_cells:
            problems.append(Problem(where, "a column without a name holds cells", "name it, or delete it"))
    return problems


def _read_sheet(path: Path, sheet: Sheet) -> tuple[pd.DataFrame, list[dict[str, str]]]:
    header = _header(sheet)
    width = len(header)
    body = [
        (at, (*row, *[None] * (width - len(row)))) for at, row in enumerate(sheet.rows[1:], start=1) if any_cell(row)
    ]
    cells = {column: [row[at] for _, row in body] for at, column in enumerate(header) if column in KNOWN}
    faults: Faults = {}
    table = _texts(cells, len(body), faults)
    for column in NUMBERS:
        if column in cells:
            _numbers(table, column, cells[column], faults)
    table["value_status"] = _statuses(table, faults)
    lines = [at for at, _ in body]
    return _divide(table, cells, faults, _Place(path.name, sheet.name, header, lines))


def any_cell(row: Sequence[Cell]) -> bool:
    """Tell whether a row holds anything."""
    return any(cell is not None for cell in row)


class _Place:
    """Where the cells of one sheet stand."""

    def __init__(self, file: str, sheet: str, header: list[str], lines: list[int]):
        self.file, self.sheet, self._header, self._lines = file, sheet, header, lines

    def address(self, position: int, column: str) -> str:
        return address(self._lines[position], self._header.index(column)) if column in self._header else ""


def _texts(cells: Mapping[str, list[Cell]], size: int, faults: Faults) -> pd.DataFrame:
    """Take the text columns over; periods become those of `periods.period_bounds`."""
    table = pd.DataFrame(
        {c: [_text(cell) for cell in cells.get(c, [None] * size)] for c in COLUMNS if c not in NUMBERS}
    )
    if "dimension" not in cells and "dimension_value" not in cells:
        table[["dimension", "dimension_value"]] = TOTAL
    if "confidence" not in cells:
        table["confidence"] = _AS_WRITTEN
    periods = {text: read_period(text) for text in table["period"].unique()}
    _note(faults, "period", table["period"].map(lambda text: periods[text] is None), _NO_PERIOD)
    table["period_status"] = [found.status if (found := periods[text]) else "" for text in table["period"]]
    table["period"] = [found.period if (found := periods[text]) else "" for text in table["period"]]
    for column in dict.fromkeys(("indicator", "place_code", *(c for c in REQUIRED if c in cells))):
        if column not in ("period", "value_status"):
            _note(faults, column, table[column] == "", _blank(column))
    _note(faults, "place_code", _has_lost_zeros(cells["place_code"]), _LOST_ZEROS)
    return table


def _has_lost_zeros(codes: list[Cell]) -> np.ndarray:
    """Code 017 typed into a number cell becomes 17, another place: number cells must all have the same digits."""
    digits = np.array([len(_text(c)) if isinstance(c, int | float) and not isinstance(c, bool) else 0 for c in codes])
    widths = set(digits[digits > 0].tolist())
    return (digits > 0) & (len(widths) > 1 or not widths <= _CODE_WIDTHS)


def _numbers(table: pd.DataFrame, column: str, cells: list[Cell], faults: Faults) -> None:
    numbers = read_number_column(cells)
    table[column] = numbers.values
    for problem in numbers.problems:
        faults.setdefault(problem.position, {})[column] = SetAside.of_number(problem)
    if column == "value":
        table["sign_status"] = numbers.statuses
        _note(faults, column, numbers.is_percent & (table["unit"] != "percent").to_numpy(), _PERCENT_SIGN)


def _statuses(table: pd.DataFrame, faults: Faults) -> pd.Series:
    """Return the status of each row: the word in it, or what the sign in the value's cell or the period's heading says."""
    given = table["value_status"].str.casefold()
    _note(faults, "value_status", ~given.isin([*map(str, ValueStatus), ""]), _NO_STATUS)
    sign = table["sign_status"].replace("", ValueStatus.OBSERVED.value)
    sign = sign.where((sign != ValueStatus.OBSERVED) | (table["period_status"] == ""), table["period_status"])
    parts = [column for column in ("value", *COUNTS) if column in table]
    has_number = table[parts].notna().any(axis=1)
    stated = given.where(
        given != "", sign.where(~has_number | (sign != ValueStatus.MISSING), ValueStatus.OBSERVED.value)
    )
    return stated.where(has_number | given.isin(_WITHOUT_NUMBER), sign)


def _divide(
    table: pd.DataFrame, cells: Mapping[str, list[Cell]], faults: Faults, where: _Place
) -> tuple[pd.DataFrame, list[dict[str, str]]]:
    """Part the rows that are whole from those with a fault, of which every number that was sent is set aside."""
    sent = [column for column in SENT if column in cells]
    rows = table.assign(sheet=where.sheet, cell=[where.address(at, "value") for at in range(len(table))])
    for column in COUNTS:
        if column in cells:
            rows[f"{column}_cell"] = [
                where.address(at, column) if cells[column][at] is not None else "" for at in range(len(rows))
            ]
    kept = rows.drop(index=list(faults))
    refused = []
    for at in sorted(faults):
        known = {**table.loc[at].to_dict(), "file": where.file, "sheet": where.sheet}
        outside = next((reason for column, reason in faults[at].items() if column not in SENT), None)
        for column in sent:
            reason = faults[at].get(column) or outside or COMPANION
            if cells[column][at] is not None:
                place = {**known, "cell": where.address(at, column), "part": column}
                refused.append(quarantine_row(place, cells[column][at], reason))
    return kept, refused


def _note(faults: Faults, column: str, is_wrong: Sequence[bool], reason: SetAside) -> None:
    for position in np.flatnonzero(np.asarray(is_wrong)):
        faults.setdefault(int(position), {}).setdefault(column, reason)


def _text(cell: Cell) -> str:
    if cell is None:
        return ""
    return str(int(cell)) if isinstance(cell, float) and cell.is_integer() else " ".join(str(cell).split())


def _blank(column: str) -> SetAside:
    return SetAside("blank_key", f"ô {column} để trống", f"{column} is blank", f"điền {column}", f"fill in {column}")


_NO_PERIOD = SetAside(
    "unknown_period",
    "kỳ báo cáo không đọc được",
    "the period cannot be read",
    "ghi 2016, 2017-12 hoặc 2016-09/2017-05",
    "write 2016, 2017-12 or 2016-09/2017-05",
)
_NO_STATUS = SetAside(
    "unknown_status",
    "value_status không phải từ quy định",
    "value_status is none of the agreed words",
    f"dùng một trong: {', '.join(ValueStatus)}",
    f"use one of: {', '.join(ValueStatus)}",
)
_LOST_ZEROS = SetAside(
    "lost_zeros",
    "mã địa phương trong ô số đã mất số 0 ở đầu: 17 có thể là 17 hoặc 017",
    "place codes in number cells have lost their leading zeros: 17 may be 17 or 017",
    "định dạng cột là Text rồi nhập lại mã",
    "format the column as text and type the codes again",
)
_PERCENT_SIGN = SetAside(
    "percent_sign",
    "có dấu % nhưng đơn vị không phải phần trăm",
    "it has a per cent sign, but the unit is not percent",
    "ghi số theo đơn vị, hoặc ghi unit là percent",
    "write the number in its unit, or write percent as the unit",
)

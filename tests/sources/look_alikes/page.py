"""A made-up table laid out like a published one, with what must become of each of its cells."""

import unicodedata
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import odf.opendocument
import odf.table
import odf.text
import openpyxl
import xlwt

Key = tuple[str, str, str, str]
"""Place, period, indicator, group."""

MISSING, NOT_APPLICABLE, SUPPRESSED = "missing", "not_applicable", "suppressed"
SIGNS = {"..": MISSING, "…": MISSING, "": MISSING, "-": NOT_APPLICABLE, "x": NOT_APPLICABLE, "<5": SUPPRESSED}


@dataclass
class Page:
    """One file: its rows by sheet, the mappings that describe it, and what is expected of its cells.

    `read`: number (or None) and status by key. `aside`: sheet!cell → check. `sent`: every number written into the file.
    """

    name: str
    traits: str
    sheets: dict[str, list[list[Any]]]
    mappings: list[dict[str, Any]]
    read: dict[Key, tuple[float | None, str]] = field(default_factory=dict)
    where: dict[Key, tuple[str, str]] = field(default_factory=dict)
    aside: dict[str, str] = field(default_factory=dict)
    sent: list[float] = field(default_factory=list)
    merged: Mapping[str, Sequence[str]] = field(default_factory=dict)
    encoding: str = "utf-8-sig"
    delimiter: str = ","

    def add(self, sheet: str, table: "Table") -> None:
        """Take over what a table on one of the sheets expects."""
        self.read |= table.read
        self.where |= {key: (sheet, cell) for key, cell in table.where.items()}
        self.aside |= {f"{sheet}!{cell}": check for cell, check in table.aside.items()}
        self.sent += table.sent

    def write(self, folder: Path) -> Path:
        """Write the file in its own format."""
        path = folder / self.name
        {".csv": _csv, ".txt": _txt, ".xlsx": _xlsx, ".xls": _xls, ".ods": _ods}[path.suffix](self, path)
        return path


@dataclass
class Table:
    """Rows of figures below a header, filled with made-up numbers that differ from cell to cell."""

    top: int
    write: Callable[[float], Any] = float
    decimals: int = 1
    first: float = 11.0
    period_status: Mapping[str, str] = field(default_factory=dict)
    rows: list[list[Any]] = field(default_factory=list)
    read: dict[Key, tuple[float | None, str]] = field(default_factory=dict)
    where: dict[Key, str] = field(default_factory=dict)
    aside: dict[str, str] = field(default_factory=dict)
    sent: list[float] = field(default_factory=list)

    def row(
        self,
        left: Sequence[Any],
        places: str | Sequence[Mapping[str, str]],
        columns: Sequence[Mapping[str, str]],
        *,
        signs: Mapping[int, Any] | None = None,
        right: Sequence[Any] = (),
    ) -> None:
        """Add one row: `left` texts, then a number per column that the keys of row and column name.

        `places`: a place code, "" where the whole row is set aside, or what else the row says. `signs`: what stands in
        the cell of a column instead of its number.
        """
        at = len(self.rows)
        cells: list[Any] = []
        for position, column in enumerate(columns):
            number = round(self.first + 1.37 * at + 0.21 * position, self.decimals)
            cell = (signs or {}).get(position, number)
            cells.append(self.write(cell) if isinstance(cell, float) else None if cell == "" else cell)
            if isinstance(cell, int | float):
                self.sent.append(float(cell))
            self._expect(cell, places, column, f"{_letter(len(left) + position)}{self.top + at}")
        self.rows.append([*left, *cells, *right])

    def text(self, *cells: Any) -> None:
        """Add a row without figures."""
        self.rows.append(list(cells))

    def _expect(self, cell: Any, places: Any, column: Mapping[str, str], address: str) -> None:
        said = {**({"place": places} if isinstance(places, str) else places), **column}
        check = said.get("aside")
        if check:
            if isinstance(cell, int | float):
                self.aside[address] = check
            return
        key = (said["place"], said["period"], said["indicator"], said.get("group", "_T"))
        status = self.period_status.get(said["period"], "observed")
        self.read[key] = (float(cell), status) if isinstance(cell, int | float) else (None, SIGNS[cell])
        self.where[key] = address


def describe(id: str, texts: list[str], begins: str | int, lines: list[dict[str, Any]], **rest: Any) -> dict[str, Any]:
    """Return a mapping of a made-up table; `rest` completes it."""
    return {
        "id": id,
        "title": {"vi": "Bảng giả", "en": "Made-up table"},
        "recognise": {"texts": texts},
        "header": {"begins": begins, "lines": lines},
        "source": "made-up",
        **rest,
    }


def comma(number: float) -> str:
    """Write 1234.5 as 1 234,5."""
    return f"{number:,}".replace(",", " ").replace(".", ",").removesuffix(",0")


def _letter(column: int) -> str:
    return chr(ord("A") + column)


def _csv(page: Page, path: Path) -> None:
    (rows,) = page.sheets.values()

    def shown(cell: Any) -> str:
        is_text = isinstance(cell, str) and cell not in SIGNS and not cell.replace(" ", "").replace(",", "").isdigit()
        return f'"{cell}"' if is_text else "" if cell is None else str(cell)

    text = "\r\n".join(page.delimiter.join(map(shown, row)) for row in rows) + "\r\n"
    path.write_bytes(
        "".join(map(_tone_apart, text)).encode(page.encoding)
        if page.encoding == "cp1258"
        else text.encode(page.encoding)
    )


def _tone_apart(sign: str) -> str:
    """Windows-1258 has no letters with two marks: the tone follows as a sign of its own."""
    signs = unicodedata.normalize("NFD", sign)
    tones = "".join(one for one in signs if one in "\u0300\u0301\u0303\u0309\u0323")
    return unicodedata.normalize("NFC", "".join(one for one in signs if one not in tones)) + tones


def _txt(page: Page, path: Path) -> None:
    """Align the columns with spaces, figures to the right, as text taken from a PDF page."""
    (rows,) = page.sheets.values()
    lines = []
    for row in rows:
        if len(row) < 2:
            lines.append(" " * 12 + str(row[0]) if row else "")
            continue
        cells = ["" if cell is None else str(cell) for cell in row]
        lines.append(f"{cells[0]:<34}" + "".join(f"{cell:>22}" for cell in cells[1:]))
    path.write_text("\n".join(line.rstrip() for line in lines) + "\n", encoding="utf-8")


def _xlsx(page: Page, path: Path) -> None:
    book = openpyxl.Workbook()
    book.remove(book.active)
    for name, rows in page.sheets.items():
        sheet = book.create_sheet(name)
        for row in rows:
            sheet.append(row)
        for area in page.merged.get(name, ()):
            sheet.merge_cells(area)
    book.save(path)


def _xls(page: Page, path: Path) -> None:
    book = xlwt.Workbook()
    for name, rows in page.sheets.items():
        sheet = book.add_sheet(name)
        for at, row in enumerate(rows):
            for column, cell in enumerate(row):
                if cell is not None:
                    sheet.write(at, column, cell)
        for area in page.merged.get(name, ()):
            (left, top), (right, bottom) = ((ord(end[0]) - 65, int(end[1:]) - 1) for end in area.split(":"))
            sheet.merge(top, bottom, left, right)
    book.save(str(path))


def _ods(page: Page, path: Path) -> None:
    book = odf.opendocument.OpenDocumentSpreadsheet()
    for name, rows in page.sheets.items():
        table = odf.table.Table(name=name)
        for row in rows:
            line = odf.table.TableRow()
            for cell in row:
                line.addElement(_ods_cell(cell))
            table.addElement(line)
        book.spreadsheet.addElement(table)
    book.save(str(path))


def _ods_cell(cell: Any) -> Any:
    if isinstance(cell, int | float):
        return odf.table.TableCell(valuetype="float", value=cell)
    made = odf.table.TableCell(valuetype="string") if cell else odf.table.TableCell()
    if cell:
        made.addElement(odf.text.P(text=cell))
    return made

"""Scan the sheets of an xlsx or xlsm workbook (ECMA-376) for what its values alone do not show."""

import posixpath
import re
import zipfile
from typing import BinaryIO
from xml.parsers import expat

from mande.errors import DataError, Problem
from mande.sources.workbook_scan import LONGEST_TEXT, CellBudget, Oddities, Position, local_name, parse_part
from mande.sources.zip_parts import list_parts

_PERCENT_FORMATS = {"9", "10"}
"""Built-in number formats 0% and 0.00% (ECMA-376 part 1, section 18.8.30)."""
_QUOTED = re.compile(r'"[^"]*"|\\.|\[[^\]]*\]')
_REFERENCE = re.compile(r"([A-Z]{1,3})([1-9][0-9]{0,6})")
_TEXT_TYPES = {"s", "str", "inlineStr", "b", "e", "d"}
Parts = dict[str, zipfile.ZipInfo]


def scan_xlsx(file: BinaryIO, name: str) -> dict[str, Oddities]:
    """Return the oddities of each sheet by its name.

    *Raises* DataError with one problem for sheets that are not XML, or that span too many cells.
    """
    parts = {part.lstrip("/"): info for part, info in list_parts(file, name).items()}
    percent_styles = _percent_styles(file, parts, name)
    budget = CellBudget(name)
    found = {}
    for sheet, part in _sheet_parts(file, parts, name).items():
        scan = _SheetScan(budget, percent_styles)
        parse_part(file, parts[part], name, scan.connect)
        found[sheet] = scan.finish()
    return found


def is_percent_format(code: str) -> bool:
    """Tell whether a number format shows a share as a percentage.

    >>> is_percent_format("0.0%"), is_percent_format('0.0" %"')
    (True, False)
    """
    return "%" in _QUOTED.sub("", code)


def _percent_styles(file: BinaryIO, parts: Parts, name: str) -> set[str]:
    """Return the numbers of the cell styles that show a share as a percentage."""
    if "xl/styles.xml" not in parts:
        return set()
    formats, styles, inside = set(_PERCENT_FORMATS), [], []

    def start(tag: str, attributes: dict[str, str]) -> None:
        element = local_name(tag)
        if element in ("cellXfs", "cellStyleXfs", "dxfs"):
            inside[:] = [element]
        elif element == "numFmt" and is_percent_format(attributes.get("formatCode", "")):
            formats.add(attributes.get("numFmtId", ""))
        elif element == "xf" and inside == ["cellXfs"]:
            styles.append(attributes.get("numFmtId", "0"))

    def connect(parser: expat.XMLParserType) -> None:
        parser.StartElementHandler = start

    parse_part(file, parts["xl/styles.xml"], name, connect)
    return {str(number) for number, used in enumerate(styles) if used in formats}


def _sheet_parts(file: BinaryIO, parts: Parts, name: str) -> dict[str, str]:
    """Return the part of each worksheet by the sheet's name, through the workbook's relations."""
    sheets: dict[str, str] = {}
    targets: dict[str, str] = {}

    def start_workbook(tag: str, attributes: dict[str, str]) -> None:
        if local_name(tag) == "sheet":
            relation = next((value for key, value in attributes.items() if key.endswith(":id")), "")
            if attributes.get("name", "") in sheets:
                found = f"two sheets have the name {attributes['name'][:40]}"
                raise DataError(Problem(name, found, "give each sheet its own name"))
            sheets[attributes.get("name", "")] = relation

    def start_relations(tag: str, attributes: dict[str, str]) -> None:
        if local_name(tag) == "Relationship":
            target = attributes.get("Target", "")
            targets[attributes.get("Id", "")] = posixpath.normpath(posixpath.join("/xl", target)).lstrip("/")

    for part, start in (("xl/workbook.xml", start_workbook), ("xl/_rels/workbook.xml.rels", start_relations)):
        if part not in parts:
            raise DataError(Problem(name, f"the workbook has no part {part}", "save it again as .xlsx and send that"))
        parse_part(file, parts[part], name, lambda parser, start=start: setattr(parser, "StartElementHandler", start))
    return {sheet: targets[key] for sheet, key in sheets.items() if targets.get(key) in parts}


class _SheetScan:
    """Follows the elements row, c, f, v and is of one sheet; text is collected for formulas and errors only.

    Most cells of a hostile sheet are empty, so that a cell is placed only when something is found in it.
    """

    def __init__(self, budget: CellBudget, percent_styles: set[str]):
        self._budget, self._percent_styles = budget, percent_styles
        self._row, self._column, self._end = -1, -1, (-1, -1)
        self._cell: dict[str, str] = {}
        self._reference, self._steps = "", 0
        self._formula: list[str] | None = None
        self._value: list[str] | None = None
        self._oddities = Oddities()
        self._elements: dict[str, str] = {}

    def connect(self, parser: expat.XMLParserType) -> None:
        self._parser = parser
        parser.StartElementHandler = self._start

    def finish(self) -> Oddities:
        self._close()
        self._budget.spend_area(self._end[0] + 1, self._end[1] + 1)
        return self._oddities

    def _start(self, tag: str, attributes: dict[str, str]) -> None:
        element = self._elements.get(tag) or self._elements.setdefault(tag, local_name(tag))
        if element == "c":
            if self._formula is not None or self._value is not None:
                self._close()
            self._budget.spend_element()
            self._cell = attributes
            if "r" in attributes:
                self._reference, self._steps = attributes["r"], 0
            else:
                self._steps += 1
        elif element == "row":
            self._close()
            number = attributes.get("r", "")
            self._row = int(number) - 1 if number.isdecimal() and len(number) < 8 else self._row + 1
            self._reference, self._steps = "", 0
        elif element == "mergeCell":
            self._budget.spend_merge()
        elif element in ("f", "v", "is") and (self._reference or self._steps):
            self._place()
            self._fill(element)

    def _place(self) -> None:
        """A cell without a reference of its own follows the last one that had one, or the beginning of its row."""
        matched = _REFERENCE.fullmatch(self._reference)
        column = 0
        if matched is not None:
            self._row = int(matched[2]) - 1
            for letter in matched[1]:
                column = column * 26 + ord(letter) - ord("A") + 1
        self._column = column - 1 + self._steps

    def _fill(self, element: str) -> None:
        row, column = self._end
        self._end = (max(row, self._row), max(column, self._column))
        if element == "f":
            self._formula = []
            self._parser.CharacterDataHandler = self._formula.append
        elif self._formula is not None or self._cell.get("t") == "e":
            self._value = []
            self._parser.CharacterDataHandler = self._value.append
        if element == "v" and self._cell.get("s") in self._percent_styles and self._cell.get("t") not in _TEXT_TYPES:
            self._oddities.percents.add((self._row, self._column))

    def _close(self) -> None:
        """Judge the cell that ends here."""
        if self._formula is not None or self._value is not None:
            self._parser.CharacterDataHandler = None
            value = "".join(self._value or ()).strip()
            if self._cell.get("t") == "e" and value:
                self._oddities.note(self._position(), "formula_error", value)
            elif self._formula is not None and not value and self._cell.get("t") != "str":
                formula = "=" + "".join(self._formula).strip()[:LONGEST_TEXT]
                self._oddities.note(self._position(), "formula_without_value", formula)
            self._formula = self._value = None
        self._cell = {}

    def _position(self) -> Position:
        return self._row, self._column

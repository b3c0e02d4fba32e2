"""Scan the sheets of an ods workbook (OpenDocument 1.3) for what its values alone do not show."""

from typing import BinaryIO
from xml.parsers import expat

from mande.errors import DataError, Problem
from mande.sources.workbook_scan import CellBudget, Oddities, parse_part
from mande.sources.zip_parts import list_parts

_LARGEST_REPEAT = 1 << 24


def scan_ods(file: BinaryIO, name: str) -> dict[str, Oddities]:
    """Return the oddities of each sheet by its name; repeated cells count as often as they stand there.

    *Raises* DataError with one problem for content that is not XML, or that spans too many cells.
    """
    parts = list_parts(file, name)
    if "content.xml" not in parts:
        raise DataError(Problem(name, "the workbook has no content", "save it again and send that"))
    scan = _ContentScan(CellBudget(name))
    parse_part(file, parts["content.xml"], name, scan.connect)
    return scan.finish()


class _ContentScan:
    """Follows table, row and cell elements; the prefixes are those that every OpenDocument writer uses."""

    def __init__(self, budget: CellBudget):
        self._budget = budget
        self._sheets: dict[str, Oddities] = {}
        self._row, self._rows, self._column, self._end = 0, 0, 0, (0, 0)

    def connect(self, parser: expat.XMLParserType) -> None:
        parser.StartElementHandler = self._start

    def finish(self) -> dict[str, Oddities]:
        self._budget.spend_area(*self._end)
        return self._sheets

    def _start(self, tag: str, attributes: dict[str, str]) -> None:
        if tag == "table:table":
            self._budget.spend_area(*self._end)
            self._sheets[attributes.get("table:name", "")] = Oddities()
            self._row, self._rows, self._column, self._end = 0, 0, 0, (0, 0)
        elif tag == "table:table-row":
            self._row, self._column = self._row + self._rows, 0
            self._rows = _repeats(attributes, "table:number-rows-repeated")
        elif tag in ("table:table-cell", "table:covered-table-cell") and self._sheets:
            self._budget.spend_element()
            self._cell(attributes)

    def _cell(self, attributes: dict[str, str]) -> None:
        start = self._column
        self._column += _repeats(attributes, "table:number-columns-repeated")
        kind, formula = attributes.get("office:value-type", ""), attributes.get("table:formula", "")
        if not kind and not formula:
            return
        self._end = (max(self._end[0], self._row + self._rows), max(self._end[1], self._column))
        CellBudget(self._budget.name).spend_area(*self._end)
        found = next(reversed(self._sheets.values()))
        positions = [
            (row, column) for row in range(self._row, self._row + self._rows) for column in range(start, self._column)
        ]
        if kind == "percentage":
            found.percents.update(positions)
        is_error = attributes.get("calcext:value-type") == "error"
        for position in positions if is_error or not kind else ():
            if is_error:
                found.note(position, "formula_error", "#ERROR!")
            else:
                found.note(position, "formula_without_value", "=" + formula.partition("=")[2])


def _repeats(attributes: dict[str, str], key: str) -> int:
    text = attributes.get(key, "1")
    return min(int(text), _LARGEST_REPEAT) if text.isdecimal() and len(text) < 10 else 1

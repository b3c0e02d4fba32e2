"""What calamine does not tell: uncomputed formulas, errors and percentages of a workbook, and how far its cells span.

The sheets are read as a stream, so that a workbook made to fill the memory is refused before it is loaded.
"""

import zipfile
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import BinaryIO
from xml.parsers import expat

from mande.errors import DataError, Problem
from mande.sources.zip_parts import inflate

MOST_CELLS = 6_000_000
"""Filled area of one workbook, rows × columns over all its sheets."""
MOST_ELEMENTS = 8_000_000
"""Cells of one workbook, filled or only formatted."""
MOST_MERGED = 100_000
"""Merged ranges of one workbook."""
LONGEST_TEXT = 200
"""Characters of a formula or an error that are kept."""
Position = tuple[int, int]
OnStart = Callable[[str, dict[str, str]], None]


@dataclass(frozen=True)
class Oddities:
    """Cells of one sheet by position (row, column): `texts` of formulas and errors, their `kinds`, `percents`."""

    texts: dict[Position, str] = field(default_factory=dict)
    kinds: dict[Position, str] = field(default_factory=dict)
    percents: set[Position] = field(default_factory=set)

    def note(self, position: Position, kind: str, text: str) -> None:
        """Keep the text of a cell that holds no value of its own."""
        self.kinds[position], self.texts[position] = kind, text[:LONGEST_TEXT]


class CellBudget:
    """Counts the cells of one workbook and raises DataError when there are more than can be held."""

    def __init__(self, name: str):
        self.name, self.area, self.elements, self.merged = name, 0, 0, 0

    def spend_element(self) -> None:
        """Count one cell that is written in the file."""
        self.elements += 1
        if self.elements > MOST_ELEMENTS:
            self._refuse(f"it holds more than {MOST_ELEMENTS:,} cells, filled or only formatted")

    def spend_area(self, rows: int, columns: int) -> None:
        """Count the places between the first and the last filled cell of a sheet."""
        self.area += rows * columns
        if self.area > MOST_CELLS:
            self._refuse(f"its filled cells span {self.area:,} places, the limit is {MOST_CELLS:,}")

    def spend_merge(self) -> None:
        """Count one merged range."""
        self.merged += 1
        if self.merged > MOST_MERGED:
            self._refuse(f"it merges more than {MOST_MERGED:,} ranges of cells")

    def _refuse(self, found: str) -> None:
        raise DataError(Problem(self.name, found, "copy the filled cells into a new workbook, or send a CSV file"))


def parse_part(
    file: BinaryIO, info: zipfile.ZipInfo, name: str, connect: Callable[[expat.XMLParserType], None]
) -> None:
    """Stream one XML part through the handlers that `connect` sets; no entity is ever declared or fetched.

    *Raises* DataError with one problem for what is not plain XML.
    """
    parser = expat.ParserCreate()
    parser.buffer_text = True
    connect(parser)

    def refuse_entities(*_: object) -> None:
        raise DataError(Problem(name, "its XML declares entities, as no workbook does", "do not open this file"))

    parser.StartDoctypeDeclHandler = refuse_entities
    try:
        for piece in inflate(file, info, name):
            parser.Parse(piece, False)
        parser.Parse(b"", True)
    except expat.ExpatError as error:
        found = f"its part {info.filename[:80]} is no XML ({expat.ErrorString(error.code)})"
        raise DataError(Problem(name, found, "open it, save it as .xlsx and send that")) from None


def local_name(tag: str) -> str:
    """Return the name of an element or attribute without its prefix.

    >>> local_name("x:row")
    'row'
    """
    return tag.rpartition(":")[2]

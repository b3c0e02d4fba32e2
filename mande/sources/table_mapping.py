"""The description of a free table: where its header and first columns stand and what their texts mean.

The files are `data/mappings/*.yaml`; `docs/mappings.md` explains them.
"""

import datetime as dt
import re
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Annotated, Any, Literal, Self

from pydantic import Field, field_validator, model_validator

from mande.errors import DataError, DefinitionError, Problem
from mande.framework.citation import Code, Model, Text
from mande.framework.explain import validate
from mande.framework.yaml_file import read_yaml
from mande.sources.number_text import ZERO, Locale
from mande.sources.workbooks import Sheet
from mande.vocabulary import Level, ValueStatus

Role = Literal["place", "place_code", "period", "indicator", "dimension_value", "note"]
Coordinate = Literal["place_code", "period", "indicator", "part", "dimension", "dimension_value"]
SKIP = "skip"
"""Written for a label whose rows or columns are left out by statement, such as "Tăng/giảm"."""
_FIRST_ROWS = 30
_ITEM_NUMBER = re.compile(r"^\s*(?:\d{1,3}|[IVX]{1,5}|[A-HĐ]|[a-hđ])\s*[.)\]:]\s*(?=[^\d\s])")
_NOTE_MARK = re.compile(r"\s*(?:\(\s*(?:\*+|\d{1,2})\s*\)|\*+|[\u00b9\u00b2\u00b3]+)\s*$")


class Heading(Model):
    """What one header line or one column left of the numbers holds, and what its texts mean."""

    holds: Annotated[tuple[Role, ...], Field(min_length=1)]
    labels: dict[str, dict[Coordinate, str] | Literal["skip"]] = {}
    dimension: str = ""

    @field_validator("holds", mode="before")
    @classmethod
    def _one_or_many(cls, value: Any) -> Any:
        return (value,) if isinstance(value, str) else tuple(value) if isinstance(value, list) else value

    @model_validator(mode="before")
    @classmethod
    def _plain_labels(cls, value: Any) -> Any:
        """A label may be written as the plain code of what the heading holds."""
        labels = value.get("labels") if isinstance(value, dict) else None
        if not isinstance(labels, dict):
            return value
        coordinate = _coordinate(value.get("holds"))
        plain = {
            str(text): {coordinate: meant} if coordinate and isinstance(meant, str) and meant != SKIP else meant
            for text, meant in labels.items()
        }
        return {**value, "labels": plain}

    @model_validator(mode="after")
    def _needs_dimension(self) -> Self:
        if "dimension_value" in self.holds and not self.dimension:
            raise ValueError("a heading of dimension values needs the key 'dimension', such as sex or residence")
        return self


class Column(Heading):
    """A column left of the numbers; `fill_down` where a text stands only in the first of the rows that it is for.

    `sections` are headings such as "Số trường học" that say something for all rows down to the next of them.
    """

    column: Annotated[str, Field(pattern=r"^[A-Z]{1,2}$")]
    fill_down: bool = False
    sections: dict[str, dict[Coordinate, str]] = {}


class Header(Model):
    """`begins`: the number of the first header row, or a text that stands in it; its lines from top to bottom."""

    begins: int | str
    lines: Annotated[tuple[Heading, ...], Field(min_length=1)]


class Recognise(Model):
    """Texts that must all stand in the first rows of a sheet, whatever their capitals, spaces and marks."""

    texts: Annotated[tuple[str, ...], Field(min_length=1)]
    sheet: str = ""


class PlaceRule(Model):
    """The levels at which names are looked up, in this order; `date` if it is not the end of the last period."""

    levels: Annotated[tuple[Level, ...], Field(min_length=1)]
    parent: str = ""
    date: dt.date | None = None


class NumberRule(Model):
    """How numbers are written, where it is known; what a sign means here: zero or a value status."""

    decimal: Locale | None = None
    signs: dict[str, Literal["zero", "missing", "not_applicable", "suppressed"]] = {}


class Measured(Model):
    """What an indicator of the table is measured in and counted by."""

    unit: str
    basis: str = ""
    definition: str = ""
    note: str = ""


class TableMapping(Model):
    """One kind of free table."""

    id: Code
    title: Text
    recognise: Recognise
    header: Header
    columns: tuple[Column, ...] = ()
    fixed: dict[Coordinate, str] = {}
    indicators: Annotated[dict[str, Measured], Field(min_length=1)]
    places: PlaceRule
    numbers: NumberRule = NumberRule()
    school_years: bool = False
    source: str
    edition: str = ""
    confidence: str = "text"

    @model_validator(mode="after")
    def _names_everything(self) -> Self:
        headings = (*self.header.lines, *self.columns)
        held = {role for heading in headings for role in heading.holds} | {str(key) for key in self.fixed}
        meanings = [meaning for heading in headings for meaning in heading.labels.values() if meaning != SKIP]
        meanings += [meaning for column in self.columns for meaning in column.sections.values()]
        named = {str(key) for meaning in meanings for key in meaning}
        for coordinate, ways in (
            ("place", {"place", "place_code"}),
            ("period", {"period"}),
            ("indicator", {"indicator"}),
        ):
            if not ways & (held | named):
                raise ValueError(
                    f"nothing says which {coordinate} a number belongs to: let a heading hold it, or fix it"
                )
        used = [self.fixed.get("indicator"), *(meaning.get("indicator") for meaning in meanings)]
        unknown = sorted({indicator for indicator in used if indicator} - set(self.indicators))
        if unknown:
            raise ValueError(f"the indicators {', '.join(unknown)} are not described under 'indicators'")
        return self


def load_mappings(folder: Path) -> dict[str, TableMapping]:
    """Read every mapping of a folder, by its id; a folder that does not exist has none.

    *Raises* DefinitionError with all problems of all files.
    """
    mappings: dict[str, TableMapping] = {}
    problems: list[Problem] = []
    for path in sorted(folder.glob("*.yaml")):
        mapping, found = _read_mapping(path)
        problems += found
        if mapping is not None and mapping.id in mappings:
            problems.append(Problem(path.name, f"another file has the id '{mapping.id}', too", "give it its own id"))
        elif mapping is not None:
            mappings[mapping.id] = mapping
    if problems:
        raise DefinitionError(problems)
    return mappings


def find_mapping(
    path: Path, sheets: Sequence[Sheet], mappings: Mapping[str, TableMapping] | Iterable[TableMapping]
) -> TableMapping | None:
    """Choose the mapping whose texts all stand in the file, whatever the file's name; None where none fits.

    *Raises* DataError where two fit equally well.
    """
    known = mappings.values() if isinstance(mappings, Mapping) else mappings
    fitting = [mapping for mapping in known if matching_sheets(sheets, mapping)]
    most = max((len(mapping.recognise.texts) for mapping in fitting), default=0)
    best = [mapping for mapping in fitting if len(mapping.recognise.texts) == most]
    if len(best) > 1:
        found = f"the mappings {', '.join(sorted(mapping.id for mapping in best))} fit equally well"
        raise DataError(Problem(path.name, found, "give one of them another text under 'recognise'"))
    return best[0] if best else None


def matching_sheets(sheets: Sequence[Sheet], mapping: TableMapping) -> list[Sheet]:
    """Return the sheets in whose first rows all texts of the mapping stand."""
    wanted = [fold(text) for text in mapping.recognise.texts]
    found = []
    for sheet in sheets:
        top = " | ".join(fold(str(cell)) for row in sheet.rows[:_FIRST_ROWS] for cell in row if cell is not None)
        named = not mapping.recognise.sheet or fold(mapping.recognise.sheet) == fold(sheet.name)
        if named and all(text in top for text in wanted):
            found.append(sheet)
    return found


def fold(text: str) -> str:
    """Return a text for comparison: without capitals, item numbers, footnote marks and differences of spacing.

    >>> fold("  I.  THÀNH THỊ (1)"), fold("2015.0")
    ('thành thị', '2015')
    """
    text = " ".join(text.replace("\u200b", "").split())
    text = _NOTE_MARK.sub("", _ITEM_NUMBER.sub("", text))
    return (text[:-2] if re.fullmatch(r"\d+\.0", text) else text).casefold()


def meaning_of_sign(word: str) -> str:
    """Return the status word of `numbers.signs`, as `numbers.read_number_column` takes it."""
    return ZERO if word == ZERO else ValueStatus(word).value


def _read_mapping(path: Path) -> tuple[TableMapping | None, list[Problem]]:
    file, problems = read_yaml(path, path.name)
    if file is None:
        return None, problems
    mapping, findings = validate(TableMapping, file.value, ())
    return mapping, [*problems, *file.problems(findings)]


def _coordinate(holds: Any) -> str:
    """Return the coordinate that a plain label of such a heading gives; the last role where it holds two."""
    roles = (
        [holds] if isinstance(holds, str) else [role for role in holds or () if role != "period"] or list(holds or ())
    )
    role = roles[-1] if roles else ""
    return (
        "place_code"
        if role == "place"
        else role
        if role in ("period", "indicator", "dimension_value", "place_code")
        else ""
    )

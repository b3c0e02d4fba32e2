"""The description of a free table: where its header and first columns stand and what their texts mean.

The files are `data/mappings/*.yaml`; `docs/mappings.md` explains them.
"""

import datetime as dt
import re
import unicodedata
from collections.abc import Iterator
from pathlib import Path
from typing import Annotated, Any, Literal, Self

from pydantic import Field, field_validator, model_validator

from mande.errors import DefinitionError, Problem
from mande.framework.citation import Code, Model, Text
from mande.framework.explain import validate
from mande.framework.yaml_file import Finding, Path_, read_yaml
from mande.sources.number_text import ZERO, Locale
from mande.vocabulary import Level, ValueStatus

Role = Literal["place", "place_code", "period", "indicator", "dimension_value", "note"]
Coordinate = Literal["place_code", "period", "indicator", "part", "dimension", "dimension_value"]
SKIP, SUBTOTAL = "skip", "subtotal"
"""Written for a label whose rows or columns are left out by statement, such as "Tăng/giảm"; a subtotal is first held
against the rows below it."""
LEFT_OUT = (SKIP, SUBTOTAL)
OPEN = "?"
"""Stands in a drafted mapping where somebody has to say something first."""
_ITEM_NUMBER = re.compile(r"^\s*(?:\d{1,3}|[IVX]{1,5}|[A-HĐ]|[a-hđ])\s*[.)\]:]\s*(?=[^\d\s])")
_WORD = re.compile(r"[^\W\d_]+")
_TONES = frozenset("\u0300\u0301\u0303\u0309\u0323")
_LIKE_SIGNS = str.maketrans(
    {**dict.fromkeys("\u2010\u2011\u2012\u2013\u2014\u2015\u2212", "-"), "ƣ": "ư", "Ƣ": "Ư", "\u200b": "", "\ufeff": ""}
)
"""Dashes are one; ƣ stands for ư in texts taken from older PDF files."""
_NOTE_MARK = re.compile(r"\s*(?:\(\s*(?:\*+|\d{1,2})\s*\)|\*+|[\u00b9\u00b2\u00b3]+)\s*$")


class Heading(Model):
    """What one header line or one column left of the numbers holds, and what its texts mean."""

    holds: tuple[Role, ...]
    labels: dict[str, dict[Coordinate, str] | Literal["skip", "subtotal"]] = {}
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
            str(text): {coordinate: meant} if coordinate and isinstance(meant, str) and meant not in LEFT_OUT else meant
            for text, meant in labels.items()
        }
        return {**value, "labels": plain}

    @model_validator(mode="after")
    def _needs_dimension(self) -> Self:
        if not self.holds:
            raise ValueError("holds names nothing: write place, period, indicator, dimension_value or note")
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


class HeaderLine(Heading):
    """One line of a header; `rows` where it stands in several rows, such as "Sơ bộ" above "Prel. 2019"."""

    rows: Annotated[int, Field(ge=1, le=6)] = 1


class Header(Model):
    """`begins`: the number of the first header row, or a text that stands in it (or one of several); its lines follow."""

    begins: int | str | Annotated[tuple[str, ...], Field(min_length=1)]
    lines: Annotated[tuple[HeaderLine, ...], Field(min_length=1)]

    @property
    def texts(self) -> tuple[str, ...]:
        """The texts of which one stands in the first row; none where the row's number is given."""
        return () if isinstance(self.begins, int) else (self.begins,) if isinstance(self.begins, str) else self.begins

    @property
    def height(self) -> int:
        """How many rows the header takes."""
        return sum(line.rows for line in self.lines)


class Recognise(Model):
    """Texts that must all stand in or about a table, whatever their capitals, spaces and marks."""

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
    two_way_groups: bool = False
    source: str
    edition: str = ""
    confidence: str = "text"

    @model_validator(mode="after")
    def _names_everything(self) -> Self:
        headings = (*self.header.lines, *self.columns)
        held = {role for heading in headings for role in heading.holds} | {str(key) for key in self.fixed}
        meanings = [
            meaning for heading in headings for meaning in heading.labels.values() if not isinstance(meaning, str)
        ]
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
        groups = [self.fixed, *meanings]
        for group in groups:
            if "dimension" in group and "dimension_value" not in group:
                raise ValueError(f"the dimension {group['dimension']} needs a dimension_value beside it")
            if "." in group.get("dimension", "") + group.get("dimension_value", ""):
                raise ValueError("a dimension or dimension_value has no full stop: it stands between two-way groups")
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


def fold(text: str) -> str:
    """Return a text for comparison: without capitals, item numbers, footnote marks, differences of spacing and dashes.

    Where a tone mark stands within its syllable does not count, nor whether letter and mark are one sign or two.

    >>> fold("  I.  THÀNH THỊ (1)") == fold("Thành thị"), fold("2015.0"), fold("Hoà – Lƣơng") == fold("Hòa - Lương")
    (True, '2015', True)
    """
    text = " ".join(unicodedata.normalize("NFC", text).translate(_LIKE_SIGNS).split())
    text = _NOTE_MARK.sub("", _ITEM_NUMBER.sub("", text))
    text = text[:-2] if re.fullmatch(r"\d+\.0", text) else text
    return text.casefold() if text.isascii() else _WORD.sub(_tone_last, text.casefold())


def _tone_last(word: re.Match[str]) -> str:
    signs = unicodedata.normalize("NFD", word[0])
    tones = "".join(sign for sign in signs if sign in _TONES)
    return "".join(sign for sign in signs if sign not in _TONES) + tones


def meaning_of_sign(word: str) -> str:
    """Return the status word of `numbers.signs`, as `numbers.read_number_column` takes it."""
    return ZERO if word == ZERO else ValueStatus(word).value


def _read_mapping(path: Path) -> tuple[TableMapping | None, list[Problem]]:
    file, problems = read_yaml(path, path.name)
    if file is None:
        return None, problems
    questions = list(_open_questions(file.value, ()))
    if questions:
        return None, [*problems, *file.problems(questions)]
    mapping, findings = validate(TableMapping, file.value, ())
    return mapping, [*problems, *file.problems(map(_in_own_words, findings))]


def _open_questions(value: Any, where: Path_) -> Iterator[Finding]:
    """What `mande mapping` could not say: each "?" that is still there."""
    if value == OPEN:
        yield Finding(where, 'a "?" of the draft still stands here', "put the answer in its place")
    elif isinstance(value, dict):
        for key, inside in value.items():
            yield from _open_questions(OPEN if key == OPEN else inside, (*where, key))
    elif isinstance(value, list):
        for at, inside in enumerate(value):
            yield from _open_questions(inside, (*where, at))


def _in_own_words(finding: Finding) -> Finding:
    """A rule of the model above says itself what is wrong and what to do."""
    said = finding.cure.partition("alue error, ")[2]
    found, _, cure = said.partition(": ")
    return Finding(finding.path, found, cure or "mend the mapping, see docs/mappings.md") if said else finding


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

"""What the cells of each row of figures say: numbers, the status of the row, and what cannot be taken over."""

import math
import re
from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from typing import Any

from mande.sources.forms.form_layout import AskedRow, FormLayout, cell_value
from mande.sources.forms.questionnaire import multiplier
from mande.sources.forms.wording import form_words
from mande.sources.numbers import LONGEST_FOUND, read_number_column
from mande.sources.workbooks import Sheet
from mande.vocabulary import ValueStatus

SIGNS = {"-": "zero", "--": "zero", "---": "zero"}
"""In a count that a unit fills in itself a dash says "no such case"; "…" says that there is no figure."""

_GROUPED = re.compile(r"\d{1,3}([.,\s]\d{3})+")
_NO_NUMBER = {"not_collected": ValueStatus.MISSING, "not_applicable": ValueStatus.NOT_APPLICABLE}
_WITH_NUMBER = {
    "official": ValueStatus.OBSERVED,
    "provisional": ValueStatus.PROVISIONAL,
    "estimated": ValueStatus.ESTIMATED,
}


@dataclass
class Entry:
    """One number cell: what was written, the number in it, or its status."""

    cell: str
    raw: Any
    number: float
    status: str
    is_bad: bool = False

    @property
    def is_blank(self) -> bool:
        return self.raw is None or (isinstance(self.raw, str) and not self.raw.strip())

    @property
    def is_number(self) -> bool:
        return not self.is_bad and not math.isnan(self.number)


@dataclass
class Row:
    """One row as taken over; `set_aside` holds part, cell, found, check and words of what was not."""

    asked: AskedRow
    note: str = ""
    numerator: float = math.nan
    denominator: float = math.nan
    value: float = math.nan
    status: str = ValueStatus.MISSING.value
    set_aside: list[dict[str, str]] = field(default_factory=list)


def read_rows(layout: FormLayout, figures: Sheet, *, known: Collection[str]) -> list[Row]:
    """Read every question of a form; `known` are the ids of the indicators that exist today."""
    rows = [Row(asked, note=_text(cell_value(figures, asked.cells["note"]))) for asked in layout.questions]
    entries: list[dict[str, Entry]] = [{} for _ in rows]
    for part in ("numerator", "denominator", "value"):
        positions = [p for p, row in enumerate(rows) if part in row.asked.cells]
        for position, entry in zip(positions, _entries(rows, positions, part, figures), strict=True):
            entries[position][part] = entry
    for row, parts in zip(rows, entries, strict=True):
        if row.asked.indicator not in known:
            for part, entry in parts.items():
                _refuse(row, part, entry, "unknown_indicator")
        elif parts:
            _settle(row, parts, _text(cell_value(figures, row.asked.cells["status"])))
    return rows


def _entries(rows: list[Row], positions: list[int], part: str, figures: Sheet) -> list[Entry]:
    cells = [rows[position].asked.cells[part] for position in positions]
    raw = [cell_value(figures, cell) for cell in cells]
    is_whole = [rows[position].asked.kind != "number" for position in positions]
    column = read_number_column(_ungrouped(raw, is_whole), signs=SIGNS)
    entries = [
        Entry(cell, found, float(value), str(status))
        for cell, found, value, status in zip(cells, raw, column.values, column.statuses, strict=True)
    ]
    for problem in column.problems:
        entry = entries[problem.position]
        entry.is_bad = True
        words = {key: getattr(problem, key) for key in ("message_vi", "message_en", "cure_vi", "cure_en")}
        aside = {"part": part, "cell": entry.cell, "found": problem.found, "check_id": f"number.{problem.kind}"}
        rows[positions[problem.position]].set_aside.append(aside | words)
    for position, entry, whole, percent in zip(positions, entries, is_whole, column.is_percent, strict=True):
        if percent and whole:
            _refuse(rows[position], part, entry, "percent_instead_of_count")
        elif whole and entry.is_number and not entry.number.is_integer():
            _refuse(rows[position], part, entry, "not_whole")
    return entries


def _ungrouped(raw: Sequence[Any], is_whole: Sequence[bool]) -> list[Any]:
    """Where a whole number is asked, 1.234 and 1,234 and 1 234 typed as text can only be 1234."""
    return [
        int(re.sub(r"\D", "", cell)) if whole and isinstance(cell, str) and _GROUPED.fullmatch(cell.strip()) else cell
        for cell, whole in zip(raw, is_whole, strict=True)
    ]


def _settle(row: Row, parts: dict[str, Entry], status_text: str) -> None:
    """Bring the numbers and the status of a row together; what contradicts the status is set aside."""
    status = _status(row, status_text)
    if status in _NO_NUMBER:
        for part, entry in parts.items():
            if entry.is_number:
                _refuse(row, part, entry, "status_contradicts")
        row.status = _NO_NUMBER[status].value
        return
    if status == "none_occurred":
        _none_occurred(row, parts)
    _take_over(row, parts)
    if not math.isnan(row.value) or row.status == ValueStatus.NOT_APPLICABLE:
        return
    row.status = _written_status(parts)
    if status in _WITH_NUMBER and all(entry.is_blank for entry in parts.values()):
        part, entry = next(iter(parts.items()))
        _refuse(row, part, entry, "number_missing", found=status_text)
    _refuse_half(row, parts)


def _none_occurred(row: Row, parts: dict[str, Entry]) -> None:
    """ "No case": the count is 0, and any other number contradicts it."""
    part, entry = next(iter(parts.items()))
    if entry.is_number and entry.number != 0:
        _refuse(row, part, entry, "status_contradicts")
    elif not entry.is_bad:
        entry.number, entry.raw = 0.0, entry.raw if not entry.is_blank else 0


def _take_over(row: Row, parts: dict[str, Entry]) -> None:
    numbers = {part: entry.number if entry.is_number else math.nan for part, entry in parts.items()}
    if "value" in parts:
        row.value = numbers["value"]
    else:
        row.numerator, row.denominator = numbers["numerator"], numbers["denominator"]
        if row.denominator > 0:
            row.value = row.numerator / row.denominator * multiplier(row.asked.unit)
        elif row.denominator == 0 and row.numerator == 0:
            row.status = ValueStatus.NOT_APPLICABLE.value
    if not math.isnan(row.value):
        row.status = _status_of_value(row, parts)


def _status_of_value(row: Row, parts: dict[str, Entry]) -> str:
    """The weakest of what the status column and the cells themselves say ("ước 120" is an estimate)."""
    said = {entry.status for entry in parts.values()} | {row.status}
    for weaker in (ValueStatus.ESTIMATED, ValueStatus.PROVISIONAL):
        if weaker in said:
            return weaker.value
    return ValueStatus.OBSERVED.value


def _written_status(parts: dict[str, Entry]) -> str:
    """The status of a row without a value, from the signs in its cells; missing unless all of them say otherwise."""
    said = {entry.status for entry in parts.values()}
    only = said.pop() if len(said) == 1 else ""
    kept = (ValueStatus.SUPPRESSED, ValueStatus.NOT_APPLICABLE)
    return only if only in kept else ValueStatus.MISSING.value


def _refuse_half(row: Row, parts: dict[str, Entry]) -> None:
    """One part of a ratio without the other cannot be used; the blank cell is the one to mend."""
    if len(parts) == 2 and any(entry.is_number for entry in parts.values()):
        for part, entry in parts.items():
            if entry.is_blank:
                _refuse(row, part, entry, "part_missing")


def _status(row: Row, text: str) -> str:
    """Return the id of the status that was chosen; blank for none."""
    for name, words in form_words()["statuses"].items():
        if text.casefold() in (words["vi"], words["en"]):
            row.status = _WITH_NUMBER.get(name, ValueStatus.MISSING).value
            return str(name)
    if text:
        entry = Entry(row.asked.cells["status"], text, math.nan, "")
        _refuse(row, "value", entry, "unknown_status")
    return ""


def _refuse(row: Row, part: str, entry: Entry, kind: str, *, found: str | None = None) -> None:
    if entry.is_bad:
        return
    entry.is_bad = True
    words = form_words()["quarantine"][f"form.{kind}"]
    shown = _text(entry.raw) if found is None else found
    shown = shown if len(shown) <= LONGEST_FOUND else shown[: LONGEST_FOUND - 1] + "…"
    aside = {"part": part, "cell": entry.cell, "found": _text(entry.raw)[:LONGEST_FOUND], "check_id": f"form.{kind}"}
    aside |= {f"message_{lang}": words["message"][lang].format(found=shown) for lang in ("vi", "en")}
    row.set_aside.append(aside | {f"cure_{lang}": words["cure"][lang] for lang in ("vi", "en")})


def _text(cell: Any) -> str:
    if cell is None:
        return ""
    if isinstance(cell, float) and cell.is_integer():
        return str(int(cell))
    return str(cell).strip()

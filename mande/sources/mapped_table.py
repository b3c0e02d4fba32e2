"""Read free tables, such as pages of statistical yearbooks, by the mapping that describes them."""

import datetime as dt
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from mande.errors import DataError, Problem
from mande.places.register import Register
from mande.sources.headings import PLACE_TEXT, STATUS, Meaning
from mande.sources.number_text import Locale
from mande.sources.numbers import Cell, NumberColumn, read_number_column
from mande.sources.periods import period_bounds
from mande.sources.place_labels import Asked, FoundPlace, match_labels
from mande.sources.reading import Reading
from mande.sources.sent_values import COMPANION, SetAside, observation_table, quarantine_row, quarantine_table
from mande.sources.snapshot import hash_file
from mande.sources.table_layout import Layout, is_value, lay_out
from mande.sources.table_mapping import TableMapping, matching_sheets, meaning_of_sign
from mande.sources.workbooks import Sheet, address
from mande.vocabulary import TOTAL, ValueStatus

KEY = ("indicator", "place_code", "period", "dimension", "dimension_value")
PARTS = ("value", "numerator", "denominator")
PERCENT = "percent"
SAID_TWICE = "said_twice"


@dataclass(frozen=True)
class _Sent:
    """One cell that was sent: where it stands, what it holds, what it belongs to, its number or why it has none."""

    sheet: str
    cell: str
    content: Cell
    coordinates: Mapping[str, str]
    number: float = float("nan")
    status: str = ""
    reason: SetAside | None = None

    def key(self) -> tuple[str, ...]:
        return tuple(self.coordinates.get(column, "") for column in KEY)


def read_mapped(path: Path, sheets: Sequence[Sheet], mapping: TableMapping, *, places: Register) -> Reading:
    """Read all sheets that the mapping describes.

    *One row per* indicator × place × period × dimension value (observations); cell that was sent and set aside
    (quarantined). *Needs* the sheets of `workbooks.read_sheets` and a mapping of `table_mapping.load_mappings`.
    *Adds* the address of every value, numerator and denominator.
    *Missing values* a blank cell of a known row and column is an observation with the status missing.
    Names that are not exact, headings that the mapping does not know, numbers that may be two and cells that say one
    thing twice are set aside, never guessed; numbers of sheets that the mapping does not describe are set aside, too.
    *Raises* DataError when no sheet fits the mapping, or a header is not where it says.
    """
    fitting = matching_sheets(sheets, mapping)
    if not fitting:
        found = f"no sheet holds the texts by which the mapping {mapping.id} knows its table"
        raise DataError(Problem(path.name, found, "choose another mapping, or mend 'recognise'"))
    sent = [cell for sheet in fitting for cell in _read_sheet(sheet, mapping, path, places)]
    sent += [cell for sheet in sheets if sheet not in fitting for cell in _unmapped(sheet)]
    sent = _without_repeats(sent)
    rows, refused = _observations(sent, mapping)
    snapshot = hash_file(path)
    return Reading(
        kind="mapped",
        observations=observation_table(rows, file=path.name, snapshot=snapshot),
        quarantined=quarantine_table([_quarantined(cell, path) for cell in refused]),
    )


def _read_sheet(sheet: Sheet, mapping: TableMapping, path: Path, places: Register) -> list[_Sent]:
    layout = lay_out(sheet, mapping, path)
    meanings = {
        (row, column): _with_defaults(layout.rows[row].joined(layout.columns[column]))
        for row in _data_rows(sheet, layout)
        for column in layout.columns
    }
    found = _places(meanings, mapping, places)
    sent = []
    for column in layout.columns:
        rows = [row for row, at in meanings if at == column]
        cells = [_cell(sheet, row, column) for row in rows]
        numbers = read_number_column(cells, locale=_locale(mapping), signs=_signs(mapping))
        reasons = {problem.position: SetAside.of_number(problem) for problem in numbers.problems}
        for position, (row, cell) in enumerate(zip(rows, cells, strict=True)):
            meaning = _placed(meanings[row, column], found)
            reason = meaning.reason or reasons.get(position) or _percent_fault(numbers, position, meaning, mapping)
            if meaning.reason and not is_value(cell):
                continue  # A word beside an unknown heading is no figure that could be lost.
            sent.append(_one(sheet, (row, column), meaning, numbers, (position, reason)))
    stray = [
        _Sent(sheet.name, address(*at), _cell(sheet, *at), {}, reason=reason) for at, reason in layout.stray.items()
    ]
    return sent + stray


def _one(
    sheet: Sheet, at: tuple[int, int], meaning: Meaning, numbers: NumberColumn, known: tuple[int, SetAside | None]
) -> _Sent:
    position, reason = known
    status = str(numbers.statuses[position])
    given = meaning.coordinates.get(STATUS, "")
    status = given if given and status == ValueStatus.OBSERVED else status
    number = float(numbers.values[position])
    return _Sent(sheet.name, address(*at), _cell(sheet, *at), meaning.coordinates, number, status, reason)


def _data_rows(sheet: Sheet, layout: Layout) -> list[int]:
    """Leave out rows without anything in the data columns, unless they name a place that simply sent nothing."""
    kept = []
    for row, meaning in layout.rows.items():
        has_cells = any(_cell(sheet, row, column) is not None for column in layout.columns)
        names_place = "place_code" in meaning.coordinates or PLACE_TEXT in meaning.coordinates
        if has_cells or (names_place and not meaning.reason):
            kept.append(row)
    return kept


def _with_defaults(meaning: Meaning) -> Meaning:
    return Meaning(
        {"part": "value", "dimension": TOTAL, "dimension_value": TOTAL, **meaning.coordinates}, meaning.reason
    )


def _places(
    meanings: Mapping[tuple[int, int], Meaning], mapping: TableMapping, places: Register
) -> dict[str, FoundPlace]:
    """Match all names of a sheet at once, at the end of its last period unless the mapping says when."""
    texts = [meaning.coordinates[PLACE_TEXT] for meaning in meanings.values() if PLACE_TEXT in meaning.coordinates]
    ends = [period_bounds(m.coordinates["period"])[1] for m in meanings.values() if m.coordinates.get("period")]
    date = mapping.places.date or max(ends, default=dt.date(1900, 1, 1))
    found = match_labels(texts, places, Asked(mapping.places.levels, mapping.places.parent, date))
    codes = {meaning.coordinates.get("place_code", "") for meaning in meanings.values()} - {""}
    known = set(places.at(date)["place_code"])
    reason = f"is no place code on {date}"
    return found | {code: FoundPlace(code if code in known else "", reason, ()) for code in codes}


def _placed(meaning: Meaning, found: Mapping[str, FoundPlace]) -> Meaning:
    """Put the code in the place of the name, or say why there is none, and what else the cell lacks."""
    coordinates = dict(meaning.coordinates)
    text = coordinates.pop(PLACE_TEXT, "") if not coordinates.get("place_code") else coordinates["place_code"]
    place = found.get(text)
    if place is not None:
        coordinates["place_code"] = place.place_code
    if meaning.reason:
        return Meaning(coordinates, meaning.reason)
    if place is not None and not place.place_code:
        return Meaning(coordinates, _unknown_place(text, place))
    lacking = [column for column in ("indicator", "place_code", "period") if not coordinates.get(column)]
    return Meaning(coordinates, _lacking(lacking) if lacking else None)


def _percent_fault(numbers: NumberColumn, position: int, meaning: Meaning, mapping: TableMapping) -> SetAside | None:
    measured = mapping.indicators.get(meaning.coordinates.get("indicator", ""))
    is_value_part = meaning.coordinates.get("part") == "value"
    if measured is None or not numbers.is_percent[position] or (is_value_part and measured.unit == PERCENT):
        return None
    return _PERCENT_SIGN


def _without_repeats(sent: list[_Sent]) -> list[_Sent]:
    """Set aside figures that stand twice: the later one where both say the same, both where they differ."""
    groups: dict[tuple[str, ...], list[int]] = defaultdict(list)
    for position, cell in enumerate(sent):
        if cell.reason is None:
            groups[(*cell.key(), cell.coordinates["part"])].append(position)
    judged = list(sent)
    for positions in groups.values():
        is_same = len({(str(sent[at].number), sent[at].status) for at in positions}) == 1
        for at in positions[1:] if is_same else positions:
            judged[at] = replace(sent[at], reason=_twice([sent[one].cell for one in positions], is_same=is_same))
    return judged


def _observations(sent: list[_Sent], mapping: TableMapping) -> tuple[list[dict[str, object]], list[_Sent]]:
    """Join the parts of each figure; a figure of which one part was set aside is set aside whole."""
    groups: dict[tuple[str, ...], dict[str, _Sent]] = defaultdict(dict)
    broken = {cell.key() for cell in sent if cell.reason and all(cell.key()) and cell.reason.check_id != SAID_TWICE}
    refused = [cell for cell in sent if cell.reason]
    for cell in sent:
        if cell.reason is None and cell.key() in broken:
            if cell.content is not None:
                refused.append(replace(cell, reason=COMPANION))
        elif cell.reason is None:
            groups[cell.key()][cell.coordinates["part"]] = cell
    return [_observation(key, parts, mapping) for key, parts in groups.items()], refused


def _observation(key: tuple[str, ...], parts: Mapping[str, _Sent], mapping: TableMapping) -> dict[str, object]:
    first = parts.get("value") or next(iter(parts.values()))
    measured = mapping.indicators[key[0]]
    cells = {f"{part}_cell": parts[part].cell for part in PARTS[1:] if part in parts}
    return {
        **dict(zip(KEY, key, strict=True)),
        **{part: cell.number for part, cell in parts.items()},
        **cells,
        **measured.model_dump(),
        "value_status": first.status,
        "source": mapping.source,
        "edition": mapping.edition,
        "confidence": mapping.confidence,
        "sheet": first.sheet,
        "cell": first.cell,
        "form_version": mapping.id,
    }


def _unmapped(sheet: Sheet) -> list[_Sent]:
    return [
        _Sent(sheet.name, address(row, column), cell, {}, reason=_UNMAPPED_SHEET)
        for row, cells in enumerate(sheet.rows)
        for column, cell in enumerate(cells)
        if is_value(cell)
    ]


def _quarantined(sent: _Sent, path: Path) -> dict[str, str]:
    where = {**sent.coordinates, "file": path.name, "sheet": sent.sheet, "cell": sent.cell}
    return quarantine_row(where, sent.content, sent.reason)


def _cell(sheet: Sheet, row: int, column: int) -> Cell:
    cells = sheet.rows[row]
    return cells[column] if column < len(cells) else None


def _locale(mapping: TableMapping) -> Locale | None:
    return mapping.numbers.decimal


def _signs(mapping: TableMapping) -> dict[str, str]:
    return {sign: meaning_of_sign(word) for sign, word in mapping.numbers.signs.items()}


def _unknown_place(text: str, place: FoundPlace) -> SetAside:
    shown, likely = " ".join(text.split())[:60], ", ".join(place.suggestions[:5])
    return SetAside(
        "unknown_place",
        f'"{shown}" không phải tên một địa phương vào thời điểm đó',
        f'"{shown}" {place.reason}',
        f"sửa tên{f'; có phải là {likely}?' if likely else ''}, hoặc ghi mã vào mô tả bảng",
        f"correct the name{f'; did you mean {likely}?' if likely else ''}, or give its code in the mapping",
    )


def _lacking(columns: list[str]) -> SetAside:
    listed = ", ".join(columns)
    return SetAside(
        "incomplete_heading",
        f"không rõ số liệu này thuộc {listed} nào",
        f"nothing says which {listed} this figure belongs to",
        "điền đủ tiêu đề hàng và cột",
        "fill in the headings of its row and column",
    )


def _twice(cells: list[str], *, is_same: bool) -> SetAside:
    listed = ", ".join(cells[:5])
    return SetAside(
        SAID_TWICE if is_same else "contradiction",
        f"cùng một số liệu đứng ở nhiều ô: {listed}",
        f"one figure stands in several cells: {listed}",
        "chỉ giữ một ô",
        "keep one of them",
    )


_PERCENT_SIGN = SetAside(
    "percent_sign",
    "có dấu % nhưng chỉ tiêu không tính bằng phần trăm",
    "it has a per cent sign, but the indicator is not measured in per cent",
    "ghi số theo đơn vị của bảng",
    "write the number in the unit of the table",
)
_UNMAPPED_SHEET = SetAside(
    "unmapped_sheet",
    "mô tả bảng không nói gì về sheet này",
    "the mapping says nothing about this sheet",
    "bỏ sheet này, hoặc mô tả nó",
    "leave the sheet out, or describe it",
)

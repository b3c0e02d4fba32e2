"""Read free tables, such as pages of statistical yearbooks, by the mappings that describe them."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from mande.errors import DataError, Problem
from mande.places.register import Register
from mande.sources.headings import PLACE_TEXT, STATUS, Meaning
from mande.sources.numbers import Cell, NumberColumn, read_number_column
from mande.sources.reading import Reading
from mande.sources.sent_values import COMPANION, SetAside, observation_table, quarantine_row, quarantine_table
from mande.sources.snapshot import hash_file
from mande.sources.subtotals import Figure, judge_subtotals
from mande.sources.table_layout import Layout, is_value, lay_out
from mande.sources.table_mapping import TableMapping, meaning_of_sign
from mande.sources.table_places import place_meanings
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
    mapping: TableMapping | None = None

    def key(self) -> tuple[str, ...]:
        return tuple(self.coordinates.get(column, "") for column in KEY)


def read_mapped(
    path: Path, sheets: Sequence[Sheet], mappings: TableMapping | Iterable[TableMapping], *, places: Register
) -> Reading:
    """Read all tables that the mappings describe, on any sheet and one below the other.

    *One row per* indicator × place × period × dimension value (observations); cell that was sent and set aside
    (quarantined). *Needs* the sheets of `workbooks.read_sheets` and mappings of `table_mapping.load_mappings`.
    *Adds* the address of every value, numerator and denominator.
    *Missing values* a blank cell of a known row and column is an observation with the status missing.
    Names that are not exact, headings that no mapping knows, numbers that may be two and cells that say one thing
    twice are set aside, never guessed; numbers outside the tables that are described are set aside, too.
    *Raises* DataError when no table fits, or two mappings fit one equally well.
    """
    known = (mappings,) if isinstance(mappings, TableMapping) else tuple(mappings)
    laid_out = [(sheet, *lay_out(sheet, known, path)) for sheet in sheets]
    if not any(layouts for _, layouts, _ in laid_out):
        listed = ", ".join(mapping.id for mapping in known)
        found = f"no sheet holds a table as the mapping {listed} describes it"
        raise DataError(Problem(path.name, found, "choose another mapping, or mend 'recognise' and 'header'"))
    sent: list[_Sent] = []
    for sheet, layouts, stray in laid_out:
        sent += _read_sheet(sheet, layouts, places)
        sent += [_Sent(sheet.name, address(*at), _cell(sheet, *at), {}, reason=why) for at, why in stray.items()]
    rows, refused = _observations(_without_repeats(sent))
    return Reading(
        kind="mapped",
        observations=observation_table(rows, file=path.name, snapshot=hash_file(path)),
        quarantined=quarantine_table([_quarantined(cell, path) for cell in refused]),
    )


def _read_sheet(sheet: Sheet, layouts: Sequence[Layout], places: Register) -> list[_Sent]:
    """Read the tables of a sheet; a subtotal is held against its rows, also where they stand on the next page."""
    sent: list[_Sent] = []
    tables: list[tuple[TableMapping, dict[tuple[int, int], Figure]]] = []
    for layout in layouts:
        cells, figures = _read_table(sheet, layout, places)
        sent += cells
        if layout.continues and tables:
            tables[-1][1].update(figures)
        else:
            tables.append((layout.mapping, figures))
    differing = {
        address(*at): reason for mapping, figures in tables for at, reason in judge_subtotals(figures, mapping).items()
    }
    return [replace(one, reason=differing.get(one.cell, one.reason)) for one in sent]


def _read_table(sheet: Sheet, layout: Layout, places: Register) -> tuple[list[_Sent], dict[tuple[int, int], Figure]]:
    mapping = layout.mapping
    meanings = {
        (row, column): _with_defaults(layout.rows[row].joined(layout.columns[column], crosses=mapping.two_way_groups))
        for row in _data_rows(sheet, layout)
        for column in layout.columns
    }
    placed = place_meanings(meanings, mapping, places)
    sent: list[_Sent] = []
    figures: dict[tuple[int, int], Figure] = {}
    for column in layout.columns:
        rows = [row for row, at in meanings if at == column]
        cells = [_cell(sheet, row, column) for row in rows]
        numbers = read_number_column(cells, locale=mapping.numbers.decimal, signs=_signs(mapping))
        reasons = {problem.position: SetAside.of_number(problem) for problem in numbers.problems}
        for position, (row, cell) in enumerate(zip(rows, cells, strict=True)):
            meaning = placed[row, column]
            reason = meaning.reason or reasons.get(position) or _percent_fault(numbers, position, meaning, mapping)
            if meaning.reason and not is_value(cell):
                continue  # A word beside an unknown heading is no figure that could be lost.
            figures[row, column] = Figure(float(numbers.values[position]), meaning, reason)
            sent.append(replace(_one(sheet, (row, column), meaning, numbers, (position, reason)), mapping=mapping))
    return sent, figures


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
        names_place = "place_code" in meaning.coordinates or PLACE_TEXT in meaning.coordinates
        names_place = names_place and row not in layout.section_rows
        has_cells = any(_cell(sheet, row, column) is not None for column in layout.columns)
        if has_cells or (names_place and not meaning.reason):
            kept.append(row)
    return kept


def _with_defaults(meaning: Meaning) -> Meaning:
    return Meaning(
        {"part": "value", "dimension": TOTAL, "dimension_value": TOTAL, **meaning.coordinates}, meaning.reason
    )


def _percent_fault(numbers: NumberColumn, position: int, meaning: Meaning, mapping: TableMapping) -> SetAside | None:
    measured = mapping.indicators.get(meaning.coordinates.get("indicator", ""))
    is_value_part = meaning.coordinates.get("part") == "value"
    if measured is None or not numbers.is_percent[position] or (is_value_part and measured.unit == PERCENT):
        return None
    return _PERCENT_SIGN


def _without_repeats(sent: list[_Sent]) -> list[_Sent]:
    """Set aside figures that stand twice: the later one where both say the same, both where they differ.

    A blank cell says nothing against a filled one, as where a name stands again below it in the other language.
    """
    groups: dict[tuple[str, ...], list[int]] = defaultdict(list)
    filled = {_figure(cell) for cell in sent if cell.reason is None and cell.content is not None}
    sent = [cell for cell in sent if cell.reason or cell.content is not None or _figure(cell) not in filled]
    for position, cell in enumerate(sent):
        if cell.reason is None:
            groups[_figure(cell)].append(position)
    judged = list(sent)
    for positions in groups.values():
        is_same = len({(str(sent[at].number), sent[at].status) for at in positions}) == 1
        for at in positions[1:] if is_same else positions:
            judged[at] = replace(sent[at], reason=_twice([sent[one].cell for one in positions], is_same=is_same))
    return judged


def _figure(cell: _Sent) -> tuple[str, ...]:
    return (*cell.key(), cell.coordinates["part"])


def _observations(sent: list[_Sent]) -> tuple[list[dict[str, object]], list[_Sent]]:
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
    return [_observation(key, parts) for key, parts in groups.items()], refused


def _observation(key: tuple[str, ...], parts: Mapping[str, _Sent]) -> dict[str, object]:
    first = parts.get("value") or next(iter(parts.values()))
    mapping = first.mapping
    assert mapping is not None  # Only cells of a table that a mapping describes come this far.
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


def _quarantined(sent: _Sent, path: Path) -> dict[str, str]:
    where = {**sent.coordinates, "file": path.name, "sheet": sent.sheet, "cell": sent.cell}
    return quarantine_row(where, sent.content, sent.reason)


def _cell(sheet: Sheet, row: int, column: int) -> Cell:
    cells = sheet.rows[row]
    return cells[column] if column < len(cells) else None


def _signs(mapping: TableMapping) -> dict[str, str]:
    return {sign: meaning_of_sign(word) for sign, word in mapping.numbers.signs.items()}


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

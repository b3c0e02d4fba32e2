"""Which tables a sheet holds, one below the other: each header row with the mapping that describes it."""

import re
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import NamedTuple

from mande.errors import DataError, Problem
from mande.sources.headings import BETWEEN_LANGUAGES
from mande.sources.numbers import Cell
from mande.sources.table_mapping import TableMapping, fold
from mande.sources.workbooks import Sheet

_CONTINUED = re.compile(r"tiếp theo|\(tiếp|\bcont(?:inued)?\b", re.I)
_SMALL_PRINT = re.compile(r"\W*(?:đơn vị|đvt|unit|nguồn|source|ghi chú|note\b|\(?\*|\(?\d+\W*$)", re.I)


class Block(NamedTuple):
    """One table of a sheet: rows from its header (`top`) up to `end`; `mapping` is None where nothing describes it.

    `continues`: the block is a further page of the table before it.
    """

    mapping: TableMapping | None
    top: int
    end: int
    continues: bool


def find_mappings(
    path: Path, sheets: Sequence[Sheet], mappings: Mapping[str, TableMapping] | Sequence[TableMapping]
) -> tuple[TableMapping, ...]:
    """Choose the mappings that describe tables of the file, whatever the file's name; none where nothing fits.

    *Raises* DataError where two fit one table equally well, or the texts of one stand there but not its header.
    """
    known = list(mappings.values() if isinstance(mappings, Mapping) else mappings)
    chosen = [block.mapping for sheet in sheets for block in find_blocks(sheet, known, path) if block.mapping]
    if not chosen:
        _refuse_lost_headers(path, sheets, known)
    return tuple({mapping.id: mapping for mapping in chosen}.values())


def find_blocks(sheet: Sheet, mappings: Sequence[TableMapping], path: Path) -> list[Block]:
    """Return the tables of a sheet from top to bottom.

    A table is described by a mapping whose texts all stand between the header above and its own header; failing that,
    by one whose texts stand in its rows or above the first table. A further header of the same kind without a title
    of its own is the next page of the table before it.

    *Raises* DataError where two mappings fit one table equally well.
    """
    known = [one for one in mappings if not one.recognise.sheet or fold(one.recognise.sheet) == fold(sheet.name)]
    texts = fold_rows(sheet.rows) if known else []
    heads = _header_rows(sheet.rows, texts, known)
    blocks: list[Block] = []
    tops = list(heads)
    for position, top in enumerate(tops):
        end = tops[position + 1] if position + 1 < len(tops) else len(sheet.rows)
        above = tops[position - 1] + 1 if position else 0
        titles = _titles(sheet.rows[above:top])
        best = _best(heads[top], texts, (above, top, end, tops[0]), titles)
        if len(best) > 1:
            listed = ", ".join(sorted(one.id for one in best))
            found = f"the mappings {listed} fit equally well"
            raise DataError(Problem(path.name, found, "give one of them another text under 'recognise'"))
        before = blocks[-1].mapping if blocks else None
        continues = not best and before in heads[top] and _is_next_page(titles)
        blocks.append(Block(best[0] if best else before if continues else None, top, end, continues))
    return blocks


def _best(
    mappings: Sequence[TableMapping], texts: list[list[str]], rows: tuple[int, int, int, int], titles: list[str]
) -> list[TableMapping]:
    """Return the mappings that fit best; one whose texts hold all of another's and more is the closer one.

    Above a further table, one text at least must stand in a title of its own.
    """
    above, top, end, first = rows
    own = " | ".join(map(fold, titles))
    close = [one for one in mappings if _stands(one, texts[above : top + one.header.height])]
    loose = [
        one
        for one in mappings
        if _stands(one, texts[:first] + texts[above:end])
        and (top == first or any(text in own for text in _wanted(one)))
    ]
    best = _most_texts(close) or _most_texts(loose)
    wider = [one for one in loose if best and _wanted(one) > _wanted(best[0])]
    return _most_texts(wider) or best


def _most_texts(mappings: Sequence[TableMapping]) -> list[TableMapping]:
    most = max((len(one.recognise.texts) for one in mappings), default=0)
    return [one for one in mappings if len(one.recognise.texts) == most]


def _wanted(mapping: TableMapping) -> set[str]:
    return {fold(text) for text in mapping.recognise.texts}


def _stands(mapping: TableMapping, texts: list[list[str]]) -> bool:
    whole = " | ".join(text for row in texts for text in row)
    return all(text in whole for text in _wanted(mapping))


def _header_rows(
    rows: Sequence[Sequence[Cell]], texts: list[list[str]], mappings: Sequence[TableMapping]
) -> dict[int, list[TableMapping]]:
    """Return the rows in which a header begins, in order, each with the mappings that have such a header."""
    heads: dict[int, list[TableMapping]] = {}
    for mapping in mappings:
        for at in _beginnings(texts, mapping):
            lines = rows[at : at + mapping.header.height]
            if sum(cell is not None for row in lines for cell in row) > 1:
                heads.setdefault(at, []).append(mapping)
    kept: dict[int, list[TableMapping]] = {}
    below = 0
    for at in sorted(heads):
        if at >= below:
            kept[at] = heads[at]
            below = at + max(one.header.height for one in heads[at])
    return kept


def _beginnings(texts: list[list[str]], mapping: TableMapping) -> list[int]:
    begins = mapping.header.begins
    if isinstance(begins, int):
        first = texts[begins - 1] if 0 < begins <= len(texts) else []
        return [at for at, row in enumerate(texts) if first and row == first]
    wanted = {fold(text) for text in mapping.header.texts}
    return [at for at, row in enumerate(texts) if not wanted.isdisjoint(row)]


def fold_rows(rows: Sequence[Sequence[Cell]]) -> list[list[str]]:
    """Return the texts of each row for comparison, each whole and by its languages."""
    known: dict[str, list[str]] = {}
    folded = []
    for row in rows:
        texts: list[str] = []
        for cell in row:
            if isinstance(cell, str):
                if cell not in known:
                    known[cell] = list(dict.fromkeys([fold(cell), *map(fold, BETWEEN_LANGUAGES.split(cell.strip()))]))
                texts += known[cell]
            elif cell is not None:
                texts.append(str(cell).removesuffix(".0"))
        folded.append(texts)
    return folded


def _titles(between: Sequence[Sequence[Cell]]) -> list[str]:
    """The texts that stand alone in their row, below the last row with several cells."""
    titles: list[str] = []
    for row in between:
        filled = [str(cell) for cell in row if cell is not None]
        titles = titles + filled if len(filled) == 1 else titles if not filled else []
    return titles


def _is_next_page(titles: list[str]) -> bool:
    """Tell whether no other title stands between the last figures and a header."""
    return any(_CONTINUED.search(text) for text in titles) or all(_SMALL_PRINT.match(text) for text in titles)


def _refuse_lost_headers(path: Path, sheets: Sequence[Sheet], mappings: Sequence[TableMapping]) -> None:
    """A table whose title a mapping knows, but not its header, is no unknown table: the mapping needs mending."""
    for sheet in sheets:
        texts = fold_rows(sheet.rows)
        for mapping in mappings:
            named = not mapping.recognise.sheet or fold(mapping.recognise.sheet) == fold(sheet.name)
            if named and _stands(mapping, texts):
                where = f"{path.name} sheet {sheet.name}"
                begins = '" or "'.join(mapping.header.texts) or f"row {mapping.header.begins}"
                found = f'no cell holds "{begins}", where the header begins'
                raise DataError(Problem(where, found, f"mend the mapping {mapping.id}"))

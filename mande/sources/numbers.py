"""Numbers as people type them: one decimal mark per column, decided from all its cells, never cell by cell."""

import datetime as dt
import math
import re
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

from mande.sources.number_problems import NUMBER_PROBLEMS
from mande.sources.number_text import SIGNS, Locale, Written, read_written, value_of
from mande.vocabulary import ValueStatus

Cell = str | float | int | bool | dt.datetime | dt.date | dt.time | dt.timedelta | None
LONGEST_FOUND = 40
"""Characters of a cell that are shown back to its sender."""
CLEAR_MAJORITY = 10
"""How many times more cells must prove one locale than the other before it counts for cells that read both ways."""
LEAST_NEIGHBOURS = 3
"""Cells with decimals that it takes to say that another has lost its decimal mark."""


class Percent(float):
    """A number cell that its workbook shows as a percentage, in per cent: 4.5 where Excel shows 4.5%."""


@dataclass(frozen=True)
class NumberProblem:
    """A cell of a column that is no number: its position, what kind of problem, and the words for it."""

    position: int
    kind: str
    found: str
    message_vi: str
    message_en: str
    cure_vi: str
    cure_en: str


@dataclass(frozen=True)
class NumberColumn:
    """The cells of one column as numbers, position by position.

    `values` is NaN where there is no number; `statuses` holds `ValueStatus` words and is "" where there is a problem;
    `is_percent` says that the cell was written with a per cent sign (the value is in per cent). `locale` is the decimal
    mark that was decided on, None where no cell needed one.
    """

    values: np.ndarray
    statuses: np.ndarray
    is_percent: np.ndarray
    problems: tuple[NumberProblem, ...]
    locale: Locale | None


def read_number_column(
    cells: Sequence[Cell], *, locale: Locale | None = None, signs: Mapping[str, str] | None = None
) -> NumberColumn:
    """Read the cells of one column.

    *Needs* cells as `workbooks.read_sheets` gives them; `locale` where the mapping states it; `signs`, what a sign
    means here when it is not what `number_text.SIGNS` says ("zero" for the number 0).
    *Missing values* NaN with the status missing, not_applicable or suppressed; a blank cell is missing, never 0.
    A cell that is not certain is NaN with the status "" and a problem; nothing is guessed.

    >>> column = read_number_column(["1.234", "4,5", "…", "12/3"])
    >>> column.values[:2].tolist(), column.statuses[2], column.problems[0].kind
    ([1234.0, 4.5], 'missing', 'two_numbers')
    """
    known = {**SIGNS, **{sign.casefold(): meaning for sign, meaning in (signs or {}).items()}}
    cache: dict[str, Written] = {}
    written: list[Written | float] = []
    for cell in cells:
        if type(cell) is str:
            if cell not in cache:
                cache[cell] = read_written(cell, known)
            written.append(cache[cell])
        else:
            written.append(_read_typed(cell))
    return _assemble(cells, written, _decide(written, locale))


def shorten(found: object) -> str:
    """Return the text of a cell as it is shown to its sender, at most `LONGEST_FOUND` characters, on one line.

    >>> shorten("4,5\\n")
    '4,5'
    """
    found = int(found) if isinstance(found, float) and found.is_integer() else found
    text = "".join(sign if sign.isprintable() else " " for sign in str(found)).strip()
    return text if len(text) <= LONGEST_FOUND else text[: LONGEST_FOUND - 1] + "…"


_BLANK = Written(status=ValueStatus.MISSING)


def _read_typed(cell: Cell) -> Written | float:
    """Read a cell that is no text: a real number carries no locale and is taken as it is."""
    if cell is None:
        return _BLANK
    if isinstance(cell, bool | np.bool_):
        return Written(problem="truth_value")
    if isinstance(cell, int | float | np.number):
        return float(cell) if math.isfinite(cell) else Written(problem="not_finite")
    return Written(problem="date")


class _Decision(NamedTuple):
    """The locale of a column, the locales that are odd in it, and whether it settles the cells that read both ways."""

    locale: Locale | None
    odd: frozenset[Locale]
    settles: bool


def _decide(written: list[Written | float], stated: Locale | None) -> _Decision:
    """Decide from what the cells prove; unless nearly all prove the same, the open ones are asked about."""
    proofs = Counter(one.evidence for one in written if type(one) is Written and one.evidence)
    if stated is not None:
        return _Decision(stated, frozenset(Locale) - {stated}, True)
    ranked = proofs.most_common()
    if len(ranked) < 2:
        return _Decision(ranked[0][0] if ranked else None, frozenset(), bool(ranked))
    if ranked[0][1] == ranked[1][1]:
        return _Decision(None, frozenset(Locale), False)
    settles = ranked[0][1] >= CLEAR_MAJORITY * ranked[1][1]
    return _Decision(ranked[0][0], frozenset({ranked[1][0]}), settles)


def _assemble(cells: Sequence[Cell], written: list[Written | float], decision: _Decision) -> NumberColumn:
    size = len(written)
    values, statuses = np.full(size, np.nan), np.full(size, "", dtype=object)
    is_percent = np.zeros(size, dtype=bool)
    kinds: dict[int, str] = {}
    for position, one in enumerate(written):
        if type(one) is float:
            values[position], statuses[position] = one, ValueStatus.OBSERVED.value
            is_percent[position] = type(cells[position]) is Percent
            continue
        value, kind = _value(one, decision)
        if kind:
            kinds[position] = kind
            continue
        values[position], statuses[position], is_percent[position] = value, str(one.status), one.is_percent
    for position in _lost_separators(written, values):
        kinds[position] = "lost_separator"
        values[position], statuses[position], is_percent[position] = np.nan, "", False
    problems = tuple(_problem(position, kinds[position], cells[position]) for position in sorted(kinds))
    return NumberColumn(values, statuses, is_percent, problems, decision.locale)


def _value(one: Written, decision: _Decision) -> tuple[float, str]:
    """Return the number of a cell in the column's locale, or the kind of problem."""
    if one.problem:
        return math.nan, one.problem
    if one.evidence in decision.odd:
        return math.nan, "other_locale"
    if one.is_open and not decision.settles:
        return math.nan, "ambiguous_locale"
    if not one.digits:
        return math.nan, ""
    value = value_of(one, decision.locale or Locale.POINT)
    return (value, "") if math.isfinite(value) else (math.nan, "not_finite")


def _lost_separators(written: list[Written | float], values: np.ndarray) -> list[int]:
    """Find 1506 among 1.596, 1.623 and 1.471: digits without the decimals that all others have, far above them all."""
    marked, bare, decimals = [], [], set()
    for position, one in enumerate(written):
        if type(one) is float or not one.digits or math.isnan(values[position]):
            continue
        value = values[position]
        if value != int(value) or (one.evidence and not one.digits.isdigit()):
            marked.append(value)
            decimals.add(len(re.split("[.,]", one.digits)[-1]))
        elif one.digits.isdigit():
            bare.append(position)
    if len(marked) < LEAST_NEIGHBOURS or len(decimals) > 1 or len(bare) > len(marked) // LEAST_NEIGHBOURS:
        return []
    shift, highest, lowest = 10.0 ** decimals.pop(), max(marked), min(marked)
    return [p for p in bare if values[p] > 10 * highest and lowest / 2 <= values[p] / shift <= 2 * highest]


def _problem(position: int, kind: str, cell: Cell) -> NumberProblem:
    found = shorten(cell)
    wording = NUMBER_PROBLEMS[kind]
    return NumberProblem(
        position,
        kind,
        found,
        wording.message_vi.format(found=found),
        wording.message_en.format(found=found),
        wording.cure_vi,
        wording.cure_en,
    )

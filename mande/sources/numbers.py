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
    distinct: dict[str, int] = {}
    forms: list[Written] = [_PLAIN_NUMBER, _BLANK]
    values, which = np.full(len(cells), np.nan), np.zeros(len(cells), dtype=np.intp)
    for position, cell in enumerate(cells):
        if type(cell) is str:
            form = distinct.get(cell)
            if form is None:
                form = distinct[cell] = len(forms)
                forms.append(read_written(cell, known))
            which[position] = form
        elif cell is None:
            which[position] = _BLANK_FORM
        else:
            problem = _problem_of_typed(cell)
            if problem:
                which[position] = len(forms)
                forms.append(Written(problem=problem))
            else:
                values[position] = cell
    return _assemble(cells, forms, _Read(values, which), locale)


def shorten(found: object) -> str:
    """Return the text of a cell as it is shown to its sender, at most `LONGEST_FOUND` characters, on one line.

    >>> shorten("4,5\\n")
    '4,5'
    """
    found = int(found) if isinstance(found, float) and found.is_integer() else found
    text = "".join(sign if sign.isprintable() else " " for sign in str(found)).strip()
    return text if len(text) <= LONGEST_FOUND else text[: LONGEST_FOUND - 1] + "…"


_PLAIN_NUMBER, _BLANK = Written(), Written(status=ValueStatus.MISSING)
_PLAIN_FORM, _BLANK_FORM = 0, 1


class _Read(NamedTuple):
    """Real numbers as they stand, and for every cell which of the distinct forms it has."""

    values: np.ndarray
    which: np.ndarray


def _problem_of_typed(cell: Cell) -> str:
    """Judge a cell that is no text: a real number carries no locale and is taken as it is."""
    if isinstance(cell, bool | np.bool_):
        return "truth_value"
    if isinstance(cell, int | float | np.number):
        return "" if math.isfinite(cell) else "not_finite"
    return "date"


class _Decision(NamedTuple):
    """The locale of a column, the locales that are odd in it, and whether it settles the cells that read both ways."""

    locale: Locale | None
    odd: frozenset[Locale]
    settles: bool


def _decide(forms: list[Written], counts: np.ndarray, stated: Locale | None) -> _Decision:
    """Decide from what the cells prove; unless nearly all prove the same, the open ones are asked about."""
    if stated is not None:
        return _Decision(stated, frozenset(Locale) - {stated}, True)
    proofs: Counter[Locale] = Counter()
    for form, count in zip(forms, counts.tolist(), strict=True):
        if form.evidence:
            proofs[form.evidence] += count
    ranked = proofs.most_common()
    if len(ranked) < 2:
        return _Decision(ranked[0][0] if ranked else None, frozenset(), bool(ranked))
    if ranked[0][1] == ranked[1][1]:
        return _Decision(None, frozenset(Locale), False)
    settles = ranked[0][1] >= CLEAR_MAJORITY * ranked[1][1]
    return _Decision(ranked[0][0], frozenset({ranked[1][0]}), settles)


def _assemble(cells: Sequence[Cell], forms: list[Written], read: _Read, stated: Locale | None) -> NumberColumn:
    """Judge each distinct form once, then give every cell what its form says."""
    counts = np.bincount(read.which, minlength=len(forms))
    decision = _decide(forms, counts, stated)
    judged = [_value(form, decision) for form in forms]
    numbers, kinds = np.array([number for number, _ in judged]), [kind for _, kind in judged]
    for form in _lost_separators(forms, numbers, counts):
        kinds[form] = "lost_separator"
        numbers[form] = np.nan
    words = np.array(["" if kind else str(form.status) for form, kind in zip(forms, kinds, strict=True)], dtype=object)
    has_sign = np.array([form.is_percent and not kind for form, kind in zip(forms, kinds, strict=True)])
    is_real = read.which == _PLAIN_FORM
    is_percent = has_sign[read.which] | np.fromiter((type(cell) is Percent for cell in cells), bool, len(cells))
    has_problem = np.array([bool(kind) for kind in kinds])[read.which]
    problems = tuple(_problem(int(at), kinds[read.which[at]], cells[at]) for at in np.flatnonzero(has_problem))
    values = np.where(is_real, read.values, numbers[read.which])
    return NumberColumn(values, words[read.which], is_percent, problems, decision.locale)


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


def _lost_separators(forms: list[Written], numbers: np.ndarray, counts: np.ndarray) -> list[int]:
    """Find 1506 among 1.596, 1.623 and 1.471: digits without the decimals that all others have, far above them all."""
    marked, bare, decimals, n_marked = [], [], set(), 0
    for at, form in enumerate(forms):
        if not form.digits or math.isnan(numbers[at]):
            continue
        if form.digits.isdigit():
            bare.append(at)
        elif numbers[at] != int(numbers[at]) or form.evidence:
            marked.append(numbers[at])
            n_marked += int(counts[at])
            decimals.add(len(re.split("[.,]", form.digits)[-1]))
    n_bare = int(counts[bare].sum())
    if n_marked < LEAST_NEIGHBOURS or len(decimals) > 1 or n_bare > n_marked // LEAST_NEIGHBOURS:
        return []
    shift, highest, lowest = 10.0 ** decimals.pop(), max(marked), min(marked)
    return [at for at in bare if numbers[at] > 10 * highest and lowest / 2 <= numbers[at] / shift <= 2 * highest]


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

"""Rows of a text whose columns are aligned with spaces, as tables come out of PDF pages."""

import re
from itertools import pairwise
from typing import NamedTuple

LEAST_GAPS = 2
"""Gaps of two spaces or more that a line of figures has."""
LEAST_LINES = 2
LONGEST_GAP = 3
"""Lines without figures in a row after which another table begins."""
_TOKEN = re.compile(r"\S+(?: \S+)*")
_GAP = re.compile(r"[^\s,;|] {2,}(?=\S)")
_FIGURE = re.compile(r"[(<+-]?\d[\d .,]*(?:%|\(\S{1,3}\)|\*)*|\.{2,}|…|[-–x]|\(c\)", re.I)


class _Token(NamedTuple):
    text: str
    start: int
    end: int


def is_aligned(text: str) -> bool:
    """Tell whether most lines with figures have them apart by spaces, and no other sign stands between the cells.

    >>> is_aligned("Huyện      2015     2016\\nĐà Bắc     1,5      2,5\\nKim Bôi    3,5      4,5\\n")
    True
    """
    lines = [line for line in text.splitlines()[:500] if any(sign.isdigit() for sign in line)]
    wide = [line for line in lines if len(_GAP.findall(line)) >= LEAST_GAPS and "\t" not in line]
    return len(wide) >= LEAST_LINES and 2 * len(wide) > len(lines) and all(";" not in line for line in wide)


def read_aligned_rows(text: str) -> list[tuple[str | None, ...]]:
    """Return every line as a row; where its columns are is decided for each table from all its lines of figures.

    A heading over several columns stands in the first of them. The lines of a title become single cells.
    """
    lines = [[_Token(m[0], *m.span()) for m in _TOKEN.finditer(line)] for line in text.expandtabs().splitlines()]
    rows: list[tuple[str | None, ...]] = []
    for start, end in _tables(lines):
        rows += _rows(lines[start:end])
    return rows


def _is_of_figures(tokens: list[_Token]) -> bool:
    figures = [token for token in tokens[1:] if _FIGURE.fullmatch(token.text)]
    return len(tokens) > LEAST_GAPS and len(figures) == len(tokens) - 1


def _tables(lines: list[list[_Token]]) -> list[tuple[int, int]]:
    """Return where tables begin and end: another one begins after some lines without figures."""
    cuts, without = [0], 0
    last = -1
    for at, tokens in enumerate(lines):
        if _is_of_figures(tokens):
            if last >= 0 and without >= LONGEST_GAP:
                cuts.append(last + 1)
            last, without = at, 0
        elif tokens:
            without += 1
    return list(pairwise([*cuts, len(lines)]))


def _rows(lines: list[list[_Token]]) -> list[tuple[str | None, ...]]:
    figures = [at for at, tokens in enumerate(lines) if _is_of_figures(tokens)]
    columns = _columns([lines[at] for at in figures])
    first = figures[0] if figures else len(lines)
    groups = {at for at in range(first) if len(lines[at]) > 1 and _repeats(lines[at + 1 : first])}
    return [_in_columns(tokens, columns, is_group=at in groups) for at, tokens in enumerate(lines)]


def _repeats(below: list[list[_Token]]) -> bool:
    """Tell whether a line of headings repeats itself, as "Nam, Nữ, Nam, Nữ" does below years: then these are groups."""
    texts = [[token.text.casefold() for token in tokens] for tokens in below]
    return any(len(set(line)) < len(line) for line in texts)


def _columns(lines: list[list[_Token]]) -> list[tuple[int, int]]:
    """Return the spans that tokens of all lines share, parted where no line has anything."""
    spans: list[tuple[int, int]] = []
    for start, end in sorted((token.start, token.end) for tokens in lines for token in tokens):
        if spans and start < spans[-1][1]:
            spans[-1] = (spans[-1][0], max(spans[-1][1], end))
        else:
            spans.append((start, end))
    return spans


def _in_columns(tokens: list[_Token], columns: list[tuple[int, int]], *, is_group: bool) -> tuple[str | None, ...]:
    cells: list[str | None] = [None] * max(len(columns), 1)
    owners = _groups(tokens, columns) if is_group else {id(token): _nearest(token, columns) for token in tokens}
    for token in tokens:
        at = owners.get(id(token), 0)
        cells[at] = f"{cells[at]} {token.text}" if cells[at] else token.text
    return tuple(cells)


def _groups(tokens: list[_Token], columns: list[tuple[int, int]]) -> dict[int, int]:
    """Give each heading over several columns the first of those that are nearest to it."""
    over = [token for token in tokens if not columns or token.start >= columns[0][1]]
    owners: dict[int, int] = {}
    for at in range(1, len(columns)):
        if over:
            nearest = min(over, key=lambda token: _distance(token, columns[at]))
            owners.setdefault(id(nearest), at)
    return owners


def _nearest(token: _Token, columns: list[tuple[int, int]]) -> int:
    return min(range(len(columns)), key=lambda at: _distance(token, columns[at]), default=0)


def _distance(token: _Token, column: tuple[int, int]) -> tuple[float, float]:
    """How far apart they stand, then how far their middles are."""
    apart = max(token.start - column[1], column[0] - token.end, 0)
    return apart, abs((token.start + token.end) - (column[0] + column[1])) / 2

"""Hold the subtotals of a table against the rows below them, such as "I. Vùng đồng bằng" above its districts."""

import math
from collections.abc import Mapping
from typing import NamedTuple

from mande.sources.headings import SUBTOTAL_ROW, Meaning
from mande.sources.sent_values import SetAside
from mande.sources.table_mapping import TableMapping
from mande.vocabulary import TOTAL

ROUNDING = 0.05
"""How far a sum of printed numbers may stray from its printed total, for each number that is added."""


class Figure(NamedTuple):
    """The number of a cell, what it belongs to, and why it is set aside."""

    number: float
    meaning: Meaning
    reason: SetAside | None


def judge_subtotals(
    figures: Mapping[tuple[int, int], Figure], mapping: TableMapping
) -> dict[tuple[int, int], SetAside]:
    """Return, by position, the subtotals that differ from the sum of the rows below them, up to the next subtotal.

    Rates and percentages are not added; nor are rows of which one has no number or is set aside, or that are of
    several indicators, periods or groups.
    """
    differing = {}
    for (row, column), figure in figures.items():
        if figure.reason != SUBTOTAL_ROW or math.isnan(figure.number):
            continue
        parts = _rows_below(figures, row, column)
        if not parts or not _can_be_added(parts, figure, mapping):
            continue
        total = math.fsum(part.number for part in parts)
        decimals = max(_decimals(part.number) for part in (*parts, figure))
        allowed = ROUNDING * len(parts) * 10.0**-decimals * 10 if decimals else 0.0
        if abs(total - figure.number) > allowed + 1e-9 * abs(total):
            differing[row, column] = _differs(figure.number, total)
    return differing


def _rows_below(figures: Mapping[tuple[int, int], Figure], row: int, column: int) -> list[Figure]:
    below = []
    for at in sorted(at for at, other in figures if other == column and at > row):
        if figures[at, column].reason == SUBTOTAL_ROW:
            break
        below.append(figures[at, column])
    return below


def _can_be_added(parts: list[Figure], subtotal: Figure, mapping: TableMapping) -> bool:
    coordinates = [part.meaning.coordinates for part in (*parts, subtotal)]
    indicators = {one.get("indicator", "") for one in coordinates}
    units = {mapping.indicators[one].unit for one in indicators if one}
    is_count = len(indicators) == len(units) == 1 and not any(unit == "percent" or "per_" in unit for unit in units)
    periods = {one.get("period") for one in coordinates}
    is_whole = all(part.reason is None and not math.isnan(part.number) for part in parts)
    groups = {one.get("dimension_value", TOTAL) for one in coordinates}
    return is_count and is_whole and len(groups) == len(periods) == 1


def _decimals(number: float) -> int:
    return len(f"{number:.10g}".partition(".")[2])


def _differs(printed: float, total: float) -> SetAside:
    numbers = f"{printed:.10g}", f"{total:.10g}"
    return SetAside(
        "subtotal_differs",
        f"dòng cộng ghi {numbers[0]}, các dòng bên dưới cộng lại là {numbers[1]}",
        f"the subtotal says {numbers[0]}, the rows below it add up to {numbers[1]}",
        "kiểm tra dòng cộng và các dòng bên dưới",
        "check the subtotal and the rows below it",
    )

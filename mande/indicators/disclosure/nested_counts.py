"""Counts that hold one another: neonatal deaths are among infant deaths, supported children among those in need.

Who reads both can subtract: ten infants died, eight of them newborn, so two were older.
"""

from collections.abc import Iterable, Mapping, Sequence
from itertools import combinations

import pandas as pd

from mande.framework.indicator import Indicator, Measure
from mande.indicators.disclosure.count_cells import DENOMINATOR, NUMERATOR

Nested = tuple[str, str, str, str]
"""Indicator and part of a count, and of the count that holds it: ("NMR", "numerator", "IMR", "numerator")."""
_SAME = ["source", "edition", "place_code", "period", "dimension", "dimension_value"]


def list_nested(chains: Iterable[Sequence[str]], kinds: Mapping[str, Indicator]) -> list[Nested]:
    """Return which counts hold which, each that comes later in a chain all those before it.

    Needs: `chains` of amounts as data contracts declare them (`NMR.numerator`, `IMR.numerator`); `kinds`, the protected
    indicators. A value is a count only where the indicator is one; rates and other indicators are left out.
    """
    found = []
    for chain in chains:
        parts = [part for part in (_part_of(name, kinds) for name in chain) if part]
        found += [(*inner, *outer) for inner, outer in combinations(parts, 2) if inner[0] != outer[0]]
    return list(dict.fromkeys(found))


def _part_of(name: str, kinds: Mapping[str, Indicator]) -> tuple[str, str] | None:
    indicator, _, amount = name.rpartition(".")
    if indicator not in kinds:
        return None
    if amount == "value":
        return (indicator, NUMERATOR) if kinds[indicator].measure == Measure.COUNT else None
    return (indicator, amount) if amount in (NUMERATOR, DENOMINATOR) else None


def pair_nested(cells: pd.DataFrame, nested: Iterable[Nested]) -> pd.DataFrame:
    """Return `whole` and `part`, the positions of counts that hold one another, of one source, place, period and group."""
    at = cells.rename_axis("cell").reset_index()[["cell", "indicator", "part", *_SAME]]
    names = pd.DataFrame(list(nested), columns=["indicator", "part", "outer", "outer_part"])
    inner = at.merge(names, on=["indicator", "part"], how="inner", validate="many_to_many").drop(columns="part")
    outer = at.rename(columns={"indicator": "outer", "part": "outer_part", "cell": "whole"})
    pairs = inner.rename(columns={"cell": "part"}).merge(outer, on=["outer", "outer_part", *_SAME], how="inner")
    return pairs[["whole", "part"]].drop_duplicates(ignore_index=True)

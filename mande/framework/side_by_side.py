"""One programme's targets beside another's: which speak of the same thing, and which asks for more."""

from typing import Any

import pandas as pd

from mande.framework.cascade import Difference, compare_levels, counts_the_same
from mande.framework.model import Programme, Target, TargetLevel
from mande.vocabulary import Level

ONLY_COMPANION = "only_companion"
OTHER_YEAR = "other_year"
COLUMNS = [
    "target_id",
    "dimension",
    "dimension_value",
    "main_target_id",
    "main_dimension",
    "main_dimension_value",
    "difference",
    "compared_year",
    "binds",
]
_DEPTH = {level: depth for depth, level in enumerate(Level)}


def set_beside(main: Programme, companion: Programme, *, judged_year: int) -> pd.DataFrame:
    """Find for each target of a companion programme its counterpart in the main one, and how they differ.

    *One row per* target x population group of the companion.
    *Adds* the counterpart (same indicator and group, else the one that either text names), `difference` seen from the
    companion (stricter, weaker, same, other_definition, other_kind, other_year, only_companion), `compared_year`
    (the year for which both set a level, from `judged_year` on where there is one), `binds` (companion, main, both:
    the plan of the lower place binds; two of one level, or two that are not comparable, bind side by side).
    *Missing values*: no counterpart, no year where there is none.
    """
    rows = [_row(main, companion, target, judged_year) for target in companion.targets]
    return pd.DataFrame(rows, columns=COLUMNS).astype({"compared_year": "float"})


def _row(main: Programme, companion: Programme, target: Target, judged_year: int) -> dict[str, Any]:
    counterpart = _counterpart(main, target)
    difference, year = _difference(main, companion, target, counterpart, judged_year)
    return {
        "target_id": target.id,
        "dimension": target.dimension,
        "dimension_value": target.dimension_value,
        "main_target_id": counterpart.id if counterpart else "",
        "main_dimension": counterpart.dimension if counterpart else "",
        "main_dimension_value": counterpart.dimension_value if counterpart else "",
        "difference": difference,
        "compared_year": year,
        "binds": _binding(main, companion, difference),
    }


def _counterpart(main: Programme, target: Target) -> Target | None:
    group = (target.indicator, target.dimension, target.dimension_value)
    same = [one for one in main.targets if (one.indicator, one.dimension, one.dimension_value) == group]
    named = [one for one in main.targets if one.id == target.national_target or one.national_target == target.id]
    other_group = {one.id for one in main.targets if one.indicator == target.indicator}
    return next(iter([*same, *(one for one in named if one.id not in other_group)]), None)


def _difference(
    main: Programme, companion: Programme, target: Target, counterpart: Target | None, judged_year: int
) -> tuple[str, int | None]:
    if counterpart is None:
        return ONLY_COMPANION, None
    indicator = companion.indicator(target.indicator)
    if not counts_the_same(indicator, target, counterpart):
        return Difference.OTHER_DEFINITION.value, None
    shared = [
        (year, ours, theirs)
        for ours in target.levels
        for theirs in counterpart.levels
        for year in set(_years(ours, companion)) & set(_years(theirs, main))
    ]
    if not shared:
        return OTHER_YEAR, None
    year, ours, theirs = min(shared, key=lambda item: (item[0] < judged_year, abs(item[0] - judged_year)))
    return compare_levels(ours, theirs, ascending=indicator.ascending).value, year


def _years(level: TargetLevel, programme: Programme) -> range:
    """The years for which a level holds; a level without a year holds for the programme's last one."""
    first = level.year or level.from_year or programme.end_date.year
    return range(first, (level.year or level.to_year or programme.end_date.year) + 1)


def _binding(main: Programme, companion: Programme, difference: str) -> str:
    if difference == ONLY_COMPANION:
        return "companion"
    depth = _DEPTH[companion.place_level] - _DEPTH[main.place_level]
    if depth == 0 or difference in (Difference.OTHER_DEFINITION, Difference.OTHER_KIND, OTHER_YEAR):
        return "both"
    return "companion" if depth > 0 else "main"

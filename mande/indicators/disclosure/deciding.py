"""On which values verdicts may rest: the newest, the last before the programme, and those of obligations of every year."""

from collections.abc import Iterable

import pandas as pd

from mande.framework.model import Programme

_GROUP = ["indicator", "dimension", "dimension_value"]
_SERIES = [*_GROUP, "place_code", "basis", "definition"]


def find_deciding(observations: pd.DataFrame, programmes: Iterable[Programme]) -> list[str]:
    """Return the ids of observations on which some verdict may rest.

    Needs: `observations` that are due (`observation_id`, indicator, group, place, basis, definition, `period_end`,
    `value`). Of each series in the group of a target: the newest period, of whatever source and edition; the last one
    before the programme starts, which is the baseline; all periods where a level holds for every year or is set
    against a base year.
    """
    present = observations[observations["value"].notna()]
    decides = pd.Series(False, index=present.index)
    keys = pd.MultiIndex.from_frame(present[_GROUP])
    is_newest = _is_last(present)
    for programme in programmes:
        is_baseline = _is_last(present[present["period_end"] < pd.Timestamp(programme.start_date)])
        by_reach: dict[bool, set[tuple[str, str, str]]] = {True: set(), False: set()}
        for target in programme.targets:
            is_of_all_years = any(level.year is None or level.base_year is not None for level in target.levels)
            by_reach[is_of_all_years].add((target.indicator, target.dimension, target.dimension_value))
        if by_reach[True]:
            decides |= keys.isin(by_reach[True])
        if by_reach[False]:
            at_ends = is_newest | is_baseline.reindex(present.index, fill_value=False)
            decides |= at_ends & keys.isin(by_reach[False])
    return present.loc[decides, "observation_id"].tolist()


def _is_last(values: pd.DataFrame) -> "pd.Series[bool]":
    return values["period_end"] == values.groupby(_SERIES, dropna=False)["period_end"].transform("max")

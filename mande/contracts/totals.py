"""Columns that compare values with one another: narrower with wider age groups, parts with totals, children with parent."""

import numpy as np
import pandas as pd

from mande.contracts.derived_columns import Setting, code_rows, is_valid_place
from mande.vocabulary import NATION, TOTAL

STATED = ["place_code", "period", "dimension", "dimension_value", "source", "edition", "basis", "definition"]
SPLIT = ["indicator", "place_code", "period", "source", "edition", "basis", "definition"]
ACROSS_PLACES = ["indicator", "period", "dimension", "dimension_value", "source", "edition", "basis", "definition"]


def lowest_wider(table: pd.DataFrame, setting: Setting) -> pd.Series:
    """Return the lowest value among the indicators that stand after this one in its chain, in their common unit.

    A chain of the contract's arguments lists indicators of which each may not exceed the next: neonatal, infant and
    under-five mortality. Compared are values of one place, period, group, source, edition, basis and definition.
    """
    return _neighbour(table, setting.arguments["chains"], is_wider=True)


def highest_narrower(table: pd.DataFrame, setting: Setting) -> pd.Series:
    """Return the highest value among the indicators that stand before this one in its chain."""
    return _neighbour(table, setting.arguments["chains"], is_wider=False)


def parts_gap(table: pd.DataFrame, setting: Setting) -> pd.Series:
    """Return by how many percent the parts of a dimension miss their total, on the total and on each part.

    Only where all parts of the contract's code list are there, and only for indicators that add up.
    With several dimensions the total carries the widest gap.
    """
    rows = _additive(table, setting)
    rows = rows.assign(split=code_rows(rows, SPLIT))
    parts = rows[rows["dimension"] != TOTAL]
    sums = parts.groupby(["split", "dimension"])["value"].agg(["sum", "count"]).reset_index()
    complete = sums["count"] == sums["dimension"].map({name: len(values) for name, values in _splits(setting)})
    totals = rows[rows["dimension"] == TOTAL].groupby("split", as_index=False)["value"].first()
    gaps = sums[complete].merge(totals, on="split", how="inner", validate="many_to_one")
    gaps["gap"] = _miss(gaps["sum"], gaps["value"])
    widest = gaps.loc[gaps["gap"].abs().groupby(gaps["split"]).idxmax()].assign(dimension=TOTAL)
    wanted = pd.concat([gaps, widest])[["split", "dimension", "gap"]]
    found = rows[["split", "dimension"]].merge(wanted, on=["split", "dimension"], how="left", validate="many_to_one")
    return pd.Series(found["gap"].to_numpy(), index=rows.index).reindex(table.index)


def children_gap(table: pd.DataFrame, setting: Setting) -> pd.Series:
    """Return by how many percent the sum over all places of a level misses the nation's value, on the nation's row.

    Only where every place of the level that existed on the last day of the period has a value.
    """
    places = setting.known_places
    places = places[places["level"] == setting.arguments["level"]]
    rows = _additive(table, setting)
    rows = rows.assign(group=code_rows(rows, ACROSS_PLACES))
    nation = rows[rows["place_code"] == NATION]
    children = rows[is_valid_place(rows, places)]
    sums = children.groupby("group").agg(sum=("value", "sum"), count=("place_code", "nunique"))
    found = nation[["group", "value", "period_end"]].join(sums, on="group")
    complete = found["count"] == found["period_end"].map(_places_per_day(places, found["period_end"]))
    return _miss(found["sum"], found["value"]).where(complete).reindex(table.index)


def _miss(total_of_parts: pd.Series, total: pd.Series) -> pd.Series:
    """Return the gap in percent of the total; the difference comes first, so that 0.1 % is exactly 0.1."""
    gap: pd.Series = 100 * (total_of_parts - total) / total.where(total != 0)
    return gap


def _neighbour(table: pd.DataFrame, chains: list[list[str]], *, is_wider: bool) -> pd.Series:
    result = pd.Series(np.nan, index=table.index)
    for chain in chains:
        rows = table.loc[table["indicator"].isin(chain) & table["value"].notna(), ["indicator", "value", *STATED]]
        group = pd.Series(code_rows(rows, STATED), index=rows.index, name="group")
        wide = rows.groupby([group, "indicator"])["value"].agg("min" if is_wider else "max").unstack()
        wide = wide.reindex(columns=chain[::-1] if is_wider else chain)
        limits = (wide.cummin(axis=1) if is_wider else wide.cummax(axis=1)).ffill(axis=1).shift(1, axis=1)
        keys = pd.MultiIndex.from_arrays([group, rows["indicator"]])
        result.loc[rows.index] = limits.stack().reindex(keys).to_numpy()
    return result


def _additive(table: pd.DataFrame, setting: Setting) -> pd.DataFrame:
    names = [name for name, limits in setting.contract.indicators.items() if limits.is_additive]
    return table[table["indicator"].isin(names) & table["value"].notna()]


def _splits(setting: Setting) -> list[tuple[str, tuple[str, ...]]]:
    return [(name, values) for name, values in setting.contract.dimensions.items() if name != TOTAL]


def _places_per_day(places: pd.DataFrame, days: pd.Series) -> dict[pd.Timestamp, int]:
    return {
        day: places.loc[(places["valid_from"] <= day) & ~(places["valid_to"] < day), "place_code"].nunique()
        for day in days.unique()
    }

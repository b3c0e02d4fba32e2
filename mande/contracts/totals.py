"""Columns that compare values with one another: narrower with wider age groups, parts with totals, children with parent."""

from collections.abc import Callable

import numpy as np
import pandas as pd

from mande.contracts.counts import exceeds_its_whole
from mande.contracts.derived_columns import Setting, code_rows, distinct_rows, is_valid_place
from mande.vocabulary import NATION, TOTAL

STATED = ["place_code", "period", "dimension", "dimension_value", "source", "edition", "basis", "definition"]
SPLIT = ["indicator", "place_code", "period", "source", "edition", "basis", "definition"]
REPORTED = ["indicator", "period", "dimension", "dimension_value", "basis", "definition"]
_READ = [*SPLIT, "dimension", "dimension_value", "period_end", "value"]
_WHOLE_PERCENT = 100
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
    return _part_gaps(table, setting, _miss)


def parts_difference(table: pd.DataFrame, setting: Setting) -> pd.Series:
    """Return by how much the parts of a dimension exceed their total, as `parts_gap`, for an amount that is counted.

    The contract's arguments name the `amount`: numerator, denominator, or the value of indicators that add up.
    With several dimensions their sums tell who is at fault: a total with which one of them agrees is right, and so are
    the parts of dimensions that agree with one another and not with the total; these get 0. So does an amount that
    could not make the sum right whatever it were: below 0, or more cases than there are children.
    """
    return _part_gaps(table, setting, None)


def total_of_part(table: pd.DataFrame, setting: Setting) -> pd.Series:
    """Return for the row of a part the total that it belongs to, for an amount as in `parts_difference`."""
    rows = _amounts(table, setting)
    is_total = rows["dimension"] == TOTAL
    totals = rows[is_total].drop_duplicates("split").set_index("split")["amount"]
    parts = rows.loc[~is_total, "split"]
    return parts.map(totals).reindex(table.index)


def parent_difference(table: pd.DataFrame, setting: Setting) -> pd.Series:
    """Return by how much the sum over all units below a place exceeds what the place itself reports, on its row.

    Only where every unit of a level below it that existed on the last day of the period has sent the amount, and
    only among what was sent: published statistics are compared elsewhere.
    """
    rows = _amounts(table[~table["is_reference"]], setting)
    pair, pairs = distinct_rows(rows, ["place_code", "period_end"])
    above = _units_below(pairs, setting.known_places)
    if above.empty:
        return pd.Series(np.nan, index=table.index)
    rows = pd.DataFrame(
        {
            "cell": code_rows(rows, REPORTED),
            "pair": pair,
            "place_code": rows["place_code"].astype(str),
            "amount": rows["amount"],
        }
    )
    below = rows[rows["pair"].isin(above["pair"])].merge(above, on="pair", how="inner", validate="many_to_one")
    keys = ["cell", "parent_code", "level", "n_units"]
    sums = below.groupby(keys).agg(sum=("amount", "sum"), sent=("pair", "nunique")).reset_index()
    whole = sums[sums["sent"] == sums["n_units"]].drop_duplicates(["cell", "parent_code"])
    own = rows.reset_index(names="row")
    found = own.merge(
        whole, left_on=["cell", "place_code"], right_on=["cell", "parent_code"], how="inner", validate="many_to_one"
    )
    return pd.Series((found["sum"] - found["amount"]).to_numpy(), index=found["row"]).reindex(table.index)


def children_gap(table: pd.DataFrame, setting: Setting) -> pd.Series:
    """Return by how many percent the sum over all places of a level misses the nation's value, on the nation's row.

    Only where every place of the level that existed on the last day of the period has a value.
    """
    places = setting.known_places
    places = places[places["level"] == setting.arguments["level"]]
    rows = _amounts(table, setting)
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


def _amounts(table: pd.DataFrame, setting: Setting) -> pd.DataFrame:
    """Return the rows that have the amount of the contract's arguments, as `amount`, and what they are a split of.

    An amount that is counted and impossible by itself (below 0, more than it is a part of) is found by a rule of its
    own: it is left out, so that what stands beside it and is right is not called wrong, too.
    """
    column = setting.arguments.get("amount", "value")
    is_there = table[column].notna()
    if "amount" in setting.arguments:
        is_there &= (table[column] >= 0) & ~exceeds_its_whole(table)
    if column == "value":
        is_there &= table["indicator"].isin(
            [name for name, item in setting.contract.indicators.items() if item.is_additive]
        )
    rows: pd.DataFrame = table.loc[is_there, _READ]
    return rows.assign(amount=table.loc[is_there, column], split=code_rows(rows, SPLIT))


def _part_gaps(
    table: pd.DataFrame, setting: Setting, miss: Callable[[pd.Series, pd.Series], pd.Series] | None
) -> pd.Series:
    """Compare the parts of each dimension with their total, where all parts of the code list are there.

    Without `miss` the gap is the difference, on the rows that are at fault.
    """
    rows = _amounts(table, setting)
    number, names = pd.factorize(rows["dimension"])
    of_total = next((place for place, name in enumerate(names) if name == TOTAL), -1)
    sizes = {name: len(values) for name, values in setting.contract.dimensions.items() if name != TOTAL}
    n_parts = np.array([sizes.get(name, -1) for name in names], dtype=np.int64)
    rows = rows[["split", "amount"]].assign(dimension=number)
    parts, totals = rows[rows["dimension"] != of_total], rows[rows["dimension"] == of_total]
    sums = parts.groupby(["split", "dimension"])["amount"].agg(["sum", "count"]).reset_index()
    sums = sums[sums["count"] == n_parts[sums["dimension"]]]
    first = totals.groupby("split", as_index=False)["amount"].first()
    gaps = sums.merge(first, on="split", how="inner", validate="many_to_one")
    gap = miss(gaps["sum"], gaps["amount"]) if miss else gaps["sum"] - gaps["amount"]
    gaps = gaps.assign(gap=gap).dropna(subset=["gap"])
    widest = gaps.loc[gaps["gap"].abs().groupby(gaps["split"]).idxmax()].assign(dimension=of_total)
    if not miss:
        gaps, widest = _without_the_innocent(gaps, widest)
    wanted = pd.concat([gaps, widest])[["split", "dimension", "gap"]]
    found = rows.merge(wanted, on=["split", "dimension"], how="left", validate="many_to_one")
    if not miss:
        found = found.assign(gap=_of_possible_culprits(found, _limits(table, rows.index, setting), of_total))
    return pd.Series(found["gap"].to_numpy(), index=rows.index).reindex(table.index)


def _limits(table: pd.DataFrame, rows: pd.Index, setting: Setting) -> pd.DataFrame:
    """Return between what the amount of each row must lie beside the other count of its row."""
    own = table.loc[rows, ["numerator", "denominator", "unit", "range_high"]].reset_index(drop=True)
    is_part = (own["unit"] != "percent") | (own["range_high"] <= _WHOLE_PERCENT)
    if setting.arguments["amount"] == "numerator":
        return pd.DataFrame({"low": 0.0, "high": own["denominator"].where(is_part).fillna(np.inf)})
    return pd.DataFrame({"low": own["numerator"].where(is_part).fillna(0.0), "high": np.inf})


def _of_possible_culprits(found: pd.DataFrame, limits: pd.DataFrame, of_total: int) -> pd.Series:
    """Set the gap to 0 where no possible amount would close it, unless that holds for all members of the sum."""
    needed = found["amount"] + found["gap"].where(found["dimension"] == of_total, -found["gap"])
    is_named = found["gap"].notna() & (found["gap"] != 0)
    is_possible = is_named & needed.between(limits["low"], limits["high"])
    somebody = is_possible.groupby(found["split"]).transform("any")
    gaps: pd.Series = found["gap"].mask(is_named & ~is_possible & somebody, 0)
    return gaps


def _without_the_innocent(gaps: pd.DataFrame, totals: pd.DataFrame) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Set the gap to 0 of the total that one dimension confirms, and of the dimensions that confirm one another."""
    of_split = gaps.groupby("split")
    is_confirmed = (gaps["gap"] == 0).groupby(gaps["split"]).transform("any")
    are_agreed = ~is_confirmed & (of_split["sum"].transform("nunique") == 1) & (of_split["sum"].transform("size") > 1)
    right = set(gaps.loc[is_confirmed, "split"])
    return (
        gaps.assign(gap=gaps["gap"].mask(are_agreed, 0)),
        totals.assign(gap=totals["gap"].mask(totals["split"].isin(right), 0)),
    )


def _units_below(pairs: pd.DataFrame, places: pd.DataFrame) -> pd.DataFrame:
    """Return of which place at the end of its period each pair of unit and period is a part, and of how many."""
    pairs = pairs.astype({"place_code": str}).assign(pair=range(len(pairs)))
    parents = places[["place_code", "level", "parent_code", "valid_from", "valid_to"]]
    found = []
    for day, units in pairs.groupby("period_end"):
        valid = parents[(parents["valid_from"] <= day) & ~(parents["valid_to"] < day)]
        valid = valid[["place_code", "level", "parent_code"]].drop_duplicates("place_code")
        valid = valid.assign(n_units=valid.groupby(["parent_code", "level"])["place_code"].transform("size"))
        valid = valid[valid["parent_code"].isin(units["place_code"])]  # what no place above has sent has no comparison
        found.append(units[["pair", "place_code"]].merge(valid, on="place_code", how="inner", validate="many_to_one"))
    none = pd.DataFrame({"pair": [0], "parent_code": [""], "level": [""], "n_units": [0]}).head(0)
    below: pd.DataFrame = pd.concat([none, *(units[none.columns] for units in found)])
    return below


def _places_per_day(places: pd.DataFrame, days: pd.Series) -> dict[pd.Timestamp, int]:
    return {
        day: places.loc[(places["valid_from"] <= day) & ~(places["valid_to"] < day), "place_code"].nunique()
        for day in days.unique()
    }

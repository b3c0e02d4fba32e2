"""The counts behind published values, and the sums that link them: over places, groups, periods and boundary changes."""

from collections.abc import Collection

import numpy as np
import pandas as pd
import scipy.sparse as sp

from mande.errors import DisclosureError, Problem
from mande.indicators.disclosure.linked_cells import Counts, LinkedCells, Mask
from mande.vocabulary import TOTAL

SERIES = ["indicator", "source", "basis", "definition", "edition"]
KEY = [*SERIES, "place_code", "period", "dimension", "dimension_value"]
NUMERATOR, DENOMINATOR, REST = "numerator", "denominator", "rest"
"""Parts of a value: what was counted, out of what, and what is left (never shown, but computable from the two)."""


def list_cells(observations: pd.DataFrame, *, counts: Collection[str]) -> pd.DataFrame:
    """List the counts behind observations.

    One row per: observation × part (numerator, denominator, rest).
    Needs: `KEY`, `period_start`, `period_end`, `value`, `numerator`, `denominator`, `observation_id`; `counts` names the
    indicators whose value is itself the count.
    Adds: `row` (position of the observation), `part`, `count`.
    Missing values: a value without its counts gives no cell; see `without_counts`.
    Raises: DisclosureError for counts that are not whole.
    """
    is_count = observations["indicator"].isin(list(counts))
    numerator = observations["numerator"].where(observations["numerator"].notna() | ~is_count, observations["value"])
    denominator = observations["denominator"].where(numerator.notna())
    table = observations[[*KEY, "period_start", "period_end", "observation_id"]].assign(
        row=np.arange(len(observations))
    )
    parts = [(NUMERATOR, numerator), (DENOMINATOR, denominator), (REST, denominator - numerator)]
    cells = pd.concat([table.assign(part=part, count=count.to_numpy()) for part, count in parts], ignore_index=True)
    cells = cells[cells["count"].notna()].reset_index(drop=True)
    wrong = (cells["count"] < 0) | (cells["count"] != cells["count"].round())
    if wrong.any():
        names = ", ".join(sorted(cells.loc[wrong, "indicator"].unique()))
        found = f"{int(wrong.sum())} counts of {names} are below 0 or not whole"
        raise DisclosureError(Problem("protected indicators", found, "give the counts of children in whole numbers"))
    return cells.assign(count=cells["count"].astype("int64"))


def without_counts(observations: pd.DataFrame, *, counts: Collection[str]) -> pd.Series:
    """Tell which values have no count behind them that could be checked: how many children they stand for is unknown."""
    has_count = observations["numerator"].notna() | observations["indicator"].isin(list(counts))
    return observations["value"].notna() & ~has_count


def link_counts(
    cells: pd.DataFrame,
    parents: pd.Series,
    *,
    regions: pd.Series | None = None,
    carried: pd.DataFrame | None = None,
    nested: pd.DataFrame | None = None,
) -> LinkedCells:
    """Link counts by every sum that holds between them.

    Needs: `cells` (see `list_cells`) with `is_published`, `is_known`, `cost` and, where the catalogue names what is
    counted, `quantity`; `parents` and `regions` (place code → code of the place above it, of its region); `carried`
    with `whole` and `part` (positions of cells: a unit's count and those of its former places); `nested`, the same for
    a count that holds another one (see `nested_counts`).
    Sums: groups to their total, groups of two kinds (girls in the countryside) to those of one, places to the nearest place above that has a value and to their region, numerator and
    rest to the denominator, parts of a period to the period, one quantity in two indicators. Where parts fall short of
    their total, what remains (a district that sent nothing, the last quarter) is a cell of its own behind the others:
    never shown, yet as computable as any; and so is, always, what a count has besides one that it holds (deaths of
    infants who were older than a month). Parts that exceed their total are not linked.
    """
    kinds = [_over_groups(cells), _over_crossed_groups(cells), _over_places(cells, parents), _over_periods(cells)]
    if regions is not None:
        kinds.append(_over_places(cells, regions, steps=1))
    exact = [_over_parts(cells), _over_changes(carried), _over_quantities(cells), _over_last_parts(cells)]
    is_child = cells["part"].to_numpy() != DENOMINATOR
    sums, rests, rest_is_child = _matrix(kinds, exact, _over_nested(nested), cells["count"].to_numpy("int64"), is_child)
    unseen = np.zeros(len(rests), dtype=bool)
    return LinkedCells(
        values=np.r_[cells["count"].to_numpy("int64"), rests],
        sums=sums,
        is_sensitive=np.r_[np.ones(len(cells), dtype=bool), rest_is_child],
        is_published=np.r_[cells["is_published"].to_numpy(bool), unseen],
        is_known=np.r_[cells["is_known"].to_numpy(bool), unseen],
        cost=np.r_[cells["cost"].to_numpy(float), np.ones(len(rests))],
    )


def _over_groups(cells: pd.DataFrame) -> pd.DataFrame:
    """Return total and part of every dimension: all children = girls + boys."""
    shown = cells[cells["part"] != REST]
    key = [*SERIES, "place_code", "period", "part"]
    totals = shown[shown["dimension"] == TOTAL].assign(whole=lambda t: t.index)[[*key, "whole"]]
    parts = shown[shown["dimension"] != TOTAL].assign(cell=lambda t: t.index)
    linked = parts.merge(totals, on=key, validate="many_to_one")
    return _name_sums(linked, ["whole", "dimension"])


def _over_crossed_groups(cells: pd.DataFrame) -> pd.DataFrame:
    """Return total and parts of groups of several kinds at once: girls = girls in towns + girls in the countryside.

    They are named by both kinds (`residence.sex`, `rural.F`); leaving out either gives a group that they add up to.
    """
    crossed = cells[(cells["part"] != REST) & cells["dimension"].str.contains(".", regex=False)]
    kinds, names = crossed["dimension"].str.split("."), crossed["dimension_value"].str.split(".")
    fits = kinds.str.len() == names.str.len()
    crossed, kinds, names = crossed[fits], kinds[fits], names[fits]
    key = [*SERIES, "place_code", "period", "part", "dimension", "dimension_value"]
    wholes = cells.rename_axis("whole").reset_index()[[*key, "whole"]]
    found = []
    for left_out in range(int(kinds.str.len().max()) if len(crossed) else 0):
        others = crossed[kinds.str.len() > left_out].rename_axis("cell").reset_index()
        for column in ("dimension", "dimension_value"):
            parts = others[column].str.split(".")
            others[column] = [".".join(p[:left_out] + p[left_out + 1 :]) for p in parts]
        found.append(others.assign(left_out=left_out).merge(wholes, on=key, validate="many_to_one"))
    if not found:
        return _over_changes(None)
    return _name_sums(pd.concat(found, ignore_index=True), ["whole", "left_out"])


def _over_places(cells: pd.DataFrame, above_of: pd.Series, *, steps: int = 6) -> pd.DataFrame:
    """Return total and part of every place: the nearest place above that has the same value.

    Six steps: nation, region, province, district, commune, and one more kind that a workspace may add.
    """
    shown = cells[cells["part"] != REST]
    key = [*SERIES, "period", "dimension", "dimension_value", "part"]
    codes, _ = pd.factorize(pd.MultiIndex.from_frame(shown[key]))
    group = pd.Series(codes, index=shown.index)
    where = pd.Series(shown.index, index=pd.MultiIndex.from_arrays([group, shown["place_code"]]))
    above, whole = shown["place_code"], pd.Series(np.nan, index=shown.index)
    for _ in range(steps):
        above = above.map(above_of)
        found = where.reindex(pd.MultiIndex.from_arrays([group, above])).to_numpy()
        whole = whole.fillna(pd.Series(found, index=shown.index))
    linked = pd.DataFrame({"whole": whole, "cell": shown.index}).dropna().astype("int64")
    return _name_sums(linked, ["whole"])


def _over_periods(cells: pd.DataFrame) -> pd.DataFrame:
    """Return total and parts of every period that holds shorter ones of one length: the year and its half-years."""
    shown = cells[cells["part"] == NUMERATOR]
    key = [*SERIES, "place_code", "dimension", "dimension_value"]
    many = shown[shown.duplicated(key, keep=False)]
    days = (many["period_end"] - many["period_start"]).dt.days + 1
    spans = many[[*key, "period_start", "period_end"]].assign(days=days, months=(days / 30.4).round(), cell=many.index)
    pairs = spans.merge(spans, on=key, suffixes=("", "_whole"), validate="many_to_many")
    inside = (pairs["period_start"] >= pairs["period_start_whole"]) & (pairs["period_end"] <= pairs["period_end_whole"])
    pairs = pairs[inside & (pairs["months"] < pairs["months_whole"])]
    fits = pairs.groupby(["cell_whole", "months"])["days"].transform("sum") <= pairs["days_whole"]
    return _name_sums(pairs[fits].rename(columns={"cell_whole": "whole"}), ["whole", "months"])


def _over_last_parts(cells: pd.DataFrame) -> pd.DataFrame:
    """Return every period that is one up to a date and the one from there: the year, nine months, the last quarter."""
    shown = cells[cells["part"] == NUMERATOR]
    key = [*SERIES, "place_code", "dimension", "dimension_value"]
    many = shown[shown.duplicated(key, keep=False)][[*key, "period_start", "period_end"]].rename_axis("cell")
    spans = many.reset_index().drop_duplicates([*key, "period_start", "period_end"])
    pairs = spans.merge(spans, on=[*key, "period_start"], suffixes=("", "_whole"), validate="many_to_many")
    pairs = pairs[pairs["period_end"] < pairs["period_end_whole"]]
    ends = {"period_end": "period_end_whole", "period_start": "next_day", "cell": "last"}
    last = spans.rename(columns=ends)
    pairs = pairs.assign(next_day=pairs["period_end"] + pd.Timedelta(days=1))
    pairs = pairs.merge(last, on=[*key, "next_day", "period_end_whole"], validate="many_to_one")
    names = {"cell_whole": "whole"}
    both = [pairs.rename(columns=names), pairs.drop(columns="cell").rename(columns={**names, "last": "cell"})]
    pieces = pd.concat([one.assign(pair=np.arange(len(one))) for one in both], ignore_index=True)
    return _name_sums(pieces, ["pair"])


def _over_parts(cells: pd.DataFrame) -> pd.DataFrame:
    """Return denominator = numerator + rest of every value."""
    wholes = cells.loc[cells["part"] == DENOMINATOR, "row"].reset_index().set_index("row")["index"]
    parts = cells[cells["part"] != DENOMINATOR]
    linked = pd.DataFrame({"whole": parts["row"].map(wholes), "cell": parts.index}).dropna().astype("int64")
    return _name_sums(linked, ["whole"])


def _over_changes(carried: pd.DataFrame | None) -> pd.DataFrame:
    """Return the sums of former places that a unit is made of."""
    if carried is None or carried.empty:
        return _name_sums(pd.DataFrame({"whole": [], "cell": []}, dtype="int64"), ["whole"])
    return _name_sums(carried.rename(columns={"part": "cell"}), ["whole"])


def _over_nested(nested: pd.DataFrame | None) -> pd.DataFrame:
    """Return pairs of a count and one that it holds."""
    if nested is None or nested.empty:
        return _over_changes(None)
    return _name_sums(nested.rename(columns={"part": "cell"}), ["whole", "cell"])


def _over_quantities(cells: pd.DataFrame) -> pd.DataFrame:
    """Return pairs of equal counts of one thing: children in special circumstances, counted here, out of them there."""
    if "quantity" not in cells:
        return _over_changes(None)
    named = cells[cells["quantity"].ne("") & (cells["part"] != REST)]
    key = ["quantity", "place_code", "period", "dimension", "dimension_value", "count"]
    first = pd.Series(named.index, index=named.index).groupby([named[name] for name in key]).transform("first")
    linked = pd.DataFrame({"whole": first, "cell": named.index})
    return _name_sums(linked[linked["whole"] != linked["cell"]], ["whole", "cell"])


def _name_sums(linked: pd.DataFrame, by: list[str]) -> pd.DataFrame:
    """Return `whole`, `cell` and the number of the sum that they belong to."""
    number = linked.groupby(by, sort=False, dropna=False).ngroup()
    return pd.DataFrame({"sum": number, "whole": linked["whole"], "cell": linked["cell"]})


def _matrix(
    kinds: list[pd.DataFrame], exact: list[pd.DataFrame], nested: pd.DataFrame, counts: Counts, is_child: Mask
) -> tuple[sp.csr_matrix, Counts, Mask]:
    """Return the sums as rows of +1 (part) and −1 (total), and the cells of what remains where parts fall short.

    What remains of a denominator is not protected: it is a difference of populations, not of children who were found;
    beside a nested count it is. There it may be 0, too: a reader does not know that.
    """
    rows, columns, signs = [], [], []
    rests: list[Counts] = []
    rest_is_child: list[Mask] = []
    height, width = 0, len(counts)
    for kind, least_rest in [*((kind, 1) for kind in kinds), *((kind, None) for kind in exact), (nested, 0)]:
        added = kind.assign(count=counts[kind["cell"].to_numpy("int64")]).groupby("sum")["count"].transform("sum")
        gap = counts[kind["whole"].to_numpy("int64")] - added.to_numpy("int64")
        holds = kind.assign(gap=gap)[(gap == 0) if least_rest is None else (gap >= 0)]
        number, names = pd.factorize(holds["sum"])
        ends = holds.drop_duplicates("sum")
        short = np.flatnonzero(ends["gap"].to_numpy() >= (1 if least_rest is None else least_rest))
        rests.append(ends["gap"].to_numpy("int64")[short])
        rest_is_child.append(is_child[ends["whole"].to_numpy("int64")[short]] | (least_rest == 0))
        rows += [height + number, height + np.arange(len(names)), height + short]
        columns += [holds["cell"].to_numpy("int64"), ends["whole"].to_numpy("int64"), width + np.arange(len(short))]
        signs += [np.ones(len(holds)), -np.ones(len(names)), np.ones(len(short))]
        height, width = height + len(names), width + len(short)
    entries = (np.concatenate(signs).astype("int64"), (np.concatenate(rows), np.concatenate(columns)))
    sums = sp.csr_matrix(entries, shape=(height, width), dtype="int64")
    return sums, np.concatenate(rests), np.concatenate(rest_is_child)

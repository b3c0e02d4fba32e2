"""Carry counts across changed boundaries: sum whole units, split only by stated shares, count what is left over."""

from dataclasses import dataclass

import numpy as np
import pandas as pd

from mande.errors import DataError, Problem, UsageError
from mande.places.crosswalk import SPLIT, UNMATCHED, WHOLE, apply_shares

_CALENDAR = ("year", "month", "quarter", "period")
"""Whole numbers in these columns are dates, not counts."""


@dataclass(frozen=True)
class Carried:
    """Counts at the new units, and what could not be carried; together they are exactly what was given.

    `values`: *one row per* new unit and key; each count, its `<count>_unmatched_share` (of the total given under that
    key, the same for all units) and `<count>_open_share` (how much of this unit may be missing: counts of split units
    that touch it and have no stated share, over these and the carried count), `from_codes`, `carry_rule`.
    `unmatched`: *one row per* old unit, key and reason; the counts that stayed behind.
    """

    values: pd.DataFrame
    unmatched: pd.DataFrame


@dataclass(frozen=True)
class _Flow:
    """The given counts (row × count) and the links along which they flow into cells (new unit × key)."""

    table: pd.DataFrame
    keys: list[str]
    counts: list[str]
    given: np.ndarray
    group: np.ndarray
    link_row: np.ndarray
    link_cell: np.ndarray
    link_share: np.ndarray
    units: np.ndarray
    cell_unit: np.ndarray
    cell_group: np.ndarray

    def into_cells(self, amounts: np.ndarray) -> np.ndarray:
        """Sum the amounts of the links (one row each) by cell."""
        if not len(amounts):
            return np.zeros((len(self.cell_unit), amounts.shape[1]))
        order = np.argsort(self.link_cell, kind="stable")
        starts = np.searchsorted(self.link_cell[order], np.arange(len(self.cell_unit)))
        return np.add.reduceat(amounts[order], starts, axis=0)


def carry_counts(table: pd.DataFrame, crosswalk: pd.DataFrame, shares: pd.DataFrame | None = None) -> Carried:
    """Carry counts to the units of another date.

    *Needs* `place_code` and numeric counts in `table`; every other column (and year, period …) is a key, with one row
    per place and key; a crosswalk; optionally `shares` (`from_code`, `to_code`, `share`, `source`) of split units.
    *Adds* see `Carried`. *Missing values* a new unit of which one part has no count stays missing, and the counts of
    its other parts are unmatched: a partial sum would look like a fall. Missing is never zero.
    *Raises* DataError: no counts, repeated rows, codes that did not exist at the date, infinite counts, bad shares.
    """
    keys, counts = _columns(table)
    problems = _table_problems(table, crosswalk, keys, counts)
    if problems:
        raise DataError(problems)
    links = apply_shares(crosswalk, shares) if shares is not None else crosswalk
    onward = links[links["to_code"] != ""].sort_values("from_code", kind="stable")
    flow = _flow(table, onward, keys, counts)
    known = ~np.isnan(flow.link_share)
    moving = np.nan_to_num(flow.given[flow.link_row]) * np.nan_to_num(flow.link_share)[:, None]
    complete = _complete_cells(flow, known, onward)
    carried = np.where(complete, flow.into_cells(moving), np.nan)
    waiting = flow.into_cells(np.where(known[:, None], 0.0, np.nan_to_num(flow.given[flow.link_row])))
    unmatched = _left_behind(flow, np.where(complete[flow.link_cell], 0.0, moving), links)
    return Carried(_values(flow, carried, waiting, unmatched).merge(_provenance(onward), on="place_code"), unmatched)


def carry_rates(
    table: pd.DataFrame,
    crosswalk: pd.DataFrame,
    *,
    numerator: str,
    denominator: str,
    shares: pd.DataFrame | None = None,
) -> Carried:
    """Carry numerators and denominators and rebuild the rate; a rate itself is never carried or averaged.

    *Adds* `rate` (numerator / denominator) to `Carried.values`. *Missing values* a unit without numerator or without
    denominator counts as having neither; the rate is missing where the denominator is missing or 0.
    *Raises* UsageError when the numerator or denominator is not there; DataError as in `carry_counts`.
    """
    absent = [column for column in (numerator, denominator) if column not in table.columns]
    if absent or numerator == denominator:
        found = f"needs a numerator and a denominator, '{', '.join(absent) or numerator}' is not given as one"
        todo = "a rate alone cannot be carried: give its counts, for example deaths and births"
        raise UsageError(Problem("carry_rates", found, todo))
    unpaired = table[numerator].isna() | table[denominator].isna()
    pair = [numerator, denominator]
    paired = table.assign(**{column: table[column].astype(float).mask(unpaired) for column in pair})
    carried = carry_counts(paired, crosswalk, shares)
    below = carried.values[denominator]
    rate = carried.values[numerator] / below.where(below > 0)
    return Carried(carried.values.assign(rate=rate), carried.unmatched)


def _columns(table: pd.DataFrame) -> tuple[list[str], list[str]]:
    counts = [
        column
        for column in table.columns
        if column not in ("place_code", *_CALENDAR)
        and pd.api.types.is_numeric_dtype(table[column])
        and not pd.api.types.is_bool_dtype(table[column])
    ]
    return [column for column in table.columns if column not in counts and column != "place_code"], counts


def _table_problems(table: pd.DataFrame, crosswalk: pd.DataFrame, keys: list[str], counts: list[str]) -> list[Problem]:
    if "place_code" not in table.columns or not counts:
        return [Problem("table", "needs place_code and at least one column of counts", "give counts, not text")]
    problems = []
    unknown = sorted(set(table["place_code"].astype(str)) - set(crosswalk["from_code"]))
    if unknown:
        found = f"{len(unknown)} code(s) did not exist at the date: {', '.join(unknown[:10])}"
        problems.append(Problem("place_code", found, "correct them or choose the crosswalk of the right date"))
    repeated = table.duplicated(["place_code", *keys], keep=False)
    if repeated.any():
        codes = ", ".join(sorted(set(table.loc[repeated, "place_code"].astype(str)))[:10])
        problems.append(Problem("table", f"more than one row for {codes}", "give one row per place and key"))
    for count in counts:
        if np.isinf(table[count].to_numpy(dtype=float, na_value=np.nan)).any():
            problems.append(Problem(count, "holds infinite counts", "give finite counts or leave them empty"))
    return problems


def _flow(table: pd.DataFrame, onward: pd.DataFrame, keys: list[str], counts: list[str]) -> _Flow:
    """Lay every link of every row out once; `onward` is sorted by `from_code`."""
    table = table.reset_index(drop=True)
    group = table.groupby(keys, dropna=False).ngroup().to_numpy() if keys else np.zeros(len(table), dtype=int)
    starts, firsts, sizes = np.unique(onward["from_code"].to_numpy(dtype=str), return_index=True, return_counts=True)
    place = pd.Index(starts).get_indexer(table["place_code"].astype(str))
    size = np.where(place >= 0, sizes[place] if len(sizes) else 0, 0)
    link_row = np.repeat(np.arange(len(table)), size)
    within = np.arange(len(link_row)) - np.repeat(np.cumsum(size) - size, size)
    link = (firsts[place[link_row]] if len(firsts) else link_row) + within
    unit, units = pd.factorize(onward["to_code"].to_numpy(dtype=object), sort=True)
    width = max(len(units), 1)
    cells, link_cell = np.unique(group[link_row] * width + unit[link], return_inverse=True)
    given = table[counts].to_numpy(dtype=float, na_value=np.nan)
    share = onward["share"].to_numpy(dtype=float)[link]
    return _Flow(table, keys, counts, given, group, link_row, link_cell, share, units, cells % width, cells // width)


def _complete_cells(flow: _Flow, known: np.ndarray, onward: pd.DataFrame) -> np.ndarray:
    """Tell which sums have a count from every part of the new unit, and at least one part whose share is known."""
    there = flow.into_cells((~np.isnan(flow.given[flow.link_row])).astype(float))
    needed = onward["to_code"].value_counts().sort_index().to_numpy()[flow.cell_unit]
    return (there == needed[:, None]) & (flow.into_cells(known[:, None].astype(float)) > 0)


def _left_behind(flow: _Flow, stuck: np.ndarray, links: pd.DataFrame) -> pd.DataFrame:
    """Name, per old unit and key, the counts that no new unit received, and why."""
    by_unit = links.groupby("from_code").agg(share=("share", "sum"), kind=("kind", "first"))
    place = flow.table["place_code"].astype(str)
    left = (1 - place.map(by_unit["share"])).to_numpy()
    left = np.where(left < 1e-12, 0.0, left)
    reason = place.map(by_unit["kind"]).map({SPLIT: "split, share not known", UNMATCHED: "no successor known"})
    open_counts = np.nan_to_num(flow.given) * left[:, None]
    rows = np.arange(len(flow.table))
    open_rows = _named(flow, rows, open_counts, reason.to_numpy())
    why = np.full(len(flow.link_row), "another part of the new unit has no count")
    return pd.concat([open_rows, _named(flow, flow.link_row, stuck, why)], ignore_index=True)


def _named(flow: _Flow, rows: np.ndarray, counts: np.ndarray, reason: np.ndarray) -> pd.DataFrame:
    keep = (counts != 0).any(axis=1)
    names = flow.table.loc[rows[keep], ["place_code", *flow.keys]].reset_index(drop=True)
    names = names.rename(columns={"place_code": "from_code"}).assign(reason=reason[keep])
    named = pd.concat([names, pd.DataFrame(counts[keep], columns=flow.counts)], axis=1)
    return named.groupby(["from_code", *flow.keys, "reason"], as_index=False, dropna=False)[flow.counts].sum()


def _values(flow: _Flow, carried: np.ndarray, waiting: np.ndarray, unmatched: pd.DataFrame) -> pd.DataFrame:
    """Lay out the carried counts beside what may be missing of them."""
    keys = flow.table.assign(_group=flow.group).drop_duplicates("_group").set_index("_group")[flow.keys]
    names = keys.loc[flow.cell_group].reset_index(drop=True)
    names.insert(0, "place_code", flow.units[flow.cell_unit])
    lost = _lost_by_group(flow, unmatched)
    with np.errstate(invalid="ignore", divide="ignore"):
        open_share = np.where(waiting > 0, waiting / (waiting + np.nan_to_num(carried)), 0.0)
    blocks = [(carried, ""), (lost[flow.cell_group], "_unmatched_share"), (open_share, "_open_share")]
    tables = [pd.DataFrame(block, columns=[f"{c}{suffix}" for c in flow.counts]) for block, suffix in blocks]
    return pd.concat([names, *tables], axis=1).sort_values(["place_code", *flow.keys], ignore_index=True)


def _lost_by_group(flow: _Flow, unmatched: pd.DataFrame) -> np.ndarray:
    """Share of the total given under each key that stayed behind."""
    total = pd.DataFrame(flow.given, columns=flow.counts).groupby(flow.group).sum()
    if not flow.keys:
        lost = unmatched[flow.counts].sum().to_frame().T
    else:
        key = flow.table[flow.keys].assign(_group=flow.group).drop_duplicates()
        lost = (
            unmatched.merge(key, on=flow.keys, how="left", validate="many_to_one").groupby("_group")[flow.counts].sum()
        )
    return (lost.reindex(total.index).fillna(0) / total.where(total != 0)).to_numpy()


def _provenance(onward: pd.DataFrame) -> pd.DataFrame:
    """Say, per new unit, from which old units it is made and by which rule."""
    links = onward.sort_values(["to_code", "from_code"])
    flags = pd.DataFrame(
        {
            "to_code": links["to_code"],
            "whole": links["kind"] == WHOLE,
            "stated": (links["kind"] == SPLIT) & links["share"].notna(),
            "open": links["share"].isna(),
        }
    )
    count = flags.groupby("to_code").sum()
    stated = links[links["kind"] == SPLIT].dropna(subset="share").groupby("to_code")["share_source"]
    count["sources"] = stated.agg(lambda source: "; ".join(dict.fromkeys(source)))
    count["from_codes"] = links.groupby("to_code")["from_code"].agg(";".join)
    count["carry_rule"] = [_rule(row) for row in count.itertuples()]
    return count[["from_codes", "carry_rule"]].rename_axis("place_code").reset_index()


def _rule(made_of) -> str:
    rules = []
    if made_of.whole:
        rules.append("one whole unit" if made_of.whole == 1 else f"sum of {made_of.whole} whole units")
    if made_of.stated:
        rules.append(f"{made_of.stated} by stated share ({made_of.sources})")
    if made_of.open:
        rules.append(f"{made_of.open} split, share not known, not carried")
    return " + ".join(rules)

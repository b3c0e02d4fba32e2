"""What published tables show and how a reader can add them up; written apart from what chose the hidden cells."""

from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np
import pandas as pd
import scipy.sparse as sp

from mande.framework.indicator import Sensitivity
from mande.indicators.carried import multiplier_of, part_ids
from mande.vocabulary import TOTAL, Level, ValueStatus

NAMES = ["run_id", "indicator", "place_code", "period", "dimension", "dimension_value", "part"]
_SERIES = ["indicator", "source", "basis", "definition", "edition"]
_KEY = [*_SERIES, "place", "period", "dimension", "dimension_value"]
_COLUMNS = [*_SERIES, "place_code", "period", "dimension", "dimension_value", "period_start", "period_end"]


@dataclass(frozen=True)
class PublishedRun:
    """The tables of a published run as they are handed out.

    `sensitive`: the protected indicators with their sensitivity; `counts`: those of them whose value is the count;
    `quantities`: what numerator and denominator of any indicator count, where the catalogue says so; `nested`: which
    count (indicator, part) is among which other one.
    """

    run_id: str
    actuals: pd.DataFrame
    units: pd.DataFrame
    sensitive: Mapping[str, str]
    counts: frozenset[str]
    quantities: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    nested: tuple[tuple[str, str, str, str], ...] = ()


def list_published(runs: list[PublishedRun]) -> pd.DataFrame:
    """List the counts that runs show, mark or leave to be computed.

    One row per: series × place × period × group × part (numerator, denominator, rest), over all runs; a count that two
    runs show differently was revised, and is two cells.
    Adds: `count`, `state` (shown, marked: 1 or more, unseen: 0 or more), `cell` (position), `is_child` (not a
    denominator), `observation_ids`, `part_ids`.
    """
    cells = pd.concat([_cells_of(run) for run in runs], ignore_index=True)
    key = [*_KEY, "part"]
    shown = cells[cells["state"] == "shown"].drop_duplicates([*key, "count"])
    revised = pd.MultiIndex.from_frame(shown.loc[shown.duplicated(key, keep=False), key])
    is_revised = pd.MultiIndex.from_frame(cells[key]).isin(revised)
    cells = cells.assign(vintage=np.where(is_revised, cells["run_id"], ""))
    rank = cells["state"].map({"shown": 0, "marked": 1, "unseen": 2})
    together = cells.assign(rank=rank).sort_values("rank", kind="stable")
    together = together.drop_duplicates([*key, "vintage"]).sort_index().drop(columns="rank").reset_index(drop=True)
    return together.assign(is_child=together["part"] != "denominator")


def sum_published(cells: pd.DataFrame, runs: list[PublishedRun]) -> tuple[sp.csr_matrix, pd.DataFrame]:
    """Return every sum that a reader can set up, as rows of +1 (part) and −1 (total), and the cells that this takes.

    Where parts may fall short of a total, what is left over is a cell of its own behind the others (part `remainder`).
    """
    numbered = cells.assign(cell=np.arange(len(cells)))
    counted = numbered[numbered["part"] != "rest"]
    kinds = [
        _of_groups(counted),
        *(_of_crossed_groups(counted, kept) for kept in (0, 1)),
        _of_places(counted, *_places_above(runs, "parent_code"), name="places"),
        _of_places(counted, *_places_above(runs, "region_code"), name="regions"),
        _of_periods(counted[counted["part"] == "numerator"]),
        _of_values(numbered),
        _of_changes(counted),
        _of_quantities(counted, runs),
        _of_nested(counted, runs),
    ]
    rows = [_rows(kind, cells) for kind in kinds]
    matrix = sp.vstack([block for block, _, _ in rows], format="csr")
    is_open, wholes = np.concatenate([one for _, one, _ in rows]), np.concatenate([one for _, _, one in rows])
    open_sums = np.flatnonzero(is_open)
    at = (open_sums, np.arange(len(open_sums)))
    over = sp.csr_matrix((np.ones(len(open_sums)), at), shape=(matrix.shape[0], len(open_sums)))
    left = cells.loc[wholes[open_sums]].assign(part="remainder", state="unseen", count=np.nan)
    # What a count has besides one that it holds are children, even where both are denominators.
    left["is_child"] |= open_sums >= matrix.shape[0] - rows[-1][0].shape[0]
    return sp.hstack([matrix, over]).tocsr(), pd.concat([cells, left], ignore_index=True)


def _cells_of(run: PublishedRun) -> pd.DataFrame:
    table = run.actuals[run.actuals["indicator"].isin(list(run.sensitive))].reset_index(drop=True)
    is_hidden = table["value_status"].eq(ValueStatus.SUPPRESSED)
    is_count = table["indicator"].isin(list(run.counts))
    worked_out = (table["value"] * table["denominator"] / table["unit"].map(multiplier_of)).round()
    numerator = table["numerator"].fillna(table["value"].where(is_count)).fillna(worked_out)
    denominator = table["denominator"]
    level = table["place_code"].map(run.units.drop_duplicates("place_code").set_index("place_code")["level"])
    never = table["indicator"].map(run.sensitive).eq(Sensitivity.NEVER_BELOW_PROVINCE)
    is_all_hidden = never & level.isin([str(Level.DISTRICT), str(Level.COMMUNE)])
    has_base = table.groupby("indicator")["denominator"].transform("count") > 0
    is_bare = is_hidden & ~is_count & denominator.isna() & has_base
    state = pd.Series("shown", index=table.index).mask(is_hidden, "marked")
    state = state.mask(is_hidden & (is_all_hidden | is_bare | (~is_count & ~has_base)), "unseen")
    base = pd.Series("shown", index=table.index).mask(is_bare, "unseen")
    rest = pd.Series("shown", index=table.index).mask(is_hidden, "unseen")
    ids = part_ids(table).groupby(level=0).agg(tuple).reindex(table.index)
    valid_from = run.units.drop_duplicates("place_code").set_index("place_code").get("valid_from")
    since = "" if valid_from is None else table["place_code"].map(valid_from).astype(str)
    common = table[_COLUMNS].assign(
        run_id=run.run_id, place=table["place_code"] + "@" + since, observation_id=table["observation_id"], ids=ids
    )
    listed = pd.concat(
        [
            common.assign(part="numerator", count=numerator, state=state),
            common.assign(part="denominator", count=denominator, state=base),
            common.assign(part="rest", count=denominator - numerator, state=rest)[has_base & ~is_count],
        ],
        ignore_index=True,
    )
    is_whole = listed["count"].round() == listed["count"]
    return listed[(listed["state"] != "shown") | is_whole].reset_index(drop=True)


def _places_above(runs: list[PublishedRun], column: str) -> tuple[dict[str, str], pd.Series]:
    """Return the place above each place, both with the day since which they are, and how many places each one holds.

    A run of districts may not list the provinces: they are found in the others.
    """
    listed = [run.units.drop_duplicates("place_code") for run in runs if column in run.units]
    names = [dict(zip(one["place_code"], one["place_code"] + "@" + _since(one), strict=True)) for one in listed]
    anywhere = {code: name for one in names for code, name in one.items()}
    above = {}
    for units, own in zip(listed, names, strict=True):
        pairs = zip(units["place_code"], units[column], strict=True)
        known = anywhere | own
        above |= {known[code]: known[up] for code, up in pairs if up in known and up != code}
    return above, pd.Series(above, dtype=str).value_counts()


def _since(units: pd.DataFrame) -> "pd.Series[str]":
    return units["valid_from"].astype(str) if "valid_from" in units else pd.Series("", index=units.index)


def _of_groups(cells: pd.DataFrame) -> pd.DataFrame:
    key = [*_SERIES, "place", "period", "part", "vintage"]
    totals = cells[cells["dimension"] == TOTAL].drop_duplicates(key).rename(columns={"cell": "whole"})[[*key, "whole"]]
    parts = cells[cells["dimension"] != TOTAL].merge(totals, on=key, validate="many_to_one")
    kind = _join(parts, [*_SERIES, "dimension"])
    return parts.assign(sum=parts["whole"].astype(str) + "|" + parts["dimension"], kind=kind)


def _of_crossed_groups(cells: pd.DataFrame, kept: int) -> pd.DataFrame:
    """Return groups of one kind as sums of those of two: girls = rural.F + urban.F."""
    key = [*_SERIES, "place", "period", "part", "vintage", "dimension", "dimension_value"]
    pattern = r"^([^.]+)\.([^.]+)$"
    names = [cells[name].str.extract(pattern)[kept] for name in ("dimension", "dimension_value")]
    crossed = cells.assign(crossing=cells["dimension"], dimension=names[0], dimension_value=names[1])
    totals = cells.rename(columns={"cell": "whole"})[[*key, "whole"]].drop_duplicates(key)
    parts = crossed[names[0].notna() & names[1].notna()].merge(totals, on=key, validate="many_to_one")
    kind = "crossed" + _join(parts, [*_SERIES, "crossing", "dimension"])
    return parts.assign(sum=parts["whole"].astype(str) + "|" + parts["crossing"], kind=kind)


def _join(table: pd.DataFrame, columns: list[str]) -> pd.Series:
    """Return the texts of several columns as one."""
    joined = pd.Series("", index=table.index, dtype=str)
    for name in columns:
        joined = joined + "|" + table[name].astype(str)
    return joined


def _of_places(cells: pd.DataFrame, above: Mapping[str, str], size: pd.Series, *, name: str) -> pd.DataFrame:
    key = [*_SERIES, "period", "dimension", "dimension_value", "part", "vintage"]
    totals = cells.rename(columns={"cell": "whole", "place": "above"})[[*key, "above", "whole"]]
    parts = cells.assign(above=cells["place"].map(above).astype(str)).merge(
        totals, on=[*key, "above"], validate="many_to_many"
    )
    is_open = parts.groupby("whole")["cell"].transform("count") < parts["above"].map(size).astype(float)
    parts = parts.assign(is_open=is_open)
    return parts.assign(sum=parts["whole"].astype(str), kind=name + _join(parts, _SERIES))


def _of_periods(cells: pd.DataFrame) -> pd.DataFrame:
    key = [*_SERIES, "place", "dimension", "dimension_value", "vintage"]
    many = cells[cells.duplicated(key, keep=False)]
    days = (many["period_end"] - many["period_start"]).dt.days + 1
    spans = many.assign(days=days)
    wholes = spans[[*key, "period_start", "period_end", "days", "cell", "count"]].rename(columns={"cell": "whole"})
    pairs = spans.merge(wholes, on=key, suffixes=("", "_whole"), validate="many_to_many")
    inside = (pairs["period_start"] >= pairs["period_start_whole"]) & (pairs["period_end"] <= pairs["period_end_whole"])
    pairs = pairs[inside & (pairs["days"] < pairs["days_whole"])]
    months = (pairs["days"] / 30.4).round().astype(int).astype(str)
    pairs = pairs.assign(sum=pairs["whole"].astype(str) + "|" + months)
    days = pairs.groupby("sum")["days"].transform("sum")
    pairs = pairs.assign(is_open=days < pairs["days_whole"], kind="periods" + _join(pairs, _SERIES))
    # A part that is larger than its whole is no part of it: the children at a date, not those of a time.
    pairs = pairs[days <= pairs["days_whole"]]
    return _believed(pairs, pairs["count"] > pairs["count_whole"])


def _of_values(cells: pd.DataFrame) -> pd.DataFrame:
    key = [*_KEY, "vintage"]
    wholes = cells[cells["part"] == "denominator"].rename(columns={"cell": "whole"})[[*key, "whole"]]
    parts = cells[cells["part"] != "denominator"].merge(wholes, on=key, validate="many_to_many")
    both = parts.groupby("whole")["cell"].transform("count") == 2
    return parts[both].assign(sum=parts["whole"].astype(str), kind="values")


def _of_changes(cells: pd.DataFrame) -> pd.DataFrame:
    """Return units as sums of former places that an earlier run shows."""
    carried = cells[cells["ids"].str.len() > 1].rename(columns={"cell": "whole"})[["whole", "part", "ids"]]
    behind = carried.explode("ids").rename(columns={"ids": "observation_id"})
    found = behind.merge(cells[["cell", "part", "observation_id"]], on=["part", "observation_id"], how="left")
    is_open = found["cell"].isna().groupby(found["whole"]).transform("any")
    found = found.assign(is_open=is_open)[found["cell"].notna()].astype({"cell": "int64"})
    return found.assign(sum=found["whole"].astype(str), kind="changes")


def _of_quantities(cells: pd.DataFrame, runs: list[PublishedRun]) -> pd.DataFrame:
    """Return pairs of counts of one thing in two indicators; a reader trusts them where none is seen to differ."""
    quantities = {
        (name, part): text for run in runs for name, of in run.quantities.items() for part, text in of.items()
    }
    names = [quantities.get(name, "") for name in zip(cells["indicator"], cells["part"], strict=True)]
    named = cells.assign(quantity=names)[[name != "" for name in names]]
    key = ["quantity", "source", "edition", "place", "period", "dimension", "dimension_value"]
    first = named.drop_duplicates(key).rename(columns={"cell": "whole", "indicator": "other"})
    pairs = named.merge(first[[*key, "whole", "other", "count"]], on=key, suffixes=("", "_whole"), validate="m:1")
    pairs = pairs[pairs["cell"] != pairs["whole"]]
    kind = "quantities" + _join(pairs, ["quantity", "other", *_SERIES])
    pairs = pairs.assign(sum=pairs["whole"].astype(str) + "=" + pairs["cell"].astype(str), kind=kind)
    return _believed(
        pairs, pairs["count"].ne(pairs["count_whole"]) & pairs[["count", "count_whole"]].notna().all(axis=1)
    )


def _of_nested(cells: pd.DataFrame, runs: list[PublishedRun]) -> pd.DataFrame:
    """Return counts that hold another one, with something left over; trusted where none is seen to be smaller."""
    pairs = [
        (*names, f"{names[1]} in {names[2]} {names[3]}")
        for names in dict.fromkeys(n for run in runs for n in run.nested)
    ]
    names = pd.DataFrame(pairs, columns=["indicator", "part", "other", "other_part", "relation"], dtype=str)
    key = ["source", "edition", "place", "period", "dimension", "dimension_value"]
    inner = cells.merge(names, on=["indicator", "part"], validate="many_to_many")
    outer = cells.rename(columns={"indicator": "other", "part": "other_part", "cell": "whole"})
    found = inner.merge(
        outer[["other", "other_part", *key, "whole", "count"]],
        on=["other", "other_part", *key],
        suffixes=("", "_whole"),
        validate="many_to_many",
    )
    found = found.assign(
        sum=found["whole"].astype(str) + ">" + found["cell"].astype(str),
        kind="nested" + _join(found, ["relation", *_SERIES]),
        is_open=True,
    )
    return _believed(found, found["count"] > found["count_whole"])


def _believed(pairs: pd.DataFrame, is_seen_not_to: "pd.Series[bool]") -> pd.DataFrame:
    """Return the sums of those kinds of which none is seen not to hold."""
    return pairs[~pairs["kind"].isin(set(pairs.loc[is_seen_not_to, "kind"]))]


def _rows(kind: pd.DataFrame, cells: pd.DataFrame) -> tuple[sp.csr_matrix, np.ndarray, np.ndarray]:
    """Return the sums of one kind, which of them may leave something over, and the position of each total.

    Something may be left over where parts are not all there, and in a series in which visible parts fall short of
    their visible total; visible parts that exceed it were counted by another hand, and tell nothing.
    """
    kind = kind.drop_duplicates(["sum", "cell"])
    count, is_shown = cells["count"].to_numpy(float), cells["state"].eq("shown").to_numpy()
    part, whole = kind["cell"].to_numpy("int64"), kind["whole"].to_numpy("int64")
    table = kind[["sum", "kind"]].assign(whole=whole, cell=part, count=count[part])
    table = table.assign(is_shown=is_shown[part] & is_shown[whole], is_open=kind.get("is_open", False))
    sums = table.groupby("sum").agg(
        kind=("kind", "first"),
        whole=("whole", "first"),
        added=("count", "sum"),
        is_seen=("is_shown", "all"),
        is_open=("is_open", "any"),
    )
    total = count[sums["whole"].to_numpy("int64")]
    falls_short = sums["is_seen"] & (sums["added"] < total)
    sums["is_open"] |= sums["kind"].isin(set(sums.loc[falls_short, "kind"]))
    sums = sums[~(sums["is_seen"] & (sums["added"] > total))]
    kept = table[table["sum"].isin(sums.index)]
    number = sums.index.get_indexer(kept["sum"])
    wholes = sums["whole"].to_numpy("int64")
    sign = np.r_[np.ones(len(kept)), -np.ones(len(sums))]
    at = (np.r_[number, np.arange(len(sums))], np.r_[kept["cell"].to_numpy("int64"), wholes])
    matrix = sp.csr_matrix((sign, at), shape=(len(sums), len(cells)))
    return matrix, sums["is_open"].to_numpy(bool), wholes

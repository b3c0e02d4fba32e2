"""What a reader knows besides one table: earlier reports, public figures, former places, one thing counted twice."""

from collections.abc import Collection, Mapping

import pandas as pd

from mande.framework.indicator import Indicator, Measure
from mande.indicators.carried import multiplier_of, part_ids
from mande.indicators.disclosure.count_cells import DENOMINATOR, KEY, NUMERATOR, list_cells
from mande.vocabulary import ValueStatus

FORMER = "@former"
"""Ends the code of a place that is no more: its code may name another place now."""
_WHERE = ["place_code", "period", "dimension", "dimension_value"]


def keep_whole_counts(observations: pd.DataFrame) -> pd.DataFrame:
    """Drop counts that are not whole because the value was rebuilt by weights: nobody counted them.

    A carried value without counts is treated as one whose count is unknown.
    """
    if "carry_rule" not in observations:
        return observations
    parts = observations[["numerator", "denominator"]]
    is_rebuilt = observations["carry_rule"].ne("") & (parts.round() != parts).where(parts.notna(), False).any(axis=1)
    return observations.assign(**{name: parts[name].mask(is_rebuilt) for name in parts})


def work_out_counts(observations: pd.DataFrame) -> pd.DataFrame:
    """Return observations with the numerators that value and denominator tell where none is given, as readers find them.

    2,5 % of 120 children are 3, whether the 3 is shown or not.
    """
    factor = observations["unit"].map(multiplier_of).astype(float)
    found = (observations["value"] * observations["denominator"] / factor).round()
    is_share = found.between(0, observations["denominator"])
    return observations.assign(numerator=observations["numerator"].fillna(found.where(is_share)))


def find_known(cells: pd.DataFrame, published: pd.DataFrame | None, counts: Collection[str]) -> pd.Series:
    """Tell which counts an earlier published run shows as they are now."""
    if published is None or published.empty:
        return pd.Series(False, index=cells.index)
    shown = published[published["indicator"].isin(cells["indicator"].unique()) & published["value"].notna()]
    shown = work_out_counts(shown)
    if "value_status" in shown:
        shown = shown[shown["value_status"] != ValueStatus.SUPPRESSED]
    parts = shown[["numerator", "denominator"]]
    is_whole = (parts.round() == parts) | parts.isna()
    is_count = shown["indicator"].isin(list(counts)) & (shown["value"].round() == shown["value"])
    shown = shown[is_whole.all(axis=1) & (is_count | shown["numerator"].notna())]
    known = list_cells(shown, counts=counts)[[*KEY, "part", "count"]]
    return pd.Series(_is_in(cells[[*KEY, "part", "count"]], known), index=cells.index)


def find_in_public(cells: pd.DataFrame, public: pd.DataFrame) -> pd.Series:
    """Tell which denominators a public figure of the same place, period and group shows, such as a population."""
    numbers = pd.concat([public[_WHERE].assign(count=public[name]) for name in ("value", "numerator", "denominator")])
    wanted = cells["part"] == DENOMINATOR
    return wanted & _is_in(cells[[*_WHERE, "count"]], numbers.dropna())


def name_quantities(cells: pd.DataFrame, kinds: Mapping[str, Indicator]) -> pd.Series:
    """Return what each cell counts, in the catalogue's words; blank where the catalogue says nothing."""
    names = {(name, part): text for name, kind in kinds.items() for part, text in quantities_of(kind).items()}
    of_cells = zip(cells["indicator"], cells["part"], strict=True)
    return pd.Series([names.get(name, "") for name in of_cells], index=cells.index, dtype=str)


def quantities_of(kind: Indicator) -> dict[str, str]:
    """Return what an indicator counts and out of what, in the catalogue's words, by part; only what it says."""
    above = kind.title if kind.measure == Measure.COUNT else kind.numerator
    words = ((NUMERATOR, above), (DENOMINATOR, kind.denominator))
    return {part: text.vi.casefold() for part, text in words if text and text.vi}


def with_former_places(
    own: pd.DataFrame,
    rows: pd.DataFrame,
    former: pd.DataFrame | None,
    *,
    published: pd.DataFrame | None,
    counts: Collection[str],
) -> tuple[pd.DataFrame, pd.DataFrame | None]:
    """Add the counts of former places to those of the units made of them; return all, and which is a part of which.

    Needs: `own`, the cells of `rows` (carried ones name their `part_ids`). The counts of former places are not shown,
    unless an earlier run did, and must not be computable.
    """
    if former is None or former.empty or "part_ids" not in rows:
        return own, None
    behind = part_ids(rows.reset_index(drop=True)[rows["part_ids"].ne("").to_numpy()]).rename("behind")
    former = former[former["observation_id"].isin(behind)]
    if former.empty:
        return own, None
    old = list_cells(former, counts=counts)
    old = old.assign(
        is_published=False,
        is_known=find_known(old, published, counts),
        cost=1.0,
        place_code=old["place_code"] + FORMER,
        row=old["row"] + len(rows),
    )
    cells = pd.concat([own, old], ignore_index=True)
    wholes = own.rename_axis("whole").reset_index()[["whole", "row", "part"]]
    parts = cells[len(own) :].rename_axis("cell").reset_index()[["cell", "observation_id", "part"]]
    pairs = behind.rename_axis("row").reset_index()
    linked = wholes.merge(pairs, on="row", how="inner", validate="many_to_many")
    linked = linked.merge(parts.rename(columns={"observation_id": "behind"}), on=["behind", "part"], how="inner")
    return cells, linked.rename(columns={"part": "_"})[["whole", "cell"]].rename(columns={"cell": "part"})


def _is_in(table: pd.DataFrame, keys: pd.DataFrame) -> "pd.Series[bool]":
    found = pd.MultiIndex.from_frame(table).isin(pd.MultiIndex.from_frame(keys.astype({"count": "int64"})))
    return pd.Series(found, index=table.index)

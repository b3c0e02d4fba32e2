"""Take out of the observations what would let a reader find a child, before anything else sees them."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

import numpy as np
import pandas as pd

from mande.framework.indicator import Indicator, Measure, Sensitivity
from mande.indicators.disclosure.count_cells import DENOMINATOR, KEY, NUMERATOR, link_counts, list_cells, without_counts
from mande.indicators.disclosure.known_counts import (
    find_in_public,
    find_known,
    keep_whole_counts,
    name_quantities,
    with_former_places,
    work_out_counts,
)
from mande.indicators.disclosure.linked_cells import LinkedCells, Mask
from mande.indicators.disclosure.linked_parts import linked_parts
from mande.indicators.disclosure.nested_counts import Nested, pair_nested
from mande.indicators.disclosure.rule import Rule
from mande.indicators.disclosure.suppression import suppress
from mande.vocabulary import Level, ValueStatus

NUMBERS = ("value", "numerator", "lower", "upper", "sample_size", "design_effect", "original_value")
SHOWN_BELOW_PROVINCE = (Level.DISTRICT, Level.COMMUNE)
VERDICT_COST, DENOMINATOR_COST = 1000.0, 10.0
"""A verdict is lost last; a denominator (how many children there are) is worth more to a reader than one count."""


@dataclass(frozen=True)
class Protected:
    """Observations that may be published, and what it cost.

    `observations`: the same rows; hidden ones have no numbers and the status `suppressed`.
    `hidden`: one row per hidden value with `KEY`, `observation_id` and `why` (small, protects_others, no_base: its
    denominator is hidden, below_province, count_unknown).
    """

    observations: pd.DataFrame
    hidden: pd.DataFrame


def protect_observations(
    observations: pd.DataFrame,
    *,
    indicators: Iterable[Indicator],
    places: pd.DataFrame,
    rule: Rule,
    published: pd.DataFrame | None = None,
    former: pd.DataFrame | None = None,
    deciding: Iterable[str] = (),
    nested: Iterable[Nested] = (),
) -> Protected:
    """Hide small counts of sensitive indicators and what else it takes that no reader can compute them.

    One row per: observation, as given.
    Needs: observations at the units of the date (with `KEY`, values, numerators, denominators); `indicators` with their
    `sensitivity`; `places` of the date (`place_code`, `level`, `parent_code`, `region_code`); `published`: values that
    earlier published runs show (`KEY`, `value`, `numerator`, `denominator`); `former`: the observations of former
    places that carried ones are made of (`part_ids` names them); `deciding`: ids of observations on which verdicts
    rest, which are hidden last; `nested`: which counts hold which (`list_nested`).
    Missing values: a hidden value has no number, `value_status` suppressed and the mark of the rule, such as "<5", in
    `value_qualifier`; it is neither missing nor zero.
    Raises: DisclosureError where small counts cannot be protected.
    """
    kinds = {indicator.id: indicator for indicator in indicators if indicator.sensitivity != Sensitivity.PUBLIC}
    table = observations.reset_index(drop=True)
    sensitive = keep_whole_counts(table[table["indicator"].isin(list(kinds))])
    if sensitive.empty:
        return Protected(table, _list_hidden(table, pd.Series("", index=table.index)))
    why = _hide_by_level(sensitive, kinds, places).reindex(table.index, fill_value="")
    counts = [name for name, indicator in kinds.items() if indicator.measure == Measure.COUNT]
    rows = work_out_counts(sensitive[why.loc[sensitive.index] == ""])
    public = table[~table["indicator"].isin(list(kinds))]
    own = list_cells(rows, counts=counts)
    own = own.assign(
        is_published=own["part"].isin([NUMERATOR, DENOMINATOR]),
        is_known=find_known(own, published, counts) | find_in_public(own, public),
    )
    own = own.assign(cost=_cost(own, deciding, rule))
    cells, carried = with_former_places(own, rows, former, published=published, counts=counts)
    tables = link_counts(
        cells.assign(quantity=name_quantities(cells, kinds)),
        _above(places, "parent_code"),
        regions=_above(places, "region_code"),
        carried=carried,
        nested=pair_nested(cells, nested),
    )
    hidden, primary = suppress_apart(tables, rule)
    hidden, primary = hidden[: len(own)], primary[: len(own)]
    is_numerator = (own["part"] == NUMERATOR).to_numpy()
    for mask, word in ((hidden & ~primary, "protects_others"), (primary, "small")):
        why.loc[rows.index[own.loc[mask & is_numerator, "row"]]] = word
    lost = rows.index[own.loc[hidden & (own["part"] == DENOMINATOR).to_numpy(), "row"]]
    return Protected(_blank(table, why, lost, rule), _list_hidden(table, why.mask(_is_bare(why, lost), "no_base")))


def suppress_apart(tables: LinkedCells, rule: Rule) -> tuple[Mask, Mask]:
    """Suppress tables that no sum links apart from each other; return what is hidden, and what of it is small."""
    hidden, primary = np.zeros(len(tables), dtype=bool), np.zeros(len(tables), dtype=bool)
    everything = np.ones(len(tables), dtype=bool)
    for cells, sums in linked_parts(tables, everything, tables.small(rule)):
        found = suppress(tables.select(cells, sums), rule)
        hidden[cells], primary[cells] = found.hidden, found.primary
    return hidden, primary


def _hide_by_level(rows: pd.DataFrame, kinds: Mapping[str, Indicator], places: pd.DataFrame) -> pd.Series:
    """Return why a value is hidden whatever it is: not to be shown below the province, or its count is unknown."""
    level = rows["place_code"].map(places.drop_duplicates("place_code").set_index("place_code")["level"])
    is_below = level.isin([str(name) for name in SHOWN_BELOW_PROVINCE])
    never = [name for name, kind in kinds.items() if kind.sensitivity == Sensitivity.NEVER_BELOW_PROVINCE]
    counts = [name for name, kind in kinds.items() if kind.measure == Measure.COUNT]
    unknown = without_counts(rows, counts=counts) & is_below
    why = pd.Series("", index=rows.index, dtype=str).mask(unknown, "count_unknown")
    return why.mask(rows["indicator"].isin(never) & is_below & rows["value"].notna(), "below_province")


def _cost(cells: pd.DataFrame, deciding: Iterable[str], rule: Rule) -> pd.Series:
    """Return what hiding each count loses; a verdict is lost once: beside a small numerator its denominator costs none."""
    cost = cells["part"].eq(DENOMINATOR).map({True: DENOMINATOR_COST, False: 1.0})
    lost = cells.loc[cells["part"].eq(NUMERATOR) & rule.is_small(cells["count"]) & ~cells["is_known"], "row"]
    decides = cells["observation_id"].isin(list(deciding)) & ~cells["row"].isin(lost)
    return cost + decides * VERDICT_COST


def _above(places: pd.DataFrame, column: str) -> pd.Series | None:
    if column not in places:
        return None
    return places.drop_duplicates("place_code").set_index("place_code")[column]


def _is_bare(why: pd.Series, lost: pd.Index) -> pd.Series:
    """Tell which values go only because their denominator does."""
    return why.eq("") & why.index.isin(lost)


def _blank(table: pd.DataFrame, why: pd.Series, lost: pd.Index, rule: Rule) -> pd.DataFrame:
    """Return the table without the hidden numbers; where only the denominator is hidden the value goes, too.

    What else could tell a hidden number goes with it: limits, what a correction replaced, notes, and the hash of its
    file, with which a reader could try out numbers until the hash fits.
    """
    is_hidden = (why != "") | table.index.isin(lost)
    protected = table.copy()
    for column in NUMBERS:
        if column in protected:
            protected[column] = protected[column].mask(is_hidden)
    for column in ("note", "correction"):
        if column in protected:
            protected[column] = protected[column].mask(is_hidden, "")
    if "snapshot" in protected:
        files = protected.loc[is_hidden, "file"].str.split("; ").explode().unique()
        is_of_them = protected["file"].str.split("; ").explode().isin(files).groupby(level=0).any()
        protected["snapshot"] = protected["snapshot"].mask(is_of_them, str(ValueStatus.SUPPRESSED))
    is_bare = table.index.isin(lost) | why.isin(["below_province", "count_unknown"])
    protected["denominator"] = protected["denominator"].mask(is_bare)
    protected["value_status"] = protected["value_status"].mask(is_hidden, str(ValueStatus.SUPPRESSED))
    if "value_qualifier" in protected:
        protected["value_qualifier"] = protected["value_qualifier"].mask(is_hidden, rule.mark)
    return protected


def _list_hidden(table: pd.DataFrame, why: pd.Series) -> pd.DataFrame:
    return table.loc[why != "", [*KEY, "observation_id"]].assign(why=why[why != ""]).reset_index(drop=True)

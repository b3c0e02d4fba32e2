"""Which counts to hide: the small ones, and as few and as cheap others as it takes that no small one can be computed.

The choice is a plain one, sum by sum: a hidden cell needs, in every sum that it stands in, other hidden cells with room
to move against it.  The attacker (`attack.find_exposed`) then checks the result as a whole and sends back what he
found, until he finds nothing.
"""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import scipy.sparse as sp

from mande.errors import DisclosureError, Problem
from mande.indicators.disclosure.attack import find_exposed, linked_parts
from mande.indicators.disclosure.linked_cells import UNBOUNDED, LinkedCells, Mask
from mande.indicators.disclosure.rule import Rule

ATTACKS = 25
"""Times the attacker may send the choice back before it is given up (never seen; the choice ends by hiding more)."""


@dataclass(frozen=True)
class Suppression:
    """Which cells are hidden: `primary` because they are small, `complementary` to protect these."""

    primary: Mask
    complementary: Mask

    @property
    def hidden(self) -> Mask:
        return self.primary | self.complementary


def hide_small(tables: LinkedCells, rule: Rule) -> Mask:
    """Return the primary suppression: sensitive, published counts from 1 to the highest protected one."""
    return tables.small(rule) & tables.is_published & ~tables.is_known


PRUNED_UP_TO = 300
"""Complementary cells of linked tables up to which each is tried; beyond, trying costs more than it gives back."""


def suppress(tables: LinkedCells, rule: Rule, *, prune: bool | None = None) -> Suppression:
    """Hide the small counts and what else it takes.

    Needs: counts linked by all sums that a reader can lay side by side. `prune` shows again what turns out needless,
    dearest first (by default where there are up to `PRUNED_UP_TO`).
    Raises: DisclosureError where a small count cannot be protected (it was published before, or stands in a sum
    without anything left to hide), naming how many, never which value.
    """
    primary = hide_small(tables, rule)
    hidden = _balance(tables, primary, rule)
    for _ in range(ATTACKS):
        exposed = find_exposed(tables, hidden, rule)
        if not exposed:
            break
        hidden, changed = _hide_beside(tables, hidden, rule, exposed)
        if not changed:
            raise _unprotected(len(exposed))
        hidden = _balance(tables, hidden, rule)
    else:
        raise _unprotected(len(exposed))
    complementary = hidden & ~primary
    if prune or (prune is None and complementary.sum() <= PRUNED_UP_TO):
        complementary = _prune(tables, primary, complementary, rule)
    return Suppression(primary, complementary)


def _unprotected(cells: int) -> DisclosureError:
    return DisclosureError(
        Problem(
            "suppression",
            f"{cells} small counts can be computed whatever else is hidden",
            "publish fewer breakdowns, or do not publish this table beside the earlier one",
        )
    )


def _balance(tables: LinkedCells, hidden: Mask, rule: Rule) -> Mask:
    """Hide further cells until every hidden cell finds room in each of its sums."""
    hidden, columns = hidden.copy(), tables.sums.tocsc()
    while True:
        is_stuck = True
        for one in _lacking_sums(tables, hidden, rule):
            # An earlier choice of this round may have given the sum what it lacked.
            if len(_lacking_sums(tables, hidden, rule, among=np.array([one]))):
                cell = _cheapest(tables, columns, hidden, rule, int(one))
                if cell is not None:
                    hidden[cell], is_stuck = True, False
        if is_stuck:
            return hidden


def _lacking_sums(
    tables: LinkedCells, hidden: Mask, rule: Rule, among: npt.NDArray[np.int64] | None = None
) -> npt.NDArray[np.int64]:
    """Return the sums in which some hidden cell cannot move over the rule's width because the others cannot follow."""
    chosen = tables.sums if among is None else tables.sums[among]
    sums = chosen.tocoo()
    row, cell, plus = sums.row, sums.col, sums.data > 0
    low, high = tables.bounds(hidden)
    up = np.minimum(high[cell] - tables.values[cell], UNBOUNDED)
    down = np.maximum(tables.values[cell] - low[cell], 0)
    rise, fall = np.where(plus, up, down).astype(float), np.where(plus, down, up).astype(float)
    count = chosen.shape[0]
    others_rise, others_fall = np.bincount(row, rise, count)[row] - rise, np.bincount(row, fall, count)[row] - fall
    span = np.minimum(rise, others_fall) + np.minimum(fall, others_rise)
    must_move = hidden[cell] | tables.small(rule)[cell]
    return np.unique(row[must_move & (span < rule.width)]).astype(np.int64)


def _cheapest(tables: LinkedCells, columns: sp.csc_matrix, hidden: Mask, rule: Rule, one: int) -> int | None:
    """Return the cell of a sum that costs least to hide, those first that open no new sum; None if none is left."""
    sums = tables.sums
    cells = sums.indices[sums.indptr[one] : sums.indptr[one + 1]]
    able = tables.is_published[cells] & ~hidden[cells] & ~tables.is_known[cells]
    cells = cells[able & (tables.values[cells] > rule.highest_protected)]
    if not len(cells):
        return None
    unseen = hidden | ~tables.is_published
    opens = [
        sum(
            not unseen[sums.indices[sums.indptr[other] : sums.indptr[other + 1]]].any()
            for other in columns.indices[columns.indptr[cell] : columns.indptr[cell + 1]]
        )
        for cell in cells
    ]
    roomy = tables.values[cells] > rule.width
    price = np.lexsort((tables.values[cells], opens, ~roomy, tables.cost[cells]))
    return int(cells[price[0]])


def _hide_beside(tables: LinkedCells, hidden: Mask, rule: Rule, exposed: list[int]) -> tuple[Mask, bool]:
    """Hide one more cell in each sum of an exposed cell, or, where nothing is left there, in the sums next to them."""
    hidden, columns, changed = hidden.copy(), tables.sums.tocsc(), False
    for cell in exposed:
        seen: set[int] = set()
        layer = [cell]
        while layer:
            near = {int(one) for at in layer for one in columns.indices[columns.indptr[at] : columns.indptr[at + 1]]}
            found = [_cheapest(tables, columns, hidden, rule, one) for one in sorted(near - seen)]
            chosen = [at for at in found if at is not None]
            if chosen:
                hidden[chosen], changed = True, True
                break
            members = sorted({int(at) for one in near - seen for at in tables.sums[one].indices})
            seen |= near
            layer = [at for at in members if (hidden[at] or not tables.is_published[at]) and not tables.is_known[at]]
    return hidden, changed


def _prune(tables: LinkedCells, primary: Mask, complementary: Mask, rule: Rule) -> Mask:
    """Show again, dearest first, each complementary cell without which the attacker still finds nothing."""
    kept = complementary.copy()
    links = abs(tables.sums)
    for cell in sorted(np.flatnonzero(complementary), key=lambda one: (-tables.cost[one], -tables.values[one])):
        trial = kept.copy()
        trial[cell] = False
        beside = np.asarray(links[links[:, [cell]].nonzero()[0]].sum(axis=0)).ravel() > 0
        # What a needed cell protects mostly stands beside it: ask there first.
        for among in (beside, _linked(tables, primary | kept, cell)):
            if find_exposed(tables, primary | trial, rule, among=among, first_only=True):
                break
        else:
            kept = trial
    return kept


def _linked(tables: LinkedCells, hidden: Mask, cell: int) -> Mask:
    """Return the unknown cells that sums link to one cell."""
    unknown = (hidden | ~tables.is_published) & ~tables.is_known
    mask = np.zeros(len(tables), dtype=bool)
    for cells, _ in linked_parts(tables, unknown, np.arange(len(tables)) == cell):
        mask[cells] = True
    return mask

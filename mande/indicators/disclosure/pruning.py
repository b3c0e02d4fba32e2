"""Show again what was hidden on the way and turns out to be needless: first what costs a verdict, then the rest."""

from dataclasses import dataclass, replace

import numpy as np

from mande.indicators.disclosure.attack import find_exposed
from mande.indicators.disclosure.linked_cells import LinkedCells, Mask
from mande.indicators.disclosure.linked_parts import Indexes, linked_parts, pieces
from mande.indicators.disclosure.rule import Rule

ALL_UP_TO, DEAREST = 1000, 300
"""Complementary cells of linked tables up to which each is tried; of more, so many of the dearest: trying all of some
thousands costs more time than it gives cells back."""


def prune_complementary(tables: LinkedCells, primary: Mask, complementary: Mask, rule: Rule) -> Mask:
    """Show again, dearest first, each complementary cell without which the attacker still finds nothing.

    Needs: a choice of which the attacker finds nothing. A cell that is needed now stays so when more is shown: once
    through is enough.
    """
    order = sorted(np.flatnonzero(complementary).tolist(), key=lambda one: (-tables.cost[one], -tables.values[one]))
    order = order if len(order) <= ALL_UP_TO else order[:DEAREST]
    hidden = primary | complementary
    blocks = _blocks(tables, hidden)
    block_of = {int(cell): block for block in blocks for cell in block.cells[block.is_inside]}
    for cell in order:
        if cell in block_of and not _is_needed(block_of[cell], hidden, cell, rule):
            hidden[cell] = False
    # What lies between the blocks may have been safe by cells within them.
    if len(blocks) > 1 and find_exposed(tables, hidden, rule):
        return complementary
    return hidden & ~primary


def count_needless(tables: LinkedCells, hidden: Mask, cells: Indexes, rule: Rule) -> int:
    """Return how many of these hidden cells could be shown, each by itself, and the attacker would still find nothing.

    At most: a cell is attacked within its block only, and what lies between blocks may need it.
    """
    block_of = {int(cell): block for block in _blocks(tables, hidden) for cell in block.cells[block.is_inside]}
    return sum(int(cell) in block_of and not _is_needed(block_of[int(cell)], hidden, int(cell), rule) for cell in cells)


@dataclass(frozen=True)
class _Block:
    """Some linked cells (`is_inside`) with their sums; the other cells of these sums are taken as they are."""

    tables: LinkedCells
    cells: Indexes
    is_inside: Mask


def _blocks(tables: LinkedCells, hidden: Mask) -> list[_Block]:
    unknown = (hidden | ~tables.is_published) & ~tables.is_known
    found = []
    for group in linked_parts(tables, unknown, hidden):
        for inside, sums in pieces(tables, *group):
            cells = np.unique(tables.sums[sums].indices).astype(np.int64)
            is_inside = np.isin(cells, inside)
            part = tables.select(cells, sums)
            found.append(
                _Block(replace(part, is_known=part.is_known | (unknown[cells] & ~is_inside)), cells, is_inside)
            )
    return found


def _is_needed(block: _Block, hidden: Mask, cell: int, rule: Rule) -> bool:
    """Tell whether a cell that is shown exposes another one of its block; what it protects mostly stands beside it."""
    trial = hidden[block.cells]
    at = int(np.searchsorted(block.cells, cell))
    trial[at] = False
    sums = block.tables.sums[block.tables.columns[:, [at]].indices]
    beside = np.isin(np.arange(len(trial)), sums.indices)
    return any(
        find_exposed(block.tables, trial, rule, among=among & block.is_inside, first_only=True)
        for among in (beside, ~beside)
    )

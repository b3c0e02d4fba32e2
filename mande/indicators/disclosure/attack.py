"""The attacker: takes everything that is published and works out what the hidden counts can be.

He knows the rule, the marks, every visible number and every sum that links them.  For each hidden small count he asks
a solver (HiGHS, integer programming) for the lowest and the highest count that fit.  A cell is exposed when the two are
closer than the rule's width.  Nothing here logs a hidden value.
"""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import scipy.sparse as sp
from scipy.optimize import Bounds, LinearConstraint, milp
from scipy.sparse.csgraph import connected_components

from mande.indicators.disclosure.linked_cells import UNBOUNDED, Counts, LinkedCells, Mask
from mande.indicators.disclosure.rule import Rule

Indexes = npt.NDArray[np.int64]
ROUNDS = 12
"""Solutions tried for a whole part of the tables before single cells are asked for."""
FEW = 6
"""So many cells are asked for one by one at once."""
NEIGHBOURS = 400
"""Cells of a neighbourhood that is solved first; if it does not show the cell to be safe, all linked cells are."""


@dataclass(frozen=True)
class Interval:
    """What the attacker can say of one hidden cell."""

    cell: int
    lowest: int
    highest: int

    def is_narrower_than(self, rule: Rule) -> bool:
        return self.highest - self.lowest < rule.width


def find_exposed(
    tables: LinkedCells, hidden: Mask, rule: Rule, *, among: Mask | None = None, first_only: bool = False
) -> list[int]:
    """Return the small counts that the attacker can narrow down, as positions.

    A hidden count of 0 or just above the small ones is asked for, too: who does not see it would take "4 or 5" for a
    child found.
    Needs: `hidden` (cells that are not shown); `among` limits the question to some cells, `first_only` the answer to
    the first that is found.
    """
    unknown = (hidden | ~tables.is_published) & ~tables.is_known
    asked = tables.small(rule) | (unknown & tables.is_sensitive & (tables.values < rule.highest_protected + rule.width))
    asked &= np.ones(len(tables), dtype=bool) if among is None else among
    shown = asked & ~unknown & tables.small(rule)
    exposed = set(np.flatnonzero(shown).tolist())
    for cells, sums in linked_parts(tables, unknown, asked & unknown):
        if first_only and exposed:
            break
        exposed |= _attack_part(tables, hidden, rule, (cells, sums), asked)
    return sorted(exposed)


def find_interval(tables: LinkedCells, hidden: Mask, cell: int) -> Interval:
    """Return the lowest and highest count that a hidden cell can have, by integer programming over all linked cells."""
    unknown = (hidden | ~tables.is_published) & ~tables.is_known
    value = int(tables.values[cell])
    for cells, sums in linked_parts(tables, unknown, np.arange(len(tables)) == cell):
        part = _Part(tables, hidden, cells, sums)
        position = int(np.searchsorted(cells, cell))
        aim = np.zeros(len(cells))
        ends = []
        for sign in (1.0, -1.0):
            aim[position] = sign
            found = part.solve(aim)
            ends.append(value if found is None else int(found[position]))
        return Interval(cell, ends[0], ends[1])
    return Interval(cell, value, value)


class _Part:
    """Cells that are linked, with everything outside them taken as it is."""

    def __init__(self, tables: LinkedCells, hidden: Mask, cells: Indexes, sums: Indexes) -> None:
        rows = tables.sums[sums]
        inside = rows[:, cells]
        low, high = tables.bounds(hidden)
        self.values = tables.values[cells]
        self.low, self.high = low[cells].astype(float), high[cells].astype(float)
        self.high[self.high >= UNBOUNDED] = np.inf
        self.equations = inside.astype(float)
        self.sides = np.asarray(inside @ self.values, dtype=float)

    def solve(self, aim: np.ndarray, reach: tuple[Counts, Counts] | None = None) -> Counts | None:
        """Return whole counts that fit everything known and minimise `aim`, or None where there are none.

        `reach` keeps the cells that are aimed at within a range, where no more is asked.
        """
        low, high = self.low, self.high
        if reach is not None:
            aimed = aim != 0
            low = np.where(aimed, np.maximum(low, reach[0]), low)
            high = np.where(aimed, np.minimum(high, reach[1]), high)
        constraints = LinearConstraint(self.equations, self.sides, self.sides)
        found = milp(aim, constraints=constraints, bounds=Bounds(low, high), integrality=np.ones(len(aim)))
        if found.x is None:
            return None
        counts = np.rint(found.x).astype(np.int64)
        return counts if np.array_equal(self.equations @ counts, self.sides) else None


def linked_parts(tables: LinkedCells, unknown: Mask, asked: Mask) -> list[tuple[Indexes, Indexes]]:
    """Return the groups of unknown cells that sums link, with these sums; only those that hold a cell asked for."""
    cells = np.flatnonzero(unknown)
    links = abs(tables.sums[:, cells])
    sums = np.flatnonzero(np.diff(links.tocsr().indptr))
    links = links[sums]
    graph = sp.bmat([[None, links.T], [links, None]]) if len(sums) else sp.csr_matrix((len(cells), len(cells)))
    _, label = connected_components(graph, directed=False)
    cell_label, sum_label = label[: len(cells)], label[len(cells) :]
    wanted = np.unique(cell_label[asked[cells]])
    by_cell, by_sum = np.argsort(cell_label, kind="stable"), np.argsort(sum_label, kind="stable")
    sorted_cells, sorted_sums = cell_label[by_cell], sum_label[by_sum]
    return [
        (
            cells[np.sort(by_cell[slice(*np.searchsorted(sorted_cells, [name, name + 1]))])],
            sums[np.sort(by_sum[slice(*np.searchsorted(sorted_sums, [name, name + 1]))])],
        )
        for name in wanted
    ]


def _attack_part(
    tables: LinkedCells, hidden: Mask, rule: Rule, group: tuple[Indexes, Indexes], asked: Mask
) -> set[int]:
    """Return the exposed cells of one group: first by solutions for all at once, then one cell at a time."""
    cells = group[0]
    wanted = np.flatnonzero(asked[cells])
    seen = _Seen(tables.values[cells], wanted, rule)
    if len(wanted) > FEW and len(cells) <= 3 * NEIGHBOURS:
        _widen_together(_Part(tables, hidden, *group), seen)
    exposed: set[int] = set()
    for position in wanted:
        if seen.is_safe(position) or _widen_one(tables, hidden, group, int(position), seen):
            continue
        if seen.low[position] <= rule.highest_protected and seen.high[position] >= 1:
            exposed.add(int(cells[position]))
    return exposed


class _Seen:
    """The lowest and highest count that fitting solutions have shown for each cell so far, the truth being one."""

    def __init__(self, values: Counts, wanted: Indexes, rule: Rule) -> None:
        self.values, self.wanted, self.width = values, wanted, rule.width
        self.low, self.high = values.copy(), values.copy()

    def add(self, counts: Counts) -> None:
        self.low, self.high = np.minimum(self.low, counts), np.maximum(self.high, counts)

    def is_safe(self, position: int) -> bool:
        return bool(self.high[position] - self.low[position] >= self.width)

    @property
    def open(self) -> Indexes:
        return self.wanted[(self.high - self.low)[self.wanted] < self.width]


def _widen_together(part: "_Part", seen: _Seen) -> None:
    """Try aims for all open cells at once: one solution shows many of them to be safe."""
    random = np.random.default_rng(1)
    for turn in range(ROUNDS):
        open_cells = seen.open
        if not len(open_cells):
            return
        aim = np.full(len(part.values), 1e-3)  # a small pull down keeps cells without an upper limit from running away
        aim[open_cells] = random.choice([-1.0, 1.0], len(open_cells)) if turn else 1.0
        found = part.solve(aim, reach=(part.values - seen.width, part.values + seen.width))
        if found is not None:
            seen.add(found)


def _widen_one(tables: LinkedCells, hidden: Mask, group: tuple[Indexes, Indexes], position: int, seen: _Seen) -> bool:
    """Tell whether one cell can range over the rule's width: in its neighbourhood, else over all linked cells."""
    cells, sums = group
    near = _neighbourhood(tables, cells, sums, int(cells[position]))
    for part_cells, part_sums in [near] if len(near[0]) == len(cells) else [near, group]:
        part = _Part(tables, hidden, part_cells, part_sums)
        inside = np.searchsorted(cells, part_cells)
        aim = np.zeros(len(part_cells))
        for sign in (1.0, -1.0):
            aim[np.searchsorted(part_cells, cells[position])] = sign
            found = part.solve(aim, reach=(part.values - seen.width, part.values + seen.width))
            if found is not None:
                whole = tables.values[cells].copy()
                whole[inside] = found
                seen.add(whole)
            if seen.is_safe(position):
                return True
    return False


def _neighbourhood(tables: LinkedCells, cells: Indexes, sums: Indexes, start: int) -> tuple[Indexes, Indexes]:
    """Return the cells of the group nearest to one, and every sum that holds one of them."""
    if len(cells) <= NEIGHBOURS:
        return cells, sums
    rows, columns = tables.sums, tables.sums.tocsc()
    member = np.zeros(len(tables), dtype=bool)
    member[cells] = True
    near, seen, frontier = {start}, set(), [start]
    while frontier and len(near) < NEIGHBOURS:
        following = []
        for cell in frontier:
            for one in columns.indices[columns.indptr[cell] : columns.indptr[cell + 1]]:
                if one in seen:
                    continue
                seen.add(int(one))
                others = rows.indices[rows.indptr[one] : rows.indptr[one + 1]]
                following += [int(other) for other in others if member[other] and int(other) not in near]
                near.update(following)
        frontier = following
    chosen = np.array(sorted(near), dtype=np.int64)
    return chosen, np.unique(columns[:, chosen].tocoo().row.astype(np.int64))

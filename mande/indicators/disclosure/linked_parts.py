"""Parts of linked tables that can be solved by themselves, with everything outside them taken as it is."""

import numpy as np
import numpy.typing as npt
import scipy.sparse as sp
from scipy.optimize import Bounds, LinearConstraint, milp
from scipy.sparse.csgraph import connected_components

from mande.indicators.disclosure.linked_cells import UNBOUNDED, Counts, LinkedCells, Mask

Indexes = npt.NDArray[np.int64]
NEIGHBOURS = 400
"""Cells of a neighbourhood that is solved first; if it does not show the cell to be safe, all linked cells are."""
AT_ONCE = 3000
"""Cells that are solved together; larger groups are taken apart at the totals of their largest sums."""
LARGE_SUMS = (64, 16, 8, 4)
"""Cells that a sum may have whose total stays open, tried in this order until the pieces are small."""


class Part:
    """Cells that are linked, with everything outside them taken as it is."""

    def __init__(self, tables: LinkedCells, hidden: Mask, cells: Indexes, sums: Indexes) -> None:
        inside = tables.sums[sums][:, cells]
        self.values = tables.values[cells]
        low, high = tables.bounds_of(cells, hidden)
        self.low, self.high = low.astype(float), high.astype(float)
        self.high[self.high >= UNBOUNDED] = np.inf
        self.equations = inside.astype(float)
        self.sides = np.asarray(inside @ self.values, dtype=float)

    def solve(self, aim: npt.NDArray[np.float64], reach: tuple[Counts, Counts] | None = None) -> Counts | None:
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
    if not (unknown & asked).any():
        return []
    cells = np.flatnonzero(unknown)
    links = abs(tables.sums[:, cells])
    sums = np.flatnonzero(np.diff(links.tocsr().indptr))
    return _split(links[sums], cells, sums, asked)


def pieces(tables: LinkedCells, cells: Indexes, sums: Indexes) -> list[tuple[Indexes, Indexes]]:
    """Return a group in pieces that fall apart once the totals of its largest sums are taken as they are."""
    found = [(cells, sums)]
    inside = tables.sums[sums][:, cells].tocoo()
    is_total = inside.data < 0
    size = np.zeros(len(cells), dtype=np.int64)
    np.maximum.at(size, inside.col[is_total], np.diff(tables.sums.indptr)[sums[inside.row[is_total]]])
    for limit in LARGE_SUMS:
        if max((len(piece) for piece, _ in found), default=0) <= AT_ONCE:
            break
        kept = cells[size <= limit]
        links = abs(tables.sums[sums][:, kept]).tocsr()
        touched = np.diff(links.indptr) > 0
        found = _split(links[touched], kept, sums[touched], np.ones(len(tables), dtype=bool))
    return found


def neighbourhood(tables: LinkedCells, cells: Indexes, sums: Indexes, start: int) -> tuple[Indexes, Indexes]:
    """Return the cells of the group nearest to one, and every sum that holds one of them."""
    if len(cells) <= NEIGHBOURS:
        return cells, sums
    rows, columns = tables.sums, tables.columns
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


def _split(links: sp.csr_matrix, cells: Indexes, sums: Indexes, asked: Mask) -> list[tuple[Indexes, Indexes]]:
    """Return the connected groups of cells, with their sums, that hold a cell asked for."""
    graph = sp.bmat([[None, links.T], [links, None]]) if len(sums) else sp.csr_matrix((len(cells), len(cells)))
    _, label = connected_components(graph, directed=False)
    cell_label, sum_label = label[: len(cells)], label[len(cells) :]
    wanted = np.unique(cell_label[asked[cells]])
    found = zip(members(cell_label, cells, wanted), members(sum_label, sums, wanted), strict=True)
    return list(found)


def members(label: npt.NDArray[np.int32], of: Indexes, wanted: npt.NDArray[np.int32]) -> list[Indexes]:
    """Return the members of each group that is wanted, in order."""
    order = np.argsort(label, kind="stable")
    starts = np.searchsorted(label[order], wanted)
    ends = np.searchsorted(label[order], wanted, side="right")
    return [np.sort(of[order[a:b]]) for a, b in zip(starts, ends, strict=True)]

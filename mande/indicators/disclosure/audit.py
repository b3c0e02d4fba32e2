"""The audit: takes the tables of published runs as any reader has them, and attacks all of them together.

It knows no hidden number and none of the code that chose what to hide: the counts that it starts from are made up so
that they fit everything visible, and what they could be instead is the same as for the true ones.
"""

import numpy as np
import numpy.typing as npt
import pandas as pd
import scipy.sparse as sp
from scipy.optimize import Bounds, LinearConstraint, milp
from scipy.sparse.csgraph import connected_components

from mande.errors import DisclosureError, Problem
from mande.indicators.disclosure.attack import find_exposed
from mande.indicators.disclosure.linked_cells import UNBOUNDED, LinkedCells
from mande.indicators.disclosure.linked_parts import members
from mande.indicators.disclosure.published_cells import NAMES, PublishedRun, list_published, sum_published
from mande.indicators.disclosure.rule import Rule

Numbers = npt.NDArray[np.float64]
_TOLERANCE = 1e-6


def audit_runs(runs: list[PublishedRun], rule: Rule) -> pd.DataFrame:
    """Return what a reader of all these runs can narrow down to less than the rule allows.

    One row per: exposed count, named by indicator, place, period, group and part; never with its value.
    Needs: the runs that are or will be in the reader's hands.
    """
    listed = list_published(runs)
    if listed.empty:
        return listed[NAMES]
    sums, cells = sum_published(listed, runs)
    hidden = cells["state"].eq("marked").to_numpy()
    unseen = cells["state"].eq("unseen").to_numpy()
    low = np.where(hidden, 1.0, np.where(unseen, 0.0, cells["count"].fillna(0.0)))
    high = np.where(hidden | unseen, np.inf, low)
    counts, sums = _fit(sums, low, high)
    tables = LinkedCells(
        values=counts,
        sums=sums,
        is_sensitive=(cells["is_child"] | ~cells["part"].eq("remainder")).to_numpy(bool),
        is_published=~unseen,
        is_known=np.zeros(len(cells), dtype=bool),
        cost=np.ones(len(cells)),
    )
    exposed = find_exposed(tables, hidden, rule)
    return cells.loc[exposed, NAMES].reset_index(drop=True)


def require_none(exposed: pd.DataFrame) -> None:
    """Refuse to publish what an audit found to be exposed.

    Raises: DisclosureError with every exposed cell by name, never by value.
    """
    if len(exposed):
        raise DisclosureError([Problem(name, "can be computed", _TODO) for name in name_cells(exposed)])


_TODO = "publish fewer breakdowns, mend totals that do not add up, or do not publish beside the earlier run"


def name_cells(exposed: pd.DataFrame) -> list[str]:
    """Return each cell in words: indicator, place, period, group, part."""
    columns = ["indicator", "place_code", "period", "dimension", "dimension_value", "part"]
    return [" ".join(dict.fromkeys(map(str, row))) for row in exposed[columns].itertuples(index=False)]


def _fit(sums: sp.csr_matrix, low: Numbers, high: Numbers) -> tuple[npt.NDArray[np.int64], sp.csr_matrix]:
    """Return counts that fit all that is visible, and the sums without those that contradict it.

    Sums that no counts can keep (parts and total were counted by two hands) tell a reader nothing for sure.
    """
    counts = low.copy()
    free = np.flatnonzero(high > low)
    links = abs(sums[:, free]).tocsr()
    touched = np.flatnonzero(np.diff(links.indptr))
    broken = np.abs(sums @ low) > _TOLERANCE
    broken[touched] = False
    if len(touched):
        _, label = connected_components(sp.bmat([[None, links[touched].T], [links[touched], None]]), directed=False)
        of_cell, of_sum = label[: len(free)], label[len(free) :]
        names = np.unique(of_sum)
        fixed = low.copy()
        fixed[free] = 0.0
        sides = -(sums @ fixed)
        for cells, rows in zip(members(of_cell, free, names), members(of_sum, touched, names), strict=True):
            found, lost = _solve(sums[rows][:, cells], sides[rows], low[cells])
            counts[cells], broken[rows[lost]] = found, True
    return np.rint(counts).astype(np.int64), sums[~broken].astype(np.int64).tocsr()


def _solve(matrix: sp.csr_matrix, sides: Numbers, low: Numbers) -> tuple[Numbers, npt.NDArray[np.bool_]]:
    """Return whole counts from `low` up that keep the sums, and which sums had to be given up for it."""
    kept = np.ones(matrix.shape[0], dtype=bool)
    found = _whole(matrix, sides, low)
    if found is None:
        kept = ~_contradicted(matrix, sides, low)
        found = _whole(matrix[kept], sides[kept], low)
    if found is None:
        kept[:] = False
        found = low
    return found, ~kept


def _whole(matrix: sp.csr_matrix, sides: Numbers, low: Numbers) -> Numbers | None:
    limits = Bounds(low, np.full(len(low), float(UNBOUNDED)))
    rows = LinearConstraint(matrix.astype(float), sides, sides)
    found = milp(np.zeros(len(low)), constraints=rows, bounds=limits, integrality=np.ones(len(low)))
    if found.x is None:
        return None
    counts = np.rint(found.x)
    return counts if np.array_equal(matrix @ counts, sides) else None


def _contradicted(matrix: sp.csr_matrix, sides: Numbers, low: Numbers) -> npt.NDArray[np.bool_]:
    """Return the sums that must give way: as little as possible in all."""
    height, width = matrix.shape
    room = sp.eye(height, format="csr")
    rows = LinearConstraint(sp.hstack([matrix.astype(float), room, -room]).tocsr(), sides, sides)
    aim = np.r_[np.zeros(width), np.ones(2 * height)]
    found = milp(aim, constraints=rows, bounds=Bounds(np.r_[low, np.zeros(2 * height)], np.full(len(aim), np.inf)))
    if found.x is None:
        return np.ones(height, dtype=bool)
    return found.x[width : width + height] + found.x[width + height :] > _TOLERANCE

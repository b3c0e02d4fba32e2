"""Counts that are linked by sums: what every reader knows about them, and what a hidden one could still be."""

from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np
import numpy.typing as npt
import scipy.sparse as sp

from mande.errors import DisclosureError, Problem
from mande.indicators.disclosure.rule import Rule

Counts = npt.NDArray[np.int64]
Mask = npt.NDArray[np.bool_]
UNBOUNDED = 10**9
"""Stands for "no upper limit known": no count of children reaches it."""


@dataclass(frozen=True)
class LinkedCells:
    """Counts and the sums that link them, in every table that a reader may lay side by side.

    `values`: whole counts. `sums`: one row per sum, +1 for each part and −1 for the total, so that `sums @ values` is 0.
    `is_sensitive`: small counts of this cell must be hidden. `is_published`: the cell is shown unless it is hidden (a
    denominator minus its numerator is never shown, yet must not be computable when it is small). `is_known`: shown in
    a place that cannot be called back, such as an earlier report. `cost`: what is lost when the cell is hidden.
    """

    values: Counts
    sums: sp.csr_matrix
    is_sensitive: Mask
    is_published: Mask
    is_known: Mask
    cost: npt.NDArray[np.float64]

    def __post_init__(self) -> None:
        broken = int(np.count_nonzero(self.sums @ self.values))
        if broken:
            found = f"{broken} of {self.sums.shape[0]} sums do not add up"
            raise DisclosureError(Problem("linked tables", found, "link only tables whose totals are sums of parts"))

    def __len__(self) -> int:
        return len(self.values)

    def small(self, rule: Rule) -> Mask:
        """Tell which cells must not be computable."""
        return self.is_sensitive & (self.values >= 1) & (self.values <= rule.highest_protected)

    def bounds(self, hidden: Mask) -> tuple[Counts, Counts]:
        """Return what a reader knows of each cell from its mark alone, lowest and highest count.

        One mark stands for small counts and for those hidden to protect them: two marks would give away too much (a
        total marked small limits all its parts). Zeros are always shown, so a marked count is 1 or more; a cell that
        is never shown is 0 or more.
        """
        return self.bounds_of(np.arange(len(self)), hidden)

    def bounds_of(self, cells: npt.NDArray[np.int64], hidden: Mask) -> tuple[Counts, Counts]:
        """Return the bounds of some cells (see `bounds`)."""
        values, is_known = self.values[cells], self.is_known[cells]
        unseen = ~self.is_published[cells]
        is_open = (hidden[cells] | unseen) & ~is_known
        low = np.where(is_open, np.where(unseen, 0, 1), values)
        return low, np.where(is_open, UNBOUNDED, values)

    @cached_property
    def columns(self) -> sp.csc_matrix:
        """Return the sums by cell."""
        return self.sums.tocsc()

    def select(self, cells: npt.NDArray[np.int64], sums: npt.NDArray[np.int64]) -> "LinkedCells":
        """Return these cells with these sums only; the sums must hold within the cells."""
        return replace(
            self,
            values=self.values[cells],
            sums=self.sums[sums][:, cells].tocsr(),
            is_sensitive=self.is_sensitive[cells],
            is_published=self.is_published[cells],
            is_known=self.is_known[cells],
            cost=self.cost[cells],
        )


def link_cells(
    values: Counts,
    totals: list[tuple[int, list[int]]],
    *,
    is_sensitive: Mask | None = None,
    is_published: Mask | None = None,
    cost: npt.NDArray[np.float64] | None = None,
) -> LinkedCells:
    """Link counts by a list of sums, each a total and its parts (positions in `values`).

    >>> link_cells(np.array([3, 40, 43]), [(2, [0, 1])]).small(Rule()).tolist()
    [True, False, False]
    """
    count = len(values)
    rows = [number for number, (_, parts) in enumerate(totals) for _ in range(len(parts) + 1)]
    columns = [cell for total, parts in totals for cell in (total, *parts)]
    signs = [sign for _, parts in totals for sign in (-1, *([1] * len(parts)))]
    return LinkedCells(
        values=np.asarray(values, dtype=np.int64),
        sums=sp.csr_matrix((signs, (rows, columns)), shape=(len(totals), count), dtype=np.int64),
        is_sensitive=np.ones(count, dtype=bool) if is_sensitive is None else is_sensitive,
        is_published=np.ones(count, dtype=bool) if is_published is None else is_published,
        is_known=np.zeros(count, dtype=bool),
        cost=np.ones(count) if cost is None else cost,
    )

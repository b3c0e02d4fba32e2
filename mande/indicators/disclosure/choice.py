"""Which cell of a sum to hide next: what is hidden so far, how far each cell can move, and what hiding one costs."""

import numpy as np
import numpy.typing as npt

from mande.indicators.disclosure.linked_cells import UNBOUNDED, LinkedCells, Mask
from mande.indicators.disclosure.rule import Rule

Sums = npt.NDArray[np.int64]


class Choice:
    """The cells hidden so far; each one that is hidden gives the sums that it stands in more room."""

    def __init__(self, tables: LinkedCells, hidden: Mask, rule: Rule) -> None:
        self.tables, self.rule, self.hidden = tables, rule, hidden.copy()
        low, high = tables.bounds(hidden)
        self._up = np.minimum(high - tables.values, UNBOUNDED).astype(float)
        self._down = np.maximum(tables.values - low, 0).astype(float)
        self._must_move = hidden | tables.small(rule)
        self._is_unseen = hidden | ~tables.is_published
        self._is_able = tables.is_published & ~tables.is_known & (tables.values > rule.highest_protected)
        self._is_closed = tables.sums.astype(bool).astype(int) @ self._is_unseen == 0
        self._opens = abs(tables.sums).T @ self._is_closed.astype(int)

    def hide(self, cell: int) -> None:
        """Hide one more cell."""
        self.hidden[cell] = self._must_move[cell] = self._is_unseen[cell] = True
        self._up[cell], self._down[cell] = UNBOUNDED, self.tables.values[cell] - 1
        for one in self.sums_of(cell):
            if self._is_closed[one]:
                self._is_closed[one] = False
                self._opens[self.cells_of(one)] -= 1

    def sums_of(self, cell: int) -> Sums:
        """Return the sums that a cell stands in."""
        return self.tables.columns.indices[slice(*self.tables.columns.indptr[cell : cell + 2])]

    def cells_of(self, one: int) -> Sums:
        """Return the cells of a sum."""
        return self.tables.sums.indices[slice(*self.tables.sums.indptr[one : one + 2])]

    def is_open(self, cell: int) -> bool:
        """Tell whether a reader does not know a cell."""
        return bool(self._is_unseen[cell] and not self.tables.is_known[cell])

    def lacking(self) -> Sums:
        """Return the sums in which some hidden cell cannot move over the rule's width because others cannot follow."""
        sums = self.tables.sums.tocoo()
        span = self._span(sums.row, sums.col, sums.data, self.tables.sums.shape[0])
        return np.unique(sums.row[self._must_move[sums.col] & (span < self.rule.width)]).astype(np.int64)

    def is_lacking(self, one: int) -> bool:
        """Tell whether a sum is lacking; see `lacking`."""
        sums = self.tables.sums
        part = slice(sums.indptr[one], sums.indptr[one + 1])
        cells = sums.indices[part]
        span = self._span(np.zeros(len(cells), dtype=np.int64), cells, sums.data[part], 1)
        return bool((self._must_move[cells] & (span < self.rule.width)).any())

    def _span(self, row: Sums, cell: Sums, sign: Sums, count: int) -> npt.NDArray[np.float64]:
        """Return how far each cell of each sum can move if only the others of the sum follow."""
        up, down, plus = self._up[cell], self._down[cell], sign > 0
        rise, fall = np.where(plus, up, down), np.where(plus, down, up)
        others_rise = np.bincount(row, rise, count)[row] - rise
        others_fall = np.bincount(row, fall, count)[row] - fall
        return np.minimum(rise, others_fall) + np.minimum(fall, others_rise)

    def cheapest(self, one: int) -> int | None:
        """Return the cell of a sum that costs least to hide, those first that open no new sum; None if none is left."""
        cells = self.cells_of(one)
        cells = cells[self._is_able[cells] & ~self.hidden[cells]]
        if not len(cells):
            return None
        values = self.tables.values[cells]
        price = np.lexsort((values, self._opens[cells], values <= self.rule.width, self.tables.cost[cells]))
        return int(cells[price[0]])

"""What sums say about hidden counts one by one, without a solver: limits that every solution keeps."""

import numpy as np
import numpy.typing as npt

from mande.indicators.disclosure.linked_cells import UNBOUNDED, LinkedCells, Mask

Numbers = npt.NDArray[np.float64]
PASSES = 12
"""Times the limits of one sum are handed on to the next; more would narrow them further, and is left to the solver."""


def narrow_limits(tables: LinkedCells, hidden: Mask) -> tuple[Numbers, Numbers]:
    """Return limits of each count that follow from what is shown: in each sum, a part is the total less the others.

    What they exclude is impossible; what they allow need not be possible.
    """
    low, high = (limit.astype(float) for limit in tables.bounds(hidden))
    high[high >= UNBOUNDED] = np.inf
    sums = tables.sums.tocoo()
    at = (sums.row, sums.col, sums.data > 0)
    for _ in range(PASSES):
        lower, upper = _from_others(at, tables.sums.shape[0], low, high)
        closer_low, closer_high = low.copy(), high.copy()
        np.maximum.at(closer_low, sums.col, lower)
        np.minimum.at(closer_high, sums.col, upper)
        if np.array_equal(closer_low, low) and np.array_equal(closer_high, high):
            break
        low, high = closer_low, closer_high
    return low, high


def _from_others(at: tuple, count: int, low: Numbers, high: Numbers) -> tuple[Numbers, Numbers]:
    """Return the limits of each cell of each sum that the other cells of the sum leave it."""
    row, cell, plus = at
    least, most = np.where(plus, low[cell], -high[cell]), np.where(plus, high[cell], -low[cell])
    others_least, others_most = _of_others(row, least, count), _of_others(row, most, count)
    return np.where(plus, -others_most, others_least), np.where(plus, -others_least, others_most)


def _of_others(row: npt.NDArray[np.int32], ends: Numbers, count: int) -> Numbers:
    """Return the sum of the ends of all other cells of each sum; one that is unlimited makes it unlimited."""
    is_open = np.isinf(ends)
    finite = np.where(is_open, 0.0, ends)
    n_open = np.bincount(row, is_open, count)[row] - is_open
    added = np.bincount(row, finite, count)[row] - finite
    sign = -1.0 if (ends[is_open] < 0).any() else 1.0
    return np.where(n_open > 0, sign * np.inf, added)

"""The cheapest choice of hidden cells for small tables: proved by what each exposed count says must be hidden besides.

The cheapest choice is relaxed to nothing, and made dearer step by step: as long as the attacker computes a small count,
linear programming says from which shown cells he does (its dual solution).  One of them at least must be hidden in
every choice that protects.  The cheapest choice that hides one of each such group (integer programming, HiGHS) is
attacked next.  The first of which he computes nothing is the best there is.
"""

import numpy as np
import numpy.typing as npt
from scipy.optimize import Bounds, LinearConstraint, linprog, milp

from mande.indicators.disclosure.attack import find_exposed
from mande.indicators.disclosure.linked_cells import UNBOUNDED, LinkedCells, Mask
from mande.indicators.disclosure.rule import Rule

Numbers = npt.NDArray[np.float64]
ROUNDS = 60
"""Choices that are attacked before the search is given up, and the choice stays that was there before."""
_TOLERANCE = 1e-6


def choose_exactly(tables: LinkedCells, primary: Mask, complementary: Mask, rule: Rule) -> Mask:
    """Return the cheapest complementary cells, or those given where none are cheaper or the search takes too long.

    Needs: tables of which `complementary` protects the small counts. The prices of the cells add up, so that lost
    verdicts, priced higher than all cells together, come first.
    """
    able = np.flatnonzero(tables.is_published & ~tables.is_known & (tables.values > rule.highest_protected))
    at_most = float(tables.cost[complementary].sum())
    needs, limits = np.zeros((0, len(able))), np.zeros(0)
    hidden = primary.copy()
    for _ in range(ROUNDS):
        exposed = find_exposed(tables, hidden, rule)
        if not exposed:
            return hidden & ~primary
        found = [_need(tables, hidden, cell, rule)[able] for cell in exposed]
        needs, limits = np.vstack([needs, *found]), np.r_[limits, [1.0 - (row < 0).sum() for row in found]]
        chosen = _cheapest(tables.cost[able], needs, limits)
        if chosen is None or float(tables.cost[able[chosen]].sum()) >= at_most - _TOLERANCE:
            break
        hidden = primary.copy()
        hidden[able[chosen]] = True
    return complementary


def _cheapest(cost: Numbers, needs: Numbers, limits: Numbers) -> Mask | None:
    rows = LinearConstraint(needs, limits, np.inf)
    found = milp(cost, constraints=rows, bounds=Bounds(0, 1), integrality=np.ones(len(cost)))
    return None if found.x is None else found.x > 0.5


def _need(tables: LinkedCells, hidden: Mask, cell: int, rule: Rule) -> Numbers:
    """Return what every choice must do so that this cell is not computed as it is now: hide one of the cells with +1.

    A hidden count that is not small may be shown as well (−1): it must only not look like a small one.
    """
    if not tables.small(rule)[cell]:
        return np.where(hidden, -1.0, 1.0)
    support = _behind(tables, hidden, cell, rule)
    return np.where(hidden, 0.0, 1.0) if support is None else support.astype(float)


def _behind(tables: LinkedCells, hidden: Mask, cell: int, rule: Rule) -> Mask | None:
    """Return the shown cells from which a count is computed; None where only its being whole narrows it."""
    low, high = (limit.astype(float) for limit in tables.bounds(hidden))
    high[high >= UNBOUNDED] = np.inf
    is_shown = low == high
    support = np.zeros(len(tables), dtype=bool)
    ends = []
    for sign in (1.0, -1.0):
        aim = np.zeros(len(tables))
        aim[cell] = sign
        found = linprog(aim, A_eq=tables.sums, b_eq=np.zeros(tables.sums.shape[0]), bounds=np.c_[low, high])
        if found.status != 0:
            return None
        ends.append(sign * found.fun)
        support |= is_shown & (np.abs(aim - tables.sums.T @ found.eqlin.marginals) > _TOLERANCE)
    is_narrow = np.floor(ends[1] + _TOLERANCE) - np.ceil(ends[0] - _TOLERANCE) < rule.width
    return support if is_narrow else None

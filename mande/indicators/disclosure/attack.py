"""The attacker: takes everything that is published and works out what the hidden counts can be.

He knows the rule, the marks, every visible number and every sum that links them.  For each hidden small count he asks
a solver (HiGHS, integer programming) for the lowest and the highest count that fit.  A cell is exposed when the two are
closer than the rule's width.  Nothing here logs a hidden value.

A cell is called safe only on two whole solutions that are as far apart as the rule asks for; one solution can show many
cells to be safe, so that most are settled together.  Only what is left is asked for cell by cell, exactly.
"""

from dataclasses import dataclass

import numpy as np

from mande.indicators.disclosure.limits import narrow_limits
from mande.indicators.disclosure.linked_cells import Counts, LinkedCells, Mask
from mande.indicators.disclosure.linked_parts import Indexes, Part, linked_parts, neighbourhood, pieces
from mande.indicators.disclosure.rule import Rule

IDLE_ROUNDS, ROUNDS = 3, 60
"""Solutions for a whole part of the tables that may show nothing new before single cells are asked for, and at most."""
FEW = 3
"""So many cells are asked for one by one at once."""
ROOM = 16
"""Times the rule's width that a cell may move for the sake of others: one large count makes room for many small ones."""


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
    small = tables.small(rule)
    asked = small | (unknown & tables.is_sensitive & (tables.values < rule.highest_protected + rule.width))
    asked &= np.ones(len(tables), dtype=bool) if among is None else among
    low, high = narrow_limits(tables, hidden)
    certain = asked & small & (high - low < rule.width)
    exposed = set(np.flatnonzero(certain).tolist())
    asked &= ~certain & unknown
    for cells, sums in linked_parts(tables, unknown, asked):
        if first_only and exposed:
            break
        exposed |= _attack_part(tables, hidden, rule, (cells, sums), asked)
    return sorted(exposed)


def find_interval(tables: LinkedCells, hidden: Mask, cell: int) -> Interval:
    """Return the lowest and highest count that a hidden cell can have, by integer programming over all linked cells."""
    unknown = (hidden | ~tables.is_published) & ~tables.is_known
    value = int(tables.values[cell])
    for cells, sums in linked_parts(tables, unknown, np.arange(len(tables)) == cell):
        part = Part(tables, hidden, cells, sums)
        position = int(np.searchsorted(cells, cell))
        aim = np.zeros(len(cells))
        ends = []
        for sign in (1.0, -1.0):
            aim[position] = sign
            found = part.solve(aim)
            ends.append(value if found is None else int(found[position]))
        return Interval(cell, ends[0], ends[1])
    return Interval(cell, value, value)


def _attack_part(
    tables: LinkedCells, hidden: Mask, rule: Rule, group: tuple[Indexes, Indexes], asked: Mask
) -> set[int]:
    """Return the exposed cells of one group: first by solutions for all at once, then one cell at a time."""
    cells = group[0]
    wanted = np.flatnonzero(asked[cells])
    seen = _Seen(tables.values[cells], wanted, rule)
    if len(wanted) > FEW:
        small = pieces(tables, *group)
        for piece in [*small, group] if len(small) > 1 else [group]:
            _widen_together(Part(tables, hidden, *piece), seen, np.searchsorted(cells, piece[0]))
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
        self.values, self.width = values, rule.width
        self.is_wanted = np.isin(np.arange(len(values)), wanted)
        self.low, self.high = values.copy(), values.copy()

    def add(self, inside: Indexes, counts: Counts) -> None:
        self.low[inside] = np.minimum(self.low[inside], counts)
        self.high[inside] = np.maximum(self.high[inside], counts)

    def is_safe(self, position: int) -> bool:
        return bool(self.high[position] - self.low[position] >= self.width)

    def open_in(self, inside: Indexes) -> Indexes:
        """Return which of these cells are not shown to be safe yet, as positions among them."""
        return np.flatnonzero(self.is_wanted[inside] & (self.high[inside] - self.low[inside] < self.width))


def _widen_together(part: Part, seen: _Seen, inside: Indexes) -> None:
    """Try aims for all open cells of a part at once: one solution shows many of them to be safe."""
    random = np.random.default_rng(1)
    idle = 0
    for turn in range(ROUNDS):
        open_cells = seen.open_in(inside)
        if not len(open_cells) or idle == IDLE_ROUNDS:
            return
        aim = np.full(len(part.values), 1e-3)  # a small pull down keeps cells without an upper limit from running away
        aim[open_cells] = random.choice([-1.0, 1.0], len(open_cells)) if turn else 1.0
        reach = np.full(len(part.values), ROOM * seen.width)
        reach[open_cells] = seen.width
        found = part.solve(aim, reach=(part.values - reach, part.values + reach))
        if found is not None:
            seen.add(inside, found)
        idle = 0 if len(seen.open_in(inside)) < len(open_cells) else idle + 1


def _widen_one(tables: LinkedCells, hidden: Mask, group: tuple[Indexes, Indexes], position: int, seen: _Seen) -> bool:
    """Tell whether one cell can range over the rule's width: in its neighbourhood, else over all linked cells."""
    cells = group[0]
    near = neighbourhood(tables, *group, int(cells[position]))
    for part_cells, part_sums in [near] if len(near[0]) == len(cells) else [near, group]:
        part = Part(tables, hidden, part_cells, part_sums)
        aim = np.zeros(len(part_cells))
        for sign in (1.0, -1.0):
            aim[np.searchsorted(part_cells, cells[position])] = sign
            found = part.solve(aim, reach=(part.values - seen.width, part.values + seen.width))
            if found is not None:
                seen.add(np.searchsorted(cells, part_cells), found)
            if seen.is_safe(position):
                return True
    return False

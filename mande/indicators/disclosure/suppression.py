"""Which counts to hide: the small ones, and as few and as cheap others as it takes that no small one can be computed.

The choice is a plain one, sum by sum: a hidden cell needs, in every sum that it stands in, other hidden cells with room
to move against it.  The attacker (`attack.find_exposed`) then checks the result as a whole and sends back what he
found, until he finds nothing.
"""

from dataclasses import dataclass, replace

from mande.errors import DisclosureError, Problem
from mande.indicators.disclosure.attack import find_exposed
from mande.indicators.disclosure.choice import Choice
from mande.indicators.disclosure.exact_choice import choose_exactly
from mande.indicators.disclosure.linked_cells import LinkedCells, Mask
from mande.indicators.disclosure.pruning import prune_complementary
from mande.indicators.disclosure.rule import Rule

ATTACKS = 25
"""Times the attacker may send the choice back before it is given up (never seen; the choice ends by hiding more)."""

EXACT_UP_TO = 40
"""Complementary cells of linked tables up to which the cheapest choice is sought."""


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


def suppress(tables: LinkedCells, rule: Rule, *, prune: bool = True) -> Suppression:
    """Hide the small counts and what else it takes.

    Needs: counts linked by all sums that a reader can lay side by side. `prune` shows again what turns out needless,
    dearest first (see `prune_complementary`).
    Raises: DisclosureError where a small count cannot be protected (it was published before, or stands in a sum
    without anything left to hide), naming how many, never which value.
    """
    found = _choose(tables, rule, prune=prune)
    if not prune or not 0 < found.complementary.sum() <= EXACT_UP_TO:
        return found
    return replace(found, complementary=choose_exactly(tables, found.primary, found.complementary, rule))


def _choose(tables: LinkedCells, rule: Rule, *, prune: bool) -> Suppression:
    """Return one choice by the prices of the cells; see `suppress`."""
    primary = hide_small(tables, rule)
    hidden = _balance(tables, primary, rule)
    exposed = find_exposed(tables, hidden, rule)
    for _ in range(ATTACKS):
        if not exposed:
            break
        more = _hide_beside(tables, hidden, rule, exposed)
        if not (more & ~hidden).any():
            raise _unprotected(len(exposed))
        more = _balance(tables, more, rule)
        # Hiding more widens what the others can be: what was safe stays so.
        asked = more & ~hidden
        asked[exposed] = True
        exposed, hidden = find_exposed(tables, more, rule, among=asked), more
    if exposed:
        raise _unprotected(len(exposed))
    complementary = hidden & ~primary
    return Suppression(primary, prune_complementary(tables, primary, complementary, rule) if prune else complementary)


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
    choice = Choice(tables, hidden, rule)
    is_stuck = False
    while not is_stuck:
        is_stuck = True
        for one in choice.lacking():
            # An earlier choice of this round may have given the sum what it lacked.
            cell = choice.cheapest(int(one)) if choice.is_lacking(int(one)) else None
            if cell is not None:
                choice.hide(cell)
                is_stuck = False
    return choice.hidden


def _hide_beside(tables: LinkedCells, hidden: Mask, rule: Rule, exposed: list[int]) -> Mask:
    """Hide one more cell in each sum of an exposed cell, or, where nothing is left there, in the sums next to them."""
    choice = Choice(tables, hidden, rule)
    for cell in exposed:
        seen: set[int] = set()
        layer = [cell]
        while layer:
            near = {int(one) for at in layer for one in choice.sums_of(at)} - seen
            chosen = [at for at in map(choice.cheapest, sorted(near)) if at is not None]
            for at in set(chosen):
                choice.hide(at)
            seen |= near
            members = {int(at) for one in near for at in choice.cells_of(one)}
            layer = [] if chosen else [at for at in sorted(members) if choice.is_open(at)]
    return choice.hidden

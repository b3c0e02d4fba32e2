"""The quick ways of the attacker never call safe what a plain, slow attacker over the whole table can narrow down."""

from dataclasses import replace
from unittest.mock import patch

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.optimize import Bounds, LinearConstraint, milp

from mande.indicators.disclosure import attack, linked_parts
from mande.indicators.disclosure.attack import find_exposed
from mande.indicators.disclosure.limits import narrow_limits
from mande.indicators.disclosure.linked_cells import LinkedCells, link_cells
from mande.indicators.disclosure.rule import Rule

from .made_up import districts_by_sex

RULE = Rule()


def plain_limits(tables: LinkedCells, hidden: np.ndarray, cell: int) -> tuple[float, float]:
    """Return the lowest and highest whole count of a cell, by one integer programme over the whole table."""
    is_open = (hidden | ~tables.is_published) & ~tables.is_known
    low = np.where(is_open, np.where(tables.is_published, 1, 0), tables.values)
    high = np.where(is_open, 500.0, tables.values)
    sums = LinearConstraint(tables.sums.astype(float), 0, 0)
    ends = []
    for sign in (1, -1):
        aim = np.zeros(len(tables))
        aim[cell] = sign
        found = milp(aim, constraints=sums, bounds=Bounds(low, high), integrality=np.ones(len(tables)))
        ends.append(round(sign * found.fun))
    return ends[0], ends[1]


def plainly_exposed(tables: LinkedCells, hidden: np.ndarray) -> list[int]:
    exposed = []
    for cell in range(len(tables)):
        is_open = (hidden[cell] or not tables.is_published[cell]) and not tables.is_known[cell]
        is_small = bool(tables.small(RULE)[cell])
        if is_small or (is_open and tables.is_sensitive[cell] and tables.values[cell] < 7):
            low, high = plain_limits(tables, hidden, cell)
            if high - low < RULE.width and low <= 4 and high >= 1:
                exposed.append(cell)
    return exposed


@st.composite
def two_tables(draw) -> tuple[LinkedCells, np.ndarray]:
    """Counts of three places by two groups with their totals, out of denominators, some hidden, one perhaps known."""
    parts = np.array(draw(st.lists(st.integers(0, 8), min_size=6, max_size=6))).reshape(3, 2)
    rows = np.vstack([parts, parts.sum(axis=0)])
    counts = np.column_stack([rows, rows.sum(axis=1)]).ravel()
    rest = np.array(draw(st.lists(st.integers(0, 9), min_size=2, max_size=2)))
    values = np.r_[counts, rest, counts[:2] + rest]
    totals = [(3 * row + 2, [3 * row, 3 * row + 1]) for row in range(4)] + [
        (9 + k, [k, 3 + k, 6 + k]) for k in range(3)
    ]
    totals += [(14 + k, [k, 12 + k]) for k in range(2)]
    hidden = np.array(draw(st.lists(st.booleans(), min_size=16, max_size=16))) & (values > 0)
    hidden |= (values >= 1) & (values <= 4)
    published = np.ones(16, dtype=bool)
    published[12:14] = hidden[12:14] = False
    tables = link_cells(values, totals, is_published=published)
    known = np.zeros(16, dtype=bool)
    known[draw(st.integers(0, 15))] = draw(st.booleans())
    return replace(tables, is_known=known), hidden & ~known


@settings(max_examples=25, deadline=None)
@given(two_tables())
def test_the_quick_attacker_finds_what_a_plain_one_finds(example: tuple[LinkedCells, np.ndarray]) -> None:
    tables, hidden = example
    exposed = plainly_exposed(tables, hidden)
    assert find_exposed(tables, hidden, RULE) == exposed
    with patch.object(attack, "narrow_limits", LinkedCells.bounds):  # the solver alone must find the same
        assert find_exposed(tables, hidden, RULE) == exposed


@settings(max_examples=25, deadline=None)
@given(two_tables())
def test_limits_without_a_solver_exclude_only_what_is_impossible(example: tuple[LinkedCells, np.ndarray]) -> None:
    tables, hidden = example
    low, high = narrow_limits(tables, hidden)
    for cell in range(len(tables)):
        lowest, highest = plain_limits(tables, hidden, cell)
        assert low[cell] <= lowest and highest <= high[cell]


@pytest.mark.parametrize("seed", [1, 2])
def test_tables_taken_apart_give_the_same_answer(seed: int, monkeypatch: pytest.MonkeyPatch) -> None:
    """Large groups are solved piece by piece: a piece settles only what is safe for sure."""
    tables = districts_by_sex(provinces=4, districts=24, seed=seed)
    random = np.random.default_rng(seed)
    hidden = ((tables.values >= 1) & (tables.values <= 4)) | ((tables.values > 0) & (random.random(len(tables)) < 0.35))
    whole = find_exposed(tables, hidden, RULE)
    assert whole == plainly_exposed(tables, hidden) and len(whole) > 2
    monkeypatch.setattr(linked_parts, "AT_ONCE", 10)
    monkeypatch.setattr(linked_parts, "NEIGHBOURS", 8)
    monkeypatch.setattr(attack, "FEW", 0)
    assert find_exposed(tables, hidden, RULE) == whole

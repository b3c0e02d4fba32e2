"""Small counts stay hidden from a reader who can subtract, and no more is hidden than it takes."""

from dataclasses import replace
from itertools import combinations

import numpy as np
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from scipy.optimize import linprog

from mande.errors import DisclosureError
from mande.indicators.disclosure.attack import find_exposed, find_interval
from mande.indicators.disclosure.linked_cells import LinkedCells, link_cells
from mande.indicators.disclosure.rule import Rule
from mande.indicators.disclosure.suppression import hide_small, suppress

from .made_up import districts_by_sex

RULE = Rule()


def two_by_two(values: list[int]) -> LinkedCells:
    """Two rows and two columns with their totals: a b | a+b, c d | c+d, a+c b+d | all."""
    a, b, c, d = values
    cells = np.array([a, b, a + b, c, d, c + d, a + c, b + d, a + b + c + d])
    return link_cells(cells, [(2, [0, 1]), (5, [3, 4]), (6, [0, 3]), (7, [1, 4]), (8, [2, 5]), (8, [6, 7])])


@pytest.mark.parametrize("count, is_hidden", [(0, False), (1, True), (4, True), (5, False)])
def test_the_edges_of_the_rule(count: int, is_hidden: bool) -> None:
    tables = link_cells(np.array([count, 40, count + 40]), [(2, [0, 1])])
    assert hide_small(tables, RULE)[0] == is_hidden


def test_a_reader_who_subtracts_finds_what_primary_suppression_hides() -> None:
    tables = two_by_two([3, 40, 30, 50])
    hidden = hide_small(tables, RULE)
    assert find_exposed(tables, hidden, RULE) == [0]
    interval = find_interval(tables, hidden, 0)
    assert (interval.lowest, interval.highest) == (3, 3)


def test_a_second_and_a_third_and_a_fourth_cell_protect_it() -> None:
    tables = two_by_two([3, 40, 30, 50])
    suppression = suppress(tables, RULE)
    assert find_exposed(tables, suppression.hidden, RULE) == []
    assert suppression.complementary.sum() == 3
    assert not find_interval(tables, suppression.hidden, 0).is_narrower_than(RULE)


def test_two_small_cells_of_one_small_total_do_not_protect_each_other() -> None:
    tables = link_cells(np.array([1, 1, 60, 62]), [(3, [0, 1, 2])])
    hidden = hide_small(tables, RULE)
    assert find_exposed(tables, hidden, RULE) == [0, 1]
    assert find_exposed(tables, suppress(tables, RULE).hidden, RULE) == []


def test_districts_of_provinces_by_sex() -> None:
    tables = districts_by_sex()
    primary = hide_small(tables, RULE)
    assert len(find_exposed(tables, primary, RULE)) > 5
    assert find_exposed(tables, suppress(tables, RULE).hidden, RULE) == []


def limits_by_linear_programming(tables: LinkedCells, hidden: np.ndarray, cell: int) -> tuple[float, float]:
    """A second path: bounds of one cell by scipy's linear programming over the full table, nothing split or sampled."""
    bounds = [
        (1, None) if is_hidden else (value, value) for is_hidden, value in zip(hidden, tables.values, strict=True)
    ]
    aim = np.zeros(len(tables))
    ends = []
    for sign in (1, -1):
        aim[cell] = sign
        found = linprog(aim, A_eq=tables.sums.toarray(), b_eq=np.zeros(tables.sums.shape[0]), bounds=bounds)
        ends.append(sign * found.fun if found.status == 0 else np.inf)
    return ends[0], ends[1]


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_a_second_attacker_agrees(seed: int) -> None:
    tables = districts_by_sex(provinces=3, districts=12, seed=seed)
    suppression = suppress(tables, RULE)
    for hidden in (suppression.primary, suppression.hidden):
        limits = {
            int(cell): limits_by_linear_programming(tables, hidden, cell)
            for cell in np.flatnonzero(suppression.primary)
        }
        narrow = [cell for cell, (low, high) in limits.items() if high - low < RULE.width - 1e-6]
        assert narrow == find_exposed(tables, hidden, RULE)


def test_every_complementary_cell_is_needed() -> None:
    tables = districts_by_sex(provinces=3, districts=20, seed=6)
    suppression = suppress(tables, RULE)
    assert suppression.complementary.sum() > 3
    for cell in np.flatnonzero(suppression.complementary):
        without = suppression.hidden.copy()
        without[cell] = False
        assert find_exposed(tables, without, RULE)


def test_a_percentage_close_to_all_is_as_telling_as_one_close_to_none() -> None:
    # vaccinated + not vaccinated = children; the second is never shown, but 2 can be computed from the others
    tables = link_cells(np.array([98, 2, 100]), [(2, [0, 1])], is_published=np.array([True, False, True]))
    assert find_exposed(tables, hide_small(tables, RULE), RULE) == [1]
    suppression = suppress(tables, RULE)
    assert suppression.hidden.tolist() == [True, False, False] or suppression.hidden.tolist() == [False, False, True]
    assert find_exposed(tables, suppression.hidden, RULE) == []


def test_what_an_earlier_report_showed_cannot_be_hidden_again() -> None:
    tables = two_by_two([3, 40, 30, 50])
    known = np.zeros(9, dtype=bool)
    known[1:] = True  # last year's report showed everything else
    earlier = replace(tables, is_known=known)
    with pytest.raises(DisclosureError, match="1 small counts can be computed") as error:
        suppress(earlier, RULE)
    assert "3" not in str(error.value)


def test_an_earlier_report_that_leaves_a_way_is_taken_into_account() -> None:
    values = np.array([3, 40, 30, 73])
    known = np.array([False, False, True, False])
    suppression = suppress(replace(link_cells(values, [(3, [0, 1, 2])]), is_known=known), RULE, prune=False)
    assert not suppression.complementary[2]
    assert suppression.complementary[1] or suppression.complementary[3]


def test_cheap_cells_are_hidden_before_dear_ones() -> None:
    tables = link_cells(np.array([2, 30, 20, 52]), [(3, [0, 1, 2])], cost=np.array([1.0, 1.0, 9.0, 9.0]))
    assert suppress(tables, RULE).complementary.tolist() == [False, True, False, False]


@settings(max_examples=8, deadline=None)
@example([8, 22, 24, 11, 6, 21, 3, 3, 7], [at in (0, 1, 4, 9, 12, 14) for at in range(16)])
@given(st.lists(st.integers(0, 25), min_size=9, max_size=9), st.lists(st.booleans(), min_size=16, max_size=16))
def test_no_other_choice_loses_fewer_verdicts_or_with_as_many_fewer_cells(
    values: list[int], decides: list[bool]
) -> None:
    rows = np.array(values).reshape(3, 3)
    rows = np.vstack([rows, rows.sum(axis=0)])
    cells = np.column_stack([rows, rows.sum(axis=1)]).ravel()
    totals = [(4 * row + 3, [4 * row + k for k in range(3)]) for row in range(4)]
    totals += [(12 + k, [k, 4 + k, 8 + k]) for k in range(4)]
    tables = link_cells(cells, totals, cost=1 + 1000.0 * np.array(decides))
    try:
        suppression = suppress(tables, RULE)
    except DisclosureError:
        return  # three small counts and zeros: nothing is left to hide
    assert find_exposed(tables, suppression.hidden, RULE) == []
    assert tables.cost[suppression.complementary].sum() <= least_lost(tables, suppression.primary)


def least_lost(tables: LinkedCells, primary: np.ndarray) -> float:
    """Return what the best choice of up to three cells loses, by trying all, the cheapest first."""
    free = np.flatnonzero(~primary & (tables.values > RULE.highest_protected))
    choices = [list(chosen) for number in range(4) for chosen in combinations(free, number)]
    for chosen in sorted(choices, key=lambda one: tables.cost[one].sum()):
        trial = primary.copy()
        trial[chosen] = True
        if not find_exposed(tables, trial, RULE, first_only=True):
            return float(tables.cost[chosen].sum())
    return np.inf


def test_tables_that_do_not_add_up_are_refused() -> None:
    with pytest.raises(DisclosureError, match="1 of 1 sums do not add up"):
        link_cells(np.array([3, 40, 44]), [(2, [0, 1])])
    with pytest.raises(DisclosureError, match="give 2 or more"):
        Rule(highest_protected=1)

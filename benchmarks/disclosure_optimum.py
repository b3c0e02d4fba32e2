"""How far the choice of hidden cells is from the best one: fewest lost verdicts, then fewest cells. Made-up counts.

python benchmarks/disclosure_optimum.py 40     so many tables of each kind, each solved exactly by trying all choices
"""

import sys
from itertools import combinations

import numpy as np

from mande.errors import DisclosureError
from mande.indicators.disclosure.attack import find_exposed
from mande.indicators.disclosure.linked_cells import LinkedCells, Mask, link_cells
from mande.indicators.disclosure.rule import Rule
from mande.indicators.disclosure.suppression import hide_small, suppress

RULE = Rule()
VERDICT_COST = 1000.0
MOST_TRIALS = 2_000


def made_up(rows: int, columns: int, random: np.random.Generator) -> tuple[LinkedCells, Mask]:
    """Return counts of places by groups with their totals, and on which of them a verdict rests: most totals, few others."""
    counts = random.poisson(random.gamma(1, 6, (rows, columns)))
    counts = np.vstack([counts, counts.sum(axis=0)])
    values, wide = np.column_stack([counts, counts.sum(axis=1)]).ravel(), columns + 1
    totals = [(wide * row + columns, [wide * row + k for k in range(columns)]) for row in range(rows + 1)]
    totals += [(wide * rows + k, [wide * row + k for row in range(rows)]) for k in range(wide)]
    is_total = np.arange(len(values)) % wide == columns
    decides = np.where(is_total, random.random(len(values)) < 0.8, random.random(len(values)) < 0.15)
    return link_cells(values, totals, cost=1 + VERDICT_COST * decides), decides


def best_choice(tables: LinkedCells, decides: Mask, primary: Mask, ours: tuple[int, int]) -> tuple[int, int] | None:
    """Return the fewest lost verdicts and with them the fewest complementary cells; None where that takes too long."""
    free = np.flatnonzero(~primary & (tables.values > RULE.highest_protected))
    cheap, dear = free[~decides[free]], free[decides[free]]
    trials = 0
    for lost in range(ours[0] + 1):
        for number in range(len(cheap) + 1):
            if (lost, lost + number) >= ours:
                break
            for chosen in combinations(dear, lost):
                for others in combinations(cheap, number):
                    trials += 1
                    if trials > MOST_TRIALS:
                        return None
                    hidden = primary.copy()
                    hidden[[*chosen, *others]] = True
                    if not find_exposed(tables, hidden, RULE, first_only=True):
                        return lost, lost + number
    return ours


def measure(rows: int, columns: int, number: int) -> None:
    """Print one line of the measurement."""
    random, found, left_out = np.random.default_rng(1), [], 0
    while len(found) < number:
        tables, decides = made_up(rows, columns, random)
        primary = hide_small(tables, RULE)
        if not 1 <= primary.sum() <= 6:
            continue
        try:
            complementary = suppress(tables, RULE).complementary
        except DisclosureError:
            left_out += 1
            continue
        ours = (int((complementary & decides).sum()), int(complementary.sum()))
        best = best_choice(tables, decides, primary, ours)
        left_out += best is None
        found += [(int(primary.sum()), *ours, *best)] if best else []
    small, lost, more, best_lost, best_more = np.array(found).T
    ratio = (small + more) / (small + best_more)
    print(
        f"{rows} × {columns}: {number} tables ({left_out} left out); lost verdicts {lost.sum()}, at best "
        f"{best_lost.sum()} (more than needed in {(lost > best_lost).sum()}); hidden {(small + more).sum()}, at best "
        f"{(small + best_more).sum()}; largest ratio {ratio.max():.2f}"
    )


if __name__ == "__main__":
    for size in ((3, 3), (4, 2), (5, 2)):
        measure(*size, int(sys.argv[1]) if len(sys.argv) > 1 else 40)

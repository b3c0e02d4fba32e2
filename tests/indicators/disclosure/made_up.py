"""Made-up counts of districts in provinces by sex; no row is about a child."""

import numpy as np

from mande.indicators.disclosure.linked_cells import LinkedCells, link_cells


def districts_by_sex(*, provinces: int = 5, districts: int = 40, mean: float = 8, seed: int = 1) -> LinkedCells:
    """Return counts of girls, boys and both for districts, provinces and the nation, with all their sums."""
    random = np.random.default_rng(seed)
    home = np.sort(np.r_[np.arange(provinces), random.integers(0, provinces, districts - provinces)])
    sexes = random.poisson(random.gamma(1, mean, (districts, 1)) * np.array([[0.5, 0.5]]))
    of_provinces = np.array([sexes[home == province].sum(axis=0) for province in range(provinces)])
    rows = np.vstack([sexes, of_provinces, of_provinces.sum(axis=0)])
    values = np.column_stack([rows, rows.sum(axis=1)])
    totals = [(3 * row + 2, [3 * row, 3 * row + 1]) for row in range(len(rows))]
    for province in range(provinces):
        parts = np.flatnonzero(home == province)
        totals += [(3 * (districts + province) + k, [3 * int(part) + k for part in parts]) for k in range(3)]
    nation = districts + provinces
    totals += [(3 * nation + k, [3 * (districts + province) + k for province in range(provinces)]) for k in range(3)]
    return link_cells(values.ravel(), totals)

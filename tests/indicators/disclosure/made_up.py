"""Made-up counts of districts in provinces by sex; no row is about a child."""

import numpy as np
import pandas as pd

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


def observations_by_sex(
    *, indicator: str = "ABUSED", provinces: int = 4, districts: int = 18, mean: float = 8, seed: int = 1
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Return made-up observations (children counted out of all children, by sex, two years) and their places."""
    random = np.random.default_rng(seed)
    home = np.sort(np.r_[np.arange(provinces), random.integers(0, provinces, districts - provinces)])
    district_codes = [f"{900 + number}" for number in range(districts)]
    rows = []
    for year in (2023, 2024):
        children = random.integers(400, 4000, (districts, 2))
        counted = np.minimum(random.poisson(random.gamma(1, mean, (districts, 1)) * np.array([[0.5, 0.5]])), children)
        for level_codes, group in (
            (district_codes, np.arange(districts)),
            ([f"{80 + number}" for number in range(provinces)], home),
            (["VN"], np.zeros(districts, dtype=int)),
        ):
            for number, code in enumerate(level_codes):
                n, d = counted[group == number].sum(axis=0), children[group == number].sum(axis=0)
                rows += _rows(indicator, code, year, n, d)
    places = pd.DataFrame(
        {
            "place_code": [*district_codes, *(f"{80 + number}" for number in range(provinces)), "VN"],
            "level": ["district"] * districts + ["province"] * provinces + ["nation"],
            "parent_code": [f"{80 + one}" for one in home] + ["VN"] * provinces + [""],
        }
    )
    table = pd.DataFrame(rows)
    return table.assign(observation_id=[f"made-up.csv:{line}" for line in range(2, len(table) + 2)]), places


def _rows(indicator: str, code: str, year: int, numerator: np.ndarray, denominator: np.ndarray) -> list[dict]:
    groups = [("_T", "_T", numerator.sum(), denominator.sum())]
    groups += [("sex", sex, numerator[k], denominator[k]) for k, sex in enumerate(("F", "M"))]
    return [
        {
            "indicator": indicator,
            "place_code": code,
            "period": str(year),
            "period_start": pd.Timestamp(year, 1, 1),
            "period_end": pd.Timestamp(year, 12, 31),
            "dimension": dimension,
            "dimension_value": value,
            "value": 100 * n / d,
            "lower": np.nan,
            "upper": np.nan,
            "sample_size": np.nan,
            "numerator": float(n),
            "denominator": float(d),
            "unit": "percent",
            "value_status": "observed",
            "source": "made-up",
            "basis": "service-record",
            "definition": "",
            "edition": "",
        }
        for dimension, value, n, d in groups
    ]

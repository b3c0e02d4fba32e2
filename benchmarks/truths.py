"""Estimate from published series how values move from year to year: the numbers of `mande.sources.simulate.paths`.

Run `python benchmarks/truths.py` in the project's folder (some seconds).  On the logarithm, of a percentage the logit.
Changes from year to year of the 63 provinces, less their mean of the year, tell how places stray: changes two and more
years apart share the lasting slope alone, neighbouring ones also the stray of the year between (with a minus).
"""

import sys
from pathlib import Path

import numpy as np
import pandas as pd

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

from mande.evaluation.backtest import hide_last  # noqa: E402
from mande.evaluation.fitting_scale import to_scale  # noqa: E402
from mande.evaluation.series_arrays import arrange_series, edge_of  # noqa: E402
from mande.sources.series_file import read_series_file  # noqa: E402

PANEL, NATIONAL = "gso_province_panel.csv", ("national_series.csv", "national_immunisation.csv")
PROVINCE = r"^[^|]+\|\d\d\|"
"""The file also holds the nation and its regions, under codes in letters."""

PROVINCIAL = 30
"""A place of the panel counts where the indicator has so many places."""

SMALLEST_SLOPE = 0.01
"""A trend of less than 1 % a year in its first half has nowhere to turn from."""


def main() -> None:
    """Print how places stray, then what becomes of trends."""
    panel = read_scaled(PANEL)
    moves = pd.DataFrame({name: move_of(wide) for name, wide in wide_tables(panel)}).T
    print("Standard deviations per year, places of one indicator:\n", moves.round(4).to_string())
    print("\nMiddle of the indicators:\n", moves.median().round(4).to_string())
    spread = np.log(moves["yearly"].clip(lower=1e-4))
    print(f"\nlog of yearly: middle half {np.diff(spread.quantile([0.25, 0.75]))[0]:.2f} wide")
    means = [(name, wide.mean()) for name, wide in wide_tables(panel)]
    national = pd.concat([read_scaled(name) for name in NATIONAL])
    for name, rows in national.groupby("series_id"):
        means.append((name, rows.set_index("year")["place"]))
    turns = pd.DataFrame({name: turn_of(mean) for name, mean in means if len(mean) >= 8}).T
    kept = turns[turns["earlier"].abs() >= SMALLEST_SLOPE]
    print("\nTrends:\n", turns.round(3).to_string())
    bounds = [-np.inf, 0.25, 0.75, 1.5, np.inf]
    kinds = pd.cut(kept["later"] / kept["earlier"], bounds, labels=["comes_to_rest", "slows", "goes_on", "gains_pace"])
    print("\nLater over earlier slope:\n", kinds.value_counts(sort=False).to_string(), f"\nof {len(kept)}")
    pace = turns["whole"].abs()
    print(f"\nYearly change, size: middle {pace.median():.3f}, mean {pace.mean():.3f}, spread {pace.std():.3f}")


def read_scaled(name: str) -> pd.DataFrame:
    """Return `series_id`, `indicator`, `year`, `place` (the value on the fitting scale), without changes of unit."""
    shown, hidden, _ = hide_last(read_series_file(ROOT / "data" / "published" / name), hide=1)
    series = pd.concat([shown, hidden])
    arrays = arrange_series(series)
    values = to_scale(arrays.values, arrays.scale[:, None], top=arrays.top[:, None], edge=edge_of(arrays)[:, None])
    indicator = series.drop_duplicates("series_id").set_index("series_id")["indicator"]
    table = pd.DataFrame(
        {
            "series_id": np.repeat(arrays.ids, arrays.years.shape[1]),
            "year": arrays.years.ravel(),
            "place": values.ravel(),
            "scale": np.repeat(arrays.scale, arrays.years.shape[1]),
        }
    ).dropna()
    table = table[(table["scale"] != "identity") & np.isfinite(table["place"])]
    return table.assign(indicator=table["series_id"].map(indicator))


def wide_tables(panel: pd.DataFrame) -> list[tuple[str, pd.DataFrame]]:
    """Return places × years without gaps, of indicators with enough places and six years or more."""
    tables = []
    provinces = panel[panel["series_id"].str.contains(PROVINCE)]
    for name, rows in provinces.groupby("indicator"):
        wide = rows.pivot(index="series_id", columns="year", values="place")
        wide = wide.loc[:, wide.notna().mean() > 0.8].dropna()
        if len(wide) >= PROVINCIAL and wide.shape[1] >= 6 and (np.diff(wide.columns) == 1).sum() >= 4:
            tables.append((name, wide))
    return tables


def move_of(wide: pd.DataFrame) -> pd.Series:
    """Return standard deviations of one indicator's yearly changes, by what they are made of."""
    steps = np.diff(wide.to_numpy(), axis=1)[:, np.diff(wide.columns) == 1]
    shared = steps.mean(axis=0)
    own = steps - shared
    lagged = [np.mean(own[:, lag:] * own[:, :-lag]) for lag in range(1, min(6, own.shape[1]))]
    slope = np.mean(lagged[1:])
    stray = max(slope - lagged[0], 0.0) if slope > 0 else max(-lagged[0], 0.0)
    lasting = max(np.mean(own**2) - 2 * stray - max(slope, 0.0), 0.0)
    around = shared - shared.mean()
    shared_stray = max(-np.mean(around[1:] * around[:-1]), 0.0)
    of_place = own.std(axis=1)
    return pd.Series(
        {
            "places": len(wide),
            "yearly": own.std(),
            "slope": np.sqrt(max(slope, 0.0)),
            "wander": np.sqrt(lasting),
            "stray": np.sqrt(stray),
            "shared_wander": np.sqrt(max(around.var() - 2 * shared_stray, 0.0)),
            "shared_stray": np.sqrt(shared_stray),
            "log_place": np.log(np.maximum(of_place, 1e-4)).std(),
            "level": wide.iloc[:, 0].std(),
        }
    )


def turn_of(mean: pd.Series) -> pd.Series:
    """Return the least-squares slopes of the earlier half, the later half and the whole of a series."""
    years, values = mean.index.to_numpy(float), mean.to_numpy()
    half = len(years) // 2
    slopes = [np.polyfit(years[part], values[part], 1)[0] for part in (slice(half + 1), slice(half, None), slice(None))]
    return pd.Series(dict(zip(("earlier", "later", "whole"), slopes, strict=True)))


if __name__ == "__main__":
    main()

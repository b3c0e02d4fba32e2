"""Series of a long table as arrays, series × time, with the scale and the groups of each."""

from dataclasses import dataclass

import numpy as np
import pandas as pd

from mande.errors import DataError, Problem
from mande.evaluation.fitting_scale import DEFAULT_STEP, SCALES
from mande.evaluation.pooling import NO_GROUP

FEWEST_POINTS = 3
"""Comparable points below which an outlook is not estimable (design.md section 5, point 6)."""

LAYOUT = ("series_id", "year", "value")
NUMBERS = ("year", "value", "numerator", "denominator", "sample_size", "lower", "upper", "multiplier", "step")
NATION_KEYS, PROVINCE = ("indicator", "unit", "level", "nation"), "province"


@dataclass(frozen=True)
class SeriesArrays:
    """Series in the order of `ids`; arrays are series × time, the seen years first, then NaN.

    `scale`, `top`, `step`, `multiplier`, `is_proportion`, `has_counts`, `n_points`, `reason` are one per series; `groups`
    are codes of the nation and, where provinces are named, of the province (-1 for none).
    """

    ids: pd.Index
    years: np.ndarray
    values: np.ndarray
    numerator: np.ndarray
    denominator: np.ndarray
    sample_size: np.ndarray
    lower: np.ndarray
    upper: np.ndarray
    scale: np.ndarray
    top: np.ndarray
    step: np.ndarray
    multiplier: np.ndarray
    has_counts: np.ndarray
    n_points: np.ndarray
    reason: np.ndarray
    groups: list[np.ndarray]

    @property
    def last_year(self) -> np.ndarray:
        """Year of the newest value of each series."""
        return np.nanmax(np.where(np.isfinite(self.years), self.years, -np.inf), axis=1, initial=-np.inf)

    @property
    def last_value(self) -> np.ndarray:
        """The newest value of each series."""
        return self.values[np.arange(len(self.values)), np.maximum(self.n_points - 1, 0)]


def arrange_series(series: pd.DataFrame) -> SeriesArrays:
    """Return the series as arrays, only the part after the last break of each.

    One row per: series.
    Needs: `series_id`, `year`, `value`; if at hand `numerator` and `denominator` (counts), `sample_size` (effective),
    `lower` and `upper` (published 95 % limits), `unit` ("percent" is bounded by 100, "share" by 1), `scale` (one of
    `SCALES`), `segment` (changes at a break of definition, basis or boundary), `step` (of the published rounding),
    `indicator`, `level`, `nation`, `province` (what is pooled; a blank province is none).
    Missing values: a row without value is left out and not counted as a point; a year between may be missing.
    Raises: DataError for missing columns, unread years, two values in a year, values outside a percentage.
    """
    rows = _read_rows(series)
    before = rows.groupby("series_id", sort=False)["year"].size()
    last_segment = rows.groupby("series_id")["segment"].transform("last")
    kept = rows[rows["segment"] == last_segment]
    codes, ids = pd.factorize(kept["series_id"])
    position = kept.groupby("series_id").cumcount().to_numpy()
    shape = (len(ids), int(position.max(initial=0)) + 1)

    def spread(column: str) -> np.ndarray:
        array = np.full(shape, np.nan)
        array[codes, position] = kept[column]
        return array

    arrays = {name: spread(name) for name in NUMBERS[:7]}
    first = kept.drop_duplicates("series_id")
    n_points = np.isfinite(arrays["value"]).sum(axis=1)
    is_short = n_points < FEWEST_POINTS
    is_broken = n_points < before.loc[ids].to_numpy()
    has_counts = np.isfinite(arrays["numerator"]).sum(axis=1) == n_points
    has_counts &= np.isfinite(arrays["denominator"]).sum(axis=1) == n_points
    groups = _group_codes(first)
    scale = _scales(first, arrays["value"], groups[0], has_counts)
    top = np.where(first["unit"] == "share", 1.0, 100.0)
    return SeriesArrays(
        ids=pd.Index(ids, name="series_id"),
        years=arrays["year"],
        values=arrays["value"],
        **{name: arrays[name] for name in ("numerator", "denominator", "sample_size", "lower", "upper")},
        scale=scale,
        top=top,
        step=first["step"].fillna(0.0).to_numpy(float),
        multiplier=_multipliers(first, arrays, scale, top),
        has_counts=has_counts & (scale != "identity"),
        n_points=n_points,
        reason=np.select([is_short & is_broken, is_short], ["break_in_series", "too_few_points"], default=""),
        groups=groups,
    )


def edge_of(arrays: SeriesArrays) -> np.ndarray:
    """Return how near to an edge of its scale a value may be read: a quarter of the published step."""
    step = np.where(arrays.step > 0, arrays.step, DEFAULT_STEP * arrays.top / 100.0)
    smallest = np.nanmin(np.where(arrays.values > 0, arrays.values, np.inf), axis=1, initial=np.inf)
    is_log = arrays.scale == "log"
    return np.where(is_log, np.where(np.isfinite(smallest), np.minimum(smallest, 1.0), 1.0) / 4, step / 4)


def _read_rows(series: pd.DataFrame) -> pd.DataFrame:
    missing = [name for name in LAYOUT if name not in series]
    if missing:
        raise DataError(Problem("series", f"no column {', '.join(missing)}", "give series_id, year and value"))
    rows = series.reset_index(drop=True)
    absent = {name: np.nan for name in NUMBERS if name not in rows}
    absent |= {name: "" for name in ("unit", "scale", "segment") if name not in rows}
    rows = rows.assign(**absent)
    rows = rows.assign(**{name: rows[name].astype(float) for name in NUMBERS})
    rows = rows[rows["value"].notna()].sort_values(["series_id", "year"], kind="stable")
    rows = rows.assign(segment=rows["segment"].astype(object).where(rows["segment"].notna(), ""))
    _refuse_bad_rows(rows)
    return rows


def _refuse_bad_rows(rows: pd.DataFrame) -> None:
    """Raise for every row that no trend can take."""
    is_share = rows["unit"].isin(["percent", "share"])
    top = np.where(rows["unit"] == "share", 1.0, 100.0)
    checks = [
        (~np.isfinite(rows["year"]), "has no year", "give every value its year"),
        (~np.isfinite(rows["value"]), "has an infinite value", "correct the value"),
        (
            rows.duplicated(["series_id", "year"]),
            "has two values in one year",
            "keep one source and definition in a series",
        ),
        (
            is_share & ((rows["value"] < 0) | (rows["value"] > top)),
            "is outside its percentage",
            "correct the value or its unit",
        ),
        (~rows["scale"].isin([*SCALES, ""]), "has an unknown scale", f"write one of {', '.join(SCALES)}"),
        (rows["denominator"] <= 0, "has a denominator not above 0", "leave the row out: nobody could be counted"),
        (rows["numerator"] < 0, "has a numerator below 0", "correct the count"),
        (
            is_share & (rows["numerator"] > rows["denominator"]),
            "has a numerator above its denominator",
            "correct the counts",
        ),
    ]
    problems = [
        Problem(f"series {row.series_id} year {row.year:g}", f"value {row.value:g} {found}", todo)
        for is_bad, found, todo in checks
        for row in rows[is_bad].itertuples()
    ]
    if problems:
        raise DataError(problems)


def _group_codes(first: pd.DataFrame) -> list[np.ndarray]:
    """Return codes of the nation and the province of each series; a series without an indicator stands alone."""
    if "indicator" not in first:
        return [np.arange(len(first))]
    keys = [first[name].astype(str) for name in NATION_KEYS if name in first]
    nation = pd.factorize(pd.MultiIndex.from_arrays(keys))[0]
    if PROVINCE not in first:
        return [nation]
    province = first[PROVINCE].astype(object).where(first[PROVINCE].notna(), "")
    codes = pd.factorize(pd.MultiIndex.from_arrays([nation, province.astype(str)]))[0]
    return [nation, np.where(province == "", NO_GROUP, codes)]


def _scales(first: pd.DataFrame, values: np.ndarray, group: np.ndarray, has_counts: np.ndarray) -> np.ndarray:
    """Return the scale that was asked for, else by unit; a group with a value not above 0 has no logarithm."""
    lowest = np.where(np.isfinite(values), values, np.inf).min(axis=1, initial=np.inf)
    floor = np.full(group.max(initial=-1) + 1, np.inf)
    np.minimum.at(floor, group, np.where(has_counts, np.inf, lowest))
    is_percent = first["unit"].isin(["percent", "share"]).to_numpy()
    own = first["scale"].to_numpy(object)
    return np.select([own != "", is_percent, floor[group] > 0], [own, "logit", "log"], default="identity").astype(
        object
    )


def _multipliers(first: pd.DataFrame, arrays: dict[str, np.ndarray], scale: np.ndarray, top: np.ndarray) -> np.ndarray:
    """Return how many units of value one event per unit of denominator makes: as given, else as the values show."""
    ratio = arrays["value"] * arrays["denominator"] / np.where(arrays["numerator"] > 0, arrays["numerator"], np.nan)
    known = pd.Series(pd.DataFrame(ratio).median(axis=1).to_numpy(), index=first.index)
    shown = known.fillna(known.groupby(first["unit"]).transform("median")).fillna(1.0)
    return np.where(scale == "logit", top, first["multiplier"].fillna(shown).to_numpy(float))

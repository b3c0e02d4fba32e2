"""Where the series end: the last year in which nearly all provinces have a value, set against the target."""

import math
from dataclasses import dataclass
from typing import Any

import pandas as pd

from mande.reporting.number_forms import year_of
from mande.vocabulary import NATION, Level, ValueStatus

PANEL_SHARE = 0.95
"""A year counts when at least this share of the provinces has a value: 60 of 63."""

SMALLEST_PANEL = 10
"""With fewer provinces than this in a run there is no panel to speak of."""

_MEETS = {"<": pd.Series.lt, "<=": pd.Series.le, ">": pd.Series.gt, ">=": pd.Series.ge}


@dataclass(frozen=True)
class ProvinceSnapshot:
    """One target in one year: the provinces' values, which of them are at the target level, the nation's value.

    `values`: *one row per* province with `place_code`, `value`, `is_reached`, lowest value first. `n_carried`: provinces
    whose value was rebuilt from those of former provinces. `hidden`: provinces whose value is not published.
    """

    target: dict[str, Any]
    year: int
    values: pd.DataFrame
    nation: float | None
    is_provisional: bool
    n_missing: int
    n_carried: int = 0
    hidden: frozenset[str] = frozenset()

    @property
    def n_reached(self) -> int:
        """How many provinces are at the target level."""
        return int(self.values["is_reached"].sum())


def find_snapshots(targets: pd.DataFrame, actuals: pd.DataFrame, units: pd.DataFrame) -> list[ProvinceSnapshot]:
    """Return a snapshot for every target whose indicator has a year with nearly all provinces.

    *Needs* the tables `targets`, `actuals` and `units`; only usable, comparable values of one series count, and each
    province once. *Missing values*: a province without a value, or with one that is not published, is neither reached
    nor not reached.
    """
    provinces = units.loc[units["level"] == Level.PROVINCE, "place_code"]
    needed = max(SMALLEST_PANEL, math.ceil(PANEL_SHARE * len(provinces)))
    is_hidden = actuals["value_status"] == ValueStatus.SUPPRESSED
    usable = actuals[(actuals["is_usable"] & actuals["is_comparable"] & actuals["value"].notna()) | is_hidden]
    found = (
        _snapshot(target, usable, set(provinces), needed)
        for target in targets.to_dict("records")
        if target["operator"] in _MEETS and pd.notna(target["target_value"]) and target["kind"] == "level"
    )
    return [snapshot for snapshot in found if snapshot is not None]


def _snapshot(
    target: dict[str, Any], usable: pd.DataFrame, provinces: set[str], needed: int
) -> ProvinceSnapshot | None:
    same = (usable["indicator"] == target["indicator"]) & (usable["dimension_value"] == target["dimension_value"])
    values = usable[same].assign(calendar_year=lambda table: table["year"].map(year_of))
    panel = values[values["place_code"].isin(provinces)]
    counts = panel.groupby(["calendar_year", "series"])["place_code"].nunique()
    full = counts[counts >= needed]
    if full.empty:
        return None
    year, series = max(full.index, key=lambda key: (key[0], full[key]))
    chosen = values[(values["calendar_year"] == year) & (values["series"] == series)].drop_duplicates("place_code")
    nation = chosen.loc[chosen["place_code"] == NATION, "value"].dropna()
    of_provinces = chosen[chosen["place_code"].isin(provinces)].sort_values(["value", "place_code"])
    local = of_provinces[of_provinces["value"].notna()]
    if len(local) < SMALLEST_PANEL:
        return None
    is_reached = _MEETS[target["operator"]](local["value"], target["target_value"])
    return ProvinceSnapshot(
        target=target,
        year=int(year),
        values=local[["place_code", "value"]].assign(is_reached=is_reached).reset_index(drop=True),
        nation=float(nation.iloc[0]) if len(nation) else None,
        n_missing=len(provinces) - len(of_provinces),
        hidden=frozenset(of_provinces.loc[of_provinces["value"].isna(), "place_code"]),
        n_carried=int(local["carried_from"].ne("").sum()) if "carried_from" in local else 0,
        is_provisional=bool((local["value_status"] == ValueStatus.PROVISIONAL).any()),
    )

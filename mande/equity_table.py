"""Who is left behind, in one table: gaps between groups, and over places ranked by poverty."""

from collections.abc import Iterator

import numpy as np
import pandas as pd

from mande.evaluation.equity import compute_gaps, concentration_index, slope_index, trends_of_gaps
from mande.framework.model import Programme
from mande.small_area_table import PER
from mande.vocabulary import NATION, TOTAL

REFERENCES = {"sex": "M", "residence": "urban", "ethnicity": "kinh"}
"""The group that the others are compared with, by what the values are broken down by."""

POVERTY = "POVERTY"
"""The indicator by which places are ranked, the poorest first."""

FEWEST_PLACES = 10
"""A slope over fewer places says little."""

COLUMNS = ["indicator", "place_code", "stratifier", "measure", "group", "reference", "year", "series", "unit", "value"]
COLUMNS += ["lower", "upper", "is_different", "group_value", "reference_value", "n_groups", "change_per_year"]
COLUMNS += ["change_lower", "change_upper", "trend", "n_years", "reason"]
_NUMBERS = ["year", "value", "lower", "upper", "group_value", "reference_value", "n_groups"]
_NUMBERS += ["change_per_year", "change_lower", "change_upper", "n_years"]
_TEXTS = ["group", "reference", "series", "unit", "trend", "reason"]
_TRENDED = ["difference", "slope_index", "concentration_index"]
_SERIES = ["indicator", "place_code", "stratifier", "measure", "group", "series"]


def compute_equity(
    actuals: pd.DataFrame,
    programme: Programme,
    *,
    provinces: pd.DataFrame,
    observations: pd.DataFrame,
    weights: pd.DataFrame,
) -> pd.DataFrame:
    """Measure every gap that the values allow, larger = wider gap, with its trend; say of each other why there is none.

    One row per: indicator × place × stratifier × measure × group × year × series.
    Needs: `actuals` (compute_actuals), `provinces` (their rows of `panel_of`), `observations` (for poverty), `weights`
    (`find_denominators`).
    Adds: `stratifier` (sex, residence, ethnicity; poverty: provinces ranked by their poverty rate), `measure`
    (difference, ratio; slope_index, relative_slope_index, concentration_index, relative_concentration_index), `value`
    in the indicator's `unit` for difference, slope_index and concentration_index, else a ratio or index, with 95 %
    limits where known; `is_different`; of the newest year `change_per_year`, `trend` over `n_years`.
    Missing values: an indicator without a gap has one row per stratifier with `reason` (no_values_by_group,
    no_poverty_by_place) and no value.
    Source: `mande.evaluation.equity`.
    """
    over_places = pd.DataFrame(_poverty_gaps(provinces, observations, programme, weights), columns=COLUMNS)
    tables = [_typed(table) for table in (*_group_gaps(actuals, programme), over_places) if len(table)]
    known = pd.concat(tables, ignore_index=True) if tables else _typed(pd.DataFrame(columns=COLUMNS))
    table = pd.concat([_with_trend(known), _typed(_absent(known, programme))], ignore_index=True)
    return table.sort_values([*_SERIES, "year"], ignore_index=True)[COLUMNS]


def _group_gaps(actuals: pd.DataFrame, programme: Programme) -> Iterator[pd.DataFrame]:
    """Compare the groups of each indicator, place and year with their reference."""
    ascending = {one.id: one.ascending for one in programme.indicators}
    on = ["indicator", "place_code", "dimension", "year", "series"]
    is_exact = actuals["is_usable"] & actuals["value"].notna() & (actuals["value_qualifier"] == "=")
    is_broken_down = actuals["dimension"].isin(list(REFERENCES))
    usable = actuals.loc[is_exact & is_broken_down, [*on, "dimension_value", "unit", "value", "lower", "upper"]]
    usable = usable.drop_duplicates([*on, "dimension_value"], keep="last")
    for stratifier, reference in REFERENCES.items():
        rows = usable[(usable["dimension"] == stratifier) & (usable["dimension_value"] != TOTAL)]
        if not (rows["dimension_value"] == reference).any():
            continue
        values = rows.rename(columns={"dimension_value": "group"}).assign(ascending=rows["indicator"].map(ascending))
        gaps = compute_gaps(values, reference=reference, by=on).dropna(subset=["difference"])
        gaps = gaps.rename(columns={"value": "group_value"}).assign(
            stratifier=stratifier, reference=reference, n_groups=2
        )
        limits = {"lower": gaps["difference_lower"], "upper": gaps["difference_upper"]}
        difference = gaps.assign(measure="difference", value=gaps["difference"], **limits)
        ratio = gaps.assign(measure="ratio", value=gaps["ratio"], unit="ratio", lower=np.nan, upper=np.nan)
        yield difference.reindex(columns=COLUMNS)
        yield ratio.assign(is_different=pd.NA).reindex(columns=COLUMNS)


def _poverty_gaps(
    provinces: pd.DataFrame, observations: pd.DataFrame, programme: Programme, weights: pd.DataFrame
) -> Iterator[dict[str, object]]:
    """Lay every indicator over the provinces, the poorest first, year by year."""
    panel = provinces[(provinces["dimension_value"] == TOTAL) & provinces["unit"].isin(list(PER))]
    weight_of = {one.id: one.carry_weight for one in programme.indicators}
    ascending = {one.id: one.ascending for one in programme.indicators}
    rows = panel.assign(weight_id=panel["indicator"].map(weight_of).astype(object))
    sizes = weights.drop_duplicates(["weight_id", "place_code", "year"], keep="last")
    rows = rows.merge(sizes, on=["weight_id", "place_code", "year"], how="left", validate="many_to_one")
    rows = rows.merge(_poverty(observations), on=["place_code", "year"], how="inner", validate="many_to_one")
    in_persons = rows["denominator"].where(~rows["carry_rule"].isin(weights["weight_id"].unique()))
    rows = rows.assign(size=in_persons.fillna(rows["size"]), ascending=rows["indicator"].map(ascending))
    for (indicator, series, year), group in rows.dropna(subset=["size"]).groupby(["indicator", "series", "year"]):
        if len(group) < FEWEST_PLACES:
            continue
        row = {"indicator": indicator, "place_code": NATION, "stratifier": "poverty", "group": "", "reference": ""}
        row |= {"year": year, "series": series, "n_groups": len(group)}
        yield from (
            row | found for found in _over_places(group.sort_values(["poverty", "place_code"], ascending=False))
        )


def _over_places(ranked: pd.DataFrame) -> Iterator[dict[str, object]]:
    unit = ranked["unit"].iloc[0]
    share = (ranked["value"] / PER[unit]).clip(0, 1)
    counts = ranked.assign(numerator=share * ranked["size"], denominator=ranked["size"])
    slope, index = slope_index(counts), concentration_index(ranked)
    plain = {name: slope[f"slope_{name}"] * PER[unit] for name in ("index", "lower", "upper")}
    is_different = plain["lower"] > 0 or plain["upper"] < 0
    limits = {"lower": plain["lower"], "upper": plain["upper"], "is_different": is_different, "unit": unit}
    yield {"measure": "slope_index", "value": plain["index"], **limits}
    relative = {name: slope[f"relative_{name}"] for name in ("lower", "upper")}
    yield {"measure": "relative_slope_index", "value": slope["relative_index"], "unit": "ratio", **relative}
    yield {"measure": "concentration_index", "value": index["absolute_index"], "unit": unit}
    yield {"measure": "relative_concentration_index", "value": index["relative_index"], "unit": "index"}


def _poverty(observations: pd.DataFrame) -> pd.DataFrame:
    """Return the poverty rate of each place and year."""
    is_rate = (observations["indicator"] == POVERTY) & (observations["dimension"] == TOTAL)
    rows = observations[is_rate & observations["value"].notna()].sort_values(["source", "edition"], kind="stable")
    rows = rows.assign(year=rows["period_start"].dt.year.astype(float), poverty=rows["value"].astype(float))
    return rows.drop_duplicates(["place_code", "year"], keep="last")[["place_code", "year", "poverty"]]


def _with_trend(table: pd.DataFrame) -> pd.DataFrame:
    """Put the trend of each gap beside its newest value."""
    rows = table.loc[table["measure"].isin(_TRENDED), [*_SERIES, "year", "value"]]
    newest = rows.groupby(_SERIES, as_index=False)["year"].max()
    found = newest.merge(trends_of_gaps(rows, by=_SERIES), on=_SERIES, how="inner", validate="one_to_one")
    bare = table.drop(columns=[name for name in found if name not in (*_SERIES, "year")])
    both = bare.merge(found, on=[*_SERIES, "year"], how="left", validate="one_to_one")
    return both.assign(trend=both["trend"].astype(object).fillna(""))[COLUMNS]


def _absent(known: pd.DataFrame, programme: Programme) -> pd.DataFrame:
    """Name each indicator and stratifier for which nothing could be measured."""
    have = set(zip(known["indicator"], known["stratifier"], strict=True))
    why = dict.fromkeys(REFERENCES, "no_values_by_group") | {"poverty": "no_poverty_by_place"}
    rows = [
        {"indicator": one, "place_code": NATION, "stratifier": stratifier, "measure": "none", "reason": reason}
        for one in sorted({target.indicator for target in programme.targets})
        for stratifier, reason in why.items()
        if (one, stratifier) not in have
    ]
    return pd.DataFrame(rows, columns=COLUMNS)


def _typed(table: pd.DataFrame) -> pd.DataFrame:
    filled = table.assign(**{name: table[name].astype(object).fillna("") for name in _TEXTS})
    filled = filled.assign(is_different=filled["is_different"].astype("boolean"))
    return filled.astype(dict.fromkeys(_NUMBERS, np.float64))

"""Small areas in one table: each place's value, how sure it is, and whether it differs from its province or nation."""

import math
from collections.abc import Mapping

import numpy as np
import pandas as pd

from mande.framework.model import Measure, Programme
from mande.indicators.carry_weights import compute_weights
from mande.indicators.funnel import funnel_of_proportions, funnel_of_rates
from mande.indicators.small_areas import shrink_proportions, shrink_rates
from mande.vocabulary import Level

FEWEST_PLACES = 5
"""With fewer places in a group there is nothing to draw a small one towards."""

PLACES_NEEDED = 0.5
"""A period counts when at least this share of the places of a level has a value."""

PUBLISHED, ESTIMATED = "published", "estimated"
PER = {"percent": 100.0, "share": 1.0, "per_1000_live_births": 1e3, "per_1000_births": 1e3, "per_1000_population": 1e3}
PER |= {"per_100000_children": 1e5, "per_100000_live_births": 1e5, "births_per_1000_women_15_19": 1e3}
"""The unit's multiplier, by unit: 100 children of 2.000 are 5 percent."""
_SHARES = ["percent", "share"]

KEY = ["indicator", "dimension", "dimension_value"]
_RAW = [*KEY, "place_code", "period", "year", "series", "basis", "unit", "numerator", "denominator", "value"]
_READ = [*_RAW, "period_end", "value_qualifier", "carry_rule", "source", "edition"]
_MADE = ["lower", "upper", "method", "shrunken", "weight", "group_value", "shrink_method", "reference", "lower_95"]
_MADE += ["upper_95", "lower_998", "upper_998", "phi", "tau", "position", "limits_method"]
_TEXTS = ["method", "shrink_method", "position", "limits_method"]
COLUMNS = [*_RAW[:-3], "group_place", "counts", "numerator", "denominator", "value", *_MADE, "reason"]


def compute_small_areas(
    panel: pd.DataFrame, programme: Programme, units: pd.DataFrame, *, weights: pd.DataFrame
) -> pd.DataFrame:
    """Set value, interval, shrunken value and place in the funnel of each unit beside each other.

    One row per: indicator × population group × place, in the newest period for which at least half of the places of
    its level (and five) have a value; for units below the nation.
    Needs: `panel` (`panel_of` the units), `units`, `weights` (`find_denominators`).
    Adds: `group_place` (the province or nation towards which a place is drawn and with which it is compared), `counts`
    (published; estimated: value × births and births, for administrative records only), the columns of
    `shrink_proportions` or `shrink_rates` and of the funnel, in the indicator's unit; `reason` why there are none:
    survey_without_size (a sample whose size is not published: what chance does to it is not known), no_counts,
    too_few_places, beyond_whole (more than all), all_alike.
    Missing values: a place without counts keeps its value and a reason. No target is counted as met by a shrunken value.
    """
    rates = {one.id: one.measure for one in programme.indicators if one.measure in (Measure.PERCENTAGE, Measure.RATE)}
    values = _newest(panel[panel["indicator"].isin(list(rates))], units)
    if values.empty:
        return _typed(pd.DataFrame(columns=COLUMNS))
    return _typed(_in_groups(_with_counts(values, weights, programme))[COLUMNS])


def find_denominators(observations: pd.DataFrame, weights: Mapping[str, object]) -> pd.DataFrame:
    """Return what stands in for the denominators that are not published: weight × place × period, in persons."""
    table = compute_weights(observations, weights)
    year = table["period_start"].dt.year.where(table["period_end"].dt.month == 12)
    # Population is published in thousands: per 1.000 × thousands = persons; thousands alone are multiplied.
    factor = np.where(table["weight_id"] == "population", 1000.0, 1.0)
    return pd.DataFrame(
        {
            "weight_id": table["weight_id"],
            "place_code": table["place_code"],
            "year": year.astype(float),
            "size": table["weight"].astype(float) * factor,
        }
    )


def panel_of(actuals: pd.DataFrame, units: pd.DataFrame) -> pd.DataFrame:
    """Return the exact, usable, comparable values of the units below the nation, with level and group."""
    local = units.loc[units["level"] != Level.NATION, ["place_code", "level", "parent_code"]]
    usable = actuals["is_usable"] & actuals["is_comparable"] & actuals["value"].notna()
    exact = actuals.loc[usable & (actuals["value_qualifier"] == "="), _READ]
    rows = exact.merge(local, on="place_code", how="inner", validate="many_to_one")
    rows = rows.rename(columns={"parent_code": "group_place"}).sort_values(["source", "edition"], kind="stable")
    return rows.drop_duplicates([*KEY, "series", "place_code", "period"], keep="last")


def _newest(panel: pd.DataFrame, units: pd.DataFrame) -> pd.DataFrame:
    """Keep, for each indicator and level, the newest period of the series that most places have."""
    n_units = units["level"].value_counts()
    on = [*KEY, "level", "series", "period"]
    periods = panel.groupby(on, as_index=False).agg(places=("place_code", "nunique"), end=("period_end", "max"))
    least = {level: max(FEWEST_PLACES, math.ceil(PLACES_NEEDED * n)) for level, n in n_units.items()}
    needed = periods["level"].map(least).astype(float)
    full = periods[periods["places"] >= needed].sort_values(["end", "places", "series"])
    chosen = full.drop_duplicates([*KEY, "level"], keep="last")
    return panel.merge(chosen[on], on=on, how="inner", validate="many_to_one")


def _with_counts(values: pd.DataFrame, weights: pd.DataFrame, programme: Programme) -> pd.DataFrame:
    """Take the published numerator and denominator; else estimate them where every case was counted."""
    weight_of = {one.id: one.carry_weight for one in programme.indicators}
    sizes = weights.dropna(subset=["year"]).drop_duplicates(["weight_id", "place_code", "year"], keep="last")
    rows = values.assign(weight_id=values["indicator"].map(weight_of).astype(object))
    rows = rows.merge(sizes, on=["weight_id", "place_code", "year"], how="left", validate="many_to_one")
    per = rows["unit"].map(PER)
    in_persons = ~rows["carry_rule"].isin(weights["weight_id"].unique())
    has_counts = rows["numerator"].notna() & rows["denominator"].notna() & in_persons & per.notna()
    is_counted = rows["basis"].str.endswith("-administrative")
    can_estimate = ~has_counts & is_counted & rows["size"].notna() & per.notna()
    numerator = rows["numerator"].where(has_counts, (rows["value"] / per * rows["size"]).where(can_estimate))
    denominator = rows["denominator"].where(has_counts, rows["size"].where(can_estimate))
    is_share = rows["unit"].isin(_SHARES)
    beyond = is_share & (numerator > denominator) & denominator.notna()
    usable = (has_counts | can_estimate) & ~beyond & (denominator > 0)
    why = np.select([beyond, usable, is_counted | has_counts], ["beyond_whole", "", "no_counts"], "survey_without_size")
    return rows.assign(
        numerator=numerator.where(usable),
        denominator=denominator.where(usable),
        counts=np.select([usable & has_counts, usable], [PUBLISHED, ESTIMATED], default=""),
        reason=why,
    )


def _in_groups(values: pd.DataFrame) -> pd.DataFrame:
    """Work out each indicator in each group of places, all groups at once; rows in the order of the groups."""
    on = [*KEY, "series", "group_place"]
    rows = values.dropna(subset=on).sort_values(on, kind="stable", ignore_index=True)
    group = rows.groupby(on).ngroup()
    known = rows["denominator"].notna()
    few = known.groupby(group).transform("sum") < FEWEST_PLACES
    sums = rows[["numerator", "denominator"]].groupby(group).transform("sum")
    is_share = rows["unit"].isin(_SHARES)
    alike = (sums["numerator"] <= 0) | (is_share & (sums["numerator"] >= sums["denominator"]))
    why = rows["reason"].mask(known & alike, "all_alike").mask(known & few, "too_few_places")
    ready = rows[~few & ~alike].assign(group=group)
    made = [_set_beside(one, str(unit)) for unit, one in ready.groupby("unit")]
    found = pd.concat(made).reindex(rows.index) if made else pd.DataFrame(index=rows.index, columns=_MADE)
    texts = {name: found[name].astype(object).fillna("") for name in _TEXTS}
    return rows.assign(**found.assign(**texts), reason=why)


def _set_beside(rows: pd.DataFrame, unit: str) -> pd.DataFrame:
    """Return shrunken values and funnels of the groups of one unit of measure."""
    per, events, size, groups = PER[unit], rows["numerator"], rows["denominator"], rows["group"]
    if unit in _SHARES:
        drawn = shrink_proportions(events, size, groups=groups, multiplier=per)
        funnel = funnel_of_proportions(events, size, groups=groups)
        funnel = funnel.assign(**{name: funnel[name] * per for name in _SCALED})
    else:
        drawn = shrink_rates(events, size, groups=groups, multiplier=per)
        funnel = funnel_of_rates(events, size, groups=groups, multiplier=per)
    return drawn.drop(columns="value").join(funnel.drop(columns=["value", "z"]))[_MADE]


_SCALED = ("reference", "lower_95", "upper_95", "lower_998", "upper_998", "tau")


def _typed(table: pd.DataFrame) -> pd.DataFrame:
    numbers = ["year", "numerator", "denominator", "value", *[name for name in _MADE if name not in _TEXTS]]
    texts = [name for name in table if name not in numbers]
    return table.astype(dict.fromkeys(numbers, float) | dict.fromkeys(texts, object))

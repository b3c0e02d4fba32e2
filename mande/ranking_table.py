"""Provinces ranked, for those who must: an index with every choice stated, and groups that cannot be told apart."""

import math

import numpy as np
import pandas as pd

from mande.evaluation.ranking import IndexChoices, rank_places
from mande.framework.model import Programme
from mande.framework.ranking_choices import RankingChoices
from mande.vocabulary import TOTAL, Level

FEWEST_PLACES = 5
SHARE_WITH_VALUES = 0.75
"""An indicator takes part in its newest year in which at least this share of the provinces has a value."""

DRAWS = 500
COLUMNS = ["place_code", "index", "rank", "rank_median", "rank_lower", "rank_upper", "group", "n_known", "indicators"]
COLUMNS += ["years", "weights", "normalisation", "aggregation", "min_share", "draws", "chosen_by", "reason"]
_NUMBERS = ["index", "rank", "rank_median", "rank_lower", "rank_upper", "group", "n_known", "min_share", "draws"]


def compute_ranking(
    panel: pd.DataFrame, programme: Programme, units: pd.DataFrame, *, small_areas: pd.DataFrame
) -> pd.DataFrame:
    """Rank the provinces by a composite index of the judged indicators, with the interval of each rank.

    One row per: province; best first, those without rank last. No row for a review without provinces.
    Needs: `panel` (`panel_of` the provinces), `units`, `small_areas` (limits of the values where counts are known; otherwise, and where it is
    wider, what values stray from year to year stands for what is not known of them); the programme's `ranking`,
    else equal weights over its judged indicators, min-max, arithmetic mean, at least 75 % known.
    Adds: the columns of `rank_places`; `n_known` indicators of the place; the choices: `indicators`, `years`,
    `weights` (in the order of `indicators`), `normalisation`, `aggregation`, `min_share`, `draws`, `chosen_by`
    (programme, default).
    Missing values: a place without index has no rank; where nothing can be ranked `reason` says why: too_few_places,
    no_indicator, too_few_known (of the place).
    Source: `mande.evaluation.ranking`.
    """
    provinces = units[units["level"] == Level.PROVINCE]
    choices = programme.ranking or RankingChoices()
    values = _values(panel, programme, provinces, choices)
    places = pd.DataFrame({"place_code": provinces["place_code"].to_numpy()})
    if len(places) < FEWEST_PLACES or values.empty:
        return _typed(places.assign(reason="too_few_places" if len(places) < FEWEST_PLACES else "no_indicator"))
    named = sorted(values["indicator"].unique())
    weights = {name: choices.weights.get(name, 1.0) for name in named}
    made = IndexChoices(weights, choices.normalisation, choices.aggregation, choices.min_share)
    ranked = rank_places(_with_limits(values, small_areas, _yearly_spread(panel)), made, draws=DRAWS)
    years = values.groupby("indicator")["period"].first()
    table = ranked.merge(places, on="place_code", how="outer", validate="one_to_one")
    known = values["place_code"].value_counts()
    table = table.assign(
        n_known=table["place_code"].map(known).fillna(0),
        indicators="; ".join(named),
        years="; ".join(str(years[name]) for name in named),
        weights="; ".join(f"{weights[name]:g}" for name in named),
        normalisation=choices.normalisation,
        aggregation=choices.aggregation,
        min_share=choices.min_share,
        draws=DRAWS,
        chosen_by="default" if programme.ranking is None else "programme",
        reason=table["rank"].isna().map({True: "too_few_known", False: ""}),
    )
    return _typed(table.sort_values(["rank", "rank_median", "place_code"], na_position="last"))


def _values(
    panel: pd.DataFrame, programme: Programme, provinces: pd.DataFrame, choices: RankingChoices
) -> pd.DataFrame:
    """Return one value of each province and indicator, of the newest period that enough provinces have."""
    judged = {target.indicator for target in programme.targets if target.dimension_value == TOTAL}
    wanted = judged & set(choices.weights) if choices.weights else judged
    panel = panel[panel["indicator"].isin(list(wanted)) & (panel["dimension_value"] == TOTAL)]
    on = ["indicator", "series", "period"]
    periods = panel.groupby(on, as_index=False).agg(places=("place_code", "nunique"), end=("period_end", "max"))
    full = periods[periods["places"] >= max(FEWEST_PLACES, math.ceil(SHARE_WITH_VALUES * len(provinces)))]
    chosen = full.sort_values(["end", "places", "series"]).drop_duplicates("indicator", keep="last")
    rows = panel.merge(chosen[on], on=on, how="inner", validate="many_to_one")
    ascending = {one.id: one.ascending for one in programme.indicators}
    return rows.assign(ascending=rows["indicator"].map(ascending))[
        ["place_code", "indicator", "period", "value", "ascending"]
    ].reset_index(drop=True)


def _with_limits(values: pd.DataFrame, small_areas: pd.DataFrame, spread: pd.Series) -> pd.DataFrame:
    """Give each value the wider of two limits: of its counts, and of what values do from year to year.

    Most values are published without limits; taken as exact they would pretend ranks that no one knows.
    """
    limits = small_areas[small_areas["dimension_value"] == TOTAL]
    limits = limits[["indicator", "place_code", "period", "lower", "upper"]]
    rows = values.merge(limits, on=["indicator", "place_code", "period"], how="left", validate="one_to_one")
    half = ((rows["upper"].astype(float) - rows["lower"].astype(float)) / 2).fillna(0.0)
    half = np.maximum(half, 1.959963984540054 * rows["indicator"].map(spread).astype(float).fillna(0.0))
    return rows.assign(lower=rows["value"] - half, upper=rows["value"] + half)


def _yearly_spread(panel: pd.DataFrame) -> pd.Series:
    """Return by indicator how far values stray from year to year around each place's own mean change.

    Pooled standard deviation of the yearly changes about each place's mean change, divided by √2: a change holds the
    chance of two years.
    """
    panel = panel[panel["dimension_value"] == TOTAL].sort_values("year")
    by = panel.groupby(["indicator", "series", "place_code"], sort=False)
    change = (by["value"].diff() / by["year"].diff()).rename("change")
    rows = panel.assign(change=change).dropna(subset=["change"])
    rows = rows[np.isfinite(rows["change"])]
    mean = rows.groupby(["indicator", "series", "place_code"])["change"].transform("mean")
    n_places = rows.groupby("indicator").apply(lambda one: one[["series", "place_code"]].drop_duplicates().shape[0])
    squares = ((rows["change"] - mean) ** 2).groupby(rows["indicator"]).sum()
    free = rows.groupby("indicator").size() - n_places
    return np.sqrt(squares / free.where(free > 0) / 2)


def _typed(table: pd.DataFrame) -> pd.DataFrame:
    whole = table.reindex(columns=COLUMNS)
    texts = [name for name in COLUMNS if name not in _NUMBERS]
    filled = whole.assign(**{name: whole[name].astype(object).fillna("") for name in texts})
    return filled.astype(dict.fromkeys(_NUMBERS, float)).reset_index(drop=True)

"""Hold each promise against what happened: choose one series, its baseline and its newest value.

Values are compared within one series only (one source, basis and definition), so that no verdict rests on a
difference between two ways of counting.
"""

import numpy as np
import pandas as pd

from mande.evaluation.thresholds import meets

KEY = ["target_id", "dimension", "dimension_value", "place_code"]
CASE = "case"
"""The number of a case: one number is found faster than the four words of the key, and tables are joined a dozen times."""
FLAGS = (
    "has_comparable",
    "has_other_basis",
    "has_other_definition",
    "has_other_period",
    "has_failed_check",
    "has_carried_loss",
    "has_low_quality",
    "has_remembered",
    "has_suppressed",
    "has_suppressed_input",
)
_CARRIED = {
    "value": "actual_value",
    "period": "actual_period",
    "year": "actual_year",
    "lower": "actual_lower",
    "upper": "actual_upper",
    "value_qualifier": "actual_qualifier",
    "value_status": "actual_value_status",
    "basis": "actual_basis",
    "definition": "actual_definition",
    "source": "actual_source",
    "edition": "actual_edition",
    "confidence": "actual_confidence",
    "observation_id": "actual_observation_id",
    "series": "series",
    "age_years": "actual_age_years",
}
_BASELINE = {
    "value": "baseline_value",
    "period": "baseline_period",
    "year": "baseline_year",
    "value_qualifier": "baseline_qualifier",
    "value_status": "baseline_value_status",
    "observation_id": "baseline_observation_id",
}
_READ = {
    *_CARRIED,
    "indicator",
    "dimension",
    "dimension_value",
    "place_code",
    "period_end",
    "is_usable",
    "unusable_reason",
    "bridge_vi",
    "bridge_en",
}
"""What is read of the values: the rest is left behind, as every step would carry it along."""


def build_cases(
    promises: pd.DataFrame, rules: pd.DataFrame, actuals: pd.DataFrame, *, place_codes: list[str], dates: pd.Series
) -> pd.DataFrame:
    """Return promises × places with the values that a verdict may use.

    One row per: target × population group × place.
    Needs: `promises` (select_promises), `rules` (bases and definitions accepted by each target), `actuals`;
    `dates` with `as_of` and `start` (first day of the programme).
    Adds: `actual_*` (newest value of the chosen series; where none is comparable, the newest of any basis),
    `baseline_*` (last value of the same series before the programme starts; where that is not published, without its number), `previous_value`, `earlier_value`
    (one and two years before the actual), `base_year_value`, each with its `*_observation_id`; `n_points`, `has_dip` (a value since the programme's start missed the level), `has_comparable`, `has_other_basis`,
    `has_other_definition`, `has_other_period`, `has_failed_check`, `has_carried_loss`,
    `has_low_quality`, `has_remembered`, `has_suppressed` (the newest fitting value is not published: then it is the
    actual one, without its number), `has_suppressed_input` (some value is not), `caveat_vi`, `caveat_en` (what an
    accepted other definition costs; which factor carried values over a change of definition).
    Missing values: columns stay missing where no value is at hand.
    """
    actuals = actuals[[name for name in actuals.columns if name in _READ]]
    promises = promises.assign(promise=range(len(promises)))
    grid = promises.merge(pd.DataFrame({"place_code": place_codes}), how="cross", validate="many_to_many")
    grid = grid.drop(columns="promise").assign(**{CASE: range(len(grid))})
    candidates = _candidates(promises, rules, actuals, place_codes=place_codes, as_of=dates["as_of"])
    comparable = candidates[candidates["is_usable"] & candidates["fits_basis"] & candidates["fits_definition"]]
    chosen = comparable[_is_in_best_series(comparable)]
    deciding = _deciding(chosen, promises, dates["start"])
    hidden = _newest_hidden(candidates, deciding)
    newest = _first_of(hidden, deciding)
    actual = _first_of(newest, _newest(candidates[candidates["is_usable"]]))
    actual = actual[[CASE, *_CARRIED, "caveat_vi", "caveat_en"]].rename(columns=_CARRIED)
    wide = grid.merge(actual, on=CASE, how="left", validate="one_to_one")
    wide = wide.merge(_baseline(candidates, chosen, dates["start"]), on=CASE, how="left", validate="one_to_one")
    wide = wide.merge(_flags(candidates), on=CASE, how="left", validate="one_to_one")
    wide = _add_bridges(wide, chosen)
    wide["has_suppressed"] = wide[CASE].isin(hidden[CASE])
    for column in FLAGS:
        wide[column] = wide[column].eq(True)
    wide["n_points"] = wide["n_points"].fillna(0).astype(int)
    since = _breaches(chosen, promises, first_years=pd.Series(float(dates["start"].year), index=promises.index))
    wide["has_dip"] = wide[CASE].isin(since[CASE])
    years = {"previous": wide["actual_year"] - 1, "earlier": wide["actual_year"] - 2, "base_year": wide["base_year"]}
    return _add_values_of_year(wide, chosen, years).drop(columns=CASE)


def _candidates(
    promises: pd.DataFrame, rules: pd.DataFrame, actuals: pd.DataFrame, *, place_codes: list[str], as_of: pd.Timestamp
) -> pd.DataFrame:
    """Pair every value with every target of its indicator and group; say whether basis and definition fit."""
    keys = ["indicator", "dimension", "dimension_value"]
    numbered = actuals.assign(place=pd.Index(place_codes).get_indexer(actuals["place_code"]))
    numbered = numbered.assign(order=pd.factorize(numbered["series"], sort=True)[0])[numbered["place"] >= 0]
    numbered = numbered.drop(columns="place_code")
    paired = promises[["promise", *keys]].merge(numbered, on=keys, how="inner", validate="many_to_many")
    rules = rules.merge(promises[["promise", *KEY[:3]]], on=KEY[:3], how="inner", validate="many_to_one")
    on = ["promise", "basis"]
    bases = rules[on].drop_duplicates().assign(fits_basis=True)
    paired = paired.merge(bases, on=on, how="left", validate="many_to_one")
    exact = rules.loc[rules["has_definition"], [*on, "definition", "caveat_vi", "caveat_en"]].assign(fits_exactly=True)
    paired = paired.merge(exact, on=[*on, "definition"], how="left", validate="many_to_one")
    is_exact = paired["value_qualifier"] != "~"
    is_free = paired["promise"].isin(rules.loc[~rules["has_definition"], "promise"])
    return paired.assign(
        **{CASE: paired["promise"] * len(place_codes) + paired["place"]},
        fits_basis=paired["fits_basis"].eq(True),
        fits_definition=is_free | paired["fits_exactly"].eq(True),
        caveat_vi=paired["caveat_vi"].fillna(""),
        caveat_en=paired["caveat_en"].fillna(""),
        age_years=_years_between(paired["period_end"], as_of),
        is_exact=is_exact,
        rank_year=paired["year"] - (~is_exact).astype(int),
    )


def _years_between(end: pd.Series, as_of: pd.Timestamp) -> pd.Series:
    """Return whole months between as years, so that a leap year ages no value."""
    return ((as_of.year - end.dt.year) * 12 + (as_of.month - end.dt.month)) / 12


def _is_in_best_series(comparable: pd.DataFrame) -> pd.Series:
    """Mark the rows of the series that holds the newest value; among equals the one with more values, then by name."""
    points = comparable.groupby([CASE, "order"])["year"].transform("size")
    rows = comparable[[CASE, "rank_year", "is_exact", "order"]].assign(points=points)
    rows = rows.sort_values(
        ["rank_year", "is_exact", "points", "order"], ascending=[True, True, True, False], kind="stable"
    )
    best = rows.drop_duplicates(CASE, keep="last").set_index(CASE)["order"]
    return comparable["order"] == comparable[CASE].map(best)


def _newest(values: pd.DataFrame) -> pd.DataFrame:
    """Return the newest value of each case; "about 7 %" yields to an exact value of the year before."""
    ordered = values.sort_values(["fits_basis", "rank_year", "is_exact", "order"], kind="stable")
    return ordered.drop_duplicates(CASE, keep="last")


def _first_of(values: pd.DataFrame, others: pd.DataFrame) -> pd.DataFrame:
    """Return the value of each case; of a case without one the other value."""
    return pd.concat([values, others[~others[CASE].isin(values[CASE])]], ignore_index=True)


def _newest_hidden(candidates: pd.DataFrame, deciding: pd.DataFrame) -> pd.DataFrame:
    """Return the newest value that fits but is not published, where none is newer: an older one must not stand in."""
    fits = candidates["fits_basis"] & candidates["fits_definition"]
    hidden = _newest(candidates[fits & candidates["unusable_reason"].eq("suppressed")])
    shown = hidden[CASE].map(deciding.set_index(CASE)["year"])
    return hidden[~(shown >= hidden["year"])]


def _deciding(chosen: pd.DataFrame, promises: pd.DataFrame, start: pd.Timestamp) -> pd.DataFrame:
    """Return the value that decides each case: the newest; for an obligation of every year the newest that broke it.

    Its age stays that of the newest value: what happened in a year of the obligation does not grow old.
    """
    newest = _newest(chosen)
    spans = promises[promises["has_span"]]
    broken = _newest(_breaches(chosen, spans, first_years=spans["first_year"].clip(lower=start.year)))
    broken = broken.assign(age_years=broken[CASE].map(newest.set_index(CASE)["age_years"]))
    return _first_of(broken, newest)


def _breaches(chosen: pd.DataFrame, promises: pd.DataFrame, *, first_years: pd.Series) -> pd.DataFrame:
    """Return the exact values from a first year on that do not satisfy their level."""
    levels = promises[["promise", "operator", "target_value"]].assign(first_year=first_years)
    levels = levels[levels["target_value"].notna() & (levels["operator"] != "")]
    rows = chosen.merge(levels, on="promise", how="inner", validate="many_to_one")
    is_kept = meets(rows["value"], rows["operator"], rows["target_value"])
    return rows.loc[(rows["year"] >= rows["first_year"]) & ~is_kept & (rows["value_qualifier"] == "="), chosen.columns]


def _baseline(candidates: pd.DataFrame, chosen: pd.DataFrame, start: pd.Timestamp) -> pd.DataFrame:
    """Return the last value before the programme starts, its year shown, and how many values the series has.

    Where the last one of the series is not published, no older one stands in: it is the baseline, without its number.
    """
    before = _newest(chosen[chosen["period_end"] < start])
    early = candidates[candidates["period_end"] < start]
    series = early[CASE].map(chosen.drop_duplicates(CASE).set_index(CASE)["order"])
    own = early[series.isna() | (series == early["order"])]
    baseline = _first_of(_newest_hidden(own, before), before)[[CASE, *_BASELINE]].rename(columns=_BASELINE)
    points = chosen.groupby(CASE, as_index=False).agg(n_points=("year", "size"))
    return points.merge(baseline, on=CASE, how="outer", validate="one_to_one")


def _flags(candidates: pd.DataFrame) -> pd.DataFrame:
    """Return what else is known about each case, for the reason of a verdict that cannot be given."""
    usable, fits = candidates["is_usable"], candidates["fits_basis"] & candidates["fits_definition"]
    marked = candidates[[CASE]].assign(
        has_comparable=usable & fits,
        has_other_basis=usable & ~candidates["fits_basis"],
        has_other_definition=usable & candidates["fits_basis"] & ~candidates["fits_definition"],
        has_other_period=candidates["unusable_reason"].eq("other_period") & fits,
        has_failed_check=candidates["unusable_reason"].eq("failed_check") & fits,
        has_carried_loss=candidates["unusable_reason"].eq("carried_with_loss") & fits,
        has_low_quality=candidates["unusable_reason"].eq("low_quality") & fits,
        has_remembered=candidates["unusable_reason"].eq("only_remembered"),
        has_suppressed_input=candidates["unusable_reason"].eq("suppressed"),
    )
    return marked.groupby(CASE, as_index=False).any()


def _add_bridges(wide: pd.DataFrame, chosen: pd.DataFrame) -> pd.DataFrame:
    """Say in the caveat that the series of a verdict holds values carried over by a factor, and whence the factor."""
    bridged = chosen[chosen["bridge_en"] != ""].drop_duplicates(CASE)[[CASE, "bridge_vi", "bridge_en"]]
    wide = wide.merge(bridged, on=CASE, how="left", validate="one_to_one")
    for lang in ("vi", "en"):
        caveat, bridge = (wide[f"{name}_{lang}"].astype(object).fillna("") for name in ("caveat", "bridge"))
        wide[f"caveat_{lang}"] = (caveat + " " + bridge).astype(str).str.strip()
    return wide.drop(columns=["bridge_vi", "bridge_en"])


def _add_values_of_year(wide: pd.DataFrame, chosen: pd.DataFrame, years: dict[str, pd.Series]) -> pd.DataFrame:
    """Add the chosen series' value of another year, per case, under each name."""
    by_year = chosen.drop_duplicates([CASE, "year"], keep="last")[[CASE, "year", "value", "observation_id"]]
    for name, year in years.items():
        found = wide[[CASE]].assign(year=year).merge(by_year, on=[CASE, "year"], how="left", validate="many_to_one")
        wide = wide.assign(
            **{f"{name}_value": found["value"].array, f"{name}_observation_id": found["observation_id"].array}
        )
    return wide


def direction(ascending: pd.Series) -> np.ndarray:
    """Return +1 where higher is better and −1 where lower is better."""
    return np.where(ascending, 1.0, -1.0)

"""The outlook of each case: will the judged level, and the last one, be met if things go on as they did?"""

from collections.abc import Mapping

import numpy as np
import pandas as pd

from mande.evaluation.cases import KEY
from mande.evaluation.counted_series import keep_counts, multiplier_of
from mande.evaluation.outlook import compute_outlook
from mande.evaluation.published_rules import LEVEL_KINDS
from mande.vocabulary import NATION

_NAMES = {"predicted": "outlook_value", "lower": "outlook_lower", "upper": "outlook_upper", "p_met": "p_met"}
_SERIES = ["indicator", *KEY[1:], "series"]
_VALUES = ["year", "value", "numerator", "denominator", "lower", "upper"]


def add_outlook(
    cases: pd.DataFrame, actuals: pd.DataFrame, *, provinces: Mapping[str, str] | None = None
) -> pd.DataFrame:
    """Add what `compute_outlook` foretells for the judged level and for the last level.

    One row per: target × population group × place, as given.
    Needs: cases with their target in the indicator's unit; `actuals`: all values of the chosen series, in all places of
    the review (a short series leans on the others), with the counts behind them if at hand; `provinces`: the province of
    each district or commune, by code (a place without one leans on the nation alone).
    Adds: `outlook_value`, `outlook_lower`, `outlook_upper` (80 % limits of the value that will be published for the
    target year, in the unit), `p_met` (probability of meeting the judged level, 0 to 1), `end_outlook_value`,
    `end_outlook_lower`, `end_outlook_upper`, `end_p_met` (the last level), `outlook_method` (name and version),
    `outlook_reason`, `outlook_note`.
    Missing values: nothing is foretold for a promise without a level (not_a_level), without a comparable value
    (no_comparable_value), from values too old for a verdict (stale), or where `compute_outlook` says why not.
    Source: `mande.evaluation.outlook`.
    """
    scope = _scope(cases)
    wanted = cases.loc[scope == "", [*_SERIES, "unit"]].drop_duplicates()
    series = _series_of(wanted, actuals, provinces or {})
    first, last = _foretell(cases, scope, series)
    return cases.assign(
        **{name: first[column] for column, name in _NAMES.items()},
        **{f"end_{name}": last[column] for column, name in _NAMES.items()},
        outlook_method=first["method"] + " " + first["method_version"],
        outlook_reason=first["outlook_reason"].mask(scope != "", scope),
        outlook_note=first["outlook_note"],
    )


def _scope(cases: pd.DataFrame) -> pd.Series:
    is_level = cases["kind"].isin(LEVEL_KINDS) & ~cases["has_span"] & cases["target_value"].notna()
    conditions = [~is_level, ~cases["has_comparable"], cases["actual_age_years"] > cases["max_age_years"]]
    words = np.select(conditions, ["not_a_level", "no_comparable_value", "stale"], default="")
    return pd.Series(words, index=cases.index)


def _foretell(cases: pd.DataFrame, scope: pd.Series, series: pd.DataFrame) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Return the outlook for the judged and for the last level of each case; a case out of scope asks of no series.

    Both are asked at once, as each series then is fitted once.
    """
    series_id = _identify(cases).where(scope == "", "")
    asks = pd.concat([_asks(cases, scope, series_id, prefix=prefix) for prefix in ("target", "end")], ignore_index=True)
    answer = compute_outlook(series, asks)
    is_asked = asks["target_value"].notna()
    answer = answer.assign(**{name: answer[name].where(is_asked) for name in _NAMES})
    return tuple(half.set_axis(cases.index) for half in (answer.iloc[: len(cases)], answer.iloc[len(cases) :]))


def _asks(cases: pd.DataFrame, scope: pd.Series, series_id: pd.Series, *, prefix: str) -> pd.DataFrame:
    operator = cases["operator" if prefix == "target" else "end_operator"]
    return pd.DataFrame(
        {
            "series_id": series_id,
            "target_year": cases[f"{prefix}_year"].fillna(cases["target_year"]),
            "operator": operator,
            "target_value": cases[f"{prefix}_value"].astype(float).where((scope == "") & (operator != "")),
        }
    )


def _series_of(wanted: pd.DataFrame, actuals: pd.DataFrame, provinces: Mapping[str, str]) -> pd.DataFrame:
    """Return the exact usable values of the wanted series, one for each year, with their counts and what is pooled.

    A percentage that leaves 0 to 100 somewhere (as gross enrolment and growth do) is not bounded by them.
    """
    is_exact = actuals["is_usable"] & (actuals["value_qualifier"] == "=")
    exact = actuals[is_exact].reindex(columns=[*_SERIES, *_VALUES])
    values = exact.drop_duplicates([*_SERIES, "year"], keep="last")
    rows = wanted.merge(values, on=_SERIES, how="inner", validate="one_to_many")
    rows[_VALUES] = rows[_VALUES].astype(float)
    is_inside = rows["value"].between(0, 100).groupby(rows["indicator"]).transform("all")
    is_bounded = (rows["unit"] == "percent") & is_inside
    unit = rows["unit"].where(is_bounded | (rows["unit"] != "percent"), "percent_of_another_whole")
    table = pd.DataFrame(
        {
            "series_id": _identify(rows),
            **{name: rows[name] for name in _VALUES},
            "unit": unit,
            "multiplier": multiplier_of(unit),
            "indicator": rows["indicator"] + "|" + rows["dimension_value"],
            "level": np.where(rows["place_code"] == NATION, "nation", "unit"),
            "nation": NATION,
            "province": [provinces.get(code, "") for code in rows["place_code"]],
        }
    )
    counts = keep_counts(table)
    return table.assign(numerator=counts["numerator"], denominator=counts["denominator"])


def _identify(table: pd.DataFrame) -> pd.Series:
    names = [table[name].astype(object).fillna("") for name in _SERIES]
    joined = names[0]
    for name in names[1:]:
        joined = joined + "|" + name
    return joined

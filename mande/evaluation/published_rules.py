"""The published rules beside the programme's own, in every row of progress: each by name and version, or why not.

- `rate-ratio` (Eurostat, Statistics Canada, Open SDG) and `un-progress-chart-2023`: a programme may also be bound by them;
- `escap-current-status` and `escap-anticipated-progress`: to compare with the regional reports;
- `share-of-the-way`: the column `share` of `linear_path.add_path`; here only why it is missing.
"""

import numpy as np
import pandas as pd

from mande.evaluation import achievement, progress_indices, rate_ratio
from mande.evaluation.cases import KEY
from mande.framework.model import TargetKind

LEVEL_KINDS = (TargetKind.LEVEL, TargetKind.COMPLETE, TargetKind.CHANGE_FROM_BASE)
_NAMES = {
    "share_rule": (achievement.RULE, achievement.VERSION),
    "rate_ratio_rule": (rate_ratio.RULE, rate_ratio.VERSION),
    "chart_rule": (progress_indices.CHART_RULE, progress_indices.CHART_VERSION),
    "current_status_rule": (progress_indices.STATUS_RULE, progress_indices.STATUS_VERSION),
    "anticipated_rule": (progress_indices.ANTICIPATED_RULE, progress_indices.ANTICIPATED_VERSION),
}


def add_published_rules(cases: pd.DataFrame) -> pd.DataFrame:
    """Add what the published rules say of every case, from the values in its own row.

    One row per: target × population group × place, as given.
    Needs: cases with their path (`linear_path.add_path`).
    Adds: `*_rule` (name and version); `rate_ratio` (observed over required compound rate), `rate_ratio_score` (−5 to
    5), `rate_ratio_status`; `observed_rate` and `required_rate` (compound, share per year); `chart_value` (where the
    present rate leads by the target year, in the unit), `chart_share` (of the way), `chart_score` (3 to 1),
    `chart_status`; `current_status_index` (tenths of the way, at most 10); for each a `*_reason`, empty where the number
    exists.
    Missing values: not_a_level, every_year, no_number, no_comparable_value, no_baseline where the promise or the data do
    not allow a rule; otherwise the rule's own reason, such as zero_base.
    Source: `mande.evaluation.rate_ratio`, `mande.evaluation.progress_indices`.
    """
    scope = _scope(cases)
    names = {column: f"{name} {version}" for column, (name, version) in _NAMES.items()}
    added = pd.concat([_rate_ratio(cases, scope), _chart(cases, scope), _status_index(cases, scope)], axis="columns")
    return cases.assign(**names, share_reason=_share_reason(cases, scope), **{name: added[name] for name in added})


def _scope(cases: pd.DataFrame) -> pd.Series:
    """Return why no published rule fits the promise or its data; empty where one may.

    A promise to reduce or raise without a number is judged by the published rules by its yearly rate alone.
    """
    kind = cases["kind"]
    is_level, is_direction = kind.isin(LEVEL_KINDS), kind == TargetKind.DIRECTION_ONLY
    conditions = [
        ~is_level & ~is_direction,
        cases["has_span"] & is_level,
        is_level & cases["target_value"].isna(),
        ~cases["has_comparable"],
        cases["baseline_value"].isna(),
    ]
    words = ["not_a_level", "every_year", "no_number", "no_comparable_value", "no_baseline"]
    chosen = np.select([condition.to_numpy(bool) for condition in conditions], words, default="")
    return pd.Series(chosen, index=cases.index)


def _share_reason(cases: pd.DataFrame, scope: pd.Series) -> np.ndarray:
    conditions = [
        cases["share"].notna(),
        scope != "",
        cases["kind"] == TargetKind.DIRECTION_ONLY,
        cases["is_met_at_baseline"],
        cases["target_value"] == cases["baseline_value"],
        ~(cases["actual_year"] > cases["baseline_year"]),
    ]
    words = ["", scope, "no_number", "met_at_baseline", "target_equals_base", "no_later_value"]
    choices = [np.full(len(cases), word, dtype=object) if isinstance(word, str) else word for word in words]
    return np.select([condition.to_numpy(bool) for condition in conditions], choices, default="target_not_after_base")


def _inputs(cases: pd.DataFrame, scope: pd.Series) -> dict[str, pd.Series]:
    """Return the arguments of the published functions; rows out of scope have no values."""
    is_open, is_level = scope == "", cases["kind"].isin(LEVEL_KINDS)
    return {
        "base_year": cases["baseline_year"].where(is_open),
        "base_value": cases["baseline_value"].where(is_open),
        "current_year": cases["actual_year"].where(is_open),
        "current_value": cases["actual_value"].where(is_open),
        "ascending": cases["ascending"],
        "target_year": cases["target_year"].where(is_open & is_level),
        "target_value": cases["target_value"].where(is_open & is_level),
    }


def _rate_ratio(cases: pd.DataFrame, scope: pd.Series) -> pd.DataFrame:
    is_bounded = (cases["unit"] == "percent") & cases["ascending"]
    limit = pd.Series(np.where(is_bounded, 100.0, np.nan), index=cases.index)
    table = rate_ratio.rate_ratio(**_inputs(cases, scope), natural_limit=limit)
    names = {"ratio": "rate_ratio", "score": "rate_ratio_score", "status": "rate_ratio_status"}
    kept = table[["observed_rate", "required_rate", *names]].rename(columns=names)
    return kept.assign(rate_ratio_reason=table["reason"].mask(scope != "", scope))


def _chart(cases: pd.DataFrame, scope: pd.Series) -> pd.DataFrame:
    table = progress_indices.progress_chart(**_inputs(cases, scope), is_percent=cases["unit"] == "percent")
    names = {"extended_value": "chart_value", "share": "chart_share", "score": "chart_score", "status": "chart_status"}
    return table[[*names]].rename(columns=names).assign(chart_reason=table["reason"].mask(scope != "", scope))


def _status_index(cases: pd.DataFrame, scope: pd.Series) -> pd.DataFrame:
    inputs = _inputs(cases, scope)
    values = (inputs[name] for name in ("base_value", "current_value", "target_value"))
    table = progress_indices.current_status_index(*values, ascending=cases["ascending"])
    is_without_number = (scope == "") & inputs["target_value"].isna()
    reason = table["reason"].mask(is_without_number, "no_number").mask(scope != "", scope)
    return pd.DataFrame({"current_status_index": table["index"], "current_status_reason": reason})


def add_anticipated(cases: pd.DataFrame, actuals: pd.DataFrame) -> pd.DataFrame:
    """Add the value that ESCAP's regression on all years of the chosen series gives for the target year.

    One row per: target × population group × place, as given.
    Needs: cases with their target in the indicator's unit; `actuals`, for the years of the chosen series.
    Adds: `anticipated_value` (in the unit), `anticipated_gap_pct` (% of the whole way), `anticipated_status`
    (maintain, accelerate, reverse, not_available), `anticipated_reason`.
    Missing values: as `add_published_rules`; too_few_points below two years.
    Source: `mande.evaluation.progress_indices.anticipated_progress`.
    """
    scope = _scope(cases)
    inputs = _inputs(cases, scope)
    names = ("base_value", "target_value", "target_year", "ascending")
    targets = pd.DataFrame({name: inputs[name] for name in names}).assign(series=range(len(cases)))
    table = progress_indices.anticipated_progress(points_of(cases, actuals), targets)
    is_without_number = (scope == "") & inputs["target_value"].isna()
    is_open = (scope == "") & ~is_without_number
    return cases.assign(
        anticipated_value=table["predicted_value"].where(is_open),
        anticipated_gap_pct=table["gap_pct"].where(is_open),
        anticipated_status=table["status"].where(is_open, "not_available"),
        anticipated_reason=table["reason"].mask(is_without_number, "no_number").mask(scope != "", scope),
    )


def points_of(cases: pd.DataFrame, actuals: pd.DataFrame) -> pd.DataFrame:
    """Return the exact usable values of each case's chosen series: one for each year.

    One row per: case × year; `series` is the position of the case.
    Needs: cases with `series`; `actuals` (compute_actuals).
    """
    on = ["indicator", *KEY[1:], "series"]
    chosen = cases.loc[cases["has_comparable"], on].assign(number=np.flatnonzero(cases["has_comparable"]))
    is_exact = actuals["is_usable"] & (actuals["value_qualifier"] == "=")
    exact = actuals.loc[is_exact, [*on, "year", "value"]].drop_duplicates([*on, "year"], keep="last")
    rows = chosen.merge(exact, on=on, how="inner", validate="many_to_many")
    return rows[["number", "year", "value"]].rename(columns={"number": "series"})

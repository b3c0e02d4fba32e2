"""The published arithmetic: one row per verdict, with all that anyone needs to work it out again."""

from collections.abc import Mapping

import pandas as pd

INPUTS = ("actual", "baseline", "previous", "earlier", "base_year")
"""The values that a verdict may rest on; each names its file, cell and hash."""

_OF_INPUT = ["file", "sheet", "cell", "snapshot", "numerator", "denominator", "source", "edition", "part_ids"]

_IN_FORMULA = [
    "reason",
    "rule",
    "ascending",
    *(f"{name}_{part}" for name in ("actual", "baseline", "target") for part in ("value", "year")),
    "pace",
    "rate_ratio",
    "chart_share",
    "p_met",
    "outlook_bands",
]


def compute_arithmetic(progress: pd.DataFrame, actuals: pd.DataFrame, *, made_with: Mapping[str, str]) -> pd.DataFrame:
    """Return every verdict with its inputs, where each stands, the rule, and what computed it.

    One row per: target × population group × place.
    Needs: `progress` and the `actuals` behind it; `made_with`: names and versions of the package and the contracts.
    Adds: to the columns of `progress`, for each input (actual, baseline, previous year, the year before, base year)
    `*_file`, `*_sheet`, `*_cell`, `*_snapshot` (SHA-256 of the file), `*_numerator`, `*_denominator`, `*_source`,
    `*_edition`, `*_part_ids` (file and line of each part of a carried value); `formula` (the working of the binding
    rule with its numbers, decimal points; where the outlook judged, its probability and the bands); the columns of `made_with`.
    Missing values: an input that was not used has no file; a verdict without a rule's number has no formula.
    """
    known = actuals.set_index("observation_id")
    known = known.loc[~known.index.duplicated(), [name for name in _OF_INPUT if name in known]]
    table = progress.assign(formula=_formula(progress))
    for name in INPUTS:
        found = known.reindex(table[f"{name}_observation_id"]).add_prefix(f"{name}_")
        table = table.assign(**{column: found[column].to_numpy() for column in found if column not in table})
    return table.assign(**made_with)


def _formula(progress: pd.DataFrame) -> list[str]:
    """Return the working of the number that the rule lays its bands on."""
    columns = [progress[name].tolist() for name in _IN_FORMULA]
    return [_working(dict(zip(_IN_FORMULA, row, strict=True))) for row in zip(*columns, strict=True)]


def _working(row: Mapping[str, object]) -> str:
    if str(row["reason"]).startswith("outlook_"):
        return f"p_met = {row['p_met']}; {row['outlook_bands']}"
    a, b, t = (row[f"{name}_value"] for name in ("actual", "baseline", "target"))
    span, plan = f"({row['actual_year']} - {row['baseline_year']})", f"({row['target_year']} - {row['baseline_year']})"
    if row["rule"] == "linear-path" and pd.notna(row["pace"]):
        return f"pace = (({a} - {b}) / {span}) / (({t} - {b}) / {plan}) = {row['pace']}"
    if row["rule"] == "rate-ratio" and pd.notna(row["rate_ratio"]):
        sign = "" if row["ascending"] else "-"
        observed, required = f"(({a} / {b}) ** (1 / {span}) - 1)", f"(({t} / {b}) ** (1 / {plan}) - 1)"
        return f"ratio = {sign}{observed} / abs({required}) = {row['rate_ratio']}"
    if row["rule"] == "un-progress-chart-2023" and pd.notna(row["chart_share"]):
        left = f"(({row['target_year']} - {row['actual_year']}) / {span})"
        return f"share = ({a} * ({a} / {b}) ** {left} - {b}) / ({t} - {b}) = {row['chart_share']}"
    return ""

"""What the pages say of values that were rebuilt for other boundaries: from which units, by which rule, with what loss."""

from typing import Any

import pandas as pd

from mande.reporting.number_forms import date_form, is_number, number_form, period_form, share_form
from mande.reporting.wording import wording

_RULES = {
    "same_land": "arithmetic.carried_same_land",
    "sum": "arithmetic.carried_sum",
    "ratio_of_sums": "arithmetic.carried_ratio",
}
_GAPS = {
    "no_rule": "carry_gap.no_rule",
    "no_weight": "carry_gap.no_weight",
    "split": "carry_gap.split",
    "part_missing": "carry_gap.part_missing",
    "loss": "carry_gap.loss",
}


def is_carried(value: dict[str, Any]) -> bool:
    """Return whether a value of `actuals` was carried from former units; runs of old versions do not say."""
    return bool(value.get("carried_from"))


def carried_lines(row: Any, lang: str, inputs: dict[str, dict[str, Any]]) -> list[str]:
    """Return how the values behind a verdict were rebuilt, then which values of its indicator could not be.

    `row` is a row of progress, `inputs` the values of its unit by observation id.
    """
    used = dict.fromkeys(str(row[f"{prefix}_observation_id"]) for prefix in ("actual", "baseline"))
    lines = [_rebuilt(inputs[name], lang) for name in used if name in inputs and is_carried(inputs[name])]
    same = ("indicator", "dimension", "dimension_value")
    lost = [
        value
        for value in inputs.values()
        if value.get("carry_gap") and value["is_comparable"] and all(value[name] == row[name] for name in same)
    ]
    return [*lines, *_not_rebuilt(lost, lang)]


def boundary_note(values: pd.DataFrame, lang: str) -> str:
    """Return from which units the carried values of a series were rebuilt; blank where none is carried."""
    days = boundary_days(values)
    if not days:
        return ""
    carried = [value for value in values.to_dict("records") if is_carried(value)]
    former = ", ".join(dict.fromkeys(name for value in carried for name in value[f"carried_from_{lang}"].split("; ")))
    return wording(lang).say("charts.carried", days=", ".join(date_form(day, lang) for day in days), former=former)


def boundary_days(values: pd.DataFrame) -> list[str]:
    """Return the days, as ISO dates, on which the boundaries under a series changed."""
    if "boundary_days" not in values:
        return []
    return sorted({day for days in values["boundary_days"] for day in days.split("; ") if day})


def _rebuilt(value: dict[str, Any], lang: str) -> str:
    return wording(lang).say(
        "arithmetic.carried",
        period=period_form(value["period"], lang),
        former=_former(value, lang),
        rule=_rule(value, lang),
        lost=_loss_form(value["open_share"], lang),
        unmatched=_loss_form(value["unmatched_share"], lang),
    )


def _rule(value: dict[str, Any], lang: str) -> str:
    key = _RULES.get(value["carry_rule"], "arithmetic.carried_weight")
    rule = wording(lang).say(key, weight=value[f"carry_weight_{lang}"], formula=_formula(value, lang))
    shares = value.get("carry_shares")
    return f"{rule}; {wording(lang).say('arithmetic.carried_shares', shares=shares)}" if shares else rule


def _formula(value: dict[str, Any], lang: str) -> str:
    """Return numerator ÷ denominator × multiplier = value, as exact as a reader can type it in."""
    above, below, result = (value[name] for name in ("numerator", "denominator", "value"))
    if not (is_number(above) and is_number(below) and above):
        return number_form(result, lang, decimals=4)
    times = number_form(round(result * below / above), lang, decimals=0)
    a, b, r = (number_form(number, lang, decimals=4) for number in (above, below, result))
    return f"{a} ÷ {b} × {times} = {r}"


def _not_rebuilt(values: list[dict[str, Any]], lang: str) -> list[str]:
    groups: dict[tuple[str, str], list[dict[str, Any]]] = {}
    for value in sorted(values, key=lambda one: one["year"]):
        gap = wording(lang).say(
            _GAPS[value["carry_gap"]],
            weight=value[f"carry_weight_{lang}"],
            lost=_loss_form(value["carry_loss"], lang),
        )
        groups.setdefault((_former(value, lang), gap), []).append(value)
    return [
        wording(lang).say(
            "arithmetic.not_carried",
            periods=", ".join(dict.fromkeys(period_form(value["period"], lang) for value in rows)),
            former=former,
            gap=gap,
        )
        for (former, gap), rows in groups.items()
    ]


def _former(value: dict[str, Any], lang: str) -> str:
    names = value[f"carried_from_{lang}"].split("; ")
    codes = value["carried_from"].split("; ")
    return ", ".join(f"{name} ({code})" for name, code in zip(names, codes, strict=True))


def _loss_form(share: object, lang: str) -> str:
    """Return a share that may be small: below one per cent with its decimals."""
    if not is_number(share) or share == 0 or share >= 0.1:
        return share_form(share, lang)
    return number_form(share * 100, lang, decimals=2) + "\u00a0%"

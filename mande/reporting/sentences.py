"""Targets, values and reasons as sentences with the numbers put in."""

from typing import Any

import pandas as pd

from mande.reporting.number_forms import (
    NO_BREAK_SPACE,
    change_form,
    date_form,
    hidden_mark,
    is_number,
    number_form,
    observed_form,
    period_form,
    rate_form,
    share_form,
    value_form,
    year_of,
)
from mande.reporting.wording import wording
from mande.vocabulary import TOTAL, Verdict

_OPERATORS = {"<": "below", "<=": "at_most", ">": "above", ">=": "at_least"}
_QUALIFIERS = {"~": "about", ">": "more", "<": "less"}


def title_of(row: Any, lang: str, *, stem: str = "title") -> str:
    """Return the title of a target (`stem` "short": its short name), with its population group if it has one."""
    words = wording(lang)
    title = words.pick(row, stem)
    group = row["dimension_value"]
    if group == TOTAL:
        return title
    key = f"dimension.{group}"
    return f"{title} – {words.say(key) if words.knows(key) else group}"


def judged_words(row: Any, lang: str) -> str:
    """Return what is promised for the judged year, in words: "từ 97 % trở lên"."""
    return _promise(row, lang, operator=row["operator"], value=row["target_value"])


def end_words(row: Any, lang: str) -> str:
    """Return what is promised for the last year, in words."""
    return _promise(row, lang, operator=row["end_operator"], value=row["end_value"])


def actual_words(row: Any, lang: str) -> str:
    """Return the newest value, with "khoảng" or "trên" if the source says so; the mark of one that is not published."""
    if mark := hidden_mark(row["actual_qualifier"]):
        return mark
    against = _number_or_none(row["target_value"])
    qualifier = _QUALIFIERS.get(row["actual_qualifier"])
    if qualifier is None:
        return observed_form(row["actual_value"], row["unit"], lang, against=against)
    return wording(lang).say(
        f"qualifier.{qualifier}", value=value_form(row["actual_value"], row["unit"], lang, against=against)
    )


def baseline_words(row: Any, lang: str) -> str:
    """Return the baseline's value."""
    return observed_form(row["baseline_value"], row["unit"], lang, against=_number_or_none(row["target_value"]))


def reason_sentence(row: Any, lang: str, *, as_of: str, found_basis: str, wanted_basis: str) -> str:
    """Return why the verdict is what it is.

    `row` is a row of `progress` with the titles of its target; the two bases are their names in words.
    """
    unit = row["unit"]
    return wording(lang).say(
        _reason_key(row, lang),
        actual=actual_words(row, lang),
        period=period_form(row["actual_period"], lang),
        baseline=baseline_words(row, lang),
        baseline_period=period_form(row["baseline_period"], lang),
        target=judged_words(row, lang),
        judged_year=due_year(row),
        end_target=end_words(row, lang),
        end_year=year_form(row["end_year"]),
        observed=change_form(row["observed_yearly_change"], unit, lang),
        planned=change_form(row["planned_yearly_change"], unit, lang),
        pace=share_form(row["pace"], lang),
        max_age=number_form(row["max_age_years"], lang) if is_number(row["max_age_years"]) else "–",
        as_of=date_form(as_of, lang),
        change=_judged_change(row, lang),
        lower=observed_form(row["actual_lower"], unit, lang),
        upper=observed_form(row["actual_upper"], unit, lang),
        base_year=year_form(row["base_year"]),
        basis_found=found_basis or "–",
        basis_wanted=wanted_basis or "–",
        **_rule_words(row, lang),
    )


def _rule_words(row: Any, lang: str) -> dict[str, str]:
    """Return the numbers of the published rules; a dash where there is none, also in runs of old versions."""
    rates = {name: rate_form(row.get(name), lang) for name in ("observed_rate", "required_rate")}
    shares = {name: share_form(row.get(name), lang) for name in ("rate_ratio", "chart_share", "p_met")}
    names = ("chart_value", "outlook_value", "outlook_lower", "outlook_upper")
    values = {name: observed_form(row.get(name), row["unit"], lang) for name in names}
    return {**rates, **shares, **values}


def _reason_key(row: Any, lang: str) -> str:
    """Return the key of the sentence; some reasons have another one by what is not published, missing or for every year."""
    key, is_hidden = f"reason.{row['reason']}", bool(hidden_mark(row["actual_qualifier"]))
    variants = {
        "of_baseline": not is_hidden and hidden_mark(row.get("baseline_qualifier")),
        "of_other": not is_hidden,
        "without_value": not is_number(row["actual_value"]),
        "every_year": bool(row["has_span"]),
    }
    return next(
        (f"{key}.{name}" for name, holds in variants.items() if holds and wording(lang).knows(f"{key}.{name}")), key
    )


def due_year(row: Any) -> str:
    """Return the year of the level that is judged: the stage's year, or the next one that the text names."""
    return year_form(row["target_year"] if is_number(row["target_year"]) else row["judged_year"])


def year_form(year: object) -> str:
    """Return a year without grouping; a dash if there is none."""
    return str(year_of(year)) if is_number(year) else "–"


def edition_form(edition: object, lang: str) -> str:
    """Return which edition of a publication it is, in words where the catalogue has them; else as it is written."""
    text = edition if isinstance(edition, str) else ""
    words = wording(lang)
    return words.say(f"edition.{text}") if words.knows(f"edition.{text}") else text


def joined(parts: list[str]) -> str:
    """Return the parts as one enumeration."""
    return ", ".join(parts)


def verdict_counts(verdicts: pd.Series, lang: str) -> list[str]:
    """Return "3 đạt", "2 chậm tiến độ" …, from best to unknown, without those that do not occur."""
    counts = verdicts.value_counts()
    words = wording(lang)
    order = [verdict.value for verdict in Verdict if counts.get(verdict.value, 0)]
    return [words.say(f"count.{verdict}", n=number_form(counts[verdict], lang, decimals=0)) for verdict in order]


def _promise(row: Any, lang: str, *, operator: object, value: object) -> str:
    say = wording(lang).say
    in_words = _KINDS.get(row["kind"])
    if in_words is not None:
        return in_words(row, lang, value)
    if not is_number(value):
        return say("target.none")
    is_whole = row["unit"] == "percent" and value == 100 and operator == ">="
    key = "whole" if is_whole else _OPERATORS.get(operator, "value")
    return say(f"target.{key}", value=value_form(value, row["unit"], lang))


def _change_from_base(row: Any, lang: str, value: float) -> str:
    """The promise is a percentage against a base year; `promised_change_pct` keeps it, `value` may be the level it means."""
    percent = row.get("promised_change_pct")
    if not is_number(percent):
        return wording(lang).say("target.none")
    key = "target.fall_from_base" if percent < 0 else "target.rise_from_base"
    if not is_number(row["base_year"]):
        return wording(lang).say(f"{key}_unnamed", value=value_form(abs(percent), "percent", lang))
    return wording(lang).say(key, value=value_form(abs(percent), "percent", lang), year=year_form(row["base_year"]))


def _yearly_change(row: Any, lang: str, value: float) -> str:
    if not is_number(value):
        return wording(lang).say("target.none")
    key = "target.yearly_rise" if row["ascending"] else "target.yearly_fall"
    low = number_form(abs(value), lang)
    return wording(lang).say(key, low=low, high=value_form(abs(row["target_value_high"]), "percent", lang))


def _direction(row: Any, lang: str, value: float) -> str:
    return wording(lang).say("target.rise" if row["ascending"] else "target.fall")


_KINDS = {
    "change_from_base": _change_from_base,
    "yearly_change_between": _yearly_change,
    "below_previous_year": lambda row, lang, value: wording(lang).say("target.below_previous_year"),
    "direction_only": _direction,
    "growth_rate_direction": lambda row, lang, value: wording(lang).say("target.growth_rate"),
    "qualitative": lambda row, lang, value: wording(lang).say("target.qualitative"),
}


def _judged_change(row: Any, lang: str) -> str:
    """Return the change that a promise about changes was judged by, in its own unit."""
    is_percent = row["kind"] in ("yearly_change_between", "growth_rate_direction")
    change = row["judged_change"]
    if not is_number(change):
        return "–"
    text = number_form(change, lang, decimals=2, signed=True)
    return text + NO_BREAK_SPACE + "%" if is_percent else text


def _number_or_none(value: object) -> float | None:
    return value if is_number(value) else None

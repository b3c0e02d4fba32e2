"""What the rules beside the verdict say of it, with their numbers put in; how sure the verdict is."""

from typing import Any

from mande.reporting.number_forms import (
    date_form,
    is_number,
    number_form,
    observed_form,
    rate_form,
    share_form,
    value_form,
)
from mande.reporting.rule_words import rule_name, rule_words
from mande.reporting.sentences import year_form
from mande.reporting.wording import wording

_VERDICTS = {
    "linear-path": "verdict_linear_path",
    "rate-ratio": "verdict_rate_ratio",
    "un-progress-chart-2023": "verdict_progress_chart",
}


def rule_lines(row: Any, lang: str) -> list[str]:
    """Return one line for each published rule and for the outlook: its numbers, or why it does not apply."""
    return [teller(row, lang) for teller in _TELLERS]


def compact_rule_lines(row: Any, lang: str) -> list[str]:
    """Return the published rules and the outlook for the page: those that apply line by line, the others in one line."""
    if "rate_ratio_rule" not in row:
        return []
    rules = ("rate_ratio_rule", "chart_rule", "current_status_rule", "anticipated_rule", "outlook_method")
    whys = ("rate_ratio_reason", "chart_reason", "current_status_reason", "anticipated_reason", "outlook_reason")
    numbers = ("rate_ratio", "chart_share", "current_status_index", "anticipated_gap_pct", "p_met")
    lines, absent = [], {}
    for teller, rule, why, number in zip(_TELLERS, rules, whys, numbers, strict=True):
        if is_number(row[number]) or (number == "p_met" and is_number(row["end_p_met"])):
            lines.append(teller(row, lang))
        else:
            reason = wording(lang).say(f"rule_reason.{row[why] or 'no_number'}")
            absent.setdefault(reason, []).append(rule_name(row[rule], lang))
    if absent:
        said = "; ".join(f"{', '.join(names)} ({why})" for why, names in absent.items())
        lines.append(wording(lang).say("arithmetic.not_applied", rules=said))
    return lines


def sureness_lines(row: Any, lang: str) -> list[str]:
    """Return what each rule would say, whether the verdict is fragile, and what was said at the mid-term."""
    say = wording(lang).say
    by_rule = [f"{rule_name(rule, lang)}: {say(f'verdict.{row[column]}')}" for rule, column in _VERDICTS.items()]
    lines = [say("explain.by_rule", verdicts="; ".join(by_rule))]
    if row["is_fragile"]:
        because = ", ".join(say(f"fragile_because.{word}") for word in row["fragile_because"].split("; "))
        lines.append(say("explain.fragile", because=because))
    elif row["verdict"] not in ("not_comparable", "not_assessable"):
        lines.append(say("explain.firm"))
    if row["mid_term_outcome"]:
        chance, outcome = share_form(row["mid_term_p_met"], lang), say(f"mid_term_outcome.{row['mid_term_outcome']}")
        date = date_form(row["mid_term_as_of"], lang)
        lines.append(say("explain.mid_term", date=date, p_met=chance, outcome=outcome))
    return lines


def _not_applied(row: Any, lang: str, *, rule: str, reason: str) -> str:
    return wording(lang).say(
        "explain.none", rule=rule_words(rule, lang), why=wording(lang).say(f"rule_reason.{reason}")
    )


def _rate_ratio(row: Any, lang: str) -> str:
    if not is_number(row["rate_ratio"]):
        reason = row["rate_ratio_reason"] or "no_number"
        return _not_applied(row, lang, rule=row["rate_ratio_rule"], reason=reason)
    numbers = {name: number_form(row[f"{name}_value"], lang, decimals=4) for name in ("actual", "baseline", "target")}
    return wording(lang).say(
        "explain.rate_ratio",
        rule=rule_words(row["rate_ratio_rule"], lang),
        **numbers,
        years=number_form(row["actual_year"] - row["baseline_year"], lang, decimals=2),
        plan=number_form(row["target_year"] - row["baseline_year"], lang, decimals=2),
        observed=rate_form(row["observed_rate"], lang),
        required=rate_form(row["required_rate"], lang),
        ratio=number_form(row["rate_ratio"], lang, decimals=3),
        score=number_form(row["rate_ratio_score"], lang, decimals=2, signed=True),
        status=_status(row["rate_ratio_status"], lang),
    )


def _chart(row: Any, lang: str) -> str:
    if not is_number(row["chart_share"]):
        return _not_applied(row, lang, rule=row["chart_rule"], reason=row["chart_reason"] or "no_number")
    return wording(lang).say(
        "explain.chart",
        rule=rule_words(row["chart_rule"], lang),
        year=year_form(row["target_year"]),
        value=observed_form(row["chart_value"], row["unit"], lang),
        share=share_form(row["chart_share"], lang),
        status=_status(row["chart_status"], lang),
    )


def _current_status(row: Any, lang: str) -> str:
    if not is_number(row["current_status_index"]):
        return _not_applied(row, lang, rule=row["current_status_rule"], reason=row["current_status_reason"])
    index = number_form(row["current_status_index"], lang, decimals=2)
    return wording(lang).say("explain.current_status", rule=rule_words(row["current_status_rule"], lang), index=index)


def _anticipated(row: Any, lang: str) -> str:
    if not is_number(row["anticipated_gap_pct"]):
        return _not_applied(row, lang, rule=row["anticipated_rule"], reason=row["anticipated_reason"])
    return wording(lang).say(
        "explain.anticipated",
        rule=rule_words(row["anticipated_rule"], lang),
        year=year_form(row["target_year"]),
        value=observed_form(row["anticipated_value"], row["unit"], lang),
        gap=value_form(row["anticipated_gap_pct"], "percent", lang),
        status=_status(row["anticipated_status"], lang),
    )


def _outlook(row: Any, lang: str) -> str:
    """The outlook for the judged year or, where that is past, for the last level."""
    prefix, year = ("", "target_year") if is_number(row["p_met"]) else ("end_", "end_year")
    if not is_number(row[f"{prefix}p_met"]):
        return _not_applied(row, lang, rule=row["outlook_method"], reason=row["outlook_reason"] or "no_number")
    limits = {
        name: observed_form(row[f"{prefix}outlook_{name}"], row["unit"], lang) for name in ("value", "lower", "upper")
    }
    chance = share_form(row[f"{prefix}p_met"], lang)
    method = rule_words(row["outlook_method"], lang)
    return wording(lang).say("explain.outlook", method=method, year=year_form(row[year]), p_met=chance, **limits)


def _status(status: str, lang: str) -> str:
    return wording(lang).say(f"rule_status.{status}")


_TELLERS = (_rate_ratio, _chart, _current_status, _anticipated, _outlook)

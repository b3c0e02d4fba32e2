"""Rules in plain words: their names, the thresholds of the binding one, the bands of the outlook."""

from typing import Any

from mande.framework.outlook_bands import USUAL_BANDS
from mande.reporting.number_forms import share_form
from mande.reporting.wording import wording


def rule_name(rule: str, lang: str) -> str:
    """Return the plain name of a rule or index.

    >>> rule_name("linear-path", "vi"), rule_name("un-progress-chart-2023 1", "en")
    ('lộ trình đều đến mục tiêu', 'UN Progress Chart 2023')
    """
    return wording(lang).say(f"rule_name.{rule.split(' ')[0]}")


def rule_words(rule: str, lang: str) -> str:
    """Return the plain name with the name and version that the tables use.

    >>> rule_words("rate-ratio 1", "en")
    'observed against required rate (rate-ratio 1)'
    """
    return f"{rule_name(rule, lang)} ({rule})"


def rule_lead(row: Any, lang: str, *, max_age: str) -> str:
    """Return the binding rule with its thresholds and, where the outlook judges, its bands; `row` is one of `progress`."""
    say = wording(lang).say
    lead = say(
        "arithmetic.lead",
        rule=rule_words(f"{row['rule']} {row['rule_version']}", lang),
        on_track=share_form(row["on_track_pace"], lang),
        behind=share_form(row["behind_pace"], lang),
        max_age=max_age,
    )
    if not row.get("outlook_bands") or row["stage"] != "mid-term":
        return lead
    bounds = bands_of(row)
    shares = {name: share_form(bound, lang) for name, bound in bounds.items() if bound}
    return f"{lead} {say('arithmetic.outlook_rule', **shares)}"


def bands_of(row: Any) -> dict[str, float]:
    """Return the bands by which a row's probability is put into words: its programme's, else the usual ones."""
    text = row.get("outlook_bands")
    if not isinstance(text, str) or not text:
        return {**USUAL_BANDS, "very_unlikely": 0.0}
    pairs = (part.split(" ") for part in text.split("; "))
    return {**{name: float(bound) for name, bound in pairs}, "very_unlikely": 0.0}


def band_of(share: float, row: Any) -> str:
    """Return the band of a probability of a row of `progress`."""
    return next(name for name, bound in bands_of(row).items() if share >= bound)

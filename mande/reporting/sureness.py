"""How sure a verdict is, in sentences: the outlook, what it would take, what would change it, what was said before."""

from typing import Any

import pandas as pd

from mande.reporting.number_forms import change_form, date_form, is_number, number_form, observed_form, share_form
from mande.reporting.rule_words import band_of, rule_name
from mande.reporting.sentences import year_form
from mande.reporting.wording import wording
from mande.vocabulary import Verdict

_LEAST, _MOST = 0.01, 0.99
"""Nothing is certain: beyond these a probability is said to be below or above them."""

_GIVEN = tuple(verdict.value for verdict in Verdict if verdict.is_assessed)

_SILENT = ("no_value", "not_due", "no_number", "target_remembered", "other_basis", "other_definition", "other_period")
"""Reasons that already say why nothing can be foretold: there is no value on the target's basis, or no level."""


def chance_form(share: object, lang: str) -> str:
    """Return a probability as whole percents, never 0 or 100.

    >>> chance_form(0.724, "vi"), chance_form(0.9999, "vi"), chance_form(0.001, "en")
    ('72\\xa0%', 'trên 99\\xa0%', 'under 1\\xa0%')
    """
    if is_number(share) and not _LEAST <= share <= _MOST:  # type: ignore[operator]
        key, limit = ("outlook.under", _LEAST) if share < _LEAST else ("outlook.over", _MOST)  # type: ignore[operator]
        return wording(lang).say(key, share=share_form(limit, lang))
    return share_form(share, lang)  # type: ignore[arg-type]


def sure_sentences(row: Any, lang: str, *, flips: list[dict[str, Any]] | None = None) -> list[dict[str, str]]:
    """Return what stands below the reason of a verdict, each with its `kind` (outlook, fragile, mid-term) and `text`.

    `row` is a row of `progress`; `flips` are the rows of `sensitivity` that give another verdict.
    """
    found = [("outlook", text) for text in outlook_sentences(row, lang)]
    if row.get("is_fragile"):
        found.append(("fragile", fragile_sentence(row, lang, flips or [])))
    if row.get("mid_term_outcome") or _was_silent_at_mid_term(row):
        found.append(("mid-term", mid_term_sentence(row, lang)))
    return [{"kind": kind, "text": text} for kind, text in found]


def outlook_sentences(row: Any, lang: str) -> list[str]:
    """Return the probability of meeting the judged and the last level, with interval and what it would take.

    Nothing where the reason beside it says that there is no value or no level to foretell; else why there is none.
    """
    if "p_met" not in row or row["reason"] in _SILENT:
        return []
    said = [_chance(row, lang, prefix, year) for prefix, year in (("", "target_year"), ("end_", "end_year"))]
    sentences = [sentence for sentence in dict.fromkeys(said) if sentence]
    if not sentences and _is_open(row):
        why = wording(lang).say(f"rule_reason.{row.get('outlook_reason') or 'no_number'}")
        sentences = [wording(lang).say("outlook.none", why=why)]
    required = _required(row, lang)
    return [*sentences, required] if required else sentences


def _is_open(row: Any) -> bool:
    """Say whether there is a level still to come, so that a reader expects an outlook."""
    is_over = row.get("stage") == "end-term" and row["verdict"] in ("met", "met_uncertain", "not_met")
    return not is_over and row.get("outlook_reason") not in ("not_a_level", "no_comparable_value", "year_observed")


def _chance(row: Any, lang: str, prefix: str, year: str) -> str:
    chance = row.get(f"{prefix}p_met")
    if not is_number(chance) or (not prefix and str(row["reason"]).startswith("outlook_")):
        return ""
    unit = row["unit"]
    return wording(lang).say(
        "outlook.chance",
        year=year_form(row[year]),
        chance=chance_form(chance, lang),
        band=wording(lang).say(f"outlook_band.{band_of(chance, row)}"),
        value=observed_form(row[f"{prefix}outlook_value"], unit, lang),
        lower=observed_form(row[f"{prefix}outlook_lower"], unit, lang),
        upper=observed_form(row[f"{prefix}outlook_upper"], unit, lang),
    )


def _required(row: Any, lang: str) -> str:
    """Return the yearly change that still leads to the judged level; blank once the verdict is settled."""
    change = row.get("required_yearly_change")
    is_wanted = is_number(change) and row["reason"] != "stale" and row["verdict"] not in ("met", "not_met")
    if not is_wanted or (change > 0) != bool(row["ascending"]) or change == 0:
        return ""
    years = {"year": year_form(row["target_year"]), "since": year_form(row["actual_year"])}
    return wording(lang).say("outlook.required", change=change_form(change, row["unit"], lang), **years)


def not_foretold(targets: pd.DataFrame, lang: str) -> str:
    """Return for how many parts a probability could be estimated, and why not for the others: one sentence."""
    if "p_met" not in targets or "outlook_reason" not in targets:
        return ""
    say = wording(lang).say
    has = targets["p_met"].notna() | targets["end_p_met"].notna()
    counts = targets.loc[~has, "outlook_reason"].replace("", "no_number").value_counts()
    reasons = ", ".join(
        f"{number_form(n, lang, decimals=0)} {say(f'outlook_short.{reason}')}" for reason, n in counts.items()
    )
    key = "outlook.all" if not reasons else "outlook.some" if has.any() else "outlook.no_one"
    return say(key, n=int(has.sum()), rest=int((~has).sum()), reasons=reasons)


def fragile_sentence(row: Any, lang: str, flips: list[dict[str, Any]]) -> str:
    """Return under which other choice the verdict would be another one, and which."""
    say = wording(lang).say
    choices: dict[tuple[str, str], list[str]] = {}
    for flip in flips:
        choices.setdefault((flip["variation"], flip["verdict"]), []).append(_choice(flip, lang))
    changes = [
        say(f"fragile.{variation}", choice=", ".join(named), verdict=say(f"verdict.{verdict}"))
        for (variation, verdict), named in choices.items()
    ]
    if not changes:
        changes = [say(f"fragile_because.{word}") for word in str(row["fragile_because"]).split("; ") if word]
        return say("explain.fragile", because=", ".join(changes))
    return say("fragile.sentence", changes="; ".join(changes))


def _choice(flip: dict[str, Any], lang: str) -> str:
    """Return the choice in words: a rule by its plain name, a series by its publication alone."""
    if flip["variation"] == "rule":
        return rule_name(str(flip["choice"]), lang)
    return str(flip["choice"]).split("|", maxsplit=1)[0]


def _was_silent_at_mid_term(row: Any) -> bool:
    """Say whether a mid-term review judged what has a verdict now, and could not say how likely that was."""
    return bool(row.get("mid_term_run")) and row["verdict"] in _GIVEN


def mid_term_sentence(row: Any, lang: str) -> str:
    """Return "we said 70 %, it came out …", or that nothing could be said."""
    say = wording(lang).say
    if not row["mid_term_outcome"]:
        date, verdict = date_form(row["mid_term_as_of"], lang), say(f"verdict.{row['mid_term_verdict']}").lower()
        return say("outlook.mid_term_none", date=date, verdict=verdict)
    return say(
        "outlook.mid_term",
        date=date_form(row["mid_term_as_of"], lang),
        chance=chance_form(row["mid_term_p_met"], lang),
        verdict=say(f"verdict.{row['verdict']}").lower(),
        outcome=say(f"mid_term_outcome.{row['mid_term_outcome']}"),
    )


def count_fragile(targets: pd.DataFrame) -> tuple[int, int]:
    """Return how many verdicts would change with another choice, of how many that were given."""
    assessed = targets["verdict"].isin(_GIVEN)
    fragile = targets["is_fragile"].fillna(False).astype(bool) if "is_fragile" in targets else assessed & False
    return int((fragile & assessed).sum()), int(assessed.sum())

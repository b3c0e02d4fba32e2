"""How many parts came out how: the sentence a minister reads first, and the counts behind it."""

import pandas as pd

from mande.reporting.number_forms import number_form, year_of
from mande.reporting.wording import wording
from mande.vocabulary import Verdict

CONCLUSIVE = frozenset(verdict.value for verdict in Verdict if verdict.is_assessed) - {Verdict.CANNOT_TELL.value}
"""Verdicts that conclude something; "cannot tell" was assessed, but a reader learns nothing from it yet."""


def is_conclusive(verdicts: pd.Series) -> pd.Series:
    """Return of each verdict whether it concludes anything about the promise."""
    return verdicts.isin(CONCLUSIVE)


def count_verdicts(verdicts: pd.Series) -> dict[str, int]:
    """Return how often each verdict occurs, from best to unknown, without those that do not occur."""
    counts = verdicts.value_counts()
    return {verdict.value: int(counts[verdict.value]) for verdict in Verdict if verdict.value in counts}


def parts_words(targets: pd.DataFrame, lang: str) -> str:
    """Return "35 nội dung của 24 chỉ tiêu"."""
    numbered = targets["number"].notna().all()
    whole = targets["number" if numbered else "target_id"].nunique()
    return wording(lang).say("headline.parts", n=len(targets), targets=whole)


def headline_sentences(progress: pd.DataFrame, targets: pd.DataFrame, lang: str) -> list[str]:
    """Return the headline of one unit: what can be assessed and how it came out, what cannot and why.

    *Needs* the unit's rows of `progress`.
    """
    say = wording(lang).say
    counts = count_verdicts(progress["verdict"])
    assessed = {verdict: n for verdict, n in counts.items() if verdict in CONCLUSIVE}
    rest = {verdict: n for verdict, n in counts.items() if verdict not in assessed}
    parts = parts_words(targets, lang)
    sentences = []
    if assessed:
        n = sum(assessed.values())
        sentences.append(say("headline.assessed", parts=parts, assessed=n, n=n, counts=count_words(assessed, lang)))
        if rest:
            sentences.append(say("headline.rest", n=sum(rest.values()), counts=count_words(rest, lang)))
    else:
        sentences.append(say("headline.none_assessed", parts=parts, counts=count_words(rest, lang)))
        sentences.append(_newest_sentence(progress, lang))
    if rest:
        sentences.append(say("headline.reasons", reasons=reason_words(progress, lang)))
        sentences.append(say("headline.see_requests"))
    return sentences


def count_words(counts: dict[str, int], lang: str) -> str:
    """Return "3 đạt, 2 chậm tiến độ"."""
    say = wording(lang).say
    return ", ".join(say(f"count.{verdict}", n=number_form(n, lang, decimals=0)) for verdict, n in counts.items())


def reason_words(progress: pd.DataFrame, lang: str) -> str:
    """Return "21 chưa có số liệu, 8 số liệu đã cũ": why there is no verdict, most frequent first."""
    say = wording(lang).say
    counts = progress.loc[~is_conclusive(progress["verdict"]), "reason"].value_counts()
    return ", ".join(
        f"{number_form(n, lang, decimals=0)} {say(f'reason_short.{reason}')}" for reason, n in counts.items()
    )


def span_form(values: pd.Series, lang: str) -> str:
    """Return the one number of a column, or its smallest and largest: "3–5"."""
    ends = dict.fromkeys(number_form(float(value), lang) for value in (values.min(), values.max()))
    return "–".join(ends)


def _newest_sentence(progress: pd.DataFrame, lang: str) -> str:
    say = wording(lang).say
    newest = progress["actual_year"].max()
    if pd.isna(newest):
        return say("headline.no_value_at_all")
    age = span_form(progress.loc[progress["actual_year"].notna(), "max_age_years"], lang)
    return say("headline.newest_value", year=year_of(newest), max_age=age)

"""How many parts came out how: the sentence a minister reads first, and the counts behind it."""

import pandas as pd

from mande.reporting.number_forms import number_form, year_of
from mande.reporting.wording import wording
from mande.vocabulary import Verdict


_ASSESSED = [verdict.value for verdict in Verdict if verdict.is_assessed]


def is_assessed(verdicts: pd.Series) -> pd.Series:
    """Return of each verdict whether it says anything about the promise."""
    return verdicts.isin(_ASSESSED)


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
    assessed = {verdict: n for verdict, n in counts.items() if Verdict(verdict).is_assessed}
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
        sentences.append(say("headline.see_requests"))
    return sentences


def count_words(counts: dict[str, int], lang: str) -> str:
    """Return "3 đạt, 2 chậm tiến độ"."""
    say = wording(lang).say
    return ", ".join(say(f"count.{verdict}", n=number_form(n, lang, decimals=0)) for verdict, n in counts.items())


def _newest_sentence(progress: pd.DataFrame, lang: str) -> str:
    say = wording(lang).say
    newest = progress["actual_year"].max()
    if pd.isna(newest):
        return say("headline.no_value_at_all")
    age = number_form(float(progress["max_age_years"].max()), lang)
    return say("headline.newest_value", year=year_of(newest), max_age=age)

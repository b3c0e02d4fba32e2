"""What to ask whom for, so that the next review can give a verdict."""

import math
from typing import Any

import pandas as pd

from mande.reporting.number_forms import hidden_mark, is_number, period_form
from mande.reporting.records import records
from mande.reporting.sentences import title_of, year_form
from mande.reporting.summary import is_conclusive
from mande.reporting.target_rows import target_number
from mande.reporting.wording import wording

_ASK = {
    "failed_check": "requests.ask_correction",
    "only_remembered": "requests.ask_document",
    "target_remembered": "requests.ask_decision",
    "qualified_value": "requests.ask_exact",
    "no_number": "requests.ask_guidance",
    "no_base_year": "requests.ask_base_year",
    "no_previous_year": "requests.ask_previous_year",
}
"""What else than a recent value removes an obstacle."""

_NOTHING_TO_ASK = ("not_due", "suppressed")


def list_requests(joined: pd.DataFrame, lang: str, *, as_of: str) -> pd.DataFrame:
    """Return what to request for every part that carries no verdict.

    *One row per* measurable part, ordered by the body to ask. *Needs* progress joined with its targets.
    *Adds* `body`, `number`, `title`, `wanted`, `basis`, `why` as text in that language; `is_keeper`: the body is whoever
    keeps the statistics, because the programme names none.
    *Missing values*: a target without a responsible body goes under "not stated".
    """
    words = wording(lang)
    rows = joined[~is_conclusive(joined["verdict"]) & ~joined["reason"].isin(_NOTHING_TO_ASK)]
    requests = [
        {
            "body": body_of(row, lang),
            "number": target_number(row),
            "title": title_of(row, lang),
            "wanted": wanted_data(row, lang, as_of=as_of),
            "basis": words.pick(row, "basis_titles") or words.say("requests.any_basis"),
            "is_keeper": not words.pick(row, "responsible"),
            "why": words.say(f"reason_short.{row['reason']}"),
        }
        for row in records(rows)
    ]
    columns = ["body", "number", "title", "wanted", "basis", "is_keeper", "why"]
    table = pd.DataFrame(requests, columns=columns)
    first = table.reset_index().groupby("body")["index"].transform("min")
    return table.assign(_first=first).sort_values("_first", kind="stable").drop(columns="_first").reset_index(drop=True)


def body_of(row: Any, lang: str) -> str:
    """Return whom to ask: the responsible body, or else whoever keeps the statistics that the target is counted by."""
    words = wording(lang)
    basis = words.pick(row, "basis_titles")
    named = words.pick(row, "responsible") or (basis and words.say("requests.keeper_of", basis=basis))
    return named or words.say("requests.unknown_body")


def wanted_data(row: Any, lang: str, *, as_of: str) -> str:
    """Return what would allow a verdict: the year of the value, the baseline if it is missing too."""
    say = wording(lang).say
    period = period_form(row["actual_period"], lang)
    key = _ASK.get(row["reason"])
    if key is not None:
        return say(key, period=period, year=year_form(row["base_year"]))
    newest = _last_full_year(as_of)
    oldest = newest - math.floor(row["max_age_years"]) + 1 if is_number(row["max_age_years"]) else newest
    sentences = [say("requests.ask_recent", year=newest, oldest=oldest)]
    is_hidden = hidden_mark(row.get("baseline_qualifier"))
    if not (is_number(row["baseline_value"]) or is_hidden) or row["reason"] == "no_baseline":
        sentences.append(say("requests.ask_baseline"))
    return " ".join(sentences)


def _last_full_year(as_of: str) -> int:
    year = int(as_of[:4])
    return year if as_of[5:10] == "12-31" else year - 1

"""What cannot be assessed over all units, why, and whom to ask; how often each reason was given."""

import pandas as pd

from mande.reporting.number_forms import number_form
from mande.reporting.sentences import title_of
from mande.reporting.summary import is_conclusive
from mande.reporting.target_rows import TARGET_KEY, target_number
from mande.reporting.wording import wording
from mande.vocabulary import Verdict


def gap_rows(targets: pd.DataFrame, lang: str) -> list[dict[str, str]]:
    """Return one row per target that some unit has no verdict on: how many units, the commonest reason, whom to ask.

    *Needs* progress joined with its targets.
    """
    open_rows = targets[~is_conclusive(targets["verdict"])]
    return [_gap(rows, lang) for _, rows in open_rows.groupby(TARGET_KEY, sort=False)]


def reason_rows(targets: pd.DataFrame, lang: str) -> list[dict[str, str]]:
    """Return how often each verdict was given for each reason, from the best verdict to unknown."""
    order = {verdict.value: place for place, verdict in enumerate(Verdict)}
    counts = targets.groupby(["verdict", "reason"]).size().reset_index(name="n")
    counts = counts.assign(place=counts["verdict"].map(order)).sort_values(["place", "n"], ascending=[True, False])
    return [
        {
            "verdict": row.verdict,
            "reason": wording(lang).say(f"reason_short.{row.reason}"),
            "n": number_form(row.n, lang, decimals=0),
        }
        for row in counts.itertuples()
    ]


def _gap(rows: pd.DataFrame, lang: str) -> dict[str, str]:
    words, first = wording(lang), rows.iloc[0]
    basis = words.pick(first, "basis_titles")
    return {
        "number": target_number(first),
        "title": title_of(first, lang),
        "units": number_form(len(rows), lang, decimals=0),
        "reason": words.say(f"reason_short.{rows['reason'].value_counts().idxmax()}"),
        "body": words.pick(first, "responsible") or basis or words.say("requests.unknown_body"),
        "basis": basis if words.pick(first, "responsible") else "",
    }

"""Outcomes of the data checks as a page shows them: failures first, then warnings, the passed ones counted."""

from typing import Any

import pandas as pd

from mande.reporting.records import records
from mande.reporting.wording import wording
from mande.vocabulary import Outcome, Severity

_ORDER = [Outcome.FAILED, Outcome.WARNING]


def count_outcomes(outcomes: pd.DataFrame) -> dict[str, int]:
    """Return how many checks passed, warned and failed."""
    counts = outcomes["outcome"].value_counts()
    return {outcome.value: int(counts.get(outcome.value, 0)) for outcome in Outcome}


def found_problems(outcomes: pd.DataFrame, lang: str) -> list[dict[str, Any]]:
    """Return the failed checks and the warnings of one unit, worst first, with cells, cure and explanation.

    One finding in several files is one row that names them all.
    """
    words = wording(lang)
    rows = [row for outcome in _ORDER for row in records(outcomes[outcomes["outcome"] == outcome])]
    problems: dict[tuple[str, ...], dict[str, Any]] = {}
    for row in rows:
        message, annotation = words.pick(row, "message"), words.pick(row, "annotation")
        problem = problems.setdefault(
            (row["outcome"], message, annotation),
            {
                "outcome": row["outcome"],
                "is_critical": row["severity"] == Severity.CRITICAL,
                "message": message,
                "annotation": annotation,
                "cure": words.pick(row, "cure"),
                "places": [],
            },
        )
        problem["places"].append(f"{row['file'] or ''} {row['cells'] or ''}".strip())
    return list(problems.values())


def grouped_problems(outcomes: pd.DataFrame, units: pd.DataFrame, lang: str) -> list[dict[str, Any]]:
    """Return failures and warnings of all units, one row per check and explanation, with the units concerned.

    *Needs* `check_outcomes` and `units`.
    """
    words = wording(lang)
    name = "name_short" if lang == "vi" else "name_en"
    open_ones = outcomes[outcomes["outcome"].isin(_ORDER)]
    named = open_ones.merge(units[["place_code", name]], on="place_code", how="left", validate="many_to_one")
    keys = ["outcome", "severity", "check_id", f"annotation_{lang}"]
    groups = []
    for (outcome, severity, _, annotation), rows in named.fillna({f"annotation_{lang}": ""}).groupby(keys, sort=False):
        first = rows.iloc[0]
        groups.append(
            {
                "outcome": outcome,
                "is_critical": severity == Severity.CRITICAL,
                "message": words.pick(first, "message"),
                "cure": words.pick(first, "cure"),
                "annotation": annotation,
                "units": sorted(set(rows[name].dropna())),
            }
        )
    return sorted(
        groups, key=lambda group: (_ORDER.index(group["outcome"]), not group["is_critical"], -len(group["units"]))
    )

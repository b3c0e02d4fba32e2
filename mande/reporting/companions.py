"""Other commitments in force at a unit, beside those of the programme under review, with a verdict against each."""

from typing import TYPE_CHECKING, Any

import pandas as pd

from mande.reporting.number_forms import date_form
from mande.reporting.records import records
from mande.reporting.sentences import year_form
from mande.reporting.target_rows import basis_names, due_level, found_basis, source_titles, target_row
from mande.reporting.wording import wording
from mande.vocabulary import Level

if TYPE_CHECKING:
    from mande.reporting.run import Run

_RANKS = {str(level): rank for rank, level in enumerate(Level)}


def companion_groups(companions: pd.DataFrame, targets: pd.DataFrame, run: "Run", lang: str) -> list[dict[str, Any]]:
    """Return the targets of the other programmes of one unit by programme, the lowest plan first.

    *Needs* `companions` of one unit; `targets`: its progress joined with the words of the targets.
    """
    if companions.empty:
        return []
    names = basis_names(run.targets, lang) | basis_names(companions, lang), source_titles(run.sources, lang)
    ours = {_key(row, ""): row for row in records(targets)}
    groups = []
    for _, rows in companions.groupby("programme", sort=False):
        first, is_one = rows.iloc[0], rows.loc[rows["main_target_id"] != "", "binds"].nunique() == 1
        shown = [_row(row, ours.get(_key(row, "main_")), lang, info=run.info, names=names) for row in records(rows)]
        groups.append(
            {
                "binds": next((row["binds"] for row in shown if row["binds"]), "") if is_one else "",
                "rank": _RANKS[first["programme_level"]],
                "title": wording(lang).pick(first, "programme_title"),
                "document": first["document"],
                "rows": shown,
            }
        )
    return sorted(groups, key=lambda group: -group["rank"])


def that_concern(companions: pd.DataFrame, level: str) -> pd.DataFrame:
    """Keep what says something about a unit of that level: targets of local plans and those beside a reviewed one."""
    if companions.empty or level == Level.NATION:
        return companions
    is_local = companions["programme_level"] != Level.NATION
    return companions[is_local | companions["main_target_id"].ne("")]


def plan_sentences(plans: pd.DataFrame, shown: set[str], lang: str) -> list[str]:
    """Return the plans in force of which no target is `shown`, and those of places that ceased to exist."""
    say, sentences = wording(lang).say, []
    for row in records(plans):
        plan = {"title": wording(lang).pick(row, "title"), "document": row["document"]}
        if row["relation"] == "predecessor":
            ended = date_form(pd.Timestamp(row["place_valid_to"]).isoformat(), lang)
            place = wording(lang).pick(row, "plan_place")
            sentences.append(say("companions.predecessor", place=place, ended=ended, **plan))
        elif row["n_targets"] == 0:
            sentences.append(say("companions.without_numbers", n=int(row["n_tasks"]), **plan))
        elif row["programme"] not in shown:
            sentences.append(say("companions.nothing_shared", n=int(row["n_targets"]), **plan))
    return sentences


def _key(row: Any, prefix: str) -> tuple[str, str, str]:
    return row[f"{prefix}target_id"], row[f"{prefix}dimension"], row[f"{prefix}dimension_value"]


def _row(theirs: Any, ours: Any, lang: str, *, info: dict[str, Any], names: tuple[dict, dict]) -> dict[str, Any]:
    shown = target_row(theirs, lang, as_of=info["as_of"], basis=found_basis(theirs, *names))
    say = wording(lang).say
    difference = say(
        f"difference.{theirs['difference']}", document=info["document"], year=year_form(theirs["compared_year"])
    )
    documents = {"theirs": theirs["document"], "ours": info["document"]}
    return {
        **shown,
        "level": due_level(theirs, lang, judged_year=info["judged_year"]),
        "ours": "–" if ours is None else due_level(ours, lang, judged_year=info["judged_year"]),
        "ours_verdict": None if ours is None else ours["verdict"],
        "difference": difference,
        "binds": "" if ours is None else say(f"binds.{theirs['binds']}", **documents),
    }

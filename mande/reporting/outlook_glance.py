"""The outlook over all units at a glance, and how many verdicts another choice would change."""

from typing import Any

import pandas as pd

from mande.reporting.number_forms import number_form, observed_form
from mande.reporting.rule_words import band_of, bands_of
from mande.reporting.sentences import end_words, judged_words, title_of, year_form
from mande.reporting.sureness import chance_form, count_fragile
from mande.reporting.target_rows import target_number
from mande.reporting.wording import wording
from mande.vocabulary import NATION

MOST_ROWS = 15
"""So many outlooks are listed, the nation's first and then the least likely; the others stand in the table."""


def glance_of(targets: pd.DataFrame, names: dict[str, str], lang: str) -> dict[str, Any]:
    """Return the sentences and the rows of the glance.

    *Needs* progress joined with its targets, and the names of the units by code.
    """
    say, n_all = wording(lang).say, number_form(len(targets), lang, decimals=0)
    found = _outlooks(targets)
    without = targets.drop(found["_row"]) if len(found) else targets
    counts = without["outlook_reason"].replace("", "no_number").value_counts() if "outlook_reason" in targets else {}
    reasons = ", ".join(
        f"{number_form(n, lang, decimals=0)} {say(f'outlook_short.{reason}')}" for reason, n in counts.items()
    )
    if found.empty:
        sentences = [say("committee.outlook_nothing", all=n_all, reasons=reasons)] if reasons else []
    else:
        lead = say("committee.outlook_lead", all=n_all, n=len(found), bands=_band_words(found, lang))
        sentences = [lead, say("committee.outlook_reasons", reasons=reasons)] if reasons else [lead]
    n_fragile, n_given = count_fragile(targets)
    if n_given:
        key = "committee.fragile" if n_fragile else "committee.firm"
        sentences.append(say(key, n=n_fragile or n_given, all=number_form(n_given, lang, decimals=0)))
    rows = [_row(row, names, lang) for row in found.head(MOST_ROWS).to_dict("records")]
    more = say("committee.outlook_more", n=len(found) - MOST_ROWS) if len(found) > MOST_ROWS else ""
    return {"sentences": sentences, "rows": rows, "more": more}


def _outlooks(targets: pd.DataFrame) -> pd.DataFrame:
    """Return one row per part with an outlook, for the level that is due next: the judged one, else the last."""
    if "p_met" not in targets:
        return pd.DataFrame({"_row": [], "chance": []})
    rows = targets[targets["p_met"].notna() | targets["end_p_met"].notna()]
    is_first = rows["p_met"].notna()
    rows = rows.assign(
        _row=rows.index,
        is_first=is_first,
        chance=rows["p_met"].fillna(rows["end_p_met"]),
        due=rows["target_year"].where(is_first, rows["end_year"]),
        is_local=rows["place_code"] != NATION,
    )
    return rows.sort_values(["is_local", "chance"], kind="stable")


def _band_words(found: pd.DataFrame, lang: str) -> str:
    rows = found.to_dict("records")
    counts = pd.Series([band_of(row["chance"], row) for row in rows]).value_counts()
    say = wording(lang).say
    bands = [band for band in bands_of(rows[0]) if band in counts]
    return ", ".join(f"{number_form(counts[band], lang, decimals=0)} {say(f'outlook_band.{band}')}" for band in bands)


def _row(row: Any, names: dict[str, str], lang: str) -> dict[str, str]:
    prefix = "" if row["is_first"] else "end_"
    unit, say = row["unit"], wording(lang).say
    limits = {name: observed_form(row[f"{prefix}outlook_{name}"], unit, lang) for name in ("value", "lower", "upper")}
    level = judged_words(row, lang) if row["is_first"] else end_words(row, lang)
    return {
        "unit": names[row["place_code"]],
        "number": target_number(row),
        "title": title_of(row, lang),
        "level": f"{level} ({year_form(row['due'])})",
        "chance": chance_form(row["chance"], lang),
        "band": say(f"outlook_band.{band_of(row['chance'], row)}"),
        "width": f"{100 * row['chance']:.0f}",
        "range": say("equity.range", **limits),
        "verdict": row["verdict"],
    }

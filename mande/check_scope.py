"""Whom a check speaks of: the places within a place, and the unit that a file tells where its form was refused."""

import re
from collections.abc import Collection, Mapping
from dataclasses import replace
from datetime import date
from pathlib import PurePosixPath
from typing import TYPE_CHECKING

import pandas as pd

from mande.vocabulary import Level

if TYPE_CHECKING:
    from mande.intake_check import IntakeCheck
    from mande.places.register import Register
    from mande.submission_checks import SubmissionCheck

_EDITED_CODE = re.compile(r'the unit was changed from "([^"]+)" to')


def places_within(places: "Register", place_code: str, *, as_of: date) -> frozenset[str]:
    """Return the code of a place and of every place that lay below it on any day until `as_of`.

    Reports are about periods of the past: the districts of a province are among them after they were abolished.
    Raises: UsageError for a code that no place had until then.
    """
    known = places.places[places.places["valid_from"] <= pd.Timestamp(as_of)]
    if place_code not in set(known["place_code"]):
        places.get(place_code, as_of)
    inside = {place_code}
    for _ in Level:
        below = known["parent_code"].isin(inside) | known["region_code"].isin(inside)
        inside |= set(known.loc[below, "place_code"])
    return frozenset(inside)


def tell_units(submissions: pd.DataFrame, observations: pd.DataFrame, *, expected: Collection[str]) -> pd.DataFrame:
    """Return received files with the unit and period of those that name none, where anything else tells them.

    A table is about the only unit, and the only period, of its rows; one that was replaced, about the unit of the file
    that replaced it. A refused form is that of the unit whose code was edited, otherwise of the only unit from which its
    sender sent anything else, otherwise of the unit of `expected` after which the form was named when it went out.
    *Missing values*: blank where nothing tells it; such a file stands in the whole's report.
    """
    rows = {name: _only(observations, "snapshot", name) for name in ("place_code", "period")}
    told = submissions.assign(**{name: _filled(submissions, name, "snapshot", only) for name, only in rows.items()})
    newer = dict(zip(told["submission"], told["place_code"], strict=True))
    told = told.assign(place_code=_filled(told, "place_code", "superseded_by", newer))
    senders = _only(told[(told["sender"] != "") & (told["place_code"] != "")], "sender", "place_code")
    hints = [
        (edited[1] if (edited := _EDITED_CODE.search(row.reason)) else senders.get(row.sender))
        or _named_after(row.file, expected)
        for row in told.itertuples()
    ]
    is_open = (told["status"] == "refused") & (told["place_code"] == "")
    return told.assign(place_code=told["place_code"].where(~is_open, pd.Series(hints, index=told.index, dtype=str)))


def _named_after(file: str, expected: Collection[str]) -> str:
    """Return the unit after which a form was named (`form.Form.file_name`); names tell nothing of any other file."""
    code = PurePosixPath(file).name.partition("_")[0]
    return code if code in expected else ""


def narrow_check(
    checked: "IntakeCheck", sent: "SubmissionCheck", place_codes: Collection[str], observations: pd.DataFrame
) -> tuple["IntakeCheck", "SubmissionCheck"]:
    """Return the check of what some places sent and are to send.

    *Needs* the observations in force. What was found is what the check of all finds: units are compared with all others.
    Kept are also a file of which nobody knows the unit, and a problem that is about no file.
    """
    tables = {name: table.drop(columns="is_made_up") for name, table in checked.tables.items()}
    inside = {name: t[t["place_code"].isin(place_codes)] for name, t in tables.items() if "place_code" in t}
    spoken_of = observations.reindex(columns=["snapshot", "place_code"])
    is_own = spoken_of["place_code"].isin(place_codes)
    elsewhere = set(spoken_of.loc[~is_own, "snapshot"]) - set(spoken_of.loc[is_own, "snapshot"])
    files = checked.files
    kept = files["place_code"].isin(place_codes) | (files["place_code"].eq("") & ~files["snapshot"].isin(elsewhere))
    inside["files"] = files[kept]
    left_out = set(files["file"]) - set(files.loc[kept, "file"])
    inside |= {name: t[~t["file"].isin(left_out)] for name, t in tables.items() if name not in inside}
    units = sent.rounds.units[sent.rounds.units["place_code"].isin(place_codes)].reset_index(drop=True)
    fresh = {name: table.reset_index(drop=True) for name, table in inside.items()}
    return replace(checked, **fresh), replace(sent, rounds=replace(sent.rounds, units=units))


def _filled(table: pd.DataFrame, column: str, key: str, others: Mapping[str, str]) -> pd.Series:
    """Return the texts of a column, the blank ones taken from elsewhere by the key of the row."""
    filled = [text or others.get(name, "") for text, name in zip(table[column], table[key], strict=True)]
    return pd.Series(filled, index=table.index, dtype=str)


def _only(table: pd.DataFrame, key: str, column: str) -> Mapping[str, str]:
    """Return the text on which all rows of a key agree, by key; keys whose rows differ are left out."""
    pairs = table.reindex(columns=[key, column]).drop_duplicates()
    return dict(pairs.drop_duplicates(key, keep=False).itertuples(index=False, name=None))

"""The names by which the places of one level could be called at one date, indexed by spelling."""

from collections import defaultdict
from dataclasses import dataclass, field
from typing import NamedTuple

import pandas as pd

from mande.places.register import Date, Register, read_date
from mande.places.spelling import Spelling, spell, words_of

_RENAMED = {"rename", "retype"}


class Candidate(NamedTuple):
    """A place under one of its names. `rule` says why the name counts: official, renamed (its own former name), alias."""

    place_code: str
    name: str
    place_type: str
    parents: frozenset[str]
    rule: str


@dataclass(frozen=True)
class Gazetteer:
    """Candidates by spelling: `whole` by the official name with its type word, `marked` by the name without it and its
    variant (Lý, Lí), `plain` by that without marks; `decisions` by what the user decided.
    """

    level: str
    day: pd.Timestamp
    official: dict[str, Candidate]
    whole: dict[str, list[Candidate]] = field(repr=False)
    marked: dict[str, list[Candidate]] = field(repr=False)
    plain: dict[str, list[tuple[Candidate, Spelling]]] = field(repr=False)
    decisions: dict[str, list[Candidate]] = field(repr=False)


def build_gazetteer(register: Register, date: Date, level: str, decisions: pd.DataFrame) -> Gazetteer:
    """Index official names, former names of the same unit, and the aliases of the register and of the user."""
    day = read_date(date)
    places = register.at(day, level)
    official = {row.place_code: row for row in _candidates(places, _grandparents(register, day), "official")}
    names = [
        *official.values(),
        *_former(register, places, official),
        *_aliases(register.aliases, official, level, day),
    ]
    marked: dict[str, list[Candidate]] = defaultdict(list)
    plain: dict[str, list[tuple[Candidate, Spelling]]] = defaultdict(list)
    for candidate in names:
        words = words_of(candidate.name)
        spelling = spell(words)
        plain[spelling.plain].append((candidate, spelling))
        for key in {spelling.marked, spell(words, variant=True).marked}:
            marked[key].append(candidate)
    whole: dict[str, list[Candidate]] = defaultdict(list)
    for code, name in places[["place_code", "name_official"]].itertuples(index=False):
        whole[spell(words_of(name)).marked].append(official[code])
    decided: dict[str, list[Candidate]] = defaultdict(list)
    for candidate in _aliases(decisions, official, level, day):
        decided[spell(words_of(candidate.name)).marked].append(candidate)
    return Gazetteer(str(level), day, official, dict(whole), dict(marked), dict(plain), dict(decided))


def _candidates(places: pd.DataFrame, above: dict[str, str], rule: str) -> list[Candidate]:
    columns = places[["place_code", "name_short", "place_type", "parent_code", "region_code"]]
    return [
        Candidate(code, name, kind, frozenset(filter(None, [parent, region, above.get(parent)])), rule)
        for code, name, kind, parent, region in columns.itertuples(index=False)
    ]


def _grandparents(register: Register, day: pd.Timestamp) -> dict[str, str]:
    districts = register.places[register.places["level"] == "district"]
    there = districts[(districts["valid_from"] <= day) & ~(districts["valid_to"] < day)]
    return dict(zip(there["place_code"], there["parent_code"], strict=True))


def _former(register: Register, places: pd.DataFrame, official: dict[str, Candidate]) -> list[Candidate]:
    """Former names and types of a unit that was only renamed or retyped, never of one that lost or won land."""
    if places.empty:
        return []
    level = places["level"].iloc[0]
    links = register.changes[(register.changes["level"] == level) & (register.changes["confidence"] != "inferred")]
    alone = ~links.duplicated(["change_date", "to_code"], keep=False) & (links["from_code"] == links["to_code"])
    only_renamed = links["change"].map(lambda change: set(change.split(";")) <= _RENAMED).astype(bool)
    pure = links[alone & only_renamed & (links["part"] == "whole")]
    dates = set(zip(pure["from_code"], pure["change_date"], strict=True))
    earlier = register.places[
        (register.places["level"] == level) & register.places["place_code"].isin({c for c, _ in dates})
    ]
    since = dict(zip(places["place_code"], places["valid_from"], strict=True))
    day_before = pd.Timedelta(days=1)
    found = []
    columns = ["place_code", "valid_from", "valid_to", "name_short", "place_type"]
    by_code = earlier.sort_values(["place_code", "valid_from"], ascending=[True, False])[columns]
    for code, begin_of_row, end, name, kind in by_code.itertuples(index=False):
        begin = since.get(code)
        if begin is not None and (code, begin) in dates and end == begin - day_before:
            found.append(official[code]._replace(name=name, place_type=kind, rule="renamed"))
            since[code] = begin_of_row
    return found


def _aliases(aliases: pd.DataFrame, official: dict[str, Candidate], level: str, day: pd.Timestamp) -> list[Candidate]:
    here = aliases[(aliases["level"] == level) & ~(aliases["valid_from"] > day) & ~(aliases["valid_to"] < day)]
    return [
        official[row.place_code]._replace(name=row.name, rule="alias")
        for row in here.itertuples()
        if row.place_code in official and (not row.parent_code or row.parent_code in official[row.place_code].parents)
    ]


def vanished_names(register: Register, gazetteer: Gazetteer) -> list[Candidate]:
    """Names of units that no longer exist, each pointing at the units of the day that took them over."""
    links = register.changes[(register.changes["level"] == gazetteer.level) & (register.changes["to_code"] != "")]
    onward: dict[str, list[tuple[pd.Timestamp, str]]] = defaultdict(list)
    for code, day, to_code in links.sort_values("change_date")[["from_code", "change_date", "to_code"]].itertuples(
        index=False
    ):
        onward[code].append((day, to_code))
    gone = register.places[
        (register.places["level"] == gazetteer.level) & (register.places["valid_to"] < gazetteer.day)
    ]
    found = []
    for row in gone[["place_code", "name_short", "valid_to"]].itertuples(index=False):
        for code in _heirs(row.place_code, row.valid_to, onward, gazetteer.day):
            if code in gazetteer.official:
                found.append(gazetteer.official[code]._replace(name=row.name_short, rule="vanished"))
    return list(dict.fromkeys(found))


def _heirs(
    code: str, since: pd.Timestamp, onward: dict[str, list[tuple[pd.Timestamp, str]]], until: pd.Timestamp
) -> set[str]:
    """Follow the changes of a unit up to a day."""
    state = {(code, since)}
    while True:
        step = set()
        for unit, day in state:
            later = [change for change in onward.get(unit, []) if day < change[0] <= until]
            first = min((change[0] for change in later), default=None)
            step |= {(to_code, when) for when, to_code in later if when == first} or {(unit, day)}
        if step == state:
            return {unit for unit, _ in state}
        state = step

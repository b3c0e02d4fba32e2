"""Written names → place codes: exact after normalisation, within date, level, parent and type; never a guess."""

from collections.abc import Iterable
from functools import cache
from pathlib import Path
from typing import NamedTuple, TypedDict, Unpack

import pandas as pd

from mande.errors import DataError, Problem, UsageError
from mande.places.gazetteer import build_gazetteer, vanished_names
from mande.places.name_rules import Allowed, Search, find_hits, known_words, parent_finder
from mande.places.readings import readings, types_of
from mande.places.register import ALIAS_COLUMNS, Date, Register
from mande.places.spelling import spell, words_of


class Within(TypedDict, total=False):
    """What else is known of the names: parent code and type (one for all, or one per name), the user's decisions."""

    parent: str | Iterable[str | None] | None
    types: str | Iterable[str | None] | None
    aliases: pd.DataFrame | Path | str | None


class Match(NamedTuple):
    """The answer for one name: a code and the rule that gave it, or no code, the reason, and suggested codes."""

    place_code: str
    rule: str
    suggestions: tuple[str, ...]


def match_places(
    names: Iterable[str], register: Register, date: Date, level: str, **within: Unpack[Within]
) -> pd.DataFrame:
    """Return the code of every written name, or refuse all that is not certain.

    *One row per* given name, in the given order and index. *Needs* names as people write them; `parent`, `types`
    (one for all or one per name) and `aliases` (file or table of decisions) where known.
    *Adds* `place_code`, `name_official`, `match_rule` (official, unmarked, alias, renamed, decided, or what was
    mended: the encoding, remains of typing, the type word, a parent without a sign before it). *Missing values* an empty name is refused.
    *Raises* DataError with every refused name: what it could mean, and how to record the decision.
    """
    found = find_matches(names, register, date, level, **within)
    refused = found[found["place_code"] == ""]
    if len(refused):
        raise DataError(_refusals(refused, _labels(register, date, level), str(level)))
    return found.drop(columns="suggestions")


def find_matches(
    names: Iterable[str], register: Register, date: Date, level: str, **within: Unpack[Within]
) -> pd.DataFrame:
    """Match as `match_places`, but leave refused names without a code instead of raising.

    *Adds* `suggestions`: up to ten codes, likeliest first, when `place_code` is empty; `match_rule` then says why.
    """
    given = pd.Series(names, dtype=object)
    gazetteer = build_gazetteer(register, date, level, _decisions(within.get("aliases"), register))
    if not gazetteer.official:
        raise UsageError(Problem(str(level), f"the register knows none on {gazetteer.day:%Y-%m-%d}", "check the date"))
    search = Search(
        gazetteer,
        parent_finder(register, date, level),
        cache(lambda: vanished_names(register, gazetteer)),
        cache(lambda: known_words(register)),
        cache(lambda: frozenset(place.place_type for place in gazetteer.official.values())),
    )
    parents = _aligned(within.get("parent"), given)
    today = register.at(date)
    for code in sorted({code for code in parents if code} - set(today["place_code"].tolist())):
        register.get(code, date)
    context = zip(given, parents, _aligned(within.get("types"), given), strict=True)
    known: dict[tuple, Match] = {}
    matches = []
    for question in context:
        if question not in known:
            known[question] = _match(search, *question)
        matches.append(known[question])
    codes = [match.place_code for match in matches]
    here = today[today["level"] == str(level)]
    official = dict(zip(here["place_code"].tolist(), here["name_official"].tolist(), strict=True))
    return pd.DataFrame(
        {
            "name": given,
            "place_code": codes,
            "name_official": [official.get(code, "") for code in codes],
            "match_rule": [match.rule for match in matches],
            "suggestions": [match.suggestions for match in matches],
        },
        index=given.index,
    )


def _match(search: Search, name: object, parent: str | None, kind: str | None) -> Match:
    if not isinstance(name, str) or not name.strip():
        return Match("", "the name is empty", ())
    hits = find_hits(search, name, Allowed(parent, types_of(kind) if kind else None))
    if len(hits) == 1:
        return Match(*next(iter(hits.items())), ())
    if hits:
        return Match("", f"means {len(hits)} places", tuple(sorted(hits))[:10])
    return _refuse(search, name, parent)


def _refuse(search: Search, name: str, parent: str | None) -> Match:
    # Loaded only when something is refused: it brings the library for likeness.
    from mande.places.suggestions import suggest

    gone = [c for c in search.vanished() if parent is None or parent in c.parents]
    marked = {spell(list(way.words)).marked for way in readings(name)}
    existed = any(spell(words_of(c.name)).marked in marked for c in gone)
    day = f"on {search.gazetteer.day:%Y-%m-%d}"
    reason = f"does not exist any more {day}" if existed else f"is no {search.gazetteer.level} {day}"
    return Match("", reason, suggest(search.gazetteer, name, parent, gone))


def _decisions(aliases: pd.DataFrame | Path | str | None, register: Register) -> pd.DataFrame:
    if aliases is None:
        return pd.DataFrame(columns=ALIAS_COLUMNS)
    table = aliases if isinstance(aliases, pd.DataFrame) else pd.read_csv(aliases, dtype=str, keep_default_na=False)
    absent = [column for column in ("name", "place_code", "level") if column not in table.columns]
    if absent:
        raise DataError(Problem("aliases", f"missing column(s) {', '.join(absent)}", "give name, place_code, level"))
    unknown = table[~table["place_code"].isin(register.places["place_code"])]
    if len(unknown):
        todo = "correct the code"
        raise DataError(
            Problem(f"alias '{name}'", f"{code} is no place code", todo)
            for name, code in unknown[["name", "place_code"]].itertuples(index=False)
        )
    full = table.reindex(columns=ALIAS_COLUMNS, fill_value="")
    dates = full[["valid_from", "valid_to"]].apply(lambda column: pd.to_datetime(column.where(column != "")))
    return full.assign(valid_from=dates["valid_from"], valid_to=dates["valid_to"])


def _aligned(given: str | Iterable[str | None] | None, names: pd.Series) -> list[str | None]:
    if given is None or isinstance(given, str):
        return [given] * len(names)
    known = given.tolist() if isinstance(given, pd.Series) else given
    values = [value if isinstance(value, str) and value else None for value in known]
    if len(values) != len(names):
        found = f"{len(values)} values for {len(names)} names"
        raise UsageError(Problem("parent or types", found, "give one for all or one per name"))
    return values


def _labels(register: Register, date: Date, level: str) -> dict[str, str]:
    above = register.at(date).drop_duplicates("place_code").set_index("place_code")["name_short"].to_dict()
    columns = register.at(date, level)[["place_code", "name_official", "parent_code"]]
    return {
        code: f"{code} {name} ({above.get(parent, parent)})" for code, name, parent in columns.itertuples(index=False)
    }


def _refusals(refused: pd.DataFrame, label: dict[str, str], level: str) -> list[Problem]:
    problems = []
    for name, rows in refused.groupby("name", sort=False, dropna=False):
        first = rows.iloc[0]
        known = ", ".join(label[code] for code in first["suggestions"])
        times = f" ({len(rows)} times)" if len(rows) > 1 else ""
        record = f"record the decision in aliases.csv (name,place_code,level): {name},CODE,{level}"
        todo = f"state parent or type, or {record}" if "means" in first["match_rule"] else f"correct it, or {record}"
        known = f"; did you mean {known}?" if known else ""
        problems.append(Problem(f"'{name}'{times}", f"{first['match_rule']}{known}", todo))
    return problems

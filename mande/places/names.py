"""Written names → place codes: exact after normalisation, within date, level, parent and type; never a guess."""

from collections.abc import Callable, Iterable
from functools import cache
from pathlib import Path
from typing import NamedTuple, TypedDict, Unpack

import pandas as pd

from mande.errors import DataError, Problem, UsageError
from mande.places.encodings import repairs
from mande.places.gazetteer import Candidate, Gazetteer, build_gazetteer, vanished_names
from mande.places.readings import Reading, code_beside, readings, types_of
from mande.places.register import ALIAS_COLUMNS, Date, Register
from mande.places.spelling import only_omits, spell, words_of

_Parents = tuple[frozenset[str], ...]
_COUNTRY = {"vietnam", "vn"}
_LEVELS_ABOVE = {"commune": ("district", "province"), "district": ("province",)}


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


class _Search(NamedTuple):
    gazetteer: Gazetteer
    parents_named: Callable[[str], frozenset[str]]
    vanished: Callable[[], list[Candidate]]


def match_places(
    names: Iterable[str], register: Register, date: Date, level: str, **within: Unpack[Within]
) -> pd.DataFrame:
    """Return the code of every written name, or refuse all that is not certain.

    *One row per* given name, in the given order and index. *Needs* names as people write them; `parent`, `types`
    (one for all or one per name) and `aliases` (file or table of decisions) where known.
    *Adds* `place_code`, `name_official`, `match_rule` (official, unmarked, alias, renamed, decided, or the encoding
    that was mended). *Missing values* an empty name is refused.
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
    search = _Search(
        gazetteer, _parent_finder(register, date, level), cache(lambda: vanished_names(register, gazetteer))
    )
    parents = _aligned(within.get("parent"), given)
    for code in {code for code in parents if code}:
        register.get(code, date)
    context = zip(given, parents, _aligned(within.get("types"), given), strict=True)
    known: dict[tuple, Match] = {}
    matches = []
    for question in context:
        if question not in known:
            known[question] = _match(search, *question)
        matches.append(known[question])
    codes = [match.place_code for match in matches]
    official = register.at(date, level).set_index("place_code")["name_official"].to_dict()
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


def _match(search: _Search, name: object, parent: str | None, kind: str | None) -> Match:
    if not isinstance(name, str) or not name.strip():
        return Match("", "the name is empty", ())
    allowed = _Allowed(parent, types_of(kind) if kind else None)
    decided = _fitting(search.gazetteer.decisions.get(spell(words_of(name)).marked, []), allowed, None, ())
    if len(decided) == 1:
        return Match(decided[0].place_code, "decided", ())
    hits = _hits(search, readings(name), allowed, exact=False)
    mended: dict[str, str] = {}
    if not hits:
        for mistake, text in repairs(name):
            for code in _hits(search, readings(text), allowed, exact=True):
                mended.setdefault(code, mistake)
        hits = mended
    if len(hits) != 1:
        hits = _with_code(search, name, allowed) or hits
    if len(hits) == 1:
        return Match(*next(iter(hits.items())), ())
    if hits:
        return Match("", f"means {len(hits)} places", tuple(sorted(hits))[:10])
    return _refuse(search, name, parent)


def _refuse(search: _Search, name: str, parent: str | None) -> Match:
    # Loaded only when something is refused: it brings the library for likeness.
    from mande.places.suggestions import suggest

    gone = [c for c in search.vanished() if parent is None or parent in c.parents]
    marked = {spell(list(way.words)).marked for way in readings(name)}
    existed = any(spell(words_of(c.name)).marked in marked for c in gone)
    day = f"on {search.gazetteer.day:%Y-%m-%d}"
    reason = f"does not exist any more {day}" if existed else f"is no {search.gazetteer.level} {day}"
    return Match("", reason, suggest(search.gazetteer, name, parent, gone))


class _Allowed(NamedTuple):
    parent: str | None
    types: frozenset[str] | None


def _hits(search: _Search, ways: list[Reading], allowed: _Allowed, *, exact: bool) -> dict[str, str]:
    """Return the codes a name could mean, each with the rule; the plainer rule goes first."""
    for rule in (_whole, _exact) if exact else (_whole, _exact, _unmarked):
        hits: dict[str, str] = {}
        for way in ways:
            if way.words[0].isdecimal() and not (way.types or allowed.types):
                continue  # A bare number may be a code, a rank or a name.
            named = _parents_behind(search, way)
            if named is None:
                continue
            for code, why in rule(search.gazetteer, way, allowed, named).items():
                hits.setdefault(code, why)
        if hits:
            return hits
    return {}


def _with_code(search: _Search, name: str, allowed: _Allowed) -> dict[str, str]:
    """Accept a code and a name that mean the same place; the code then decides between places of one name."""
    code, rest = code_beside(name) or ("", "")
    return {code: "code and name"} if code and code in _hits(search, readings(rest), allowed, exact=False) else {}


def _whole(gazetteer: Gazetteer, way: Reading, allowed: _Allowed, named: _Parents) -> dict[str, str]:
    """Take the full official name, with its type word and marks, for what it says, even where a part of it is plain."""
    spelling = spell(list(way.words))
    candidates = gazetteer.whole.get(spelling.marked, []) if spelling.has_marks and way.types is None else []
    return {candidate.place_code: candidate.rule for candidate in _fitting(candidates, allowed, None, named)}


def _exact(gazetteer: Gazetteer, way: Reading, allowed: _Allowed, named: _Parents) -> dict[str, str]:
    for variant in (False, True):
        spelling = spell(list(way.words), variant=variant)
        found = _fitting(gazetteer.marked.get(spelling.marked, []), allowed, way.types, named)
        if not spelling.has_marks and not variant:
            # Without any mark it may be short for a marked name just as well.
            longer = [c._replace(rule="unmarked") for c, _ in gazetteer.plain.get(spelling.plain, [])]
            known = {candidate.place_code for candidate in found}
            found += [c for c in _fitting(longer, allowed, way.types, named) if c.place_code not in known]
        if found:
            return _preferred(found)
    return {}


def _unmarked(gazetteer: Gazetteer, way: Reading, allowed: _Allowed, named: _Parents) -> dict[str, str]:
    """Accept a name with some marks left out if it contradicts none and no other place is as near."""
    spelling = spell(list(way.words))
    pairs = gazetteer.plain.get(spelling.plain, [])
    found = _fitting([candidate for candidate, _ in pairs], allowed, way.types, named)
    codes = {candidate.place_code for candidate in found}
    fits = any(only_omits(spelling, full) for candidate, full in pairs if candidate.place_code in codes)
    if len(codes) == 1 and fits and not _rivals(gazetteer, spelling.marked, codes):
        return {codes.pop(): "some marks missing"}
    return {}


def _rivals(gazetteer: Gazetteer, marked: str, codes: set[str]) -> bool:
    """Tell whether one slip of the pen away lies the name of another place: Tiên Giang may be Kiên or Tiền Giang."""
    from rapidfuzz import process
    from rapidfuzz.distance import OSA

    near = process.extract(marked, gazetteer.marked.keys(), scorer=OSA.distance, score_cutoff=1, limit=None)
    return any(c.place_code not in codes for key, _, _ in near for c in gazetteer.marked[key])


def _preferred(found: list[Candidate]) -> dict[str, str]:
    """A former name counts only where no unit of the day has that name."""
    today = [candidate for candidate in found if candidate.rule != "renamed"]
    return {candidate.place_code: candidate.rule for candidate in today or found}


def _fitting(
    candidates: list[Candidate], allowed: _Allowed, types: frozenset[str] | None, named: _Parents
) -> list[Candidate]:
    return [
        c
        for c in candidates
        if (allowed.parent is None or allowed.parent in c.parents)
        and (allowed.types is None or c.place_type in allowed.types)
        and (types is None or c.place_type in types)
        and all(codes & c.parents for codes in named)
    ]


def _parents_behind(search: _Search, way: Reading) -> _Parents | None:
    """Resolve the parents written behind a name, each to the codes it could mean; None when one is not understood."""
    texts = [text for text in way.parents if spell(words_of(text)).plain not in _COUNTRY]
    parents = tuple(search.parents_named(text) for text in texts)
    return parents if all(parents) else None


def _parent_finder(register: Register, date: Date, level: str) -> Callable[[str], frozenset[str]]:
    none = pd.DataFrame(columns=ALIAS_COLUMNS)
    above = cache(lambda upper: build_gazetteer(register, date, upper, none))

    @cache
    def named(text: str) -> frozenset[str]:
        codes: set[str] = set()
        for upper in _LEVELS_ABOVE.get(str(level), ()):
            search = _Search(above(upper), lambda _: frozenset(), list)
            codes |= set(_hits(search, readings(text), _Allowed(None, None), exact=False))
        return frozenset(codes)

    return named


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
    values = [value if isinstance(value, str) and value else None for value in given]
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

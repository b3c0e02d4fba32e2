"""Suggest the places that a name may have meant; a suggestion is never a decision."""

import pandas as pd
from rapidfuzz import fuzz, process

from mande.places.encodings import repairs
from mande.places.gazetteer import Candidate, Gazetteer
from mande.places.place_table import TYPE_WORDS
from mande.places.readings import readings, readings_without_sign
from mande.places.register import Date, Register
from mande.places.spelling import Spelling, plain_word, spell, words_of

_LIMIT = 10
_LEAST_LIKENESS = 40
_EXACT = 100.0
_SHORT = 90.0
_NOT_EXACT = 0.85
"""Marks and type may add 15: a name that is not spelt so must stay below one that is."""


def suggest(gazetteer: Gazetteer, name: str, parent: str | None, vanished: list[Candidate]) -> tuple[str, ...]:
    """Rank the codes whose names, or whose predecessors' names, look most like the written one, best first.

    Only places below the parent when it is known.
    """
    pool = [*_pool(gazetteer, parent), *vanished]
    best: dict[str, float] = {}
    likely = _likeness(name, [c.name for c in pool], [c.place_type for c in pool])
    likely |= dict.fromkeys(_short_for(name, [c.name for c in pool]), _SHORT)
    for index, likeness in likely.items():
        code = pool[index].place_code
        best[code] = max(best.get(code, 0), likeness)
    return tuple(sorted(best, key=lambda code: (-best[code], code))[:_LIMIT])


def _short_for(name: str, names: list[str]) -> list[int]:
    """Return where the written letters are the first letters of the words: HP, TP. ĐN."""
    written = {plain_word("".join(way.words)) for way in readings(name)}
    return [
        index
        for index, other in enumerate(names)
        if len(words := words_of(other)) > 1 and "".join(plain_word(word)[:1] for word in words) in written
    ]


def find_places(register: Register, name: str, *, date: Date | None = None, level: str | None = None) -> pd.DataFrame:
    """Find the places, of any time or of one date, whose names are spelt or look like the written one, best first.

    *One row per* place and validity, as in `Register.places`. *Adds* `likeness` (100 and more = spelt the same).
    Only the exact ones if there are any, and of these only those below the parent that is written behind the name.
    """
    places = register.places if date is None else register.at(date, level)
    if level is not None:
        places = places[places["level"] == level]
    likeness = _likeness(name, list(places["name_short"]), list(places["place_type"]))
    found = places.iloc[list(likeness)].assign(likeness=list(likeness.values()))
    found = found.sort_values(["likeness", "level", "place_code", "valid_from"], ascending=[False, True, True, True])
    exact = _of_written_type(found[found["likeness"] >= _EXACT], name)
    below = _below_parent(register, places, name)
    if len(below) and (exact.empty or set(below["place_code"]) < set(exact["place_code"])):
        return below.assign(likeness=_EXACT)
    return (exact if len(exact) else found.head(_LIMIT)).reset_index(drop=True)


def _of_written_type(found: pd.DataFrame, name: str) -> pd.DataFrame:
    """Keep the places of the type that was written (Quận 7, not Phường 7) where there are any."""
    types = frozenset().union(*(way.types for way in readings(name) if way.types))
    typed = found[found["place_type"].isin(types)]
    return typed if len(typed) else found


def _below_parent(register: Register, places: pd.DataFrame, name: str) -> pd.DataFrame:
    """Return the places spelt like the first part of the text that lie below a place spelt like the rest (Q.7 TPHCM)."""
    spelt = places["name_short"].map(lambda other: spell(words_of(other)).plain)
    names = [*register.places[["name_short", "place_code"]].itertuples(index=False)]
    names += register.aliases[["name", "place_code"]].itertuples(index=False)
    above = [(spell(words_of(other)).plain, code) for other, code in names]
    of_district = register.places.drop_duplicates("place_code").set_index("place_code")["parent_code"]
    found = pd.Series(False, index=places.index)
    for way in [*readings(name), *readings_without_sign(name)]:
        is_named = spelt.eq(spell(list(way.words)).plain)
        if not way.parents or not is_named.any():
            continue
        behind = {spell(list(other.words)).plain for text in way.parents for other in readings(text)}
        parents = {code for other, code in above if other in behind}
        fits = places["parent_code"].isin(parents) | places["parent_code"].map(of_district).isin(parents)
        found |= is_named & fits & (places["place_type"].isin(way.types) if way.types else True)
    return places[found].sort_values(["level", "place_code", "valid_from"]).reset_index(drop=True)


def _pool(gazetteer: Gazetteer, parent: str | None) -> list[Candidate]:
    names = [candidate for group in gazetteer.marked.values() for candidate in group]
    return list(dict.fromkeys(c for c in names if parent is None or parent in c.parents))


def _likeness(name: str, names: list[str], types: list[str]) -> dict[int, float]:
    """Likeness of the best reading to each name: letters count 100, marks 10, the written type 5.

    Read without a type word, the text is compared with the names with theirs, too: the type word may be misspelt.
    """
    spellings = [spell(words_of(other)) for other in names]
    typed = [f"{TYPE_WORDS.get(kind, ('',))[0]} {other}" for other, kind in zip(names, types, strict=True)]
    whole = [spell(words_of(other)) for other in typed]
    best: dict[int, float] = {}
    for text in [name, *(text for _, text in repairs(name))]:
        for way in readings(text):
            query = spell(list(way.words))
            for known in (spellings,) if way.types else (spellings, whole):
                for index, score in _near(query, known):
                    bonus = 5 if way.types and types[index] in way.types else 0
                    total = score + _marks(query, known[index]) + bonus
                    best[index] = max(best.get(index, 0), total if score >= _EXACT else total * _NOT_EXACT)
    return best


def _near(query: Spelling, known: list[Spelling]) -> list[tuple[int, float]]:
    plain = [spelling.plain for spelling in known]
    found = process.extract(query.plain, plain, scorer=fuzz.ratio, limit=None, score_cutoff=_LEAST_LIKENESS)
    return _foremost(found)


def _foremost(near: list[tuple[str, float, int]]) -> list[tuple[int, float]]:
    """Keep the likeliest ten, and all that are spelt the same."""
    return [(index, score) for rank, (_, score, index) in enumerate(near) if rank < _LIMIT or score >= _EXACT]


def _marks(query: Spelling, other: Spelling) -> float:
    return float(fuzz.ratio(query.marked, other.marked)) / 10

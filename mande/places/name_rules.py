"""The rules by which one written name means places, plainest first; the first that finds any decides."""

from collections.abc import Callable, Iterable
from functools import cache
from typing import NamedTuple

import pandas as pd

from mande.places.encodings import repairs
from mande.places.gazetteer import Candidate, Gazetteer, build_gazetteer
from mande.places.keyboard import TYPED, keyboard_repairs
from mande.places.readings import (
    Reading,
    code_beside,
    parts_of,
    readings,
    readings_parent_first,
    readings_with_misspelt_type,
    readings_without_sign,
    types_of,
)
from mande.places.register import ALIAS_COLUMNS, Date, Register
from mande.places.spelling import only_omits, plain_word, spell, words_of
from mande.vocabulary import Level

_Parents = tuple[frozenset[str], ...]
_COUNTRY = {"vietnam", "vn"}
_LEVELS_ABOVE = {"commune": ("district", "province"), "district": ("province",)}


class Search(NamedTuple):
    """What the names are looked up in; all but the first are made when first needed."""

    gazetteer: Gazetteer
    parents_named: Callable[[str], frozenset[str]]
    vanished: Callable[[], list[Candidate]]
    words: Callable[[], frozenset[str]]
    types: Callable[[], frozenset[str]]


class Allowed(NamedTuple):
    """What is known of the place beside its name."""

    parent: str | None
    types: frozenset[str] | None


def find_hits(search: Search, name: str, allowed: Allowed) -> dict[str, str]:
    """Return the codes that a name could mean, each with the rule: none, one, or several that it cannot tell apart."""
    decided = _fitting(search.gazetteer.decisions.get(spell(words_of(name)).marked, []), allowed, None, ())
    if len(decided) == 1:
        return {decided[0].place_code: "decided"}
    hits = _hits(search, readings(name), allowed, exact=False)
    for rule in (_mended, _parent_first, _two_names, _first_letters, _mended_typing, _mended_type, _mended_parent):
        hits = hits or rule(search, name, allowed)
    return hits if len(hits) == 1 else _with_code(search, name, allowed) or hits


def known_words(register: Register) -> frozenset[str]:
    """Return all words, without marks, that occur in the name of any place at any time."""
    names = register.places["name_short"].unique().tolist()
    return frozenset(plain_word(word) for name in names for word in words_of(name))


def parent_finder(register: Register, date: Date, level: str) -> Callable[[str], frozenset[str]]:
    """Return what finds the codes that a parent, as written, could mean."""
    none = pd.DataFrame(columns=ALIAS_COLUMNS)
    above = cache(lambda upper: build_gazetteer(register, date, upper, none))

    @cache
    def named(text: str) -> frozenset[str]:
        codes: set[str] = set()
        for upper in _LEVELS_ABOVE.get(str(level), ()):
            search = Search(above(upper), lambda _: frozenset(), list, frozenset, frozenset)
            codes |= set(_hits(search, readings(text), Allowed(None, None), exact=False))
        return frozenset(codes)

    return named


def _mended(search: Search, name: str, allowed: Allowed) -> dict[str, str]:
    return _all_hits(search, repairs(name), allowed)


def _all_hits(search: Search, originals: Iterable[tuple[str, str]], allowed: Allowed) -> dict[str, str]:
    """Return every code that one of the possible originals means exactly, with the mistake that was mended."""
    hits: dict[str, str] = {}
    for mistake, text in originals:
        for code in _hits(search, readings(text), allowed, exact=True):
            hits.setdefault(code, mistake)
    return hits


def _mended_typing(search: Search, name: str, allowed: Allowed) -> dict[str, str]:
    """Accept remains of an input method; a letter too many, or a digit in it, only where no other name is as near."""
    hits = _all_hits(search, keyboard_repairs(name), allowed)
    plain = spell(words_of(name)).plain
    is_typed = all(mistake in TYPED for mistake in hits.values())
    return hits if is_typed or not _rivals_in_letters(search.gazetteer, plain, set(hits), allowed) else {}


def _mended_type(search: Search, name: str, allowed: Allowed) -> dict[str, str]:
    ways = readings_with_misspelt_type(name, search.words())
    hits = _hits(search, ways, allowed, exact=True)
    return dict.fromkeys(hits, "type word misspelt")


def _mended_parent(search: Search, name: str, allowed: Allowed) -> dict[str, str]:
    hits = _hits(search, readings_without_sign(name), allowed, exact=True)
    return dict.fromkeys(hits, "parent without a sign before it")


def _parent_first(search: Search, name: str, allowed: Allowed) -> dict[str, str]:
    return dict.fromkeys(_hits(search, readings_parent_first(name), allowed, exact=False), "parent before it")


def _two_names(search: Search, name: str, allowed: Allowed) -> dict[str, str]:
    """Accept two names that mean the same place: Hồ Chí Minh (Sài Gòn)."""
    parts = parts_of(name)
    meant = [set(_hits(search, readings(part), allowed, exact=False)) for part in parts]
    is_one = len(parts) > 1 and all(codes == meant[0] for codes in meant) and len(meant[0]) == 1
    return dict.fromkeys(meant[0], "two names") if is_one else {}


def _first_letters(search: Search, name: str, allowed: Allowed) -> dict[str, str]:
    """Read Q.Nam as Quảng Nam where no other place has such first letters; a letter short for a type means the type.

    Below the provinces names are too many for one whole word to be enough: H. Khê could be a slip.
    """
    least = 1 if search.gazetteer.level == Level.PROVINCE else 2
    hits: dict[str, str] = {}
    for way in readings(name):
        letters = [word for word in way.words if len(word) == 1 and word.isalpha()]
        if not letters or len(way.words) - len(letters) < least or any(types_of(x) & search.types() for x in letters):
            continue
        named = _parents_behind(search, way)
        begun = [c for c in search.gazetteer.official.values() if named is not None and _begins(way.words, c.name)]
        hits |= dict.fromkeys((c.place_code for c in _fitting(begun, allowed, way.types, named or ())), "first letters")
    return hits


def _begins(words: tuple[str, ...], name: str) -> bool:
    """Tell whether single letters begin the words of a name and the other words are its words, marks and all."""
    whole = words_of(name)
    pairs = list(zip(words, whole, strict=True)) if len(words) == len(whole) else []
    return bool(pairs) and all(
        other.startswith(word) if len(word) == 1 else spell([word]).marked == spell([other]).marked
        for word, other in pairs
    )


def _hits(search: Search, ways: list[Reading], allowed: Allowed, *, exact: bool) -> dict[str, str]:
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


def _with_code(search: Search, name: str, allowed: Allowed) -> dict[str, str]:
    """Accept a code and a name that mean the same place; the code then decides between places of one name."""
    code, rest = code_beside(name) or ("", "")
    return {code: "code and name"} if code and code in _hits(search, readings(rest), allowed, exact=False) else {}


def _whole(gazetteer: Gazetteer, way: Reading, allowed: Allowed, named: _Parents) -> dict[str, str]:
    """Take the full official name, with its type word and marks, for what it says, even where a part of it is plain."""
    spelling = spell(list(way.words))
    candidates = gazetteer.whole.get(spelling.marked, []) if spelling.has_marks and way.types is None else []
    return {candidate.place_code: candidate.rule for candidate in _fitting(candidates, allowed, None, named)}


def _exact(gazetteer: Gazetteer, way: Reading, allowed: Allowed, named: _Parents) -> dict[str, str]:
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


def _unmarked(gazetteer: Gazetteer, way: Reading, allowed: Allowed, named: _Parents) -> dict[str, str]:
    """Accept a name with some marks left out if it contradicts none and no other place is as near."""
    spelling = spell(list(way.words))
    pairs = gazetteer.plain.get(spelling.plain, [])
    found = _fitting([candidate for candidate, _ in pairs], allowed, way.types, named)
    codes = {candidate.place_code for candidate in found}
    if len(codes) != 1:
        return {}
    fits = any(only_omits(spelling, full) for candidate, full in pairs if candidate.place_code in codes)
    rivals = _rivals(gazetteer, spelling.marked, codes) or _rivals_in_letters(gazetteer, spelling.plain, codes, allowed)
    if not fits or rivals:
        return {}
    return {codes.pop(): "some marks missing"}


def _rivals(gazetteer: Gazetteer, marked: str, codes: set[str]) -> bool:
    """Tell whether one slip of the pen away lies the name of another place: Tiên Giang may be Kiên or Tiền Giang."""
    near = _near(marked, gazetteer.marked.keys())
    return any(c.place_code not in codes for key in near for c in gazetteer.marked[key])


def _rivals_in_letters(gazetteer: Gazetteer, plain: str, codes: set[str], allowed: Allowed) -> bool:
    """Tell whether, by the letters alone, another place below the parent is as near, or the same."""
    near = [c for key in _near(plain, gazetteer.plain.keys()) for c, _ in gazetteer.plain[key]]
    return any(c.place_code not in codes for c in _fitting(near, Allowed(allowed.parent, None), None, ()))


def _near(written: str, names: Iterable[str]) -> list[str]:
    from rapidfuzz import process
    from rapidfuzz.distance import OSA

    return [key for key, _, _ in process.extract(written, names, scorer=OSA.distance, score_cutoff=1, limit=None)]


def _preferred(found: list[Candidate]) -> dict[str, str]:
    """A former name counts only where no unit of the day has that name."""
    today = [candidate for candidate in found if candidate.rule != "renamed"]
    return {candidate.place_code: candidate.rule for candidate in today or found}


def _fitting(
    candidates: list[Candidate], allowed: Allowed, types: frozenset[str] | None, named: _Parents
) -> list[Candidate]:
    return [
        c
        for c in candidates
        if (allowed.parent is None or allowed.parent in c.parents)
        and (allowed.types is None or c.place_type in allowed.types)
        and (types is None or c.place_type in types)
        and all(codes & c.parents for codes in named)
    ]


def _parents_behind(search: Search, way: Reading) -> _Parents | None:
    """Resolve the parents written behind a name, each to the codes it could mean; None when one is not understood."""
    texts = [text for text in way.parents if spell(words_of(text)).plain not in _COUNTRY]
    parents = tuple(search.parents_named(text) for text in texts)
    return parents if all(parents) else None

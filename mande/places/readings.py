"""The ways to read a written name: with or without a type word (Quận, TP., District), a number, a parent behind it."""

import re
from itertools import product
from typing import NamedTuple

from mande.places.spelling import plain_word, words_of
from mande.places.surroundings import bare_name

_CITY = frozenset(["municipality", "provincial_city"])
_DISTRICT = frozenset(["urban_district", "rural_district"])
_TYPE_WORDS: dict[tuple[str, ...], frozenset[str]] = {
    ("tinh",): frozenset(["province"]),
    ("t",): frozenset(["province"]),
    ("thanh", "pho"): _CITY,
    ("thanhpho",): _CITY,
    ("tp",): _CITY,
    ("t", "p"): _CITY,
    ("t", "pho"): _CITY,
    ("thu", "do"): _CITY,
    ("quan",): frozenset(["urban_district"]),
    ("q",): frozenset(["urban_district"]),
    ("huyen",): frozenset(["rural_district"]),
    ("h",): frozenset(["rural_district"]),
    ("thi", "xa"): frozenset(["town"]),
    ("thixa",): frozenset(["town"]),
    ("tx",): frozenset(["town"]),
    ("t", "x"): frozenset(["town"]),
    ("phuong",): frozenset(["ward"]),
    ("p",): frozenset(["ward"]),
    ("f",): frozenset(["ward"]),
    ("xa",): frozenset(["commune"]),
    ("x",): frozenset(["commune"]),
    ("txa",): frozenset(["town"]),
    ("t", "xa"): frozenset(["town"]),
    ("thi", "tran"): frozenset(["township"]),
    ("thitran",): frozenset(["township"]),
    ("tt",): frozenset(["township"]),
    ("t", "t"): frozenset(["township"]),
    ("dac", "khu"): frozenset(["special_zone"]),
}
_ENGLISH_WORDS: dict[tuple[str, ...], frozenset[str]] = {
    ("province",): frozenset(["province"]),
    ("prov",): frozenset(["province"]),
    ("city",): _CITY,
    ("municipality",): _CITY,
    ("capital",): _CITY,
    ("urban", "district"): frozenset(["urban_district"]),
    ("rural", "district"): frozenset(["rural_district"]),
    ("district",): _DISTRICT,
    ("dist",): _DISTRICT,
    ("town",): frozenset(["town", "township"]),
    ("township",): frozenset(["township"]),
    ("ward",): frozenset(["ward"]),
    ("commune",): frozenset(["commune"]),
    ("special", "zone"): frozenset(["special_zone"]),
}
_BEFORE = {**_TYPE_WORDS, **_ENGLISH_WORDS, **{(*words, "of"): t for words, t in _ENGLISH_WORDS.items()}}
_AFTER = {**_ENGLISH_WORDS, **{words: t for words, t in _TYPE_WORDS.items() if len("".join(words)) > 2}}
_AFTER |= {("tp",): _CITY, ("tw",): frozenset(["municipality"])}
_GLUED_TO_NUMBER = re.compile(r"(q|p|f|quan|phuong|ward|district|d)(\d+)")
_GLUED = ("thanhpho", "thixa", "thitran", "phuong", "huyen", "tinh", "quan", "tp", "tx", "tt", "xa")
_LEAST_TYPE = 4
"""Of a shorter type word (xã, tp) too little is left when a letter is wrong."""

_ROMAN = dict(
    zip(["i", "ii", "iii", "iv", "v", "vi", "vii", "viii", "ix", "x", "xi", "xii"], range(1, 13), strict=True)
)
_NUMBER_WORDS = {
    "nhất": 1,
    "một": 1,
    "hai": 2,
    "nhì": 2,
    "ba": 3,
    "tư": 4,
    "bốn": 4,
    "năm": 5,
    "sáu": 6,
    "bảy": 7,
    "bẩy": 7,
}
_NUMBER_WORDS |= {"tám": 8, "chín": 9, "mười": 10, "mười một": 11, "mười hai": 12}
_PARENT_SIGN = re.compile(r"\s*[,;(>]\s*|\s+[-–—/|]\s+|\s+(?:thuộc|thuoc)\s+", re.IGNORECASE)


_CODE_BEFORE = re.compile(r"^\s*[\[(]?(\d{2,5})[\])]?[\s.:_–-]+(?=[^\W\d])")
_CODE_BEHIND = re.compile(r"[\s.:_–-]*[\[(\s]\s*(\d{2,5})\s*[\])]?\s*$")


class Reading(NamedTuple):
    """One way to read a name: its words without type, the types that were written, the parents written behind it."""

    words: tuple[str, ...]
    types: frozenset[str] | None
    parents: tuple[str, ...]


def readings(text: str) -> list[Reading]:
    """List the ways to read a written name, plainest first.

    >>> [reading.words for reading in readings("2. Q.07")]
    [('q', '7'), ('7',)]
    >>> readings("Huyện Châu Thành, Tiền Giang")[-1].parents
    ('Tiền Giang',)
    """
    text = bare_name(text)
    found = _typed(text, ())
    first, *behind = _PARENT_SIGN.split(text)
    if behind and first.strip():
        found += _typed(first, tuple(part.strip(" )]") for part in behind if part.strip(" )]")))
    return list(dict.fromkeys(reading for reading in found if reading.words))


def readings_without_sign(text: str) -> list[Reading]:
    """List the ways to read a name with its parent behind it and no sign between, whatever words are taken for it.

    >>> [(way.words, way.parents) for way in readings_without_sign("Q.7 TPHCM") if way.types]
    [(('7',), ('tphcm',))]
    """
    words = words_of(bare_name(text))
    found: list[Reading] = []
    for cut in range(1, len(words)):
        found += _typed(" ".join(words[:cut]), (" ".join(words[cut:]),))
    return list(dict.fromkeys(reading for reading in found if reading.words))


def readings_parent_first(text: str) -> list[Reading]:
    """List the ways to read a name whose parents are written before it.

    >>> [(way.words, way.parents) for way in readings_parent_first("TP.HCM - Quận 7") if way.types]
    [(('7',), ('TP.HCM',))]
    """
    *before, last = [part.strip(" )]") for part in _PARENT_SIGN.split(bare_name(text))]
    parents = tuple(part for part in before if part)
    return [way for way in _typed(last, parents) if way.words] if parents else []


def parts_of(text: str) -> list[str]:
    """Return the parts of a text between brackets and other signs, such as two names of one place.

    >>> parts_of("Hồ Chí Minh (Sài Gòn)")
    ['Hồ Chí Minh', 'Sài Gòn']
    """
    return [part for part in (piece.strip(" )]") for piece in _PARENT_SIGN.split(bare_name(text))) if part]


def readings_with_misspelt_type(text: str, known_words: frozenset[str]) -> list[Reading]:
    """Read a word before the name, one slip away from a type word and itself no word of any name, as that type word.

    >>> readings_with_misspelt_type("Hvyện Trà Bồng", frozenset(["tra", "bong"]))[0].words
    ('trà', 'bồng')
    >>> readings_with_misspelt_type("Minh Hà Nam", frozenset(["minh", "ha", "nam"]))
    []
    """
    from rapidfuzz.distance import OSA

    first, *behind = _PARENT_SIGN.split(text)
    words = words_of(first)
    found = []
    for known, types in _TYPE_WORDS.items():
        start = [plain_word(word) for word in words[: len(known)]]
        is_strange = len(words) > len(known) and any(word not in known_words for word in start)
        if len("".join(known)) >= _LEAST_TYPE and is_strange and OSA.distance("".join(start), "".join(known)) == 1:
            found.append(Reading(tuple(words[len(known) :]), types, tuple(part.strip(" )]") for part in behind)))
    return found


def code_beside(text: str) -> tuple[str, str] | None:
    """Take a code written before or behind a name off it; it proves nothing until the name means the same place.

    >>> code_beside("[01] Hà Nội"), code_beside("Hà Nội (01)"), code_beside("Hà Nội")
    (('01', 'Hà Nội'), ('01', 'Hà Nội'), None)
    """
    for pattern in (_CODE_BEFORE, _CODE_BEHIND):
        found = pattern.search(text)
        if found:
            return found[1], (text[: found.start()] + text[found.end() :]).strip()
    return None


def types_of(written: str) -> frozenset[str]:
    """Return the place types that a type word means; any other word is taken as a type itself.

    >>> sorted(types_of("TP.")), sorted(types_of("school"))
    (['municipality', 'provincial_city'], ['school'])
    """
    plain = tuple(plain_word(word) for word in words_of(written))
    return _BEFORE.get(plain) or _AFTER.get(plain) or frozenset([written])


def _typed(text: str, parents: tuple[str, ...]) -> list[Reading]:
    words = _unglue_number(words_of(text))
    plain = [plain_word(word) for word in words]
    fronts = [(0, None), *_type_words(plain, _BEFORE, from_end=False)]
    ends = [(0, None), *_type_words(plain, _AFTER, from_end=True)]
    found = [Reading(tuple(words), None, parents)]
    for (front, before), (end, after) in product(fronts, ends):
        rest = words[front : len(words) - end] if front + end < len(words) else []
        types = before if after is None else after if before is None else before & after
        if types is not None and rest:
            found.append(Reading(_number(rest, types), types, parents))
    return found + _unglue(words, plain, parents)


def _type_words(plain: list[str], known: dict[tuple[str, ...], frozenset[str]], *, from_end: bool) -> list:
    sizes = (3, 2, 1)
    pieces = [(size, tuple(plain[-size:] if from_end else plain[:size])) for size in sizes if size < len(plain)]
    return [(size, known[piece]) for size, piece in pieces if piece in known]


def _number(words: list[str], types: frozenset[str]) -> tuple[str, ...]:
    """Read Quận III, Quận Ba and Quận số 3 as Quận 3; only where numbers are names."""
    if not types & {"urban_district", "ward"}:
        return tuple(words)
    if words[0] in ("số", "so") and len(words) == len(["số", "3"]) and words[1].isdecimal():
        return (words[1],)
    number = _ROMAN.get(words[0]) if len(words) == 1 else None
    number = number or _NUMBER_WORDS.get(" ".join(words))
    return (str(number),) if number else tuple(words)


def _unglue_number(words: list[str]) -> list[str]:
    if len(words) > 1 and words[0] == "d" and words[1].isdecimal():
        return ["district", *words[1:]]
    glued = _GLUED_TO_NUMBER.fullmatch(plain_word(words[0])) if words else None
    return (
        [glued[1].replace("d", "district") if glued[1] == "d" else glued[1], str(int(glued[2])), *words[1:]]
        if glued
        else words
    )


def _unglue(words: list[str], plain: list[str], parents: tuple[str, ...]) -> list[Reading]:
    """Read TPHồ Chí Minh and tinhhanam; two letters behind the type word are the least that can be a name."""
    found = []
    for start in _GLUED if words else ():
        if plain[0].startswith(start) and len(plain[0]) >= len(start) + 2 and len(words[0]) == len(plain[0]):
            rest = (words[0][len(start) :], *words[1:])
            found.append(Reading(rest, _TYPE_WORDS[(start,)], parents))
    return found

"""Places as tables write them: bilingual, numbered, in capitals; matched by `places.names`, never guessed."""

import re
from collections.abc import Iterable, Sequence
from typing import NamedTuple

from mande.places.names import find_matches
from mande.places.readings import readings
from mande.places.register import Register
from mande.places.spelling import plain_word

_SIGN_BETWEEN = re.compile(r"\s*[/\n|–—-]\s*")
_ITEM_NUMBER = re.compile(r"^\s*(?:[IVX]{1,5}|\d{1,3}|[A-HĐ])(?:\s*[.)\]:]\s*|\s*[-–]\s+|\s+)(?=\D)")


class Asked(NamedTuple):
    """What the names of a table are looked up as: levels in this order, below `parent`, on `date`."""

    levels: Sequence[str]
    parent: str
    date: object


class FoundPlace(NamedTuple):
    """The code of a written name, or none, the reason, and the codes with names that it may have meant."""

    place_code: str
    reason: str
    suggestions: tuple[str, ...]
    name: str = ""


def match_labels(texts: Iterable[str], register: Register, asked: Asked) -> dict[str, FoundPlace]:
    """Return what each distinct text means.

    A bilingual text counts when its parts name one place, or when the other part is the same name without its marks.
    """
    distinct = list(dict.fromkeys(texts))
    halves = [half for text in distinct for cut in _cuts(text) for half in cut]
    flat = list(dict.fromkeys([*map(_whole, distinct), *halves]))
    found: dict[str, FoundPlace] = {}
    for level in asked.levels:
        open_texts = [text for text in flat if not found.get(text, FoundPlace("", "", ())).place_code]
        found.update(_look_up(open_texts, register, asked, level, found))
    return {text: _decide(text, found) for text in distinct}


def _look_up(
    texts: list[str], register: Register, asked: Asked, level: str, so_far: dict[str, FoundPlace]
) -> dict[str, FoundPlace]:
    if not texts or register.at(asked.date, level).empty:
        return {}
    parent = asked.parent if asked.parent and level in ("district", "commune", "province") else None
    table = find_matches(texts, register, asked.date, level, parent=parent)
    names = register.at(asked.date, level).set_index("place_code")["name_official"].to_dict()
    found = {}
    for text, row in zip(texts, table.itertuples(), strict=True):
        earlier = so_far.get(text, FoundPlace("", "", ())).suggestions
        known = tuple(f"{code} {names[code]}" for code in row.suggestions if code in names)
        found[text] = FoundPlace(row.place_code, row.match_rule, (known + earlier)[:10], row.name_official)
    return found


def _cuts(text: str) -> list[tuple[str, str]]:
    """The ways to cut a text in two languages at one of its signs; a name may hold such a sign itself."""
    whole = _whole(text, keep_lines=True)
    cuts = [(whole[: sign.start()].strip(), whole[sign.end() :].strip()) for sign in _SIGN_BETWEEN.finditer(whole)]
    return [(_whole(first), _whole(second)) for first, second in cuts if first and second]


def _whole(text: str, *, keep_lines: bool = False) -> str:
    text = _ITEM_NUMBER.sub("", text)
    return text if keep_lines else " ".join(text.split())


def _decide(text: str, found: dict[str, FoundPlace]) -> FoundPlace:
    nothing = FoundPlace("", "the name is empty", ())
    whole, cuts = found.get(_whole(text), nothing), _cuts(text)
    if whole.place_code or not cuts:
        return whole
    codes = {code for cut in cuts if (code := _code_of(cut, found))}
    if len(codes) == 1:
        return FoundPlace(codes.pop(), "bilingual", ())
    halves = [found.get(half, nothing) for cut in cuts for half in cut]
    likely = [f"{half.place_code} {half.name}" for half in halves if half.place_code]
    suggestions = dict.fromkeys([*likely, *(one for half in (whole, *halves) for one in half.suggestions)])
    return FoundPlace("", "its two parts do not name one place" if likely else whole.reason, tuple(suggestions)[:10])


def _code_of(cut: tuple[str, str], found: dict[str, FoundPlace]) -> str:
    """Return the one place that both halves name, the second perhaps only without its marks."""
    codes = [found[half].place_code if half in found else "" for half in cut]
    if codes[0] and codes[1]:
        return codes[0] if codes[0] == codes[1] else ""
    return codes[0] or codes[1] if _same_without_marks(*cut) else ""


def _same_without_marks(first: str, second: str) -> bool:
    def plain(text: str) -> set[str]:
        return {"".join(plain_word(word) for word in reading.words) for reading in readings(text)}

    return bool(plain(first) & plain(second))

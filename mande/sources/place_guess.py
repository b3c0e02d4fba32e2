"""Guess which level of places the names of a table's column are, and below which place they lie."""

import datetime as dt
from collections import Counter
from collections.abc import Sequence
from typing import NamedTuple

from mande.places.register import Register
from mande.sources.place_labels import Asked, FoundPlace, match_labels

_LEVELS = (("nation", "region", "province"), ("district",))
_LEAST_SHARE = 1 / 3
"""Of the texts that must be places; the others are totals, subtotals, groups."""


class LevelGuess(NamedTuple):
    """The levels at which most texts are places, the texts that are none, and how often each parent occurs."""

    levels: tuple[str, ...]
    unknown: list[str]
    parents: Counter[str]


def guess_level(texts: Sequence[str], places: Register, dates: tuple[dt.date, dt.date]) -> LevelGuess | None:
    """Return the level that fits most of the names on the first or the last of the dates; None for no names of places.

    *Needs* the dates in order. A name that several units of one level bear counts as a place.
    """
    guesses = []
    for levels in _LEVELS:
        guesses.append(_guess(texts, places, levels, dates))
        if 2 * len(guesses[-1].unknown) < len(texts):
            break
    best = min(guesses, key=lambda guess: len(guess.unknown))
    found = len(texts) - len(best.unknown)
    return best if found > 1 and found >= _LEAST_SHARE * len(texts) else None


def _guess(
    texts: Sequence[str], places: Register, levels: tuple[str, ...], dates: tuple[dt.date, dt.date]
) -> LevelGuess:
    first, last = dates
    found = match_labels(texts, places, Asked(levels, "", last))
    unknown = [text for text in texts if not _is_place(found[text])]
    if first < last and 0 < len(unknown) < len(texts):
        before = match_labels(unknown, places, Asked(levels, "", first))
        unknown = [text for text in unknown if not _is_place(before[text])]
    above = places.at(last).drop_duplicates("place_code").set_index("place_code")["parent_code"].to_dict()
    return LevelGuess(levels, unknown, Counter(above[one.place_code] for one in found.values() if one.place_code))


def _is_place(found: FoundPlace) -> bool:
    """Several units of one name count: below the right parent only one of them is left."""
    names = {one.partition(" ")[2] for one in found.suggestions}
    return bool(found.place_code) or (len(found.suggestions) > 1 and len(names) == 1)

"""Suggest, for a refused name, the places it may have meant; a suggestion is never a decision."""

from rapidfuzz import fuzz, process

from mande.places.encodings import repairs
from mande.places.gazetteer import Candidate, Gazetteer
from mande.places.readings import readings
from mande.places.spelling import spell

_LIMIT = 10


def suggest(gazetteer: Gazetteer, name: str, parent: str | None, vanished: list[Candidate]) -> tuple[str, ...]:
    """Rank the codes whose names, or whose predecessors' names, look most like the written one, best first.

    Only places below the parent when it is known.
    """
    pool = [*_pool(gazetteer, parent), *vanished]
    plain = [spell(candidate.name.split()) for candidate in pool]
    best: dict[str, float] = {}
    for text in [name, *(text for _, text in repairs(name))]:
        for way in readings(text):
            query = spell(list(way.words))
            near = process.extract(
                query.plain, [s.plain for s in plain], scorer=fuzz.ratio, limit=_LIMIT, score_cutoff=40
            )
            for _, score, index in near:
                candidate = pool[index]
                likeness = score + fuzz.ratio(query.marked, plain[index].marked) / 10
                likeness += 5 if way.types and candidate.place_type in way.types else 0
                best[candidate.place_code] = max(best.get(candidate.place_code, 0), likeness)
    return tuple(sorted(best, key=lambda code: (-best[code], code))[:_LIMIT])


def _pool(gazetteer: Gazetteer, parent: str | None) -> list[Candidate]:
    names = [candidate for group in gazetteer.marked.values() for candidate in group]
    return list(dict.fromkeys(c for c in names if parent is None or parent in c.parents))

"""Codes and document numbers that do not name one thing: what to put beside them so that they do."""

from collections.abc import Iterable

import pandas as pd

from mande.framework.model import Indicator, Programme


def review_codes(indicators: Iterable[Indicator]) -> pd.DataFrame:
    """Return official codes that stand in more than one list of the same instrument.

    The key of an official indicator is (instrument, set, code): the second list of Circular 13/2021 starts again
    at 0101.
    *One row per* instrument and code with several sets.
    """
    places: dict[tuple[str, str], dict[str, list[str]]] = {}
    for indicator in indicators:
        for code in indicator.official_codes:
            sets = places.setdefault((code.instrument, code.code), {})
            sets.setdefault(code.set, []).append(indicator.id)
    rows = [
        {
            "instrument": instrument,
            "code": code,
            "sets": "; ".join(sorted(sets)),
            "indicators": "; ".join(name for names in sets.values() for name in names),
        }
        for (instrument, code), sets in places.items()
        if len(sets) > 1
    ]
    return pd.DataFrame(rows, columns=["instrument", "code", "sets", "indicators"])


def review_documents(programmes: Iterable[Programme]) -> pd.DataFrame:
    """Return legal documents that are cited under more than one spelling of their number.

    *One row per* document with several spellings (06/QĐ-TTg is also written 06/2019/QĐ-TTg).
    """
    spellings: dict[str, set[str]] = {}
    for programme in programmes:
        cited = [target.citation.document for target in programme.targets]
        for number in (programme.document.number, *programme.document.aliases, *cited):
            spellings.setdefault(normal_number(number), set()).add(number)
    several = {key: sorted(written) for key, written in spellings.items() if len(written) > 1}
    rows = [{"document": key, "spellings": "; ".join(written)} for key, written in several.items()]
    return pd.DataFrame(rows, columns=["document", "spellings"])


def normal_number(number: str) -> str:
    """Write a document's number without its year, so that spellings of one decision meet.

    >>> normal_number("06/2019/QĐ-TTg")
    '06/QĐ-TTg'
    """
    first, *rest = number.split("/")
    kept = rest[1:] if len(rest) > 1 and rest[0].isdigit() and len(rest[0]) == 4 else rest
    return "/".join([first, *kept])

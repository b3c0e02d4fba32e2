"""What happened to places: which unit became which, when and by which act."""

import pandas as pd

from mande.places.register import Date, Register, read_date


def changes_between(register: Register, *, level: str, from_date: Date, to_date: Date) -> pd.DataFrame:
    """Return the changes of one level after `from_date` and up to `to_date`.

    *One row per* link from a unit before the change to a unit after it. `change` says what happened (create, abolish,
    rename, retype, recode, communes_moved, merge, split; joined by ";"), `part` whether the unit went whole, in part,
    or without a known partner (`none`).
    """
    first, last = sorted([read_date(from_date), read_date(to_date)])
    links = register.changes
    inside = (links["level"] == level) & (links["change_date"] > first) & (links["change_date"] <= last)
    return links[inside].sort_values(["change_date", "from_code", "to_code"]).reset_index(drop=True)


def history(register: Register, place_code: str) -> pd.DataFrame:
    """Return every validity of a code, oldest first, at all levels: names, types, parents, dates and acts.

    *One row per* level and validity. One code may have meant different places at different times.
    """
    rows = register.places[register.places["place_code"] == place_code]
    return rows.sort_values(["level", "valid_from"]).reset_index(drop=True)


def successors(register: Register, place_code: str, *, level: str) -> pd.DataFrame:
    """Return what the unit passed into, change by change; a link to its own code keeps the unit, perhaps smaller."""
    return _linked(register, level, "from_code", place_code)


def predecessors(register: Register, place_code: str, *, level: str) -> pd.DataFrame:
    """Return what the unit was made of, change by change."""
    return _linked(register, level, "to_code", place_code)


def _linked(register: Register, level: str, column: str, place_code: str) -> pd.DataFrame:
    links = register.changes
    found = links[(links["level"] == level) & (links[column] == place_code)]
    return found.sort_values(["change_date", "from_code", "to_code"]).reset_index(drop=True)

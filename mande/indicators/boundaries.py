"""Which observations belong to a place whose boundary is another at the date of the review, and when it changed."""

from collections.abc import Iterator
from dataclasses import dataclass

import pandas as pd

from mande.places.changes import changes_between
from mande.places.crosswalk import WHOLE, crosswalk
from mande.places.register import Register
from mande.vocabulary import NATION

_NAMES_ONLY = {"rename", "retype", "recode"}
"""Changes that leave the land as it was."""


@dataclass(frozen=True)
class Move:
    """Observations of one level and of dates between which nothing changed, and the links to the units of the review.

    `rows` are all of them, those of unchanged units too; `links` is the crosswalk; `changed` the links to units that
    are not what they were; `names` the short names of the former units by code; `changes` what happened in between.
    """

    rows: pd.DataFrame
    links: pd.DataFrame
    changed: pd.DataFrame
    names: pd.DataFrame
    changes: pd.DataFrame

    def days_of(self, unit: str, former: list[str]) -> list[str]:
        """Return the days on which the land of a unit changed, as ISO dates."""
        touched = self.changes["to_code"].eq(unit) | self.changes["from_code"].isin(former)
        return sorted({day.date().isoformat() for day in self.changes.loc[touched, "change_date"]})


def find_moves(observations: pd.DataFrame, places: Register, *, as_of: pd.Timestamp) -> Iterator[Move]:
    """Yield the observations of places that are not units at `as_of`, or are others under the same code.

    *Needs* `place_code` and `period_end`. A place is what its code meant on the last day of the period; the nation is
    always itself. *Missing values*: rows of codes that meant nothing on that day are not yielded; nor are those of
    periods after the last change before `as_of`, even where they lie after `as_of`.
    """
    pairs = observations[["place_code", "period_end"]].drop_duplicates()
    pairs = pairs[pairs["place_code"].ne(NATION)]
    known = places.places[["place_code", "level", "valid_from", "valid_to"]]
    found = pairs.merge(known, on="place_code", how="inner", validate="many_to_many")
    is_valid = found["valid_from"].le(found["period_end"]) & ~found["valid_to"].lt(found["period_end"])
    found = found.loc[is_valid, ["place_code", "period_end", "level"]]
    for level, rows in found.groupby("level", sort=True):
        days = places.changes.loc[places.changes["level"] == level, "change_date"].drop_duplicates().sort_values()
        state = days.searchsorted(rows["period_end"], side="right")
        for number, same in rows.groupby(state):
            if number < days.searchsorted(as_of, side="right"):
                move = _move(observations, same, places, str(level), as_of)
                if len(move.changed):
                    yield move


def _move(observations: pd.DataFrame, pairs: pd.DataFrame, places: Register, level: str, as_of: pd.Timestamp) -> Move:
    start = pairs["period_end"].max()
    links = crosswalk(places, level, start, as_of)
    changes = changes_between(places, level=level, from_date=start, to_date=as_of)
    words = changes["change"].str.split(";")
    rows = observations.reset_index().merge(
        pairs[["place_code", "period_end"]], on=["place_code", "period_end"], how="inner", validate="many_to_one"
    )
    return Move(
        rows=rows.set_index("index"),
        links=links,
        changed=links[~_is_same(links)],
        names=places.at(start, level).set_index("place_code")[["name_short", "name_en"]],
        changes=changes[[not set(kinds) <= _NAMES_ONLY for kinds in words]],
    )


def _is_same(links: pd.DataFrame) -> pd.Series:
    """Return which links say that a unit is what it was: whole, under its code, with nothing added."""
    alone = links.groupby("to_code")["from_code"].transform("size").eq(1)
    return links["kind"].eq(WHOLE) & links["from_code"].eq(links["to_code"]) & alone

"""Which observations belong to a place whose boundary is another at the date of the review, and when it changed."""

from collections.abc import Iterator
from dataclasses import dataclass, replace

import pandas as pd

from mande.places.changes import changes_between
from mande.places.crosswalk import SPLIT, UNMATCHED, WHOLE, crosswalk
from mande.places.register import Register
from mande.vocabulary import NATION, Confidence, Level

_NAMES_ONLY = {"rename", "retype", "recode"}
"""Changes that leave the land as it was."""


@dataclass(frozen=True)
class Move:
    """Observations of one level and of dates between which nothing changed, and the links to the units of the review.

    `rows` are all of them, those of unchanged units too; `replaced` the index of the observations of units that are
    not what they were; `links` is the crosswalk; `changed` the links to those units; `names` the short names of the
    former units by code; `changes` what happened in between. The units are of `level`; `region_of` tells, where they
    are regions rebuilt from their provinces, which province of the review lies in which.
    """

    rows: pd.DataFrame
    replaced: pd.Index
    links: pd.DataFrame
    changed: pd.DataFrame
    names: pd.DataFrame
    changes: pd.DataFrame
    level: str
    span: tuple[pd.Timestamp, pd.Timestamp]
    region_of: pd.Series | None = None

    def days_of(self, unit: str, former: list[str]) -> list[str]:
        """Return the days on which the land of a unit changed, as ISO dates."""
        touched = self.changes["to_code"].eq(unit) | self.changes["from_code"].isin(former)
        return sorted({day.date().isoformat() for day in self.changes.loc[touched, "change_date"]})


def find_moves(observations: pd.DataFrame, places: Register, *, as_of: pd.Timestamp) -> Iterator[Move]:
    """Yield the observations of places that are not units at `as_of`, or are others under the same code.

    Where regions are not what they were, those of their provinces come again, linked to the regions of `as_of`; after
    them the regions' own.
    *Needs* `place_code` and `period_end`. A place is what its code meant on the last day of the period; the nation is
    always itself. *Missing values*: rows of codes that meant nothing on that day are not yielded; nor are those of
    periods after the last change before `as_of`, even where they lie after `as_of`.
    """
    found = _valid_places(observations, places)
    for level, rows in found.groupby("level", sort=True):
        days = places.changes.loc[places.changes["level"] == level, "change_date"].drop_duplicates().sort_values()
        state = days.searchsorted(rows["period_end"], side="right")
        for number, same in rows.groupby(state):
            if number < days.searchsorted(as_of, side="right"):
                move = _move(observations, same, places, str(level), as_of)
                if len(move.changed):
                    yield move
                if level == Level.PROVINCE:
                    yield from _to_regions(move, places)


def with_shares(move: Move, places: Register, shares: pd.DataFrame) -> Move:
    """Return the move with shares that a user stated for split places."""
    if shares.empty:
        return move
    if move.region_of is not None:
        links = _by_region(crosswalk(places, Level.PROVINCE, *move.span, shares=shares), move.region_of)
        units = set(move.changed["to_code"])
        return replace(move, links=links, changed=links[links["to_code"].isin(units)])
    links = crosswalk(places, move.level, *move.span, shares=shares)
    return replace(move, links=links, changed=links[~_is_same(links)])


def _valid_places(observations: pd.DataFrame, places: Register) -> pd.DataFrame:
    pairs = observations[["place_code", "period_end"]].drop_duplicates()
    pairs = pairs[pairs["place_code"].ne(NATION)]
    known = places.places[["place_code", "level", "valid_from", "valid_to"]]
    found = pairs.merge(known, on="place_code", how="inner", validate="many_to_many")
    is_valid = found["valid_from"].le(found["period_end"]) & ~found["valid_to"].lt(found["period_end"])
    return found.loc[is_valid, ["place_code", "period_end", "level"]]


def _move(observations: pd.DataFrame, pairs: pd.DataFrame, places: Register, level: str, as_of: pd.Timestamp) -> Move:
    start = pairs["period_end"].max()
    links = crosswalk(places, level, start, as_of)
    changed = links[~_is_same(links)]
    rows = observations.reset_index().merge(
        pairs[["place_code", "period_end"]], on=["place_code", "period_end"], how="inner", validate="many_to_one"
    )
    rows = rows.set_index("index")
    return Move(
        rows=rows,
        replaced=rows.index[rows["place_code"].isin(changed["from_code"])],
        links=links,
        changed=changed,
        names=places.at(start, level).set_index("place_code")[["name_short", "name_en"]],
        changes=_land_changes(places, level, (start, as_of)),
        level=level,
        span=(start, as_of),
    )


def _land_changes(places: Register, level: str, span: tuple[pd.Timestamp, pd.Timestamp]) -> pd.DataFrame:
    changes = changes_between(places, level=level, from_date=span[0], to_date=span[1])
    return changes[[not set(kinds) <= _NAMES_ONLY for kinds in changes["change"].str.split(";")]]


def _to_regions(move: Move, places: Register) -> Iterator[Move]:
    """Yield the observations of provinces with links to the regions that changed since."""
    if not places.places["level"].eq(Level.REGION).any():
        return
    own = crosswalk(places, Level.REGION, *move.span)
    units = set(own.loc[~_is_same(own), "to_code"])
    provinces = places.at(move.span[1], Level.PROVINCE).set_index("place_code")
    links = _by_region(move.links, provinces["region_code"])
    changed = links[links["to_code"].isin(units)]
    if len(changed):
        changes = _land_changes(places, Level.REGION, move.span)
        yield replace(
            move,
            replaced=move.rows.index[:0],
            links=links,
            changed=changed,
            changes=changes,
            level=str(Level.REGION),
            region_of=provinces["region_code"],
        )


def _by_region(links: pd.DataFrame, region_of: pd.Series) -> pd.DataFrame:
    """Add up the links from former provinces to provinces by the region of the latter."""
    regions = links.assign(to_code=links["to_code"].map(region_of).fillna(""))
    size = regions.groupby("from_code")["to_code"].transform("nunique")
    found = regions["to_code"].ne("")
    kind = pd.Series(SPLIT, index=links.index).mask(size.eq(1), WHOLE).mask(size.eq(1) & ~found, UNMATCHED)
    united = regions.assign(kind=kind).groupby(["from_code", "to_code"], as_index=False)
    table = united.agg(
        kind=("kind", "first"),
        share=("share", lambda shares: shares.sum(skipna=False)),
        share_source=("share_source", lambda texts: "; ".join(dict.fromkeys(filter(None, texts)))),
        confidence=("confidence", lambda words: max(words, key=list(Confidence).index)),
    )
    is_whole = table["kind"].eq(WHOLE)
    return table.assign(
        share=table["share"].mask(is_whole, 1.0), share_source=table["share_source"].mask(is_whole, "whole unit")
    )


def _is_same(links: pd.DataFrame) -> pd.Series:
    """Return which links say that a unit is what it was: whole, under its code, with nothing added."""
    alone = links.groupby("to_code")["from_code"].transform("size").eq(1)
    return links["kind"].eq(WHOLE) & links["from_code"].eq(links["to_code"]) & alone

"""The units of a review: the place that a programme binds, and its places of a level at a date."""

from datetime import date
from typing import TYPE_CHECKING

import pandas as pd

from mande.errors import Problem, UsageError
from mande.framework.model import Programme
from mande.vocabulary import Level

if TYPE_CHECKING:
    from mande.places.register import Register

_RANKS = {str(level): rank for rank, level in enumerate(Level)}


def select_units(
    places: "Register", programme: Programme, *, as_of: date, level: Level, unit_codes: list[str] | None = None
) -> pd.DataFrame:
    """Return the place that a programme binds and its units of a level at a date.

    One row per: place. Adds: `page` (address of its page in the run), names of the region, of the place above
    (blank where that is the nation or the place itself) and, as `within`, of all places above up to the province;
    `province_code` of a district or commune (else blank).
    Raises: UsageError for codes that do not exist within the programme's place at that date, and for a level that has
    no units then.
    """
    table = places.at(as_of)
    own = (table["place_code"] == programme.place_code) & (table["level"] == programme.place_level)
    inside = (table["level"] == level) & _is_within(table, programme)
    units = table[own | inside].sort_values(["level", "place_code"], key=_by_level)
    unknown = sorted(set(unit_codes or []) - set(units["place_code"]))
    if units.empty:
        raise UsageError(_absent_place(programme, as_of))
    if not inside.any() and _RANKS[level] > _RANKS[programme.place_level]:
        raise UsageError(_absent_level(places, programme, level, as_of))
    if unknown:
        raise UsageError(
            [
                Problem("--unit", f'no {level} with code "{code}" on {as_of}', "see: mande places list")
                for code in unknown
            ]
        )
    if unit_codes:
        units = units[units["place_code"].isin(unit_codes)]
    regions = table[table["level"] == Level.REGION].set_index("place_code")
    above = table[~table["level"].isin([Level.NATION, Level.REGION])].drop_duplicates("place_code")
    above = above.set_index("place_code")
    parents = {"parent_name_vi": above["name_short"], "parent_name_en": above["name_en"]}
    surroundings = {
        "within_vi": _with_those_above(above, "name_official"),
        "within_en": _with_those_above(above, "name_en"),
    }
    return units.assign(
        region_name_vi=units["region_code"].map(regions["name_short"]).fillna(""),
        region_name_en=units["region_code"].map(regions["name_en"]).fillna(""),
        **{name: units["parent_code"].map(of).fillna("") for name, of in (parents | surroundings).items()},
        province_code=_provinces_above(units, above),
        page="units/" + units["place_code"] + ".html",
    ).reset_index(drop=True)


def _provinces_above(units: pd.DataFrame, above: pd.DataFrame) -> pd.Series:
    """Return the province in which each district or commune lies: its parent, or its parent's."""
    parent = units["parent_code"]
    levels = [code.map(above["level"]) for code in (parent, parent.map(above["parent_code"]))]
    of_parent = parent.where(levels[0] == Level.PROVINCE)
    of_district = parent.map(above["parent_code"]).where(levels[1] == Level.PROVINCE)
    return of_parent.fillna(of_district).fillna("")


def provinces_of(units: pd.DataFrame) -> dict[str, str]:
    """Return the province of each district or commune by its code. Needs: units of `select_units`."""
    if "province_code" not in units:  # a run made by an earlier version
        return {}
    below = units[units["province_code"] != ""]
    return dict(zip(below["place_code"], below["province_code"], strict=True))


def _with_those_above(places: pd.DataFrame, name: str) -> pd.Series:
    """Return each place's name with the name of the place above it, if that is below the nation."""
    above = places["parent_code"].map(places[name])
    return places[name] + (", " + above).fillna("")


def _is_within(table: pd.DataFrame, programme: Programme) -> pd.Series:
    """Return which places lie in the programme's place: everywhere for the nation, else below it by parent."""
    if programme.place_level == Level.NATION:
        return pd.Series(True, index=table.index)
    inside = table["place_code"].eq(programme.place_code) & table["level"].eq(programme.place_level)
    for _ in Level:
        parents = set(table.loc[inside, "place_code"])
        inside |= table["parent_code"].isin(parents) & table["level"].map(_RANKS).gt(_RANKS[programme.place_level])
    return inside


def _absent_place(programme: Programme, as_of: date) -> Problem:
    found = f"{programme.place_code} ({programme.place_level}) did not exist on {as_of}"
    successors = ", ".join(f"{place.code} {place.name}" for place in programme.successors)
    until = f" until {programme.place_valid_to}" if programme.place_valid_to else ""
    after = f"; the places after it: {successors}" if successors else ""
    return Problem("--as-of", found, f"choose a date of the plan{until}{after}")


def _absent_level(places: "Register", programme: Programme, level: Level, as_of: date) -> Problem:
    of_level = places.places[places.places["level"] == level]
    last = of_level["valid_to"].max()
    ended = f"; the last ones existed until {last:%Y-%m-%d}" if last == last and last < pd.Timestamp(as_of) else ""
    found = f"{programme.place_code} has no {level} on {as_of}{ended}"
    return Problem("--level", found, "choose another level or date; see: mande places list")


def _by_level(column: pd.Series) -> pd.Series:
    return column.map(_RANKS) if column.name == "level" else column

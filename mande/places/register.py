"""The register of places: what existed at a date, under which code and name, and below which parent."""

import datetime as dt
import difflib
import unicodedata
from dataclasses import dataclass
from pathlib import Path
from typing import Self

import pandas as pd

from mande.errors import DataError, Problem, UsageError
from mande.places.place_table import read_columns, read_dates, read_places
from mande.places.shares import read_shares

CHANGE_COLUMNS = [
    "change_date",
    "level",
    "change",
    "from_code",
    "to_code",
    "part",
    "date_basis",
    "legal_reference",
    "source",
    "confidence",
    "note",
]


@dataclass(frozen=True)
class Place:
    """One administrative unit as it was during one validity; `valid_to` is the last day, None = still valid."""

    place_code: str
    level: str
    place_type: str
    name_official: str
    name_short: str
    name_en: str
    parent_code: str
    valid_from: dt.date
    valid_to: dt.date | None


@dataclass(frozen=True)
class Register:
    """Places and their changes. Code **and** date are the key; levels have separate code spaces.

    `shares` are what users stated of split places (see `read_shares`); none are part of the project.
    """

    places: pd.DataFrame
    changes: pd.DataFrame
    aliases: pd.DataFrame
    shares: pd.DataFrame

    @classmethod
    def load(cls, folder: Path | str, *, extra: Path | str | None = None) -> Self:
        """Read `places*.csv`, `changes*.csv`, `aliases*.csv` and `shares*.csv` of a folder.

        `extra` is a user's own places.csv (or a folder with one): schools, clinics, another country.
        *Raises* DataError with all problems of all files.
        """
        folders = [Path(folder)] + ([Path(extra)] if extra else [])
        places = read_places(_files(folders, "places"))
        changes = _read_optional(_files(folders, "changes"), CHANGE_COLUMNS)
        aliases = _read_optional(_files(folders, "aliases"), ALIAS_COLUMNS)
        problems: list[Problem] = []
        shares = read_shares(_files(folders, "shares"), places, changes, problems)
        if problems:
            raise DataError(problems)
        return cls(places=places, changes=changes, aliases=aliases, shares=shares)

    def at(self, date: "Date", level: str | None = None) -> pd.DataFrame:
        """Return the places that existed on a day, as a new table with the columns of `places.csv`."""
        day = read_date(date)
        valid = (self.places["valid_from"] <= day) & ~(self.places["valid_to"] < day)
        if level is not None:
            valid &= self.places["level"] == _known_level(self.places, level)
        return self.places[valid].reset_index(drop=True)

    def get(self, place_code: str, date: "Date", level: str | None = None) -> Place:
        """Return the place with this code on this day.

        *Raises* UsageError when the code means nothing, or two levels at once, on that day.
        """
        day = read_date(date)
        rows = self.places[self.places["place_code"] == place_code]
        if level is not None:
            rows = rows[rows["level"] == _known_level(self.places, level)]
        found = rows[(rows["valid_from"] <= day) & ~(rows["valid_to"] < day)]
        if len(found) == 1:
            return _place(found.iloc[0])
        if len(found) > 1:
            levels = ", ".join(f"{row.level} ({row.name_official})" for row in found.itertuples())
            raise UsageError(Problem(place_code, f"means {len(found)} places: {levels}", "state the level"))
        raise UsageError(self._absent(place_code, day, rows))

    def children(self, place_code: str, date: "Date", *, level: str | None = None) -> pd.DataFrame:
        """Return the places directly below one place on a day; below a region, its provinces.

        Below the nation: its provinces; its regions only with `level="region"`, as they are a second grouping.
        """
        parent = self.get(place_code, date)
        there = self.at(date, level)
        key = "region_code" if parent.level == "region" else "parent_code"
        below = there[there[key] == place_code]
        if parent.level == "region" and level is None:
            below = below[below["level"] == "province"]
        if parent.level == "nation" and level is None:
            below = below[below["level"] != "region"]
        return below.reset_index(drop=True)

    def name(self, place_code: str, date: "Date", lang: str = "vi", *, level: str | None = None) -> str:
        """Return the official name at a date, in Vietnamese (`vi`) or English (`en`)."""
        if lang not in ("vi", "en"):
            raise UsageError(Problem("lang", f"'{lang}' is not a language of the register", "use vi or en"))
        place = self.get(place_code, date, level)
        return place.name_en or place.name_official if lang == "en" else place.name_official

    def _absent(self, place_code: str, day: pd.Timestamp, rows: pd.DataFrame) -> Problem:
        if rows.empty:
            near = _near_codes(place_code, self.places["place_code"])
            todo = f"did you mean {', '.join(near)}?" if near else "look it up with `mande places find NAME`"
            return Problem(str(place_code), "is no place code of the register", todo)
        ended = rows[rows["valid_to"] < day].sort_values("valid_to")
        if ended.empty:
            first = rows.sort_values("valid_from").iloc[0]
            found = f"{first['name_official']} exists from {first['valid_from']:%Y-%m-%d}, not on {day:%Y-%m-%d}"
            return Problem(place_code, found, "choose a later date or the code of that time")
        last = ended.iloc[-1]
        gone = last["valid_to"] + pd.Timedelta(days=1)
        found = f"{last['name_official']} was abolished on {gone:%Y-%m-%d} and does not exist on {day:%Y-%m-%d}"
        return Problem(place_code, found, self._successors(place_code, last["level"], gone))

    def _successors(self, place_code: str, level: str, gone: pd.Timestamp) -> str:
        links = self.changes
        here = (links["from_code"] == place_code) & (links["level"] == level) & (links["change_date"] == gone)
        codes = [code for code in links.loc[here, "to_code"] if code]
        names = [f"{code} {self.get(code, gone, level).name_official}" for code in codes]
        return f"successor: {', '.join(names)}" if names else "no successor at this level is known"


_DATE_COLUMNS = ["change_date", "valid_from", "valid_to"]
Date = str | dt.date | pd.Timestamp
ALIAS_COLUMNS = ["name", "place_code", "level", "parent_code", "valid_from", "valid_to", "decided_by", "note"]


def read_date(date: Date) -> pd.Timestamp:
    """Return the day of an ISO date, date or timestamp. *Raises* UsageError.

    >>> read_date("2025-07-01")
    Timestamp('2025-07-01 00:00:00')
    """
    try:
        day = pd.Timestamp(date)
    except (ValueError, TypeError):
        day = pd.NaT
    if pd.isna(day):
        raise UsageError(Problem("date", f"'{date}' is not a date", "write YYYY-MM-DD, for example 2025-06-30"))
    return day.normalize()


def _files(folders: list[Path], stem: str) -> list[Path]:
    files: list[Path] = []
    for folder in folders:
        if not folder.exists():
            raise UsageError(Problem(str(folder), "does not exist", "name a folder or a file of places"))
        if folder.is_file():
            files += [folder] if stem == "places" else []
        else:
            files += sorted(folder.glob(f"{stem}*.csv"))
    return files


def _read_optional(files: list[Path], columns: list[str]) -> pd.DataFrame:
    problems: list[Problem] = []
    tables = [read_columns(file, columns, problems) for file in files]
    for table, file in zip(tables, files, strict=True):
        for column in table.columns.intersection(_DATE_COLUMNS):
            table[column] = read_dates(table, column, file.name, problems)
    if problems:
        raise DataError(problems)
    return pd.concat(tables, ignore_index=True) if tables else _nothing(columns)


def _nothing(columns: list[str]) -> pd.DataFrame:
    empty = pd.DataFrame(columns=columns, dtype=str)
    dates = [column for column in columns if column in _DATE_COLUMNS]
    return empty.astype(dict.fromkeys(dates, "datetime64[us]"))


def _known_level(places: pd.DataFrame, level: str) -> str:
    if level not in set(places["level"]):
        levels = ", ".join(sorted(set(places["level"])))
        raise UsageError(Problem("level", f"'{level}' is no level of the register", f"use one of {levels}"))
    return str(level)


def _place(row: pd.Series) -> Place:
    return Place(
        **{column: row[column] for column in list(Place.__dataclass_fields__)[:7]},
        valid_from=row["valid_from"].date(),
        valid_to=None if pd.isna(row["valid_to"]) else row["valid_to"].date(),
    )


def _near_codes(place_code: str, codes: pd.Series) -> list[str]:
    known = dict.fromkeys(codes)
    digits = unicodedata.normalize("NFKC", str(place_code)).strip()
    padded = [digits.zfill(width) for width in (2, 3, 5) if digits.zfill(width) in known]
    return padded or difflib.get_close_matches(digits, known, n=3, cutoff=0.75)

"""The shares that a user states for split places (`shares*.csv`): read, checked against the register, looked up."""

from pathlib import Path

import pandas as pd

from mande.errors import Problem
from mande.places.place_table import read_columns, read_dates

SHARE_COLUMNS = ["change_date", "from_code", "to_code", "basis", "share", "source", "note"]
_SPLIT = ["change_date", "from_code"]
_TOLERANCE = 1e-9


def read_shares(
    files: list[Path], places: pd.DataFrame, changes: pd.DataFrame, problems: list[Problem]
) -> pd.DataFrame:
    """Read the stated shares of split places; note everything that is wrong with them in `problems`.

    *One row per* change, former unit, new unit and basis. *Needs* the places and changes of the register.
    `basis` is the indicator or the weight that the share is of (births, POPULATION); blank stands for all others.
    *Adds* `where` (file and line). *Missing values*: what the shares of a unit leave open below 1 stays unmatched.
    """
    tables = [_read_file(file, problems) for file in files]
    table = pd.concat(tables, ignore_index=True) if tables else _nothing()
    whole = [*_empty_cells(table), *_bad_numbers(table)]
    placed = table[table["change_date"].notna() & (table["from_code"] != "") & (table["to_code"] != "")]
    problems += [*whole, *_not_split(placed, places, changes), *_repeated(placed), *_above_one(placed)]
    return table


def shares_for(shares: pd.DataFrame, basis: str) -> pd.DataFrame:
    """Return the shares that count for a basis: its own, and for splits that it says nothing of those without basis."""
    own = shares[shares["basis"] == basis]
    if not basis or own.empty:
        return shares[shares["basis"] == ""]
    others = shares[shares["basis"] == ""]
    is_said = pd.MultiIndex.from_frame(others[_SPLIT]).isin(pd.MultiIndex.from_frame(own[_SPLIT]))
    return pd.concat([own, others[~is_said]], ignore_index=True)


def _nothing() -> pd.DataFrame:
    empty = pd.DataFrame(columns=[*SHARE_COLUMNS, "where"], dtype=str)
    return empty.astype({"change_date": "datetime64[us]", "share": float})


def _read_file(file: Path, problems: list[Problem]) -> pd.DataFrame:
    table = read_columns(file, SHARE_COLUMNS, problems)
    written = table["share"].str.strip()
    return table.assign(
        where=[f"{file.name} line {line}" for line in range(2, len(table) + 2)],
        change_date=read_dates(table, "change_date", file.name, problems),
        share=pd.to_numeric(written, errors="coerce").astype(float),
        source=table["source"].str.strip(),
        written=written,
        has_date=table["change_date"].str.strip() != "",
    )


def _empty_cells(table: pd.DataFrame) -> list[Problem]:
    needed = {"from_code": "the unit that was split", "to_code": "the unit that received a part"}
    found = []
    for row in table.to_dict("records"):
        if not row["has_date"]:
            found.append(Problem(row["where"], "change_date is empty", "write the day of the change, YYYY-MM-DD"))
        found += [
            Problem(row["where"], f"{name} is empty", f"write {what}") for name, what in needed.items() if not row[name]
        ]
        if not row["source"]:
            found.append(Problem(row["where"], "has no source", "say where the share comes from"))
    return found


def _bad_numbers(table: pd.DataFrame) -> list[Problem]:
    if table.empty:
        return []
    bad = table[~table["share"].between(0, 1)]
    todo = "write a number from 0 to 1 with a point, for example 0.35"
    return [
        Problem(where, f"share '{written}' is not between 0 and 1", todo)
        for where, written in zip(bad["where"], bad["written"], strict=True)
    ]


def _not_split(table: pd.DataFrame, places: pd.DataFrame, changes: pd.DataFrame) -> list[Problem]:
    """Report codes that did not exist, and pairs that are no split, on the day of the change."""
    links = changes[(changes["from_code"] != "") & (changes["to_code"] != "")]
    size = links.groupby(["level", "change_date", "from_code"])["to_code"].transform("nunique")
    splits = links[(size > 1) | (links["part"] == "part")]
    known = set(zip(splits["change_date"], splits["from_code"], splits["to_code"], strict=True))
    found = []
    for row in table.itertuples():
        day = row.change_date
        absent = [
            f"{code} did not exist on {when:%Y-%m-%d}"
            for code, when in ((row.from_code, day - pd.Timedelta(days=1)), (row.to_code, day))
            if not _exists(places, code, when)
        ]
        todo = f"see: mande places show {row.from_code}"
        if absent:
            found.append(Problem(row.where, "; ".join(absent), f"correct the code or the date; {todo}"))
        elif (day, row.from_code, row.to_code) not in known:
            text = f"{row.from_code} was not split on {day:%Y-%m-%d} with a part for {row.to_code}"
            found.append(Problem(row.where, text, f"give shares only for splits; {todo}"))
    return found


def _exists(places: pd.DataFrame, code: str, day: pd.Timestamp) -> bool:
    rows = places[places["place_code"] == code]
    return bool(((rows["valid_from"] <= day) & ~(rows["valid_to"] < day)).any())


def _repeated(table: pd.DataFrame) -> list[Problem]:
    again = table[table.duplicated([*_SPLIT, "to_code", "basis"])]
    return [
        Problem(row.where, f"the share of {row.from_code} for {row.to_code} is given twice", "keep one of the rows")
        for row in again.itertuples()
    ]


def _above_one(table: pd.DataFrame) -> list[Problem]:
    found = []
    for (day, code, basis), rows in table.groupby([*_SPLIT, "basis"]):
        total = rows["share"].sum()
        if total > 1 + _TOLERANCE:
            of = f" by {basis}" if basis else ""
            text = f"the shares of {code} on {day:%Y-%m-%d}{of} add up to {total:g}"
            found.append(Problem(", ".join(rows["where"]), text, "make them add up to 1 or less"))
    return found

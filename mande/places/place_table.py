"""Read and check a table of places (`places*.csv`): one file format for the nation, provinces, schools or clinics."""

import unicodedata
from pathlib import Path

import pandas as pd

from mande.errors import DataError, Problem

REQUIRED = ["place_code", "level", "name_official", "valid_from"]
OPTIONAL = [
    "place_type",
    "name_short",
    "name_en",
    "parent_code",
    "region_code",
    "valid_to",
    "valid_from_basis",
    "valid_to_basis",
    "legal_reference",
    "source",
    "confidence",
    "note",
]
COLUMNS = [
    "place_code",
    "level",
    "place_type",
    "name_official",
    "name_short",
    "name_en",
    "parent_code",
    "region_code",
    "valid_from",
    "valid_to",
    *OPTIONAL[6:],
]
TYPE_WORDS = {
    "municipality": ("Thành phố", "City"),
    "province": ("Tỉnh", "Province"),
    "urban_district": ("Quận", "Urban District"),
    "rural_district": ("Huyện", "Rural District"),
    "town": ("Thị xã", "Town"),
    "provincial_city": ("Thành phố", "City"),
    "ward": ("Phường", "Ward"),
    "commune": ("Xã", "Commune"),
    "township": ("Thị trấn", "Township"),
    "special_zone": ("Đặc khu", "Special Zone"),
}
"""The word for a type of place in Vietnamese and in English."""
_FAR = pd.Timestamp("2262-01-01")


def read_places(files: list[Path]) -> pd.DataFrame:
    """Read place files into one table, and report everything that is wrong with them at once.

    *One row per* place and validity. *Needs* `place_code`, `level`, `name_official`, `valid_from` (YYYY-MM-DD).
    *Adds* the other columns of `COLUMNS`; `valid_from`, `valid_to` as dates (`valid_to` is the last day, empty = open).
    *Missing values* an empty `name_short` becomes the official name without its type word, an empty `name_en` the same
    without marks and with the English type, an empty `region_code` that of the parent.
    *Raises* DataError: unknown columns, bad dates, one code valid twice at a time, missing parents.
    """
    problems: list[Problem] = []
    if not files:
        problems.append(Problem("places", "no file of places", "give a folder that holds a places.csv"))
    tables = [_read_file(file, problems) for file in files]
    if not problems:
        places = pd.concat(tables, ignore_index=True)
        problems = [*_blank_cells(places), *_backward_dates(places), *_overlaps(places), *_missing_parents(places)]
    if problems:
        raise DataError(problems)
    return _fill_regions(places.drop(columns="_where"))


def read_columns(file: Path, columns: list[str], problems: list[Problem]) -> pd.DataFrame:
    """Read a CSV file of text with no other columns than these; note what is wrong with it in `problems`."""
    try:
        table = pd.read_csv(file, dtype=str, keep_default_na=False, encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError, pd.errors.ParserError, pd.errors.EmptyDataError) as error:
        problems.append(Problem(str(file), f"cannot be read: {error}", "save it as CSV in UTF-8"))
        return pd.DataFrame(columns=columns, dtype=str)
    unknown = [column for column in table.columns if column not in columns]
    if unknown:
        todo = f"use only {', '.join(columns)}"
        problems.append(Problem(str(file), f"unknown column(s) {', '.join(unknown)}", todo))
    return table.drop(columns=unknown).reindex(columns=columns, fill_value="").astype(str)


def read_dates(table: pd.DataFrame, column: str, file_name: str, problems: list[Problem]) -> pd.Series:
    """Read a column of dates, empty = none; note every cell that is no date in `problems`."""
    dates = pd.to_datetime(table[column].where(table[column] != ""), format="%Y-%m-%d", errors="coerce")
    for index in table.index[dates.isna() & (table[column] != "")]:
        found = f"{column} '{table.at[index, column]}' is not a date"
        problems.append(Problem(f"{file_name} line {index + 2}", found, "write YYYY-MM-DD"))
    return dates


def _read_file(file: Path, problems: list[Problem]) -> pd.DataFrame:
    before = len(problems)
    table = read_columns(file, COLUMNS, problems)
    if len(problems) == before:
        blank = [column for column in REQUIRED if len(table) and (table[column] == "").all()]
        if blank:
            problems.append(Problem(str(file), f"missing or empty column(s) {', '.join(blank)}", "fill them in"))
    table["_where"] = [f"{file.name} line {line}" for line in range(2, len(table) + 2)]
    for column in ("valid_from", "valid_to"):
        table[column] = read_dates(table, column, file.name, problems)
    return _fill_names(table)


def _fill_names(table: pd.DataFrame) -> pd.DataFrame:
    """Derive the short and the English name of a commune or district from the official one where the file is silent."""
    rows = table[["name_official", "name_short", "name_en", "place_type"]].itertuples(index=False)
    names = [(short or _short(official, kind), english, kind) for official, short, english, kind in rows]
    return table.assign(
        name_short=[short for short, _, _ in names],
        name_en=[english or _english(short, kind) for short, english, kind in names],
    )


def _short(official: str, kind: str) -> str:
    return official.removeprefix(f"{TYPE_WORDS[kind][0]} ") if kind in TYPE_WORDS else official


def _english(short: str, kind: str) -> str:
    if kind not in TYPE_WORDS:
        return ""
    word = TYPE_WORDS[kind][1]
    marks_apart = unicodedata.normalize("NFD", short.replace("Đ", "D").replace("đ", "d"))
    plain = marks_apart.encode("ascii", "ignore").decode()
    return f"{word.split()[-1]} {plain}" if plain.isdecimal() else f"{plain} {word}"


def _blank_cells(places: pd.DataFrame) -> list[Problem]:
    found = []
    for column in REQUIRED:
        blank = places[column].isna() if column == "valid_from" else places[column] == ""
        found += [Problem(where, f"{column} is empty", "fill it in") for where in places.loc[blank, "_where"]]
    return found


def _backward_dates(places: pd.DataFrame) -> list[Problem]:
    backward = places[places["valid_to"] < places["valid_from"]]
    return [
        Problem(where, f"{code} ends before it begins", "valid_to is the last day of validity")
        for where, code in zip(backward["_where"], backward["place_code"], strict=True)
    ]


def _overlaps(places: pd.DataFrame) -> list[Problem]:
    rows = places.sort_values(["level", "place_code", "valid_from"], kind="stable")
    same = (rows["level"] == rows["level"].shift()) & (rows["place_code"] == rows["place_code"].shift())
    overlap = same & (rows["valid_from"] <= rows["valid_to"].fillna(_FAR).shift())
    before = rows["_where"].shift()
    return [
        Problem(
            rows.at[index, "_where"],
            f"{rows.at[index, 'level']} {rows.at[index, 'place_code']} is already valid in {before[index]}",
            "one code may mean one place at a time: end the earlier row or choose another code",
        )
        for index in rows.index[overlap]
    ]


def _missing_parents(places: pd.DataFrame) -> list[Problem]:
    children = places[places["parent_code"] != ""]
    parents = places[["place_code", "level", "valid_from", "valid_to"]].rename(
        columns={"place_code": "parent_code", "level": "parent_level", "valid_from": "from_", "valid_to": "to_"}
    )
    pairs = children.reset_index().merge(parents, on="parent_code", how="left", validate="many_to_many")
    found = pairs["parent_level"].notna() & (pairs["parent_level"] != pairs["level"])
    overlap = (pairs["from_"] <= pairs["valid_to"].fillna(_FAR)) & (pairs["to_"].fillna(_FAR) >= pairs["valid_from"])
    good = set(pairs.loc[found & overlap, "index"])
    return [
        Problem(
            where,
            f"parent {parent} of {code} does not exist while {code} is valid",
            "add the parent with its validity, or correct parent_code",
        )
        for index, where, parent, code in children[["_where", "parent_code", "place_code"]].itertuples()
        if index not in good
    ]


def _fill_regions(places: pd.DataFrame) -> pd.DataFrame:
    """Let a place without a region take that of its parent at the time: commune from district, district from province."""
    filled = places
    for _ in range(2):
        known = filled.loc[filled["region_code"] != "", ["place_code", "valid_from", "region_code"]]
        known = known.rename(columns={"place_code": "parent_code", "region_code": "parent_region"})
        empty = filled.loc[filled["region_code"] == "", ["parent_code", "valid_from"]].reset_index()
        found = pd.merge_asof(
            empty.sort_values("valid_from"), known.sort_values("valid_from"), on="valid_from", by="parent_code"
        ).set_index("index")["parent_region"]
        region = filled["region_code"].where(filled["region_code"] != "", found.reindex(filled.index).fillna(""))
        filled = filled.assign(region_code=region)
    return filled

"""Read and check a table of places (`places*.csv`): one file format for the nation, provinces, schools or clinics."""

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
_TYPES = {
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
_MARKS = "[\u0300-\u036f]"
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
    tables = [table for file in files if (table := _read_file(file, problems)) is not None]
    if not problems and not tables:
        problems.append(Problem("places", "no file of places", "give a folder that holds a places.csv"))
    if not problems:
        places = pd.concat(tables, ignore_index=True)
        problems = [*_blank_cells(places), *_backward_dates(places), *_overlaps(places), *_missing_parents(places)]
    if problems:
        raise DataError(problems)
    return _fill_regions(places.drop(columns="_where"))


def _read_file(file: Path, problems: list[Problem]) -> pd.DataFrame | None:
    try:
        table = pd.read_csv(file, dtype=str, keep_default_na=False, encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError, pd.errors.ParserError, pd.errors.EmptyDataError) as error:
        problems.append(Problem(str(file), f"cannot be read: {error}", "save it as CSV in UTF-8"))
        return None
    unknown = [column for column in table.columns if column not in COLUMNS]
    absent = [column for column in REQUIRED if column not in table.columns]
    if unknown:
        todo = f"use only {', '.join(COLUMNS)}"
        problems.append(Problem(str(file), f"unknown column(s) {', '.join(unknown)}", todo))
    if absent:
        problems.append(Problem(str(file), f"missing column(s) {', '.join(absent)}", "add them"))
    if absent:
        return None
    table = table.reindex(columns=COLUMNS, fill_value="")
    table["_where"] = [f"{file.name} line {line}" for line in range(2, len(table) + 2)]
    for column in ("valid_from", "valid_to"):
        table[column] = _dates(table, column, problems)
    return _fill_names(table)


def _fill_names(table: pd.DataFrame) -> pd.DataFrame:
    """Derive the short and the English name of a commune or district from the official one where the file is silent."""
    official, types = table["name_official"], table["place_type"]
    short = pd.Series(
        [
            name[len(_TYPES[kind][0]) + 1 :] if kind in _TYPES and name.startswith(f"{_TYPES[kind][0]} ") else name
            for name, kind in zip(official, types, strict=True)
        ],
        index=table.index,
        dtype=official.dtype,
    )
    short = table["name_short"].where(table["name_short"] != "", short)
    plain = short.str.replace("Đ", "D").str.replace("đ", "d").str.normalize("NFD").str.replace(_MARKS, "", regex=True)
    english = types.map({kind: en for kind, (_, en) in _TYPES.items()})
    numbered = short.str.isdecimal()
    named = (plain + " " + english).where(~numbered, english.str.split().str[-1] + " " + plain)
    name_en = table["name_en"].where((table["name_en"] != "") | english.isna(), named)
    return table.assign(name_short=short, name_en=name_en)


def _dates(table: pd.DataFrame, column: str, problems: list[Problem]) -> pd.Series:
    dates = pd.to_datetime(table[column].where(table[column] != ""), format="%Y-%m-%d", errors="coerce")
    bad = dates.isna() & (table[column] != "")
    for row in table[bad].itertuples():
        found = f"{column} '{getattr(row, column)}' of {row.place_code} is not a date"
        problems.append(
            Problem(row._asdict().get("_where") or table.at[row.Index, "_where"], found, "write YYYY-MM-DD")
        )
    return dates


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

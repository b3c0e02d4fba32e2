"""Read a file of yearly series: the published layout, or a plain table of place, indicator, year and value."""

import re
from pathlib import Path

import pandas as pd

from mande.errors import DataError, Problem
from mande.sources.published import COLUMNS, read_observations
from mande.sources.text_table import column_letter, read_text_table

REQUIRED = ("place_code", "indicator", "year", "value")
OPTIONAL = ("numerator", "denominator", "sample_size", "lower", "upper", "unit", "province", "segment")
NUMBERS = ("year", "value", "numerator", "denominator", "sample_size", "lower", "upper")
_NUMBER = re.compile(r"[+-]?(\d+(\.\d*)?|\.\d+)([eE][+-]?\d+)?")
_SERIES = ("indicator", "place_code", "dimension", "dimension_value", "source", "basis", "definition")


def read_series_file(path: Path) -> pd.DataFrame:
    """Return the yearly values of a file, with what makes them one series.

    One row per: series × year with a value.
    Needs: CSV in UTF-8, either with the columns of `data/published/` or with place_code, indicator, year, value and, if
    at hand, numerator, denominator, sample_size, lower, upper, unit (percent, share or any other), province, segment.
    Adds: `series_id`; `level` (form of the place code: places of unlike levels are not pooled), `nation` (the source),
    `step` (the published rounding: 0.1 where all values of an indicator have at most one decimal).
    Missing values: rows without a value are left out; of the published layout also rows that are no calendar year.
    Raises: DataError naming file and cell, all problems at once.
    """
    header = read_text_table(path, columns=(*COLUMNS, *REQUIRED, *OPTIONAL)).columns
    is_plain = "year" in header and "period" not in header
    table = _read_plain(path) if is_plain else _read_published(path)
    parts = [table[name].fillna("").astype(str) for name in _SERIES if name in table]
    series_id = parts[0].str.cat(parts[1:], sep="|") if parts else pd.Series(dtype=str)
    table = table.assign(
        series_id=series_id,
        level=table["place_code"].astype(str).str.replace(r"\d", "9", regex=True),
        step=table.groupby("indicator")["value"].transform(_step_of) if len(table) else pd.Series(dtype=float),
    )
    twice = table.duplicated(["series_id", "year"])
    if twice.any():
        raise DataError(
            [
                Problem(
                    f"{path.name} {row.where}",
                    f"a second value of {row.series_id} in {row.year:g}",
                    "keep one value a year",
                )
                for row in table[twice].itertuples()
            ]
        )
    return table.drop(columns="where")


def _read_published(path: Path) -> pd.DataFrame:
    rows = read_observations(path)
    is_year = rows["period"].str.fullmatch(r"\d{4}")
    is_exact = rows["value_qualifier"].isin(["=", ""])
    kept = rows[is_year & is_exact & rows["value"].notna()]
    return kept.assign(year=kept["period"].astype(float), nation=kept["source"], where="cell " + kept["cell"])


def _read_plain(path: Path) -> pd.DataFrame:
    raw = read_text_table(path, columns=(*REQUIRED, *OPTIONAL))
    _refuse_header(path, list(raw.columns))
    table = raw.fillna("").apply(lambda column: column.str.strip())
    problems = [
        Problem(_cell(path, raw, name, index), f"{name} is blank", f"fill in {name}")
        for name in REQUIRED[:3]
        for index in table.index[table[name] == ""]
    ]
    for name in NUMBERS:
        if name in table:
            texts = table[name]
            is_number = texts.str.fullmatch(_NUMBER.pattern)
            problems += [
                Problem(
                    _cell(path, raw, name, index),
                    f'"{texts[index][:40]}" is not a number in column {name}',
                    "write a plain number such as 4.5",
                )
                for index in texts.index[~is_number & (texts != "")]
            ]
            table[name] = pd.to_numeric(texts.where(is_number), errors="coerce").astype(float)
    if problems:
        raise DataError(problems)
    cells = [_cell(path, raw, "value", index).removeprefix(f"{path.name} ") for index in table.index]
    table = table.assign(where=cells, nation="")
    return table[table["value"].notna()]


def _refuse_header(path: Path, columns: list[str]) -> None:
    """Raise for the columns that are missing and for those that are not known."""
    where, known = f"{path.name} line 1", (*REQUIRED, *OPTIONAL)
    problems = [
        Problem(where, f"missing column {name}", f"add it; needed are {', '.join(REQUIRED)}")
        for name in REQUIRED
        if name not in columns
    ]
    problems += [
        Problem(where, f"unknown column {name}", f"rename or remove it; known are {', '.join(known)}")
        for name in columns
        if name not in known
    ]
    if problems:
        raise DataError(problems)


def _cell(path: Path, raw: pd.DataFrame, name: str, index: int) -> str:
    return f"{path.name} cell {column_letter(list(raw.columns).index(name))}{index + 2}"


def _step_of(values: pd.Series) -> float:
    """Return the rounding that all values share: 1, 0.1, 0.01 or 0.001; 0 where they are finer."""
    for decimals in range(4):
        if (values.round(decimals) - values).abs().max() < 1e-9:
            return 10.0**-decimals
    return 0.0

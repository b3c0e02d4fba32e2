"""Read published statistics in the tidy layout of `data/published/` into the table `observations`.

Nothing is judged here: a number is a number or it is an error with the address of its cell.
"""

import difflib
import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import pandas as pd
import yaml

from mande.errors import DataError, Problem
from mande.sources.correction_ledger import LEDGER, Correction, read_ledger
from mande.sources.corrections import Corrected, apply_corrections, no_corrections
from mande.sources.periods import period_bounds
from mande.sources.reading import LINEAGE
from mande.sources.snapshot import hash_file
from mande.sources.text_table import column_letter, read_text_table

COLUMNS = (
    "indicator",
    "place_code",
    "period",
    "dimension",
    "dimension_value",
    "value",
    "lower",
    "upper",
    "value_qualifier",
    "unit",
    "value_status",
    "basis",
    "definition",
    "source",
    "edition",
    "confidence",
    "sample_size",
    "note",
)
COUNTS = ("numerator", "denominator")
OPTIONAL_COLUMNS = (*COUNTS, "design_effect")
NUMBERS = ("value", "lower", "upper", "sample_size", *OPTIONAL_COLUMNS)
REQUIRED = ("indicator", "place_code", "period", "dimension", "dimension_value", "unit", "value_status", "source")
SOURCE_COLUMNS = ["source", "title_vi", "title_en", "publisher", "edition", "licence", "url", "file", "is_made_up"]
_NUMBER = re.compile(r"[+-]?(\d+(\.\d*)?|\.\d+)([eE][+-]?\d+)?")


@dataclass(frozen=True)
class Published:
    """The observations of a folder of published statistics after its corrections, the publications that they come
    from, and what was corrected: one row per corrected cell."""

    observations: pd.DataFrame
    sources: pd.DataFrame
    corrections: pd.DataFrame


def read_published(folder: Path) -> Published:
    """Read every CSV of the folder and its `sources.yaml`.

    One row per: indicator × place × period × dimension value × source (observations); publication (sources).
    Needs: UTF-8 CSV files with the columns `COLUMNS`; `sources.yaml` naming every source that occurs.
    Missing values: an empty cell stays missing; `value_status` says why.
    Raises: DataError naming file, cell, what was found and what to do, for all files at once.
    """
    paths = sorted(folder.glob("*.csv"))
    if not paths:
        raise DataError(
            Problem(str(folder), "no CSV file", "put published statistics there, or name another workspace")
        )
    corrected = _read_corrected(paths)
    sources = _read_sources(folder, corrected.observations)
    return Published(corrected.observations, sources, corrected.corrections)


def read_files(paths: Iterable[Path]) -> pd.DataFrame:
    """Read several CSV files of the tidy layout into one table, corrected by the ledgers that lie beside them.

    One row per: indicator × place × period × dimension value × source, file after file.
    Raises: DataError with the problems of all files at once, or with those of all corrections.
    """
    return _read_corrected(paths).observations


def _read_corrected(paths: Iterable[Path]) -> Corrected:
    """Read the files, then apply the ledger of each folder; entries of files that were not asked for do not apply."""
    paths = list(paths)
    table = _read_tables(paths)
    applied, problems = [no_corrections()], []
    for folder in dict.fromkeys(path.parent for path in paths):
        names = {path.name for path in paths if path.parent == folder}
        ledger = tuple(entry for entry in read_ledger(folder) if _speaks_of(entry, folder, names))
        try:
            corrected = apply_corrections(table, ledger, shown=f"{folder.name}/{LEDGER}")
            table = corrected.observations
            applied.append(corrected.corrections)
        except DataError as error:
            problems += error.problems
    if problems:
        raise DataError(problems)
    return Corrected(table, pd.concat(applied, ignore_index=True))


def _speaks_of(entry: Correction, folder: Path, names: set[str]) -> bool:
    """Leave out entries of files that exist and were not asked for; an entry of no file fails where it applies."""
    return entry.where.file in names or not (folder / entry.where.file).is_file()


def _read_tables(paths: Iterable[Path]) -> pd.DataFrame:
    tables, problems = [], []
    for path in paths:
        try:
            tables.append(read_observations(path))
        except DataError as error:
            problems += error.problems
    if problems:
        raise DataError(problems)
    return pd.concat(tables, ignore_index=True)


def read_observations(path: Path) -> pd.DataFrame:
    """Read one CSV file of the tidy layout.

    One row per: indicator × place × period × dimension value × source, as it stands in the file.
    Needs: the columns `COLUMNS`; numbers with a decimal point; periods such as 2016, 2017-12, 2016-09/2017-05.
    Adds: `observation_id` (file:line), `period_start` and `period_end` (days), `file`, `sheet`, `cell` (address of
    the value, as a spreadsheet would name it), `received_date`, `snapshot` (SHA-256 of the file),
    `LINEAGE` and `original_value` (blank: nothing is corrected here).
    Missing values: an empty cell stays missing.
    Raises: DataError with all problems of the file at once.
    """
    raw = read_text_table(path, columns=(*COLUMNS, *OPTIONAL_COLUMNS))
    _require_columns(path, raw)
    header = list(raw.columns)
    lines = pd.Series(range(2, len(raw) + 2), index=raw.index)
    table = raw.reindex(columns=[*COLUMNS, *OPTIONAL_COLUMNS], fill_value="")
    problems = _blank_problems(path, table, header)
    for column in NUMBERS:
        numbers, found = _to_numbers(path, table[column], header)
        table[column] = numbers
        problems += found
    bounds, found = _to_bounds(path, table["period"], header)
    problems += found
    problems += _design_problems(path, table, header)
    if problems:
        raise DataError(problems)
    value_letter = column_letter(header.index("value"))
    return table.assign(
        **LINEAGE,
        original_value=float("nan"),
        value_qualifier=table["value_qualifier"].where(table["value_qualifier"] != "", "="),
        observation_id=path.name + ":" + lines.astype(str),
        period_start=bounds["start"],
        period_end=bounds["end"],
        file=path.name,
        sheet="",
        cell=value_letter + lines.astype(str),
        received_date="",
        snapshot=hash_file(path),
    )


def _require_columns(path: Path, raw: pd.DataFrame) -> None:
    missing = [column for column in COLUMNS if column not in raw.columns]
    unknown = [column for column in raw.columns if column not in (*COLUMNS, *OPTIONAL_COLUMNS)]
    problems = []
    if missing:
        problems.append(
            Problem(f"{path.name} line 1", f"missing columns: {', '.join(missing)}", "add them to the header")
        )
    if unknown:
        problems.append(
            Problem(f"{path.name} line 1", f"unknown columns: {', '.join(unknown)}", "rename or remove them")
        )
    if problems:
        raise DataError(problems)


def _blank_problems(path: Path, table: pd.DataFrame, header: list[str]) -> list[Problem]:
    problems = []
    for column in REQUIRED:
        letter = column_letter(header.index(column))
        for index in table.index[table[column].str.strip() == ""]:
            problems.append(Problem(f"{path.name} cell {letter}{index + 2}", f"{column} is blank", f"fill in {column}"))
    return problems


def _to_numbers(path: Path, texts: pd.Series, header: list[str]) -> tuple[pd.Series, list[Problem]]:
    """Return the column as floats and a problem for each cell that holds text instead of a number."""
    texts = texts.str.strip()
    is_number = texts.str.fullmatch(_NUMBER.pattern)
    problems = []
    for index in texts.index[~is_number & (texts != "")]:
        found = texts.loc[index][:40]
        cure = (
            f"write {found.replace(',', '.')}"
            if re.fullmatch(r"-?\d+,\d+", found)
            else "write a plain number such as 4.5"
        )
        where = f"{path.name} cell {column_letter(header.index(texts.name))}{index + 2}"
        problems.append(Problem(where, f'"{found}" is not a number in column {texts.name}', cure))
    return pd.to_numeric(texts.where(is_number), errors="coerce").astype(float), problems


def _design_problems(path: Path, table: pd.DataFrame, header: list[str]) -> list[Problem]:
    """Return a problem for each design effect that is none: a variance over another is above 0."""
    wrong = table.index[table["design_effect"] <= 0]
    letter = column_letter(header.index("design_effect")) if len(wrong) else ""
    return [
        Problem(
            f"{path.name} cell {letter}{index + 2}",
            f"design_effect {table.at[index, 'design_effect']:g}",
            "give a number above 0, or leave the cell blank where none was published",
        )
        for index in wrong
    ]


def _to_bounds(path: Path, periods: pd.Series, header: list[str]) -> tuple[pd.DataFrame, list[Problem]]:
    """Return first and last day of each period, parsing each distinct text once."""
    bounds: dict[str, tuple[date, date] | None] = {}
    for text in periods.unique():
        try:
            bounds[text] = period_bounds(text)
        except ValueError:
            bounds[text] = None
    letter = column_letter(header.index("period"))
    problems = [
        Problem(
            f"{path.name} cell {letter}{index + 2}",
            f'"{text}" is not a period',
            "write 2016, 2017-12 or 2016-09/2017-05",
        )
        for index, text in periods.items()
        if bounds[text] is None and text.strip()
    ]
    starts = periods.map({text: pair[0] for text, pair in bounds.items() if pair})
    ends = periods.map({text: pair[1] for text, pair in bounds.items() if pair})
    return pd.DataFrame({"start": pd.to_datetime(starts), "end": pd.to_datetime(ends)}), problems


def _refuse_unknown_keys(path: Path, entries: list[dict[str, object]]) -> None:
    """Raise for every key that is not known: a misspelt `is_made_up` would hide that data are made up."""
    known = {"id", *SOURCE_COLUMNS[3:], "title"}
    problems = [
        Problem(
            f"{path} source {entry.get('id', number)}",
            f'the key "{key}" is not known',
            f"use one of: {', '.join(difflib.get_close_matches(str(key), known, n=1) or sorted(known))}",
        )
        for number, entry in enumerate(entries, start=1)
        for key in entry
        if key not in known
    ]
    if problems:
        raise DataError(problems)


def _read_sources(folder: Path, observations: pd.DataFrame) -> pd.DataFrame:
    """Return one row per publication, refusing observations whose source is not described."""
    path = folder / "sources.yaml"
    try:
        entries = yaml.safe_load(path.read_text(encoding="utf-8"))["sources"]
        _refuse_unknown_keys(path, entries)
        rows = [
            {
                "source": entry["id"],
                "title_vi": entry["title"]["vi"],
                "title_en": entry["title"]["en"],
                "publisher": entry["publisher"],
                "edition": entry["edition"],
                "licence": entry.get("licence", ""),
                "url": entry.get("url", ""),
                "file": entry["file"],
                "is_made_up": entry.get("is_made_up", False) is not False,
            }
            for entry in entries
        ]
    except (OSError, yaml.YAMLError, KeyError, TypeError, UnicodeDecodeError) as error:
        what = " ".join(str(error).split())[:200]
        raise DataError(
            Problem(str(path), f"cannot be read: {what}", "describe each source as the others are")
        ) from None
    sources = pd.DataFrame(rows, columns=SOURCE_COLUMNS)
    unknown = sorted(set(observations["source"]) - set(sources["source"]))
    if unknown:
        raise DataError(
            [
                Problem(str(path), f'the source "{name}" is used but not described', "add an entry for it")
                for name in unknown
            ]
        )
    hashes = observations.drop_duplicates("file").set_index("file")["snapshot"]
    return sources[sources["source"].isin(observations["source"].unique())].assign(
        snapshot=lambda table: table["file"].map(hashes)
    )

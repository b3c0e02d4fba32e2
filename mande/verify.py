"""Is a finished run what it says?  Its verdicts are worked out again from its own tables; nothing of the workspace is read.

Three questions, each difference named: do the files have the hashes of the manifest; do the two copies of each table
(CSV and Parquet) agree cell by cell; do the tables give the verdicts that the run published?
"""

import io
import json
from collections.abc import Iterator, Mapping
from datetime import date
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from mande.csv_copy import csv_copy
from mande.errors import DataError, Problem
from mande.evaluation.arithmetic import compute_arithmetic
from mande.evaluation.cases import KEY
from mande.evaluation.progress import Question, judge_cases
from mande.evaluation.promises import PROMISE_COLUMNS
from mande.framework.model import VerdictRule
from mande.reporting.run import Run, open_run
from mande.sources.snapshot import hash_file
from mande.units import provinces_of
from mande.verdicts import judge_tables
from mande.vocabulary import Stage

RESTORE = "restore the file, or make the run again"
_TOLERANCE = 1e-12
"""Relative; another processor may round the last digit of a power otherwise."""


def verify_run(folder: str | Path) -> list[Problem]:
    """Return every difference between a run and what its own tables give; none for a run as it was made.

    Needs: a run folder with `run.json`, `manifest.json` and `tables/`.
    Raises: UsageError for a folder that is no run; DataError for a table that is missing or cannot be read.
    """
    run = open_run(folder)
    tables = _read_tables(run)
    return [*_hash_problems(run.folder), *_copy_problems(run.folder, tables), *_verdict_problems(run, tables)]


def _read_tables(run: Run) -> dict[str, pd.DataFrame]:
    tables, problems = {}, []
    for path in sorted((run.folder / "tables").glob("*.parquet")):
        try:
            tables[path.stem] = pd.read_parquet(path)
        except (OSError, ValueError) as error:
            problems.append(Problem(f"tables/{path.name}", f"it cannot be read ({error})", RESTORE))
    needed = ("progress", "targets", "units", "accepted", "actuals", "sensitivity", "arithmetic", "programme")
    problems += [
        Problem(f"tables/{name}.parquet", "the table is missing", "make the run again with this version of mande")
        for name in needed
        if name not in tables and not (run.folder / "tables" / f"{name}.parquet").exists()
    ]
    if problems:
        raise DataError(problems)
    return tables


def _hash_problems(folder: Path) -> Iterator[Problem]:
    """Hold every file that the manifest lists against its hash."""
    try:
        listed = json.loads((folder / "manifest.json").read_text(encoding="utf-8"))["outputs"]
    except (OSError, ValueError, KeyError):
        yield Problem("manifest.json", "it is missing or cannot be read", "make the run again")
        return
    for entry in listed:
        path = folder / entry["path"]
        if not path.is_file():
            yield Problem(entry["path"], "the file is missing", RESTORE)
        elif hash_file(path) != entry["sha256"]:
            yield Problem(entry["path"], "the file is not the one that the manifest lists", RESTORE)


def _copy_problems(folder: Path, tables: Mapping[str, pd.DataFrame]) -> Iterator[Problem]:
    """Hold the CSV of each table against its Parquet, cell by cell."""
    for name, table in tables.items():
        path = folder / "tables" / f"{name}.csv"
        expected = csv_copy(table)
        if not path.is_file() or path.read_bytes() == expected.encode("utf-8-sig"):
            continue
        try:
            written = pd.read_csv(path, dtype=str, keep_default_na=False, encoding="utf-8-sig")
        except ValueError as error:
            yield Problem(f"tables/{name}.csv", f"it cannot be read ({error})", RESTORE)
            continue
        copy = pd.read_csv(io.StringIO(expected), dtype=str, keep_default_na=False)
        yield from _differences(f"tables/{name}.csv", written, copy, other="tables/*.parquet has")


def _verdict_problems(run: Run, tables: Mapping[str, pd.DataFrame]) -> Iterator[Problem]:
    """Judge again by the tables that went in, and hold the result against the tables that came out."""
    stored, promises = tables["progress"], tables["targets"][PROMISE_COLUMNS]
    units = tables["units"]["place_code"].tolist()
    progress, sensitivity = judge_tables(
        promises, tables["accepted"], tables["actuals"], question=question_of(run, tables), place_codes=units
    )
    yield from _differences("tables/progress.parquet", stored, progress)
    yield from _differences("tables/sensitivity.parquet", tables["sensitivity"], sensitivity)
    kept = tables["arithmetic"]
    made_with = {name: kept[name].iloc[0] for name in ("mande_version", "contracts")} if len(kept) else {}
    arithmetic = compute_arithmetic(stored, tables["actuals"], made_with=made_with)
    yield from _differences("tables/arithmetic.parquet", kept, arithmetic)
    companions = tables.get("companions", pd.DataFrame())
    if len(companions):
        yield from _differences("tables/companions.parquet", companions, _judge_companions(companions, run))


def question_of(run: Run, tables: Mapping[str, pd.DataFrame]) -> Question:
    """Return what a finished run asked, as it stands in the run itself."""
    info = run.info
    return Question(
        programme=info["programme"],
        rule=VerdictRule.model_validate(info["rule"]),
        stage=Stage(info["stage"]),
        as_of=date.fromisoformat(info["as_of"]),
        start_date=pd.Timestamp(tables["programme"]["start_date"].iloc[0]).date(),
        judged_year=info["judged_year"],
        provinces=provinces_of(tables["units"]),
    )


def _judge_companions(companions: pd.DataFrame, run: Run) -> pd.DataFrame:
    """Judge the targets of other programmes again, each by the numbers in its own row."""
    on = ["programme", "stage", "outlook_bands", "rule", "rule_version", "on_track_pace", "behind_pace"]
    parts = []
    for (programme, stage, bands, *rule), rows in companions.groupby(on, sort=False):
        names = dict(zip(("name", "version", "on_track_pace", "behind_pace"), rule, strict=True))
        question = Question(
            programme=programme,
            rule=VerdictRule.model_validate(names | {"max_age_years": 1.0, "outlook": _read_bands(bands)}),
            stage=Stage(stage),
            as_of=date.fromisoformat(run.info["as_of"]),
            start_date=date.fromisoformat(run.info["as_of"]),
            judged_year=run.info["judged_year"],
        )
        parts.append(judge_cases(rows, question))
    return pd.concat(parts).loc[companions.index]


def _read_bands(text: str) -> dict[str, float] | None:
    words = [band.split(" ") for band in text.split("; ") if band]
    return {name: float(bound) for name, bound in words} or None


def _differences(
    where: str, stored: pd.DataFrame, computed: pd.DataFrame, *, other: str = "the tables give"
) -> Iterator[Problem]:
    """Name every cell that differs, by unit, target and column; rows are compared in their order."""
    if len(stored) != len(computed):
        yield Problem(where, f"{len(stored)} rows; {other} {len(computed)}", RESTORE)
        return
    for column in computed:
        if column not in stored:
            yield Problem(f"{where}, column {column}", "the column is missing", RESTORE)
            continue
        one, two = (table[column].to_numpy(object) for table in (stored, computed))
        for position in np.flatnonzero(~_are_equal(one, two)):
            row = _name_row(stored.iloc[position], position)
            found = f"{_text(one[position])}; {other} {_text(two[position])}"
            yield Problem(f"{where}, {row}, column {column}", found, RESTORE)


def _are_equal(one: np.ndarray, two: np.ndarray) -> np.ndarray:
    missing_one, missing_two = pd.isna(one), pd.isna(two)
    equal = (one == two).astype(bool) | (missing_one & missing_two)
    rest = np.flatnonzero(~equal)
    equal[rest] = [_is_close(one[position], two[position]) for position in rest]
    return equal


def _is_close(one: Any, two: Any) -> bool:
    is_number = isinstance(one, float) and isinstance(two, float)
    return is_number and abs(one - two) <= _TOLERANCE * max(abs(one), abs(two))


def _name_row(row: pd.Series, position: int) -> str:
    """Return "unit 01, target QD23-03b", or the line of a table that is about something else."""
    words = {"place_code": "unit", "target_id": "target", "dimension_value": "group", "variation": "variation"}
    words |= {"choice": "choice", "observation_id": "value"}
    named = [f"{word} {row[name]}" for name, word in words.items() if name in row and row[name] not in ("_T", "")]
    return ", ".join(named) if set(KEY) & set(row.index) and named else f"line {position + 2}"


def _text(value: Any) -> str:
    return "nothing" if pd.isna(value) or value == "" else f"{value}"

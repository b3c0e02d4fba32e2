"""Apply the ledger of corrections to observations before anything is checked, keeping what the source says."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

import pandas as pd

from mande.errors import DataError, Problem
from mande.sources.correction_ledger import Correction, missing_entry, order_is_stated
from mande.sources.forms.questionnaire import multiplier
from mande.sources.snapshot import submission_of
from mande.vocabulary import ValueStatus

CORRECTED_COLUMNS = (
    "correction",
    "action",
    "observation_id",
    "file",
    "sheet",
    "cell",
    "indicator",
    "place_code",
    "period",
    "dimension",
    "dimension_value",
    "column",
    "original",
    "corrected",
    "reason_vi",
    "reason_en",
    "who",
    "date",
    "evidence",
)
SHOWN = 3
_SILENT = (ValueStatus.MISSING, ValueStatus.SUPPRESSED, ValueStatus.NOT_APPLICABLE)


@dataclass(frozen=True)
class Corrected:
    """Observations after the ledger, and what it did: one row per corrected cell, `CORRECTED_COLUMNS`."""

    observations: pd.DataFrame
    corrections: pd.DataFrame


def no_corrections() -> pd.DataFrame:
    """Return the table of corrected cells without a row."""
    return pd.DataFrame(columns=list(CORRECTED_COLUMNS), dtype=str)


def apply_corrections(observations: pd.DataFrame, ledger: tuple[Correction, ...], *, shown: str) -> Corrected:
    """Apply every entry of the ledger to the cells that it names, in the order of the ledger.

    *One row per* observation, in its order; those that an entry drops are left out.
    *Needs* the columns of `observations`; `shown`, how the ledger is named in errors.
    *Adds* to the rows that an entry touches: `correction` (its id; several joined by "; ") and `original_value` (what
    the source says). `corrections` keeps the original of every cell, also of those dropped.
    *Missing values* an override may set a value missing by its status alone.
    *Raises* DataError naming the entry, the cell and what is found there: an entry that matches nothing, one whose
    source was mended, two entries on one cell without an order. All of the ledger at once.
    """
    problems = [*_unmet(observations, ledger, shown), *_unordered(observations, ledger, shown)]
    if problems:
        raise DataError(problems)
    table, applied, dropped = observations.copy(), [], []
    for entry in ledger:
        rows = table.index[matches(table, entry)]
        found = _found_wrong(table.loc[rows], entry)
        if len(found):
            problems += _mended(found, entry, shown)
            continue
        before = table.loc[rows]
        table = _changed(table, rows, entry)
        applied.append(_record(before, table.loc[rows], entry))
        if entry.action == "drop":
            dropped += rows.tolist()
    if problems:
        raise DataError(problems)
    corrections = pd.concat(applied, ignore_index=True) if applied else no_corrections()
    return Corrected(table.drop(index=dropped).reset_index(drop=True) if dropped else table, corrections)


def matches(observations: pd.DataFrame, entry: Correction) -> pd.Series:
    """Return which rows an entry speaks of."""
    where = entry.where
    mask = observations["indicator"] == where.indicator
    for column in ("file", "source", "edition", "dimension"):
        if wanted := getattr(where, column):
            mask &= observations[column] == wanted
    lists = {"place_codes": "place_code", "periods": "period", "dimension_values": "dimension_value", "cells": "cell"}
    for key, column in lists.items():
        if wanted := getattr(where, key):
            mask &= observations[column].isin(wanted)
    if where.submission:
        mask &= observations["snapshot"].map(submission_of) == submission_of(where.submission)
    return mask


def _unmet(observations: pd.DataFrame, ledger: Iterable[Correction], shown: str) -> list[Problem]:
    """Entries that match nothing, or another number of cells than they say."""
    problems = []
    for entry in ledger:
        n = int(matches(observations, entry).sum())
        if n == 0:
            problems.append(missing_entry(entry, shown, "no cell of the source matches 'where'"))
        elif entry.expect.cells not in (None, n):
            found = f"{n} cells match, {entry.expect.cells} are expected"
            problems.append(missing_entry(entry, shown, found))
    return problems


def _unordered(observations: pd.DataFrame, ledger: tuple[Correction, ...], shown: str) -> list[Problem]:
    """Two entries on one cell, of which neither says that it comes after the other."""
    problems = []
    for position, second in enumerate(ledger):
        for first in ledger[:position]:
            is_open = not order_is_stated(first, second, ledger) or first.action == "drop"
            if not is_open or not (set(first.columns) & set(second.columns) or "drop" in (first.action, second.action)):
                continue
            both = observations[matches(observations, first) & matches(observations, second)]
            if len(both):
                cell = f"{both['file'].iloc[0]} cell {both['cell'].iloc[0]}"
                found = f"{first.id} and {second.id} both speak of {cell}"
                cure = f"keep one of them, or write 'after: {first.id}' in {second.id}"
                problems.append(Problem(f"{shown} {second.id}", found, cure))
    return problems


def _found_wrong(rows: pd.DataFrame, entry: Correction) -> pd.DataFrame:
    """Return the rows that are not as the entry expects them."""
    expect, numbers = entry.expect, rows[entry.column]
    fits = pd.Series(True, index=rows.index)
    if expect.equals is not None:
        fits &= numbers == expect.equals
    if expect.above is not None:
        fits &= numbers > expect.above
    if expect.below is not None:
        fits &= numbers < expect.below
    if expect.at_least is not None:
        fits &= numbers >= expect.at_least
    if expect.at_most is not None:
        fits &= numbers <= expect.at_most
    if expect.is_missing is not None:
        fits &= numbers.isna() == expect.is_missing
    if expect.value_status is not None:
        fits &= rows["value_status"] == expect.value_status
    return rows[~fits]


def _mended(rows: pd.DataFrame, entry: Correction, shown: str) -> list[Problem]:
    wanted = ", ".join(f"{name} {value}" for name, value in entry.expect if value is not None and name != "cells")
    problems = []
    for row in rows.head(SHOWN).to_dict("records"):
        found = "no number" if pd.isna(row[entry.column]) else f"{row[entry.column]:.15g}"
        where = f"{row['file']} {row['sheet']} cell {row['cell']}".replace("  ", " ")
        problems.append(missing_entry(entry, shown, f"{where} holds {found} ({row['value_status']}), not {wanted}"))
    if len(rows) > SHOWN:
        problems.append(missing_entry(entry, shown, f"and {len(rows) - SHOWN} more cells"))
    return problems


def _changed(table: pd.DataFrame, rows: pd.Index, entry: Correction) -> pd.DataFrame:
    """Return the table with an entry's numbers, its id beside them, and what the source says."""
    table = table.copy()
    earlier = table.loc[rows, "correction"]
    first = earlier == ""
    table.loc[first.index[first], "original_value"] = table.loc[first.index[first], "value"]
    table.loc[rows, "correction"] = earlier.where(first, earlier + "; ") + entry.id
    if entry.action == "scale":
        scaled = list(entry.columns) if entry.column == "value" else [entry.column]
        table.loc[rows, scaled] *= entry.factor
    if entry.action == "override":
        table = _overridden(table, rows, entry)
    if entry.action in ("scale", "override") and entry.column in ("numerator", "denominator"):
        table.loc[rows, "value"] = _ratio(table.loc[rows])
    return table


def _overridden(table: pd.DataFrame, rows: pd.Index, entry: Correction) -> pd.DataFrame:
    """Set number and status; a new value leaves neither the limits nor the counts of the old one behind."""
    if entry.value is not None or entry.value_status in _SILENT:
        table.loc[rows, entry.column] = float("nan") if entry.value is None else entry.value
        if entry.column == "value":
            table.loc[rows, ["lower", "upper", "numerator", "denominator"]] = float("nan")
    if entry.value_status is not None:
        table.loc[rows, "value_status"] = str(entry.value_status)
    return table


def _ratio(rows: pd.DataFrame) -> pd.Series:
    """Return the values that corrected counts give; a count without a denominator is its own value."""
    times = rows["unit"].map(multiplier)
    ratio = rows["numerator"] * times / rows["denominator"].where(rows["denominator"] != 0)
    return ratio.where(rows["denominator"].notna(), rows["numerator"])


def _record(before: pd.DataFrame, after: pd.DataFrame, entry: Correction) -> pd.DataFrame:
    """Return one row per cell that the entry touched, with its original."""
    said: dict[str, Any] = {
        "correction": entry.id,
        "action": entry.action,
        "column": entry.column,
        "original": before[entry.column],
        "corrected": float("nan") if entry.action == "drop" else after[entry.column],
        "reason_vi": entry.reason.vi,
        "reason_en": entry.reason.en,
        "who": entry.who,
        "date": entry.date.isoformat(),
        "evidence": entry.evidence,
    }
    return before.assign(**said)[list(CORRECTED_COLUMNS)]

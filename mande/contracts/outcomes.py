"""Turn failing rows into findings per observation and outcomes per check, file and unit. No loop over units."""

from collections.abc import Mapping

import numpy as np
import numpy.typing as npt
import pandas as pd

from mande.contracts.contract import Contract
from mande.contracts.derived_columns import code_rows
from mande.contracts.expectations import is_checked
from mande.vocabulary import Outcome, Severity

SLICE = ["file", "place_code"]
SHOWN_CELLS = 20
ANY_PLACE = "*"
FINDING_COLUMNS = ["row", "observation_id", "check_id", "severity", "found", "indicator", "place_code", "period"]


def describe_findings(
    table: pd.DataFrame, contract: Contract, failures: Mapping[str, npt.NDArray[np.int64]]
) -> pd.DataFrame:
    """Name what was found in each failing row.

    *One row per* observation × failed check, in the order of the contract and of the table.
    *Adds* `row` (position in the table), `severity`, `found` (the rule's template filled with the row).
    """
    parts = []
    for rule in contract.rules:
        rows = table.iloc[np.sort(failures[rule.id])]
        part = rows[["observation_id", "indicator", "place_code", "period"]].assign(
            row=rows.index, check_id=rule.id, severity=str(rule.severity), found=_fill(rule.found, rows)
        )
        parts.append(part[FINDING_COLUMNS])
    return pd.concat(parts, ignore_index=True) if parts else pd.DataFrame(columns=FINDING_COLUMNS)


def judge_rows(table: pd.DataFrame, contract: Contract, failures: Mapping[str, npt.NDArray[np.int64]]) -> pd.DataFrame:
    """Count for each row on how many checks it was judged and how many it failed, by dimension of the quality review.

    *One row per* observation. *Adds* `internal_checked`, `internal_failed`, `external_checked`, `external_failed`
    (checks) and `has_failed` (a critical one of any dimension).
    """
    counts = {
        f"{stem}_{what}": np.zeros(len(table), dtype=np.int16) for stem in _STEMS for what in ("checked", "failed")
    }
    has_failed = np.zeros(len(table), dtype=bool)
    for rule in contract.rules:
        has_failed[failures[rule.id]] |= rule.severity == Severity.CRITICAL
        stem = str(rule.judges).removesuffix("_consistency")
        if stem in _STEMS:
            counts[f"{stem}_checked"] += is_checked(table, rule)
            counts[f"{stem}_failed"][failures[rule.id]] += 1
    return pd.DataFrame({"observation_id": table["observation_id"], **counts, "has_failed": has_failed})


_STEMS = ("internal", "external")


def slice_outcomes(table: pd.DataFrame, contract: Contract, findings: pd.DataFrame) -> pd.DataFrame:
    """Count checked and failed rows of every check per file and place.

    *One row per* check × file × place_code with at least one row that the check looks at.
    *Adds* `n_checked`, `n_failed` (rows), `cells` (first 20 and "…"), texts, annotations of the findings.
    """
    unit = code_rows(table, SLICE)
    places = table[SLICE].iloc[np.unique(unit, return_index=True)[1]].reset_index(drop=True)
    failed = findings.assign(unit=unit[findings["row"]], cell=_addresses(table, contract, findings))
    counts = _count(table, contract, unit, len(places)).join(
        failed.groupby(["check_id", "unit"]).size().rename("n_failed"), on=["check_id", "unit"]
    )
    counts["n_failed"] = counts["n_failed"].fillna(0).astype(int)
    outcomes = counts[counts["n_checked"] > 0].join(places, on="unit")
    outcomes = outcomes.merge(_rule_texts(contract), on="check_id", how="left", validate="many_to_one")
    for column, texts in (("cells", _cells(failed)), *_annotations(failed, contract).items()):
        outcomes = outcomes.join(texts.rename(column), on=["check_id", "unit"])
        outcomes[column] = outcomes[column].fillna("")
    outcomes["outcome"] = np.select(
        [outcomes["n_failed"] == 0, outcomes["severity"] == str(Severity.CRITICAL)],
        [str(Outcome.PASSED), str(Outcome.FAILED)],
        default=str(Outcome.WARNING),
    )
    return outcomes[_OUTCOME_COLUMNS].reset_index(drop=True)


_OUTCOME_COLUMNS = [
    "check_id",
    "contract",
    "contract_version",
    *SLICE,
    "severity",
    "outcome",
    "n_checked",
    "n_failed",
    "cells",
    "message_vi",
    "message_en",
    "cure_vi",
    "cure_en",
    "annotation_vi",
    "annotation_en",
]


def _fill(template: str, rows: pd.DataFrame) -> list[str]:
    names = [name for name in rows.columns if f"{{{name}}}" in template]
    texts = {name: _as_text(rows[name]) for name in names}
    return [template.format(**dict(zip(names, values, strict=True))) for values in zip(*texts.values(), strict=True)]


def _as_text(values: pd.Series) -> list[str]:
    if pd.api.types.is_bool_dtype(values) or not pd.api.types.is_numeric_dtype(values):
        return ["" if pd.isna(value) else str(value) for value in values]
    return ["" if pd.isna(value) else f"{value:.10g}" for value in values]


def _addresses(table: pd.DataFrame, contract: Contract, findings: pd.DataFrame) -> npt.NDArray[np.object_]:
    rows = table.iloc[findings["row"].to_numpy(dtype=np.int64)].reset_index(drop=True)
    sheet = rows["sheet"].astype(object).fillna("").astype(str)
    cell = cell_of_part(rows, findings["check_id"].map({rule.id: rule.part for rule in contract.rules}))
    return (sheet + np.where(sheet != "", "!", "") + cell).where(cell != "", "").to_numpy(dtype=object)


def cell_of_part(rows: pd.DataFrame, parts: pd.Series) -> pd.Series:
    """Return the address of the part of each row: of numerator or denominator, if it has a cell of its own.

    *Missing values* a finding about a whole file has a blank address.
    """
    cell = rows["cell"].astype(str).mask((parts == "file").to_numpy(), "")
    for part in ("numerator", "denominator"):
        column = f"{part}_cell"
        if column in rows:
            own = rows[column].astype(object).fillna("").astype(str)
            cell = cell.mask((parts == part).to_numpy() & (own != "").to_numpy(), own)
    return cell


def _count(table: pd.DataFrame, contract: Contract, unit: npt.NDArray[np.int64], size: int) -> pd.DataFrame:
    parts = [
        pd.DataFrame(
            {
                "check_id": rule.id,
                "unit": np.arange(size),
                "n_checked": np.bincount(unit[is_checked(table, rule)], minlength=size),
            }
        )
        for rule in contract.rules
    ]
    return pd.concat(parts, ignore_index=True)


def _rule_texts(contract: Contract) -> pd.DataFrame:
    return pd.DataFrame(
        {
            "check_id": rule.id,
            "contract": contract.id,
            "contract_version": contract.version,
            "severity": str(rule.severity),
            "message_vi": rule.message.vi,
            "message_en": rule.message.en,
            "cure_vi": rule.cure.vi,
            "cure_en": rule.cure.en,
        }
        for rule in contract.rules
    )


def _cells(failed: pd.DataFrame) -> pd.Series:
    keys = ["check_id", "unit"]
    rank = failed.groupby(keys).cumcount()
    shown = failed[rank <= SHOWN_CELLS]
    cells = shown["cell"].where(rank[rank <= SHOWN_CELLS] < SHOWN_CELLS, "…")
    return cells.groupby([shown[key] for key in keys]).agg("; ".join)


def _annotations(failed: pd.DataFrame, contract: Contract) -> dict[str, pd.Series]:
    known = pd.DataFrame(
        [
            (note.check, indicator, note.period, note.place_code, note.text.vi, note.text.en)
            for note in contract.annotations
            for indicator in note.indicators
        ],
        columns=["check_id", "indicator", "period", "for_place", "annotation_vi", "annotation_en"],
        dtype=str,
    )
    found = failed.merge(known, on=["check_id", "indicator", "period"], how="inner", validate="many_to_many")
    found = found[(found["for_place"] == ANY_PLACE) | (found["for_place"] == found["place_code"])]
    texts = found[["check_id", "unit", "annotation_vi", "annotation_en"]].drop_duplicates()
    return {
        name: texts.groupby(["check_id", "unit"])[name].agg(" ".join) for name in ("annotation_vi", "annotation_en")
    }

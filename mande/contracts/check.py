"""Check observations against their contract: once, for all units together, with the outcome sliced per file and unit."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import pandas as pd

from mande.contracts import derived_columns, series, totals
from mande.contracts.contract import Contract, read_contract
from mande.contracts.derived_columns import Method, Setting
from mande.contracts.expectations import find_failures
from mande.contracts.outcomes import describe_findings, slice_outcomes
from mande.contracts.table import check_table
from mande.errors import DefinitionError, Problem

SOURCE_CONTRACT = Path("sources") / "published-statistics.odcs.yaml"
TABLE_CONTRACT = Path("outputs") / "observations.odcs.yaml"
METHODS: dict[str, Method] = {
    method.__name__: method
    for method in (
        derived_columns.known_place,
        derived_columns.expected_unit,
        derived_columns.range_low,
        derived_columns.range_high,
        derived_columns.value_or_reason,
        derived_columns.dimension_code,
        derived_columns.edition_date,
        series.series_code,
        series.usual_value,
        series.unusual_change,
        series.scale_ratio,
        series.basis_share,
        series.age_years,
        totals.lowest_wider,
        totals.highest_narrower,
        totals.parts_gap,
        totals.children_gap,
    )
}
"""The methods that a contract may name in `transformLogic`."""


@dataclass(frozen=True)
class CheckResult:
    """What the checks found.

    `outcomes`: one row per check × file × place; `findings`: one row per observation × failed check.
    """

    outcomes: pd.DataFrame
    findings: pd.DataFrame


def check_observations(
    observations: pd.DataFrame,
    contracts_folder: Path,
    *,
    known_places: pd.DataFrame,
    as_of: date,
    reported: Collection[str] | None = None,
) -> CheckResult:
    """Check observations against `sources/published-statistics.odcs.yaml` of the folder.

    *One row per* check × file × place_code in `outcomes`, observation × failed check in `findings`.
    *Needs* the columns of `outputs/observations.odcs.yaml`; `known_places` with `place_code`, `level`, `valid_from`,
    `valid_to` (missing = still valid). Every row is checked, also against rows of other indicators; `reported`
    narrows the outcomes to these indicators.
    *Adds* to outcomes `outcome` (passed, warning, failed), `n_checked`, `n_failed` (rows), `cells`, texts in both
    languages; checks that apply to no row of a file and place give no row there.
    *Missing values* a rule leaves out rows on which it cannot be judged; they are not counted as checked.
    *Raises* DataError when the table lacks columns or has wrong types, DefinitionError for a faulty contract.
    """
    contract = read_contract(contracts_folder / SOURCE_CONTRACT)
    check_table(observations, read_contract(contracts_folder / TABLE_CONTRACT))
    table = derive_columns(observations.reset_index(drop=True), contract, known_places=known_places, as_of=as_of)
    failures = find_failures(table, contract.rules)
    findings = describe_findings(table, contract, failures)
    sliced = (table, findings) if reported is None else _narrow(table, findings, reported)
    return CheckResult(outcomes=slice_outcomes(sliced[0], contract, sliced[1]), findings=findings.drop(columns="row"))


def _narrow(
    table: pd.DataFrame, findings: pd.DataFrame, indicators: Collection[str]
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Return the rows of some indicators with their findings, whose `row` then counts within these rows."""
    is_kept = table["indicator"].isin(indicators)
    position = is_kept.cumsum() - 1
    kept = findings[findings["row"].map(is_kept)]
    return table[is_kept].reset_index(drop=True), kept.assign(row=kept["row"].map(position)).reset_index(drop=True)


def derive_columns(
    observations: pd.DataFrame, contract: Contract, *, known_places: pd.DataFrame, as_of: date
) -> pd.DataFrame:
    """Return the observations with the contract's derived columns, each computed by the method that it names.

    *Raises* DefinitionError when a column names a method that does not exist.
    """
    derived = [
        (column.name, str(column.derived_by), column.arguments) for column in contract.columns if column.derived_by
    ]
    unknown = [
        Problem(f"{contract.file}: column {name}", f"no method '{method}'", f"use one of {', '.join(METHODS)}")
        for name, method, _ in derived
        if method not in METHODS
    ]
    if unknown:
        raise DefinitionError(unknown)
    table = observations
    for name, method, arguments in derived:
        setting = Setting(contract=contract, known_places=known_places, as_of=as_of, arguments=arguments)
        table = table.assign(**{name: METHODS[method](table, setting)})
    return table

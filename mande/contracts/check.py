"""Check observations against their contract: once, for all units together, with the outcome sliced per file and unit."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import pandas as pd

from mande.contracts import counts, derived_columns, habits, history, relations, series, totals
from mande.contracts.contract import Contract, read_contract
from mande.contracts.derived_columns import Method, Setting
from mande.contracts.expectations import find_failures
from mande.contracts.outcomes import describe_findings, judge_rows, slice_outcomes
from mande.contracts.table import check_table
from mande.errors import DefinitionError, Problem

SOURCE_CONTRACT = Path("sources") / "published-statistics.odcs.yaml"
SUBMISSIONS_CONTRACT = Path("sources") / "submissions.odcs.yaml"
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
        totals.parts_difference,
        totals.total_of_part,
        totals.parent_difference,
        counts.fraction_of_count,
        counts.counted_part,
        counts.has_both_counts,
        counts.rounding_steps,
        counts.is_given,
        relations.broken_relation,
        history.period_series,
        history.usual_amount,
        history.usual_noise,
        history.distance,
        history.noise_kind,
        history.peer_group,
        history.usual_among_peers,
        history.peer_noise,
        history.published_value,
        history.published_gap,
        habits.round_digit_index,
        habits.round_digit_limit,
        habits.is_repeated,
        habits.days_late,
        habits.receipt_date,
    )
}
"""The methods that a contract may name in `transformLogic`."""


@dataclass(frozen=True)
class CheckResult:
    """What the checks found.

    `outcomes`: one row per check × file × place; `findings`: one row per observation × failed check; `judged`: one
    row per observation (see `judge_rows`); `contract`: the contract that was held against the observations.
    """

    outcomes: pd.DataFrame
    findings: pd.DataFrame
    judged: pd.DataFrame
    contract: Contract


@dataclass(frozen=True)
class Beside:
    """What the observations are compared with beside one another; nothing in it is judged.

    `references`: published values and submissions about earlier periods, in the columns of the observations.
    `due_dates`: `period` and `last_date`, the last day on which a report about the period is in time.
    """

    references: pd.DataFrame | None = None
    due_dates: pd.DataFrame | None = None


def check_observations(
    observations: pd.DataFrame,
    contracts_folder: Path,
    *,
    known_places: pd.DataFrame,
    as_of: date,
    reported: Collection[str] | None = None,
    contract: Path = SOURCE_CONTRACT,
    beside: Beside | None = None,
) -> CheckResult:
    """Check observations against a contract of the folder: of published statistics, or of what the units sent.

    *One row per* check × file × place_code in `outcomes`, observation × failed check in `findings`.
    *Needs* the columns of `outputs/observations.odcs.yaml`, for submissions those of their contract; `known_places`
    with `place_code`, `level`, `parent_code`, `valid_from`, `valid_to` (missing = still valid). Every row is checked,
    also against rows of other indicators; `reported` narrows the outcomes to these indicators.
    *Adds* to outcomes `outcome` (passed, warning, failed), `n_checked`, `n_failed` (rows), `cells`, texts in both
    languages; checks that apply to no row of a file and place give no row there.
    *Missing values* a rule leaves out rows on which it cannot be judged; they are not counted as checked.
    *Raises* DataError when the table lacks columns or has wrong types, DefinitionError for a faulty contract.
    """
    rules = read_contract(contracts_folder / contract)
    own_columns = contract != SOURCE_CONTRACT
    check_table(observations, rules if own_columns else read_contract(contracts_folder / TABLE_CONTRACT))
    observations = observations.reset_index(drop=True)
    table = derive_columns(observations, rules, known_places=known_places, as_of=as_of, beside=beside)
    failures = find_failures(table, rules.rules)
    findings = describe_findings(table, rules, failures)
    sliced = (table, findings) if reported is None else _narrow(table, findings, reported)
    return CheckResult(
        outcomes=slice_outcomes(sliced[0], rules, sliced[1]),
        findings=findings.drop(columns="row"),
        judged=judge_rows(table, rules, failures),
        contract=rules,
    )


def _put_beside(observations: pd.DataFrame, beside: Beside) -> pd.DataFrame:
    """Return the observations, then the rows that they are compared with; `is_reference` tells them apart."""
    if beside.references is None or beside.references.empty:
        return observations.assign(is_reference=False)
    other = beside.references.reindex(columns=observations.columns)
    columns = {name: _one_below_the_other(observations[name], other[name]) for name in observations.columns}
    return pd.DataFrame(columns).assign(is_reference=[False] * len(observations) + [True] * len(other))


def _one_below_the_other(upper: pd.Series, lower: pd.Series) -> pd.Series:
    """Return both columns as one; categories stay categories, as text of millions of rows would fill the memory."""
    if isinstance(upper.dtype, pd.CategoricalDtype):
        lower = lower.astype("category")
        both = upper.cat.categories.union(lower.cat.categories, sort=False)
        upper, lower = upper.cat.set_categories(both), lower.cat.set_categories(both)
    elif lower.isna().all():
        lower = lower.astype(upper.dtype)
    return pd.concat([upper, lower], ignore_index=True)


def _narrow(
    table: pd.DataFrame, findings: pd.DataFrame, indicators: Collection[str]
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Return the rows of some indicators with their findings, whose `row` then counts within these rows."""
    is_kept = table["indicator"].isin(indicators)
    position = is_kept.cumsum() - 1
    kept = findings[findings["row"].map(is_kept)]
    return table[is_kept].reset_index(drop=True), kept.assign(row=kept["row"].map(position)).reset_index(drop=True)


def derive_columns(
    observations: pd.DataFrame,
    contract: Contract,
    *,
    known_places: pd.DataFrame,
    as_of: date,
    beside: Beside | None = None,
) -> pd.DataFrame:
    """Return the observations with the contract's derived columns, each computed by the method that it names.

    The methods see the rows of `beside`, too; the table returned holds the observations alone.

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
    beside = beside or Beside()
    table = _put_beside(observations, beside)
    for name, method, arguments in derived:
        setting = Setting(contract, known_places, as_of, arguments, beside.due_dates)
        table = table.assign(**{name: METHODS[method](table, setting)})
    return table.iloc[: len(observations)]

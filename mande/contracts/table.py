"""Check a table between two stages against its contract: columns, types, code lists and key."""

from collections.abc import Callable

import pandas as pd
from pandas.api import types

from mande.contracts.contract import Column, Contract
from mande.errors import DataError, Problem


def check_table(table: pd.DataFrame, contract: Contract) -> None:
    """Refuse a table that is not what its contract says.

    *Needs* every column of the contract and no other; columns with `transformLogic` belong to the check, not here.
    *Missing values* only in columns that are not `required`; a blank text counts as missing.
    *Raises* DataError with every violated column, type, code list and key at once.
    """
    columns = [column for column in contract.columns if column.derived_by is None]
    names = [column.name for column in columns]
    problems = [
        *(_problem(contract, name, "is missing", "add it") for name in names if name not in table.columns),
        *(_problem(contract, str(name), "is unknown", "drop it") for name in table.columns if name not in names),
    ]
    for column in columns:
        if column.name in table.columns:
            problems += [
                _problem(contract, column.name, found, todo)
                for found, todo in _column_faults(table[column.name], column)
            ]
    if contract.key and set(contract.key) <= set(table.columns):
        problems += _repeated_keys(table, contract)
    if problems:
        raise DataError(problems)


def _problem(contract: Contract, name: str, found: str, todo: str) -> Problem:
    return Problem(f"{contract.id}, column {name}", found, todo)


def _column_faults(values: pd.Series, column: Column) -> list[tuple[str, str]]:
    if not _has_type(values, column.type):
        return [(f"holds {values.dtype}, not {column.type}", f"make it {column.type}")]
    faults = []
    missing = values.isna()
    if column.type == "string" and (column.is_required or column.codes):
        missing |= values == ""
    if column.is_required and missing.any():
        faults.append((f"is missing in {missing.sum()} rows, first at position {missing.argmax()}", "fill it in"))
    if column.is_unique and values.duplicated().any():
        faults.append((f"holds {_examples(values[values.duplicated()])} more than once", "make it unique"))
    unlisted = ~missing & ~values.isin(column.codes) if column.codes else pd.Series(False, index=values.index)
    if unlisted.any():
        codes = ", ".join(str(code) for code in column.codes)
        faults.append((f"holds {_examples(values[unlisted])}", f"use one of {codes}"))
    return faults


def _has_type(values: pd.Series, type_: str) -> bool:
    if values.isna().all():
        return True
    if type_ == "string" and not isinstance(values.dtype, pd.StringDtype):
        content = values.cat.categories if isinstance(values.dtype, pd.CategoricalDtype) else values
        return types.infer_dtype(content, skipna=True) in ("string", "empty")
    if type_ == "number":
        return types.is_numeric_dtype(values) and not types.is_bool_dtype(values)
    return _HAS_TYPE.get(type_, types.is_string_dtype)(values)


_HAS_TYPE: dict[str, Callable[[pd.Series], bool]] = {
    "integer": types.is_integer_dtype,
    "boolean": types.is_bool_dtype,
    "date": types.is_datetime64_any_dtype,
}


def _examples(values: pd.Series) -> str:
    shown = [f"'{value}'" for value in values.unique()[:3]]
    return ", ".join(shown) + (" …" if values.nunique() > 3 else "")


def _repeated_keys(table: pd.DataFrame, contract: Contract) -> list[Problem]:
    repeated = table.loc[table.duplicated(list(contract.key)), list(contract.key)]
    if repeated.empty:
        return []
    first = ", ".join(f"{name}={value}" for name, value in repeated.iloc[0].items())
    where = f"{contract.id}, key {', '.join(contract.key)}"
    return [Problem(where, f"stands more than once in {len(repeated)} rows, first: {first}", "make each row unique")]

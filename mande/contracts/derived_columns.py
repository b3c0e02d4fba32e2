"""Columns that a contract derives from the table before it is checked: code, unit, range, dimension and edition.

Every method takes the table and a `Setting` and returns one value per row; missing means "not checked here".
The contract names the method of each column; comparisons over several rows are in `series` and `totals`.
"""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from mande.contracts.contract import Contract
from mande.vocabulary import ValueStatus

_EDITION = re.compile(r"\b(?P<year>20\d\d)-(?P<month>0[1-9]|1[0-2])\b|\b20\d\d-(?P<last>20\d\d)\b|\b(?P<only>20\d\d)\b")
_MOST_CODES = 2**62
WITH_VALUE = [ValueStatus.OBSERVED, ValueStatus.PROVISIONAL, ValueStatus.ESTIMATED]


@dataclass(frozen=True)
class Setting:
    """What a method may use besides the table: the contract, the register of places, the day, its own arguments.

    `due_dates`: `period` and `last_date`, the last day on which a report about the period is in time.
    """

    contract: Contract
    known_places: pd.DataFrame
    as_of: date
    arguments: Mapping[str, Any]
    due_dates: pd.DataFrame | None = None


Method = Callable[[pd.DataFrame, Setting], pd.Series]


def code_rows(table: pd.DataFrame, columns: list[str]) -> npt.NDArray[np.int64]:
    """Return one integer per row, equal where all the columns are equal (missing equals missing)."""
    code, size = np.zeros(len(table), dtype=np.int64), 1
    for column in columns:
        part, values = pd.factorize(table[column], use_na_sentinel=False)
        if size * max(len(values), 1) > _MOST_CODES:
            code, seen = pd.factorize(code)
            code, size = code.astype(np.int64), len(seen)
        code, size = code * len(values) + part, size * max(len(values), 1)
    return pd.factorize(code)[0].astype(np.int64)


def distinct_rows(table: pd.DataFrame, columns: list[str]) -> tuple[npt.NDArray[np.int64], pd.DataFrame]:
    """Return the number of each row's combination of the columns, and the combinations in that order."""
    code = code_rows(table, columns)
    first = np.flatnonzero(~pd.Series(code).duplicated().to_numpy())
    return code, table[columns].iloc[first].reset_index(drop=True)


def look_up(keys: pd.Series, values: "Mapping[Any, object] | pd.Series") -> pd.Series:
    """Return for each key its value, missing where there is none; each distinct key is looked up once."""
    code, distinct = pd.factorize(keys)
    found = pd.Series(np.asarray(distinct, dtype=object)).map(dict(values.items()))
    return pd.Series(found.reindex(code).array, index=keys.index)


def is_valid_place(table: pd.DataFrame, places: pd.DataFrame) -> pd.Series:
    """Tell for each row whether its place code is that of one of the places on the last day of its period."""
    code, pairs = distinct_rows(table, ["place_code", "period_end"])
    pairs = pairs.astype({"place_code": str}).assign(number=range(len(pairs)))
    found = pairs.merge(
        places[["place_code", "valid_from", "valid_to"]], on="place_code", how="inner", validate="many_to_many"
    )
    valid = (found["valid_from"] <= found["period_end"]) & ~(found["valid_to"] < found["period_end"])
    return pd.Series(pairs["number"].isin(found.loc[valid, "number"]).to_numpy()[code], index=table.index)


def known_place(table: pd.DataFrame, setting: Setting) -> pd.Series:
    """Tell whether the register knows the place code on the last day of the period."""
    return is_valid_place(table, setting.known_places)


def expected_unit(table: pd.DataFrame, setting: Setting) -> pd.Series:
    """Return the unit that the contract states for the indicator, missing for an indicator it does not know."""
    return look_up(table["indicator"], {name: limits.unit for name, limits in setting.contract.indicators.items()})


def range_low(table: pd.DataFrame, setting: Setting) -> pd.Series:
    """Return the lowest value allowed for the indicator, in its unit."""
    return look_up(table["indicator"], {name: limits.low for name, limits in setting.contract.indicators.items()})


def range_high(table: pd.DataFrame, setting: Setting) -> pd.Series:
    """Return the highest value allowed for the indicator, in its unit."""
    return look_up(table["indicator"], {name: limits.high for name, limits in setting.contract.indicators.items()})


def value_or_reason(table: pd.DataFrame, setting: Setting) -> pd.Series:
    """Tell whether a value stands where its status says there is one, and only there."""
    return table["value"].notna() == table["value_status"].isin(WITH_VALUE)


def dimension_code(table: pd.DataFrame, setting: Setting) -> pd.Series:
    """Tell whether the pair of dimension and dimension value is in the code list of the contract."""
    listed = {(name, value) for name, values in setting.contract.dimensions.items() for value in values}
    code, pairs = distinct_rows(table, ["dimension", "dimension_value"])
    is_listed = np.array([pair in listed for pair in pairs.itertuples(index=False, name=None)], dtype=bool)
    return pd.Series(is_listed[code], index=table.index)


def edition_date(table: pd.DataFrame, setting: Setting) -> pd.Series:
    """Return the last day on which the edition can have been made, from its name, otherwise the day it was received.

    "2018-09" is September 2018, "WDI 2025" the year 2025, "2020-2021" the year 2021.
    *Missing values* where neither is known: then the period is not compared with it.
    """
    named = table["edition"].dropna().unique()
    stated = pd.Series([_edition_day(str(name)) for name in named], index=named, dtype="datetime64[s]")
    received = pd.to_datetime(table["received_date"], format="ISO8601", errors="coerce").astype("datetime64[s]")
    return table["edition"].map(stated).fillna(received)


def _edition_day(name: str) -> pd.Timestamp | None:
    found = _EDITION.search(name)
    if found is None:
        return None
    if found["month"]:
        return pd.Timestamp(int(found["year"]), int(found["month"]), 1) + pd.offsets.MonthEnd(0)
    return pd.Timestamp(int(found["last"] or found["only"]), 12, 31)

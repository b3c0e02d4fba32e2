"""Bring what an analyst hands over (numbers, lists, arrays, Series) into columns of one table, and name what is wrong."""

from collections.abc import Callable, Iterable
from numbers import Real

import numpy as np
import pandas as pd

from mande.errors import EstimationError, Problem

OUTPUT = ["value", "lower", "upper", "confidence", "statistic", "method"]
Numbers = float | Iterable[float] | pd.Series
Check = tuple[Callable[[pd.DataFrame], pd.Series], str, str]


def as_table(**inputs: Numbers) -> pd.DataFrame:
    """Return the inputs as columns of decimal numbers; one number stands for every row.

    The index is that of the Series among the inputs, otherwise 0, 1, 2…
    Missing values: stay missing (NaN).
    Raises: EstimationError where lengths or indexes differ, or a value is not a number.
    """
    series = {name: values for name, values in inputs.items() if isinstance(values, pd.Series)}
    arrays = {name: _as_array(values) for name, values in inputs.items()}
    lengths = {name: len(array) for name, array in arrays.items() if array.ndim}
    if len(set(lengths.values())) > 1 or any(array.ndim > 1 for array in arrays.values()):
        found = ", ".join(f"{name} has {_extent(arrays[name])}" for name in lengths)
        raise EstimationError(Problem("the inputs", found, "give the same number of rows, or one number for all"))
    index = next((values.index for values in series.values()), pd.RangeIndex(max(lengths.values(), default=1)))
    if any(not values.index.equals(index) for values in series.values()):
        found = f"the rows of {', '.join(series)} are not named alike"
        raise EstimationError(Problem("the inputs", found, "bring them to one index first (join on codes)"))
    columns = {name: np.broadcast_to(array, len(index)) for name, array in arrays.items()}
    table = pd.DataFrame(
        {name: pd.to_numeric(column, errors="coerce") for name, column in columns.items()}, index=index
    )
    unread = [
        Problem(f"row {row!r}, {name}", f"{text!r} is not a number", "give a number, or NaN where it is missing")
        for name, column in columns.items()
        for row, text, number in zip(index, column, table[name], strict=True)
        if pd.isna(number) and not pd.isna(text)
    ]
    if unread:
        raise EstimationError(unread)
    return table.astype(float)


def _extent(array: np.ndarray) -> str:
    """Return how large an input is, in words.

    >>> _extent(np.zeros(3)), _extent(np.zeros((3, 2)))
    ('3 rows', '3 rows of 2 numbers each')
    """
    return f"{len(array)} rows" + (f" of {array.shape[1]} numbers each" if array.ndim > 1 else "")


def refuse(table: pd.DataFrame, checks: Iterable[Check], *, also: Iterable[Problem] = ()) -> None:
    """Raise EstimationError with every row that fails a check, all at once.

    Each check is (which rows are wrong, what was found, what to do); `{column}` in the text stands for the row's value.
    Missing values: fail no check.
    """
    problems = list(also)
    infinite = [(lambda t, c=name: np.isinf(t[c]), f"{name} is infinite", "give a finite number") for name in table]
    for is_wrong, found, todo in [*infinite, *checks]:
        wrong = table[is_wrong(table).to_numpy(bool)]
        problems += [
            Problem(f"row {row!r}", found.format(**values), todo)
            for row, values in zip(wrong.index, wrong.to_dict("records"), strict=True)
        ]
    if problems:
        raise EstimationError(problems)


def confidence_problems(confidence: float) -> list[Problem]:
    """Return what is wrong with a confidence level; 95 is not read as 0.95, so that nothing is guessed."""
    if isinstance(confidence, Real) and 0.5 <= confidence < 1:
        return []
    return [Problem("confidence", f"{confidence!r}", "give a share from 0.5 to below 1, such as 0.95 or 0.998")]


def multiplier_problems(multiplier: float) -> list[Problem]:
    """Return what is wrong with a multiplier."""
    if isinstance(multiplier, Real) and 0 < multiplier < np.inf:
        return []
    return [Problem("multiplier", f"{multiplier!r}", "give a number above 0, such as 1, 100, 1000 or 100000")]


def as_output(table: pd.DataFrame, *, confidence: float, statistic: str, method: str | pd.Series) -> pd.DataFrame:
    """Return the six columns that every method gives, in their order."""
    return table.assign(confidence=float(confidence), statistic=statistic, method=method)[OUTPUT]


def per_multiplier(multiplier: float) -> str:
    """Return "per 100000" for the column `statistic`."""
    return f"per {multiplier:.15g}"


def groups_of_rows(table: pd.DataFrame, groups: pd.Series | list | None) -> np.ndarray:
    """Return each row's group by position, or "all" where none is given.

    Raises: EstimationError where the groups are not one named group per row, or there are no rows.
    """
    if not len(table):
        raise EstimationError(Problem("the inputs", "no rows", "give at least one row"))
    if groups is None:
        return np.full(len(table), "all", dtype=object)
    labels = np.asarray(groups, dtype=object)
    if len(labels) != len(table) or (isinstance(groups, pd.Series) and not groups.index.equals(table.index)):
        found = f"{len(labels)} groups for {len(table)} rows, or rows named otherwise"
        raise EstimationError(Problem("groups", found, "give one group per row, under the same index"))
    nameless = table.index[pd.isna(labels)]
    if len(nameless):
        raise EstimationError(Problem(f"row {row!r}", "no group", "name the group of every row") for row in nameless)
    return labels


def _as_array(values: Numbers) -> np.ndarray:
    if isinstance(values, pd.Series):
        return values.to_numpy(dtype=object, na_value=np.nan) if values.dtype == object else values.to_numpy()
    array = np.asarray(values if np.ndim(values) or np.isscalar(values) or values is None else list(values))
    return array.astype(object) if array.dtype.kind == "U" else array

"""Does a value meet a threshold? `<` is not `<=`, and "more than 96" does not tell whether 98,5 is reached."""

import numpy as np
import pandas as pd


def meets(value: pd.Series, operator: pd.Series, threshold: pd.Series) -> np.ndarray:
    """Return whether each value satisfies its operator and threshold; False where one is missing.

    >>> meets(pd.Series([5.0, 5.0]), pd.Series(["<", "<="]), pd.Series([5.0, 5.0])).tolist()
    [False, True]
    """
    a, t, op = value.to_numpy(float), threshold.to_numpy(float), operator.to_numpy(object)
    return np.select([op == "<", op == "<=", op == ">", op == ">="], [a < t, a <= t, a > t, a >= t], default=False)


def is_undecided(value: pd.Series, qualifier: pd.Series, threshold: pd.Series) -> np.ndarray:
    """Return whether a value given only as "less than" or "more than" leaves open on which side it lies.

    A value "< v" lies below v, so a threshold at or above v is certainly not exceeded; a threshold below v is open.
    """
    a, t, q = value.to_numpy(float), threshold.to_numpy(float), qualifier.to_numpy(object)
    return np.select([q == "<", q == ">"], [a > t, a < t], default=False)


def meets_qualified(value: pd.Series, qualifier: pd.Series, operator: pd.Series, threshold: pd.Series) -> np.ndarray:
    """As `meets`, for values that may be bounds: "< v" satisfies "< t" when v <= t."""
    a, t = value.to_numpy(float), threshold.to_numpy(float)
    q, op = qualifier.to_numpy(object), operator.to_numpy(object)
    below = (q == "<") & np.isin(op, ["<", "<="]) & (a <= t)
    above = (q == ">") & np.isin(op, [">", ">="]) & (a >= t)
    is_exact = ~np.isin(q, ["<", ">"])
    return below | above | (is_exact & meets(value, operator, threshold))

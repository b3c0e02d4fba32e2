"""The copy of a table for people: a number that is not published is named so, and is no empty cell."""

import pandas as pd

from mande.vocabulary import ValueStatus

SUPPRESSED = str(ValueStatus.SUPPRESSED)
_STATUS_OF = {"value_status": "", "actual_value_status": "actual_", "baseline_value_status": "baseline_"}
_ALWAYS, _WHERE_KNOWN = ("value", "numerator"), ("denominator", "lower", "upper")


def csv_copy(table: pd.DataFrame) -> str:
    """Return a table as CSV text, with `suppressed` in place of numbers that are not published.

    Missing values: limits and denominators that the indicator has nowhere in the table stay empty: there were none.
    """
    copy = table
    for status, prefix in _STATUS_OF.items():
        if status not in table:
            continue
        is_hidden = table[status].eq(SUPPRESSED).fillna(False)
        if not is_hidden.any():
            continue
        for name in (*_ALWAYS, *_WHERE_KNOWN):
            column = f"{prefix}{name}"
            if column in table:
                is_named = is_hidden & (
                    table[column].isna() & _is_known(table, column) if name in _WHERE_KNOWN else True
                )
                copy = copy.assign(**{column: copy[column].astype(object).mask(is_named, SUPPRESSED)})
    return copy.to_csv(index=False)


def _is_known(table: pd.DataFrame, column: str) -> pd.Series:
    """Return of each row whether its indicator has some number in a column."""
    return table["indicator"].isin(table.loc[table[column].notna(), "indicator"])

"""The copy of a table for people: a number that is not published is named so, and is no empty cell."""

import pandas as pd

from mande.vocabulary import ValueStatus

SUPPRESSED = str(ValueStatus.SUPPRESSED)
_STATUS_OF = {"value_status": "", "actual_value_status": "actual_"}
_NUMBERS = ("value", "numerator")


def csv_copy(table: pd.DataFrame) -> str:
    """Return a table as CSV text, with `suppressed` in place of numbers that are not published."""
    copy = table
    for status, prefix in _STATUS_OF.items():
        if status not in table:
            continue
        is_hidden = table[status].eq(SUPPRESSED).fillna(False)
        for name in (f"{prefix}{number}" for number in _NUMBERS):
            if name in table and is_hidden.any():
                copy = copy.assign(**{name: copy[name].astype(object).mask(is_hidden, SUPPRESSED)})
    return copy.to_csv(index=False)

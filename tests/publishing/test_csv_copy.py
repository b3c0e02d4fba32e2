"""CSV copies for people: a number that is not published is named so; nothing else changes."""

import io

import numpy as np
import pandas as pd
import pytest

from mande.csv_copy import csv_copy


def copied(**columns):
    rows = {"indicator": ["A", "A", "B"], "value_status": ["observed", "suppressed", "suppressed"], **columns}
    return pd.read_csv(io.StringIO(csv_copy(pd.DataFrame(rows))), dtype=str, keep_default_na=False)


def test_what_is_hidden_is_named_and_what_never_was_stays_empty():
    copy = copied(value=[7.5, np.nan, np.nan], denominator=[80, np.nan, np.nan], upper=[9.0, np.nan, np.nan])
    assert copy["value"].tolist() == ["7.5", "suppressed", "suppressed"]
    assert copy["denominator"].tolist() == ["80.0", "suppressed", ""]
    assert copy["upper"].tolist() == ["9.0", "suppressed", ""]


def test_a_denominator_that_is_shown_stays():
    assert copied(value=[1.0, np.nan, np.nan], denominator=[80, 90, 70])["denominator"].tolist() == ["80", "90", "70"]


def test_a_number_that_was_left_in_a_hidden_row_does_not_get_out():
    for name in ("value", "numerator"):
        assert copied(**{name: [1.0, 3.0, 2.0]})[name].tolist() == ["1.0", "suppressed", "suppressed"]


@pytest.mark.parametrize("name", ["actual", "baseline"])
def test_newest_value_and_baseline_of_a_verdict_are_named_too(name):
    table = {
        "indicator": ["A"],
        f"{name}_value_status": ["suppressed"],
        f"{name}_value": [np.nan],
        "reason": ["suppressed"],
    }
    assert "A,suppressed,suppressed,suppressed" in csv_copy(pd.DataFrame(table))


def test_a_table_without_hidden_rows_is_copied_as_it_is():
    table = pd.DataFrame({"indicator": ["A"], "value": [1.5], "value_status": ["observed"]})
    assert csv_copy(table) == table.to_csv(index=False)
    assert csv_copy(table[["indicator"]]) == table[["indicator"]].to_csv(index=False)

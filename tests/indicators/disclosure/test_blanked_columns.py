"""Whatever could tell a hidden number is taken out of its row, and nothing out of the others."""

import pandas as pd
import pytest

from mande.indicators.disclosure.protect import _blank
from mande.indicators.disclosure.rule import Rule

NUMBERS = ("value", "numerator", "lower", "upper", "sample_size", "design_effect", "original_value")


@pytest.mark.parametrize("column", [*NUMBERS, "note", "correction"])
def test_a_hidden_row_keeps_nothing_that_tells_its_number(column):
    texts = {"note": "3 of 900", "correction": "was 4", "value_status": "observed", "file": "a.csv"}
    table = pd.DataFrame([{**dict.fromkeys(NUMBERS, 3.0), "denominator": 900.0, **texts}] * 2)
    protected = _blank(table, pd.Series(["small", ""]), pd.Index([]), Rule())
    assert pd.isna(protected.loc[0, column]) or protected.loc[0, column] == ""
    assert protected.loc[1, column] == table.loc[1, column]
    assert protected["value_status"].tolist() == ["suppressed", "observed"]

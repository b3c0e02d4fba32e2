"""Periods and the middle of a period."""

import pandas as pd
import pytest

from mande.indicators.actuals import middle_year
from mande.sources.periods import period_bounds


@pytest.mark.parametrize(
    "text", ["", "16", "2016-13", "2016-00", "2017/2016", "2016-1", "2016-01-01", "năm 2016", "２０１６-ab"]
)
def test_other_texts_are_no_periods(text):
    with pytest.raises(ValueError):
        period_bounds(text)


@pytest.mark.parametrize(
    ("text", "year"),
    [("2016", 2016.0), ("2015/2017", 2016.0), ("2016-01/2016-06", 2015.747), ("2016-09/2017-05", 2016.54)],
)
def test_the_middle_of_a_calendar_year_is_a_whole_number(text, year):
    start, end = (pd.Series(pd.to_datetime([day])) for day in period_bounds(text))
    assert middle_year(start, end).item() == pytest.approx(year, abs=0.01)

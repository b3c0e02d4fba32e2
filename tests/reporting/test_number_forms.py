"""Numbers, dates and periods in local form."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mande.reporting.number_forms import (
    change_form,
    date_form,
    is_number,
    number_form,
    observed_form,
    period_form,
    share_form,
    unit_form,
    value_form,
    year_of,
)

RATE, PERCENT = "per_1000_live_births", "percent"


@pytest.mark.parametrize(
    ("value", "unit", "vi", "en"),
    [
        (4.5, PERCENT, "4,5\xa0%", "4.5\xa0%"),
        (97, PERCENT, "97\xa0%", "97\xa0%"),
        (0.12, PERCENT, "0,12\xa0%", "0.12\xa0%"),
        (0.0072, PERCENT, "0,0072\xa0%", "0.0072\xa0%"),
        (14.5, RATE, "14,5", "14.5"),
        (1234.0, "children", "1.234", "1,234"),
        (24776733, "children", "24.776.733", "24,776,733"),
        (0.0, "cases", "0", "0"),
        (float("nan"), PERCENT, "–", "–"),
    ],
)
def test_values(value, unit, vi, en):
    assert value_form(value, unit, "vi") == vi
    assert value_form(value, unit, "en") == en


@pytest.mark.parametrize(
    ("value", "against", "shown"),
    [(12.54, 12.5, "12,54"), (12.5, 12.5, "12,5"), (12.4999, 12.5, "12,4999"), (13.04, 12.5, "13")],
)
def test_rounding_never_hides_the_side_of_the_target(value, against, shown):
    assert value_form(value, RATE, "vi", against=against) == shown


@given(st.floats(0, 100, allow_nan=False), st.integers(0, 1000).map(lambda tenths: tenths / 10))
def test_shown_value_lies_on_the_same_side_as_the_value(value, against):
    shown = float(value_form(value, RATE, "en", against=against).replace(",", ""))
    if abs(value - against) > 1e-5:
        assert (shown < against, shown > against) == (value < against, value > against)


def test_observed_values_keep_one_decimal():
    assert observed_form(18.0, RATE, "vi") == "18,0"
    assert observed_form(665.0, "per_100000_children", "vi") == "665"
    assert observed_form(590.0, "communes", "en") == "590"


def test_changes_carry_a_true_minus_and_percentage_points():
    assert change_form(-0.25, RATE, "vi") == "−0,25"
    assert change_form(0.5, PERCENT, "en") == "+0.5\xa0percentage points"
    assert change_form(float("nan"), RATE, "vi") == "–"


def test_minus_zero_is_zero():
    assert number_form(-0.01, "vi", decimals=1) == "0"


@pytest.mark.parametrize(
    ("period", "vi", "en"),
    [
        ("2016", "2016", "2016"),
        ("2016-09/2017-05", "9/2016–5/2017", "Sep 2016–May 2017"),
        ("2018-08", "8/2018", "Aug 2018"),
        ("2019-04-01", "01/04/2019", "1 April 2019"),
        (None, "–", "–"),
        (float("nan"), "–", "–"),
    ],
)
def test_periods(period, vi, en):
    assert period_form(period, "vi") == vi
    assert period_form(period, "en") == en


def test_dates_shares_units_years():
    assert date_form("2024-12-31", "vi") == "31/12/2024"
    assert date_form("2024-12-31", "en") == "31 December 2024"
    assert share_form(-0.204, "vi") == "−20\xa0%"
    assert unit_form(RATE, "vi") == "trên 1.000 trẻ đẻ sống"
    assert unit_form("litres_per_day", "en") == "litres per day"
    assert year_of(2016.5) == 2016
    assert not is_number(None) and not is_number(float("inf")) and is_number(3)

"""The province in which each unit of a review lies at its date."""

from datetime import date

import pandas as pd
import pytest

from mande.framework.load import load_programme
from mande.units import provinces_of, select_units
from tests.places.conftest import ROOT


@pytest.fixture(scope="module")
def programme():
    return load_programme(ROOT / "programmes", "vn-children-2021-2030")


@pytest.mark.parametrize(
    ("level", "as_of", "unit", "province"),
    [
        ("district", date(2024, 12, 31), "001", "01"),
        ("commune", date(2024, 12, 31), "00001", "01"),  # through its district
        ("commune", date(2025, 12, 31), "00004", "01"),  # at once, as there are no districts any more
    ],
)
def test_districts_and_communes_have_the_province_of_the_date(register, programme, level, as_of, unit, province):
    units = select_units(register, programme, as_of=as_of, level=level)
    found = provinces_of(units)
    assert found[unit] == province
    assert set(found) == set(units.loc[units["level"] == level, "place_code"])
    assert set(found.values()) <= set(register.at(as_of, "province")["place_code"])


def test_provinces_and_the_nation_have_none(register, programme):
    units = select_units(register, programme, as_of=date(2024, 12, 31), level="province")
    assert (units["province_code"] == "").all()
    assert provinces_of(units) == {}
    assert provinces_of(pd.DataFrame({"place_code": ["001"]})) == {}  # a run made before the column was there

"""Verdicts rest on the newest value and the baseline; only these are dearer to hide."""

from datetime import date
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pandas as pd
import pytest

import mande
from mande.indicators.disclosure.count_cells import list_cells
from mande.indicators.disclosure.deciding import find_deciding
from mande.indicators.disclosure.protect import DENOMINATOR_COST, VERDICT_COST, _cost
from mande.indicators.disclosure.rule import Rule
from mande.protection import nested_in

from .made_up import observations_by_sex


def programme(*, year: int | None = 2025, base_year: int | None = None) -> SimpleNamespace:
    level = SimpleNamespace(year=year, base_year=base_year)
    target = SimpleNamespace(indicator="ABUSED", dimension="_T", dimension_value="_T", levels=[level])
    return SimpleNamespace(start_date=date(2021, 1, 1), targets=[target])


@pytest.fixture(scope="module")
def six_years() -> pd.DataFrame:
    """The years 2019 to 2024 of one place; the value of 2024 is missing, that of 2023 stands in two editions."""
    one = observations_by_sex(districts=4)[0]
    one = one[(one["place_code"] == "VN") & (one["dimension"] == "_T")].iloc[[0]]
    rows = [
        one.assign(period_end=pd.Timestamp(year, 12, 31), observation_id=name, value=np.nan if year == 2024 else 1.0)
        for name, year in zip("abcdefg", (2019, 2020, 2021, 2022, 2023, 2023, 2024), strict=True)
    ]
    return pd.concat(rows, ignore_index=True)


def test_the_newest_value_and_the_last_before_the_programme_decide(six_years: pd.DataFrame) -> None:
    assert find_deciding(six_years, [programme()]) == ["b", "e", "f"]
    assert find_deciding(six_years.assign(dimension="sex"), [programme()]) == []
    assert find_deciding(six_years, []) == []


@pytest.mark.parametrize("level", [{"year": None}, {"base_year": 2019}])
def test_every_year_decides_an_obligation_of_every_year(six_years: pd.DataFrame, level: dict) -> None:
    assert find_deciding(six_years, [programme(**level)]) == list("abcdef")


def test_beside_a_small_numerator_a_denominator_costs_no_verdict() -> None:
    table = observations_by_sex()[0].iloc[:2].assign(numerator=[3.0, 30.0], denominator=900.0)
    cells = list_cells(table, counts=[]).assign(is_known=False)
    cost = cells.assign(cost=_cost(cells, table["observation_id"], Rule())).set_index(["row", "part"])["cost"]
    assert cost[0, "denominator"] == DENOMINATOR_COST
    assert cost[1, "denominator"] == DENOMINATOR_COST + VERDICT_COST
    assert cost[1, "numerator"] == 1 + VERDICT_COST


def test_what_the_contract_declares_is_read() -> None:
    workspace = mande.open_workspace(Path(__file__).parents[3])
    found = nested_in(workspace, workspace.programmes.values())
    assert ("NMR", "numerator", "U5MR", "numerator") in found
    assert ("SC_SUPPORTED", "numerator", "SC_RATIO", "numerator") in found
    assert not [names for names in found if "DTP1" in names or "value" in names]

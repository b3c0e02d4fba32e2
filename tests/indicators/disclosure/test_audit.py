"""The audit sees only what is published, and finds what a reader of several runs could compute."""

import numpy as np
import pandas as pd
import pytest

from mande.errors import DisclosureError
from mande.indicators.disclosure.audit import audit_runs, name_cells, require_none
from mande.indicators.disclosure.published_cells import PublishedRun
from mande.indicators.disclosure.rule import Rule

from .made_up import observations_by_sex
from .test_protect import protect


def run_of(table: pd.DataFrame, places: pd.DataFrame, name: str = "run") -> PublishedRun:
    return PublishedRun(name, table, places, {"ABUSED": "small_counts_protected"}, frozenset())


def hide(table: pd.DataFrame, rows: "pd.Series[bool]") -> pd.DataFrame:
    hidden = {name: table[name].mask(rows) for name in ("value", "numerator")}
    return table.assign(**hidden, value_status=table["value_status"].mask(rows, "suppressed"))


@pytest.fixture(scope="module")
def made_up() -> tuple[pd.DataFrame, pd.DataFrame]:
    table, places = observations_by_sex(provinces=4, districts=24)
    return table.assign(part_ids=""), places


@pytest.fixture(scope="module")
def shown(made_up: tuple[pd.DataFrame, pd.DataFrame]) -> pd.DataFrame:
    return protect(*made_up).observations


def test_nothing_is_found_in_protected_tables_and_much_with_small_counts_hidden_alone(made_up, shown) -> None:
    table, places = made_up
    assert audit_runs([run_of(shown, places)], Rule()).empty
    careless = audit_runs([run_of(hide(table, table["numerator"].between(1, 4)), places)], Rule())
    assert len(careless) > 20 and set(careless["part"]) <= {"numerator", "rest", "remainder"}


def test_numbers_shown_in_place_of_marks_are_found(made_up, shown) -> None:
    """Numbers hidden to protect others are put back one by one: each was needed, and the audit sees it."""
    table, places = made_up
    extra = (shown["value_status"] == "suppressed") & (table["numerator"] > 4)
    found = []
    for row in np.flatnonzero(extra)[::4]:
        trial = shown.copy()
        for name in ("value", "numerator", "denominator", "value_status"):
            trial.loc[row, name] = table.loc[row, name]
        found.append(len(audit_runs([run_of(trial, places)], Rule())) > 0)
    assert len(found) > 3 and all(found)


def test_a_small_count_that_is_shown_is_found(made_up) -> None:
    table, places = made_up
    exposed = audit_runs([run_of(table, places)], Rule())
    assert (exposed["part"] == "numerator").sum() == table["numerator"].between(1, 4).sum()


def test_two_runs_together_tell_more_than_each(made_up, shown) -> None:
    table, places = made_up
    other = hide(table, table["numerator"].between(1, 4) | (table["dimension"] == "sex"))
    totals = other[(other["dimension"] == "_T") & (other["place_code"].str.len() < 3)]
    parts = shown[~((shown["dimension"] == "_T") & (shown["place_code"].str.len() == 3))]
    assert audit_runs([run_of(parts, places)], Rule()).empty
    assert audit_runs([run_of(totals, places, "earlier")], Rule()).empty
    careless = hide(table, table["numerator"].between(1, 4))
    assert len(audit_runs([run_of(shown, places), run_of(careless, places, "earlier")], Rule())) > 10


def test_a_revised_number_is_not_taken_for_the_same(made_up, shown) -> None:
    _, places = made_up
    nation = shown["place_code"] == "VN"
    revised = shown.assign(numerator=shown["numerator"].where(~nation, shown["numerator"] + 40))
    assert audit_runs([run_of(shown, places), run_of(revised[nation], places, "earlier")], Rule()).empty


def test_what_is_left_over_is_found(made_up) -> None:
    """A province shows 40, its only district that sent something 38: the others have 2."""
    table, places = made_up
    few = table[(table["dimension"] == "_T") & (table["period"] == "2024")]
    province = few[few["place_code"] == "80"].assign(numerator=40.0, denominator=4000.0, value=1.0)
    home = places.loc[places["parent_code"] == "80", "place_code"].iloc[0]
    district = few[few["place_code"] == home].assign(numerator=38.0, denominator=3000.0, value=100 * 38 / 3000)
    exposed = audit_runs([run_of(pd.concat([province, district], ignore_index=True), places)], Rule())
    assert exposed["part"].tolist() == ["remainder"]
    shown = protect(pd.concat([province, district], ignore_index=True), places).observations
    assert (shown["value_status"] == "suppressed").sum() == 1


def test_cells_are_named_without_their_numbers(made_up) -> None:
    table, places = made_up
    exposed = audit_runs([run_of(table, places)], Rule())
    with pytest.raises(DisclosureError, match="ABUSED 9.. 2023 .*can be computed") as error:
        require_none(exposed)
    assert error.value.exit_code == 13 and len(error.value.problems) == len(exposed)
    assert all(len(name.split()) in (5, 6) for name in name_cells(exposed))

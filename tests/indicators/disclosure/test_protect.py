"""Observations that may be published: what is hidden, what stays, and what an attacker makes of several reports."""

import numpy as np
import pandas as pd
import pytest

from mande.errors import DisclosureError
from mande.framework.indicator import Indicator
from mande.indicators.disclosure.protect import Protected, protect_observations
from mande.indicators.disclosure.rule import Rule

from .made_up import observations_by_sex


def indicator(sensitivity: str = "small_counts_protected", measure: str = "percentage") -> Indicator:
    title = {"vi": "số liệu mô phỏng", "en": "made up"}
    return Indicator.model_validate(
        {
            "id": "ABUSED",
            "title": title,
            "short": title,
            "unit": "percent" if measure == "percentage" else "children",
            "measure": measure,
            "ascending": False,
            "aggregation": "ratio_of_sums" if measure == "percentage" else "sum",
            "sensitivity": sensitivity,
        }
    )


def protect(table: pd.DataFrame, places: pd.DataFrame, sensitivity: str = "small_counts_protected", **options: object):
    return protect_observations(table, indicators=[indicator(sensitivity)], places=places, rule=Rule(), **options)


def visible(table: pd.DataFrame) -> pd.Series:
    return table["value_status"] != "suppressed"


@pytest.fixture(scope="module")
def made_up() -> tuple[pd.DataFrame, pd.DataFrame]:
    return observations_by_sex(districts=14, mean=6)


@pytest.fixture(scope="module")
def protected(made_up: tuple[pd.DataFrame, pd.DataFrame]) -> Protected:
    return protect(*made_up)


def test_no_small_count_is_left_and_no_number_of_a_hidden_row(
    made_up: tuple[pd.DataFrame, pd.DataFrame], protected: Protected
) -> None:
    table, _ = made_up
    shown, hidden = protected.observations[visible(protected.observations)], protected.observations
    hidden = hidden[~visible(hidden)]
    assert len(hidden) > 20
    assert not shown["numerator"].between(1, 4).any()
    assert hidden[["value", "numerator", "lower", "upper"]].isna().all(axis=None)
    assert (protected.hidden["why"] == "small").sum() == table["numerator"].between(1, 4).sum()


def test_subtracting_shown_groups_and_places_gives_no_small_count(
    made_up: tuple[pd.DataFrame, pd.DataFrame], protected: Protected
) -> None:
    """A second path: differences of what is shown, as a reader with a pocket calculator makes them."""
    table, places = made_up
    shown = protected.observations.assign(true=table["numerator"])
    home = places.set_index("place_code")["parent_code"]
    for _, group in shown.groupby(["place_code", "period"]):
        if group["numerator"].isna().sum() == 1:
            assert not group.loc[group["numerator"].isna(), "true"].between(1, 4).any()
    children = shown.assign(parent=shown["place_code"].map(home))
    for _, group in children[children["parent"] != ""].groupby(["parent", "period", "dimension_value"]):
        if group["numerator"].isna().sum() == 1:
            parent = shown[
                (shown["place_code"] == group["parent"].iloc[0])
                & (shown["period"] == group["period"].iloc[0])
                & (shown["dimension_value"] == group["dimension_value"].iloc[0])
            ]
            is_small = group.loc[group["numerator"].isna(), "true"].between(1, 4).any()
            assert parent["numerator"].isna().all() or not is_small


def test_public_indicators_and_zeros_stay(made_up: tuple[pd.DataFrame, pd.DataFrame], protected: Protected) -> None:
    table, places = made_up
    pd.testing.assert_frame_equal(protect(table, places, "public").observations, table)
    zeros = table["numerator"] == 0
    assert zeros.sum() > 3
    assert (protected.observations.loc[zeros, "numerator"] == 0).all()


def test_never_below_province(made_up: tuple[pd.DataFrame, pd.DataFrame]) -> None:
    table, places = made_up
    shown = protect(table, places, "never_below_province").observations
    is_district = shown["place_code"].str.len() == 3
    assert shown.loc[is_district, "value"].isna().all()
    assert shown.loc[is_district, "denominator"].isna().all()
    assert shown.loc[shown["place_code"] == "VN", "value"].notna().all()


def test_a_percentage_without_its_counts_is_not_shown_below_the_province() -> None:
    table, places = observations_by_sex()
    bare = table.assign(numerator=np.nan, denominator=np.nan)
    shown = protect(bare, places).observations
    assert shown.loc[shown["place_code"].str.len() == 3, "value"].isna().all()
    assert shown.loc[shown["place_code"] == "80", "value"].notna().all()


def test_a_rate_near_all_hides_as_one_near_none() -> None:
    table, places = observations_by_sex(districts=12)
    turned = table.assign(numerator=table["denominator"] - table["numerator"])
    other = protect(turned, places).observations
    assert not visible(other)[table["numerator"].between(1, 4)].any()


def test_the_same_data_hide_the_same_cells(made_up: tuple[pd.DataFrame, pd.DataFrame], protected: Protected) -> None:
    pd.testing.assert_frame_equal(protect(*made_up).hidden, protected.hidden)


def test_what_an_earlier_run_showed_is_used_by_the_attacker(
    made_up: tuple[pd.DataFrame, pd.DataFrame], protected: Protected
) -> None:
    table, places = made_up
    first = protected
    earlier = first.observations[visible(first.observations)]
    again = protect(table, places, published=earlier)
    pd.testing.assert_frame_equal(again.observations, first.observations)
    careless = table[~table["numerator"].between(1, 4)]
    with pytest.raises(DisclosureError, match="can be computed"):
        protect(table, places, published=careless)


def test_values_that_decide_verdicts_are_hidden_last(
    made_up: tuple[pd.DataFrame, pd.DataFrame], protected: Protected
) -> None:
    table, places = made_up
    totals = table.loc[(table["dimension"] == "_T") & (table["numerator"] > 4), "observation_id"]
    careful = protect(table, places, deciding=totals)
    lost = [(~visible(one.observations) & table["observation_id"].isin(totals)).sum() for one in (protected, careful)]
    assert lost[1] <= lost[0]


def test_half_a_child_is_refused() -> None:
    table, places = observations_by_sex()
    with pytest.raises(DisclosureError, match="counts of ABUSED are below 0 or not whole") as error:
        protect(table.assign(numerator=table["numerator"] + 0.5), places)
    assert "0.5" not in str(error.value)

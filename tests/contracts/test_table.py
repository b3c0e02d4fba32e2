"""Tables between stages: every violated column, type, code list and key is named at once."""

import pandas as pd
import pytest

from mande.contracts.contract import read_contract
from mande.contracts.table import check_table
from mande.errors import DataError


@pytest.fixture
def contract(contracts):
    return read_contract(contracts / "outputs" / "check_outcomes.odcs.yaml")


@pytest.fixture
def outcomes(contract):
    row = {column.name: 1 if column.type == "integer" else "text" for column in contract.columns}
    return pd.DataFrame([row | {"severity": "critical", "outcome": "failed"}])


def faults(table, contract) -> list[str]:
    with pytest.raises(DataError) as caught:
        check_table(table, contract)
    return [f"{problem.where}: {problem.found}" for problem in caught.value.problems]


def test_right_table_passes(outcomes, contract):
    check_table(outcomes, contract)
    check_table(outcomes.astype({"file": "category", "cells": object}), contract)
    check_table(outcomes.head(0), contract)


@pytest.mark.parametrize(
    ("changes", "found"),
    [
        ({"n_failed": [1.5]}, "column n_failed: holds float64, not integer"),
        ({"n_failed": ["one"]}, "column n_failed: holds str, not integer"),
        ({"cells": [3]}, "column cells: holds int64, not string"),
        ({"file": [None]}, "column file: is missing in 1 rows, first at position 0"),
        ({"file": [""]}, "column file: is missing in 1 rows, first at position 0"),
        ({"outcome": ["perhaps"]}, "column outcome: holds 'perhaps'"),
        ({"surprise": [1]}, "column surprise: is unknown"),
    ],
)
def test_wrong_column_is_named(changes, found, outcomes, contract):
    assert faults(outcomes.assign(**changes), contract) == [f"check_outcomes, {found}"]


def test_optional_text_may_be_blank_or_missing(outcomes, contract):
    check_table(outcomes.assign(cells="", annotation_vi=None), contract)


def test_all_problems_come_at_once(outcomes, contract):
    table = outcomes.drop(columns="cure_en").assign(outcome="perhaps", surprise=1)
    assert len(faults(table, contract)) == 3


def test_repeated_key_is_named(outcomes, contract):
    twice = pd.concat([outcomes, outcomes.assign(n_failed=7)], ignore_index=True)
    assert faults(twice, contract) == [
        "check_outcomes, key check_id, file, place_code: stands more than once in 1 rows, "
        "first: check_id=text, file=text, place_code=text"
    ]


def test_dates_booleans_and_numbers_are_told_apart(contracts, observations_of):
    contract = read_contract(contracts / "outputs" / "observations.odcs.yaml")
    table = observations_of([{}])
    check_table(table, contract)
    assert faults(table.assign(period_end="2014-12-31"), contract) == [
        "observations, column period_end: holds str, not date"
    ]
    assert faults(table.assign(value=True), contract) == ["observations, column value: holds bool, not number"]


def test_unique_column_without_key_is_checked(contracts, observations_of):
    contract = read_contract(contracts / "sources" / "published-statistics.odcs.yaml")
    names = [column.name for column in contract.columns if column.derived_by is None]
    table = observations_of([{}, {}])[names].assign(observation_id="a:2")
    assert "column observation_id: holds 'a:2' more than once" in faults(table, contract)[0]

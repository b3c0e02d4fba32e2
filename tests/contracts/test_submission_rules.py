"""For every rule about submissions: one wrong row fails it, the right rows pass it, and it has looked at them."""

from datetime import date

import numpy as np
import pandas as pd
import pytest

from mande.contracts.check import SUBMISSIONS_CONTRACT, Beside, check_observations, derive_columns
from mande.contracts.contract import read_contract
from mande.contracts.expectations import find_failures
from mande.framework.load import load_indicators
from mande.sources.forms.questionnaire import load_form_rules

from .conftest import CONTRACTS
from .made_up_submissions import due_dates, made_up_places, made_up_submissions, published

AS_OF = date(2025, 6, 30)
CONTRACT = read_contract(CONTRACTS / SUBMISSIONS_CONTRACT)
BESIDE = Beside(published(), due_dates())
LAST = {"place_code": "003", "period": "2024", "dimension_value": "_T"}
SC = LAST | {"indicator": "SC_RATIO"}
SC_GIRLS = SC | {"dimension_value": "F"}
PEOPLE = LAST | {"indicator": "CHILD_POPULATION"}
SUPPORTED = LAST | {"indicator": "SC_SUPPORTED"}
ABOVE = {"place_code": "01", "period": "2024", "dimension_value": "_T"}

# rule: (which right row, what is changed in it; a function gives the new value from the old one)
WRONG_ROWS = {
    "known-place-code": (SC, {"place_code": "999"}),
    "known-indicator": (SC, {"indicator": "SC_RATO"}),
    "expected-unit": (SC, {"unit": "children"}),
    "unique-key": (SC_GIRLS, {"dimension": "_T", "dimension_value": "_T"}),
    "value-or-reason": (SC, {"value": None}),
    "not-left-blank": (SC, {"value_status": "missing", "value": None, "numerator": None, "denominator": None}),
    "known-value-status": (SC, {"value_status": "seen"}),
    "known-confidence": (SC, {"confidence": "hearsay"}),
    "known-qualifier": (SC, {"value_qualifier": "≥"}),
    "known-group": (SC_GIRLS, {"dimension_value": "girls"}),
    "no-future-period": (SC, {"received_date": "2023-12-31"}),
    "not-below-range": (SC, {"value": -0.1}),
    "not-above-range": (SC, {"value": 100.1}),
    "numerator-not-negative": (SC, {"numerator": -1.0}),
    "denominator-not-negative": (SC, {"denominator": -1.0}),
    "whole-numerator": (SC, {"numerator": 1.234}),
    "whole-denominator": (SC, {"denominator": 12.5}),
    "whole-value": (PEOPLE, {"value": 1234.5}),
    "both-counts": (SC, {"denominator": None}),
    "numerator-within-denominator": (SUPPORTED, {"numerator": lambda row: row["denominator"] + 1}),
    "value-from-counts": (SC, {"value": lambda row: round(row["value"], 1) + 0.1}),
    "values-add-up": (PEOPLE | {"dimension_value": "F"}, {"value": lambda row: row["value"] + 100}),
    "numerators-add-up": (SC_GIRLS, {"numerator": lambda row: row["numerator"] + 1}),
    "denominators-add-up": (SC_GIRLS, {"denominator": lambda row: row["denominator"] - 1}),
    "value-within-total": (PEOPLE | {"dimension_value": "F"}, {"value": lambda row: 3 * row["value"]}),
    "numerator-within-total": (SC_GIRLS, {"numerator": lambda row: 3 * row["numerator"]}),
    "denominator-within-total": (SC_GIRLS, {"denominator": lambda row: 3 * row["denominator"]}),
    "units-add-up-in-value": (ABOVE | {"indicator": "CHILD_POPULATION"}, {"value": lambda row: row["value"] + 1}),
    "units-add-up-in-numerator": (ABOVE | {"indicator": "SC_RATIO"}, {"numerator": lambda row: row["numerator"] + 1}),
    "units-add-up-in-denominator": (
        ABOVE | {"indicator": "SC_RATIO"},
        {"denominator": lambda row: row["denominator"] + 1},
    ),
    "nested-indicators": (
        SUPPORTED,
        {"numerator": lambda row: row["denominator"] + 1, "denominator": lambda row: row["denominator"] + 9},
    ),
    "later-dose-not-above-first": (LAST | {"indicator": "DTP3"}, {"value": 99.9}),
    "same-scale": (PEOPLE, {"value": lambda row: row["value"] / 1000}),
    "usual-value": (SC, {"value": lambda row: 10 * row["value"]}),
    "usual-denominator": (SC, {"denominator": lambda row: 10 * row["denominator"]}),
    "like-its-peers": (SC, {"value": lambda row: 10 * row["value"]}),
    "agrees-with-published": (LAST | {"indicator": "DTP3"}, {"value": 62.0}),
    "not-repeated": (SC, {"numerator": "before", "denominator": "before"}),
    "no-round-digits": ({"place_code": "003"}, {"numerator": "round", "denominator": "round", "value": "round"}),
    "received-in-time": (LAST, {"received_date": "2025-01-16"}),
}


@pytest.fixture(scope="module")
def right_rows() -> pd.DataFrame:
    return made_up_submissions()


def failing(table: pd.DataFrame, rule_id: str, beside: Beside = BESIDE) -> set[str]:
    rule = next(rule for rule in CONTRACT.rules if rule.id == rule_id)
    derived = derive_columns(table, CONTRACT, known_places=made_up_places(), as_of=AS_OF, beside=beside)
    return set(table["observation_id"].iloc[find_failures(derived, [rule])[rule_id]])


def select(table: pd.DataFrame, which: dict) -> pd.Series:
    return np.logical_and.reduce([table[key] == value for key, value in which.items()])


def change(table: pd.DataFrame, which: dict, what: dict) -> pd.DataFrame:
    rows = pd.Series(select(table, which), index=table.index)
    assert rows.any()
    return table.assign(**{name: table[name].mask(rows, _new(table, which, name, new)) for name, new in what.items()})


def _new(table: pd.DataFrame, which: dict, name: str, new: object) -> object:
    if new == "before":
        return table.loc[select(table, which | {"period": "2023"}), name].item()
    if new == "round":
        return (table[name] / 10).round() * 10
    return new(table) if callable(new) else new


def test_right_rows_pass_every_rule_and_every_rule_has_looked(right_rows):
    result = check_observations(
        right_rows, CONTRACTS, known_places=made_up_places(), as_of=AS_OF, contract=SUBMISSIONS_CONTRACT, beside=BESIDE
    )
    assert result.findings.empty
    assert set(result.outcomes["check_id"]) == {rule.id for rule in CONTRACT.rules}
    assert set(result.outcomes["contract"]) == {"submissions"}
    assert set(result.outcomes["contract_version"]) == {CONTRACT.version}


@pytest.mark.parametrize("rule", [rule.id for rule in CONTRACT.rules])
def test_one_wrong_row_fails_its_rule(rule, right_rows):
    assert rule in WRONG_ROWS, "a new rule needs a wrong row here"
    which, what = WRONG_ROWS[rule]
    wrong = change(right_rows, which, what)
    found = failing(wrong, rule)
    changed = set(right_rows.loc[select(right_rows, which), "observation_id"])
    assert found & changed


def test_no_wrong_row_is_left_of_a_rule_that_is_gone():
    assert set(WRONG_ROWS) == {rule.id for rule in CONTRACT.rules}


def test_code_lists_are_those_of_the_forms():
    programmes = CONTRACTS.parent / "programmes"
    forms = load_form_rules(programmes, load_indicators(programmes))
    asked = {dimension.id: {group.id for group in dimension.values} for dimension in forms.dimensions}
    assert {name: set(CONTRACT.dimensions.get(name, ())) for name in asked} == asked


def with_age_groups(rows: pd.DataFrame) -> pd.DataFrame:
    """The total of SC_RATIO in one district also by age, so that two dimensions can be held against it."""
    total = rows[select(rows, SC)].iloc[0]
    parts = []
    for name, share in (("0-5", 0.4), ("6-10", 0.3), ("11-15", 0.3)):
        top, bottom = (np.floor(share * total[part]) for part in ("numerator", "denominator"))
        parts.append(
            total.to_dict() | {"dimension": "age", "dimension_value": name, "numerator": top, "denominator": bottom}
        )
    parts[-1]["numerator"] = total["numerator"] - parts[0]["numerator"] - parts[1]["numerator"]
    parts[-1]["denominator"] = total["denominator"] - parts[0]["denominator"] - parts[1]["denominator"]
    ages = pd.DataFrame(parts).assign(observation_id=["age:1", "age:2", "age:3"])
    return pd.concat([rows, ages], ignore_index=True)


def test_two_dimensions_tell_which_of_them_is_wrong(right_rows):
    rows = with_age_groups(right_rows)
    assert failing(rows, "numerators-add-up") == set()
    sexes = rows[select(rows, SC_GIRLS) | select(rows, SC | {"dimension_value": "M"})]
    one_more = {"numerator": lambda row: row["numerator"] + 1}
    assert failing(change(rows, SC_GIRLS, one_more), "numerators-add-up") == set(sexes["observation_id"])
    total = set(rows.loc[select(rows, SC), "observation_id"])
    assert failing(change(rows, SC, one_more), "numerators-add-up") == total


@pytest.mark.parametrize("wrong", [-5.0, 10**7], ids=["below 0", "more than its denominator"])
def test_what_stands_beside_an_impossible_count_is_not_called_wrong(right_rows: pd.DataFrame, wrong: float) -> None:
    rows = right_rows.copy()
    chosen = (rows[list(SC_GIRLS)] == pd.Series(SC_GIRLS)).all(axis=1)
    rows.loc[chosen, "numerator"] = wrong
    found = check_observations(
        rows, CONTRACTS, known_places=made_up_places(), as_of=AS_OF, contract=SUBMISSIONS_CONTRACT, beside=BESIDE
    ).findings
    beside = rows.loc[(rows[list(LAST)[:2]] == pd.Series(LAST)[:2]).all(axis=1) & ~chosen, "observation_id"]
    told = found[found["severity"] == "critical"]
    assert rows.loc[chosen, "observation_id"].isin(told["observation_id"]).all()
    assert not told["observation_id"].isin(beside).any()

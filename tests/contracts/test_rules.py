"""For every rule of the contract: one wrong row fails it and nothing else; the right rows pass everything."""

from datetime import date
from functools import cache
from pathlib import Path

import pandas as pd
import pytest

from mande.contracts.check import SOURCE_CONTRACT, check_observations, derive_columns
from mande.contracts.contract import Contract, read_contract
from mande.contracts.expectations import find_failures
from mande.contracts.outcomes import describe_findings

AS_OF = date(2016, 12, 31)

# rule: (which clean row, what is changed in it, which other rules must fail with it)
WRONG_ROWS = {
    "known-place-code": (dict(indicator="IMR", period="2014"), dict(place_code="00"), set()),
    "known-indicator": (dict(indicator="IMR", period="2014"), dict(indicator="IMRR"), set()),
    "expected-unit": (dict(indicator="IMR", period="2014"), dict(unit="percent"), set()),
    "value-or-reason": (dict(indicator="IMR", period="2014"), dict(value=None), set()),
    "known-value-status": (dict(indicator="IMR", period="2014"), dict(value_status="seen"), {"value-or-reason"}),
    "known-confidence": (dict(indicator="IMR", period="2014"), dict(confidence="hearsay"), set()),
    "known-qualifier": (dict(indicator="IMR", period="2014"), dict(value_qualifier="≥"), set()),
    "known-group": (dict(indicator="IMR", period="2014"), dict(dimension="sex", dimension_value="girls"), set()),
    "not-below-range": (
        dict(indicator="IMR", period="2014"),
        dict(value=-1.0),
        {"mortality-not-below-narrower-age", "mortality-not-above-wider-age"},
    ),
    "not-above-range": (
        dict(indicator="U5MR", period="2014"),
        dict(value=301.0),
        set(),
    ),
    "lower-limit-below-value": (dict(indicator="IMR", period="2014"), dict(lower=11.9), set()),
    "upper-limit-above-value": (dict(indicator="IMR", period="2014"), dict(upper=11.7), set()),
    "mortality-not-above-wider-age": (
        dict(indicator="NMR", period="2014"),
        dict(value=11.9),
        {"mortality-not-below-narrower-age", "usual-change"},
    ),
    "mortality-not-below-narrower-age": (
        dict(indicator="U5MR", period="2014"),
        dict(value=11.7),
        {"mortality-not-above-wider-age", "usual-change"},
    ),
    "later-dose-not-above-first": (dict(indicator="DTP3", period="2014"), dict(value=98.1), set()),
    "parts-add-up": (
        dict(indicator="POPULATION", period="2014", place_code="01", dimension_value="F"),
        dict(value=3608.0),
        set(),
    ),
    "no-future-period": (dict(indicator="IMR", period="2014"), dict(edition="2013-12"), set()),
    "same-basis": (dict(indicator="IMR", period="2014"), dict(basis="another"), set()),
    "usual-change": (dict(indicator="U5MR", period="2014"), dict(value=25.0), set()),
}


def change(rows: list[dict], which: dict, what: dict) -> list[dict]:
    """Return the rows with one of them changed, and make sure that there is one."""
    places = [
        number
        for number, row in enumerate(rows)
        if all({"place_code": "01", **row}[key] == which[key] for key in which)
    ]
    assert len(places) == 1
    return [row | what if number == places[0] else row for number, row in enumerate(rows)]


@cache
def the_contract(path: Path) -> Contract:
    return read_contract(path)


def failed_checks(rows, observations_of, contracts, places, as_of=AS_OF) -> pd.DataFrame:
    """Check without slicing, and with the contract read once for all tests."""
    contract = the_contract(contracts / SOURCE_CONTRACT)
    table = derive_columns(observations_of(rows), contract, known_places=places, as_of=as_of)
    return describe_findings(table, contract, find_failures(table, contract.rules))


def test_right_rows_pass_every_check(clean_rows, observations_of, contracts, few_places):
    result = check_observations(observations_of(clean_rows), contracts, known_places=few_places, as_of=AS_OF)
    assert result.findings.empty
    assert set(result.outcomes["outcome"]) == {"passed"}
    looked_at = set(result.outcomes["check_id"])
    rules = {rule.id for rule in read_contract(contracts / SOURCE_CONTRACT).rules}
    assert rules - looked_at == {"lower-limit-below-value", "upper-limit-above-value"}  # no intervals in these rows


@pytest.mark.parametrize("rule", WRONG_ROWS)
def test_one_wrong_row_fails_its_rule(rule, clean_rows, observations_of, contracts, few_places):
    which, what, also = WRONG_ROWS[rule]
    # the rows of another basis, edition or definition leave the comparisons of their neighbours, nothing else
    findings = failed_checks(change(clean_rows, which, what), observations_of, contracts, few_places)
    assert set(findings["check_id"]) == {rule} | also


def test_interval_around_the_value_passes(clean_rows, observations_of, contracts, few_places):
    rows = change(clean_rows, dict(indicator="IMR", period="2014"), dict(lower=11.8, upper=11.8))
    assert failed_checks(rows, observations_of, contracts, few_places).empty


def test_repeated_key_fails_both_rows(clean_rows, observations_of, contracts, few_places):
    findings = failed_checks([*clean_rows, clean_rows[0]], observations_of, contracts, few_places)
    repeated = findings[findings["check_id"] == "unique-key"]
    assert repeated["observation_id"].tolist() == ["made_up.csv:2", f"made_up.csv:{len(clean_rows) + 2}"]


def test_value_where_the_status_says_missing_fails(clean_rows, observations_of, contracts, few_places):
    rows = change(clean_rows, dict(indicator="IMR", period="2014"), dict(value_status="missing"))
    assert set(failed_checks(rows, observations_of, contracts, few_places)["check_id"]) == {"value-or-reason"}


def test_missing_value_with_its_reason_passes(clean_rows, observations_of, contracts, few_places):
    rows = change(clean_rows, dict(indicator="IMR", period="2014"), dict(value_status="suppressed", value=None))
    assert failed_checks(rows, observations_of, contracts, few_places).empty


def test_ha_tay_exists_until_july_2008_only(observations_of, contracts, few_places):
    rows = [{"place_code": "28", "period": year} for year in ("2007", "2008")]
    findings = failed_checks(rows, observations_of, contracts, few_places, as_of=date(2009, 1, 1))
    assert findings[["check_id", "period"]].to_numpy().tolist() == [["known-place-code", "2008"]]


@pytest.mark.parametrize(
    ("place", "rule"),
    [("79", {"provinces-add-up"}), ("R5", {"regions-add-up"}), ("VN", {"provinces-add-up", "regions-add-up"})],
)
def test_nation_is_told_when_its_places_do_not_add_up(place, rule, clean_rows, observations_of, contracts, few_places):
    which = dict(indicator="POPULATION", period="2014", place_code=place)
    rows = clean_rows
    for part, value in (("_T", 7100.0), ("F", 3651.0), ("M", 3449.0)):
        rows = change(rows, which | dict(dimension_value=part), dict(value=value * (2 if place == "VN" else 1)))
    findings = failed_checks(rows, observations_of, contracts, few_places)
    assert set(findings["check_id"]) == rule
    assert set(findings["place_code"]) == {"VN"}
    assert set(findings["severity"]) == {"warning"}


def test_places_are_not_added_up_while_one_is_absent(clean_rows, observations_of, contracts, few_places):
    rows = [row for row in clean_rows if row.get("place_code") != "79"]
    assert failed_checks(rows, observations_of, contracts, few_places).empty


def test_parts_are_not_added_up_while_one_is_absent(clean_rows, observations_of, contracts, few_places):
    rows = [row for row in clean_rows if row.get("dimension_value") != "M"]
    assert failed_checks(rows, observations_of, contracts, few_places).empty


def test_parts_may_miss_their_total_by_rounding(clean_rows, observations_of, contracts, few_places):
    which = dict(indicator="POPULATION", period="2014", place_code="01", dimension_value="F")
    for value, fails in ((3607.0, False), (3607.1, True), (3593.0, False), (3592.9, True)):  # 0.1 % of 7,000 = 7
        findings = failed_checks(change(clean_rows, which, dict(value=value)), observations_of, contracts, few_places)
        assert ("parts-add-up" in set(findings["check_id"])) is fails, value


def test_thousands_among_persons_are_refused(observations_of, contracts, few_places):
    teachers = {"indicator": "KINDERGARTEN_TEACHERS", "unit": "persons"}
    values = {"2012": 5000.0, "2013": 5100.0, "2014": 5.2, "2015": 5300.0, "2016": 0.0}
    rows = [teachers | {"period": year, "value": value} for year, value in values.items()]
    findings = failed_checks(rows, observations_of, contracts, few_places)
    assert findings.loc[findings["check_id"] == "same-scale", "period"].tolist() == [
        "2014"
    ]  # a zero is no change of scale


@pytest.mark.parametrize(("as_of", "periods"), [(date(2019, 12, 31), []), (date(2020, 1, 2), ["2016"])])
def test_newest_value_may_be_three_years_old(as_of, periods, clean_rows, observations_of, contracts, few_places):
    rows = [row for row in clean_rows if row["indicator"] == "IMR"]
    findings = failed_checks(rows, observations_of, contracts, few_places, as_of=as_of)
    assert findings.loc[findings["check_id"] == "fresh", "period"].tolist() == periods


def test_a_value_of_the_last_day_counts_already(observations_of, contracts, few_places):
    rows = [{"period": "2010"}, {"period": "2016", "value": 14.0}]
    findings = failed_checks(rows, observations_of, contracts, few_places, as_of=date(2016, 12, 31))
    assert "fresh" not in set(findings["check_id"])
    findings = failed_checks(rows, observations_of, contracts, few_places, as_of=date(2016, 12, 30))
    assert findings.loc[findings["check_id"] == "fresh", "period"].tolist() == ["2010"]


def test_an_outlier_does_not_hide_behind_the_noise_that_it_makes(observations_of, contracts, few_places):
    """The nation's full immunisation 2010, 2013–2016: with its own distance in the scale 2013 would score 3.20."""
    values = {"2010": 94.6, "2013": 91.4, "2014": 97.1, "2015": 97.2, "2016": 98.0}
    rows = [
        {"indicator": "FIC_U1", "unit": "percent", "period": year, "value": value} for year, value in values.items()
    ]
    table = derive_columns(
        observations_of(rows),
        read_contract(contracts / SOURCE_CONTRACT),
        known_places=few_places,
        as_of=AS_OF,
    )
    # distances 2.5 5.7 1.2 0.1 0.8, by hand: 2010 to the nearest three's median 97.1 (not the nearest, 91.4: 3.2);
    # 2016 to the nearest, 97.2; scale of 2013: 1.4826 × median(0.1, 0.8, 1.2, 2.5) = 1.4826, at least 1.5
    assert table["usual_value"].round(2).tolist() == [97.1, 97.1, 95.9, 97.1, 97.2]
    assert table["unusual_change"].round(3).tolist()[1] == round(5.7 / 1.5, 3)
    # scale of 2015: 1.4826 × median(0.8, 1.2, 2.5, 5.7) = 1.4826 × 1.85
    assert table["unusual_change"].round(4).tolist()[3] == round(0.1 / (1.4826 * 1.85), 4)


def test_a_newer_edition_refreshes_a_series(clean_rows, observations_of, contracts, few_places):
    rows = [row for row in clean_rows if row["indicator"] == "IMR"]
    newer = {"period": "2019", "value": 11.5, "edition": "2020", "source": "another-source"}
    findings = failed_checks([*rows, newer], observations_of, contracts, few_places, as_of=date(2021, 1, 1))
    assert "fresh" not in set(findings["check_id"])


def test_values_after_the_day_of_the_review_are_no_error(clean_rows, observations_of, contracts, few_places):
    assert failed_checks(clean_rows, observations_of, contracts, few_places, as_of=date(2013, 6, 1)).empty


@pytest.mark.parametrize(
    ("edition", "received", "fails"),
    [
        ("2013", "", True),
        ("2014", "", False),
        ("2012-2013", "", True),
        ("2013-2014", "", False),
        ("2013-12", "", True),
        ("2014-01", "", False),
        ("WDI 2013", "", True),
        ("as published", "2013-05-01", True),
        ("as published", "2014-05-01", False),
        ("as published", "", False),
    ],
)
def test_no_period_begins_after_its_edition(edition, received, fails, observations_of, contracts, few_places):
    rows = [{"period": "2014", "edition": edition, "received_date": received}]
    findings = failed_checks(rows, observations_of, contracts, few_places)
    assert set(findings["check_id"]) == ({"no-future-period"} if fails else set())


def test_every_rule_has_its_wrong_row(contracts):
    tested_alone = {"unique-key", "provinces-add-up", "regions-add-up", "same-scale", "fresh"}
    rules = {rule.id for rule in read_contract(contracts / SOURCE_CONTRACT).rules}
    assert rules == set(WRONG_ROWS) | tested_alone

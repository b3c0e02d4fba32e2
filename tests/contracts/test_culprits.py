"""Of several amounts that contradict each other, only those that may be wrong are named; a whole file has no cell."""

from datetime import date
from types import SimpleNamespace

import numpy as np
import pandas as pd
import pytest

from mande.contracts.check import SUBMISSIONS_CONTRACT, Beside, check_observations
from mande.contracts.mending import locate_findings, what_to_mend, without_echoes
from mande.contracts.relations import broken_relation

from .conftest import CONTRACTS
from .made_up_submissions import due_dates, made_up_places, made_up_submissions
from .test_submission_rules import LAST, SC, SC_GIRLS, change, failing, select

DEATHS = {"chains": [["NMR.numerator", "IMR.numerator", "U5MR.numerator"]]}


def deaths(**numerators: float) -> pd.DataFrame:
    """One unit and period: deaths by age, out of 1,000 births, each at most 200 per 1,000."""
    rows = [{"indicator": name, "numerator": count, "denominator": 1000.0} for name, count in numerators.items()]
    table = pd.DataFrame(rows).assign(place_code="001", period="2024", dimension="_T", dimension_value="_T")
    value = table["numerator"]
    return table.assign(value=value, unit="per_1000_live_births", range_low=0.0, range_high=200.0, is_reference=False)


@pytest.mark.parametrize(
    ("counts", "named"),
    [
        ({"NMR": 5, "IMR": 9, "U5MR": 12}, set()),
        ({"NMR": 90, "IMR": 9, "U5MR": 12}, {"NMR"}),  # above both others, which agree
        ({"NMR": 5, "IMR": 9, "U5MR": 1}, {"U5MR"}),  # below both others
        ({"NMR": 5, "IMR": 90, "U5MR": 12}, {"IMR", "U5MR"}),  # one against one: nobody can tell
        ({"NMR": 5, "IMR": 900, "U5MR": 12}, set()),  # cannot be by itself: its range names it
        ({"NMR": 5, "IMR": -9, "U5MR": 12}, set()),
    ],
)
def test_the_amount_that_breaks_more_relations_is_named_alone(counts, named):
    table = deaths(**counts)
    texts = broken_relation(table, SimpleNamespace(arguments=DEATHS))
    assert set(table.loc[texts.fillna("") != "", "indicator"]) == named


def test_an_amount_that_cannot_close_the_sum_is_not_named():
    rows = made_up_submissions()
    girls, boys, total = SC_GIRLS, SC | {"dimension_value": "M"}, SC
    ids = {name: rows.loc[select(rows, which), "observation_id"].item() for name, which in
           (("girls", girls), ("boys", boys), ("total", total))}  # fmt: skip
    whole = rows.loc[select(rows, total), "denominator"].item()
    # As many girls as all children and more: no number of boys, which would be below 0, could make that right.
    wrong = change(rows, girls, {"denominator": whole + 1000})
    assert failing(wrong, "denominators-add-up") == {ids["girls"], ids["total"]}
    # One too many: each of the three may be it.
    assert failing(
        change(rows, girls, {"denominator": lambda row: row["denominator"] + 1}), "denominators-add-up"
    ) == set(ids.values())


@pytest.fixture(scope="module")
def late_and_round():
    rows = change(made_up_submissions(), LAST, {"received_date": "2025-03-01"})
    digits = {name: (rows[name] / 10).round() * 10 for name in ("numerator", "denominator")}
    own = rows["place_code"] == "003"
    rows = rows.assign(**{name: rows[name].mask(own, new) for name, new in digits.items()})
    setting = {"known_places": made_up_places(), "as_of": date(2025, 6, 30), "beside": Beside(None, due_dates())}
    result = check_observations(rows, CONTRACTS, contract=SUBMISSIONS_CONTRACT, **setting)
    return rows, result


def test_a_finding_about_a_whole_file_names_no_cell_decides_no_verdict_and_lowers_no_grade(late_and_round):
    rows, result = late_and_round
    found = locate_findings(result, rows)
    whole = found[found["check_id"].isin(["no-round-digits", "received-in-time"])]
    assert set(whole["check_id"]) == {"no-round-digits", "received-in-time"}
    assert set(whole["cell"]) == {""} and set(whole["sheet"]) == {""} and set(whole["file"]) <= set(rows["file"])
    names = ["target_id", "indicator", "place_code", "reason", "actual_observation_id", "baseline_observation_id"]
    inputs = [("T", "X", "003", "meets_target", one, None) for one in whole["observation_id"]]
    assert set(what_to_mend(whole, pd.DataFrame(inputs, columns=names))["effect"]) == {"other"}
    cells = result.outcomes.loc[result.outcomes["check_id"] == "no-round-digits", "cells"]
    assert set(cells) == {""}
    internal = result.judged.set_index("observation_id")["internal_failed"]
    only = whole.loc[~whole["observation_id"].isin(found.loc[~found.index.isin(whole.index), "observation_id"])]
    assert (internal[only["observation_id"]] == 0).all()


def test_a_warning_about_a_value_is_left_out_where_its_count_is_named_already():
    finding = {"observation_id": "a", "severity": "warning", "part": "value", "check_id": "usual-value"}
    rows = [
        finding,
        finding | {"severity": "critical", "part": "numerator", "check_id": "numerators-add-up"},
        finding | {"observation_id": "b"},
        finding | {"observation_id": "c", "part": "denominator", "check_id": "usual-denominator"},
        finding | {"observation_id": "c"},
        finding | {"observation_id": ""},
        finding | {"observation_id": "", "severity": "critical"},
    ]
    kept = without_echoes(pd.DataFrame(rows))
    assert kept.index.tolist() == [1, 2, 3, 5, 6]
    assert np.all(without_echoes(pd.DataFrame(rows[:1])).index == [0])

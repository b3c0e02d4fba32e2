"""Slicing: what failed over the whole table is what failed over all files and places together."""

from dataclasses import replace
from datetime import date
from functools import cache
from pathlib import Path

import pandas as pd
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from mande.contracts.check import SOURCE_CONTRACT, check_observations
from mande.contracts.contract import Contract, read_contract
from mande.contracts.outcomes import describe_findings, slice_outcomes
from mande.contracts.table import check_table
from mande.places.register import Register
from mande.sources.published import read_published

RULES = ("known-confidence", "known-value-status")
slices = st.lists(
    st.tuples(
        st.sampled_from(["a.csv", "b.csv"]),
        st.sampled_from(["01", "79", "VN"]),
        st.sets(st.sampled_from(RULES)),
    ),
    min_size=1,
    max_size=80,
)


@cache
def two_rules(path: Path) -> Contract:
    contract = read_contract(path)
    return replace(contract, rules=tuple(rule for rule in contract.rules if rule.id in RULES))


@given(slices)
@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_slices_add_up_to_the_findings(contracts, observations_of, rows):
    contract = two_rules(contracts / SOURCE_CONTRACT)
    table = observations_of([{"file": file, "place_code": place} for file, place, _ in rows])
    failures = {rule: pd.Series([rule in failing for _, _, failing in rows]).to_numpy().nonzero()[0] for rule in RULES}
    findings = describe_findings(table, contract, failures)
    outcomes = slice_outcomes(table, contract, findings)
    assert len(findings) == sum(len(positions) for positions in failures.values())
    assert outcomes["n_failed"].sum() == len(findings)
    assert (outcomes["n_failed"] <= outcomes["n_checked"]).all()
    assert (outcomes.groupby("check_id")["n_checked"].sum() == len(table)).all()
    assert len(outcomes) == len(RULES) * len({(file, place) for file, place, _ in rows})
    assert ((outcomes["n_failed"] == 0) == (outcomes["outcome"] == "passed")).all()
    assert ((outcomes["cells"] == "") == (outcomes["n_failed"] == 0)).all()


def test_cells_are_cut_after_twenty(contracts, observations_of, few_places):
    rows = [{"period": str(year), "confidence": "hearsay"} for year in range(1990, 2011)]
    result = check_observations(observations_of(rows), contracts, known_places=few_places, as_of=date(2016, 12, 31))
    cells = result.outcomes.set_index("check_id").loc["known-confidence", "cells"].split("; ")
    assert cells == [f"F{line}" for line in range(2, 22)] + ["…"]
    result = check_observations(
        observations_of(rows[:20]), contracts, known_places=few_places, as_of=date(2016, 12, 31)
    )
    assert result.outcomes.set_index("check_id").loc["known-confidence", "cells"].count("F") == 20
    assert "…" not in result.outcomes.set_index("check_id").loc["known-confidence", "cells"]


def test_sheet_stands_before_the_cell(contracts, observations_of, few_places):
    rows = [{"sheet": "Bảng 1", "confidence": "hearsay", "period": "2012"}]
    result = check_observations(observations_of(rows), contracts, known_places=few_places, as_of=date(2012, 12, 31))
    assert "Bảng 1!F2" in set(result.outcomes["cells"])


def test_outcomes_keep_their_own_contract_and_the_table_is_not_changed(
    clean_rows, contracts, observations_of, few_places
):
    table = observations_of([*clean_rows, {"confidence": "hearsay", "period": "2012", "source": "other"}])
    before = table.copy(deep=True)
    result = check_observations(table, contracts, known_places=few_places, as_of=date(2016, 12, 31))
    check_table(result.outcomes, read_contract(contracts / "outputs" / "check_outcomes.odcs.yaml"))
    pd.testing.assert_frame_equal(table, before)
    assert list(result.findings.columns) == [
        "observation_id",
        "check_id",
        "severity",
        "found",
        "indicator",
        "place_code",
        "period",
    ]


def test_template_text_is_not_executed(contracts, observations_of, few_places):
    rows = [{"confidence": "{value.__class__} =cmd|", "period": "2012"}]
    result = check_observations(observations_of(rows), contracts, known_places=few_places, as_of=date(2012, 12, 31))
    assert result.findings["found"].tolist() == ["{value.__class__} =cmd|"]


def test_outcomes_of_some_indicators_come_from_the_same_findings(contracts):
    """`reported` narrows what is counted, never what is checked."""
    root = contracts.parent
    published = read_published(root / "data" / "published").observations
    places = Register.load(root / "data" / "places").places
    whole, narrow = (
        check_observations(published, contracts, known_places=places, as_of=date(2024, 12, 31), reported=reported)
        for reported in (None, ["IMR", "U5MR"])
    )
    assert len(narrow.findings) == len(whole.findings)
    kept = whole.findings[whole.findings["indicator"].isin(["IMR", "U5MR"])]
    assert narrow.outcomes["n_failed"].sum() == len(kept) > 0
    assert "not-above-range" not in set(narrow.outcomes.loc[narrow.outcomes["n_failed"] > 0, "check_id"])

"""Where a finding stands, what to mend first, and the library's own pages."""

import re
from datetime import date
from urllib.parse import unquote

import pandas as pd
import pytest

from mande.contracts.check import SUBMISSIONS_CONTRACT, Beside, check_observations, derive_columns
from mande.contracts.contract import read_contract
from mande.contracts.expectations import write_data_docs
from mande.contracts.mending import locate_findings, what_to_mend

from .conftest import CONTRACTS
from .made_up_submissions import due_dates, made_up_places, made_up_submissions
from .test_submission_rules import LAST, SC, SUPPORTED, change, select

AS_OF = date(2025, 6, 30)
SETTING = {"known_places": made_up_places(), "as_of": AS_OF, "beside": Beside(None, due_dates())}


@pytest.fixture(scope="module")
def wrong() -> pd.DataFrame:
    """Supported above their whole (decides a verdict), an unknown word (elsewhere), a value unlike the others."""
    rows = change(made_up_submissions(), SUPPORTED, {"numerator": lambda row: row["denominator"] + 1})
    rows = change(rows, LAST | {"indicator": "DTP1"}, {"confidence": "hearsay"})
    return change(rows, SC | {"place_code": "004"}, {"denominator": lambda row: row["denominator"] - 0.5})


@pytest.fixture(scope="module")
def found(wrong) -> pd.DataFrame:
    result = check_observations(wrong, CONTRACTS, contract=SUBMISSIONS_CONTRACT, **SETTING)
    return locate_findings(result, wrong)


def progress_of(rows: list[tuple]) -> pd.DataFrame:
    names = ["target_id", "indicator", "place_code", "reason", "actual_observation_id", "baseline_observation_id"]
    return pd.DataFrame(rows, columns=names)


def test_a_finding_about_a_count_stands_in_the_cell_of_the_count(wrong, found):
    row = wrong[select(wrong, SUPPORTED)].iloc[0]
    broken = found[found["check_id"] == "numerator-within-denominator"].iloc[0]
    assert broken[["file", "sheet", "cell"]].tolist() == ["003_2024.xlsx", "Số liệu", row["numerator_cell"]]
    half = found[found["check_id"] == "whole-denominator"].iloc[0]
    assert half["cell"].startswith("E")
    assert half["cure_en"].startswith("Write the whole count")
    word = found[found["check_id"] == "known-confidence"].iloc[0]
    assert word["cell"].startswith("F")


def test_what_decides_a_verdict_comes_first_and_a_cell_comes_once(wrong, found):
    input_id = wrong.loc[select(wrong, LAST | {"indicator": "DTP1"}), "observation_id"].item()
    progress = progress_of(
        [
            ("T1", "DTP1", "003", "meets_target", input_id, None),
            ("T2", "SC_RATIO", "004", "low_quality", None, None),
            ("T3", "SC_RATIO", "004", "no_value", None, None),
        ]
    )
    mend = what_to_mend(found, progress)
    assert not mend.duplicated(["place_code", "file", "sheet", "cell"]).any()
    assert mend.iloc[0][["indicator", "effect", "n_targets"]].tolist() == ["DTP1", "decides_verdict", 1]
    effects = mend["effect"].tolist()
    assert effects == sorted(effects, key=("decides_verdict", "lowers_grade", "other").index)
    lowered = mend[mend["effect"] == "lowers_grade"]
    assert set(lowered["place_code"]) == {"004"}
    assert set(lowered["n_targets"]) == {2}
    assert set(mend["check_ids"].str.split("; ").explode()) == set(found["check_id"])


def test_a_critical_finding_that_keeps_a_verdict_back_decides_it(found):
    mend = what_to_mend(found, progress_of([("T1", "SC_SUPPORTED", "003", "failed_check", None, None)]))
    first = mend[mend["effect"] == "decides_verdict"]
    assert set(first["indicator"]) == {"SC_SUPPORTED"}
    assert set(first["severity"]) == {"critical"}


def test_nothing_found_is_nothing_to_mend(found):
    assert what_to_mend(found.head(0), progress_of([])).empty


def test_data_docs_show_the_rules_and_load_nothing(wrong, tmp_path):
    contract = read_contract(CONTRACTS / SUBMISSIONS_CONTRACT)
    table = derive_columns(wrong, contract, **SETTING)
    first = write_data_docs(table, contract, tmp_path / "docs")
    pages = {path: path.read_text(encoding="utf-8") for path in first.parent.rglob("*.html")}
    assert first in pages
    assert len(pages) == 3
    together = "".join(pages.values())
    assert "numerator-within-denominator (critical)" in together
    loaded = r"<(?:script|img|iframe|source)[^>]*\bsrc=.(?:https?:)?//|<link[^>]*\bhref=.(?:https?:)?//|@import"
    assert re.findall(loaded, together) == []
    assert "<script" not in together
    linked = {first.parent / unquote(link) for link in re.findall(r'<li><a href="([^"]+)">', pages[first])}
    assert linked == set(pages) - {first}
    assert all("http" not in path.read_text(encoding="utf-8") for path in first.parent.rglob("*.css"))

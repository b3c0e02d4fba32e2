"""The quality grade: every score by hand, unknown is not good, and the threshold decides the verdict."""

from datetime import date

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from mande.contracts.grade import (
    COUNTS,
    DIMENSIONS,
    grade_counts,
    grade_quality,
    grades_of_observations,
    read_grade_contract,
)
from mande.contracts.table import check_table
from mande.framework.quality import GRADES, is_below

from .conftest import CONTRACTS

CONTRACT = read_grade_contract(CONTRACTS)
AS_OF = date(2025, 6, 30)
GROUPS = [("_T", "_T"), ("sex", "F"), ("sex", "M"), ("age", "0-5")]
DUE = pd.DataFrame({"period": ["2024"], "last_date": [pd.Timestamp("2025-01-15")]})


def asked() -> pd.DataFrame:
    rows = [("SC_RATIO", "003", "2024", *group) for group in GROUPS]
    return pd.DataFrame(rows, columns=["indicator", "place_code", "period", "dimension", "dimension_value"])


def sent(**changes) -> pd.DataFrame:
    """Four values, all received in time; a change is one list of four."""
    table = asked().assign(value=1.0, value_status="observed", received_date="2025-01-10")
    return table.assign(observation_id=[f"a:{n}" for n in range(4)], **changes)


def judged(**changes) -> pd.DataFrame:
    table = pd.DataFrame({"observation_id": [f"a:{n}" for n in range(4)]})
    names = ("internal_checked", "external_checked", "internal_failed", "external_failed")
    return table.assign(**dict(zip(names, (3, 1, 0, 0), strict=True)), has_failed=False).assign(**changes)


def grade(observations, judgement, **options) -> pd.Series:
    options = {"expected": asked(), "due_dates": DUE} | options
    table = grade_quality(observations, judgement, CONTRACT, as_of=AS_OF, **options)
    check_table(table, CONTRACT)
    assert len(table) == 1
    return table.iloc[0]


def test_all_good_is_an_a():
    row = grade(sent(), judged())
    assert (row["grade"], row["grade_reason"], row["n_unknown"]) == ("A", "all_good", 0)
    assert row[[*DIMENSIONS]].tolist() == [1.0, 1.0, 1.0, 1.0]


def test_every_score_is_the_ratio_of_its_counts():
    row = grade(
        sent(value=[1.0, 2.0, np.nan, 0.0], value_status=["observed", "observed", "missing", "observed"],
             received_date=["2025-01-15", "2025-01-16", "2025-01-10", "2025-01-10"]),
        judged(internal_failed=[1, 0, 0, 0], external_failed=[0, 1, 0, 0], external_checked=[1, 1, 0, 0]),
    )  # fmt: skip
    # zero came, blank did not: 3 of 4. In time 2 of 4: one came on the day after, one has not come and is overdue.
    assert row[COUNTS].tolist() == [3, 4, 2, 4, 2, 3, 1, 2]
    assert row[[*DIMENSIONS]].tolist() == [3 / 4, 2 / 4, 2 / 3, 1 / 2]
    assert (row["grade"], row["grade_reason"]) == ("D", "timeliness")


@pytest.mark.parametrize(
    ("in_place", "status", "expected"),
    [
        ("not_applicable", "not_applicable", (3, 3)),
        ("suppressed", "suppressed", (4, 4)),
        ("missing", "missing", (3, 4)),
    ],
)
def test_what_does_not_apply_is_not_asked_for(in_place, status, expected):
    row = grade(sent(value=[1.0, 1.0, 1.0, np.nan], value_status=["observed"] * 3 + [status]), judged())
    assert (row["n_received"], row["n_expected"]) == expected


def test_what_never_came_is_graded_too():
    row = grade(sent().head(0), judged().head(0))
    assert (row["completeness"], row["timeliness"], row["grade"]) == (0.0, 0.0, "unknown")
    assert row["grade_reason"] == "unknown_dimension"


def test_a_dimension_that_cannot_be_judged_is_unknown_not_good():
    assert grade(sent(), judged(external_checked=0))["grade"] == "B"  # all else is perfect
    assert grade(sent(), judged(external_checked=0))["grade_reason"] == "unknown_dimension"
    assert grade(sent(), judged(), due_dates=None)["grade"] == "B"
    assert grade(sent(), judged(), expected=None)["grade"] == "unknown"
    assert grade(sent(), judged(internal_checked=0))["grade"] == "unknown"
    row = grade(
        sent(), judged(external_checked=0, internal_failed=[1, 0, 0, 0])
    )  # 3 of 4: C, worse than the unknown's B
    assert (row["grade"], row["grade_reason"]) == ("C", "internal_consistency")


def counts_of(numbers: list[tuple[int, int]]) -> pd.DataFrame:
    flat = {name: [value] for pair, values in zip(DIMENSIONS.values(), numbers, strict=True) for name, value in zip(pair, values, strict=True)}  # fmt: skip
    return pd.DataFrame({"indicator": ["I"], "place_code": ["003"], "period": ["2024"], **flat})


@pytest.mark.parametrize("name", DIMENSIONS)
@pytest.mark.parametrize("letter", ["A", "B", "C"])
def test_a_mark_is_reached_at_the_mark_and_not_below(name, letter):
    mark = CONTRACT.grades[letter][name]
    for part, expected in ((round(1000 * mark), letter), (round(1000 * mark) - 1, GRADES[GRADES.index(letter) + 1])):
        numbers = [(part, 1000) if one == name else (1000, 1000) for one in DIMENSIONS]
        assert grade_counts(counts_of(numbers), CONTRACT)["grade"].item() == expected


shares = st.tuples(st.integers(0, 20), st.integers(0, 20)).map(sorted).map(tuple)


@given(st.lists(shares, min_size=4, max_size=4), st.integers(0, 3))
def test_one_more_that_is_right_never_lowers_the_grade(numbers, place):
    order = [*GRADES, "unknown"]
    before = grade_counts(counts_of(numbers), CONTRACT)["grade"].item()
    part, whole = numbers[place]
    better = [(min(part + 1, whole), whole) if n == place else pair for n, pair in enumerate(numbers)]
    after = grade_counts(counts_of(better), CONTRACT)["grade"].item()
    assert order.index(after) <= order.index(before)


def test_each_observation_gets_the_grade_of_its_row():
    grades = grade_quality(sent(), judged(), CONTRACT, expected=asked(), due_dates=DUE, as_of=AS_OF)
    assert grades_of_observations(sent(), grades).to_dict() == dict.fromkeys(["a:0", "a:1", "a:2", "a:3"], "A")
    assert set(grades_of_observations(sent(period="2023"), grades)) == {"unknown"}


@pytest.mark.parametrize("threshold", ["A", "B", "C"])
def test_published_statistics_have_no_grade_and_are_below_no_threshold(threshold):
    assert not is_below("", threshold)
    assert is_below("unknown", threshold)
    assert [letter for letter in GRADES if is_below(letter, threshold)] == [*GRADES][GRADES.index(threshold) + 1 :]

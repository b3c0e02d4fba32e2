"""A programme's quality threshold keeps low grades out of its verdicts; without one nothing changes."""

from datetime import date

import pandas as pd
import pytest

from mande.evaluation.progress import compute_progress
from mande.framework.model import Programme
from mande.indicators.actuals import accepted_rules, compute_actuals
from mande.vocabulary import Stage

from .made_up import make_observations, make_programme

AS_OF = date(2024, 12, 31)
NO_FINDINGS = pd.DataFrame({"observation_id": [], "severity": []}, dtype=str)


def judge(grades: dict, threshold: str | None) -> tuple[pd.DataFrame, pd.Series]:
    programme = make_programme([{"year": 2025, "operator": "<=", "value": 10.0}])
    programme = programme.model_copy(update={"quality_threshold": threshold})
    actuals = compute_actuals(
        make_observations({2020: 20, 2023: 9}),
        programme,
        place_codes=["99"],
        as_of=AS_OF,
        findings=NO_FINDINGS,
        grades=pd.Series(grades, dtype=str),
    )
    rules = accepted_rules(programme)
    rows = compute_progress(actuals, rules, programme, stage=Stage.MID_TERM, as_of=AS_OF, place_codes=["99"])
    return actuals, rows.iloc[0]


@pytest.mark.parametrize(
    ("grade", "threshold", "reason"),
    [
        ("C", "C", "meets_target"),
        ("D", "C", "low_quality"),
        ("B", "A", "low_quality"),
        ("unknown", "C", "low_quality"),
        ("D", None, "meets_target"),
        ("unknown", None, "meets_target"),
    ],
)
def test_the_threshold_decides(grade, threshold, reason):
    actuals, row = judge({"made-up:0": grade, "made-up:1": grade}, threshold)
    assert row["reason"] == reason
    assert row["verdict"] == ("not_assessable" if reason == "low_quality" else "met")
    assert row["has_low_quality"] == (reason == "low_quality")
    assert set(actuals["quality_grade"]) == {grade}
    assert set(actuals["unusable_reason"]) == ({"low_quality"} if reason == "low_quality" else {""})


def test_what_was_not_graded_is_not_kept_out():
    actuals, row = judge({}, "A")
    assert row["reason"] == "meets_target"
    assert set(actuals["quality_grade"]) == {""}


def test_a_threshold_that_does_not_exist_is_refused():
    whole = make_programme([{"year": 2025, "operator": "<=", "value": 10.0}]).model_dump()
    for wrong in ({"quality_threshold": "D"}, {"quality_treshold": "C"}):
        with pytest.raises(ValueError, match="quality_t"):
            Programme.model_validate(whole | wrong)

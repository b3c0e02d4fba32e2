"""A comparison across a change of definition is refused, unless a factor with a source carries the values over."""

import pytest

from mande.framework.model import Bridge, Citation
from tests.evaluation.made_up import make_observations, make_programme

OLD_AND_NEW = [
    {"period": "2020", "value": 10.0, "definition": "old", "lower": 9.0, "upper": 11.0},
    {"period": "2024", "value": 6.0, "definition": "new"},
]
LEVELS = [{"year": 2025, "operator": "<=", "value": 5}]


def programme(*, factor=None):
    made = make_programme(LEVELS, definition="new")
    if factor is None:
        return made
    source = Citation(document="Made-up reconciliation", sources=("made up",), confidence="text")
    bridge = Bridge(indicator="X", from_definition="old", to_definition="new", factor=factor, citation=source)
    return made.model_copy(update={"bridges": (bridge,)})


def test_without_a_bridge_the_value_of_the_other_definition_is_no_baseline(judge):
    row = judge(programme(), make_observations(OLD_AND_NEW))
    assert (row["verdict"], row["reason"]) == ("not_assessable", "no_baseline")
    only_old = judge(programme(), make_observations(OLD_AND_NEW[:1]))
    assert (only_old["verdict"], only_old["reason"]) == ("not_comparable", "other_definition")


def test_with_a_bridge_the_baseline_is_the_value_times_the_factor_and_says_so(judge):
    row = judge(programme(factor=0.9), make_observations(OLD_AND_NEW))
    assert row["baseline_value"] == pytest.approx(9.0)
    # (6 − 9)/4 against (5 − 9)/5 a year: 0.75/0.8 = 0.9375 of the pace
    assert (row["verdict"], row["pace"]) == ("behind", pytest.approx(0.9375))
    assert "bridging factor 0.9; source: Made-up reconciliation; made up" in row["caveat_en"]
    assert "hệ số nối 0,9" in row["caveat_vi"]
    assert row["baseline_observation_id"] == "made-up:0 x 0.9"


def test_a_verdict_that_needs_no_bridge_does_not_speak_of_one(judge):
    row = judge(programme(factor=0.9), make_observations(OLD_AND_NEW[1:]))
    assert row["caveat_en"] == ""


def test_a_value_published_on_the_new_definition_is_not_replaced(judge):
    both = [*OLD_AND_NEW, {"period": "2020", "value": 8.0, "definition": "new"}]
    row = judge(programme(factor=0.9), make_observations(both))
    assert row["baseline_value"] == 8.0


def test_a_value_that_failed_a_check_is_not_carried_over(judge):
    row = judge(programme(factor=0.9), make_observations(OLD_AND_NEW), failed=["made-up:0"])
    assert row["reason"] == "no_baseline"

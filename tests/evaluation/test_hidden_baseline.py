"""A baseline that is not published is neither missing nor replaced by an older value; no verdict rests on it."""

import pandas as pd
import pytest

from tests.evaluation.made_up import make_observations, make_programme

LEVELS = [{"year": 2025, "value": 10, "operator": "<="}]
HIDDEN = {"value": float("nan"), "value_qualifier": "<5", "value_status": "suppressed"}


def series(*, hidden, values):
    rows = [
        {"period": str(year), "value": value, **(HIDDEN if year == hidden else {})} for year, value in values.items()
    ]
    return make_observations(rows)


@pytest.mark.parametrize("older", [{}, {2018: 24}])
def test_a_hidden_baseline_says_so_and_no_older_value_stands_in(judge, older):
    row = judge(make_programme(LEVELS), series(hidden=2020, values={**older, 2020: 20, 2023: 13}))
    assert pd.isna(row["baseline_value"]) and row["baseline_period"] == "2020"
    assert row["baseline_qualifier"] == "<5" and row["baseline_value_status"] == "suppressed"
    assert (row["verdict"], row["reason"]) == ("not_assessable", "suppressed")


def test_a_baseline_after_the_hidden_value_is_shown(judge):
    row = judge(make_programme(LEVELS), series(hidden=2018, values={2018: 24, 2020: 20, 2023: 13}))
    assert row["baseline_value"] == 20 and row["baseline_value_status"] == "observed"
    assert row["verdict"] in ("on_track", "behind")


def test_a_hidden_value_of_another_series_hides_no_baseline(judge):
    own, other = series(hidden=0, values={2018: 24, 2023: 13}), series(hidden=2020, values={2020: 20})
    other = other.assign(source="another", observation_id="other:0")
    row = judge(make_programme(LEVELS), pd.concat([own, other], ignore_index=True))
    assert row["baseline_value"] == 24 and row["baseline_value_status"] == "observed"

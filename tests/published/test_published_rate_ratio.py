"""The rate ratio against the results that statistics offices publish with their arithmetic."""

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from mande.evaluation.rate_ratio import rate_ratio, roll_up

FOLDER = Path(__file__).parent
CANADA = {
    "global_goals": "rate_ratio_canada_global_goals.csv",
    "national_indicators": "rate_ratio_canada_national_indicators.csv",
}


def read(name):
    return pd.read_csv(FOLDER / name)


def compute(table):
    return rate_ratio(
        table["base_year"],
        table["base_value"],
        table["current_year"],
        table["current_value"],
        ascending=table["ascending"],
        target_year=table["target_year"],
        target_value=table["target_value"],
        natural_limit=table["natural_limit"],
    )


@pytest.mark.parametrize("name", CANADA.values())
def test_rate_ratio_reproduces_statistics_canada(name):
    published = read(name)
    ours = compute(published)
    np.testing.assert_allclose(ours["progress_value"], published["progress_value"], rtol=1e-9, atol=1e-12)
    np.testing.assert_allclose(ours["score"], published["score"], rtol=1e-9)
    assert ours["status"].tolist() == published["status"].tolist()
    has_target = published["target_value"].notna()
    np.testing.assert_array_equal(ours["ratio"].where(has_target), ours["progress_value"].where(has_target))
    assert ours.loc[~has_target, "ratio"].isna().all()


def test_rate_ratio_reproduces_the_basque_statistics_office():
    published = read("rate_ratio_basque_statistics_office.csv")
    ours = compute(published)
    np.testing.assert_allclose(ours["ratio"], published["progress_value"], rtol=1e-9, atol=1e-12)
    np.testing.assert_allclose(ours["score"], published["score"], atol=2e-4)
    is_achieved = published["status"] == "target_achieved"
    assert (ours["status"].eq("target_achieved") == is_achieved).all()


def test_roll_up_reproduces_statistics_canada():
    published = read("rate_ratio_canada_roll_up.csv").set_index(["edition", "indicator"])
    rolled = []
    for edition, name in CANADA.items():
        table = read(name)
        results = compute(table)
        groups = edition + "|" + table["series"].str.split(" ").str[0]
        rolled.append(roll_up(results["score"], results["status"], groups))
    ours = pd.concat(rolled).loc[["|".join(key) for key in published.index]]
    np.testing.assert_allclose(ours["score"], published["score"], rtol=1e-9, atol=1e-12)
    assert ours["status"].tolist() == published["status"].tolist()

"""Intervals and standardised rates against numbers printed elsewhere, to the last digit printed."""

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from mande.indicators.intervals import exact_count_limits
from mande.indicators.methods import (
    directly_standardised_rate,
    expected_events,
    indirectly_standardised_ratio,
    mean,
    proportion,
    rate,
)

FOLDER = Path(__file__).parent
LIMITS = ["value", "lower", "upper"]


def read(name):
    return pd.read_csv(FOLDER / name, dtype={"birth_order": str, "group": str})


def assert_agree(ours, published, tolerance):
    """Compare where a number was printed."""
    printed = published.notna().to_numpy()
    gap = np.abs(ours.to_numpy(float) - published.to_numpy(float))
    allowed = np.broadcast_to(np.asarray(tolerance, float).reshape(-1, 1), gap.shape)
    assert (gap[printed] <= allowed[printed]).all(), published[(gap > allowed).any(axis=1)]


@pytest.mark.parametrize(
    "setting", list(read("proportion.csv").groupby(["family", "confidence"])), ids=lambda s: str(s[0])
)
def test_proportion(setting):
    (_, confidence), table = setting
    interval, multiplier = table["interval"].iloc[0], table["multiplier"].iloc[0].item()
    ours = proportion(
        table["numerator"], table["denominator"], confidence=confidence, multiplier=multiplier, interval=interval
    )
    assert_agree(ours[LIMITS], table[LIMITS], table["tolerance"])


@pytest.mark.parametrize("setting", list(read("rate.csv").groupby("family")), ids=lambda s: s[0])
def test_rate(setting):
    table = setting[1]
    ours = rate(
        table["events"],
        table["population"],
        confidence=table["confidence"].iloc[0],
        multiplier=table["multiplier"].iloc[0].item(),
    )
    assert_agree(ours[LIMITS], table[LIMITS], table["tolerance"])
    assert ours["method"].tolist() == table["method"].tolist()


@pytest.mark.parametrize("row", read("exact_count.csv").to_dict("records"), ids=lambda row: row["family"])
def test_exact_limits_of_a_count(row):
    lower, upper = exact_count_limits(np.array([row["events"]]), row["confidence"])
    ours = np.array([lower[0], upper[0]]) / row["exposure"]
    np.testing.assert_allclose(ours, [row["lower"], row["upper"]], rtol=0, atol=row["tolerance"])


@pytest.mark.parametrize("row", read("mean.csv").to_dict("records"), ids=lambda row: row["family"] + row["group"])
def test_mean(row):
    ours = mean([float(number) for number in row["values"].split()], confidence=row["confidence"])
    assert_agree(ours[LIMITS], pd.DataFrame([row])[LIMITS], [row["tolerance"]])


def test_standardised_ratio():
    table = read("standardised_ratio.csv")
    ours = indirectly_standardised_ratio(table["observed"], table["expected"])
    assert_agree(ours[LIMITS], table[LIMITS], table["tolerance"])


def test_directly_standardised_rate_of_fleiss():
    strata, printed = read("fleiss_down_syndrome.csv"), read("fleiss_standardised_rates.csv")
    ours = directly_standardised_rate(
        strata["events"],
        strata["population"],
        strata["standard_population"],
        groups=strata["birth_order"],
        multiplier=1,
    )
    totals = strata.groupby("birth_order")[["events", "population"]].sum()
    crude = rate(totals["events"], totals["population"], multiplier=1)
    assert ours.index.tolist() == printed["birth_order"].tolist()
    np.testing.assert_allclose(ours["value"], printed["standardised_rate"], rtol=0, atol=5.01e-7)
    np.testing.assert_allclose(crude["value"], printed["crude_rate"], rtol=5e-3)


@pytest.mark.parametrize("confidence", [0.95, 0.998])
def test_dobson_limits_agree_with_a_second_library(confidence):
    strata, theirs = read("fleiss_down_syndrome.csv"), read("second_library_dobson.csv")
    theirs = theirs[theirs["confidence"] == confidence]
    ours = directly_standardised_rate(
        strata["events"],
        strata["population"],
        strata["standard_population"],
        groups=strata["birth_order"],
        confidence=confidence,
    )
    np.testing.assert_allclose(ours[LIMITS], theirs[LIMITS], rtol=1e-10)


def test_indirect_ratio_agrees_with_a_second_library():
    strata, theirs = read("fleiss_down_syndrome.csv"), read("second_library_indirect.csv")
    reference = strata.groupby("age")[["events", "population"]].transform("sum")
    expected = expected_events(strata["population"], reference["events"], reference["population"])
    ours = indirectly_standardised_ratio(strata["events"], expected, groups=strata["birth_order"])
    assert ours.index.tolist() == theirs["birth_order"].tolist()
    np.testing.assert_allclose(ours[LIMITS], theirs[LIMITS], rtol=0, atol=1e-6)

"""Counts in the outlook of a review, and what a district leans on: made-up places, no real value."""

import numpy as np
import pandas as pd
import pytest

from mande.evaluation.case_outlook import add_outlook
from mande.evaluation.counted_series import keep_counts
from mande.evaluation.measured_values import measure_values
from mande.evaluation.outlook import compute_outlook
from mande.evaluation.series_arrays import arrange_series

YEARS = np.arange(2018.0, 2025)
RESULTS = ["outlook_value", "outlook_lower", "outlook_upper", "p_met", "end_p_met"]
PLACES = [f"{number:03}" for number in range(24)]


def actuals_of(shares, size, **columns):
    """Return the actuals of one made-up percentage, places × years, counted among `size`."""
    size = np.broadcast_to(np.asarray(size, float).reshape(-1, 1), shares.shape)
    numerator = np.round(shares * size)
    table = pd.DataFrame(
        {
            "place_code": np.repeat(PLACES[: len(shares)], shares.shape[1]),
            "year": np.tile(YEARS[: shares.shape[1]], len(shares)),
            "value": (100 * numerator / size).ravel(),
            "numerator": numerator.ravel(),
            "denominator": size.ravel(),
        }
    )
    said = {"indicator": "MADE_UP", "dimension": "_T", "dimension_value": "_T", "series": "made up"}
    return table.assign(
        **(said | {"value_qualifier": "=", "is_usable": True, "lower": np.nan, "upper": np.nan} | columns)
    )


def outlook_of(actuals, *, unit="percent", target=15.0, provinces=None):
    """Return what is foretold for 2025 and 2030 in every place, by place."""
    cases = actuals.drop_duplicates("place_code")[["indicator", "dimension", "dimension_value", "place_code", "series"]]
    level = {"kind": "level", "operator": "<=", "target_value": target, "target_year": 2025.0, "unit": unit}
    end = {"end_operator": "<=", "end_value": target, "end_year": 2030.0}
    known = {"has_span": False, "has_comparable": True, "actual_age_years": 0.5, "max_age_years": 2.0}
    cases = cases.assign(**level, **end, **known, target_id="T1")
    return add_outlook(cases, actuals, provinces=provinces).set_index("place_code")


def shares(n_places, n_years=7, *, level=0.2, seed=1):
    random = np.random.default_rng(seed)
    path = level * 0.97 ** np.arange(n_years)
    return path * np.exp(random.normal(0, 0.05, (n_places, n_years)))


def test_a_place_of_few_is_pulled_more_than_one_of_many():
    at = shares(22)
    at[:2] = 0.4 * 0.97 ** np.arange(7)
    table = outlook_of(actuals_of(at, [15, 50_000] + [4_000] * 20))
    expected = 40 * 0.97**7
    assert table.loc["001", "outlook_value"] == pytest.approx(expected, rel=0.03)
    assert table.loc["000", "outlook_value"] < table.loc["001", "outlook_value"] - 1
    widths = table["outlook_upper"] - table["outlook_lower"]
    assert widths["000"] > 3 * widths["001"]


def test_chance_of_counts_is_told_from_what_moves_a_place():
    """Districts of 300 children that stray by chance alone: read as values, they would seem to move by themselves."""
    random = np.random.default_rng(5)
    drawn = random.binomial(300, np.tile(0.2 * 0.97 ** np.arange(7), (24, 1))) / 300
    counted = actuals_of(drawn, 300)
    values = outlook_of(counted.assign(numerator=np.nan))
    counts = outlook_of(counted)
    truth = 20 * 0.97**7
    error = [((table["outlook_value"] - truth) ** 2).mean() for table in (counts, values)]
    assert error[0] < 0.7 * error[1]


@pytest.mark.parametrize(
    "change",
    [
        {"numerator": np.nan},
        {"denominator": np.nan},
        {"numerator": 3.0},
        {"denominator": 0.0},
        {"lower": 1.0, "upper": 60.0},
    ],
)
def test_counts_that_are_missing_or_are_not_those_of_the_values_change_nothing(change):
    complete = actuals_of(shares(3), 400)
    first = complete["place_code"] == "000"
    spoilt = complete.copy()
    for name, value in change.items():
        spoilt.loc[first & (spoilt["year"] == 2020), name] = value
    without = spoilt.assign(**{name: spoilt[name].mask(first) for name in ("numerator", "denominator")})
    pd.testing.assert_frame_equal(outlook_of(spoilt), outlook_of(without))
    assert (outlook_of(complete)[RESULTS] != outlook_of(without)[RESULTS]).any(axis=None)


def test_without_counts_and_provinces_the_outlook_is_that_of_values_alone():
    actuals = actuals_of(shares(5), 400).drop(columns=["numerator", "denominator"])
    series = actuals.assign(series_id=actuals["place_code"], unit="percent", nation="VN", level="unit")
    asks = pd.DataFrame({"series_id": PLACES[:5], "target_year": 2025, "operator": "<=", "target_value": 15.0})
    alone = compute_outlook(series[["series_id", "year", "value", "indicator", "unit", "nation", "level"]], asks)
    table = outlook_of(actuals)
    assert table["outlook_value"].to_numpy() == pytest.approx(alone["predicted"].to_numpy(), rel=1e-12)
    assert table["p_met"].to_numpy() == pytest.approx(alone["p_met"].to_numpy(), rel=1e-12)


def test_a_short_series_is_pulled_to_its_province_not_to_the_nation():
    at = shares(24)
    at[12:] *= 2.5
    at[[0, 12]] = 0.35
    actuals = actuals_of(at, [20 if number in (0, 12) else 1_000 for number in range(24)])
    is_early = actuals["place_code"].isin(["000", "012"]) & (actuals["year"] < 2022)
    provinces = {code: str(number // 6) for number, code in enumerate(PLACES)}
    lean, plain = (outlook_of(actuals[~is_early], provinces=of)["outlook_value"] for of in (provinces, None))
    assert lean["000"] < plain["000"] - 1
    assert lean["012"] > plain["012"] + 1


def test_a_province_of_two_leans_on_the_nation():
    actuals = actuals_of(shares(12), 200)
    provinces = {code: "01" if number > 1 else "02" for number, code in enumerate(PLACES[:12])}
    lone = outlook_of(actuals, provinces=provinces)
    none = outlook_of(actuals, provinces={code: of for code, of in provinces.items() if of == "01"})
    pd.testing.assert_frame_equal(lone, none)


def test_rates_with_and_without_counts_of_one_indicator_are_compared_on_one_scale():
    """A rate per 1 000 without counts lies among counted ones: what it leans on is not a thousandth of it."""
    actuals = actuals_of(shares(12, level=0.015), 20_000)
    actuals["value"] *= 10
    series = actuals.assign(series_id=actuals["place_code"], unit="per_1000_live_births", multiplier=1000.0)
    arrays = arrange_series(series.assign(numerator=series["numerator"].mask(series["place_code"] == "000")))
    level = measure_values(arrays, is_used=np.isfinite(arrays.values)).value
    assert level[0] == pytest.approx(np.log(arrays.values[0] / 1000))
    assert level[1:] == pytest.approx(np.log(arrays.values[1:] / 1000), abs=0.05)
    mixed = actuals.assign(numerator=actuals["numerator"].mask(actuals["place_code"] == "000"))
    unit = "per_1000_live_births"
    counted, one_without = (outlook_of(table, unit=unit, target=12.0) for table in (actuals, mixed))
    assert one_without.loc["000", "outlook_value"] == pytest.approx(counted.loc["000", "outlook_value"], rel=0.05)
    assert counted.loc["000", "outlook_value"] == pytest.approx(15 * 0.97**7, rel=0.1)


def rows_of(actuals, **columns):
    return actuals.assign(series_id=actuals["place_code"], unit="percent", multiplier=100.0, **columns)


def test_the_same_persons_counted_again_are_not_drawn_anew_every_year():
    """Schools with a yard: 8 of 20 stay 8 of 20, where chance would move them by two a year."""
    at_rest = rows_of(actuals_of(np.full((24, 7), 0.4), 20))
    assert keep_counts(at_rest).isna().all(axis=None)
    drawn = np.random.default_rng(3).binomial(20, 0.4, (24, 7)) / 20
    assert keep_counts(rows_of(actuals_of(drawn, 20))).notna().all(axis=None)
    # One place of seven years tells too little to doubt its counts.
    assert keep_counts(at_rest[at_rest["place_code"] == "000"]).notna().all(axis=None)


def test_second_differences_of_chance_have_the_variance_stated():
    """The mean square is one, and its standard error that of m ÷ (35/18) independent differences (by simulation)."""
    random = np.random.default_rng(8)
    found = []
    for _ in range(400):
        share = random.binomial(500, 0.3, 60) / 500
        second = np.diff(share, 2) ** 2 / (6 * 0.3 * 0.7 / 500)
        found.append(second.mean())
    assert np.mean(found) == pytest.approx(1, abs=0.05)
    assert np.var(found) == pytest.approx(2 * (35 / 18) / 58, rel=0.2)

"""The UN Progress Chart of 2023 and ESCAP's two indices."""

import numpy as np
import pandas as pd
import pytest
import statsmodels.api as sm
from hypothesis import assume, given
from hypothesis import strategies as st

from mande.errors import EstimationError
from mande.evaluation.progress_indices import anticipated_progress, current_status_index, progress_chart

POSITIVE = st.floats(0.5, 500)


def chart(base, current, target, *, ascending=False, is_percent=False):
    return progress_chart(
        2015,
        base,
        2022,
        current,
        ascending=ascending,
        target_year=2030,
        target_value=target,
        is_percent=is_percent,
    ).iloc[0]


def leading_to(share, *, base=40.0, target=20.0):
    """Return the value of 2022 whose yearly rate leads to so much of the way by 2030."""
    end = base + share * (target - base)
    return base * (end / base) ** (7 / 15)


@pytest.mark.parametrize(("share", "score"), [(0.96, 3), (0.95, 3), (0.949, 2), (0.10, 2), (0.099, 1), (-0.5, 1)])
def test_chart_bands_with_a_target(share, score):
    result = chart(40.0, leading_to(share), 20.0)
    assert result["share"] == pytest.approx(share, abs=1e-9)
    assert result["score"] == score


@pytest.mark.parametrize(("rate", "score"), [(0.02, 3), (0.0199, 2), (0.005, 2), (0.0049, 1), (-0.03, 1)])
@pytest.mark.parametrize("ascending", [True, False])
def test_chart_bands_without_a_target(rate, score, ascending):
    current = 40 * (1 + (rate if ascending else -rate)) ** 7
    assert chart(40.0, current, None, ascending=ascending)["score"] == score


def test_chart_counts_a_met_target_and_one_within_a_point():
    assert chart(10.0, 8.0, 9.0)["status"] == "met_or_on_track"
    assert chart(99.2, 99.1, 100.0, ascending=True, is_percent=True)["score"] == 3
    assert chart(99.2, 99.1, 100.0, ascending=True)["score"] == 1
    assert chart(99.2, 98.9, 100.0, ascending=True, is_percent=True)["score"] == 1
    assert chart(2.0, 0.9, 0.0, is_percent=True)["score"] == 3


@pytest.mark.parametrize(
    ("base", "current", "target", "reason"),
    [
        (0.0, 5.0, 2.0, "zero_base"),
        (5.0, 6.0, 5.0, "target_equals_base"),
        (5.0, -6.0, None, "sign_change"),
        (None, 6.0, 5.0, "no_value"),
    ],
)
def test_chart_says_why_it_has_no_score(base, current, target, reason):
    result = chart(base, current, target)
    assert np.isnan(result["score"])
    assert (result["status"], result["reason"]) == ("not_available", reason)


def test_chart_reads_a_zero_target():
    result = chart(40.0, 20.0, 0.0)
    assert result["reason"] == ""
    assert 0 < result["share"] < 1


@given(POSITIVE, POSITIVE, POSITIVE, st.sampled_from([0.01, 7.0, 1000.0]), st.booleans())
def test_chart_does_not_depend_on_the_unit(base, current, target, factor, ascending):
    assume(abs(target / base - 1) > 1e-6)
    usual = chart(base, current, target, ascending=ascending)
    other = chart(base * factor, current * factor, target * factor, ascending=ascending)
    assert other["share"] == pytest.approx(usual["share"], rel=1e-6, abs=1e-6)


@pytest.mark.parametrize(
    ("base", "current", "target", "ascending", "index"),
    [
        (40, 40, 20, False, 0),
        (40, 30, 20, False, 5),
        (40, 50, 20, False, -5),
        (40, 15, 20, False, 10),
        (60, 75, 80, True, 7.5),
        (60, 50, 80, True, -5),
        (85, 82, 80, True, 10),
        (85, 75, 80, True, -20),
        (20, 20, 20, False, 10),
    ],
)
def test_current_status_counts_tenths_of_the_way(base, current, target, ascending, index):
    assert current_status_index(base, current, target, ascending=ascending)["index"].iloc[0] == index


def test_current_status_of_parity_counts_from_both_sides():
    table = current_status_index([0.8, 1.2, 0.8, 0.8], [0.9, 1.1, 1.3, 1.0], 1.0, ascending=True, is_parity=True)
    np.testing.assert_allclose(table["index"], [5, 5, -5, 10])


def test_current_status_says_why_it_is_missing():
    table = current_status_index([20, np.nan, 30], [25, 25, np.nan], 20, ascending=False)
    assert table["index"].isna().all()
    assert table["reason"].tolist() == ["target_equals_base", "no_value", "no_value"]
    assert current_status_index(40, 30, 20, ascending=None)["reason"].tolist() == ["no_value"]


def series(**values):
    rows = [(name, year, value) for name, points in values.items() for year, value in points.items()]
    return pd.DataFrame(rows, columns=["series", "year", "value"])


def targets(*names, base=40.0, target=20.0, ascending=False):
    return pd.DataFrame(
        {
            "series": names,
            "base_value": base,
            "target_value": target,
            "target_year": 2030,
            "ascending": ascending,
        }
    )


def test_anticipated_progress_of_straight_lines():
    lines = series(
        arrives={2015: 40.0, 2020: 33.0, 2022: 30.2},
        almost={2015: 40.0, 2020: 34.0},
        slow={2015: 40.0, 2020: 38.0, 2021: 37.6},
        back={2015: 40.0, 2020: 42.0},
        single={2015: 40.0},
        early={1995: 50.0, 1999: 48.0, 2015: 40.0},
    )
    table = anticipated_progress(
        lines, targets("arrives", "almost", "slow", "back", "single", "early", "absent")
    ).set_index("series")
    assert table["predicted_value"].round(6).to_dict() == pytest.approx(
        {
            "arrives": 19,
            "almost": 22,
            "slow": 34,
            "back": 46,
            "single": np.nan,
            "early": np.nan,
            "absent": np.nan,
        },
        nan_ok=True,
    )
    assert table["gap_pct"].round(6).tolist()[:4] == [0, 10, 70, 130]
    assert table["status"].tolist() == ["maintain", "maintain", "accelerate", "reverse", *["not_available"] * 3]
    assert table["reason"].tolist() == ["", "", "", "", *["too_few_points"] * 3]
    assert table["n_points"].tolist() == [3, 2, 3, 2, 1, 1, 0]


def test_anticipated_progress_agrees_with_weighted_least_squares():
    generator = np.random.default_rng(20_250_605)
    names = [f"made up {number}" for number in range(40)]
    points = pd.concat(
        pd.DataFrame(
            {
                "series": name,
                "year": np.sort(generator.choice(np.arange(2000, 2024), size=generator.integers(2, 15), replace=False)),
            }
        )
        for name in names
    ).reset_index(drop=True)
    points["value"] = generator.normal(50, 10, size=len(points))
    table = anticipated_progress(points, targets(*names)).set_index("series")
    for name, group in points.groupby("series"):
        fit = sm.WLS(group["value"], sm.add_constant(group["year"] - 2000.0), weights=group["year"] - 1999.0).fit()
        assert table.loc[name, "predicted_value"] == pytest.approx(fit.predict([1.0, 30.0])[0], rel=1e-9)


def test_recent_years_weigh_more():
    bend = {2000: 40.0, 2005: 40.0, 2010: 40.0, 2015: 40.0, 2020: 30.0, 2023: 24.0}
    ours = anticipated_progress(series(bend=bend), targets("bend"))["predicted_value"].iloc[0]
    years = np.array(list(bend))
    even = np.polyval(np.polyfit(years, list(bend.values()), 1), 2030)
    assert ours < even


def test_anticipated_progress_refuses_what_it_cannot_read():
    lines = series(a={2015: 40.0, 2020: 38.0})
    with pytest.raises(EstimationError, match="values: no column value"):
        anticipated_progress(lines.drop(columns="value"), targets("a"))
    with pytest.raises(EstimationError) as caught:
        anticipated_progress(pd.concat([lines, lines]), targets("a", "a"))
    assert "series 'a': two values in one year" in str(caught.value)
    assert "series 'a': two targets" in str(caught.value)
    with pytest.raises(EstimationError, match="series 'a': no direction → say whether higher is better"):
        anticipated_progress(lines, targets("a", ascending=None))


def test_a_target_at_its_base_has_no_gap_unless_met():
    lines = series(held={2015: 20.0, 2020: 19.0}, lost={2015: 20.0, 2020: 22.0})
    table = anticipated_progress(lines, targets("held", "lost", base=20.0)).set_index("series")
    assert table.loc["held", ["gap_pct", "status"]].tolist() == [0, "maintain"]
    assert table.loc["lost", ["status", "reason"]].tolist() == ["not_available", "target_equals_base"]

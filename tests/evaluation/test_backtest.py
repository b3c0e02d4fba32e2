"""Hiding the last years: scores by hand, naive rules by hand, the real panels, the command and its errors."""

import numpy as np
import pandas as pd
import pytest
from typer.testing import CliRunner

from mande.__main__ import app
from mande.errors import DataError, EstimationError, UsageError
from mande.evaluation.backtest import STEPS_OF_SPREAD, backtest, hide_last
from mande.evaluation.naive_rules import RULES, apply_rule
from mande.evaluation.outlook import METHODS
from mande.evaluation.outlook_words import BANDS, WORDS, compare_with_outcome, judge_outlook, outlook_band
from mande.evaluation.scores import brier_score, calibration_table, score_forecasts
from mande.evaluation.series_arrays import arrange_series
from mande.sources.series_file import read_series_file


def made_up_series(members=6, years=9, seed=2):
    rng = np.random.default_rng(seed)
    rows = []
    for member in range(members):
        values = 30 * 0.96 ** np.arange(years) * np.exp(rng.normal(0, 0.05, years)) + member
        rows.append(pd.DataFrame({"series_id": f"m{member}", "year": 2010.0 + np.arange(years), "value": values}))
    return pd.concat(rows, ignore_index=True).assign(indicator="made-up", nation="made-up")


def ask_table(target, *, year=2024, operator="<="):
    return pd.DataFrame({"series_id": ["a"], "target_year": [year], "operator": [operator], "target_value": [target]})


def say(rule, values, target, *, first=2016, **ask):
    rows = pd.DataFrame({"series_id": "a", "year": np.arange(first, first + len(values)), "value": values})
    return apply_rule(rule, arrange_series(rows), ask_table(target, **ask), yearly_spread=pd.Series([1.0])).iloc[0]


def test_scores_by_hand():
    """Brier 1950: forecasts 0.7 and 0.2, of which the first came true: (0.09 + 0.04) / 2."""
    assert brier_score(pd.Series([0.7, 0.2]), pd.Series([True, False])) == pytest.approx(0.065)
    table = calibration_table(pd.Series([0.05, 0.3, 0.35, 1.0, np.nan]), pd.Series([False, True, False, True, True]))
    assert table["n"].tolist() == [1, 2, 1]
    assert table["bin_from"].tolist() == [0.0, 0.3, 0.9]
    assert table["gap"].tolist() == pytest.approx([-5, 17.5, 0])


def test_coverage_and_errors_by_hand():
    rows = pd.DataFrame(
        {
            "method": "x",
            "indicator": ["i", "i", "i", "i"],
            "series_id": ["a", "a", "b", "b"],
            "year": 2020,
            "value": [10.0, 10, 20, 20],
            "predicted": [11.0, 11, 16, 16],
            "lower": [9.0, 9, 14, 14],
            "upper": [12.0, 12, 18, 18],
            "p_met": [0.5, 1.0, 0.0, 0.5],
            "is_met": [True, True, False, False],
        }
    )
    own, overall = (score_forecasts(rows).set_index("indicator").loc[name] for name in ("i", "_T"))
    assert own[["n_series", "n_values", "n_asks"]].tolist() == [2, 2, 4]
    assert own["brier"] == pytest.approx(0.125)
    assert own["coverage"] == 0.5
    assert own["mean_error"] == pytest.approx(-1.5)
    assert own["mean_absolute_error"] == pytest.approx(2.5)
    assert overall["mean_error"] == pytest.approx((10 - 20) / 2)
    assert overall["mean_absolute_error"] == pytest.approx(15)


def test_naive_rules_by_hand():
    values = [16.0, 15, 14, 13]  # 2016–2019; 8 in 2024 on the line
    assert say("last-value", values, 12)["p_met"] == 0
    assert say("last-value", values, 13)["p_met"] == 1
    assert say("last-value-spread", values, 13)["p_met"] == pytest.approx(0.5)
    # Five years ahead, a spread of 1 a year: one point is 1/√5 standard deviations; Φ(0.4472) = 0.6726.
    assert say("last-value-spread", values, 14)["p_met"] == pytest.approx(0.6726, abs=1e-4)
    assert say("linear-extrapolation", values, 8)["predicted"] == pytest.approx(8)
    assert say("linear-extrapolation", values, 8.1)["p_met"] == 1
    assert say("linear-extrapolation", values, 7.9)["p_met"] == 0
    halving = [16.0, 8, 4]
    assert say("aarr", halving, 0.1)["predicted"] == pytest.approx(4 / 2**6)
    # 16 → 4 in two years is −50 % a year; 4 → 0.0625 would need exactly that
    assert say("rate-ratio", halving, 0.063)["p_met"] == 1
    assert say("rate-ratio", halving, 0.01)["p_met"] == 0
    assert say("rate-ratio-bands", halving, 0.01)["p_met"] == 0.6
    assert say("rate-ratio-bands", [4.0, 8, 16], 2)["p_met"] == 0.1
    assert say("rate-ratio-bands", values, 20)["p_met"] == 0.9


def test_a_rule_without_a_rate_falls_back_to_the_last_value_openly():
    said = say("aarr", [0.0, 1, 2], 5)
    assert np.isnan(said["predicted"])
    assert said["p_met"] == 1
    assert say("rate-ratio-bands", [0.0, 1, 2], 1)["p_met"] == 0.5


def test_hiding_takes_the_last_values_and_names_what_is_left_out():
    rows = pd.concat(
        [
            made_up_series(members=1),
            pd.DataFrame(
                {"series_id": "short", "year": [2010.0, 2011, 2012, 2013], "value": 5.0, "indicator": "made-up"}
            ),
            pd.DataFrame({"series_id": "units", "year": np.arange(2010.0, 2018), "value": [5.0] * 4 + [5000.0] * 4}),
        ]
    )
    shown, hidden, left_out = hide_last(rows, hide=3)
    assert shown["year"].max() == 2015
    assert hidden["year"].tolist() == [2016, 2017, 2018]
    assert left_out.set_index("series_id")["reason"].to_dict() == {
        "short": "too_few_points",
        "units": "change_of_unit",
    }


def test_targets_are_fixed_from_the_shown_years_alone():
    rows = made_up_series()
    changed = rows.assign(value=rows["value"].where(rows["year"] < 2016, rows["value"] * 1.3))
    first, second = (backtest(table, ("last-value",), hide=3).forecasts for table in (rows, changed))
    assert first["target_value"].tolist() == second["target_value"].tolist()
    assert first["predicted"].tolist() == second["predicted"].tolist()
    assert len(first) == 6 * 3 * len(STEPS_OF_SPREAD)
    assert first["is_met"].mean() > second["is_met"].mean()


def test_every_method_answers_every_ask():
    result = backtest(made_up_series(), hide=2)
    assert set(result.scores["method"]) == {*METHODS, *RULES}
    assert result.forecasts["p_met"].notna().all()
    assert result.scores.loc[result.scores["method"].isin(RULES), "coverage"].isna().all()


def test_what_cannot_be_tried():
    with pytest.raises(EstimationError, match="no series has 15 values"):
        backtest(made_up_series(), hide=12)
    with pytest.raises(UsageError) as caught:
        backtest(made_up_series(), ("oracle",), hide=0)
    assert "oracle" in str(caught.value)
    assert "0 years" in str(caught.value)


@pytest.mark.parametrize(
    ("file", "hide"), [("gso_province_panel", 3), ("national_series", 3), ("national_immunisation", 2)]
)
def test_the_default_wins_on_the_real_series(request, file, hide):
    series = read_series_file(request.config.rootpath / f"data/published/{file}.csv")
    scores = backtest(series, hide=hide).scores
    brier = scores[scores["indicator"] == "_T"].set_index("method")["brier"]
    assert brier.idxmin() == METHODS[0]


def write(path, text):
    path.write_text(text, encoding="utf-8")
    return path


SIMPLE = "place_code,indicator,year,value\n" + "".join(
    f"{place},X,{2010 + year},{value - year}\n" for place, value in (("01", 30), ("02", 40)) for year in range(8)
)


def test_the_command_takes_a_simple_file_and_writes_csv(tmp_path):
    file = write(tmp_path / "series.csv", SIMPLE)
    done = CliRunner().invoke(
        app, ["backtest", str(file), "--hide", "2", "--lang", "en", "--csv", str(tmp_path / "scores.csv")]
    )
    assert done.exit_code == 0, done.output
    assert "2 series tried" in done.output
    assert "Smallest Brier score" in done.output
    scores = pd.read_csv(tmp_path / "scores.csv")
    assert set(scores["method"]) == {*METHODS, *RULES}
    assert (tmp_path / "scores-calibration.csv").exists()
    assert (tmp_path / "scores-forecasts.csv").exists()


def test_the_command_speaks_vietnamese_by_default(tmp_path):
    file = write(tmp_path / "series.csv", SIMPLE)
    done = CliRunner().invoke(app, ["backtest", str(file), "--hide", "1", "--method", "trend"])
    assert done.exit_code == 0, done.output
    assert "Che 1 giá trị cuối" in done.output


@pytest.mark.parametrize(
    ("text", "messages"),
    [
        (SIMPLE.replace("01,X,2012,28", "01,X,2012,28,5"), ["line 4"]),
        (SIMPLE.replace("01,X,2012,28", "01,X,2012,ca 28"), ["series.csv cell D4", '"ca 28" is not a number']),
        (SIMPLE.replace("01,X,2012,28", "01,,hai,28"), ["cell B4: indicator is blank", "cell C4"]),
        (SIMPLE.replace("01,X,2012,28", "01,X,2011,28"), ["cell D4", "a second value of X|01 in 2011"]),
        (SIMPLE.replace("place_code", "place"), ["missing column place_code", "unknown column place"]),
        ("", ["is empty"]),
    ],
)
def test_a_bad_file_is_named_with_its_cell(tmp_path, text, messages):
    with pytest.raises(DataError) as caught:
        read_series_file(write(tmp_path / "series.csv", text))
    for message in messages:
        assert message in str(caught.value)


def test_an_unknown_indicator_is_named(tmp_path):
    done = CliRunner().invoke(app, ["backtest", str(write(tmp_path / "s.csv", SIMPLE)), "--indicator", "IMR"])
    assert isinstance(done.exception, UsageError)
    assert "no indicator IMR → choose among X" in str(done.exception)


def test_counts_in_a_simple_file_are_used(tmp_path):
    lines = "".join(
        f"01,X,{2010 + year},{100 * k / 50},{k},50,percent\n" for year, k in enumerate([9, 8, 9, 7, 6, 6, 5])
    )
    file = write(tmp_path / "counts.csv", "place_code,indicator,year,value,numerator,denominator,unit\n" + lines)
    series = read_series_file(file)
    assert arrange_series(series).has_counts.all()
    assert series["step"].iloc[0] == 1


def test_bands_are_fixed_and_have_words():
    table = outlook_band(pd.Series([1.0, 0.9, 0.899, 0.66, 0.33, 0.1, 0.09, 0, np.nan]))
    assert table["outlook_band"].tolist() == [
        "very_likely",
        "very_likely",
        "likely",
        "likely",
        "even",
        "unlikely",
        "very_unlikely",
        "very_unlikely",
        "not_estimable",
    ]
    assert table["outlook_vi"].iloc[0] == WORDS["very_likely"][0]
    assert list(BANDS.values()) == [0.9, 0.66, 0.33, 0.1, 0.0]


@pytest.mark.parametrize("bands", [{}, {"a": 0.5, "b": 0.7, "c": 0}, {"a": 0.9, "b": 0.2}, {"a": 1.4, "b": 0}])
def test_bands_that_do_not_cover_all_are_refused(bands):
    with pytest.raises(UsageError, match="name them from best to worst"):
        outlook_band(pd.Series([0.5]), bands=bands)
    with pytest.raises(UsageError, match="outside 0 to 1"):
        outlook_band(pd.Series([70.0]))


def test_verdicts_never_improve_as_the_probability_falls():
    p = pd.Series([0.95, 0.7, 0.5, 0.5, 0.2, 0.05, np.nan])
    lower = pd.Series([8.0, 9, 11, 10.5, 12, 13, np.nan])
    answer = judge_outlook(p, lower, lower + 3, target_value=pd.Series([12.0, 12, 12, 15, 12, 12, 12]))
    assert answer["verdict"].tolist() == [
        "on_track",
        "on_track",
        "cannot_tell",
        "behind",
        "behind",
        "off_track",
        "not_assessable",
    ]
    assert answer["reason"].tolist()[2:4] == ["interval_spans_target", "outlook_even"]
    with pytest.raises(UsageError, match="needs five"):
        judge_outlook(p, lower, lower, target_value=lower, bands={"a": 0.5, "b": 0.0})


def test_we_said_seventy_percent():
    published = pd.DataFrame(
        {
            "target_id": list("abcd"),
            "p_met": [0.7, 0.2, 0.5, np.nan],
            "lower": [1.0, 1, 1, np.nan],
            "upper": [3.0, 3, 3, np.nan],
        }
    )
    later = pd.DataFrame(
        {"target_id": list("abcd"), "verdict": ["met", "not_met", "cannot_tell", "met"], "actual_value": [2.0, 4, 2, 2]}
    )
    said = compare_with_outcome(published, later, on=["target_id"])
    assert said["came_true"].tolist()[:2] == [1, 0]
    assert said["came_true"].isna().tolist() == [False, False, True, True]
    assert said["is_inside"].tolist()[:3] == [1, 0, 1]
    assert said["said_en"].tolist() == [
        "We said 70 %; it was met.",
        "We said 20 %; it was not met.",
        "We said 50 %; not decided yet.",
        "Nothing was foretold.",
    ]
    assert "70 %" in said["said_vi"].iloc[0]
    with pytest.raises(DataError, match="occurs twice"):
        compare_with_outcome(published, pd.concat([later, later]), on=["target_id"])

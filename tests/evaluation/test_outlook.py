"""The probability of meeting a target: second paths, properties, calibration, and what must not be estimated."""

import numpy as np
import pandas as pd
import pytest
import statsmodels.api as sm
from hypothesis import example, given, settings
from hypothesis import strategies as st
from scipy.stats import binom, norm, poisson, t

from mande.errors import DataError, UsageError
from mande.evaluation.outlook import METHODS, compute_outlook
from mande.evaluation.predictive import CountRule, Mixture, limits_of_counts, probability_of_counts
from mande.evaluation.scores import calibration_table
from tests.evaluation.simulated_programmes import simulate_programmes

VALUES = [21.0, 20.1, 19.6, 18.2, 17.9, 16.8, 16.5]


def series_of(values, *, name="a", first=2015, **columns):
    return pd.DataFrame({"series_id": name, "year": np.arange(first, first + len(values)), "value": values, **columns})


def ask_of(target, *, operator="<=", year=2025, name="a"):
    return pd.DataFrame(
        {"series_id": [name], "target_year": [year], "operator": [operator], "target_value": [float(target)]}
    )


def p_of(values, target, *, operator="<=", year=2025, method=METHODS[0], **columns):
    answer = compute_outlook(series_of(values, **columns), ask_of(target, operator=operator, year=year), method=method)
    return answer["p_met"].iloc[0]


def test_required_change_and_what_is_in_the_row():
    answer = compute_outlook(series_of(VALUES), ask_of(12, year=2025)).iloc[0]
    assert answer["n_points"] == 7
    assert answer["last_year"] == 2021
    assert answer["required_yearly_change"] == pytest.approx((12 - 16.5) / 4)
    assert answer["required_yearly_rate"] == pytest.approx((12 / 16.5) ** 0.25 - 1)
    assert answer["confidence"] == 0.8
    assert answer["method"] == METHODS[0]
    assert answer["lower"] < answer["predicted"] < answer["upper"]
    assert answer["outlook_reason"] == ""


@pytest.mark.parametrize(
    ("rows", "ask", "reason"),
    [
        (series_of(VALUES[:2]), ask_of(12), "too_few_points"),
        (series_of([21.0, np.nan, 20.0]), ask_of(12), "too_few_points"),
        (series_of(VALUES, segment=["old"] * 5 + ["new"] * 2), ask_of(12), "break_in_series"),
        (series_of(VALUES), ask_of(12, name="b"), "no_series"),
        (series_of(VALUES), ask_of(12, year=2021), "year_observed"),
        (series_of(VALUES), ask_of(12, year=2018), "year_observed"),
    ],
)
def test_what_cannot_be_estimated_is_never_a_number(rows, ask, reason):
    answer = compute_outlook(rows, ask).iloc[0]
    assert answer["outlook_reason"] == reason
    assert answer[["predicted", "lower", "upper", "p_met"]].isna().all()


def test_without_a_target_the_value_is_still_foretold():
    answer = compute_outlook(series_of(VALUES), ask_of(np.nan)).iloc[0]
    assert answer["outlook_reason"] == "no_target"
    assert np.isnan(answer["p_met"])
    assert 10 < answer["predicted"] < 16


def test_only_the_part_after_a_break_counts():
    broken = series_of([60.0, 61, 62, *VALUES], segment=["old"] * 3 + ["new"] * 7, first=2012)
    whole = compute_outlook(broken, ask_of(12)).iloc[0]
    alone = compute_outlook(series_of(VALUES), ask_of(12)).iloc[0]
    assert whole["n_points"] == 7
    assert whole["p_met"] == pytest.approx(alone["p_met"])


@pytest.mark.parametrize("unit", ["percent", "deaths_per_1000"])
def test_the_plain_trend_agrees_with_least_squares_and_student(unit):
    """Second path: statsmodels' prediction interval on the fitting scale, Student's t with n − 2 degrees of freedom."""
    years, y = np.arange(2015, 2022), np.array(VALUES)
    scaled, goal = (np.log(y / (100 - y)), np.log(14 / 86)) if unit == "percent" else (np.log(y), np.log(14))
    model = sm.OLS(scaled, sm.add_constant(years - 2018.0)).fit()
    new = model.get_prediction(np.array([[1, 7.0]]))
    chance = t.cdf((goal - new.predicted_mean[0]) / new.se_obs[0], df=5)
    answer = compute_outlook(series_of(VALUES, unit=unit), ask_of(14), method="trend").iloc[0]
    assert answer["p_met"] == pytest.approx(chance, abs=0.005)
    low, high = new.predicted_mean[0] + np.array([-1, 1]) * t.ppf(0.9, 5) * new.se_obs[0]
    back = (lambda z: 100 / (1 + np.exp(-z))) if unit == "percent" else np.exp
    assert answer["lower"] == pytest.approx(back(low), rel=0.01)
    assert answer["upper"] == pytest.approx(back(high), rel=0.01)


def test_the_plain_trend_of_counts_agrees_with_a_quasi_binomial_model():
    n, x = np.full(7, 4000.0), np.array([840.0, 791, 800, 715, 740, 668, 660])
    model = sm.GLM(np.column_stack([x, n - x]), sm.add_constant(np.arange(7) - 3.0), family=sm.families.Binomial()).fit(
        scale="X2"
    )
    phi = max(1, model.scale)
    new = np.array([1, 7.0])
    eta = new @ model.params
    share = 1 / (1 + np.exp(-eta))
    working = (1 / (n * model.fittedvalues * (1 - model.fittedvalues))).mean()
    variance = (
        new @ model.cov_params() @ new * phi / model.scale + (phi - 1) * working + 1 / (4000 * share * (1 - share))
    )
    chance = t.cdf((np.log(14 / 86) - eta) / np.sqrt(variance), df=5)
    rows = series_of(100 * x / n, numerator=x, denominator=n, unit="percent")
    answer = compute_outlook(rows, ask_of(14), method="trend").iloc[0]
    assert answer["phi"] == pytest.approx(phi, abs=1e-6)
    assert answer["p_met"] == pytest.approx(chance, abs=0.01)


def test_a_count_without_doubt_about_its_rate_is_binomial_or_poisson():
    share = Mixture(np.ones((1, 1)), np.array([[np.log(0.1 / 0.9)]]), np.array([[1e-14]]))
    rule = CountRule(np.array([40.0]), np.array([2.5]), np.array([True]))
    for operator, expected in [
        ("<=", binom.cdf(4, 40, 0.1)),
        ("<", binom.cdf(3, 40, 0.1)),
        (">=", binom.sf(3, 40, 0.1)),
        (">", binom.sf(4, 40, 0.1)),
    ]:
        found = probability_of_counts(share, rule, target=np.array([10.0]), operator=np.array([operator]))
        assert found[0] == pytest.approx(expected, abs=1e-9)
    rate = Mixture(np.ones((1, 1)), np.array([[np.log(0.003)]]), np.array([[1e-14]]))
    rule = CountRule(np.array([2000.0]), np.array([0.5]), np.array([False]))
    found = probability_of_counts(rate, rule, target=np.array([2.2]), operator=np.array(["<="]))
    assert found[0] == pytest.approx(poisson.cdf(4, 6), abs=1e-9)
    low, high = limits_of_counts(rate, rule, confidence=0.8)
    assert poisson.cdf(high[0] / 0.5, 6) - poisson.cdf(low[0] / 0.5 - 1, 6) == pytest.approx(0.8, abs=0.12)


def test_a_mixture_has_the_quantiles_of_its_parts():
    weight, mean, spread = np.array([0.3, 0.7]), np.array([0.0, 2.0]), np.array([1.0, 0.5])
    mixture = Mixture(weight[None], mean[None], spread[None] ** 2)
    for probability in (0.1, 0.5, 0.9):
        value = mixture.quantile(probability)[0]
        assert (weight * norm.cdf(value, mean, spread)).sum() == pytest.approx(probability, abs=1e-6)
    draws = np.random.default_rng(1)
    many = Mixture(np.full((1, 40), 1 / 40), draws.normal(0, 0.3, (1, 40)), draws.uniform(0.2, 2, (1, 40)))
    assert many.gather().moments()[0] == pytest.approx(many.moments()[0])
    assert many.gather().moments()[1] == pytest.approx(many.moments()[1])
    assert many.gather().quantile(0.9) == pytest.approx(many.quantile(0.9), abs=0.01)


values_of_a_series = st.lists(st.floats(5, 60), min_size=4, max_size=9)


@settings(max_examples=25, deadline=None)
@given(values=values_of_a_series, method=st.sampled_from(METHODS))
def test_an_easier_target_is_never_less_likely(values, method):
    year = 2015 + len(values) + 2
    asks = pd.concat([ask_of(target, year=year) for target in np.linspace(1, 99, 15)], ignore_index=True)
    answer = compute_outlook(series_of(values, unit="percent"), asks, method=method)
    assert answer["p_met"].diff().dropna().min() >= -1e-12
    assert answer["p_met"].between(0, 1).all()


@settings(max_examples=25, deadline=None)
@given(values=values_of_a_series, worse=st.floats(0.5, 30), target=st.floats(4, 70))
@example(values=[18.8, 22.2, 20.5, 21.8, 21.7, 24.1], worse=15.0, target=13.1)
@example(values=[20.0, 19.5, 18.9, 18.6], worse=15.0, target=11.3)
def test_a_worse_last_value_never_makes_the_outlook_better(values, worse, target):
    year = 2015 + len(values) + 2
    before = p_of(values, target, year=year, unit="percent")
    after = p_of([*values[:-1], values[-1] + worse], target, year=year, unit="percent")
    assert after <= before + 1e-9


@settings(max_examples=25, deadline=None)
@given(values=values_of_a_series, target=st.floats(4, 70), method=st.sampled_from(METHODS))
def test_a_mirrored_series_has_a_mirrored_outlook(values, target, method):
    year = 2015 + len(values) + 2
    falls = p_of(values, target, year=year, method=method, unit="percent")
    rises = p_of(
        [100 - value for value in values], 100 - target, operator=">=", year=year, method=method, unit="percent"
    )
    assert rises == pytest.approx(falls, abs=1e-6)


@settings(max_examples=20, deadline=None)
@given(values=values_of_a_series, factor=st.sampled_from([0.001, 10.0, 12345.0]), method=st.sampled_from(METHODS))
def test_a_rate_in_another_unit_has_the_same_outlook(values, factor, method):
    year = 2015 + len(values) + 2
    scaled = [value * factor for value in values]
    assert p_of(scaled, 20 * factor, year=year, method=method) == pytest.approx(
        p_of(values, 20, year=year, method=method), abs=1e-6
    )


@pytest.mark.parametrize("method", METHODS)
def test_at_the_edges_of_a_percentage(method):
    full = {"unit": "percent", "method": method, "year": 2023}
    assert p_of([100.0] * 6, 100, operator=">=", **full) > 0.5
    assert p_of([100.0] * 6, 100, operator=">", **full) == 0
    assert p_of([0.0] * 6, 0, operator="<=", **full) > 0.5
    assert p_of([0.0] * 6, 0, operator="<", **full) == 0
    assert p_of([50.0] * 6, 100, operator=">=", **full) < 0.01
    assert p_of([50.0] * 6, 120, operator="<=", **full) == 1


def test_edges_are_noted():
    rows, ask = series_of([97.0, 99, 100, 100, 100], unit="percent"), ask_of(100, operator=">=", year=2021)
    assert compute_outlook(rows, ask)["outlook_note"].iloc[0] == "value_at_edge target_at_edge"
    assert compute_outlook(series_of([0.0, 1, -1, 2]), ask)["scale"].iloc[0] == "identity"
    assert "target_beyond_edge" in compute_outlook(rows, ask_of(101, year=2021))["outlook_note"].iloc[0]
    assert "far_ahead" in compute_outlook(rows, ask_of(90, year=2035))["outlook_note"].iloc[0]


def test_less_is_not_at_most_where_values_are_counts():
    n = np.full(6, 40.0)
    rows = series_of([10.0, 12.5, 10, 7.5, 10, 10], numerator=[4.0, 5, 4, 3, 4, 4], denominator=n, unit="percent")
    at_most, less = (
        compute_outlook(rows, ask_of(10, operator=operator, year=2022))["p_met"].iloc[0] for operator in ("<=", "<")
    )
    assert at_most - less > 0.1


def test_at_most_is_less_than_one_event_more_where_counts_are_large():
    counts = np.array([190.0, 180, 184, 172, 170, 165])
    rows = series_of(counts / 10, numerator=counts, denominator=1000.0, unit="percent")
    at_most = compute_outlook(rows, ask_of(16, operator="<=", year=2022))["p_met"].iloc[0]
    less = compute_outlook(rows, ask_of(16, operator="<", year=2022))["p_met"].iloc[0]
    one_more = compute_outlook(rows, ask_of(16.1, operator="<", year=2022))["p_met"].iloc[0]
    assert at_most == pytest.approx(one_more, abs=1e-9)
    assert at_most > less + 0.005


def test_less_is_not_at_most_where_values_are_rounded():
    """Published in whole points, "at most 16" is met by 16.4 and "below 16" is not met by 15.6."""
    rows = series_of([18.0, 17, 17, 16, 17, 16], step=1.0, unit="percent")
    at_most, less = (
        compute_outlook(rows, ask_of(16, operator=operator, year=2022))["p_met"].iloc[0] for operator in ("<=", "<")
    )
    without_step = rows.drop(columns="step")
    for operator, target, rounded in (("<=", 16.5, at_most), ("<", 15.5, less)):
        exact = compute_outlook(without_step, ask_of(target, operator=operator, year=2022))["p_met"].iloc[0]
        assert rounded == pytest.approx(exact, abs=1e-9)
    assert at_most - less > 0.1


@pytest.mark.parametrize("method", METHODS)
@pytest.mark.parametrize("events", [[0] * 5, [30] * 5, [0, 0, 0, 30, 30]])
def test_all_or_none_is_a_number_with_a_note(method, events):
    counts = np.array(events, float)
    rows = series_of(100 * counts / 30, numerator=counts, denominator=30.0, unit="percent")
    answer = compute_outlook(rows, ask_of(50, year=2022), method=method).iloc[0]
    assert answer["outlook_note"] == "separated"
    assert np.isfinite(answer[["predicted", "lower", "upper", "p_met"]].astype(float)).all()


@pytest.mark.parametrize("method", METHODS)
def test_a_series_that_never_moved(method):
    assert p_of([12.0] * 5, 13, method=method, year=2022) > 0.6
    assert p_of([12.0] * 5, 11, method=method, year=2022) < 0.4


def test_wide_published_limits_make_the_outlook_vaguer():
    narrow = series_of(VALUES, lower=np.array(VALUES) - 0.2, upper=np.array(VALUES) + 0.2)
    wide = series_of(VALUES, lower=np.array(VALUES) - 4, upper=np.array(VALUES) + 4)
    widths = [
        compute_outlook(rows, ask_of(12)).eval("upper - lower").iloc[0] for rows in (series_of(VALUES), narrow, wide)
    ]
    assert max(widths[:2]) < 0.8 * widths[2]


def test_years_may_be_irregular_or_missing_and_order_does_not_matter():
    rows = series_of(VALUES).drop(index=[2, 4])
    shuffled = rows.sample(frac=1, random_state=3)
    first, second = (compute_outlook(table, ask_of(13))["p_met"].iloc[0] for table in (rows, shuffled))
    assert first == second
    half = rows.assign(year=rows["year"] + 0.5)
    assert compute_outlook(half, ask_of(13, year=2025.5))["p_met"].iloc[0] == pytest.approx(first, abs=1e-9)


def test_a_short_series_leans_on_its_group():
    falling = [series_of(20 * 0.9 ** np.arange(8) * (1 + n / 50), name=f"m{n}") for n in range(30)]
    flat = [frame.assign(value=20.0 + n / 5) for n, frame in enumerate(falling)]
    short = series_of([10.0, 9.9, 9.8], name="a", first=2020)
    predicted = []
    for others in (falling, flat):
        rows = pd.concat([short, *others], ignore_index=True).assign(
            indicator="made-up", nation="made-up", province="1"
        )
        predicted.append(compute_outlook(rows, ask_of(8, year=2026))["predicted"].iloc[0])
    assert predicted[0] < predicted[1] - 0.5


def test_members_that_move_together_tell_less():
    """Thirty members with one shock a year are not thirty witnesses of the slope."""
    rng = np.random.default_rng(6)
    shocks = {"own": rng.normal(0, 0.06, (30, 6)), "shared": np.tile(rng.normal(0, 0.06, 6), (30, 1))}
    widths = {}
    for name, shock in shocks.items():
        members = [series_of(20 * 0.97 ** np.arange(6) * np.exp(shock[m]), name=f"m{m}") for m in range(30)]
        short = series_of([15.0, 14.8, 14.2], name="a", first=2018)
        rows = pd.concat([short, *members], ignore_index=True).assign(indicator="made-up")
        answer = compute_outlook(rows, ask_of(12, year=2027), method="pooled-trend").iloc[0]
        widths[name] = np.log(answer["upper"] / answer["lower"])
    assert widths["shared"] > 1.3 * widths["own"]


def test_what_goes_in_is_not_changed_and_the_order_is_kept():
    rows = series_of(VALUES, unit="percent")
    asks = pd.concat([ask_of(target) for target in (30, 10, 20)]).set_axis(["x", "y", "z"])
    copies = rows.copy(), asks.copy()
    answer = compute_outlook(rows, asks)
    pd.testing.assert_frame_equal(rows, copies[0])
    pd.testing.assert_frame_equal(asks, copies[1])
    assert list(answer.index) == ["x", "y", "z"]
    assert answer["p_met"].rank().tolist() == [3, 1, 2]


@pytest.mark.parametrize(
    ("rows", "asks", "message"),
    [
        (series_of(VALUES).drop(columns="year"), ask_of(1), "no column year"),
        (pd.concat([series_of(VALUES)] * 2), ask_of(1), "two values in one year"),
        (series_of([50.0, 60, 101], unit="percent"), ask_of(1), "outside its percentage"),
        (
            series_of([5.0, 6, 7], numerator=[9.0, 1, 1], denominator=5.0, unit="percent"),
            ask_of(1),
            "above its denominator",
        ),
        (series_of([5.0, 6, 7], numerator=1.0, denominator=0.0, unit="percent"), ask_of(1), "denominator not above 0"),
        (series_of(VALUES, scale="cubic"), ask_of(1), "unknown scale"),
        (series_of(VALUES), ask_of(1, operator="=="), "operator '=='"),
        (series_of(VALUES), ask_of(1, year=np.nan), "no target year"),
        (series_of(VALUES), ask_of(1).drop(columns="operator"), "no column operator"),
    ],
)
def test_unreadable_input_is_named(rows, asks, message):
    with pytest.raises(DataError, match=message):
        compute_outlook(rows, asks)


def test_unknown_settings_are_named_together():
    with pytest.raises(UsageError) as caught:
        compute_outlook(series_of(VALUES), ask_of(1), method="crystal-ball", confidence=80)
    assert "crystal-ball" in str(caught.value)
    assert "80 is not between" in str(caught.value)


def test_nothing_asked_and_nothing_known():
    assert compute_outlook(series_of(VALUES), ask_of(1).iloc[:0]).empty
    nothing = compute_outlook(series_of(VALUES).iloc[:0], ask_of(1)).iloc[0]
    assert nothing["outlook_reason"] == "no_series"


def test_no_probability_leaves_0_to_1_though_its_weights_sum_to_a_little_more():
    rows, asks = simulate_programmes(960, seed=21)
    for far in (1e-9, 1e-3, 50.0, 100 - 1e-3, 100 - 1e-9):
        p_met = compute_outlook(rows, asks.assign(target_value=far))["p_met"]
        assert p_met.between(0, 1).all()


def test_stated_probabilities_come_true_on_simulated_programmes():
    """4 200 made-up series, seven truths; the full check (21 000) is benchmarks/outlook.py."""
    rows, asks = simulate_programmes(4200, seed=20)
    answer = compute_outlook(rows, asks)
    at_most = asks["operator"] == "<="
    has_met = np.where(at_most, asks["outcome"] <= asks["target_value"], asks["outcome"] >= asks["target_value"])
    bins = calibration_table(answer["p_met"], pd.Series(has_met))
    # 5 points, and two standard errors of some hundred cases that share indicators
    assert bins.loc[bins["n"] >= 200, "gap"].abs().max() < 9
    inside = asks["outcome"].between(answer["lower"] - 1e-9, answer["upper"] + 1e-9)
    assert 0.75 <= inside.mean() <= 0.85

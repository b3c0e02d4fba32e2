"""Batched fits against statsmodels one by one, against a textbook, and where no finite fit exists."""

import numpy as np
import pytest
import statsmodels.api as sm
from scipy.special import expit, logit

from mande.evaluation.trend_fits import fit_trends

FAMILIES = {"binomial": sm.families.Binomial(), "poisson": sm.families.Poisson()}


def made_up_counts(family, *, n_series=60, n_years=9, seed=11):
    rng = np.random.default_rng(seed)
    years = np.tile(np.arange(2012.0, 2012 + n_years), (n_series, 1))
    size = rng.integers(15, 400, years.shape).astype(float)
    eta = rng.normal(-0.5, 1.5, (n_series, 1)) + rng.normal(0, 0.15, (n_series, 1)) * (years - 2016)
    events = (
        rng.binomial(size.astype(int), expit(eta)) if family == "binomial" else rng.poisson(size * np.exp(eta - 2))
    ).astype(float)
    events[rng.random(years.shape) < 0.2] = np.nan
    return years, events, size


def fit_by_statsmodels(family, years, events, size):
    is_seen = np.isfinite(events)
    x = sm.add_constant(years[is_seen] - years[is_seen].mean())
    y, n = events[is_seen], size[is_seen]
    if family == "binomial":
        return sm.GLM(np.column_stack([y, n - y]), x, family=FAMILIES[family]).fit(tol=1e-12)
    return sm.GLM(y, x, family=FAMILIES[family], exposure=n).fit(tol=1e-12)


@pytest.mark.parametrize("family", ["binomial", "poisson"])
def test_counts_agree_with_statsmodels_one_by_one(family):
    years, events, size = made_up_counts(family)
    fits = fit_trends(years, events, size, family=family)
    plain = np.flatnonzero(fits.flag == "")
    assert len(plain) > 50
    for row in plain:
        reference = fit_by_statsmodels(family, years[row], events[row], size[row])
        covariance = reference.cov_params()
        np.testing.assert_allclose([fits.level[row], fits.slope[row]], reference.params, atol=1e-6)
        np.testing.assert_allclose(
            [fits.level_variance[row], fits.covariance[row], fits.slope_variance[row]],
            [covariance[0, 0], covariance[0, 1], covariance[1, 1]],
            atol=1e-6,
        )
        assert fits.chi_square[row] == pytest.approx(reference.pearson_chi2, abs=1e-6)
        assert fits.dispersion[row] == pytest.approx(max(1, reference.pearson_chi2 / reference.df_resid), abs=1e-6)


def test_weighted_lines_agree_with_statsmodels():
    rng = np.random.default_rng(5)
    years = 2010 + np.sort(rng.uniform(0, 10, (20, 7)), axis=1)
    values, weight = rng.normal(3, 1, (20, 7)), rng.uniform(0.5, 4, (20, 7))
    fits = fit_trends(years, values, weight, family="gaussian")
    for row in range(20):
        x = sm.add_constant(years[row] - years[row].mean())
        reference = sm.WLS(values[row], x, weights=weight[row]).fit()
        np.testing.assert_allclose([fits.level[row], fits.slope[row]], reference.params, atol=1e-9)
        assert fits.dispersion[row] == pytest.approx(reference.scale)
        _, variance = fits.predict(np.full(20, 2024.0))
        new = np.array([1, 2024 - years[row].mean()])
        assert variance[row] == pytest.approx(new @ reference.cov_params() @ new)


def test_snoring_and_heart_disease():
    """Agresti 2002, Categorical Data Analysis, 2nd ed., table 4.2 and section 4.2.3: −3.87 + 0.40x, standard error 0.05."""
    scores, yes = np.array([[0.0, 2, 4, 5]]), np.array([[24.0, 35, 21, 30]])
    fits = fit_trends(scores, yes, yes + np.array([[1355.0, 603, 192, 224]]), family="binomial")
    assert fits.level[0] - fits.centre_year[0] * fits.slope[0] == pytest.approx(-3.866, abs=5e-4)
    assert fits.slope[0] == pytest.approx(0.397, abs=5e-4)
    assert np.sqrt(fits.slope_variance[0]) == pytest.approx(0.050, abs=5e-4)


@pytest.mark.parametrize(
    ("family", "events"),
    [
        ("binomial", [0, 0, 0, 0]),
        ("binomial", [20, 20, 20, 20]),
        ("binomial", [0, 0, 20, 20]),
        ("binomial", [20, 20, 7, 0]),
        ("poisson", [0, 0, 0, 0]),
        ("poisson", [0, 0, 0, 6]),
    ],
)
def test_a_series_without_finite_maximum_is_penalised_and_flagged(family, events):
    years = np.array([[2018.0, 2019, 2020, 2021]])
    fits = fit_trends(years, np.array([events], float), np.full((1, 4), 20.0), family=family)
    assert fits.flag[0] == "separated"
    for numbers in (fits.level, fits.slope, fits.level_variance, fits.slope_variance, fits.dispersion):
        assert np.isfinite(numbers).all()
    assert abs(fits.slope[0]) < 10


def test_firths_penalty_adds_half_a_case_where_two_years_are_two_parameters():
    """Firth 1993, section 3.3: in a saturated logistic model the penalised estimate is the empirical logit with ½ added."""
    years = np.array([[2019.0, 2020.0]])
    fits = fit_trends(years, np.array([[0.0, 12.0]]), np.array([[10.0, 12.0]]), family="binomial")
    at_2020, _ = fits.predict(np.array([2020.0]))
    at_2019, _ = fits.predict(np.array([2019.0]))
    assert at_2019[0] == pytest.approx(logit(0.5 / 11), abs=1e-6)
    assert at_2020[0] == pytest.approx(logit(12.5 / 13), abs=1e-6)


def test_two_mixed_years_are_no_separation():
    fits = fit_trends(
        np.array([[2018.0, 2019, 2020, 2021]]), np.array([[0.0, 0, 3, 9]]), np.full((1, 4), 20.0), family="binomial"
    )
    assert fits.flag[0] == ""
    assert fits.slope[0] > 0


def test_a_missing_year_is_left_out_not_zero():
    years, size = np.array([[2017.0, 2018, 2019, 2020, 2021]]), np.full((1, 5), 50.0)
    gap = fit_trends(years, np.array([[10, np.nan, 14, 15, 17]]), size, family="binomial")
    kept = [0, 2, 3, 4]
    without = fit_trends(years[:, kept], np.array([[10.0, 14, 15, 17]]), size[:, kept], family="binomial")
    assert gap.slope[0] == pytest.approx(without.slope[0], abs=1e-12)
    assert gap.degrees_of_freedom[0] == 2
    assert np.isnan(gap.working_value[0, 1])


def test_one_year_has_no_slope():
    fits = fit_trends(np.array([[2020.0, 2020.0]]), np.array([[3.0, 4.0]]), np.full((1, 2), 9.0), family="binomial")
    assert fits.flag[0] == "one_year"
    assert fits.slope[0] == 0
    assert np.isinf(fits.slope_variance[0])


def test_steps_that_would_overshoot_are_halved():
    """Counts of very unlike size that a line fits badly: whole Newton steps run away from the maximum."""
    years = np.array([[1980.0, 1980, 1981, 1984, 1990, 2001, 2004, 2005, 2006, 2010]])
    events = np.array([[0.0, 2701, 58507, 143108, 0, 0, 0, 0, 21, 0]])
    size = np.array([[2.0, 9301, 187859, 280379, 8, 49, 19, 4251, 123717, 17]])
    fits = fit_trends(years, events, size, family="binomial")
    assert fits.flag[0] == ""
    x = years - fits.centre_year[:, None]
    error = events - size * expit(fits.level[0] + fits.slope[0] * x)
    # At the maximum the errors add up to nothing, also when weighted by the year.
    assert abs(error.sum()) < 1e-3
    assert abs((error * x).sum()) < 1e-2


def test_a_single_event_at_the_end_comes_to_rest():
    events = np.array([[1.0, 0, 0, 0, 0, 0, 0, 0, 0, 0]])
    size = np.array([[206.0, 393, 398, 294, 208, 281, 399, 61, 85, 242]])
    fits = fit_trends(np.arange(2011.0, 2021)[None], events, size, family="poisson")
    assert fits.flag[0] == "separated"
    assert fits.slope[0] == pytest.approx(-0.8764, abs=1e-3)

"""The batched filter against statsmodels' state space models, against one large normal distribution, and the Nile."""

import numpy as np
import pytest
import statsmodels.api as sm
from scipy.stats import multivariate_normal

from mande.evaluation.local_trend import Filtered, StartingBelief, Variances, filter_series, predict
from mande.evaluation.variance_mixture import SMALL_GROUP, mixture_weights


def one(*numbers):
    return np.array([numbers], float)


def belief_of(level, level_variance, slope, slope_variance):
    return StartingBelief(*(np.array([number], float) for number in (level, level_variance, slope, slope_variance)))


def test_agrees_with_unobserved_components():
    rng = np.random.default_rng(8)
    values = 2 + 0.1 * np.arange(12) + rng.normal(0, 0.2, 12)
    model = sm.tsa.UnobservedComponents(values, "lltrend")
    model.ssm.initialize_known(np.array([2.0, 0.05]), np.diag([4.0, 0.09]))
    model.loglikelihood_burn = 0
    noise, wander = 0.04, 0.01
    reference = model.filter([noise, wander, 0.0])
    found = filter_series(
        np.arange(2010.0, 2022)[None],
        values[None],
        np.zeros((1, 12)),
        belief=belief_of(2.0, 4.0, 0.05, 0.09),
        variances=(sets := Variances(one(noise), one(wander), one(0.0))),
    )
    assert found.log_likelihood[0, 0] == pytest.approx(reference.llf, abs=1e-9)
    assert found.log_likelihood_before_last[0, 0] == pytest.approx(reference.llf_obs[:-1].sum(), abs=1e-9)
    for ahead in (1, 4):
        forecast = reference.get_forecast(ahead)
        mean, variance = predict(found, sets, np.array([float(ahead)]))
        assert mean[0, 0] == pytest.approx(forecast.predicted_mean[-1], abs=1e-9)
        assert variance[0, 0] == pytest.approx(forecast.se_mean[-1] ** 2, abs=1e-9)


def test_irregular_years_agree_with_the_joint_normal_distribution():
    """Values and the coming value are one normal vector; its covariance follows from the integrals of white noise."""
    years, ahead = np.array([2010.0, 2011, 2014, 2014.5, 2019]), 3.0
    values, known = np.array([1.0, 1.3, 1.2, 1.6, 2.2]), np.array([0.02, 0.0, 0.05, 0.01, 0.03])
    noise, wander, bend = 0.03, 0.02, 0.004
    level, level_variance, slope, slope_variance = 0.8, 0.5, 0.1, 0.01
    t = np.append(years, years[-1] + ahead) - years[0]
    a, b = np.minimum.outer(t, t), np.maximum.outer(t, t)
    covariance = level_variance + slope_variance * np.outer(t, t) + wander * a + bend * a**2 * (3 * b - a) / 6
    covariance = covariance + np.diag(np.append(noise + known, noise))
    mean = level + slope * t
    gain = np.linalg.solve(covariance[:5, :5], covariance[:5, 5])
    found = filter_series(
        years[None],
        values[None],
        known[None],
        belief=belief_of(level, level_variance, slope, slope_variance),
        variances=(sets := Variances(one(noise), one(wander), one(bend))),
    )
    foretold, variance = predict(found, sets, np.array([ahead]))
    assert foretold[0, 0] == pytest.approx(mean[5] + gain @ (values - mean[:5]), abs=1e-9)
    assert variance[0, 0] == pytest.approx(covariance[5, 5] - gain @ covariance[:5, 5], abs=1e-9)
    joint = multivariate_normal(mean[:5], covariance[:5, :5]).logpdf(values)
    assert found.log_likelihood[0, 0] == pytest.approx(joint, abs=1e-9)


def test_the_nile():
    """Durbin and Koopman 2012, section 2.2.5 and figure 2.6: variances 15 099 and 1 469.1; the level stays at 798.4."""
    flow = sm.datasets.nile.load_pandas().data
    sets = Variances(one(15099.0), one(1469.1), one(0.0))
    found = filter_series(
        flow["year"].to_numpy(float)[None],
        flow["volume"].to_numpy(float)[None],
        np.zeros((1, 100)),
        belief=belief_of(0.0, 1e7, 0.0, 0.0),
        variances=sets,
    )
    mean, variance = predict(found, sets, np.array([1.0]))
    assert mean[0, 0] == pytest.approx(798.4, abs=0.05)
    assert found.level_variance[0, 0] + 1469.1 == pytest.approx(5501.3, abs=0.5)
    assert found.log_likelihood_before_last[0, 0] < 0 < variance[0, 0]


def test_series_of_unlike_length_do_not_touch_one_another():
    years = np.array([[2010.0, 2012, 2013, np.nan], [2010, 2011, 2012, 2013]])
    values = np.array([[1.0, 1.1, 1.3, np.nan], [4, 4.1, 4.3, 4.2]])
    sets = Variances(np.full((2, 3), 0.1), np.tile([0.0, 0.05, 0.1], (2, 1)), np.zeros((2, 3)))
    start = StartingBelief(np.zeros(2), np.full(2, 9.0), np.zeros(2), np.full(2, 0.1))
    both = filter_series(years, values, np.zeros((2, 4)), belief=start, variances=sets)
    alone = filter_series(
        years[:1, :3],
        values[:1, :3],
        np.zeros((1, 3)),
        belief=StartingBelief(*(getattr(start, name)[:1] for name in start.__dataclass_fields__)),
        variances=sets.take(np.array([0])),
    )
    assert both.level[0] == pytest.approx(alone.level[0])
    assert both.log_likelihood[0] == pytest.approx(alone.log_likelihood[0])
    assert both.log_likelihood_before_last[0] == pytest.approx(alone.log_likelihood_before_last[0])


def test_a_fading_slope_comes_to_rest():
    found = filter_series(
        np.array([[2020.0, 2021.0]]),
        np.array([[0.0, 1.0]]),
        np.zeros((1, 2)),
        belief=belief_of(0.0, 1e-9, 1.0, 1e-9),
        variances=(sets := Variances(one(1e6), one(0.0), one(0.0))),
    )
    mean, _ = predict(found, sets, np.array([50.0]), fading=0.5)
    # From 1 on: 1 + ½ + ¼ + … more
    assert mean[0, 0] == pytest.approx(3.0, abs=1e-3)


@pytest.mark.parametrize(("members", "is_moved"), [(1, False), (SMALL_GROUP - 1, False), (SMALL_GROUP, True)])
def test_in_a_small_group_the_last_values_do_not_weigh(members, is_moved):
    """Six sets of variances; only what was told of the last value differs."""
    rng = np.random.default_rng(7)
    before, group = rng.normal(0, 2, (members, 6)), np.zeros(members, int)

    def weights_with(last):
        nothing = np.zeros((members, 6))
        filtered = Filtered(nothing, nothing, nothing, nothing, nothing, before + last, before)
        return mixture_weights(filtered, group, design_effect=np.ones(members))

    plain, moved = weights_with(0.0), weights_with(np.array([5.0, 0, 0, 0, 0, -5.0]))
    assert plain.sum(axis=1) == pytest.approx(np.ones(members))
    assert np.allclose(plain, moved) is not is_moved

"""Between-group variance against statsmodels' meta-analysis; what a series borrows, and from whom."""

import numpy as np
import pytest
from statsmodels.stats.meta_analysis import combine_effects

from mande.evaluation.pooling import MEMBERS_OF_BELIEF, GroupBelief, between_variance, pool_estimates


def belief(size, mean=0.0, variance=0.04**2):
    return GroupBelief(np.full(size, mean), np.full(size, variance))


@pytest.mark.parametrize("seed", range(5))
def test_between_variance_agrees_with_statsmodels(seed):
    rng = np.random.default_rng(seed)
    own = rng.uniform(0.01, 0.2, 12)
    value = rng.normal(0, np.sqrt(own + 0.1))
    reference = combine_effects(value, own, method_re="dl").tau2
    assert between_variance(value, own, np.zeros(12, int))[0] == pytest.approx(max(0, reference), abs=1e-12)


def test_members_alike_do_not_differ():
    assert between_variance(np.full(5, 2.0), np.full(5, 0.1), np.zeros(5, int))[0] == 0


def test_no_series_leans_on_itself():
    estimate, own, group = np.array([0.1, 0.2, 0.3, 0.2]), np.full(4, 0.01), np.zeros(4, int)
    before = pool_estimates(estimate, own, groups=[group], default=belief(4)).mean[0]
    far = pool_estimates(np.array([9.0, 0.2, 0.3, 0.2]), own, groups=[group], default=belief(4)).mean[0]
    near_others = 0.23
    assert before < near_others
    # Only the spread of the group has grown, so it leans less; its own value never pulls its own belief.
    assert 0 <= far <= near_others


def test_a_series_alone_keeps_the_default():
    pooled = pool_estimates(np.array([5.0]), np.array([0.1]), groups=[np.zeros(1, int)], default=belief(1, 0.5, 0.2))
    assert pooled.mean[0] == pytest.approx(0.5)
    assert pooled.variance[0] >= 0.2


def test_many_members_outweigh_the_default():
    rng = np.random.default_rng(3)
    estimate = rng.normal(-0.05, 0.02, 400)
    pooled = pool_estimates(estimate, np.full(400, 1e-6), groups=[np.zeros(400, int)], default=belief(400))
    assert pooled.mean == pytest.approx(np.full(400, estimate.mean()), abs=2e-3)
    assert np.sqrt(pooled.variance) == pytest.approx(np.full(400, 0.02), rel=0.15)


def test_a_province_leans_on_its_nation():
    nation = np.zeros(12, int)
    province = np.repeat([0, 1, 2], 4)
    estimate = np.repeat([0.1, 0.1, 0.7], 4)
    own = np.full(12, 0.05)
    pooled = pool_estimates(estimate, own, groups=[nation, province], default=belief(12, variance=1.0))
    only_nation = pool_estimates(estimate, own, groups=[nation], default=belief(12, variance=1.0))
    assert only_nation.mean[8] < pooled.mean[8] < 0.7
    assert pooled.mean[0] < only_nation.mean[0]


def test_a_missing_estimate_takes_the_groups_belief_and_adds_nothing():
    group = np.zeros(3, int)
    with_gap = pool_estimates(
        np.array([0.2, 0.4, np.nan]), np.array([0.01, 0.01, np.nan]), groups=[group], default=belief(3)
    )
    without = pool_estimates(np.array([0.2, 0.4]), np.array([0.01, 0.01]), groups=[group[:2]], default=belief(2))
    assert with_gap.mean[:2] == pytest.approx(without.mean)
    assert np.isfinite(with_gap.mean[2])
    assert MEMBERS_OF_BELIEF > 0


def nested(between, within, *, provinces=60, members=11, seed=4):
    """Return made-up estimates of districts in provinces with their own small sampling variance."""
    rng = np.random.default_rng(seed)
    province = np.repeat(np.arange(provinces), members)
    level = rng.normal(0, between, provinces)
    own = np.full(len(province), 0.02**2)
    truth = level[province] + rng.normal(0, within, len(province))
    return truth + rng.normal(0, 0.02, len(province)), own, province, level


def test_spread_within_provinces_is_told_from_that_between_them():
    estimate, own, province, level = nested(0.3, 0.1)
    nation, size = np.zeros(len(province), int), len(province)
    pooled = pool_estimates(estimate, own, groups=[nation, province], default=belief(size, variance=0.1))
    alone = pool_estimates(estimate, own, groups=[nation], default=belief(size, variance=0.1))
    assert np.sqrt(np.median(pooled.variance)) == pytest.approx(0.1, rel=0.15)
    assert np.sqrt(np.median(alone.variance)) == pytest.approx(np.hypot(0.3, 0.1), rel=0.15)
    assert np.abs(pooled.mean - level[province]).mean() < 0.04


def test_provinces_that_do_not_differ_add_little():
    """Where provinces are drawn at random, the best belief is the nation's: the province's chance must not be believed."""
    estimate, own, province, _ = nested(0.0, 0.1)
    pooled = pool_estimates(
        estimate, own, groups=[np.zeros(len(province), int), province], default=belief(len(province), variance=0.1)
    )
    chance = np.bincount(province, estimate) / np.bincount(province)
    assert np.sqrt((pooled.mean**2).mean()) < 0.7 * chance.std()
    assert np.sqrt(np.median(pooled.variance)) == pytest.approx(0.1, rel=0.15)


def test_a_province_of_few_and_a_place_without_one_keep_the_nations_belief():
    estimate = np.array([0.1, 0.12, 0.9, 0.95, 0.5, 0.11, 0.13])
    own, nation = np.full(7, 0.001), np.zeros(7, int)
    province = np.array([0, 0, 1, 1, -1, 0, 0])
    pooled = pool_estimates(estimate, own, groups=[nation, province], default=belief(7, variance=1.0))
    alone = pool_estimates(estimate, own, groups=[nation], default=belief(7, variance=1.0))
    assert pooled.mean[2:5] == pytest.approx(alone.mean[2:5])
    assert pooled.variance[2:5] == pytest.approx(alone.variance[2:5])
    assert abs(pooled.mean[0] - 0.12) < 0.5 * abs(alone.mean[0] - 0.12)


def test_a_member_without_an_estimate_takes_its_provinces_belief():
    estimate, own, province, level = nested(0.3, 0.05, provinces=8)
    estimate[0] = np.nan
    pooled = pool_estimates(
        estimate, own, groups=[np.zeros(len(province), int), province], default=belief(len(province), variance=0.1)
    )
    assert pooled.mean[0] == pytest.approx(level[0], abs=0.06)

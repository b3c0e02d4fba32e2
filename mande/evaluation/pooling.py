"""What a short series borrows from its province and nation: the level and slope of the group, and how far members differ.

Empirical Bayes by moments: the spread of the members' estimates, less their own sampling variance, is the spread of the
true values.  It is told apart within provinces and between them: a district leans on the other districts of its
province, their mean on the nation as far as provinces differ; no series leans on itself.

Sources: DerSimonian and Laird 1986, Controlled Clinical Trials 7:177–188 (moments of the between-group variance);
Morris 1983, Journal of the American Statistical Association 78:47–55 (parametric empirical Bayes).
"""

from dataclasses import dataclass

import numpy as np

MEMBERS_OF_BELIEF = 4.0
"""How many members the wider belief counts for when few members must say how far they differ."""

FEWEST_MEMBERS = 3
"""Series with an estimate below which a province says nothing: its members lean on the nation."""

NO_GROUP = -1


@dataclass(frozen=True)
class GroupBelief:
    """Mean and variance of a member's true value before its own series is read, one per series."""

    mean: np.ndarray
    variance: np.ndarray


def pool_estimates(
    estimate: np.ndarray, variance: np.ndarray, *, groups: list[np.ndarray], default: GroupBelief
) -> GroupBelief:
    """Return what the other members of its groups say about each series, the nation read before the province.

    One row per: series.
    Needs: estimates with their sampling variances; `groups`: codes 0, 1, … of the nation and, where there are provinces,
    of the province (nested in the nation; -1 for none); `default`, the belief where no group says anything.
    Adds: mean and variance of the predictive distribution of a member, its own estimate left out of the mean.
    Missing values: a series without an estimate adds nothing to its group and takes the group's belief.
    Source: module docstring.
    """
    nation, *provinces = groups
    # Read twice: at first to learn how far members differ, then with that in the default's place.
    belief = _pool_nation(estimate, variance, nation, default)
    belief = _pool_nation(estimate, variance, nation, belief)
    for province in provinces:
        belief = _pool_provinces(estimate, variance, province, nation, belief)
    return belief


def between_variance(value: np.ndarray, own: np.ndarray, group: np.ndarray) -> np.ndarray:
    """Return the variance between the members of each group beyond their own sampling variance, not below 0.

    Source: DerSimonian and Laird 1986, equation 8 (moments of Cochran's Q).
    """
    excess, scale = _moments(value, own, group)
    return np.where(scale > 0, np.maximum(0.0, excess) / np.where(scale > 0, scale, 1.0), 0.0)


def _moments(value: np.ndarray, own: np.ndarray, group: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return Cochran's Q less its expectation without differences, and what a unit of variance adds to it, per group."""
    weight = np.where(np.isfinite(value) & np.isfinite(own), 1.0 / np.maximum(own, 1e-12), 0.0)
    value = np.where(weight > 0, value, 0.0)
    total, squares = np.bincount(group, weight), np.bincount(group, weight**2)
    safe = np.where(total > 0, total, 1.0)
    mean = np.bincount(group, weight * value) / safe
    q = np.bincount(group, weight * (value - mean[group]) ** 2)
    members = np.bincount(group, weight > 0)
    scale = total - squares / safe
    is_known = (members > 1) & (scale > 1e-9 * safe)
    return np.where(is_known, q - (members - 1), 0.0), np.where(is_known, scale, 0.0)


def _pool_nation(estimate: np.ndarray, variance: np.ndarray, group: np.ndarray, wider: GroupBelief) -> GroupBelief:
    """Return the belief that each nation adds, leaning on the wider belief as far as its members leave it open."""
    is_known = np.isfinite(estimate) & np.isfinite(variance)
    value, own = np.where(is_known, estimate, np.nan), np.where(is_known, variance, np.nan)
    others = np.maximum(np.bincount(group, is_known.astype(float)) - 1, 0)[group]
    spread = _settle(between_variance(value, own, group)[group], others, wider.variance)
    return _lean(value, own, group, spread=spread, prior=wider)


def _pool_provinces(
    estimate: np.ndarray, variance: np.ndarray, province: np.ndarray, nation: np.ndarray, wider: GroupBelief
) -> GroupBelief:
    """Return the belief of the members of provinces that have enough of them; the others keep that of their nation.

    How far members differ within provinces, and the means of provinces among each other, is learnt from all provinces
    of the nation.
    """
    is_known = np.isfinite(estimate) & np.isfinite(variance) & (province != NO_GROUP)
    codes = np.where(province == NO_GROUP, province.max(initial=-1) + 1, province)
    members = np.bincount(codes, is_known)
    is_pooled = (province != NO_GROUP) & (members >= FEWEST_MEMBERS)[codes]
    if not is_pooled.any():
        return wider
    rows = np.flatnonzero(is_pooled)
    kept = np.unique(codes[rows], return_inverse=True)[1]
    own = np.where(is_known, variance, np.nan)[rows]
    value, above = np.where(is_known, estimate, np.nan)[rows], nation[rows]
    inside = GroupBelief(wider.mean[rows], wider.variance[rows])
    belief = _pool_members(value, own, kept, above, inside)
    mean, spread = wider.mean.copy(), wider.variance.copy()
    mean[rows], spread[rows] = belief.mean, belief.variance
    return GroupBelief(mean, spread)


def _pool_members(
    value: np.ndarray, own: np.ndarray, province: np.ndarray, nation: np.ndarray, wider: GroupBelief
) -> GroupBelief:
    """Return the belief of each member of a province; every province has enough members."""
    members = np.bincount(province, np.isfinite(value))
    first = np.unique(province, return_index=True)[1]
    above, open_variance = nation[first], wider.variance[first]
    excess, scale = _moments(value, own, province)
    excess, scale = np.bincount(above, excess), np.bincount(above, scale)
    within = np.maximum(0.0, excess) / np.where(scale > 0, scale, 1.0)
    freedom = np.bincount(above, members - 1)
    within = _settle(within[above], freedom[above], open_variance)
    spread = _settle(between_variance(value, own, province), members - 1, within)
    weight = np.where(np.isfinite(value), 1.0 / (np.nan_to_num(own, nan=1.0) + spread[province]), 0.0)
    total = np.bincount(province, weight)
    mean = np.bincount(province, weight * np.nan_to_num(value)) / total
    provinces = np.bincount(above)[above]
    between = _settle(between_variance(mean, 1.0 / total, above)[above], provinces - 1, open_variance)
    prior = GroupBelief(wider.mean, between[province])
    return _lean(value, own, province, spread=spread[province], prior=prior)


def _settle(seen: np.ndarray, freedom: np.ndarray, believed: np.ndarray) -> np.ndarray:
    """Return a variance between the one seen and the one believed, which counts for `MEMBERS_OF_BELIEF`."""
    return (freedom * seen + MEMBERS_OF_BELIEF * believed) / (freedom + MEMBERS_OF_BELIEF)


def _lean(
    value: np.ndarray, own: np.ndarray, group: np.ndarray, *, spread: np.ndarray, prior: GroupBelief
) -> GroupBelief:
    """Return what the other members of its group, and the prior of the group's mean, say of each member."""
    is_known = np.isfinite(value)
    weight = np.where(is_known, 1.0 / (np.where(is_known, own, 1.0) + spread), 0.0)
    weighted = weight * np.where(is_known, value, 0.0)
    precision = 1.0 / np.maximum(prior.variance, 1e-12)
    total = np.bincount(group, weight)[group] - weight + precision
    mean = (np.bincount(group, weighted)[group] - weighted + precision * prior.mean) / total
    return GroupBelief(mean, spread + np.maximum(0.0, 1.0 / total))

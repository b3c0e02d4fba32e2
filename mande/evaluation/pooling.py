"""What a short series borrows from its province and nation: the level and slope of the group, and how far members differ.

Empirical Bayes by moments: the spread of the members' estimates, less their own sampling variance, is the spread of the
true values.  A province leans on its nation as a series leans on its province; no series leans on itself.

Sources: DerSimonian and Laird 1986, Controlled Clinical Trials 7:177–188 (moments of the between-group variance);
Morris 1983, Journal of the American Statistical Association 78:47–55 (parametric empirical Bayes).
"""

from dataclasses import dataclass

import numpy as np

MEMBERS_OF_BELIEF = 4.0
"""How many members the wider belief counts for when few members must say how far they differ."""


@dataclass(frozen=True)
class GroupBelief:
    """Mean and variance of a member's true value before its own series is read, one per series."""

    mean: np.ndarray
    variance: np.ndarray


def pool_estimates(
    estimate: np.ndarray, variance: np.ndarray, *, groups: list[np.ndarray], default: GroupBelief
) -> GroupBelief:
    """Return what the other members of its groups say about each series, the widest group (nation) read first.

    One row per: series.
    Needs: estimates with their sampling variances; `groups`, an array of codes 0, 1, … per level, widest first, each
    nested in the one before; `default`, the belief where no group says anything.
    Adds: mean and variance of the predictive distribution of a member, its own estimate left out of the mean.
    Missing values: a series without an estimate adds nothing to its group and takes the group's belief.
    Source: module docstring.
    """
    belief = default
    for codes in groups:
        belief = _pool_one_level(estimate, variance, codes, belief)
    return belief


def between_variance(value: np.ndarray, own: np.ndarray, group: np.ndarray) -> np.ndarray:
    """Return the variance between the members of each group beyond their own sampling variance, not below 0.

    Source: DerSimonian and Laird 1986, equation 8 (moments of Cochran's Q).
    """
    weight = np.where(np.isfinite(value) & np.isfinite(own), 1.0 / np.maximum(own, 1e-12), 0.0)
    value = np.where(weight > 0, value, 0.0)
    total, squares = np.bincount(group, weight), np.bincount(group, weight**2)
    safe = np.where(total > 0, total, 1.0)
    mean = np.bincount(group, weight * value) / safe
    q = np.bincount(group, weight * (value - mean[group]) ** 2)
    members = np.bincount(group, weight > 0)
    scale = total - squares / safe
    is_known = (members > 1) & (scale > 1e-9 * safe)
    return np.where(is_known, np.maximum(0.0, (q - (members - 1)) / np.where(is_known, scale, 1.0)), 0.0)


def _pool_one_level(estimate: np.ndarray, variance: np.ndarray, group: np.ndarray, wider: GroupBelief) -> GroupBelief:
    """Return the belief that each group adds, leaning on the wider belief as far as its members leave it open."""
    is_known = np.isfinite(estimate) & np.isfinite(variance)
    value, own = np.where(is_known, estimate, np.nan), np.where(is_known, variance, np.nan)
    others = np.maximum(np.bincount(group, is_known.astype(float)) - 1, 0)[group]
    spread = between_variance(value, own, group)[group]
    spread = (others * spread + MEMBERS_OF_BELIEF * wider.variance) / (others + MEMBERS_OF_BELIEF)
    weight = np.where(is_known, 1.0 / (np.where(is_known, own, 1.0) + spread), 0.0)
    weighted = weight * np.where(is_known, estimate, 0.0)
    prior = 1.0 / wider.variance
    total = np.bincount(group, weight)[group] - weight + prior
    mean = (np.bincount(group, weighted)[group] - weighted + prior * wider.mean) / total
    return GroupBelief(mean, spread + np.maximum(0.0, 1.0 / total))

"""From many predictions of a value to one probability and one interval.

A prediction is a mixture of normal distributions on the fitting scale.  Where the coming value will be a count among a
known number, its own chance is added: exactly for the probability, by moments for the limits.
"""

from dataclasses import dataclass

import numpy as np
from scipy.special import betainc, betaincinv, expit, gammainc, gammaincinv, ndtr

PARTS = 8
"""Normal distributions that a mixture is gathered into for limits and counts."""

NODES = np.linspace(-4.5, 4.5, 37)
SMALL_COUNT = 30.0
"""Below so many expected events (or non-events) the counts' own distributions are used, not the normal one."""

HALVINGS = 30


@dataclass(frozen=True)
class Mixture:
    """Weighted normal distributions, row × part."""

    weight: np.ndarray
    mean: np.ndarray
    variance: np.ndarray

    def take(self, rows: np.ndarray) -> "Mixture":
        """Return the rows asked for."""
        return Mixture(self.weight[rows], self.mean[rows], self.variance[rows])

    def moments(self) -> tuple[np.ndarray, np.ndarray]:
        """Return the mean and variance of each row."""
        mean = (self.weight * self.mean).sum(axis=1)
        return mean, (self.weight * (self.variance + (self.mean - mean[:, None]) ** 2)).sum(axis=1)

    def below(self, threshold: np.ndarray) -> np.ndarray:
        """Return the probability below a threshold per row."""
        return (self.weight * ndtr((threshold[:, None] - self.mean) / np.sqrt(self.variance))).sum(axis=1)

    def gather(self) -> "Mixture":
        """Return about the same distribution in at most `PARTS` parts: neighbours in variance become one."""
        if self.mean.shape[1] <= PARTS:
            return self
        order = np.argsort(self.variance, axis=1)
        edges = np.linspace(0, self.mean.shape[1], PARTS + 1).astype(int)[:-1]
        weight, mean, variance = (
            np.take_along_axis(part, order, axis=1) for part in (self.weight, self.mean, self.variance)
        )
        total = np.maximum(np.add.reduceat(weight, edges, axis=1), 1e-300)
        centre = np.add.reduceat(weight * mean, edges, axis=1) / total
        square = np.add.reduceat(weight * (variance + mean**2), edges, axis=1) / total
        within = np.add.reduceat(weight * variance, edges, axis=1) / total
        return Mixture(total, centre, np.maximum(square - centre**2, within))

    def quantile(self, probability: float) -> np.ndarray:
        """Return the value below which that share of each row lies, by halving."""
        reach = 10 * np.sqrt(self.variance)
        low, high = (self.mean - reach).min(axis=1), (self.mean + reach).max(axis=1)
        for _ in range(HALVINGS):
            middle = (low + high) / 2
            is_low = self.below(middle) < probability
            low, high = np.where(is_low, middle, low), np.where(is_low, high, middle)
        return (low + high) / 2


@dataclass(frozen=True)
class CountRule:
    """How the coming value is counted: `size` persons (or exposure), `unit_value` one event's worth, per row."""

    size: np.ndarray
    unit_value: np.ndarray
    is_proportion: np.ndarray

    def take(self, rows: np.ndarray) -> "CountRule":
        """Return the rows asked for."""
        return CountRule(self.size[rows], self.unit_value[rows], self.is_proportion[rows])

    def has_few(self, centre: np.ndarray) -> np.ndarray:
        """Return where few events are to come, for the middle of the prediction on the fitting scale."""
        share = expit(centre)
        level = np.where(self.is_proportion, share * (1 - share), np.exp(np.clip(centre, -700, 50)))
        return self.size * level < SMALL_COUNT


def probability_of_counts(mixture: Mixture, rule: CountRule, *, target: np.ndarray, operator: np.ndarray) -> np.ndarray:
    """Return the probability that the counted value satisfies its operator and target, per row."""
    events = target / rule.unit_value
    whole = np.round(events)
    is_whole = np.abs(events - whole) < 1e-7 * np.maximum(1.0, np.abs(events))
    # The smallest count that is not below the threshold: for "<" and ">=" the target itself counts as not below.
    first = np.where(is_whole, whole, np.ceil(events))
    first = np.where(is_whole & np.isin(operator, ["<=", ">"]), first + 1, first)
    at_least = _at_least(mixture, rule, first)
    return np.where(np.isin(operator, ["<", "<="]), 1 - at_least, at_least)


def _at_least(mixture: Mixture, rule: CountRule, first: np.ndarray) -> np.ndarray:
    nodes, mass = _nodes(mixture)
    chance = np.ones_like(nodes)
    is_possible = (first > 0) & (~rule.is_proportion | (first <= rule.size))
    chance[(first > 0) & ~is_possible] = 0.0
    for is_kind in (rule.is_proportion, ~rule.is_proportion):
        rows = np.flatnonzero(is_possible & is_kind)
        if len(rows):
            chance[rows] = _chance(nodes[rows], rule.take(rows), first[rows])
    return (mass * chance).sum(axis=1)


def _chance(nodes: np.ndarray, rule: CountRule, first: np.ndarray) -> np.ndarray:
    """Return the binomial (or Poisson) probability of at least so many events at each node."""
    count, size = first[:, None], rule.size[:, None]
    if rule.is_proportion[0]:
        return betainc(count, size - count + 1, expit(nodes))
    return gammainc(count, size * np.exp(np.clip(nodes, -700, 50)))


def _nodes(mixture: Mixture) -> tuple[np.ndarray, np.ndarray]:
    """Return points of the fitting scale and the probability around each."""
    mean, variance = mixture.moments()
    points = mean[:, None] + np.sqrt(variance)[:, None] * NODES
    edges = (points[:, 1:] + points[:, :-1]) / 2
    z = (edges[:, :, None] - mixture.mean[:, None, :]) / np.sqrt(mixture.variance)[:, None, :]
    below = (mixture.weight[:, None, :] * ndtr(z)).sum(axis=2)
    return points, np.diff(below, axis=1, prepend=0.0, append=1.0)


def limits_of_counts(mixture: Mixture, rule: CountRule, *, confidence: float) -> tuple[np.ndarray, np.ndarray]:
    """Return limits of the counted value in the indicator's unit.

    The mean and variance of the coming share (or rate) are those of a beta (or gamma) distribution; its limits are
    rounded to whole events.
    """
    nodes, mass = _nodes(mixture)
    level = np.where(rule.is_proportion[:, None], expit(nodes), np.exp(np.clip(nodes, -700, 50)))
    mean = (mass * level).sum(axis=1)
    spread = (mass * (level - mean[:, None]) ** 2).sum(axis=1)
    rest = np.where(rule.is_proportion, 1 - mean, 1.0)
    variance = spread + np.maximum(mean * rest - np.where(rule.is_proportion, spread, 0.0), 1e-300) / rule.size
    tails = (0.5 - confidence / 2, 0.5 + confidence / 2)
    concentration = np.maximum(mean * (1 - np.minimum(mean, 1 - 1e-12)) / variance - 1, 1e-6)
    shape = np.maximum(mean**2 / variance, 1e-6)
    limits = []
    for tail in tails:
        beta = betaincinv(concentration * np.minimum(mean, 1.0), concentration * np.maximum(1 - mean, 1e-12), tail)
        gamma = gammaincinv(shape, tail) * variance / np.maximum(mean, 1e-300)
        limits.append(np.round(np.where(rule.is_proportion, beta, gamma) * rule.size) * rule.unit_value)
    return limits[0], limits[1]

"""How many children, births, schools and communes made-up units have, and from which level an indicator starts."""

from dataclasses import dataclass, field

import numpy as np

from mande.framework.indicator import Indicator, Measure
from mande.framework.model import Programme

CHILD_YEARS = 16
TYPICAL_CHILDREN = 28_000
"""Children under 16 of a middling district; made up, of the order of 25 million children over 705 districts."""

GROWTH = 0.005
_OTHER_SHARES = {
    **dict.fromkeys(("SCHOOL", "SCHOOLS"), 1 / 450),
    **dict.fromkeys(("COMMUNE", "COMMUNES"), 1 / 2_000),
    "HIV": 0.0004,
    "DISABLED": 0.02,
    "RELIEF": 0.05,
}
"""Denominators that are no age group, as a share of the children, by a word of the indicator's id."""

_SHARES_OF_GROUPS = {"sex": 0.515, "disability": 0.03, "ethnicity": 0.80, "residence": 0.35}
"""Share of the first group; other dimensions are divided evenly."""

_DEFAULT_LEVELS = {Measure.PERCENTAGE: 60.0, Measure.RATE: 20.0, Measure.COUNT: 30.0, Measure.MEAN: 10.0}


@dataclass
class Populations:
    """The people of the units, units × periods; a division into groups is drawn once and serves all indicators."""

    random: np.random.Generator
    children: np.ndarray
    _kept: dict[tuple[bytes, str], list[np.ndarray]] = field(default_factory=dict)

    @property
    def relative_size(self) -> np.ndarray:
        return self.children / TYPICAL_CHILDREN

    def of(self, indicator: Indicator) -> np.ndarray:
        """Return whom an indicator counts among: births, an age group, schools, communes or all children."""
        share = next((_OTHER_SHARES[word] for word in indicator.id.split("_") if word in _OTHER_SHARES), None)
        if share is not None:
            return np.maximum(np.rint(self.children * share), 2).astype(np.int64)
        if indicator.unit == "per_1000_live_births":
            return self.children // CHILD_YEARS
        first, end = indicator.age_from_years or 0, indicator.age_below_years or CHILD_YEARS
        return (self.children * max(end - first, 1) / CHILD_YEARS).astype(np.int64)

    def divide(self, whole: np.ndarray, dimension: str, values: list[str]) -> list[np.ndarray]:
        """Divide a population into the groups of a dimension; they add up to it."""
        key = (whole.tobytes(), dimension)
        if key not in self._kept:
            first = _SHARES_OF_GROUPS.get(dimension, 1 / len(values))
            shares = [first, *[(1 - first) / (len(values) - 1)] * (len(values) - 1)]
            parts, left, rest = [], whole, 1.0
            for share in shares[:-1]:
                part = self.random.binomial(left, min(share / rest, 1.0))
                parts.append(part)
                left, rest = left - part, rest - share
            self._kept[key] = [*parts, left]
        return self._kept[key]


def make_populations(random: np.random.Generator, n_units: int, years: np.ndarray) -> Populations:
    """Draw the children of each unit; they grow slowly from year to year."""
    size = random.lognormal(np.log(TYPICAL_CHILDREN), 0.5, (n_units, 1))
    growth = (1 + GROWTH) ** (years - years.min())
    return Populations(random, np.maximum(size * growth, 400).astype(np.int64))


def level_of(programme: Programme, indicator: Indicator) -> float:
    """Return the first number that a target sets for the indicator, or a number of the usual size."""
    for target in programme.targets:
        if target.indicator == indicator.id:
            for level in target.levels:
                if level.kind == "level" and level.value:
                    return level.value
    return _DEFAULT_LEVELS.get(indicator.measure, 10.0)

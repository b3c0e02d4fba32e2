"""How made-up values move from year to year: the one statement of what a known truth is like.

On the logarithm (of a percentage: the logit) a value is the sum of its place's level, a trend that all places share, a
slope of its own, a level that wanders, and what strays in single years.  Each number below is an estimate from published
series, worked out again by `python benchmarks/truths.py`: the panel of 63 provinces (2005 to 2016) and national series.
What was not to be had: how districts of one province differ.  They are read as provinces of one nation are.
"""

from dataclasses import dataclass

import numpy as np

TRENDS = {"goes_on": 1.0, "slows": 0.5, "comes_to_rest": 0.0, "gains_pace": 2.0}
"""What becomes of a shared trend after its turn: the slope is multiplied by so much."""

TREND_SHARES = {"goes_on": 0.30, "slows": 0.25, "comes_to_rest": 0.25, "gains_pace": 0.20}
"""How often each was seen: the later over the earlier half's slope of 32 series (8, 8, 10 and 6), cut at 0,25, 0,75 and 1,5;
in the order of `TRENDS` 10, 8, 8 and 6.  A reversal counts as coming to rest."""

PACE, PACE_SPREAD = 0.045, 0.04
"""Yearly change of the shared trend in the wished direction, over indicators: mean and standard deviation (seen: 0,045 and
0,048, the direction apart).  One in eight goes the wrong way."""

LEVEL_SPREAD = 0.30
"""Standard deviation of the levels of places.  A choice: the middle of the panel's indicators is 0,48 (0,03 to 0,88)."""

SLOPE_SPREAD = 0.01
"""Standard deviation of lasting slopes between places (middle of ten indicators 0,007, root mean square 0,014)."""

WANDER, STRAY = 0.055, 0.04
"""Standard deviation of a place's yearly steps that last, and of what is gone a year later (middle 0,057 and 0,038)."""

SHARED_WANDER, SHARED_STRAY = 0.015, 0.01
"""The same of what moves all places at once (middle 0,012 and 0,008, root mean square 0,021 and 0,010)."""

INDICATOR_SCALE_SPREAD, PLACE_SCALE_SPREAD = 0.4, 0.45
"""Standard deviation of the logarithm of how much more or less an indicator, and a place, moves than the middle one: half
of the indicators within 0,38; places of CBR, IMR, literacy and TFR 0,32 to 0,53, of which 0,22 is chance of ten values."""


@dataclass(frozen=True)
class Paths:
    """`value`: places × years, on the fitting scale, 0 for the shared trend in the first year; `trend`: its name;
    `pace`: its yearly change before the turn."""

    value: np.ndarray
    trend: str
    pace: float


def simulate_paths(
    random: np.random.Generator, n_places: int, years: np.ndarray, *, direction: float = 1.0, trend: str | None = None
) -> Paths:
    """Return the made-up truth of one indicator in all places.

    One row per: place; one column per year.
    Needs: `years` in order; `direction` +1 where higher is better, else −1; `trend`, a name of `TRENDS` (None: drawn as
    often as `TREND_SHARES` says).
    Adds: levels, slopes, wander and stray of each place around the shared trend.  The same generator gives the same.
    """
    name = trend or str(random.choice(list(TREND_SHARES), p=list(TREND_SHARES.values())))
    pace = direction * random.normal(PACE, PACE_SPREAD)
    since = np.asarray(years, dtype=float) - years[0]
    turn = random.uniform(0, since[-1])
    shared = pace * np.minimum(since, turn) + TRENDS[name] * pace * np.maximum(since - turn, 0)
    scale = np.exp(random.normal(0, INDICATOR_SCALE_SPREAD))
    shared = shared + scale * _strays(random, (1, len(since)), SHARED_WANDER, SHARED_STRAY)
    level = random.normal(0, LEVEL_SPREAD, (n_places, 1))
    slope = random.normal(0, SLOPE_SPREAD, (n_places, 1))
    # Less the square, so that the root mean square over places is 1, as it was estimated.
    of_place = scale * np.exp(random.normal(-(PLACE_SCALE_SPREAD**2), PLACE_SCALE_SPREAD, (n_places, 1)))
    own = level + slope * since + of_place * _strays(random, (n_places, len(since)), WANDER, STRAY)
    return Paths(shared + own, name, pace)


def _strays(random: np.random.Generator, shape: tuple[int, int], wander: float, stray: float) -> np.ndarray:
    steps = random.normal(0, wander, shape)
    steps[:, 0] = 0.0
    return np.cumsum(steps, axis=1) + random.normal(0, stray, shape)

"""How made-up values move: as the published series do from which the numbers were estimated."""

import numpy as np
import pytest

from mande.sources.simulate import paths
from mande.sources.simulate.paths import PACE, TREND_SHARES, TRENDS, simulate_paths

YEARS = np.arange(2005, 2017)


@pytest.fixture
def without_chance(monkeypatch):
    for name in ("LEVEL_SPREAD", "SLOPE_SPREAD", "WANDER", "STRAY", "SHARED_WANDER", "SHARED_STRAY"):
        monkeypatch.setattr(paths, name, 0.0)


@pytest.mark.parametrize("trend", TRENDS)
def test_a_trend_keeps_its_pace_until_it_turns(without_chance, trend):
    made = simulate_paths(np.random.default_rng(5), 3, YEARS, trend=trend)
    steps = np.diff(made.value, axis=1)
    assert made.trend == trend and (made.value[:, 0] == 0).all() and (np.ptp(made.value, axis=0) < 1e-12).all()
    assert steps[0, 0] == pytest.approx(made.pace)
    assert steps[0, -1] == pytest.approx(TRENDS[trend] * made.pace)


def test_directions_shares_and_pace_are_as_stated(without_chance):
    random = np.random.default_rng(6)
    made = [simulate_paths(random, 1, YEARS[:2], direction=-1.0) for _ in range(2000)]
    drawn = [one.trend for one in made]
    assert sum(TREND_SHARES.values()) == pytest.approx(1) and set(TREND_SHARES) == set(TRENDS)
    for name, share in TREND_SHARES.items():
        assert drawn.count(name) / 2000 == pytest.approx(share, abs=0.03)
    pace = np.array([one.pace for one in made])
    assert pace.mean() == pytest.approx(-PACE, abs=0.003) and (pace > 0).mean() == pytest.approx(0.13, abs=0.03)


def test_places_stray_from_year_to_year_as_the_63_provinces_do():
    """Middle of ten indicators of the panel: yearly changes of a place around the mean 0,090; of the mean 0,017."""
    random = np.random.default_rng(7)
    yearly, shared = [], []
    for _ in range(150):
        steps = np.diff(simulate_paths(random, 63, YEARS, trend="goes_on").value, axis=1)
        yearly.append((steps - steps.mean(axis=0)).std())
        shared.append(steps.mean(axis=0).std(ddof=1))
    assert np.median(yearly) == pytest.approx(0.090, abs=0.012)
    assert np.median(shared) == pytest.approx(0.022, abs=0.006)


def test_the_same_generator_gives_the_same():
    first, again = (simulate_paths(np.random.default_rng(1), 5, YEARS).value for _ in range(2))
    assert (first == again).all()

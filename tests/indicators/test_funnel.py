"""Funnel limits against the intervals that they come from, and against draws of which the truth is known."""

import numpy as np
import pytest
from scipy.optimize import brentq
from scipy.stats import poisson

from mande.errors import EstimationError
from mande.indicators.funnel import estimate_overdispersion, funnel_of_proportions, funnel_of_rates
from mande.indicators.intervals import exact_count_limits, wilson_limits


def test_limits_are_the_shares_whose_wilson_interval_touches_the_reference() -> None:
    found = funnel_of_proportions([30, 300], [100, 1500], reference=0.25, adjust=False)
    for size, upper, lower in zip([100, 1500], found["upper_95"], found["lower_95"], strict=True):
        touch = brentq(lambda p, n=size: wilson_limits(np.array([p * n]), np.array([n]), 0.95)[0][0] - 0.25, 0.25, 0.9)
        assert upper == pytest.approx(touch, abs=1e-9)
        touch = brentq(lambda p, n=size: wilson_limits(np.array([p * n]), np.array([n]), 0.95)[1][0] - 0.25, 0.01, 0.25)
        assert lower == pytest.approx(touch, abs=1e-9)


@pytest.mark.parametrize("confidence, name", [(0.95, "95"), (0.998, "998")])
def test_limits_of_rates_are_the_counts_whose_exact_interval_touches_the_expected(confidence: float, name: str) -> None:
    found = funnel_of_rates([40, 55], [1000, 2000], reference=30, adjust=False, multiplier=1000)
    for size, upper, lower in zip([1000, 2000], found[f"upper_{name}"], found[f"lower_{name}"], strict=True):
        expected = 30 * size / 1000
        assert exact_count_limits(np.array([upper * size / 1000]), confidence)[0] == pytest.approx(expected, rel=1e-6)
        assert exact_count_limits(np.array([lower * size / 1000]), confidence)[1] == pytest.approx(expected, rel=1e-6)


def test_false_alarms_are_as_rare_as_promised() -> None:
    random = np.random.default_rng(3)
    size = random.integers(200, 3000, 20_000)
    found = funnel_of_proportions(random.binomial(size, 0.2), size, reference=0.2, adjust=False)
    outside = found["position"] != "inside"
    assert outside.mean() == pytest.approx(0.05, abs=0.006)
    assert found["position"].str.startswith("far").mean() == pytest.approx(0.002, abs=0.0015)


def test_spread_beyond_chance_widens_the_funnel_and_none_does_not() -> None:
    random = np.random.default_rng(5)
    size = random.integers(300, 3000, 400)
    numerator = random.binomial(size, random.beta(20, 80, 400))
    spread, narrow = funnel_of_proportions(numerator, size), funnel_of_proportions(numerator, size, adjust=False)
    plain = funnel_of_proportions(random.binomial(size, 0.2), size)
    assert spread["tau"].iloc[0] == pytest.approx(np.sqrt(0.16 / 101), rel=0.25)
    # Pulling in a tenth at each end makes the spread a little too small, so that outliers stay visible.
    assert 0.03 < (spread["position"] != "inside").mean() < 0.16
    assert (narrow["position"] != "inside").mean() > 0.5
    assert plain["tau"].iloc[0] < 0.005
    assert set(spread["limits_method"]) == {"widened for over-dispersion"}


def test_overdispersion_by_hand() -> None:
    import pandas as pd

    z = pd.Series([-3.0, -1.0, 0.0, 1.0, 4.0])
    error = pd.Series([0.1, 0.1, 0.2, 0.2, 0.1])
    clipped = [-2.2, -1.0, 0.0, 1.0, 2.8]  # 10 % and 90 % quantiles, linear between ranks
    phi = sum(value**2 for value in clipped) / 5
    weight = [100, 100, 25, 25, 100]
    tau = ((5 * phi - 4) / (350 - sum(w**2 for w in weight) / 350)) ** 0.5
    assert estimate_overdispersion(z, error).iloc[0].tolist() == pytest.approx([phi, tau])


def test_small_counts_keep_their_limits_at_zero_and_missing_has_no_position() -> None:
    found = funnel_of_rates([0, 1, np.nan, 5], [100, 200, 100, 300], multiplier=1000)
    assert found["position"].tolist() == ["inside", "inside", "", "inside"]
    assert (found["lower_998"].dropna() >= 0).all()
    assert poisson.sf(8 - 1, 6) > 0.025  # 8 of an expected 6 are nothing unusual …
    assert funnel_of_rates([8], [100], reference=60, multiplier=1000)["position"].tolist() == ["inside"]


def test_a_reference_of_nothing_is_refused() -> None:
    with pytest.raises(EstimationError, match="no event was seen"):
        funnel_of_rates([0, 0], [10, 20])
    with pytest.raises(EstimationError, match="between 0 and 1"):
        funnel_of_proportions([10, 20], [10, 20])

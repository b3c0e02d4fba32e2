"""Many groups computed at once give what each group gives alone: no place knows of another province's places."""

import numpy as np
import pandas as pd

from mande.indicators.funnel import estimate_overdispersion, funnel_of_proportions, funnel_of_rates
from mande.indicators.small_areas import shrink_proportions, shrink_rates


def made_up_places() -> pd.DataFrame:
    """Forty places of six provinces: one place alone, two places, one province without events, some without counts."""
    random = np.random.default_rng(11)
    province = np.repeat(["a", "b", "c", "d", "e", "f"], [1, 2, 12, 10, 10, 5])
    size = random.integers(50, 4000, len(province)).astype(float)
    level = pd.Series(province).map({"a": 0.3, "b": 0.2, "c": 0.1, "d": 0.5, "e": 0.02, "f": 0.4})
    count = random.binomial(size.astype(int), (level * random.uniform(0.7, 1.3, len(level))).clip(0, 1)).astype(float)
    count[[5, 20]] = np.nan
    places = pd.DataFrame({"province": province, "count": count, "size": size})
    return places.sample(frac=1, random_state=2, ignore_index=True)


def test_each_group_is_computed_as_if_it_were_alone() -> None:
    places = made_up_places()
    for compute in (shrink_proportions, shrink_rates, funnel_of_proportions, funnel_of_rates):
        whole = compute(places["count"], places["size"], groups=places["province"])
        alone = [compute(one["count"], one["size"]) for _, one in places.groupby("province")]
        pd.testing.assert_frame_equal(whole, pd.concat(alone).loc[places.index], rtol=1e-12)


def test_the_spread_of_each_group_is_that_of_plain_arithmetic() -> None:
    places = made_up_places().dropna()
    z, error = places["count"] % 7 - 3, places["size"] / 1000
    found = estimate_overdispersion(z, error, groups=places["province"])
    for _, rows in places.groupby("province"):
        phi, tau = slow_overdispersion(z[rows.index].to_numpy(), error[rows.index].to_numpy())
        np.testing.assert_allclose(found.loc[rows.index, "phi"], phi, rtol=1e-12)
        np.testing.assert_allclose(found.loc[rows.index, "tau"], tau, rtol=1e-12)


def slow_overdispersion(z: np.ndarray, error: np.ndarray) -> tuple[float, float]:
    """Spiegelhalter and others 2012, appendix A, for one group."""
    places, weight = len(z), 1 / error**2
    if places < 2:
        return np.nan, 0.0
    phi = (np.clip(z, *np.quantile(z, [0.1, 0.9])) ** 2).mean()
    between = (places * phi - (places - 1)) / (weight.sum() - (weight**2).sum() / weight.sum())
    return phi, max(between, 0.0) ** 0.5


def test_the_prior_of_each_group_is_that_of_plain_arithmetic() -> None:
    places = made_up_places().dropna()
    found = shrink_proportions(places["count"], places["size"], groups=places["province"])
    for province, rows in places.groupby("province"):
        n, share = rows["size"].to_numpy(), (rows["count"] / rows["size"]).to_numpy()
        mean, spare = (n * share).sum() / n.sum(), len(n) - 1
        if spare < 1:
            continue
        chance, room = mean * (1 - mean), n.sum() - (n**2).sum() / n.sum() - spare
        correlation = ((n * (share - mean) ** 2).sum() - chance * spare) / (chance * room)
        weight = n / (n + (1 - correlation) / correlation) if correlation > 0 else 0 * n
        np.testing.assert_allclose(found.loc[rows.index, "weight"], weight, rtol=1e-11, err_msg=str(province))

"""Composite index and ranks: by hand, by their properties, and never more precise than the data."""

import numpy as np
import pandas as pd
import pytest

from mande.errors import EstimationError
from mande.evaluation.ranking import AGGREGATIONS, NORMALISATIONS, IndexChoices, compute_index, rank_places

BOTH = IndexChoices({"DTP3": 1, "IMR": 1})


def places(dtp3: list[float], imr: list[float], half: float = 0.0) -> pd.DataFrame:
    codes = [f"{number:02d}" for number in range(len(dtp3))]
    good = pd.DataFrame({"place_code": codes, "indicator": "DTP3", "value": dtp3, "ascending": True})
    bad = pd.DataFrame({"place_code": codes, "indicator": "IMR", "value": imr, "ascending": False})
    table = pd.concat([good, bad], ignore_index=True)
    return table.assign(lower=table["value"] - half, upper=table["value"] + half)


def test_min_max_by_hand() -> None:
    index = compute_index(places([80, 90, 100], [30, 20, 10]), BOTH)
    assert index.tolist() == pytest.approx([1, 50.5, 100])


def test_geometric_mean_punishes_what_is_missing_in_one() -> None:
    table = places([80, 90, 100], [10, 20, 30])
    arithmetic = compute_index(table, BOTH)
    geometric = compute_index(table, IndexChoices({"DTP3": 1, "IMR": 1}, aggregation="geometric"))
    assert arithmetic.tolist() == pytest.approx([50.5, 50.5, 50.5])
    assert geometric.tolist() == pytest.approx([10, 50.5, 10])


def test_distance_to_target_by_hand() -> None:
    table = places([80, 90], [30, 20])
    table["target_value"] = table["indicator"].map({"DTP3": 95, "IMR": 10})
    table["baseline_value"] = table["indicator"].map({"DTP3": 75, "IMR": 30})
    index = compute_index(table, IndexChoices({"DTP3": 1, "IMR": 1}, normalisation="distance-to-target"))
    assert index.tolist() == pytest.approx([(25 + 1) / 2, (75 + 50) / 2])  # never below 1


def test_a_place_with_too_little_known_has_no_rank_and_no_zero() -> None:
    table = places([80, 90, np.nan, 95], [30, 20, 10, 12])
    ranked = rank_places(table, BOTH, draws=100).set_index("place_code")
    assert pd.isna(ranked.loc["02", "rank"])
    assert pd.isna(ranked.loc["02", "group"])
    assert ranked.index[-1] == "02"
    half_known = compute_index(table, IndexChoices({"DTP3": 1, "IMR": 1}, min_share=0.5))
    assert half_known["02"] == pytest.approx(100)


def test_exact_values_far_apart_have_one_rank_each() -> None:
    ranked = rank_places(places([60, 75, 90, 99], [40, 30, 20, 10]), BOTH, draws=100)
    assert ranked["place_code"].tolist() == ["03", "02", "01", "00"]
    assert ranked["group"].tolist() == [1, 2, 3, 4]
    assert (ranked["rank_lower"] == ranked["rank_upper"]).all()


def test_places_within_their_uncertainty_form_one_group() -> None:
    ranked = rank_places(places([90.0, 90.1, 89.9, 60.0], [20.0, 20.1, 19.9, 40.0], half=2.0), BOTH, draws=300)
    assert ranked.set_index("place_code")["group"].to_dict() == {"00": 1, "01": 1, "02": 1, "03": 2}


def test_the_same_seed_gives_the_same_ranks_and_the_input_stays() -> None:
    table = places([80, 85, 90], [30, 28, 20], half=3.0)
    before = table.copy()
    pd.testing.assert_frame_equal(rank_places(table, BOTH, draws=100), rank_places(table, BOTH, draws=100))
    pd.testing.assert_frame_equal(table, before)


def test_all_wrong_choices_are_named_at_once() -> None:
    with pytest.raises(EstimationError) as error:
        compute_index(places([1], [1]), IndexChoices({"IMR": -1}, normalisation="distance-to-target"))
    assert [problem.where for problem in error.value.problems] == ["weight of IMR", "indicator DTP3", "the values"]


def test_places_with_the_very_same_numbers_share_a_group() -> None:
    ranked = rank_places(places([90, 90, 60], [20, 20, 40]), BOTH, draws=100)
    assert ranked.set_index("place_code")["group"].to_dict() == {"00": 1, "01": 1, "02": 2}


def test_the_draws_scored_at_once_are_those_scored_one_by_one() -> None:
    random = np.random.default_rng(8)
    table = places([*random.uniform(60, 99, 12), np.nan], [*random.uniform(8, 40, 12), 10.0], half=4.0)
    table["target_value"] = table["indicator"].map({"DTP3": 95, "IMR": 10})
    table["baseline_value"] = table["indicator"].map({"DTP3": 60, "IMR": 40})
    choices = IndexChoices({"IMR": 2, "DTP3": 1, "not measured": 1}, min_share=0.2)
    ranked = rank_places(table, choices, draws=100).set_index("place_code")
    drawn = pd.concat(slow_ranks(table, choices, draws=100), axis=1).T
    for column, share in (("rank_median", 0.5), ("rank_lower", 0.05), ("rank_upper", 0.95)):
        quantile = drawn.quantile(share, interpolation="nearest")
        assert ranked[column].to_dict() == quantile.to_dict()


def slow_ranks(table: pd.DataFrame, choices: IndexChoices, *, draws: int) -> list[pd.Series]:
    """One table per draw, through the same public function that ranks the values as they are."""
    random = np.random.default_rng(1)
    half = (table["upper"] - table["lower"]) / 2 / 1.959963984540054
    ways = [(how, together) for how in NORMALISATIONS for together in AGGREGATIONS]
    ranks = []
    for _ in range(draws):
        how, together = ways[random.integers(len(ways))]
        shift = random.uniform(0.75, 1.25, len(choices.weights))
        weights = {name: weight * one for (name, weight), one in zip(choices.weights.items(), shift, strict=True)}
        drawn = table.assign(value=table["value"] + half * random.standard_normal(len(table)))
        index = compute_index(drawn, IndexChoices(weights, how, together, choices.min_share))
        ranks.append(index.rank(ascending=False, method="min"))
    return ranks

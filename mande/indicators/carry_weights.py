"""What rates are weighted by when places are merged: published numbers of the same place and period, multiplied."""

from collections.abc import Mapping
from functools import reduce

import pandas as pd

from mande.framework.model import CarryWeight, WeightFactor
from mande.indicators.carried_parts import READ
from mande.vocabulary import TOTAL

KEY = ["place_code", "period_start", "period_end"]


def compute_weights(observations: pd.DataFrame, weights: Mapping[str, CarryWeight]) -> pd.DataFrame:
    """Multiply the factors of each weight.

    *One row per* weight × place × period for which every factor is published.
    *Needs* the columns of `observations`; only totals with an exact value count. Of several publications of one factor
    the one whose name and edition come last counts.
    *Adds* `weight_id`, `weight`, `weight_rows` (ids and `READ` of each factor).
    *Missing values* a place and period without one of the factors has no row: nothing is put in its place.
    """
    tables = [_product(observations, weight).assign(weight_id=weight.id) for weight in weights.values()]
    columns = [*KEY, "weight", "weight_rows", "weight_id"]
    return pd.concat(tables, ignore_index=True)[columns] if tables else pd.DataFrame(columns=columns)


def _product(observations: pd.DataFrame, weight: CarryWeight) -> pd.DataFrame:
    tables = [_factor(observations, factor) for factor in weight.factors]
    return reduce(_multiply, tables)


def _multiply(left: pd.DataFrame, right: pd.DataFrame) -> pd.DataFrame:
    both = left.merge(right, on=KEY, how="inner", suffixes=("", "_next"), validate="one_to_one")
    return both[KEY].assign(
        weight=both["weight"] * both["weight_next"], weight_rows=both["weight_rows"] + both["weight_rows_next"]
    )


def _factor(observations: pd.DataFrame, factor: WeightFactor) -> pd.DataFrame:
    is_factor = (
        observations["indicator"].eq(factor.indicator)
        & observations["basis"].eq(factor.basis)
        & observations["dimension"].eq(TOTAL)
        & observations["value_qualifier"].eq("=")
        & observations["value"].notna()
    )
    rows = observations[is_factor].sort_values(["source", "edition"], kind="stable").drop_duplicates(KEY, keep="last")
    read = rows.reindex(columns=READ, fill_value="").assign(ids=rows["observation_id"]).to_dict("records")
    return rows[KEY].assign(weight=rows["value"], weight_rows=[(row,) for row in read]).reset_index(drop=True)

"""Bring published values to the units of the review's date: counts are added, rates rebuilt, what is lost is said."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from datetime import date
from typing import Any

import numpy as np
import pandas as pd

from mande.errors import DataError, Problem
from mande.framework.explain import nearest
from mande.framework.model import CarryWeight, Indicator
from mande.indicators.boundaries import Move, find_moves, with_shares
from mande.indicators.carried_parts import BETWEEN, addresses, own_row, weight_rows
from mande.indicators.carry_weights import KEY, compute_weights
from mande.places.carry import Carried, carry_counts, carry_rates
from mande.places.crosswalk import SPLIT, WHOLE
from mande.places.register import Register
from mande.places.shares import shares_for
from mande.vocabulary import Confidence, ValueStatus

LARGEST_LOSS = 0.05
"""A carried value that may lack more than this share carries no verdict: it could be the whole distance between the
pace that is "on track" (0.95) and the one that is enough (1)."""

SAME_LAND, SUM, RATIO, NO_RULE = "same_land", "sum", "ratio_of_sums", ""
CARRY_COLUMNS: dict[str, Any] = {
    "carried_from": "",
    "carried_from_vi": "",
    "carried_from_en": "",
    "carry_rule": "",
    "carry_weight_vi": "",
    "carry_weight_en": "",
    "carry_shares": "",
    "carry_gap": "",
    "carry_loss": 0.0,
    "unmatched_share": np.nan,
    "open_share": np.nan,
    "boundary_days": "",
    "part_ids": "",
}
"""What a carried row says of itself, with the value of a row as published."""

_GROUP = ["indicator", "period", "dimension", "dimension_value", "source", "basis", "definition", "edition", "unit"]
_STATUSES = [ValueStatus.OBSERVED, ValueStatus.PROVISIONAL, ValueStatus.ESTIMATED]


def carry_to_units(
    observations: pd.DataFrame,
    places: Register,
    *,
    indicators: Iterable[Indicator],
    weights: Mapping[str, CarryWeight],
    as_of: date,
) -> pd.DataFrame:
    """Return the observations with those of changed places carried to the units of the review's date.

    *One row per* observation of the nation and of places that are still what they were, as published; then unit ×
    indicator × period × dimension value × source of the units whose land changed. What was published for a former
    place is left out, as its code may mean another one now. A region whose land changed is rebuilt from its provinces;
    from former regions only where its provinces say nothing.
    *Needs* the columns of `observations`, `indicators` (what to carry; others are left out where the place changed)
    and the weights that they name.
    *Adds* `CARRY_COLUMNS`: `carried_from` (codes), `carry_rule` (same_land: one whole unit under another code; sum;
    ratio_of_sums of published numerators and denominators; or the id of the weight), `unmatched_share` (of the
    numbers of all places), `open_share` (of this unit), `carry_shares` (the shares that a user stated of split places,
    with their sources), `carry_loss` (largest share that the value may lack; 1 where there is none), `carry_gap` (why a value is missing or kept out of verdicts: no_rule, no_weight, split,
    part_missing, loss), `boundary_days`, `part_ids` (all observations behind the value). In a carried row `numerator`
    and `denominator` are the carried ones, in units of the weight; limits are missing.
    A value rebuilt by a weight or by a stated share is `estimated`; a sum or a ratio of published counts has the weakest status of its
    parts, since nothing in it is estimated. `confidence` is that of the weakest part.
    *Missing values* a unit of which one part has no value, no weight or no known share has none: carry_gap says why.
    *Raises* DataError for shares of an indicator or a weight that does not exist.
    """
    table = observations.reset_index(drop=True).assign(**CARRY_COLUMNS)
    catalogue = {indicator.id: indicator for indicator in indicators}
    _check_bases(places.shares, [*catalogue, *weights])
    factors = compute_weights(observations, weights)
    former: list[Any] = []
    carried: dict[tuple[str, ...], dict[str, Any]] = {}
    for move in find_moves(table, places, as_of=pd.Timestamp(as_of)):
        former.append(move.replaced)
        for record in _carry_by_basis(move, _prepare(move.rows, catalogue, factors), places, weights):
            carried.setdefault(tuple(str(record[name]) for name in ("place_code", *_GROUP)), record)
    if not former:
        return table
    rows = pd.DataFrame(carried.values(), columns=table.columns)
    kept = table.drop(index=np.concatenate(former))
    return pd.concat([kept, rows.astype(table.dtypes.to_dict())], ignore_index=True)


def part_ids(rows: pd.DataFrame) -> pd.Series:
    """Return the ids of the published observations behind each row, under its index; first those of rows as published."""
    behind = rows["part_ids"] if "part_ids" in rows else pd.Series("", index=rows.index, dtype=str)
    is_carried = behind.ne("")
    parts = behind[is_carried].str.split(BETWEEN, regex=False).explode()
    return pd.concat([rows.loc[~is_carried, "observation_id"].astype(str), parts])


def multiplier_of(unit: str) -> float:
    """Return what numerator / denominator is multiplied by to give a value in that unit.

    >>> [multiplier_of(unit) for unit in ("percent", "per_1000_live_births", "classes")]
    [100.0, 1000.0, 1.0]
    """
    if unit == "percent":
        return 100.0
    digits = unit.removeprefix("per_").split("_")[0] if unit.startswith("per_") else ""
    return float(digits) if digits.isdigit() else 1.0


def _prepare(rows: pd.DataFrame, catalogue: Mapping[str, Indicator], factors: pd.DataFrame) -> pd.DataFrame:
    """Give each row its group, the rule by which it is carried, and the counts that the rule needs."""
    rows = rows[rows["indicator"].isin(catalogue)].reset_index(drop=True)
    names = rows["indicator"].map({code: one.carry_weight or "" for code, one in catalogue.items()})
    aggregation = rows["indicator"].map({code: one.aggregation for code, one in catalogue.items()})
    rows = rows.assign(weight_id=names.astype(object), group=rows.groupby(_GROUP, dropna=False).ngroup().astype(str))
    rows = rows.merge(factors, on=["weight_id", *KEY], how="left", validate="many_to_one")
    is_counted = rows["denominator"].notna().groupby(rows["group"]).transform("all")
    is_ratio = aggregation.eq("ratio_of_sums")
    rule = np.select([aggregation.eq("sum"), is_ratio & is_counted, is_ratio], [SUM, RATIO, names], NO_RULE)
    below = rows["denominator"].where(rule == RATIO, rows["weight"].astype(float))
    above = rows["value"] * below / rows["unit"].map(multiplier_of)
    counted = rows["numerator"].notna() & (rule == RATIO)
    return rows.assign(
        rule=rule, below=below.mask(rows["value"].isna()), above=above.where(~counted, rows["numerator"])
    )


def _check_bases(shares: pd.DataFrame, known: list[str]) -> None:
    unknown = shares[~shares["basis"].isin(["", *known])]
    problems = [
        Problem(where, f"basis '{basis}' is no indicator and no weight", nearest(basis, known))
        for where, basis in zip(unknown["where"], unknown["basis"], strict=True)
    ]
    if problems:
        raise DataError(problems)


def _carry_by_basis(
    move: Move, rows: pd.DataFrame, places: Register, weights: Mapping[str, CarryWeight]
) -> list[dict[str, Any]]:
    """Carry the rows with the shares stated for their indicator, else for their weight, else for all."""
    said = set(places.shares["basis"])
    basis = rows["weight_id"].where(rows["weight_id"].isin(said), "")
    basis = rows["indicator"].where(rows["indicator"].isin(said), basis)
    records = []
    for name, same in rows.groupby(basis):
        records += _carry(with_shares(move, places, shares_for(places.shares, str(name))), same, weights)
    return records


def _carry(move: Move, rows: pd.DataFrame, weights: Mapping[str, CarryWeight]) -> list[dict[str, Any]]:
    """Return one record per changed unit and group."""
    counts = _carry_counts(move, rows)
    onward = move.changed[move.changed["to_code"] != ""].rename(columns={"confidence": "sureness"})
    parts = rows.merge(onward, left_on="place_code", right_on="from_code", how="inner", validate="many_to_many")
    former = onward.groupby("to_code")["from_code"].agg(lambda codes: sorted(codes)).to_dict()
    origin = {unit: _origin(move, unit, codes) for unit, codes in former.items()}
    made_of: dict[tuple[str, str], list[dict[str, Any]]] = defaultdict(list)
    for part in parts.sort_values(["to_code", "group", "from_code"]).to_dict("records"):
        made_of[part["to_code"], part["group"]].append(part)
    return [
        _record(key[0], former[key[0]], own, counts.get(key, {}), weights) | origin[key[0]]
        for key, own in made_of.items()
    ]


def _carry_counts(move: Move, rows: pd.DataFrame) -> dict[tuple[str, str], dict[str, float]]:
    """Carry the counts of all rows at once; the shares lost are of the numbers of all places of the level."""
    is_sum, is_ratio = rows["rule"].eq(SUM), ~rows["rule"].isin([SUM, NO_RULE])
    tables = []
    if is_sum.any():
        given = rows.loc[is_sum, ["place_code", "group", "value"]].rename(columns={"value": "above"})
        done = carry_counts(given, move.links)
        tables.append(_with_loss(done, given, "above", value=done.values["above"]))
    if is_ratio.any():
        given = rows.loc[is_ratio, ["place_code", "group", "above", "below"]]
        done = carry_rates(given, move.links, numerator="above", denominator="below")
        tables.append(_with_loss(done, given, "below", value=done.values["rate"]))
    return {(row["place_code"], row["group"]): row for table in tables for row in table.to_dict("records")}


def _with_loss(done: Carried, given: pd.DataFrame, counted: str, *, value: pd.Series) -> pd.DataFrame:
    """Add what may be missing: of all places, and of each unit; what vanished without successor may be any unit's."""
    vanished = done.unmatched[done.unmatched["reason"] == "no successor known"].groupby("group")[counted].sum()
    share = (vanished / given.groupby("group")[counted].sum()).reindex(done.values["group"]).fillna(0.0)
    opened = done.values[f"{counted}_open_share"]
    table = done.values[["place_code", "group", "above"]].assign(
        below=done.values.get("below", np.nan),
        value=value,
        unmatched_share=done.values[f"{counted}_unmatched_share"],
        open_share=opened,
        carry_loss=np.maximum(opened, share.to_numpy()),
    )
    return table.assign(carry_loss=table["carry_loss"].mask(table["value"].isna(), 1.0))


def _record(
    unit: str,
    former: list[str],
    made_of: list[dict[str, Any]],
    counts: dict[str, float],
    weights: Mapping[str, CarryWeight],
) -> dict[str, Any]:
    first, rule = made_of[0], made_of[0]["rule"]
    behind = [row for part in made_of for row in (own_row(part), *weight_rows(part))]
    stated = [part for part in made_of if part["kind"] == SPLIT and pd.notna(part["share"])]
    record = first | CARRY_COLUMNS | addresses(unit, behind) | {"place_code": unit, "carry_rule": rule}
    if len(former) == 1 and first["kind"] == WHOLE:
        return record | {"carry_rule": SAME_LAND, "unmatched_share": 0.0, "open_share": 0.0}
    weight = weights.get(rule)
    gap = _gap(former, made_of, counts)
    value = counts.get("value", np.nan) * (1.0 if rule == SUM else multiplier_of(first["unit"]))
    return record | {
        "value": value,
        "numerator": np.nan if rule == SUM else counts.get("above", np.nan),
        "denominator": counts.get("below", np.nan),
        "lower": np.nan,
        "upper": np.nan,
        "sample_size": np.nan,
        "design_effect": np.nan,
        "value_status": _status(made_of, is_modelled=bool(weight or stated))
        if pd.notna(value)
        else ValueStatus.MISSING,
        "value_qualifier": "=" if all(part["value_qualifier"] == "=" for part in made_of) else "~",
        "confidence": _weakest([*(row["confidence"] for row in behind), *(part["sureness"] for part in made_of)]),
        "carry_weight_vi": weight.title.vi if weight else "",
        "carry_weight_en": weight.title.en if weight else "",
        "carry_shares": "; ".join(
            f"{part['from_code']} → {unit}: {part['share']:.6g} ({part['share_source']})" for part in stated
        ),
        "carry_gap": gap,
        "carry_loss": counts.get("carry_loss", 1.0),
        "unmatched_share": counts.get("unmatched_share", np.nan),
        "open_share": counts.get("open_share", np.nan),
    }


def _gap(former: list[str], made_of: list[dict[str, Any]], counts: dict[str, float]) -> str:
    """Return why there is no value, or why none may carry a verdict; blank where nothing is wrong."""
    if made_of[0]["rule"] == NO_RULE:
        return "no_rule"
    if pd.notna(counts.get("value", np.nan)):
        return "loss" if counts["carry_loss"] > LARGEST_LOSS else ""
    if all(pd.isna(part["share"]) for part in made_of):
        return "split"
    if len(made_of) < len(former) or any(pd.isna(part["value"]) for part in made_of):
        return "part_missing"
    return "no_weight" if made_of[0]["rule"] not in (SUM, RATIO) else "part_missing"


def _status(made_of: list[dict[str, Any]], *, is_modelled: bool) -> str:
    if is_modelled:
        return ValueStatus.ESTIMATED
    return str(max((ValueStatus(part["value_status"]) for part in made_of), key=_STATUSES.index))


def _weakest(words: list[str]) -> str:
    return str(max((Confidence(word) for word in words), key=list(Confidence).index))


def _origin(move: Move, unit: str, former: list[str]) -> dict[str, Any]:
    return {
        "carried_from": "; ".join(former),
        "carried_from_vi": "; ".join(move.names.loc[former, "name_short"]),
        "carried_from_en": "; ".join(move.names.loc[former, "name_en"]),
        "boundary_days": "; ".join(move.days_of(unit, former)),
    }

"""Columns that hold one indicator against another: what is a part of what, as the contract declares it."""

from collections.abc import Sequence

import numpy as np
import pandas as pd

from mande.contracts.counts import exceeds_its_whole
from mande.contracts.derived_columns import Setting, code_rows

CELL = ["place_code", "period", "dimension", "dimension_value"]


def broken_relation(table: pd.DataFrame, setting: Setting) -> pd.Series:
    """Say which amount of the row breaks its relation to another indicator: "A.numerator 12 > B.value 10".

    A chain of the contract's arguments lists amounts (indicator.numerator, .denominator or .value) of which each may
    not exceed the next: supported children ≤ children in special circumstances ≤ all children. Compared is what one
    unit sent about one period and group, on whatever sheet; of a repeated amount, the one that breaks least.
    An amount that cannot be by itself is found by another rule and left out. Of two that break their relation, the one
    that breaks more relations of the chain is named alone: neonatal deaths above infant and above under-five deaths.
    *Missing values* where nothing of the chain stands beside the row; blank where every relation holds.
    """
    sent = table[~table["is_reference"]]
    cell = pd.Series(code_rows(sent, CELL), index=sent.index)
    is_compared = pd.Series(False, index=table.index)
    texts: dict[int, dict[str, None]] = {}
    for chain in setting.arguments["chains"]:
        rows = _members(sent, cell, chain)
        parts = []
        for position in range(len(chain)):
            beside, broken = _hold_against(rows, position)
            is_compared.loc[rows.loc[beside, "row"]] = True
            parts.append(broken.assign(other=position))
        named = _at_fault(pd.concat(parts))[["row", "position", "amount", "sign", "other", "limit"]]
        for row, own, amount, sign, other, limit in named.itertuples(index=False, name=None):
            text = f"{chain[own]} {amount:.10g} {sign} {chain[other]} {limit:.10g}"
            texts.setdefault(row, {})[text] = None
    shown = np.full(len(table), None, dtype=object)
    shown[is_compared.to_numpy()] = ""
    shown[table.index.get_indexer(pd.Index(list(texts), dtype="int64"))] = ["; ".join(t) for t in texts.values()]
    return pd.Series(shown, index=table.index)


def _hold_against(rows: pd.DataFrame, position: int) -> tuple["pd.Series[bool]", pd.DataFrame]:
    """Compare every amount with the one at a place of the chain: say which have one beside them, and which break."""
    there = rows[rows["position"] == position].groupby("cell")["amount"]
    is_lower = rows["position"] < position
    limit = rows["cell"].map(there.max()).where(is_lower, rows["cell"].map(there.min()))
    limit = limit.where(rows["position"] != position)
    is_broken = (is_lower & (rows["amount"] > limit)) | (~is_lower & (rows["amount"] < limit))
    broken = rows.assign(limit=limit, sign=np.where(is_lower, ">", "<"))[is_broken]
    return limit.notna(), broken[["row", "cell", "position", "amount", "limit", "sign"]]


def _at_fault(broken: pd.DataFrame) -> pd.DataFrame:
    """Leave out an amount that breaks its relation only with one that breaks more of them."""
    counted = broken.assign(n=broken.groupby("row")["other"].transform("size"))
    most = counted.groupby(["cell", "position"])["n"].max().rename("n_other")
    pairs = counted.join(most, on=["cell", "other"])
    return pairs[pairs["n"] >= pairs["n_other"]]


def _members(sent: pd.DataFrame, cell: pd.Series, chain: Sequence[str]) -> pd.DataFrame:
    """Return one row per amount of the chain that was sent: its row, cell, place in the chain and amount."""
    parts = []
    for position, name in enumerate(chain):
        indicator, amount = name.rsplit(".", 1)
        own = sent[sent["indicator"] == indicator]
        cannot_be = (own["value"] < own["range_low"]) | (own["value"] > own["range_high"])
        values = own.loc[(own[amount] >= 0) & ~cannot_be & ~exceeds_its_whole(own), amount]
        parts.append(pd.DataFrame({"row": values.index, "position": position, "amount": values.to_numpy()}))
    rows = pd.concat(parts, ignore_index=True)
    return rows.assign(cell=cell.loc[rows["row"]].to_numpy())

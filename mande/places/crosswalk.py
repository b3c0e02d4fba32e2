"""Which units of one date are which units of another: the table along which counts are carried."""

import numpy as np
import pandas as pd

from mande.errors import DataError, Problem
from mande.places.changes import changes_between
from mande.places.register import Date, Register, read_date

WHOLE, SPLIT, UNMATCHED = "whole", "split", "unmatched"
_SURENESS = ["text", "secondary", "inferred"]


def crosswalk(
    register: Register, level: str, from_date: Date, to_date: Date, *, shares: pd.DataFrame | None = None
) -> pd.DataFrame:
    """Relate the units of one date to those of another, forwards or backwards in time.

    *One row per* pair `from_code`, `to_code` (empty = no unit known).
    *Needs* optionally `shares` stated for splits on a day (`Register.shares`, see `shares_for`); they count forwards in
    time, along every change on the way.
    *Adds* `kind`: whole (all of it passes to one unit), split (over several, shares unknown until somebody states
    them), unmatched (no successor known); `share` (0 to 1; missing where not known); `share_source`; `confidence`:
    `inferred` where a neighbour vanished without a known successor, so that the unit may have taken its land.
    *Raises* UsageError for a bad date or level.
    """
    start, end = read_date(from_date), read_date(to_date)
    stated = register.shares.iloc[:0] if shares is None or start > end else shares
    pairs = _forward(register, level, (min(start, end), max(start, end)), stated)
    if start > end:
        pairs = _reverse(pairs, register.at(start, level)["place_code"])
    return _classify(pairs)


def apply_shares(table: pd.DataFrame, shares: pd.DataFrame) -> pd.DataFrame:
    """Return the crosswalk with stated shares for split units.

    *Needs* `from_code`, `to_code`, `share` (0 to 1), `source` in `shares`. What the shares of a unit leave open
    stays unmatched. *Raises* DataError: no source, not a split of this crosswalk, shares above 1 together.
    """
    problems = _share_problems(table, shares)
    if problems:
        raise DataError(problems)
    given = shares[["from_code", "to_code", "share", "source"]].rename(columns={"share": "_share", "source": "_source"})
    given = given.assign(_share=given["_share"].astype(float))
    joined = table.merge(given, on=["from_code", "to_code"], how="left", validate="one_to_one")
    stated = joined["_share"].notna()
    return joined.assign(
        share=joined["share"].where(~stated, joined["_share"]),
        share_source=joined["share_source"].where(~stated, joined["_source"]),
    ).drop(columns=["_share", "_source"])


def _forward(
    register: Register, level: str, span: tuple[pd.Timestamp, pd.Timestamp], shares: pd.DataFrame
) -> pd.DataFrame:
    there, after = (register.at(day, level) for day in span)
    links = changes_between(register, level=level, from_date=span[0], to_date=span[1])
    said = shares.set_index(["change_date", "from_code", "to_code"])[["share", "source"]]
    state = pd.DataFrame({"from_code": there["place_code"], "to_code": there["place_code"], "doubt": 0})
    state = state.assign(share=1.0, share_source="")
    for day, rows in links[links["from_code"] != ""].groupby("change_date"):
        state = _step(state, rows, said.xs(day) if day in said.index else said.iloc[:0].droplevel(0))
    state["to_code"] = state["to_code"].where(state["to_code"].isin(after["place_code"]), "")
    return _doubt_neighbours(_unite(state), there=there, after=after, links=links)


def _step(state: pd.DataFrame, links: pd.DataFrame, said: pd.DataFrame) -> pd.DataFrame:
    """Follow the links of one day; a part without a stated share has none."""
    alone = links.groupby("from_code")["to_code"].transform("size").eq(1) & links["part"].ne("part")
    step = pd.DataFrame(
        {
            "to_code": links["from_code"],
            "_next": links["to_code"],
            "_doubt": links["confidence"].map({word: i for i, word in enumerate(_SURENESS)}).fillna(2),
        }
    ).merge(said, left_on=["to_code", "_next"], right_index=True, how="left", validate="one_to_one")
    step = step.rename(columns={"share": "_share", "source": "_source"})
    step["_share"] = step["_share"].astype(float).mask(alone.set_axis(step.index), 1.0)
    moved = state.merge(step, on="to_code", how="left", validate="many_to_many")
    is_moved = moved["_next"].notna()
    source = moved["share_source"].str.cat(moved["_source"].fillna(""), sep="; ").str.strip("; ")
    return pd.DataFrame(
        {
            "from_code": moved["from_code"],
            "to_code": moved["_next"].where(is_moved, moved["to_code"]),
            "doubt": np.fmax(moved["doubt"], moved["_doubt"]).astype(int),
            "share": moved["share"] * moved["_share"].where(is_moved, 1.0),
            "share_source": source,
        }
    )


def _unite(state: pd.DataFrame) -> pd.DataFrame:
    """Add up the ways from one unit to another; of one whose share is not known, neither is the sum."""
    is_double = state.duplicated(["from_code", "to_code"], keep=False)
    if not is_double.any():
        return state
    ways = state[is_double].groupby(["from_code", "to_code"], as_index=False, sort=False)
    united = ways.agg(
        doubt=("doubt", "max"),
        share=("share", lambda shares: shares.sum(skipna=False)),
        share_source=("share_source", lambda texts: "; ".join(dict.fromkeys(filter(None, texts)))),
    )
    return pd.concat([state[~is_double], united], ignore_index=True)


def _doubt_neighbours(
    state: pd.DataFrame, *, there: pd.DataFrame, after: pd.DataFrame, links: pd.DataFrame
) -> pd.DataFrame:
    """Mark units beside one that vanished without successor or appeared without origin."""
    parent_before = there.set_index("place_code")["parent_code"]
    parent_after = after.set_index("place_code")["parent_code"]
    lost = set(state.loc[state["to_code"] == "", "from_code"].map(parent_before))
    unexplained = links[(links["from_code"] == "") & (links["confidence"] == "inferred")]["to_code"]
    new = set(unexplained.map(parent_after).dropna())
    beside = state["from_code"].map(parent_before).isin(lost) | state["to_code"].map(parent_after).isin(new)
    return state.assign(doubt=state["doubt"].where(~beside, 2))


def _reverse(pairs: pd.DataFrame, units: pd.Series) -> pd.DataFrame:
    known = pairs[pairs["to_code"] != ""]
    back = known.rename(columns={"from_code": "to_code", "to_code": "from_code"}).assign(share=np.nan, share_source="")
    lost = units[~units.isin(back["from_code"])]
    alone = pd.DataFrame({"from_code": lost, "to_code": "", "doubt": 2, "share": np.nan, "share_source": ""})
    return pd.concat([back[alone.columns], alone], ignore_index=True)


def _classify(pairs: pd.DataFrame) -> pd.DataFrame:
    alone = pairs.groupby("from_code")["to_code"].transform("size") == 1
    found = pairs["to_code"] != ""
    kind = np.select([alone & found, alone], [WHOLE, UNMATCHED], default=SPLIT)
    table = pd.DataFrame(
        {
            "from_code": pairs["from_code"],
            "to_code": pairs["to_code"],
            "kind": kind,
            "share": np.where(kind == WHOLE, 1.0, pairs["share"].where((kind == SPLIT) & found)),
            "share_source": np.where(
                kind == WHOLE, "whole unit", pairs["share_source"].where(pairs["share"].notna(), "")
            ),
            "confidence": pairs["doubt"].map(dict(enumerate(_SURENESS))),
        }
    )
    return table.sort_values(["from_code", "to_code"]).reset_index(drop=True)


def _share_problems(table: pd.DataFrame, shares: pd.DataFrame) -> list[Problem]:
    absent = [column for column in ("from_code", "to_code", "share", "source") if column not in shares.columns]
    if absent:
        return [Problem("shares", f"missing column(s) {', '.join(absent)}", "give from_code, to_code, share, source")]
    splits = table[(table["kind"] == SPLIT) & (table["to_code"] != "")]
    known = set(zip(splits["from_code"], splits["to_code"], strict=True))
    problems, seen = [], set()
    written = shares["share"]
    shares = shares.assign(share=pd.to_numeric(written, errors="coerce"))
    for row in shares.itertuples():
        pair, where = (row.from_code, row.to_code), f"share {row.from_code} → {row.to_code}"
        if pair not in known:
            problems.append(Problem(where, "is no split of this crosswalk", "give shares only for split units"))
        if pair in seen:
            problems.append(Problem(where, "is given twice", "keep one of the rows"))
        if not 0 <= row.share <= 1:
            problems.append(
                Problem(where, f"{written[row.Index]} is not between 0 and 1", "write a share, for example 0.35")
            )
        if not isinstance(row.source, str) or not row.source.strip():
            problems.append(Problem(where, "has no source", "say where the share comes from"))
        seen.add(pair)
    totals = shares.groupby("from_code")["share"].sum()
    for code, total in totals[totals > 1 + 1e-9].items():
        problems.append(Problem(f"shares of {code}", f"add up to {total:g}", "make them add up to 1 or less"))
    return problems

"""Which units of one date are which units of another: the table along which counts are carried."""

import numpy as np
import pandas as pd

from mande.errors import DataError, Problem
from mande.places.changes import changes_between
from mande.places.register import Date, Register, read_date

WHOLE, SPLIT, UNMATCHED = "whole", "split", "unmatched"
_SURENESS = ["text", "secondary", "inferred"]


def crosswalk(register: Register, level: str, from_date: Date, to_date: Date) -> pd.DataFrame:
    """Relate the units of one date to those of another, forwards or backwards in time.

    *One row per* pair `from_code`, `to_code` (empty = no unit known).
    *Adds* `kind`: whole (all of it passes to one unit), split (over several, shares unknown until somebody states
    them), unmatched (no successor known); `share` (0 to 1; missing where not known); `share_source`; `confidence`:
    `inferred` where a neighbour vanished without a known successor, so that the unit may have taken its land.
    *Raises* UsageError for a bad date or level.
    """
    start, end = read_date(from_date), read_date(to_date)
    pairs = _forward(register, level, min(start, end), max(start, end))
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


def _forward(register: Register, level: str, start: pd.Timestamp, end: pd.Timestamp) -> pd.DataFrame:
    there = register.at(start, level)
    links = changes_between(register, level=level, from_date=start, to_date=end)
    state = pd.DataFrame({"from_code": there["place_code"], "to_code": there["place_code"], "doubt": 0})
    for _, day in links[links["from_code"] != ""].groupby("change_date"):
        state = _step(state, day)
    after = register.at(end, level)
    state["to_code"] = state["to_code"].where(state["to_code"].isin(after["place_code"]), "")
    state = state.groupby(["from_code", "to_code"], as_index=False, sort=False)["doubt"].max()
    return _doubt_neighbours(state, there=there, after=after, links=links)


def _step(state: pd.DataFrame, links: pd.DataFrame) -> pd.DataFrame:
    step = pd.DataFrame(
        {
            "to_code": links["from_code"],
            "_next": links["to_code"],
            "_doubt": links["confidence"].map({word: i for i, word in enumerate(_SURENESS)}).fillna(2),
        }
    )
    moved = state.merge(step, on="to_code", how="left", validate="many_to_many")
    return pd.DataFrame(
        {
            "from_code": moved["from_code"],
            "to_code": moved["_next"].where(moved["_next"].notna(), moved["to_code"]),
            "doubt": np.fmax(moved["doubt"], moved["_doubt"]).astype(int),
        }
    )


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
    back = known.rename(columns={"from_code": "to_code", "to_code": "from_code"})
    lost = units[~units.isin(back["from_code"])]
    alone = pd.DataFrame({"from_code": lost, "to_code": "", "doubt": 2})
    return pd.concat([back[["from_code", "to_code", "doubt"]], alone], ignore_index=True)


def _classify(pairs: pd.DataFrame) -> pd.DataFrame:
    alone = pairs.groupby("from_code")["to_code"].transform("size") == 1
    found = pairs["to_code"] != ""
    kind = np.select([alone & found, alone], [WHOLE, UNMATCHED], default=SPLIT)
    table = pd.DataFrame(
        {
            "from_code": pairs["from_code"],
            "to_code": pairs["to_code"],
            "kind": kind,
            "share": np.where(kind == WHOLE, 1.0, np.nan),
            "share_source": np.where(kind == WHOLE, "whole unit", ""),
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

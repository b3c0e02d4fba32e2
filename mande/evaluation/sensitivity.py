"""Would another defensible choice have given another verdict?  One row per choice; a verdict that flips is fragile.

Three choices are varied, one at a time: the rule (the three that a programme may choose; where the outlook judged, its own
rule without it, too), the baseline (the value before the one used, and the one before that) and the source or edition (the
other series on an accepted basis and definition).
A choice that gives no verdict – no older baseline, no other series, no rate – is no flip.
"""

from collections.abc import Callable

import numpy as np
import pandas as pd

from mande.evaluation.binding_rules import VERDICT_COLUMNS
from mande.evaluation.cases import KEY
from mande.evaluation.progress import Question, judge_verdicts
from mande.vocabulary import Verdict

STEPS = 2
"""So many baselines further back, and so many other series, are tried."""

COLUMNS = [*KEY, "variation", "choice", "verdict", "verdict_in_force", "is_flipped", "actual_value", "baseline_value"]
_ASSESSED = [str(verdict) for verdict in Verdict if verdict.is_assessed]

Judge = Callable[[pd.DataFrame], pd.DataFrame]


def compute_sensitivity(
    progress: pd.DataFrame, promises: pd.DataFrame, rules: pd.DataFrame, actuals: pd.DataFrame, *, question: Question
) -> pd.DataFrame:
    """Judge every case again by other rules, older baselines and other series.

    One row per: target × population group × place × variation × choice; only cases that carry a verdict, and only
    choices that there are.
    Needs: `progress` (judge_promises) and what it was made of.
    Adds: `variation` (rule, baseline_year, source), `choice` (name of the rule, period of the baseline, series), the
    `verdict` that it gives, `verdict_in_force`, `is_flipped`, and the values judged (in the unit of the target).
    Missing values: a choice without a verdict keeps its word (not_assessable) and is no flip.
    """
    judged = progress[progress["verdict"].isin(_ASSESSED)]
    if judged.empty:
        return pd.DataFrame(columns=COLUMNS).astype(
            {"is_flipped": bool, "actual_value": float, "baseline_value": float}
        )
    place_codes = judged["place_code"].unique().tolist()
    wanted = promises[promises["target_id"].isin(judged["target_id"])]
    near = actuals[actuals["place_code"].isin(place_codes) & actuals["indicator"].isin(judged["indicator"])]

    def judge(values: pd.DataFrame) -> pd.DataFrame:
        return judge_verdicts(wanted, rules, values, question=question, place_codes=place_codes)

    tables = [_by_rule(judged, question), *_by_baseline(judged, near, judge), *_by_source(judged, near, judge)]
    table = pd.concat([part for part in tables if len(part)], ignore_index=True)
    in_force = judged[[*KEY, "verdict"]].rename(columns={"verdict": "verdict_in_force"})
    table = table.merge(in_force, on=KEY, how="inner", validate="many_to_one")
    is_flipped = table["verdict"].isin(_ASSESSED) & (table["verdict"] != table["verdict_in_force"])
    return table.assign(is_flipped=is_flipped).sort_values([*KEY, "variation", "choice"], ignore_index=True)[COLUMNS]


def mark_fragile(progress: pd.DataFrame, sensitivity: pd.DataFrame) -> pd.DataFrame:
    """Say of each verdict whether another defensible choice would flip it.

    Adds: `is_fragile`, `fragile_because` (the variations that flip it: baseline_year; rule; source).
    Missing values: a case without a verdict is not fragile; `fragile_because` is empty.
    """
    flips = sensitivity[sensitivity["is_flipped"]].drop_duplicates([*KEY, "variation"]).sort_values("variation")
    because = flips.groupby(KEY, as_index=False).agg(fragile_because=("variation", "; ".join))
    because = because.astype({"fragile_because": str})
    table = progress.merge(because, on=KEY, how="left", validate="one_to_one")
    words = table["fragile_because"].fillna("")
    return table.assign(is_fragile=words != "", fragile_because=words)


def _by_rule(judged: pd.DataFrame, question: Question) -> pd.DataFrame:
    """What the rules beside the binding one say; the binding one, too, where the outlook judged in its stead."""
    is_outlook = judged["reason"].str.startswith("outlook_")
    parts = []
    for name, column in VERDICT_COLUMNS.items():
        rows = judged[is_outlook] if name == question.rule.name else judged
        parts.append(_rows(rows.assign(verdict=rows[column]), "rule", str(name)))
    return pd.concat(parts, ignore_index=True)


def _by_baseline(judged: pd.DataFrame, actuals: pd.DataFrame, judge: Judge) -> list[pd.DataFrame]:
    """Take away the baseline used, and judge by the one before it, as long as there is one in the same series."""
    parts, current, rest = [], judged, actuals
    for _ in range(STEPS):
        rest = rest[~rest["observation_id"].isin(current["baseline_observation_id"].dropna())]
        again = judge(rest)
        same = again.merge(judged[[*KEY, "series"]], on=[*KEY, "series"], how="inner", validate="one_to_one")
        current = same[same["baseline_value"].notna()]
        parts.append(_rows(current, "baseline_year", current["baseline_period"]))
        if current.empty:
            break
    return parts


def _by_source(judged: pd.DataFrame, actuals: pd.DataFrame, judge: Judge) -> list[pd.DataFrame]:
    """Take away the series used, and judge by the next best one on an accepted basis and definition."""
    on = ["indicator", *KEY[1:], "series"]
    parts, current, rest = [], judged, actuals
    for _ in range(STEPS):
        used = pd.MultiIndex.from_frame(current[on].dropna())
        rest = rest[~pd.MultiIndex.from_frame(rest[on]).isin(used)]
        if not rest["is_usable"].any():
            break
        again = judge(rest)
        current = again[again["has_comparable"] & _pairs(again).isin(_pairs(judged))]
        parts.append(_rows(current, "source", current["series"]))
        if current.empty:
            break
    return parts


def _pairs(table: pd.DataFrame) -> pd.MultiIndex:
    return pd.MultiIndex.from_frame(table[KEY])


def _rows(table: pd.DataFrame, variation: str, choice: str | pd.Series) -> pd.DataFrame:
    kept = table[[*KEY, "verdict", "actual_value", "baseline_value"]]
    return kept.assign(variation=variation, choice=np.asarray(choice) if len(kept) else "")

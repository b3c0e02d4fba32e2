"""What a unit should mend first: its findings by cell, those that decide a verdict before all others."""

import numpy as np
import pandas as pd

from mande.contracts.check import CheckResult
from mande.contracts.outcomes import cell_of_part
from mande.vocabulary import Severity

EFFECTS = ("decides_verdict", "lowers_grade", "other")
"""What mending a cell may change, the most important first."""

_NO_VALUE = ("failed_check", "no_value", "stale", "nothing_since_baseline", "no_baseline")
"""Why there is no verdict that a value which was set aside may give."""

_TEXTS = ("message_vi", "message_en", "cure_vi", "cure_en")
ADDRESS = ["file", "sheet", "cell"]


def locate_findings(result: CheckResult, observations: pd.DataFrame) -> pd.DataFrame:
    """Return the findings with the cell that each is about, and the rule and its cure in both languages.

    *One row per* observation × failed check. *Needs* the observations that were checked.
    *Adds* `file`, `sheet`, `cell` (of numerator or denominator where the rule is about it; blank for a whole file),
    `part` (what of the row the rule is about), `message_vi`, `message_en`, `cure_vi`, `cure_en`.
    """
    rules = {rule.id: rule for rule in result.contract.rules}
    columns = ["observation_id", *ADDRESS, *(f"{part}_cell" for part in ("numerator", "denominator"))]
    cells = observations[[name for name in columns if name in observations]]
    found = result.findings.merge(cells, on="observation_id", how="left", validate="many_to_one")
    texts = {
        name: found["check_id"].map({key: getattr(getattr(rule, name[:-3]), name[-2:]) for key, rule in rules.items()})
        for name in _TEXTS
    }
    part = found["check_id"].map({key: rule.part for key, rule in rules.items()})
    cell = cell_of_part(found, part)
    sheet = found["sheet"].mask(cell == "", "")
    located = found.assign(cell=cell, sheet=sheet, part=part, **texts)
    return located[[*result.findings.columns, *ADDRESS, "part", *_TEXTS]]


def without_echoes(findings: pd.DataFrame) -> pd.DataFrame:
    """Leave out warnings about a value that must be mended anyway, or of which a count is named: they say it again.

    Once the cell is mended the value is checked anew. *Needs* the columns of `locate_findings`.
    """
    is_critical = findings["severity"] == Severity.CRITICAL
    is_named = is_critical | findings["part"].isin(["numerator", "denominator"])
    to_mend = set(findings.loc[is_named, "observation_id"]) - {""}
    is_echo = ~is_critical & (findings["part"] == "value") & findings["observation_id"].isin(to_mend)
    return findings[~is_echo]


def what_to_mend(findings: pd.DataFrame, progress: pd.DataFrame) -> pd.DataFrame:
    """Put the cells to mend in order: by effect on verdicts, then by severity, then as they stand in the file.

    *One row per* file × sheet × cell. *Needs* `findings` of `locate_findings`, with `is_set_aside` where cells that were
    set aside stand among them; `progress` of the review.
    *Adds* `effect`: decides_verdict (the value is the actual or the baseline of a verdict, or a critical finding has
    kept a verdict from being given, or the cell was set aside and there is no value), lowers_grade (its verdict is not given for the quality grade), other;
    `n_targets` (targets it touches); `check_ids`, `found`, rules and cures in both languages of all findings in the cell.
    *Missing values* none; a table without findings gives no row.
    """
    marked = findings.assign(
        effect=_effect(findings, progress), n_targets=_targets(findings, progress), order=np.arange(len(findings))
    )
    marked = marked.assign(rank=marked["effect"].map(EFFECTS.index), is_mild=marked["severity"] != Severity.CRITICAL)
    marked = marked.sort_values(["rank", "is_mild", "order"], kind="stable")
    return marked.groupby(["place_code", *ADDRESS], as_index=False, sort=False, dropna=False).agg(
        indicator=("indicator", "first"),
        period=("period", "first"),
        effect=("effect", "first"),
        severity=("severity", "first"),
        n_targets=("n_targets", "max"),
        check_ids=("check_id", _one_by_one),
        **{name: (name, _one_by_one) for name in ("found", "found_vi", *_TEXTS) if name in marked},
    )


def _effect(findings: pd.DataFrame, progress: pd.DataFrame) -> pd.Series:
    inputs = set(progress["actual_observation_id"].dropna()) | set(progress["baseline_observation_id"].dropna())
    is_input = findings["observation_id"].isin(inputs) & (findings["cell"] != "")
    is_critical = findings["severity"] == Severity.CRITICAL
    keeps_out = is_critical & _concerns(findings, progress[progress["reason"] == "failed_check"])
    if "is_set_aside" in findings:
        keeps_out |= findings["is_set_aside"] & _concerns(findings, progress[progress["reason"].isin(_NO_VALUE)])
    lowers = _concerns(findings, progress[progress["reason"] == "low_quality"])
    effect = np.select([is_input | keeps_out, lowers], EFFECTS[:2], default=EFFECTS[2])
    return pd.Series(effect, index=findings.index, dtype=str)


def _concerns(findings: pd.DataFrame, rows: pd.DataFrame) -> "pd.Series[bool]":
    keys = ["indicator", "place_code"]
    wanted = set(rows[keys].itertuples(index=False, name=None))
    pairs = findings[keys].itertuples(index=False, name=None)
    return pd.Series([pair in wanted for pair in pairs], index=findings.index, dtype=bool)


def _targets(findings: pd.DataFrame, progress: pd.DataFrame) -> pd.Series:
    counts = progress.groupby(["indicator", "place_code"])["target_id"].nunique()
    return pd.Series(
        [int(counts.get((row.indicator, row.place_code), 0)) for row in findings.itertuples()],
        index=findings.index,
        dtype="int64",
    )


def _one_by_one(texts: pd.Series) -> str:
    return "; ".join(dict.fromkeys(texts))

"""Probabilities in words, the mid-term rule that rests on them, and whether an earlier outlook kept its word.

The bands 0,9 – 0,66 – 0,33 – 0,1 are those of the Intergovernmental Panel on Climate Change's guidance note; they were
fixed before any value was seen.
Source: Mastrandrea and others 2010, Guidance Note for Lead Authors of the IPCC Fifth Assessment Report on Consistent
Treatment of Uncertainties, table 1 (very likely 90–100 %, likely 66–100 %, about as likely as not 33–66 %, unlikely
0–33 %, very unlikely 0–10 %).
"""

from collections.abc import Mapping

import numpy as np
import pandas as pd

from mande.errors import DataError, Problem, UsageError

BANDS = {"very_likely": 0.9, "likely": 0.66, "even": 0.33, "unlikely": 0.1, "very_unlikely": 0.0}
"""Name of each band and its lower bound, from best to worst; a bound belongs to the band above it."""

WORDS = {
    "very_likely": ("rất có khả năng đạt", "very likely to be met"),
    "likely": ("có khả năng đạt", "likely to be met"),
    "even": ("chưa rõ, có thể đạt hoặc không", "about as likely as not to be met"),
    "unlikely": ("khó đạt", "unlikely to be met"),
    "very_unlikely": ("rất khó đạt", "very unlikely to be met"),
    "not_estimable": ("chưa đủ số liệu để ước tính", "cannot be estimated"),
}
"""Vietnamese and English."""

_DECIDED = ("met", "not_met")


def outlook_band(p_met: pd.Series, *, bands: Mapping[str, float] = BANDS) -> pd.DataFrame:
    """Return the band of each probability and its words.

    One row per: probability, under its index.
    Adds: `outlook_band` (a name of `bands`, or not_estimable), `outlook_vi`, `outlook_en` (blank for a band without
    words in `WORDS`).
    Missing values: a missing probability is not_estimable.
    Raises: UsageError for bounds that do not fall from band to band down to 0, or a probability outside 0 to 1.
    Source: module docstring.

    >>> outlook_band(pd.Series([0.9, 0.5, float("nan")]))["outlook_band"].tolist()
    ['very_likely', 'even', 'not_estimable']
    """
    _refuse_bands(bands)
    if ((p_met < 0) | (p_met > 1)).any():
        raise UsageError(Problem("p_met", "a probability outside 0 to 1", "give shares such as 0.7"))
    conditions = [p_met.isna().to_numpy(), *[(p_met >= bound).to_numpy(bool) for bound in bands.values()]]
    names = np.select(conditions, ["not_estimable", *bands], default="not_estimable")
    said = [WORDS.get(name, ("", "")) for name in names]
    return pd.DataFrame(
        {"outlook_band": names, "outlook_vi": [vi for vi, _ in said], "outlook_en": [en for _, en in said]},
        index=p_met.index,
    ).astype(object)


def _refuse_bands(bands: Mapping[str, float]) -> None:
    bounds = list(bands.values())
    falls = all(upper > lower for upper, lower in zip(bounds, bounds[1:], strict=False))
    if not bounds or bounds[-1] != 0 or bounds[0] > 1 or not falls:
        found = ", ".join(f"{name} {bound}" for name, bound in bands.items())
        raise UsageError(Problem("outlook bands", found or "none", "name them from best to worst, the last from 0"))


def judge_outlook(
    p_met: pd.Series,
    lower: pd.Series,
    upper: pd.Series,
    *,
    target_value: pd.Series,
    bands: Mapping[str, float] = BANDS,
) -> pd.DataFrame:
    """Return the mid-term verdict that the outlook and its interval together carry: the rule `outlook`, version 1.

    One row per: ask, under its index.
    Needs: `p_met`, `lower` and `upper` of the value foretold (80 % limits) and the target; five bands, best first.
    Adds: `verdict` and `reason`, by band: best on_track (outlook_sure), second on_track (outlook_likely), third
    cannot_tell (interval_spans_target) where the limits hold the target, else behind (outlook_even), fourth behind
    (outlook_unlikely), last off_track (outlook_hopeless).
    Missing values: a missing probability is not_assessable (not_estimable).
    Raises: UsageError for other than five bands.

    >>> answer = judge_outlook(pd.Series([0.95, 0.5]), pd.Series([10.0, 11.0]), pd.Series([12.0, 14.0]), target_value=pd.Series([12.5, 12.5]))
    >>> answer["verdict"].tolist()
    ['on_track', 'cannot_tell']
    """
    if len(bands) != 5:
        raise UsageError(Problem("outlook bands", f"{len(bands)} bands", "the rule needs five, from best to worst"))
    names = list(bands)
    band = outlook_band(p_met, bands=bands)["outlook_band"]
    spans = (lower < target_value) & (target_value < upper)
    cases = [
        (band == "not_estimable", "not_assessable", "not_estimable"),
        (band == names[0], "on_track", "outlook_sure"),
        (band == names[1], "on_track", "outlook_likely"),
        ((band == names[2]) & spans, "cannot_tell", "interval_spans_target"),
        (band == names[2], "behind", "outlook_even"),
        (band == names[3], "behind", "outlook_unlikely"),
    ]
    conditions = [condition.to_numpy(bool) for condition, _, _ in cases]
    return pd.DataFrame(
        {
            "verdict": np.select(conditions, [verdict for _, verdict, _ in cases], default="off_track"),
            "reason": np.select(conditions, [reason for _, _, reason in cases], default="outlook_hopeless"),
        },
        index=p_met.index,
    ).astype(object)


def compare_with_outcome(published: pd.DataFrame, verdicts: pd.DataFrame, *, on: list[str]) -> pd.DataFrame:
    """Return "we said 70 %, it came out …": an earlier outlook beside the later verdict.

    One row per: row of `published`.
    Needs: `published` with `p_met`, `lower`, `upper`, `predicted`; `verdicts` with `verdict` and `actual_value`; both
    with the key columns `on`, unique in each.
    Adds: `verdict`, `actual_value`, `came_true` (met 1, not met 0), `is_inside` (the value lies inside the limits),
    `said_vi`, `said_en` (one sentence).
    Missing values: `came_true` is missing where nothing was foretold, or the later verdict is neither met nor not_met.
    Raises: DataError where a key occurs twice.
    """
    twice = [
        f"{name}: {tuple(row)}"
        for name, table in (("published", published), ("verdicts", verdicts))
        for row in table.loc[table.duplicated(on), on].itertuples(index=False)
    ]
    if twice:
        raise DataError([Problem(where, "occurs twice", "give one row per target and unit") for where in twice])
    later = verdicts[[*on, "verdict", "actual_value"]]
    table = published.drop(columns=["verdict", "actual_value"], errors="ignore")
    table = table.merge(later, on=on, how="left", validate="one_to_one").set_axis(published.index)
    is_decided = table["verdict"].isin(_DECIDED) & table["p_met"].notna()
    came_true = (table["verdict"] == "met").astype(float).where(is_decided)
    has_both = table["actual_value"].notna() & table["lower"].notna()
    inside = ((table["lower"] <= table["actual_value"]) & (table["actual_value"] <= table["upper"])).astype(float)
    table = table.assign(came_true=came_true, is_inside=inside.where(has_both))
    said = [_say_outcome(p, hit) for p, hit in zip(table["p_met"], table["came_true"], strict=True)]
    return table.assign(said_vi=[vi for vi, _ in said], said_en=[en for _, en in said])


def _say_outcome(p_met: float, came_true: float) -> tuple[str, str]:
    if np.isnan(p_met):
        return "Lần trước chưa ước tính được.", "Nothing was foretold."
    share = f"{100 * p_met:.0f}"
    if np.isnan(came_true):
        return f"Đã dự báo khả năng đạt {share} %; chưa kết luận được.", f"We said {share} %; not decided yet."
    vi, en = ("đạt", "it was met") if came_true else ("không đạt", "it was not met")
    return f"Đã dự báo khả năng đạt {share} %; kết quả: {vi}.", f"We said {share} %; {en}."

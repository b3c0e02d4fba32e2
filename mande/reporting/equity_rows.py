"""Who is left behind: the gaps of the newest year in words, and what could not be measured."""

from typing import Any

import pandas as pd

from mande.reporting.number_forms import change_form, is_number, number_form, unit_form, year_of
from mande.reporting.wording import wording

_PAIRS = {"difference": "ratio", "slope_index": "relative_slope_index"}
"""Each gap in the indicator's unit, and the measure of the same gap as a ratio."""

_ONE = ["indicator", "place_code", "stratifier", "group", "series"]


def equity_rows(equity: pd.DataFrame, targets: pd.DataFrame, names: dict[str, str], lang: str) -> list[dict[str, str]]:
    """Return one row per gap of the newest year: what is compared, the gap, how many times, its trend.

    *Needs* the tables `equity` and `targets`, and the names of places by code; the widest relative gap stands first.
    """
    known = equity[equity["measure"].isin(list(_PAIRS))]
    newest = known.loc[known.groupby([*_ONE, "measure"])["year"].idxmax()] if len(known) else known
    ratios = equity.set_index([*_ONE, "measure", "year"])["value"]
    rows = []
    for gap in newest.to_dict("records"):
        key = (*(gap[name] for name in _ONE), _PAIRS[gap["measure"]], gap["year"])
        rows.append((ratios.get(key, float("nan")), _row(gap, ratios.get(key), targets, names, lang)))
    return [row for _, row in sorted(rows, key=lambda item: -item[0])]


def absent_sentence(equity: pd.DataFrame, lang: str) -> str:
    """Return by what gaps could not be measured, and for how many indicators."""
    absent = equity[equity["measure"] == "none"]
    if absent.empty:
        return ""
    say, n_all = wording(lang).say, equity["indicator"].nunique()
    parts = [
        say("equity.absent_of", stratifier=say(f"stratifier.{stratifier}"), n=len(rows), all=n_all)
        for stratifier, rows in absent.groupby("stratifier", sort=True)
    ]
    return say("equity.absent", which="; ".join(parts))


def _row(gap: Any, ratio: object, targets: pd.DataFrame, names: dict[str, str], lang: str) -> dict[str, str]:
    say, unit = wording(lang).say, gap["unit"]
    target = targets[targets["indicator"] == gap["indicator"]].iloc[0]
    title = wording(lang).pick(target, "short")
    return {
        "title": title,
        "what": _what(gap, names, lang),
        "year": str(year_of(gap["year"])),
        "gap": _with_range(gap, lang),
        "times": number_form(ratio, lang, decimals=2) if is_number(ratio) else "–",  # type: ignore[arg-type]
        "trend": say(f"equity.trend.{gap['trend']}", change=change_form(gap["change_per_year"], unit, lang))
        if gap["trend"] else "–",
    }  # fmt: skip


def _what(gap: Any, names: dict[str, str], lang: str) -> str:
    say = wording(lang).say
    if gap["stratifier"] == "poverty":
        return say("equity.poverty", n=int(gap["n_groups"]))
    words = [_group_words(gap[name], lang) for name in ("group", "reference")]
    place = names.get(gap["place_code"], gap["place_code"])
    return f"{place}: " + say("equity.groups", group=words[0], reference=words[1])


def _group_words(group: str, lang: str) -> str:
    key = f"dimension.{group}"
    return wording(lang).say(key) if wording(lang).knows(key) else group


def _with_range(gap: Any, lang: str) -> str:
    """Return the gap with its limits; its unit stands once, after it."""
    words = unit_form("percentage_points" if gap["unit"] == "percent" else gap["unit"], lang)
    form = {name: number_form(gap[name], lang, least=1) for name in ("value", "lower", "upper") if is_number(gap[name])}
    text = wording(lang).say("equity.range", **form) if "lower" in form else form["value"]
    return f"{text} {words}"

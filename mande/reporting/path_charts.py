"""The path charts of a unit: which values each one shows, and in what words it is described."""

from typing import Any

import pandas as pd

from mande.reporting.figures import Milestone, PathChart, Point
from mande.reporting.number_forms import is_number, period_form, value_form, year_of
from mande.reporting.sentences import end_words, judged_words, title_of
from mande.reporting.target_rows import target_number
from mande.reporting.wording import wording
from mande.vocabulary import TOTAL, Verdict

_LETTERS = "abcdefghij"


def charts_of(joined: pd.DataFrame, actuals: pd.DataFrame, lang: str, names: dict[str, str]) -> list[dict[str, Any]]:
    """Return one chart for each target with at least one comparable value: title, verdict, SVG, series names.

    `names` are the names of bases and publications in words.
    """
    usable = actuals[actuals["is_usable"] & actuals["value"].notna()].sort_values("year", kind="stable")
    charts = []
    for row in joined.to_dict("records"):
        values = usable[
            (usable["indicator"] == row["indicator"]) & (usable["dimension_value"] == row["dimension_value"])
        ]
        judged = values[values["is_comparable"] & (values["series"] == row["series"])]
        if len(judged):
            charts.append(_chart(row, judged, values[values["series"] != row["series"]], lang, names))
    return charts


def _chart(row: Any, judged: pd.DataFrame, others: pd.DataFrame, lang: str, names: dict[str, str]) -> dict[str, Any]:
    series = [
        (letter, _series_name(group.iloc[0], names), tuple(_points(group, row["unit"], lang)))
        for letter, (_, group) in zip(_LETTERS, others.groupby("series", sort=True), strict=False)
    ]
    chart = PathChart(
        key=_key_of(row),
        title=title_of(row, lang),
        description=_description(row, judged, [name for _, name, _ in series], lang),
        lang=lang,
        observed=tuple(_points(judged, row["unit"], lang)),
        milestones=tuple(_milestones(row, lang)),
        baseline=_baseline(row, lang),
        others=tuple((letter, points) for letter, _, points in series),
        ends_label=_ends_label(row, judged, lang),
    )
    return {
        "number": target_number(row),
        "title": title_of(row, lang),
        "verdict": row["verdict"],
        "svg": chart.draw(),
        "others": [f"{letter}: {name}" for letter, name, _ in series],
    }


def _key_of(row: Any) -> str:
    group = "" if row["dimension_value"] == TOTAL else f"-{row['dimension_value']}"
    return f"c-{row['target_id']}{group}".lower().replace(".", "-").replace("/", "-")


def _points(values: pd.DataFrame, unit: str, lang: str) -> list[Point]:
    return [
        Point(
            float(value["year"]),
            float(value["value"]),
            value_form(float(value["value"]), unit, lang),
            is_firm=value["value_status"] == "observed" and value["value_qualifier"] in ("=", "", None),
        )
        for value in values.to_dict("records")
    ]


def _milestones(row: Any, lang: str) -> list[Milestone]:
    found: dict[float, Milestone] = {}
    stops = (
        (row["target_year"], row["operator"], row["target_value"]),
        (row["end_year"], row["end_operator"], row["end_value"]),
    )
    for year, operator, value in stops:
        if is_number(year) and is_number(value) and row["kind"] in ("level", "complete", "change_from_base"):
            found[year] = Milestone(float(year), float(value), operator or "", value_form(value, row["unit"], lang))
    return sorted(found.values(), key=lambda stop: stop.year)


def _baseline(row: Any, lang: str) -> Point | None:
    if not is_number(row["baseline_value"]):
        return None
    label = value_form(row["baseline_value"], row["unit"], lang)
    return Point(float(row["baseline_year"]), float(row["baseline_value"]), label)


def _ends_label(row: Any, judged: pd.DataFrame, lang: str) -> str:
    """Say that a series has ended where no verdict could be given for its age."""
    if Verdict(row["verdict"]).is_assessed or row["reason"] not in ("stale", "nothing_since_baseline"):
        return ""
    return wording(lang).say("charts.series_ends", year=year_of(judged["year"].max()))


def _series_name(value: Any, names: dict[str, str]) -> str:
    """Name a series by its counting rule and the publication, as far as they have names."""
    parts = [names.get(value["basis"], ""), names.get(value["source"], value["source"])]
    return ", ".join(dict.fromkeys(part for part in parts if part))


def _description(row: Any, judged: pd.DataFrame, others: list[str], lang: str) -> str:
    say = wording(lang).say
    values = "; ".join(
        f"{period_form(value['period'], lang)}: {value_form(value['value'], row['unit'], lang)}"
        for value in judged.to_dict("records")
    )
    sentences = [say("charts.alt_observed", values=values)]
    if is_number(row["baseline_value"]):
        baseline = value_form(row["baseline_value"], row["unit"], lang)
        sentences.append(say("charts.alt_baseline", value=baseline, period=period_form(row["baseline_period"], lang)))
    if is_number(row["target_value"]):
        sentences.append(say("charts.alt_target", year=year_of(row["target_year"]), target=judged_words(row, lang)))
    if is_number(row["end_value"]) and row["end_year"] != row["target_year"]:
        sentences.append(say("charts.alt_target", year=year_of(row["end_year"]), target=end_words(row, lang)))
    if others:
        sentences.append(say("charts.alt_other", names="; ".join(others)))
    return " ".join(sentences)

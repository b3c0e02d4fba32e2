"""The path charts of a unit: which values each one shows, and in what words it is described."""

import operator
from typing import Any

import pandas as pd

from mande.reporting.carried_words import boundary_days, boundary_note
from mande.reporting.figures import Boundary, Milestone, Outlook, PathChart, Point
from mande.reporting.number_forms import date_form, is_number, observed_form, period_form, value_form, year_of
from mande.reporting.records import records
from mande.reporting.sentences import end_words, judged_words, title_of
from mande.reporting.target_rows import target_number
from mande.reporting.wording import wording
from mande.vocabulary import ValueStatus, Verdict

_LETTERS = "abcdefghij"
_OUTLOOK = ("value", "lower", "upper")
_POINT_COLUMNS = ["year", "value", "value_status", "value_qualifier"]
_MEETS = {"<": operator.lt, "<=": operator.le, ">": operator.gt, ">=": operator.ge}


def charts_of(joined: pd.DataFrame, actuals: pd.DataFrame, lang: str, names: dict[str, str]) -> list[dict[str, Any]]:
    """Return one chart for each target with at least one comparable value, published or not: title, verdict, SVG, series names, and from which
    former units its values were rebuilt.

    `names` are the names of bases and publications in words.
    """
    return [{**words, "svg": chart.draw()} for words, chart in find_charts(joined, actuals, lang, names)]


def find_charts(
    joined: pd.DataFrame, actuals: pd.DataFrame, lang: str, names: dict[str, str]
) -> list[tuple[dict[str, Any], PathChart]]:
    """Return each chart before it is drawn, with the words that stand beside it (see `charts_of`)."""
    usable = actuals[actuals["is_usable"] & actuals["value"].notna()].sort_values("year", kind="stable")
    by_key = dict(tuple(usable.groupby(["indicator", "dimension_value"], sort=False)))
    has_hidden = (actuals["value_status"] == ValueStatus.SUPPRESSED).any()
    charts = []
    for row in records(joined):
        values = by_key.get((row["indicator"], row["dimension_value"]), usable.iloc[:0])
        if values.empty and not has_hidden:
            continue
        judged = values[values["is_comparable"] & (values["series"] == row["series"])]
        hidden = _hidden_values(row, actuals) if has_hidden else usable.iloc[:0]
        if len(judged) or (len(hidden) and _milestones(row, lang)):
            others = _other_series(values[values["series"] != row["series"]], row["unit"], lang, names)
            charts.append(_chart(row, judged, others, lang, key=f"c{len(charts) + 1}", hidden=hidden))
    return charts


def _hidden_values(row: Any, actuals: pd.DataFrame) -> pd.DataFrame:
    """Return the values of the judged series that are not published."""
    hidden = actuals[actuals["value_status"] == ValueStatus.SUPPRESSED]
    keys = ("indicator", "dimension_value", "series")
    return hidden[(hidden[list(keys)] == [row[name] for name in keys]).all(axis=1)].sort_values("year")


def _other_series(
    values: pd.DataFrame, unit: str, lang: str, names: dict[str, str]
) -> list[tuple[str, str, tuple[Point, ...]]]:
    """Return letter, name and points of each series that is not judged."""
    groups = zip(_LETTERS, values.groupby("series", sort=True), strict=False)
    return [
        (letter, _series_name(rows.iloc[0], names), tuple(_points(rows, unit, lang))) for letter, (_, rows) in groups
    ]


def _chart(
    row: Any,
    judged: pd.DataFrame,
    others: list[tuple[str, str, tuple[Point, ...]]],
    lang: str,
    *,
    key: str,
    hidden: pd.DataFrame,
) -> tuple[dict[str, Any], PathChart]:
    milestones = _milestones(row, lang)
    chart = PathChart(
        key=key,
        title=title_of(row, lang),
        description=(
            _description(row, judged, [name for _, name, _ in others], lang) + _hidden_words(hidden, lang)
        ).strip(),
        lang=lang,
        observed=tuple(_points(judged, row["unit"], lang)),
        milestones=tuple(milestones),
        baseline=_baseline(row, lang),
        is_held=bool(milestones) and _meets(row["baseline_value"], milestones[0]),
        others=tuple((letter, points) for letter, _, points in others),
        ends_label=_ends_label(row, judged, lang),
        boundaries=tuple(_boundaries(judged, lang)),
        hidden=tuple(hidden["year"].astype(float)),
        outlooks=tuple(_outlooks(row)),
    )
    words = {
        "number": target_number(row),
        "title": title_of(row, lang),
        "verdict": row["verdict"],
        "has_outlook": bool(chart.outlooks),
        "others": [f"{letter}: {name}" for letter, name, _ in others],
        "boundary": boundary_note(judged, lang),
        "has_hidden": len(hidden) > 0,
    }
    return words, chart


def _hidden_words(hidden: pd.DataFrame, lang: str) -> str:
    if hidden.empty:
        return ""
    periods = ", ".join(period_form(period, lang) for period in hidden["period"])
    return " " + wording(lang).say("charts.alt_hidden", periods=periods)


def _boundaries(judged: pd.DataFrame, lang: str) -> list[Boundary]:
    """Return where the judged series crosses a change of boundaries; the year 2016 stands at the middle of 2016."""
    found = []
    for text in boundary_days(judged):
        day = pd.Timestamp(text)
        label = wording(lang).say("charts.boundary", day=date_form(text, lang))
        found.append(Boundary(day.year + (day.day_of_year - 1) / 365.25 - 0.5, label))
    return found


def _meets(value: object, stop: Milestone) -> bool:
    if not is_number(value) or stop.operator not in _MEETS:
        return False
    return _MEETS[stop.operator](value, stop.value)


def _points(values: pd.DataFrame, unit: str, lang: str) -> list[Point]:
    return [
        Point(
            float(value["year"]),
            float(value["value"]),
            observed_form(float(value["value"]), unit, lang),
            is_firm=value["value_status"] == "observed" and value["value_qualifier"] in ("=", "", None),
        )
        for value in records(values[_POINT_COLUMNS])  # pandas looks up each column anew for every table
    ]


def _milestones(row: Any, lang: str) -> list[Milestone]:
    found: dict[float, Milestone] = {}
    stops = (
        (row["target_year"], row["operator"], row["target_value"]),
        (row["end_year"], row["end_operator"], row["end_value"]),
    )
    for year, sign, value in stops:
        if is_number(year) and is_number(value) and row["kind"] in ("level", "complete", "change_from_base"):
            found[year] = Milestone(float(year), float(value), sign or "", value_form(value, row["unit"], lang))
    return sorted(found.values(), key=lambda stop: stop.year)


def _outlooks(row: Any) -> list[Outlook]:
    """Return what is foretold for the judged year and the last one, where it can be."""
    found = {
        row[year]: Outlook(float(row[year]), *(float(row[f"{prefix}outlook_{name}"]) for name in _OUTLOOK))
        for prefix, year in (("", "target_year"), ("end_", "end_year"))
        if is_number(row.get(f"{prefix}p_met")) and is_number(row[year])
    }
    return [found[year] for year in sorted(found)]


def _baseline(row: Any, lang: str) -> Point | None:
    if not is_number(row["baseline_value"]):
        return None
    label = observed_form(row["baseline_value"], row["unit"], lang)
    return Point(float(row["baseline_year"]), float(row["baseline_value"]), label)


def _ends_label(row: Any, judged: pd.DataFrame, lang: str) -> str:
    """Say that a series has ended where no verdict could be given for its age."""
    if judged.empty or Verdict(row["verdict"]).is_assessed or row["reason"] not in ("stale", "nothing_since_baseline"):
        return ""
    return wording(lang).say("charts.series_ends", year=year_of(judged["year"].max()))


def _series_name(value: Any, names: dict[str, str]) -> str:
    """Name a series by its counting rule and the publication, as far as they have names."""
    parts = [names.get(value["basis"], ""), names.get(value["source"], value["source"])]
    return ", ".join(dict.fromkeys(part for part in parts if part))


def _description(row: Any, judged: pd.DataFrame, others: list[str], lang: str) -> str:
    say = wording(lang).say
    firsts = judged[["observation_id", "period", "value"]]
    ends = records(pd.concat([firsts.head(1), firsts.tail(1)]).drop_duplicates("observation_id")) if len(firsts) else []
    values = " … ".join(
        f"{period_form(end['period'], lang)}: {observed_form(end['value'], row['unit'], lang)}" for end in ends
    )
    sentences = [say("charts.alt_observed", n=len(judged), values=values)] if ends else []
    if is_number(row["baseline_value"]):
        baseline = observed_form(row["baseline_value"], row["unit"], lang)
        sentences.append(say("charts.alt_baseline", value=baseline, period=period_form(row["baseline_period"], lang)))
    if is_number(row["target_value"]):
        sentences.append(say("charts.alt_target", year=year_of(row["target_year"]), target=judged_words(row, lang)))
    if is_number(row["end_value"]) and row["end_year"] != row["target_year"]:
        sentences.append(say("charts.alt_target", year=year_of(row["end_year"]), target=end_words(row, lang)))
    for outlook in _outlooks(row):
        limits = {name: observed_form(getattr(outlook, name), row["unit"], lang) for name in _OUTLOOK}
        sentences.append(say("charts.alt_outlook", year=year_of(outlook.year), **limits))
    if note := boundary_note(judged, lang):
        sentences.append(note)
    if others:
        sentences.append(say("charts.alt_other", names="; ".join(others)))
    return " ".join(sentences)

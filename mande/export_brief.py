"""The Word brief of one unit: two or three pages that a meeting can take up, in the words of the unit's page."""

from datetime import date
from typing import Any

import pandas as pd

from mande.export_sheets import full_name
from mande.publishing.document import Brief, Grid, Picture, Section
from mande.publishing.sheets import Masthead
from mande.reporting.masthead import is_internal, kind_words
from mande.reporting.number_forms import date_form
from mande.reporting.path_charts import find_charts
from mande.reporting.quality import count_outcomes, found_problems
from mande.reporting.run import Run
from mande.reporting.sentences import edition_form
from mande.reporting.summary import headline_sentences, is_conclusive
from mande.reporting.target_rows import basis_names, source_titles, table_rows
from mande.reporting.unit_view import UnitView
from mande.reporting.wording import wording

MOST_FIGURES, MOST_BODIES, MOST_SOURCES, MOST_PROBLEMS = 4, 6, 8, 3
"""So much fits into three pages; the rest is counted, and stands on the page and in the workbook."""


def masthead_of_unit(view: UnitView) -> Masthead:
    """Return what stands on top of a unit's files: its name and the places that it lies in, and all that a run says."""
    return masthead_of_files(view.run, full_name(view.unit, view.lang), view.lang)


def masthead_of_files(run: Run, name: str, lang: str) -> Masthead:
    """Return what stands on top of files of a run: whose they are, programme, date, and whether they may be shown."""
    info, say = run.info, wording(lang).say
    kind = kind_words(info, lang)
    alarms = [kind] if is_internal(info) else []
    if info["is_made_up"]:
        alarms.append(say("banner.made_up"))
    programme, as_of = info["programme_title"][lang], say("title.as_of", date=date_form(info["as_of"], lang))
    return Masthead(
        title=f"{name} – {say('stage.' + info['stage'])}",
        subtitle=f"{programme} ({info['document']}), {as_of}",
        as_of=date.fromisoformat(info["as_of"]),
        alarms=tuple(alarms),
        notes=(*(() if is_internal(info) else (kind,)), say("banner.official")),
    )


def unit_brief(view: UnitView) -> Brief:
    """Return the brief of a unit: what is met and why, figures, what to ask whom for, data quality, sources."""
    info, say = view.run.info, wording(view.lang).say
    sections = [
        Section(
            say("brief.summary"),
            paragraphs=tuple(headline_sentences(view.targets, view.run.targets, view.lang)),
        ),
        _verdicts(view),
        _figures(view),
        _requests(view),
        _quality(view),
        _sources(view),
    ]
    return Brief(
        lang=view.lang,
        masthead=masthead_of_unit(view),
        sections=tuple(section for section in sections if section is not None),
        imprint=f"mande {info['mande_version']} · {info['run_id']} · {say('footer.as_of', date=date_form(info['as_of'], view.lang))}",
    )


def _verdicts(view: UnitView) -> Section:
    """The parts with a value, those with a verdict first; why there is none is said in few words."""
    say = wording(view.lang).say
    rows = view.targets.assign(is_open=~is_conclusive(view.targets["verdict"])).sort_values("is_open", kind="stable")
    texts = [
        (row, text) for row, text in zip(rows.to_dict("records"), table_rows(rows, view.run, view.lang), strict=True)
    ]
    shown = [(row, text) for row, text in texts if not text["is_empty"]]
    year = view.run.info["judged_year"]
    names = ("number", "target", "milestone", "newest", "verdict")
    headings = tuple(say(f"targets.{name}", year=year) for name in names)
    grid = Grid(headings, [_verdict_cells(row, text, view.lang) for row, text in shown], (1.2, 4.3, 2.6, 2.6, 5.3))
    absent = len(texts) - len(shown)
    left = (say("brief.absent", n=absent),) if absent else ()
    return Section(say("targets.heading"), paragraphs=left, grid=grid if shown else None)


def _verdict_cells(row: dict[str, Any], text: dict[str, Any], lang: str) -> tuple[str, ...]:
    say = wording(lang).say
    why = text["reason"] if not row["is_open"] else say(f"reason_short.{row['reason']}")
    verdict = f"{say('verdict.' + row['verdict'])}. {why[:1].upper()}{why[1:]}"
    unit = f" ({text['unit']})" if text["unit"] else ""
    return text["number"], text["title"] + unit, text["due"], text["newest"], verdict


def _figures(view: UnitView) -> Section | None:
    """The first figures, those with a verdict before others."""
    names = basis_names(view.run.targets, view.lang) | source_titles(view.run.sources, view.lang)
    rows = view.targets.assign(is_open=~is_conclusive(view.targets["verdict"])).sort_values("is_open", kind="stable")
    charts = find_charts(rows, view.actuals, view.lang, names)
    pictures = tuple(
        Picture(chart.draw_png(), f"{words['number']}. {words['title']}", chart.description)
        for words, chart in charts[:MOST_FIGURES]
    )
    if not pictures:
        return None
    hidden = any(words["has_hidden"] for words, _ in charts[:MOST_FIGURES])
    say = wording(view.lang).say
    return Section(
        say("charts.heading"),
        paragraphs=(say("brief.legend"), *((f"{say('charts.hidden')}.",) if hidden else ())),
        pictures=pictures,
    )


def _requests(view: UnitView) -> Section:
    """Whom to ask for how much; the workbook has each target."""
    say, asked = wording(view.lang).say, view.requested
    if asked.empty:
        return Section(say("requests.heading"), paragraphs=(say("requests.none"),))
    bodies = [(str(body), rows) for body, rows in asked.groupby("body", sort=False)]
    bodies.sort(key=lambda one: -len(one[1]))
    points = [say("brief.asked", body=body, numbers=", ".join(dict.fromkeys(rows["number"]))) for body, rows in bodies]
    return Section(say("requests.heading"), points=_first(points, MOST_BODIES, view.lang))


def _quality(view: UnitView) -> Section:
    say, counts = wording(view.lang).say, count_outcomes(view.check_outcomes)
    said = ", ".join(f"{say('outcome.' + name)}: {n}" for name, n in counts.items())
    found = found_problems(view.check_outcomes, view.lang)
    problems = list(dict.fromkeys(problem["message"] for problem in found))  # one check may fail in several ways
    return Section(say("quality.heading"), paragraphs=(f"{said}.",), points=_first(problems, MOST_PROBLEMS, view.lang))


def _sources(view: UnitView) -> Section:
    used = pd.concat([view.targets["actual_source"].dropna(), view.actuals["source"]]).drop_duplicates()
    cited = view.run.sources.set_index("source").reindex(used).dropna(subset=[f"title_{view.lang}"])
    points = [
        ", ".join(text for text in (row[f"title_{view.lang}"], edition_form(row["edition"], view.lang)) if text)
        for row in cited.to_dict("records")
    ]
    return Section(wording(view.lang).say("sources.heading"), points=_first(points, MOST_SOURCES, view.lang))


def _first(points: list[str], most: int, lang: str) -> tuple[str, ...]:
    more = (wording(lang).say("brief.more", n=len(points) - most),) if len(points) > most else ()
    return (*points[:most], *more)

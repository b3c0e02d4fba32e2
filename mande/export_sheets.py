"""The sheets of a workbook, from the tables of a run: what the pages show, with numbers that can be counted on.

They are made from the run's own tables alone: what a published run does not show cannot get into them.
"""

from collections.abc import Callable, Iterable, Mapping
from typing import Any

import pandas as pd

from mande.export_columns import (
    ARITHMETIC,
    COST,
    QUALITY,
    REQUESTS,
    SHEET_NAMES,
    SOURCES,
    TO_MEND,
    VALUES,
    VERDICTS,
    WHERE,
)
from mande.publishing.sheets import Hidden, Share, Sheet
from mande.reporting.arithmetic import inputs_of, working_of
from mande.reporting.data_requests import list_requests
from mande.reporting.number_forms import hidden_mark, is_number, unit_form
from mande.reporting.run import Run
from mande.reporting.sentences import due_year, edition_form, judged_words, reason_sentence, title_of
from mande.reporting.target_rows import basis_names, found_basis, source_titles, target_number
from mande.reporting.unit_view import UnitView
from mande.reporting.wording import wording
from mande.vocabulary import TOTAL, Outcome, ValueStatus

Rows = list[dict[str, object]]
_NUMBERS = ("value", "lower", "upper", "numerator", "denominator")
_OBSERVED = {"vi": "như nguồn công bố", "en": "observed"}


def unit_sheets(view: UnitView) -> list[Sheet]:
    """Return the sheets of one unit: verdicts, values, arithmetic, data quality, what is wanted and to mend, sources."""
    run, lang = view.run, view.lang
    names = _sheet_names(lang)
    cited = run.sources[run.sources["source"].isin(view.actuals["source"])]
    sheets = [
        Sheet(names["verdicts"], VERDICTS, verdict_rows(view.targets, run, lang), "reason"),
        Sheet(names["values"], VALUES, value_rows(view.actuals, run, lang), "used"),
        Sheet(names["arithmetic"], ARITHMETIC, _arithmetic_rows(view)),
        Sheet(names["quality"], QUALITY, quality_rows(view.check_outcomes, lang)),
        Sheet(names["requests"], REQUESTS, view.requested.to_dict("records")),
        Sheet(names["sources"], SOURCES, _source_rows(cited, lang)),
    ]
    if len(view.to_mend):
        sheets.insert(5, Sheet(names["to_mend"], TO_MEND, _texts(view.to_mend, ("cure",), lang)))
    return sheets


def run_sheets(run: Run, targets: pd.DataFrame, lang: str) -> list[Sheet]:
    """Return the sheets of all units together; `targets` is progress joined with the words of the targets."""
    names = _sheet_names(lang)
    return [
        Sheet(
            names["verdicts"],
            (*WHERE, *VERDICTS),
            _with_places(verdict_rows(targets, run, lang), targets, run),
            "reason",
        ),
        Sheet(
            names["values"],
            (*WHERE, *VALUES),
            _with_places(value_rows(run.actuals, run, lang), run.actuals, run),
            "used",
        ),
        Sheet(names["quality"], (*WHERE, *QUALITY), _all_quality(run, lang)),
        Sheet(names["requests"], (*WHERE, *REQUESTS), _all_requests(run, targets, lang)),
        Sheet(names["hidden"], COST, run.table("disclosure").to_dict("records") if run.has("disclosure") else []),
        Sheet(names["sources"], SOURCES, _source_rows(run.sources, lang)),
    ]


def verdict_rows(targets: pd.DataFrame, run: Run, lang: str) -> Rows:
    """Return one row per measurable part × unit: what was promised, what was found, the verdict and why."""
    bases, titles = basis_names(run.targets, lang), source_titles(run.sources, lang)
    return [_verdict_row(row, bases, titles, run.info["as_of"], lang) for row in targets.to_dict("records")]


def value_rows(actuals: pd.DataFrame, run: Run, lang: str) -> Rows:
    """Return one row per value, those that are not published with their mark in place of each number."""
    titles = {row["indicator"]: wording(lang).pick(row, "short") for row in run.targets.to_dict("records")}
    bases, sources = basis_names(run.targets, lang), source_titles(run.sources, lang)
    known = known_numbers(run.actuals)
    return [
        {
            "indicator": row["indicator"],
            "title": titles.get(row["indicator"], ""),
            "group": _group_words(row["dimension_value"], lang),
            "period": row["period"],
            **_numbers(row, known),
            "unit": unit_form(row["unit"], lang),
            "status": _status_words(row["value_status"], lang),
            "used": "✓" if row["is_usable"] and row["is_comparable"] else "",
            "basis": bases.get(row["basis"], row["basis"]),
            "source": sources.get(row["source"], row["source"]),
            "edition": edition_form(row["edition"], lang),
            "file": row["file"],
            "cell": row["cell"],
        }
        for row in actuals.to_dict("records")
    ]


def full_name(unit: Mapping[Any, Any], lang: str) -> str:
    """Return the name of a unit with those of the places that it lies in, as many share one.

    >>> full_name({"name_official": "Huyện Châu Thành", "within_vi": "Tỉnh Long An"}, "vi")
    'Huyện Châu Thành, Tỉnh Long An'
    """
    name = unit["name_official" if lang == "vi" else "name_en"]
    return ", ".join(part for part in (name, unit.get(f"within_{lang}")) if part)


def known_numbers(actuals: pd.DataFrame) -> dict[str, set[str]]:
    """Return for each column of numbers the indicators that have some in it."""
    columns = [name for name in _NUMBERS if name in actuals]
    return {name: set(actuals.loc[actuals[name].notna(), "indicator"]) for name in columns}


def quality_rows(outcomes: pd.DataFrame, lang: str) -> Rows:
    """Return one row per failed check or warning × file, failures first."""
    found = outcomes[outcomes["outcome"].isin([Outcome.FAILED, Outcome.WARNING])].sort_values("outcome", kind="stable")
    rows = _texts(found, ("message", "cure", "annotation"), lang)
    return [{**row, "outcome": wording(lang).say(f"outcome.{row['outcome']}")} for row in rows]


def _verdict_row(
    row: Mapping[Any, Any], bases: dict[str, str], titles: dict[str, str], as_of: str, lang: str
) -> dict[str, object]:
    words, mark = wording(lang), hidden_mark(row["actual_qualifier"])
    baseline_mark = hidden_mark(row.get("baseline_qualifier"))
    basis = found_basis(row, bases, titles)
    said = reason_sentence(row, lang, as_of=as_of, found_basis=basis, wanted_basis=words.pick(row, "basis_titles"))
    return {
        "number": target_number(row),
        "title": title_of(row, lang),
        "verdict": words.say(f"verdict.{row['verdict']}"),
        "target": judged_words(row, lang),
        "target_value": row["target_value"],
        "target_year": due_year(row),
        "baseline": Hidden(baseline_mark) if baseline_mark else row["baseline_value"],
        "baseline_period": row["baseline_period"],
        "actual": Hidden(mark) if mark else row["actual_value"],
        "actual_period": row["actual_period"],
        "unit": unit_form(row["unit"], lang),
        "status": _status_words(row["actual_value_status"], lang),
        "share": Share(row["share"]) if is_number(row["share"]) else None,
        "chance": Share(row["p_met"]) if is_number(row["p_met"]) else None,
        "reason": said,
        "basis": basis,
        "source": titles.get(row["actual_source"], ""),
    }


def _numbers(row: Mapping[Any, Any], known: dict[str, set[str]]) -> dict[str, object]:
    """Return value, limits and counts of a row; of a hidden one the mark wherever a number may have stood."""
    numbers = {name: row.get(name) for name in _NUMBERS}
    mark = hidden_mark(row["value_qualifier"])
    if row["value_status"] != ValueStatus.SUPPRESSED or not mark:
        return numbers
    marked = {"value", "numerator", *(name for name, indicators in known.items() if row["indicator"] in indicators)}
    return {name: Hidden(mark) if name in marked and not is_number(value) else value for name, value in numbers.items()}


def _arithmetic_rows(view: UnitView) -> Rows:
    inputs = inputs_of(view.actuals)
    return [
        {
            "number": target_number(row),
            "title": title_of(row, view.lang),
            "line": line,
            "target_id": row["target_id"],
            "rule": f"{row['rule']} {row['rule_version']}",
            "hash": row["data_hash"],
        }
        for row in view.targets.to_dict("records")
        for line in working_of(row, view.lang, inputs)["lines"]
    ]


def _all_quality(run: Run, lang: str) -> Rows:
    table = run.check_outcomes
    found = table[table["outcome"].isin([Outcome.FAILED, Outcome.WARNING])].sort_values("outcome", kind="stable")
    return _with_places(quality_rows(found, lang), found, run)


def _all_requests(run: Run, targets: pd.DataFrame, lang: str) -> Rows:
    asked = [
        list_requests(rows, lang, as_of=run.info["as_of"]).assign(place_code=code)
        for code, rows in targets.groupby("place_code", sort=False)
    ]
    table = pd.concat(asked, ignore_index=True)
    return _with_places(table.to_dict("records"), table, run)


def _with_places(rows: Rows, table: pd.DataFrame, run: Run) -> Rows:
    lang = run.info["lang"]
    names = {unit["place_code"]: full_name(unit, lang) for unit in run.units.to_dict("records")}
    return [
        {**row, "place_code": code, "place": names.get(code, "")}
        for row, code in zip(rows, table["place_code"], strict=True)
    ]


def _source_rows(sources: pd.DataFrame, lang: str) -> Rows:
    rows = _texts(sources, ("title",), lang)
    return [{**row, "edition": edition_form(row["edition"], lang)} for row in rows]


def _texts(table: pd.DataFrame, stems: Iterable[str], lang: str) -> Rows:
    """Return the rows of a table with texts of two languages in this one."""
    pick: Callable[[Any, str], str] = wording(lang).pick
    return [{**row, **{stem: pick(row, stem) for stem in stems}} for row in table.to_dict("records")]


def _group_words(group: str, lang: str) -> str:
    words = wording(lang)
    return "" if group == TOTAL else words.say(f"dimension.{group}") if words.knows(f"dimension.{group}") else group


def _status_words(status: object, lang: str) -> str:
    words = wording(lang)
    return (
        words.say(f"status.{status}")
        if words.knows(f"status.{status}")
        else _OBSERVED[lang]
        if status == "observed"
        else ""
    )


def _sheet_names(lang: str) -> dict[str, str]:
    return {key: names[lang] for key, names in SHEET_NAMES.items()}

"""The working of each verdict with its numbers, its rule and the cells they came from: anyone can recompute it."""

from typing import Any

import pandas as pd

from mande.reporting.carried_words import carried_lines, is_carried
from mande.reporting.number_forms import change_form, is_number, number_form, period_form, share_form, value_form
from mande.reporting.records import records
from mande.reporting.sentences import actual_words, edition_form, judged_words, title_of, year_form
from mande.reporting.target_rows import target_number
from mande.reporting.wording import wording


def working_of(row: Any, lang: str, inputs: dict[str, dict[str, Any]]) -> dict[str, Any]:
    """Return the lines that explain one verdict; `inputs` are the values of the unit by observation id."""
    lines = [*_input_lines(row, lang, inputs), *carried_lines(row, lang, inputs), *_path_lines(row, lang)]
    say = wording(lang).say
    return {
        "number": target_number(row),
        "title": title_of(row, lang),
        "verdict": row["verdict"],
        "reason": row["reason"],
        "lines": lines,
        "target_id": row["target_id"],
        "citation": _citation(row, lang),
        "hash": say("arithmetic.hash", hash=row["data_hash"]),
    }


def _citation(row: Any, lang: str) -> str:
    """Name document and section; a plan without sections is named alone."""
    section = row["section"] if isinstance(row["section"], str) else ""
    key = "arithmetic.citation" if section else "arithmetic.citation_plain"
    return wording(lang).say(key, document=row["document"], section=section)


def inputs_of(actuals: pd.DataFrame) -> dict[str, dict[str, Any]]:
    """Return the values of a unit by observation id, for their source, file and cell."""
    return {str(row["observation_id"]): row for row in records(actuals)}


def _input_lines(row: Any, lang: str, inputs: dict[str, dict[str, Any]]) -> list[str]:
    say = wording(lang).say
    lines = []
    for prefix in ("actual", "baseline"):
        if not is_number(row[f"{prefix}_value"]):
            continue
        found = inputs.get(str(row[f"{prefix}_observation_id"]))
        value = actual_words(row, lang) if prefix == "actual" else _exact(row["baseline_value"], lang)
        period = period_form(row[f"{prefix}_period"], lang)
        if found is None:
            lines.append(say("arithmetic.baseline_stated", value=value, period=period))
        else:
            cell = _cells(found, lang)
            source = f"{found['source']} {edition_form(found['edition'], lang)}".strip()
            lines.append(say(f"arithmetic.{prefix}", value=value, period=period, source=source, cell=cell))
    return lines


def _cells(value: dict[str, Any], lang: str) -> str:
    """Return where a value stands: file, sheet, cell, or both its counts; a carried one names those of each part."""
    if is_carried(value):
        return wording(lang).say("arithmetic.cells", cells=value["cell"])
    file = f"{value['file']} [{value['sheet']}]" if value.get("sheet") else value["file"]
    counts = [value.get(f"{part}_cell") for part in ("numerator", "denominator")]
    cell = " ÷ ".join(counts) if all(counts) else value["cell"]
    return wording(lang).say("arithmetic.cell", file=file, cell=cell)


def _path_lines(row: Any, lang: str) -> list[str]:
    say = wording(lang).say
    actual, baseline, goal = (row[f"{name}_value"] for name in ("actual", "baseline", "target"))
    lines = []
    if is_number(actual) and is_number(goal):
        lines.append(
            say(
                "arithmetic.comparison",
                year=year_form(row["target_year"]),
                actual=actual_words(row, lang),
                target=judged_words(row, lang),
            )
        )
    if is_number(row["share"]):
        a, b, t = (_exact(value, lang) for value in (actual, baseline, goal))
        lines.append(say("arithmetic.share", formula=f"({a} − {b}) ÷ ({t} − {b}) = {share_form(row['share'], lang)}"))
    if is_number(row["expected_value"]):
        expected = value_form(row["expected_value"], row["unit"], lang)
        lines.append(say("arithmetic.expected", period=period_form(row["actual_period"], lang), expected=expected))
    if is_number(row["pace"]):
        observed, planned = (
            change_form(row[f"{name}_yearly_change"], row["unit"], lang) for name in ("observed", "planned")
        )
        formula = f"{observed} ÷ {planned} = {share_form(row['pace'], lang)}"
        lines.append(say("arithmetic.pace", observed=observed, planned=planned, formula=formula))
    if is_number(row["required_yearly_change"]):
        required = change_form(row["required_yearly_change"], row["unit"], lang)
        lines.append(say("arithmetic.required", year=year_form(row["target_year"]), required=required))
    return lines


def _exact(value: float, lang: str) -> str:
    """Return a number as it enters the formula."""
    return number_form(value, lang, decimals=4)

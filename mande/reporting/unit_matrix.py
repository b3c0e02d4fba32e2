"""Units × targets: where each unit stands on the targets for which local values exist."""

from typing import Any

import pandas as pd

from mande.reporting.number_forms import hidden_mark
from mande.reporting.sentences import actual_words, title_of, year_form
from mande.reporting.target_rows import TARGET_KEY, target_number
from mande.vocabulary import NATION

_CELL_COLUMNS = ["place_code", "verdict", "unit", "target_value", "actual_value", "actual_qualifier", "actual_year"]


def matrix_of(targets: pd.DataFrame, units: pd.DataFrame, names: dict[str, str], lang: str) -> dict[str, Any]:
    """Return the columns (targets with a value in at least one local unit) and the units by region with their cells.

    *Needs* progress joined with its targets, and the table `units`.
    """
    has_value = targets["actual_value"].notna() | targets["actual_qualifier"].map(hidden_mark).astype(bool)
    is_local_value = (targets["place_code"] != NATION) & has_value
    known = targets.loc[is_local_value, TARGET_KEY].drop_duplicates()
    shown = targets.merge(known, on=TARGET_KEY, how="inner", validate="many_to_one")
    cells: dict[str, list[dict[str, str]]] = {}
    for row in shown[_CELL_COLUMNS].to_dict("records"):
        cells.setdefault(row["place_code"], []).append(_cell(row, lang))
    columns = [
        {"number": target_number(row), "title": title_of(row, lang, stem="short")}
        for row in shown.drop_duplicates(TARGET_KEY).to_dict("records")
    ]
    regions = [
        {
            "name": name,
            "units": [_line(unit, names, cells) for unit in rows.to_dict("records") if unit["place_code"] in cells],
        }
        for name, rows in units.groupby(f"region_name_{lang}", sort=False)
    ]
    return {"columns": columns, "regions": regions}


def _line(unit: dict[str, Any], names: dict[str, str], cells: dict[str, list[dict[str, str]]]) -> dict[str, Any]:
    return {"name": names[unit["place_code"]], "page": unit["page"], "cells": cells[unit["place_code"]]}


def _cell(row: dict[str, Any], lang: str) -> dict[str, str]:
    if pd.isna(row["actual_value"]) and not hidden_mark(row["actual_qualifier"]):
        return {"verdict": row["verdict"], "value": "", "year": ""}
    return {"verdict": row["verdict"], "value": actual_words(row, lang), "year": year_form(row["actual_year"])}

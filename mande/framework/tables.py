"""The programme as tables: targets, indicators, tasks and reporting calendar, each row with its citation."""

from typing import Any

import pandas as pd

from mande.framework.model import Citation, Programme, Text

_YEARS = ["number", "year", "from_year", "to_year", "base_year"]


def targets_table(programme: Programme) -> pd.DataFrame:
    """Return what a programme promises, level by level.

    *One row per* target x population group x target year (or span of years).
    *Adds* `value` and `value_high` in the indicator's `unit`; for kinds that speak of change, in percent.
    *Missing values*: an empty cell means that the text sets none; a year that the text omits has no row.
    """
    rows = []
    for target in programme.targets:
        indicator = programme.indicator(target.indicator)
        common = {
            "programme": programme.id,
            "target_id": target.id,
            "number": target.number,
            "part": target.part or "",
            "result": target.result,
            "indicator": target.indicator,
            **_texts("title", programme.title_of(target)),
            **_texts("short", indicator.short),
            "unit": indicator.unit,
            "ascending": indicator.ascending,
            "dimension": target.dimension,
            "dimension_value": target.dimension_value,
        }
        counting = {
            "bases": "; ".join(target.bases),
            "definition": target.definition or "",
            "accepted_definitions": "; ".join(accepted.definition for accepted in target.accepts),
            "national_target": target.national_target or "",
            **citation_columns(target.citation),
        }
        for level in target.levels:
            fields = level.model_dump(exclude={"note"}, mode="json")
            rows.append(common | fields | _texts("level_note", level.note) | counting)
    return _frame(rows, _YEARS)


def indicators_table(programme: Programme) -> pd.DataFrame:
    """Return the indicators of a programme with their definitions and counting rules.

    *One row per* indicator.
    *Missing values*: an empty cell means that no source states it.
    """
    rows = [
        {
            "programme": programme.id,
            "indicator": indicator.id,
            **_texts("title", indicator.title),
            **_texts("short", indicator.short),
            "unit": indicator.unit,
            "measure": str(indicator.measure),
            "ascending": indicator.ascending,
            **_texts("numerator", indicator.numerator),
            **_texts("denominator", indicator.denominator),
            "age_from_years": indicator.age_from_years,
            "age_below_years": indicator.age_below_years,
            "aggregation": indicator.aggregation,
            "bases": "; ".join(indicator.bases),
            "definitions": "; ".join(definition.id for definition in indicator.definitions),
            "official_codes": "; ".join(f"{c.instrument} {c.set} {c.code}" for c in indicator.official_codes),
            **_texts("data_source", indicator.data_source),
            **_texts("responsible", indicator.responsible),
            "max_age_years": indicator.max_age_years,
            **_texts("note", indicator.note),
        }
        for indicator in programme.indicators
    ]
    return _frame(rows, [])


def tasks_table(programme: Programme) -> pd.DataFrame:
    """Return who does what by when, with what evidence.

    *One row per* task.
    *Missing values*: no `due_date` for a task that is repeated or without a day in the text.
    """
    rows = [
        {
            "programme": programme.id,
            "task": task.id,
            **_texts("title", task.title),
            **_texts("responsible", task.responsible),
            "responsible_level": str(task.responsible_level or ""),
            "due_date": task.due_date,
            "due_precision": task.due_precision if task.due_date else "",
            "rhythm": task.rhythm,
            "due_days": "; ".join(task.due_days),
            **_texts("evidence", task.evidence),
            **citation_columns(task.citation),
        }
        for task in programme.tasks
    ]
    table = _frame(rows, [])
    return table.assign(due_date=pd.to_datetime(table["due_date"])) if rows else table


def calendar_table(programme: Programme) -> pd.DataFrame:
    """Return the rules of the reporting calendar; `mande.framework.calendar.deadlines` makes days of them.

    *One row per* reporting duty.
    *Missing values*: no `days` where the text names none.
    """
    rows = [
        {
            "programme": programme.id,
            "deadline": deadline.id,
            **_texts("reporter", deadline.reporter),
            "reporter_level": str(deadline.reporter_level or ""),
            **_texts("recipient", deadline.recipient),
            **_texts("report", deadline.report),
            "rhythm": deadline.rhythm,
            "days": "; ".join(deadline.days),
            "is_day_included": deadline.is_day_included,
            "within_days_of_event": deadline.within_days_of_event,
            "within_hours_of_event": deadline.within_hours_of_event,
            "valid_from": deadline.valid_from,
            "valid_to": deadline.valid_to,
            **citation_columns(deadline.citation),
        }
        for deadline in programme.calendar
    ]
    return _frame(rows, ["within_days_of_event", "within_hours_of_event"])


def citation_columns(citation: Citation) -> dict[str, Any]:
    """Spread a citation over columns, so that it travels with its row."""
    return {
        "document": citation.document,
        "section": citation.section or "",
        "sources": " ; ".join(citation.sources),
        "corroboration": citation.corroboration or "",
        "confidence": str(citation.confidence),
        **_texts("note", citation.note),
    }


def _texts(name: str, text: Text | None) -> dict[str, str]:
    return {f"{name}_vi": text.vi if text else "", f"{name}_en": text.en if text else ""}


def _frame(rows: list[dict[str, Any]], whole_numbers: list[str]) -> pd.DataFrame:
    table = pd.DataFrame(rows)
    return table.astype({name: "Int64" for name in whole_numbers if name in table})

"""Which level of each target a stage judges: one row per promise, ready to be held against what happened."""

import numpy as np
import pandas as pd

from mande.errors import DefinitionError, Problem
from mande.framework.model import Programme, Target, TargetKind, TargetLevel
from mande.vocabulary import Stage

_KINDS_WITHOUT_NUMBER = {
    TargetKind.COMPLETE,
    TargetKind.DIRECTION_ONLY,
    TargetKind.BELOW_PREVIOUS_YEAR,
    TargetKind.GROWTH_RATE_DIRECTION,
    TargetKind.QUALITATIVE,
}
PROMISE_COLUMNS = [
    "target_id",
    "dimension",
    "dimension_value",
    "indicator",
    "unit",
    "ascending",
    "confidence_of_target",
    "kind",
    "strength",
    "operator",
    "target_value",
    "target_value_high",
    "base_year",
    "target_year",
    "has_span",
    "first_year",
    "end_year",
    "end_operator",
    "end_value",
    "end_strength",
    "max_age_years",
]
"""The columns of `select_promises`."""

_LATE = 9999


def select_promises(programme: Programme, stage: Stage, *, judged_year: int) -> pd.DataFrame:
    """Return the promise that each target makes for the judged year.

    One row per: target × population group.
    Adds: `kind`, `strength`, `operator`, `target_value`, `target_value_high` (in `unit`, or per cent for changes),
    `base_year`, `target_year` (year of the judged level), `has_span` (an obligation of every year, from `first_year`), `end_year`,
    `end_operator`, `end_value`, `end_strength` (the last level), `max_age_years`.
    Missing values: a target without a number has no `target_value`; `end_*` is missing where the text has no later level.
    Raises: DefinitionError if the programme has no verdict rule.
    """
    if programme.verdict_rule is None:
        raise DefinitionError(
            Problem(
                f"programmes/{programme.id}/programme.yaml", "no verdict_rule", "add the rule that binds its verdicts"
            )
        )
    stage_age = programme.stages[stage].max_age_years if stage in programme.stages else None
    rows = [_promise(programme, target, judged_year, stage_age) for target in programme.targets]
    return pd.DataFrame(rows, columns=PROMISE_COLUMNS)


def _promise(programme: Programme, target: Target, judged_year: int, stage_age: float | None) -> dict[str, object]:
    indicator = programme.indicator(target.indicator)
    judged = judged_level(target, judged_year)
    last = max(target.levels, key=_last_year)
    has_end = last is not judged and last.value is not None and last.kind == TargetKind.LEVEL
    age = stage_age or indicator.max_age_years or programme.verdict_rule.max_age_years
    return {
        "target_id": target.id,
        "dimension": target.dimension,
        "dimension_value": target.dimension_value,
        "indicator": target.indicator,
        "unit": indicator.unit,
        "ascending": indicator.ascending,
        "confidence_of_target": str(target.citation.confidence),
        "kind": str(judged.kind),
        "strength": str(judged.strength),
        "operator": judged.operator or "",
        "target_value": np.nan if judged.value is None else judged.value,
        "target_value_high": np.nan if judged.value_high is None else judged.value_high,
        "base_year": np.nan if judged.base_year is None else judged.base_year,
        "target_year": float(judged.year or max(judged_year, _first_year(judged))),
        "has_span": judged.year is None,
        "first_year": float(_first_year(judged)),
        "end_year": _last_year(last) if has_end else np.nan,
        "end_operator": (last.operator or "") if has_end else "",
        "end_value": last.value if has_end else np.nan,
        "end_strength": str(last.strength) if has_end else "",
        "max_age_years": age,
    }


def judged_level(target: Target, judged_year: int) -> TargetLevel:
    """Return the level in force for a year: that year's, else the next later one, else the last.

    A text without a milestone for the year is judged on the way to its next level.
    """
    spans = [
        level
        for level in target.levels
        if level.year is None and _first_year(level) <= judged_year <= _last_year(level)
    ]
    if spans:
        return spans[0]
    later = [level for level in target.levels if _first_year(level) >= judged_year]
    return min(later, key=_first_year) if later else max(target.levels, key=_last_year)


def _first_year(level: TargetLevel) -> int:
    return level.year or level.from_year or 0


def _last_year(level: TargetLevel) -> int:
    return level.year or level.to_year or _LATE


def describe_promises(programme: Programme, promises: pd.DataFrame) -> pd.DataFrame:
    """Return the promises in words: titles, bases, responsible body and citation in both languages.

    One row per: target × population group.
    Adds: `number`, `part`, `result`, `*_vi` and `*_en` texts, `measure`, `age_from_years` and `age_below_years` (who is
    counted), `bases` and their titles, `document`, `section`, `sources`, `confidence`, `corroboration`, `note_*`.
    Missing values: an absent text is empty.
    """
    rows = [{**_keys(programme, target), **_words(programme, target)} for target in programme.targets]
    on = ["target_id", "dimension", "dimension_value"]
    return pd.DataFrame(rows).merge(promises, on=on, how="left", validate="one_to_one")


def _keys(programme: Programme, target: Target) -> dict[str, object]:
    indicator, citation = programme.indicator(target.indicator), target.citation
    return {
        "target_id": target.id,
        "dimension": target.dimension,
        "dimension_value": target.dimension_value,
        "number": target.number,
        "part": target.part or "",
        "result": target.result,
        "measure": str(indicator.measure),
        "age_from_years": np.nan if indicator.age_from_years is None else indicator.age_from_years,
        "age_below_years": np.nan if indicator.age_below_years is None else indicator.age_below_years,
        "bases": "; ".join(target.bases),
        "document": citation.document,
        "section": citation.section or "",
        "sources": "; ".join(citation.sources),
        "confidence": str(citation.confidence),
        "corroboration": citation.corroboration or "",
    }


def _words(programme: Programme, target: Target) -> dict[str, str]:
    """The texts of a target in both languages; an absent one is empty."""
    indicator = programme.indicator(target.indicator)
    definition = next((one for one in indicator.definitions if one.id == target.definition), None)
    bases = {basis.id: basis.title for basis in programme.bases}
    texts = {
        "result_title": next(result.title for result in programme.results if result.id == target.result),
        "title": programme.title_of(target),
        "short": indicator.short,
        "note": target.citation.note,
        "data_source": indicator.data_source,
        "responsible": indicator.responsible,
        "definition_title": definition.title if definition else None,
        "definition_note": definition.note if definition else None,
    }
    words = {f"{name}_{lang}": getattr(text, lang, "") for name, text in texts.items() for lang in ("vi", "en")}
    for lang in ("vi", "en"):
        words[f"basis_titles_{lang}"] = "; ".join(getattr(bases[basis], lang) for basis in target.bases)
    return words

"""What an evaluator should know of a programme before judging by it: its tables for the framework page."""

from collections.abc import Iterable
from datetime import date
from typing import Any

import pandas as pd

from mande.framework.calendar import deadlines
from mande.framework.comparison import compare_programmes
from mande.framework.identifiers import normal_number, review_codes, review_documents
from mande.framework.model import Indicator, Programme
from mande.framework.soundness import review_soundness
from mande.framework.standard import Criterion, Standard, score_standard
from mande.framework.tables import targets_table, tasks_table


def review_framework(
    programme: Programme,
    programmes: Iterable[Programme],
    *,
    indicators: Iterable[Indicator],
    standards: Iterable[Standard],
    as_of: date,
) -> dict[str, pd.DataFrame]:
    """Return the tables of a programme as it is written, by name.

    `programme`: one row; `soundness`: one row per finding; `identifiers`: one row per code or document with several meanings or spellings;
    `comparison`: one row per indicator × group × other programme of the same place; `levels`: one row per target ×
    group × year of all of them; `calendar`: one row per duty and
    day of the review's year and the next; `tasks`: one row per task; `standards`: one row per criterion.
    """
    known, composite = list(programmes), list(standards)
    years = (as_of.year, as_of.year + 1)
    calendar = [deadlines(programme, year=year).assign(year=year) for year in years]
    return {
        "programme": describe_programme(programme),
        "soundness": review_soundness(programme, as_of=as_of),
        "identifiers": review_identifiers(indicators, known, composite),
        "comparison": compare_with_others(programme, known),
        "levels": pd.concat(
            [targets_table(one) for one in (programme, *comparable_with(programme, known))], ignore_index=True
        ),
        "calendar": pd.concat(calendar, ignore_index=True),
        "tasks": tasks_table(programme) if programme.tasks else pd.DataFrame(columns=["programme", "task"]),
        "standards": list_criteria(composite),
    }


def describe_programme(programme: Programme) -> pd.DataFrame:
    """Return what a programme is: document, period, place, and who came after a place that ceased to exist.

    One row per: programme. Missing values: an absent text is empty, an absent day missing.
    """
    document = programme.document
    row: dict[str, Any] = {
        "programme": programme.id,
        "document": document.number,
        "aliases": "; ".join(document.aliases),
        "issued_date": document.issued_date,
        "sources": " ; ".join(document.sources),
        "confidence": str(document.confidence),
        "start_date": programme.start_date,
        "end_date": programme.end_date,
        "place_valid_to": programme.place_valid_to,
        "successors": "; ".join(f"{place.name} ({place.code})" for place in programme.successors),
        "parent": programme.parent or "",
        "n_targets": len({target.id for target in programme.targets}),
        "n_tasks": len(programme.tasks),
    }
    texts = {"title": programme.title, "document_title": document.title, "issuer": document.issuer}
    texts |= {"place": programme.place_name, "note": programme.note}
    for lang in ("vi", "en"):
        row |= {f"{name}_{lang}": getattr(text, lang, "") for name, text in texts.items()}
    days = dict.fromkeys(("issued_date", "start_date", "end_date", "place_valid_to"), "datetime64[s]")
    return pd.DataFrame([row]).astype(days)


def review_identifiers(
    indicators: Iterable[Indicator], programmes: Iterable[Programme], standards: Iterable[Standard]
) -> pd.DataFrame:
    """Return codes and document numbers that do not name one thing.

    One row per: official code that stands in several lists (`kind` code: `name`, the lists in `found`, the indicators
    in `concerns`), or document written in several ways (`kind` document: the spellings in `found`).
    """
    codes, documents = review_codes(indicators), review_documents(programmes)
    of_codes = pd.DataFrame(
        {
            "kind": "code",
            "name": codes["instrument"] + " " + codes["code"],
            "found": codes["sets"],
            "concerns": codes["indicators"],
        }
    )
    of_documents = pd.DataFrame(
        {"kind": "document", "name": documents["document"], "found": documents["spellings"], "concerns": ""}
    )
    cited = [one.document for one in standards if one.document.aliases]
    of_standards = pd.DataFrame(
        {
            "kind": "document",
            "name": [normal_number(document.number) for document in cited],
            "found": ["; ".join(sorted({document.number, *document.aliases})) for document in cited],
            "concerns": "",
        }
    )
    return pd.concat([of_codes, of_documents, of_standards], ignore_index=True).drop_duplicates(["kind", "name"])


def compare_with_others(programme: Programme, programmes: Iterable[Programme]) -> pd.DataFrame:
    """Return the comparison with each other programme of the same place and with the parent; the earlier one is first.

    One row per: other programme × indicator × population group; `is_default` marks the one to show: the next
    programme after this one or, without one, the last before it; a local plan beside its parent.
    """
    others = comparable_with(programme, programmes)
    shown = _default_other(programme, others)
    tables = []
    for other in others:
        first, second = sorted((programme, other), key=lambda one: (one.start_date, one.id))
        words = {
            "other": other.id,
            "is_default": other is shown,
            **_side("first", first),
            **_side("second", second),
        }
        tables.append(compare_programmes(first, second).assign(**words))
    return pd.concat(tables, ignore_index=True) if tables else pd.DataFrame(columns=["other", "is_default"])


def comparable_with(programme: Programme, programmes: Iterable[Programme]) -> list[Programme]:
    """Return the other programmes with targets for the same place, and the parent."""
    place = (programme.place_code, programme.place_level)
    others = [other for other in programmes if other.id != programme.id and other.targets and programme.targets]
    return [other for other in others if (other.place_code, other.place_level) == place or other.id == programme.parent]


def _default_other(programme: Programme, others: list[Programme]) -> Programme | None:
    after = [other for other in others if other.start_date > programme.end_date]
    before = [other for other in others if other.end_date < programme.start_date]
    if after:
        return min(after, key=lambda other: (other.start_date, -_shared(programme, other)))
    if before:
        return max(before, key=lambda other: (other.end_date, other.start_date))
    return next(iter(others), None)


def _shared(programme: Programme, other: Programme) -> int:
    return len({one.id for one in programme.indicators} & {one.id for one in other.indicators})


def _side(name: str, programme: Programme) -> dict[str, str]:
    return {
        f"{name}_programme": programme.id,
        f"{name}_title_vi": programme.title.vi,
        f"{name}_title_en": programme.title.en,
        f"{name}_document": programme.document.number,
    }


def list_criteria(standards: Iterable[Standard]) -> pd.DataFrame:
    """Return composite standards with what is known of their points; without points a score is incomplete.

    One row per: standard × criterion. Adds: `status` of a unit of which no points are known, thresholds in words.
    Missing values: points that no source states stay missing.
    """
    rows = [_criterion_row(standard, criterion) for standard in standards for criterion in standard.criteria]
    table = pd.DataFrame(rows, columns=None if rows else ["standard", "max_points"])
    return table.astype({"max_points": float})


def _criterion_row(standard: Standard, criterion: Criterion) -> dict[str, Any]:
    statuses = {score_standard(standard, {}, threshold_id=one.id).status for one in standard.thresholds}
    row: dict[str, Any] = {
        "standard": standard.id,
        "document": standard.document.number,
        "confidence": str(standard.document.confidence),
        "status": "; ".join(sorted(statuses)) or "incomplete",
        "number": criterion.number,
        "max_points": criterion.max_points,
    }
    texts = {"title": standard.title, "criterion": criterion.title, "rule": criterion.rule, "note": standard.note}
    for lang in ("vi", "en"):
        row |= {f"{name}_{lang}": getattr(text, lang, "") for name, text in texts.items()}
        named = [f"{getattr(one.title, lang)}: {one.min_points:g}" for one in standard.thresholds]
        row[f"thresholds_{lang}"] = "; ".join(named)
    return row

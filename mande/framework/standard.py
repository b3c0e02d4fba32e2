"""Composite standards: criteria with points and thresholds, of which some are not known; a score says when it is incomplete."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Annotated, Literal

from pydantic import Field

from mande.errors import DataError, Problem
from mande.framework.citation import Citation, Code, Document, Model, Number, Text
from mande.vocabulary import Confidence, Level


class Criterion(Model):
    """One criterion or component; `max_points` absent: not known, never guessed."""

    number: Annotated[int, Field(strict=True, ge=1)]
    title: Text
    max_points: Number | None = None
    rule: Text | None = None


class Threshold(Model):
    """The points from which a kind of unit meets the standard."""

    id: Code
    title: Text
    min_points: Number
    confidence: Confidence
    note: Text | None = None


class Standard(Model):
    """A standard of several criteria, as a framework that its users can complete."""

    id: Code
    title: Text
    kind: Literal["points", "index"]
    document: Document
    criteria: Annotated[tuple[Criterion, ...], Field(min_length=1)]
    thresholds: tuple[Threshold, ...] = ()
    condition: Text | None = None
    note: Text | None = None


class PlanDocument(Model):
    """A plan that is known to exist, of which no numbers were seen."""

    place_code: str
    place_level: Level
    place_name: Text
    document: Document
    implements: Code | None = None
    note: Text | None = None
    citation: Citation


@dataclass(frozen=True)
class StandardScore:
    """What is known of a unit's score: `status` is met, not_met or incomplete."""

    points: float
    threshold: float
    missing: tuple[int, ...]
    at_zero: tuple[int, ...]
    status: str


def score_standard(standard: Standard, points: Mapping[int, float | None], *, threshold_id: str) -> StandardScore:
    """Add up the points of a unit and hold them against its threshold.

    *Needs* `points` by number of the criterion; an absent or empty entry is not zero, it is missing.
    A criterion at zero fails the standard whatever the sum; otherwise a missing criterion makes it incomplete.
    *Raises* DataError for an unknown criterion or threshold, for points below zero or above a known maximum.
    """
    threshold = next((item for item in standard.thresholds if item.id == threshold_id), None)
    problems = list(_problems(standard, points))
    if threshold is None:
        known = ", ".join(item.id for item in standard.thresholds) or "none"
        problems.append(Problem(standard.id, f"there is no threshold '{threshold_id}'", f"use one of: {known}"))
    if problems or threshold is None:
        raise DataError(problems)
    given = {number: value for number, value in points.items() if value is not None}
    missing = tuple(item.number for item in standard.criteria if item.number not in given)
    at_zero = tuple(sorted(number for number, value in given.items() if value == 0))
    total = float(sum(given.values()))
    status = "met" if total >= threshold.min_points else "not_met"
    if missing:
        status = "incomplete"
    if at_zero:
        status = "not_met"
    return StandardScore(total, threshold.min_points, missing, at_zero, status)


def _problems(standard: Standard, points: Mapping[int, float | None]) -> list[Problem]:
    criteria = {item.number: item for item in standard.criteria}
    found = []
    for number, value in points.items():
        where = f"{standard.id} criterion {number}"
        if number not in criteria:
            found.append(Problem(where, "there is no such criterion", f"use 1 to {max(criteria)}"))
        elif value is not None and value < 0:
            found.append(Problem(where, f"{value:g} points are below zero", "write the points awarded"))
        elif value is not None and value > (criteria[number].max_points or value):
            maximum = criteria[number].max_points
            found.append(Problem(where, f"{value:g} points are above the maximum of {maximum:g}", "correct the points"))
    return found

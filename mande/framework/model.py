"""What was promised: programmes, results, indicators, targets, tasks and deadlines as frozen values.

The words are those of the IATI results standard: a result has a level, an indicator has a measure and may be
ascending, a target of an interim year is a milestone.  Read from YAML by `mande.framework.load`.
"""

from datetime import date
from enum import StrEnum
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field

from mande.vocabulary import NATION, TOTAL, Confidence, Level, Stage

Code = Annotated[str, Field(pattern=r"^[A-Za-z0-9][A-Za-z0-9._/-]*$")]
Year = Annotated[int, Field(ge=1990, le=2100)]


class Model(BaseModel):
    """Frozen, and refuses any key it does not know."""

    model_config = ConfigDict(frozen=True, extra="forbid", str_strip_whitespace=True)


class Text(Model):
    """A sentence or name in both languages of the reports."""

    vi: Annotated[str, Field(min_length=1)]
    en: Annotated[str, Field(min_length=1)]


class Document(Model):
    """A legal document; `aliases` are other spellings of its number."""

    number: Annotated[str, Field(min_length=1)]
    title: Text
    issuer: Text
    issued_date: date | None = None
    aliases: tuple[str, ...] = ()


class Citation(Model):
    """Where a fact stands and how surely it was read there."""

    document: Annotated[str, Field(min_length=1)]
    section: str | None = None
    sources: tuple[str, ...]
    corroboration: str | None = None
    confidence: Confidence
    note: Text | None = None


class Measure(StrEnum):
    """What kind of number an indicator is (IATI IndicatorMeasure, with rate and mean told apart)."""

    PERCENTAGE = "percentage"
    RATE = "rate"
    COUNT = "count"
    MEAN = "mean"
    QUALITATIVE = "qualitative"


class Basis(Model):
    """A counting rule behind values: who counted, and how. Values on two bases are never compared."""

    id: Code
    title: Text
    note: Text | None = None


class Definition(Model):
    """One version of what an indicator counts, with the days on which it held."""

    id: Code
    title: Text
    valid_from: date | None = None
    valid_to: date | None = None
    citation: Citation | None = None


class Indicator(Model):
    """What is measured. `ascending` true: higher is better; false: lower is better."""

    id: Code
    title: Text
    short: Text
    unit: Code
    measure: Measure
    ascending: bool
    numerator: Text | None = None
    denominator: Text | None = None
    age_from_years: float | None = None
    age_below_years: float | None = None
    aggregation: Literal["ratio_of_sums", "sum", "none"]
    bases: tuple[Basis, ...] = ()
    definitions: tuple[Definition, ...] = ()
    data_source: Text | None = None
    responsible: Text | None = None
    max_age_years: Annotated[float, Field(gt=0)] | None = None
    review_due: date | None = None


class Result(Model):
    """An objective of the programme; level after IATI: output, outcome or impact."""

    id: Code
    level: Literal["output", "outcome", "impact"]
    title: Text


class TargetKind(StrEnum):
    """The kinds of promise found in the real texts."""

    LEVEL = "level"
    COMPLETE = "complete"
    CHANGE_FROM_BASE = "change_from_base"
    YEARLY_CHANGE_BETWEEN = "yearly_change_between"
    BELOW_PREVIOUS_YEAR = "below_previous_year"
    DIRECTION_ONLY = "direction_only"
    GROWTH_RATE_DIRECTION = "growth_rate_direction"
    QUALITATIVE = "qualitative"


class Strength(StrEnum):
    """How firmly the text binds: it sets, it strives ("phấn đấu"), or it maintains what is reached."""

    SET = "set"
    STRIVE = "strive"
    MAINTAIN = "maintain"


class TargetLevel(Model):
    """What is promised for one year (`year`) or for every year of a span (`from_year` to `to_year`).

    `value` is in the indicator's unit for kind `level`; a percentage change against `base_year` for
    `change_from_base` (negative: a fall); the smaller yearly fall or rise in percent for
    `yearly_change_between`, with the larger in `value_high`.
    """

    kind: TargetKind = TargetKind.LEVEL
    year: Year | None = None
    from_year: Year | None = None
    to_year: Year | None = None
    operator: Literal["<", "<=", ">", ">="] | None = None
    value: float | None = None
    value_high: float | None = None
    base_year: Year | None = None
    strength: Strength = Strength.SET
    note: Text | None = None


class Target(Model):
    """One measurable part of a promise: an indicator, a population group and the levels to reach by year.

    `bases` are the counting rules on which a verdict may rest; `definition` is what the text counted.
    `national_target` names the target of the parent programme that a local target carries down.
    """

    id: Code
    number: int | None = None
    part: str | None = None
    title: Text | None = None
    result: Code
    indicator: Code
    dimension: str = TOTAL
    dimension_value: str = TOTAL
    bases: tuple[Code, ...] = ()
    definition: Code | None = None
    levels: Annotated[tuple[TargetLevel, ...], Field(min_length=1)]
    national_target: Code | None = None
    citation: Citation


class StageRule(Model):
    """Which target year a stage judges: by 2025 for the mid-term, by 2030 for the end-term."""

    judged_year: Year


class VerdictRule(Model):
    """The rule that binds the verdicts of a programme, by name and version, with its thresholds.

    `on_track_pace` and `behind_pace` are shares of the planned yearly change.
    """

    name: Code
    version: str
    on_track_pace: Annotated[float, Field(gt=0, le=1)]
    behind_pace: Annotated[float, Field(gt=0, lt=1)]
    max_age_years: Annotated[float, Field(gt=0)]


class Task(Model):
    """Who does what by when, with what evidence."""

    id: Code
    title: Text
    responsible: Text
    due_date: date | None = None
    rhythm: Literal["once", "monthly", "quarterly", "half-yearly", "yearly", "continuous"] = "once"
    due_days: tuple[str, ...] = ()
    evidence: Text | None = None
    citation: Citation


class Deadline(Model):
    """One line of the reporting calendar: who reports what to whom by which day.

    `days` are "MM-DD" within each year of the span; an empty tuple means that the text names no day.
    """

    id: Code
    reporter: Text
    recipient: Text
    report: Text
    rhythm: Literal["once", "half-yearly", "yearly", "per event", "not stated"]
    days: tuple[Annotated[str, Field(pattern=r"^\d\d-\d\d$")], ...] = ()
    is_day_included: bool = True
    within_days_of_event: int | None = None
    valid_from: date | None = None
    valid_to: date | None = None
    citation: Citation


class Programme(Model):
    """A programme or plan whole: what it promises, to whom it applies, and when."""

    id: Code
    title: Text
    document: Document
    start_date: date
    end_date: date
    place_code: str = NATION
    place_level: Level = Level.NATION
    place_name: Text | None = None
    parent: Code | None = None
    organisation: Text | None = None
    stages: dict[Stage, StageRule] = Field(default_factory=dict)
    verdict_rule: VerdictRule | None = None
    results: tuple[Result, ...] = ()
    indicators: tuple[Indicator, ...] = ()
    targets: tuple[Target, ...] = ()
    tasks: tuple[Task, ...] = ()
    calendar: tuple[Deadline, ...] = ()
    note: Text | None = None

    def indicator(self, indicator_id: str) -> Indicator:
        """Return the indicator of that id."""
        return next(indicator for indicator in self.indicators if indicator.id == indicator_id)

    def target(self, target_id: str, dimension_value: str | None = None) -> Target:
        """Return the target of that id (and population group, where one id has several)."""
        wanted = (target for target in self.targets if target.id == target_id)
        return next(target for target in wanted if dimension_value in (None, target.dimension_value))

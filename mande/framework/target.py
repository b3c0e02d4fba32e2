"""What is promised: results and targets with the levels to reach by year."""

from enum import StrEnum
from typing import Annotated, Literal

from pydantic import Field

from mande.framework.citation import Citation, Code, Model, Number, Text, Year
from mande.vocabulary import TOTAL


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

    A level without any year is allowed only with a `note`: some texts name none.

    `value` is in the indicator's unit for kind `level`; a percentage change against `base_year` for
    `change_from_base` (negative: a fall); the smaller yearly fall or rise in percent for
    `yearly_change_between`, with the larger in `value_high`.
    """

    kind: TargetKind = TargetKind.LEVEL
    year: Year | None = None
    from_year: Year | None = None
    to_year: Year | None = None
    operator: Literal["<", "<=", ">", ">="] | None = None
    value: Number | None = None
    value_high: Number | None = None
    base_year: Year | None = None
    strength: Strength = Strength.SET
    note: Text | None = None


class Baseline(Model):
    """The value from which a plan itself says that it starts."""

    year: Year
    value: Number
    basis: Code | None = None
    note: Text | None = None


class AcceptedDefinition(Model):
    """A definition other than the target's own on which a verdict may rest, with the caveat it then carries."""

    definition: Code
    caveat: Text


class Target(Model):
    """One measurable part of a promise: an indicator, a population group and the levels to reach by year.

    `bases` are the counting rules on which a verdict may rest; `definition` is what the text counted.
    A value on `definition` is judged; on a definition in `accepts` it is judged and the caveat is shown;
    on any other definition it is not comparable, unless the programme has a bridge.
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
    accepts: tuple[AcceptedDefinition, ...] = ()
    baseline: Baseline | None = None
    levels: Annotated[tuple[TargetLevel, ...], Field(min_length=1)]
    national_target: Code | None = None
    citation: Citation

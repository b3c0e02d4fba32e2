"""What was promised: programmes, results, indicators, targets, tasks and deadlines as frozen values.

The words are those of the IATI results standard: a result has a level, an indicator has a measure and may be
ascending, a target of an interim year is a milestone.  Read from YAML by `mande.framework.load`.
"""

from typing import Annotated

from pydantic import Field

from mande.framework.agenda import Deadline, LaterRecipient, Task
from mande.framework.citation import Citation, Code, Day, Days, Document, Model, Number, Text, Year
from mande.framework.indicator import (
    Basis,
    Bridge,
    CarryWeight,
    Definition,
    Indicator,
    Measure,
    OfficialCode,
    WeightFactor,
)
from mande.framework.quality import QualityThreshold
from mande.framework.ranking_choices import RankingChoices
from mande.framework.target import (
    AcceptedDefinition,
    Baseline,
    Result,
    Strength,
    Target,
    TargetKind,
    TargetLevel,
)
from mande.framework.verdict_rule import RuleName, VerdictRule
from mande.vocabulary import NATION, Level, Stage

__all__ = [
    "AcceptedDefinition",
    "Baseline",
    "Basis",
    "Bridge",
    "CarryWeight",
    "Citation",
    "Code",
    "Day",
    "Days",
    "Deadline",
    "Definition",
    "Document",
    "Header",
    "Indicator",
    "LaterRecipient",
    "Measure",
    "Model",
    "Number",
    "OfficialCode",
    "Programme",
    "Result",
    "RuleName",
    "StageRule",
    "Strength",
    "SuccessorPlace",
    "Target",
    "TargetKind",
    "TargetLevel",
    "Task",
    "Text",
    "VerdictRule",
    "WeightFactor",
    "Year",
]


class StageRule(Model):
    """Which target year a stage judges: by 2025 for the mid-term, by 2030 for the end-term.

    `max_age_years`, where given, replaces the programme's: an end-term verdict needs a value of the end.
    """

    judged_year: Year
    max_age_years: Annotated[float, Field(strict=True, gt=0)] | None = None


class SuccessorPlace(Model):
    """A place that took over land of the plan's place when that place ceased to exist."""

    code: str
    level: Level
    name: Annotated[str, Field(min_length=1)]


class Header(Model):
    """What `programme.yaml` says: the plan's name, document, place, period, stages and verdict rule.

    `place_valid_to` is the last day on which the plan's place existed; `successors` are the places after it.
    `quality_threshold`: no verdict rests on what a unit sent with a lower quality grade; none: grades are only shown.
    `ranking`: the choices on which provinces are ranked; none: equal weights (see `RankingChoices`).
    """

    id: Code
    title: Text
    document: Document
    start_date: Day
    end_date: Day
    place_code: str = NATION
    place_level: Level = Level.NATION
    place_name: Text | None = None
    place_valid_to: Day | None = None
    successors: tuple[SuccessorPlace, ...] = ()
    parent: Code | None = None
    organisation: Text | None = None
    stages: dict[Stage, StageRule] = Field(default_factory=dict)
    verdict_rule: VerdictRule | None = None
    quality_threshold: QualityThreshold | None = None
    ranking: RankingChoices | None = None
    note: Text | None = None


class Programme(Header):
    """A programme or plan whole: what it promises, to whom it applies, and when.

    `indicators` and `bases` are those that its targets use, whether its own or from the shared catalogue.
    """

    results: tuple[Result, ...] = ()
    bases: tuple[Basis, ...] = ()
    indicators: tuple[Indicator, ...] = ()
    bridges: tuple[Bridge, ...] = ()
    targets: tuple[Target, ...] = ()
    tasks: tuple[Task, ...] = ()
    calendar: tuple[Deadline, ...] = ()

    def indicator(self, indicator_id: str) -> Indicator:
        """Return the indicator of that id."""
        return next(indicator for indicator in self.indicators if indicator.id == indicator_id)

    def target(self, target_id: str, dimension_value: str | None = None) -> Target:
        """Return the target of that id (and population group, where one id has several)."""
        wanted = (target for target in self.targets if target.id == target_id)
        return next(target for target in wanted if dimension_value in (None, target.dimension_value))

    def title_of(self, target: Target) -> Text:
        """Return the target's own wording, or else the name of its indicator."""
        return target.title or self.indicator(target.indicator).title

"""Which rule binds the verdicts of a programme, with its thresholds: fixed before the data are seen."""

from enum import StrEnum
from typing import Annotated

from pydantic import Field

from mande.framework.citation import Model
from mande.framework.outlook_bands import USUAL_BANDS


class RuleName(StrEnum):
    """The rules that a programme may choose; each is described in docs/methods.md with its source."""

    LINEAR_PATH = "linear-path"
    RATE_RATIO = "rate-ratio"
    PROGRESS_CHART = "un-progress-chart-2023"


VERSIONS = {RuleName.LINEAR_PATH: "1", RuleName.RATE_RATIO: "1", RuleName.PROGRESS_CHART: "1"}
"""The version of each rule that this package computes."""

PUBLISHED_BANDS = {RuleName.RATE_RATIO: (0.95, 0.60), RuleName.PROGRESS_CHART: (0.95, 0.10)}
"""`on_track_pace` and `behind_pace` of the rules whose bands are published; only linear-path leaves them to the programme."""

DEFAULT_BANDS = {RuleName.LINEAR_PATH: (0.95, 0.60), **PUBLISHED_BANDS}


class OutlookRule(Model):
    """Lower bounds of the bands in which the probability of meeting the target is put into words, fixed beforehand.

    From `likely` on a level is on track, from `unlikely` on behind, below off track; between `even` and `likely` nothing
    can be told while the limits hold the target.
    """

    very_likely: Annotated[float, Field(strict=True, gt=0, le=1)] = USUAL_BANDS["very_likely"]
    likely: Annotated[float, Field(strict=True, gt=0, lt=1)] = USUAL_BANDS["likely"]
    even: Annotated[float, Field(strict=True, gt=0, lt=1)] = USUAL_BANDS["even"]
    unlikely: Annotated[float, Field(strict=True, gt=0, lt=1)] = USUAL_BANDS["unlikely"]

    @property
    def bands(self) -> dict[str, float]:
        """The bands from best to worst."""
        return {**self.model_dump(), "very_unlikely": 0.0}


class VerdictRule(Model):
    """The rule that binds the verdicts of a programme, by name and version, with its thresholds.

    `on_track_pace` and `behind_pace` are shares: of the planned yearly change (linear-path), of the required compound
    rate (rate-ratio), of the way that the present rate makes by the target year (un-progress-chart-2023).  With
    `outlook` the probability of meeting the target judges the mid-term where one can be estimated; the rule the rest.
    """

    name: RuleName
    version: str
    on_track_pace: Annotated[float, Field(strict=True, gt=0, le=1)]
    behind_pace: Annotated[float, Field(strict=True, gt=0, lt=1)]
    max_age_years: Annotated[float, Field(strict=True, gt=0)]
    outlook: OutlookRule | None = None

    def bands_of(self, rule: RuleName) -> tuple[float, float]:
        """Return the bands of a rule: the programme's own for the rule that binds, else the usual ones."""
        return (self.on_track_pace, self.behind_pace) if rule == self.name else DEFAULT_BANDS[rule]

    def by_rule(self, rule: RuleName) -> "VerdictRule":
        """Return what binds if the programme had chosen another rule."""
        on_track, behind = self.bands_of(rule)
        changes: dict[str, object] = {"name": rule, "version": VERSIONS[rule]}
        changes |= {"on_track_pace": on_track, "behind_pace": behind}
        changes |= {"outlook": self.outlook if rule == self.name else None}
        return self.model_copy(update=changes)

"""On what a programme wants places to be ranked, if they must be: the choices are part of its definition."""

from typing import Annotated, Literal

from pydantic import Field

from mande.framework.citation import Code, Model


class RankingChoices(Model):
    """Weights, normalisation and aggregation of the composite index; see `docs/methods.md`.

    `weights`: by indicator, above 0; empty: all judged indicators weigh the same. `min_share`: a place with less than
    this weight of its indicators known has no rank.
    """

    weights: dict[Code, Annotated[float, Field(gt=0)]] = Field(default_factory=dict)
    normalisation: Literal["min-max", "z-score"] = "min-max"
    aggregation: Literal["arithmetic", "geometric"] = "arithmetic"
    min_share: Annotated[float, Field(gt=0, le=1)] = 0.75

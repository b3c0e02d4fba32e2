"""How a number came about, because that decides which interval it may carry.

- `PROCESS` (default): events counted one by one, taken as one outcome of a chance process, as OHID does for registers;
- `FULL_COUNT`: everybody was counted and the number speaks of that day only: no sampling interval;
- `Survey`: a weighted or clustered sample: its design effect, or the limits published with the value.
"""

from dataclasses import dataclass

import numpy as np
import pandas as pd

from mande.errors import EstimationError, Problem
from mande.indicators.columns import Check, Numbers, as_table

PROCESS = "process"
FULL_COUNT = "full_count"
PUBLISHED = "as published"
NO_INTERVAL = "none: full count"
_MISSING_DESIGN = Problem(
    "sampling",
    "a survey without design effect or limits",
    "give Survey(design_effect=…) or Survey(lower=…, upper=…): its interval is wider than that of a simple count",
)


@dataclass(frozen=True)
class Survey:
    """A weighted or clustered sample.

    `design_effect`: variance of the estimate over that of a simple random sample of the same size (above 0);
    `lower`, `upper`: limits published with the value, in the unit of the result.
    """

    design_effect: Numbers | None = None
    lower: Numbers | None = None
    upper: Numbers | None = None

    def __post_init__(self) -> None:
        has_limits = self.lower is not None or self.upper is not None
        if self.design_effect is None and not has_limits:
            raise EstimationError(_MISSING_DESIGN)
        if has_limits and (self.lower is None or self.upper is None or self.design_effect is not None):
            found = "limits beside a design effect" if self.design_effect is not None else "one limit of two"
            raise EstimationError(Problem("Survey", found, "give the design effect, or both published limits"))

    @property
    def inputs(self) -> dict[str, Numbers]:
        names = ("design_effect", "lower", "upper")
        return {name: getattr(self, name) for name in names if getattr(self, name) is not None}


DESIGN_CHECKS: list[Check] = [
    (lambda t: t["design_effect"] <= 0, "design effect {design_effect:g}", "give a design effect above 0"),
]


def add_design(inputs: dict[str, Numbers], sampling: str | Survey) -> pd.DataFrame:
    """Return the inputs as a table with `design_effect` (1 unless a survey gives it) and any published limits.

    Raises: EstimationError for a word that is no way of sampling, or a survey named without its design.
    """
    if isinstance(sampling, Survey):
        return as_table(**({"design_effect": 1.0} | inputs | sampling.inputs))
    if sampling == "survey":
        raise EstimationError(_MISSING_DESIGN)
    if sampling not in (PROCESS, FULL_COUNT):
        todo = f"write {PROCESS!r}, {FULL_COUNT!r} or Survey(…)"
        raise EstimationError(Problem("sampling", f"{sampling!r}", todo))
    return as_table(**({"design_effect": 1.0} | inputs))


def settle_limits(
    table: pd.DataFrame, sampling: str | Survey, computed: tuple[np.ndarray, np.ndarray, np.ndarray | str]
) -> pd.DataFrame:
    """Return the table with lower, upper and method: published, none for a full count, or as computed.

    Needs: `value` in the unit of the result; `computed` limits in the same unit, and their method.
    Missing values: limits are missing where the value is.
    Raises: EstimationError where published limits do not hold the value.
    """
    if isinstance(sampling, Survey) and sampling.lower is not None:
        _refuse_limits_beside_value(table)
        settled = table.assign(method=PUBLISHED)
    elif sampling == FULL_COUNT:
        settled = table.assign(lower=np.nan, upper=np.nan, method=NO_INTERVAL)
    else:
        lower, upper, method = computed
        settled = table.assign(lower=lower, upper=upper, method=method)
        if isinstance(sampling, Survey):
            settled["method"] = settled["method"].astype(str) + ", design effect"
    is_known = settled["value"].notna()
    return settled.assign(lower=settled["lower"].where(is_known), upper=settled["upper"].where(is_known))


def _refuse_limits_beside_value(table: pd.DataFrame) -> None:
    outside = table[(table["lower"] > table["value"]) | (table["upper"] < table["value"])]
    if len(outside):
        raise EstimationError(
            Problem(
                f"row {row!r}",
                f"limits {lower:g} to {upper:g} do not hold the value {value:g}",
                "give the limits in the unit of the result (mind the multiplier)",
            )
            for row, value, lower, upper in zip(
                outside.index, outside["value"], outside["lower"], outside["upper"], strict=True
            )
        )

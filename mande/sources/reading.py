"""What every reader of a received file returns, whatever its layout: observations, and the cells that it set aside."""

from dataclasses import dataclass
from typing import Literal

import pandas as pd

LINEAGE = {
    "numerator_cell": "",
    "denominator_cell": "",
    "form_version": "",
    "sender": "",
    "correction": "",
}
"""Columns that an observation carries beside `file`, `sheet`, `cell`, `snapshot` and `received_date`, with what stands
there for published statistics that have none."""

QUARANTINE_COLUMNS = (
    "file",
    "sheet",
    "cell",
    "indicator",
    "place_code",
    "period",
    "dimension",
    "dimension_value",
    "part",
    "found",
    "check_id",
    "message_vi",
    "message_en",
    "cure_vi",
    "cure_en",
)
"""One row per cell that was sent and could not be taken over: `part` is value, numerator or denominator; `found` is the
cell's text, at most 40 characters; `check_id` names what is wrong with it."""


@dataclass(frozen=True)
class Reading:
    """What one received file holds.

    `observations`: the columns of `sources.published.COLUMNS`, numerator and denominator, the address columns and
    `LINEAGE`. `quarantined`: `QUARANTINE_COLUMNS`. Every cell that was sent with a value is in one of them.
    """

    kind: Literal["form", "tidy", "mapped"]
    observations: pd.DataFrame
    quarantined: pd.DataFrame
    place_code: str = ""
    period: str = ""
    programme: str = ""
    form_version: str = ""

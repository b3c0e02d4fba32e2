"""Read a form that a unit filled in: observations with the address of each number, and the cells set aside."""

from collections.abc import Collection, Sequence
from pathlib import Path
from typing import Any

import pandas as pd

from mande.sources.forms.form import SHEETS
from mande.sources.forms.form_answers import Row, read_rows
from mande.sources.forms.form_layout import FormLayout, is_form, read_layout
from mande.sources.forms.form_origin import SIMULATION, SIMULATION_EDITION, UNIT_FORMS
from mande.sources.periods import period_bounds
from mande.sources.published import COLUMNS, OPTIONAL_COLUMNS
from mande.sources.reading import LINEAGE, QUARANTINE_COLUMNS, Reading
from mande.sources.workbooks import Sheet

__all__ = ["is_form", "read_form", "read_layout"]

_ADDRESS_COLUMNS = (
    "observation_id",
    "period_start",
    "period_end",
    "file",
    "sheet",
    "cell",
    "received_date",
    "snapshot",
)
OBSERVATION_COLUMNS = [*COLUMNS, *OPTIONAL_COLUMNS, *_ADDRESS_COLUMNS, *LINEAGE]


def read_form(
    path: Path,
    sheets: Sequence[Sheet],
    *,
    indicators: Collection[str],
    snapshot: str = "",
    received_date: str = "",
) -> Reading:
    """Read the figures of a filled-in form by the layout that it carries.

    One row per: question of the form (`observations`); cell that could not be taken over (`quarantined`).
    Needs: `sheets` of the workbook (`is_form` is true of them); `indicators`, the ids that are known today.
    Adds: `value` = numerator ÷ denominator × multiplier of the unit, at full precision; `numerator_cell`,
    `denominator_cell`; `cell`, that of the numerator or of the value; `source` "unit-forms", or "simulation" for a
    made-up form; `sender`, the office on the cover.
    Missing values: an unanswered question has the status missing and no number; a part in quarantine is missing and
    so is the value, while the other part of the row stays.
    Raises: DataError for a form whose inside was changed (`read_layout`).
    """
    layout = read_layout(path, sheets)
    figures = next(sheet for sheet in sheets if sheet.name == SHEETS["figures"])
    rows = read_rows(layout, figures, known=indicators)
    shared = _shared(path, layout, snapshot, received_date)
    observations = pd.DataFrame([_observation(row, shared) for row in rows], columns=OBSERVATION_COLUMNS)
    numbers = ["value", "lower", "upper", "sample_size", "numerator", "denominator", "design_effect"]
    observations = observations.astype(
        dict.fromkeys(numbers, float) | dict.fromkeys(["period_start", "period_end"], "datetime64[s]")
    )
    quarantined = [_set_aside(path, layout, row, one) for row in rows for one in row.set_aside]
    return Reading(
        kind="form",
        observations=observations,
        quarantined=pd.DataFrame(quarantined, columns=list(QUARANTINE_COLUMNS)),
        place_code=layout.place_code,
        period=layout.period,
        programme=layout.programme,
        form_version=layout.form_version,
    )


def _shared(path: Path, layout: FormLayout, snapshot: str, received_date: str) -> dict[str, Any]:
    start, end = period_bounds(layout.period)
    return {
        "place_code": layout.place_code,
        "period": layout.period,
        "period_start": start,
        "period_end": end,
        "value_qualifier": "=",
        "source": SIMULATION if layout.is_made_up else UNIT_FORMS,
        "edition": SIMULATION_EDITION if layout.is_made_up else "",
        "confidence": "text",
        "file": path.name,
        "sheet": SHEETS["figures"],
        "received_date": received_date,
        "snapshot": snapshot,
        "form_version": layout.form_version,
        "sender": layout.sender,
        "correction": "",
    }


def _observation(row: Row, shared: dict[str, Any]) -> dict[str, Any]:
    cells = row.asked.cells
    lead = cells.get("numerator", cells.get("value", ""))
    return shared | {
        "indicator": row.asked.indicator,
        "dimension": row.asked.dimension,
        "dimension_value": row.asked.dimension_value,
        "unit": row.asked.unit,
        "basis": row.asked.basis,
        "definition": row.asked.definition,
        "numerator": row.numerator,
        "denominator": row.denominator,
        "value": row.value,
        "value_status": row.status,
        "note": row.note,
        "cell": lead,
        "numerator_cell": cells.get("numerator", ""),
        "denominator_cell": cells.get("denominator", ""),
        "observation_id": f"{shared['file']}:{lead}",
    }


def _set_aside(path: Path, layout: FormLayout, row: Row, one: dict[str, str]) -> dict[str, str]:
    return {
        "file": path.name,
        "sheet": SHEETS["figures"],
        "indicator": row.asked.indicator,
        "place_code": layout.place_code,
        "period": layout.period,
        "dimension": row.asked.dimension,
        "dimension_value": row.asked.dimension_value,
        **one,
    }

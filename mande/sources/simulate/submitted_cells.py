"""What the units would write into the number cells of their files if they made no mistake."""

from collections.abc import Mapping, Sequence

import numpy as np
import pandas as pd

from mande.sources.forms.form import cell_of
from mande.sources.forms.questionnaire import Question

COLUMNS = [
    "place_code", "period", "indicator", "dimension", "dimension_value", "part", "unit", "cell",
    "true_value", "other_part", "last_year", "written",
]  # fmt: skip


def submitted_cells(truth: pd.DataFrame, *, questions: Mapping[str, Sequence[Question]]) -> pd.DataFrame:
    """Return the number cells of all files.

    One row per: unit × period × question × part (numerator and denominator, or value).
    Adds: `cell`, the address on the sheet of figures; `other_part`, the true value of the other part of the row;
    `last_year`, the true value of the cell in the period before; `written`, the same as `true_value`.
    Missing values: no `other_part` of a value, no `last_year` in the first period.
    """
    keys = ["place_code", "period", "indicator", "dimension", "dimension_value", "unit"]
    ratio = truth["denominator"].notna()
    ratios, values = truth[ratio], truth[~ratio]
    top, bottom = ratios["numerator"], ratios["denominator"]
    numerator = ratios.assign(part="numerator", true_value=top, other_part=bottom)
    denominator = ratios.assign(part="denominator", true_value=bottom, other_part=top)
    value = values.assign(part="value", true_value=values["value"], other_part=np.nan)
    cells = pd.concat([numerator, denominator, value])[[*keys, "part", "true_value", "other_part"]]
    rank = {period: position for position, period in enumerate(questions)}
    by_unit = ["place_code", "indicator", "dimension", "dimension_value", "part"]
    cells = cells.assign(at=cells["period"].map(rank)).sort_values([*by_unit, "at"], kind="stable")
    cells["last_year"] = cells.groupby(by_unit, sort=False)["true_value"].shift()
    address = {
        (period, question.indicator, question.dimension, question.dimension_value, part): cell_of(position, part)
        for period, of_period in questions.items()
        for position, question in enumerate(of_period)
        for part in question.parts
    }
    named = zip(*(cells[name] for name in ["period", *by_unit[1:]]), strict=True)
    cells["cell"] = [address[key] for key in named]
    whole = cells["true_value"].eq(cells["true_value"].round())
    cells["written"] = cells["true_value"].astype(object)
    cells.loc[whole, "written"] = cells.loc[whole, "true_value"].astype(int).astype(object)
    return cells.sort_values(["at", "place_code"], kind="stable").reset_index(drop=True)[COLUMNS]

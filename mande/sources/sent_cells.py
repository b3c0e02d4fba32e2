"""Count the cells that a sender filled in: each of them is read or in quarantine, and none is lost."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from math import fsum

import pandas as pd

from mande.errors import Problem
from mande.sources.forms.form import SHEETS
from mande.sources.forms.form_layout import FormLayout, cell_value
from mande.sources.reading import Reading
from mande.sources.workbooks import Sheet

PARTS = ("numerator", "denominator", "value")
Cell = tuple[str, str]
"""Sheet and address."""


@dataclass(frozen=True)
class CellCount:
    """How many cells were filled in, read and set aside; `lost` are those that are neither.

    The sums are over the cells that hold a number, not a text: of what stands in them, of what was read, of what was
    set aside.
    """

    sent: int
    read: int
    quarantined: int
    lost: tuple[Cell, ...]
    sum_sent: float = 0.0
    sum_read: float = 0.0
    sum_quarantined: float = 0.0

    def problems(self, file: str) -> tuple[Problem, ...]:
        """Return what to report of a count that does not add up: a defect of a reader, never of the sender."""
        if not self.lost:
            return ()
        where = ", ".join(f"{sheet}!{cell}" for sheet, cell in self.lost[:5])
        found = f"{len(self.lost)} of {self.sent} values were neither read nor set aside ({where})"
        return (Problem(file, found, "please report this defect, with the file"),)


def count_cells(
    sheets: Sequence[Sheet], reading: Reading, tasks: pd.DataFrame, *, layout: FormLayout | None = None
) -> CellCount:
    """Count the filled-in cells of a file against what became of them.

    *Needs* the sheets as read; `layout` of a form: then every cell in which a number or a date was asked for counts,
    else those that the reader names.
    """
    by_name = {sheet.name: sheet for sheet in sheets}
    aside = {(row["sheet"], row["cell"]) for row in reading.quarantined[["sheet", "cell"]].to_dict("records")}
    read = {*_read_cells(reading.observations), *_read_dates(tasks)}
    asked = {*_asked(layout)} if layout else read | {*_named_cells(reading.observations)}
    sent = {cell for cell in asked | aside if _is_filled(by_name.get(cell[0]), cell[1])}
    lost = sorted(sent - read - aside)
    numbers = {cell: number for cell in sent if (number := _number_in(by_name.get(cell[0]), cell[1])) is not None}
    taken = {cell: number for cell, number in _read_numbers(reading.observations) if cell in numbers}
    return CellCount(
        len(sent),
        len(sent & (read - aside)),
        len(sent & aside),
        tuple(lost),
        fsum(numbers.values()),
        fsum(number for cell, number in taken.items() if cell not in aside),
        fsum(number for cell, number in numbers.items() if cell in aside),
    )


def _asked(layout: FormLayout) -> Iterator[Cell]:
    for question in layout.questions:
        yield from ((SHEETS["figures"], question.cells[part]) for part in PARTS if part in question.cells)
    yield from ((SHEETS["tasks"], task.cells["done_date"]) for task in layout.tasks)


def _named_cells(observations: pd.DataFrame) -> Iterator[Cell]:
    for column in ("cell", "numerator_cell", "denominator_cell"):
        yield from zip(observations["sheet"], observations[column], strict=True)


def _read_cells(observations: pd.DataFrame) -> Iterator[Cell]:
    """Yield the cells that became a number, or of which the status says why there is none."""
    is_explained = ~observations["value_status"].isin(["observed", "provisional", "estimated"])
    for column in ("numerator", "denominator"):
        rows = observations[observations[column].notna() | is_explained]
        yield from zip(rows["sheet"], rows[f"{column}_cell"], strict=True)
    is_own = observations["cell"] != observations["numerator_cell"]
    rows = observations[is_own & (observations["value"].notna() | is_explained)]
    yield from zip(rows["sheet"], rows["cell"], strict=True)


def _read_numbers(observations: pd.DataFrame) -> Iterator[tuple[Cell, float]]:
    """Yield each cell with the number that was read from it."""
    is_own = observations["cell"] != observations["numerator_cell"]
    for column, part in (("numerator_cell", "numerator"), ("denominator_cell", "denominator"), ("cell", "value")):
        rows = observations[observations[part].notna() & (is_own if part == "value" else True)]
        for sheet, cell, number in zip(rows["sheet"], rows[column], rows[part], strict=True):
            yield (sheet, cell), number


def _number_in(sheet: Sheet | None, cell: str) -> float | None:
    value = cell_value(sheet, cell)
    return float(value) if isinstance(value, int | float) and not isinstance(value, bool) else None


def _read_dates(tasks: pd.DataFrame) -> Iterator[Cell]:
    if len(tasks):
        done = tasks[tasks["done_date"].notna()]
        yield from zip(done["sheet"], done["cell"], strict=True)


def _is_filled(sheet: Sheet | None, cell: str) -> bool:
    value = cell_value(sheet, cell)
    return value is not None and str(value).strip() != ""

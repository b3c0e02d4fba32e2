"""Recognise a received file by its inside and read it: a form, a tidy table, or a table that a mapping describes."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import pandas as pd

from mande.errors import DataError, Problem
from mande.framework.model import Indicator
from mande.places.register import Register
from mande.sources.forms.form_origin import SIMULATION
from mande.sources.forms.form_reader import is_form, read_form, read_layout
from mande.sources.forms.form_remarks import read_form_tasks
from mande.sources.mapped_table import read_mapped
from mande.sources.reading import Reading
from mande.sources.received_register import Event
from mande.sources.sent_cells import CellCount, count_cells
from mande.sources.table_blocks import find_mappings
from mande.sources.table_mapping import TableMapping
from mande.sources.tidy_sheet import is_tidy, read_tidy
from mande.sources.workbooks import Sheet

UNIT_FILES = "unit-files"
"""Source of observations from tidy tables that units sent."""


@dataclass(frozen=True)
class Knowledge:
    """What a reader needs to know: the indicators, the places and the mappings of free tables."""

    indicators: Mapping[str, Indicator]
    places: Register
    place_names: frozenset[str]
    mappings: Mapping[str, TableMapping]


@dataclass(frozen=True)
class Received:
    """One file as read: its reading, what a form says about tasks, and the count of its cells."""

    reading: Reading
    tasks: pd.DataFrame
    count: CellCount


def read_received_file(kept: Path, sheets: Sequence[Sheet], event: Event, knowledge: Knowledge) -> Received:
    """Read the sheets of a received file by what they are.

    *Needs* the sheets of the file; the one of a text table takes the name of the file as it was sent.
    *Adds* to the rows the name under which the file was received, its hash, received date and sender (as registered,
    otherwise as the form says), and an `observation_id` of its own: file:submission:sheet!cell.
    *Raises* DataError for a file that is none of the three, or a form whose inside was changed, under the name that
    its sender gave it.
    """
    own = Path(event.file).stem
    sheets = [replace(sheet, name=own) if sheet.name == kept.stem else sheet for sheet in sheets]
    try:
        return _read(kept, sheets, event, knowledge)
    except DataError as error:
        raise DataError(
            replace(problem, where=problem.where.replace(kept.name, event.file)) for problem in error.problems
        ) from None


def _read(kept: Path, sheets: Sequence[Sheet], event: Event, knowledge: Knowledge) -> Received:
    tasks, layout = pd.DataFrame(), None
    if is_form(sheets):
        reading = read_form(
            kept,
            sheets,
            indicators=knowledge.indicators,
            snapshot=event.snapshot,
            received_date=event.received_date,
        )
        layout = read_layout(kept, sheets)
        tasks, wrong_dates = read_form_tasks(kept, sheets)
        quarantined = pd.concat([reading.quarantined, wrong_dates], ignore_index=True)
        reading = replace(reading, quarantined=quarantined)
    else:
        reading = _read_table(kept, sheets, knowledge)
    count = count_cells(sheets, reading, tasks, layout=layout)
    return Received(_labelled(reading, event), _labelled_tasks(tasks, event), count)


def _read_table(kept: Path, sheets: Sequence[Sheet], knowledge: Knowledge) -> Reading:
    if is_tidy(sheets):
        return read_tidy(kept, sheets)
    mappings = find_mappings(kept, sheets, knowledge.mappings)
    if not mappings:
        found = "it is no form of ours, no tidy table, and no mapping describes it"
        raise DataError(Problem(kept.name, found, "send the form; or describe this table once in data/mappings/"))
    return read_mapped(kept, sheets, mappings, places=knowledge.places)


def _labelled(reading: Reading, event: Event) -> Reading:
    table = reading.observations
    lead = table["cell"].where(table["cell"] != "", table["numerator_cell"])
    ids = event.file + ":" + event.submission + ":" + table["sheet"] + "!" + lead
    again = ids.groupby(ids).cumcount()
    observations = table.assign(
        observation_id=ids.where(again == 0, ids + "#" + again.astype(str)),
        file=event.file,
        snapshot=event.snapshot,
        received_date=event.received_date,
        sender=event.sender or table["sender"],
        edition=table["edition"].fillna(""),
        source=table["source"] if reading.kind != "tidy" else _tidy_source(table["source"]),
        original_value=float("nan"),
    )
    return replace(reading, observations=observations, quarantined=reading.quarantined.assign(file=event.file))


def _tidy_source(sources: pd.Series) -> pd.Series:
    """A unit cannot speak in the name of a publication; what is made up stays made up."""
    return sources.where(sources == SIMULATION, UNIT_FILES)


def _labelled_tasks(tasks: pd.DataFrame, event: Event) -> pd.DataFrame:
    if tasks.empty:
        return tasks
    return tasks.assign(
        file=event.file, report_id=event.file + ":" + event.submission + ":" + tasks["sheet"] + "!" + tasks["cell"]
    )

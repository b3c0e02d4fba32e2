"""The two tables that every reader of a received file makes: observations, and the cells that were set aside."""

from collections.abc import Mapping, Sequence
from typing import NamedTuple

import numpy as np
import pandas as pd

from mande.sources.numbers import NumberProblem, shorten
from mande.sources.periods import period_bounds
from mande.sources.published import COLUMNS, NUMBERS, OPTIONAL_COLUMNS
from mande.sources.reading import LINEAGE, QUARANTINE_COLUMNS

TEXTS = tuple(column for column in COLUMNS if column not in NUMBERS)
ADDRESS = ("observation_id", "period_start", "period_end", "file", "sheet", "cell", "received_date", "snapshot")


class SetAside(NamedTuple):
    """Why a cell was set aside, in both languages."""

    check_id: str
    message_vi: str
    message_en: str
    cure_vi: str
    cure_en: str

    @classmethod
    def of_number(cls, problem: NumberProblem) -> "SetAside":
        """Take over what is wrong with a number."""
        return cls(problem.kind, problem.message_vi, problem.message_en, problem.cure_vi, problem.cure_en)


COMPANION = SetAside(
    "companion_set_aside",
    "một ô khác của cùng số liệu không đọc được",
    "another cell of the same figure could not be read",
    "sửa ô kia; ô này giữ nguyên",
    "mend the other cell; this one may stay",
)


def observation_table(rows: Sequence[Mapping[str, object]] | pd.DataFrame, *, file: str, snapshot: str) -> pd.DataFrame:
    """Return the observations of one file with all columns and types that `published.read_observations` gives.

    *Needs* rows with the keys of `published.COLUMNS`, numerator, denominator, sheet, cell, numerator_cell and
    denominator_cell as far as they are known; periods that `periods.period_bounds` reads.
    *Missing values* a number that is not known is NaN; a text that is not known is blank.
    """
    lineage = [*LINEAGE]
    columns = [*COLUMNS, *OPTIONAL_COLUMNS, "sheet", "cell", *lineage]
    known = rows if isinstance(rows, pd.DataFrame) else pd.DataFrame(list(rows), columns=columns, dtype=object)
    table = known.reindex(columns=columns).reset_index(drop=True)
    for column in table.columns:
        is_number = column in NUMBERS
        given = table[column].astype(object)
        table[column] = given.astype(float) if is_number else given.where(given.notna(), "").astype("str")
    bounds = {period: period_bounds(period) for period in table["period"].unique()}
    table["value_qualifier"] = table["value_qualifier"].where(table["value_qualifier"] != "", "=")
    return table.assign(
        observation_id=file + ":" + table["sheet"] + "!" + table["cell"],
        period_start=pd.to_datetime(table["period"].map({key: pair[0] for key, pair in bounds.items()})),
        period_end=pd.to_datetime(table["period"].map({key: pair[1] for key, pair in bounds.items()})),
        file=file,
        received_date="",
        snapshot=snapshot,
        original_value=np.nan,
    )[[*COLUMNS, *OPTIONAL_COLUMNS, *ADDRESS, *lineage, "original_value"]]


def quarantine_row(place: Mapping[str, object], found: object, reason: SetAside) -> dict[str, str]:
    """Return one row of the quarantine; `place` holds what is known of the cell: file, sheet, cell, indicator, part …"""
    known = {column: str(place.get(column) or "") for column in QUARANTINE_COLUMNS}
    return {**known, "part": known["part"] or "value", "found": shorten(found), **reason._asdict()}


def quarantine_table(rows: Sequence[Mapping[str, str]]) -> pd.DataFrame:
    """Return the cells that were set aside, all columns as text."""
    return pd.DataFrame(list(rows), columns=list(QUARANTINE_COLUMNS)).astype("str")

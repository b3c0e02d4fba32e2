"""Which of several received files is in force: the one received last for its form, unit and period, or for its values.

Nothing is deleted: a file that is no longer in force stays in the list, with the one that took its place.
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Literal

import pandas as pd

from mande.errors import Problem
from mande.sources.received_register import Event
from mande.sources.recognition import Received

Status = Literal["current", "superseded", "duplicate", "refused"]
KEY = ["indicator", "place_code", "period", "dimension", "dimension_value", "source", "basis", "definition"]
_SILENT = "missing"


@dataclass(frozen=True)
class ReceivedFile:
    """One received file, what it holds, and whether it counts. `rows` are its observations in force; all if None."""

    event: Event
    content: Received | None
    status: Status
    superseded_by: str = ""
    reason: str = ""
    rows: pd.DataFrame | None = None
    problems: tuple[Problem, ...] = ()
    notices: tuple[Problem, ...] = ()

    @property
    def observations(self) -> pd.DataFrame:
        if self.rows is not None:
            return self.rows
        return self.content.reading.observations if self.content else pd.DataFrame()

    @property
    def form_key(self) -> tuple[str, ...]:
        """Form, unit and period, for a form; made-up and real ones never replace each other. Blank for tables."""
        if self.content is None or self.content.reading.kind != "form":
            return ()
        reading = self.content.reading
        sources = reading.observations["source"]
        return reading.programme, reading.place_code, reading.period, sources.iloc[0] if len(sources) else ""


def settle_files(files: list[ReceivedFile]) -> list[ReceivedFile]:
    """Say of each file, in received order, whether it is a duplicate, and of forms which replace which."""
    settled: list[ReceivedFile] = []
    in_force: dict[tuple[str, ...], int] = {}
    for position, one in enumerate(files):
        settled.append(one)
        if one.content is None:
            continue
        earlier = in_force.get(one.form_key) if one.form_key else _same_table(one, settled[:position])
        if earlier is not None and settled[earlier].event.snapshot == one.event.snapshot:
            settled[position] = _duplicate(one, settled[earlier])
            continue
        if one.form_key:
            in_force[one.form_key] = position
            if earlier is not None:
                settled[position] = replace(one, notices=(*one.notices, *_undecided(settled[earlier], one)))
                settled[earlier] = _superseded(settled[earlier], one)
    return settled


def settle_values(files: list[ReceivedFile]) -> list[ReceivedFile]:
    """Let each value count from the file that was received last, where several files in force say the same value.

    A file of which every value was sent again is superseded; of one where only some were, a notice is given. A blank
    answer takes no value away. Two rows of one file on one value both stay: the check of keys tells them.
    """
    tables = [
        one.observations.assign(position=position)
        for position, one in enumerate(files)
        if one.status == "current" and len(one.observations)
    ]
    if len(tables) < 2:
        return files
    rows = pd.concat(tables, ignore_index=True)
    said = rows["value"].notna() | rows["value_status"].ne(_SILENT)
    rank = rows["position"] + said * len(files)
    keys = [rows[column] for column in KEY]
    winner = rank.groupby(keys, dropna=False).transform("max") % len(files)
    beaten = rows["position"] != winner
    settled = list(files)
    for position in rows.loc[beaten, "position"].unique():
        own = rows["position"] == position
        other = files[int(winner[own & beaten].max())]
        kept = rows[own & ~beaten].drop(columns="position")
        settled[position] = _partly(settled[position], other, kept, int((own & beaten).sum()))
    return settled


def _same_table(one: ReceivedFile, earlier: list[ReceivedFile]) -> int | None:
    """Return where the same table stands already, unless another one came between them that speaks of its values."""
    same = [position for position, other in enumerate(earlier) if _is_in_force(other, one)]
    if not same:
        return None
    between = [other for other in earlier[same[-1] + 1 :] if other.content is not None and not other.form_key]
    own = _keys(one)
    return None if any(not own.isdisjoint(_keys(other)) for other in between) else same[-1]


def _is_in_force(other: ReceivedFile, one: ReceivedFile) -> bool:
    return other.status == "current" and other.event.snapshot == one.event.snapshot


def _keys(one: ReceivedFile) -> set[tuple[str, ...]]:
    return set(one.observations[KEY].itertuples(index=False, name=None))


def _superseded(earlier: ReceivedFile, by: ReceivedFile) -> ReceivedFile:
    reason = f"superseded by {by.event.file}, received {by.event.received_date}"
    return replace(earlier, status="superseded", superseded_by=by.event.submission, reason=reason)


def _duplicate(one: ReceivedFile, earlier: ReceivedFile) -> ReceivedFile:
    return replace(one, status="duplicate", reason=f"the same file as {earlier.event.file}, which is in force")


def _partly(one: ReceivedFile, other: ReceivedFile, kept: pd.DataFrame, n: int) -> ReceivedFile:
    if kept.empty:
        return _superseded(one, other)
    found = f"{n} of its {n + len(kept)} values were sent again in {other.event.file} and count from there"
    notice = Problem(one.event.file, found, "nothing if that is a correction; otherwise ask the senders which is right")
    return replace(one, rows=kept, notices=(*one.notices, notice))


def _undecided(earlier: ReceivedFile, later: ReceivedFile) -> Iterator[Problem]:
    """Two forms of one unit and period on one day: which is the newer is taken from when they were last changed."""
    if earlier.event.received_date == later.event.received_date:
        found = f"{earlier.event.file} of the same unit and period came on the same day; the file changed last counts"
        cure = "if that is wrong, write the hours into received.csv, such as 2025-07-31T16:00"
        yield Problem(later.event.file, found, cure)

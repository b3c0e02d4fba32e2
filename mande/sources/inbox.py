"""Take in what units sent: look at each file of the inbox, keep it unchanged, register it, and read it.

Nothing in the inbox is moved or changed. A file is looked at in memory before anything of it is kept, and kept before
it is registered: a process that is killed in between leaves a copy without an entry, which the next one registers.
"""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import replace
from datetime import date
from pathlib import Path

from mande.errors import DataError
from mande.sources.arrivals import Arrival, changed_day, list_arrivals
from mande.sources.file_guard import hash_open_file, open_regular_file
from mande.sources.personal_data import require_no_personal_data
from mande.sources.received import Intake, read_received, settle_intake
from mande.sources.received_register import Event, append_event, read_register, sole_writer
from mande.sources.recognition import Knowledge, Received, read_received_file
from mande.sources.snapshot import keep_snapshot
from mande.sources.superseding import ReceivedFile
from mande.sources.workbooks import read_sheets


def take_in(
    inbox: Path, received: Path, knowledge: Knowledge, *, received_date: date | None = None, sender: str = ""
) -> Intake:
    """Register every new file of the inbox and return all that was ever received, and what of it counts today.

    *One row per* file in `submissions` of the result (see `received.read_received`).
    *Needs* `received_date` and `sender` of new files that `received.csv` does not name; otherwise a file was received
    on the day on which it last changed on this disk, from whom its folder or its form says.
    *Raises* UsageError where another process takes in files and does not end; DataError where the register or a kept
    file is damaged. What is wrong with single files stands in `problems`, all of them at once.
    """
    arrivals, problems = list_arrivals(inbox, received_date=received_date, sender=sender)
    with sole_writer(received):
        ready = _register(arrivals, received, knowledge)
        reported = {arrival.snapshot or arrival.file for arrival in arrivals}
        intake = read_received(received, knowledge, ready=ready, reported=reported)
    return replace(intake, problems=(*problems, *intake.problems))


def read_unregistered(paths: Iterable[Path], knowledge: Knowledge, *, received_date: date | None = None) -> Intake:
    """Read files as if they had been sent, without keeping or registering anything (see `take_in`).

    *Raises* nothing for single files: what is wrong with them stands in `problems`.
    """
    files = [_look_at(path, number, knowledge, received_date) for number, path in enumerate(paths, start=1)]
    return settle_intake(files, reported={one.event.snapshot or one.event.file for one in files})


def _look_at(path: Path, number: int, knowledge: Knowledge, received_date: date | None) -> ReceivedFile:
    event = Event(number, "arrived", path.name, "", "", "")
    try:
        with open_regular_file(path) as file:
            digest = hash_open_file(file)
        day = (received_date or changed_day(path)).isoformat()
        event = replace(event, snapshot=digest, received_date=day)
        sheets = read_sheets(path)
        require_no_personal_data(sheets, path.name, known_places=knowledge.place_names)
        content = read_received_file(path, sheets, event, knowledge)
    except DataError as error:
        reason = "; ".join(problem.found for problem in error.problems)
        return ReceivedFile(replace(event, kind="refused"), None, "refused", reason=reason, problems=error.problems)
    return ReceivedFile(event, content, "current", problems=content.count.problems(path.name))


def _register(arrivals: Collection[Arrival], received: Path, knowledge: Knowledge) -> dict[int, Received]:
    """Write an event for everything that is new, and return what was read on the way, by number of the event."""
    events = list(read_register(received))
    last = {event.file: event for event in events if event.kind != "amended"}
    names = {arrival.file for arrival in arrivals}
    ready: dict[int, Received] = {}
    for arrival in arrivals:
        event, content = _news(arrival, events, last, names) or _receive(arrival, received, knowledge)
        if event is None or _is_told(event, last.get(arrival.file)):
            continue
        event = replace(event, number=len(events) + 1)
        append_event(received, event)
        events.append(event)
        if event.kind != "amended":
            last[event.file] = event
        if content is not None:
            ready[event.number] = content
    return ready


def _news(
    arrival: Arrival, events: list[Event], last: Mapping[str, Event], names: Collection[str]
) -> tuple[Event | None, None] | None:
    """Return what there is to write of a file that was received before; None for one that has to be looked at."""
    before = last.get(arrival.file)
    if before is not None and before.kind != "refused" and before.snapshot == arrival.snapshot:
        return _amendment(arrival, events), None
    elsewhere = [e for e in last.values() if e.snapshot == arrival.snapshot and e.kind in ("arrived", "moved")]
    if before is None and any(event.file not in names for event in elsewhere):
        return _event(arrival, "moved"), None
    return None


def _amendment(arrival: Arrival, events: list[Event]) -> Event | None:
    """Return an event where `received.csv` says something else of a file than the register."""
    if not arrival.is_stated:
        return None
    same = [event for event in events if event.file == arrival.file and event.kind in ("arrived", "amended")]
    if not same or (same[-1].sender, same[-1].received_date) == (arrival.sender, arrival.received_date):
        return None
    return _event(arrival, "amended")


def _is_told(event: Event, before: Event | None) -> bool:
    """A file that is refused again for the same reason is no news."""
    if before is None or event.kind != "refused":
        return False
    return (event.kind, event.snapshot, event.reason) == (before.kind, before.snapshot, before.reason)


def _receive(arrival: Arrival, received: Path, knowledge: Knowledge) -> tuple[Event, Received | None]:
    """Look at a file, keep it, read it. A file that may not be kept is refused; one that cannot be read yet is kept."""
    try:
        if arrival.fault is not None:
            raise DataError(arrival.fault)
        sheets = read_sheets(arrival.path)
        require_no_personal_data(sheets, arrival.file, known_places=knowledge.place_names)
        kept = keep_snapshot(arrival.path, received, digest=arrival.snapshot)
    except DataError as error:
        return _event(arrival, "refused", reason=_reason(error, arrival)), None
    event = _event(arrival, "arrived")
    try:
        content = read_received_file(kept, sheets, event, knowledge)
    except DataError as error:
        return replace(event, reason=_reason(error, arrival)), None
    reading = content.reading
    said = {name: getattr(reading, name) for name in ("programme", "place_code", "period", "form_version")}
    return replace(event, layout=reading.kind, **said), content


def _event(arrival: Arrival, kind: str, reason: str = "") -> Event:
    return Event(0, kind, arrival.file, arrival.snapshot, arrival.sender, arrival.received_date, reason=reason)


def _reason(error: DataError, arrival: Arrival) -> str:
    """Say where in the file and what: kinds and columns; readers show no more of a cell than its sender may see."""
    names = (arrival.file, arrival.path.name)
    told = []
    for problem in error.problems:
        where = problem.where
        for name in names:
            where = where.removeprefix(name).strip()
        told.append(f"{where}: {problem.found}" if where else problem.found)
    return "; ".join(told)

"""The register of received files, `register.jsonl`: one line per event, only ever added to.

A line is whole or it does not count: what was cut off by a crash at its end is removed before the next line is written.
"""

import json
import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass, fields, replace
from pathlib import Path
from typing import Literal

from filelock import FileLock, Timeout

from mande.errors import DataError, Problem, UsageError
from mande.sources.snapshot import snapshot_path, submission_of

REGISTER = "register.jsonl"
PATIENCE_SECONDS = 120.0


@dataclass(frozen=True)
class Event:
    """Something that happened to a file of the inbox.

    `arrived`: kept under its hash; `refused`: kept nowhere; `moved`: seen under another name; `amended`: sender or
    received date of the last arrival under that name were stated anew.
    """

    number: int
    kind: Literal["arrived", "refused", "moved", "amended"]
    file: str
    snapshot: str
    sender: str
    received_date: str
    layout: str = ""
    programme: str = ""
    place_code: str = ""
    period: str = ""
    form_version: str = ""
    reason: str = ""

    @property
    def submission(self) -> str:
        return submission_of(self.snapshot)

    def kept_in(self, received: Path) -> Path:
        """Return where the file is kept."""
        return snapshot_path(received, self.snapshot, Path(self.file).suffix)


def as_problem(event: Event) -> Problem:
    """Return why a file was refused as it is reported: the reason names kinds and columns, never contents."""
    return Problem(event.file, event.reason, "mend it and put it into the inbox again, or take it out")


def effective_events(events: tuple[Event, ...]) -> list[Event]:
    """Return the arrivals and refusals as they are to be read today: with what was stated later, by received order."""
    standing: dict[int, Event] = {}
    last: dict[str, int] = {}
    for event in events:
        if event.kind == "amended":
            number = last[event.file]
            standing[number] = replace(standing[number], sender=event.sender, received_date=event.received_date)
        elif event.kind == "moved":
            last[event.file] = max(one.number for one in standing.values() if one.snapshot == event.snapshot)
        else:
            standing[event.number], last[event.file] = event, event.number
    return sorted(standing.values(), key=lambda event: (event.received_date, event.number))


@contextmanager
def sole_writer(received: Path, *, patience: float = PATIENCE_SECONDS) -> Iterator[None]:
    """Let one process at a time write to the folder of received files; others wait.

    *Raises* UsageError where the other one does not end, or the folder cannot be written.
    """
    try:
        received.mkdir(parents=True, exist_ok=True)
        with FileLock(received / ".lock", timeout=patience):
            yield
    except Timeout:
        found = "another process is taking in files"
        raise UsageError(Problem(str(received), found, "wait until it has ended, then run this again")) from None
    except PermissionError as error:
        found = f"cannot be written ({error.strerror})"
        raise UsageError(Problem(str(received), found, "make the folder writable")) from None


def read_register(received: Path) -> tuple[Event, ...]:
    """Return all events in the order in which they were written; none where nothing was received yet.

    *Raises* DataError for a line that is not one of the register.
    """
    path = received / REGISTER
    if not path.exists():
        return ()
    lines = path.read_bytes().split(b"\n")[:-1]
    names = {field.name for field in fields(Event)}
    events = []
    for position, line in enumerate(lines, start=1):
        try:
            content = json.loads(line)
            events.append(Event(**{name: content[name] for name in names if name in content}))
        except (ValueError, TypeError):
            found = "this is no line of the register of received files"
            cure = "put back the register from your backup; nobody should edit it"
            raise DataError(Problem(f"{path} line {position}", found, cure)) from None
    return tuple(events)


def append_event(received: Path, event: Event) -> None:
    """Write one event behind the others and have the disk hold it. *Needs* `sole_writer`."""
    path = received / REGISTER
    line = json.dumps(asdict(event), ensure_ascii=False).encode() + b"\n"
    handle = os.open(path, os.O_RDWR | os.O_CREAT, 0o644)
    try:
        end = _end_of_last_line(handle)
        os.ftruncate(handle, end)
        os.pwrite(handle, line, end)
        os.fsync(handle)
    finally:
        os.close(handle)


def _end_of_last_line(handle: int) -> int:
    """Return where the last whole line ends: a crash may have left a part of one behind it."""
    size = os.fstat(handle).st_size
    step = 4096
    for start in range(max(size - step, 0), -step, -step):
        begin = max(start, 0)
        found = os.pread(handle, min(step, size - begin), begin).rfind(b"\n")
        if found >= 0:
            return begin + found + 1
    return 0

"""The files that lie in the inbox, in the order in which they were received, with who sent them when."""

import os
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime
from pathlib import Path

from mande.errors import DataError, Problem
from mande.sources.file_guard import hash_open_file, open_regular_file
from mande.sources.text_table import read_text_table

STATED = "received.csv"
STATED_COLUMNS = ("file", "sender", "received_date")
_NOT_SENT = {STATED, "README.md"}
_NOT_SENT_STARTS = (".", "~$")


@dataclass(frozen=True)
class Arrival:
    """A file of the inbox: `file` is its path below the inbox; `fault` says why its bytes cannot even be read."""

    path: Path
    file: str
    snapshot: str
    sender: str
    received_date: str
    is_stated: bool
    changed: int
    fault: Problem | None = None


def list_arrivals(
    inbox: Path, *, received_date: date | None = None, sender: str = ""
) -> tuple[tuple[Arrival, ...], list[Problem]]:
    """Return every file of the inbox and its subfolders by received date, then by when it was last changed.

    What `received.csv` beside a file says goes first, then `received_date` and `sender`; otherwise a file was received
    on the day on which it last changed on this disk (UTC), and the name of the first subfolder is the sender.
    """
    arrivals, problems = [], []
    for folder, names in _folders(inbox):
        stated, wrong = _read_stated(folder, inbox)
        problems += wrong
        for name in names:
            path = folder / name
            relative = path.relative_to(inbox)
            own = stated.get(name, {})
            by_folder = relative.parts[0] if len(relative.parts) > 1 else ""
            digest, fault = _hash(path)
            arrivals.append(
                Arrival(
                    path=path,
                    file=relative.as_posix(),
                    snapshot=digest,
                    sender=own.get("sender") or sender or by_folder,
                    received_date=own.get("received_date") or (received_date or changed_day(path)).isoformat(),
                    is_stated=bool(own),
                    changed=path.lstat().st_mtime_ns,
                    fault=fault,
                )
            )
    arrivals.sort(key=lambda one: (one.received_date, one.changed, one.file))
    return tuple(arrivals), problems


def changed_day(path: Path) -> date:
    """Return the day, in UTC, on which a file last changed on this disk; that of the link itself for a link."""
    return datetime.fromtimestamp(path.lstat().st_mtime, tz=UTC).date()


def _folders(inbox: Path) -> Iterator[tuple[Path, list[str]]]:
    """Walk without following links: a link to a folder is listed as a file, and refused as one."""
    for folder, subfolders, names in os.walk(inbox, followlinks=False):
        subfolders[:] = sorted(name for name in subfolders if not name.startswith("."))
        links = [name for name in subfolders if (Path(folder) / name).is_symlink()]
        sent = [name for name in (*names, *links) if name not in _NOT_SENT and not name.startswith(_NOT_SENT_STARTS)]
        yield Path(folder), sorted(sent)


def _hash(path: Path) -> tuple[str, Problem | None]:
    try:
        with open_regular_file(path) as file:
            return hash_open_file(file), None
    except DataError as error:
        return "", error.problems[0]
    except OSError as error:
        return "", Problem(path.name, f"it cannot be read ({error.strerror})", "put a readable file there")


def _read_stated(folder: Path, inbox: Path) -> tuple[dict[str, dict[str, str]], list[Problem]]:
    """Return what `received.csv` of a folder says of its files, by name; a faulty one says nothing."""
    path = folder / STATED
    if not path.is_file():
        return {}, []
    shown = path.relative_to(inbox).as_posix()
    try:
        table = read_text_table(path, columns=STATED_COLUMNS)
    except DataError as error:
        return {}, list(error.problems)
    if list(table.columns) != list(STATED_COLUMNS):
        cure = f"write the header {','.join(STATED_COLUMNS)}"
        return {}, [Problem(f"{shown} line 1", f"the columns are {', '.join(map(str, table.columns))}", cure)]
    rows = table.fillna("").to_dict("records")
    wrong = [
        Problem(f"{shown} line {line}", f'"{row["received_date"]}" is not a date', "write it as 2025-07-31")
        for line, row in enumerate(rows, start=2)
        if row["received_date"] and not _is_moment(row["received_date"])
    ]
    wrong += [
        Problem(f"{shown} line {line}", f'there is no file "{row["file"]}" beside it', "correct the name")
        for line, row in enumerate(rows, start=2)
        if not (folder / row["file"]).is_file() or "/" in row["file"]
    ]
    return ({} if wrong else {row["file"]: row for row in rows}), wrong


def _is_moment(text: str) -> bool:
    """A day, or a day and an hour where two files came on one day."""
    try:
        return datetime.fromisoformat(text).isoformat().startswith(text)
    except ValueError:
        return False

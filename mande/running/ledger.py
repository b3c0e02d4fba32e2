"""What has become of each page of a run, in one small SQLite file that goes with the run.

It holds no absolute path and no process number, so that a run can be continued on another machine.
"""

import hashlib
import json
import sqlite3
from collections.abc import Iterable
from contextlib import closing, suppress
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

import pandas as pd

from mande.errors import DataError, Problem

LEDGER = "ledger.sqlite"
_TABLES = """
CREATE TABLE IF NOT EXISTS facts (name TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS units (
    place INTEGER NOT NULL, unit TEXT PRIMARY KEY, state TEXT NOT NULL, tries INTEGER NOT NULL, reason TEXT NOT NULL,
    inputs TEXT NOT NULL, outputs TEXT NOT NULL, seconds TEXT NOT NULL
) WITHOUT ROWID;
"""


class State(StrEnum):
    """What has become of a page; *skipped* pages were taken over from a run whose inputs were the same."""

    WAITING = "waiting"
    RUNNING = "running"
    DONE = "done"
    FAILED = "failed"
    SKIPPED = "skipped"


FINISHED = frozenset({State.DONE, State.SKIPPED})


@dataclass(frozen=True)
class Entry:
    """One page: its inputs and outputs by hash; outputs by their path below the run folder."""

    unit: str
    state: State
    tries: int
    reason: str
    inputs: str
    outputs: dict[str, str]
    seconds: dict[str, float]

    def is_intact(self, folder: Path) -> bool:
        """Return whether all outputs are there and are what they were when they were made."""
        return bool(self.outputs) and all(
            (folder / path).is_file() and hash_bytes((folder / path).read_bytes()) == digest
            for path, digest in self.outputs.items()
        )


class Ledger:
    """The ledger of one run, written by its runner alone; readers may look at any time."""

    def __init__(self, folder: Path) -> None:
        self._connection = sqlite3.connect(folder / LEDGER, isolation_level=None)
        self._connection.execute("PRAGMA journal_mode=WAL")
        self._connection.execute("PRAGMA synchronous=NORMAL")  # whole after kill -9; a power cut may lose the last rows
        self._connection.executescript(_TABLES)

    def plan(self, inputs: dict[str, str], facts: dict[str, str], kept: Iterable["Entry"] = ()) -> None:
        """Start over with these units (by the hash of their inputs), in this order; all wait but those that are kept."""
        entries = {unit: Entry(unit, State.WAITING, 0, "", digest, {}, {}) for unit, digest in inputs.items()}
        entries |= {entry.unit: entry for entry in kept}
        with self._connection:  # all or nothing, also when the runner is killed within
            self._connection.execute("BEGIN IMMEDIATE")
            self._connection.execute("DELETE FROM units")
            self._connection.execute("DELETE FROM facts")
            self._connection.executemany("INSERT INTO facts VALUES (?, ?)", sorted(facts.items()))
            rows = [(place, *_row(entries[unit])) for place, unit in enumerate(inputs)]
            self._connection.executemany("INSERT INTO units VALUES (?, ?, ?, ?, ?, ?, ?, ?)", rows)

    def start(self, unit: str, tries: int) -> None:
        """Note that a page is being made for the n-th time."""
        self._connection.execute("UPDATE units SET state=?, tries=? WHERE unit=?", (State.RUNNING, tries, unit))

    def finish(self, unit: str, outputs: dict[str, str], seconds: dict[str, float]) -> None:
        """Note that a page stands on the disk."""
        words = (State.DONE, json.dumps(outputs), json.dumps(seconds), unit)
        self._connection.execute("UPDATE units SET state=?, outputs=?, seconds=? WHERE unit=?", words)

    def fail(self, unit: str, reason: str) -> None:
        """Note why a page was not made."""
        self._connection.execute("UPDATE units SET state=?, reason=? WHERE unit=?", (State.FAILED, reason, unit))

    def seal(self) -> None:
        """Bring the ledger of a whole run into one file that can be copied, and read from a disk without rights."""
        with suppress(sqlite3.OperationalError):  # somebody is reading it just now; the last to close does it then
            self._connection.execute("PRAGMA journal_mode=DELETE")

    def close(self) -> None:
        """Close the file; everything that was noted is in it."""
        self._connection.close()


def read_entries(folder: Path) -> dict[str, Entry]:
    """Return the entries of a run by unit, in the order of the plan; none if it has no ledger.

    Raises: DataError for a file that is no ledger.
    """
    return {
        unit: Entry(unit, State(state), tries, reason, inputs, json.loads(outputs), json.loads(seconds))
        for unit, state, tries, reason, inputs, outputs, seconds in _read(
            folder, "SELECT unit, state, tries, reason, inputs, outputs, seconds FROM units ORDER BY place"
        )
    }


def read_facts(folder: Path) -> dict[str, str]:
    """Return what identifies the run that a ledger belongs to; nothing if there is none."""
    return dict(_read(folder, "SELECT name, value FROM facts"))


def entries_table(entries: Iterable[Entry]) -> pd.DataFrame:
    """Return the entries as a table.

    *One row per* page: unit, state, try, reason, seconds by part, hash of inputs, page.
    """
    rows = [
        {
            "unit": entry.unit,
            "state": str(entry.state),
            "tries": entry.tries,
            "reason": entry.reason,
            **{f"{part}_seconds": seconds for part, seconds in entry.seconds.items()},
            "inputs": entry.inputs,
            "page": next(iter(entry.outputs), ""),
        }
        for entry in entries
    ]
    return pd.DataFrame(rows)


def hash_bytes(content: bytes) -> str:
    """Return the SHA-256 of some bytes."""
    return hashlib.sha256(content).hexdigest()


def _read(folder: Path, query: str) -> list[tuple]:
    path = folder / LEDGER
    if not path.is_file():
        return []
    # a ledger without companions is of a whole run: nobody writes it, and its disk may be read-only
    mode = "mode=ro" if path.with_name(f"{LEDGER}-wal").exists() else "immutable=1"
    try:
        with closing(sqlite3.connect(f"{path.absolute().as_uri()}?{mode}", uri=True)) as connection:
            return connection.execute(query).fetchall()
    except sqlite3.DatabaseError as error:
        raise DataError(
            Problem(str(path), f"it is not a ledger ({error})", "make the run again: mande review")
        ) from None


def _row(entry: Entry) -> tuple:
    numbers = (entry.unit, entry.state, entry.tries, entry.reason, entry.inputs)
    return (*numbers, json.dumps(entry.outputs), json.dumps(entry.seconds))

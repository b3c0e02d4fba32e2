"""What a page is made from: files that look like a run folder and hold only what this page may read.

A notebook runs in a folder of its own with these files and nothing else beside it, so that the hash of its inputs
speaks of everything that it can read; and it runs the same on another machine.
"""

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa

PLACE = "place_code"
SNAPSHOT = "snapshot"
"""The hash of a whole file tells a change anywhere in it; no page of a unit shows it, so none is made anew for it."""

Files = Mapping[str, bytes]


@dataclass(frozen=True)
class RunFacts:
    """The run.json of a run: what identifies it, and the moment at which it was begun."""

    content: dict[str, Any]

    @property
    def file(self) -> bytes:
        return json.dumps(self.content, ensure_ascii=False, indent=1).encode()

    @property
    def identity(self) -> bytes:
        """The same without the moment: a page that says when it was made is not made anew for that."""
        return json.dumps({**self.content, "made_at": ""}, ensure_ascii=False, sort_keys=True).encode()


class UnitSlices:
    """The tables of a review cut by unit: its own rows where a table has a place_code, else all."""

    def __init__(self, tables: Mapping[str, pd.DataFrame]) -> None:
        local = {name: table for name, table in tables.items() if PLACE in table}
        self._local = {name: (_shown(table), table.groupby(PLACE, sort=False).indices) for name, table in local.items()}
        self._shared = whole_tables({name: table for name, table in tables.items() if name not in local})

    def of(self, place_code: str) -> dict[str, bytes]:
        """Return the files of one unit."""
        none = np.empty(0, dtype=np.int64)
        cut = {
            f"tables/{name}.arrow": _file(
                table.take(pa.array(rows.get(place_code, none)))
            )  # take copies: no neighbours
            for name, (table, rows) in self._local.items()
        }
        return self._shared | cut


def hash_inputs(words: list[Any], files: Files, facts: RunFacts) -> str:
    """Return the hash of all that a page is made from: programs, notebook, parameters and words, and every file."""
    digest = sha256(json.dumps(words, ensure_ascii=False, sort_keys=True).encode())
    for name, content in sorted({**files, "run.json": facts.identity}.items()):
        digest.update(f"\n{name} {len(content)}\n".encode())
        digest.update(content)
    return digest.hexdigest()


def whole_tables(tables: Mapping[str, pd.DataFrame]) -> dict[str, bytes]:
    """Return the files of tables that a page may read whole."""
    return {f"tables/{name}.arrow": _file(_shown(table)) for name, table in tables.items()}


def files_below(folder: Path, names: Iterable[str]) -> dict[str, bytes]:
    """Return those of these files that there are, by their path below a folder."""
    return {name: (folder / name).read_bytes() for name in names if (folder / name).is_file()}


def _shown(table: pd.DataFrame) -> pa.Table:
    return _as_in_parquet(table.drop(columns=SNAPSHOT, errors="ignore"))


def _as_in_parquet(table: pd.DataFrame) -> pa.Table:
    """Return a table as it would be read from the run's Parquet file, which has no moments in whole seconds."""
    made = pa.Table.from_pandas(table, preserve_index=False)
    for place, column in enumerate(made.schema):
        if pa.types.is_timestamp(column.type) and column.type.unit == "s":
            milliseconds = pa.timestamp("ms", column.type.tz)
            made = made.set_column(place, column.name, made.column(place).cast(milliseconds))
    return made


def _file(table: pa.Table) -> bytes:
    buffer = pa.BufferOutputStream()
    with pa.ipc.new_file(buffer, table.schema) as writer:
        writer.write_table(table)
    return buffer.getvalue().to_pybytes()

"""Show a table on the terminal and write it whole to a file."""

import sys
from pathlib import Path
from typing import TYPE_CHECKING

from rich.console import Console
from rich.table import Table

from mande.errors import Problem, UsageError

if TYPE_CHECKING:
    import pandas as pd

WIDTH_IN_A_FILE = 200
"""Characters of a table that is not shown on a terminal, so that no word is broken."""


def show_table(table: "pd.DataFrame", columns: list[str], csv: Path | None, *, only: "pd.Series | None" = None) -> None:
    """Print some columns (and only some rows, if told) as a table; write the whole to the file, if one is named."""
    shown = Table(show_edge=False)
    kept = [column for column in columns if column in table]
    for position, column in enumerate(kept):
        shown.add_column(column.removesuffix("_vi").removesuffix("_en"), overflow="fold", no_wrap=position == 0)
    printed = table if only is None else table[only]
    for row in printed[kept].itertuples(index=False):
        shown.add_row(*(_cell(value) for value in row))
    if len(printed):
        width = None if sys.stdout.isatty() else WIDTH_IN_A_FILE
        Console(highlight=False, markup=False, width=width).print(shown)
    if csv is not None:
        write_csv(table, csv)


def write_file(path: Path, content: bytes) -> None:
    """Write a file, or say why it cannot be written."""
    try:
        path.write_bytes(content)
    except OSError as error:
        found = f"cannot be written ({error.strerror or error})"
        raise UsageError(Problem(str(path), found, "name another file")) from error


def _cell(value: object) -> str:
    if value is None or str(value) in ("NaT", "<NA>", "nan"):
        return ""
    return f"{value:g}" if isinstance(value, float) else str(value).removesuffix(" 00:00:00")


def write_csv(table: "pd.DataFrame", path: Path) -> None:
    """Write a table whole to a file and say how many rows it has."""
    write_file(path, table.to_csv(index=False).encode("utf-8"))
    print(f"{path}: {len(table)} rows")

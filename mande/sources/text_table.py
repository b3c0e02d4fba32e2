"""Read a CSV table as text, without guessing: what the file says, or an error with its line."""

from collections.abc import Iterable
from pathlib import Path

import pandas as pd
import pyarrow as pa
from pyarrow import csv

from mande.errors import DataError, Problem

LONGEST_LINE_BYTES = 100_000


def read_text_table(path: Path, *, columns: Iterable[str]) -> pd.DataFrame:
    """Return all cells as text; `columns` are those that must not be guessed to be numbers.

    Raises: DataError for a file that cannot be read, is not UTF-8 or is no table, with the line.
    """
    try:
        content = path.read_bytes()
    except OSError as error:
        raise DataError(
            Problem(str(path), f"cannot be read ({error.strerror})", "check the name and the rights")
        ) from None
    _refuse_unreadable(path, content)
    ragged: list[Problem] = []

    def refuse_row(row: csv.InvalidRow) -> str:
        found = f"{row.actual_columns} cells where the header has {row.expected_columns}"
        ragged.append(Problem(f"{path.name} line {row.number}", found, "give every line the cells of the header"))
        return "skip"

    try:
        table = csv.read_csv(
            pa.BufferReader(content),
            read_options=csv.ReadOptions(use_threads=False),
            parse_options=csv.ParseOptions(
                newlines_in_values=True, ignore_empty_lines=False, invalid_row_handler=refuse_row
            ),
            convert_options=csv.ConvertOptions(column_types=dict.fromkeys(columns, pa.string())),
        )
    except pa.ArrowInvalid as error:
        found = " ".join(str(error).split())[:200]
        raise DataError(Problem(path.name, found, "save it again as a CSV table with one header line")) from None
    if ragged:
        raise DataError(ragged)
    return table.to_pandas()


def _refuse_unreadable(path: Path, content: bytes) -> None:
    """Raise for an empty file, a line too long to be a row, and bytes that are not UTF-8."""
    if not content.strip():
        raise DataError(Problem(path.name, "the file is empty", "send the file again with its header and rows"))
    if b"\n" not in content.strip():
        raise DataError(Problem(path.name, "a single line, no rows", "send the file again with its header and rows"))
    for number, line in enumerate(content.split(b"\n"), start=1):
        if len(line) > LONGEST_LINE_BYTES:
            raise DataError(
                Problem(
                    f"{path.name} line {number}",
                    f"a line of {len(line):,} bytes, the limit is {LONGEST_LINE_BYTES:,}",
                    "this is not a table with one row per line; save it again as CSV",
                )
            )
    try:
        content.decode("utf-8")
    except UnicodeDecodeError as error:
        line = content.count(b"\n", 0, error.start) + 1
        raise DataError(
            Problem(
                f"{path.name} line {line}",
                f"byte 0x{content[error.start]:02X} is not UTF-8; the file was saved in another encoding",
                'save it as "CSV UTF-8"',
            )
        ) from None


def column_letter(position: int) -> str:
    """Return the spreadsheet letter of a column counted from 0 (at most 26 columns here).

    >>> column_letter(1)
    'B'
    """
    return chr(ord("A") + position)

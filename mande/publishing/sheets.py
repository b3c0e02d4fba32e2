"""What a workbook holds, before it is written: columns with headings in two languages, and rows of plain values."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date


@dataclass(frozen=True)
class Hidden:
    """A number that is not published; `mark` stands in its place: never zero, never blank."""

    mark: str


@dataclass(frozen=True)
class Column:
    """A column of a sheet: its key in each row, its heading in both languages, its width in characters."""

    key: str
    vi: str
    en: str
    width: int = 14


@dataclass(frozen=True)
class Share:
    """A share of one, shown in per cent."""

    value: float


@dataclass(frozen=True)
class Sheet:
    """A sheet: its name and its rows. A row holds text, numbers, `Share` or `Hidden`; None is an empty cell.

    Only the first columns, up to the one named `printed_to`, are printed: more of them would be too small to read.
    """

    name: str
    columns: tuple[Column, ...]
    rows: Sequence[Mapping[str, object]]
    printed_to: str = ""

    @property
    def n_printed(self) -> int:
        """How many columns are printed: all, if none is named as the last."""
        keys = [column.key for column in self.columns]
        return keys.index(self.printed_to) + 1 if self.printed_to else len(keys)


@dataclass(frozen=True)
class Masthead:
    """What stands above each sheet and on top of each page: title, programme and date, and what kind of numbers these are.

    `alarms` are banners that nobody may overlook (internal, made up); `notes` explain. `as_of` dates the file: two files
    of the same data are the same.
    """

    title: str
    subtitle: str
    as_of: date
    alarms: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()

"""A run folder, opened for reading: the tables that one review computed, and the views of them."""

import difflib
import json
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pandas as pd

from mande.errors import DataError, Problem, UsageError

if TYPE_CHECKING:
    from mande.reporting.committee_view import CommitteeView
    from mande.reporting.framework_view import FrameworkView
    from mande.reporting.unit_view import UnitView


@dataclass(frozen=True)
class Run:
    """One review as computed for all its units: `info` is its run.json, tables are read when asked for.

    `tables` holds the tables of a review that has not been written to a folder.
    """

    folder: Path
    info: dict[str, Any]
    tables: dict[str, pd.DataFrame] | None = None

    def table(self, name: str, *, place_code: str | None = None) -> pd.DataFrame:
        """Read a table of the run, whole or only the rows of one unit.

        *Raises* DataError when the run has no such table.
        """
        if self.tables is not None:
            table = self.tables[name]
            rows = table if place_code is None else table[table["place_code"] == place_code]
            return rows.reset_index(drop=True)
        quick = self.folder / "tables" / f"{name}.arrow"
        if quick.is_file():  # the runner gives each notebook its own rows in the form that is read fastest
            return _rows_of(quick, place_code)
        path = self.folder / "tables" / f"{name}.parquet"
        if not path.is_file():
            raise DataError(Problem(str(path), "the table is missing", "make the run again: mande review"))
        filters = None if place_code is None else [("place_code", "==", place_code)]
        return pd.read_parquet(path, filters=filters).reset_index(drop=True)

    def has(self, name: str) -> bool:
        """Tell whether the run has a table: runs of older versions lack some."""
        if self.tables is not None:
            return name in self.tables
        return any((self.folder / "tables" / f"{name}.{ending}").is_file() for ending in ("arrow", "parquet"))

    @cached_property
    def units(self) -> pd.DataFrame:
        """*One row per* unit of the run, with its names and page."""
        return self.table("units")

    @cached_property
    def targets(self) -> pd.DataFrame:
        """*One row per* measurable part of a target, with titles, milestone and citation."""
        return self.table("targets")

    @cached_property
    def progress(self) -> pd.DataFrame:
        """*One row per* measurable part × unit: verdict, reason and every input of both."""
        return self.table("progress")

    @cached_property
    def actuals(self) -> pd.DataFrame:
        """*One row per* value that was weighed for a verdict."""
        return self.table("actuals")

    @cached_property
    def check_outcomes(self) -> pd.DataFrame:
        """*One row per* data check × file × unit."""
        return self.table("check_outcomes")

    @cached_property
    def sources(self) -> pd.DataFrame:
        """*One row per* publication behind the values."""
        return self.table("sources")

    def unit(self, place_code: str, lang: str = "vi") -> "UnitView":
        """Return what the page of one unit shows. *Raises* UsageError for a unit that the run does not have."""
        from mande.reporting.unit_view import UnitView

        codes = list(self.units["place_code"])
        if place_code not in codes:
            names = dict(zip(self.units["place_code"], self.units["name_short"], strict=True))
            near = difflib.get_close_matches(place_code, codes + list(names.values()), n=3)
            hint = f"did you mean {', '.join(near)}?" if near else "see .units for the codes of this run"
            raise UsageError(Problem("unit", f"the run {self.folder} has no unit {place_code!r}", hint))
        return UnitView.of(self, place_code, lang)

    def committee(self, lang: str = "vi") -> "CommitteeView":
        """Return what the page of the steering committee shows."""
        from mande.reporting.committee_view import CommitteeView

        return CommitteeView.of(self, lang)

    def framework(self, lang: str = "vi", other: str = "") -> "FrameworkView":
        """Return what the page of the programme shows, beside the programme `other` of the same place."""
        from mande.reporting.framework_view import FrameworkView

        return FrameworkView.of(self, lang, other)

    @property
    def outlines(self) -> Path | None:
        """The map outlines that came with the run; None when there are none for its set of provinces."""
        path = self.folder / "outlines.geojson"
        return path if path.is_file() else None


def open_run(folder: str | Path = "", **expected: str) -> Run:
    """Open a run folder; without a name, the newest run in `reports/` of the workspace around the current folder.

    `expected` may name `programme`, `stage` and `as_of`: without a folder they choose among the runs, with one they
    must agree with it.
    *Raises* UsageError when there is no such run, DataError when its run.json cannot be read.
    """
    if not folder:
        return _newest_run(Path.cwd(), expected)
    run = _read_run(Path(folder))
    wrong = [name for name, value in expected.items() if run.info.get(name) != value]
    if wrong:
        raise UsageError(
            [
                Problem(
                    name, f"the run {folder} is of {run.info.get(name)!r}, not {expected[name]!r}", "name another run"
                )
                for name in wrong
            ]
        )
    return run


def _read_run(path: Path) -> Run:
    try:
        info = json.loads((path / "run.json").read_text(encoding="utf-8"))
    except FileNotFoundError:
        raise UsageError(Problem(str(path), "this is not a run folder: run.json is missing", _MAKE_A_RUN)) from None
    except (OSError, UnicodeDecodeError, json.JSONDecodeError) as error:
        raise DataError(Problem(str(path / "run.json"), f"it cannot be read ({error})", _MAKE_A_RUN)) from None
    return Run(path, info)


def _rows_of(path: Path, place_code: str | None) -> pd.DataFrame:
    import pyarrow as pa

    with pa.OSFile(str(path)) as file:
        table = pa.ipc.open_file(file).read_all().to_pandas()
    return table if place_code is None else table[table["place_code"] == place_code].reset_index(drop=True)


_MAKE_A_RUN = "name the folder of a run, or make one: mande review"


def _newest_run(start: Path, expected: dict[str, str]) -> Run:
    """Return the run that was made last; half-made ones, whose folders begin with a dot, do not count."""
    reports = next((folder / "reports" for folder in (start, *start.parents) if (folder / "reports").is_dir()), None)
    folders = [] if reports is None else [found.parent for found in reports.glob("[!.]*/run.json")]
    runs = [
        run for run in map(_read_run, folders) if all(run.info.get(name) == value for name, value in expected.items())
    ]
    if not runs:
        wanted = " ".join(expected.values())
        raise UsageError(
            Problem(
                str(reports or start / "reports"), f"there is no run {wanted} in it".replace("  ", " "), _MAKE_A_RUN
            )
        )
    return max(runs, key=lambda run: (run.info["made_at"], str(run.folder)))

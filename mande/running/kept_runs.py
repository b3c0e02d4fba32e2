"""The runs in a folder: those that stand, those being made or broken off, and the former ones in the archive."""

from collections.abc import Iterator
from pathlib import Path

import pandas as pd

from mande.errors import Problem, UsageError
from mande.running.ledger import FINISHED, LEDGER, State, read_entries, read_facts
from mande.running.run_folder import ARCHIVE, RunPaths, is_being_made

_PARTIAL = ".partial"


def list_runs(reports: Path) -> pd.DataFrame:
    """Return the runs of a folder.

    *One row per* run that stands or is not whole yet: run, state (whole, some units failed, being made, broken off),
    when it was begun, how many of its pages stand, and how many are done, skipped, failed, running or waiting.
    """
    rows = [_row(folder, reports) for folder in _folders(reports)]
    return pd.DataFrame(rows, columns=["run", "state", "begun", "pages", *map(str, State)])


def find_run(reports: Path, name: str) -> Path:
    """Return the folder of a run by its id or path; the one in the making, if there is one.

    Raises: UsageError for a run that is not there.
    """
    aside, given = RunPaths(reports, name).aside, Path(name)
    for folder in (aside, reports / name, given, aside.with_name(f".{given.name}{_PARTIAL}")):
        if (folder / LEDGER).is_file():
            return folder
    known = ", ".join(list_runs(reports)["run"].unique()) or "none"
    raise UsageError(Problem(name, f"there is no such run in {reports}", f"there are: {known}"))


def runs_to_remove(reports: Path, *, keep: int) -> list[Path]:
    """Return the former runs beyond the newest `keep` of each id, oldest first; never the run that stands.

    A link shares its content with others: what is removed frees only what no other run has.
    """
    found = []
    for of_one_id in sorted((reports / ARCHIVE).glob("*")):
        numbered = sorted(folder for folder in of_one_id.iterdir() if folder.name.isdigit())
        found += numbered[: max(0, len(numbered) - keep)]
    return found


def _folders(reports: Path) -> Iterator[Path]:
    for ledger in sorted(reports.glob(f"*/{LEDGER}")):
        if not ledger.parent.name.startswith(".") or ledger.parent.name.endswith(_PARTIAL):
            yield ledger.parent


def _row(folder: Path, reports: Path) -> dict[str, object]:
    run_id = folder.name.removeprefix(".").removesuffix(_PARTIAL)
    counts = pd.Series([str(entry.state) for entry in read_entries(folder).values()], dtype=str).value_counts()
    if folder.name.endswith(_PARTIAL):
        state = "being made" if is_being_made(reports, run_id) else "broken off"
    else:
        state = "some units failed" if counts.get(State.FAILED) else "whole"
    numbers = {str(one): int(counts.get(str(one), 0)) for one in State}
    pages = f"{sum(numbers[one] for one in FINISHED)} of {sum(numbers.values())}"
    return {"run": run_id, "state": state, "begun": read_facts(folder).get("made_at", ""), "pages": pages, **numbers}

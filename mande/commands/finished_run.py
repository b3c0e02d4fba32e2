"""The finished run that a command is about, by its folder or its id; for one in the making see `kept_runs.find_run`."""

from pathlib import Path

from mande.errors import Problem, UsageError
from mande.workspace import open_workspace


def find_finished_run(name: str, *, workspace: Path | None = None, output: Path | None = None) -> Path:
    """Return the folder of a finished run.

    Raises: UsageError if neither the folder nor a run of this id in the folder of the runs exists.
    """
    if (Path(name) / "run.json").is_file():
        return Path(name)
    reports = output or open_workspace(workspace).reports_folder
    if (reports / name / "run.json").is_file():
        return reports / name
    raise UsageError(Problem(name, f"there is no finished run of this name in {reports}", "see: mande status"))

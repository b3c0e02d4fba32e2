"""The run that a command is about: by its folder, or by its id."""

from pathlib import Path

from mande.errors import Problem, UsageError
from mande.workspace import open_workspace


def find_run(name: str, *, workspace: Path | None = None, output: Path | None = None) -> Path:
    """Return the folder of a finished run.

    Raises: UsageError if neither the folder nor a run of this id in the folder of the runs exists.
    """
    if (Path(name) / "run.json").is_file():
        return Path(name)
    reports = output or open_workspace(workspace).reports_folder
    if (reports / name / "run.json").is_file():
        return reports / name
    raise UsageError(Problem(name, f"there is no such run in {reports}", "see: mande status"))

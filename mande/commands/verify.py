"""`mande verify`: work the verdicts of a finished run out again and name every difference."""

from pathlib import Path
from typing import Annotated

import typer

from mande.commands.finished_run import find_finished_run
from mande.errors import DataError

EXAMPLE = "Example: mande verify reports/vn-children-2021-2030_mid-term_2024-12-31_province_vi"


def verify_command(
    run: Annotated[str, typer.Argument(help="Id or folder of a run; see: mande status")],
    workspace: Annotated[
        Path | None, typer.Option(help="Folder of the workspace; default: this folder or above")
    ] = None,
) -> None:
    """Recompute every verdict of a run from its own tables, and check its files against the manifest."""
    from mande.verify import verify_run

    folder = find_finished_run(run, workspace=workspace)
    problems = verify_run(folder)
    if problems:
        raise DataError(problems)
    print(f"{folder}: no difference; every verdict follows from the tables, every file has the hash of the manifest")


verify_command.__doc__ = f"{verify_command.__doc__}\n\nExit code 11 where something differs.\n\n{EXAMPLE}"

"""`mande prune`: remove former runs; nothing else ever removes a run."""

from pathlib import Path
from shutil import rmtree
from typing import Annotated

import typer

from mande.workspace import open_workspace

EXAMPLE = "Example: mande prune --keep 7 --yes"


def prune_command(
    keep: Annotated[int, typer.Option(min=0, help="How many former runs of each id to keep, the newest")],
    yes: Annotated[bool, typer.Option("--yes", help="Remove them; without it they are only named")] = False,
    workspace: Annotated[
        Path | None, typer.Option(help="Folder of the workspace; default: this folder or above")
    ] = None,
    output: Annotated[Path | None, typer.Option(help="Folder of the runs; default: reports/ of the workspace")] = None,
) -> None:
    """Remove former runs beyond the newest of each id. The run that stands is never removed."""
    from mande.running.kept_runs import runs_to_remove

    reports = output or open_workspace(workspace).reports_folder
    found = runs_to_remove(reports, keep=keep)
    for folder in found:
        print(f"{'removed' if yes else 'would be removed'}: {folder}")
        if yes:
            rmtree(folder)
    print(f"{len(found)} former runs{'' if yes or not found else '; add --yes to remove them'}")


prune_command.__doc__ = f"{prune_command.__doc__}\n\n{EXAMPLE}"

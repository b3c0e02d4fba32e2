"""`mande status`: how far runs are, and what became of each unit."""

from pathlib import Path
from typing import Annotated

import typer

from mande.workspace import open_workspace

EXAMPLE = "Example: mande status vn-children-2021-2030_mid-term_2024-12-31_province_vi --csv units.csv"


def status_command(
    run: Annotated[str | None, typer.Argument(help="Id or folder of a run; default: all runs of the folder")] = None,
    csv: Annotated[Path | None, typer.Option(help="Also write the whole table to this file")] = None,
    workspace: Annotated[
        Path | None, typer.Option(help="Folder of the workspace; default: this folder or above")
    ] = None,
    output: Annotated[Path | None, typer.Option(help="Folder of the runs; default: reports/ of the workspace")] = None,
) -> None:
    """Show the runs that stand, are being made or were broken off; of one run, what became of each unit."""
    from mande.commands.show_table import show_table
    from mande.running.kept_runs import find_run, list_runs
    from mande.running.ledger import entries_table, read_entries

    reports = output or open_workspace(workspace).reports_folder
    if run is None:
        table = list_runs(reports)
        if table.empty:
            print(f"no runs in {reports}")
        show_table(table, list(table.columns), csv)
        return
    entries = read_entries(find_run(reports, run))
    show_table(entries_table(entries.values()), ["unit", "state", "tries", "reason", "page"], csv)
    counts: dict[str, int] = {}
    for entry in entries.values():
        counts[entry.state] = counts.get(entry.state, 0) + 1
    print(", ".join(f"{n} {state}" for state, n in counts.items()))


status_command.__doc__ = f"{status_command.__doc__}\n\n{EXAMPLE}"

"""`mande export`: the Excel and Word files of a run."""

from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from mande.commands.finished_run import find_finished_run

EXAMPLE = """Examples:
mande export vn-children-2021-2030_mid-term_2024-12-31_province_vi_published
mande export vn-children-2021-2030_mid-term_2024-12-31_province_vi --unit 37 --format docx"""


class Format(StrEnum):
    """A kind of file that offices work with."""

    XLSX = "xlsx"
    DOCX = "docx"


def export_command(
    run: Annotated[str, typer.Argument(help="Id or folder of a run; see: mande status")],
    unit: Annotated[list[str] | None, typer.Option(help="Only the unit with this code; may be repeated")] = None,
    formats: Annotated[
        list[Format] | None, typer.Option("--format", help="xlsx or docx; may be repeated; default: both")
    ] = None,
    workspace: Annotated[
        Path | None, typer.Option(help="Folder of the workspace; default: this folder or above")
    ] = None,
    output: Annotated[Path | None, typer.Option(help="Folder of the runs; default: reports/ of the workspace")] = None,
) -> None:
    """Write a workbook and a Word brief for each unit of a run, and a workbook of all units, into its folder exports/."""
    from mande.exports import export_run

    folder = find_finished_run(run, workspace=workspace, output=output)
    made = export_run(folder, units=unit or (), formats=[str(one) for one in formats or list(Format)])
    print(f"{len(made)} files in {made[0].parent}")


export_command.__doc__ = f"{export_command.__doc__}\n\n{EXAMPLE}"

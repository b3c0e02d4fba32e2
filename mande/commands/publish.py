"""`mande publish`: hand over a published run, after an attack on everything that readers then have."""

from pathlib import Path
from typing import Annotated

import typer

from mande.commands.finished_run import find_finished_run

EXAMPLE = """Examples:
mande publish vn-children-2021-2030_mid-term_2024-12-31_province_vi_published --to /srv/www/reviews
mande publish vn-children-2021-2030_mid-term_2024-12-31_province_vi_published --audit"""


def publish_command(
    run: Annotated[str, typer.Argument(help="Id or folder of a published run; see: mande status")],
    to: Annotated[
        Path | None, typer.Option(help="Folder that readers see; it holds what was handed over before")
    ] = None,
    audit: Annotated[bool, typer.Option("--audit", help="Only look for counts that can be computed")] = False,
    workspace: Annotated[
        Path | None, typer.Option(help="Folder of the workspace; default: this folder or above")
    ] = None,
    output: Annotated[Path | None, typer.Option(help="Folder of the runs; default: reports/ of the workspace")] = None,
) -> None:
    """Copy a published run to a folder, if no small count can be computed from it and the runs that are there."""
    from mande.errors import Problem, UsageError
    from mande.indicators.disclosure.audit import name_cells, require_none
    from mande.indicators.disclosure.rule import Rule
    from mande.protection import audit_beside, read_info, read_published_run
    from mande.publishing.handover import copy_files, listed_files, require_published
    from mande.running.run_folder import run_folder

    if to is None and not audit:
        raise UsageError(Problem("--to", "no folder is named", "name the folder that readers see, or only --audit"))
    folder = find_finished_run(run, workspace=workspace, output=output)
    info = read_info(folder)
    require_published(folder, info)
    files = listed_files(folder)
    rule = Rule(int(info["disclosure"]["protected_up_to"]))
    exposed = audit_beside(read_published_run(folder), [to] if to else [folder.parent], rule)
    for name in name_cells(exposed):
        print(f"exposed: {name}")
    require_none(exposed)
    print(f"{folder.name}: nothing can be computed")
    if audit or to is None:
        return
    with run_folder(to, str(info["run_id"])) as target:
        copy_files(folder, target, files)
    print(to / str(info["run_id"]) / "index.html")


publish_command.__doc__ = f"{publish_command.__doc__}\n\n{EXAMPLE}"

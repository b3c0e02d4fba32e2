"""`mande init`: begin something of one's own."""

from pathlib import Path
from typing import Annotated

import typer

from mande.workspace import open_workspace

app = typer.Typer(
    no_args_is_help=True, rich_markup_mode=None, help="Begin a plan of your own from a commented example."
)


@app.callback()
def _begin() -> None:
    """Begin a plan of your own from a commented example."""


@app.command("programme")
def init_programme(
    name: Annotated[str, typer.Argument(help="Id of the new programme, such as an-giang-children-2026-2030")],
    workspace: Annotated[
        Path | None, typer.Option(help="Folder of the workspace; default: this folder or above")
    ] = None,
) -> None:
    """Write a commented example of a programme, ready to be changed; see docs/write-a-programme.md.

    Example: mande init programme an-giang-children-2026-2030

    Example: mande programmes init an-giang-children-2026-2030 (the same)
    """
    from mande.framework.template_folder import write_template

    print(write_template(open_workspace(workspace).programmes_folder, name))

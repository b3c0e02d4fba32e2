"""`mande mapping`: draft the description of a free table."""

from pathlib import Path
from typing import Annotated

import typer

from mande.errors import Problem, UsageError
from mande.workspace import open_workspace

EXAMPLE = "Example: mande mapping dan-so.xlsx --out data/mappings/dan-so.yaml"


def mapping_command(
    table: Annotated[Path, typer.Argument(help="Workbook or text table that no form and no mapping describes yet")],
    out: Annotated[Path | None, typer.Option(help="Write the draft to this new file; default: the screen")] = None,
    workspace: Annotated[
        Path | None, typer.Option(help="Folder of the workspace; default: this folder or above")
    ] = None,
) -> None:
    """Draft a mapping from a table: its header, columns and names; "?" stands where you have to say something."""
    from mande.commands.show_table import write_file
    from mande.sources.mapping_draft import draft_mapping
    from mande.sources.workbooks import read_sheets

    home = open_workspace(workspace)
    if out is not None and out.exists():
        raise UsageError(Problem(str(out), "the file exists already", "name another file, or remove it first"))
    draft = draft_mapping(table, read_sheets(table), home.places)
    if out is None:
        print(draft, end="")
        return
    write_file(out, draft.encode("utf-8"))
    print(f'{out}: {draft.count("# ?")} câu hỏi, thay mỗi dấu "?" / questions, replace each "?"')


mapping_command.__doc__ = f"{mapping_command.__doc__}\n\n{EXAMPLE}"

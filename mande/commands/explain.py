"""`mande explain`: the arithmetic of one verdict in words."""

from pathlib import Path
from typing import Annotated

import typer

from mande.commands.review import Lang
from mande.errors import Problem, UsageError
from mande.workspace import open_workspace

EXAMPLE = "Example: mande explain VN QD23-04a --programme vn-children-2021-2030 --stage mid-term --as-of 2024-12-31"


def explain_command(
    unit: Annotated[str, typer.Argument(help="Code of the unit; see: mande places find NAME")],
    target: Annotated[str, typer.Argument(help="Id of the target (QD23-03b), or its number on the page (3b)")],
    programme: Annotated[str | None, typer.Option(help="Id of the programme; see: mande programmes list")] = None,
    stage: Annotated[str | None, typer.Option(help="mid-term, end-term or annual")] = None,
    as_of: Annotated[str | None, typer.Option(help="Date of the review, YYYY-MM-DD")] = None,
    level: Annotated[str, typer.Option(help="nation, province, district or commune")] = "nation",
    run: Annotated[Path | None, typer.Option(help="Explain this finished run instead; default: the newest")] = None,
    lang: Annotated[Lang, typer.Option(help="Language")] = Lang.VI,
    workspace: Annotated[
        Path | None, typer.Option(help="Folder of the workspace; default: this folder or above")
    ] = None,
) -> None:
    """Print what a verdict was made of, with its numbers: of a review computed now, or of a finished run."""
    from mande.explain import explain_verdict
    from mande.reporting.run import Run, open_run

    asked = {"--programme": programme, "--stage": stage, "--as-of": as_of}
    missing = [name for name, value in asked.items() if value is None]
    if run is not None or len(missing) == len(asked):
        found = open_run(run or "")
    elif missing:
        raise UsageError([Problem(name, "not given", "give all three, or name a finished --run") for name in missing])
    else:
        home = open_workspace(workspace)
        review = home.review(programme, stage=stage, as_of=as_of, level=level)
        found = Run(Path(), review.describe(str(lang)), review.tables)
    for line in explain_verdict(found, unit, target, lang=str(lang)):
        print(line)


explain_command.__doc__ = f"{explain_command.__doc__}\n\n{EXAMPLE}"

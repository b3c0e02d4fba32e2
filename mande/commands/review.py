"""`mande review`: compute a review and make its pages."""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn, TimeRemainingColumn

from mande.errors import Problem, UnitsFailedError
from mande.workspace import open_workspace

EXAMPLE = "Example: mande review vn-children-2021-2030 --stage mid-term --as-of 2024-12-31 --level province"


class Lang(StrEnum):
    """Language of the pages."""

    VI = "vi"
    EN = "en"


def review_command(
    programme: Annotated[str, typer.Argument(help="Id of the programme; see: mande programmes list")],
    stage: Annotated[str, typer.Option(help="mid-term, end-term or annual")],
    as_of: Annotated[str, typer.Option(help="Date of the review, YYYY-MM-DD")],
    level: Annotated[str, typer.Option(help="nation, province, district or commune")] = "nation",
    unit: Annotated[list[str] | None, typer.Option(help="Only the unit with this code; may be repeated")] = None,
    lang: Annotated[Lang, typer.Option(help="Language of the pages")] = Lang.VI,
    workers: Annotated[int, typer.Option(min=1, max=64, help="Notebooks executed at once")] = 2,
    workspace: Annotated[
        Path | None, typer.Option(help="Folder of the workspace; default: this folder or above")
    ] = None,
    output: Annotated[Path | None, typer.Option(help="Folder for the run; default: reports/ of the workspace")] = None,
) -> None:
    """Compute a review for every unit of a level and make its pages."""
    from mande.review import compute_review
    from mande.running.site import failure_lines, make_site, plan_size

    started = time.monotonic()
    console = Console(stderr=True)
    home = open_workspace(workspace)
    review = compute_review(home, home.programme(programme), stage=stage, as_of=as_of, level=level, unit_codes=unit)
    console.print(
        f"tables computed for {len(review.units)} units in {time.monotonic() - started:.1f} s", highlight=False
    )
    with _progress(console, plan_size(review)) as report:
        site = make_site(home, review, lang=str(lang), workers=workers, reports=output, report=report)
    pages = sum(result.is_done for result in site.results)
    console.print(f"{pages} pages in {time.monotonic() - started:.0f} s", highlight=False)
    print(site.folder / "index.html")
    if site.failed:
        lines = failure_lines(site.failed, review.units)
        raise UnitsFailedError(
            [Problem(line, "page not made", "mend the cause, then run the same command again") for line in lines]
        )


review_command.__doc__ = f"{review_command.__doc__}\n\n{EXAMPLE}"


@contextmanager
def _progress(console: Console, total: int) -> Iterator:
    """Give a function that reports each result: a bar on a terminal, plain lines elsewhere."""
    if not console.is_terminal:
        done = 0

        def print_line(result) -> None:
            nonlocal done
            done += 1
            console.print(
                f"{done}/{total} {result.job.unit} {result.reason or 'done'}", highlight=False, soft_wrap=True
            )

        yield print_line
        return
    columns = (
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        TimeElapsedColumn(),
        TimeRemainingColumn(),
    )
    with Progress(*columns, console=console) as bar:
        task = bar.add_task("pages", total=total)

        def advance(result) -> None:
            bar.advance(task)
            if result.reason:
                bar.console.print(f"{result.job.unit}: {result.reason}", style="red", highlight=False)

        yield advance

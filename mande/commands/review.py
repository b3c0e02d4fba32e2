"""`mande review`: compute a review and make its pages."""

import time
from datetime import date
from enum import StrEnum
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer
from rich.console import Console

from mande.commands.export import Format
from mande.errors import Problem, UnitsFailedError
from mande.workspace import open_workspace

if TYPE_CHECKING:
    from collections.abc import Callable

    import pandas as pd

    from mande.protection import Protection
    from mande.running.pages import Orders
    from mande.running.site import Site
    from mande.running.workers import Workers
    from mande.workspace import Workspace

EXAMPLE = """Example:
mande review vn-children-2021-2030 --stage mid-term --as-of 2024-12-31 --level province
mande review vn-children-2021-2030 --stage annual --as-of 2024-12-31 --level district --changed --resume
mande review vn-children-2021-2030 --stage mid-term --as-of 2024-12-31 --level district --kind published \\
  --export xlsx --export docx"""


class Lang(StrEnum):
    """Language of the pages."""

    VI = "vi"
    EN = "en"


class Kind(StrEnum):
    """Whether the pages may be handed out."""

    INTERNAL = "internal"
    PUBLISHED = "published"


def review_command(
    programme: Annotated[str, typer.Argument(help="Id of the programme; see: mande programmes list")],
    stage: Annotated[str, typer.Option(help="mid-term, end-term or annual")],
    as_of: Annotated[str, typer.Option(help="Date of the review, YYYY-MM-DD; today: the day of the run")],
    level: Annotated[str, typer.Option(help="nation, province, district or commune")] = "nation",
    unit: Annotated[list[str] | None, typer.Option(help="Only the unit with this code; may be repeated")] = None,
    lang: Annotated[Lang, typer.Option(help="Language of the pages")] = Lang.VI,
    workers: Annotated[int, typer.Option(min=1, max=64, help="Notebooks executed at once")] = 2,
    dask: Annotated[
        str, typer.Option(help="Make the pages on a Dask cluster: address of its scheduler, or local")
    ] = "",
    resume: Annotated[bool, typer.Option("--resume", help="Take up a run that was broken off")] = False,
    changed: Annotated[
        bool, typer.Option("--changed", help="Make only the pages whose inputs have changed since the last run")
    ] = False,
    take_from: Annotated[
        Path | None, typer.Option(help="Take over unchanged pages of the runs below this folder, too")
    ] = None,
    mid_term_run: Annotated[
        Path | None, typer.Option(help="Run that an end-term review looks back on; default: the last one in reports/")
    ] = None,
    kind: Annotated[
        Kind, typer.Option(help="internal: all numbers; published: no child can be found, see docs/disclosure.md")
    ] = Kind.INTERNAL,
    protect_up_to: Annotated[
        int, typer.Option(min=2, help="Published runs: hide counts of children from 1 to this one")
    ] = 4,
    beside: Annotated[
        list[Path] | None, typer.Option(help="Published runs: folder of what was handed out before; may be repeated")
    ] = None,
    export: Annotated[
        list[Format] | None, typer.Option(help="Excel (xlsx) or Word (docx) files in the run; may be repeated")
    ] = None,
    time_limit: Annotated[int, typer.Option(min=1, help="Seconds that one notebook may take")] = 600,
    memory_limit: Annotated[int, typer.Option(min=500, help="Memory that one notebook may take, in MB")] = 4000,
    on_finish: Annotated[
        str, typer.Option(help="Command, or http(s) address, that is given the summary as JSON when the run has ended")
    ] = "",
    workspace: Annotated[
        Path | None, typer.Option(help="Folder of the workspace; default: this folder or above")
    ] = None,
    output: Annotated[Path | None, typer.Option(help="Folder for the run; default: reports/ of the workspace")] = None,
) -> None:
    """Compute a review for every unit of a level and make its pages."""
    from mande.commands.progress import show_progress, stopping_on_signals
    from mande.running.fingerprint import hash_workspace
    from mande.running.notebook_job import Limits
    from mande.running.notice import notice_of_end
    from mande.running.pages import Orders
    from mande.running.reuse import find_unchanged_run

    console = Console(stderr=True)
    home = open_workspace(workspace)
    day = date.today().isoformat() if as_of == "today" else as_of
    asked = {"programme": programme, "stage": stage, "as_of": day, "level": level, "lang": str(lang)}
    summary: dict = dict(asked)
    formats = tuple(sorted({str(one) for one in export or []}))
    made_as = {"kind": kind, "up_to": protect_up_to, "beside": sorted(map(str, beside or [])), "export": formats}
    with notice_of_end(on_finish, summary), stopping_on_signals(console):
        workspace_hash = hash_workspace(
            home, {**asked, "unit": sorted(unit or []), "mid_term_run": str(mid_term_run or ""), **made_as}
        )
        unchanged = find_unchanged_run(output or home.reports_folder, workspace_hash) if changed else None
        if unchanged is not None:
            console.print("nothing has changed: 0 pages made", highlight=False)
            summary |= {"folder": str(unchanged), "made": 0, "failed": {}}
            print(unchanged / "index.html")
            return
        orders = Orders(
            workers=_plan_workers(dask, workers, console),
            report=partial(show_progress, console=console),
            is_resumed=resume,
            is_changed_only=changed,
            take_from=take_from,
            units=tuple(unit or ()),
            limits=Limits(seconds=time_limit, memory_mb=memory_limit),
            workspace_hash=workspace_hash,
            formats=formats,
        )
        narrowed = {"unit_codes": unit, "mid_term_run": mid_term_run}
        protection = _protect(kind, protect_up_to, [output or home.reports_folder, *(beside or [])])
        site, review_units = _make(home, asked, orders, output, **narrowed, protection=protection)
        summary |= {"folder": str(site.folder), "made": site.made, "kept": site.kept, "failed": site.failed}
        _require_all(site, review_units)


review_command.__doc__ = f"{review_command.__doc__}\n\n{EXAMPLE}"


def _protect(kind: Kind, highest: int, folders: list[Path]) -> "Protection | None":
    if kind is Kind.INTERNAL:
        return None
    from mande.indicators.disclosure.rule import Rule
    from mande.protection import Protection

    return Protection(Rule(highest), tuple(folders))


def _make(
    home: "Workspace", asked: dict[str, str], orders: "Orders", output: Path | None, **narrowed: Any
) -> "tuple[Site, pd.DataFrame]":
    """Compute and make; say what was made in how long."""
    from mande.review import compute_review
    from mande.running.site import make_site

    console, started = Console(stderr=True), time.monotonic()
    review = compute_review(
        home,
        home.programme(asked["programme"]),
        stage=asked["stage"],
        as_of=asked["as_of"],
        level=asked["level"],
        **narrowed,
    )
    seconds = time.monotonic() - started
    console.print(f"tables computed for {len(review.units)} units in {seconds:.1f} s", highlight=False)
    site = make_site(home, review, orders, lang=asked["lang"], reports=output)
    kept = f", {site.kept} kept" if site.kept else ""
    console.print(f"{site.made} pages made{kept} in {time.monotonic() - started:.0f} s", highlight=False)
    _tell_hidden(review.disclosure, console)
    print(site.folder / "index.html")
    return site, review.units


def _tell_hidden(disclosure: "pd.DataFrame", console: Console) -> None:
    hidden = disclosure.groupby("what")["n_hidden"].sum() if len(disclosure) else {}
    for what in hidden.keys() if len(hidden) else ():
        text = {"values": "values not published", "verdicts": "verdicts lost for it"}[what]
        console.print(f"{hidden[what]} {text}", highlight=False)


def _require_all(site: "Site", units: "pd.DataFrame") -> None:
    from mande.running.site import failure_lines

    if site.failed:
        todo = "mend the cause, then run the same command again with --changed"
        raise UnitsFailedError([Problem(line, "page not made", todo) for line in failure_lines(site.failed, units)])


def _plan_workers(dask: str, size: int, console: Console) -> "Callable[[], Workers]":
    """Return what opens the workers; the warm parent of local ones imports while the tables are computed."""
    if not dask:
        from mande.running.workers import start_parent_aside

        start_parent_aside()
    return partial(_open_workers, dask, size, console)


def _open_workers(dask: str, size: int, console: Console) -> "Workers":
    if not dask:
        from mande.running.workers import LocalWorkers

        return LocalWorkers(size)
    from mande.running.dask_workers import DaskWorkers

    workers = DaskWorkers(dask, size=size)
    shown_at = f"; dashboard: {workers.dashboard}" if workers.dashboard else ""
    console.print(f"Dask: {workers.size} pages at once{shown_at}", highlight=False, soft_wrap=True)
    return workers

"""`mande schedule`: write the files by which systemd, cron, Airflow or Kubernetes runs a review in time."""

import shutil
import sys
from datetime import date
from pathlib import Path
from typing import Annotated

import typer

from mande.commands.review import Lang
from mande.errors import Problem, UsageError
from mande.workspace import open_workspace

EXAMPLE = """Examples:
mande schedule vn-children-2021-2030 --stage annual --level province --to schedules
mande schedule vn-children-2021-2030 --stage mid-term --as-of 2025-12-31 --level district --nightly --to schedules"""


def schedule_command(
    programme: Annotated[str, typer.Argument(help="Id of the programme; see: mande programmes list")],
    to: Annotated[Path, typer.Option(help="Folder for the files")],
    stage: Annotated[str, typer.Option(help="mid-term, end-term or annual")] = "annual",
    as_of: Annotated[str, typer.Option(help="Date of the review, YYYY-MM-DD; today: the day of each run")] = "today",
    level: Annotated[str, typer.Option(help="nation, province, district or commune")] = "nation",
    nightly: Annotated[bool, typer.Option("--nightly", help="Every night, not only before deadlines")] = False,
    on: Annotated[list[str] | None, typer.Option(help="On this day of each year, MM-DD; may be repeated")] = None,
    lead_days: Annotated[int, typer.Option(min=0, max=180, help="Days before each deadline")] = 14,
    at: Annotated[str, typer.Option(help="Time of day, HH:MM")] = "01:00",
    zone: Annotated[str, typer.Option(help="Time zone")] = "Asia/Ho_Chi_Minh",
    workers: Annotated[int, typer.Option(min=1, max=64, help="Notebooks executed at once")] = 2,
    lang: Annotated[Lang, typer.Option(help="Language of the pages")] = Lang.VI,
    on_finish: Annotated[str, typer.Option(help="Command or address that is given the summary of each run")] = "",
    workspace: Annotated[
        Path | None, typer.Option(help="Folder of the workspace; default: this folder or above")
    ] = None,
) -> None:
    """Write a schedule for systemd, cron, Airflow and Kubernetes: before the programme's half-yearly and yearly deadlines."""
    from mande.review import read_date, read_level, read_stage
    from mande.running.run_folder import write_whole
    from mande.running.schedule import Schedule, read_days, read_time, run_days
    from mande.running.schedule_files import schedule_files
    from mande.units import select_units

    home = open_workspace(workspace)
    known, of_level = home.programme(programme), read_level(level)
    day = date.today() if as_of == "today" else read_date(as_of)
    days = read_days(on or [])
    if not nightly and not days:
        days = run_days(known, year=day.year, level=of_level, lead_days=lead_days)
    words = ["--stage", str(read_stage(stage)), "--as-of", as_of, "--level", level, "--lang", str(lang)]
    ends = ["--workers", str(workers), "--changed", "--resume"]
    schedule = Schedule(
        name=f"mande-{programme}-{stage}-{level}",
        command=(_program(), "review", programme, *words, *ends),
        folder=str(home.root),
        days=() if nightly else days,
        at=read_time(at),
        zone=_known_zone(zone),
        notice=("--on-finish", on_finish) if on_finish else (),
        units=tuple(select_units(home.places, known, as_of=day, level=of_level)["place_code"]),
    )
    for name, content in schedule_files(schedule).items():
        write_whole(to / name, content)
        print(to / name)


schedule_command.__doc__ = f"{schedule_command.__doc__}\n\n{EXAMPLE}"


def _program() -> str:
    """Return the path of this program, as a scheduler has another search path than a terminal."""
    beside = Path(sys.executable).with_name("mande")
    return str(beside) if beside.is_file() else shutil.which("mande") or "mande"


def _known_zone(name: str) -> str:
    from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

    try:
        ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError):
        raise UsageError(Problem("--zone", f'"{name}" is no time zone', "write it as Asia/Ho_Chi_Minh")) from None
    return name

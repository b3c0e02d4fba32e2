"""`mande calendar`: who reports what to whom by which day, for one unit and year."""

from datetime import date
from pathlib import Path
from typing import Annotated

import typer

from mande.commands.review import Lang
from mande.errors import Problem, UsageError
from mande.workspace import open_workspace

EXAMPLE = "Example: mande calendar --unit 01 --year 2025 --ics deadlines.ics"


def calendar_command(
    unit: Annotated[str, typer.Option(help="Code of the unit; see: mande places find NAME")],
    year: Annotated[int, typer.Option(help="Year of the deadlines", min=1990, max=2100)],
    programme: Annotated[str | None, typer.Option(help="Only this programme; default: all that bind the unit")] = None,
    ics: Annotated[Path | None, typer.Option(help="Also write the dated deadlines as an iCalendar file")] = None,
    csv: Annotated[Path | None, typer.Option(help="Also write the whole table, with citations, to this file")] = None,
    lang: Annotated[Lang, typer.Option(help="Language of the table and of the calendar file")] = Lang.VI,
    workspace: Annotated[
        Path | None, typer.Option(help="Folder of the workspace; default: this folder or above")
    ] = None,
) -> None:
    """Show who reports what to whom by which day of a year, under every programme that binds a unit."""
    import pandas as pd

    from mande.commands.show_table import show_table, write_file
    from mande.commitments import binding_in_year, ended_in_year
    from mande.framework.calendar import deadlines, to_icalendar

    home = open_workspace(workspace)
    known = [home.programme(programme)] if programme else list(home.programmes.values())
    level, bound = binding_in_year(known, home.places, unit, year=year)
    if not bound:
        found = f"no programme binds {unit} in {year}"
        raise UsageError(Problem(programme or "--unit", found, "see: mande programmes list"))
    table = pd.concat([deadlines(one, year=year, level=level) for one in bound], ignore_index=True)
    table = table.sort_values("last_date", kind="stable", na_position="last", ignore_index=True)
    shown = ["last_date", f"rule_{lang}", f"report_{lang}", f"reporter_{lang}", f"recipient_{lang}", "document"]
    show_table(table, shown, csv)
    dated = int(table["last_date"].notna().sum())
    ended = ended_in_year(home.places, unit, year)
    if ended is not None:
        print(f"note: {ended}")
    print(f"{unit}, {year}: {len(table)} reports, {dated} with a day; programmes: {', '.join(one.id for one in bound)}")
    if ics is not None:
        write_file(ics, to_icalendar(table, lang=lang, stamp=date.today()))
        print(f"{ics}: {dated} deadlines with a day")


calendar_command.__doc__ = f"{calendar_command.__doc__}\n\n{EXAMPLE}"

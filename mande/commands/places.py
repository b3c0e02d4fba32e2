"""`mande places`: find a place, its history, the places of a date, and what became of what."""

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich.console import Console
from rich.table import Table

from mande.errors import Problem, UsageError
from mande.workspace import open_workspace

if TYPE_CHECKING:
    import pandas as pd

    from mande.places.register import Register

WIDTH_IN_A_FILE = 160
ROWS_ON_SCREEN = 60
"""Longer tables are cut on the screen; the CSV file holds them whole."""

app = typer.Typer(
    invoke_without_command=True,
    no_args_is_help=True,
    rich_markup_mode=None,
    help="Provinces, districts and communes through time: names, codes, changes.",
)

Workspace = Annotated[
    Path | None, typer.Option("--workspace", help="Folder of the workspace; default: this folder or above")
]
Csv = Annotated[Path | None, typer.Option("--csv", help="Write the whole table to this file")]
LevelOption = Annotated[str | None, typer.Option("--level", help="nation, region, province, district or commune")]
DateOption = Annotated[str | None, typer.Option("--at", help="Only what existed on this day, YYYY-MM-DD")]

PLACE_COLUMNS = ["level", "place_code", "name_official", "parent_code", "parent", "valid_from", "valid_to"]
HISTORY_COLUMNS = ["level", "place_code", "name_official", "name_en", "parent", "valid_from", "valid_to", "act"]
CHANGE_COLUMNS = ["change_date", "change", "from", "to", "part", "date_basis", "act", "note"]
CROSSWALK_COLUMNS = ["from_code", "from_name", "to_code", "to_name", "kind", "share", "confidence"]


FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r")
"""A spreadsheet takes a cell that begins so for a formula; an apostrophe before it makes it text."""


@app.callback()
def answer_options(
    context: typer.Context,
    at: Annotated[str | None, typer.Option("--at", help="List the places of this day, as `places list`")] = None,
    between: Annotated[
        tuple[str, str] | None,
        typer.Option("--crosswalk", metavar="FROM TO", help="Relate the units of two days, as `places crosswalk`"),
    ] = None,
    level: LevelOption = None,
    workspace: Workspace = None,
    csv: Csv = None,
) -> None:
    """Provinces, districts and communes through time: names, codes, changes."""
    if context.invoked_subcommand is not None:
        return
    if between is not None:
        show_crosswalk(*between, level=level or "province", workspace=workspace, csv=csv)
    elif at is not None:
        list_places(at, workspace=workspace, level=level, csv=csv)
    else:
        raise UsageError(Problem("mande places", "no question was asked", "see: mande places --help"))


@app.command("find")
def find_place(
    name: Annotated[str, typer.Argument(help="A name as people write it, with or without marks")],
    workspace: Workspace = None,
    at: DateOption = None,
    level: LevelOption = None,
    csv: Csv = None,
) -> None:
    """Find the codes of a name, at any time or at one date; the likeliest when none is spelt so.

    Example: mande places find "quan 7" --at 2020-12-31
    """
    from mande.places.suggestions import find_places

    register = open_workspace(workspace).places
    found = find_places(register, name, date=at, level=level)
    if found.empty:
        raise UsageError(Problem(name, "no place has a name like it", "try fewer words, or the name without marks"))
    _show(_with_parents(register, found), PLACE_COLUMNS, csv)


@app.command("show")
def show_place(
    place: Annotated[str, typer.Argument(help="Code of the place, for example 24, or a name that only one code has")],
    workspace: Workspace = None,
    level: LevelOption = None,
    csv: Csv = None,
) -> None:
    """Show the history of a code: names, parents, what it was made of and what became of it, with dates and acts.

    With --csv the history goes to the file, and the changes to a second one beside it.

    Example: mande places show 769
    """
    import pandas as pd

    from mande.places.changes import history, predecessors, successors

    register = open_workspace(workspace).places
    place_code = _code_of(register, place, level)
    known = history(register, place_code)
    known = known[known["level"] == level] if level else known
    if known.empty:
        register.get(place_code, register.places["valid_from"].max(), level)
    _show(_with_parents(register, known).rename(columns={"legal_reference": "act"}), HISTORY_COLUMNS, csv)
    sides = [
        side(register, place_code, level=lived)
        for lived in known["level"].unique()
        for side in (predecessors, successors)
    ]
    changes = pd.concat(sides).drop_duplicates().sort_values(["change_date", "from_code", "to_code"])
    named = _with_names(register, changes).rename(columns={"legal_reference": "act"})
    _show(named, CHANGE_COLUMNS, csv.with_stem(f"{csv.stem}_changes") if csv else None)


@app.command("list")
def list_places(
    at: Annotated[str, typer.Option("--at", help="The day, YYYY-MM-DD")],
    workspace: Workspace = None,
    level: LevelOption = None,
    csv: Csv = None,
) -> None:
    """List the places that existed on a day.

    Example: mande places list --at 2025-07-01 --level province
    """
    register = open_workspace(workspace).places
    _show(_with_parents(register, register.at(at, level)), PLACE_COLUMNS, csv)


@app.command("crosswalk")
def show_crosswalk(
    from_date: Annotated[str, typer.Argument(help="Day of the units you have, YYYY-MM-DD")],
    to_date: Annotated[str, typer.Argument(help="Day of the units you want, earlier or later")],
    level: Annotated[str, typer.Option("--level", help="nation, region, province, district or commune")] = "province",
    workspace: Workspace = None,
    csv: Csv = None,
) -> None:
    """Show which units of one date are which units of another: whole, split (with the stated share) or unmatched.

    Example: mande places crosswalk 2024-12-31 2025-12-31 --level province
    """
    from mande.places.crosswalk import crosswalk
    from mande.places.shares import shares_for

    register = open_workspace(workspace).places
    table = crosswalk(register, level, from_date, to_date, shares=shares_for(register.shares, ""))
    names = [register.at(day, level).set_index("place_code")["name_official"] for day in (from_date, to_date)]
    table = table.assign(from_name=table["from_code"].map(names[0]), to_name=table["to_code"].map(names[1]))
    _show(table, CROSSWALK_COLUMNS, csv)
    counts = table.drop_duplicates("from_code")["kind"].value_counts()
    print(", ".join(f"{count} {kind}" for kind, count in counts.items()))


def _code_of(register: "Register", place: str, level: str | None) -> str:
    """Take a code as it is; of a name, the code, if it is spelt so and has only one."""
    from mande.places.suggestions import find_places

    if register.places["place_code"].eq(place).any() or place.isdecimal():
        return place
    found = find_places(register, place, level=level)
    exact = found[found["likeness"] >= 100].drop_duplicates(["level", "place_code"])
    if len(exact) == 1:
        return str(exact["place_code"].iloc[0])
    said = [
        f"{row.place_code} {row.name_official} ({row.level})" for row in (exact if len(exact) else found).itertuples()
    ]
    problem = f"means {len(exact)} places" if len(exact) else "is no place code and no name of a place"
    todo = f"state the code: {', '.join(said[:10])}" if said else "look it up with `mande places find NAME`"
    raise UsageError(Problem(place, problem, todo))


def _with_parents(register: "Register", table: "pd.DataFrame") -> "pd.DataFrame":
    """Add the name that the place above had when the place began."""
    import pandas as pd

    above = register.places[["place_code", "name_official", "valid_from"]].sort_values("valid_from")
    above = above.rename(columns={"place_code": "parent_code", "name_official": "parent"})
    rows = table.reset_index(drop=True).reset_index(names="_row").sort_values("valid_from")
    named = pd.merge_asof(rows, above, on="valid_from", by="parent_code").sort_values("_row")
    return named.drop(columns="_row").reset_index(drop=True)


def _with_names(register: "Register", changes: "pd.DataFrame") -> "pd.DataFrame":
    """Write the names of the day before and of the day of each change beside the codes."""
    import pandas as pd

    def name(code: str, day: pd.Timestamp, level: str) -> str:
        return f"{code} {register.get(code, day, level).name_official}" if code else "–"

    days = changes["change_date"]
    before = zip(changes["from_code"], days - pd.Timedelta(days=1), changes["level"], strict=True)
    after = zip(changes["to_code"], days, changes["level"], strict=True)
    return changes.assign(**{"from": [name(*key) for key in before], "to": [name(*key) for key in after]})


def _show(table: "pd.DataFrame", columns: list[str], csv: Path | None) -> None:
    if csv is not None:
        _write(table, csv)
        return
    shown = Table(show_edge=False)
    for column in columns:
        shown.add_column(column, overflow="fold")
    for row in table[columns].head(ROWS_ON_SCREEN).itertuples(index=False):
        shown.add_row(*("" if str(cell) in ("NaT", "nan") else str(cell).removesuffix(" 00:00:00") for cell in row))
    width = None if sys.stdout.isatty() else WIDTH_IN_A_FILE
    if len(table):
        Console(highlight=False, markup=False, width=width).print(shown)
    if len(table) > ROWS_ON_SCREEN:
        print(f"{len(table)} rows, {ROWS_ON_SCREEN} shown; --csv FILE writes all")


def _as_text(cell: object) -> object:
    return f"'{cell}" if isinstance(cell, str) and cell.startswith(FORMULA_STARTS) else cell


def _write(table: "pd.DataFrame", path: Path) -> None:
    try:
        table.map(_as_text).to_csv(path, index=False, encoding="utf-8-sig")
    except OSError as error:
        raise UsageError(Problem(str(path), f"cannot be written ({error.strerror})", "name another file")) from error
    print(f"{path}: {len(table)} rows")

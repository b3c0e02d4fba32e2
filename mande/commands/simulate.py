"""`mande simulate`: made-up submissions with a known truth, to try out what reads, checks and judges them."""

from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from mande.commands.out_folder import make_folder
from mande.errors import Problem, UsageError
from mande.workspace import open_workspace

EXAMPLE = (
    "Example: mande simulate vn-children-2021-2030 --level district --as-of 2021-12-31 --periods 2020 2021 "
    "--seed 7 --errors 0.02 --as forms"
)
CONTEXT = {"allow_extra_args": True}
"""Lets several periods follow --periods, as one types them."""


class Layout(StrEnum):
    """What the files look like."""

    FORMS = "forms"
    TIDY = "tidy"


def simulate_command(
    context: typer.Context,
    programme: Annotated[str, typer.Argument(help="Id of the programme; see: mande programmes list")],
    as_of: Annotated[str, typer.Option(help="Day on which the units exist, YYYY-MM-DD")],
    periods: Annotated[list[str], typer.Option(help="One or several periods, such as 2020 2021")],
    level: Annotated[str, typer.Option(help="nation, province, district or commune")] = "province",
    unit: Annotated[list[str] | None, typer.Option(help="Only the unit with this code; may be repeated")] = None,
    seed: Annotated[int, typer.Option(min=0, help="The same seed gives the same data")] = 1,
    errors: Annotated[float, typer.Option(min=0, max=0.5, help="Share of cells and of files with a mistake")] = 0.02,
    layout: Annotated[Layout, typer.Option("--as", help="Filled-in forms or tidy CSV files")] = Layout.FORMS,
    with_parents: Annotated[bool, typer.Option(help="The places above send the sums of their units, too")] = False,
    workers: Annotated[int, typer.Option(min=1, max=64, help="Processes that write forms")] = 2,
    workspace: Annotated[
        Path | None, typer.Option(help="Folder of the workspace; default: this folder or above")
    ] = None,
    out: Annotated[Path | None, typer.Option(help="Folder; default: reports/simulated/PROGRAMME_SEED")] = None,
) -> None:
    """Write seeded made-up submissions with a known truth and known mistakes; all of it is marked as made up."""
    from mande.form_plan import add_parents, plan_forms
    from mande.sources.simulate.simulated_files import write_simulation
    from mande.sources.simulate.simulation import simulate

    home = open_workspace(workspace)
    wanted = [*periods, *context.args]
    plan = plan_forms(home, programme, level=level, as_of=as_of, periods=wanted, unit_codes=unit, is_made_up=True)
    parents = {}
    if with_parents:
        plan, parents = add_parents(home, plan, as_of=as_of)
    folder = make_folder(out or home.reports_folder / "simulated" / f"{programme}_{seed}")
    if any(folder.iterdir()):
        raise UsageError(Problem(str(folder), "the folder is not empty", "name a new folder with --out"))
    made = simulate(plan.programme, plan.forms, seed=seed, rate=errors, layout=layout.value, parents=parents)
    n_files = write_simulation(made, folder, workers=workers)
    print(f"{folder}: {n_files} made-up files of {len(plan.units)} units, {len(made.injected)} known mistakes")


simulate_command.__doc__ = f"{simulate_command.__doc__}\n\n{EXAMPLE}"

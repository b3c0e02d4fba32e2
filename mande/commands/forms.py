"""`mande forms`: blank Excel forms for the units to fill in."""

from pathlib import Path
from typing import Annotated

import typer

from mande.commands.out_folder import make_folder
from mande.workspace import open_workspace

EXAMPLE = "Example: mande forms vn-children-2021-2030 --level district --as-of 2024-12-31 --period 2024"


def forms_command(
    programme: Annotated[str, typer.Argument(help="Id of the programme; see: mande programmes list")],
    as_of: Annotated[str, typer.Option(help="Day on which the units exist, YYYY-MM-DD")],
    period: Annotated[list[str], typer.Option(help="2024, 2024-06 or 2024-01/2024-06; may be repeated")],
    level: Annotated[str, typer.Option(help="nation, province, district or commune")] = "province",
    unit: Annotated[list[str] | None, typer.Option(help="Only the unit with this code; may be repeated")] = None,
    workspace: Annotated[
        Path | None, typer.Option(help="Folder of the workspace; default: this folder or above")
    ] = None,
    out: Annotated[Path | None, typer.Option(help="Folder for the forms; default: reports/forms/PROGRAMME")] = None,
) -> None:
    """Write one Excel form per unit and period, ready to send."""
    from mande.form_plan import plan_forms
    from mande.sources.forms.form_writer import write_form

    home = open_workspace(workspace)
    plan = plan_forms(home, programme, level=level, as_of=as_of, periods=period, unit_codes=unit)
    folder = make_folder(out or home.reports_folder / "forms" / programme)
    for form in plan.forms:
        write_form(form, folder / form.file_name)
    print(f"{folder}: {len(plan.forms)} forms, {len(plan.units)} units")
    if plan.not_asked:
        print(f"not asked (in words, by survey, or left out in programmes/forms.yaml): {', '.join(plan.not_asked)}")


forms_command.__doc__ = f"{forms_command.__doc__}\n\n{EXAMPLE}"

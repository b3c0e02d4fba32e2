"""`mande verify`: work the verdicts of a finished run out again and name every difference."""

from pathlib import Path
from typing import Annotated

import typer

from mande.errors import DataError

EXAMPLE = "Example: mande verify reports/vn-children-2021-2030_mid-term_2024-12-31_province_vi"


def verify_command(
    run: Annotated[Path, typer.Argument(help="Folder of the run")],
) -> None:
    """Recompute every verdict of a run from its own tables, and check its files against the manifest."""
    from mande.verify import verify_run

    problems = verify_run(run)
    if problems:
        raise DataError(problems)
    print(f"{run}: no difference; every verdict follows from the tables, every file has the hash of the manifest")


verify_command.__doc__ = f"{verify_command.__doc__}\n\nExit code 11 where something differs.\n\n{EXAMPLE}"

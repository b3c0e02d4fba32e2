"""Write a check as a folder that can be sent and opened anywhere: the whole's page, a page and a workbook per unit."""

import json
import os
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING

import pandas as pd

from mande.errors import Problem, UnitsFailedError, UsageError
from mande.intake_check import IntakeCheck
from mande.reporting.check_report import CHECK_FILE, CheckView, page_name
from mande.reporting.check_workbook import check_workbook
from mande.reporting.wording import wording
from mande.running.notebook_job import Job, Page, attempt_page

if TYPE_CHECKING:
    from mande.workspace import Workspace

NOTEBOOK = "02_data_quality.ipynb"


def write_check(workspace: "Workspace", checked: IntakeCheck, folder: Path, *, lang: str) -> Path:
    """Write `index.html` (made by the notebook), `check.xlsx`, `units/CODE.html`, `units/CODE.xlsx` and `tables/`.

    Returns the path of the first page. A file of an earlier check in the folder is replaced; pages of units of which
    nothing is known any more are left as they are.
    Raises: UsageError where the folder cannot be written; UnitsFailedError where the notebook fails.
    """
    info = checked.describe(lang)
    try:
        for name in ("tables", "units"):
            (folder / name).mkdir(parents=True, exist_ok=True)
        files = {CHECK_FILE: json.dumps(info, ensure_ascii=False).encode()}
        files |= {f"tables/{name}.parquet": table.to_parquet(index=False) for name, table in checked.tables.items()}
        files["check.xlsx"] = check_workbook(checked.tables, info, lang)
        _write(folder, files)
        for code, own in _by_unit(checked):
            _write(folder, _unit_files(code, own, info, lang))
        _write(folder, {"index.html": _whole_page(workspace, files, lang).html.encode()})
    except OSError as error:
        found = f"cannot be written ({error.strerror or error})"
        raise UsageError(Problem(str(folder), found, "name another folder")) from None
    return folder / "index.html"


def _by_unit(checked: IntakeCheck) -> list[tuple[str, IntakeCheck]]:
    """Cut all tables once by unit."""
    return [(code, checked.of_unit(code)) for code in checked.units["place_code"]]


def _unit_files(code: str, own: IntakeCheck, info: Mapping[str, object], lang: str) -> dict[str, bytes]:
    view = CheckView(info, own.tables, lang, code)
    name = f"units/{page_name(code)}"
    return {f"{name}.html": view.page().encode(), f"{name}.xlsx": check_workbook(own.tables, info, lang)}


def _whole_page(workspace: "Workspace", files: Mapping[str, bytes], lang: str) -> Page:
    """Execute the notebook on the tables just written and return its page."""
    needed = {name: content for name, content in files.items() if name == CHECK_FILE or name.startswith("tables/")}
    job = Job(
        unit="check",
        notebook=(workspace.notebooks_folder / NOTEBOOK).read_text(encoding="utf-8"),
        parameters={"check": "..", "lang": lang},
        page="index.html",
        executed=f"notebooks/{NOTEBOOK}",
        title=wording(lang).say("check.title"),
        lang=lang,
    )
    made = attempt_page(job, needed)
    if isinstance(made, Page):
        return made
    raise UnitsFailedError(Problem(NOTEBOOK, made.reason, "mend the cause, then run the same command again"))


def _write(folder: Path, files: Mapping[str, bytes]) -> None:
    for name, content in files.items():
        path = folder / name
        part = path.with_name(f".{path.name}.part")
        part.write_bytes(content)
        os.replace(part, path)


def spreadsheet_safe(table: pd.DataFrame) -> pd.DataFrame:
    """Return a table in which no text begins as a formula does: an apostrophe makes it text in every spreadsheet."""
    texts = table.select_dtypes(include=["str", "object"]).columns
    escaped = {name: table[name].map(_as_text) for name in texts}
    return table.assign(**escaped)


def _as_text(cell: object) -> object:
    return f"'{cell}" if isinstance(cell, str) and cell.startswith(("=", "+", "-", "@", "\t", "\r")) else cell

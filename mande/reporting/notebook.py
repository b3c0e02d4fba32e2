"""From an executed notebook to a page: no code, nothing loaded from elsewhere, and never a page with an error in it."""

import ast
import json
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any

from jinja2 import Template

from mande.errors import MandeError, Problem, UsageError
from mande.reporting.fragments import style_sheet, template
from mande.reporting.wording import wording

ANALYST_ONLY = "analyst-only"
"""Cells with this tag are for whoever opens the notebook; the page leaves them out."""

PARAMETERS = "parameters"


Notebook = Mapping[str, Any]
"""A notebook as its JSON says, or as nbformat opens it."""


def declared_parameters(notebook: Path | str | Notebook) -> dict[str, Any]:
    """Return the parameters that a notebook declares, with their defaults.

    *Raises* UsageError when no cell has the tag `parameters`, or when it holds more than plain assignments.
    """
    is_open = isinstance(notebook, Mapping)
    found = notebook if is_open else json.loads(Path(notebook).read_text(encoding="utf-8"))
    where = "the notebook" if is_open else str(notebook)
    cells = [cell for cell in found["cells"] if cell["cell_type"] == "code" and PARAMETERS in tags_of(cell)]
    if len(cells) != 1:
        raise UsageError(
            Problem(where, f"{len(cells)} cells have the tag {PARAMETERS!r}", "tag exactly one code cell with it")
        )
    return _assignments("".join(cells[0]["source"]), where)


def check_parameters(given: Mapping[str, Any], declared: Mapping[str, Any]) -> None:
    """Refuse parameters that the notebook does not declare: papermill only logs them.

    *Raises* UsageError with every unknown name.
    """
    unknown = sorted(set(given) - set(declared))
    if unknown:
        known = ", ".join(sorted(declared)) or "none"
        raise UsageError(
            [
                Problem(name, "the notebook does not declare this parameter", f"declared are: {known}")
                for name in unknown
            ]
        )


def render(executed_notebook: Notebook, *, title: str, lang: str) -> str:
    """Return the page of an executed notebook: what its cells show, in the order of the cells.

    *Raises* MandeError when a cell failed or did not run: such a notebook is no report.
    """
    _require_whole(executed_notebook)
    return _page().render(nb=executed_notebook, resources={"title": title, "lang": lang})


@cache
def _page() -> Template:
    """Keep the template with what all pages share.

    Not by an exporter of nbconvert: it copies and checks the notebook a dozen times to no use here.
    """
    shared = {"style": style_sheet(), "wording": wording, "analyst_only": ANALYST_ONLY}
    return template("page.html.j2", **shared)


def _require_whole(notebook: Notebook) -> None:
    problems = []
    for number, cell in enumerate(notebook["cells"], start=1):
        if cell["cell_type"] != "code":
            continue
        errors = [output for output in cell["outputs"] if output["output_type"] == "error"]
        if errors:
            found = f"{errors[0]['ename']}: {errors[0]['evalue']}"
            problems.append(Problem(f"cell {number}", found, "mend the cause, run again"))
        elif "".join(cell["source"]).strip() and cell["execution_count"] is None:
            problems.append(Problem(f"cell {number}", "it did not run", "execute the whole notebook"))
    if problems:
        raise MandeError(problems)


def tags_of(cell: Mapping[str, Any]) -> list[str]:
    """Return the tags of a cell."""
    return cell["metadata"].get("tags", [])


def _assignments(source: str, where: str) -> dict[str, Any]:
    declared = {}
    for statement in ast.parse(source).body:
        try:
            (target,) = statement.targets  # type: ignore[attr-defined]
            declared[target.id] = ast.literal_eval(statement.value)  # type: ignore[attr-defined]
        except (AttributeError, ValueError):
            raise UsageError(
                Problem(where, f"the parameters cell has {ast.unparse(statement)!r}", "write only name = value in it")
            ) from None
    return declared

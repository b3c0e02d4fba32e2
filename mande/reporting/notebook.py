"""From an executed notebook to a page: no code, nothing loaded from elsewhere, and never a page with an error in it."""

import ast
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any

import nbformat
from nbconvert.exporters import TemplateExporter
from nbformat import NotebookNode

from mande.errors import MandeError, Problem, UsageError
from mande.reporting.fragments import TEMPLATES, style_sheet
from mande.reporting.wording import wording

ANALYST_ONLY = "analyst-only"
"""Cells with this tag are for whoever opens the notebook; the page leaves them out."""

PARAMETERS = "parameters"


def declared_parameters(notebook: Path | str | NotebookNode) -> dict[str, Any]:
    """Return the parameters that a notebook declares, with their defaults.

    *Raises* UsageError when no cell has the tag `parameters`, or when it holds more than plain assignments.
    """
    is_open = isinstance(notebook, NotebookNode)
    found = notebook if is_open else nbformat.read(notebook, as_version=4)
    where = "the notebook" if is_open else str(notebook)
    cells = [cell for cell in found.cells if cell.cell_type == "code" and PARAMETERS in _tags(cell)]
    if len(cells) != 1:
        raise UsageError(
            Problem(where, f"{len(cells)} cells have the tag {PARAMETERS!r}", "tag exactly one code cell with it")
        )
    return _assignments(cells[0].source, where)


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


def render(executed_notebook: NotebookNode, *, title: str, lang: str) -> str:
    """Return the page of an executed notebook: what its cells show, in the order of the cells.

    *Raises* MandeError when a cell failed or did not run: such a notebook is no report.
    """
    _require_whole(executed_notebook)
    page, _ = _exporter().from_notebook_node(executed_notebook, {"title": title, "lang": lang})
    return page


@cache
def _exporter() -> TemplateExporter:
    """Keep one exporter: making it costs more than rendering a page.

    The plain TemplateExporter, not the HTML one: that parses the finished page once more to no use here.
    """
    exporter = TemplateExporter(
        template_file="page.html.j2",
        template_paths=[str(TEMPLATES)],
        extra_template_basedirs=[str(TEMPLATES)],
        file_extension=".html",
    )
    exporter.environment.autoescape = True
    exporter.environment.globals.update(style=style_sheet(), wording=wording, analyst_only=ANALYST_ONLY)
    return exporter


def _require_whole(notebook: NotebookNode) -> None:
    problems = []
    for number, cell in enumerate(notebook.cells, start=1):
        if cell.cell_type != "code":
            continue
        errors = [output for output in cell.outputs if output.output_type == "error"]
        if errors:
            problems.append(
                Problem(f"cell {number}", f"{errors[0].ename}: {errors[0].evalue}", "mend the cause, run again")
            )
        elif cell.source.strip() and cell.execution_count is None:
            problems.append(Problem(f"cell {number}", "it did not run", "execute the whole notebook"))
    if problems:
        raise MandeError(problems)


def _tags(cell: NotebookNode) -> list[str]:
    return cell.metadata.get("tags", [])


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

"""From notebook to page: parameters are checked, errors are no pages, code is not shown; the notebooks are thin."""

import ast
import json
import re
from pathlib import Path

import nbformat
import pytest
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook, new_output

from mande.errors import MandeError, UsageError
from mande.reporting.notebook import check_parameters, declared_parameters, render

ROOT = Path(__file__).parents[2]
NOTEBOOKS = {
    "01_framework_review.ipynb": ["programme", "other", "as_of", "lang", "run"],
    "03_unit_review.ipynb": ["programme", "stage", "as_of", "unit", "lang", "run"],
    "04_committee.ipynb": ["programme", "stage", "as_of", "lang", "run"],
    "05_explore.ipynb": ["programme", "stage", "as_of", "level", "target", "lang"],
}


def shown(html: str, **metadata) -> nbformat.NotebookNode:
    output = new_output("execute_result", data={"text/html": html, "text/plain": "PLAIN"}, execution_count=1)
    return new_code_cell("secret_code = 1", execution_count=1, outputs=[output], metadata=metadata)


def test_page_shows_what_cells_show_and_nothing_else():
    cells = [
        new_markdown_cell("# For analysts"),
        shown("<h1>Tỉnh Đắk Lắk</h1>"),
        shown("<p>left out</p>", tags=["analyst-only"]),
    ]
    page = render(new_notebook(cells=cells), title="Đắk Lắk & <b>", lang="vi")
    assert page.startswith("<!doctype html>")
    assert '<html lang="vi">' in page and "<title>Đắk Lắk &amp; &lt;b&gt;</title>" in page
    assert "<h1>Tỉnh Đắk Lắk</h1>" in page
    for left_out in ("secret_code", "PLAIN", "For analysts", "left out"):
        assert left_out not in page
    assert 'class="skip" href="#main">Đến nội dung chính<' in page
    assert not re.search(r"<script|<link|@import|url\(", page)


def test_two_pages_from_one_exporter_do_not_mix():
    first = render(new_notebook(cells=[shown("<p>Đắk Lắk</p>")]), title="1", lang="vi")
    second = render(new_notebook(cells=[shown("<p>Đắk Nông</p>")]), title="2", lang="en")
    assert "Đắk Lắk" in first and "Đắk Lắk" not in second and '<html lang="en">' in second


def test_a_failed_cell_is_no_page():
    error = new_output("error", ename="DataError", evalue="the table is missing", traceback=["secret path"])
    broken = new_notebook(cells=[shown("<p>1</p>"), new_code_cell("x", execution_count=2, outputs=[error])])
    with pytest.raises(MandeError, match="cell 2: DataError: the table is missing") as caught:
        render(broken, title="x", lang="vi")
    assert "secret path" not in str(caught.value)


def test_a_notebook_that_did_not_run_is_no_page():
    with pytest.raises(MandeError, match="cell 1: it did not run"):
        render(new_notebook(cells=[new_code_cell("view.banner")]), title="x", lang="vi")


def test_unknown_parameters_are_refused_all_at_once():
    with pytest.raises(UsageError) as caught:
        check_parameters({"unit": "17", "yeer": 2025, "land": "vi"}, {"unit": "VN", "lang": "vi"})
    assert [problem.where for problem in caught.value.problems] == ["land", "yeer"]
    assert "declared are: lang, unit" in str(caught.value)


def test_known_parameters_pass():
    assert check_parameters({"unit": "17"}, {"unit": "VN", "lang": "vi"}) is None


def test_parameters_cell_must_exist_and_hold_only_assignments(tmp_path):
    path = tmp_path / "x.ipynb"
    nbformat.write(new_notebook(cells=[new_code_cell("a = 1")]), path)
    with pytest.raises(UsageError, match="0 cells have the tag 'parameters'"):
        declared_parameters(path)
    nbformat.write(new_notebook(cells=[new_code_cell("a = 1\nb = open('x')", metadata={"tags": ["parameters"]})]), path)
    with pytest.raises(UsageError, match="write only name = value"):
        declared_parameters(path)


@pytest.mark.parametrize("name", NOTEBOOKS)
def test_notebook_declares_its_parameters(name):
    assert list(declared_parameters(ROOT / "notebooks" / name)) == NOTEBOOKS[name]


@pytest.mark.parametrize("name", NOTEBOOKS)
def test_notebook_is_thin_and_clean(name):
    raw = json.loads((ROOT / "notebooks" / name).read_text(encoding="utf-8"))
    notebook = nbformat.reads(json.dumps(raw), as_version=4)
    nbformat.validate(notebook)
    assert (raw["nbformat"], raw["nbformat_minor"]) == (4, 5)
    assert raw["metadata"]["kernelspec"]["name"] == "python3"
    code = [cell for cell in notebook.cells if cell.cell_type == "code"]
    prose = [cell for cell in notebook.cells if cell.cell_type == "markdown"]
    assert len(code) <= 12
    assert all(not cell.outputs and cell.execution_count is None for cell in code)
    assert all(len(cell.source.splitlines()) <= 8 for cell in code)
    assert all("analyst-only" in cell.metadata.tags for cell in prose)
    assert sum(line.startswith("# ") for cell in prose for line in cell.source.splitlines()) == 1
    for cell in code:
        nodes = list(ast.walk(ast.parse(cell.source)))
        assert not [node for node in nodes if isinstance(node, (ast.FunctionDef, ast.ClassDef, ast.For, ast.While))]
        assert not [node for node in nodes if isinstance(node, ast.ImportFrom)]
        assert {alias.name for node in nodes if isinstance(node, ast.Import) for alias in node.names} <= {"mande"}
        assert not re.search(r"['\"][^'\"]*/[^'\"]*['\"]", cell.source)


def test_notebooks_show_every_section_that_the_views_have():
    from mande.reporting.committee_view import CommitteeView
    from mande.reporting.fragments import Fragment
    from mande.reporting.framework_view import FrameworkView
    from mande.reporting.unit_view import UnitView

    views = {
        "01_framework_review.ipynb": FrameworkView,
        "03_unit_review.ipynb": UnitView,
        "04_committee.ipynb": CommitteeView,
    }
    for name, view in views.items():
        source = (ROOT / "notebooks" / name).read_text(encoding="utf-8")
        sections = [key for key, value in vars(view).items() if isinstance(value, property) and not key.startswith("_")]
        sections = [key for key in sections if getattr(view, key).fget.__annotations__.get("return") is Fragment]
        assert len(sections) >= 9
        assert [key for key in sections if f"view.{key}" not in source] == []

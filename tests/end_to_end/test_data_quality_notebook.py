"""Notebook 02: thin, without output, and the page of a check that it makes."""

import nbformat
import pytest
from typer.testing import CliRunner

import mande
from mande.__main__ import app
from mande.reporting.notebook import declared_parameters

from .received_workspace import ROOT, make_workspace
from .test_inbox import filled_form

pytestmark = pytest.mark.end_to_end
NOTEBOOK = ROOT / "notebooks" / "02_data_quality.ipynb"


def test_the_notebook_is_thin_and_committed_without_output():
    cells = [cell for cell in nbformat.read(NOTEBOOK, as_version=4).cells if cell.cell_type == "code"]
    assert len(cells) <= 12 and max(len(cell.source.splitlines()) for cell in cells) <= 8
    assert all(not cell.outputs and cell.execution_count is None for cell in cells)
    assert set(declared_parameters(NOTEBOOK)) == {"check", "lang"}
    sections = "banner overview refused units mend_first missing files quality notices footer"
    assert [cell.source.splitlines()[-1] for cell in cells[1:]] == [f"view.{name}" for name in sections.split()]


def test_the_command_makes_the_page_by_the_notebook_and_one_per_unit(tmp_path):
    home = mande.open_workspace(make_workspace(tmp_path / "home"))
    (home.inbox_folder / "mo-phong.xlsx").write_bytes(filled_form(home, is_made_up=True))
    words = ["check", "--workspace", str(home.root), "--as-of", "2024-12-31", "--html", str(tmp_path / "out")]
    done = CliRunner().invoke(app, words)
    assert str(tmp_path / "out" / "index.html") in done.output.replace("\n", ""), done.output
    whole = (tmp_path / "out" / "index.html").read_text(encoding="utf-8")
    assert "SỐ LIỆU" in whole and "Ai chưa gửi" in whole and "mo-phong.xlsx" in whole and "http" not in whole
    own = (tmp_path / "out" / "units" / "01.html").read_text(encoding="utf-8")
    other = (tmp_path / "out" / "units" / "79.html").read_text(encoding="utf-8")
    assert "mo-phong.xlsx" in own and "mo-phong.xlsx" not in other
    assert len(list((tmp_path / "out" / "units").glob("*.xlsx"))) == 63
    assert mande.open_check(tmp_path / "out", lang="en").tables["files"]["file"].tolist() == ["mo-phong.xlsx"]

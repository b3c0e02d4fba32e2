"""The papermill engine: saves once, whole; finds our kernel without any installation; works with ordinary ones too."""

import nbformat
import papermill
import pytest
from papermill.engines import papermill_engines
from papermill.exceptions import PapermillExecutionError

from mande.running.papermill_engine import MandeEngine


@pytest.fixture
def execute(tmp_path, write_notebook, monkeypatch):
    papermill_engines.register("mande", MandeEngine)
    monkeypatch.delenv("JUPYTER_PATH")

    def run(source: str, kernel: str = "mande", **options):
        notebook, output = write_notebook(source), tmp_path / "out.ipynb"
        options = {"kernel_name": kernel, "engine_name": "mande", "progress_bar": False, "cwd": tmp_path} | options
        return papermill.execute_notebook(notebook, output, **options)

    return run


@pytest.mark.parametrize("kernel", ["mande", "python3"])
def test_the_notebook_is_written_once_at_the_end(execute, tmp_path, kernel):
    executed = execute("import os; print(os.path.exists('out.ipynb'))", kernel)
    assert executed.cells[0].outputs[0].text == "False\n"
    assert executed.cells[0].metadata.papermill.status == "completed"
    assert nbformat.read(tmp_path / "out.ipynb", 4) == executed


def test_a_failed_notebook_is_written_with_its_error(execute, tmp_path):
    with pytest.raises(PapermillExecutionError, match="the made-up cause"):
        execute("raise ValueError('the made-up cause')")
    assert "the made-up cause" in (tmp_path / "out.ipynb").read_text()

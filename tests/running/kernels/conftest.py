"""Kernels by name, as any Jupyter program finds them: through the path that an installation would give."""

from pathlib import Path

import nbformat
import pytest
from nbclient import NotebookClient

import mande.running.kernels
from mande.running.kernels.warm_kernel import PARENT

DATA_FOLDER = Path(mande.running.kernels.__file__).parent / "share" / "jupyter"


@pytest.fixture(scope="session")
def ipython_folder(tmp_path_factory):
    return tmp_path_factory.mktemp("ipython")


@pytest.fixture(autouse=True)
def _find_kernels(monkeypatch, tmp_path, ipython_folder):
    monkeypatch.setenv("JUPYTER_PATH", str(DATA_FOLDER))
    monkeypatch.setenv("JUPYTER_RUNTIME_DIR", str(tmp_path / "runtime"))
    monkeypatch.setenv("IPYTHONDIR", str(ipython_folder))


@pytest.fixture(scope="session", autouse=True)
def _end_parent():
    yield
    PARENT.close()


@pytest.fixture
def run_cells(tmp_path):
    """Execute cells in a fresh kernel with plain nbclient and return their outputs."""

    def run(*sources: str, kernel: str = "mande", **options):
        cells = [nbformat.v4.new_code_cell(source) for source in sources]
        notebook = nbformat.v4.new_notebook(cells=cells)
        NotebookClient(notebook, kernel_name=kernel, shutdown_kernel="immediate", **options).execute(cwd=str(tmp_path))
        return [cell.outputs for cell in notebook.cells]

    return run


@pytest.fixture
def printed(run_cells):
    """Execute cells and return what the last one printed."""

    def run(*sources: str, **options) -> str:
        return "".join(output["text"] for output in run_cells(*sources, **options)[-1]).strip()

    return run


@pytest.fixture
def write_notebook(tmp_path):
    """Write a notebook of one cell and return its path."""

    def write(source: str) -> Path:
        path = tmp_path / "notebook.ipynb"
        kernel = {"kernelspec": {"name": "mande", "display_name": "mande", "language": "python"}}
        nbformat.write(nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(source)], metadata=kernel), path)
        return path

    return write

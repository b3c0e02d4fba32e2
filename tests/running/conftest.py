"""Made-up notebooks of a few cells, and the jobs that execute them."""

import nbformat
import pytest

from mande.running.notebook_job import Job, Limits

CELLS = {
    "good": 'from IPython.display import HTML\nHTML(f"<p>{unit}</p>")',
    "raises": "raise ValueError('the made-up cause')",
    "dies": "import os; os._exit(3)",
    "hangs": "import time; time.sleep(600)",
    "takes memory": "taken = [bytearray(10**8) for _ in range(100)]",
    "prints": "for _ in range(100): print('x' * 10**6)",
    "kills its warm parent": "import os, signal, time; os.kill(os.getppid(), signal.SIGKILL); time.sleep(60)",
}
KERNEL = {"kernelspec": {"name": "python3", "display_name": "Python 3", "language": "python"}}


def notebook_text(*sources):
    """A notebook that declares `unit` and has these cells."""
    declared = nbformat.v4.new_code_cell('unit = ""', metadata={"tags": ["parameters"]})
    cells = [declared, *(nbformat.v4.new_code_cell(source) for source in sources)]
    for number, cell in enumerate(cells):
        cell["id"] = f"cell-{number}"
    return nbformat.writes(nbformat.v4.new_notebook(cells=cells, metadata=KERNEL))


@pytest.fixture(scope="session")
def make_job():
    """Return the job of one unit whose notebook has the cell of that name, or that source."""

    def make(name, *, source=None, parameters=None, **limits):
        return Job(
            unit=name,
            notebook=notebook_text(source or CELLS[name]),
            parameters={"unit": "the made-up unit"} if parameters is None else parameters,
            page=f"units/{name}.html",
            executed=f"notebooks/{name}.ipynb",
            title=name,
            lang="vi",
            limits=Limits(**{"seconds": 20, "tries": 2, **limits}),
        )

    return make

"""A warm kernel shows byte for byte what the ordinary one shows; figures above all, which vanish without an error."""

import json
import re
from pathlib import Path

import nbformat
import papermill
import pytest
from papermill.engines import papermill_engines

import mande
from mande.review import compute_review
from mande.running.papermill_engine import MandeEngine
from mande.running.site import write_tables

ROOT = Path(__file__).parents[3]
UNIT_NOTEBOOK = ROOT / "notebooks" / "03_unit_review.ipynb"
CELLS = [
    "import io, sys\nimport matplotlib\nmatplotlib.rcParams['svg.hashsalt'] = 'fixed'",
    # a Figure made without pyplot is text until pyplot has been used, and a picture after
    "from matplotlib.figure import Figure\nFigure(figsize=(2, 1))",
    "import matplotlib.pyplot as plt\nplt.figure(figsize=(2, 1)); plt.plot([1, 3, 2]); plt.title('Mẫu')",
    "fig, axes = plt.subplots(1, 2, figsize=(3, 1)); axes[1].bar(['a', 'b'], [1, 2]); fig",
    "%config InlineBackend.figure_formats = ['svg']\n%config InlineBackend.print_figure_kwargs = "
    "{'metadata': {'Date': None}}\nplt.plot([2, 1]); plt.show()",
    "text = io.StringIO(); f = Figure(); f.add_subplot().plot([1]); f.savefig(text, format='svg', "
    "metadata={'Date': None}); text.getvalue()",
    "import pandas as pd\npd.DataFrame({'đ': [1.5, None], 'b': ['x', 'y']})",
    "print(matplotlib.get_backend(), plt.isinteractive(), __name__, sorted(get_ipython().config))",
    "print('out'); print('err', file=sys.stderr); import os; os.system('echo from the shell')",
    "In[3], Out[2], _i, get_ipython().execution_count",
    "import asyncio\nawait asyncio.sleep(0)\n{1: {2}}",
    "1/0",
]


def outputs_of(run_cells, kernel):
    found = repr(run_cells(*CELLS, kernel=kernel, allow_errors=True))
    return re.sub(r"ipykernel_\d+/\d+|object at 0x\w+", "", found)  # process and address are another's each time


def test_every_kind_of_output_is_the_same(run_cells):
    warm, ordinary = outputs_of(run_cells, "mande"), outputs_of(run_cells, "python3")
    assert warm == ordinary
    assert warm.count("image/png") == 3  # the second cell's figure is shown as text
    assert warm.count("'image/svg+xml':") == 1
    assert "ZeroDivisionError" in warm


@pytest.fixture(scope="module")
def real_run(tmp_path_factory):
    """The tables of the real review of one unit, without its page."""
    home = mande.open_workspace(ROOT)
    day = {"stage": "mid-term", "as_of": "2024-12-31", "level": "province"}
    review = compute_review(home, home.programme("vn-children-2021-2030"), **day, unit_codes=["01"])
    folder = tmp_path_factory.mktemp("run")
    (folder / "run.json").write_text(json.dumps(review.describe("vi")), encoding="utf-8")
    write_tables(review.tables, folder / "tables")
    return folder


def test_a_unit_notebook_is_the_same(real_run, tmp_path):
    papermill_engines.register("mande", MandeEngine)
    executed = {}
    for kernel, engine in (("python3", None), ("mande", "mande")):
        notebook = papermill.execute_notebook(
            UNIT_NOTEBOOK,
            tmp_path / f"{kernel}.ipynb",
            parameters={"run": str(real_run), "unit": "01"},
            kernel_name=kernel,
            engine_name=engine,
            progress_bar=False,
        )
        executed[kernel] = [(cell.source, cell.get("execution_count"), cell.get("outputs")) for cell in notebook.cells]
        assert nbformat.read(tmp_path / f"{kernel}.ipynb", 4).cells == notebook.cells
    assert executed["mande"] == executed["python3"]
    assert repr(executed["mande"]).count("<svg") > 3

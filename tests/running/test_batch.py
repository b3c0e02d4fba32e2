"""A notebook that fails, hangs or dies takes only its own unit with it."""

import nbformat
import pytest

from mande.running.batch import run_batch
from mande.running.notebook_job import Job

CELLS = {
    "good": 'from IPython.display import HTML\nHTML(f"<p>{unit}</p>")',
    "raises": "raise ValueError('the made-up cause')",
    "dies": "import os; os._exit(3)",
    "hangs": "import time; time.sleep(600)",
    "kills its worker": "import os, psutil, signal; os.kill(psutil.Process().parents()[1].pid, signal.SIGKILL)",
}


KERNEL = {"kernelspec": {"name": "python3", "display_name": "Python 3", "language": "python"}}


def make_job(folder, name, *, parameters=None):
    declared = nbformat.v4.new_code_cell('unit = ""', metadata={"tags": ["parameters"]})
    cells = [declared, nbformat.v4.new_code_cell(CELLS[name])]
    notebook = folder / f"{name}.ipynb"
    nbformat.write(nbformat.v4.new_notebook(cells=cells, metadata=KERNEL), notebook)
    return Job(
        unit=name,
        notebook=notebook,
        parameters={"unit": "the made-up unit"} if parameters is None else parameters,
        page=folder / f"{name}.html",
        executed=folder / "executed" / f"{name}.ipynb",
        title=name,
        lang="vi",
        timeout_seconds=20 if name != "hangs" else 3,
    )


@pytest.fixture(scope="module")
def results(tmp_path_factory):
    folder = tmp_path_factory.mktemp("batch")
    jobs = [make_job(folder, name) for name in ("raises", "dies", "hangs", "good")]
    return folder, {result.job.unit: result for result in run_batch(jobs, workers=2)}


def test_the_good_unit_has_its_page(results):
    folder, by_unit = results
    assert by_unit["good"].is_done
    assert set(by_unit["good"].seconds) == {"execute", "render", "cells"}
    assert "the made-up unit" in (folder / "good.html").read_text()


@pytest.mark.parametrize(
    ("unit", "reason"),
    [("raises", "ValueError: the made-up cause"), ("dies", "DeadKernelError"), ("hangs", "CellTimeoutError")],
)
def test_the_others_have_a_reason_and_no_page(results, unit, reason):
    folder, by_unit = results
    assert reason in by_unit[unit].reason
    assert "Traceback" not in by_unit[unit].reason and "\n" not in by_unit[unit].reason
    assert not (folder / f"{unit}.html").exists()


def test_a_parameter_that_the_notebook_does_not_declare_is_refused(tmp_path):
    job = make_job(tmp_path, "good", parameters={"unit": "x", "unti": "y"})
    (result,) = run_batch([job], workers=1)
    assert "unti: the notebook does not declare this parameter" in result.reason
    assert not job.executed.exists()


def test_a_worker_that_is_killed_takes_only_its_job(tmp_path):
    jobs = [make_job(tmp_path, "kills its worker"), make_job(tmp_path, "good")]
    results = {result.job.unit: result for result in run_batch(jobs, workers=1)}
    assert "the worker process died" in results["kills its worker"].reason
    assert results["good"].is_done

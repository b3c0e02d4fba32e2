"""A notebook of ours, scheduled in JupyterLab by jupyter-scheduler, runs in a warm kernel with the parameters given."""

import shutil

import nbformat
import pytest

from mande.running.papermill_engine import KERNELS
from tests.end_to_end.small_site import ROOT, RUN_ID

pytestmark = [pytest.mark.end_to_end, pytest.mark.xdist_group("small_site")]


def test_a_scheduled_notebook_shows_the_unit_that_was_asked_for(small_site, tmp_path, monkeypatch):
    pytest.importorskip("jupyter_scheduler", reason="jupyter-scheduler is not installed (optional)")
    from jupyter_scheduler.executors import DefaultExecutionManager
    from jupyter_scheduler.orm import Job, create_session, create_tables

    monkeypatch.setenv("JUPYTER_PATH", str(KERNELS.parent))
    notebook = nbformat.read(ROOT / "notebooks" / "03_unit_review.ipynb", as_version=4)
    notebook.metadata.kernelspec.name = "mande"
    nbformat.write(notebook, tmp_path / "review.ipynb")
    database = f"sqlite:///{tmp_path}/jobs.sqlite"
    create_tables(database)
    run = shutil.copytree(small_site.reports / RUN_ID, tmp_path / "run")
    words = {"unit": '"48"', "run": f'"{run}"', "lang": '"en"'}  # it writes them as they are: texts need quotes
    with create_session(database)() as session:
        job = Job(runtime_environment_name="mande", input_filename="review.ipynb", name="n", parameters=words)
        job.output_formats = ["ipynb"]
        session.add(job)
        session.commit()
        number = job.job_id
    paths = {"input": str(tmp_path / "review.ipynb"), "ipynb": str(tmp_path / "made.ipynb")}
    DefaultExecutionManager(number, str(tmp_path), database, paths).process()
    with create_session(database)() as session:
        job = session.query(Job).filter(Job.job_id == number).one()
        assert (job.status, job.status_message) == ("COMPLETED", None)
    shown = (tmp_path / "made.ipynb").read_text(encoding="utf-8")
    assert "Da Nang" in shown

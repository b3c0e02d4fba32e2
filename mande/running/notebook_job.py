"""One page: execute the notebook in a folder of its own, turn it into HTML, hand both back; nothing else is written."""

import time
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from mande.running.failures import Failure, sort_failure

if TYPE_CHECKING:
    from nbformat import NotebookNode

MOMENTS = ("start_time", "end_time", "duration", "input_path", "output_path", "environment_variables")


@dataclass(frozen=True)
class Limits:
    """What one unit may take at most, and how often what can pass is tried."""

    seconds: int = 600
    memory_mb: int = 4000
    output_mb: int = 20
    tries: int = 3


@dataclass(frozen=True)
class Job:
    """A notebook to execute with its parameters; the addresses of page and executed notebook below the run folder.

    `notebook` is the notebook's own text: a worker on another machine has no need of the file.
    """

    unit: str
    notebook: str
    parameters: dict[str, Any]
    page: str
    executed: str
    title: str
    lang: str
    limits: Limits = Limits()

    @property
    def words(self) -> dict[str, Any]:
        """What shows on the page besides the files."""
        return {
            "notebook": self.notebook,
            "parameters": self.parameters,
            "title": self.title,
            "lang": self.lang,
            "page": self.page,
        }


@dataclass(frozen=True)
class Page:
    """A page and its executed notebook, and the seconds that each part took."""

    html: str
    executed: str
    seconds: dict[str, float]


def attempt_page(job: Job, files: dict[str, bytes]) -> Page | Failure:
    """Make a page; return why it could not be made, and whether another try may help."""
    try:
        return make_page(job, files)
    except Exception as error:
        return sort_failure(error)


def make_page(job: Job, files: dict[str, bytes]) -> Page:
    """Execute and render one page in a folder that holds these files and leaves with the kernel.

    Raises: UsageError for parameters that the notebook does not declare; whatever the notebook raises.
    """
    import nbformat
    import papermill
    from papermill.engines import papermill_engines

    from mande.reporting.notebook import check_parameters, declared_parameters, render
    from mande.running.kernels.kernel_folders import kernel_folder
    from mande.running.papermill_engine import MandeEngine

    papermill_engines.register("mande", MandeEngine)
    notebook = nbformat.reads(job.notebook, as_version=4)
    check_parameters(job.parameters, declared_parameters(notebook))
    started = time.perf_counter()
    with kernel_folder() as folder:
        _put_files(folder, {**files, job.executed: b""})
        executed = papermill.execute_notebook(
            notebook,
            None,
            parameters=job.parameters,
            engine_name="mande",
            kernel_name="mande",
            progress_bar=False,
            resources={"metadata": {"path": str((folder / job.executed).parent)}},
            notebook_timeout=job.limits.seconds,
            connection_folder=folder,
            memory_limit_mb=job.limits.memory_mb,
            output_limit_mb=job.limits.output_mb,
        )
    ran = time.perf_counter()
    cells = _cell_seconds(executed)
    html = render(executed, title=job.title, lang=job.lang)
    text = nbformat.writes(_without_moments(executed)) + "\n"
    rendered = time.perf_counter()
    return Page(html, text, {"execute": ran - started, "render": rendered - ran, "cells": cells})


def _put_files(folder: Path, files: dict[str, bytes]) -> None:
    for name, content in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)


def _cell_seconds(executed: "NotebookNode") -> float:
    """Return the seconds spent inside cells; the rest of `execute` is the kernel's start and end."""
    durations = (cell.metadata.get("papermill", {}).get("duration") for cell in executed.cells)
    return sum(seconds for seconds in durations if seconds)


def _without_moments(executed: "NotebookNode") -> "NotebookNode":
    """Take away what differs each time though nothing has changed: moments, folders, the number of papermill's cell.

    The seconds are in the ledger.
    """
    for name in MOMENTS:
        executed.metadata.get("papermill", {}).pop(name, None)
    for cell in executed.cells:
        cell.metadata.pop("papermill", None)
        cell.metadata.pop("execution", None)
        if "injected-parameters" in cell.metadata.get("tags", []):
            cell["id"] = "injected-parameters"
    return executed

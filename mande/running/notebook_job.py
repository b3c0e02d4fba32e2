"""One page: execute the notebook in a folder of its own, turn it into HTML, hand both back; nothing else is written."""

import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from mande.reporting.notebook import check_parameters, declared_parameters, render
from mande.running.failures import Failure, sort_failure
from mande.running.kernels.kernel_folders import kernel_folder
from mande.running.kernels.warm_cells import CellLimits, execute_warm
from mande.running.kernels.warm_kernel import WarmKernelError
from mande.running.notebook_file import Notebook, notebook_text, read_notebook, with_parameters


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

    Raises: UsageError for parameters that the notebook does not declare; NotebookError for what the notebook raises;
        DeadKernelError, CellTimeoutError, OutputLimitError.
    """
    notebook = read_notebook(job.notebook)
    check_parameters(job.parameters, declared_parameters(notebook))
    started = time.perf_counter()
    with kernel_folder() as folder:
        _put_files(folder, {**files, job.executed: b""})
        executed, cells = _execute(with_parameters(notebook, job.parameters), folder, job)
    ran = time.perf_counter()
    html = render(executed, title=job.title, lang=job.lang)
    text = notebook_text(executed)
    rendered = time.perf_counter()
    return Page(html, text, {"execute": ran - started, "render": rendered - ran, "cells": cells})


def _execute(notebook: Notebook, folder: Path, job: Job) -> tuple[Notebook, float]:
    """Return the executed notebook and the seconds spent inside its cells.

    Where no kernel can be forked, papermill executes it, says why, and shows the same.
    """
    working_folder = (folder / job.executed).parent
    limits = CellLimits(job.limits.seconds, job.limits.memory_mb, job.limits.output_mb)
    try:
        return execute_warm(notebook, folder, working_folder, limits)
    except WarmKernelError:
        from mande.running.papermill_engine import execute_with_papermill

        return execute_with_papermill(notebook, folder, working_folder, limits)


def _put_files(folder: Path, files: dict[str, bytes]) -> None:
    for name, content in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)

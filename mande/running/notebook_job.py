"""One page: execute the notebook with papermill, turn it into HTML, put the file in place."""

import os
import time
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from mande.running.run_folder import write_whole


@dataclass(frozen=True)
class Job:
    """A notebook to execute with its parameters, and where page and executed notebook go."""

    unit: str
    notebook: Path
    parameters: dict[str, Any]
    page: Path
    executed: Path
    title: str
    lang: str
    timeout_seconds: int = 600


def make_page(job: Job) -> dict[str, float]:
    """Execute, render and write one page; return the seconds that each part took.

    Raises: UsageError for parameters that the notebook does not declare; whatever the notebook raises.
    """
    import papermill
    from traitlets.config import Config

    from mande.reporting.notebook import check_parameters, declared_parameters, render

    check_parameters(job.parameters, declared_parameters(job.notebook))
    started = time.perf_counter()
    job.executed.parent.mkdir(parents=True, exist_ok=True)
    with TemporaryDirectory(prefix="mande-") as sockets:
        executed = papermill.execute_notebook(
            job.notebook,
            job.executed,
            parameters=job.parameters,
            kernel_name="python3",
            progress_bar=False,
            log_output=False,
            request_save_on_cell_execute=False,
            shutdown_kernel="immediate",
            execution_timeout=job.timeout_seconds,
            config=Config({"KernelManager": _transport(Path(sockets))}),
        )
    ran = time.perf_counter()
    html = render(executed, title=job.title, lang=job.lang)
    write_whole(job.page, html)
    ended = time.perf_counter()
    return {"execute": ran - started, "render": ended - ran, "cells": _cell_seconds(executed)}


def _transport(sockets: Path) -> dict[str, str]:
    """Return how to speak with the kernel: through files that only this user can open, where the system has them.

    Each kernel needs a path of its own: kernels that share one would receive each other's messages.
    """
    return {"transport": "ipc", "ip": str(sockets / "kernel")} if os.name == "posix" else {"transport": "tcp"}


def _cell_seconds(executed: Any) -> float:
    """Return the seconds spent inside cells; the rest of `execute` is the kernel's start and end."""
    durations = (cell.metadata.get("papermill", {}).get("duration") for cell in executed.cells)
    return sum(seconds for seconds in durations if seconds)

"""One page: execute the notebook with papermill, turn it into HTML, put the file in place."""

import time
from dataclasses import dataclass
from pathlib import Path
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
    from papermill.engines import papermill_engines

    from mande.reporting.notebook import check_parameters, declared_parameters, render
    from mande.running.papermill_engine import MandeEngine

    papermill_engines.register("mande", MandeEngine)
    check_parameters(job.parameters, declared_parameters(job.notebook))
    started = time.perf_counter()
    job.executed.parent.mkdir(parents=True, exist_ok=True)
    executed = papermill.execute_notebook(
        job.notebook,
        job.executed,
        parameters=job.parameters,
        engine_name="mande",
        kernel_name="mande",
        progress_bar=False,
        execution_timeout=job.timeout_seconds,
    )
    ran = time.perf_counter()
    html = render(executed, title=job.title, lang=job.lang)
    write_whole(job.page, html)
    ended = time.perf_counter()
    return {"execute": ran - started, "render": ended - ran, "cells": _cell_seconds(executed)}


def _cell_seconds(executed: Any) -> float:
    """Return the seconds spent inside cells; the rest of `execute` is the kernel's start and end."""
    durations = (cell.metadata.get("papermill", {}).get("duration") for cell in executed.cells)
    return sum(seconds for seconds in durations if seconds)

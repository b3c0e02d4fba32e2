"""Run one notebook for many units in several processes; a unit that fails stops no other."""

import os
import threading
import time
from collections.abc import Iterator
from concurrent.futures import Future, ProcessPoolExecutor, as_completed
from concurrent.futures.process import BrokenProcessPool
from dataclasses import dataclass, field
from multiprocessing import get_context

from mande.running.notebook_job import Job, make_page


@dataclass(frozen=True)
class JobResult:
    """What became of one job: seconds by part, or the reason of its failure."""

    job: Job
    seconds: dict[str, float] = field(default_factory=dict)
    reason: str = ""

    @property
    def is_done(self) -> bool:
        return not self.reason


def run_batch(jobs: list[Job], *, workers: int) -> Iterator[JobResult]:
    """Execute the jobs and yield each result as it comes.

    Each notebook has its own kernel process.  A worker that dies takes only the job it was at: the others that were
    waiting are given to a new pool.
    """
    waiting = list(jobs)
    while waiting:
        broken: list[Job] = []
        with ProcessPoolExecutor(
            workers, mp_context=get_context("spawn"), initializer=_start_worker, initargs=(os.getpid(),)
        ) as pool:
            futures: dict[Future[dict[str, float]], Job] = {pool.submit(make_page, job): job for job in waiting}
            for future in as_completed(futures):
                job = futures[future]
                try:
                    yield JobResult(job, seconds=future.result())
                except BrokenProcessPool:
                    broken.append(job)
                except Exception as error:
                    yield JobResult(job, reason=describe_failure(error))
        waiting = yield from _sort_broken(broken, len(waiting))


def _sort_broken(broken: list[Job], given: int) -> Iterator[JobResult]:
    """Return the jobs to try again after a worker died; when none got through, the first is to blame."""
    if broken and len(broken) == given:
        yield JobResult(broken[0], reason="the worker process died while making this page")
        return broken[1:]
    return broken


def describe_failure(error: Exception) -> str:
    """Return a failure in one line: the notebook's own error without its traceback."""
    name, value = getattr(error, "ename", None), getattr(error, "evalue", None)
    text = f"{name}: {value}" if name else f"{type(error).__name__}: {error}"
    return " ".join(text.split())[:500]


def _start_worker(parent: int) -> None:
    """Prepare a worker: one thread for linear algebra, and an end when the runner is gone."""
    for name in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS"):
        os.environ[name] = "1"
    threading.Thread(target=_leave_with, args=(parent,), daemon=True).start()


def _leave_with(parent: int) -> None:
    """Leave when the runner is gone (killed, even with -9), so that no orphan goes on writing."""
    while os.getppid() == parent:
        time.sleep(0.5)
    os._exit(1)

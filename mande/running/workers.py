"""Where pages are made: kernels of this machine, or the workers of a Dask cluster; both take the same jobs."""

import os
import sys
import threading
from concurrent.futures import Future, ThreadPoolExecutor, wait
from contextlib import AbstractContextManager
from typing import Protocol

from mande.running.failures import Failure
from mande.running.kernels.warm_cells import start_parent
from mande.running.kernels.warm_kernel import PARENT
from mande.running.notebook_job import Job, Page, attempt_page

_LOOK_SECONDS = 0.2
_ONE_THREAD = {"OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1"}


class Workers(AbstractContextManager, Protocol):
    """What the batch asks of those who make pages."""

    @property
    def size(self) -> int:
        """How many pages can be made at once, as far as is known now."""

    def submit(self, job: Job, files: dict[str, bytes]) -> Future[Page | Failure]:
        """Have a page made."""


class LocalWorkers:
    """Threads of the runner that wait for the kernels of their pages.

    The kernels are processes, all forked from one warm parent: they do the work, and they alone run what a notebook says.
    """

    def __init__(self, size: int) -> None:
        self.size = size
        use_one_thread_each()
        self._pool = ThreadPoolExecutor(size, thread_name_prefix="page")
        self._under_way: set[Future[Page | Failure]] = set()

    def submit(self, job: Job, files: dict[str, bytes]) -> Future[Page | Failure]:
        """Have a page made by the next free thread."""
        future = self._pool.submit(attempt_page, job, files)
        self._under_way.add(future)
        future.add_done_callback(self._under_way.discard)
        return future

    def __enter__(self) -> "LocalWorkers":
        return self

    def __exit__(self, kind: object, *_: object) -> None:
        """Leave when all is done; at once, if the runner is to stop: then the kernels are ended."""
        self._pool.shutdown(wait=kind is None, cancel_futures=True)
        while self._under_way:
            _end_kernels()
            wait(tuple(self._under_way), timeout=_LOOK_SECONDS)
        PARENT.close()


def use_one_thread_each() -> None:
    """Let what this process starts use one thread for linear algebra: the cores are used by processes."""
    os.environ.update(_ONE_THREAD)


def start_parent_aside() -> threading.Thread:
    """Let the warm parent of local workers import what pages need while this process computes their tables."""
    aside = threading.Thread(target=start_parent, args=(os.environ | _ONE_THREAD,), name="parent", daemon=True)
    aside.start()
    return aside


def _end_kernels() -> None:
    PARENT.close()
    if engine := sys.modules.get("mande.running.papermill_engine"):  # imported when no kernel could be forked
        engine.kill_kernels()

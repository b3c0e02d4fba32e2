"""Where pages are made: processes of this machine, or the workers of a Dask cluster; both take the same jobs."""

import os
import signal
import sys
import threading
import time
from concurrent.futures import Future, ProcessPoolExecutor
from contextlib import AbstractContextManager
from multiprocessing import active_children, get_context
from typing import Protocol

from mande.running.failures import Failure
from mande.running.notebook_job import Job, Page, attempt_page

_SLOW_GRAMMAR = "rfc3987_syntax"
"""Compiled whenever jsonschema is imported, where JupyterLab is installed: a second of each start, to check addresses
of a kind that no notebook holds.  jsonschema does without it where it is not there."""


class Workers(AbstractContextManager, Protocol):
    """What the batch asks of those who make pages."""

    @property
    def size(self) -> int:
        """How many pages can be made at once, as far as is known now."""

    def submit(self, job: Job, files: dict[str, bytes]) -> Future[Page | Failure]:
        """Have a page made."""

    def renew(self) -> None:
        """Replace workers of which one has died and taken the others' work along."""


class LocalWorkers:
    """Processes of this machine; each has its own warm parent, so that a page costs no start of Python."""

    def __init__(self, size: int) -> None:
        self.size = size
        self._pool = self._make_pool()

    def submit(self, job: Job, files: dict[str, bytes]) -> Future[Page | Failure]:
        """Have a page made by the next free process."""
        return self._pool.submit(attempt_page, job, files)

    def renew(self) -> None:
        """Make a new pool after a process has died: the old one takes no more work."""
        self._pool.shutdown()
        self._pool = self._make_pool()

    def __enter__(self) -> "LocalWorkers":
        return self

    def __exit__(self, kind: object, *_: object) -> None:
        """Leave when all is done; at once, if the runner is to stop: the kernels go with their process."""
        if kind is not None:
            for process in active_children():
                process.terminate()
        self._pool.shutdown(cancel_futures=True)

    def _make_pool(self) -> ProcessPoolExecutor:
        context = get_context("spawn")
        return ProcessPoolExecutor(self.size, mp_context=context, initializer=prepare_worker, initargs=(os.getpid(),))


def prepare_worker(runner: int) -> None:
    """Prepare a worker process: one thread for linear algebra, deaf to Ctrl-C, gone when the runner is gone."""
    for name in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS"):
        os.environ[name] = "1"
    sys.modules[_SLOW_GRAMMAR] = None  # type: ignore[assignment]  # importing it fails from here on
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # a terminal sends it to all; the runner alone decides
    threading.Thread(target=_leave_with, args=(runner,), daemon=True).start()


def _leave_with(runner: int) -> None:
    """Leave when the runner is gone (killed, even with -9), so that no orphan goes on."""
    while os.getppid() == runner:
        time.sleep(0.5)
    os._exit(1)

"""A Dask cluster gives the same site, file for file, as this machine's own processes; a worker may die in mid-run."""

import os
import signal
import socket
import subprocess
import sys
from contextlib import contextmanager
from types import SimpleNamespace

import psutil
import pytest

from tests.end_to_end.small_site import SmallSite, small_review, wait_until

pytest.importorskip("distributed")
pytestmark = [pytest.mark.end_to_end, pytest.mark.xdist_group("small_site")]


@contextmanager
def cluster(folder):
    """A scheduler and two workers, each a process of its own with a folder of its own; yields address and workers."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    address = f"tcp://127.0.0.1:{port}"
    settings = {**os.environ, "OMP_NUM_THREADS": "1", "FAULTS": str(folder / "faults"), "PAUSE": "0.4"}
    words = {"cwd": folder, "env": settings, "stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
    dask = [sys.executable, "-m", "distributed.cli.dask_scheduler", "--host", "127.0.0.1", "--port", str(port)]
    processes = [subprocess.Popen([*dask, "--no-dashboard"], **words)]
    for number in range(2):
        worker = [sys.executable, "-m", "distributed.cli.dask_worker", address, "--nthreads", "1", "--no-nanny"]
        own = folder / f"worker-{number}"
        own.mkdir()
        processes.append(subprocess.Popen([*worker, "--no-dashboard", "--local-directory", own], **words))
    try:
        yield address, processes[1:]
    finally:
        for process in processes:
            process.kill()
            process.wait(timeout=30)


def test_the_site_is_the_same_and_a_killed_worker_costs_nothing(small_site, tmp_path):
    site = SmallSite(tmp_path, small_review())
    options = {"reports": tmp_path / "cluster", "pages": 2}
    with cluster(tmp_path) as (address, workers), site.running("--dask", address, **options) as (process, _):
        kernels = psutil.Process(workers[0].pid).children(recursive=True)
        os.kill(workers[0].pid, signal.SIGKILL)
        said = process.communicate(timeout=90)[1]
        assert process.returncode == 0, said
        assert wait_until(lambda: not any(one.is_running() for one in kernels))
    assert "Dask: 2 pages at once\n" in said  # this scheduler has no dashboard, so none is named
    assert site.pages(tmp_path / "cluster") == small_site.first_pages
    assert site.leftovers() == []
    site.close()


def test_a_cluster_that_does_not_answer_is_told(tmp_path, monkeypatch):
    from mande.errors import UsageError
    from mande.running import dask_workers

    monkeypatch.setattr(dask_workers, "_CONNECT_SECONDS", 0.5)
    with pytest.raises(UsageError, match="no Dask scheduler answers there"):
        dask_workers.DaskWorkers("tcp://127.0.0.1:9", size=1)


def test_a_cluster_with_other_versions_is_told(monkeypatch):
    from mande.errors import UsageError
    from mande.running import dask_workers, fingerprint

    versions = fingerprint.software_versions()
    monkeypatch.setattr(dask_workers, "software_versions", lambda: {**versions, "mande": "0.0", "python": "2.7"})
    workers = object.__new__(dask_workers.DaskWorkers)
    workers._client = FakeClient(lambda: {"tcp://a": versions})
    with pytest.raises(UsageError, match=f"it has python {versions['python']}, here it is 2.7; it has mande") as found:
        workers._require_same_versions()
    assert len(found.value.problems) == 1 and workers._client.is_closed
    workers._client = FakeClient(lambda: __import__("no_such_module"))
    with pytest.raises(UsageError, match="it has mande missing .ModuleNotFoundError: No module named"):
        workers._require_same_versions()


def test_a_worker_that_is_stopped_ends_its_kernels(monkeypatch):
    """It would wait half a minute for their pages, and be killed by whoever stops it."""
    from mande.running import dask_workers
    from mande.running.kernels import warm_kernel

    ended = []
    monkeypatch.setattr(warm_kernel, "PARENT", SimpleNamespace(close=lambda: ended.append("kernels")))
    dask_workers._end_kernels().teardown(None)
    assert ended == ["kernels"]


class FakeClient:
    """Answers for the workers of a cluster."""

    is_closed = False

    def __init__(self, answer):
        self.answer = answer

    def run(self, _):
        return self.answer()

    def close(self):
        self.is_closed = True

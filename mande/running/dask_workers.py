"""The workers of a Dask cluster.  They need no common disk: a job carries its files, and its page comes back."""

import logging
import urllib.request
from concurrent.futures import Future
from typing import Any

from mande.errors import Problem, UsageError
from mande.running.failures import Failure, describe_failure
from mande.running.fingerprint import software_versions
from mande.running.notebook_job import Job, Page, attempt_page
from mande.running.workers import use_one_thread_each

LOCAL = "local"
_CONNECT_SECONDS = 20
_LOOK_SECONDS = 2
_RESTART = "start it again, then the same command with --resume"


class DaskWorkers:
    """A cluster by the address of its scheduler, or, for `local`, one of this machine that leaves with the runner."""

    def __init__(self, address: str, *, size: int) -> None:
        distributed = _import_distributed(address)
        self.address = address
        self._cluster = _start_local(size) if address == LOCAL else None
        try:
            self._client = distributed.Client(self._cluster or address, timeout=_CONNECT_SECONDS)
        except (OSError, ValueError) as error:
            found = f"no Dask scheduler answers there ({error})"
            raise UsageError(
                Problem(f"--dask {address}", found, "start one: dask scheduler; dask worker ADDRESS")
            ) from None
        self._require_same_versions()
        self._client.register_plugin(_end_kernels(), name="mande-kernels")
        self._executor = self._client.get_executor(pure=False)

    @property
    def dashboard(self) -> str:
        """Return the address of the page on which the cluster shows what it is doing; blank where it has none."""
        address = str(self._client.dashboard_link)
        try:
            with urllib.request.urlopen(address, timeout=_LOOK_SECONDS):  # noqa: S310  (what Dask says of itself)
                return address
        except (OSError, ValueError):
            return ""

    @property
    def size(self) -> int:
        """Return the threads of all workers that are there now; workers may come and go."""
        self._require_cluster()
        return max(1, sum(self._client.nthreads().values()))

    def submit(self, job: Job, files: dict[str, bytes]) -> Future[Page | Failure]:
        """Have a page made on the cluster; if its worker dies, the scheduler gives it to another."""
        return self._executor.submit(attempt_page, job, files)

    def __enter__(self) -> "DaskWorkers":
        return self

    def __exit__(self, kind: object, *_: object) -> None:
        self._executor.shutdown(wait=kind is None)  # cancels what is under way when the runner is to stop
        self._client.close()
        if self._cluster is not None:
            self._cluster.close()

    def _require_same_versions(self) -> None:
        """Refuse workers whose pages could differ from those of this machine; all are named at once."""
        try:
            found = self._client.run(software_versions)
        except Exception as error:  # whatever a worker without this package, or without one below it, runs into
            found = {"a worker": {"mande": f"missing ({describe_failure(error)})"}}
        problems = version_problems(found, software_versions())
        if problems:
            todo = "install the same environment on every machine (requirements.lock)"
            self._client.close()
            raise UsageError([Problem(f"--dask {worker}", problem, todo) for worker, problem in problems.items()])

    def _require_cluster(self) -> None:
        if self._client.status not in ("running", "connecting"):
            raise UsageError(Problem(f"--dask {self.address}", "the cluster is gone", _RESTART))


def version_problems(found: dict[str, dict[str, str]], own: dict[str, str]) -> dict[str, str]:
    """Return for each worker what it has in another version than this machine; workers that have the same are left out.

    >>> version_problems({"tcp://a": {"mande": "1"}, "tcp://b": {"mande": "2"}}, {"mande": "2"})
    {'tcp://a': 'it has mande 1, here it is 2'}
    """
    differing = {
        worker: [
            f"it has {name} {version}, here it is {own[name]}" for name, version in has.items() if version != own[name]
        ]
        for worker, has in found.items()
    }
    return {worker: "; ".join(words) for worker, words in differing.items() if words}


def _import_distributed(address: str) -> Any:
    try:
        import distributed
    except ImportError:
        found = "Dask is not installed"
        raise UsageError(Problem(f"--dask {address}", found, "install it: pip install 'mande[cluster]'")) from None
    logging.getLogger("distributed").setLevel(logging.ERROR)  # a worker that comes or goes is no news for the log
    return distributed


def _end_kernels() -> Any:
    """Return the plugin by which a worker that is stopped ends its kernels; else it waits half a minute for their pages.

    The scheduler gives those pages to others.
    """
    from distributed import WorkerPlugin

    class EndKernels(WorkerPlugin):
        def teardown(self, worker: Any) -> None:
            from mande.running.kernels.warm_kernel import PARENT

            PARENT.close()

    return EndKernels()


def _start_local(size: int) -> Any:
    from distributed import LocalCluster

    use_one_thread_each()
    return LocalCluster(n_workers=size, threads_per_worker=1, dashboard_address=":0")

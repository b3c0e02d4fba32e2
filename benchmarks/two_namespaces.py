"""Make the same small site on this machine and on a Dask cluster whose workers are in another network namespace.

    python benchmarks/two_namespaces.py

Needs the right to make network namespaces (root) and the command `ip`.  The runner and the scheduler are in the first
namespace, two workers in the second; nothing but a pair of virtual network cards joins them.
"""

import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))  # the made-up site is one of the tests'

from tests.end_to_end.small_site import SmallSite, small_review

FIRST, SECOND = f"mande-{os.getpid()}-a", f"mande-{os.getpid()}-b"
ADDRESSES = {FIRST: "10.199.7.1", SECOND: "10.199.7.2"}
PORT = 8786


def ip(*words: str) -> None:
    """Run `ip` and fail with what it says."""
    subprocess.run(["ip", *words], check=True)


def inside(namespace: str, *words: str) -> list[str]:
    """Return the words that run a command in a namespace."""
    return ["ip", "netns", "exec", namespace, *words]


@contextmanager
def two_namespaces() -> Iterator[None]:
    """Join two namespaces by a pair of virtual cards; both leave at the end."""
    cards = {FIRST: f"ma{os.getpid()}", SECOND: f"mb{os.getpid()}"}
    for namespace in ADDRESSES:
        ip("netns", "add", namespace)
    try:
        ip("link", "add", cards[FIRST], "type", "veth", "peer", "name", cards[SECOND])
        for namespace, address in ADDRESSES.items():
            ip("link", "set", cards[namespace], "netns", namespace)
            ip("-n", namespace, "addr", "add", f"{address}/24", "dev", cards[namespace])
            for card in (cards[namespace], "lo"):
                ip("-n", namespace, "link", "set", card, "up")
        yield
    finally:
        for namespace in ADDRESSES:
            ip("netns", "del", namespace)


@contextmanager
def cluster(folder: Path) -> Iterator[str]:
    """A scheduler in the first namespace and two workers in the second."""
    settings = {**os.environ, "OMP_NUM_THREADS": "1", "FAULTS": str(folder / "faults")}
    address = f"tcp://{ADDRESSES[FIRST]}:{PORT}"
    dask = [sys.executable, "-m", "distributed.cli.dask_scheduler", "--host", ADDRESSES[FIRST], "--port", str(PORT)]
    worker = [sys.executable, "-m", "distributed.cli.dask_worker", address, "--nthreads", "1", "--no-nanny"]
    commands = [inside(FIRST, *dask)]
    commands += [inside(SECOND, *worker, "--host", ADDRESSES[SECOND], "--name", name) for name in ("one", "two")]
    quiet = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL, "cwd": folder, "env": settings}
    processes = [subprocess.Popen(command, **quiet) for command in commands]
    try:
        yield address
    finally:
        for process in processes:
            process.kill()
            process.wait()


def main() -> None:
    """Print whether both sites are the same, file for file."""
    with tempfile.TemporaryDirectory() as name, two_namespaces():
        folder = Path(name)
        site = SmallSite(folder, small_review())
        site.run("--workers", 2)
        with cluster(folder) as address:
            said = site.run("--dask", address, reports=folder / "cluster", prefix=inside(FIRST))
        here, there = site.pages(), site.pages(folder / "cluster")
        site.close()
    same = sum(there.get(path) == content for path, content in here.items())
    print(next(line for line in said.splitlines() if line.startswith("Dask")))
    print(f"{same} of {len(here)} files are the same; files of one site only: {sorted(set(here) ^ set(there))}")


if __name__ == "__main__":
    main()

"""Whatever happens to one kernel, its parent or its owner: the others go on, and nothing is left behind."""

import json
import os
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path
from tempfile import mkdtemp

import papermill
import psutil
import pytest
from jupyter_client.manager import start_new_kernel
from nbclient.exceptions import CellTimeoutError, DeadKernelError
from papermill.engines import papermill_engines
from papermill.exceptions import PapermillExecutionError

from mande.running.kernels.warm_kernel import PARENT
from mande.running.papermill_engine import MandeEngine

PIDS = "import os; print(os.getpid(), os.getppid())"


def pids(printed) -> tuple[int, int]:
    kernel, parent = printed(PIDS).split()
    return int(kernel), int(parent)


def wait_until(is_so, seconds=5.0):
    end = time.monotonic() + seconds
    while not is_so() and time.monotonic() < end:
        time.sleep(0.02)
    return is_so()


def is_gone(pid: int) -> bool:
    """Gone for good: a zombie is not."""
    return not psutil.pid_exists(pid)


@pytest.fixture
def kernel():
    manager, client = start_new_kernel(kernel_name="mande")
    yield manager, client
    client.stop_channels()
    if manager.has_kernel:
        manager.shutdown_kernel(now=True)


@pytest.mark.parametrize("busy", ["time.sleep(60)", "while True: pass"])
def test_interrupt(kernel, busy):
    manager, client = kernel
    message = client.execute("import time\nprint('at it', flush=True)\n" + busy, stop_on_error=False)
    while client.get_iopub_msg(timeout=5)["msg_type"] != "stream":
        pass
    time.sleep(0.1)
    manager.interrupt_kernel()
    reply = client.get_shell_msg(timeout=5)
    assert (reply["parent_header"]["msg_id"], reply["content"]["ename"]) == (message, "KeyboardInterrupt")
    client.execute("1")
    assert client.get_shell_msg(timeout=5)["content"]["status"] == "ok"


def test_restart_gives_a_new_process_of_the_same_parent(kernel):
    manager, client = kernel
    first = manager.provisioner.pid
    manager.restart_kernel()
    client.wait_for_ready(timeout=10)
    assert manager.provisioner.pid != first
    assert psutil.Process(manager.provisioner.pid).ppid() == PARENT.get_running().process.pid
    assert is_gone(first)


def test_polite_shutdown(kernel):
    manager, client = kernel
    pid = manager.provisioner.pid
    manager.shutdown_kernel()
    assert is_gone(pid)


def test_time_out_ends_the_kernel_and_what_it_started(run_cells, tmp_path):
    start = "import subprocess, os, time\nchild = subprocess.Popen(['sleep', '600'])\n"
    note = "open('pids', 'w').write(f'{os.getpid()} {child.pid}')\n"
    with pytest.raises(CellTimeoutError):
        run_cells(start + note + "time.sleep(600)", timeout=2)
    for pid in map(int, (tmp_path / "pids").read_text().split()):
        assert wait_until(lambda pid=pid: is_gone(pid))


@pytest.mark.parametrize("end", ["os._exit(3)", "import ctypes; ctypes.string_at(0)"])
def test_a_crash_takes_only_its_own_notebook(run_cells, printed, end):
    _, parent = pids(printed)
    with pytest.raises(DeadKernelError):
        run_cells("import os; " + end)
    assert pids(printed)[1] == parent


def test_the_exit_code_is_known(kernel):
    manager, client = kernel
    client.execute("import os; os._exit(3)")
    process = manager.provisioner.process
    assert wait_until(lambda: process.poll() is not None)
    assert process.wait(timeout=1) == 3


def test_a_memory_limit_is_the_notebooks_own_error(tmp_path, write_notebook):
    papermill_engines.register("mande", MandeEngine)
    greedy = write_notebook("taken = [bytearray(10**8) for _ in range(100)]")
    options = {"kernel_name": "mande", "engine_name": "mande", "progress_bar": False}
    with pytest.raises(PapermillExecutionError, match="MemoryError"):
        papermill.execute_notebook(greedy, tmp_path / "out.ipynb", memory_limit_mb=1500, **options)
    papermill.execute_notebook(write_notebook("x = 1"), tmp_path / "out.ipynb", memory_limit_mb=1500, **options)


def test_a_killed_parent_is_replaced(run_cells, printed):
    _, parent = pids(printed)
    with pytest.raises(DeadKernelError):
        run_cells("import os, signal, time; os.kill(os.getppid(), signal.SIGKILL); time.sleep(600)")
    kernel, another = pids(printed)
    assert another != parent
    assert is_gone(parent)


def test_a_killed_parent_takes_its_busy_kernels_along(kernel):
    manager, client = kernel
    client.execute("import re; re.match('(a+)+b', 'a' * 60)")  # never lets go of the interpreter
    time.sleep(0.3)
    pid = manager.provisioner.pid
    os.kill(psutil.Process(pid).ppid(), signal.SIGKILL)
    assert wait_until(lambda: is_gone(pid), 2)
    assert not manager.is_alive()


def test_no_zombie_and_no_open_file_after_many_kernels(printed):
    printed("print(1)")
    parent = PARENT.get_running().process.pid
    files = [psutil.Process().num_fds(), psutil.Process(parent).num_fds()]
    for _ in range(5):
        printed("print(1)")
    assert wait_until(lambda: psutil.Process(parent).children(recursive=True) == [])
    assert psutil.Process(parent).num_fds() == files[1]
    assert psutil.Process().num_fds() <= files[0] + 2  # the event loop's own


RUNNER = """
import os, papermill, sys
from papermill.engines import papermill_engines
from mande.running.papermill_engine import MandeEngine
papermill_engines.register("mande", MandeEngine)
papermill.execute_notebook(sys.argv[1], sys.argv[2], kernel_name="mande", engine_name="mande", progress_bar=False)
"""


@pytest.fixture
def runner(tmp_path, write_notebook):
    """A runner in the middle of a notebook that started a process of its own; the pids of all of them."""
    note = "import os, time, subprocess, json\nchild = subprocess.Popen(['sleep', '600'])\n"
    note += "json.dump([os.getppid(), os.getpid(), child.pid], open('part', 'w')); os.rename('part', 'pids')\n"
    notebook = write_notebook(note + "while True: pass")
    temporary = Path(mkdtemp(prefix="m"))  # not below tmp_path: a socket's path must be short
    process = subprocess.Popen(
        [sys.executable, "-c", RUNNER, str(notebook), str(tmp_path / "out.ipynb")],
        env={**os.environ, "TMPDIR": str(temporary)},
        cwd=tmp_path,
    )
    assert wait_until((tmp_path / "pids").exists, 30)
    yield process, json.loads((tmp_path / "pids").read_text()), temporary
    process.kill()
    process.wait()
    shutil.rmtree(temporary)


@pytest.mark.parametrize(
    ("number", "to_all"), [(signal.SIGKILL, False), (signal.SIGTERM, True)], ids=["kill -9", "stop of a service"]
)
def test_a_runner_that_is_ended_leaves_nothing_behind(runner, number, to_all):
    process, started, temporary = runner
    assert len(list(temporary.glob("mande-kernel-*/*"))) >= 5  # connection file and sockets, while it runs
    for pid in [process.pid, *started] if to_all else [process.pid]:
        os.kill(pid, number)
    process.wait(timeout=20)
    for pid in started:
        assert wait_until(lambda pid=pid: is_gone(pid))
    assert wait_until(lambda: list(temporary.iterdir()) == []), list(temporary.rglob("*"))


FORKER = """
import os
from mande.running.kernels.freshness import ParentKey
from mande.running.kernels.warm_kernel import PARENT
import sys
key = ParentKey.of(sys.executable, ["json"], dict(os.environ))
before = PARENT.get(key, dict(os.environ)).process.pid
if os.fork() == 0:
    assert PARENT.get_running() is None
    print(PARENT.get(key, dict(os.environ)).process.pid, flush=True)
    PARENT.close()
    os._exit(0)
os.wait()
assert PARENT.get(key, dict(os.environ)).process.pid == before
print(before, os.getpid())
"""


def test_a_forked_worker_makes_a_parent_of_its_own():
    found = subprocess.run([sys.executable, "-c", FORKER], capture_output=True, text=True, timeout=60, check=True)
    worker, before, owner = map(int, found.stdout.split())
    assert len({worker, before, owner}) == 3
    assert is_gone(worker)
    assert is_gone(before)

"""What a forked child does to become an ordinary kernel: a state of its own, then ipykernel as usual.

For a page of a batch, it executes cells instead (see `cell_process`).
"""

import ctypes
import gc
import os
import random
import signal
import sys
import time
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from ipykernel.kernelapp import IPKernelApp

from mande.running.kernels.cell_process import execute_cells

_PR_SET_PDEATHSIG = 1
_C_LIBRARY = ctypes.CDLL(None)


@dataclass(frozen=True)
class KernelOrder:
    """A kernel to start: its arguments, environment and folder, and the pipe that says when it listens.

    `order_file` is the connection file; of a kernel that `runs_cells`, it is the list of them, and the pipe says what
    becomes of them.
    """

    arguments: list[str]
    environment: dict[str, str]
    folder: str
    order_file: str
    runs_cells: bool
    announce_fd: int
    warm_parent: int


def become_kernel(order: KernelOrder) -> None:
    """Run as the ordered kernel until it is shut down.  Call it in a freshly forked child only."""
    _leave_the_parent(order)
    _renew_state(order)
    gc.enable()
    if order.runs_cells:
        execute_cells(Path(order.order_file), order.announce_fd)
    app: Any = IPKernelApp.instance(parent_handle=order.warm_parent)
    app.initialize(order.arguments)
    os.write(order.announce_fd, b"!")
    os.close(order.announce_fd)
    app.start()


def _leave_the_parent(order: KernelOrder) -> None:
    """Be the leader of a session, deaf to the parent's signals, and die with the parent even while in C code."""
    os.setsid()
    _C_LIBRARY.prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)
    if os.getppid() != order.warm_parent:
        os._exit(1)
    signal.set_wakeup_fd(-1)
    signal.signal(signal.SIGINT, signal.default_int_handler)
    for number in (signal.SIGTERM, signal.SIGCHLD, signal.SIGHUP):
        signal.signal(number, signal.SIG_DFL)


def _renew_state(order: KernelOrder) -> None:
    """Replace what siblings would share: environment, folder, time zone, arguments, random numbers."""
    os.environ.clear()
    os.environ.update(order.environment)
    os.environ["JPY_PARENT_PID"] = str(order.warm_parent)
    os.chdir(order.folder)
    time.tzset()
    launcher = find_spec("ipykernel_launcher")
    sys.argv = [str(launcher.origin) if launcher else "ipykernel_launcher", *order.arguments]
    _choose_figure_backend()
    random.seed()
    if "numpy.random" in sys.modules:
        sys.modules["numpy.random"].seed()


def _choose_figure_backend() -> None:
    """Give matplotlib the backend that it would have read from the environment, had it been imported here.

    Without this a notebook runs without error and shows no figure.  The backend's module is left to the notebook's own
    first figure, because on import it ties itself to the running shell.
    """
    if not os.environ.get("MPLBACKEND"):  # as ipykernel does, only too late for a matplotlib that is there already
        os.environ["MPLBACKEND"] = "module://matplotlib_inline.backend_inline"
    sys.modules.pop("matplotlib_inline.backend_inline", None)
    if "matplotlib" in sys.modules:
        sys.modules["matplotlib"].rcParams["backend"] = os.environ["MPLBACKEND"]

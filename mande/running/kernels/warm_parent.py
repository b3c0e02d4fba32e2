"""The warm parent: imports once what notebooks need, then forks one kernel per order.

It is started as a program of its own (never forked from the caller) and stays single-threaded: a fork copies only the
thread that calls it, so that a lock held by another one would stay locked in the child for ever.
"""

import gc
import json
import os
import select
import shutil
import signal
import socket
import sys
from contextlib import suppress
from dataclasses import dataclass, field
from importlib import import_module
from pathlib import Path

from mande.running.kernels.agreement import KERNEL_FOLDER_PREFIX, MESSAGE_BYTES
from mande.running.kernels.kernel_process import KernelOrder, become_kernel

_LOOK_SECONDS = 1.0
KERNEL_MODULES = (
    "ipykernel.debugger",
    "ipykernel.ipkernel",
    "ipykernel.zmqshell",
    "IPython.core.completerlib",
    "IPython.core.debugger",
    "IPython.core.oinspect",
    "IPython.extensions.storemagic",
    "sqlite3",
    "tornado.platform.asyncio",
)
"""What every ipykernel imports while it starts."""


@dataclass
class WarmParent:
    """The orders' channel, the process that gives them, and its kernels: those that run, exit codes, all their files."""

    control: socket.socket
    owner: int
    running: set[int] = field(default_factory=set)
    ended: dict[int, int] = field(default_factory=dict)
    order_files: set[str] = field(default_factory=set)

    def serve(self) -> KernelOrder | None:
        """Answer orders until the owner is gone; return the order in the child that is to carry it out."""
        while os.getppid() == self.owner:
            readable, _, _ = select.select([self.control], [], [], _LOOK_SECONDS)
            self._reap()
            if not readable:
                continue
            try:
                message, fds, _, _ = socket.recv_fds(self.control, MESSAGE_BYTES, 1)
            except ConnectionResetError:
                break
            if not message:
                break
            request = json.loads(message)
            if request["what"] != "start":
                self._answer(getattr(self, f"_{request['what']}")(**request["of"]))
            elif (order := self._start(request, fds[0])) is not None:
                return order
        self._clear_away()
        return None

    def _start(self, request: dict, announce_fd: int) -> KernelOrder | None:
        """Fork; return the order in the child only."""
        os.set_inheritable(announce_fd, False)  # what the notebook starts must not keep the pipe open
        order = KernelOrder(**request["of"], announce_fd=announce_fd, warm_parent=os.getpid())
        try:
            pid = _fork_alone()
        except OSError as error:
            answer: dict = {"refused": f"the warm parent cannot fork: {error}"}
        else:
            if pid == 0:
                self.control.close()
                return order
            self.running.add(pid)
            self.order_files.add(order.order_file)
            answer = {"pid": pid}
        os.close(announce_fd)
        self._answer(answer)
        return None

    def _poll(self, pid: int) -> dict:
        self._reap()
        return {"exit_code": self.ended.pop(pid, None)}

    def _signal(self, pid: int, number: int) -> dict:
        """Signal a kernel and all it started; one that has ended is left alone, since its number may be another's."""
        self._reap()
        if pid in self.running:
            try:
                os.killpg(pid, number)
            except ProcessLookupError:  # it has not made its own session yet
                os.kill(pid, number)
        return {}

    def _answer(self, content: dict) -> None:
        with suppress(BrokenPipeError):  # the owner has gone meanwhile; the next look will find that out
            self.control.send(json.dumps(content).encode())

    def _reap(self) -> None:
        for pid in list(self.running):
            ended, status = os.waitpid(pid, os.WNOHANG)
            if ended:
                self.running.remove(pid)
                self.ended[pid] = os.waitstatus_to_exitcode(status)

    def _clear_away(self) -> None:
        """End the kernels whose owner is gone and remove the files that it can no longer remove."""
        for pid in list(self.running):
            self._signal(pid, signal.SIGKILL)
        for pid in self.running:
            os.waitpid(pid, 0)
        for order_file in self.order_files:
            remove_connection(Path(order_file))


def _fork_alone() -> int:
    """Fork if this process has one thread; a preloaded module may have started another.

    Raises: OSError.
    """
    threads = len(os.listdir("/proc/self/task"))
    if threads > 1:
        raise OSError(f"it has {threads} threads")
    return os.fork()


def remove_connection(connection_file: Path) -> None:
    """Remove a connection file, with its folder and sockets if the folder was made for this kernel alone."""
    if connection_file.parent.name.startswith(KERNEL_FOLDER_PREFIX):
        shutil.rmtree(connection_file.parent, ignore_errors=True)
    else:
        connection_file.unlink(missing_ok=True)


def main() -> None:
    """Import what is named, say so on the channel, and serve.  Arguments: descriptor, owner's pid, modules."""
    fd, owner, *preload = sys.argv[1:]
    control = socket.socket(fileno=int(fd))
    control.set_inheritable(False)
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, signal.SIG_IGN)  # it leaves when its owner does, and then clears away
    gc.disable()
    for name in (*KERNEL_MODULES, *preload):
        import_module(name)
    gc.collect()
    gc.freeze()
    os.chdir("/")
    control.send(json.dumps({"ready": True}).encode())
    order = WarmParent(control, int(owner)).serve()
    if order is not None:
        become_kernel(order)

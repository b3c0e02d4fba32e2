"""The owner's side of warm kernels: one parent per process, made when first needed; a handle for each kernel."""

import atexit
import json
import os
import select
import signal
import socket
import subprocess
import threading
import time
from contextlib import suppress
from dataclasses import asdict, dataclass, field

from mande.running.kernels.agreement import MESSAGE_BYTES
from mande.running.kernels.freshness import ParentKey

_TRIES = 3  # a parent may be killed while it imports; a module that cannot be imported fails each time
_IMPORT_SECONDS = 120
_ANSWER_SECONDS = 30
_LISTEN_SECONDS = 60
_PROGRAM = (
    "import sys; sys.path[:] = filter(None, sys.path); from mande.running.kernels.warm_parent import main; main()"
)
_ONE_THREAD = {
    "OMP_NUM_THREADS": "1",
    "OPENBLAS_NUM_THREADS": "1",
    "MKL_NUM_THREADS": "1",
    "JE_ARROW_MALLOC_CONF": "background_thread:false",
    "PYDEVD_DISABLE_FILE_VALIDATION": "1",
}


class WarmKernelError(Exception):
    """A warm kernel cannot be had; the text says why."""


@dataclass(frozen=True)
class KernelRequest:
    """What the parent needs to know about a kernel (see `kernel_process.KernelOrder`)."""

    environment: dict[str, str]
    folder: str
    order_file: str
    arguments: list[str] = field(default_factory=list)
    runs_cells: bool = False


class ParentHandle:
    """A running warm parent and the channel on which it takes orders, one at a time."""

    def __init__(self, key: ParentKey, environment: dict[str, str]) -> None:
        self.key = key
        self._lock = threading.RLock()
        self._running: set[int] = set()
        self._is_retired = False
        self._control, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        with theirs:
            self.process = subprocess.Popen(
                [key.python, "-c", _PROGRAM, str(theirs.fileno()), str(os.getpid()), *key.preload],
                env={name: value for name, value in environment.items() if name != "MPLBACKEND"} | _ONE_THREAD,
                stdin=subprocess.DEVNULL,
                pass_fds=(theirs.fileno(),),
                start_new_session=True,
            )
        self._receive(_IMPORT_SECONDS)

    def start(self, request: KernelRequest) -> "WarmKernel":
        """Fork a kernel and return when it listens.

        Raises: WarmKernelError.
        """
        kernel, announced = self.fork(request)
        try:
            if not _hears(announced, _LISTEN_SECONDS):
                kernel.kill()
                raise WarmKernelError("the forked kernel ended or hung while it started")
            return kernel
        finally:
            os.close(announced)

    def fork(self, request: KernelRequest) -> tuple["WarmKernel", int]:
        """Fork a kernel; return it with the descriptor from which can be read what it says.

        Raises: WarmKernelError.
        """
        announced, announce = os.pipe()
        try:
            answer = self.ask("start", fds=[announce], **asdict(request))
            if "refused" in answer:
                raise WarmKernelError(answer["refused"])
        except BaseException:
            os.close(announced)
            raise
        finally:
            os.close(announce)
        self._running.add(answer["pid"])
        return WarmKernel(self, answer["pid"]), announced

    def ask(self, what: str, *, fds: list[int] | None = None, **of: object) -> dict:
        """Send one order and return the answer.

        Raises: WarmKernelError if the parent is gone or silent; its kernels are then gone too.
        """
        with self._lock:
            try:
                socket.send_fds(self._control, [json.dumps({"what": what, "of": of}).encode()], fds or [])
            except OSError as error:
                raise self._lost(f"the order cannot be sent ({error.strerror})") from None
            return self._receive(_ANSWER_SECONDS)

    def release(self, pid: int) -> None:
        """Forget a kernel that has ended; a retired parent leaves with its last one."""
        self._running.discard(pid)
        if self._is_retired and not self._running:
            self.close()

    def retire(self) -> None:
        """Start nothing more; leave when the last kernel has ended."""
        self._is_retired = True
        if not self._running:
            self.close()

    def close(self) -> None:
        """End the parent with all its kernels; who waits for an answer hears that there will be none."""
        with suppress(OSError):  # it has been closed before
            self._control.shutdown(socket.SHUT_RDWR)
        with self._lock:
            self._control.close()
        try:
            self.process.wait(timeout=10)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()

    def forget(self) -> None:
        """Let go of a parent that belongs to the process that this one was forked from."""
        self._control.close()
        self.process.returncode = 0  # it is not ours to wait for

    def is_alive(self) -> bool:
        return self.process.poll() is None

    def _receive(self, seconds: float) -> dict:
        try:
            self._control.settimeout(seconds)
            message = self._control.recv(MESSAGE_BYTES)
        except OSError as error:
            raise self._lost(f"no answer ({error})") from None
        if not message:
            raise self._lost("it ended")
        return json.loads(message)

    def _lost(self, reason: str) -> WarmKernelError:
        """End what may be left of the parent: kernels that cannot be asked about must not go on."""
        self.process.kill()
        self.close()
        return WarmKernelError(f"the warm parent was lost: {reason}")


class WarmKernel:
    """A forked kernel, with the part of `subprocess.Popen` that a kernel provisioner uses."""

    stdin = stdout = stderr = None

    def __init__(self, parent: ParentHandle, pid: int) -> None:
        self._parent = parent
        self.pid = pid
        self.returncode: int | None = None
        self.is_parent_lost = False

    def poll(self) -> int | None:
        """Return the exit code, negative for a signal; None while it runs."""
        if self.returncode is None:
            try:
                self.returncode = self._parent.ask("poll", pid=self.pid)["exit_code"]
            except WarmKernelError:
                self.returncode, self.is_parent_lost = -signal.SIGKILL, True
            if self.returncode is not None:
                self._parent.release(self.pid)
        return self.returncode

    def wait(self, timeout: float | None = None) -> int:
        """Wait for the end and return the exit code."""
        end = time.monotonic() + (float("inf") if timeout is None else timeout)
        while (code := self.poll()) is None:
            if time.monotonic() > end:
                raise subprocess.TimeoutExpired(["kernel", str(self.pid)], timeout or 0)
            time.sleep(0.002)
        return code

    def send_signal(self, number: int) -> None:
        """Signal the kernel and the processes that it started; nothing happens to one that has ended."""
        if self.poll() is None:
            self._parent.ask("signal", pid=self.pid, number=int(number))

    def terminate(self) -> None:
        self.send_signal(signal.SIGTERM)

    def kill(self) -> None:
        self.send_signal(signal.SIGKILL)


class ParentOfThisProcess:
    """Keeps the one warm parent of this process, and the failures to make one, so that it is not tried for ever."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._current: ParentHandle | None = None
        self._failures: dict[ParentKey, list[str]] = {}

    def get(self, key: ParentKey, environment: dict[str, str]) -> ParentHandle:
        """Return the parent of this key; one of another key or one that died is replaced.

        Raises: WarmKernelError if it cannot be made.
        """
        with self._lock:
            current = self._current
            if current is not None and current.key == key and current.is_alive():
                return current
            self._current = None
            if current is not None:
                current.retire()
            failures = self._failures.setdefault(key, [])
            if len(failures) >= _TRIES:
                raise WarmKernelError(failures[-1])
            try:
                self._current = ParentHandle(key, environment)
            except (WarmKernelError, OSError) as error:
                failures.append(str(error))
                raise WarmKernelError(str(error)) from None
            return self._current

    def get_running(self) -> ParentHandle | None:
        """Return the parent if there is one; None if no kernel was started yet."""
        return self._current

    def close(self) -> None:
        """End the parent and its kernels; the next kernel makes a new one."""
        with self._lock:
            current, self._current = self._current, None
            if current is not None:
                current.close()

    def forget(self) -> None:
        """Start afresh in a forked process: the parent belongs to the process that made it."""
        if self._current is not None:
            self._current.forget()
        self.__init__()  # type: ignore[misc]


PARENT = ParentOfThisProcess()
atexit.register(PARENT.close)
if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=PARENT.forget)


def _hears(fd: int, seconds: float) -> bool:
    waiting = select.poll()
    waiting.register(fd, select.POLLIN)
    return bool(waiting.poll(seconds * 1000)) and os.read(fd, 1) == b"!"

"""What a forked child does to execute the cells of one page: ipykernel's own kernel and shell, without sockets.

A kernel for pages has one client, its runner, which waits for all cells and asks nothing else.  So messages go through
one pipe, a line of JSON each; there are no threads, and a cell begins when the last one has ended.
"""

import asyncio
import fcntl
import json
import logging
import os
import resource
import signal
import sys
import time
from io import TextIOBase
from pathlib import Path
from threading import RLock, current_thread
from types import SimpleNamespace
from typing import Any

from ipykernel.ipkernel import IPythonKernel
from jupyter_client.session import Session, json_packer
from traitlets import Integer
from traitlets.config import Config

_READ_BYTES = 1 << 16


class PipeSession(Session):
    """A session that writes what the kernel says, whatever the channel, as a line on a pipe."""

    pipe = Integer()

    def __init__(self, **traits: Any) -> None:
        super().__init__(**traits)
        self._lock, self._owner = RLock(), os.getpid()

    def send(self, stream: Any, msg_or_type: Any, content: Any = None, *args: Any, **options: Any) -> dict[str, Any]:
        """Write one message; a process that the notebook forked has nothing to say here."""
        is_message = not isinstance(msg_or_type, str)
        kind = msg_or_type["header"]["msg_type"] if is_message else msg_or_type
        content = msg_or_type["content"] if is_message else content or {}
        if os.getpid() == self._owner:
            self.write(kind, content)
        return {"msg_type": kind, "content": content}

    def write(self, kind: str, content: dict[str, Any]) -> None:
        """Write a line; threads take turns."""
        left = memoryview(json_packer({"kind": kind, "content": content}) + b"\n")
        with self._lock:
            while left:
                left = left[os.write(self.pipe, left) :]


class CapturedStream(TextIOBase):
    """sys.stdout or sys.stderr of the cells, together with what is written to its descriptor by C code and programs.

    The descriptor is a file in memory: a pipe would need a thread that empties it.
    """

    encoding = "UTF-8"

    def __init__(self, name: str, number: int, session: PipeSession) -> None:
        self.name, self._number, self._session = name, number, session
        self._memory = os.memfd_create(name)
        fcntl.fcntl(self._memory, fcntl.F_SETFL, os.O_APPEND)
        os.dup2(self._memory, number)
        self._read, self._texts, self._lock, self._owner = 0, [""], RLock(), os.getpid()

    def fileno(self) -> int:
        return self._number

    def isatty(self) -> bool:
        return False

    def writable(self) -> bool:
        return True

    def write(self, text: str) -> int:
        """Take a text in after what the descriptor has had before; in a forked process, hand it to the descriptor."""
        if not isinstance(text, str):
            raise TypeError(f"write() argument must be str, not {type(text)}")
        if os.getpid() != self._owner:
            os.write(self._number, text.encode(errors="replace"))
            return len(text)
        with self._lock:
            self._take_in()
            self._texts.append(text)
        return len(text)

    def flush(self) -> None:
        """Say what has been written since the last time."""
        if os.getpid() != self._owner:
            return
        with self._lock:
            self._take_in()
            text, self._texts = "".join(self._texts), []
            if text:
                self._session.write("stream", {"name": self.name, "text": text})

    def _take_in(self) -> None:
        while os.fstat(self._memory).st_size > self._read:
            found = os.pread(self._memory, _READ_BYTES, self._read)
            self._read += len(found)
            self._texts.append(found.decode(errors="replace"))


class CellKernel(IPythonKernel):
    """ipykernel's kernel for one notebook: the cells after one that fails are not executed."""

    is_stopped = False

    def _abort_queues(self, *_: Any) -> None:
        self.is_stopped = True


def execute_cells(file: Path, pipe: int) -> None:
    """Execute the cells that a file lists up to the first error, tell of them, and wait to be killed.

    The runner kills this process together with what the cells have started.
    """
    order = json.loads(file.read_bytes())
    session = PipeSession(pipe=pipe, key=b"")
    own_errors = os.dup(2)
    sys.stdout, sys.stderr = (CapturedStream(name, n, session) for name, n in (("stdout", 1), ("stderr", 2)))
    try:
        kernel = _make_kernel(session)
        if order["memory_bytes"]:
            resource.setrlimit(resource.RLIMIT_DATA, (order["memory_bytes"],) * 2)
        asyncio.run(_execute_all(kernel, session, order["cells"]))
    except BaseException:
        os.dup2(own_errors, 2)  # not a cell's error: that one is part of the notebook
        sys.stderr = sys.__stderr__
        raise
    while True:
        signal.pause()


def _make_kernel(session: PipeSession) -> Any:
    """Return a kernel that is as IPKernelApp makes it, without the user's own profile: a page must not depend on it."""
    _look_in_current_folder()
    no_database = Config({"HistoryManager": {"enabled": False, "hist_file": ":memory:"}})
    kernel = CellKernel.instance(session=session, config=no_database, log=logging.getLogger(__name__))
    kernel.shell_channel_thread = SimpleNamespace(
        parent_thread=current_thread()
    )  # cells with `await` look whose turn it is
    kernel.shell.extension_manager.load_extension("storemagic")
    kernel.shell.exit_now = False
    return kernel


def _look_in_current_folder() -> None:
    """Let cells import modules from their folder, after Python's own, where IPython puts it."""
    names = [os.path.basename(path) for path in sys.path]
    sys.path.insert(names.index("site-packages") if "site-packages" in names else 0, "")


async def _execute_all(kernel: Any, session: PipeSession, cells: list[dict[str, Any]]) -> None:
    session.write("started", {"language_info": kernel.language_info})
    for cell in cells:
        began = time.perf_counter()
        request = _request(cell, session.session)
        kernel.set_parent([], request)
        await kernel.execute_request(None, [], request)
        session.write("ended", {"seconds": time.perf_counter() - began, "is_failure": kernel.is_stopped})
        if kernel.is_stopped:
            return
    session.write("all ended", {})


def _request(cell: dict[str, Any], session: str) -> dict[str, Any]:
    """Return the message by which a client asks for a cell."""
    header = {"msg_id": cell["id"], "msg_type": "execute_request", "session": session, "version": "5.5"}
    content = {"code": cell["code"], "store_history": True, "stop_on_error": not cell["may_fail"]}
    return {**header, "header": header, "parent_header": {}, "metadata": {"cellId": cell["id"]}, "content": content}

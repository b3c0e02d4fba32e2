"""A papermill engine without waiting: ready when the kernel answers, one save at the end, immediate shutdown."""

import os
import signal
import time
from contextlib import suppress
from pathlib import Path
from queue import Empty
from typing import Any

import nbformat
import papermill
from jupyter_client.asynchronous import AsyncKernelClient
from jupyter_client.kernelspec import KernelSpecManager
from jupyter_client.manager import AsyncKernelManager
from jupyter_core.utils import run_sync
from nbformat import NotebookNode
from papermill.clientwrap import PapermillNotebookClient
from papermill.engines import NBClientEngine, NotebookExecutionManager, papermill_engines
from traitlets import Integer, default
from traitlets.config import Config

from mande.running.failures import OutputLimitError
from mande.running.kernels.kernel_folders import kernel_folder
from mande.running.kernels.warm_cells import KERNELS, CellLimits

_SHOWING = frozenset({"stream", "display_data", "update_display_data", "execute_result", "error"})
_LONGEST_SOCKET = 100  # a socket's path holds at most 107 bytes, and the channel's number is added to it


class PromptClient(AsyncKernelClient):
    """A client that is ready when the kernel has answered on both channels, without listening for silence after."""

    async def _async_wait_for_ready(self, timeout: float | None = None) -> None:
        """Wait for the kernel's first reply and first published message; messages of no cell are passed over later.

        Raises: RuntimeError if the kernel ends or does not answer in time.
        """
        end = time.monotonic() + (float("inf") if timeout is None else timeout)
        while True:
            self.kernel_info()
            try:
                reply = await self.shell_channel.get_msg(timeout=1)
                await self.iopub_channel.get_msg(timeout=1)
            except Empty:
                if not await self._async_is_alive():
                    raise RuntimeError("Kernel died before replying to kernel_info") from None
                if time.monotonic() > end:
                    raise RuntimeError(f"Kernel didn't respond in {timeout} seconds") from None
            else:
                if reply["msg_type"] == "kernel_info_reply":
                    self._handle_kernel_info_reply(reply)
                    return

    wait_for_ready = _async_wait_for_ready


class PromptKernelManager(AsyncKernelManager):
    """A manager that finds the kernels of this package wherever it is installed, and speaks through `PromptClient`."""

    @default("client_class")
    def _default_client_class(self) -> str:
        return f"{PromptClient.__module__}.{PromptClient.__name__}"

    @default("client_factory")
    def _default_client_factory(self) -> type:
        return PromptClient

    @default("kernel_spec_manager")
    def _default_kernel_spec_manager(self) -> KernelSpecManager:
        specs = KernelSpecManager(parent=self)
        specs.kernel_dirs = [str(KERNELS), *specs.kernel_dirs]
        return specs


class PromptNotebookClient(PapermillNotebookClient):
    """Papermill's client with a limit on the whole notebook's time, its kernel's memory and what it shows."""

    notebook_timeout = Integer(0, help="Seconds that all cells may take together; 0: no limit.")
    memory_limit_mb = Integer(0, help="Memory that the kernel may allocate, in MB of 10^6 bytes; 0: no limit.")
    output_limit_mb = Integer(0, help="What all cells may show together, in MB of 10^6 bytes; 0: no limit.")
    _shown = 0

    @default("kernel_manager_class")
    def _kernel_manager_class_default(self) -> type:
        return PromptKernelManager

    async def async_start_new_kernel(self, **kwargs: Any) -> None:
        """Start the kernel, then limit it; what it starts inherits the limit."""
        await super().async_start_new_kernel(**kwargs)
        self._end = time.monotonic() + self.notebook_timeout
        if self.memory_limit_mb and self.km is not None:
            _limit_memory(self.km.provisioner.pid, self.memory_limit_mb)

    start_new_kernel = run_sync(async_start_new_kernel)  # what papermill calls

    def process_message(self, msg: dict[str, Any], cell: NotebookNode, cell_index: int) -> NotebookNode | None:
        """Take in what a cell shows, up to the limit; more is dropped unread and fails the cell when it has ended."""
        if msg["msg_type"] in _SHOWING:
            self._shown += len(str(msg["content"]))
            if self.output_limit_mb and self._shown > self.output_limit_mb * 1_000_000:
                return None
        return super().process_message(msg, cell, cell_index)

    async def _check_raise_for_error(self, cell: NotebookNode, cell_index: int, exec_reply: Any) -> None:
        if self.output_limit_mb and self._shown > self.output_limit_mb * 1_000_000:
            raise OutputLimitError(f"the notebook shows more than {self.output_limit_mb} MB")
        await super()._check_raise_for_error(cell, cell_index, exec_reply)

    def _get_timeout(self, cell: NotebookNode | None) -> int | None:
        """Return the seconds left for this cell: its own limit, or what the others have left over."""
        own = super()._get_timeout(cell)
        if not self.notebook_timeout:
            return own
        left = max(1, int(self._end - time.monotonic()))
        return left if own is None else min(own, left)


_running: set[PromptNotebookClient] = set()


def kill_kernels() -> None:
    """Kill the kernels of all notebooks that this process executes; each of those fails then."""
    for client in tuple(_running):
        if client.km is not None and client.km.has_kernel:
            with suppress(ProcessLookupError):
                os.kill(client.km.provisioner.pid, getattr(signal, "SIGKILL", signal.SIGTERM))


class MandeEngine(NBClientEngine):
    """Executes a notebook for `papermill.execute_notebook(..., engine_name="mande")`.

    Options beside papermill's own: `notebook_timeout`, `memory_limit_mb`, `output_limit_mb`, `connection_folder`.  The notebook is saved once, by papermill, when it has ended.
    """

    @classmethod
    def execute_notebook(
        cls, nb: NotebookNode, kernel_name: str, output_path: str | None = None, **options: Any
    ) -> Any:
        """Execute without writing to `output_path` on the way; papermill writes it whole at the end."""
        return super().execute_notebook(nb, kernel_name, output_path=None, **options)

    @classmethod
    def execute_managed_notebook(
        cls,
        nb_man: NotebookExecutionManager,
        kernel_name: str,
        log_output: bool = False,
        start_timeout: int = 60,
        execution_timeout: int | None = None,
        **options: Any,
    ) -> None:
        """Run all cells in a kernel of their own; its connection file and sockets leave with it."""
        with kernel_folder(options.pop("connection_folder", None)) as folder:
            connection = _connection(folder)
            known = {name: value for name, value in options.items() if name in PromptNotebookClient.class_trait_names()}
            config = Config({"KernelManager": connection})
            config.merge(known.pop("config", {}))
            client = PromptNotebookClient(
                nb_man,
                **{"shutdown_kernel": "immediate", "timeout": execution_timeout, **known},
                config=config,
                startup_timeout=start_timeout,
                kernel_name=kernel_name,
                log_output=log_output,
            )
            _running.add(client)
            try:
                client.execute()
            finally:
                _running.discard(client)


def execute_with_papermill(
    notebook: dict[str, Any], folder: Path, working_folder: Path, limits: CellLimits
) -> tuple[dict[str, Any], float]:
    """Execute a notebook by papermill, in an ordinary kernel if need be; return it with the seconds of its cells."""
    papermill_engines.register("mande", MandeEngine)
    executed = papermill.execute_notebook(
        nbformat.from_dict(notebook),
        None,
        engine_name="mande",
        kernel_name="mande",
        progress_bar=False,
        resources={"metadata": {"path": str(working_folder)}},
        notebook_timeout=limits.seconds,
        connection_folder=folder,
        memory_limit_mb=limits.memory_mb,
        output_limit_mb=limits.output_mb,
    )
    seconds = sum(cell.metadata.papermill.duration or 0 for cell in executed.cells)
    return _without_moments(executed, notebook), seconds


def _without_moments(executed: NotebookNode, notebook: dict[str, Any]) -> dict[str, Any]:
    """Take away what papermill and nbclient add: moments and folders differ each time though nothing has changed."""
    cells = [
        {**cell, "metadata": {**before["metadata"]}}
        for cell, before in zip(executed.cells, notebook["cells"], strict=True)
    ]
    metadata = {**notebook["metadata"], "language_info": executed.metadata.language_info}
    return {**executed, "cells": cells, "metadata": metadata}


def _connection(folder: Path) -> dict[str, str]:
    """Return how manager and kernel speak: through files in a folder that only this user can open.

    Each kernel needs paths of its own: kernels that share one would receive each other's messages.
    """
    connection = {"connection_file": str(folder / "connection.json")}
    sockets = str(folder / "kernel")
    if os.name == "posix" and len(os.fsencode(sockets)) <= _LONGEST_SOCKET:
        connection |= {"transport": "ipc", "ip": sockets}
    return connection


def _limit_memory(pid: int, megabytes: int) -> None:
    """Limit what a running process may allocate, where the system can: its next request beyond is refused."""
    import resource

    if hasattr(resource, "prlimit"):
        limit = megabytes * 1_000_000
        resource.prlimit(pid, resource.RLIMIT_DATA, (limit, limit))

"""The owner's side of a page's kernel: hand over the cells, take in what they show, hold the limits, end the process."""

import json
import os
import select
import sys
import time
from contextlib import suppress
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from mande.reporting.notebook import tags_of
from mande.running.failures import CellTimeoutError, DeadKernelError, LostParentError, OutputLimitError
from mande.running.kernels.cell_outputs import CellsRecord
from mande.running.kernels.freshness import ParentKey
from mande.running.kernels.warm_kernel import PARENT, KernelRequest, WarmKernel, WarmKernelError

Notebook = dict[str, Any]
KERNELS = Path(__file__).parent / "share" / "jupyter" / "kernels"
_CELLS = "cells.json"
_LOOK_SECONDS = 0.5
_READ_BYTES = 1 << 20


@dataclass(frozen=True)
class CellLimits:
    """What all cells together may take and show, in MB of 10^6 bytes; 0: no limit."""

    seconds: int = 0
    memory_mb: int = 0
    output_mb: int = 0


def execute_warm(notebook: Notebook, folder: Path, working_folder: Path, limits: CellLimits) -> tuple[Notebook, float]:
    """Execute a notebook in a kernel of its own, forked from the warm parent; return it with the seconds of its cells.

    Needs: `folder`, made for this kernel alone, and the working folder below it.
    Raises: WarmKernelError if no kernel can be forked; NotebookError for the first cell that fails; DeadKernelError,
        CellTimeoutError, OutputLimitError.
    """
    to_execute = {place: cell for place, cell in enumerate(notebook["cells"]) if _is_executed(cell)}
    record = execute_cells([_asked(cell) for cell in to_execute.values()], folder, working_folder, limits)
    cells = list(notebook["cells"])
    for (place, cell), found in zip(to_execute.items(), record.cells, strict=True):
        cells[place] = {**cell, "execution_count": found.execution_count, "outputs": found.outputs}
    metadata = {**notebook["metadata"], "language_info": record.language_info}
    return {**notebook, "cells": cells, "metadata": metadata}, sum(found.seconds for found in record.cells)


def execute_cells(cells: list[dict[str, Any]], folder: Path, working_folder: Path, limits: CellLimits) -> CellsRecord:
    """Execute cells (`id`, `code`, `may_fail`) in a forked kernel that is gone when this returns (see `execute_warm`)."""
    order_file = folder / _CELLS
    order_file.write_text(json.dumps({"cells": cells, "memory_bytes": limits.memory_mb * 1_000_000}), encoding="utf-8")
    kernel, said = _fork(KernelRequest(dict(os.environ), str(working_folder), str(order_file), runs_cells=True))
    try:
        return _listen(kernel, said, limits)
    finally:
        os.close(said)
        with suppress(WarmKernelError):  # the parent is gone, and its kernels with it
            kernel.kill()
            kernel.wait(timeout=10)


def start_parent(environment: dict[str, str]) -> None:
    """Have the warm parent ready before the first page asks; what hinders it is told then."""
    if sys.platform == "linux":
        with suppress(WarmKernelError):
            PARENT.get(ParentKey.of(sys.executable, _preload(), environment), environment)


def _is_executed(cell: dict[str, Any]) -> bool:
    return cell["cell_type"] == "code" and bool(cell["source"].strip()) and "skip-execution" not in tags_of(cell)


def _asked(cell: dict[str, Any]) -> dict[str, Any]:
    return {"id": cell.get("id", ""), "code": cell["source"], "may_fail": False}


def _fork(request: KernelRequest) -> tuple[WarmKernel, int]:
    if sys.platform != "linux":
        raise WarmKernelError("kernels are forked on Linux only")
    key = ParentKey.of(sys.executable, _preload(), request.environment)
    parent = PARENT.get(key, request.environment)
    try:
        return parent.fork(request)
    except WarmKernelError:
        if parent.is_alive():
            raise
    return PARENT.get(key, request.environment).fork(request)  # it was killed since a page was made last


@cache
def _preload() -> tuple[str, ...]:
    spec = json.loads((KERNELS / "mande" / "kernel.json").read_text(encoding="utf-8"))
    return tuple(spec["metadata"]["kernel_provisioner"]["config"]["preload"])


def _listen(kernel: WarmKernel, said: int, limits: CellLimits) -> CellsRecord:
    """Take in what the kernel says until all cells have ended."""
    end = time.monotonic() + (limits.seconds or float("inf"))
    waiting, begun, heard, record = select.poll(), [b""], 0, CellsRecord()
    waiting.register(said, select.POLLIN)
    while not record.is_whole:
        while not waiting.poll(min(_LOOK_SECONDS, max(0.0, end - time.monotonic())) * 1000):
            _require_life(kernel, end, limits)
        found = os.read(said, _READ_BYTES)
        if not found:
            raise _death(kernel)
        heard += len(found)
        _limit_shown(heard, limits)
        first, *others = found.split(b"\n")
        begun.append(first)
        if others:
            for line in (b"".join(begun), *others[:-1]):
                record.take_in(**json.loads(line))
            begun = [others[-1]]
        if time.monotonic() >= end and not record.is_whole:
            _require_life(kernel, end, limits)
    return record


def _require_life(kernel: WarmKernel, end: float, limits: CellLimits) -> None:
    """Look after a kernel that is silent: it may be gone, too slow, or writing too much to its descriptors."""
    if time.monotonic() >= end:
        raise CellTimeoutError(f"A cell timed out: all of them may take {limits.seconds} seconds")
    if kernel.poll() is not None:
        raise _death(kernel)
    with suppress(OSError):
        for number in (1, 2):
            _limit_shown(os.stat(f"/proc/{kernel.pid}/fd/{number}").st_size, limits)


def _death(kernel: WarmKernel) -> DeadKernelError:
    kernel.poll()
    if kernel.is_parent_lost:
        return LostParentError("the warm parent died, and its kernels with it")
    return DeadKernelError("Kernel died")


def _limit_shown(shown: int, limits: CellLimits) -> None:
    if limits.output_mb and shown > limits.output_mb * 1_000_000:
        raise OutputLimitError(f"the notebook shows more than {limits.output_mb} MB")

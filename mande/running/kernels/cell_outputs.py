"""What cells have shown, put together from a kernel's messages as a notebook keeps it."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from mande.running.failures import NotebookError

Content = dict[str, Any]
_OUTPUTS: dict[str, tuple[str, ...]] = {
    "stream": ("name", "text"),
    "display_data": ("data", "metadata"),
    "execute_result": ("data", "execution_count", "metadata"),
    "error": ("ename", "evalue", "traceback"),
}
"""The fields that a notebook keeps of each message that shows something."""


@dataclass
class CellRecord:
    """What one cell has shown, its number, and its seconds."""

    outputs: list[dict[str, Any]] = field(default_factory=list)
    execution_count: int | None = None
    seconds: float = 0.0
    is_to_be_cleared: bool = False


@dataclass
class CellsRecord:
    """What the cells have shown so far, the last one perhaps not all yet, and the language of their kernel."""

    cells: list[CellRecord] = field(default_factory=lambda: [CellRecord()])
    language_info: dict[str, Any] = field(default_factory=dict)
    is_whole: bool = False
    _displays: dict[str, list[dict[str, Any]]] = field(default_factory=dict)

    def take_in(self, kind: str, content: Content) -> None:
        """Take in one message; kinds of no interest to a notebook are passed over.

        Raises: NotebookError for a cell that failed and may not.
        """
        if kind in _OUTPUTS:
            self._show(kind, content)
        elif act := _OTHERS.get(kind):
            act(self, content)

    def _show(self, kind: str, content: Content) -> None:
        cell = self.cells[-1]
        if cell.is_to_be_cleared:
            cell.outputs, cell.is_to_be_cleared = [], False
        output = {"output_type": kind, **{name: content[name] for name in _OUTPUTS[kind]}}
        if name := (content.get("transient") or {}).get("display_id"):
            self._update(content)
            self._displays.setdefault(name, []).append(output)
        cell.outputs.append(output)

    def _update(self, content: Content) -> None:
        """Show something else wherever this display is."""
        for output in self._displays.get((content.get("transient") or {}).get("display_id"), []):
            output.update(data=content["data"], metadata=content["metadata"])

    def _clear(self, content: Content) -> None:
        if content.get("wait"):
            self.cells[-1].is_to_be_cleared = True
        else:
            self.cells[-1].outputs = []

    def _number(self, content: Content) -> None:
        self.cells[-1].execution_count = content["execution_count"]

    def _start(self, content: Content) -> None:
        self.language_info = content["language_info"]

    def _end_cell(self, content: Content) -> None:
        self.cells[-1].seconds = content["seconds"]
        if content["is_failure"]:
            error = next(output for output in self.cells[-1].outputs[::-1] if output["output_type"] == "error")
            raise NotebookError(error["ename"], error["evalue"])
        self.cells.append(CellRecord())

    def _end(self, _: Content) -> None:
        self.cells.pop()
        self.is_whole = True


_OTHERS: dict[str, Callable[[CellsRecord, Content], None]] = {
    "started": CellsRecord._start,
    "execute_input": CellsRecord._number,
    "update_display_data": CellsRecord._update,
    "clear_output": CellsRecord._clear,
    "ended": CellsRecord._end_cell,
    "all ended": CellsRecord._end,
}

"""Progress of a run: a bar with rate and remaining time on a terminal, plain lines elsewhere."""

import signal
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from types import FrameType

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, ProgressColumn, Task, TextColumn, TimeRemainingColumn
from rich.text import Text

from mande.running.batch import JobResult

Reporter = Callable[[JobResult], None]


@contextmanager
def show_progress(total: int, console: Console) -> Iterator[Reporter]:
    """Give a function that reports each result."""
    if not console.is_terminal:
        yield _LineReporter(console, total)
        return
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), _Rate(), TimeRemainingColumn())
    with Progress(*columns, console=console) as bar:
        task = bar.add_task("pages", total=total)

        def advance(result: JobResult) -> None:
            bar.advance(task)
            if result.reason:
                bar.console.print(f"{result.job.unit}: {result.reason}", style="red", highlight=False)

        yield advance


class _LineReporter:
    """One plain line for each page: how many of how many, unit, what became of it, and when all will be done."""

    def __init__(self, console: Console, total: int) -> None:
        self._console, self._total, self._done, self._started = console, total, 0, time.monotonic()

    def __call__(self, result: JobResult) -> None:
        self._done += 1
        left = (time.monotonic() - self._started) / self._done * (self._total - self._done)
        words = f"{self._done}/{self._total} {result.job.unit} {result.reason or 'done'}"
        self._console.print(f"{words} ({left:.0f} s left)", highlight=False, soft_wrap=True)


class _Rate(ProgressColumn):
    def render(self, task: Task) -> Text:
        return Text(f"{task.speed or 0:.1f}/s")


@contextmanager
def stopping_on_signals(console: Console) -> Iterator[None]:
    """Turn SIGTERM and Ctrl-C into an orderly end: workers leave, the ledger is closed, exit code 128 + the signal's."""

    def stop(number: int, _: FrameType | None) -> None:
        for one in numbers:
            signal.signal(one, signal.SIG_IGN)  # a second Ctrl-C must not break the clearing away
        console.print("stopped; go on with the same command and --resume", highlight=False)
        sys.exit(128 + number)

    numbers = (signal.SIGTERM, signal.SIGINT)
    former = {number: signal.signal(number, stop) for number in numbers}
    try:
        yield
    finally:
        for number, handler in former.items():
            signal.signal(number, handler)

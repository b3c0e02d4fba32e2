"""Make many pages with several workers; a page that fails stops no other, and what can pass is tried again."""

import time
from collections import deque
from collections.abc import Callable, Iterator
from concurrent.futures import FIRST_COMPLETED, CancelledError, Future, wait
from concurrent.futures.process import BrokenProcessPool
from dataclasses import dataclass

from mande.running.failures import Failure, describe_failure
from mande.running.notebook_job import Job, Page
from mande.running.workers import Workers

FilesOf = Callable[[Job], dict[str, bytes]]
_FIRST_PAUSE_SECONDS = 0.5
_LOOK_SECONDS = 1.0


@dataclass(frozen=True)
class JobResult:
    """What became of one job at its last try: its page, or the reason of its failure."""

    job: Job
    tries: int
    page: Page | None = None
    reason: str = ""

    @property
    def is_done(self) -> bool:
        return self.page is not None


@dataclass(frozen=True)
class _Attempt:
    job: Job
    tries: int = 1
    not_before: float = 0.0  # on the monotonic clock, which nobody sets back


class Batch:
    """Jobs on their way: waiting, or with a worker, or set apart because a worker died while it had them."""

    def __init__(self, jobs: list[Job], files_of: FilesOf, workers: Workers, *, on_start: Callable[[Job, int], None]):
        self._waiting = deque(_Attempt(job) for job in jobs)
        self._suspects: deque[_Attempt] = deque()
        self._running: dict[Future[Page | Failure], _Attempt] = {}
        self._files_of, self._workers, self._on_start = files_of, workers, on_start

    def run(self) -> Iterator[JobResult]:
        """Yield the result of each job as it comes."""
        while self._waiting or self._suspects or self._running:
            self._submit()
            done, _ = wait(self._running, timeout=_LOOK_SECONDS if self._running else 0, return_when=FIRST_COMPLETED)
            if any(isinstance(_error_of(future), BrokenProcessPool) for future in done):
                yield from self._set_apart()
                continue
            for future in done:
                yield from self._settle(self._running.pop(future), _outcome_of(future))

    def _submit(self) -> None:
        """Keep the workers busy, with one job more at hand; a suspect has the workers for itself."""
        room = 1 if self._suspects else self._workers.size + 1
        queue = self._suspects or self._waiting
        while queue and len(self._running) < room:
            pause = queue[0].not_before - time.monotonic()
            if pause > 0:
                if self._running:
                    return
                time.sleep(pause)
            attempt = queue.popleft()
            self._on_start(attempt.job, attempt.tries)
            self._try_to_submit(attempt)

    def _try_to_submit(self, attempt: _Attempt) -> None:
        files = self._files_of(attempt.job)
        try:
            future = self._workers.submit(attempt.job, files)
        except BrokenProcessPool as error:  # it broke since we last looked
            future = Future()
            future.set_exception(error)
        self._running[future] = attempt

    def _set_apart(self) -> Iterator[JobResult]:
        """After a worker died: who was alone is to blame; of several nobody knows, so each is tried alone."""
        under_way, self._running = self._running, {}
        broken = [attempt for future, attempt in under_way.items() if not _has_result(future)]
        for future, attempt in under_way.items():
            if _has_result(future):
                yield from self._settle(attempt, future.result())
        self._workers.renew()
        if len(broken) == 1:
            failure = Failure("the worker process died while making this page", can_pass=True)
            yield from self._settle(broken[0], failure, again=self._suspects)
        else:
            self._suspects.extend(broken)

    def _settle(
        self, attempt: _Attempt, outcome: Page | Failure, *, again: deque[_Attempt] | None = None
    ) -> Iterator[JobResult]:
        """Yield what is final; put back what may pass, each time after twice the pause."""
        if isinstance(outcome, Page):
            yield JobResult(attempt.job, attempt.tries, page=outcome)
        elif not outcome.can_pass or attempt.tries >= attempt.job.limits.tries:
            tried = f" (tried {attempt.tries} times)" if attempt.tries > 1 else ""
            yield JobResult(attempt.job, attempt.tries, reason=outcome.reason + tried)
        else:
            pause = _FIRST_PAUSE_SECONDS * 2 ** (attempt.tries - 1)
            queue = self._waiting if again is None else again
            queue.append(_Attempt(attempt.job, attempt.tries + 1, time.monotonic() + pause))


def _error_of(future: Future) -> BaseException | None:
    return None if future.cancelled() else future.exception()


def _has_result(future: Future) -> bool:
    return future.done() and not future.cancelled() and future.exception() is None


def _outcome_of(future: Future[Page | Failure]) -> Page | Failure:
    """Return what the worker said; an error outside the page's own making is the workers' and may pass."""
    try:
        return future.result()
    except CancelledError:
        return Failure("the cluster gave this page up", can_pass=True)
    except Exception as error:
        return Failure(describe_failure(error), can_pass=True)

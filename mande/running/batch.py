"""Make many pages with several workers; a page that fails stops no other, and what can pass is tried again."""

import time
from collections import deque
from collections.abc import Callable, Iterator
from concurrent.futures import FIRST_COMPLETED, CancelledError, Future, wait
from dataclasses import dataclass, replace

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
    is_alone: bool = False


class Batch:
    """Jobs on their way: waiting, or with a worker, or set apart because several pages were lost at once."""

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
            for future in done:
                yield from self._settle(self._running.pop(future), _outcome_of(future))

    def _submit(self) -> None:
        """Keep the workers busy, with one job more at hand; a suspect has the workers for itself."""
        is_alone = bool(self._suspects) or any(attempt.is_alone for attempt in self._running.values())
        room = 1 if is_alone else self._workers.size + 1
        queue = self._suspects or self._waiting
        while queue and len(self._running) < room:
            pause = queue[0].not_before - time.monotonic()
            if pause > 0:
                if self._running:
                    return
                time.sleep(pause)
            attempt = queue.popleft()
            self._on_start(attempt.job, attempt.tries)
            self._running[self._workers.submit(attempt.job, self._files_of(attempt.job))] = attempt

    def _settle(self, attempt: _Attempt, outcome: Page | Failure) -> Iterator[JobResult]:
        """Yield what is final; put back what may pass, each time after twice the pause.

        Of several pages lost at once, nobody knows which one is to blame: each is tried alone, and no try is counted.
        """
        if isinstance(outcome, Page):
            yield JobResult(attempt.job, attempt.tries, page=outcome)
        elif outcome.may_be_anothers and not attempt.is_alone and self._workers.size > 1:
            self._suspects.append(replace(attempt, is_alone=True))
        elif not outcome.can_pass or attempt.tries >= attempt.job.limits.tries:
            tried = f" (tried {attempt.tries} times)" if attempt.tries > 1 else ""
            yield JobResult(attempt.job, attempt.tries, reason=outcome.reason + tried)
        else:
            pause = _FIRST_PAUSE_SECONDS * 2 ** (attempt.tries - 1)
            queue = self._suspects if attempt.is_alone else self._waiting
            queue.append(replace(attempt, tries=attempt.tries + 1, not_before=time.monotonic() + pause))


def _outcome_of(future: Future[Page | Failure]) -> Page | Failure:
    """Return what the worker said; an error outside the page's own making is the workers' and may pass."""
    try:
        return future.result()
    except CancelledError:
        return Failure("the cluster gave this page up", can_pass=True)
    except Exception as error:
        return Failure(describe_failure(error), can_pass=True)

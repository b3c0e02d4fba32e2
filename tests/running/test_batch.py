"""A notebook that fails, hangs or dies takes only its own unit with it; what may pass is tried again."""

import threading
import time
from concurrent.futures import Future

import psutil
import pytest

from mande.running import batch as batch_module
from mande.running.batch import Batch
from mande.running.failures import Failure, LostParentError, sort_failure
from mande.running.kernels import warm_cells
from mande.running.kernels.warm_kernel import WarmKernelError
from mande.running.notebook_job import Page
from mande.running.workers import LocalWorkers

PAGE = Page("<p>made</p>", "{}", {"execute": 1.0})


def run(jobs, workers):
    started = []
    batch = Batch(jobs, lambda job: {}, workers, on_start=lambda job, tries: started.append((job.unit, tries)))
    return {result.job.unit: result for result in batch.run()}, started


@pytest.fixture(scope="module")
def results(make_job):
    jobs = [make_job(name) for name in ("raises", "dies", "kills its warm parent", "prints", "good")]
    jobs += [make_job("undeclared", source="1", parameters={"unit": "x", "unti": "y"})]
    jobs += [make_job("hangs", seconds=3), make_job("takes memory", memory_mb=1500)]
    with LocalWorkers(2) as workers:
        return run(jobs, workers)[0]


def test_the_good_unit_has_its_page(results):
    page = results["good"].page
    assert results["good"].is_done and results["good"].tries == 1
    assert set(page.seconds) == {"execute", "render", "cells"}
    assert "the made-up unit" in page.html
    assert "the made-up unit" in page.executed


@pytest.mark.parametrize(
    ("unit", "reason", "tries"),
    [
        ("raises", "ValueError: the made-up cause", 1),
        ("dies", "DeadKernelError: Kernel died (tried 2 times)", 2),
        ("kills its warm parent", "LostParentError: the warm parent died, and its kernels with it (tried 2 times)", 2),
        ("hangs", "CellTimeoutError: A cell timed out", 1),
        ("takes memory", "MemoryError", 1),
        ("undeclared", "unti: the notebook does not declare this parameter", 1),
        ("prints", "OutputLimitError: the notebook shows more than 20 MB", 1),
    ],
)
def test_the_others_have_a_reason_and_no_page(results, unit, reason, tries):
    result = results[unit]
    assert reason in result.reason
    assert (result.tries, result.page, result.is_done) == (tries, None, False)
    assert "Traceback" not in result.reason and "\n" not in result.reason


def test_bystanders_of_a_lost_warm_parent_are_not_blamed(make_job, pauses):
    lost = sort_failure(LostParentError("the warm parent died, and its kernels with it"))
    workers = PlannedWorkers(good=[lost, PAGE], dies=[*[lost] * 4, PAGE], raises=[Failure("wrong data")])
    found, tried = run([make_job("good"), make_job("dies", tries=3), make_job("raises")], workers)
    assert (found["good"].is_done, found["good"].tries) == (True, 1)
    assert found["dies"].reason == "LostParentError: the warm parent died, and its kernels with it (tried 3 times)"
    assert [tries for unit, tries in tried if unit == "dies"] == [1, 1, 2, 3]
    assert workers.beside["dies"] == workers.beside["good"] == 0  # each was tried alone at last


def wait_until(is_so):
    end = time.monotonic() + 30
    while not is_so() and time.monotonic() < end:
        time.sleep(0.02)
    assert is_so()


def started(words):
    """The processes that this one has started, directly or not, with these words in their command."""
    return [one for one in psutil.Process().children(recursive=True) if words in " ".join(one.cmdline())]


def test_a_stop_ends_the_kernels_and_the_warm_parent_at_once(make_job):
    def is_at_work():
        return len(started("warm_parent")) == 3  # the parent and two kernels; the third page waits

    workers = LocalWorkers(2)
    futures = [workers.submit(make_job("hangs", seconds=600), {}) for _ in range(3)]
    wait_until(is_at_work)
    workers.__exit__(KeyboardInterrupt)
    assert not started("warm_parent")
    assert [future.cancelled() or future.result().may_be_anothers for future in futures] == [True] * 3


def test_a_stop_ends_ordinary_kernels_too(make_job, monkeypatch):
    def refuse(*_):
        raise WarmKernelError("made up")

    monkeypatch.setattr(warm_cells, "_fork", refuse)
    monkeypatch.setattr("mande.running.kernels.provisioner.obstacle", lambda *_: "made up")
    workers = LocalWorkers(1)
    future = workers.submit(make_job("hangs", seconds=600), {})
    wait_until(lambda: started("ipykernel_launcher"))
    workers.__exit__(KeyboardInterrupt)
    assert "DeadKernelError" in future.result().reason or "Kernel died" in future.result().reason
    assert not started("ipykernel_launcher")


class PlannedWorkers:
    """Workers that answer as planned, without a process."""

    size = 2

    def __init__(self, **answers):
        self.answers = {unit: list(planned) for unit, planned in answers.items()}
        self.under_way, self.beside = set(), {}

    def submit(self, job, files):
        future = Future()
        self.beside[job.unit] = len(self.under_way)
        self.under_way.add(future)
        future.add_done_callback(self.under_way.discard)
        answer = self.answers[job.unit].pop(0)
        act = future.set_exception if isinstance(answer, BaseException) else future.set_result
        threading.Timer(0.01, act, [answer]).start()
        return future


@pytest.fixture
def pauses(monkeypatch):
    found = []
    monkeypatch.setattr(batch_module, "_FIRST_PAUSE_SECONDS", 0.02)
    sleep = batch_module.time.sleep
    monkeypatch.setattr(batch_module.time, "sleep", lambda seconds: (found.append(seconds), sleep(seconds)))
    return found


def test_what_may_pass_is_tried_again_after_growing_pauses(make_job, pauses):
    may_pass = Failure("no process to be had", can_pass=True)
    found, started = run([make_job("good", tries=3)], PlannedWorkers(good=[may_pass, may_pass, PAGE]))
    assert found["good"].is_done and started == [("good", 1), ("good", 2), ("good", 3)]
    assert len(pauses) == 2 and pauses[1] > 1.5 * pauses[0] > 0


def test_it_is_not_tried_for_ever_and_an_error_of_the_data_not_again(make_job, pauses):
    may_pass = Failure("no process to be had", can_pass=True)
    workers = PlannedWorkers(good=[may_pass, may_pass, PAGE], raises=[Failure("wrong data"), PAGE])
    found, started = run([make_job("good", tries=2), make_job("raises", tries=2)], workers)
    assert found["good"].reason == "no process to be had (tried 2 times)"
    assert found["raises"].reason == "wrong data"
    assert started.count(("raises", 1)) == 1 and ("raises", 2) not in started


def test_an_error_of_the_cluster_may_pass(make_job, pauses):
    found, _ = run([make_job("good")], PlannedWorkers(good=[ConnectionError("lost"), PAGE]))
    assert found["good"].is_done and found["good"].tries == 2

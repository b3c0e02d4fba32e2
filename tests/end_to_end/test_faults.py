"""Whatever is killed in the night: the run is completed, its pages are those of an undisturbed run, nothing is left.

The runner, its workers and kernels are real; the notebooks are made up (see `plain_site`).
"""

import os
import signal
from contextlib import suppress

import psutil
import pytest

from mande.running.ledger import State, read_entries
from tests.running.plain_site import RUN_ID, UNITS, PlainSite, wait_until

pytestmark = [pytest.mark.end_to_end, pytest.mark.xdist_group("faults")]


@pytest.fixture(scope="module")
def undisturbed(tmp_path_factory):
    site = PlainSite(tmp_path_factory.mktemp("undisturbed"))
    site.run()
    yield site.pages()
    assert site.leftovers() == []
    site.close()


@pytest.fixture
def site(tmp_path):
    site = PlainSite(tmp_path / "site")
    yield site
    site.close()


def kernels_of(process):
    """The warm parents of a runner and the kernels that they have forked, as soon as there is one that works."""
    found = {}

    def look():
        descendants = psutil.Process(process.pid).children(recursive=True)
        with suppress(psutil.NoSuchProcess):  # one has ended while we looked
            parents = [one for one in descendants if "warm_parent" in " ".join(one.cmdline()) and is_forked(one)]
            found["both"] = parents, [kernel for parent in parents for kernel in parent.children()]
        return bool(found) and bool(found["both"][1])

    def is_forked(one):
        return "warm_parent" not in " ".join(one.parent().cmdline())  # a kernel has its parent's words

    assert wait_until(look, 20)
    return found["both"]


def states_of(folder):
    return {unit: entry.state for unit, entry in read_entries(folder).items()}


def test_the_undisturbed_run_is_whole(undisturbed):
    assert set(undisturbed) == {"index.html", "committee.html", *(f"units/{unit}.html" for unit in UNITS)}
    assert b"01: row of 01" in undisturbed["units/01.html"]


def test_a_killed_runner_is_taken_up_and_nothing_is_done_twice(site, undisturbed):
    with site.running("--workers", 2, "--pause", 0.3, pages=3) as (process, _):
        kernels_of(process)  # there is something that could be left
        process.kill()
    aside = site.reports / f".{RUN_ID}.partial"
    done = {unit for unit, state in states_of(aside).items() if state == State.DONE}
    times = {path: path.stat().st_mtime_ns for path in (aside / "units").glob("*.html") if path.stem in done}
    assert 2 <= len(done) < len(UNITS) + 1 and not (site.reports / RUN_ID).exists()
    said = site.run("--resume", "--pause", 0.3)
    assert {line.split()[1] for line in said.splitlines() if " done " in line} == {*UNITS, "committee"} - done
    for path, when in times.items():
        assert (site.reports / RUN_ID / "units" / path.name).stat().st_mtime_ns == when
    assert (site.pages(), site.leftovers()) == (undisturbed, [])


def test_a_runner_that_is_told_to_stop_does_so_in_order(site):
    with site.running("--pause", 5) as (process, started):
        parents, kernels = kernels_of(process)
        assert len(parents) == len(kernels) == 1
        os.kill(process.pid, signal.SIGTERM)
        said = process.communicate(timeout=60)[1]
        assert process.returncode == 128 + signal.SIGTERM
        assert "stopped; go on with the same command and --resume" in said and "Traceback" not in said
        assert wait_until(lambda: not any(one.is_running() for one in started), 10)
    assert State.DONE in states_of(site.reports / f".{RUN_ID}.partial").values()


KILLS = {
    "03": "import signal; fault.unlink(); os.kill(os.getpid(), signal.SIGKILL)",
    "04": "import signal; fault.unlink(); os.kill(os.getppid(), signal.SIGKILL); time.sleep(60)",
    "05": "fault.unlink(); os._exit(3)",
}
"""The kernel of 03 and the warm parent under 04 are killed at work, as an outsider would; that of 05 ends itself."""


def test_killed_kernels_and_parents_are_replaced_in_the_same_run(site, undisturbed):
    for unit, kill in KILLS.items():
        (site.folder / "faults" / unit).write_text(kill)
    with site.running("--pause", 0.3) as (process, _):
        second = site.start()
        assert "another run is making it now" in second.communicate(timeout=60)[1] and second.returncode
        said = process.communicate(timeout=60)[1]
        assert process.returncode == 0, said
    tries = {unit: entry.tries for unit, entry in read_entries(site.reports / RUN_ID).items()}
    assert tries == {unit: 2 if unit in KILLS else 1 for unit in (*UNITS, "committee")}
    assert (site.pages(), site.leftovers()) == (undisturbed, [])

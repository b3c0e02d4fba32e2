"""Whatever happens in the night: the run is completed, its pages are those of an undisturbed run, nothing is left."""

import os
import re
import signal
import subprocess

import pytest

from mande.running.ledger import State, read_entries
from tests.end_to_end.small_site import RUN_ID, UNITS, SmallSite, small_review, wait_until

pytestmark = pytest.mark.end_to_end


@pytest.fixture(scope="module")
def undisturbed(tmp_path_factory):
    site = SmallSite(tmp_path_factory.mktemp("undisturbed"), small_review())
    site.run()
    yield site.pages()
    assert site.leftovers() == []
    site.close()


@pytest.fixture
def site(tmp_path):
    site = SmallSite(tmp_path, small_review())
    yield site
    site.close()


def kernels_of(started):
    """The kernels among processes: forked by a warm parent, hence its children."""
    parents = [one for one in started if "warm_parent" in " ".join(one.cmdline())]
    return parents, [kernel for parent in parents for kernel in parent.children()]


def test_the_undisturbed_run_is_whole(undisturbed):
    pages = {name for name in undisturbed if name.endswith(".html")}
    assert pages == {"index.html", "committee.html", "framework.html", *(f"units/{unit}.html" for unit in UNITS)}
    assert b"verdict" in undisturbed["units/01.html"]
    assert not any(b"/tmp/" in content for name, content in undisturbed.items() if name.startswith("notebooks"))


def test_a_killed_runner_is_taken_up_and_nothing_is_done_twice(site, undisturbed):
    with site.running(pages=3, pause=0.3) as (process, _):
        process.kill()
    aside = site.reports / f".{RUN_ID}.partial"
    done = {unit for unit, entry in read_entries(aside).items() if entry.state == State.DONE}
    times = {path: path.stat().st_mtime_ns for path in (aside / "units").glob("*.html")}
    assert len(done) >= 2
    said = site.run("--resume")
    assert not any(f" {unit} done" in said for unit in done)
    for path, when in times.items():
        if path.stem in done:
            assert (site.reports / RUN_ID / "units" / path.name).stat().st_mtime_ns == when
    assert (site.pages(), site.leftovers()) == (undisturbed, [])


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_a_runner_that_is_told_to_stop_does_so_in_order(site, undisturbed, number):
    with site.running(pages=2, pause=0.5) as (process, started):
        os.kill(process.pid, number)
        said = process.communicate(timeout=60)[1]
        assert process.returncode == 128 + number
        assert "stopped; go on with the same command and --resume" in said and "Traceback" not in said
        assert wait_until(lambda: not any(one.is_running() for one in started), 10)
    if number == signal.SIGTERM:
        site.run("--resume")
        assert (site.pages(), site.leftovers()) == (undisturbed, [])


@pytest.mark.parametrize("who", ["kernel", "warm parent"])
def test_a_killed_kernel_or_parent_is_replaced_in_the_same_run(site, undisturbed, who):
    with site.running(pages=1, pause=0.4) as (process, started):
        parents, kernels = kernels_of(started)
        for one in parents if who == "warm parent" else kernels:
            one.kill()
        assert process.wait(timeout=60) == 0
    assert (site.pages(), site.leftovers()) == (undisturbed, [])


def test_a_notebook_that_dies_once_is_tried_again(site, undisturbed):
    site.break_unit("48", "fault.unlink(); os._exit(3)")
    site.run()
    assert read_entries(site.reports / RUN_ID)["48"].tries == 2
    assert (site.pages(), site.leftovers()) == (undisturbed, [])


FAULTS = {
    "01": ("raise ValueError('made-up')", "ValueError: made-up"),
    "04": ("time.sleep(600)", "CellTimeoutError"),
    "48": ("taken = [bytearray(10**9) for _ in range(10)]", "MemoryError"),
    "79": ("for _ in range(100): print('x' * 10**6)", "OutputLimitError"),
    "92": ("os._exit(3)", "DeadKernelError"),
}


def test_broken_units_stop_no_other_and_are_made_when_mended(site, undisturbed):
    for unit, (fault, _) in FAULTS.items():
        site.break_unit(unit, fault)
    said = site.run("--time-limit", 8, code=14)
    for unit, (_, reason) in FAULTS.items():
        assert re.search(rf"units failed: {unit} [^:]*: {reason}", said), said
    assert "Traceback" not in said
    entries = read_entries(site.reports / RUN_ID)
    assert {unit for unit, entry in entries.items() if entry.state == State.FAILED} == set(FAULTS)
    assert entries["VN"].state == State.DONE
    for unit in FAULTS:
        site.mend_unit(unit)
    assert "7 pages made, 1 kept" in site.run("--changed")  # the units, the nation above them, the committee's
    assert (site.pages(), site.leftovers()) == (undisturbed, [])


def test_two_runners_exclude_each_other(site, undisturbed):
    with site.running(pages=1, pause=0.3) as (process, _):
        assert "another run is making it now" in site.run(code=2)
        assert process.wait(timeout=60) == 0
    assert (site.pages(), site.leftovers()) == (undisturbed, [])


def test_a_disk_that_fills_leaves_the_last_good_run_and_can_be_gone_on_with(site, undisturbed, small_disk):
    reports = small_disk(kilobytes=900)
    said = site.run(reports=reports, code=11)
    assert "writing failed (No space left on device) → free space" in said and "Traceback" not in said
    assert not (reports / RUN_ID).exists()
    small_disk(kilobytes=20_000)
    site.run("--resume", reports=reports)
    assert site.pages(reports) == undisturbed


@pytest.fixture
def small_disk(tmp_path):
    """Mount a small file system and change its size; skipped where that is not allowed."""
    place = tmp_path / "small disk"
    place.mkdir()

    def size(*, kilobytes):
        words = "remount,size" if place.is_mount() else "size"
        try:
            mounted = subprocess.run(
                ["mount", "-t", "tmpfs", "-o", f"{words}={kilobytes}k", "tmpfs", place], check=False
            )
        except FileNotFoundError:
            pytest.skip("there is no mount command")
        if mounted.returncode:
            pytest.skip("file systems cannot be mounted here")
        return place

    yield size
    if place.is_mount():
        subprocess.run(["umount", place], check=True)


def test_a_file_that_may_not_grow_is_told(site):
    # the same as a quota: every system has it, and it needs no right to mount
    words = ["sh", "-c", 'ulimit -f 100; trap "" XFSZ; exec "$@"', "sh"]
    said = site.run(prefix=words, code=11)
    assert "writing failed (File too large) → free space or rights there" in said and "Traceback" not in said
    assert not (site.reports / RUN_ID).exists()


def test_a_folder_without_rights_is_told(site):
    site.reports.write_text("a file where the folder should be")  # root may write into any folder
    said = site.run(code=2)
    assert "cannot be written" in said and "Traceback" not in said


def test_a_clock_that_was_set_back_changes_nothing(site, undisturbed):
    later = {"FAKE_NOW": "2099-01-01T00:00:00+00:00"}
    site.run(**later)  # made in the future, as the clock that is right now sees it
    assert "nothing has changed: 0 pages made" in site.run("--changed")
    site.run()
    assert [kept.name for kept in (site.reports / "archive" / RUN_ID).iterdir()] == ["00001"]
    assert b"2099" in (site.reports / "archive" / RUN_ID / "00001" / "run.json").read_bytes()
    assert b"2099" not in (site.reports / RUN_ID / "run.json").read_bytes()
    assert (site.pages(), site.leftovers()) == (undisturbed, [])

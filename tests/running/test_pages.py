"""Disk full, no rights, a clock set back, units that fail, inputs that change: what stands afterwards, and what is made.

The pages are handed over ready-made, as a worker would; ledger, folders and renames are the real ones.
"""

import json
import os
import resource
import signal
import subprocess
from concurrent.futures import Future
from pathlib import Path

import pytest

from mande.errors import DataError, UsageError
from mande.running import pages as pages_module
from mande.running import run_folder as folder_module
from mande.running.failures import Failure
from mande.running.kernels.freshness import ParentKey
from mande.running.ledger import Ledger, State, read_entries, read_facts
from mande.running.notebook_job import Page
from mande.running.pages import Orders, place_of_run
from mande.running.run_folder import write_whole
from tests.running import plain_site
from tests.running.plain_site import RUN_ID, TABLE, UNITS, make_run, plain_plan

ALL = {*UNITS, "committee"}


class ReadyWorkers:
    """Workers that hand over a page at once, or fail for the units that are to fail."""

    size = 2
    page_bytes = 50_000

    def __init__(self, *failing):
        self.failing, self.made = failing, []

    def submit(self, job, files):
        self.made.append(job.unit)
        row = files["row.txt"].decode()
        future = Future()
        page = Page(f"<p>{row}</p>" + "x" * self.page_bytes, json.dumps([row]), {"execute": 1.0})
        future.set_result(Failure("made-up") if job.unit in self.failing else page)
        return future

    def __enter__(self):
        return self

    def __exit__(self, *_):
        pass


@pytest.fixture
def site(tmp_path):
    (tmp_path / "rows").mkdir()
    for unit in ALL:
        (tmp_path / "rows" / unit).write_text(f"row of {unit}")
    return tmp_path


def make(site, *failing, reports=None, plan=None, **orders):
    workers = ReadyWorkers(*failing)
    made = make_run(site, Orders(workers=lambda: workers, **orders), reports=reports, plan=plan)
    return set(workers.made), *made


def shown(site, reports=None):
    folder = (reports or site / "reports") / RUN_ID
    return {path.name: path.read_text() for path in folder.rglob("*.html")}


def test_a_broken_unit_stops_no_other_and_is_made_when_mended(site):
    made, kept, failed = make(site, "02", "04")
    assert made == ALL and kept == {} and failed == {"02": "made-up", "04": "made-up"}
    assert not (site / "reports" / RUN_ID / "units" / "02.html").exists()
    assert {unit for unit, entry in read_entries(site / "reports" / RUN_ID).items() if entry.state == "failed"} == {
        "02",
        "04",
    }
    made, kept, failed = make(site, is_changed_only=True)
    assert made == {"02", "04", "VN", "committee"} and failed == {}  # with those above them


def test_an_unchanged_run_makes_nothing_and_a_changed_row_its_page_and_those_above(site):
    make(site)
    assert make(site, is_changed_only=True)[:1] == (set(),)
    (site / "rows" / "03").write_text("another row")
    made, kept, _ = make(site, is_changed_only=True)
    assert made == {"03", "VN", "committee"} and set(kept) == ALL - made
    assert {kept[unit].state for unit in kept} == {State.SKIPPED}
    assert "another row" in shown(site)["03.html"]


def test_only_what_was_asked_for_is_taken_over(site):
    make(site)
    made, kept, _ = make(site)  # without --changed all is made
    assert made == ALL and kept == {}


def test_a_page_that_is_in_the_ledger_but_not_as_it_was_made_is_made_again(site):
    make(site)
    page = site / "reports" / RUN_ID / "units" / "03.html"
    page.write_text("spoilt by hand")
    assert "03" in make(site, is_changed_only=True)[0]
    assert "row of 03" in shown(site)["03.html"]


def break_off_after(pages, monkeypatch, error):
    """Raise where so many pages have been put on the disk."""
    write, written = write_whole, []

    def fail(path, content):
        if path.suffix == ".html":
            written.append(path)
            if len(written) > pages:
                raise error
        write(path, content)

    monkeypatch.setattr(pages_module, "write_whole", fail)


def test_a_broken_off_run_goes_on_where_it_was(site, monkeypatch):
    with monkeypatch.context() as patch, pytest.raises(KeyboardInterrupt):
        break_off_after(3, patch, KeyboardInterrupt())
        make(site)
    aside = site / "reports" / f".{RUN_ID}.partial"
    done = {unit for unit, entry in read_entries(aside).items() if entry.state == State.DONE}
    assert len(done) == 3 and not (site / "reports" / RUN_ID).exists()
    made, kept, _ = make(site, is_resumed=True)
    assert made == ALL - done and set(kept) == done and set(shown(site)) == {f"{name}.html" for name in (*ALL, "index")}


def test_without_resume_all_is_made_anew(site, monkeypatch):
    with monkeypatch.context() as patch, pytest.raises(KeyboardInterrupt):
        break_off_after(3, patch, KeyboardInterrupt())
        make(site)
    assert make(site)[0] == ALL


def test_what_changed_after_the_run_was_broken_off_is_made_again(site, monkeypatch):
    def stop(path, content):
        if path.name == "index.html":  # all pages stand
            raise KeyboardInterrupt

    with monkeypatch.context() as patch, pytest.raises(KeyboardInterrupt):
        patch.setattr(plain_site, "write_whole", stop)
        make(site)
    (site / "rows" / "03").write_text("another row")
    assert make(site, is_resumed=True)[0] == {"03"}
    assert "another row" in shown(site)["03.html"]


def test_a_page_is_on_the_disk_before_the_ledger_says_so(site, monkeypatch):
    finish = Ledger.finish

    def look(self, unit, outputs, seconds):
        assert all((site / "reports" / f".{RUN_ID}.partial" / path).is_file() for path in outputs)
        finish(self, unit, outputs, seconds)

    monkeypatch.setattr(Ledger, "finish", look)
    assert make(site)[0] == ALL


def test_a_file_is_flushed_before_it_gets_its_name_and_folders_before_the_run_does(tmp_path, monkeypatch):
    happened = []
    flush, exchange = os.fsync, Path.replace

    def note_flush(descriptor):
        happened.append(("flush", Path(os.readlink(f"/proc/self/fd/{descriptor}")).name))
        flush(descriptor)

    def note_name(path, target):
        happened.append(("name", Path(target).name))
        return exchange(path, target)

    monkeypatch.setattr(folder_module.os, "fsync", note_flush)
    monkeypatch.setattr(Path, "replace", note_name)
    write_whole(tmp_path / "page.html", "content")
    assert happened == [("flush", ".page.html.part"), ("name", "page.html")]


def test_the_folders_of_a_run_are_flushed_before_it_takes_its_place(tmp_path, monkeypatch):
    flushed, rename = [], Path.rename
    monkeypatch.setattr(folder_module, "_flush_folder", lambda folder: flushed.append(folder.name))
    monkeypatch.setattr(Path, "rename", lambda path, target: (flushed.append("in place"), rename(path, target)))
    with folder_module.run_folder(tmp_path, "run") as folder:
        write_whole(folder / "units" / "01.html", "x")
    assert sorted(flushed[:2]) == [".run.partial", "units"] and flushed[2:] == ["in place", tmp_path.name]


@pytest.fixture
def small_disk(tmp_path):
    """Mount a small file system and change its size; skipped where that is not allowed."""
    place = tmp_path / "small disk"
    place.mkdir()

    def size(*, kilobytes):
        options = f"remount,size={kilobytes}k" if place.is_mount() else f"size={kilobytes}k"
        try:
            words = ["mount", "-t", "tmpfs", "-o", options, "tmpfs", place]
            mounted = subprocess.run(words, check=False, stderr=subprocess.DEVNULL)
        except FileNotFoundError:
            pytest.skip("there is no mount command")
        if mounted.returncode:
            pytest.skip("file systems cannot be mounted here")
        return place

    yield size
    if place.is_mount():
        subprocess.run(["umount", place], check=True)


def test_a_disk_that_fills_leaves_the_last_good_run_and_can_be_gone_on_with(site, small_disk):
    reports = small_disk(kilobytes=2000)
    make(site, reports=reports)
    last = shown(site, reports)
    small_disk(kilobytes=800)
    with pytest.raises(
        DataError, match=r"writing failed \((No space left on device|database or disk is full)\) → free space"
    ):
        make(site, reports=reports)
    assert shown(site, reports) == last
    assert not list(reports.rglob("*.part"))
    small_disk(kilobytes=4000)
    made, kept, _ = make(site, reports=reports, is_resumed=True)
    assert kept and made == ALL - set(kept)
    assert shown(site, reports) == last


def in_child(act):
    """Run in a forked process, as limits and users cannot be taken back; return what it raised, as text."""
    read, write = os.pipe()
    if not (child := os.fork()):
        try:
            act()
            os.write(write, b"nothing")
        except BaseException as error:
            os.write(write, f"{type(error).__name__}: {error}".encode())
        finally:
            os._exit(0)
    os.close(write)
    os.waitpid(child, 0)
    with os.fdopen(read) as said:
        return said.read()


def test_a_file_that_may_not_grow_is_told(site):
    def limited():  # the same as a quota: every system has it, and it needs no right to mount
        signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
        resource.setrlimit(resource.RLIMIT_FSIZE, (400_000, 400_000))
        ReadyWorkers.page_bytes = 500_000
        make(site)

    said = in_child(limited)
    assert said.startswith("DataError") and "writing failed (File too large) → free space or rights there" in said
    assert not (site / "reports" / RUN_ID).exists()


def test_a_read_only_folder_is_told_and_the_last_run_stands(site):
    make(site)
    last, reports = shown(site), site / "reports"

    def without_rights():
        if os.geteuid() == 0:  # root may write into any folder
            os.setgroups([])
            os.setuid(65534)
        make(site)

    reports.chmod(0o555)
    (reports / f".{RUN_ID}.lock").chmod(0o444)
    open_above(site)
    try:
        said = in_child(without_rights)
    finally:
        reports.chmod(0o755)
    assert said.startswith("UsageError") and "cannot be written (Permission denied)" in said
    assert shown(site) == last


def open_above(folder):
    """Let another user come as far as this folder: pytest closes its own to others."""
    for place in (folder, *folder.parents):
        if place.stat().st_uid == os.geteuid() and not place.stat().st_mode & 0o001:
            place.chmod(place.stat().st_mode | 0o011)


def test_a_folder_that_is_a_file_is_told(site):
    (site / "reports").write_text("a file where the folder should be")
    with pytest.raises(UsageError, match="cannot be written"):
        make(site)


def test_a_clock_that_was_set_back_changes_nothing(site, monkeypatch):
    make(site, plan=plain_plan(site, made_at="2099-01-01T00:00:00+00:00"))
    for path in (site / "reports" / RUN_ID).rglob("*"):
        os.utime(path, (4e9, 4e9))  # files of the future, as the clock that is right now sees them
    monkeypatch.setattr("time.time", lambda: 1e9)
    assert make(site, is_changed_only=True)[0] == set()
    make(site)
    archive = site / "reports" / "archive" / RUN_ID
    assert sorted(kept.name for kept in archive.iterdir()) == ["00001", "00002"]
    assert read_facts(archive / "00001")["made_at"].startswith("2099")
    assert read_facts(site / "reports" / RUN_ID)["made_at"].startswith("2025")
    assert all(entry.seconds["execute"] == 1.0 for entry in read_entries(site / "reports" / RUN_ID).values())


def test_a_warm_parent_is_renewed_when_code_was_changed_by_a_clock_set_back(tmp_path, monkeypatch):
    monkeypatch.syspath_prepend(tmp_path)
    module = tmp_path / "made_up_module.py"
    module.write_text("a = 1")
    os.utime(module, (2e9, 2e9))
    before = ParentKey.of("python", ["made_up_module"], {})
    assert before == ParentKey.of("python", ["made_up_module"], {})
    module.write_text("a = 2")
    os.utime(module, (1e9, 1e9))  # older than what was imported, and yet not the same
    assert before != ParentKey.of("python", ["made_up_module"], {})


def test_a_run_of_some_units_has_a_place_of_its_own():
    assert place_of_run("whole", ()) == "whole"
    some = {place_of_run("whole", units) for units in (["01"], ["02"], ["01", "02"], UNITS, UNITS[1:])}
    assert len(some) == 5 and not any(name.startswith("whole") for name in some)
    assert place_of_run("whole", ["02", "01"]) == place_of_run("whole", ["01", "02"])
    assert len(place_of_run("whole", [f"{code:05d}" for code in range(3000)])) < 40
    assert len(TABLE) == len(UNITS)

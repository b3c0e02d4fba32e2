"""A run appears whole or not at all, two runners do not meet, and nothing but `prune` removes a run."""

import pytest
from filelock import FileLock

from mande.errors import UsageError
from mande.running import run_folder as module
from mande.running.run_folder import is_being_made, run_folder, write_whole


def make_run(reports, text, **options):
    with run_folder(reports, "run", **options) as folder:
        write_whole(folder / "units" / "37.html", text)


def read(reports, name="run"):
    return (reports / name / "units" / "37.html").read_text()


@pytest.mark.parametrize("can_exchange", [True, False])
def test_a_run_is_put_in_place_whole_and_the_last_goes_to_the_archive(tmp_path, monkeypatch, can_exchange):
    if not can_exchange:
        monkeypatch.setattr(module, "_exchange", lambda one, other: False)
    for number, text in enumerate(("one", "two", "three")):
        make_run(tmp_path, text)
        assert read(tmp_path) == text
        assert [read(tmp_path, f"archive/run/{n + 1:05d}") for n in range(number)] == ["one", "two"][:number]
    assert {path.name for path in tmp_path.iterdir()} <= {"run", "archive", ".run.lock"}
    assert [path.name for path in (tmp_path / "run").rglob("*") if path.is_file()] == ["37.html"]


def test_a_run_that_fails_leaves_the_last_good_one_and_can_be_taken_up(tmp_path):
    make_run(tmp_path, "good")
    with pytest.raises(ZeroDivisionError), run_folder(tmp_path, "run") as folder:
        write_whole(folder / "units" / "01.html", "made before the failure")
        raise ZeroDivisionError
    assert read(tmp_path) == "good"
    make_run(tmp_path, "new", is_resumed=True)
    assert (tmp_path / "run" / "units" / "01.html").read_text() == "made before the failure"
    assert read(tmp_path) == "new"


def test_what_was_broken_off_is_removed_by_a_run_that_does_not_take_it_up(tmp_path):
    (tmp_path / ".run.partial" / "units").mkdir(parents=True)
    (tmp_path / ".run.partial" / "units" / "old.html").write_text("half")
    with run_folder(tmp_path, "run") as folder:
        assert list(folder.iterdir()) == []


def test_while_a_run_is_made_readers_see_the_last_good_one(tmp_path):
    make_run(tmp_path, "good")
    assert not is_being_made(tmp_path, "run")
    with run_folder(tmp_path, "run") as folder:
        write_whole(folder / "units" / "37.html", "new")
        assert read(tmp_path) == "good"
        assert is_being_made(tmp_path, "run")


def test_a_kill_between_two_renames_is_mended(tmp_path):
    (tmp_path / ".run.former").mkdir()
    (tmp_path / ".run.former" / "index.html").write_text("last good")
    with run_folder(tmp_path, "run"):
        assert (tmp_path / "run" / "index.html").read_text() == "last good"


def test_a_kill_before_the_archive_is_mended(tmp_path):
    make_run(tmp_path, "newest")
    (tmp_path / ".run.former" / "units").mkdir(parents=True)
    (tmp_path / ".run.former" / "units" / "37.html").write_text("replaced")
    with run_folder(tmp_path, "run"):
        assert read(tmp_path) == "newest"
        assert read(tmp_path, "archive/run/00001") == "replaced"


def test_a_second_runner_is_told_to_wait(tmp_path):
    with FileLock(tmp_path / ".run.lock"), pytest.raises(UsageError, match="another run is making it now"):
        make_run(tmp_path, "second")


def test_a_folder_that_cannot_be_written_is_named(tmp_path):
    (tmp_path / "reports").write_text("a file where the folder should be")
    with pytest.raises(UsageError, match="cannot be written"):
        make_run(tmp_path / "reports", "x")


def test_a_file_that_cannot_be_written_leaves_nothing_half(tmp_path, monkeypatch):
    def full(descriptor):
        raise OSError(28, "No space left on device")

    write_whole(tmp_path / "page.html", "last good")
    monkeypatch.setattr(module.os, "fsync", full)
    with pytest.raises(OSError, match="No space left"):
        write_whole(tmp_path / "page.html", "new")
    assert [path.name for path in tmp_path.iterdir()] == ["page.html"]
    assert (tmp_path / "page.html").read_text() == "last good"

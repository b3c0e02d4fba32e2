"""A run appears whole or not at all, and two runners do not meet."""

import pytest
from filelock import FileLock

from mande.errors import UsageError
from mande.running.run_folder import run_folder, write_whole


def make_run(reports, text):
    with run_folder(reports, "run") as folder:
        write_whole(folder / "units" / "37.html", text)


def test_a_run_is_put_in_place_whole_and_replaces_the_last(tmp_path):
    for text in ("one", "two"):
        make_run(tmp_path, text)
        assert (tmp_path / "run" / "units" / "37.html").read_text() == text
    assert {path.name for path in tmp_path.iterdir()} <= {"run", ".run.lock"}
    assert [path.name for path in (tmp_path / "run").rglob("*") if path.is_file()] == ["37.html"]


def test_a_run_that_fails_leaves_the_last_good_one(tmp_path):
    make_run(tmp_path, "good")
    with pytest.raises(ZeroDivisionError), run_folder(tmp_path, "run") as folder:
        write_whole(folder / "units" / "37.html", "half")
        raise ZeroDivisionError
    assert (tmp_path / "run" / "units" / "37.html").read_text() == "good"
    assert not (tmp_path / ".run.partial").exists()


def test_while_a_run_is_made_readers_see_the_last_good_one(tmp_path):
    make_run(tmp_path, "good")
    with run_folder(tmp_path, "run") as folder:
        write_whole(folder / "units" / "37.html", "new")
        assert (tmp_path / "run" / "units" / "37.html").read_text() == "good"


def test_what_a_killed_run_left_is_removed_and_a_kill_between_the_renames_is_mended(tmp_path):
    (tmp_path / ".run.partial" / "units").mkdir(parents=True)
    (tmp_path / ".run.partial" / "units" / "old.html").write_text("half")
    (tmp_path / ".run.former").mkdir()
    (tmp_path / ".run.former" / "index.html").write_text("last good")
    with run_folder(tmp_path, "run") as folder:
        assert list(folder.iterdir()) == []
        assert (tmp_path / "run" / "index.html").read_text() == "last good"


def test_a_second_runner_is_told_to_wait(tmp_path):
    with FileLock(tmp_path / ".run.lock"), pytest.raises(UsageError, match="another run is making it now"):
        make_run(tmp_path, "second")


def test_a_folder_that_cannot_be_written_is_named(tmp_path):
    (tmp_path / "reports").write_text("a file where the folder should be")
    with pytest.raises(UsageError, match="cannot be written"):
        make_run(tmp_path / "reports", "x")

"""Snapshots: unchanged, once, never overwritten."""

import stat

import pytest

from mande.errors import DataError
from mande.sources.snapshot import hash_file, keep_snapshot


def test_a_file_is_kept_once_under_its_hash_and_read_only(tmp_path):
    path = tmp_path / "sent.csv"
    path.write_text("a\n1\n")
    kept = keep_snapshot(path, tmp_path / "snapshots")
    assert keep_snapshot(path, tmp_path / "snapshots") == kept
    assert kept.read_bytes() == path.read_bytes()
    assert kept.stem == hash_file(path)
    assert not kept.stat().st_mode & stat.S_IWUSR
    assert len(list((tmp_path / "snapshots").rglob("*.*"))) == 1


def test_a_changed_file_is_another_snapshot(tmp_path):
    path = tmp_path / "sent.csv"
    path.write_text("a\n1\n")
    first = keep_snapshot(path, tmp_path / "snapshots")
    path.write_text("a\n2\n")
    assert keep_snapshot(path, tmp_path / "snapshots") != first
    assert first.read_text() == "a\n1\n"


def test_a_folder_that_cannot_be_made_is_named(tmp_path):
    path = tmp_path / "sent.csv"
    path.write_text("a\n1\n")
    (tmp_path / "snapshots").write_text("a file where the folder should be")
    with pytest.raises(DataError, match="cannot keep a snapshot"):
        keep_snapshot(path, tmp_path / "snapshots")

"""A broken-off run goes on where it was, also on another machine; its ledger can be looked at meanwhile."""

import re
import shutil
import sqlite3
import subprocess
import sys

import pandas as pd
import pytest

from mande.running.kept_runs import find_run, list_runs, runs_to_remove
from mande.running.ledger import LEDGER, Ledger, State, entries_table, read_entries
from tests.end_to_end.small_site import RUN_ID, UNITS, SmallSite, small_review

pytestmark = [pytest.mark.end_to_end, pytest.mark.xdist_group("small_site")]


def mande(*words):
    done = subprocess.run(
        [sys.executable, "-m", "mande", *map(str, words)], capture_output=True, text=True, check=False
    )
    return done.returncode, done.stdout + done.stderr


def test_a_broken_off_run_goes_on_on_another_machine(small_site, tmp_path):
    site, other = SmallSite(tmp_path / "one", small_review()), SmallSite(tmp_path / "another", small_review())
    with site.running("--workers", 1, pages=3, pause=0.3) as (process, _):
        assert list_runs(site.reports)["state"].tolist() == ["being made"]
        code, said = mande("status", "--output", site.reports)
        assert code == 0 and re.search(rf"{RUN_ID} .*being made.* [0-9] of 8 ", said)
        process.kill()
    table = list_runs(site.reports)
    assert table["state"].tolist() == ["broken off"]
    assert table["done"].item() >= 2 and table["done"].item() + table["running"].item() + table["waiting"].item() == 8
    shutil.copytree(site.reports / f".{RUN_ID}.partial", other.reports / f".{RUN_ID}.partial")
    done = {unit for unit, entry in read_entries(other.reports / f".{RUN_ID}.partial").items() if entry.state == "done"}
    said = other.run("--resume", "--workers", 1)
    assert f"{8 - len(done)} pages made, {len(done)} kept" in said
    assert str(site.folder) not in str((other.reports / RUN_ID / LEDGER).read_bytes())
    assert other.pages() == small_site.first_pages
    for one in (site, other):
        assert [path for path in one.leftovers() if ".partial" not in str(path)] == []
        one.close()


def test_status_and_prune(small_site, tmp_path):
    reports = shutil.copytree(small_site.reports, tmp_path / "reports")
    kept = shutil.copytree(reports / RUN_ID, reports / "archive" / RUN_ID / "00009")
    status = mande("status", "--output", reports)
    assert status[0] == 0 and RUN_ID in status[1] and "whole" in status[1]
    code, said = mande("status", RUN_ID, "--output", reports, "--csv", tmp_path / "units.csv")
    assert code == 0 and re.search(r"[0-9] (done|skipped)", said)
    table = pd.read_csv(tmp_path / "units.csv", dtype={"unit": str})
    assert set(table["unit"]) == {*UNITS, "committee", "framework"}
    assert (table.loc[table["state"] == "done", "execute_seconds"] > 0).all()
    assert mande("status", "nothing", "--output", reports)[0] == 2
    code, said = mande("prune", "--keep", 0, "--output", reports)
    assert code == 0 and f"would be removed: {kept}" in said and kept.is_dir()
    assert mande("prune", "--keep", 2, "--output", reports, "--yes")[0] == 0 and kept.is_dir()
    assert mande("prune", "--keep", 0, "--output", reports, "--yes")[0] == 0 and not kept.exists()
    assert (reports / RUN_ID / "index.html").is_file()


def test_the_ledger_is_whole_at_every_moment(tmp_path):
    ledger = Ledger(tmp_path)
    ledger.plan({"01": "a", "02": "b", "03": "c"}, {"workspace": "w"})
    ledger.start("01", 2)
    ledger.finish("01", {"units/01.html": "hash"}, {"execute": 1.5})
    ledger.fail("02", "the reason")
    entries = read_entries(tmp_path)  # while it is open
    assert list(entries) == ["01", "02", "03"]
    assert [entry.state for entry in entries.values()] == [State.DONE, State.FAILED, State.WAITING]
    assert (entries["01"].tries, entries["01"].outputs, entries["02"].reason) == (
        2,
        {"units/01.html": "hash"},
        "the reason",
    )
    assert entries_table(entries.values())["execute_seconds"].tolist()[0] == 1.5
    ledger.plan({"01": "a", "04": "d"}, {}, [entries["01"]])
    ledger.seal()
    ledger.close()
    assert [path.name for path in tmp_path.iterdir()] == [LEDGER]
    assert {unit: entry.state for unit, entry in read_entries(tmp_path).items()} == {"01": "done", "04": "waiting"}


def test_what_is_no_ledger_is_told(tmp_path):
    from mande.errors import DataError, UsageError

    (tmp_path / "run").mkdir()
    (tmp_path / "run" / LEDGER).write_bytes(b"x" * 5000)
    with pytest.raises(DataError, match="it is not a ledger"):
        read_entries(tmp_path / "run")
    with pytest.raises(UsageError, match="there is no such run"):
        find_run(tmp_path / "empty", "run")
    assert read_entries(tmp_path) == {} and runs_to_remove(tmp_path, keep=0) == []
    with pytest.raises(sqlite3.OperationalError):
        Ledger(tmp_path / "absent")

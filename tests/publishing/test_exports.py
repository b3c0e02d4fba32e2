"""Exports stand in the run's folder whole or not at all, and the manifest lists them; only such files are handed out."""

import json
from contextlib import closing
from hashlib import sha256

import pandas as pd
import pytest

from mande import exports
from mande.errors import DataError, DisclosureError, UsageError
from mande.exports import add_exports, export_run
from mande.publishing.handover import copy_files, listed_files, require_published
from mande.reporting.run import open_run
from mande.running.ledger import Ledger, hash_bytes
from tests.reporting.conftest import LONG

from .conftest import make_run


@pytest.fixture
def run(tmp_path):
    return make_run(tmp_path / "run")


def listed(run):
    return {entry["path"]: entry["sha256"] for entry in json.loads((run / "manifest.json").read_text())["outputs"]}


def test_the_manifest_lists_every_export(exported):
    found = {path.relative_to(exported).as_posix(): path for path in (exported / "exports").iterdir()}
    assert listed(exported) == {name: sha256(path.read_bytes()).hexdigest() for name, path in found.items()}
    assert set(found) == {f"exports/{unit}.{kind}" for unit in ("M01", "M04", "M05") for kind in ("docx", "xlsx")}


def test_some_units_are_renewed_and_others_stay(run):
    export_run(run, units=["M01", "M05"], formats=["xlsx"])
    before = listed(run)
    assert [path.name for path in export_run(run, units=["M05"], formats=["docx"])] == ["M05.docx"]
    assert listed(run) == {**before, **{name: digest for name, digest in listed(run).items() if "docx" in name}}


def test_nothing_is_left_where_it_breaks_off(run, monkeypatch):
    calls = iter([b"one", OSError("disk full")])

    def write(*_):
        found = next(calls)
        if isinstance(found, OSError):
            raise found
        return found

    monkeypatch.setattr(exports, "write_workbook", write)
    with pytest.raises(OSError, match="disk full"):
        export_run(run, units=["M01", "M05"], formats=["xlsx"])
    assert listed(run) == {} and not (run / "exports").exists()


def test_an_unknown_unit_and_a_run_without_manifest_are_named(run):
    with pytest.raises(UsageError, match="has no unit 'M99'"):
        export_run(run, units=["M99"])
    (run / "manifest.json").unlink()
    with pytest.raises(DataError, match=r"manifest\.json: it is missing or cannot be read"):
        export_run(run, units=["M01"], formats=["xlsx"])


def test_only_what_the_manifest_lists_is_handed_out(run, tmp_path):
    export_run(run, units=["M01"], formats=["xlsx"])
    (run / "exports" / "M05.xlsx").write_bytes(b"not ours")
    files = listed_files(run)
    copy_files(run, tmp_path / "out", files)
    assert files == ["exports/M01.xlsx"]
    assert {path.name for path in (tmp_path / "out").rglob("*") if path.is_file()} == {"M01.xlsx", "manifest.json"}


def test_an_export_that_was_edited_is_not_handed_out(run):
    export_run(run, units=["M01"], formats=["xlsx"])
    with (run / "exports" / "M01.xlsx").open("ab") as file:
        file.write(b" ")
    with pytest.raises(DisclosureError, match=r"exports/M01\.xlsx: it is not the file that the manifest lists"):
        listed_files(run)


@pytest.mark.parametrize("content", ["", "{}", '{"outputs": [{}]}', '{"outputs": 3}'])
def test_a_manifest_that_cannot_be_read_is_named(tmp_path, content):
    (tmp_path / "manifest.json").write_text(content)
    with pytest.raises(DisclosureError, match="missing or cannot be read"):
        listed_files(tmp_path)


@pytest.mark.parametrize("kind", ["internal", "", None, "Published"])
def test_only_a_published_run_is_handed_out(tmp_path, kind):
    with pytest.raises(DisclosureError, match="it is an internal run"):
        require_published(tmp_path, {} if kind is None else {"kind": kind})
    require_published(tmp_path, {"kind": "published"})


def with_ledger(run, inputs):
    """Write the ledger of a run whose pages are done, by the hash of what each was made from."""
    with closing(Ledger(run)) as ledger:
        ledger.plan(inputs, {})
        for unit in inputs:
            page = run / "units" / f"{unit}.html"
            page.parent.mkdir(exist_ok=True)
            page.write_text(unit)
            ledger.finish(unit, {f"units/{unit}.html": hash_bytes(unit.encode())}, {})
        ledger.seal()
    return run


def test_exports_of_unchanged_units_are_taken_over_and_others_made_anew(tmp_path):
    units = ["M01", "M05", LONG]
    last = with_ledger(make_run(tmp_path / "last"), dict.fromkeys(units, "same"))
    new = with_ledger(make_run(tmp_path / "new"), {"M01": "same", "M05": "other", LONG: "same"})
    export_run(last, units=units, formats=["xlsx"])
    edited = last / "exports" / f"{LONG}.xlsx"
    edited.write_bytes(b"edited by hand")
    failed = set(open_run(new).units["place_code"]) - set(units)
    add_exports(new, ["xlsx"], last=last, failed=failed)
    made = {path.stem: path for path in (new / "exports").iterdir()}
    assert set(made) == {*units, "all-units"}
    is_taken_over = {unit: made[unit].samefile(last / "exports" / f"{unit}.xlsx") for unit in units}
    assert is_taken_over == {"M01": True, "M05": False, LONG: False}
    assert made[LONG].read_bytes().startswith(b"PK")


def test_nothing_is_taken_over_where_the_marks_of_hidden_counts_may_differ(tmp_path):
    last, new = (with_ledger(make_run(tmp_path / name), {"M01": "same"}) for name in ("last", "new"))
    export_run(last, units=["M01"], formats=["xlsx"])
    path = new / "tables" / "actuals.parquet"
    pd.read_parquet(path).assign(denominator=float("nan")).to_parquet(path, index=False)
    failed = set(open_run(new).units["place_code"]) - {"M01"}
    add_exports(new, ["xlsx"], last=last, failed=failed)
    assert not (new / "exports" / "M01.xlsx").samefile(last / "exports" / "M01.xlsx")
    (last / "manifest.json").write_text("[]")
    add_exports(new, ["xlsx"], last=last, failed=failed)

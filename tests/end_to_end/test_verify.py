"""A finished run is worked out again from its own tables; what was changed by hand is found and named."""

import json
import shutil

import pandas as pd
import pytest

from mande.review import compute_review
from mande.running.manifest import make_manifest
from mande.running.site import write_tables
from mande.verify import verify_run
from mande.workspace import open_workspace
from tests.end_to_end.conftest import ROOT, mande

pytestmark = [pytest.mark.end_to_end, pytest.mark.xdist_group("proof")]
PROGRAMME = "vn-children-2012-2020"
TARGET = "QD1555-02"


@pytest.fixture(scope="module")
def made(tmp_path_factory):
    """The tables of a real review of three units, written as a run; without its pages."""
    workspace = open_workspace(ROOT)
    review = compute_review(
        workspace,
        workspace.programme(PROGRAMME),
        stage="end-term",
        as_of="2020-12-31",
        level="province",
        unit_codes=["VN", "01", "79"],
    )
    folder = tmp_path_factory.mktemp("run") / "run"
    folder.mkdir()
    info = review.describe("vi")
    (folder / "run.json").write_text(json.dumps(info, ensure_ascii=False), encoding="utf-8")
    write_tables(review.tables, folder / "tables")
    manifest = make_manifest(info, folder=folder, inputs=[], root=ROOT, failed={})
    (folder / "manifest.json").write_text(manifest, encoding="utf-8")
    return folder


@pytest.fixture
def run(made, tmp_path):
    """A copy of the run to tamper with."""
    return shutil.copytree(made, tmp_path / "run")


def change(run, table, column, value, **row):
    """Change one cell of a Parquet table and return what stood there."""
    path = run / "tables" / f"{table}.parquet"
    content = pd.read_parquet(path)
    chosen = pd.Series(True, index=content.index)
    for name, wanted in row.items():
        chosen &= content[name] == wanted
    (position,) = content.index[chosen]
    before = content.loc[position, column]
    content.loc[position, column] = value
    content.to_parquet(path, index=False)
    return before


def found(run):
    return {problem.where: problem.found for problem in verify_run(run)}


def test_a_run_as_it_was_made_has_no_difference(made):
    assert verify_run(made) == []
    progress = pd.read_parquet(made / "tables" / "progress.parquet")
    assert len(progress) == 36 and {"met", "not_met"} <= set(progress["verdict"])
    assert set(pd.read_parquet(made / "tables" / "companions.parquet")["rule"]) == {"linear-path"}


def test_a_verdict_changed_in_parquet_is_named_by_unit_target_and_column(run):
    assert change(run, "progress", "verdict", "met", target_id=TARGET, place_code="VN") == "not_met"
    problems = found(run)
    where = f"tables/progress.parquet, unit VN, target {TARGET}, column verdict"
    assert problems[where] == "met; the tables give not_met"
    assert "tables/progress.parquet" in problems
    assert f"tables/progress.csv, unit VN, target {TARGET}, column verdict" in problems


def test_a_number_changed_in_csv_is_named(run):
    path = run / "tables" / "progress.csv"
    table = pd.read_csv(path, dtype=str, keep_default_na=False, encoding="utf-8-sig")
    chosen = (table["target_id"] == TARGET) & (table["place_code"] == "VN")
    table.loc[chosen, "actual_value"] = "9.6"
    path.write_bytes(table.to_csv(index=False).encode("utf-8-sig"))
    assert found(run) == {
        "tables/progress.csv": "the file is not the one that the manifest lists",
        f"tables/progress.csv, unit VN, target {TARGET}, column actual_value": "9.6; tables/*.parquet has 11.6",
    }


def test_an_input_changed_in_every_copy_and_in_the_manifest_still_shows_in_the_verdict(run):
    """The value behind a verdict, in both copies of `actuals`, with a manifest made to fit."""
    progress = pd.read_parquet(run / "tables" / "progress.parquet").set_index(["target_id", "place_code"])
    change(run, "actuals", "value", 9.6, observation_id=progress.loc[(TARGET, "VN"), "actual_observation_id"])
    actuals = pd.read_parquet(run / "tables" / "actuals.parquet")
    write_tables({"actuals": actuals}, run / "tables")
    info = json.loads((run / "run.json").read_text(encoding="utf-8"))
    manifest = make_manifest(info, folder=run, inputs=[], root=ROOT, failed={})
    (run / "manifest.json").write_text(manifest, encoding="utf-8")
    problems = found(run)
    assert (
        problems[f"tables/progress.parquet, unit VN, target {TARGET}, column verdict"] == "not_met; the tables give met"
    )
    assert f"tables/progress.parquet, unit VN, target {TARGET}, column data_hash" in problems


@pytest.mark.parametrize(
    ("table", "column", "value", "row"),
    [
        ("arithmetic", "baseline_cell", "Z99", {"target_id": TARGET, "place_code": "VN"}),
        ("targets", "target_value", 12.0, {"target_id": TARGET}),
        ("sensitivity", "verdict", "met", {"target_id": TARGET, "variation": "baseline_year", "choice": "2009"}),
    ],
)
def test_other_tables_are_held_against_what_they_follow_from(run, table, column, value, row):
    change(run, table, column, value, **row)
    problems = [where for where in found(run) if f"target {TARGET}" in where]
    assert any(where.startswith("tables/") and f"column {column}" in where for where in problems)


def test_a_changed_verdict_of_another_programme_is_named(run):
    companions = pd.read_parquet(run / "tables" / "companions.parquet")
    row = companions.iloc[0]
    key = {name: row[name] for name in ("target_id", "place_code", "dimension_value")}
    change(run, "companions", "verdict", "met", **key)
    where = f"tables/companions.parquet, unit {row['place_code']}, target {row['target_id']}"
    assert any(name.startswith(where) and name.endswith("column verdict") for name in found(run))


def test_a_missing_file_is_named(run):
    (run / "tables" / "sources.csv").unlink()
    assert found(run) == {"tables/sources.csv": "the file is missing"}


def test_the_command_ends_with_0_or_11(made, run):
    assert "no difference" in mande("verify", made).stdout
    change(run, "progress", "verdict", "met", target_id=TARGET, place_code="VN")
    refused = mande("verify", run)
    assert refused.returncode == 11 and "Traceback" not in refused.stderr
    assert f"unit VN, target {TARGET}, column verdict: met; the tables give not_met → restore" in refused.stderr
    assert mande("verify", run / "tables").returncode == 2
    (run / "tables" / "actuals.parquet").write_bytes(b"PAR1")
    assert mande("verify", run).returncode == 11

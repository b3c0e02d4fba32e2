"""No hash of what a unit sent goes into a published review."""

import json

import pandas as pd

from mande.withheld_hashes import hide_hashes, without_hashes

ONE, TWO = "8ef77197b713" + "a" * 52, "9feb1467ef18" + "b" * 52


def submissions() -> pd.DataFrame:
    files = {
        "file": "form.xlsx",
        "received_date": "2020-01-15",
        "snapshot": [ONE, TWO],
        "submission": [ONE[:12], TWO[:12]],
    }
    return pd.DataFrame(files)


def test_files_are_named_by_the_day_on_which_they_came() -> None:
    ids = [f"form.xlsx:{ONE[:12]}:{ONE}!F2", f"form.xlsx:{TWO[:12]}:S!F2; form.xlsx:{ONE[:12]}:S!F3", "census.csv:7"]
    actuals = pd.DataFrame({"observation_id": ids, "numerator": [1.0, 2.0, 3.0]})
    tables = {"actuals": actuals, "units": pd.DataFrame({"place_code": ["35"]}), "stage": "annual"}
    found = without_hashes(tables, submissions())
    assert list(found) == ["actuals"]
    assert found["actuals"]["observation_id"].tolist() == [
        "form.xlsx:2020-01-15:2020-01-15!F2",
        "form.xlsx:2020-01-15-2:S!F2; form.xlsx:2020-01-15:S!F3",
        "census.csv:7",
    ]
    assert actuals["observation_id"].tolist() == ids


def test_nothing_changes_where_nothing_was_sent() -> None:
    tables = {"actuals": pd.DataFrame({"observation_id": ["census.csv:7"]})}
    assert without_hashes(tables, submissions().iloc[:0]) == {}


def test_a_manifest_lists_neither_what_was_sent_nor_the_hash_or_size_of_a_file_with_a_hidden_number() -> None:
    paths = [f"data/received/8e/{ONE}.csv", "data/published/abuse.csv", "data/published/corrections.yaml", "data/x.csv"]
    inputs = [{"path": path, "sha256": ONE, "bytes": 700} for path in paths]
    actuals = pd.DataFrame({"value_status": ["suppressed", "observed"], "file": ["abuse.csv; more.csv", "x.csv"]})
    manifest = json.dumps({"run": {"kind": "published"}, "inputs": inputs})
    found = {entry["path"]: entry for entry in json.loads(hide_hashes(manifest, actuals))["inputs"]}
    assert list(found) == paths[1:]
    assert [found[path]["sha256"] for path in paths[1:]] == ["suppressed", "suppressed", ONE]
    assert [found[path]["bytes"] for path in paths[1:]] == [None, None, 700]
    internal = json.dumps({"run": {"kind": "internal"}, "inputs": inputs})
    assert json.loads(hide_hashes(internal, actuals.iloc[1:]))["inputs"] == inputs

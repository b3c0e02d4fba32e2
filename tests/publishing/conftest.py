"""A made-up published run with its Excel and Word files; one unit has values that are not published."""

import json

import pandas as pd
import pytest

from mande.exports import export_run
from tests.reporting.conftest import LONG, write_made_up_run

HIDDEN_ROWS = 3
FORMULA = '=HYPERLINK("http://example.org";"x")'


@pytest.fixture(scope="session")
def exported(tmp_path_factory):
    """The folder of a run after `mande export`; the newest values of one target of one unit are hidden."""
    folder = make_run(tmp_path_factory.mktemp("exports") / "made-up-run")
    export_run(folder, units=["M01", LONG, "M05"])
    return folder


def make_run(folder):
    """Write a published run with counts, three hidden values and a title that looks like a formula."""
    write_made_up_run(folder)
    path = folder / "tables" / "actuals.parquet"
    table = pd.read_parquet(path).assign(numerator=1234.0, denominator=56789.0, lower=1.5, upper=99.5)
    is_hidden = (table["place_code"] == "M05") & (table["indicator"] == "I02") & (table["year"] >= 2022)
    is_hidden &= table["basis"] == "survey"
    assert is_hidden.sum() == HIDDEN_ROWS
    table.loc[is_hidden, ["value", "numerator", "lower", "upper"]] = float("nan")
    table.loc[is_hidden, ["value_status", "value_qualifier"]] = ["suppressed", "<5"]
    table.loc[is_hidden, "is_usable"] = False
    table.to_parquet(path, index=False)
    sources = pd.read_parquet(folder / "tables" / "sources.parquet").assign(publisher=FORMULA)
    sources.to_parquet(folder / "tables" / "sources.parquet", index=False)
    info = json.loads((folder / "run.json").read_text(encoding="utf-8"))
    info |= {"kind": "published", "disclosure": {"protected_up_to": 4, "sensitive": {}, "counts": []}}
    (folder / "run.json").write_text(json.dumps(info), encoding="utf-8")
    (folder / "manifest.json").write_text(json.dumps({"run": info, "inputs": [], "outputs": []}), encoding="utf-8")
    return folder

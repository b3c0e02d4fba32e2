"""`mande forms` and `mande simulate`, as a user types them."""

import pandas as pd
import pytest
from typer.testing import CliRunner

from mande.__main__ import app
from mande.errors import UsageError
from mande.framework.load import load_indicators
from mande.sources.forms.form_layout import read_layout
from mande.sources.forms.form_reader import is_form, read_form
from mande.sources.workbooks import read_sheets
from tests.end_to_end.conftest import ROOT, mande

pytestmark = pytest.mark.end_to_end
PLAN = "vn-children-2021-2030"


def run(*words):
    """Run the command in this process; return its error, or nothing."""
    return CliRunner().invoke(app, [*map(str, words), "--workspace", str(ROOT)]).exception


def test_the_form_of_a_district(tmp_path):
    words = ("forms", PLAN, "--level", "district", "--as-of", "2024-12-31", "--period", 2024, "--unit", "001")
    process = mande(*words, "--out", tmp_path)
    assert process.returncode == 0, process.stderr
    assert process.stdout.startswith(f"{tmp_path}: 1 forms, 1 units") and "CHILD_LABOUR" in process.stdout
    path = tmp_path / "001_2024.xlsx"
    sheets = read_sheets(path)
    layout = read_layout(path, sheets)
    assert is_form(sheets) and (layout.place_code, layout.place_level, layout.programme) == ("001", "district", PLAN)
    reading = read_form(path, sheets, indicators=load_indicators(ROOT / "programmes"))
    assert (reading.observations["value_status"] == "missing").all() and reading.quarantined.empty


def test_a_form_holds_the_tasks_of_the_unit(tmp_path):
    plan = "ha-nam-child-protection-2016-2020"
    run("forms", plan, "--level", "province", "--as-of", "2020-12-31", "--period", 2020, "--out", tmp_path)
    path = tmp_path / "35_2020.xlsx"
    assert "HANAM224-T4" in [task.task for task in read_layout(path, read_sheets(path)).tasks]


def test_a_plan_of_tasks_alone_has_forms_but_nothing_to_simulate(tmp_path):
    words = ("tan-chau-children-2021-2030", "--level", "district", "--as-of", "2024-12-31", "--out", tmp_path)
    assert run("forms", *words, "--period", 2024) is None and len(list(tmp_path.iterdir())) == 1
    assert "has no indicator that a unit" in str(run("simulate", *words, "--periods", 2024))


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (("--level", "village", "--as-of", "2024-12-31", "--period", "2024"), '"village" does not exist'),
        (("--level", "district", "--as-of", "2025-12-31", "--period", "2025"), "has no district on 2025-12-31"),
        (("--level", "province", "--as-of", "2024-12-31", "--period", "24/25"), '"24/25" is not a period'),
        (("--level", "province", "--as-of", "hôm nay", "--period", "2024"), "is not a date"),
        (("--level", "province", "--as-of", "2024-12-31", "--period", "2024", "--unit", "99"), '"99"'),
    ],
)
def test_a_wrong_word_is_told_with_its_cure(tmp_path, words, told):
    error = run("forms", PLAN, *words, "--out", tmp_path / "none")
    assert isinstance(error, UsageError) and told in str(error) and not (tmp_path / "none").exists()


def test_a_file_in_the_place_of_the_folder_is_told(tmp_path):
    (tmp_path / "out").write_text("", encoding="utf-8")
    words = (PLAN, "--level", "nation", "--as-of", "2024-12-31", "--out", tmp_path / "out")
    for error in (run("forms", *words, "--period", 2024), run("simulate", *words, "--periods", 2024)):
        assert isinstance(error, UsageError) and "cannot be made a folder" in str(error)


SIMULATE = ("simulate", PLAN, "--level", "district", "--as-of", "2021-12-31", "--periods", 2020, 2021, "--seed", 7)


def test_simulated_forms_are_read_as_simulated(tmp_path):
    units = [word for code in ("001", "002", "003", "004") for word in ("--unit", code)]
    process = mande(*SIMULATE, *units, "--errors", 0.1, "--with-parents", "--workers", 1, "--out", tmp_path / "made")
    assert process.returncode == 0, process.stderr
    submissions = pd.read_csv(tmp_path / "made" / "submissions.csv", dtype=str)
    assert set(submissions["place_code"]) == {"001", "002", "003", "004", "01"}
    assert set(submissions["period"]) == {"2020", "2021"} and "made-up files of 5 units" in process.stdout
    path = tmp_path / "made" / "inbox" / submissions.loc[submissions["kind"].isna(), "file"].iloc[0]
    reading = read_form(path, read_sheets(path), indicators=load_indicators(ROOT / "programmes"))
    assert set(reading.observations["source"]) == {"simulation"}
    again = run(*SIMULATE, *units, "--out", tmp_path / "made")
    assert isinstance(again, UsageError) and "the folder is not empty" in str(again)


def test_simulated_tidy_files(tmp_path):
    assert run(*SIMULATE, "--unit", "001", "--as", "tidy", "--errors", 0, "--out", tmp_path / "made") is None
    names = sorted(path.name for path in (tmp_path / "made" / "inbox").iterdir())
    assert names == ["001_2020.csv", "001_2021.csv"]

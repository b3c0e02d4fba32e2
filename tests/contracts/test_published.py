"""The published statistics of the project give exactly the findings that were looked at by hand."""

import shutil
from datetime import date

import pandas as pd
import pytest
from typer import Typer
from typer.testing import CliRunner

from mande.commands.check import check_command
from mande.contracts.check import check_observations
from mande.errors import DataError, UsageError
from mande.places.register import Register
from mande.sources.published import read_observations

from .conftest import CONTRACTS, PLACES, PUBLISHED

AS_OF = date(2024, 12, 31)


@pytest.fixture(scope="module")
def observations():
    return pd.concat([read_observations(path) for path in sorted(PUBLISHED.glob("*.csv"))], ignore_index=True)


@pytest.fixture(scope="module")
def places():
    return Register.load(PLACES).places


@pytest.fixture(scope="module")
def result(observations, places):
    return check_observations(observations, CONTRACTS, known_places=places, as_of=AS_OF)


def found(result, check_id):
    return result.findings[result.findings["check_id"] == check_id]


def test_the_only_critical_findings_are_pupils_in_another_unit(result):
    """Kindergarten pupils stand in thousands until 2014 (nation 3755) and in persons from 2015 (nation 3978520).

    The unit of every row says thousand persons: a true defect of the data, in all 70 places and both years.
    """
    critical = result.findings[result.findings["severity"] == "critical"]
    assert set(critical["check_id"]) == {"not-above-range"}
    assert set(critical["indicator"]) == {"KINDERGARTEN_PUPILS"}
    assert critical.groupby("period").size().to_dict() == {"2015": 70, "2016": 70}
    assert critical["observation_id"].is_unique


def test_the_fall_of_immunisation_in_2013_is_a_warning_with_its_annotation(result):
    fic = found(result, "usual-change").query("indicator == 'FIC_U1'")
    nation = fic[fic["place_code"] == "VN"]
    assert nation[["period", "found"]].to_numpy().tolist() == [["2013", "FIC_U1 2013: 91.4; ≈ 97.1"]]
    assert fic.groupby("period").size().to_dict() == {"2010": 3, "2013": 27, "2016": 1}
    row = result.outcomes.set_index(["check_id", "file", "place_code"]).loc[
        ("usual-change", "gso_province_panel.csv", "VN")
    ]
    assert row["outcome"] == "warning"
    assert "Quinvaxem" in row["annotation_vi"]
    assert "The published value is kept as it is." in row["annotation_en"]


def test_underweight_2010_of_a_mixed_series_is_a_warning(result):
    assert found(result, "same-basis")[["indicator", "period", "found"]].to_numpy().tolist() == [
        ["STUNTING_U5", "2020", "STUNTING_U5 2020: general-nutrition-survey"],
        ["STUNTING_U5", "2010", "STUNTING_U5 2010: household-survey-mics"],
        ["UNDERWEIGHT_U5", "2010", "UNDERWEIGHT_U5 2010: household-survey-mics"],
    ]
    assert found(result, "usual-change").query("indicator == 'UNDERWEIGHT_U5'")["period"].tolist() == ["2010"]
    series = result.outcomes.query("file == 'national_series.csv' and check_id == 'usual-change'")
    assert "MICS 2010–2011" in series["annotation_en"].item()


def test_later_doses_above_the_first_are_those_of_the_official_reports(result):
    assert found(result, "later-dose-not-above-first")["found"].tolist() == [
        "DTP3 95 > 94",
        "DTP3 93 > 90",
        "MCV2 97 > 92",
    ]


def test_few_values_are_called_unusual(result):
    """194 of about 14,400 compared values; many more would be a fault of the rule."""
    checked = result.outcomes.loc[result.outcomes["check_id"] == "usual-change", "n_checked"].sum()
    assert 0.005 < len(found(result, "usual-change")) / checked < 0.02


def test_province_series_that_end_in_2016_are_called_old(result):
    old = found(result, "fresh").query("indicator == 'IMR'")
    assert old.query("period == '2016'")["place_code"].nunique() == 69  # 63 provinces and 6 regions
    assert old.query("place_code == 'VN'")["period"].max() == "2020"  # the nation's survey value is newer, and old too
    old = found(result, "fresh")
    assert "POPULATION" not in set(old["indicator"])


def test_every_other_check_finds_nothing(result):
    expected = {"not-above-range", "usual-change", "same-basis", "later-dose-not-above-first", "fresh"}
    assert set(result.findings["check_id"]) == expected


def test_no_check_depends_on_the_order_of_the_rows(observations, places, result):
    """Shuffled rows on another day: the same findings except for age."""
    table = observations.sample(frac=1, random_state=2015).reset_index(drop=True)
    shuffled = check_observations(table, CONTRACTS, known_places=places, as_of=date(2015, 12, 31)).findings
    straight = result.findings
    columns = ["check_id", "observation_id", "found"]
    keep = straight["check_id"] != "fresh"
    pd.testing.assert_frame_equal(
        shuffled[shuffled["check_id"] != "fresh"].sort_values(columns)[columns].reset_index(drop=True),
        straight[keep].sort_values(columns)[columns].reset_index(drop=True),
    )


@pytest.fixture(scope="module")
def run(tmp_path_factory):
    """Run `mande check` on the project's own workspace."""
    app = Typer()
    app.command()(check_command)
    root = CONTRACTS.parent

    def invoke(*arguments: str):
        return CliRunner().invoke(app, ["--workspace", str(root), "--as-of", "2024-12-31", *arguments])

    return invoke


def test_command_ends_with_11_on_a_critical_finding(run, tmp_path):
    file = tmp_path / "gso_population.csv"
    shutil.copy(PUBLISHED / "gso_population.csv", file)
    assert run(str(file)).exit_code == 0
    lines = file.read_text(encoding="utf-8").split("\n")
    lines[1] = lines[1].replace(",01,", ",00,", 1)
    file.write_text("\n".join(lines), encoding="utf-8")
    done = run(str(file), "--lang", "en", "--csv", str(tmp_path / "mend.csv"))
    assert done.exit_code == DataError.exit_code == 11
    assert "00 · 2010" in done.output
    mend = pd.read_csv(tmp_path / "mend.csv", dtype=str)
    row = mend[mend["check_id"] == "known-place-code"].iloc[0]
    assert (row["file"], row["cell"], row["found"]) == ("gso_population.csv", "F2", "00 · 2010")


def test_command_applies_the_ledger_of_corrections_and_shortens_long_lists(run):
    done = run("--lang", "en", "--all")
    assert done.exit_code == 0
    assert "KINDERGARTEN_PUPILS" not in done.output
    assert "and 908 more" in " ".join(done.output.replace("│", " ").split())
    assert "24 checks" in done.output


def test_command_counts_the_warnings_in_vietnamese_by_default(run):
    told = run().output
    assert "Cần làm" not in told and "24 phép kiểm tra: 0 lỗi" in told and "xem từng cảnh báo: thêm --all" in told


def test_command_reports_the_problems_of_all_files(run, tmp_path):
    (tmp_path / "empty.csv").write_text("")
    done = run(str(tmp_path / "empty.csv"), str(tmp_path / "absent.csv"))
    assert isinstance(done.exception, DataError)
    assert len(done.exception.problems) == 2


def test_command_refuses_two_files_of_one_name(run, tmp_path):
    done = run(str(tmp_path / "a.csv"), str(tmp_path / "b" / "a.csv"))
    assert isinstance(done.exception, UsageError)


def test_command_says_when_the_list_cannot_be_written(run, tmp_path):
    done = run(str(PUBLISHED / "national_immunisation.csv"), "--csv", str(tmp_path / "absent" / "mend.csv"))
    assert isinstance(done.exception, DataError)
    assert "cannot be written" in str(done.exception)

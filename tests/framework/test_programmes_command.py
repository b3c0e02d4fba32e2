"""The command `mande programmes`."""

import json
import shutil

import pandas as pd
import pytest
from typer.testing import CliRunner

from mande.commands.programmes import app
from mande.errors import DefinitionError, UsageError
from mande.workspace import FOLDERS

COMMANDS = ["list", "show", "targets", "tasks", "check", "compare", "calendar", "documents", "init", "schema"]


@pytest.fixture
def workspace(tmp_path, programmes_folder):
    """A workspace with two programmes of the project."""
    for name in FOLDERS:
        (tmp_path / name).mkdir(parents=True, exist_ok=True)
    shutil.copy(programmes_folder / "indicators.yaml", tmp_path / "programmes")
    for name in ("vn-child-protection-2016-2020", "ha-nam-child-protection-2016-2020"):
        shutil.copytree(programmes_folder / name, tmp_path / "programmes" / name)
    return tmp_path


def run(*arguments):
    result = CliRunner().invoke(app, [str(argument) for argument in arguments])
    if result.exception and not isinstance(result.exception, SystemExit):
        raise result.exception
    return result


@pytest.mark.parametrize("command", COMMANDS)
def test_each_command_has_an_example(command):
    assert f"Example: mande programmes {command}" in run(command, "--help").output


def test_list_shows_both_programmes(workspace):
    output = run("list", "--lang", "en", "--workspace", workspace).output
    assert "vn-child-protection-2016-2020" in output and "224/KH-UBND" in output


def test_show_names_document_and_successor(workspace):
    output = run("show", "ha-nam-child-protection-2016-2020", "--workspace", workspace).output
    assert "224/KH-UBND 2016-02-01" in output and "37 Ninh Bình" in output and "SC_RATIO" in output


def test_targets_are_written_whole_to_a_file(workspace, tmp_path):
    output = run(
        "targets", "ha-nam-child-protection-2016-2020", "--workspace", workspace, "--csv", tmp_path / "t.csv"
    ).output
    table = pd.read_csv(tmp_path / "t.csv")
    assert list(table["value"]) == [4, 90] and table["document"].eq("224/KH-UBND").all()
    assert "HANAM224-a1" in output and "2 rows" in output


def test_tasks_are_shown(workspace):
    assert "HANAM224-T4" in run("tasks", "ha-nam-child-protection-2016-2020", "--workspace", workspace).output


def test_check_counts_the_findings(workspace):
    output = run("check", "--workspace", workspace, "--as-of", "2020-12-31", "--lang", "en").output
    assert "2 programmes load; findings: 0 critical" in output and "definition_unstated" in output


def test_check_of_a_broken_programme_tells_the_place(workspace):
    path = workspace / "programmes" / "ha-nam-child-protection-2016-2020" / "framework.yaml"
    path.write_text(path.read_text(encoding="utf-8").replace("levels:", "level:"), encoding="utf-8")
    with pytest.raises(
        DefinitionError, match=r"framework.yaml:\d+ targets\[0\].level: unknown key 'level' → did you mean 'levels'"
    ):
        run("check", "--workspace", workspace)


def test_init_writes_a_plan_that_loads(workspace):
    run("init", "our-plan", "--workspace", workspace)
    assert "our-plan" in run("check", "our-plan", "--workspace", workspace).output
    assert "MY-3" in run("targets", "our-plan", "--workspace", workspace).output


def test_schema_writes_a_file_for_each_kind(tmp_path):
    run("schema", "--output", tmp_path / "s")
    names = {path.name for path in (tmp_path / "s").iterdir()}
    assert names == {f"{name}.schema.json" for name in ("programme", "framework", "tasks", "calendar", "indicators")}
    assert json.loads((tmp_path / "s" / "tasks.schema.json").read_text(encoding="utf-8"))["title"] == "tasks.yaml"


@pytest.mark.parametrize(
    "arguments,message",
    [
        (("targets", "vn-child-protection-2016-2021"), "vn-child-protection-2016-202"),
        (("list", "--lang", "fr"), "'fr' is not a language"),
        (("check", "--as-of", "31/12/2020"), "'31/12/2020' is not a date"),
        (("targets", "ha-nam-child-protection-2016-2020", "--csv", "/nowhere/at/all.csv"), "cannot be written"),
    ],
)
def test_mistakes_of_use_are_told(workspace, arguments, message):
    with pytest.raises(UsageError, match=message):
        run(*arguments, "--workspace", workspace)


def test_compare_gives_the_reason(workspace):
    arguments = ("compare", "vn-child-protection-2016-2020", "ha-nam-child-protection-2016-2020")
    output = run(*arguments, "--workspace", workspace, "--lang", "en").output
    assert "same_definition" in output and "only_first" in output


def test_calendar_writes_an_icalendar_file(workspace, tmp_path):
    run("init", "our-plan", "--workspace", workspace)
    arguments = ("calendar", "our-plan", "--year", "2025", "--ical", tmp_path / "our.ics")
    output = run(*arguments, "--workspace", workspace, "--lang", "en").output
    assert "2 deadlines with a day" in output
    assert (tmp_path / "our.ics").read_bytes().count(b"BEGIN:VEVENT") == 2


def test_documents_are_listed(workspace, programmes_folder):
    shutil.copy(programmes_folder / "documents.yaml", workspace / "programmes")
    assert "1701/QĐ-UBND" in run("documents", "--workspace", workspace).output


def test_check_of_all_tells_codes_that_are_not_unique(workspace):
    assert "mã 0101 của 13/2021/TT-BLĐTBXH có trong nhiều danh mục" in run("check", "--workspace", workspace).output

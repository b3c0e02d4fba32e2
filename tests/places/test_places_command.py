"""`mande places` as a user types it."""

import shutil
from pathlib import Path

import pandas as pd
import pytest
from typer.testing import CliRunner

from mande.commands.places import app
from mande.errors import UsageError
from mande.places.register import Register

ROOT = Path(__file__).resolve().parents[2]
PLACES = ROOT / "data" / "places"


@pytest.fixture(autouse=True)
def _read_once(monkeypatch, register):
    """Every command reads the register of the project anew; here it is the one that the session has read."""
    load = Register.load
    monkeypatch.setattr(
        Register,
        "load",
        lambda folder, **more: register if Path(folder) == PLACES and not more else load(folder, **more),
    )


def run(*words: str) -> str:
    where = [] if "--workspace" in words else ["--workspace", str(ROOT)]
    result = CliRunner().invoke(app, [*words, *where], catch_exceptions=False, env={"COLUMNS": "200"})
    assert result.exit_code == 0, result.output
    return result.output


def test_find():
    found = run("find", "quan 7", "--at", "2020-12-31")
    assert "778" in found and "Phường" not in found, "a written type counts"
    assert "Phường 7" in run("find", "7", "--at", "2020-12-31")
    assert "Tỉnh Bắc Ninh" in run("find", "Bắc Ninh", "--level", "province")


def test_show_the_history_of_a_re_used_code():
    shown = run("show", "769")
    for words in ("Quận 2", "Thành phố Thủ Đức", "762 Quận Thủ Đức", "2021-01-01", "1111/NQ-UBTVQH14"):
        assert words in shown


def test_list_and_its_csv(tmp_path):
    assert "Thành phố Huế" in run("list", "--at", "2025-07-01", "--level", "province")
    file = tmp_path / "places.csv"
    assert "3321 rows" in run("list", "--at", "2025-07-01", "--level", "commune", "--csv", str(file))
    assert len(pd.read_csv(file, dtype=str)) == 3321


def test_crosswalk_counts_its_kinds(tmp_path):
    file = tmp_path / "crosswalk.csv"
    assert run("crosswalk", "2024-12-31", "2025-12-31").strip().endswith("63 whole")
    shown = run("crosswalk", "2025-06-30", "2025-07-01", "--level", "commune", "--csv", str(file))
    assert "9593 whole, 442 split" in shown
    assert {"from_name", "to_name", "share"} <= set(pd.read_csv(file, nrows=1).columns)


def test_the_options_of_the_group_ask_the_same():
    assert run("--at", "2025-07-01", "--level", "province") == run("list", "--at", "2025-07-01", "--level", "province")
    words = ("2024-12-31", "2025-12-31")
    assert run("--crosswalk", *words) == run("crosswalk", *words)


def test_show_takes_a_name_that_only_one_code_has_and_lists_the_others():
    assert "Thành phố Cần Thơ" in run("show", "hau giang", "--level", "province")
    with pytest.raises(UsageError, match=r"means 3 places → state the code: 256 .*\(district\), 24 .*27 "):
        run("show", "Bắc Ninh")
    with pytest.raises(UsageError, match="is no place code and no name of a place"):
        run("show", "Hà Nội Mới")


def test_show_writes_its_changes_too(tmp_path):
    file = tmp_path / "place.csv"
    run("show", "93", "--csv", str(file))
    changes = pd.read_csv(tmp_path / "place_changes.csv", dtype=str)
    assert changes[["from", "to", "change_date"]].values.tolist() == [
        ["93 Tỉnh Hậu Giang", "92 Thành phố Cần Thơ", "2025-07-01"]
    ]
    assert pd.read_csv(file, dtype=str)["parent"].tolist() == ["Cả nước"]


def test_a_cell_that_a_spreadsheet_would_compute_is_written_as_text(tmp_path):
    """A made-up register of schools whose names begin like formulas."""
    for name in ("programmes", "data/published", "data_contracts", "notebooks", "data/places"):
        (tmp_path / name).mkdir(parents=True)
    names = ["=1+1", "+84", "-5", "@SUM(A1)", "Trường A"]
    rows = [f"S{i},school,{name},2020-01-01\n" for i, name in enumerate(names)]
    header = "place_code,level,name_official,valid_from\n"
    (tmp_path / "data" / "places" / "places.csv").write_text(header + "".join(rows), encoding="utf-8")
    file = tmp_path / "out.csv"
    words = ["list", "--at", "2021-01-01", "--csv", str(file), "--workspace", str(tmp_path)]
    assert CliRunner().invoke(app, words, catch_exceptions=False).exit_code == 0
    assert file.read_bytes().startswith(b"\xef\xbb\xbf"), "spreadsheets read UTF-8 only with its mark"
    written = pd.read_csv(file, dtype=str, encoding="utf-8-sig")["name_official"].tolist()
    assert written == ["'=1+1", "'+84", "'-5", "'@SUM(A1)", "Trường A"]


def test_long_tables_are_cut_on_the_screen():
    assert "10035 rows, 60 shown" in run("list", "--at", "2025-06-30", "--level", "commune")


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (["show", "ZZ9"], "ZZ9: is no place code"),
        (["find", "zzzz"], "no place has a name like it"),
        (["list", "--at", "tomorrow-ish"], "'tomorrow-ish' is not a date"),
        (["list", "--at", "2020-01-01", "--csv", "/nowhere/x.csv"], "cannot be written"),
    ],
)
def test_mistakes_are_told(words, message):
    with pytest.raises(UsageError, match=message):
        run(*words)


@pytest.mark.parametrize("command", ["find", "show", "list", "crosswalk"])
def test_help_has_an_example(command):
    assert f"Example: mande places {command}" in " ".join(run(command, "--help").split())


def test_a_workspace_adds_places_of_its_own_and_shares_of_split_ones(tmp_path):
    for folder in ("programmes", "data/published", "data_contracts", "notebooks"):
        (tmp_path / folder).mkdir(parents=True)
    places = tmp_path / "data" / "places"
    shutil.copytree(PLACES, places, ignore=shutil.ignore_patterns("*commune*"))
    school = "place_code,level,name_official,parent_code,valid_from\nT1,school,Trường Mẫu,001,2020-01-01\n"
    (places / "places_schools.csv").write_text(school, encoding="utf-8")
    head = "change_date,from_code,to_code,basis,share,source,note\n"
    (places / "shares.csv").write_text(head + "2014-04-01,527,522,,0.51,made up,\n", encoding="utf-8")
    file, at = tmp_path / "crosswalk.csv", ["--workspace", str(tmp_path)]
    assert "Quận Ba Đình" in run("show", "T1", *at)
    run("crosswalk", "2013-12-31", "2014-12-31", "--level", "district", "--csv", str(file), *at)
    table = pd.read_csv(file, dtype=str).set_index(["from_code", "to_code"])
    assert tuple(table.loc[("527", "522"), ["share", "share_source"]]) == ("0.51", "made up")

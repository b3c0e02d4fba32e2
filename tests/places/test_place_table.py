"""A user's own places.csv: extended, or refused with everything that is wrong."""

from pathlib import Path

import pytest

from mande.errors import DataError, UsageError
from mande.places.register import Register

ROOT = Path(__file__).resolve().parents[2]
HEADER = "place_code,level,name_official,parent_code,valid_from,valid_to\n"


def problems_of(folder: Path, text: str) -> list[str]:
    (folder / "places.csv").write_text(text, encoding="utf-8")
    with pytest.raises(DataError) as error:
        Register.load(folder)
    return [str(problem) for problem in error.value.problems]


def test_a_register_of_another_country(tmp_path):
    (tmp_path / "places.csv").write_text(
        HEADER + "LA,nation,Laos,,2000-01-01,\nVTE,province,Vientiane,LA,2000-01-01,\n"
    )
    register = Register.load(tmp_path)
    assert list(register.children("LA", "2020-01-01")["place_code"]) == ["VTE"]
    assert register.get("VTE", "2020-01-01").name_short == "Vientiane"


def test_schools_are_added_to_the_places_of_the_project(tmp_path):
    file = tmp_path / "places.csv"
    file.write_text(HEADER + "S1,school,Trường mầm non 1 (made up),00004,2026-01-01,\n", encoding="utf-8")
    register = Register.load(ROOT / "data" / "places", extra=file)
    assert register.get("S1", "2026-06-01").level == "school"
    assert list(register.children("00004", "2026-06-01")["place_code"]) == ["S1"]


def test_all_problems_of_a_table_are_reported_at_once(tmp_path):
    found = problems_of(
        tmp_path,
        HEADER
        + "A,nation,A,,2000-01-01,\n"
        + "B,province,B,A,2000-01-01,2010-12-31\n"
        + "B,province,B2,A,2010-12-31,\n"
        + "C,province,C,X,2000-01-01,\n"
        + "D,province,,A,2000-01-01,\n"
        + "E,province,E,A,2010-01-01,2009-12-31\n",
    )
    assert found == [
        "places.csv line 6: name_official is empty → fill it in",
        "places.csv line 7: E ends before it begins → valid_to is the last day of validity",
        "places.csv line 4: province B is already valid in places.csv line 3 → one code may mean one place at a time: "
        "end the earlier row or choose another code",
        "places.csv line 5: parent X of C does not exist while C is valid → add the parent with its validity, "
        "or correct parent_code",
    ]


def test_a_code_may_be_used_again_the_day_after(tmp_path):
    text = HEADER + "A,nation,A,,2000-01-01,\nB,province,B,A,2000-01-01,2010-12-31\nB,province,B2,A,2011-01-01,\n"
    (tmp_path / "places.csv").write_text(text)
    assert Register.load(tmp_path).get("B", "2011-01-01").name_official == "B2"


def test_a_parent_that_ended_before_is_missing(tmp_path):
    (found,) = problems_of(tmp_path, HEADER + "A,nation,A,,2000-01-01,2009-12-31\nB,province,B,A,2010-01-01,\n")
    assert "parent A of B does not exist while B is valid" in found


def test_bad_dates_and_unknown_columns(tmp_path):
    found = problems_of(
        tmp_path, HEADER.replace("valid_to", "end") + "A,nation,A,,2000-13-01,\nB,nation,B,,1.2.2000,\n"
    )
    assert "unknown column(s) end" in found[0]
    assert found[1:] == [
        "places.csv line 2: valid_from '2000-13-01' is not a date → write YYYY-MM-DD",
        "places.csv line 3: valid_from '1.2.2000' is not a date → write YYYY-MM-DD",
    ]


def test_missing_columns_empty_files_and_folders_without_places(tmp_path):
    (found,) = problems_of(tmp_path, "place_code,level,valid_from\nA,nation,2000-01-01\n")
    assert "missing or empty column(s) name_official" in found
    (found,) = problems_of(tmp_path, "")
    assert "cannot be read" in found
    with pytest.raises(DataError, match="no file of places"):
        Register.load(tmp_path.parent)
    with pytest.raises(UsageError, match="does not exist"):
        Register.load(tmp_path / "nowhere")


def test_a_wrong_changes_file_is_reported(tmp_path):
    (tmp_path / "places.csv").write_text(HEADER + "A,nation,A,,2000-01-01,\n")
    (tmp_path / "changes.csv").write_text("change_date,level,wat\n2000-1-,nation,x\n")
    with pytest.raises(DataError) as error:
        Register.load(tmp_path)
    assert [problem.found for problem in error.value.problems] == [
        "unknown column(s) wat",
        "change_date '2000-1-' is not a date",
    ]

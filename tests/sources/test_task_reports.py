"""Reading what units report about their tasks: each mistake gives file, cell and cure; no row is lost in silence."""

from pathlib import Path

import pandas as pd
import pytest

from mande.errors import DataError
from mande.framework.load import load_programme
from mande.framework.template_folder import write_template
from mande.sources.task_reports import COLUMNS, read_task_reports

HEADER = ",".join(COLUMNS)
ROOT = Path(__file__).parents[2]
PLACES = {"01", "99"}


@pytest.fixture(scope="module")
def plan(tmp_path_factory):
    """The commented example: MY-T1 falls due once, MY-T2 on four days of each year."""
    folder = tmp_path_factory.mktemp("programmes")
    write_template(folder, "my-plan")
    return load_programme(folder, "my-plan")


def read(tmp_path, plan, *rows, header=HEADER):
    (tmp_path / "reports.csv").write_text("\n".join([header, *rows, ""]), encoding="utf-8")
    return read_task_reports(tmp_path, [plan], known_places=PLACES)


def test_a_workspace_without_reports_has_none(tmp_path, plan):
    assert read_task_reports(tmp_path / "absent", [plan], known_places=PLACES).empty


def test_the_folder_says_which_header_to_write():
    assert HEADER in (ROOT / "data" / "tasks" / "README.md").read_text(encoding="utf-8")


def test_a_report_of_a_task_with_one_day_needs_no_due_date(tmp_path, plan):
    table = read(
        tmp_path, plan, "my-plan,MY-T1,01,,2023-06-15,12/BC,,made up", "my-plan,MY-T2,99,2024-03-31,,,,made up"
    )
    assert table["due_date"].tolist() == [pd.Timestamp("2023-06-30"), pd.Timestamp("2024-03-31")]
    assert table["done_date"].isna().tolist() == [False, True]
    assert table["cell"].tolist() == ["E2", "E3"]


@pytest.mark.parametrize(
    ("row", "message"),
    [
        ("my-plan,MY-T1,01,,2023-06-15,x,,", "reports.csv cell H2: source is blank → fill in source"),
        ("my-plan,MY-T1,77,,,,,m", 'reports.csv cell C2: "77" is no place code → look it up: mande places find NAME'),
        ("my-plna,MY-T1,01,,,,,m", "reports.csv cell A2: there is no programme \"my-plna\" → did you mean 'my-plan'?"),
        ("my-plan,MY-T3,01,,,,,m", "reports.csv cell B2: my-plan has no task \"MY-T3\" → did you mean 'MY-T2'?"),
        ("my-plan,MY-T1,01,,15/6/2023,,,m", 'reports.csv cell E2: "15/6/2023" is not a date → write it as 2025-06-30'),
        (
            "my-plan,MY-T1,01,2023-06-29,,,,m",
            "reports.csv cell D2: MY-T1 does not fall due on 2023-06-29 → use one of: 2023-06-30",
        ),
    ],
)
def test_a_mistake_is_told_with_its_cell_and_cure(tmp_path, plan, row, message):
    with pytest.raises(DataError) as caught:
        read(tmp_path, plan, row)
    assert [str(problem) for problem in caught.value.problems] == [message]


def test_a_repeated_task_must_say_which_time(tmp_path, plan):
    with pytest.raises(DataError, match=r"cell D2: MY-T2 falls due 40 times → write which: 2021-03-31"):
        read(tmp_path, plan, "my-plan,MY-T2,01,,2024-03-31,x,,m")


def test_one_task_reported_twice_is_refused(tmp_path, plan):
    row = "my-plan,MY-T1,01,,2023-06-15,12/BC,,made up"
    with pytest.raises(DataError, match=r"reports.csv line 3: MY-T1 of 01 is reported twice .* → keep one row"):
        read(tmp_path, plan, row, row)


def test_all_mistakes_of_all_files_are_told_at_once(tmp_path, plan):
    (tmp_path / "other.csv").write_text("programme,task\nmy-plan,MY-T1\n", encoding="utf-8")
    with pytest.raises(DataError) as caught:
        read(tmp_path, plan, ",MY-T1,01,,soon,,,m")
    assert [str(problem).split(":")[0] for problem in caught.value.problems] == [
        "other.csv line 1",
        "reports.csv cell A2",
        "reports.csv cell E2",
    ]

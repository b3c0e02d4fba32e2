"""What goes wrong gives one clear error and leaves nothing half-written."""

import json
import os
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

import nbformat
import psutil
import pytest

from tests.end_to_end.conftest import RUN_ID, mande, mande_here

ROOT = Path(__file__).parents[2]
pytestmark = pytest.mark.end_to_end
PANEL = "data/published/gso_province_panel.csv"


@pytest.fixture
def workspace(tmp_path):
    """A copy of the project's data that a test may spoil."""
    for name in ("programmes", "data/published", "data_contracts", "notebooks"):
        shutil.copytree(ROOT / name, tmp_path / name)
    (tmp_path / "data" / "places").symlink_to(ROOT / "data" / "places")
    return tmp_path


def review(workspace, *more, run=mande_here):
    return run(
        *("review", "vn-children-2021-2030", "--stage", "mid-term", "--as-of", "2024-12-31", "--level", "province"),
        *("--workspace", workspace, *more),
    )


def change(path, old, new, count=1):
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new, count), encoding="utf-8")


def first_row(path):
    return path.read_text(encoding="utf-8").splitlines()[1]


def empty_file(root):
    (root / PANEL).write_text("")


def unknown_province(root):
    row = first_row(root / PANEL)
    change(root / PANEL, row, row.replace(",01,", ",03,", 1))


def duplicate_key(root):
    row = first_row(root / PANEL)
    change(root / PANEL, row, f"{row}\n{row}")


def text_for_a_number(root):
    row = first_row(root / PANEL)
    cells = row.split(",")
    cells[5] = "mười sáu"
    change(root / PANEL, row, ",".join(cells))


def long_line(root):
    with (root / PANEL).open("a") as file:
        file.write("x" * 10_000_000 + "\n")


def latin_1(root):
    (root / PANEL).write_bytes((root / PANEL).read_bytes() + "Đà Nẵng".encode("cp1258", "replace"))


def misspelt_key(root):
    change(root / "programmes/vn-children-2021-2030/framework.yaml", "operator:", "operater:")


@pytest.mark.parametrize(
    ("spoil", "exit_code", "where", "what"),
    [
        (empty_file, 11, "gso_province_panel.csv", "the file is empty"),
        (unknown_province, 11, "gso_province_panel.csv row 2", "03"),
        (duplicate_key, 11, "gso_province_panel.csv row 3", "CBR"),
        (text_for_a_number, 11, "gso_province_panel.csv cell F2", '"mười sáu" is not a number'),
        (long_line, 11, "gso_province_panel.csv line 8806", "10,000,000 bytes"),
        (latin_1, 11, "gso_province_panel.csv line 8806", "not UTF-8"),
        (misspelt_key, 10, "framework.yaml:", "operater"),
    ],
)
def test_bad_data_stops_the_review_before_anything_is_written(workspace, spoil, exit_code, where, what):
    spoil(workspace)
    process = review(workspace, "--unit", "37")
    assert process.returncode == exit_code, process.stderr
    assert where in process.stderr and what in process.stderr
    assert "→" in process.stderr, "it says what to do"
    assert "Traceback" not in process.stderr
    assert not (workspace / "reports").exists() or list((workspace / "reports").iterdir()) == []


@pytest.mark.parametrize(
    ("words", "what"),
    [
        (("--unit", "99"), 'no province with code "99" on 2024-12-31'),
        (("--stage", "midterm"), '"midterm" does not exist'),
        (("--as-of", "31/12/2024"), '"31/12/2024" is not a date'),
        (("--as-of", "2019-12-31"), "before the programme starts"),
        (("--level", "provinces"), '"provinces" does not exist'),
    ],
)
def test_a_wrong_word_on_the_command_line_is_named(workspace, words, what):
    process = review(workspace, *words)
    assert process.returncode == 2
    assert what in process.stderr and "Traceback" not in process.stderr


def test_an_unknown_programme_lists_those_that_exist(workspace):
    process = mande_here(
        "review", "vn-children", "--stage", "mid-term", "--as-of", "2024-12-31", "--workspace", workspace
    )
    assert process.returncode == 2
    assert "vn-children-2021-2030" in process.stderr and "Traceback" not in process.stderr


def test_an_output_folder_that_cannot_be_written(workspace):
    (workspace / "taken").write_text("a file")
    process = review(workspace, "--unit", "37", "--output", workspace / "taken")
    assert process.returncode == 2
    assert "cannot be written" in process.stderr and "Traceback" not in process.stderr


def test_one_failing_unit_stops_no_other(workspace):
    path = workspace / "notebooks" / "03_unit_review.ipynb"
    notebook = nbformat.read(path, as_version=4)
    broken = 'assert unit != "37", "the made-up defect of one unit"'
    notebook.cells.append(nbformat.v4.new_code_cell(broken))
    nbformat.write(notebook, path)
    process = review(workspace, "--unit", "37", "--unit", "01", run=mande)
    assert process.returncode == 14
    assert "37 Tỉnh Ninh Bình: AssertionError: the made-up defect of one unit" in process.stderr
    assert "Traceback" not in process.stderr
    run = workspace / "reports" / f"units-01-37_of_{RUN_ID}"
    assert sorted(page.name for page in (run / "units").iterdir()) == ["01.html"]
    assert json.loads((run / "manifest.json").read_text())["failed_units"].keys() == {"37"}
    assert "chưa lập được trang" in (run / "index.html").read_text(encoding="utf-8")


def test_a_run_killed_in_the_middle_shows_nothing_and_stands_in_nobodys_way(workspace):
    words = [
        *(
            sys.executable,
            "-m",
            "mande",
            "review",
            "vn-children-2021-2030",
            "--stage",
            "mid-term",
            "--as-of",
            "2024-12-31",
        ),
        *("--level", "province", "--workspace", str(workspace)),
    ]
    reports = workspace / "reports"
    process = subprocess.Popen(words, stderr=subprocess.DEVNULL, stdout=subprocess.DEVNULL)
    units = reports / f".{RUN_ID}.partial" / "units"
    wait_until(lambda: units.exists() and len(list(units.glob("*.html"))) >= 2, seconds=120)
    children = psutil.Process(process.pid).children(recursive=True)
    assert children, "the warm parent, and mostly kernels of the moment"
    os.kill(process.pid, signal.SIGKILL)
    process.wait()
    assert not (reports / RUN_ID).exists(), "a reader never sees half a run"
    wait_until(lambda: not any(is_alive(child) for child in children), seconds=30)
    again = review(workspace, "--unit", "37", run=mande)
    assert again.returncode == 0, again.stderr
    part = f"units-37_of_{RUN_ID}"
    assert (reports / part / "units" / "37.html").exists()
    # What was broken off waits out of sight to be taken up again (see test_resume); nothing else is left.
    assert {path.name for path in reports.iterdir()} <= {
        part,
        f".{part}.lock",
        f".{RUN_ID}.lock",
        f".{RUN_ID}.partial",
    }


def is_alive(process):
    return process.is_running() and process.status() != psutil.STATUS_ZOMBIE


def wait_until(condition, *, seconds):
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, "it did not happen in time"
        time.sleep(0.1)

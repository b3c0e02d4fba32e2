"""From docs/write-a-programme.md alone: a plan with three targets and two tasks, and its page.

All values and reports are made up, and say so.
"""

import re
import shutil

import pandas as pd
import pytest

from tests.end_to_end.conftest import ROOT, mande, mande_here

pytestmark = [pytest.mark.end_to_end, pytest.mark.xdist_group("own_plan")]
PLAN = "an-giang-children-2026-2030"
RUN = f"{PLAN}_mid-term_2024-12-31_nation_vi"
HEADER = (
    "indicator,place_code,period,dimension,dimension_value,value,lower,upper,value_qualifier,unit,value_status,basis,"
    "definition,source,edition,confidence,sample_size,note"
)
VALUES = [
    # 20 → 17 in four years: 0,75 a year where 0,8 are planned, 94 % of the pace: behind
    ("MY_INJURY_DEATHS", 2020, 20, "per_100000_children"),
    ("MY_INJURY_DEATHS", 2024, 17, "per_100000_children"),
    # 10 % below 40 is 36: met
    ("MY_DROWNINGS", 2020, 40, "deaths"),
    ("MY_DROWNINGS", 2024, 35, "deaths"),
    # kept at 100
    ("MY_SCHOOL_TOILETS", 2020, 100, "percent"),
    ("MY_SCHOOL_TOILETS", 2024, 98, "percent"),
]
CONTRACT_LINES = """
    MY_INJURY_DEATHS: {unit: per_100000_children, low: 0, high: 1000, noise: 6}
    MY_DROWNINGS: {unit: deaths, low: 0, high: 10000, noise: 6, is_additive: true}
    MY_SCHOOL_TOILETS: {unit: percent, low: 0, high: 100, noise: 1.5}
"""
SOURCE = """
- id: made-up-report
  title: {vi: "Báo cáo giả định", en: "Made-up report"}
  publisher: nobody
  edition: "1"
  is_made_up: true
  file: my_plan.csv
"""
REPORTS = """programme,task,place_code,due_date,done_date,evidence,note,source
{plan},MY-T1,89,,2023-07-04,12/BC-SYT,,made up
{plan},MY-T2,89,2024-09-30,2024-09-28,,,made up
{plan},MY-T2,89,2024-06-30,2024-06-28,bản ghi 6/2024,,made up
"""


@pytest.fixture(scope="module")
def home(tmp_path_factory):
    """A copy of the workspace in which a new user writes a plan, values and reports."""
    home = tmp_path_factory.mktemp("workspace")
    for name in ("programmes", "data_contracts", "notebooks", "data/places", "data/published"):
        shutil.copytree(ROOT / name, home / name)
    made = mande_here("init", "programme", PLAN, cwd=home)
    assert made.returncode == 0, made.stderr
    header = home / "programmes" / PLAN / "programme.yaml"
    text = header.read_text(encoding="utf-8").replace('place_code: "01"', 'place_code: "89"')
    text = text.replace('{vi: "Hà Nội", en: "Hà Nội"}', '{vi: "An Giang", en: "An Giang"}')
    header.write_text(text.replace("# parent:", "parent:"), encoding="utf-8")
    rows = [
        f"{code},89,{year},_T,_T,{value},,,=,{unit},observed,my-plan-report,,made-up-report,1,text,,"
        for code, year, value, unit in VALUES
    ]
    published = home / "data" / "published"
    (published / "my_plan.csv").write_text("\n".join([HEADER, *rows, ""]), encoding="utf-8")
    with (published / "sources.yaml").open("a", encoding="utf-8") as file:
        file.write(SOURCE)
    contract = home / "data_contracts" / "sources" / "published-statistics.odcs.yaml"
    lines = contract.read_text(encoding="utf-8")
    contract.write_text(re.sub(r"\n(?=    IMR: )", CONTRACT_LINES.rstrip() + "\n", lines, count=1), encoding="utf-8")
    (home / "data" / "tasks").mkdir()
    (home / "data" / "tasks" / "2024.csv").write_text(REPORTS.format(plan=PLAN), encoding="utf-8")
    return home


@pytest.fixture(scope="module")
def run(home):
    done = mande("review", PLAN, "--stage", "mid-term", "--as-of", "2024-12-31", "--output", home / "reports", cwd=home)
    assert done.returncode == 0, done.stderr
    return home / "reports" / RUN


def words(page):
    return re.sub(r"\s+", " ", re.sub(r"<style>.*?</style>|<[^>]+>", " ", page.read_text(encoding="utf-8"), flags=re.S))


def test_the_plan_is_sound_and_listed(home):
    checked = mande_here("programmes", "check", PLAN, cwd=home)
    assert checked.returncode == 0, checked.stderr
    assert "đọc được 1 chương trình; phát hiện: 0 nghiêm trọng" in checked.stdout


def test_three_targets_have_the_verdicts_worked_out_by_hand(run):
    progress = pd.read_parquet(run / "tables" / "progress.parquet").set_index("target_id")
    assert progress["verdict"].to_dict() == {"MY-1": "behind", "MY-2": "met", "MY-3": "not_met"} | {}
    assert progress.loc["MY-1", "pace"] == pytest.approx(0.75 / 0.8)
    assert progress.loc["MY-2", "target_value"] == pytest.approx(36)


def test_the_page_of_the_province_shows_targets_tasks_and_the_national_promise(run):
    page = words(run / "units" / "89.html")
    assert "Tử vong do tai nạn thương tích" in page or "Tỷ suất tử vong do tai nạn thương tích" in page
    assert "không quá 16" in page and "giảm 10 % so với năm 2020" in page and "duy trì" in page
    assert "Xong ngày 04/07/2023, chậm 4 ngày." in page
    assert "Báo đã xong ngày 28/09/2024 nhưng không kèm minh chứng." in page
    assert "chưa có báo cáo" in page and "Xong ngày 28/06/2024, đúng hạn." in page
    assert "Chương trình hành động quốc gia vì trẻ em giai đoạn 2021–2030" in page
    assert "SỐ LIỆU GIẢ ĐỊNH" in page


def test_every_due_date_up_to_the_review_is_judged(run):
    tasks = pd.read_parquet(run / "tables" / "task_status.parquet")
    counts = tasks[tasks["task"] == "MY-T2"]["status"].value_counts().to_dict()
    # four a year in 2021–2024: one done, one without evidence, 2024-12-31 and the next not yet past, the others late
    assert counts == {"late": 13, "no_evidence": 1, "done": 1, "not_due": 2}
    assert tasks[tasks["task"] == "MY-T1"]["days_late"].tolist() == [4]


def test_the_committee_sees_what_is_late_and_where(run):
    page = words(run / "committee.html")
    assert "Nhiệm vụ chậm hoặc thiếu minh chứng" in page and "1: An Giang" in page


def test_a_mistake_in_a_report_is_told_with_its_cell(home):
    path = home / "data" / "tasks" / "slip.csv"
    path.write_text(REPORTS.splitlines()[0] + f"\n{PLAN},MY-T9,89,,,,,made up\n", encoding="utf-8")
    failed = mande_here("review", PLAN, "--stage", "mid-term", "--as-of", "2024-12-31", cwd=home)
    path.unlink()
    assert failed.returncode == 11
    assert "slip.csv cell B2" in failed.stderr and "Traceback" not in failed.stderr

"""Every status of a task with its reason: before, on and after its day, with and without report and evidence."""

from datetime import date

import pandas as pd
import pytest

from mande.evaluation.task_status import judge_tasks
from mande.evaluation.timeliness import judge_timeliness
from mande.framework.due_dates import due_dates
from mande.framework.model import Citation, Task
from tests.evaluation.made_up import WORDS, make_programme

UNITS = pd.DataFrame({"place_code": ["VN", "98", "99"], "level": ["nation", "province", "province"]})
CITATION = Citation(document="0/TEST", sources=("test",), confidence="text")


def make_task(**fields):
    return Task(id="K1", title=WORDS, responsible=WORDS, citation=CITATION, **fields)


def with_task(**fields):
    return make_programme([{"year": 2025, "operator": "<", "value": 5}]).model_copy(
        update={"tasks": (make_task(**fields),)}
    )


def told(*rows):
    table = pd.DataFrame(
        [
            {"programme": "made-up", "task": "K1", "place_code": place, "due_date": due, "done_date": done,
             "evidence": evidence, "note": "", "source": "test"}
            for place, due, done, evidence in rows
        ],
        columns=["programme", "task", "place_code", "due_date", "done_date", "evidence", "note", "source"],
    )  # fmt: skip
    return table.astype({"due_date": "datetime64[s]", "done_date": "datetime64[s]"})


@pytest.mark.parametrize(
    ("reported", "as_of", "status", "reason", "days_late"),
    [
        ([], "2023-03-30", "not_due", "due_later", None),
        ([], "2023-03-31", "not_due", "due_later", None),
        ([], "2023-04-01", "late", "nothing_reported", 1),
        ([("VN", "2023-03-31", None, "")], "2023-04-10", "late", "nothing_reported", 10),
        ([("VN", "2023-03-31", "2023-03-31", "report 5")], "2023-12-31", "done", "done_in_time", None),
        ([("VN", "2023-03-31", "2023-03-01", "report 5")], "2023-03-02", "done", "done_in_time", None),
        ([("VN", "2023-03-31", "2023-03-31", "")], "2023-12-31", "no_evidence", "claim_without_evidence", None),
        ([("VN", "2023-03-31", "2023-04-03", "report 5")], "2023-12-31", "late", "done_late", 3),
        ([("VN", "2023-03-31", "2023-04-03", "")], "2023-12-31", "late", "done_late", 3),
        ([("VN", "2023-03-31", "2023-04-03", "report 5")], "2023-04-02", "late", "nothing_reported", 2),
    ],
)
def test_a_task_of_one_day(reported, as_of, status, reason, days_late):
    programme = with_task(due_date=date(2023, 3, 31))
    (row,) = judge_tasks(programme, told(*reported), UNITS, as_of=date.fromisoformat(as_of)).to_dict("records")
    assert (row["place_code"], row["status"], row["reason"]) == ("VN", status, reason)
    assert row["days_late"] == days_late or (days_late is None and pd.isna(row["days_late"]))


def test_a_task_without_a_day_is_never_late_and_can_be_done():
    programme = with_task(rhythm="continuous")
    waiting = judge_tasks(programme, told(), UNITS, as_of=date(2030, 12, 31)).iloc[0]
    assert (waiting["status"], waiting["reason"]) == ("not_due", "no_day")
    done = judge_tasks(programme, told(("VN", None, "2022-01-01", "x")), UNITS, as_of=date(2030, 12, 31)).iloc[0]
    assert (done["status"], done["reason"]) == ("done", "done")


def test_a_yearly_task_without_a_named_day_is_due_in_the_year():
    table = judge_tasks(with_task(rhythm="yearly"), told(), UNITS, as_of=date(2022, 6, 30))
    assert table["due_date"].dt.strftime("%Y-%m-%d").tolist() == ["2021-12-31", "2022-12-31"]
    assert table["due_precision"].tolist() == ["year", "year"]
    assert table["status"].tolist() == ["late", "not_due"]


def test_a_repeated_task_shows_each_due_date_up_to_the_review_and_the_next():
    programme = with_task(rhythm="half-yearly", due_days=("05-03", "11-03"))
    table = judge_tasks(programme, told(("VN", "2021-05-03", "2021-05-02", "x")), UNITS, as_of=date(2021, 12, 1))
    days = table["due_date"].dt.strftime("%Y-%m-%d").tolist()
    assert days == ["2021-05-03", "2021-11-03", "2022-05-03"]
    assert table["status"].tolist() == ["done", "late", "not_due"]


def test_a_task_of_a_level_belongs_to_every_unit_of_it_and_to_who_reports_on_it():
    provinces = with_task(due_date=date(2023, 3, 31), responsible_level="province")
    assert judge_tasks(provinces, told(), UNITS, as_of=date(2024, 1, 1))["place_code"].tolist() == ["98", "99"]
    own = with_task(due_date=date(2023, 3, 31))
    table = judge_tasks(own, told(("98", "2023-03-31", "2023-03-31", "x")), UNITS, as_of=date(2024, 1, 1))
    assert table.set_index("place_code")["status"].to_dict() == {"VN": "late", "98": "done"}


def test_a_programme_without_tasks_says_nothing():
    programme = make_programme([{"year": 2025, "operator": "<", "value": 5}])
    assert judge_tasks(programme, told(), UNITS, as_of=date(2024, 1, 1)).empty


@pytest.mark.parametrize(
    ("fields", "expected"),
    [
        ({"rhythm": "quarterly"}, ["2021-03-31", "2021-06-30", "2021-09-30", "2021-12-31"]),
        ({"rhythm": "yearly", "due_days": ("02-29",)}, ["2021-02-28"]),
        ({"rhythm": "monthly"}, ["2021-01-31", "2021-02-28"]),
        ({"due_date": date(2021, 5, 1)}, ["2021-05-01"]),
        ({"rhythm": "continuous"}, []),
    ],
)
def test_due_dates_of_the_first_year(fields, expected):
    days = [day.isoformat() for day in due_dates(make_task(**fields), with_task()) if day.year == 2021]
    assert days[: len(expected)] == expected
    assert bool(days) == bool(expected)


def test_what_comes_after_the_review_is_not_known_to_it():
    days = pd.to_datetime(pd.Series(["2025-05-02", "2025-05-03", "2025-05-04", None]))
    deadlines = pd.to_datetime(pd.Series(["2025-05-02"] * 4))
    judged = judge_timeliness(days, deadlines, as_of=date(2025, 5, 3))
    assert judged["timeliness"].tolist() == ["in_time", "late", "overdue", "overdue"]
    assert judged["days_late"].tolist()[1:] == [1, 1, 1]

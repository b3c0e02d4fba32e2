"""Who reports what to whom by which day, through the changes of 1 March and 1 July 2025."""

from datetime import date

import icalendar
import pandas as pd
import pytest

from mande.framework.calendar import deadlines, to_icalendar
from mande.framework.load import load_programme
from mande.vocabulary import Level


def test_the_school_reports_before_3_may_and_3_november(programmes):
    table = deadlines(programmes["bu-gia-map-children-2025"], year=2025)
    assert list(table["named_date"].dt.date) == [date(2025, 5, 3), date(2025, 11, 3)]
    assert list(table["last_date"].dt.date) == [date(2025, 5, 2), date(2025, 11, 2)]
    assert list(table["rule_en"]) == ["before 03/05/2025", "before 03/11/2025"]


def test_the_november_report_changed_its_recipient(programmes):
    table = deadlines(programmes["bu-gia-map-children-2025"], year=2025)
    assert table["recipient_en"].iloc[0].startswith("District People's Committee")
    assert table["recipient_en"].iloc[1].startswith("Not known: the district level has ended")


def test_deadlines_are_local(programmes):
    table = deadlines(programmes["quan-7-gender-children-2023"], year=2023)
    assert list(table["named_date"].dt.date) == [date(2023, 5, 5), date(2023, 11, 3)]


@pytest.mark.parametrize("year,count", [(2022, 0), (2023, 2), (2024, 0)])
def test_duties_hold_in_their_years_only(programmes, year, count):
    assert len(deadlines(programmes["quan-7-gender-children-2023"], year=year)) == count


def test_the_mid_term_review_changed_from_labour_to_health_on_1_march_2025(programmes):
    table = deadlines(programmes["vn-children-2021-2030"], year=2025, level=Level.PROVINCE)
    rows = table[table["deadline"] == "QD23-midterm-review"]
    assert list(rows["recipient_en"].str.slice(0, 19)) == ["Ministry of Labour,", "Ministry of Health,"]
    assert list(rows["rule_en"]) == ["in 2025, no day named", "in 2025, no day named; from 01/03/2025"]
    assert rows["last_date"].isna().all()
    later = deadlines(programmes["vn-children-2021-2030"], year=2030, level=Level.PROVINCE)
    final = later[later["deadline"] == "QD23-final-review"]
    assert list(final["recipient_en"]) == ["Ministry of Health, for the Prime Minister"]


def test_communes_report_straight_to_the_province_from_july_2025(programmes):
    plan = programmes["vn-children-2021-2030"]
    assert "BYT2025-month-of-action" not in set(deadlines(plan, year=2024)["deadline"])
    table = deadlines(plan, year=2025, level=Level.COMMUNE).set_index("deadline")
    assert table.loc["BYT2025-month-of-action", "last_date"] == pd.Timestamp("2025-07-19")
    assert table.loc["BYT2025-children-forum", "rule_en"] == "within 15 days"
    assert table.loc["ND56-emergency", "rule_en"] == "within 12 hours"
    assert "QD23-midterm-review" not in table.index


def test_the_labour_departments_form_ended_in_february_2025(programmes):
    plan = programmes["vn-children-2021-2030"]
    assert "TT30-601-602" in set(deadlines(plan, year=2025)["deadline"])
    assert "TT30-601-602" not in set(deadlines(plan, year=2026)["deadline"])


def test_a_day_outside_the_validity_is_no_deadline(my_plan):
    path = my_plan / "my-plan" / "calendar.yaml"
    text = path.read_text(encoding="utf-8")
    path.write_text(text + "    valid_from: 2024-07-01\n    valid_to: 2025-06-15\n", encoding="utf-8")
    plan = load_programme(my_plan, "my-plan")
    days = [list(deadlines(plan, year=year)["named_date"].dt.strftime("%Y-%m-%d")) for year in (2023, 2024, 2025, 2026)]
    assert days == [[], ["2024-12-15"], ["2025-06-15"], []]


def test_29_february_is_the_28th_in_a_common_year(my_plan):
    path = my_plan / "my-plan" / "calendar.yaml"
    path.write_text(path.read_text(encoding="utf-8").replace('"06-15"', '"02-29"'), encoding="utf-8")
    plan = load_programme(my_plan, "my-plan")
    assert deadlines(plan, year=2024)["named_date"].iloc[0] == pd.Timestamp("2024-02-29")
    assert deadlines(plan, year=2025)["named_date"].iloc[0] == pd.Timestamp("2025-02-28")


def test_the_icalendar_file_can_be_read_back(programmes):
    table = deadlines(programmes["bu-gia-map-children-2025"], year=2025)
    calendar = icalendar.Calendar.from_ical(to_icalendar(table, lang="vi", stamp=date(2025, 1, 1)))
    events = calendar.walk("VEVENT")
    assert [event.decoded("dtstart") for event in events] == [date(2025, 5, 2), date(2025, 11, 2)]
    assert "Công tác trẻ em, 6 tháng" in str(events[0]["summary"])
    assert len({str(event["uid"]) for event in events}) == 2
    assert len(calendar.walk("VALARM")) == 2


def test_duties_without_a_day_are_not_in_the_icalendar_file(programmes):
    table = deadlines(programmes["vn-children-2021-2030"], year=2025)
    calendar = icalendar.Calendar.from_ical(to_icalendar(table, lang="en", stamp=date(2025, 1, 1)))
    assert [event.decoded("dtstart") for event in calendar.walk("VEVENT")] == [date(2025, 7, 19)]


def test_the_same_table_makes_the_same_file(programmes):
    table = deadlines(programmes["bu-gia-map-children-2025"], year=2025)
    assert to_icalendar(table, stamp=date(2025, 1, 1)) == to_icalendar(table, stamp=date(2025, 1, 1))


@pytest.mark.parametrize(
    "year,recipients",
    [
        (2024, ["Ministry of Labour, Invalids and Social Affairs, for the Prime Minister"]),
        (2026, ["Ministry of Health, for the Prime Minister"]),
    ],
)
def test_a_year_without_change_has_one_recipient(programmes, year, recipients):
    table = deadlines(programmes["vn-children-2021-2030"], year=year, level=Level.NATION)
    assert list(table.loc[table["deadline"] == "QD23-ministries", "recipient_en"]) == recipients

"""The chain on the real data: every programme in force beside the reviewed one, with a verdict against each."""

from datetime import date

import pandas as pd
import pytest

from mande.commitments import binding_in_year, find_plans
from mande.errors import UsageError
from mande.workspace import open_workspace
from tests.end_to_end.conftest import ROOT, mande_here

pytestmark = [pytest.mark.end_to_end, pytest.mark.xdist_group("commitments")]


@pytest.fixture(scope="module")
def workspace():
    return open_workspace(ROOT)


@pytest.fixture(scope="module")
def review(workspace):
    """The mid-term review of the nation and all provinces, in memory."""
    return workspace.review("vn-children-2021-2030", stage="mid-term", as_of="2024-12-31", level="province")


def companions_of(review, place_code):
    return review.companions[review.companions["place_code"] == place_code].set_index("target_id")


def test_decisions_23_and_1493_each_have_a_verdict(review):
    beside = companions_of(review, "VN")
    progress = review.progress[review.progress["place_code"] == "VN"].set_index("target_id")
    pairs = {"QD1493-01": "QD23-03a", "QD1493-02": "QD23-03b", "QD1493-03": "QD23-03c"}
    for theirs, ours in pairs.items():
        assert beside.loc[theirs, "main_target_id"] == ours
        assert beside.loc[theirs, "verdict"] and progress.loc[ours, "verdict"]
        assert beside.loc[theirs, "actual_value"] == progress.loc[ours, "actual_value"]
    assert beside.loc["QD1493-01", "target_value"] == 9 and progress.loc["QD23-03a", "target_value"] == 9.5
    page = review.unit("VN").companions.html
    assert "1493/QĐ-TTg" in page and "Cả 1493/QĐ-TTg và 23/QĐ-TTg cùng có hiệu lực." in page


def test_one_number_can_miss_one_decision_and_meet_the_other(workspace):
    """Support of 87 % (2017) misses 2361 (90 %) and meets 1555 (85 %): each decision has its own verdict."""
    review = workspace.review("vn-child-protection-2016-2020", stage="end-term", as_of="2018-12-31")
    theirs = companions_of(review, "VN")
    theirs = theirs[theirs["main_target_id"] == "QD2361-b"].iloc[0]
    ours = review.progress.set_index("target_id").loc["QD2361-b"]
    assert theirs["actual_value"] == ours["actual_value"] == 87
    assert (theirs["verdict"], ours["verdict"]) == ("met", "not_met")


def test_a_plan_binds_only_its_own_place(review):
    plans = review.plans[review.plans["relation"] == "in_force"].groupby("programme")["place_code"].agg(set)
    assert plans["binh-phuoc-children-2021-2025"] == {"70"}
    assert plans["vn-child-mortality-2021-2030"] == set(review.units["place_code"])
    assert set(companions_of(review, "01")["programme"]) == {
        "ha-noi-children-2021-2030",
        "vn-child-injury-2021-2030",
        "vn-child-mortality-2021-2030",
    }


def test_a_companion_without_a_rule_is_judged_by_the_main_one(workspace):
    programme = workspace.programme("vn-child-mortality-2021-2030").model_copy(update={"verdict_rule": None})
    home = open_workspace(ROOT)
    home.__dict__["programmes"] = {**workspace.programmes, programme.id: programme}
    review = home.review("vn-children-2021-2030", stage="mid-term", as_of="2024-12-31")
    row = companions_of(review, "VN").loc["QD1493-01"]
    assert (row["rule"], row["max_age_years"]) == ("linear-path", 3)


def test_plans_of_places_that_ended_stay_readable_at_their_successors(workspace):
    places = workspace.places.at("2025-12-31")
    units = places[(places["place_code"] == "25222") & (places["level"] == "commune")]
    main = workspace.programme("vn-children-2021-2030")
    day = date(2025, 12, 31)
    plans = find_plans(workspace.programmes.values(), main, units, places=places, as_of=day).set_index("programme")
    assert plans.loc["bu-gia-map-children-2025", "relation"] == "predecessor"
    assert plans.loc["bu-gia-map-children-2025", "place_valid_to"] == pd.Timestamp("2025-06-30")
    assert plans.loc["vn-child-mortality-2021-2030", "relation"] == "in_force"


def test_the_calendar_knows_who_binds_a_district_before_and_after_the_reform(workspace):
    programmes = list(workspace.programmes.values())
    level, bound = binding_in_year(programmes, workspace.places, "691", year=2025)
    assert level == "district"
    assert {"bu-gia-map-children-2025", "binh-phuoc-children-2021-2025"} <= {one.id for one in bound}
    with pytest.raises(UsageError, match="abolished on 2025-07-01"):
        binding_in_year(programmes, workspace.places, "691", year=2026)


def test_the_calendar_of_a_unit_as_table_and_as_a_calendar_file(tmp_path):
    ics, csv = tmp_path / "deadlines.ics", tmp_path / "deadlines.csv"
    done = mande_here("calendar", "--unit", "691", "--year", 2025, "--lang", "en", "--ics", ics, "--csv", csv)
    assert done.returncode == 0, done.stderr
    table = pd.read_csv(csv)
    half_year, year = table[table["programme"] == "bu-gia-map-children-2025"].to_dict("records")
    assert (half_year["last_date"], half_year["rule_en"]) == ("2025-05-02", "before 03/05/2025")
    assert half_year["recipient_en"].startswith("District People's Committee") and "Not known" in year["recipient_en"]
    assert ics.read_text(encoding="utf-8").count("BEGIN:VEVENT") == 2
    assert "note: 691: Huyện Bù Gia Mập was abolished on 2025-07-01" in done.stdout


def test_the_recipient_of_a_province_changes_on_the_first_of_march(tmp_path):
    csv = tmp_path / "hanoi.csv"
    done = mande_here("calendar", "--unit", "01", "--year", 2025, "--programme", "vn-children-2021-2030", "--csv", csv)
    assert done.returncode == 0, done.stderr
    reviews = pd.read_csv(csv).query("deadline == 'QD23-midterm-review'")
    assert ["Labour" in text for text in reviews["recipient_en"]] == [True, False]
    assert reviews["rule_vi"].iloc[1].endswith("từ 01/03/2025")


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (("--unit", "0101", "--year", 2025), "0101: is no place code of the register"),
        (("--unit", "01", "--year", 2001), "01: "),
        (("--unit", "01", "--year", 2025, "--programme", "binh-phuoc-children-2021-2025"), "no programme binds 01"),
    ],
)
def test_a_calendar_that_cannot_be_is_refused_in_one_line(words, message):
    refused = mande_here("calendar", *words)
    assert refused.returncode == 2 and message in refused.stderr and "Traceback" not in refused.stderr

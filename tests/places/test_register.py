"""The register: who existed when, and how it says so when somebody did not."""

from pathlib import Path

import pandas as pd
import pytest

from mande.errors import UsageError
from mande.places.place_table import COLUMNS

# Counts of the statistics office's 34 lists. Two of them were behind the law, and no full list of their day is at hand to say
# which units they still had: what the register shows more or less.
LISTS = pd.read_csv(Path(__file__).parent / "list_counts.csv")
COMMUNE_DIFFERENCES = {"2020-03-01": 1, "2025-01-01": -6}
OTHER_COMMUNE_LISTS = {
    "2015-12-31": 11162,
    "2020-12-31": 10614,
    "2023-05-07": 10598,
    "2025-01-04": 10051,
    "2025-06-30": 10035,
    "2025-07-01": 3321,
}


@pytest.mark.parametrize("row", list(LISTS.itertuples()), ids=LISTS["list_date"])
def test_counts_agree_with_every_list(register, row):
    counts = {level: len(register.at(row.list_date, level)) for level in ("province", "district", "commune")}
    communes = row.communes + COMMUNE_DIFFERENCES.get(row.list_date, 0)
    assert counts == {"province": row.provinces, "district": row.districts, "commune": communes}


@pytest.mark.parametrize(("date", "count"), list(OTHER_COMMUNE_LISTS.items()))
def test_counts_of_communes_agree_with_full_lists_of_other_days(register, date, count):
    assert len(register.at(date, "commune")) == count


@pytest.mark.parametrize("date", [*LISTS["list_date"], "2025-06-30"])
def test_every_commune_lies_in_a_district_of_the_day(register, date):
    districts = set(register.at(date, "district")["place_code"])
    communes = register.at(date, "commune")
    assert communes["place_code"].is_unique
    assert set(communes["parent_code"]) <= districts


@pytest.mark.parametrize(
    ("code", "date", "name", "parent"),
    [
        # Hòa Thuận, Phục Hòa, passed to Quảng Hòa with its district (resolution 897 of 2020).
        ("01648", "2020-02-29", "Thị trấn Hoà Thuận", "050"),
        ("01648", "2020-03-01", "Thị trấn Hoà Thuận", "049"),
        # Diên Lộc is the one that the list of 1 February 2020 has less, a month before its resolution was in force.
        ("22699", "2020-01-31", "Xã Diên Lộc", "574"),
        # Nam Định's 51 communes went on 1 September 2024, with the district Mỹ Lộc (resolution 1104 of 2024).
        ("13708", "2024-08-31", "Thị trấn Mỹ Lộc", "358"),
        # The list of 11 September 2019 has 20 communes in Sa Pa, 24 in Kinh Môn; ward Phạm Thái has another code there.
        ("03002", "2019-09-11", "Phường Cầu Mây", "088"),
        ("10694", "2019-11-30", "Phường Phạm Thái", "292"),
        # Sơn La is in no list before March 2025.
        ("03980", "2025-03-01", "Phường Mộc Lỵ", "123"),
    ],
)
def test_communes_have_their_names_and_parents_of_the_day(register, code, date, name, parent):
    place = register.get(code, date, "commune")
    assert (place.name_official, place.parent_code) == (name, parent)


def test_the_last_reform_leaves_34_provinces_and_no_district(register):
    assert len(register.at("2025-06-30", "province")) == 63
    assert len(register.at("2025-07-01", "province")) == 34
    assert register.at("2025-07-01", "district").empty
    assert len(register.at("2026-12-31", "region")) == 6


@pytest.mark.parametrize("level", ["province", "district"])
def test_every_unit_is_found_in_its_validity_and_not_outside(register, level):
    units = register.places[register.places["level"] == level]
    ends = units["valid_to"].fillna(pd.Timestamp("2100-01-01"))
    one = pd.Timedelta(days=1)
    for day in sorted(
        {
            *units["valid_from"],
            *(units["valid_from"] - one),
            *units["valid_to"].dropna(),
            *(units["valid_to"].dropna() + one),
        }
    ):
        expected = units[(units["valid_from"] <= day) & (ends >= day)]
        found = register.at(day, level)
        assert list(found["place_code"] + found["name_official"]) == list(
            expected["place_code"] + expected["name_official"]
        )
        assert found["place_code"].is_unique


@pytest.mark.parametrize("place_code", ["27", "151", "475", "762", "769"])
def test_get_finds_the_first_and_the_last_day_and_no_day_more(register, place_code):
    for row in register.places[register.places["place_code"] == place_code].itertuples():
        for day in (row.valid_from, row.valid_to):
            assert register.get(place_code, day, row.level).name_official == row.name_official
    first, last = (
        register.places.loc[register.places["place_code"] == place_code, c] for c in ("valid_from", "valid_to")
    )
    for outside in (first.min() - pd.Timedelta(days=1), last.max() + pd.Timedelta(days=1)):
        with pytest.raises(UsageError):
            register.get(place_code, outside)


@pytest.mark.parametrize(
    ("code", "date", "name"),
    [
        ("769", "2020-12-31", "Quận 2"),
        ("769", "2021-01-01", "Thành phố Thủ Đức"),
        ("24", "2025-06-30", "Tỉnh Bắc Giang"),
        ("24", "2025-07-01", "Tỉnh Bắc Ninh"),
        ("24", "2026-09-20", "Thành phố Bắc Ninh"),
        ("22", "2026-08-31", "Tỉnh Quảng Ninh"),
        ("22", "2026-09-01", "Thành phố Quảng Ninh"),
        ("75", "2026-04-30", "Thành phố Đồng Nai"),
        ("46", "2024-12-31", "Tỉnh Thừa Thiên Huế"),
        ("46", "2025-01-01", "Thành phố Huế"),
        ("28", "2007-12-31", "Tỉnh Hà Tây"),
    ],
)
def test_code_and_date_are_the_key(register, code, date, name):
    assert register.get(code, date).name_official == name


@pytest.mark.parametrize(
    ("code", "name"),
    [
        ("15", "Lào Cai"),
        ("24", "Bắc Ninh"),
        ("44", "Quảng Trị"),
        ("52", "Gia Lai"),
        ("80", "Tây Ninh"),
        ("82", "Đồng Tháp"),
        ("91", "An Giang"),
    ],
)
def test_seven_new_provinces_keep_one_old_name_and_another_code(register, code, name):
    assert register.get(code, "2025-07-01").name_short == name
    assert register.get(code, "2025-06-30").name_short != name


def test_get_says_when_a_place_ended_and_who_took_over(register):
    with pytest.raises(UsageError) as error:
        register.get("27", "2026-01-01")
    (problem,) = error.value.problems
    assert "Tỉnh Bắc Ninh was abolished on 2025-07-01" in problem.found
    assert problem.todo == "successor: 24 Tỉnh Bắc Ninh"


def test_get_says_when_a_place_begins(register):
    with pytest.raises(UsageError, match="Quận Phú Xuân exists from 2025-01-01, not on 2024-12-31"):
        register.get("475", "2024-12-31")


def test_get_repairs_no_code_but_suggests(register):
    with pytest.raises(UsageError, match="is no place code of the register → did you mean 01"):
        register.get("1", "2020-01-01")
    with pytest.raises(UsageError, match="'30/6/2020x' is not a date"):
        register.get("01", "30/6/2020x")
    with pytest.raises(UsageError, match="'village' is no level"):
        register.at("2020-01-01", "village")


def test_children_follow_the_date_and_regions_are_a_second_grouping(register):
    assert len(register.children("VN", "2020-01-01")) == 63
    assert len(register.children("VN", "2026-01-01")) == 34
    assert len(register.children("VN", "2020-01-01", level="region")) == 6
    assert len(register.children("R1", "2020-01-01")) == 11
    assert set(register.children("R4", "2020-01-01")["name_short"]) == {
        "Kon Tum",
        "Gia Lai",
        "Đắk Lắk",
        "Đắk Nông",
        "Lâm Đồng",
    }
    assert len(register.children("148", "2020-06-30")) > len(register.children("148", "2019-06-30"))


def test_names_in_both_languages(register):
    assert register.name("79", "2020-01-01") == "Thành phố Hồ Chí Minh"
    assert register.name("79", "2020-01-01", "en") == "Ho Chi Minh City"
    assert register.name("778", "2020-01-01", "en") == "District 7"
    assert register.name("00004", "2026-01-01", "en") == "Ba Dinh Ward"
    with pytest.raises(UsageError, match="'fr' is not a language"):
        register.name("79", "2020-01-01", "fr")


def test_tables_are_copies(register):
    before = register.places.copy()
    table = register.at("2020-01-01", "province")
    assert list(table.columns) == COLUMNS
    table["name_official"] = "changed"
    pd.testing.assert_frame_equal(register.places, before)


def test_regions_of_the_63_add_up_to_the_published_population(register):
    """Population 2024 of the regions, GSO, state of July 2025: proves which code is which region."""
    file = Path(__file__).resolve().parents[2] / "data" / "published" / "gso_population.csv"
    table = pd.read_csv(file, dtype={"place_code": str})
    year = table[(table["period"] == 2024) & (table["dimension"] == "_T")].set_index("place_code")["value"]
    provinces = register.at("2024-12-31", "province")
    sums = provinces["place_code"].map(year).groupby(provinces["region_code"]).sum()
    assert {code: round(value, 2) for code, value in sums.items()} == {
        code: round(year[code], 2) for code in sums.index
    }

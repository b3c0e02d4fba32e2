"""Which target binds where and when, and how a local target stands to the national one."""

from datetime import date

import pytest

from mande.framework.cascade import binding_targets, compare_levels, plans_of_predecessors
from mande.framework.model import TargetLevel
from mande.vocabulary import Level


def bind(programmes, code, level, day, ancestors=()):
    return binding_targets(
        programmes.values(), place_code=code, place_level=level, ancestors=ancestors, as_of=date.fromisoformat(day)
    )


def level(operator, value, year=2025):
    return TargetLevel(year=year, operator=operator, value=value)


@pytest.mark.parametrize(
    "local,national,ascending,difference",
    [
        (level("<", 4), level("<=", 5), False, "stricter"),
        (level("<=", 5), level("<=", 5), False, "same"),
        (level("<", 5), level("<=", 5), False, "stricter"),
        (level("<=", 5), level("<", 5), False, "weaker"),
        (level("<", 18.8), level("<", 18.5), False, "weaker"),
        (level(">=", 100), level(">=", 90), True, "stricter"),
        (level(">=", 90), level(">", 90), True, "weaker"),
        (level(">=", 80), level(">=", 90), True, "weaker"),
        (TargetLevel(kind="below_previous_year", year=2025), level("<", 4.5), False, "other_kind"),
        (
            TargetLevel(kind="change_from_base", year=2025, base_year=2020, value=-10),
            TargetLevel(kind="change_from_base", year=2025, base_year=2015, value=-10),
            False,
            "other_kind",
        ),
        (
            TargetLevel(kind="change_from_base", year=2025, base_year=2020, value=-20),
            TargetLevel(kind="change_from_base", year=2025, base_year=2020, value=-10),
            False,
            "stricter",
        ),
        (
            TargetLevel(kind="yearly_change_between", from_year=2021, to_year=2030, value=1, value_high=3),
            TargetLevel(kind="yearly_change_between", from_year=2021, to_year=2030, value=2, value_high=3),
            False,
            "weaker",
        ),
    ],
)
def test_how_two_promises_differ(local, national, ascending, difference):
    assert compare_levels(local, national, ascending=ascending) == difference


@pytest.mark.parametrize(
    "code,level,day,indicator,year,binds,difference",
    [
        ("35", "province", "2018-06-30", "SC_RATIO", 2020, "local", "stricter"),
        ("35", "province", "2018-06-30", "SC_SUPPORTED", 2020, "local", "same"),
        ("82", "province", "2018-06-30", "SC_RATIO", 2020, "local", "same"),
        ("70", "province", "2023-06-30", "ECD_SERVICES_U8", 2025, "local", "weaker"),
        ("70", "province", "2023-06-30", "U5MR", 2025, "local", "weaker"),
        ("70", "province", "2023-06-30", "U5MR", 2030, "local", "same"),
        ("70", "province", "2023-06-30", "FIC_U5", 2030, "local", "stricter"),
        ("01", "province", "2023-06-30", "UNDERWEIGHT_U5", 2030, "local", "weaker"),
        ("01", "province", "2023-06-30", "UNDERWEIGHT_U5", 2025, "local", "stricter"),
        ("01", "province", "2023-06-30", "OVERWEIGHT_OBESITY_U5", 2025, "both", "other_definition"),
        ("64", "province", "2025-04-30", "SC_RATIO", 2025, "both", "other_definition"),
        ("64", "province", "2025-04-30", "INJURY_RATE", 2025, "both", "other_kind"),
        ("56", "province", "2025-12-31", "SC_RATIO", 2030, "both", "other_definition"),
        ("56", "province", "2025-12-31", "SCHOOL_COUNSELLING", 2030, "local", "only_local"),
        ("77", "province", "2023-06-30", "INJURY_RATE", 2030, "local", "stricter"),
        ("35", "province", "2023-06-30", "SC_RATIO", 2025, "national", "only_national"),
    ],
)
def test_what_binds(programmes, code, level, day, indicator, year, binds, difference):
    table = bind(programmes, code, Level(level), day)
    rows = table[(table["indicator"] == indicator) & (table["year"] == year)]
    assert set(zip(rows["binds"], rows["difference"], strict=True)) == {(binds, difference)}


def test_two_decisions_in_force_stand_side_by_side(programmes):
    table = bind(programmes, "17", Level.PROVINCE, "2023-06-30")
    rows = table[(table["indicator"] == "NMR") & (table["year"] == 2025)].set_index("national_target")
    assert rows.loc["QD23-03a", "national_value"] == 9.5
    assert rows.loc["QD23-03a", "other_decisions"] == "QD1493-01 <= 9, 1493/QĐ-TTg"
    assert rows.loc["QD1493-01", "national_value"] == 9
    before = bind(programmes, "17", Level.PROVINCE, "2021-08-31")
    assert set(before.loc[before["indicator"] == "NMR", "national_target"]) == {"QD23-03a"}


def test_support_in_2020_is_set_twice(programmes):
    table = bind(programmes, "VN", Level.NATION, "2018-06-30")
    rows = table[(table["indicator"] == "SC_SUPPORTED") & (table["year"] == 2020)]
    assert dict(zip(rows["national_target"], rows["national_value"], strict=True)) == {"QD1555-10": 85, "QD2361-b": 90}


def test_a_district_stands_under_its_province_and_the_nation(programmes):
    table = bind(programmes, "778", Level.DISTRICT, "2023-06-30", [("79", Level.PROVINCE)])
    row = table[table["local_target"] == "QUAN7-2"].iloc[0]
    assert (row["local_value"], row["national_target"], row["national_value"]) == (100, "QD23-08b", 90)
    assert (row["year"], row["national_year"]) == (2023, 2025)
    below = bind(programmes, "691", Level.DISTRICT, "2023-06-30", [("70", Level.PROVINCE)])
    assert "NQ26-01" in set(below["local_target"])
    alone = bind(programmes, "691", Level.DISTRICT, "2023-06-30")
    assert set(alone["local_target"]) == {""}


@pytest.mark.parametrize("code", ["91", "44", "82", "68"])
def test_a_new_province_does_not_inherit_the_plan_with_its_code(programmes, code):
    after = bind(programmes, code, Level.PROVINCE, "2025-07-01")
    assert set(after["local_target"]) == {""}


def test_codes_of_two_levels_do_not_meet(programmes):
    assert set(bind(programmes, "35", Level.DISTRICT, "2018-06-30")["local_target"]) == {""}


def test_plans_of_former_places_are_found_from_their_successors(programmes):
    plans = plans_of_predecessors(programmes.values(), place_code="37", place_level=Level.PROVINCE)
    assert [plan.id for plan in plans] == ["ha-nam-child-protection-2016-2020"]
    plans = plans_of_predecessors(programmes.values(), place_code="27484", place_level=Level.COMMUNE)
    assert [plan.id for plan in plans] == ["quan-7-gender-children-2023"]


def test_nothing_in_force_is_an_empty_table_with_its_columns(programmes):
    table = bind(programmes, "01", Level.PROVINCE, "1999-01-01")
    assert len(table) == 0 and "difference" in table

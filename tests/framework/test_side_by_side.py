"""Two programmes in force at once: the counterpart, the difference in words, and which of them binds."""

import pytest

from mande.framework.model import TargetLevel
from mande.framework.side_by_side import set_beside


def beside(main, companion, target_id, *, year=2025, group="_T"):
    table = set_beside(main, companion, judged_year=year)
    rows = table[(table["target_id"] == target_id) & (table["dimension_value"] == group)]
    return rows.iloc[0]


def test_decisions_23_and_1493_bind_side_by_side(programmes, decision_23):
    mortality = programmes["vn-child-mortality-2021-2030"]
    # 1493: neonatal <= 9, infant < 12.5, under-five < 18.5 by 2025; 23: < 9.5, <= 12.5, < 18.5
    found = {name: beside(decision_23, mortality, f"QD1493-0{n}") for n, name in ((1, "nmr"), (2, "imr"), (3, "u5mr"))}
    assert {name: row["difference"] for name, row in found.items()} == {
        "nmr": "stricter",
        "imr": "stricter",
        "u5mr": "same",
    }
    assert {row["binds"] for row in found.values()} == {"both"}
    assert found["imr"]["main_target_id"] == "QD23-03b" and found["imr"]["compared_year"] == 2025


def test_levels_of_the_year_that_both_set_are_compared(programmes, decision_23):
    """Decision 1248 sets 500 for 2030 only; Decision 23 sets 550 for 2025 and 500 for 2030."""
    row = beside(decision_23, programmes["vn-child-injury-2021-2030"], "QD1248-01")
    assert (row["difference"], row["compared_year"]) == ("same", 2030)


def test_a_weaker_provincial_plan_still_binds_its_province(programmes, decision_23):
    row = beside(decision_23, programmes["binh-phuoc-children-2021-2025"], "NQ26-03c")
    assert (row["difference"], row["binds"], row["main_target_id"]) == ("weaker", "companion", "QD23-03c")
    turned = beside(programmes["binh-phuoc-children-2021-2025"], decision_23, "QD23-03c")
    assert (turned["difference"], turned["binds"]) == ("stricter", "main")


def test_a_target_that_stands_alone_binds_by_itself(programmes, decision_23):
    row = beside(decision_23, programmes["vn-child-injury-2021-2030"], "QD1248-07")
    assert (row["difference"], row["binds"], row["main_target_id"]) == ("only_companion", "companion", "")


def test_two_definitions_are_not_compared(programmes, decision_23):
    row = beside(programmes["vn-child-protection-2016-2020"], decision_23, "QD23-08a")
    assert (row["difference"], row["binds"]) == ("other_definition", "both")


def test_a_later_common_year_is_preferred_to_a_nearer_past_one(programmes, decision_23):
    mortality = programmes["vn-child-mortality-2021-2030"]
    assert beside(decision_23, mortality, "QD1493-01", year=2026)["compared_year"] == 2030
    assert beside(decision_23, mortality, "QD1493-01", year=2035)["compared_year"] == 2030


@pytest.mark.parametrize(
    ("levels", "difference", "year"),
    [
        ([TargetLevel(year=2028, operator="<", value=9)], "other_year", None),
        ([TargetLevel(from_year=2024, to_year=2026, operator="<", value=9)], "stricter", 2025),
        ([TargetLevel(year=2025, base_year=2020, kind="change_from_base", value=-10)], "other_kind", 2025),
        (
            [TargetLevel(year=2030, operator="<", value=9), TargetLevel(year=2025, operator="<", value=10)],
            "weaker",
            2025,
        ),
    ],
)
def test_every_way_to_differ(decision_23, levels, difference, year):
    target = decision_23.target("QD23-03a").model_copy(update={"levels": tuple(levels)})
    other = decision_23.model_copy(update={"id": "other", "targets": (target,)})
    row = beside(decision_23, other, "QD23-03a")
    assert row["difference"] == difference
    assert row["compared_year"] == year or (year is None and row["compared_year"] != row["compared_year"])

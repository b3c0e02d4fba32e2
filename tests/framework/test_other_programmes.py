"""The other decisions and the local plans: numbers typed a second time, and what may not be lost."""

import pytest

from mande.framework.model import TargetKind

IDS = [
    "vn-children-2021-2030",
    "vn-child-protection-2016-2020",
    "vn-children-2012-2020",
    "vn-child-protection-2011-2015",
    "ha-nam-child-protection-2016-2020",
    "bu-gia-map-children-2025",
    "quan-7-gender-children-2023",
    "kien-giang-children-2023",
    "tan-chau-children-2021-2030",
    "binh-phuoc-children-2021-2025",
]

# programme | target: year operator value, ...
TYPED = """
vn-child-protection-2016-2020 | QD2361-a1: 2020 <= 5
vn-child-protection-2016-2020 | QD2361-b: 2020 >= 90
vn-child-protection-2011-2015 | QD267-1: 2015 < 5.5
vn-child-protection-2011-2015 | QD267-2: 2015 >= 80
vn-child-protection-2011-2015 | QD267-3: 2015 >= 70
vn-child-protection-2011-2015 | QD267-4: 2015 >= 50
vn-children-2012-2020 | QD1555-01: 2015 < 26, 2020 <= 23
vn-children-2012-2020 | QD1555-02: 2015 < 15, 2020 <= 10
vn-children-2012-2020 | QD1555-03: 2020 > 95
vn-children-2012-2020 | QD1555-05: 2020 >= 30
vn-children-2012-2020 | QD1555-06: 2020 >= 80
vn-children-2012-2020 | QD1555-07: 2020 >= 99
vn-children-2012-2020 | QD1555-08: 2020 >= 95
vn-children-2012-2020 | QD1555-09: 2015 < 5.5, 2020 <= 5
vn-children-2012-2020 | QD1555-10: 2015 >= 80, 2020 >= 85
vn-children-2012-2020 | QD1555-11: 2015 >= 50, 2020 >= 55
vn-children-2012-2020 | QD1555-12: 2015 >= 20, 2020 >= 25
vn-child-injury-2021-2030 | QD1248-01: 2030 <= 500
vn-child-injury-2021-2030 | QD1248-02: 2030 <= 15
vn-child-injury-2021-2030 | QD1248-05: 2030 >= 15000
vn-child-injury-2021-2030 | QD1248-06: 2030 >= 95
vn-child-injury-2021-2030 | QD1248-07: 2030 >= 60
vn-child-mortality-2021-2030 | QD1493-01: 2025 <= 9, 2030 <= 8
vn-child-mortality-2021-2030 | QD1493-02: 2025 < 12.5, 2030 < 10
vn-child-mortality-2021-2030 | QD1493-03: 2025 < 18.5, 2030 < 15
ha-nam-child-protection-2016-2020 | HANAM224-a1: 2020 < 4
ha-nam-child-protection-2016-2020 | HANAM224-b: 2020 >= 90
tien-giang-child-protection-2016-2020 | TIENGIANG99-a1: 2020 <= 5
quan-7-gender-children-2023 | QUAN7-1: 2023 >= 50
quan-7-gender-children-2023 | QUAN7-2: 2023 >= 100
binh-phuoc-children-2021-2025 | NQ26-01: 2025 >= 76.9, 2030 >= 84.6
binh-phuoc-children-2021-2025 | NQ26-02: 2025 >= 80, 2030 >= 85
binh-phuoc-children-2021-2025 | NQ26-03a: 2025 < 9.5, 2030 < 9
binh-phuoc-children-2021-2025 | NQ26-03b: 2025 <= 12.5, 2030 <= 10
binh-phuoc-children-2021-2025 | NQ26-03c: 2025 < 18.8, 2030 < 15
binh-phuoc-children-2021-2025 | NQ26-04a: 2025 < 9, 2030 < 6
binh-phuoc-children-2021-2025 | NQ26-04b: 2025 <= 20, 2030 < 19
binh-phuoc-children-2021-2025 | NQ26-05a: 2025 >= 95, 2030 >= 98
binh-phuoc-children-2021-2025 | NQ26-05b: 2030 >= 100
binh-phuoc-children-2021-2025 | NQ26-06: 2030 <= 2
binh-phuoc-children-2021-2025 | NQ26-07: None >= 100
ha-noi-children-2021-2030 | HANOI138-01: 2025 >= 85
ha-noi-children-2021-2030 | HANOI138-03a: 2025 < 1.5, 2030 < 1
ha-noi-children-2021-2030 | HANOI138-03b: 2025 < 4, 2030 < 3
ha-noi-children-2021-2030 | HANOI138-03c: 2025 <= 5, 2030 < 4
ha-noi-children-2021-2030 | HANOI138-04a: 2025 <= 7.3, 2030 <= 6.8
ha-noi-children-2021-2030 | HANOI138-04b: 2025 < 12, 2030 < 11.5
ha-noi-children-2021-2030 | HANOI138-21: 2025 >= 50
khanh-hoa-children-2025-2030 | KHANHHOA2025-08a: 2030 < 2
khanh-hoa-children-2025-2030 | KHANHHOA2025-09: 2030 < 3.5
khanh-hoa-children-2025-2030 | KHANHHOA2025-04b: 2030 < 8
khanh-hoa-children-2025-2030 | KHANHHOA2025-17a: 2030 >= 99.7
khanh-hoa-children-2025-2030 | KHANHHOA2025-19: 2030 >= 96.5
lam-dong-children-2021-2030 | LAMDONG2021-23: 2030 >= 90
quang-binh-children-2021-2030 | QUANGBINH869-01: 2025 >= 65, 2030 >= 75
gia-lai-children-2025 | GIALAI2025-08a: 2025 < 1.06
ba-ria-vung-tau-child-injury-2021-2030 | BRVT2021-01: 2025 <= 500, 2030 <= 400
ba-ria-vung-tau-child-injury-2021-2030 | BRVT2021-02: 2025 <= 10, 2030 <= 8
"""


@pytest.mark.parametrize("line", TYPED.strip().splitlines())
def test_numbers_are_those_of_the_texts(programmes, line):
    programme, rest = line.split(" | ")
    target, levels = rest.split(": ")
    loaded = [f"{x.year} {x.operator} {x.value:g}" for x in programmes[programme].target(target).levels]
    assert ", ".join(loaded) == levels


def test_all_programmes_of_the_design_are_there(programmes):
    assert set(IDS) <= set(programmes)


def test_promises_without_a_plain_number_keep_their_kind(programmes):
    protection, injury = programmes["vn-child-protection-2016-2020"], programmes["vn-child-injury-2021-2030"]
    assert protection.target("QD2361-a2").levels[0].kind is TargetKind.GROWTH_RATE_DIRECTION
    assert protection.target("QD2361-a3").levels[0].kind is TargetKind.QUALITATIVE
    assert programmes["vn-children-2012-2020"].target("QD1555-04").levels[0].kind is TargetKind.COMPLETE
    traffic = injury.target("QD1248-03").levels[0]
    assert (traffic.kind, traffic.value, traffic.value_high) == (TargetKind.YEARLY_CHANGE_BETWEEN, 5, 10)
    drowning = injury.target("QD1248-04").levels
    assert [(x.kind, x.year, x.value, x.base_year) for x in drowning] == [
        (TargetKind.CHANGE_FROM_BASE, 2025, -10, None),
        (TargetKind.CHANGE_FROM_BASE, 2030, -20, None),
    ]
    lower = programmes["gia-lai-children-2025"].target("GIALAI2025-11b").levels[0]
    assert lower.kind is TargetKind.BELOW_PREVIOUS_YEAR


def test_the_definition_break_of_2017_is_in_the_2016_2020_targets(programmes):
    for programme, target in (
        ("vn-child-protection-2016-2020", "QD2361-a1"),
        ("ha-nam-child-protection-2016-2020", "HANAM224-a1"),
    ):
        promised = programmes[programme].target(target)
        assert promised.definition == "sc-2004-groups"
        assert [accepted.definition for accepted in promised.accepts] == ["sc-unstated"]
        assert "1/6/2017" in promised.accepts[0].caveat.vi


@pytest.mark.parametrize(
    "programme,place,level,parent",
    [
        ("ha-nam-child-protection-2016-2020", "35", "province", "vn-child-protection-2016-2020"),
        ("binh-phuoc-children-2021-2025", "70", "province", "vn-children-2021-2030"),
        ("kien-giang-children-2023", "91", "province", "vn-children-2021-2030"),
        ("quan-7-gender-children-2023", "778", "district", "vn-children-2021-2030"),
        ("bu-gia-map-children-2025", "691", "district", "binh-phuoc-children-2021-2025"),
        ("tan-chau-children-2021-2030", "887", "district", "vn-children-2021-2030"),
        ("gia-lai-children-2025", "64", "province", "vn-children-2021-2030"),
    ],
)
def test_places_and_parents(programmes, programme, place, level, parent):
    plan = programmes[programme]
    assert (plan.place_code, plan.place_level, plan.parent) == (place, level, parent)
    assert plan.place_valid_to is not None and plan.successors


@pytest.mark.parametrize(
    "programme,count",
    [
        ("bu-gia-map-children-2025", 11),
        ("kien-giang-children-2023", 6),
        ("tan-chau-children-2021-2030", 5),
        ("ha-nam-child-protection-2016-2020", 5),
    ],
)
def test_plans_without_numbers_are_whole_in_their_tasks(programmes, programme, count):
    assert len(programmes[programme].tasks) == count


def test_nothing_that_is_only_remembered_is_a_target(programmes):
    for programme in programmes.values():
        for target in programme.targets:
            assert target.citation.confidence.carries_verdict, (programme.id, target.id)


def test_every_target_names_a_basis_and_a_source(programmes):
    for programme in programmes.values():
        for target in programme.targets:
            assert target.bases and target.citation.sources, (programme.id, target.id)

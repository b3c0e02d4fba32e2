"""Two programmes on one page: same definition, bridged, or not comparable with the reason."""

from mande.framework.comparison import compare_programmes
from mande.framework.model import Bridge, Citation


def comparison(first, second):
    table = compare_programmes(first, second)
    return table.set_index(["indicator", "dimension_value"])


def test_the_ratio_is_not_compared_across_1_june_2017(programmes):
    table = comparison(programmes["vn-child-protection-2016-2020"], programmes["vn-children-2021-2030"])
    row = table.loc[("SC_RATIO", "_T")]
    assert row["comparability"] == "not_comparable"
    assert "31/05/2017" in row["reason_en"] and "31/05/2017" in row["reason_vi"]
    assert row["first_levels"] == "2020: <= 5"
    assert row["second_levels"] == "2025: < 6.5; 2030: <= 6"


def test_a_bridge_with_a_source_makes_it_comparable_and_shows(programmes):
    first, second = programmes["vn-child-protection-2016-2020"], programmes["vn-children-2021-2030"]
    bridge = Bridge(
        indicator="SC_RATIO",
        from_definition="sc-2004-groups",
        to_definition="sc-unstated",
        factor=1.3,
        citation=Citation(document="made up for this test", sources=("nobody",), confidence="text"),
    )
    row = comparison(first.model_copy(update={"bridges": (bridge,)}), second).loc[("SC_RATIO", "_T")]
    assert (row["comparability"], row["bridge_factor"], row["bridge_source"]) == (
        "bridged",
        1.3,
        "made up for this test",
    )
    assert "made up for this test" in row["reason_vi"]


def test_stunting_means_the_same_in_both_programmes_of_action(programmes):
    table = comparison(programmes["vn-children-2012-2020"], programmes["vn-children-2021-2030"])
    assert table.loc[("STUNTING_U5", "_T"), "comparability"] == "same_definition"
    assert table.loc[("HEALTH_STATION_MIDWIFE", "_T"), "comparability"] == "only_first"
    assert table.loc[("OBESITY_U5", "rural"), "comparability"] == "only_second"


def test_two_unstated_definitions_are_not_known_to_be_one(programmes):
    table = comparison(programmes["vn-children-2021-2030"], programmes["khanh-hoa-children-2025-2030"])
    assert table.loc[("SC_RATIO", "_T"), "comparability"] == "not_comparable"


def test_other_counting_rules_are_not_comparable(programmes):
    first = programmes["vn-children-2021-2030"]
    target = first.target("QD23-03b").model_copy(update={"bases": ("un-igme-estimate",)})
    second = first.model_copy(update={"targets": (target,)})
    assert comparison(first, second).loc[("IMR", "_T"), "comparability"] == "not_comparable"


def test_every_indicator_of_either_programme_has_one_row(programmes):
    first, second = programmes["vn-children-2012-2020"], programmes["vn-children-2021-2030"]
    table = comparison(first, second)
    assert table.index.is_unique
    groups = {(t.indicator, t.dimension_value) for p in (first, second) for t in p.targets}
    assert set(table.index) == groups


def test_a_bridge_between_other_definitions_does_not_help(programmes):
    first, second = programmes["vn-child-protection-2016-2020"], programmes["vn-children-2021-2030"]
    bridge = Bridge(
        indicator="SC_RATIO",
        from_definition="sc-2016-groups",
        to_definition="sc-unstated",
        factor=6,
        citation=Citation(document="made up for this test", sources=("nobody",), confidence="text"),
    )
    row = comparison(first, second.model_copy(update={"bridges": (bridge,)})).loc[("SC_RATIO", "_T")]
    assert row["comparability"] == "not_comparable"

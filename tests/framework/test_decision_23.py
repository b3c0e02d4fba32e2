"""Decision 23/QĐ-TTg as typed a second time by hand from the text, target by target."""

import pytest

from mande.framework.model import Strength, TargetKind
from mande.framework.tables import targets_table

# target, group, year, operator, value, strength: Art. 1 section I.2 of the Decision.
TYPED = """
QD23-01  _T     2025 >= 65    set
QD23-01  _T     2030 >= 75    set
QD23-02  _T     2025 >= 90    set
QD23-02  _T     2030 >= 95    set
QD23-03a _T     2025 <  9.5   set
QD23-03a _T     2030 <  9     set
QD23-03b _T     2025 <= 12.5  set
QD23-03b _T     2030 <= 10    set
QD23-03c _T     2025 <  18.5  set
QD23-03c _T     2030 <  15    set
QD23-04a _T     2025 <  9     strive
QD23-04a _T     2030 <  6     strive
QD23-04b _T     2025 <= 17    strive
QD23-04b _T     2030 <  15    strive
QD23-04c rural  2025 <  5     strive
QD23-04c rural  2030 <  5     strive
QD23-04c urban  2025 <  10    strive
QD23-04c urban  2030 <  10    strive
QD23-05a _T     2025 >= 97    set
QD23-05a _T     2030 >= 98    set
QD23-05b _T     2030 >= 98    set
QD23-06  _T     2030 <= 2     set
QD23-07  _T     2025 >= 100   strive
QD23-07  _T     2030 >= 100   maintain
QD23-08a _T     2025 <  6.5   set
QD23-08a _T     2030 <= 6     set
QD23-08b _T     2025 >= 90    set
QD23-08b _T     2030 >= 95    set
QD23-09  _T     2025 <  4.5   set
QD23-09  _T     2030 <  4     set
QD23-10  _T     2025 <= 4.9   strive
QD23-10  _T     2030 <= 4.5   strive
QD23-11a _T     2025 <= 550   set
QD23-11a _T     2030 <= 500   set
QD23-11b _T     2025 <= 16    set
QD23-11b _T     2030 <= 15    set
QD23-14  _T     2025 >= 98.5  set
QD23-14  _T     2030 >= 100   strive
QD23-15  _T     2025 >= 99.1  strive
QD23-15  _T     2030 >= 99.3  strive
QD23-16  _T     2025 >= 99.1  set
QD23-16  _T     2030 >= 99.3  set
QD23-17a _T     2025 >= 97    set
QD23-17a _T     2030 >= 99    set
QD23-17b _T     2025 <  0.12  strive
QD23-17b _T     2030 <  0.1   strive
QD23-18a _T     2025 >= 88    set
QD23-18a _T     2030 >= 93    set
QD23-18b _T     2025 <  0.14  strive
QD23-18b _T     2030 <  0.05  strive
QD23-19  _T     2025 >= 95    strive
QD23-20a _T     2025 >= 55    set
QD23-20a _T     2030 >= 60    set
QD23-20b _T     2025 >= 80    set
QD23-20b _T     2030 >= 90    set
QD23-21  _T     2025 >= 40    strive
QD23-21  _T     2030 >= 45    strive
QD23-22  _T     2025 >= 30    strive
QD23-22  _T     2030 >= 35    strive
QD23-23  _T     2025 >= 85    strive
QD23-23  _T     2030 >= 90    strive
QD23-24  _T     2025 >= 30    set
QD23-24  _T     2030 >= 35    set
"""

INDICATORS = {
    "QD23-01": "CHILD_FRIENDLY_COMMUNES",
    "QD23-02": "ECD_SERVICES_U8",
    "QD23-03a": "NMR",
    "QD23-03b": "IMR",
    "QD23-03c": "U5MR",
    "QD23-04a": "UNDERWEIGHT_U5",
    "QD23-04b": "STUNTING_U5",
    "QD23-04c": "OBESITY_U5",
    "QD23-05a": "FIC_U1",
    "QD23-05b": "FIC_U5",
    "QD23-06": "HIV_MTCT",
    "QD23-07": "SCHOOL_SANITATION",
    "QD23-08a": "SC_RATIO",
    "QD23-08b": "SC_SUPPORTED",
    "QD23-09": "ABUSED_RATIO",
    "QD23-10": "CHILD_LABOUR",
    "QD23-11a": "INJURY_RATE",
    "QD23-11b": "INJURY_DEATH_RATE",
    "QD23-12": "DISASTER_RELIEF",
    "QD23-13": "CHILD_MARRIAGES",
    "QD23-14": "BIRTH_REGISTRATION_U5",
    "QD23-15": "ECD_ON_TRACK",
    "QD23-16": "PRESCHOOL_AGE5",
    "QD23-17a": "PRIMARY_COMPLETION",
    "QD23-17b": "PRIMARY_DROPOUT",
    "QD23-18a": "LOWER_SECONDARY_COMPLETION",
    "QD23-18b": "LOWER_SECONDARY_DROPOUT",
    "QD23-19": "SCHOOL_COUNSELLING",
    "QD23-20a": "SCHOOL_DISABILITY_ACCESS",
    "QD23-20b": "DISABLED_EDUCATION",
    "QD23-21": "COMMUNE_PLAY_PLACES",
    "QD23-22": "CONSULTED_7PLUS",
    "QD23-23": "PARTICIPATION_AWARE",
    "QD23-24": "PARTICIPATION_11PLUS",
}

FALLING = {"03a", "03b", "03c", "04a", "04b", "04c", "06", "08a", "09", "10", "11a", "11b", "13", "17b", "18b"}


def typed_rows():
    return {tuple(line.split()) for line in TYPED.strip().splitlines()}


def test_all_levels_are_those_of_the_text(decision_23):
    table = targets_table(decision_23)
    levels = table[(table["kind"] == "level") & table["year"].notna()]
    loaded = {
        (row.target_id, row.dimension_value, str(row.year), row.operator, f"{row.value:g}", row.strength)
        for row in levels.itertuples()
    }
    assert loaded == typed_rows()


def test_24_targets_in_34_parts_of_which_one_is_set_for_two_groups(decision_23):
    assert len({target.number for target in decision_23.targets}) == 24
    assert len({target.id for target in decision_23.targets}) == 34
    assert len(decision_23.targets) == 35
    obesity = [(t.dimension, t.dimension_value) for t in decision_23.targets if t.id == "QD23-04c"]
    assert obesity == [("residence", "rural"), ("residence", "urban")]


def test_each_part_has_its_indicator_and_direction(decision_23):
    assert {target.id: target.indicator for target in decision_23.targets} == INDICATORS
    falling = {t.id for t in decision_23.targets if not decision_23.indicator(t.indicator).ascending}
    assert falling == {f"QD23-{part}" for part in FALLING}


def test_relief_applies_every_year_and_child_marriage_falls_every_year(decision_23):
    relief = decision_23.target("QD23-12").levels
    assert [(x.kind, x.from_year, x.to_year, x.operator, x.value, x.strength) for x in relief] == [
        (TargetKind.LEVEL, 2021, 2030, ">=", 100, Strength.STRIVE)
    ]
    marriage = decision_23.target("QD23-13").levels
    assert [(x.kind, x.from_year, x.to_year, x.value, x.value_high) for x in marriage] == [
        (TargetKind.YEARLY_CHANGE_BETWEEN, 2025, 2030, 2, 3)
    ]


def test_every_target_cites_the_decision_with_its_section_and_confidence(decision_23):
    sections = {1: "I.2.a", 2: "I.2.b", 3: "I.2.c", 4: "I.2.d"}
    for target in decision_23.targets:
        assert target.citation.document == "23/QĐ-TTg"
        assert target.citation.sources[0].startswith("https://thuvienphapluat.vn/")
        assert target.citation.confidence == "text"
        assert sections[int(target.result[1])] in target.citation.section


def test_targets_read_in_one_reproduction_say_so(decision_23):
    once = {t.number for t in decision_23.targets if t.citation.note and "Chỉ đọc được" in t.citation.note.vi}
    assert once == {12, 13, 15, 18, 19, 20, 22, 23, 24}


def test_police_records_and_un_estimates_carry_no_verdict(decision_23):
    assert "police-record" not in decision_23.target("QD23-09").bases
    assert "police-record" in decision_23.indicator("ABUSED_RATIO").bases
    assert decision_23.target("QD23-03a").bases == ("moh-administrative",)
    assert decision_23.target("QD23-03b").bases == ("gso-population-change-survey",)


def test_the_special_circumstance_ratio_is_not_judged_on_the_14_groups(decision_23):
    target = decision_23.target("QD23-08a")
    assert target.definition == "sc-unstated"
    assert not target.accepts
    definitions = {d.id: d for d in decision_23.indicator("SC_RATIO").definitions}
    assert str(definitions["sc-2004-groups"].valid_to) == "2017-05-31"
    assert str(definitions["sc-2016-groups"].valid_from) == "2017-06-01"


@pytest.mark.parametrize("stage,year", [("mid-term", 2025), ("end-term", 2030)])
def test_stages_and_rule(decision_23, stage, year):
    rule = decision_23.verdict_rule
    assert decision_23.stages[stage].judged_year == year
    assert (rule.name, rule.version, rule.on_track_pace, rule.behind_pace, rule.max_age_years) == (
        "linear-path",
        "1",
        0.95,
        0.60,
        3,
    )


def test_names_stand_in_both_languages_and_the_short_ones_are_short(decision_23):
    for indicator in decision_23.indicators:
        assert indicator.title.vi != indicator.title.en
        assert len(indicator.short.vi) <= 28 and len(indicator.short.en) <= 28

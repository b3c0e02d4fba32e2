"""Values of former places at the units of another date: against a second path in plain Python, and properties."""

import csv
import math
import shutil
from datetime import date
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mande.errors import DataError, DefinitionError
from mande.evaluation.progress import compute_progress
from mande.framework.load import load_carry_weights, load_indicators, load_programme
from mande.indicators.actuals import accepted_rules, compute_actuals
from mande.indicators.carried import CARRY_COLUMNS, carry_to_units, part_ids
from mande.places.register import Register
from mande.reporting.carried_words import carried_lines
from mande.sources.published import read_published
from mande.vocabulary import Stage

ROOT = Path(__file__).resolve().parents[2]
AFTER = date(2025, 12, 31)
NOTHING_FOUND = pd.DataFrame({"observation_id": [], "severity": []}, dtype=str)


@pytest.fixture(scope="module")
def register():
    return Register.load(ROOT / "data" / "places")


@pytest.fixture(scope="module")
def published():
    return read_published(ROOT / "data" / "published").observations


@pytest.fixture(scope="module")
def catalogue():
    return load_indicators(ROOT / "programmes"), load_carry_weights(ROOT / "programmes")


@pytest.fixture(scope="module")
def carry(register, catalogue):
    """Return a function that carries observations with the project's register and catalogue."""
    indicators, weights = catalogue

    def run(observations, as_of=AFTER):
        return carry_to_units(observations, register, indicators=indicators.values(), weights=weights, as_of=as_of)

    return run


@pytest.fixture(scope="module")
def at_34(carry, published):
    return carry(published)


def read_csv(*path):
    with ROOT.joinpath("data", *path).open(encoding="utf-8-sig", newline="") as file:
        return list(csv.DictReader(file))


def successors_2025():
    """The 63 provinces with the one that each became on 1 July 2025, read from the changes themselves."""
    rows = read_csv("places", "changes.csv")
    return {
        row["from_code"]: row["to_code"]
        for row in rows
        if (row["level"], row["change_date"]) == ("province", "2025-07-01")
    }


def numbers(indicator, period, file):
    return {
        row["place_code"]: float(row["value"])
        for row in read_csv("published", file)
        if (row["indicator"], row["period"], row["dimension_value"]) == (indicator, period, "_T") and row["value"]
    }


def second_path(indicator, period="2016"):
    """Σ(rate × births) ÷ Σ births, births = crude birth rate × population, one number at a time."""
    became = successors_2025()
    rates, birth_rates = (numbers(code, period, "gso_province_panel.csv") for code in (indicator, "CBR"))
    people = numbers("POPULATION", period, "gso_population.csv")
    parts = {}
    for code, rate in rates.items():
        if code.isdigit():
            births = birth_rates[code] * people[code]
            parts.setdefault(became.get(code, code), []).append((code, rate, births))
    return {
        unit: (math.fsum(r * b for _, r, b in rows) / math.fsum(b for _, _, b in rows), [code for code, _, _ in rows])
        for unit, rows in parts.items()
    }


@pytest.mark.parametrize("indicator", ["IMR", "U5MR", "FIC_U1"])
def test_rates_of_2016_at_34_provinces_agree_with_a_second_path(at_34, indicator):
    rows = at_34[(at_34["indicator"] == indicator) & (at_34["period"] == "2016")].set_index("place_code")
    expected = second_path(indicator)
    assert len(expected) == 34
    for unit, (value, former) in expected.items():
        assert rows.loc[unit, "value"] == pytest.approx(value, abs=1e-9), unit
        assert rows.loc[unit, "carried_from"] == ("; ".join(sorted(former)) if len(former) > 1 else "")


def test_new_ninh_binh_by_hand(at_34):
    """Births 14.3 × 832.2 + 13.7 × 1,792.5 + 18.7 × 956.8 = 11,900.46 + 24,557.25 + 17,892.16 = 54,349.87;
    (11.8 × 11,900.46 + 12.3 × 24,557.25 + 14.1 × 17,892.16) ÷ 54,349.87 = 694,759.059 ÷ 54,349.87.

    General Statistics Office, provincial tables as of September 2018 and population as of July 2025.
    """
    row = at_34[(at_34["indicator"] == "IMR") & (at_34["period"] == "2016") & (at_34["place_code"] == "37")].iloc[0]
    assert row["denominator"] == pytest.approx(54349.87) and row["numerator"] == pytest.approx(694.759059)
    assert row["value"] == pytest.approx(694759.059 / 54349.87, abs=1e-9)
    assert abs(row["value"] - (11.8 + 12.3 + 14.1) / 3) > 0.04, "the mean of the three rates is another number"
    assert (row["value_status"], row["carry_rule"], row["boundary_days"]) == ("estimated", "births", "2025-07-01")
    assert (row["unmatched_share"], row["open_share"], row["carry_loss"], row["carry_gap"]) == (0, 0, 0, "")
    assert row["carried_from_vi"] == "Hà Nam; Nam Định; Ninh Bình"


def ninh_binh_parts():
    rates, birth_rates = (numbers(code, "2016", "gso_province_panel.csv") for code in ("IMR", "CBR"))
    people = numbers("POPULATION", "2016", "gso_population.csv")
    return [(code, rates[code], birth_rates[code] * people[code]) for code in ("35", "36", "37")]


def test_every_part_is_named_by_file_and_cell(at_34):
    row = at_34[(at_34["indicator"] == "IMR") & (at_34["period"] == "2016") & (at_34["place_code"] == "37")].iloc[0]
    lines = {}
    for name in ("gso_province_panel.csv", "gso_population.csv"):
        for line, one in enumerate(read_csv("published", name), start=2):
            if one["place_code"] in ("35", "36", "37") and (one["period"], one["dimension_value"]) == ("2016", "_T"):
                lines[one["indicator"], one["place_code"]] = f"{name}:{line}"
    wanted = {lines[code, place] for code in ("IMR", "CBR", "POPULATION") for place in ("35", "36", "37")}
    assert set(part_ids(at_34.loc[[row.name]])) == wanted
    for one in wanted:
        file, line = one.split(":")
        assert f"F{line}" in row["cell"] and file in row["cell"] and line in row["observation_id"]


def test_what_only_one_part_says_is_not_said_of_the_whole(carry, published):
    """Three provinces reported by hand (made up): one value corrected, two senders, each with its own cells."""
    chosen = published["indicator"].eq("POPULATION") & published["period"].eq("2024")
    rows = published[chosen & published["dimension_value"].eq("_T")].set_index("place_code").loc[["35", "36", "37"]]
    sent = rows.reset_index().assign(
        file=["a.xlsx", "a.xlsx", "b.xlsx"],
        sheet=["Form 1", "Form 2", ""],
        cell=["B2", "B3", "C4"],
        observation_id=["a.xlsx:1", "a.xlsx:2", "b.xlsx:1"],
        numerator_cell=["B9", "B10", "C11"],
        original_value=[5.0, np.nan, np.nan],
        correction=["K-1", "", ""],
        sender=["Hà Nam", "Nam Định", "Nam Định"],
        received_date=["2025-01-05", "2025-01-06", "2025-01-06"],
    )
    row = carry(sent).set_index("place_code").loc["37"]
    assert row["cell"] == "a.xlsx!Form 1!B2+Form 2!B3; b.xlsx!C4" and row["sheet"] == ""
    assert (row["correction"], row["sender"]) == ("K-1", "Hà Nam; Nam Định")
    assert row["received_date"] == "2025-01-05; 2025-01-06"
    assert (row["numerator_cell"], row["denominator_cell"]) == ("", "") and np.isnan(row["original_value"])


def test_the_population_of_2024_adds_up(at_34):
    people, became = numbers("POPULATION", "2024", "gso_population.csv"), successors_2025()
    rows = at_34[
        (at_34["indicator"] == "POPULATION") & (at_34["period"] == "2024") & (at_34["dimension_value"] == "_T")
    ].set_index("place_code")
    provinces = [code for code in rows.index if code.isdigit()]
    assert len(provinces) == 34
    for unit in provinces:
        former = [code for code in people if code.isdigit() and became.get(code, code) == unit]
        assert rows.loc[unit, "value"] == pytest.approx(math.fsum(people[code] for code in former), abs=1e-9)
    assert rows.loc[provinces, "value"].sum() == pytest.approx(
        math.fsum(number for code, number in people.items() if code.isdigit()), abs=1e-9
    )
    summed = rows.loc[rows["carried_from"].str.fullmatch(r"\d\d(; \d\d)+")]
    assert set(summed["carry_rule"]) == {"sum"} and set(summed["value_status"]) == {"provisional"}


def test_unchanged_provinces_and_the_nation_are_left_alone(at_34, published):
    same = {"01", "04", "11", "12", "14", "20", "22", "38", "40", "42", "46", "VN"}
    rows = at_34[at_34["place_code"].isin(same) & (at_34["period_end"] > "2008-08-01")]
    before = published[published["place_code"].isin(same) & (published["period_end"] > "2008-08-01")]
    pd.testing.assert_frame_equal(
        rows[before.columns].reset_index(drop=True), before.reset_index(drop=True), check_exact=True
    )
    assert (rows["carried_from"] == "").all() and rows["boundary_days"].eq("").all()


def test_no_value_of_a_former_place_stays_under_its_code(at_34):
    """Code 37 was the old Ninh Bình: its rate of 2016 must not stand for the new one."""
    old = numbers("IMR", "2016", "gso_province_panel.csv")["37"]
    rows = at_34[(at_34["indicator"] == "IMR") & (at_34["place_code"] == "37")]
    assert old not in set(rows["value"]) and (rows["carried_from"] != "").all()
    assert not at_34["place_code"].isin(["35", "36", "28"]).any()


def test_years_without_births_are_not_carried_and_say_so(at_34):
    rows = at_34[(at_34["indicator"] == "IMR") & (at_34["place_code"] == "37")].set_index("period")
    assert rows.index[rows["carry_gap"] == "no_weight"].tolist() == ["2005", "2007", "2008", "2009"]
    assert rows.loc["2009", "value_status"] == "missing" and np.isnan(rows.loc["2009", "value"])
    assert rows.loc["2009", "carry_loss"] == 1.0


def test_before_the_merger_nothing_is_carried(carry, published):
    rows = carry(published, date(2024, 12, 31))
    assert set(rows.loc[rows["carried_from"] != "", "place_code"]) == {"01", "17", "26"}, "the changes of 2008"
    later = published[published["period_end"].between("2008-08-02", "2024-12-31")]
    kept = rows[rows["observation_id"].isin(later["observation_id"])]
    pd.testing.assert_frame_equal(
        kept[later.columns].reset_index(drop=True), later.reset_index(drop=True), check_exact=True
    )


def test_a_split_place_without_share_stays_out_and_says_so(carry, published):
    """Four communes of Hòa Bình went to Hà Nội in 2008; nobody says how many people or births that were."""
    rows = carry(published, date(2024, 12, 31))
    hoa_binh = rows[(rows["indicator"] == "IMR") & (rows["place_code"] == "17")].set_index("period")
    assert hoa_binh.loc["2007", "carry_gap"] == "split" and np.isnan(hoa_binh.loc["2007", "value"])
    assert hoa_binh.loc["2010", "carry_gap"] == ""
    programme = load_programme(ROOT / "programmes", "vn-children-2021-2030")
    early, question = rows[rows["period_end"] < "2008-12-31"], {"place_codes": ["17"], "as_of": date(2024, 12, 31)}
    actuals = compute_actuals(early, programme, findings=NOTHING_FOUND, **question)
    by_year = actuals.set_index("period")
    assert by_year.loc["2007", "unusable_reason"] == "carried_with_loss" and not by_year.loc["2007", "is_usable"]
    verdicts = compute_progress(actuals, accepted_rules(programme), programme, stage=Stage.MID_TERM, **question)
    verdict = verdicts[verdicts["indicator"] == "IMR"].iloc[0]
    assert (verdict["verdict"], verdict["reason"]) == ("not_assessable", "carried_with_loss")


@pytest.fixture(scope="module")
def carry_with(tmp_path_factory, catalogue):
    """Return a function that carries observations with the project's register and stated shares."""

    def run(observations, rows, as_of=date(2024, 12, 31)):
        folder = tmp_path_factory.mktemp("places")
        shutil.copytree(ROOT / "data" / "places", folder, dirs_exist_ok=True)
        header = "change_date,from_code,to_code,basis,share,source,note\n"
        (folder / "shares.csv").write_text(header + "".join(f"{row},\n" for row in rows), encoding="utf-8")
        register = Register.load(folder)
        return carry_to_units(
            observations, register, indicators=catalogue[0].values(), weights=catalogue[1], as_of=as_of
        )

    return run


def test_a_split_province_is_carried_by_the_share_that_a_user_states(carry_with, published):
    """Hòa Bình of 2007, made-up people and made-up shares for its four communes; without one it stays out (see above)."""
    chosen = published["indicator"].eq("POPULATION") & published["place_code"].eq("17") & published["period"].eq("2024")
    dates = {"period": "2007", "period_start": pd.Timestamp(2007, 1, 1), "period_end": pd.Timestamp(2007, 12, 31)}
    observed = published[chosen & published["dimension_value"].eq("_T")].assign(value=800.0, **dates)
    day, source = "2008-08-01,17", "people by resolution 15/2008/QH12 (made up)"
    stated = [f"{day},01,,0.02,{source}", f"{day},17,POPULATION,0.97,{source}", f"{day},17,,0.9,x"]
    row = carry_with(observed, stated).set_index("place_code").loc["17"]
    assert row["value"] == pytest.approx(0.97 * 800)
    assert row["carry_shares"] == f"17 → 17: 0.97 ({source})"
    assert (row["value_status"], row["carry_gap"], row["open_share"]) == ("estimated", "", 0)
    assert carried_lines_of(row) == f"shares of split units, stated by the user: {row['carry_shares']}"


def carried_lines_of(row):
    """The words about shares that a page shows behind a value."""
    verdict = {"actual_observation_id": "x", "baseline_observation_id": ""} | {
        name: row[name] for name in ("indicator", "dimension", "dimension_value")
    }
    (line,) = carried_lines(verdict, "en", {"x": row.to_dict() | {"is_comparable": True, "place_code": "17"}})
    return next(part for part in line.split("; ") if part.startswith("shares"))


def test_a_split_commune_is_carried_by_the_share_that_a_user_states(carry_with, published):
    """Ward 00022 (Cống Vị) lay in two wards of 1 July 2025; made-up people of 2024, made-up shares."""
    links = [row for row in read_csv("places", "changes_communes_2025_07.csv") if row["from_code"] == "00022"]
    first, second = (link["to_code"] for link in links)
    whole = [r["from_code"] for r in read_csv("places", "changes_communes_2025_07.csv") if r["to_code"] == first]
    people = published[published["indicator"].eq("POPULATION") & published["period"].eq("2024")].head(len(whole))
    observed = people.assign(place_code=whole, value=1000.0, dimension="_T", dimension_value="_T")
    stated = [f"2025-07-01,{code},{first},,0.25,commune book (made up)" for code in whole if is_split(code)]
    rows = carry_with(observed, stated, AFTER).set_index("place_code")
    n_split = len(stated)
    assert rows.loc[first, "value"] == pytest.approx(1000 * (len(whole) - n_split) + 250 * n_split)
    assert f"00022 → {first}: 0.25 (commune book (made up))" in rows.loc[first, "carry_shares"]
    assert rows.loc[second, "carry_gap"] == "split" and np.isnan(rows.loc[second, "value"])


def is_split(code):
    return sum(row["from_code"] == code for row in read_csv("places", "changes_communes_2025_07.csv")) > 1


def test_a_share_of_an_indicator_that_does_not_exist_is_refused(carry_with, published):
    with pytest.raises(
        DataError, match=r"shares.csv line 2: basis 'birth' is no indicator and no weight → did you mean"
    ):
        carry_with(published.head(1), ["2008-08-01,17,01,birth,0.02,x"])


def test_a_value_that_may_lack_much_is_kept_but_carries_no_verdict(carry, published):
    """The region R5 of 2025 holds the old R5 whole and an unknown part of the old R6, where no province is published."""
    regions = carry(published[published["place_code"].str.startswith("R")])
    rows = regions[(regions["indicator"] == "IMR") & (regions["place_code"] == "R5") & (regions["period"] == "2016")]
    assert rows["value"].notna().all() and rows["carry_gap"].tolist() == ["loss"]
    assert 0.5 < rows["carry_loss"].iloc[0] < 1


REGIONS_2025 = {
    "R1": "01 22 24 27 30 31 33 34 35 36 37",
    "R2": "02 04 06 08 10 11 12 14 15 17 19 20 25 26",
    "R3": "38 40 42 44 45 46",
    "R4": "48 49 51 52 54 56 58 60 62 64 66 67 68",
    "R5": "70 72 74 75 77 79 80",
    "R6": "82 83 84 86 87 89 91 92 93 94 95 96",
}
"""Resolution 306/NQ-CP of 5 October 2025 and resolution 202/2025/QH15, as the former provinces; Long An (80) and Tây Ninh
(72) became Tây Ninh, in the South East."""


@pytest.mark.parametrize("indicator", ["IMR", "U5MR", "FIC_U1"])
def test_regions_of_2025_are_rebuilt_from_their_former_provinces(at_34, indicator):
    rates, birth_rates = (numbers(code, "2016", "gso_province_panel.csv") for code in (indicator, "CBR"))
    people = numbers("POPULATION", "2016", "gso_population.csv")
    rows = at_34[(at_34["indicator"] == indicator) & (at_34["period"] == "2016")].set_index("place_code")
    for region, former in REGIONS_2025.items():
        births = {code: birth_rates[code] * people[code] for code in former.split()}
        expected = math.fsum(rates[code] * births[code] for code in births) / math.fsum(births.values())
        assert rows.loc[region, "value"] == pytest.approx(expected, abs=1e-9)
        assert rows.loc[region, "carried_from"] == former.replace(" ", "; ")
        assert (rows.loc[region, "carry_gap"], rows.loc[region, "boundary_days"]) == ("", "2025-07-01")


def test_the_population_of_the_six_regions_is_that_of_the_provinces(at_34):
    chosen = (at_34["indicator"] == "POPULATION") & (at_34["period"] == "2024") & (at_34["dimension_value"] == "_T")
    rows = at_34[chosen].set_index("place_code")
    people = numbers("POPULATION", "2024", "gso_population.csv")
    for region, former in REGIONS_2025.items():
        assert rows.loc[region, "value"] == pytest.approx(math.fsum(people[code] for code in former.split()), abs=1e-9)
    assert rows.loc[list(REGIONS_2025), "value"].sum() == pytest.approx(
        math.fsum(number for code, number in people.items() if code.isdigit()), abs=1e-9
    )
    assert rows.loc["R5", "value"] > people["R5"] + 1000, "the South East won Long An"


def test_a_region_lacks_what_one_of_its_provinces_lacks(carry, published):
    long_an = published["place_code"].eq("80") & published["indicator"].eq("IMR") & published["period"].eq("2016")
    rows = carry(published[~long_an]).query("indicator == 'IMR' and period == '2016'").set_index("place_code")
    assert rows.loc["R5", "carry_gap"] == "part_missing" and np.isnan(rows.loc["R5", "value"])
    assert rows.loc["R6", "carry_gap"] == "" and rows.loc["R6", "value"] > 0


def test_regions_before_the_reform_are_as_published(carry, published):
    rows = carry(published, date(2025, 6, 30))
    kept = rows[rows["place_code"].str.startswith("R")]
    own = published[published["place_code"].str.startswith("R")]
    pd.testing.assert_frame_equal(
        kept[own.columns].reset_index(drop=True), own.reset_index(drop=True), check_exact=True
    )


def test_a_part_that_failed_a_check_or_is_only_remembered_spoils_the_sum(carry, published):
    programme = load_programme(ROOT / "programmes", "vn-children-2021-2030")

    def reason(observations, failed=()):
        findings = pd.DataFrame({"observation_id": list(failed), "severity": "critical"}, dtype=str)
        table = compute_actuals(carry(observations), programme, place_codes=["37"], as_of=AFTER, findings=findings)
        return table.set_index(["indicator", "period"]).loc[("IMR", "2016"), "unusable_reason"]

    births = published[
        (published["indicator"] == "CBR") & (published["place_code"] == "35") & (published["period"] == "2016")
    ]
    assert reason(published) == ""
    assert reason(published, failed=births["observation_id"]) == "failed_check"
    remembered = published.assign(confidence=published["confidence"].mask(published.index.isin(births.index), "memory"))
    assert reason(remembered) == "only_remembered"


def test_an_indicator_without_counts_or_weight_is_not_carried(carry, published):
    poverty = published[published["indicator"].eq("IMR")].assign(indicator="ECD_ON_TRACK")
    rows = carry(poverty)
    assert set(rows.loc[rows["place_code"] == "37", "carry_gap"]) == {"no_rule"}


def test_published_numerators_and_denominators_come_before_the_weight(carry, published):
    chosen = published["indicator"].eq("IMR") & published["period"].eq("2016") & published["place_code"].str.isdigit()
    counted = published.assign(
        denominator=published["denominator"].mask(chosen, 1000.0),
        numerator=published["numerator"].mask(chosen, published["value"]),
    )
    row = carry(counted).query("indicator == 'IMR' and place_code == '37' and period == '2016'").iloc[0]
    assert row["carry_rule"] == "ratio_of_sums" and row["value_status"] == "provisional"
    assert row["value"] == pytest.approx(sum(rate for _, rate, _ in ninh_binh_parts()) / 3)


def test_arguments_are_left_as_they_were(register, catalogue):
    fresh = read_published(ROOT / "data" / "published").observations
    before = fresh.copy()
    carry_to_units(fresh, register, indicators=catalogue[0].values(), weights=catalogue[1], as_of=AFTER)
    pd.testing.assert_frame_equal(fresh, before)


def test_one_whole_unit_under_another_code_keeps_its_value_as_published(published, tmp_path, catalogue):
    """A made-up country whose only province gets another code."""
    fields = read_csv("places", "places.csv")[0].keys()
    place = {name: "" for name in fields} | {"level": "province", "source": "made-up"}
    place |= {"valid_from_basis": "legal_day", "valid_to_basis": "legal_day", "place_type": "province"}
    rows = [
        place | {"place_code": "A", "name_official": "Mẫu A", "valid_from": "2000-01-01", "valid_to": "2020-12-31"},
        place | {"place_code": "B", "name_official": "Mẫu B", "valid_from": "2021-01-01"},
    ]
    change = {"change_date": "2021-01-01", "level": "province", "change": "recode", "from_code": "A", "to_code": "B"}
    change |= {"part": "whole", "date_basis": "legal_day", "legal_reference": "", "source": "made-up"}
    pd.DataFrame(rows).to_csv(tmp_path / "places.csv", index=False)
    pd.DataFrame([change | {"confidence": "text", "note": ""}]).to_csv(tmp_path / "changes.csv", index=False)
    one = published[published["indicator"].eq("IMR") & published["period"].eq("2016")].head(1).assign(place_code="A")
    carried = carry_to_units(
        one, Register.load(tmp_path), indicators=catalogue[0].values(), weights=catalogue[1], as_of=AFTER
    )
    assert carried[["place_code", "value", "value_status", "carry_rule", "carried_from"]].values.tolist() == [
        ["B", one["value"].iloc[0], one["value_status"].iloc[0], "same_land", "A"]
    ]
    assert carried["boundary_days"].tolist() == [""]


def made_up_counts(published, values):
    """The population rows of 2024 with other numbers; a missing number is missing."""
    chosen = (
        published["indicator"].eq("POPULATION")
        & published["period"].eq("2024")
        & published["dimension_value"].eq("_T")
        & published["place_code"].str.isdigit()
    )
    return published[chosen].assign(value=values)


@settings(max_examples=25, deadline=None)
@given(st.lists(st.one_of(st.floats(0, 1e6, allow_subnormal=False), st.just(float("nan"))), min_size=63, max_size=63))
def test_carried_counts_and_those_left_behind_are_all_there_were(carry, published, values):
    given_rows = made_up_counts(published, values)
    carried = carry(given_rows).set_index("place_code")
    carried, regions = carried[carried.index.str.isdigit()], carried[~carried.index.str.isdigit()]
    became = successors_2025()
    units = given_rows["place_code"].map(lambda code: became.get(code, code))
    is_incomplete = given_rows["value"].isna().groupby(units).transform("any")
    left = given_rows.loc[is_incomplete, "value"].sum()
    assert len(carried) == 34
    assert carried["value"].sum() + left == pytest.approx(given_rows["value"].sum(), rel=1e-12, abs=1e-6)
    assert carried["value"].isna().sum() == units[is_incomplete].nunique()
    for region, value in regions["value"].items():
        parts = given_rows.loc[given_rows["place_code"].isin(REGIONS_2025[region].split()), "value"]
        assert value == pytest.approx(parts.sum(skipna=False), rel=1e-12, abs=1e-6, nan_ok=True)


def test_a_weight_must_exist_and_its_factors_too(tmp_path):
    text = (ROOT / "programmes" / "indicators.yaml").read_text(encoding="utf-8")
    wrong = text.replace("carry_weight: births", "carry_weight: birth", 1).replace(
        "{indicator: CBR,", "{indicator: CRB,"
    )
    (tmp_path / "indicators.yaml").write_text(wrong, encoding="utf-8")
    with pytest.raises(DefinitionError) as caught:
        load_indicators(tmp_path)
    said = "\n".join(map(str, caught.value.problems))
    assert "there is no weight 'birth' → did you mean 'births'?" in said
    assert "there is no indicator 'CRB' → did you mean 'CBR'?" in said
    summed = text.replace("    aggregation: sum\n", "    aggregation: sum\n    carry_weight: births\n", 1)
    (tmp_path / "indicators.yaml").write_text(summed, encoding="utf-8")
    with pytest.raises(DefinitionError, match="a weight is named, but the aggregation is 'sum'"):
        load_indicators(tmp_path)


def test_the_columns_are_there_when_nothing_moves(carry, published):
    rows = carry(published.head(5), date(2005, 12, 31))
    assert set(CARRY_COLUMNS) <= set(rows) and (rows["carry_gap"] == "").all()

"""Counts keep their total when boundaries move; rates are rebuilt; nothing is guessed."""

import csv
from collections import defaultdict
from datetime import date
from functools import cache
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mande.errors import DataError, UsageError
from mande.places.carry import carry_counts, carry_rates
from mande.places.crosswalk import crosswalk
from mande.places.register import Register

ROOT = Path(__file__).resolve().parents[2]
DAYS = st.dates(date(2004, 1, 1), date(2099, 12, 31))
SPANS = [
    ("province", "2024-12-31", "2025-12-31"),
    ("province", "2025-12-31", "2024-12-31"),
    ("province", "2007-12-31", "2010-12-31"),
    ("district", "2013-12-31", "2025-06-30"),
    ("district", "2025-06-30", "2015-12-31"),
    ("commune", "2015-12-31", "2025-06-30"),
    ("commune", "2025-06-30", "2025-07-01"),
    ("commune", "2025-07-01", "2025-06-30"),
]


@cache
def places() -> Register:
    return Register.load(ROOT / "data" / "places")


@cache
def span(level: str, start: str, end: str) -> pd.DataFrame:
    return crosswalk(places(), level, start, end)


def published(name: str) -> pd.DataFrame:
    return pd.read_csv(ROOT / "data" / "published" / name, dtype={"place_code": str, "period": str})


@settings(max_examples=24)
@given(which=st.sampled_from(SPANS), seed=st.integers(0, 2**32 - 1), missing=st.sampled_from([0.0, 0.1, 0.6]))
def test_carried_and_unmatched_make_what_was_given(which, seed, missing):
    table = span(*which)
    random = np.random.default_rng(seed)
    codes = table["from_code"].drop_duplicates().sample(frac=random.uniform(0.3, 1), random_state=seed % 1000)
    counts = random.integers(0, 10**6, (len(codes) * 2, 2)).astype(float)
    counts[random.random(counts.shape) < missing] = np.nan
    given_table = pd.DataFrame(
        {
            "place_code": [*codes, *codes],
            "indicator": ["a"] * len(codes) + ["b"] * len(codes),
            "x": counts[:, 0],
            "y": counts[:, 1],
        }
    )
    carried = carry_counts(given_table, table)
    for value in ("x", "y"):
        total = given_table.groupby("indicator")[value].sum()
        there = carried.values.groupby("indicator")[value].sum()
        behind = carried.unmatched.groupby("indicator")[value].sum()
        assert there.add(behind, fill_value=0).reindex(total.index, fill_value=0).to_dict() == pytest.approx(
            total.to_dict()
        )
    shares = carried.values[["x_unmatched_share", "x_open_share"]]
    assert ((shares.isna()) | ((shares >= 0) & (shares <= 1 + 1e-12))).all(axis=None)


@settings(max_examples=20)
@given(seed=st.integers(0, 2**32 - 1), parts=st.floats(0, 1))
def test_stated_shares_keep_the_total_too(seed, parts):
    table = span("district", "2013-12-31", "2014-12-31")
    counts = np.random.default_rng(seed).integers(0, 10**6, table["from_code"].nunique()).astype(float)
    units = pd.DataFrame({"place_code": table["from_code"].unique(), "people": counts})
    shares = pd.DataFrame(
        {"from_code": ["527", "527"], "to_code": ["522", "527"], "share": [parts, (1 - parts) / 2], "source": "made up"}
    )
    carried = carry_counts(units, table, shares)
    assert carried.values["people"].sum() + carried.unmatched["people"].sum() == pytest.approx(counts.sum())


@settings(max_examples=6)
@given(seed=st.integers(0, 2**32 - 1), which=st.sampled_from(SPANS[3:7]))
def test_there_and_back_loses_nothing_where_nothing_was_split(seed, which):
    level, start, end = which
    there, back = span(level, start, end), span(level, end, start)
    one_to_one = set(back.loc[back["kind"] == "whole", "from_code"])
    codes = there.loc[(there["kind"] == "whole") & there["to_code"].isin(one_to_one), "from_code"]
    units = pd.DataFrame({"place_code": codes, "n": np.random.default_rng(seed).integers(0, 10**6, len(codes))})
    forth = carry_counts(units, there).values[["place_code", "n"]]
    home = carry_counts(forth, back)
    assert home.unmatched.empty
    merged = home.values.merge(units, on="place_code", suffixes=("_back", ""), validate="one_to_one")
    assert (merged["n_back"] == merged["n"]).all()
    assert len(merged) == len(units)


@settings(max_examples=12)
@given(
    count=st.integers(0, 10**9),
    dates=st.tuples(DAYS, DAYS),
)
def test_the_nation_never_changes(count, dates):
    table = span("nation", *map(str, dates))
    carried = carry_counts(pd.DataFrame({"place_code": ["VN"], "n": [count]}), table)
    assert list(carried.values["n"]) == [count]
    assert carried.unmatched.empty


def test_population_2024_of_34_provinces_sums_exactly():
    table = published("gso_population.csv")
    year = table[
        (table["period"] == "2024") & (table["dimension"] == "_T") & table["place_code"].str.fullmatch(r"\d\d")
    ]
    carried = carry_counts(year[["place_code", "value"]], span("province", "2024-12-31", "2025-12-31"))
    assert len(carried.values) == 34
    assert carried.unmatched.empty
    # Thousand persons with three decimals: sums are compared as whole persons, so that nothing hides in rounding.
    assert (carried.values["value"] * 1000).round().sum() == (year["value"] * 1000).round().sum()
    vinh_long = carried.values.set_index("place_code").loc["86"]
    assert vinh_long["from_codes"] == "83;84;86"
    assert vinh_long["carry_rule"] == "sum of 3 whole units"


def test_infant_mortality_2016_of_34_provinces_is_deaths_over_births():
    """Births = birth rate × population; an independent script without pandas agrees to 1e-9."""
    panel = published("gso_province_panel.csv")
    panel = panel[panel["period"] == "2016"].pivot_table(index="place_code", columns="indicator", values="value")
    people = published("gso_population.csv")
    people = people[(people["period"] == "2016") & (people["dimension"] == "_T")].set_index("place_code")["value"]
    births = (panel["CBR"] * people)[lambda s: s.index.str.fullmatch(r"\d\d")].dropna()
    table = pd.DataFrame(
        {"place_code": births.index, "births": births, "deaths": births * panel["IMR"].reindex(births.index)}
    )
    carried = carry_rates(table, span("province", "2016-12-31", "2025-12-31"), numerator="deaths", denominator="births")
    expected = slow_infant_mortality()
    assert len(expected) == 34
    assert carried.values.set_index("place_code")["rate"].to_dict() == pytest.approx(expected, abs=1e-9)
    assert carried.unmatched.empty


def slow_infant_mortality() -> dict[str, float]:
    """The same sum with dictionaries; which province joined which is read from the law, not from our crosswalk."""
    joined = {
        "08": "02 08", "15": "10 15", "19": "06 19", "24": "24 27", "25": "17 25 26", "31": "30 31", "33": "33 34",
        "37": "35 36 37", "44": "44 45", "48": "48 49", "51": "51 62", "52": "52 64", "56": "56 58", "66": "54 66",
        "68": "60 67 68", "75": "70 75", "79": "74 77 79", "80": "72 80", "82": "82 87", "86": "83 84 86", "91": "89 91",
        "92": "92 93 94", "96": "95 96", **{code: code for code in ["01", "04", "11", "12", "14", "20", "22", "38", "40", "42", "46"]},
    }  # fmt: skip
    value: dict[tuple[str, str], float] = defaultdict(float)
    for name in ("gso_province_panel.csv", "gso_population.csv"):
        with (ROOT / "data" / "published" / name).open(encoding="utf-8") as file:
            for row in csv.DictReader(file):
                if row["period"] == "2016" and row["dimension"] == "_T" and row["value"]:
                    value[row["indicator"], row["place_code"]] = float(row["value"])
    rates = {}
    for new, old in joined.items():
        births = {code: value["CBR", code] * value["POPULATION", code] for code in old.split()}
        rates[new] = sum(value["IMR", code] * births[code] for code in births) / sum(births.values())
    return rates


def test_hoa_binh_with_ky_son_2019():
    """Communes with a doctor 2019, yearbook Hòa Bình 2019, page 665: 15 of 15 and 9 of 10; 100 % and 90 %."""
    table = pd.DataFrame({"place_code": ["148", "151"], "with_doctor": [15, 9], "communes": [15, 10]})
    all_units = span("district", "2019-12-31", "2020-12-31")
    carried = carry_rates(table, all_units, numerator="with_doctor", denominator="communes")
    city = carried.values.set_index("place_code").loc["148"]
    assert (city["with_doctor"], city["communes"], city["rate"]) == (24, 25, 0.96)
    assert city["from_codes"] == "148;151"


def test_quang_ngai_takes_part_of_son_tinh_and_tu_nghia_2014():
    """Average population, yearbook Quảng Ngãi 2016, page 21; people who moved by resolution 123/NQ-CP of 2013."""
    people = {"522": 114663, "527": 189213, "528": 169072, "524": 177302}
    table = pd.DataFrame({"place_code": people.keys(), "people": people.values()})
    changes = span("district", "2013-12-31", "2014-12-31")

    alone = carry_counts(table, changes)
    values = alone.values.set_index("place_code")
    assert pd.isna(values.loc["527", "people"])
    assert values.loc["524", "people"] == 177302
    # Without shares the city keeps its own people only, and says that most of it may be missing.
    assert values.loc["522", "people"] == 114663
    assert values.loc["522", "people_open_share"] == pytest.approx((189213 + 169072) / (189213 + 169072 + 114663))
    assert values["people_unmatched_share"].unique() == pytest.approx([(189213 + 169072) / sum(people.values())])
    assert dict(zip(alone.unmatched["from_code"], alone.unmatched["people"], strict=True)) == {
        "527": 189213,
        "528": 169072,
    }
    assert set(alone.unmatched["reason"]) == {"split, share not known"}

    moved = {"527": 99701, "528": 46165}
    shares = pd.DataFrame(
        [(old, new, share, "resolution 123/NQ-CP and population 2013")
         for old, people_moved in moved.items()
         for new, share in (("522", people_moved / people[old]), (old, 1 - people_moved / people[old]))],
        columns=["from_code", "to_code", "share", "source"],
    )  # fmt: skip
    stated = carry_counts(table, changes, shares).values.set_index("place_code")
    assert stated.loc["522", "people"] == pytest.approx(114663 + 99701 + 46165)
    # The yearbook of 2014 has 249,616, 95,374 and 127,572: residents at the resolution were counted otherwise.
    assert stated.loc["522", "people"] == pytest.approx(249616, rel=0.05)
    assert stated.loc["527", "people"] == pytest.approx(95374, rel=0.07)
    assert stated["people"].sum() == pytest.approx(sum(people.values()))
    assert "2 by stated share (resolution 123/NQ-CP and population 2013)" in stated.loc["522", "carry_rule"]


def test_a_missing_part_keeps_the_whole_missing():
    table = pd.DataFrame({"place_code": ["24", "27", "01"], "n": [10.0, np.nan, 5.0]})
    carried = carry_counts(table, span("province", "2024-12-31", "2025-12-31"))
    values = carried.values.set_index("place_code")["n"]
    assert pd.isna(values["24"])
    assert values["01"] == 5
    (row,) = carried.unmatched.itertuples()
    assert (row.from_code, row.n, row.reason) == ("24", 10.0, "another part of the new unit has no count")


def test_a_part_without_row_keeps_the_whole_missing_and_zero_is_a_count():
    walk = span("province", "2024-12-31", "2025-12-31")
    only_one = carry_counts(pd.DataFrame({"place_code": ["24"], "n": [10]}), walk)
    assert only_one.values["n"].isna().all()
    both = carry_counts(pd.DataFrame({"place_code": ["24", "27"], "n": [0, 0]}), walk)
    assert list(both.values["n"]) == [0]


def test_units_without_successor_are_named():
    units = span("district", "2025-06-30", "2025-07-01")["from_code"]
    carried = carry_counts(pd.DataFrame({"place_code": units, "n": 1}), span("district", "2025-06-30", "2025-07-01"))
    assert carried.values.empty
    assert carried.unmatched["n"].sum() == 696
    assert set(carried.unmatched["reason"]) == {"no successor known"}


def test_rates_alone_are_refused():
    walk = span("province", "2024-12-31", "2025-12-31")
    table = pd.DataFrame({"place_code": ["24"], "rate": [12.5]})
    with pytest.raises(UsageError, match="a rate alone cannot be carried"):
        carry_rates(table, walk, numerator="deaths", denominator="births")
    with pytest.raises(UsageError, match="a rate alone cannot be carried"):
        carry_rates(table, walk, numerator="rate", denominator="rate")


def test_a_rate_needs_both_halves_of_every_part_and_a_denominator_above_zero():
    table = pd.DataFrame({"place_code": ["24", "27", "01"], "a": [1.0, np.nan, 5.0], "b": [10.0, 10.0, 0.0]})
    carried = carry_rates(table, span("province", "2024-12-31", "2025-12-31"), numerator="a", denominator="b")
    values = carried.values.set_index("place_code")
    assert values["rate"].isna().all()
    assert pd.isna(values.loc["24", "b"])


def test_bad_tables_are_refused_with_every_problem():
    walk = span("province", "2024-12-31", "2025-12-31")
    table = pd.DataFrame({"place_code": ["24", "24", "99"], "n": [1.0, np.inf, 2.0]})
    with pytest.raises(DataError) as error:
        carry_counts(table, walk)
    assert [problem.found for problem in error.value.problems] == [
        "1 code(s) did not exist at the date: 99",
        "more than one row for 24",
        "holds infinite counts",
    ]
    with pytest.raises(DataError, match="at least one column of counts"):
        carry_counts(table[["place_code"]], walk)


def test_years_are_keys_and_the_given_table_stays_as_it_is():
    table = pd.DataFrame({"place_code": ["01", "01"], "year": [2019, 2020], "n": [1, 2]})
    before = table.copy()
    carried = carry_counts(table, span("province", "2024-12-31", "2025-12-31"))
    assert list(carried.values["year"]) == [2019, 2020]
    pd.testing.assert_frame_equal(table, before)

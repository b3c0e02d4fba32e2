"""Shares that a user states for split places: checked all at once, and used forwards along every change."""

import shutil
from pathlib import Path

import pandas as pd
import pytest

from mande.errors import DataError
from mande.places.carry import carry_counts
from mande.places.crosswalk import crosswalk
from mande.places.register import Register
from mande.places.shares import shares_for

ROOT = Path(__file__).resolve().parents[2]
HEADER = "change_date,from_code,to_code,basis,share,source,note\n"
SON_TINH = (
    "2014-04-01,527,522,,0.51,resolution 123/NQ-CP of 2013: people of nine communes and the township (made up),\n"
)


def load(folder: Path, rows: str) -> Register:
    shutil.copytree(ROOT / "data" / "places", folder, dirs_exist_ok=True, ignore=shutil.ignore_patterns("*commune*"))
    (folder / "shares.csv").write_text(HEADER + rows, encoding="utf-8")
    return Register.load(folder)


def test_a_split_district_is_carried_by_its_stated_share(tmp_path):
    register = load(tmp_path, SON_TINH + SON_TINH.replace("522", "527").replace("0.51", "0.49"))
    question = (register, "district", "2013-12-31", "2014-12-31")
    with_shares = crosswalk(*question, shares=shares_for(register.shares, "POPULATION"))
    given = pd.DataFrame({"place_code": ["522", "527", "528"], "people": [100.0, 200.0, 50.0]})
    carried = carry_counts(given, with_shares)
    values = carried.values.set_index("place_code")
    assert values.loc["527", "people"] == 98.0
    assert values.loc["522", "people"] == 100.0 + 102.0
    assert values.loc["522", "people_open_share"] == pytest.approx(50 / 252), "nobody stated the part of 528"
    assert "by stated share (resolution 123/NQ-CP of 2013" in values.loc["527", "carry_rule"]
    without = carry_counts(given, crosswalk(*question)).values.set_index("place_code")
    assert pd.isna(without.loc["527", "people"])


def test_what_the_shares_leave_open_stays_unmatched(tmp_path):
    register = load(tmp_path, SON_TINH)
    walk = crosswalk(register, "district", "2013-12-31", "2025-06-30", shares=shares_for(register.shares, ""))
    carried = carry_counts(pd.DataFrame({"place_code": ["527"], "people": [200.0]}), walk)
    assert carried.unmatched["people"].sum() + carried.values["people"].sum() == 200.0


def test_shares_multiply_along_the_way(tmp_path):
    """A becomes A and B in 2010 (0.6, 0.4); B becomes B and C in 2020 (0.5, 0.5): C holds 0.2 of A."""
    places = "place_code,level,name_official,valid_from\nA,clinic,A,2000-01-01\nB,clinic,B,2010-01-01\n"
    (tmp_path / "places.csv").write_text(places + "C,clinic,C,2020-01-01\n")
    change = "change_date,level,change,from_code,to_code,part\n"
    links = ["2010-01-01,A,A", "2010-01-01,A,B", "2020-01-01,B,B", "2020-01-01,B,C"]
    rows = [f"{day},clinic,split,{a},{b},part\n" for day, a, b in (link.split(",") for link in links)]
    (tmp_path / "changes.csv").write_text(change + "".join(rows))
    shares = [
        f"{link},births,{share},survey (made up),\n" for link, share in zip(links, (0.6, 0.4, 0.5, 0.5), strict=True)
    ]
    (tmp_path / "shares.csv").write_text(HEADER + "".join(shares))
    register = Register.load(tmp_path)
    walk = crosswalk(register, "clinic", "2005-01-01", "2021-01-01", shares=shares_for(register.shares, "births"))
    assert dict(zip(walk["to_code"], walk["share"], strict=True)) == {"A": 0.6, "B": 0.2, "C": 0.2}
    assert set(walk["share_source"]) == {"survey (made up)", "survey (made up); survey (made up)"}
    back = crosswalk(register, "clinic", "2021-01-01", "2005-01-01", shares=shares_for(register.shares, "births"))
    assert set(back["kind"]) == {"whole"}


def test_shares_of_one_basis_come_before_those_of_all():
    table = pd.DataFrame(
        [
            ("2014-04-01", "527", "522", "", 0.5),
            ("2014-04-01", "527", "522", "births", 0.6),
            ("2014-04-01", "528", "522", "", 0.3),
        ],
        columns=["change_date", "from_code", "to_code", "basis", "share"],
    )
    assert shares_for(table, "births")["share"].tolist() == [0.6, 0.3]
    assert shares_for(table, "POPULATION")["share"].tolist() == [0.5, 0.3]


def test_all_problems_of_the_shares_are_told_at_once(tmp_path):
    rows = [
        SON_TINH,
        SON_TINH,
        SON_TINH.replace("522", "527").replace("0.51", "0.9"),
        '2014-04-01,528,522,,"0,35",yearbook,\n',
        "2014-04-01,528,528,,0.5,,\n",
        "2014-04-01,522,527,,0.5,yearbook,\n",
        "2014-04-01,527,475,,0.1,yearbook,\n",
        "1.4.2014,527,522,,0.5,yearbook,\n",
        ",,522,,0.5,yearbook,\n",
    ]
    with pytest.raises(DataError) as error:
        load(tmp_path, "".join(rows))
    assert [str(problem) for problem in error.value.problems] == [
        "shares.csv line 9: change_date '1.4.2014' is not a date → write YYYY-MM-DD",
        "shares.csv line 6: has no source → say where the share comes from",
        "shares.csv line 10: change_date is empty → write the day of the change, YYYY-MM-DD",
        "shares.csv line 10: from_code is empty → write the unit that was split",
        "shares.csv line 5: share '0,35' is not between 0 and 1 → write a number from 0 to 1 with a point, for example 0.35",
        "shares.csv line 7: 522 was not split on 2014-04-01 with a part for 527 → give shares only for splits; "
        "see: mande places show 522",
        "shares.csv line 8: 475 did not exist on 2014-04-01 → correct the code or the date; see: mande places show 527",
        "shares.csv line 3: the share of 527 for 522 is given twice → keep one of the rows",
        "shares.csv line 2, shares.csv line 3, shares.csv line 4, shares.csv line 8: the shares of 527 on 2014-04-01 "
        "add up to 2.02 → make them add up to 1 or less",
    ]

"""Which unit became which, in both directions of time."""

import pandas as pd
import pytest

from mande.errors import DataError
from mande.places.changes import changes_between, history, predecessors, successors
from mande.places.crosswalk import apply_shares, crosswalk
from mande.places.register import Register


def pairs(table: pd.DataFrame, code: str) -> dict[str, str]:
    rows = table[table["from_code"] == code]
    return dict(zip(rows["to_code"], rows["kind"], strict=True))


def test_63_provinces_pass_whole_into_34(register):
    table = crosswalk(register, "province", "2024-12-31", "2025-12-31")
    assert len(table) == 63
    assert set(table["kind"]) == {"whole"}
    assert table["to_code"].nunique() == 34
    # Resolution 202/2025/QH15; the code of Tiền Giang passes to Đồng Tháp, the code of Long An to Tây Ninh.
    assert pairs(table, "82") == {"82": "whole"}
    assert pairs(table, "87") == {"82": "whole"}
    assert pairs(table, "80") == {"80": "whole"}
    assert pairs(table, "72") == {"80": "whole"}


def test_backwards_a_merged_province_is_split_and_an_untouched_one_whole(register):
    table = crosswalk(register, "province", "2025-12-31", "2024-12-31")
    assert pairs(table, "24") == {"24": "split", "27": "split"}
    assert pairs(table, "01") == {"01": "whole"}
    assert table.loc[table["kind"] == "split", "share"].isna().all()


def test_thu_duc_of_2021_is_three_districts_of_2020(register):
    there = crosswalk(register, "district", "2020-12-31", "2021-01-01")
    assert [pairs(there, code) for code in ("762", "763", "769")] == [{"769": "whole"}] * 3
    back = crosswalk(register, "district", "2021-01-01", "2020-12-31")
    assert pairs(back, "769") == {"762": "split", "763": "split", "769": "split"}


def test_ky_son_joins_hoa_binh_in_2020(register):
    assert pairs(crosswalk(register, "district", "2019-12-31", "2020-12-31"), "151") == {"148": "whole"}


def test_son_tinh_loses_communes_in_2014(register):
    table = crosswalk(register, "district", "2013-12-31", "2014-12-31")
    assert pairs(table, "527") == {"522": "split", "527": "split"}
    assert pairs(table, "528") == {"522": "split", "528": "split"}
    assert pairs(table, "522") == {"522": "whole"}
    assert pairs(table, "524") == {"524": "whole"}


def test_changes_chain_over_several_lists(register):
    """Trà Lĩnh lost communes to Trùng Khánh in February 2020 and was divided in March."""
    table = crosswalk(register, "district", "2019-06-30", "2021-06-30")
    assert pairs(table, "046") == {"047": "split", "049": "split"}
    assert pairs(table, "050") == {"049": "whole"}


def test_districts_have_no_successor_at_their_level_after_the_reform(register):
    table = crosswalk(register, "district", "2025-06-30", "2025-07-01")
    assert len(table) == 696
    assert set(table["kind"]) == {"unmatched"}
    assert set(table["to_code"]) == {""}


def test_communes_of_june_and_july_2025(register):
    table = crosswalk(register, "commune", "2025-06-30", "2025-07-01")
    assert table["from_code"].nunique() == 10035
    assert len(table) == 10568  # pairs of the concordance
    assert (table["kind"] == "whole").sum() == 9593
    assert table.loc[table["kind"] == "split", "from_code"].nunique() == 442
    assert table["to_code"].nunique() == 3316  # five island communes were districts without communes


def test_twelve_communes_of_march_2025_have_no_known_successor(register):
    table = crosswalk(register, "commune", "2025-03-01", "2025-07-01")
    assert (table["kind"] == "unmatched").sum() == 12
    beside = table[table["confidence"] == "inferred"]
    assert {"25174", "25102"} <= set(beside["from_code"])


def test_a_unit_of_unknown_origin_makes_its_neighbours_doubtful(tmp_path):
    (tmp_path / "places.csv").write_text(
        "place_code,level,name_official,parent_code,valid_from,valid_to\n"
        "N,nation,N,,2000-01-01,\nA,province,A,N,2000-01-01,\nB,province,B,N,2000-01-01,\n"
        "A1,district,A1,A,2000-01-01,\nA2,district,A2,A,2010-01-01,\nB1,district,B1,B,2000-01-01,\n"
    )
    header = "change_date,level,change,from_code,to_code,part,confidence\n"
    (tmp_path / "changes.csv").write_text(header + "2010-01-01,district,create,,A2,none,inferred\n")
    table = crosswalk(Register.load(tmp_path), "district", "2009-12-31", "2010-01-01")
    assert dict(zip(table["from_code"], table["confidence"], strict=True)) == {"A1": "inferred", "B1": "text"}


def test_nothing_changes_between_two_days_without_change(register):
    for level in ("nation", "region", "province", "district", "commune"):
        table = crosswalk(register, level, "2022-01-01", "2022-03-01")
        assert (table["from_code"] == table["to_code"]).all()
        assert set(table["kind"]) == {"whole"}


def test_history_predecessors_and_successors(register):
    assert list(history(register, "769")["name_official"]) == ["Quận 2", "Thành phố Thủ Đức"]
    assert set(predecessors(register, "769", level="district")["from_code"]) == {"762", "763", "769"}
    assert list(successors(register, "151", level="district")["to_code"]) == ["148"]
    acts = changes_between(register, level="province", from_date="2026-01-01", to_date="2026-12-31")
    assert list(acts["legal_reference"]) == ["30/2026/QH16", "36/2026/QH16", "39/2026/QH16"]


def test_shares_need_a_split_a_source_and_a_sum_up_to_one(register):
    table = crosswalk(register, "district", "2013-12-31", "2014-12-31")
    shares = pd.DataFrame(
        [
            ("527", "522", 0.7, "census"),
            ("527", "527", 0.4, ""),
            ("524", "524", 1.0, "census"),
            ("528", "522", 1.2, "census"),
            ("528", "522", 0.1, "census"),
        ],
        columns=["from_code", "to_code", "share", "source"],
    )
    with pytest.raises(DataError) as error:
        apply_shares(table, shares)
    assert [str(problem) for problem in error.value.problems] == [
        "share 527 → 527: has no source → say where the share comes from",
        "share 524 → 524: is no split of this crosswalk → give shares only for split units",
        "share 528 → 522: 1.2 is not between 0 and 1 → write a share, for example 0.35",
        "share 528 → 522: is given twice → keep one of the rows",
        "shares of 527: add up to 1.1 → make them add up to 1 or less",
        "shares of 528: add up to 1.3 → make them add up to 1 or less",
    ]
    text = pd.DataFrame({"from_code": ["528"], "to_code": ["522"], "share": ["half"], "source": ["census"]})
    with pytest.raises(DataError, match="half is not between 0 and 1"):
        apply_shares(table, text)
    assert apply_shares(table, text.assign(share="0.25"))["share"].isin([0.25]).sum() == 1
    with pytest.raises(DataError, match="missing column"):
        apply_shares(table, shares.drop(columns="source"))

"""Written names: right, or refused with the right one among the first suggestions; never wrong."""

import random
from pathlib import Path

import pandas as pd
import pytest

from mande.errors import DataError, UsageError
from mande.places.names import find_matches, match_places
from mande.places.spelling import spell, words_of
from mande.places.suggestions import find_places

HERE = Path(__file__).parent


def answers(register, level: str, table: pd.DataFrame) -> pd.DataFrame:
    """Match dirty spellings of a level, each at its date and below its parent."""
    found = [
        rows.assign(
            got=(match := find_matches(rows["written"], register, date, level, parent=rows["parent_code"]))[
                "place_code"
            ],
            suggestions=match["suggestions"],
        )
        for date, rows in table.groupby("date")
    ]
    return pd.concat(found)


def spellings(name: str) -> pd.DataFrame:
    return pd.read_csv(HERE / f"{name}_spellings.csv", dtype=str, keep_default_na=False)


@pytest.mark.parametrize("level", ["province", "district"])
def test_letters_that_are_wrong_are_never_guessed_but_the_right_place_is_suggested(register, level):
    """Letters misread, doubled, left out or swapped, and wrong tones: most cannot be decided, none may be wrong."""
    damaged = spellings("damaged")
    table = answers(register, level, damaged[damaged["level"] == level])
    matched = table["got"] != ""
    assert len(table) >= 30
    assert list(table.loc[matched & (table["got"] != table["place_code"]), "written"]) == []
    refused = table[~matched]
    hits = [code in codes[:3] for code, codes in zip(refused["place_code"], refused["suggestions"], strict=True)]
    assert sum(hits) >= 0.9 * len(hits)


@pytest.mark.parametrize(
    ("name", "date", "level", "code"),
    [
        ("[24] Tỉnh Bắc Giang", "2020-12-31", "province", "24"),
        ("24 Tỉnh Bắc Ninh", "2020-12-31", "province", ""),  # a row number, or a wrong code: two places
        ("27 Tỉnh Bắc Ninh", "2020-12-31", "province", "27"),
        ("Châu Thành (821)", "2020-12-31", "district", "821"),  # the code decides between ten of that name
        ("Châu Thành (822)", "2020-12-31", "district", ""),
        ("Ba` Ri.a - Vu~ng Ta`u", "2020-12-31", "province", "77"),
        ("TP. DDa` Na(~ng", "2020-12-31", "province", "48"),
    ],
)
def test_a_code_beside_the_name_counts_only_with_it_and_viqr_is_read(register, name, date, level, code):
    assert code_of(register, name, date, level) == code


@pytest.mark.parametrize(
    ("name", "level", "code", "rule"),
    [
        ("Haf Nooij", "province", "01", "Telex"),
        ("Thanhf phoos Hoof Chis Minh", "province", "79", "Telex"),
        ("DDawks Lawks", "province", "66", "Telex"),
        ("Ha2 No65i", "province", "01", "VNI typing"),
        ("Tha2nh pho61 D9a2 Na84ng", "province", "48", "VNI typing"),
        ("Vĩnh L0ng", "province", "86", "digit for a letter"),
        ("Gia 1ai", "province", "64", "digit for a letter"),
        ("Tỉnnh Sơn La", "province", "14", "letter typed twice"),
        ("Hà Nộii", "province", "01", "letter typed twice"),
        ("Quậận 9", "district", "763", "letter typed twice"),
        ("Tỉnb Phú Thọ", "province", "25", "type word misspelt"),
        ("Tbị xã Điện Bàn", "district", "507", "type word misspelt"),
        ("Q.7 TPHCM", "district", "778", "parent without a sign before it"),
        ("Huyện Kỳ Sơn Nghệ An", "district", "417", "parent without a sign before it"),
        ("Hà Nội Việt Nam", "province", "01", "parent without a sign before it"),
        ("Hà_Nội²", "province", "01", "official"),
        ("Hà Nội, Quận Ba Đình", "district", "001", "parent before it"),
        ("TP.HCM > Quận Bảy", "district", "778", "parent before it"),
        ("Hồ Chí Minh (Sài Gòn)", "province", "79", "two names"),
        ("Q.Nam", "province", "49", "first letters"),
        ("B. Từ Liêm", "district", "021", "first letters"),
        ("UBND tỉnh Hà Giang năm 2019", "province", "02", "official"),
        ("1.12. Quận 9 thuộc TP. Hồ Chí Minh", "district", "763", "official"),
        ("H&agrave; N&#7897;i", "province", "01", "HTML escapes"),
        ("Ｑｕậｎ\u3000７", "district", "778", "full-width letters"),
    ],
)
def test_what_a_keyboard_leaves_behind_is_mended_and_named(register, name, level, code, rule):
    (row,) = find_matches([name], register, "2020-06-30", level).itertuples()
    assert (row.place_code, row.match_rule) == (code, rule)


@pytest.mark.parametrize(
    ("name", "level"),
    [
        ("Hà Nang", "province"),
        ("Hòa Bỉnh", "province"),
        ("Quảng Nan", "province"),
        ("Kiên Gang", "province"),
        ("Tnih Hà Nam", "district"),
        ("Ninh Sơn La", "province"),  # Ninh is one slip from Tỉnh, but a word of names
        ("Sơn Haa", "district"),  # Sơn Hà typed badly, or Sơn Hoà
        ("Phù Ninhh", "district"),  # Phù Ninh or Phú Ninh
        ("Tây Ho", "district"),  # Tây Hồ with marks left out, or Tây Hoà without its end
        ("Đông Hoi", "district"),  # Đồng Hới or Đông Hải
        ("Châu Thànhh", "district"),
        ("Quận 1O", "district"),  # Quận 10, or any other digit mistyped
        ("Chư Pah", "district"),  # Chư Păh, or Chư Pưh
        ("Long An Tiền Giang", "district"),  # no such district there
        ("Huyện Hải Châu Đà Nẵng", "district"),  # Hải Châu is no rural district
        ("H. Giang", "province"),  # Hà Giang or Hậu Giang
        ("T. Bình", "province"),  # Thái Bình, or Tỉnh ... Bình
        ("H. Tân", "district"),  # Hàm Tân, or Huyện Tân ...
        ("S. Pa", "district"),  # Sa Pa, or Krông Pa badly cut
        ("Hà Nội (Hà Nam)", "province"),
        ("Tiền Giang, Quận 7", "district"),
        ("Quận Mười Ba", "district"),
    ],
)
def test_near_names_stay_refused(register, name, level):
    assert code_of(register, name, "2020-06-30", level) == ""


@pytest.mark.parametrize(
    ("level", "date"), [("province", "2020-12-31"), ("province", "2026-06-01"), ("district", "2020-06-30")]
)
def test_a_name_with_one_letter_changed_never_becomes_another_place(register, level, date):
    """Every official name, one letter of it replaced, dropped or doubled: its own place, refused, or itself a real name."""
    places, draw = register.at(date, level), random.Random(4)
    real = {spell(words_of(name)).marked for column in ("name_official", "name_short") for name in places[column]}
    damaged, truth = [], []
    for name, code in zip(places["name_short"], places["place_code"], strict=True):
        for _ in range(2 if level == "province" else 1):
            at, letter = draw.randrange(len(name)), draw.choice("abcdeghiklmnopqrstuvxy")
            text = name[:at] + draw.choice([letter, "", name[at] * 2]) + name[at + 1 :]
            if text.strip() and not text.strip().isdecimal() and spell(words_of(text)).marked not in real:
                damaged.append(text)
                truth.append(code)
    got = find_matches(damaged, register, date, level)["place_code"].tolist()
    wrong = [text for text, code, found in zip(damaged, truth, got, strict=True) if found not in ("", code)]
    # Without any mark left, a slip that gives another unmarked name cannot be seen.
    assert [text for text in wrong if not text.isascii()] == []


@pytest.mark.parametrize(("level", "at_least", "right"), [("province", 300, 0.93), ("district", 500, 0.93)])
def test_dirty_spellings_are_right_or_refused_and_never_wrong(register, level, at_least, right):
    table = answers(register, level, spellings(level))
    assert len(table) >= at_least
    matched = table["got"] != ""
    assert list(table.loc[matched & (table["got"] != table["place_code"]), "written"]) == []
    assert (table["got"] == table["place_code"]).mean() >= right
    refused = table[~matched]
    hits = [code in codes[:3] for code, codes in zip(refused["place_code"], refused["suggestions"], strict=True)]
    assert sum(hits) >= 0.9 * len(hits)


@pytest.mark.parametrize("date", ["2016-01-01", "2020-12-31", "2025-06-30", "2026-10-01"])
def test_every_official_name_is_itself(register, date):
    for level in ("province", "district", "commune"):
        places = register.at(date, level)
        if len(places):
            found = match_places(places["name_official"], register, date, level, parent=places["parent_code"])
            assert (found["place_code"] == places["place_code"]).all()


def code_of(register, name: str, date: str, level: str, **within) -> str:
    return find_matches([name], register, date, level, **within)["place_code"].iloc[0]


@pytest.mark.parametrize(
    "name",
    [
        "Hà Nàm",  # other marks than Hà Nam
        "Hải Nam",
        "Hà Tỉnh",
        "Tiên Giang",  # one slip from Kiên Giang, one mark from Tiền Giang
        "TP Huế",  # the city, below the province, in 2020
        "TP. Hải Dương",
        "Hai Duong City",
        "Tỉnh Hà Nội",
        "Quảng Nam - Đà Nẵng",
        "Vũng Tàu",
        "Hà Nội, Tiền Giang",
        "QN",
        "79",
        "Tổng số",
    ],
)
def test_what_is_not_certain_is_refused(register, name):
    assert code_of(register, name, "2020-12-31", "province") == ""


@pytest.mark.parametrize(
    ("name", "date", "code"),
    [
        ("Bắc Ninh", "2025-06-30", "27"),
        ("Bắc Ninh", "2025-07-01", "24"),
        ("Tỉnh Đồng Nai", "2026-06-01", "75"),  # a city since April: only the type changed
        ("Thành phố Đồng Nai", "2026-01-01", ""),
        ("Huế", "2024-12-31", "46"),
        ("Thành phố Huế", "2024-12-31", ""),
        ("Thành phố Huế", "2025-01-01", "46"),
        ("Thừa Thiên Huế", "2025-01-01", "46"),
        ("Hà Nam", "2025-07-01", ""),
        ("Hà Tây", "2007-06-30", "28"),
        ("Hà Tây", "2010-06-30", ""),
    ],
)
def test_the_date_of_the_file_decides(register, name, date, code):
    assert code_of(register, name, date, "province") == code


def test_district_names_follow_their_own_history_only(register):
    assert code_of(register, "Quận 2", "2020-12-31", "district") == "769"
    assert code_of(register, "Quận 2", "2021-01-01", "district") == ""
    assert code_of(register, "Huyện Tĩnh Gia", "2021-01-01", "district") == "407"  # now Thị xã Nghi Sơn, same land
    assert code_of(register, "Thị xã Phổ Yên", "2024-01-01", "district") == "172"


def test_a_former_place_suggests_its_heir(register):
    (row,) = find_matches(["Quận 2"], register, "2023-12-31", "district").itertuples()
    assert row.match_rule == "does not exist any more on 2023-12-31"
    assert row.suggestions[0] == "769"
    (row,) = find_matches(["Tỉnh Hà Nam"], register, "2026-01-01", "province").itertuples()
    assert row.suggestions[0] == "37"


def test_town_and_district_of_one_name_need_a_type(register):
    assert code_of(register, "Cao Lãnh", "2020-06-30", "district") == ""
    assert code_of(register, "TP. Cao Lãnh", "2020-06-30", "district") == "866"
    assert code_of(register, "Cao Lãnh", "2020-06-30", "district", types="Huyện") == "873"
    assert code_of(register, "Cao Lãnh", "2020-06-30", "district", types="provincial_city") == "866"


def test_chau_thanh_is_ten_places(register):
    with pytest.raises(DataError) as error:
        match_places(["Châu Thành", "Châu Thành"], register, "2020-12-31", "district")
    (problem,) = error.value.problems
    assert problem.where == "'Châu Thành' (2 times)"
    assert problem.found.startswith("means 10 places; did you mean 708 Huyện Châu Thành (Tây Ninh), 808")
    assert "942 Huyện Châu Thành (Sóc Trăng)" in problem.found
    assert "state parent or type, or record the decision in aliases.csv" in problem.todo
    assert code_of(register, "Châu Thành", "2020-12-31", "district", parent="82") == "821"
    assert code_of(register, "Châu Thành, tỉnh Bến Tre", "2020-12-31", "district") == "831"


def test_a_parent_excludes_the_same_name_elsewhere(register):
    assert code_of(register, "Huyện Kỳ Sơn", "2019-12-31", "district") == ""
    assert code_of(register, "Huyện Kỳ Sơn", "2019-12-31", "district", parent="17") == "151"
    assert code_of(register, "Huyện Kỳ Sơn", "2020-12-31", "district", parent="17") == ""


def test_a_commune_lies_below_its_district_and_its_province(register):
    assert code_of(register, "P. Trúc Bạch", "2020-12-31", "commune", parent="001") == "00004"
    assert code_of(register, "Trúc Bạch", "2020-12-31", "commune", parent="01") == "00004"
    assert code_of(register, "Trúc Bạch, Q. Ba Đình, Hà Nội", "2020-12-31", "commune") == "00004"
    assert code_of(register, "Trúc Bạch, Q. Ba Đình, Hà Nam", "2020-12-31", "commune") == ""


def test_a_bare_number_needs_a_type(register):
    assert code_of(register, "7", "2020-12-31", "district") == ""
    assert code_of(register, "7", "2020-12-31", "district", types="Quận") == "778"


def test_an_unmarked_name_matches_only_when_no_other_has_its_letters(register):
    assert code_of(register, "Phu Ninh", "2020-12-31", "district") == ""  # Phù Ninh, Phú Ninh
    assert code_of(register, "Phu Ninh", "2020-12-31", "district", parent="25") == "233"
    assert code_of(register, "Phú Ninh", "2020-12-31", "district") == "518"


@pytest.mark.parametrize(
    ("written", "mistake"),
    [
        ("Tá»‰nh HÃ\xa0 Giang", "UTF-8 read as Western"),
        ("TØnh Hµ Giang", "TCVN3 font"),
        ("Tænh Haø Giang", "VNI font"),
        ("TiÒnh Hà Giang", "Windows Vietnamese read as Western"),
    ],
)
def test_wrong_encodings_are_mended_and_named(register, written, mistake):
    (row,) = find_matches([written], register, "2020-12-31", "province").itertuples()
    assert (row.place_code, row.match_rule) == ("02", mistake)


def test_order_index_and_repeats_are_kept(register):
    names = pd.Series(["Hà Nội", "ha nam", "HÀ NỘI"], index=[7, 3, 5])
    found = match_places(names, register, "2020-12-31", "province")
    assert list(found.index) == [7, 3, 5]
    assert list(found["place_code"]) == ["01", "35", "01"]
    assert list(found["match_rule"]) == ["official", "unmarked", "official"]


def test_all_refused_names_are_reported_at_once(register):
    with pytest.raises(DataError) as error:
        match_places(["Hà Nàm", "", None, "Hà Nội", "Xyz"], register, "2020-12-31", "province")
    found = [problem.found for problem in error.value.problems]
    assert found[0].startswith("is no province on 2020-12-31; did you mean 35 Tỉnh Hà Nam (Việt Nam), ")
    assert found[1:3] == ["the name is empty", "the name is empty"]
    assert len(found) == 4
    assert error.value.problems[0].todo.endswith("aliases.csv (name,place_code,level): Hà Nàm,CODE,province")


def test_a_recorded_decision_is_followed_where_it_holds(register, tmp_path):
    file = tmp_path / "aliases.csv"
    file.write_text(
        "name,place_code,level,valid_to\nHà Nàm,35,province,2025-06-30\nChâu Thành,821,district,\n", encoding="utf-8"
    )
    (row,) = match_places(["Hà Nàm"], register, "2020-12-31", "province", aliases=file).itertuples()
    assert (row.place_code, row.match_rule) == ("35", "decided")
    assert code_of(register, "Hà Nàm", "2026-01-01", "province", aliases=file) == ""
    assert code_of(register, "Châu Thành", "2020-12-31", "district", aliases=file) == "821"
    assert code_of(register, "Châu Thành", "2020-12-31", "district", aliases=file, parent="83") == "831"


def test_a_decision_for_an_unknown_code_is_refused(register):
    aliases = pd.DataFrame({"name": ["X", "Y"], "place_code": ["0x", "01"], "level": "province"})
    with pytest.raises(DataError, match="alias 'X': 0x is no place code"):
        find_matches(["X"], register, "2020-12-31", "province", aliases=aliases)
    with pytest.raises(DataError, match="missing column"):
        find_matches(["X"], register, "2020-12-31", "province", aliases=aliases[["name"]])


def test_questions_that_cannot_be_asked(register):
    with pytest.raises(UsageError, match="the register knows none on 2026-01-01"):
        match_places(["Quận 7"], register, "2026-01-01", "district")
    with pytest.raises(UsageError, match="99: is no place code"):
        match_places(["Quận 7"], register, "2020-01-01", "district", parent="99")
    with pytest.raises(UsageError, match="2 values for 1 names"):
        match_places(["Quận 7"], register, "2020-01-01", "district", parent=["79", "79"])


def test_find_places_lists_all_times_and_the_likeliest(register):
    assert list(find_places(register, "Q.7 TPHCM")["place_code"]) == ["778"]
    assert set(find_places(register, "Châu Thành, Tiền Giang", level="district")["place_code"]) == {"821"}
    found = find_places(register, "bac ninh")
    assert set(found["place_code"]) == {"24", "27", "256"}
    assert "778" in list(find_places(register, "Quân 7", date="2020-12-31", level="district")["place_code"])[:3]
    assert find_places(register, "Hà Nộii", level="province")["place_code"].iloc[0] == "01"

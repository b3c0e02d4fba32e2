"""The index finds a unit by typing part of its name, with or without marks, and is whole without its script."""

import re

import pytest

from mande.reporting.index import index_page, search_form


@pytest.fixture(scope="module")
def page(run):
    failure = run.units["place_code"].map({"M05": "the kernel <died>"}).fillna("")
    return index_page(run.info, run.units.assign(failure=failure), run.progress, "vi")


def test_lists_every_unit_with_its_counts(page):
    assert page.count("<li data-name=") == 25 and "<details" not in page
    assert '<a href="units/M01.html">Tỉnh Mẫu Đặng 1</a>' in page
    assert "4 đạt" in page and "16 chưa đủ căn cứ đánh giá" in page


def test_a_unit_without_a_page_is_marked_and_not_linked(page):
    assert 'href="units/M05.html"' not in page
    assert "chưa lập được trang" in page


@pytest.mark.parametrize(
    ("typed", "name"),
    [
        ("ninh binh", "Tỉnh Ninh Bình"),
        ("Ninh Bình", "Tỉnh Ninh Bình"),
        ("đa nang", "Thành phố Đà Nẵng"),
        ("DA NANG", "Thành phố Đà Nẵng"),
        ("vung tau", "Tỉnh Bà Rịa - Vũng Tàu"),
        ("hue", "Thành phố Huế"),
    ],
)
def test_search_ignores_marks_and_case(typed, name):
    assert search_form(typed) in search_form(name)


def test_what_is_searched_holds_all_names_and_the_code_without_the_words_that_are_shown(page):
    (names,) = re.findall(r'<li data-name="([^"]*)"><a href="units/M01.html">', page)
    assert names.split() == ["sample", "province", "m01"]


def test_many_units_are_folded_by_the_place_above_and_said_in_few_bytes(many_units):
    assert re.findall(r"<summary>(.*?) <small>(.*?)</small>", many_units) == [
        (f"Tỉnh Mẫu Đặng {i}", "100 đơn vị") for i in range(3)
    ]
    assert many_units.count('href="units/9') == 300 and many_units.index('href="units/VN.html"') < many_units.index(
        "<details"
    )
    assert '<li data-name="commune 90007"><a href="units/90007.html">Xã Mẫu Tân 7</a>' in many_units
    assert "1 chưa đủ căn cứ đánh giá</span>" in many_units
    whole, first = many_units.index("</details>"), many_units.index("<details")
    assert (whole - first) / 100 < 165, "bytes for each unit: 3,321 communes stay below 600 kB"


def test_loads_nothing_and_shows_the_list_without_script(page):
    assert not re.search(r'(?:src|href)="(?:https?:)?//|<link|@import', page)
    assert '<div class="search" hidden>' in page
    assert page.count("<script>") == 1


def test_speaks_english(run):
    page = index_page(run.info, run.units, run.progress, "en")
    assert '<html lang="en">' in page and "Sample Province 3" in page and "50 not assessable" in page


def test_made_up_data_says_so(page):
    assert "SỐ LIỆU GIẢ ĐỊNH" in page

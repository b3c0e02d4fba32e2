"""The index finds a unit by typing part of its name, with or without marks, and is whole without its script."""

import re

import pytest

from mande.reporting.index import index_page, search_form


@pytest.fixture(scope="module")
def page(run):
    failure = run.units["place_code"].map({"M05": "the kernel <died>"}).fillna("")
    return index_page(run.info, run.units.assign(failure=failure), run.progress, "vi")


def test_lists_every_unit_with_its_counts(page):
    assert page.count("<li data-name=") == 25
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


def test_search_text_of_each_unit_holds_all_its_names_and_code(page):
    (names,) = re.findall(r'<li data-name="(m01[^"]*|[^"]* m01)"', page)
    assert "tinh mau dang 1" in names and "sample province 1" in names


def test_loads_nothing_and_shows_the_list_without_script(page):
    assert not re.search(r'(?:src|href)="(?:https?:)?//|<link|@import', page)
    assert '<div class="search" hidden>' in page
    assert page.count("<script>") == 1


def test_speaks_english(run):
    page = index_page(run.info, run.units, run.progress, "en")
    assert '<html lang="en">' in page and "Sample Province 3" in page and "50 not assessable" in page


def test_made_up_data_says_so(page):
    assert "SỐ LIỆU GIẢ ĐỊNH" in page

"""The pages in headless Chromium without a network: nothing fails to load, nothing sticks out, the search finds."""

import json
import shutil

import pytest
from nbformat.v4 import new_code_cell, new_notebook, new_output

from mande.reporting.index import index_page
from mande.reporting.notebook import render

pytestmark = pytest.mark.browser
webdriver = pytest.importorskip("selenium.webdriver")
if shutil.which("chromium") is None or shutil.which("chromedriver") is None:
    pytest.skip("chromium and chromedriver are not installed", allow_module_level=True)

UNIT = (
    "banner",
    "headline",
    "targets_table",
    "path_charts",
    "requests",
    "data_quality",
    "sources",
    "arithmetic",
    "footer",
)
COMMITTEE = (
    "banner", "headline", "national_results", "where_the_series_end", "results_by_unit", "not_assessable", "reasons",
    "data_quality", "unit_pages", "footer",
)  # fmt: skip
FLAGS = (
    "--headless --no-sandbox --disable-gpu --disable-quic --no-first-run --disable-background-networking "
    "--disable-component-update --disable-sync --host-resolver-rules=MAP\u0020*\u0020~NOTFOUND"
)
STICKING_OUT = """
return [...document.querySelectorAll("main *")].filter(element =>
    element.getBoundingClientRect().right > innerWidth + 1 && !element.closest(".wide, thead")
).map(element => element.tagName + " " + element.textContent.slice(0, 40))
"""


@pytest.fixture(scope="module")
def pages(run, tmp_path_factory):
    """A unit with every verdict, one without data, one with a long name, the committee and the index, as files."""
    folder = tmp_path_factory.mktemp("pages")
    (folder / "units").mkdir()
    for code in ("M01", "M02", "M04"):
        page = _page(run.unit(code), UNIT)
        (folder / "units" / f"{code}.html").write_text(page, encoding="utf-8")
    (folder / "committee.html").write_text(_page(run.committee("en"), COMMITTEE, "en"), encoding="utf-8")
    (folder / "index.html").write_text(index_page(run.info, run.units, run.progress, "vi"), encoding="utf-8")
    return folder


def _page(view, sections, lang="vi") -> str:
    outputs = [new_output("display_data", data={"text/html": getattr(view, name).html}) for name in sections]
    return render(new_notebook(cells=[new_code_cell("x", execution_count=1, outputs=outputs)]), title="x", lang=lang)


@pytest.fixture(scope="module")
def browser(tmp_path_factory):
    options = webdriver.ChromeOptions()
    options.binary_location = shutil.which("chromium")
    for flag in FLAGS.split(" --"):
        options.add_argument("--" + flag.removeprefix("--"))
    options.add_argument(f"--user-data-dir={tmp_path_factory.mktemp('profile')}")
    options.set_capability("goog:loggingPrefs", {"browser": "ALL", "performance": "ALL"})
    driver = webdriver.Chrome(options=options, service=webdriver.ChromeService(shutil.which("chromedriver")))
    driver.get("about:blank")
    yield driver
    driver.quit()


@pytest.mark.parametrize("width", [360, 1280])
@pytest.mark.parametrize("page", ["units/M01.html", "units/M02.html", "units/M04.html", "committee.html", "index.html"])
def test_page_fits_and_loads_nothing(browser, pages, page, width):
    browser.execute_cdp_cmd(
        "Emulation.setDeviceMetricsOverride",
        {"width": width, "height": 800, "deviceScaleFactor": 1, "mobile": width < 600},
    )
    browser.get_log("performance")
    browser.get((pages / page).as_uri())
    assert browser.execute_script("return document.documentElement.scrollWidth") <= width
    assert browser.execute_script(STICKING_OUT) == []
    assert browser.get_log("browser") == []
    messages = [json.loads(entry["message"])["message"] for entry in browser.get_log("performance")]
    asked = [m["params"]["request"]["url"] for m in messages if m["method"] == "Network.requestWillBeSent"]
    assert [url for url in asked if not url.startswith(("file:", "chrome:", "data:"))] == []


@pytest.mark.parametrize(
    ("typed", "n"), [("mau dang 7", 1), ("Mẫu Đặng 7", 1), ("vung bien", 1), ("sample", 24), ("", 25), ("xyz", 0)]
)
def test_search_finds_units_with_and_without_marks(browser, pages, typed, n):
    browser.get((pages / "index.html").as_uri())
    box = browser.find_element("id", "find")
    box.send_keys(typed)
    shown = [item for item in browser.find_elements("css selector", ".units > li") if item.is_displayed()]
    assert len(shown) == n
    status = browser.find_element("id", "found").text
    assert status == (f"{n} đơn vị" if n else "Không có đơn vị nào có tên như vậy.")


def test_many_units_are_searched_by_name_and_place_above_and_all_are_printed(browser, many_units, tmp_path):
    (tmp_path / "index.html").write_text(many_units, encoding="utf-8")
    browser.get((tmp_path / "index.html").as_uri())
    box, status = browser.find_element("id", "find"), browser.find_element("id", "found")
    box.send_keys("tan")
    assert len(browser.find_elements("css selector", "#hits > li")) == 50
    assert status.text == "300 đơn vị; dưới đây là 50 đơn vị đầu, hãy gõ thêm"
    box.clear()
    box.send_keys("mau tan 29 mau dang 2")
    (hit,) = browser.find_elements("css selector", "#hits > li")
    assert "Xã Mẫu Tân 29" in hit.text and "Tỉnh Mẫu Đặng 2" in hit.text
    box.clear()
    box.send_keys("3")
    assert "Mẫu Tân 3\n" in browser.find_element("css selector", "#hits > li").text, "whole words come first"
    box.clear()
    box.send_keys("ca nuoc")
    (nation,) = browser.find_elements("css selector", "#hits > li")
    assert "Mẫu Đặng" not in nation.text, "the nation lies below no province"
    browser.execute_script("window.dispatchEvent(new Event('beforeprint'))")
    assert len(browser.find_elements("css selector", "details[open]")) == 3

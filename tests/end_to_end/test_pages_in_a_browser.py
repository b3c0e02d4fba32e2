"""Every page in a real browser with the network cut: nothing missing, nothing overflowing, in Vietnamese."""

import base64
import json
import re
import unicodedata

import pytest
from selenium import webdriver
from selenium.webdriver.chrome.service import Service
from selenium.webdriver.common.by import By

pytestmark = [pytest.mark.end_to_end, pytest.mark.browser, pytest.mark.xdist_group("end_to_end")]
FLAGS = [
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--host-resolver-rules=MAP * ~NOTFOUND",
    "--proxy-server=127.0.0.1:9",
]


@pytest.fixture(scope="module")
def browser(tmp_path_factory):
    options = webdriver.ChromeOptions()
    for flag in [*FLAGS, f"--user-data-dir={tmp_path_factory.mktemp('browser')}"]:
        options.add_argument(flag)
    options.set_capability("goog:loggingPrefs", {"browser": "ALL", "performance": "ALL"})
    driver = webdriver.Chrome(options=options, service=Service("/usr/bin/chromedriver"))
    yield driver
    driver.quit()


def open_page(browser, path, width):
    browser.execute_cdp_cmd(
        "Emulation.setDeviceMetricsOverride",
        {"width": width, "height": 900, "deviceScaleFactor": 1, "mobile": width < 600},
    )
    browser.get_log("performance")
    browser.get(path.as_uri())


def requests_of(browser):
    messages = [json.loads(entry["message"])["message"] for entry in browser.get_log("performance")]
    sent = [m["params"]["request"]["url"] for m in messages if m["method"] == "Network.requestWillBeSent"]
    failed = [m["params"] for m in messages if m["method"] == "Network.loadingFailed"]
    return sent, failed


def pages_of(run):
    return [
        *(run / name for name in ("index.html", "committee.html", "framework.html")),
        *sorted((run / "units").glob("*.html")),
    ]


@pytest.mark.parametrize("width", [360, 1280])
def test_no_page_needs_the_network_or_overflows(finished_run, browser, width):
    pages = pages_of(finished_run)
    assert len(pages) == 67
    for page in pages:
        open_page(browser, page, width)
        sent, failed = requests_of(browser)
        assert all(url.startswith(("file:", "data:")) for url in sent), (page.name, sent)
        assert failed == [], page.name
        assert browser.get_log("browser") == [], page.name
        overflow = browser.execute_script("return document.documentElement.scrollWidth - window.innerWidth")
        assert overflow <= 0, (page.name, width, overflow)
        broken = browser.execute_script(
            "return [...document.images].filter(i => !i.complete || !i.naturalWidth).length"
        )
        assert broken == 0, page.name


def test_pages_speak_vietnamese(finished_run, browser):
    with (finished_run / "tables" / "units.csv").open(encoding="utf-8-sig") as file:
        assert "Thừa Thiên Huế" in file.read()
    for code, name in (("46", "Thừa Thiên Huế"), ("66", "Đắk Lắk"), ("VN", "Cả nước")):
        open_page(browser, finished_run / "units" / f"{code}.html", 360)
        assert browser.find_element(By.TAG_NAME, "html").get_attribute("lang") == "vi"
        headings = browser.find_elements(By.TAG_NAME, "h1")
        assert len(headings) == 1 and name in headings[0].text
        text = browser.find_element(By.TAG_NAME, "body").text
        assert text == unicodedata.normalize("NFC", text)
        assert "�" not in text
        assert not re.search(r"(?<![-\w/])(not_assessable|no_value|stale|nan|NaN|None|_T)(?![-\w])", text)


def test_every_figure_has_words_for_those_who_cannot_see_it(finished_run, browser):
    for page in (finished_run / "committee.html", finished_run / "units" / "37.html"):
        open_page(browser, page, 1280)
        figures = browser.find_elements(By.CSS_SELECTOR, "svg:not([aria-hidden=true]), img")
        assert figures
        for figure in figures:
            described = figure.get_attribute("aria-label") or figure.get_attribute("aria-labelledby")
            assert described, page.name


@pytest.mark.parametrize("typed", ["ninh binh", "Ninh Bình", "NINH BÌNH"])
def test_the_index_finds_a_unit_by_part_of_its_name(finished_run, browser, typed):
    open_page(browser, finished_run / "index.html", 360)
    browser.find_element(By.CSS_SELECTOR, "input").send_keys(typed)
    shown = [link for link in browser.find_elements(By.CSS_SELECTOR, "a[href*='units/']") if link.is_displayed()]
    assert [link.get_attribute("href").rsplit("/")[-1] for link in shown] == ["37.html"]
    shown[0].click()
    assert "Ninh Bình" in browser.title


def test_a_page_prints_on_a4(finished_run, browser):
    open_page(browser, finished_run / "units" / "37.html", 1280)
    printed = browser.execute_cdp_cmd(
        "Page.printToPDF", {"paperWidth": 8.27, "paperHeight": 11.69, "preferCSSPageSize": True}
    )
    pdf = base64.b64decode(printed["data"])
    assert pdf.startswith(b"%PDF")
    pages = len(re.findall(rb"/Type\s*/Page\b", pdf))
    assert 2 <= pages <= 20

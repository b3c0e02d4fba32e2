"""Look-alikes of published tables: every value that they hold is read in its place or set aside with its reason."""

from math import fsum

import pytest
import yaml

from mande.sources.mapped_table import read_mapped
from mande.sources.table_blocks import find_mappings
from mande.sources.table_mapping import load_mappings
from mande.sources.workbooks import read_sheets
from tests.sources.look_alikes.px_tables import PX_TABLES
from tests.sources.look_alikes.yearbook_pages import YEARBOOK_PAGES

MAKERS = (*PX_TABLES, *YEARBOOK_PAGES)


@pytest.fixture
def register(knowledge):
    return knowledge.places


@pytest.fixture
def read(tmp_path, register):
    def read_page(page):
        folder = tmp_path / "mappings"
        folder.mkdir(exist_ok=True)
        for mapping in page.mappings:
            text = yaml.safe_dump(mapping, allow_unicode=True)
            (folder / f"{mapping['id']}.yaml").write_text(text, encoding="utf-8")
        path = page.write(tmp_path)
        sheets = read_sheets(path)
        chosen = find_mappings(path, sheets, load_mappings(folder))
        assert {one.id for one in chosen} == {one["id"] for one in page.mappings}
        return read_mapped(path, sheets, chosen, places=register)

    return read_page


@pytest.mark.parametrize("maker", MAKERS, ids=lambda maker: maker.__name__)
def test_every_value_is_read_in_its_place_or_set_aside(read, maker):
    page = maker()
    reading = read(page)
    table = reading.observations
    keys = list(zip(table["place_code"], table["period"], table["indicator"], table["dimension_value"], strict=True))
    numbers = [None if number != number else number for number in table["value"]]
    found = dict(zip(keys, zip(numbers, table["value_status"], strict=True), strict=True))
    assert found == {key: (pytest.approx(n) if n is not None else None, s) for key, (n, s) in page.read.items()}
    assert dict(zip(keys, zip(table["sheet"], table["cell"], strict=True), strict=True)) == page.where
    aside = reading.quarantined
    assert dict(zip(aside["sheet"] + "!" + aside["cell"], aside["check_id"], strict=True)) == page.aside
    read_numbers = [number for number in numbers if number is not None]
    assert len(read_numbers) + len(aside) == len(page.sent)
    assert fsum(read_numbers) + fsum(_number(text) for text in aside["found"]) == pytest.approx(fsum(page.sent))


def _number(text: str) -> float:
    return float(text.replace(" ", "").replace(",", "."))

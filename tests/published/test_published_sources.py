"""Every reference number says where it was made, and there are enough of them."""

from pathlib import Path

import pandas as pd
import yaml

FOLDER = Path(__file__).parent
SOURCES = yaml.safe_load((FOLDER / "sources.yaml").read_text(encoding="utf-8"))
RESULTS = ["progress_value", "score", "value", "lower", "upper", "crude_rate", "standardised_rate"]


def count_numbers(kind):
    files = [name for name, source in SOURCES.items() if source["kind"] == kind]
    tables = [pd.read_csv(FOLDER / name) for name in files]
    return sum(int(table[[name for name in RESULTS if name in table]].count().sum()) for table in tables)


def test_every_file_names_its_source_and_how_it_was_obtained():
    assert {path.name for path in FOLDER.glob("*.csv")} == set(SOURCES)
    for name, source in SOURCES.items():
        assert source["kind"] in ("published", "second library", "input"), name
        assert all(source[key].strip() for key in ("source", "where", "how")), name
        table = pd.read_csv(FOLDER / name)
        if "family" in table:
            assert set(table["family"]) == set(source["families"]), name


def test_fifteen_families_and_four_hundred_numbers_are_published_elsewhere():
    families = [family for source in SOURCES.values() if source["kind"] == "published" for family in source["families"]]
    assert len(set(families)) == len(families) >= 15
    assert count_numbers("published") >= 400


def test_numbers_of_a_second_library_are_counted_apart():
    assert count_numbers("second library") == 45

"""Made-up observations for the checks: a clean table of two provinces, two regions and the nation."""

from pathlib import Path

import pandas as pd
import pytest

CONTRACTS = Path(__file__).parents[2] / "data_contracts"
PUBLISHED = Path(__file__).parents[2] / "data" / "published"
PLACES = Path(__file__).parents[2] / "data" / "places"
DEFAULTS = {
    "indicator": "IMR",
    "place_code": "01",
    "period": "2014",
    "dimension": "_T",
    "dimension_value": "_T",
    "numerator": float("nan"),
    "denominator": float("nan"),
    "design_effect": float("nan"),
    "value": 15.0,
    "lower": float("nan"),
    "upper": float("nan"),
    "value_qualifier": "=",
    "unit": "per_1000_live_births",
    "value_status": "observed",
    "basis": "made-up",
    "definition": "",
    "source": "made-up-source",
    "edition": "2018-09",
    "confidence": "text",
    "sample_size": float("nan"),
    "note": "made up for a test",
    "file": "made_up.csv",
    "sheet": "",
    "received_date": "",
    "snapshot": "0" * 64,
    "numerator_cell": "",
    "denominator_cell": "",
    "form_version": "",
    "sender": "",
    "correction": "",
    "original_value": float("nan"),
}


def make_observations(rows: list[dict]) -> pd.DataFrame:
    """Return observations with the defaults above, a line and a cell each; periods are years."""
    table = pd.DataFrame([DEFAULTS | row for row in rows], columns=list(DEFAULTS))
    lines = pd.Series(range(2, len(table) + 2), index=table.index).astype(str)
    return table.assign(
        observation_id=table["file"] + ":" + lines,
        cell="F" + lines,
        period_start=pd.to_datetime(table["period"] + "-01-01"),
        period_end=pd.to_datetime(table["period"] + "-12-31"),
    )


@pytest.fixture(scope="session")
def contracts() -> Path:
    return CONTRACTS


@pytest.fixture(scope="session")
def observations_of():
    return make_observations


@pytest.fixture(scope="session")
def few_places() -> pd.DataFrame:
    """The nation, two regions, two provinces, and Hà Tây (28), which ended on 31 July 2008."""
    rows = [
        ("VN", "nation", None),
        ("R1", "region", None),
        ("R5", "region", None),
        ("01", "province", None),
        ("79", "province", None),
        ("28", "province", "2008-07-31"),
    ]
    places = pd.DataFrame(rows, columns=["place_code", "level", "valid_to"])
    return places.assign(valid_from=pd.Timestamp("2004-01-01"), valid_to=pd.to_datetime(places["valid_to"]))


@pytest.fixture(scope="session")
def clean_rows() -> list[dict]:
    """Rows that pass every check on 31 December 2016."""
    mortality = [
        {"indicator": name, "period": str(year), "value": value - (year - 2012) / 10}
        for name, value in (("NMR", 8.0), ("IMR", 12.0), ("U5MR", 18.0))
        for year in range(2012, 2017)
    ]
    people = {"indicator": "POPULATION", "unit": "thousand_persons"}
    population = [
        people
        | {"place_code": place, "period": str(year), "dimension": dimension, "dimension_value": part, "value": value}
        for year in range(2012, 2017)
        for place, factor in (("01", 1), ("79", 1), ("R1", 1), ("R5", 1), ("VN", 2))
        for dimension, part, value in (
            ("_T", "_T", 7000.0 * factor),
            ("sex", "F", 3600.0 * factor),
            ("sex", "M", 3400.0 * factor),
        )
    ]
    doses = [
        {"indicator": name, "place_code": "VN", "unit": "percent", "value": value, "period": str(year)}
        for name, value in (("DTP1", 98.0), ("DTP3", 96.0))
        for year in range(2013, 2017)
    ]
    return [*mortality, *population, *doses]

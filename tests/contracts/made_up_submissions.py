"""Made-up submissions of a province and its ten districts over six years: every rule looks at them, and none fails."""

import numpy as np
import pandas as pd

YEARS = range(2019, 2025)
PROVINCE, DISTRICTS = "01", [f"{number:03d}" for number in range(1, 11)]
COUNTS = {"numerator": np.nan, "denominator": np.nan, "design_effect": np.nan}
LINEAGE = {"form_version": "1", "sender": "made up", "correction": ""}
FIXED = {
    "lower": np.nan,
    "upper": np.nan,
    "value_qualifier": "=",
    "value_status": "observed",
    "definition": "",
    "source": "submission",
    "edition": "1",
    "confidence": "text",
    "sample_size": np.nan,
    "note": "made up for a test",
    "sheet": "Số liệu",
}


def made_up_places() -> pd.DataFrame:
    """The nation, one province and its ten districts."""
    rows = [("VN", "nation", ""), (PROVINCE, "province", "VN"), *((code, "district", PROVINCE) for code in DISTRICTS)]
    places = pd.DataFrame(rows, columns=["place_code", "level", "parent_code"])
    return places.assign(valid_from=pd.Timestamp("2004-01-01"), valid_to=pd.NaT)


def made_up_submissions(seed: int = 1) -> pd.DataFrame:
    """One file per place and year; the province's counts are the sums of its districts."""
    rng = np.random.default_rng(seed)
    rows = [row for place in DISTRICTS for row in _unit_rows(place, rng)]
    district = pd.DataFrame(rows)
    keys = ["indicator", "unit", "basis", "period", "dimension", "dimension_value"]
    counted = district[district["indicator"].isin(["SC_RATIO", "CHILD_POPULATION"])]
    province = counted.groupby(keys, as_index=False)[["numerator", "denominator", "value"]].sum(min_count=1)
    ratio = 100 * province["numerator"] / province["denominator"]
    province = province.assign(place_code=PROVINCE, value=ratio.fillna(province["value"]))
    return dress(pd.concat([district, province], ignore_index=True))


def dress(rows: pd.DataFrame) -> pd.DataFrame:
    """Give rows of figures the file, sheet, cells, dates and fixed columns of a submission."""
    table = rows.assign(**{name: value for name, value in FIXED.items() if name not in rows})
    table = table.assign(file=table["place_code"] + "_" + table["period"] + ".xlsx", **LINEAGE)
    line = (8 + table.groupby("file").cumcount()).astype(str)
    has_counts = table["numerator"].notna()
    return table.assign(
        observation_id=table["file"] + ":" + line,
        cell="F" + line,
        numerator_cell=("D" + line).where(has_counts, ""),
        denominator_cell=("E" + line).where(has_counts, ""),
        period_start=pd.to_datetime(table["period"] + "-01-01"),
        period_end=pd.to_datetime(table["period"] + "-12-31"),
        received_date=(table["period"].astype(int) + 1).astype(str) + "-01-10",
        snapshot="0" * 64,
    )


def due_dates() -> pd.DataFrame:
    """Every report is due on 15 January of the year after."""
    days = [pd.Timestamp(year + 1, 1, 15) for year in YEARS]
    return pd.DataFrame({"period": [str(year) for year in YEARS], "last_date": days})


def published() -> pd.DataFrame:
    """What a made-up survey says about DTP3 in one district in 2024."""
    row = {
        "indicator": "DTP3",
        "place_code": DISTRICTS[2],
        "period": "2024",
        "dimension": "_T",
        "dimension_value": "_T",
    }
    table = dress(pd.DataFrame([row | COUNTS | {"value": 93.0, "unit": "percent", "basis": "household-survey"}]))
    return table.assign(source="made-up-survey", observation_id="survey.csv:2", file="survey.csv")


def _unit_rows(place: str, rng: np.random.Generator) -> list[dict]:
    children = int(rng.integers(9000, 30000))
    rows = []
    for year in YEARS:
        here = {"place_code": place, "period": str(year)}
        children = round(children * (1 + rng.normal(0.01, 0.004)))
        special = rng.binomial(children, 0.07)
        supported = rng.binomial(special, 0.8)
        births = round(children / 16 * (1 + rng.normal(0, 0.02)))
        first = rng.binomial(births, 0.97)
        count = {"indicator": "CHILD_POPULATION", "unit": "children", "basis": "register"}
        rows += [here | count | COUNTS | group | {"value": float(n)} for group, n in _by_sex(children, rng)]
        girls = _by_sex(children, rng)
        for (group, n), (_, of) in zip(_by_sex(special, rng), girls, strict=True):
            rows.append(here | _ratio("SC_RATIO", n, of) | group)
        total = {"dimension": "_T", "dimension_value": "_T"}
        rows.append(here | _ratio("SC_SUPPORTED", supported, special) | total)
        rows.append(here | _ratio("DTP1", first, births) | total)
        rows.append(here | _ratio("DTP3", rng.binomial(first, 0.98), births) | total)
    return rows


def _by_sex(total: int, rng: np.random.Generator) -> list[tuple[dict, int]]:
    girls = int(rng.binomial(total, 0.48))
    parts = (("_T", "_T", total), ("sex", "F", girls), ("sex", "M", total - girls))
    return [({"dimension": dimension, "dimension_value": value}, n) for dimension, value, n in parts]


def _ratio(indicator: str, numerator: int, denominator: int) -> dict:
    counts = {"numerator": float(numerator), "denominator": float(denominator)}
    return {
        "indicator": indicator,
        "unit": "percent",
        "basis": "register",
        "value": 100 * numerator / denominator,
    } | counts

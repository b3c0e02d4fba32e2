"""Units beside each other on the real data: 63 provinces, 2005 to 2016; the pages that show them; the analysts' notebook.

Infant mortality 2016 by province and the poverty rate are those of the General Statistics Office's yearbook (September
2018); the births are crude birth rate × population.
"""

import re
from functools import cache
from pathlib import Path

import nbformat
import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mande.framework.model import Indicator, Programme
from mande.framework.ranking_choices import RankingChoices
from mande.ranking_table import compute_ranking
from mande.small_area_table import compute_small_areas, panel_of
from mande.workspace import open_workspace
from tests.end_to_end.conftest import ROOT

pytestmark = [pytest.mark.end_to_end, pytest.mark.xdist_group("end_to_end")]


def plain(text: str) -> str:
    return text.replace("\xa0", " ")


@pytest.fixture(scope="module")
def tables(finished_run):
    return {path.stem: pd.read_parquet(path) for path in (finished_run / "tables").glob("*.parquet")}


def test_only_what_was_counted_stands_in_a_funnel(tables):
    areas = tables["small_areas"]
    assert areas.groupby("indicator")["reason"].unique().map(list).to_dict() == {
        "FIC_U1": [""],
        "IMR": ["survey_without_size"],
        "U5MR": ["survey_without_size"],
    }
    drawn = areas[areas["indicator"] == "FIC_U1"]
    assert len(drawn) == 63 and (drawn["counts"] == "estimated").all() and (drawn["group_place"] == "VN").all()
    hanoi = drawn[drawn["place_code"] == "01"].iloc[0]
    assert np.isclose(hanoi["numerator"] / hanoi["denominator"] * 100, hanoi["value"])
    outside = set(drawn.loc[drawn["position"] != "inside", "place_code"])
    beyond = drawn[(drawn["value"] < drawn["lower_95"]) | (drawn["value"] > drawn["upper_95"])]
    assert outside == set(beyond["place_code"]) and "12" in outside


def test_a_shrunken_value_lies_between_the_value_and_its_group(tables):
    drawn = tables["small_areas"].query("counts == 'estimated'")
    ends = drawn[["value", "group_value"]]
    assert (drawn["shrunken"] >= ends.min(axis=1) - 1e-9).all() and (drawn["shrunken"] <= ends.max(axis=1) + 1e-9).all()
    assert "shrunken" not in tables["progress"] and "shrunken" not in tables["arithmetic"]


def test_infants_of_the_poorest_provinces_die_three_times_as_often(tables):
    gaps = tables["equity"].query("indicator == 'IMR' and year == 2016").set_index("measure")
    assert round(gaps.loc["relative_slope_index", "value"], 2) == 3.04
    assert round(gaps.loc["slope_index", "value"], 1) == 16.6 and gaps.loc["slope_index", "is_different"]
    assert gaps.loc["slope_index", "trend"] == "narrowing" and gaps.loc["slope_index", "n_years"] == 6
    assert gaps.loc["relative_concentration_index", "value"] > 0
    absent = tables["equity"].query("measure == 'none'")
    assert set(absent["reason"]) == {"no_values_by_group", "no_poverty_by_place"} and absent["value"].isna().all()


def test_ranks_come_in_groups_that_overlap_and_state_their_choices(tables):
    ranking = tables["ranking"]
    assert len(ranking) == 63 and ranking["group"].max() == 3 and ranking["indicators"].iloc[0] == "FIC_U1; IMR; U5MR"
    assert (ranking["rank_lower"] <= ranking["rank_median"]).all()
    assert (ranking["rank_median"] <= ranking["rank_upper"]).all()
    assert ranking.loc[0, "rank_upper"] - ranking.loc[0, "rank_lower"] > 10, "no value is taken as exact"


@pytest.mark.parametrize("name", ["committee", "units/VN", "units/01"])
def test_the_pages_are_light_and_say_it_in_words(finished_run, name):
    html = plain((finished_run / f"{name}.html").read_text(encoding="utf-8"))
    text = re.sub(r"<svg.*?</svg>|https?://[^<]*", "", html, flags=re.S)
    assert not re.search(r"\bnan\b|\bNone\b|Undefined|\{\w+\}|survey_without_size", text)
    if name == "committee":
        assert "57 trong 63 nơi nằm trong vùng ngẫu nhiên quanh mức chung 98,0 %" in text
        assert "16,6 (từ 13,3 đến 20,0) trên 1.000 trẻ đẻ sống" in text and "Nhóm 3" in text
        assert "1 trong 1 kết luận chưa vững" in text and len(html.encode()) < 400_000
        return
    assert "mande explain" in text and "mande trace" in text and "Khả năng đạt" in text
    assert len(html.encode()) < (146_000 if name.endswith("VN") else 96_000)
    if name.endswith("VN"):
        assert "năm 2025 dự báo 8,83 % (từ 8,18 % đến 9,51 %); xác suất đạt mục tiêu (dưới 9 %) là 63 %" in text
        assert "(rate-ratio 1): tốc độ bình quân thực tế (9,7 ÷ 11,6)^(1 ÷ 3)" in text and "Dự báo 2025: 8,83 %" in html
        assert "như công bố" in text and "as published" not in text


def test_the_analysts_notebook_runs_from_top_to_bottom():
    from nbclient import NotebookClient

    notebook = nbformat.read(ROOT / "notebooks" / "05_explore.ipynb", as_version=4)
    made = NotebookClient(notebook, timeout=120, resources={"metadata": {"path": str(ROOT)}}).execute()
    shown = "\n".join(str(output) for cell in made.cells if cell.cell_type == "code" for output in cell.outputs)
    assert "Kết luận" in shown and "slope_index" in shown and "Traceback" not in shown


# --- made-up counts


def made_up(counts: list[tuple[int, int]], *, unit: str = "percent", basis: str = "made-up-administrative"):
    """Values of made-up districts in one made-up province."""
    codes = [f"D{number}" for number in range(len(counts))]
    numerator, denominator = np.array(counts, dtype=float).T
    units = pd.DataFrame({"place_code": codes, "level": "district", "parent_code": "P1"})
    actuals = pd.DataFrame(
        {
            "indicator": "I", "dimension": "_T", "dimension_value": "_T", "place_code": codes, "period": "2024",
            "period_end": pd.Timestamp("2024-12-31"), "year": 2024.0, "series": "s", "basis": basis, "unit": unit,
            "numerator": numerator, "denominator": denominator, "value": numerator / denominator * 100,
            "value_qualifier": "=", "is_usable": True, "is_comparable": True, "source": "s", "edition": "",
            "carry_rule": "",
        }
    )  # fmt: skip
    return actuals, units


@cache
def real_programme() -> Programme:
    """The programme itself, read once."""
    return open_workspace(ROOT).programme("vn-children-2021-2030")


def areas_of(actuals: pd.DataFrame, units: pd.DataFrame) -> pd.DataFrame:
    indicator = real_programme().indicator("FIC_U1").model_copy(update={"id": "I"})
    weights = pd.DataFrame({"weight_id": ["births"], "place_code": ["x"], "year": [1.0], "size": [1.0]})
    programme = Programme.model_construct(indicators=(Indicator.model_validate(indicator),), targets=())
    return compute_small_areas(panel_of(actuals, units), programme, units, weights=weights)


@settings(max_examples=25, deadline=None)
@given(st.lists(st.tuples(st.integers(0, 50), st.integers(50, 5000)), min_size=5, max_size=9))
def test_districts_are_compared_within_their_province_and_outside_means_outside(counts):
    table = areas_of(*made_up(counts))
    assert set(table["group_place"]) == {"P1"} and len(table) == len(counts)
    if sum(events for events, _ in counts) == 0:
        assert set(table["reason"]) == {"all_alike"}
        return
    assert set(table["counts"]) == {"published"}
    inside = table["value"].between(table["lower_95"] - 1e-9, table["upper_95"] + 1e-9)
    assert (inside == (table["position"] == "inside")).all()


def test_too_few_places_counts_beyond_the_whole_and_surveys_have_a_reason():
    counts = [(9, 100)] * 6
    assert areas_of(*made_up(counts[:4])).empty
    beyond, units = made_up([*counts, (120, 100)])
    assert areas_of(beyond, units).set_index("place_code")["reason"].to_dict()["D6"] == "beyond_whole"
    survey, units = made_up(counts, basis="household-survey")
    blank = survey.assign(numerator=np.nan, denominator=np.nan)
    assert set(areas_of(blank, units)["reason"]) == {"survey_without_size"}
    assert set(areas_of(blank.assign(basis="x-administrative"), units)["reason"]) == {"no_counts"}


def test_a_programme_names_its_own_choices_of_ranking():
    review = _panel()
    chosen = real_programme().model_copy(update={"ranking": RankingChoices(weights={"IMR": 2.0, "FIC_U1": 1.0})})
    table = compute_ranking(review["panel"], chosen, review["units"], small_areas=review["areas"])
    assert set(table["chosen_by"]) == {"programme"} and table["weights"].iloc[0] == "1; 2"
    assert table["indicators"].iloc[0] == "FIC_U1; IMR" and table["place_code"].iloc[0] == "M0"
    few = compute_ranking(review["panel"], chosen, review["units"].head(3), small_areas=review["areas"])
    assert set(few["reason"]) == {"too_few_places"} and few["rank"].isna().all()


def _panel() -> dict[str, pd.DataFrame]:
    """Twelve made-up provinces in four years; the first is best in everything."""
    units = pd.DataFrame({"place_code": [f"M{n}" for n in range(12)], "level": "province", "parent_code": "VN"})
    rows = [
        {"indicator": name, "place_code": f"M{n}", "year": float(year), "value": start + sign * n + 0.01 * (year % 2)}
        for name, start, sign in (("IMR", 10.0, 1), ("FIC_U1", 99.0, -1))
        for n in range(12)
        for year in range(2020, 2024)
    ]
    actuals = pd.DataFrame(rows).assign(
        dimension="_T", dimension_value="_T", series="s", source="s", edition="", value_qualifier="=", is_usable=True,
        is_comparable=True, basis="", unit="percent", numerator=np.nan, denominator=np.nan, carry_rule="",
    )  # fmt: skip
    actuals["period"] = actuals["year"].map("{:.0f}".format)
    actuals["period_end"] = pd.to_datetime(actuals["period"] + "-12-31")
    columns = ["indicator", "dimension_value", "place_code", "period", "lower", "upper"]
    return {"panel": panel_of(actuals, units), "units": units, "areas": pd.DataFrame(columns=columns)}


def test_the_contracts_of_the_tables_hold(tables):
    from mande.contracts.contract import read_contract
    from mande.contracts.table import check_table

    for name in ("small_areas", "equity", "ranking"):
        check_table(tables[name], read_contract(Path(ROOT) / "data_contracts" / "outputs" / f"{name}.odcs.yaml"))

"""What the committee sees of units beside each other, in exact words; every number and place is made up."""

import re

import numpy as np
import pandas as pd
import pytest

from mande.reporting.equity_rows import absent_sentence, equity_rows
from mande.reporting.fragments import fragment
from mande.reporting.funnels import absent_funnels, funnel_cards
from mande.reporting.outlook_glance import glance_of
from mande.reporting.ranking_groups import ranking_groups, ranking_notes

NAMES = {f"M{n:02d}": f"Mẫu {n}" for n in range(1, 13)} | {
    "VN": "Việt Nam",
    "M03": "Huyện đảo Mẫu và vùng biển đảo lân cận",
}
TARGETS = pd.DataFrame(
    {
        "indicator": ["I1", "I2"],
        "dimension_value": "_T",
        "title_vi": ["Chỉ tiêu một", "Chỉ tiêu hai"],
        "title_en": ["Target one", "Target two"],
        "short_vi": ["Một", "Hai"],
        "short_en": ["One", "Two"],
    }
)


def plain(text: str) -> str:
    return text.replace("\xa0", " ")


def words_of(html: str) -> str:
    return re.sub(r"\s+", " ", re.sub("<[^>]+>", " ", plain(html)))


@pytest.fixture
def areas():
    rows = pd.DataFrame({"place_code": [f"M{n:02d}" for n in range(1, 13)]})
    size = np.linspace(500, 20_000, 12)
    half = 300 / np.sqrt(size)
    rows = rows.assign(
        indicator="I1", dimension_value="_T", period="2016", unit="percent", group_place="VN", counts="estimated",
        denominator=size, value=95.0, reference=95.0, lower_95=95 - half, upper_95=95 + half,
        lower_998=95 - 1.6 * half, upper_998=95 + 1.6 * half, tau=0.4, position="inside", reason="",
    )  # fmt: skip
    rows.loc[2, ["value", "position"]] = [70.0, "far_below"]
    rows.loc[5, ["value", "position"]] = [99.9, "above"]
    other = rows.head(1).assign(indicator="I2", position="", reason="survey_without_size", denominator=np.nan)
    return pd.concat([rows, other], ignore_index=True)


def test_the_funnel_names_only_places_outside_and_says_what_it_is_made_of(areas):
    (card,) = funnel_cards(areas, TARGETS, NAMES, "vi")
    assert plain(card["sentence"]) == "Năm 2016: 10 trong 12 nơi nằm trong vùng ngẫu nhiên quanh mức chung 95,0 %."
    assert [plain(text) for text in card["outside"]] == [
        "Thấp hơn hẳn: Huyện đảo Mẫu và vùng biển đảo lân cận (70,0 %).",
        "Cao hơn hẳn: Mẫu 6 (99,9 %).",
    ]
    assert len(card["notes"]) == 2 and "tỷ suất sinh thô" in card["notes"][0] and "nới rộng" in card["notes"][1]
    assert "<title" in card["svg"] and "Thấp hơn hẳn: Huyện đảo" in card["svg"] and len(card["svg"]) < 9000
    assert "Mẫu 6</text>" in card["svg"] and "Mẫu 4</text>" not in card["svg"]


def test_an_indicator_without_sizes_is_not_drawn_and_says_why(areas):
    (sentence,) = absent_funnels(areas, TARGETS, "vi")
    assert sentence.startswith("Hai (2016): không vẽ, vì đây là số ước tính từ điều tra mẫu")
    html = fragment("funnels", "en", cards=[], absent=[], hidden="").html
    assert "No target has values for enough places to compare." in html


def test_a_province_names_itself_in_the_title_of_its_funnel(areas):
    (card,) = funnel_cards(areas.assign(group_place="M07"), TARGETS, NAMES, "vi")
    assert card["title"] == "Một – Mẫu 7"


def equity_table():
    row = {"indicator": "I1", "place_code": "VN", "group": "", "series": "s", "lower": np.nan, "upper": np.nan}
    row |= {
        "stratifier": "poverty",
        "n_groups": 63,
        "trend": "",
        "change_per_year": np.nan,
        "reference": "",
        "reason": "",
    }
    slope = row | {"measure": "slope_index", "unit": "per_1000_live_births", "lower": 13.3, "upper": 20.0}
    newest = {"year": 2016.0, "value": 16.6, "trend": "narrowing", "change_per_year": -0.45}
    rows = [slope | {"year": 2015.0, "value": 18.0}, slope | newest]
    rows.append(row | {"measure": "relative_slope_index", "unit": "ratio", "year": 2016.0, "value": 3.04})
    sex = row | {"stratifier": "sex", "group": "F", "reference": "M", "year": 2016.0}
    rows.append(sex | {"measure": "difference", "unit": "percent", "value": 1.5, "trend": "not_estimable"})
    rows.append(sex | {"measure": "ratio", "unit": "ratio", "value": 1.2})
    rows.append(row | {"indicator": "I2", "stratifier": "sex", "measure": "none", "reason": "no_values_by_group"})
    return pd.DataFrame(rows)


def test_gaps_in_words_widest_first_and_what_could_not_be_measured():
    first, second = equity_rows(equity_table(), TARGETS, NAMES, "vi")
    assert first["what"] == "nghèo nhất so với khá giả nhất (63 tỉnh, thành phố)" and first["times"] == "3,04"
    assert plain(first["gap"]) == "16,6 (từ 13,3 đến 20,0) trên 1.000 trẻ đẻ sống"
    assert first["trend"] == "đang thu hẹp (−0,45 mỗi năm)" and first["year"] == "2016"
    assert plain(second["gap"]) == "1,5 điểm phần trăm" and second["what"] == "Việt Nam: nữ so với nam"
    assert second["trend"] == "chưa đủ số liệu"
    assert absent_sentence(equity_table(), "vi") == "Chưa có số liệu theo nhóm để đo: nam và nữ – 1 trong 2 chỉ số."
    assert equity_rows(equity_table().query("measure == 'none'"), TARGETS, NAMES, "en") == []


@pytest.fixture
def ranking():
    return pd.DataFrame(
        {
            "place_code": ["M02", "M01", "M03", "M04"],
            "rank": [1.0, 2.0, 3.0, np.nan],
            "rank_lower": [1.0, 1.0, 3.0, np.nan],
            "rank_upper": [2.0, 2.0, 3.0, np.nan],
            "group": [1.0, 1.0, 2.0, np.nan],
            "indicators": "I1; I2",
            "years": "2015; 2016",
            "weights": "1; 1",
            "normalisation": "min-max",
            "aggregation": "arithmetic",
            "min_share": 0.75,
            "draws": 500.0,
            "chosen_by": "default",
        }
    )


def test_ranks_are_groups_with_ranges_and_all_choices(ranking):
    groups = ranking_groups(ranking, NAMES, "vi")
    assert [(group["number"], [place["range"] for place in group["places"]]) for group in groups] == [
        (1, ["1–2", "1–2"]),
        (2, ["3"]),
    ]
    assert [place["name"] for place in groups[0]["places"]] == ["Mẫu 1", "Mẫu 2"]
    old, rests, unranked = (plain(note) for note in ranking_notes(ranking, TARGETS, NAMES, "vi"))
    assert old == "Số liệu là của năm 2016: thứ hạng nói về năm đó, không phải hiện nay."
    assert rests.startswith("Dựa trên: Một (2015), Hai (2016); trọng số bằng nhau; thang từ thấp nhất đến cao nhất;")
    assert "dưới 75 %" in rests and "500 lần" in rests and rests.endswith("đây là cách mặc định.")
    assert unranked == "Không xếp hạng (thiếu số liệu): Mẫu 4."
    assert ranking_notes(ranking.assign(rank=np.nan), TARGETS, NAMES, "vi") == []


def test_the_glance_lists_the_nation_first_then_the_least_likely(run):
    rows = run.committee().targets
    rows = rows.assign(end_p_met=np.nan, outlook_reason=np.where(rows["p_met"].isna(), "stale", ""), is_fragile=False)
    rows.loc[rows["place_code"] == "M05", "p_met"] = 0.05
    glance = glance_of(rows, NAMES | dict(zip(run.units["place_code"], run.units["name_short"], strict=True)), "vi")
    assert glance["rows"][0]["unit"] == "Cả nước" and len(glance["rows"]) == 15
    assert glance["more"].startswith("và ")
    assert "Không kết luận nào trong" in glance["sentences"][-1] and "số liệu đã cũ" in glance["sentences"][1]
    html = fragment("outlook_glance", "vi", **glance).html
    assert "41 %" in plain(html) and "chưa rõ, có thể đạt hoặc không" in html and not re.search(r"\bnan\b|None", html)


def test_without_any_outlook_the_glance_says_why(run):
    rows = run.committee().targets.assign(p_met=np.nan, end_p_met=np.nan, outlook_reason="stale", is_fragile=False)
    glance = glance_of(rows, NAMES, "en")
    assert glance["rows"] == [] and glance["sentences"][0].startswith(
        "The chance of meeting a target can be estimated for none"
    )
    assert words_of(fragment("outlook_glance", "en", **glance).html).startswith(" Outlook, and how firm")

"""Path charts and map as SVG: text stays text, all is named, nothing leaks out."""

import re

import pytest

from mande.reporting.figures import Milestone, PathChart, Point
from mande.reporting.province_map import draw_province_map, read_outlines
from mande.reporting.province_snapshots import find_snapshots
from mande.reporting.snapshot_cards import card_of


def chart(**changes):
    values = {
        "key": "c1",
        "title": "Tử vong <dưới 1 tuổi>",
        "description": "Mô tả & số liệu",
        "lang": "vi",
        "observed": tuple(
            Point(year, 20 - 0.5 * (year - 2010), "14,5", is_firm=year < 2020) for year in range(2010, 2022)
        ),
        "milestones": (Milestone(2025, 12.5, "<=", "12,5"), Milestone(2030, 10.0, "<", "10")),
        "baseline": Point(2020, 15.0, "15,0"),
        "others": (("a", (Point(2011, 22.0), Point(2015, 21.0))), ("b", (Point(2014, 25.0),))),
        "ends_label": "chuỗi dừng ở 2021",
    }
    return PathChart(**{**values, **changes})


@pytest.fixture(scope="module")
def svg():
    return chart().draw()


def test_text_stays_text_and_is_escaped(svg):
    for text in ("≤ 12,5", "&lt; 10", "15,0", "chuỗi dừng ở 2021", ">a</text>", ">b</text>", "2025"):
        assert text in svg
    assert '<title id="c1-t">Tử vong &lt;dưới 1 tuổi&gt;</title>' in svg
    assert '<desc id="c1-d">Mô tả &amp; số liệu</desc>' in svg


def test_labels_are_not_rounded_like_coordinates():
    assert (
        ">1.000</text>"
        in chart(observed=(Point(2010, 1400.0), Point(2015, 650.0)), milestones=(), baseline=None).draw()
    )


def test_nothing_leaks_into_the_page(svg):
    assert not re.search(r"<style|<metadata|<!DOCTYPE|<\?xml|clip-path|xlink:", svg)
    ids = set(re.findall(r'id="([^"]+)"', svg))
    assert all(name.startswith("c1-") for name in ids)
    assert set(re.findall(r'href="#([^"]+)"', svg)) <= ids


def test_two_charts_share_no_id():
    first, second = chart().draw(), chart(key="c2").draw()
    assert not set(re.findall(r'id="([^"]+)"', first)) & set(re.findall(r'id="([^"]+)"', second))


def test_same_input_gives_the_same_bytes(svg):
    assert chart().draw() == svg


def test_provisional_points_are_hollow(svg):
    hollow = re.findall(r"<g style=\"fill: #ffffff; stroke: #0b3d75[^>]*>((?:<use [^>]*/>)+)", svg)
    assert [group.count("<use") for group in hollow] == [2]


def test_path_stays_level_where_the_target_was_met_from_the_start():
    def dashed(drawn):
        return re.search(
            r'd="M[\d.]+ [\d.]+l[\d.]+[ ]?(-?[\d.]+)[^"]*" style="fill: none; stroke-dasharray', drawn
        ).group(1)

    assert float(dashed(chart().draw())) > 0
    assert float(dashed(chart(is_held=True).draw())) == 0


def test_one_point_is_enough():
    assert (
        "2024"
        in chart(observed=(Point(2024, 5.0, "5,0"),), milestones=(), baseline=None, others=(), ends_label="").draw()
    )


def test_no_warning_and_no_figure_kept(svg, recwarn):
    chart().draw()
    assert not recwarn.list


def test_map_draws_groups_and_label_points(run):
    drawn = draw_province_map(
        run.outlines, {"reached": {"M01"}, "others": {"M03"}}, key="m", title="T", description="D"
    )
    assert ">Hoàng Sa</text>" in drawn
    assert [drawn.count(face) for face in ("#0b3d75", "#e9c9a6", "#ffffff")] == [1, 1, 1]


def test_map_hatches_provinces_whose_value_is_not_published(run):
    groups = {"reached": {"M01"}, "others": {"M03"}}
    plain = draw_province_map(run.outlines, groups, key="m", title="T", description="D")
    hatched = draw_province_map(run.outlines, {**groups, "hidden": {"M05"}}, key="m", title="T", description="D")
    lines = re.findall(r'd="([^"]*)" style="fill: none; stroke: #6b5a49; stroke-width: 0.7', hatched)
    assert len(lines) == 1 and lines[0].count("M") >= 5
    assert "stroke-width: 0.7" not in plain


def test_a_snapshot_counts_hidden_provinces_apart(run):
    actuals = run.actuals
    panel = (actuals["indicator"] == "I02") & (actuals["year"] == 2016) & (actuals["place_code"] == "M05")
    hidden = actuals.assign(
        value=actuals["value"].mask(panel),
        value_status=actuals["value_status"].mask(panel, "suppressed"),
        is_usable=actuals["is_usable"] & ~panel,
    )
    before, after = (
        next(one for one in find_snapshots(run.targets, table, run.units) if one.target["indicator"] == "I02")
        for table in (actuals, hidden)
    )
    assert after.hidden == {"M05"} and before.hidden == frozenset()
    assert after.n_missing == before.n_missing and after.year == before.year
    assert len(after.values) == len(before.values) - 1
    card = card_of(after, dict(zip(run.units["place_code"], run.units["name_short"], strict=True)), run.outlines, "vi")
    assert card["n_hidden"] == 1 and "Không công bố: Mẫu Đặng 5." in card["map"]


def test_outlines_keep_common_borders(run):
    shapes, labels = read_outlines(run.outlines)
    corners = {code: {tuple(corner) for ring in rings for corner in ring.round(6)} for code, rings in shapes.items()}
    assert len(corners["M01"] & corners["M02"]) == 2
    assert labels == [("Huyện Hoàng Sa", 112.14, 16.57)]

"""A schematic map of Viet Nam: which provinces stood at the target level, readable in grey print too."""

import json
import math
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.patches import PathPatch
from matplotlib.path import Path as Outline

from mande.reporting.svg import svg_of

GRID_DEGREES = 0.06
"""Corners are put on this grid, about one pixel: neighbours keep their common border, and the map stays small."""

FACES = {"reached": "#0b3d75", "others": "#e9c9a6", "no_value": "#ffffff", "hidden": "#ffffff"}
"""Dark, light and white: three greys on a black-and-white printer."""

HATCHED, EDGE = "hidden", "#6b5a49"
"""The group that is hatched, as in the charts: a value that is not published is no missing one."""

HATCH_DEGREES = 0.13
"""Lines stand so far apart, so that three or more cross the smallest province."""

WIDTH, HEIGHT = 340, 384
_INCH = 72
_WEST, _EAST, _SOUTH, _NORTH = 101.9, 116.6, 8.1, 23.6
_LABEL_POINT = "archipelago_label_point"


def draw_province_map(outlines: Path, groups: dict[str, set[str]], *, key: str, title: str, description: str) -> str:
    """Return the map as SVG.

    `groups` names the province codes of `reached`, of `others` and, where there are some, of `hidden`, whose value is not
    published; a province in none has no value.
    """
    figure = Figure(figsize=(WIDTH / _INCH, HEIGHT / _INCH), dpi=_INCH)
    figure.patch.set_visible(False)
    axes = figure.add_axes((0, 0, 1, 1))
    axes.set_axis_off()
    axes.set_xlim(_WEST, _EAST)
    axes.set_ylim(_SOUTH, _NORTH)
    axes.set_aspect(1 / math.cos(math.radians(16)))  # a degree of longitude is shorter; 16° N is the middle
    shapes, labels = read_outlines(outlines)
    members = {HATCHED: set(), **groups}
    members["no_value"] = set(shapes) - set().union(*members.values())
    for name, face in FACES.items():
        rings = [ring for code in sorted(members[name] & set(shapes)) for ring in shapes[code]]
        if rings:
            outline = Outline.make_compound_path(*(Outline(ring, closed=True) for ring in rings))
            axes.add_patch(PathPatch(outline, facecolor=face, edgecolor=EDGE, linewidth=0.5, clip_on=False))
        if rings and name == HATCHED:
            _hatch(axes, rings)
    for name, east, north in labels:
        _draw_label(axes, name, east, north)
    return svg_of(figure, key=key, title=title, description=description)


def _hatch(axes: Axes, rings: list[np.ndarray]) -> None:
    """Draw slanted lines across each shape, cut at its border; a pattern of SVG would not be printed everywhere."""
    lines = [line for ring in rings for line in _slanted_lines(ring)]
    broken = np.array([point for line in lines for point in (*line, (np.nan, np.nan))])
    if len(broken):
        axes.plot(broken[:, 0], broken[:, 1], color=EDGE, linewidth=0.7, clip_on=False)


def _slanted_lines(ring: np.ndarray) -> list[np.ndarray]:
    """Return the pieces of lines with east + north = constant that lie inside a ring (even–odd rule)."""
    ends = np.roll(ring, -1, axis=0)
    start, end = ring.sum(axis=1), ends.sum(axis=1)
    pieces = []
    for level in np.arange(math.ceil(start.min() / HATCH_DEGREES), start.max() / HATCH_DEGREES) * HATCH_DEGREES:
        crossed = (start <= level) != (end <= level)
        share = ((level - start) / np.where(end == start, 1, end - start))[crossed, None]
        points = ring[crossed] + share * (ends - ring)[crossed]
        points = points[np.argsort(points[:, 0])]
        pieces += [points[place : place + 2] for place in range(0, len(points) - 1, 2)]
    return pieces


@cache
def read_outlines(path: Path) -> tuple[dict[str, list[np.ndarray]], list[tuple[str, float, float]]]:
    """Return the rings of each province on the grid, and the label points with their names."""
    shapes: dict[str, list[np.ndarray]] = {}
    labels = []
    for feature in json.loads(path.read_text(encoding="utf-8"))["features"]:
        properties, geometry = feature["properties"], feature["geometry"]
        if properties["kind"] == _LABEL_POINT:
            labels.append((properties["name"], *geometry["coordinates"]))
        else:
            rings = [ring for polygon in _polygons(geometry) for ring in polygon]
            shapes[properties["unit_code"]] = [thin for ring in rings if len(thin := _on_grid(ring)) >= 4]
    return shapes, labels


def _polygons(geometry: dict[str, Any]) -> list[Any]:
    return [geometry["coordinates"]] if geometry["type"] == "Polygon" else geometry["coordinates"]


def _on_grid(ring: list[list[float]]) -> np.ndarray:
    corners = np.round(np.asarray(ring, dtype=float) / GRID_DEGREES) * GRID_DEGREES
    moved = np.ones(len(corners), dtype=bool)
    moved[1:] = (np.diff(corners, axis=0) != 0).any(axis=1)
    corners = corners[moved]
    steps = np.diff(corners, axis=0)
    turns = np.ones(len(corners), dtype=bool)
    turns[1:-1] = np.abs(steps[:-1, 0] * steps[1:, 1] - steps[:-1, 1] * steps[1:, 0]) > 1e-9
    return corners[turns]


def _draw_label(axes: Axes, name: str, east: float, north: float) -> None:
    axes.plot([east, east + 0.25, east + 0.1], [north, north + 0.12, north - 0.2], ".", color="#333b42", markersize=3)
    axes.annotate(
        name.removeprefix("Huyện "), (east, north), xytext=(2, -13), textcoords="offset points",
        ha="center", fontsize=10.5, style="italic", color="#333b42", annotation_clip=False,
    )  # fmt: skip

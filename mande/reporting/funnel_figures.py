"""The funnel plot of one indicator: every place by its size, between the lines that chance alone draws."""

from dataclasses import dataclass

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import FixedLocator, NullLocator

from mande.reporting.number_forms import number_form
from mande.reporting.svg import svg_of

INK, OUTSIDE, LINE = "#0b3d75", "#9c4a00", "#5a6570"
WIDTH, HEIGHT = 360, 270
_INCH = 72
_DECADES = [10.0**power for power in range(1, 9)]


@dataclass(frozen=True)
class FunnelFigure:
    """All that one funnel shows: `places` are rows of `small_areas` with `name`, one indicator and group."""

    key: str
    title: str
    description: str
    lang: str
    places: pd.DataFrame
    x_label: str
    y_label: str

    def draw(self) -> str:
        """Return the figure as SVG text with title and description."""
        figure = Figure(figsize=(WIDTH / _INCH, HEIGHT / _INCH), dpi=_INCH)
        figure.patch.set_visible(False)
        axes = figure.add_axes((0.11, 0.16, 0.86, 0.765))
        places = self.places.sort_values("denominator")
        _frame(axes, places, self)
        _draw_limits(axes, places)
        _draw_places(axes, places)
        return svg_of(figure, key=self.key, title=self.title, description=self.description)


def _frame(axes: Axes, places: pd.DataFrame, chart: FunnelFigure) -> None:
    low, high = places["denominator"].min() / 1.25, places["denominator"].max() * 1.35
    values = places[["value", "lower_998", "upper_998"]]
    bottom, top = values.min().min(), values.max().max()
    room = (top - bottom) * 0.07 or 1
    axes.set_xscale("log")
    axes.set_xlim(low, high)
    axes.set_ylim(bottom - room, top + room)
    axes.patch.set_visible(False)
    ticks = [tick * step for tick in _DECADES for step in (1, 2, 5) if low <= tick * step <= high]
    while len(ticks) > 5:
        ticks = ticks[::2]
    axes.xaxis.set_major_locator(FixedLocator(ticks))
    axes.xaxis.set_minor_locator(NullLocator())
    axes.xaxis.set_major_formatter(lambda size, _: number_form(size, chart.lang, decimals=0))
    axes.yaxis.set_major_formatter(lambda value, _: number_form(value, chart.lang, decimals=2))
    axes.tick_params(labelsize=10, length=0, pad=3, colors="#333b42")
    axes.set_xlabel(chart.x_label, fontsize=10, color="#333b42", labelpad=3)
    axes.set_title(chart.y_label, fontsize=10, color="#333b42", loc="left", pad=4)
    for side in ("top", "right", "left"):
        axes.spines[side].set_visible(False)
    axes.spines["bottom"].set_color("#9aa3ab")


def _draw_limits(axes: Axes, places: pd.DataFrame) -> None:
    """Draw the lines through the limits of the places, once for each size."""
    once = places.drop_duplicates("denominator").copy()
    # The outermost limits are carried on to the frame, where there is no place any more.
    once.iloc[[0, -1], once.columns.get_loc("denominator")] = axes.get_xlim()
    for name, style in (("95", (5, 3)), ("998", (1000, 1))):
        for side in ("lower", "upper"):
            axes.plot(once["denominator"], once[f"{side}_{name}"], color=LINE, linewidth=1, dashes=style)
    axes.axhline(places["reference"].iloc[0], color=LINE, linewidth=0.8, dashes=(1, 2))


def _draw_places(axes: Axes, places: pd.DataFrame) -> None:
    is_inside = places["position"] == "inside"
    for chosen, color, marker, size in ((places[is_inside], INK, "o", 4), (places[~is_inside], OUTSIDE, "D", 6.5)):
        axes.plot(chosen["denominator"], chosen["value"], marker, color=color, markersize=size, clip_on=False)
    _name_outside(axes, places[~is_inside])


def _name_outside(axes: Axes, outside: pd.DataFrame) -> None:
    """Write each name on the side where it lies on no other mark or name; one without room stands in the text only."""
    left, right = np.log(axes.get_xlim())
    bottom, top = axes.get_ylim()
    across = ((np.log(outside["denominator"]) - left) / (right - left)).tolist()
    height = ((outside["value"] - bottom) / (top - bottom)).tolist()
    taken = [(x - 0.018, x + 0.018, y) for x, y in zip(across, height, strict=True)]
    for place, x, y in zip(outside.itertuples(), across, height, strict=True):
        width = 0.02 * len(place.name)
        sides = {"left": (x + 0.02, x + 0.02 + width), "right": (x - 0.02 - width, x - 0.02)}
        for align, (start, end) in sides.items():
            if start >= 0 and end <= 1 and not any(a < end and start < b and abs(y - h) < 0.05 for a, b, h in taken):
                taken.append((start, end, y))
                shift = (6 if align == "left" else -6, -3.5)
                axes.annotate(
                    place.name, (place.denominator, place.value), xytext=shift, textcoords="offset points", ha=align,
                    fontsize=10.5, color="#5c2c00", annotation_clip=False,
                )  # fmt: skip
                break

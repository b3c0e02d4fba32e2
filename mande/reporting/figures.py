"""The path chart of one target: where it began, what was promised, what was observed.

Positions are fixed and no layout engine runs, so a chart costs milliseconds and looks the same everywhere.
"""

from dataclasses import dataclass
from io import BytesIO

from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import FixedLocator

from mande.reporting.number_forms import number_form
from mande.reporting.svg import svg_of

INK, PATH_GREY, OTHER_GREY, TARGET_BROWN, BOUNDARY = "#0b3d75", "#5a6570", "#9aa3ab", "#9c4a00", "#5b2a86"
OUTLOOK = "#00694f"
WIDTH, HEIGHT = 340, 214
_INCH = 72
_PRINT_DOTS = 220
"""Dots per inch of figures in documents: sharp on paper, some 40 kB each."""
_HATCHES = 16
_SIGNS = {"<": "<", "<=": "≤", ">": ">", ">=": "≥"}


@dataclass(frozen=True)
class Point:
    """A value at a year; `is_firm` false: provisional, estimated or given only roughly."""

    year: float
    value: float
    label: str = ""
    is_firm: bool = True


@dataclass(frozen=True)
class Milestone:
    """What is promised for a year; `operator` is `<`, `<=`, `>`, `>=` or blank."""

    year: float
    value: float
    operator: str
    label: str


@dataclass(frozen=True)
class Boundary:
    """A change of boundaries that the series crosses; values before it were rebuilt for the new ones."""

    year: float
    label: str


@dataclass(frozen=True)
class Outlook:
    """What is foretold for a year, with its limits."""

    year: float
    value: float
    lower: float
    upper: float


@dataclass(frozen=True)
class PathChart:
    """All that one chart shows. `others` are series that are not judged, each with the letter that names it.

    `hidden`: years of values that are not published. `is_held`: the baseline already met the first milestone, so that the path is to stay there.
    """

    key: str
    title: str
    description: str
    lang: str
    observed: tuple[Point, ...]
    milestones: tuple[Milestone, ...]
    baseline: Point | None = None
    is_held: bool = False
    others: tuple[tuple[str, tuple[Point, ...]], ...] = ()
    ends_label: str = ""
    boundaries: tuple[Boundary, ...] = ()
    hidden: tuple[float, ...] = ()
    outlooks: tuple[Outlook, ...] = ()

    def draw(self) -> str:
        """Return the chart as SVG text with title and description."""
        return svg_of(self._figure(), key=self.key, title=self.title, description=self.description)

    def draw_png(self) -> bytes:
        """Return the chart as PNG for documents that cannot hold SVG; nothing but the picture is in it."""
        out, figure = BytesIO(), self._figure()
        figure.patch.set(visible=True, facecolor="#ffffff")
        figure.savefig(out, format="png", dpi=_PRINT_DOTS, metadata={"Software": None})
        return out.getvalue()

    def _figure(self) -> Figure:
        figure = Figure(figsize=(WIDTH / _INCH, HEIGHT / _INCH), dpi=_INCH)
        figure.patch.set_visible(False)
        axes = figure.add_axes((0.105, 0.115, 0.80, 0.845))
        _frame(axes, self)
        _draw_hidden(axes, self)
        _draw_boundaries(axes, self)
        _draw_others(axes, self)
        _draw_outlook(axes, self)
        _draw_path(axes, self)
        _draw_observed(axes, self)
        return figure


def _points(chart: PathChart) -> list[tuple[float, float]]:
    series = [*chart.observed, *chart.milestones, *(point for _, points in chart.others for point in points)]
    if chart.baseline is not None:
        series.append(chart.baseline)
    limits = [(outlook.year, limit) for outlook in chart.outlooks for limit in (outlook.lower, outlook.upper)]
    return [*((point.year, point.value) for point in series), *limits]


def _frame(axes: Axes, chart: PathChart) -> None:
    years, values = zip(*_points(chart), strict=True)
    years = [*years, *chart.hidden]
    first, last = min(years), max(*years, min(years) + 1)
    low, high = min(values), max(values)
    room = (high - low) * 0.14 or abs(high) * 0.05 or 1
    top = high + room * (1 + 0.7 * bool(chart.ends_label) + 0.9 * len(chart.boundaries))
    axes.set_xlim(first - 0.4, last + 0.4)
    axes.set_ylim(low - room, top)
    axes.patch.set_visible(False)
    axes.xaxis.set_major_locator(FixedLocator(_year_ticks(first, last)))
    axes.xaxis.set_major_formatter(lambda year, _: f"{year:.0f}")
    axes.yaxis.set_major_locator(FixedLocator(_value_ticks(low - room, top)))
    axes.yaxis.set_major_formatter(lambda value, _: number_form(value, chart.lang, decimals=2))
    axes.tick_params(labelsize=10, length=0, pad=3, colors="#333b42")
    _draw_grid(axes)
    for side in ("top", "right", "left"):
        axes.spines[side].set_visible(False)
    axes.spines["bottom"].set_color("#9aa3ab")


def _draw_grid(axes: Axes) -> None:
    """Draw all grid lines as one broken line: a quarter of the bytes."""
    left, right = axes.get_xlim()
    heights = [height for tick in axes.get_yticks() for height in (tick, tick, float("nan"))]
    axes.plot([left, right, float("nan")] * (len(heights) // 3), heights, color="#e3e7ea", linewidth=0.7, zorder=0)


def _year_ticks(first: float, last: float) -> list[int]:
    start, end = round(first), round(last)
    step = next(step for step in (1, 2, 3, 5, 10, 20) if (end - start) / step <= 6)
    return [year for year in range(start - start % step, end + 1, step) if year >= start - 0.4]


def _value_ticks(low: float, high: float) -> list[float]:
    span = high - low
    step = 10.0 ** len(str(int(span)))
    while span / step < 3:
        step /= 2 if str(step).strip("0.")[:1] in ("1", "2") else 2.5
    first = int(low // step) + 1
    return [round(step * count, 9) for count in range(first, first + 9) if step * count <= high]


def _draw_hidden(axes: Axes, chart: PathChart) -> None:
    """Hatch the years of values that are not published: neither zero nor a gap."""
    low, high = axes.get_ylim()
    step, slope = (high - low) / _HATCHES, (high - low) / 14
    for year in chart.hidden:
        years, heights = [], []
        for number in range(_HATCHES):
            bottom = low + step * number
            years += [year - 0.4, year + 0.4, float("nan")]
            heights += [bottom, bottom + slope, float("nan")]
        axes.plot(years, heights, color=OTHER_GREY, linewidth=0.8, zorder=0)


def _draw_boundaries(axes: Axes, chart: PathChart) -> None:
    """Mark each change of boundaries by a line of its own kind; its words stand below those of the series' end."""
    left, right = axes.get_xlim()
    for row, boundary in enumerate(chart.boundaries, start=int(bool(chart.ends_label))):
        axes.axvline(boundary.year, color=BOUNDARY, linewidth=1.1, dashes=(6, 2, 1, 2))
        is_left = boundary.year < (left + right) / 2
        shift, align = ((4, -10 - 13 * row), "left") if is_left else ((-4, -10 - 13 * row), "right")
        _write(axes, Point(boundary.year, axes.get_ylim()[1]), boundary.label, color=BOUNDARY, shift=shift, align=align)


def _draw_others(axes: Axes, chart: PathChart) -> None:
    for letter, points in chart.others:
        years, values = [point.year for point in points], [point.value for point in points]
        marker = "." if len(points) == 1 else ""
        axes.plot(years, values, color=OTHER_GREY, linewidth=1.2, marker=marker, markersize=6, clip_on=False)
        _write(axes, points[-1], letter, color="#5a6570", shift=(4, -3), align="left", style="italic")


def _draw_outlook(axes: Axes, chart: PathChart) -> None:
    """Draw each range as a beam with a bar at the value foretold; dots lead there from the newest value."""
    for outlook in chart.outlooks:
        ends = [outlook.lower, outlook.upper]
        axes.plot([outlook.year] * 2, ends, color=OUTLOOK, linewidth=6, alpha=0.3, solid_capstyle="butt", clip_on=False)
        axes.plot([outlook.year] * 3, [*ends, outlook.value], "_", color=OUTLOOK, markersize=10, clip_on=False)
    if chart.outlooks:
        newest = chart.observed[-1]
        stops = [(newest.year, newest.value), *((outlook.year, outlook.value) for outlook in chart.outlooks)]
        axes.plot(*zip(*stops, strict=True), color=OUTLOOK, linewidth=1.3, dashes=(1, 2), clip_on=False)


def _draw_path(axes: Axes, chart: PathChart) -> None:
    stops = [(stop.year, stop.value) for stop in chart.milestones]
    if chart.baseline is not None:
        level = stops[0][1] if chart.is_held and stops else chart.baseline.value
        stops.insert(0, (chart.baseline.year, level))
    if len(stops) > 1:
        axes.plot(*zip(*stops, strict=True), color=PATH_GREY, linewidth=1.3, dashes=(4, 3), clip_on=False)
    for stop in chart.milestones:
        axes.plot([stop.year], [stop.value], linestyle="", color=TARGET_BROWN, marker="D", markersize=6, clip_on=False)
        text = f"{_SIGNS.get(stop.operator, '')} {stop.label}".strip()
        is_last = stop is chart.milestones[-1]
        # The corner that the path leaves free: outside it at its end, on its upper or lower side on the way.
        is_above = _is_falling(chart) != is_last
        shift, align = ((0, 8) if is_above else (0, -16)), "center"
        if not is_last:
            shift, align = (4 if chart.boundaries else -3, shift[1]), "left"
        _write(axes, Point(stop.year, stop.value), text, color=TARGET_BROWN, shift=shift, align=align, weight="bold")


def _is_falling(chart: PathChart) -> bool:
    starts = [point for point in (chart.baseline, *chart.observed) if point is not None]
    return bool(chart.milestones and starts) and chart.milestones[-1].value < starts[0].value


def _draw_observed(axes: Axes, chart: PathChart) -> None:
    if not chart.observed:
        return
    axes.plot(*_broken_line(chart), color=INK, linewidth=1.6, clip_on=False)
    for firm, face in ((True, INK), (False, "#ffffff")):
        chosen = [point for point in chart.observed if point.is_firm is firm]
        axes.plot(
            [point.year for point in chosen], [point.value for point in chosen],
            linestyle="", color=INK, marker="o", markersize=5, markerfacecolor=face, markeredgewidth=1.3, clip_on=False,
        )  # fmt: skip
    if chart.baseline is not None:
        axes.plot(
            [chart.baseline.year], [chart.baseline.value],
            linestyle="", color=INK, marker="s", markersize=9, markerfacecolor="none", markeredgewidth=1.4, clip_on=False,
        )  # fmt: skip
    newest = chart.observed[-1]
    # The side from which the line does not come and to which the path does not go.
    side = -16 if _is_falling(chart) else 7
    is_at_edge = newest.year < axes.get_xlim()[0] + 0.12 * (axes.get_xlim()[1] - axes.get_xlim()[0])
    shift, align = ((7, side), "left") if is_at_edge else ((-5, side), "right")
    _write(axes, newest, newest.label, color=INK, shift=shift, align=align, weight="bold")
    if chart.baseline is not None and chart.baseline.year != newest.year:
        # A baseline close to the newest value is named on the other side, or the two labels lie on each other.
        is_close = newest.year - chart.baseline.year < 0.12 * (axes.get_xlim()[1] - axes.get_xlim()[0])
        opposite = 7 if side < 0 else -16
        _write(axes, chart.baseline, chart.baseline.label, color=INK, shift=(0, opposite if is_close else side))
    if chart.ends_label:
        axes.axvline(newest.year, color=PATH_GREY, linewidth=0.8, dashes=(1, 2))
        top, is_left = Point(newest.year, axes.get_ylim()[1]), newest.year < sum(axes.get_xlim()) / 2
        shift, align = ((4, -9), "left") if is_left else ((-4, -9), "right")
        _write(axes, top, chart.ends_label, color="#333b42", shift=shift, align=align, style="italic")


def _broken_line(chart: PathChart) -> tuple[list[float], list[float]]:
    """Return the corners of the line of values; it does not run across the years of those that are not published."""
    stops = [(point.year, point.value) for point in chart.observed]
    stops += [(year, float("nan")) for year in chart.hidden]
    years, values = zip(*sorted(stops), strict=True)
    return list(years), list(values)


def _write(
    axes: Axes, point: Point, text: str, *, shift: tuple[float, float], align: str = "center", **style: str
) -> None:
    axes.annotate(
        text, (point.year, point.value), xytext=shift, textcoords="offset points", ha=align, fontsize=10.5,
        annotation_clip=False, **style,
    )  # fmt: skip

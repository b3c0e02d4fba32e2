"""Follow a figure of a report to the cells that it came from, through corrections, sums and changed boundaries."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import TYPE_CHECKING, Any

import pandas as pd

from mande.errors import Problem, UsageError
from mande.framework.load import load_carry_weights
from mande.framework.model import Programme
from mande.indicators.bridges import carry_over
from mande.indicators.carried import carry_to_units
from mande.sources.all_sources import join_received
from mande.sources.cell_texts import CellTexts
from mande.sources.published import Published, read_published
from mande.vocabulary import TOTAL

if TYPE_CHECKING:
    from mande.workspace import Workspace

FIGURE = ["place_code", "indicator", "period", "dimension", "dimension_value", "source", "edition", "basis"]
NUMBERS = [
    "value",
    "numerator",
    "denominator",
    "unit",
    "value_status",
    "carry_rule",
    "carried_from",
    "carry_weight_vi",
    "carry_weight_en",
]
PART_COLUMNS = (
    "figure",
    "indicator",
    "place_code",
    "period",
    "value",
    "share",
    "cell_of",
    "file",
    "sheet",
    "cell",
    "raw",
    "snapshot",
    "received_date",
    "sender",
    "form_version",
    "edition",
    "correction",
    "original_value",
    "reason_vi",
    "reason_en",
    "kept_at",
)
_BETWEEN = " | "
_TOLERANCE = 1e-9
Row = Mapping[str, Any]


@dataclass(frozen=True)
class Trace:
    """Figures and what they are made of.

    `figures`: one row per source × dimension value (`observation_id`, `FIGURE`, `NUMBERS`); `parts`: one row per figure
    × observation behind it × cell, `PART_COLUMNS`, with `figure` (the figure's `observation_id`), `share` of the
    figure (missing for a weight, and where the shares do not give the figure again), `raw` (text in the cell).
    """

    figures: pd.DataFrame
    parts: pd.DataFrame


@dataclass(frozen=True)
class Evidence:
    """What a workspace knows on a day: everything that arrived, as it came and at the units of the day."""

    arrived: Published
    at_units: pd.DataFrame
    texts: CellTexts
    by_id: dict[str, Row] = field(default_factory=dict)


def gather_evidence(workspace: "Workspace", programme: Programme | None = None, *, as_of: date) -> Evidence:
    """Read what arrived once, for any number of traces. *Needs* `programme` for values carried over by its bridges."""
    arrived = join_received(read_published(workspace.published_folder), workspace.received())
    known = [*workspace.programmes.values(), *([programme] if programme else [])]
    at_units = carry_to_units(
        arrived.observations,
        workspace.places,
        indicators={indicator.id: indicator for one in known for indicator in one.indicators}.values(),
        weights=load_carry_weights(workspace.programmes_folder),
        as_of=as_of,
    )
    texts = CellTexts((workspace.published_folder, workspace.snapshots_folder, workspace.received_folder))
    rows = {str(row["observation_id"]): row for row in arrived.observations.to_dict("records")}
    return Evidence(arrived, carry_over(at_units, programme.bridges if programme else ()), texts, rows)


def trace_value(evidence: Evidence, place_code: str, indicator: str, period: str) -> Trace:
    """Return the figures of one unit, indicator and period from every source, with the cells behind each.

    *Raises* UsageError where there is none, naming the periods that have one.
    """
    table = evidence.at_units
    of_unit = table[(table["place_code"] == place_code) & (table["indicator"] == indicator)]
    figures = of_unit[of_unit["period"] == period]
    if figures.empty:
        raise UsageError(_absent(of_unit, place_code, indicator, period))
    is_total = figures["dimension"].eq(TOTAL)
    figures = pd.concat([figures[is_total], figures[~is_total]])
    parts = [part for figure in figures.to_dict("records") for part in trace_figure(evidence, figure)]
    columns = ["observation_id", *FIGURE, *NUMBERS]
    return Trace(figures[columns].reset_index(drop=True), pd.DataFrame(parts, columns=list(PART_COLUMNS)))


def trace_figure(evidence: Evidence, figure: Row) -> list[dict[str, Any]]:
    """Return the cells behind one row of `actuals` (or of `Trace.figures` with its `part_ids`)."""
    names = str(figure.get("part_ids") or figure["observation_id"]).split(_BETWEEN)
    behind = [evidence.by_id[name.partition(" x ")[0]] for name in names]
    shares = _shares(figure, behind)
    return [
        cell | {"figure": figure["observation_id"], "share": share}
        for row, share in zip(behind, shares, strict=True)
        for cell in _cells(evidence, row)
    ]


def _shares(figure: Row, behind: list[Row]) -> list[float]:
    """Return the share of each observation in a figure; none for weights, none at all if they do not give it again."""
    if len(behind) == 1:
        return [1.0]
    is_own = [row["indicator"] == figure["indicator"] for row in behind]
    sizes: list[float] = []
    for row, own in zip(behind, is_own, strict=True):
        if own:
            sizes.append(float(row["value"] if figure["carry_rule"] == "sum" else row["denominator"]))
        elif sizes:
            sizes[-1] = float(row["value"]) * (1.0 if pd.isna(sizes[-1]) else sizes[-1])
    total = sum(sizes)
    parts = [size / total if total else float("nan") for size in sizes]
    own_rows = [row for row, own in zip(behind, is_own, strict=True) if own]
    if figure["carry_rule"] == "sum":
        again = total
    else:
        again = sum(part * float(row["value"]) for part, row in zip(parts, own_rows, strict=True))
    if not abs(again - float(figure["value"])) <= _TOLERANCE * max(abs(again), 1.0):
        return [float("nan")] * len(behind)
    waiting = iter(parts)
    return [next(waiting) if own else float("nan") for own in is_own]


def _cells(evidence: Evidence, row: Row) -> Iterator[dict[str, Any]]:
    reasons = evidence.arrived.corrections
    own = reasons[reasons["observation_id"] == row["observation_id"]]
    kept_at = evidence.texts.find(str(row["snapshot"]), str(row["file"]))
    shared = {name: row[name] for name in PART_COLUMNS if name in row} | {
        "reason_vi": "; ".join(own["reason_vi"]),
        "reason_en": "; ".join(own["reason_en"]),
        "kept_at": str(kept_at or ""),
    }
    cells = {part: str(row[f"{part}_cell"]) for part in ("numerator", "denominator")} | {"value": str(row["cell"])}
    named = {cell: part for part, cell in reversed(cells.items()) if cell}
    for cell, part in sorted(named.items(), key=lambda item: list(cells).index(item[1])):
        yield shared | {"cell_of": part, "cell": cell, "raw": evidence.texts.read(kept_at, str(row["sheet"]), cell)}


def _absent(of_unit: pd.DataFrame, place_code: str, indicator: str, period: str) -> Problem:
    periods = sorted(of_unit.loc[of_unit["value"].notna(), "period"].unique())
    found = f"no value of {indicator} for {place_code} in {period}"
    if not periods:
        return Problem("trace", f"{found}, nor in any other period", "see: mande programmes list; mande places find")
    return Problem("trace", found, f"periods that have one: {', '.join(periods)}")

"""What earlier files said of a figure: values that a file received later replaced."""

from pathlib import Path
from typing import TYPE_CHECKING

import pandas as pd

from mande.sources.received_register import Event, effective_events, read_register
from mande.sources.recognition import read_received_file
from mande.sources.workbooks import read_sheets
from mande.trace import Trace

if TYPE_CHECKING:
    from mande.workspace import Workspace

SAME = ["indicator", "place_code", "period", "dimension", "dimension_value"]
REPLACED_COLUMNS = ["figure", *SAME, "value", "file", "sheet", "cell", "snapshot", "received_date", "sender"]


def find_replaced(workspace: "Workspace", trace: Trace) -> pd.DataFrame:
    """Return the values of received files that say the same as a figure of a trace, and no longer count.

    *One row per* figure × part × file that was replaced, in received order. *Adds* `figure`, as in the parts of the
    trace. *Missing values*: no row where nothing was replaced, or what was sent is in force.
    """
    groups = trace.figures.set_index("observation_id")[["dimension", "dimension_value"]]
    parts = trace.parts[["figure", "indicator", "place_code", "period", "snapshot"]].drop_duplicates()
    parts = parts.join(groups, on="figure").rename(columns={"snapshot": "in_force"})
    sent = workspace.received().submissions
    is_asked = sent["place_code"].isin({"", *parts["place_code"]}) & sent["status"].isin(["current", "superseded"])
    numbers = set(sent.loc[is_asked & parts["in_force"].isin(sent["snapshot"]).any(), "arrival"])
    events = effective_events(read_register(workspace.received_folder))
    tables = [_said(workspace, event) for event in events if event.number in numbers]
    if not tables:
        return pd.DataFrame(columns=REPLACED_COLUMNS)
    said = parts.merge(pd.concat(tables, ignore_index=True), on=SAME, how="inner", validate="many_to_many")
    is_from_unit = said["in_force"].isin(sent["snapshot"])
    return said.loc[is_from_unit & (said["snapshot"] != said["in_force"]), REPLACED_COLUMNS].reset_index(drop=True)


def _said(workspace: "Workspace", event: Event) -> pd.DataFrame:
    """Read the values of a kept file again, as they came."""
    path: Path = event.kept_in(workspace.received_folder)
    table = read_received_file(path, read_sheets(path), event, workspace.knowledge).reading.observations
    return table[[name for name in REPLACED_COLUMNS if name != "figure"]].dropna(subset=["value"])

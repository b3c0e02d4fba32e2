"""Put what units sent beside what was published: one table of observations, one of sources, one of task reports."""

from typing import Any

import pandas as pd

from mande.sources.forms.form_origin import SIMULATION, UNIT_FORMS, describe_source
from mande.sources.published import Published
from mande.sources.received import Intake
from mande.sources.recognition import UNIT_FILES
from mande.sources.task_reports import KEY

FOLDER = "data/inbox"
_UNIT_FILES_TITLE = {"title_vi": "Bảng số liệu do các đơn vị gửi", "title_en": "Tables sent by the units"}


def join_received(published: Published, intake: Intake) -> Published:
    """Return the published observations and sources with those of the submissions in force below them.

    *Adds* to the sources one row for forms (`unit-forms`), one for tables (`unit-files`), one for made-up data
    (`simulation`, which marks every page) and one for each other name that a mapping gives, as far as they occur.
    Who sent a value, and in which file, stands with the value. Without submissions nothing changes.
    """
    received = intake.observations
    if received.empty:
        return published
    columns = published.observations.columns
    observations = pd.concat([published.observations, received.reindex(columns=columns)], ignore_index=True)
    new = [name for name in received["source"].unique() if name not in set(published.sources["source"])]
    described = pd.DataFrame([_describe(name) for name in new]).reindex(columns=published.sources.columns)
    sources = pd.concat([published.sources, described], ignore_index=True) if new else published.sources
    corrections = pd.concat([published.corrections, intake.corrections], ignore_index=True)
    return Published(
        observations.astype(published.observations.dtypes.to_dict()),
        sources.astype({"is_made_up": bool}),
        corrections,
    )


def join_task_reports(reports: pd.DataFrame, intake: Intake) -> pd.DataFrame:
    """Return the task reports with those of the forms in force; where both speak of one task, the table counts."""
    told = intake.task_reports
    if told.empty:
        return reports
    both = pd.concat([reports, told.reindex(columns=reports.columns)], ignore_index=True)
    return both.astype(reports.dtypes.to_dict()).drop_duplicates(KEY, ignore_index=True)


def _describe(name: str) -> dict[str, Any]:
    if name in (SIMULATION, UNIT_FORMS):
        return describe_source(name) | {"file": FOLDER, "snapshot": ""}
    title = _UNIT_FILES_TITLE if name == UNIT_FILES else {"title_vi": name, "title_en": name}
    blank = dict.fromkeys(("publisher", "edition", "licence", "url", "snapshot"), "")
    return {"source": name, **title, **blank, "file": FOLDER, "is_made_up": False}

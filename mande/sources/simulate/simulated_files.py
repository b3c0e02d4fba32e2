"""Write a simulation as files: filled-in forms or tidy CSV, the truth, the mistakes, and the mark that all is made up."""

import datetime as dt
import multiprocessing
import os
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import pandas as pd

from mande.sources.forms.answers import Answers
from mande.sources.forms.form import (
    CODE_CELL,
    COVER_CODE_CELL,
    COVER_PERIOD_CELL,
    PERIOD_CELL,
    SENDER_CELL,
    SENT_CELL,
    SHEETS,
    Form,
)
from mande.sources.forms.form_origin import SIMULATION, SIMULATION_EDITION
from mande.sources.forms.form_styles import banner
from mande.sources.forms.form_writer import write_form
from mande.sources.forms.questionnaire import multiplier
from mande.sources.simulate.simulation import TIDY_COLUMNS, Simulation, written_head
from mande.vocabulary import ValueStatus

JOBS_AT_ONCE = 40
MARK_FILE = "SO-LIEU-MO-PHONG.txt"

_SOURCES = f"""# All files of this folder are made up by `mande simulate`.
sources:
- id: {SIMULATION}
  title: {{vi: "SỐ LIỆU MÔ PHỎNG: không phải số liệu thật", en: "SIMULATED DATA: not real"}}
  publisher: mande simulate
  edition: {SIMULATION_EDITION}
  file: submissions.csv
  is_made_up: true
"""
_MARK = """SỐ LIỆU MÔ PHỎNG. Mọi con số trong thư mục này do máy tạo ra để thử công cụ; không con số nào là thật.
SIMULATED DATA. Every number in this folder was drawn by a computer to try out the tool; none of them is real.
"""


class Job(NamedTuple):
    """One form to write: where, what, with which answers, and when it was sent."""

    path: Path
    form: Form
    answers: Answers
    overwritten: Answers
    sent: dt.datetime


def write_simulation(simulation: Simulation, folder: Path, *, workers: int = 1) -> int:
    """Write `inbox/` (the files as they come), `truth.csv` and `.parquet`, `injected_errors.csv`, `submissions.csv`,
    `sources.yaml` and a text that says that all is made up; return how many files came.

    The time stamp of each file is noon of the day on which it was sent.
    """
    inbox = folder / "inbox"
    inbox.mkdir(parents=True, exist_ok=True)
    (folder / MARK_FILE).write_text(_MARK, encoding="utf-8")
    (folder / "sources.yaml").write_text(_SOURCES, encoding="utf-8")
    truth = simulation.truth.assign(source=SIMULATION)
    truth.to_csv(folder / "truth.csv", index=False)
    truth.to_parquet(folder / "truth.parquet", index=False)
    simulation.injected.assign(source=SIMULATION).to_csv(folder / "injected_errors.csv", index=False)
    simulation.submissions.assign(source=SIMULATION).to_csv(folder / "submissions.csv", index=False)
    if simulation.layout == "forms":
        return _write_forms(list(_jobs(simulation, inbox)), workers)
    return _write_tidy(simulation, inbox)


def _sent_files(simulation: Simulation) -> Iterator[tuple[Any, pd.DataFrame]]:
    """Give each file that came with its cells; a corrected second file says the truth."""
    groups = dict(iter(simulation.cells.groupby(["place_code", "period"], sort=False)))
    for row in simulation.submissions.itertuples():
        if row.file:
            cells = groups[row.place_code, row.period]
            is_corrected = row.kind == "corrected_file" and row.copy == 2
            yield row, cells.assign(written=cells["true_value"]) if is_corrected else cells


def _jobs(simulation: Simulation, inbox: Path) -> Iterator[Job]:
    figures, cover = SHEETS["figures"], SHEETS["cover"]
    for row, cells in _sent_files(simulation):
        form = simulation.forms[row.place_code, row.period]
        sent = row.sent_date.to_pydatetime().replace(hour=12)
        first_sent = sent - dt.timedelta(days=6) if row.kind == "duplicated_file" and row.copy == 2 else sent
        answers: dict[tuple[str, str], Any] = {
            (figures, cell): _plain(written) for cell, written in zip(cells["cell"], cells["written"], strict=True)
        }
        answers[cover, SENDER_CELL] = f"Cơ quan mô phỏng · {form.unit.name_vi}"
        answers[cover, SENT_CELL] = first_sent.date()
        code, period = written_head(row.kind, row.place_code, row.period)
        typed_over: dict[tuple[str, str], Any] = {}
        if code != row.place_code:
            typed_over = {(cover, COVER_CODE_CELL): code, (figures, CODE_CELL): code}
        if period != row.period:
            typed_over = {(cover, COVER_PERIOD_CELL): period, (figures, PERIOD_CELL): period}
        yield Job(inbox / row.file, form, answers, typed_over, sent)


def _plain(written: Any) -> Any:
    """A whole number as an integer: a unit types 12, not 12.0."""
    if isinstance(written, float | np.floating):
        return int(written) if float(written).is_integer() else float(written)
    return int(written) if isinstance(written, np.integer) else written


def _write_forms(jobs: list[Job], workers: int) -> int:
    if workers <= 1:
        _write_jobs(jobs)
        return len(jobs)
    chunks = [jobs[start : start + JOBS_AT_ONCE] for start in range(0, len(jobs), JOBS_AT_ONCE)]
    with ProcessPoolExecutor(workers, mp_context=multiprocessing.get_context("spawn")) as pool:
        list(pool.map(_write_jobs, chunks))
    return len(jobs)


def _write_jobs(jobs: list[Job]) -> None:
    for job in jobs:
        write_form(job.form, job.path, answers=job.answers, overwritten=job.overwritten)
        _stamp(job.path, job.sent)


def _stamp(path: Path, sent: dt.datetime) -> None:
    seconds = sent.replace(tzinfo=dt.UTC).timestamp()
    os.utime(path, (seconds, seconds))


def _write_tidy(simulation: Simulation, inbox: Path) -> int:
    asked = {
        form.period: pd.DataFrame(
            [(q.indicator, q.dimension, q.dimension_value, q.basis, q.definition) for q in form.questions],
            columns=["indicator", "dimension", "dimension_value", "basis", "definition"],
        )
        for form in simulation.forms.values()
    }
    written = 0
    for row, cells in _sent_files(simulation):
        code, period = written_head(row.kind, row.place_code, row.period)
        table = _tidy_table(cells, asked[row.period]).assign(place_code=code, period=period)
        table.reindex(columns=TIDY_COLUMNS).to_csv(inbox / row.file, index=False)
        _stamp(inbox / row.file, row.sent_date.to_pydatetime().replace(hour=12))
        written += 1
    return written


def _tidy_table(cells: pd.DataFrame, asked: pd.DataFrame) -> pd.DataFrame:
    """One row per question, in the order of the form; values are computed from the parts as they were written."""
    keys = ["indicator", "dimension", "dimension_value"]
    wide = cells.pivot(index=keys, columns="part", values="written").reindex(
        columns=["numerator", "denominator", "value"]
    )
    wide = wide.reset_index().merge(cells[[*keys, "unit"]].drop_duplicates(), on=keys, validate="one_to_one")
    table = asked.merge(wide, on=keys, how="left", validate="one_to_one")
    numbers = {part: pd.to_numeric(table[part], errors="coerce") for part in ("numerator", "denominator")}
    factor = table["unit"].map({unit: multiplier(unit) for unit in table["unit"].unique()})
    ratio = numbers["numerator"] / numbers["denominator"].where(numbers["denominator"] > 0) * factor
    value = table["value"].where(table["value"].notna(), ratio)
    status = np.where(value.isna(), ValueStatus.MISSING.value, ValueStatus.OBSERVED.value)
    for part in ("numerator", "denominator"):
        table[part] = table[part].map(_plain, na_action="ignore").astype(object)
    return table.assign(
        value=value,
        value_status=status,
        value_qualifier="=",
        source=SIMULATION,
        edition=SIMULATION_EDITION,
        confidence="text",
        note=banner(),
    )

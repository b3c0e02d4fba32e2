"""Which received files count today: read what is kept, and say of each file whether it is in force and why not."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace
from pathlib import Path

import pandas as pd

from mande.errors import DataError, Problem
from mande.sources.correction_ledger import LEDGER, Correction
from mande.sources.corrections import apply_corrections, no_corrections
from mande.sources.forms.form_remarks import TASK_COLUMNS
from mande.sources.published import COLUMNS, OPTIONAL_COLUMNS
from mande.sources.reading import QUARANTINE_COLUMNS
from mande.sources.received_register import Event, as_problem, effective_events, read_register
from mande.sources.recognition import Knowledge, Received, read_received_file
from mande.sources.snapshot import hash_file
from mande.sources.superseding import ReceivedFile, settle_files, settle_values
from mande.sources.workbooks import Sheet, read_sheets

SUBMISSION_COLUMNS = (
    "arrival",
    "submission",
    "snapshot",
    "file",
    "sender",
    "received_date",
    "kind",
    "programme",
    "place_code",
    "period",
    "form_version",
    "status",
    "superseded_by",
    "reason",
    "n_values_sent",
    "n_read",
    "n_quarantined",
    "sum_sent",
    "sum_read",
    "sum_quarantined",
)
_COUNTS = ["n_values_sent", "n_read", "n_quarantined"]
_SUMS = ["sum_sent", "sum_read", "sum_quarantined"]


@dataclass(frozen=True)
class Intake:
    """What was received and what of it counts.

    `observations`: of the submissions in force; `quarantined`: their cells that were set aside (with `submission`);
    `submissions`: one row per received file; `task_reports`; `problems`: what to mend, `notices`: what to know;
    `corrections`: one row per cell that the ledger touched.
    """

    observations: pd.DataFrame
    quarantined: pd.DataFrame
    submissions: pd.DataFrame
    task_reports: pd.DataFrame
    problems: tuple[Problem, ...]
    notices: tuple[Problem, ...]
    corrections: pd.DataFrame


def read_received(
    received: Path,
    knowledge: Knowledge,
    *,
    ready: Mapping[int, Received] | None = None,
    reported: Collection[str] = frozenset(),
) -> Intake:
    """Read all kept files and tell which of them are in force.

    *One row per* observation of a submission in force; received file (`submissions`); cell set aside (`quarantined`).
    *Needs* the folder of received files; `ready`, what was read already, by number of the event; `reported`, hashes
    (or names, where there is no hash) of the files that lie in the inbox: what is wrong with others is history.
    *Adds* to submissions `arrival` (number of the event), `status`: current, superseded (by `superseded_by`, a file
    received later that speaks of the same form, unit and period, or of all the same values), duplicate (the very file
    that is in force already), refused (`reason`); `n_values_sent` = `n_read` + `n_quarantined`, and so the sums of the
    cells that hold numbers.
    *Missing values* a refused file has no counts.
    *Raises* DataError where a kept file was changed or is gone. The order is that of the received dates, then that of
    arrival; nothing depends on file names.
    """
    events = effective_events(read_register(received))
    files = [_read_file(event, received, knowledge, (ready or {}).get(event.number)) for event in events]
    return settle_intake(files, reported=reported)


def settle_intake(files: list[ReceivedFile], *, reported: Collection[str]) -> Intake:
    """Tell which of some files, in received order, are in force, and return what they hold (see `read_received`)."""
    files = settle_values(settle_files(files))
    current = [one for one in files if one.status == "current" and one.content]
    observations = [one.observations for one in current]
    quarantined = [one.content.reading.quarantined.assign(submission=one.event.submission) for one in current]
    return Intake(
        observations=_joined(observations, [*COLUMNS, *OPTIONAL_COLUMNS]),
        quarantined=_joined(quarantined, [*QUARANTINE_COLUMNS, "submission"]),
        submissions=_submission_table(files),
        task_reports=_joined([one.content.tasks for one in current], [*TASK_COLUMNS]),
        problems=tuple(
            problem
            for one in files
            if one.status != "refused" or (one.event.snapshot or one.event.file) in reported
            for problem in one.problems
        ),
        notices=tuple(notice for one in files for notice in one.notices),
        corrections=no_corrections(),
    )


def correct_received(intake: Intake, ledgers: Mapping[str, tuple[Correction, ...]]) -> Intake:
    """Apply the ledgers of the programmes, by id, to what was received.

    *Raises* DataError for every entry that no longer fits (`corrections.apply_corrections`).
    """
    table, applied, problems = intake.observations, [no_corrections()], []
    for programme, ledger in ledgers.items():
        try:
            corrected = apply_corrections(table, ledger, shown=f"{programme}/{LEDGER}")
        except DataError as error:
            problems += error.problems
            continue
        table = corrected.observations
        applied.append(corrected.corrections)
    if problems:
        raise DataError(problems)
    return replace(intake, observations=table, corrections=pd.concat(applied, ignore_index=True))


def with_corrections(intake: Intake, ledgers: Mapping[str, tuple[Correction, ...]]) -> Intake:
    """Return what was received, corrected; entries that no longer fit stand among the problems, and none applies."""
    try:
        return correct_received(intake, ledgers)
    except DataError as error:
        return replace(intake, problems=(*intake.problems, *error.problems))


def _read_file(event: Event, received: Path, knowledge: Knowledge, ready: Received | None) -> ReceivedFile:
    """Read one kept file; what today's readers cannot use is refused, and stays kept."""
    if event.kind == "refused":
        return ReceivedFile(event, None, "refused", reason=event.reason, problems=(as_problem(event),))
    sheets = None if ready else _kept_sheets(event, received)
    try:
        content = ready or read_received_file(event.kept_in(received), sheets or (), event, knowledge)
    except DataError as error:
        reason = "; ".join(f"{problem.found}" for problem in error.problems)
        return ReceivedFile(event, None, "refused", reason=reason, problems=error.problems)
    lost = content.count.problems(event.file)
    return ReceivedFile(event, content, "current", problems=lost)


def _kept_sheets(event: Event, received: Path) -> tuple[Sheet, ...]:
    path = event.kept_in(received)
    if not path.is_file() or hash_file(path) != event.snapshot:
        found = "the kept file was changed" if path.is_file() else "the kept file is gone"
        raise DataError(Problem(str(path), found, f"put it back from your backup; it was received as {event.file}"))
    return read_sheets(path)


def _joined(tables: list[pd.DataFrame], columns: list[str]) -> pd.DataFrame:
    """Return the tables below one another; without any, one with these columns and no row."""
    filled = [table for table in tables if len(table)]
    return pd.concat(filled, ignore_index=True) if filled else pd.DataFrame(columns=columns)


def _submission_table(files: list[ReceivedFile]) -> pd.DataFrame:
    rows = []
    for one in files:
        event, reading = one.event, one.content.reading if one.content else None
        count = one.content.count if one.content else None
        said = {name: getattr(event, name) for name in ("submission", "snapshot", "file", "sender", "received_date")}
        own = {name: getattr(reading or event, name) for name in ("programme", "place_code", "period", "form_version")}
        settled = {"status": one.status, "superseded_by": one.superseded_by, "reason": one.reason}
        counted = (count.sent, count.read, count.quarantined) if count else (None, None, None)
        summed = (count.sum_sent, count.sum_read, count.sum_quarantined) if count else (None, None, None)
        rows.append(
            {"arrival": event.number, **said, "sender": _sender(one), "kind": reading.kind if reading else ""}
            | own
            | settled
            | dict(zip([*_COUNTS, *_SUMS], (*counted, *summed), strict=True))
        )
    types = dict.fromkeys(_COUNTS, "Int64") | dict.fromkeys(_SUMS, "float64")
    return pd.DataFrame(rows, columns=list(SUBMISSION_COLUMNS)).astype(types)


def _sender(one: ReceivedFile) -> str:
    """The registered sender, otherwise the office that the form names."""
    if one.event.sender or one.content is None or one.content.reading.observations.empty:
        return one.event.sender
    return str(one.content.reading.observations["sender"].iloc[0])

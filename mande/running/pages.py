"""Make the pages of a plan in a folder: keep what stands from the same inputs, note in the ledger what becomes of each."""

import sqlite3
from collections.abc import Callable, Iterable, Iterator
from contextlib import AbstractContextManager, closing, contextmanager, nullcontext
from dataclasses import dataclass, field
from pathlib import Path

import pandas as pd

from mande.errors import DataError, Problem
from mande.running.batch import Batch, JobResult
from mande.running.kernels.kernel_folders import remove_left_folders
from mande.running.ledger import LEDGER, Entry, Ledger, hash_bytes
from mande.running.notebook_job import Limits
from mande.running.plan import OF_ALL_UNITS, Plan
from mande.running.reuse import borrow_pages, take_over_pages, unchanged_pages
from mande.running.run_folder import RunPaths, run_folder, write_whole
from mande.running.workers import Workers

_NAMED_UNITS = 3
"""So many units are named in the id of a run of some units; for more there is a hash."""

Reporter = Callable[[JobResult], None]
_RESUME = "free space or rights there, then run the same command again with --resume"


@dataclass(frozen=True)
class Orders:
    """How a run is to be made: as a whole, or with pages of a broken-off run, the last good one, or others.

    `units` are those that were asked for by name; a run of some units stands beside that of all, never in its place.
    `workers` and `report` are called when it is known how many pages there are to make; `workspace_hash` speaks of all
    that the run is made from (see `mande.running.fingerprint`). `formats` of Excel and Word files go with the pages.
    """

    workers: Callable[[], Workers]
    report: Callable[[int], AbstractContextManager[Reporter]] = lambda _: nullcontext(lambda _: None)
    is_resumed: bool = False
    is_changed_only: bool = False
    take_from: Path | None = None
    units: tuple[str, ...] = ()
    limits: Limits = field(default_factory=Limits)
    workspace_hash: str = ""
    formats: tuple[str, ...] = ()


def place_of_run(run_id: str, units: Iterable[str]) -> str:
    """Return the name of the folder of a run of these units; of all, if none is named.

    It does not begin with the programme, so that nobody who looks for the runs of a programme takes a part for the whole.

    >>> place_of_run("vn-children_mid-term", ["79", "01"])
    'units-01-79_of_vn-children_mid-term'
    """
    codes = sorted(set(units))
    if not codes:
        return run_id
    named = "-".join(codes) if len(codes) <= _NAMED_UNITS else f"{len(codes)}-{hash_bytes(repr(codes).encode())[:8]}"
    return f"units-{named}_of_{run_id}"


@contextmanager
def whole_run(paths: RunPaths, *, is_resumed: bool = False) -> Iterator[Path]:
    """Give the folder of a run to fill (see `run_folder`), and say what is to be done when nothing more can be written.

    Raises: UsageError if the folder cannot be written or is being written by another run; DataError if the disk fills.
    """
    remove_left_folders()
    try:
        with run_folder(paths.reports, paths.run_id, is_resumed=is_resumed) as folder:
            yield folder
    except (OSError, sqlite3.OperationalError) as error:
        found = f"writing failed ({getattr(error, 'strerror', None) or error})"
        raise DataError(Problem(str(paths.reports), found, _RESUME)) from None


def make_pages(
    plan: Plan, paths: RunPaths, units: pd.DataFrame, orders: Orders
) -> tuple[dict[str, Entry], dict[str, str]]:
    """Make the pages that cannot be kept; return the entries of those kept and the reasons of those that failed.

    Needs: `units` with place_code and parent_code, as the places above a changed unit are made anew with it.
    """
    folder, hashes = paths.aside, plan.hashes()
    kept = unchanged_pages(folder, hashes) if orders.is_resumed else {}
    if orders.is_changed_only and not (folder / LEDGER).exists():
        kept = take_over_pages(paths.final, folder, hashes, units)
    if orders.take_from is not None:
        kept = borrow_pages(orders.take_from, folder, hashes) | kept
    _clear(folder, keep={path for entry in kept.values() for path in entry.outputs})
    failed = {}
    with closing(Ledger(folder)) as ledger:
        facts = {"workspace": orders.workspace_hash, **_described(plan), "run_id": paths.run_id}
        ledger.plan(hashes, facts, kept.values())
        jobs = [job for unit, job in plan.jobs.items() if unit not in kept]
        jobs.sort(
            key=lambda job: job.unit not in OF_ALL_UNITS
        )  # the longest first, or all would wait for it at the end
        with orders.report(len(jobs)) as tell, orders.workers() if jobs else nullcontext() as workers:
            batch = Batch(jobs, plan.files_of, workers, on_start=lambda job, tries: ledger.start(job.unit, tries))
            for result in batch.run():
                _record(result, folder, ledger)
                if not result.is_done:
                    failed[result.job.unit] = result.reason
                tell(result)
        ledger.seal()
    return kept, failed


def _described(plan: Plan) -> dict[str, str]:
    return {name: str(plan.facts.content[name]) for name in ("made_at", "mande_version")}


def _record(result: JobResult, folder: Path, ledger: Ledger) -> None:
    """Put page and notebook on the disk, then into the ledger: what the ledger says is there even after a kill."""
    job = result.job
    if result.page is None:
        ledger.fail(job.unit, result.reason)
        return
    outputs = {job.page: result.page.html.encode(), job.executed: result.page.executed.encode()}
    for path, content in outputs.items():
        write_whole(folder / path, content)
    ledger.finish(job.unit, {path: hash_bytes(content) for path, content in outputs.items()}, result.page.seconds)


def _clear(folder: Path, *, keep: set[str]) -> None:
    """Remove what a broken-off run left and this one does not take up, down to half-written files."""
    for path in [
        *folder.glob("*.html"),
        *folder.glob("units/*"),
        *folder.glob("notebooks/*"),
        *folder.glob("exports/*"),
        *folder.rglob(".*.part"),
    ]:
        if path.relative_to(folder).as_posix() not in keep:
            path.unlink(missing_ok=True)

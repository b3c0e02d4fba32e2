"""Make the site of a review: tables, a page for every unit, the committee's page, index and manifest."""

import json
import sqlite3
from collections.abc import Callable, Iterable
from contextlib import AbstractContextManager, closing, nullcontext
from dataclasses import dataclass, field
from pathlib import Path

import pandas as pd

from mande.contracts.contract import read_contract
from mande.contracts.table import check_table
from mande.csv_copy import csv_copy
from mande.errors import DataError, Problem
from mande.indicators.disclosure.audit import require_none
from mande.indicators.disclosure.rule import Rule
from mande.protection import as_published, audit_beside, hide_hashes
from mande.reporting.index import index_page
from mande.review import Review
from mande.running.batch import Batch, JobResult
from mande.running.kernels.kernel_folders import remove_left_folders
from mande.running.ledger import LEDGER, Entry, Ledger, hash_bytes
from mande.running.manifest import make_manifest
from mande.running.notebook_job import Limits
from mande.running.page_inputs import RunFacts
from mande.running.plan import OF_ALL_UNITS, Plan, plan_pages
from mande.running.reuse import borrow_pages, take_over_pages, unchanged_pages
from mande.running.run_folder import RunPaths, run_folder, write_whole
from mande.running.workers import Workers
from mande.sources.snapshot import keep_snapshot
from mande.vocabulary import Level
from mande.workspace import Workspace

Reporter = Callable[[JobResult], None]
_RESUME = "free space or rights there, then run the same command again with --resume"


@dataclass(frozen=True)
class Orders:
    """How a run is to be made: as a whole, or with pages of a broken-off run, the last good one, or others.

    `workers` and `report` are called when it is known how many pages there are to make; `workspace_hash` speaks of all
    that the run is made from (see `mande.running.fingerprint`).
    """

    workers: Callable[[], Workers]
    report: Callable[[int], AbstractContextManager[Reporter]] = lambda _: nullcontext(lambda _: None)
    is_resumed: bool = False
    is_changed_only: bool = False
    take_from: Path | None = None
    limits: Limits = field(default_factory=Limits)
    workspace_hash: str = ""


@dataclass(frozen=True)
class Site:
    """Where a finished run stands, how many pages were made and kept, and which units failed with what reason."""

    folder: Path
    made: int
    kept: int
    failed: dict[str, str]


def make_site(workspace: Workspace, review: Review, orders: Orders, *, lang: str, reports: Path | None = None) -> Site:
    """Make the whole run beside the last one and put it in place when it is whole.

    Raises: UsageError if the folder cannot be written or is being written by another run; DataError if the disk fills.
    """
    described = review.describe(lang)
    paths = RunPaths(reports or workspace.reports_folder, str(described["run_id"]))
    require_contracts(workspace, review.tables)
    _audit(workspace, review, described, paths.reports)
    remove_left_folders()
    try:
        with run_folder(paths.reports, paths.run_id, is_resumed=orders.is_resumed) as folder:
            facts = RunFacts({**described, "made_at": _begun(folder) or described["made_at"]})
            _write_foundations(workspace, review, folder, facts)
            plan = plan_pages(workspace.notebooks_folder, review, folder, facts=facts, limits=orders.limits)
            kept, failed = _make_pages(plan, paths, review, orders)
            units = review.units.assign(failure=review.units["place_code"].map(failed).fillna(""))
            write_whole(folder / "index.html", index_page(facts.content, units, review.progress, lang))
            inputs = input_files(workspace, review)
            manifest = make_manifest(facts.content, folder=folder, inputs=inputs, root=workspace.root, failed=failed)
            write_whole(folder / "manifest.json", hide_hashes(manifest, review.actuals))
    except (OSError, sqlite3.OperationalError) as error:
        found = f"writing failed ({getattr(error, 'strerror', None) or error})"
        raise DataError(Problem(str(paths.reports), found, _RESUME)) from None
    return Site(paths.final, len(plan.jobs) - len(kept) - len(failed), len(kept), failed)


def _audit(workspace: Workspace, review: Review, described: dict[str, object], reports: Path) -> None:
    """Attack what a published run is going to show beside the published runs that stand already, before it is written.

    Raises: DisclosureError naming what could be computed.
    """
    if review.protection is None:
        return
    rule = Rule(int(str(review.protection["protected_up_to"])))
    run = as_published(described, review.actuals, review.units)
    require_none(audit_beside(run, [workspace.reports_folder, reports], rule))


def _begun(folder: Path) -> str:
    """Return when a run that is taken up again was begun, so that all its pages say the same; blank for a new one."""
    try:
        return str(json.loads((folder / "run.json").read_text(encoding="utf-8"))["made_at"])
    except (OSError, ValueError, KeyError):
        return ""


def _write_foundations(workspace: Workspace, review: Review, folder: Path, facts: RunFacts) -> None:
    """Write what the pages are made from: run.json, tables, outlines; keep a copy of every input."""
    for path in input_files(workspace, review):
        keep_snapshot(path, workspace.snapshots_folder)
    write_whole(folder / "run.json", facts.file)
    write_tables(review.tables, folder / "tables")
    write_outlines(workspace, review, folder)


def _make_pages(plan: Plan, paths: RunPaths, review: Review, orders: Orders) -> tuple[dict[str, Entry], dict[str, str]]:
    """Make the pages that cannot be kept; return the entries of those kept and the reasons of those that failed."""
    folder, hashes = paths.aside, plan.hashes()
    kept = unchanged_pages(folder, hashes) if orders.is_resumed else {}
    if orders.is_changed_only and not (folder / LEDGER).exists():
        kept = take_over_pages(paths.final, folder, hashes, review.units)
    if orders.take_from is not None:
        kept = borrow_pages(orders.take_from, folder, hashes) | kept
    _clear(folder, keep={path for entry in kept.values() for path in entry.outputs})
    failed = {}
    with closing(Ledger(folder)) as ledger:
        ledger.plan(hashes, {"workspace": orders.workspace_hash, **_described(plan)}, kept.values())
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
    return {name: str(plan.facts.content[name]) for name in ("run_id", "made_at", "mande_version")}


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
        *folder.rglob(".*.part"),
    ]:
        if path.relative_to(folder).as_posix() not in keep:
            path.unlink(missing_ok=True)


def input_files(workspace: Workspace, review: Review) -> list[Path]:
    """Return every file that the numbers of a review come from."""
    folders = [
        *(workspace.programmes_folder / programme_id for programme_id in workspace.programme_ids()),
        workspace.tasks_folder,
        workspace.root / "data" / "places",
        workspace.published_folder,
        workspace.contracts_folder,
    ]
    files = [
        path for folder in folders for path in folder.rglob("*") if path.is_file() and not path.name.startswith(".")
    ]
    return (
        files + sorted(workspace.programmes_folder.glob("*.yaml")) + sorted(workspace.notebooks_folder.glob("*.ipynb"))
    )


def require_contracts(workspace: Workspace, tables: dict[str, pd.DataFrame]) -> None:
    """Refuse to hand on a table that is not what its contract in `data_contracts/outputs/` says.

    Raises: DataError naming every violated column.
    """
    for name, table in tables.items():
        contract = workspace.contracts_folder / "outputs" / f"{name}.odcs.yaml"
        if contract.is_file():
            check_table(table, read_contract(contract))


def write_tables(tables: dict[str, pd.DataFrame], folder: Path) -> None:
    """Write each table as Parquet for machines and as CSV (UTF-8 with a mark, as Excel wants it) for people."""
    for name, table in tables.items():
        write_whole(folder / f"{name}.parquet", table.to_parquet(index=False))
        write_whole(folder / f"{name}.csv", csv_copy(table).encode("utf-8-sig"))


def write_outlines(workspace: Workspace, review: Review, folder: Path) -> None:
    """Put the schematic outlines of the provinces into the run, where there are some for this set of provinces."""
    provinces = (review.units["level"] == Level.PROVINCE).sum()
    outlines = workspace.root / "data" / "places" / f"outlines_{provinces}.geojson"
    if outlines.is_file():
        write_whole(folder / "outlines.geojson", outlines.read_bytes())


def failure_lines(failed: dict[str, str], units: pd.DataFrame) -> Iterable[str]:
    """Return one line per failed unit: code, name, reason."""
    names = units.set_index("place_code")["name_official"].to_dict()
    return (f"{code} {names.get(code, '')}: {reason}".replace(" :", ":") for code, reason in sorted(failed.items()))

"""Make the site of a review: tables, a page for every unit, the committee's page, index and manifest."""

import json
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

import pandas as pd

from mande.contracts.contract import read_contract
from mande.contracts.table import check_table
from mande.csv_copy import csv_copy
from mande.exports import add_exports
from mande.indicators.disclosure.audit import require_none
from mande.indicators.disclosure.rule import Rule
from mande.protection import as_published, audit_beside
from mande.reporting.index import index_page
from mande.review import Review
from mande.running.manifest import make_manifest
from mande.running.page_inputs import RunFacts
from mande.running.pages import Orders, make_pages, place_of_run, whole_run
from mande.running.plan import plan_pages
from mande.running.run_folder import RunPaths, write_whole
from mande.sources.snapshot import keep_snapshot
from mande.vocabulary import Level
from mande.withheld_hashes import hide_hashes
from mande.workspace import Workspace


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
    paths = RunPaths(reports or workspace.reports_folder, place_of_run(str(described["run_id"]), orders.units))
    require_contracts(workspace, review.tables)
    _audit(workspace, review, described, paths.reports)
    with whole_run(paths, is_resumed=orders.is_resumed) as folder:
        facts = RunFacts({**described, "made_at": _begun(folder) or described["made_at"]})
        _write_foundations(workspace, review, folder, facts)
        plan = plan_pages(workspace.notebooks_folder, review, folder, facts=facts, limits=orders.limits)
        kept, failed = make_pages(plan, paths, review.units, orders)
        units = review.units.assign(failure=[failed.get(code, "") for code in review.units["place_code"]])
        about = {**facts.content, "run_id": paths.run_id, "units_asked": sorted(orders.units)}
        if orders.formats:
            last = paths.final if orders.is_changed_only else None
            add_exports(folder, orders.formats, last=last, failed=failed)
        write_whole(folder / "index.html", index_page(about, units, review.progress, lang))
        inputs = input_files(workspace)
        manifest = make_manifest(about, folder=folder, inputs=inputs, root=workspace.root, failed=failed)
        write_whole(folder / "manifest.json", hide_hashes(manifest, review.actuals))
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
    for path in input_files(workspace):
        if not path.is_relative_to(workspace.received_folder):  # that keeps its own copies, each under its hash
            keep_snapshot(path, workspace.snapshots_folder)
    write_whole(folder / "run.json", facts.file)
    write_tables(flagged_tables(review), folder / "tables")
    write_outlines(workspace, review, folder)


def input_files(workspace: Workspace) -> list[Path]:
    """Return every file that the numbers of a review come from; the inbox is none: what was checked is in `received`."""
    folders = [
        *(workspace.programmes_folder / programme_id for programme_id in workspace.programme_ids()),
        workspace.tasks_folder,
        workspace.root / "data" / "places",
        workspace.published_folder,
        workspace.received_folder,
        workspace.mappings_folder,
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


def flagged_tables(review: Review) -> dict[str, pd.DataFrame]:
    """Let every table of a review that rests on made-up data say so in each row; others stay as they are."""
    if not review.sources["is_made_up"].any():
        return review.tables
    return {
        name: table if "is_made_up" in table else table.assign(is_made_up=True) for name, table in review.tables.items()
    }


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

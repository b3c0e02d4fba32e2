"""Make the site of a review: tables, a page for every unit, the committee's page, index and manifest."""

import json
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path

import pandas as pd

from mande.contracts.contract import read_contract
from mande.contracts.table import check_table
from mande.errors import DataError, Problem
from mande.reporting.index import index_page
from mande.review import Review
from mande.running.batch import JobResult, run_batch
from mande.running.manifest import make_manifest
from mande.running.notebook_job import Job
from mande.running.run_folder import run_folder, write_whole
from mande.sources.snapshot import keep_snapshot
from mande.vocabulary import Level
from mande.workspace import Workspace

UNIT_NOTEBOOK = "03_unit_review.ipynb"
COMMITTEE_NOTEBOOK = "04_committee.ipynb"
COMMITTEE = "committee"
FRAMEWORK_NOTEBOOK = "01_framework_review.ipynb"
FRAMEWORK = "framework"

Reporter = Callable[[JobResult], None]


@dataclass(frozen=True)
class Site:
    """Where a finished run stands, and which units failed with what reason."""

    folder: Path
    results: tuple[JobResult, ...]

    @property
    def failed(self) -> dict[str, str]:
        return {result.job.unit: result.reason for result in self.results if not result.is_done}


def make_site(
    workspace: Workspace,
    review: Review,
    *,
    lang: str,
    workers: int,
    reports: Path | None = None,
    report: Reporter | None = None,
) -> Site:
    """Make the whole run beside the last one and put it in place when it is whole.

    Raises: UsageError if the folder cannot be written or is being written by another run; DataError if the disk fills.
    """
    reports = reports or workspace.reports_folder
    run = review.describe(lang)
    require_contracts(workspace, review.tables)
    try:
        with run_folder(reports, str(run["run_id"])) as folder:
            inputs = input_files(workspace, review)
            for path in inputs:
                keep_snapshot(path, workspace.snapshots_folder)
            write_whole(folder / "run.json", json.dumps(run, ensure_ascii=False, indent=1))
            write_tables(review.tables, folder / "tables")
            write_outlines(workspace, review, folder)
            results = _run_jobs(plan_jobs(workspace, review, folder, lang), workers, report)
            failed = {result.job.unit: result.reason for result in results if not result.is_done}
            write_whole(
                folder / "index.html", index_page(run, _with_failures(review.units, failed), review.progress, lang)
            )
            manifest = make_manifest(run, folder=folder, inputs=inputs, root=workspace.root, failed=failed)
            write_whole(folder / "manifest.json", manifest)
    except OSError as error:
        found = f"writing failed ({error.strerror or error})"
        raise DataError(
            Problem(str(reports), found, "free space or rights there, then run the same command again")
        ) from None
    return Site(reports / str(run["run_id"]), tuple(results))


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
        write_whole(folder / f"{name}.csv", table.to_csv(index=False).encode("utf-8-sig"))


def write_outlines(workspace: Workspace, review: Review, folder: Path) -> None:
    """Put the schematic outlines of the provinces into the run, where there are some for this set of provinces."""
    provinces = (review.units["level"] == Level.PROVINCE).sum()
    outlines = workspace.root / "data" / "places" / f"outlines_{provinces}.geojson"
    if outlines.is_file():
        write_whole(folder / "outlines.geojson", outlines.read_bytes())


def plan_jobs(workspace: Workspace, review: Review, folder: Path, lang: str) -> list[Job]:
    """Return the jobs of a run: a page for each unit, then the committee's and the programme's own."""
    common = {
        "programme": review.programme.id,
        "stage": str(review.stage),
        "as_of": review.as_of.isoformat(),
        "lang": lang,
        "run": str(folder),
    }
    title = getattr(review.programme.title, lang)
    names = review.units["name_official" if lang == "vi" else "name_en"]
    jobs = [
        Job(
            unit=code,
            notebook=workspace.notebooks_folder / UNIT_NOTEBOOK,
            parameters={**common, "unit": code},
            page=folder / page,
            executed=folder / "notebooks" / f"{code}.ipynb",
            title=f"{name} · {title}",
            lang=lang,
        )
        for code, page, name in zip(review.units["place_code"], review.units["page"], names, strict=True)
    ]
    committee = Job(
        unit=COMMITTEE,
        notebook=workspace.notebooks_folder / COMMITTEE_NOTEBOOK,
        parameters=common,
        page=folder / "committee.html",
        executed=folder / "notebooks" / f"{COMMITTEE}.ipynb",
        title=title,
        lang=lang,
    )
    framework = Job(
        unit=FRAMEWORK,
        notebook=workspace.notebooks_folder / FRAMEWORK_NOTEBOOK,
        parameters={name: value for name, value in common.items() if name != "stage"},
        page=folder / "framework.html",
        executed=folder / "notebooks" / f"{FRAMEWORK}.ipynb",
        title=title,
        lang=lang,
    )
    return [*jobs, committee, framework]


def plan_size(review: Review) -> int:
    """Return how many pages a review has: one per unit, the committee's and the programme's own."""
    return len(review.units) + 2


def _run_jobs(jobs: list[Job], workers: int, report: Reporter | None) -> list[JobResult]:
    results = []
    for result in run_batch(jobs, workers=workers):
        results.append(result)
        if report is not None:
            report(result)
    return results


def _with_failures(units: pd.DataFrame, failed: dict[str, str]) -> pd.DataFrame:
    return units.assign(failure=units["place_code"].map(failed).fillna(""))


def failure_lines(failed: dict[str, str], units: pd.DataFrame) -> Iterable[str]:
    """Return one line per failed unit: code, name, reason."""
    names = units.set_index("place_code")["name_official"].to_dict()
    return (f"{code} {names.get(code, '')}: {reason}".replace(" :", ":") for code, reason in sorted(failed.items()))

"""The plan of a run: which pages there are, by which notebook, and what each is made from."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from mande.running.fingerprint import hash_programs
from mande.running.notebook_job import Job, Limits
from mande.running.page_inputs import Files, RunFacts, UnitSlices, files_below, hash_inputs, whole_tables
from mande.unit_comparisons import TABLES as COMPARISONS

if TYPE_CHECKING:
    from mande.review import Review

UNIT_NOTEBOOK = "03_unit_review.ipynb"
COMMITTEE_NOTEBOOK = "04_committee.ipynb"
COMMITTEE = "committee"
FRAMEWORK_NOTEBOOK = "01_framework_review.ipynb"
FRAMEWORK = "framework"
OF_ALL_UNITS = frozenset({COMMITTEE, FRAMEWORK})
_RUN = ".."
"""Where a notebook finds its run: one step up, while it is made as well as in the finished run."""


@dataclass(frozen=True)
class Plan:
    """The jobs of a run by unit, the files of each, and what identifies the run."""

    jobs: dict[str, Job]
    files: dict[str, Callable[[], Files]]
    facts: RunFacts

    def files_of(self, job: Job) -> dict[str, bytes]:
        """Return the files that a page is made from, cut anew each time: those of thousands would fill the memory."""
        return {**self.files[job.unit](), "run.json": self.facts.file}

    def hashes(self) -> dict[str, str]:
        """Return for each unit the hash of everything that its page is made from."""
        programs = hash_programs()
        return {
            unit: hash_inputs([programs, job.words], self.files[unit](), self.facts) for unit, job in self.jobs.items()
        }


def plan_size(review: "Review") -> int:
    """Return how many pages a review has: one per unit, the committee's and the programme's own."""
    return len(review.units) + len(OF_ALL_UNITS)


def plan_pages(notebooks: Path, review: "Review", run: Path, *, facts: RunFacts, limits: Limits) -> Plan:
    """Return the plan of a run: a page for each unit, then the committee's and the programme's own.

    Needs: `run`, the folder into which the tables have been written; the committee's page reads them from there.
    """
    lang = str(facts.content["lang"])
    common = {"programme": review.programme.id, "as_of": review.as_of.isoformat(), "lang": lang, "run": _RUN}
    staged = {**common, "stage": str(review.stage)}
    title = str(getattr(review.programme.title, lang))
    names = review.units["name_official" if lang == "vi" else "name_en"]
    make = partial(_job, notebooks, limits=limits)
    jobs = {
        code: make(UNIT_NOTEBOOK, parameters={**staged, "unit": code}, title=f"{name} · {title}", page=page)
        for code, page, name in zip(review.units["place_code"], review.units["page"], names, strict=True)
    }
    jobs[COMMITTEE] = make(COMMITTEE_NOTEBOOK, parameters=staged, title=title, page=f"{COMMITTEE}.html")
    jobs[FRAMEWORK] = make(FRAMEWORK_NOTEBOOK, parameters=common, title=title, page=f"{FRAMEWORK}.html")
    return Plan(jobs, _files_by_unit(review, run), facts)


def _job(notebooks: Path, notebook: str, *, parameters: dict[str, str], title: str, page: str, limits: Limits) -> Job:
    unit = Path(page).stem
    return Job(
        unit=unit,
        notebook=(notebooks / notebook).read_text(encoding="utf-8"),
        parameters=parameters,
        page=page,
        executed=f"notebooks/{unit}.ipynb",
        title=title,
        lang=parameters["lang"],
        limits=limits,
    )


def _files_by_unit(review: "Review", run: Path) -> dict[str, Callable[[], Files]]:
    """Return what the notebook of each unit finds beside it: units their own rows, the committee the run's tables."""
    tables, framework = review.tables, review.framework
    of_run_only = {*framework, "disclosure", *COMPARISONS}  # one unit's change would make every page anew
    slices = UnitSlices({name: table for name, table in tables.items() if name not in of_run_only})
    files: dict[str, Callable[[], Files]] = {code: partial(slices.of, code) for code in review.units["place_code"]}
    of_run = ["outlines.geojson", *(f"tables/{name}.parquet" for name in tables)]
    about_programme = whole_tables({**framework, "targets": review.targets, "sources": review.sources})
    files[COMMITTEE] = partial(files_below, run, of_run)
    files[FRAMEWORK] = lambda: about_programme
    return files

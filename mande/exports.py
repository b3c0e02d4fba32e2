"""The Excel and Word files of a run, made from its tables alone and put into its folder, whole or not at all."""

import json
import shutil
from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path

from mande.errors import DataError, Problem
from mande.export_brief import masthead_of_unit, unit_brief
from mande.export_sheets import run_sheets, unit_sheets
from mande.publishing.document import write_document
from mande.publishing.workbook import write_workbook
from mande.reporting.run import Run, open_run
from mande.reporting.wording import wording
from mande.running.manifest import describe_files
from mande.running.run_folder import write_whole

FOLDER, MANIFEST = "exports", "manifest.json"
XLSX, DOCX = "xlsx", "docx"
_ALL = "all-units"


def export_run(folder: Path, *, units: Sequence[str] = (), formats: Sequence[str] = (XLSX, DOCX)) -> list[Path]:
    """Write a workbook and a brief for each unit (all, if none is named), and one workbook of the whole run.

    All files of a format are made aside and take their place together; then the manifest lists them. Files of units
    that are not named stay as they are.
    Raises: UsageError for a folder that holds no run or a unit that it does not have; DataError for a run without
    manifest.
    """
    run = _in_memory(open_run(folder))
    lang = run.info["lang"]
    views = [run.unit(code, lang) for code in units or run.units["place_code"]]
    aside = folder / f".{FOLDER}.partial"
    shutil.rmtree(aside, ignore_errors=True)
    made = []
    for view in views:
        stem = Path(view.unit["page"]).stem
        if XLSX in formats:
            made.append(f"{stem}.{XLSX}")
            masthead = masthead_of_unit(run, view.name, lang)
            write_whole(aside / made[-1], write_workbook(unit_sheets(view), masthead))
        if DOCX in formats:
            made.append(f"{stem}.{DOCX}")
            write_whole(aside / made[-1], write_document(unit_brief(view)))
    if XLSX in formats and not units:
        made.append(f"{_ALL}.{XLSX}")
        masthead = masthead_of_unit(run, wording(lang).say("title.committee"), lang)
        write_whole(aside / made[-1], write_workbook(run_sheets(run, run.committee(lang).targets, lang), masthead))
    _put_in_place(folder, aside, made)
    return [folder / FOLDER / name for name in made]


def _in_memory(run: Run) -> Run:
    """Return the run with its tables read once: each unit then takes its rows from them."""
    names = sorted(path.stem for path in (run.folder / "tables").glob("*.parquet"))
    return replace(run, tables={name: run.table(name) for name in names})


def _put_in_place(folder: Path, aside: Path, made: list[str]) -> None:
    """Move the files to their place and list them in the manifest; `publish` hands out only what the manifest lists."""
    manifest = folder / MANIFEST
    try:
        content = json.loads(manifest.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        todo = "make the run again: mande review"
        raise DataError(Problem(str(manifest), "it is missing or cannot be read", todo)) from None
    place = folder / FOLDER
    place.mkdir(exist_ok=True)
    for name in made:
        (aside / name).replace(place / name)
    aside.rmdir()
    listed = {entry["path"]: entry for entry in content["outputs"]}
    listed |= {entry["path"]: entry for entry in describe_files(list(_files(place)), folder)}
    outputs = [listed[path] for path in sorted(listed)]
    write_whole(manifest, json.dumps({**content, "outputs": outputs}, ensure_ascii=False, indent=1))


def _files(place: Path) -> Iterator[Path]:
    return (path for path in place.iterdir() if path.suffix in (f".{XLSX}", f".{DOCX}"))

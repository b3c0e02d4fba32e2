"""The Excel and Word files of a run, made from its tables alone and put into its folder, whole or not at all."""

import json
import shutil
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import replace
from pathlib import Path

from mande.errors import DataError, Problem
from mande.export_brief import masthead_of_files, masthead_of_unit, unit_brief
from mande.export_sheets import known_numbers, run_sheets, unit_sheets
from mande.publishing.document import write_document
from mande.publishing.workbook import write_workbook
from mande.reporting.run import Run, open_run
from mande.reporting.wording import wording
from mande.running.ledger import read_entries
from mande.running.manifest import describe_files
from mande.running.reuse import bring_file, unchanged_pages
from mande.running.run_folder import write_whole
from mande.sources.snapshot import hash_file

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
    aside = folder / f".{FOLDER}.partial"
    shutil.rmtree(aside, ignore_errors=True)
    run = _in_memory(open_run(folder))
    for code in units:
        run.unit(code)  # names each that the run does not have, before anything is made
    names = _names(run, units or run.units["place_code"], formats)
    made = _make(run, aside, names, has_all=XLSX in formats and not units)
    _put_in_place(folder, aside, made)
    return [folder / FOLDER / name for name in made]


def add_exports(folder: Path, formats: Sequence[str], *, last: Path | None, failed: Collection[str]) -> None:
    """Write the exports of a run that is being made: of each unit whose page did not fail, and of all units together.

    Files of units whose page was made from the same inputs in the `last` run are taken from there.
    """
    run = _in_memory(open_run(folder))
    names = _names(run, [code for code in run.units["place_code"] if code not in failed], formats)
    kept = _take_over(last, run, names) if last is not None else set()
    anew = {code: files for code, files in names.items() if code not in kept}
    _make(run, folder / FOLDER, anew, has_all=XLSX in formats)


def _names(run: Run, codes: Iterable[str], formats: Sequence[str]) -> dict[str, list[str]]:
    """Return the names of the files of each unit."""
    pages = dict(zip(run.units["place_code"], run.units["page"], strict=True))
    return {code: [f"{Path(pages[code]).stem}.{one}" for one in (XLSX, DOCX) if one in formats] for code in codes}


def _make(run: Run, place: Path, names: dict[str, list[str]], *, has_all: bool) -> list[str]:
    """Write the files of units and, if wanted, the workbook of all; return the names of all."""
    lang = run.info["lang"]
    for code, files in names.items():
        view = run.unit(code, lang)
        for name in files:
            content = (
                write_document(unit_brief(view))
                if name.endswith(DOCX)
                else write_workbook(unit_sheets(view), masthead_of_unit(view))
            )
            write_whole(place / name, content)
    made = [name for files in names.values() for name in files]
    if has_all:
        made.append(f"{_ALL}.{XLSX}")
        masthead = masthead_of_files(run, wording(lang).say("title.committee"), lang)
        write_whole(place / made[-1], write_workbook(run_sheets(run, run.committee(lang).targets, lang), masthead))
    return made


def _take_over(last: Path, run: Run, names: dict[str, list[str]]) -> set[str]:
    """Bring files of units that have not changed since the last run; return the units that have all.

    Where a hidden number is marked also depends on which counts any unit has: if that changed, nothing is taken over.
    """
    listed = _listed(last)
    if not listed or known_numbers(open_run(last).actuals) != known_numbers(run.actuals):
        return set()
    unchanged = unchanged_pages(last, {unit: entry.inputs for unit, entry in read_entries(run.folder).items()})
    kept = set()
    for code in names.keys() & unchanged.keys():
        paths = [last / FOLDER / name for name in names[code]]
        if all(path.is_file() and listed.get(f"{FOLDER}/{path.name}") == hash_file(path) for path in paths):
            for path in paths:
                bring_file(path, run.folder / FOLDER / path.name)
            kept.add(code)
    return kept


def _listed(last: Path) -> dict[str, str]:
    """Return the hash of each file that the manifest of a run lists; nothing if it cannot be read."""
    try:
        outputs = json.loads((last / MANIFEST).read_text(encoding="utf-8"))["outputs"]
        return {entry["path"]: entry["sha256"] for entry in outputs}
    except (OSError, ValueError, KeyError, TypeError):
        return {}


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

"""Which pages need not be made: those of a broken-off run, or of the last good one, whose inputs are the same."""

import os
import shutil
from dataclasses import replace
from pathlib import Path

import pandas as pd

from mande.running.ledger import FINISHED, LEDGER, Entry, State, read_entries, read_facts
from mande.running.plan import COMMITTEE, OF_ALL_UNITS


def unchanged_pages(folder: Path, hashes: dict[str, str]) -> dict[str, Entry]:
    """Return the pages of a run, broken off or whole, that stand in its folder as they were made, from these inputs."""
    return {
        unit: entry
        for unit, entry in read_entries(folder).items()
        if entry.state in FINISHED and entry.inputs == hashes.get(unit) and entry.is_intact(folder)
    }


def take_over_pages(last: Path, folder: Path, hashes: dict[str, str], units: pd.DataFrame) -> dict[str, Entry]:
    """Bring unchanged pages of the last good run into the folder of the new one; return them as *skipped*.

    The places above a unit that changed, and the committee's page, are made anew with it.
    """
    unchanged = unchanged_pages(last, hashes)
    changed = [unit for unit in hashes if unit not in unchanged and unit not in OF_ALL_UNITS]
    anew = {*places_above(changed, units), *([COMMITTEE] if changed else [])}
    return _bring_pages(last, folder, {unit: entry for unit, entry in unchanged.items() if unit not in anew})


def borrow_pages(runs: Path, folder: Path, hashes: dict[str, str]) -> dict[str, Entry]:
    """Bring pages that were made elsewhere from the same inputs, by runs anywhere below a folder."""
    kept: dict[str, Entry] = {}
    for ledger in sorted(runs.glob(f"**/{LEDGER}")):
        found = unchanged_pages(ledger.parent, {unit: h for unit, h in hashes.items() if unit not in kept})
        kept |= _bring_pages(ledger.parent, folder, found)
    return kept


def _bring_pages(source: Path, folder: Path, entries: dict[str, Entry]) -> dict[str, Entry]:
    for entry in entries.values():
        for path in entry.outputs:
            bring_file(source / path, folder / path)
    return {unit: replace(entry, state=State.SKIPPED, tries=0, seconds={}) for unit, entry in entries.items()}


def places_above(changed: list[str], units: pd.DataFrame) -> set[str]:
    """Return the units of the run above these; the first unit, the place that the programme binds, is above all."""
    parents = dict(zip(units["place_code"], units["parent_code"], strict=True))
    above = set(units["place_code"].head(1)) if changed else set()
    for unit in changed:
        place = parents.get(unit)
        while place in parents and place not in above:
            above.add(place)
            place = parents[place]
    return above


def bring_file(source: Path, target: Path) -> None:
    """Link a file, so that an unchanged page takes no space; copy it where the disk has no links."""
    target.parent.mkdir(parents=True, exist_ok=True)
    target.unlink(missing_ok=True)
    try:
        os.link(source, target)
    except OSError:
        shutil.copy2(source, target)


def find_unchanged_run(reports: Path, workspace_hash: str) -> Path | None:
    """Return the run in a folder that was made from just these inputs and still stands whole; None if there is none."""
    for ledger in sorted(reports.glob(f"[!.]*/{LEDGER}")):
        folder = ledger.parent
        if read_facts(folder).get("workspace") == workspace_hash and _is_whole(folder):
            return folder
    return None


def _is_whole(folder: Path) -> bool:
    has_ends = (folder / "index.html").is_file() and (folder / "manifest.json").is_file()
    return has_ends and all(e.state in FINISHED and e.is_intact(folder) for e in read_entries(folder).values())

"""Seconds per unit page, split into cutting its rows, kernel start and end, cells and rendering.

    python benchmarks/unit_pages.py RUN [--units 12]

RUN is a finished run folder in reports/. Pages are made again in memory, one after another in one process, so that the
parts add up to the whole; the first page warms the caches and is not counted.
"""

import argparse
import json
import statistics
import time
from pathlib import Path

import pandas as pd

from mande.running.notebook_job import Job, make_page
from mande.running.page_inputs import UnitSlices
from mande.running.plan import UNIT_NOTEBOOK

ROOT = Path(__file__).parents[1]


def measure(run: Path, code: str, slices: UnitSlices) -> dict[str, float]:
    """Make one page and return its seconds by part."""
    info = json.loads((run / "run.json").read_text(encoding="utf-8"))
    started = time.perf_counter()
    files = {**slices.of(code), "run.json": (run / "run.json").read_bytes()}
    cut = time.perf_counter()
    names = ("programme", "stage", "as_of", "lang")
    job = Job(
        unit=code,
        notebook=(ROOT / "notebooks" / UNIT_NOTEBOOK).read_text(encoding="utf-8"),
        parameters={**{name: info[name] for name in names}, "unit": code, "run": ".."},
        page=f"units/{code}.html",
        executed=f"notebooks/{code}.ipynb",
        title=code,
        lang=info["lang"],
    )
    page = make_page(job, files)
    whole = time.perf_counter() - started
    return {
        "cutting its rows": cut - started,
        "kernel start and end": page.seconds["execute"] - page.seconds["cells"],
        "cells": page.seconds["cells"],
        "rendering": page.seconds["render"],
        "whole": whole,
        "kB": len(page.html.encode()) / 1000,
    }


def main() -> None:
    """Print median, minimum and maximum of each part."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("run", type=Path)
    parser.add_argument("--units", type=int, default=12)
    words = parser.parse_args()
    codes = pd.read_parquet(words.run / "tables" / "units.parquet")["place_code"].tolist()[: words.units + 1]
    tables = {path.stem: pd.read_parquet(path) for path in (words.run / "tables").glob("*.parquet")}
    slices = UnitSlices(tables)
    rows = [measure(words.run.resolve(), code, slices) for code in codes][1:]
    print(f"{len(rows)} units, seconds (median [min max])")
    for part in rows[0]:
        values = [row[part] for row in rows]
        print(f"{part:22} {statistics.median(values):7.3f} [{min(values):.3f} {max(values):.3f}]")


if __name__ == "__main__":
    main()

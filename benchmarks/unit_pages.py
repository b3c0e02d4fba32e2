"""Seconds per unit page, split into kernel start and end, imports, work and rendering.

    python benchmarks/unit_pages.py RUN [--units 12]

RUN is a finished run folder in reports/. Pages are made again into a temporary folder, one after another in one
process, so that the parts add up to the whole; the first page warms the caches and is not counted.
"""

import argparse
import statistics
import tempfile
import time
from pathlib import Path

import nbformat
import pandas as pd

from mande.running.notebook_job import Job, make_page

ROOT = Path(__file__).parents[1]


def measure(run: Path, code: str, folder: Path) -> dict[str, float]:
    """Make one page and return its seconds by part."""
    info = pd.read_json(run / "run.json", typ="series")
    names = ("programme", "stage", "as_of", "lang")
    job = Job(
        unit=code,
        notebook=ROOT / "notebooks" / "03_unit_review.ipynb",
        parameters={**{name: info[name] for name in names}, "unit": code, "run": str(run)},
        page=folder / f"{code}.html",
        executed=folder / f"{code}.ipynb",
        title=code,
        lang=info["lang"],
    )
    started = time.perf_counter()
    seconds = make_page(job)
    whole = time.perf_counter() - started
    cells = [
        cell.metadata["papermill"]["duration"] or 0
        for cell in nbformat.read(job.executed, 4).cells
        if cell.cell_type == "code"
    ]
    imports = cells[2] if len(cells) > 2 else 0.0  # parameters, injected parameters, then the cell that imports mande
    return {
        "kernel start and end": seconds["execute"] - sum(cells),
        "imports and reading": imports,
        "work": sum(cells) - imports,
        "rendering": seconds["render"],
        "whole": whole,
        "kB": job.page.stat().st_size / 1000,
    }


def main() -> None:
    """Print median, minimum and maximum of each part."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("run", type=Path)
    parser.add_argument("--units", type=int, default=12)
    words = parser.parse_args()
    codes = pd.read_parquet(words.run / "tables" / "units.parquet")["place_code"].tolist()[: words.units + 1]
    with tempfile.TemporaryDirectory() as folder:
        rows = [measure(words.run.resolve(), code, Path(folder)) for code in codes][1:]
    print(f"{len(rows)} units, seconds (median [min max])")
    for part in rows[0]:
        values = [row[part] for row in rows]
        print(f"{part:22} {statistics.median(values):7.3f} [{min(values):.3f} {max(values):.3f}]")


if __name__ == "__main__":
    main()

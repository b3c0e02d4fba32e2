"""Seconds that kernels cost beside the work: start, imports, shutdown; and a unit page by a plain loop and by ours.

    python benchmarks/kernels.py [--kernels 7] [--run RUN --units 6]

The first warm kernel pays for the parent; it is told apart and not counted in the medians.  The configurations take
turns, so that a busy machine slows all of them alike.  Of RUN, a finished run folder in reports/, unit notebooks are
executed with `papermill.execute_notebook` alone, without rendering.
"""

import argparse
import asyncio
import os
import statistics
import tempfile
import time
from pathlib import Path

import pandas as pd
import papermill
from jupyter_client.manager import AsyncKernelManager
from papermill.engines import papermill_engines

from mande.running.papermill_engine import KERNELS, MandeEngine, PromptKernelManager

NOTEBOOK = Path(__file__).parents[1] / "notebooks" / "03_unit_review.ipynb"
IMPORTS = "import mande.reporting.unit_view, mande.reporting.committee_view, pyarrow.dataset"
PARTS = ("start to first reply", "imports cell", "shutdown", "all three")
Managers = {"python3": AsyncKernelManager, "mande": PromptKernelManager}


async def measure_kernel(name: str) -> list[float]:
    """Start a kernel, run the imports in it, kill it; return the seconds of each part and their sum."""
    marks = [time.perf_counter()]
    manager = Managers[name](kernel_name=name)
    await manager.start_kernel()
    client = manager.client()
    client.start_channels()
    await client.wait_for_ready(timeout=120)
    marks.append(time.perf_counter())
    await client.execute_interactive(IMPORTS, timeout=120)
    marks.append(time.perf_counter())
    client.stop_channels()
    await manager.shutdown_kernel(now=True)
    marks.append(time.perf_counter())
    return [end - start for start, end in zip(marks, marks[1:], strict=False)] + [marks[-1] - marks[0]]


async def measure_kernels(repeats: int) -> None:
    """Print medians, minima and maxima of each part for both kernels."""
    first = await measure_kernel("mande")
    print(f"first warm kernel of a process, with its parent: {first[0]:.2f} s")
    found: dict[str, list[list[float]]] = {"python3": [], "mande": []}
    for _ in range(repeats):
        for name, rows in found.items():
            rows.append(await measure_kernel(name))
    print(f"\n{repeats} kernels each, s (median [min max])   python3                 mande")
    for part, *columns in zip(PARTS, *(zip(*rows, strict=True) for rows in found.values()), strict=True):
        print(f"{part:36}", *(f"{_spread(values):23}" for values in columns))


def measure_units(run: Path, units: int) -> None:
    """Print the seconds per unit notebook of a plain papermill loop, of one with our engine, and of warm kernels."""
    papermill_engines.register("mande", MandeEngine)
    codes = pd.read_parquet(run / "tables" / "units.parquet")["place_code"].tolist()[: units + 1]
    configurations = {"plain papermill, python3": ("python3", None), "our engine, python3": ("python3", "mande")}
    configurations["our engine, mande"] = ("mande", "mande")
    found: dict[str, list[float]] = {name: [] for name in configurations}
    with tempfile.TemporaryDirectory() as folder:
        for code in codes:
            for name, (kernel, engine) in configurations.items():
                started = time.perf_counter()
                papermill.execute_notebook(
                    NOTEBOOK,
                    Path(folder, f"{code}.ipynb"),
                    parameters={"run": str(run), "unit": code},
                    kernel_name=kernel,
                    engine_name=engine,
                    progress_bar=False,
                )
                found[name].append(time.perf_counter() - started)
    print(f"\n{units} unit notebooks, s per unit (median [min max])")
    plain = statistics.median(found["plain papermill, python3"][1:])
    for name, values in found.items():
        counted = values[1:]  # the first fills the caches of the disk and makes the parent
        print(f"{name:36} {_spread(counted):23} {plain / statistics.median(counted):.1f} x plain")


def _spread(values: list[float]) -> str:
    return f"{statistics.median(values):.3f} [{min(values):.3f} {max(values):.3f}]"


def main() -> None:
    """Measure what the command line asks for."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--kernels", type=int, default=7)
    parser.add_argument("--run", type=Path)
    parser.add_argument("--units", type=int, default=6)
    words = parser.parse_args()
    os.environ["JUPYTER_PATH"] = str(KERNELS.parent)
    asyncio.run(measure_kernels(words.kernels))
    if words.run:
        measure_units(words.run.resolve(), words.units)


if __name__ == "__main__":
    main()

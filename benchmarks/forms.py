"""Measure the forms: 705 districts × 2 periods written as filled-in forms with 2 % mistakes, read back, and what is found.

    python benchmarks/forms.py [--units 705] [--workers 2]

Targets: written well under 120 s, read under 60 s with two processes (here one reads); every mistake that a cell alone
shows is found in its cell, no clean cell is set aside, and every clean number is the true one.
"""

import argparse
import resource
import tempfile
import time
from pathlib import Path

import pandas as pd
from measuring import processor_seconds, report

from mande.errors import DataError
from mande.form_plan import plan_forms
from mande.framework.load import load_indicators
from mande.sources.forms.form_reader import read_form
from mande.sources.simulate.simulated_files import write_simulation
from mande.sources.simulate.simulation import Simulation, simulate
from mande.sources.workbooks import read_sheets
from mande.workspace import open_workspace

ROOT = Path(__file__).resolve().parents[1]
CELL = ["file", "sheet", "cell"]
KEYS = ["place_code", "period", "indicator", "dimension", "dimension_value"]


def main() -> None:
    """Print one line per measurement."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--units", type=int, default=705)
    parser.add_argument("--workers", type=int, default=2)
    options = parser.parse_args()
    home = open_workspace(ROOT)
    plan = plan_forms(
        home, "vn-children-2021-2030", level="district", as_of="2021-12-31", periods=["2020", "2021"], is_made_up=True
    )
    wanted = set(plan.units["place_code"].head(options.units))
    forms = [form for form in plan.forms if form.unit.place_code in wanted]
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        started = time.perf_counter()
        made = simulate(plan.programme, forms, seed=7, rate=0.02)
        report("truth and mistakes drawn", f"{time.perf_counter() - started:.1f} s")
        started, used = time.perf_counter(), processor_seconds()
        n_files = write_simulation(made, folder, workers=options.workers)
        seconds = f"{time.perf_counter() - started:.1f} s ({processor_seconds() - used:.1f} s of processor)"
        report(f"{n_files} forms written, {options.workers} processes", seconds)
        measure_reading(made, folder, load_indicators(home.programmes_folder))


def measure_reading(made: Simulation, folder: Path, known: dict) -> None:
    """Read all files and compare with what was injected and with the truth."""
    started, cpu = time.perf_counter(), time.process_time()
    observations, quarantined, refused = [], [], set()
    for path in sorted((folder / "inbox").iterdir()):
        try:
            reading = read_form(path, read_sheets(path), indicators=known)
        except DataError:
            refused.add(path.name)
            continue
        observations.append(reading.observations)
        quarantined.append(reading.quarantined)
    seconds = f"{time.perf_counter() - started:.1f} s ({time.process_time() - cpu:.1f} s of processor), one process"
    report(f"{len(observations) + len(refused)} forms read", seconds)
    report("memory at most", f"{resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 2**20:.2f} GB")
    report_found(made, pd.concat(observations), pd.concat(quarantined), refused)


def report_found(made: Simulation, observed: pd.DataFrame, aside: pd.DataFrame, refused: set[str]) -> None:
    """Print recall by kind, false alarms and lost numbers."""
    injected = made.injected
    is_aside = pd.MultiIndex.from_frame(injected[CELL]).isin(pd.MultiIndex.from_frame(aside[CELL]))
    by_cell = injected.assign(is_found=is_aside)[injected["found_by"] == "cell"]
    for kind, found in by_cell.groupby("kind")["is_found"]:
        report(f"found in its cell: {kind}", f"{found.sum()} of {len(found)}")
    wrong = injected[injected["kind"].isin(("wrong_unit_code", "wrong_period"))]
    report("refused: wrong unit or period", f"{wrong['file'].isin(refused).sum()} of {len(wrong)}")
    is_known = pd.MultiIndex.from_frame(aside[CELL]).isin(pd.MultiIndex.from_frame(injected[CELL]))
    both = observed.merge(made.truth, on=KEYS, suffixes=("", "_true"), validate="many_to_one")
    mistaken = injected[~injected["found_by"].isin(("read",))]
    changed = pd.MultiIndex.from_frame(mistaken[["file", "cell"]])
    n_clean = n_wrong = 0
    for part in ("numerator", "denominator"):
        table = both[both[f"{part}_cell"] != ""]
        is_clean = ~pd.MultiIndex.from_frame(table[["file", f"{part}_cell"]]).isin(changed)
        n_clean += is_clean.sum()
        n_wrong += (table.loc[is_clean, part] != table.loc[is_clean, f"{part}_true"]).sum()
    report("false alarms", f"{(~is_known).sum()} of {n_clean} clean cells")
    report("clean cells that are not read as the truth", str(n_wrong))


if __name__ == "__main__":
    main()

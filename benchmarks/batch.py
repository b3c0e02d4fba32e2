"""Seconds per unit page, side by side: papermill in a plain loop, in two processes, ours, and the lower bound.

    python benchmarks/batch.py RUN [--units 60] [--rounds 1] [--only a,b,c,d]

RUN is a finished run folder in reports/.  The same units are made by
  a  a plain loop of `papermill.execute_notebook` with an ordinary kernel, then nbconvert;
  b  the same in two processes;
  c  ours: the batch with two workers, warm kernels, each page from files of its own;
  d  the lower bound: the same page made by plain calls in two warm processes, without any notebook.
Configurations take turns round by round.  Starting the processes counts in all of them but d, which is warm by
definition.  The pages of c are compared with those of an ordinary kernel byte by byte.
"""

import argparse
import json
import statistics
import tempfile
import time
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context
from pathlib import Path

import pandas as pd

from mande.reporting.run import open_run
from mande.running.batch import Batch
from mande.running.notebook_job import Job, Limits
from mande.running.page_inputs import UnitSlices
from mande.running.plan import UNIT_NOTEBOOK
from mande.running.workers import LocalWorkers, start_parent_aside, use_one_thread_each

NOTEBOOK = Path(__file__).parents[1] / "notebooks" / UNIT_NOTEBOOK
SECTIONS = (
    "banner", "headline", "targets_table", "companions", "tasks", "path_charts", "requests", "data_quality", "sources",
    "arithmetic", "footer",
)  # fmt: skip
NAMES = {
    "a": "plain papermill + nbconvert, one process",
    "b": "plain papermill + nbconvert, two processes",
    "c": "ours, two workers",
    "d": "lower bound: plain calls, two warm processes",
}


def make_plainly(run: str, code: str, folder: str) -> None:
    """Make a page as the manuals of papermill and nbconvert say."""
    import papermill
    from nbconvert import HTMLExporter

    executed = papermill.execute_notebook(
        NOTEBOOK, Path(folder, f"{code}.ipynb"), {"run": run, "unit": code}, kernel_name="python3", progress_bar=False
    )
    html, _ = HTMLExporter(exclude_input=True).from_notebook_node(executed)
    Path(folder, f"{code}.html").write_text(html, encoding="utf-8")


def call_plainly(run: str, code: str, folder: str) -> None:
    """Make the same page by plain calls: the same sections in the same template, without notebook, kernel or papermill."""
    from nbformat.v4 import new_code_cell, new_notebook, new_output

    from mande.reporting.notebook import render

    opened = open_run(run)
    view = opened.unit(code)
    shown = [new_output("display_data", {"text/html": getattr(view, name).html}) for name in SECTIONS]
    cells = [new_code_cell("shown", execution_count=1, outputs=[output]) for output in shown]
    page = render(new_notebook(cells=cells), title=code, lang=opened.info["lang"])
    Path(folder, f"{code}.html").write_text(page, encoding="utf-8")


def _shown(notebook: str) -> bytes:
    """Return what a notebook's file shows; a text may stand in it whole or by lines."""
    import nbformat

    return json.dumps([cell.get("outputs") for cell in nbformat.reads(notebook, 4).cells], sort_keys=True).encode()


def begin(make, run: str, codes: list[str], folder: str, together) -> None:
    """Ready a process; a warm one has made some pages before the clock starts, and waits for the other."""
    use_one_thread_each()
    if together is not None:
        for code in codes[:2]:
            make(run, code, folder)
        together.wait()


def measure_pool(make, run: str, codes: list[str], folder: str, *, is_warm: bool) -> float:
    """Return the seconds that two processes take for all units."""
    context = get_context("spawn")
    together = context.Barrier(2) if is_warm else None
    known = (make, run, codes, folder, together)
    with ProcessPoolExecutor(2, mp_context=context, initializer=begin, initargs=known) as pool:
        if is_warm:
            for ready in [pool.submit(int), pool.submit(int)]:
                ready.result()
        started = time.perf_counter()
        list(pool.map(make, [run] * len(codes), codes, [folder] * len(codes)))
        return time.perf_counter() - started


def measure_ours(run: str, codes: list[str]) -> tuple[float, dict[str, bytes]]:
    """Return the seconds of our batch, and what each page's notebook shows.

    The warm parent stands, as after the tables of a review, and as the processes of the lower bound do.
    """
    info = json.loads(Path(run, "run.json").read_text(encoding="utf-8"))
    tables = {path.stem: pd.read_parquet(path) for path in Path(run, "tables").glob("*.parquet")}
    start_parent_aside().join()
    started = time.perf_counter()
    slices = UnitSlices(tables)
    common = {name: info[name] for name in ("programme", "stage", "as_of", "lang")} | {"run": ".."}
    text = NOTEBOOK.read_text(encoding="utf-8")
    jobs = [
        Job(code, text, {**common, "unit": code}, f"units/{code}.html", f"notebooks/{code}.ipynb", code, "vi", Limits())
        for code in codes
    ]
    run_json = Path(run, "run.json").read_bytes()
    with LocalWorkers(2) as workers:
        batch = Batch(
            jobs, lambda job: {**slices.of(job.unit), "run.json": run_json}, workers, on_start=lambda job, tries: None
        )
        results = list(batch.run())
    seconds = time.perf_counter() - started
    failed = [result.reason for result in results if not result.is_done]
    if failed:
        raise SystemExit(f"pages failed: {failed}")
    return seconds, {result.job.unit: _shown(result.page.executed) for result in results}


def measure(name: str, run: str, codes: list[str], folder: str) -> float:
    """Return the seconds that one configuration takes for all units."""
    if name == "a":
        started = time.perf_counter()
        for code in codes:
            make_plainly(run, code, folder)
        return time.perf_counter() - started
    if name == "b":
        return measure_pool(make_plainly, run, codes, folder, is_warm=False)
    if name == "c":
        return measure_ours(run, codes)[0]
    return measure_pool(call_plainly, run, codes, folder, is_warm=True)


def compare_outputs(run: str, codes: list[str], folder: str) -> int:
    """Return for how many of the units our kernel and an ordinary one show the same, byte for byte."""
    ours = measure_ours(run, codes)[1]
    same = 0
    for code in codes:
        make_plainly(run, code, folder)
        same += _shown(Path(folder, f"{code}.ipynb").read_text(encoding="utf-8")) == ours[code]
    return same


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("run", type=Path)
    parser.add_argument("--units", type=int, default=60)
    parser.add_argument("--rounds", type=int, default=1)
    parser.add_argument("--only", default="a,b,c,d")
    words = parser.parse_args()
    run = str(words.run.resolve())
    codes = pd.read_parquet(words.run / "tables" / "units.parquet")["place_code"].tolist()[: words.units]
    names = words.only.split(",")
    found: dict[str, list[float]] = {name: [] for name in names}
    with tempfile.TemporaryDirectory() as folder:
        for _ in range(words.rounds):
            for name in names:
                found[name].append(measure(name, run, codes, folder) / len(codes))
        same = compare_outputs(run, codes[:3], folder) if "c" in names else 0
    middle = {name: statistics.median(values) for name, values in found.items()}
    print(
        f"| {len(codes)} unit pages, {words.rounds} rounds | seconds per page [min max] | a is so many times as long | times d |"
    )
    print("| --- | --- | --- | --- |")
    for name, values in found.items():
        times = [f"{middle['a'] / middle[name]:.1f} ×" if "a" in middle else "", ""]
        times[1] = f"{middle[name] / middle['d']:.2f}" if "d" in middle else ""
        print(
            f"| {name} {NAMES[name]} | {middle[name]:.3f} [{min(values):.3f} {max(values):.3f}] | {' | '.join(times)} |"
        )
    if "c" in names:
        print(f"\noutputs equal to those of an ordinary kernel, byte for byte: {same} of 3 units")


if __name__ == "__main__":
    main()

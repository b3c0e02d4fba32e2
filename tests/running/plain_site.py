"""A made-up site of plain notebooks: the real ledger, folders, workers and kernels, without computing any review.

    python -m tests.running.plain_site FOLDER [--resume] [--changed] [--workers N]

A page shows its row, a file below FOLDER/rows.  Where FOLDER/faults has a file of the unit's name, what stands in it is
done first.
"""

import argparse
import json
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from contextlib import contextmanager
from pathlib import Path

import pandas as pd
import psutil

from mande.running.kernels.kernel_folders import remove_left_folders
from mande.running.notebook_job import Job, Limits
from mande.running.page_inputs import RunFacts
from mande.running.pages import Orders, make_pages, whole_run
from mande.running.plan import COMMITTEE, Plan
from mande.running.run_folder import RunPaths, write_whole
from mande.running.workers import LocalWorkers

ROOT = Path(__file__).parents[2]
UNITS = ("VN", "01", "02", "03", "04", "05")
RUN_ID = "made-up"
TABLE = pd.DataFrame({"place_code": UNITS, "parent_code": ["", *["VN"] * 5]})
CELLS = (
    'unit = ""\nfolder = ""\npause = 0.0',
    "import os, pathlib, time\nfault = pathlib.Path(folder, 'faults', unit)\n"
    "exec(fault.read_text() if fault.exists() else '')\ntime.sleep(pause)",
    "from IPython.display import HTML\nHTML(f'<p>{unit}: {pathlib.Path(\"../row.txt\").read_text()}</p>')",
)
KERNEL = {"kernelspec": {"name": "python3", "display_name": "Python 3", "language": "python"}}


def notebook_text():
    """The notebook as JSON: importing nbformat would take longer than making a page."""
    empty = {"cell_type": "code", "execution_count": None, "outputs": []}
    cells = [{**empty, "id": f"cell-{number}", "metadata": {}, "source": text} for number, text in enumerate(CELLS)]
    cells[0]["metadata"] = {"tags": ["parameters"]}
    return json.dumps({"cells": cells, "metadata": KERNEL, "nbformat": 4, "nbformat_minor": 5})


def plain_plan(folder, *, made_at="2025-01-01T00:00:00+00:00", pause=0.0):
    """A page for each unit and one for all; pause and folder differ between sites whose pages are the same."""
    notebook, jobs = notebook_text(), {}
    for unit in (*UNITS, COMMITTEE):
        page = f"{unit}.html" if unit == COMMITTEE else f"units/{unit}.html"
        parameters = {"unit": unit, "folder": str(folder), "pause": pause}
        jobs[unit] = Job(unit, notebook, parameters, page, f"notebooks/{unit}.ipynb", unit, "vi", Limits(seconds=20))
    files = {unit: lambda unit=unit: {"row.txt": (folder / "rows" / unit).read_bytes()} for unit in jobs}
    return Plan(jobs, files, RunFacts({"run_id": RUN_ID, "made_at": made_at, "mande_version": "0"}))


def make_run(folder, orders, *, reports=None, plan=None):
    """Make the run as `mande review` does: pages, then the index, then the folder in its place."""
    plan, paths = plan or plain_plan(folder), RunPaths(reports or folder / "reports", RUN_ID)
    with whole_run(paths, is_resumed=orders.is_resumed) as aside:
        write_whole(aside / "run.json", plan.facts.file)
        kept, failed = make_pages(plan, paths, TABLE, orders)
        write_whole(aside / "index.html", "<p>index</p>")
    return kept, failed


def main():
    """Make the run as the command does, with its answer to signals."""
    from rich.console import Console

    from mande.commands.progress import show_progress, stopping_on_signals
    from mande.errors import MandeError

    words = argparse.ArgumentParser()
    words.add_argument("folder", type=Path)
    for flag in ("--resume", "--changed"):
        words.add_argument(flag, action="store_true")
    words.add_argument("--workers", type=int, default=1)
    words.add_argument("--pause", type=float, default=0)
    given = words.parse_args()
    console = Console(stderr=True)
    orders = Orders(
        workers=lambda: LocalWorkers(given.workers),
        report=lambda total: show_progress(total, console),
        is_resumed=given.resume,
        is_changed_only=given.changed,
    )
    try:
        with stopping_on_signals(console):
            make_run(given.folder, orders, plan=plain_plan(given.folder, pause=given.pause))
    except MandeError as error:
        sys.exit(str(error))


class PlainSite:
    """The folders of a made-up site, and its runner as a process of its own."""

    def __init__(self, folder):
        self.folder, self.reports = folder, folder / "reports"
        self.temporary = Path(tempfile.mkdtemp(prefix="m", dir="/tmp"))  # short: sockets have short paths
        for name in ("rows", "faults"):
            (folder / name).mkdir(parents=True)
        for unit in (*UNITS, COMMITTEE):
            (folder / "rows" / unit).write_text(f"row of {unit}")

    def start(self, *words):
        return subprocess.Popen(
            [sys.executable, "-m", "tests.running.plain_site", str(self.folder), *map(str, words)],
            cwd=ROOT,
            env={**os.environ, "TMPDIR": str(self.temporary)},
            start_new_session=True,
            text=True,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
        )

    def run(self, *words, code=0):
        process = self.start(*words)
        out, err = process.communicate(timeout=120)
        assert process.returncode == code, (process.returncode, out, err)
        return out + err

    @contextmanager
    def running(self, *words, pages=1):
        """Start the runner and go on when so many pages stand; nothing that it started is left at the end."""
        process = self.start(*words)
        self.wait_for_pages(process, pages)
        started = psutil.Process(process.pid).children(recursive=True)
        try:
            yield process, started
        finally:
            if process.poll() is None:
                os.killpg(process.pid, signal.SIGKILL)
            process.communicate()
            assert wait_until(lambda: not any(one.is_running() for one in started), 10), started

    def wait_for_pages(self, process, pages):
        aside = self.reports / f".{RUN_ID}.partial"
        wait_until(lambda: len(list(aside.rglob("*.html"))) >= pages or process.poll() is not None, 60)
        assert process.poll() is None, process.communicate()

    def pages(self):
        """What the pages show, by path: folder and pause are in the notebooks' parameters."""
        folder = self.reports / RUN_ID
        return {path.relative_to(folder).as_posix(): path.read_bytes() for path in sorted(folder.rglob("*.html"))}

    def leftovers(self):
        remove_left_folders(self.temporary, young_seconds=0)
        hidden = [path for path in self.reports.rglob(".*") if not path.name.endswith(".lock")]
        return [*hidden, *self.temporary.iterdir()]

    def close(self):
        shutil.rmtree(self.temporary, ignore_errors=True)


def wait_until(is_so, seconds=5.0):
    end = time.monotonic() + seconds
    while not is_so() and time.monotonic() < end:
        time.sleep(0.02)
    return is_so()


if __name__ == "__main__":
    main()

"""The real command with small made-up notebooks, for six units: quick enough to be killed many times.

Only the computing of the tables is replaced by its own stored result; ledger, workers, kernels and folders are the real
ones.  A notebook does something made-up when there is a file of its unit's name in FAULTS: what, stands in it.
"""

import dataclasses
import os
import pickle
import re
import shutil
import signal
import subprocess
import sys
import time
from contextlib import contextmanager
from functools import cache
from pathlib import Path

import nbformat
import pandas as pd
import psutil

import mande
from mande.review import compute_review
from mande.running.kernels.kernel_folders import remove_left_folders

ROOT = Path(__file__).parents[2]
UNITS = ("VN", "01", "04", "48", "79", "92")
RUN_ID = "vn-children-2021-2030_mid-term_2024-12-31_province_vi"
REVIEW = ("review", "vn-children-2021-2030", "--stage", "mid-term", "--as-of", "2024-12-31", "--level", "province")
PARAMETERS = 'programme = ""\nstage = ""\nas_of = ""\nunit = "all"\nlang = "vi"\nrun = ""'
FAULT = """
import os, pathlib, time
fault = pathlib.Path(os.environ["FAULTS"], unit)
if fault.exists():
    exec(fault.read_text())
time.sleep(float(os.environ.get("PAUSE", "0")))
"""
SHOWN = {
    "01_framework_review": "import mande\nmande.open_run(run).framework(lang=lang).banner",
    "03_unit_review": "import mande\nview = mande.open_run(run).unit(unit, lang=lang)\nview.targets_table",
    "04_committee": "import mande\nmande.open_run(run).committee(lang=lang).headline",
}
COMMAND = """
import datetime, os, pickle, sys
import mande.review
stored = sys.argv.pop(1)
mande.review.compute_review = lambda *_, **__: pickle.load(open(stored, "rb"))
if now := os.environ.get("FAKE_NOW"):
    class Clock(datetime.datetime):
        @classmethod
        def now(cls, tz=None):
            return datetime.datetime.fromisoformat(now)
    mande.review.datetime = Clock
from mande.__main__ import main
main()
"""


@cache
def small_review():
    """The real review of the nation and five provinces."""
    home = mande.open_workspace(ROOT)
    programme = home.programme("vn-children-2021-2030")
    options = {"stage": "mid-term", "as_of": "2024-12-31", "level": "province", "unit_codes": list(UNITS)}
    return compute_review(home, programme, **options)


def of_one_unit(review, unit):
    """The review as `--unit` computes it."""
    fields = [field.name for field in dataclasses.fields(review)]
    local = {name: getattr(review, name) for name in fields if isinstance(getattr(review, name), pd.DataFrame)}
    cut = {
        name: table[table["place_code"] == unit].reset_index(drop=True).astype(table.dtypes)
        for name, table in local.items()
        if "place_code" in table
    }
    return dataclasses.replace(review, **cut)


class SmallSite:
    """A workspace with small notebooks, a stored review of it, and folders for the runs and for what is temporary."""

    def __init__(self, folder, review):
        self.folder, self.reports, self.faults = folder, folder / "reports", folder / "faults"
        self.faults.mkdir(parents=True)
        self.temporary = Path("/tmp", f"m{os.getpid()}{hash(str(folder)) % 10**8}")  # short: sockets have short paths
        self.temporary.mkdir()
        self.stored = folder / "review.pickle"
        self.store(review)
        for name in ("programmes", "data", "data_contracts"):
            (folder / name).symlink_to(ROOT / name)
        (folder / "notebooks").mkdir()
        for name, shown in SHOWN.items():
            self.write_notebook(name, shown)

    def break_unit(self, unit, fault):
        (self.faults / unit).write_text(fault)

    def mend_unit(self, unit):
        (self.faults / unit).unlink()

    def store(self, review):
        self.stored.write_bytes(pickle.dumps(review))

    def write_notebook(self, name, shown):
        cells = [nbformat.v4.new_code_cell(source) for source in (PARAMETERS, FAULT, shown)]
        cells[0].metadata["tags"] = ["parameters"]
        for number, cell in enumerate(cells):
            cell["id"] = f"cell-{number}"
        kernel = {"kernelspec": {"name": "python3", "display_name": "Python 3", "language": "python"}}
        nbformat.write(
            nbformat.v4.new_notebook(cells=cells, metadata=kernel), self.folder / "notebooks" / f"{name}.ipynb"
        )

    def start(self, *words, reports=None, pause=0.0, prefix=(), **variables):
        """Start the command in a session of its own and return its process."""
        environment = {
            **os.environ,
            "FAULTS": str(self.faults),
            "PAUSE": str(pause),
            "TMPDIR": str(self.temporary),
            **variables,
        }
        options = ("--workspace", self.folder, "--output", reports or self.reports, *words)
        return subprocess.Popen(
            [*prefix, sys.executable, "-c", COMMAND, str(self.stored), *REVIEW, *map(str, options)],
            cwd=self.folder,
            env=environment,
            start_new_session=True,
            text=True,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
        )

    def run(self, *words, code=0, **options):
        """Run the command to its end and return what it said."""
        process = self.start(*words, **options)
        out, err = process.communicate(timeout=120)
        assert process.returncode == code, (process.returncode, out, err)
        return out + err

    @contextmanager
    def running(self, *words, pages=1, **options):
        """Start the command and go on when so many pages stand; its descendants are gone at the end."""
        process = self.start(*words, **options)
        aside = (options.get("reports") or self.reports) / f".{RUN_ID}.partial"
        wait_until(lambda: len(list(aside.rglob("*.html"))) >= pages or process.poll() is not None, 60)
        assert process.poll() is None, process.communicate()
        started = psutil.Process(process.pid).children(recursive=True)
        try:
            yield process, started
        finally:
            if process.poll() is None:
                os.killpg(process.pid, signal.SIGKILL)
            process.communicate()
            assert wait_until(lambda: not any(one.is_running() for one in started), 10), started

    def pages(self, reports=None):
        """Every file of the site but the ledger and the manifest, without the moment at which it was made."""
        return site_of((reports or self.reports) / RUN_ID)

    def leftovers(self):
        """What should not be there: half-made files and folders of kernels, parents or workers."""
        remove_left_folders(self.temporary, young_seconds=0)
        hidden = [path for path in self.reports.rglob(".*") if not path.name.endswith(".lock")]
        return [*hidden, *self.temporary.iterdir()]

    def close(self):
        shutil.rmtree(self.temporary, ignore_errors=True)


def site_of(folder):
    files = [path for path in folder.rglob("*") if path.is_file() and not path.name.startswith(("ledger", "manifest"))]
    return {path.relative_to(folder).as_posix(): without_moment(path.read_bytes()) for path in sorted(files)}


def without_moment(content):
    """A run says on its pages, in its notebooks and in run.json when it was begun; that alone may differ."""
    content = re.sub(rb'"made_at": "[^"]*"', b'"made_at": ""', content)
    return re.sub(rb"\d\d:\d\d \d\d/\d\d/\d{4} UTC", b"", content)


def wait_until(is_so, seconds=5.0):
    end = time.monotonic() + seconds
    while not is_so() and time.monotonic() < end:
        time.sleep(0.02)
    return is_so()

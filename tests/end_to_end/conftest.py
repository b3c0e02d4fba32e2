"""Run the real command once, on the real data, and let all end-to-end tests look at what it made."""

import io
import subprocess
import sys
from contextlib import chdir, redirect_stderr, redirect_stdout
from pathlib import Path
from unittest.mock import patch

import pytest

ROOT = Path(__file__).parents[2]
RUN_ID = "vn-children-2021-2030_mid-term_2024-12-31_province_vi"


def mande(*words, cwd=ROOT, timeout=600):
    """Run the command line as a user would and return the finished process."""
    return subprocess.run(
        [sys.executable, "-m", "mande", *map(str, words)],
        cwd=cwd,
        capture_output=True,
        text=True,
        timeout=timeout,
        check=False,
    )


def mande_here(*words, cwd=ROOT):
    """Run the same command in this process, where everything is imported already, and return what a process would.

    For commands that end before a page is made; that a real process says the same, `mande` shows in `test_documents`.
    """
    out, err = io.StringIO(), io.StringIO()
    argv = ["mande", *map(str, words)]
    from mande.__main__ import main

    with patch.object(sys, "argv", argv), chdir(cwd), redirect_stdout(out), redirect_stderr(err):
        try:
            main()
            code = 0
        except SystemExit as ended:
            code = ended.code or 0
    return subprocess.CompletedProcess(argv, code, out.getvalue(), err.getvalue())


REVIEW = ("review", "vn-children-2021-2030", "--stage", "mid-term", "--as-of", "2024-12-31", "--level", "province")


@pytest.fixture(scope="session")
def finished_run(tmp_path_factory):
    """The run that `make review` makes: the nation and 63 provinces."""
    output = tmp_path_factory.mktemp("reports")
    process = mande(*REVIEW, "--workers", 2, "--output", output)
    assert process.returncode == 0, process.stderr
    assert process.stdout.strip() == str(output / RUN_ID / "index.html")
    return output / RUN_ID


@pytest.fixture(scope="session")
def small_site(tmp_path_factory):
    """The real command with small notebooks for six units: one made by itself, then all; and what both runs said.

    Tests that use it belong to the xdist_group "small_site", so that it is made once.
    """
    from tests.end_to_end.small_site import SmallSite, of_one_unit, small_review

    site = SmallSite(tmp_path_factory.mktemp("site"), of_one_unit(small_review(), "01"))
    site.made_by_unit = site.run("--unit", "01", "--workers", 1, reports=site.folder / "by-unit" / "01")
    site.store(small_review())
    site.made_whole = site.run("--take-from", site.folder / "by-unit", "--workers", 2)
    site.first_pages = site.pages()
    yield site
    site.close()

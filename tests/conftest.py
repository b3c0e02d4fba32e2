"""Settings of all tests."""

import re
from functools import cache
from pathlib import Path

import pytest
from hypothesis import settings

# Speed is measured in benchmarks/, never asserted in a test; two cores shared by several workers stall at times.
settings.register_profile("mande", deadline=None, print_blob=True)
settings.load_profile("mande")


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config, log):
    """Keep the tests of a file, and the files of an `xdist_group`, on one worker: what they share is made once.

    pytest-xdist 3.8 writes the group into an id that pytest 9.2 no longer reads, and every group falls apart.
    The work is handed out in the order of the folders, as the long tests stand in the second of them.
    """
    if config.getvalue("dist") != "loadgroup":
        return None
    from xdist.scheduler import LoadScopeScheduling

    class FilesTogether(LoadScopeScheduling):
        def _split_scope(self, nodeid):
            return group_of_file(nodeid.split("::")[0])

    config.option.loadscopereorder = False
    return FilesTogether(config, log)


@cache
def group_of_file(path):
    """Return the group that a file of tests names, else its own path."""
    named = re.search(r'\bmark\.xdist_group\("(\w+)"\)', Path(__file__).parents[1].joinpath(path).read_text("utf-8"))
    return named[1] if named else path

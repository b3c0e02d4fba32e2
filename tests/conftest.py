"""Settings of all tests."""

import pytest
from hypothesis import settings

# Speed is measured in benchmarks/, never asserted in a test; two cores shared by several workers stall at times.
settings.register_profile("mande", deadline=None, print_blob=True)
settings.load_profile("mande")


def pytest_configure(config):
    """Let the workers begin with the long tests, which stand in tests/end_to_end: sorted by number they would be last."""
    config.option.loadscopereorder = False


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items):
    """Keep the tests of a file on one worker, so that what they share is made once."""
    for item in items:
        if item.get_closest_marker("xdist_group") is None:
            item.add_marker(pytest.mark.xdist_group(str(item.path)))

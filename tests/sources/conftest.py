"""A made-up workspace for received files."""

import pytest

from .received_files import small_knowledge


@pytest.fixture
def home(tmp_path):
    """A folder with an empty inbox."""
    (tmp_path / "inbox").mkdir()
    return tmp_path


@pytest.fixture(scope="session")
def knowledge():
    return small_knowledge()

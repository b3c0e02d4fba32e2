"""The programmes of the project, and a small plan of our own that tests may break."""

from pathlib import Path

import pytest

from mande.framework.load import load_programmes
from mande.framework.template_folder import write_template

PROGRAMMES = Path(__file__).parents[2] / "programmes"


@pytest.fixture(scope="session")
def programmes_folder():
    return PROGRAMMES


@pytest.fixture(scope="session")
def programmes():
    return load_programmes(PROGRAMMES)


@pytest.fixture(scope="session")
def decision_23(programmes):
    return programmes["vn-children-2021-2030"]


@pytest.fixture
def my_plan(tmp_path):
    """A folder of programmes that holds the commented template as `my-plan`."""
    write_template(tmp_path / "programmes", "my-plan")
    return tmp_path / "programmes"

"""The register of the project, read once."""

from pathlib import Path

import pytest

from mande.places.register import Register

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture(scope="session")
def register() -> Register:
    return Register.load(ROOT / "data" / "places")

"""A workspace of its own with the project's definitions and published data, for what units send."""

import shutil
from pathlib import Path

ROOT = Path(__file__).parents[2]


def make_workspace(folder: Path) -> Path:
    """Copy definitions and published data; the inbox is empty."""
    for name in ("programmes", "data_contracts", "notebooks"):
        shutil.copytree(ROOT / name, folder / name)
    for name in ("places", "published", "tasks"):
        shutil.copytree(ROOT / "data" / name, folder / "data" / name)
    (folder / "data" / "inbox").mkdir()
    return folder

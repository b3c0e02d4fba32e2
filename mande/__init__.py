"""mande: did we keep the promises that the programmes for children made?

>>> import mande
>>> workspace = mande.open_workspace()
>>> workspace.programme("vn-children-2021-2030").target("QD23-03b").levels[0].value
12.5
"""

from importlib import import_module
from importlib.metadata import version as _version
from typing import Any

__version__ = _version("mande")
__all__ = ["open_check", "open_run", "open_workspace"]

_HOMES = {
    "open_workspace": "mande.workspace",
    "open_run": "mande.reporting.run",
    "open_check": "mande.reporting.check_report",
}


def __getattr__(name: str) -> Any:
    """Import the public names on first use, so that `import mande` stays fast."""
    if name in _HOMES:
        return getattr(import_module(_HOMES[name]), name)
    raise AttributeError(f"module 'mande' has no attribute {name!r}")

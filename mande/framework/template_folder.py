"""A commented example of a programme, from which an analyst writes a plan of their own."""

import re
from importlib.resources import files
from pathlib import Path

from mande.errors import Problem, UsageError

TEMPLATE_FILES = ("programme.yaml", "framework.yaml", "tasks.yaml", "calendar.yaml")


def write_template(folder: Path, name: str) -> Path:
    """Write the example as the programme `name` of a folder of programmes; return the new folder.

    *Raises* UsageError for a name that cannot be an id, a programme that exists, or a folder that cannot be written.
    """
    if not re.fullmatch(r"[A-Za-z0-9][A-Za-z0-9-]*", name):
        cure = "use letters, digits and '-', such as an-giang-children-2026-2030"
        raise UsageError(Problem(name, "this cannot be the id of a programme", cure))
    target = Path(folder) / name
    if target.exists():
        raise UsageError(Problem(str(target), "this programme exists already", "choose another name"))
    template = files("mande.framework") / "template"
    try:
        target.mkdir(parents=True)
        for file_name in TEMPLATE_FILES:
            text = (template / file_name).read_text(encoding="utf-8").replace("id: my-plan ", f"id: {name} ", 1)
            (target / file_name).write_text(text, encoding="utf-8")
    except OSError as error:
        cure = "choose a folder that you may write to"
        raise UsageError(Problem(str(target), f"cannot be written ({error.strerror})", cure)) from error
    return target

"""A notebook as a page's job handles it: plain JSON, so that a worker need not import nbformat (format 4)."""

import json
from collections.abc import Mapping
from typing import Any

from mande.reporting.notebook import PARAMETERS, tags_of

Notebook = dict[str, Any]
INJECTED = "injected-parameters"


def read_notebook(text: str) -> Notebook:
    """Return a notebook with the text of each cell in one piece."""
    notebook = json.loads(text)
    if notebook["nbformat"] != 4:  # of before 2015
        import nbformat

        notebook = json.loads(nbformat.writes(nbformat.reads(text, as_version=4)))
    for cell in notebook["cells"]:
        cell["source"] = "".join(cell["source"])
    return notebook


def with_parameters(notebook: Notebook, parameters: Mapping[str, Any]) -> Notebook:
    """Return the notebook with a cell that sets these parameters, after the cell that declares them, as papermill does."""
    lines = ["# Parameters", *(f"{name} = {_literal(value)}" for name, value in parameters.items())]
    injected = {
        "cell_type": "code",
        "execution_count": None,
        "id": INJECTED,
        "metadata": {"tags": [INJECTED]},
        "outputs": [],
        "source": "\n".join(lines) + "\n",
    }
    cells = [cell for cell in notebook["cells"] if INJECTED not in tags_of(cell)]
    place = next(place for place, cell in enumerate(cells, start=1) if PARAMETERS in tags_of(cell))
    metadata = {**notebook["metadata"], "papermill": {"parameters": dict(parameters)}}
    return {**notebook, "cells": [*cells[:place], injected, *cells[place:]], "metadata": metadata}


def notebook_text(notebook: Notebook) -> str:
    """Return the notebook's file: a line for each cell, so that two files can be compared; nothing differs by chance."""
    cells = ",\n".join(_json(cell) for cell in notebook["cells"])
    others = {name: value for name, value in notebook.items() if name != "cells"}
    return f'{{"cells": [\n{cells}\n],\n{_json(others)[1:]}\n'


def _json(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False, sort_keys=True)


def _literal(value: Any) -> str:
    """Return a value as Python code.

    >>> _literal({"đ": [1.5, True, None]})
    '{"\\\\u0111": [1.5, True, None]}'
    """
    if isinstance(value, str):
        escaped = value.encode("unicode_escape").decode().replace('"', r"\"")
        return f'"{escaped}"'
    if isinstance(value, Mapping):
        return "{" + ", ".join(f"{_literal(str(name))}: {_literal(of)}" for name, of in value.items()) + "}"
    if isinstance(value, list | tuple):
        return "[" + ", ".join(map(_literal, value)) + "]"
    return repr(value)

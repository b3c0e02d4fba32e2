"""Where the parts of a carried value stand: all of them, in one row."""

from typing import Any

import numpy as np

JOINED = ("snapshot", "sender", "received_date", "form_version", "correction")
"""What a value made of several rows says of all of them, beside their ids, files and cells."""

READ = ("file", "sheet", "cell", "confidence", *JOINED)

BETWEEN = " | "
"""Between the ids of the parts: none has it in it."""


def own_row(part: dict[str, Any]) -> dict[str, str]:
    """Return the address of one published part, and what it says of itself."""
    return {"ids": part["observation_id"], **{name: part.get(name, "") for name in READ}}


def weight_rows(part: dict[str, Any]) -> tuple[dict[str, str], ...]:
    """Return the same of the observations that weighted it; none where it is carried without weights."""
    is_used = part["rule"] == part["weight_id"] and isinstance(part["weight_rows"], tuple)
    return part["weight_rows"] if is_used else ()


def addresses(unit: str, behind: list[dict[str, str]]) -> dict[str, Any]:
    """Name all parts: in the id by file and line, in `cell` by file, sheet and cell; blank what only one part has."""
    files = list(dict.fromkeys(row["file"] for row in behind))
    lines = {file: [r["ids"].removeprefix(f"{file}:") for r in behind if r["file"] == file] for file in files}
    cells = {file: [_cell(r) for r in behind if r["file"] == file] for file in files}
    joined = {name: "; ".join(dict.fromkeys(r[name] for r in behind if r[name])) for name in JOINED}
    own = {"sheet": "", "numerator_cell": "", "denominator_cell": "", "original_value": np.nan, "note": ""}
    return {
        "observation_id": f"{unit} from " + "; ".join(f"{file}:{'+'.join(lines[file])}" for file in files),
        "file": "; ".join(files),
        "cell": "; ".join(f"{file}!{'+'.join(cells[file])}" for file in files),
        "part_ids": BETWEEN.join(row["ids"] for row in behind),
        **joined,
        **own,
    }


def _cell(row: dict[str, str]) -> str:
    return f"{row['sheet']}!{row['cell']}" if row["sheet"] else row["cell"]

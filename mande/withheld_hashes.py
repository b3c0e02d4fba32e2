"""Take the hashes of what units sent out of a published review: numbers could be tried until the hash fits.

A district's file of 20 cells, of which a reader knows 19, has four possible hashes for a count from 1 to 4.
"""

import json
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pandas as pd

from mande.vocabulary import ValueStatus

_HASH = re.compile(r"(?<![0-9a-f])[0-9a-f]{12}(?:[0-9a-f]{52})?(?![0-9a-f])")
_RECEIVED, _CORRECTIONS = "data/received/", "corrections.yaml"


def without_hashes(tables: Mapping[str, Any], submissions: pd.DataFrame) -> dict[str, Any]:
    """Return those of some tables that name a received file by its hash, with the day on which it was received instead.

    Needs: `submissions`, the received files (`snapshot`, `submission`, `file`, `received_date`). Two versions of one
    file of one day are numbered. What is no table is left out.
    """
    names = _name_files(submissions)
    frames = {name: table for name, table in tables.items() if isinstance(table, pd.DataFrame)}
    found = {name: _named_by_day(table, names) for name, table in frames.items()} if names else {}
    return {name: table for name, table in found.items() if table is not frames[name]}


def _name_files(submissions: pd.DataFrame) -> dict[str, str]:
    once = submissions[["file", "received_date", "snapshot", "submission"]].astype(str).drop_duplicates()
    again = once.groupby(["file", "received_date"]).cumcount()
    days = once["received_date"].where(again == 0, once["received_date"] + "-" + (again + 1).astype(str))
    return dict(zip(once["snapshot"], days, strict=True)) | dict(zip(once["submission"], days, strict=True))


def _named_by_day(table: pd.DataFrame, names: Mapping[str, str]) -> pd.DataFrame:
    changed = {}
    for column in table.select_dtypes(include=["str", "object"]).columns:
        texts = {text for text in table[column] if isinstance(text, str)}
        new = {text: _HASH.sub(lambda found: names.get(found[0], found[0]), text) for text in texts}
        new = {text: named for text, named in new.items() if named != text}
        if new:
            changed[column] = table[column].map(new).where(table[column].isin(list(new)), table[column])
    return table.assign(**changed) if changed else table


def hide_hashes(manifest: str, actuals: pd.DataFrame) -> str:
    """Return a manifest without what units sent, and without hash and size of other inputs that hold a hidden number.

    The size says how many digits a number has; a ledger of corrections quotes numbers.
    """
    hidden = actuals[actuals["value_status"] == ValueStatus.SUPPRESSED]
    files = set(hidden["file"].str.split("; ").explode()) if len(hidden) else set()
    content = json.loads(manifest)
    if content["run"].get("kind") == "published":
        content["inputs"] = [entry for entry in content["inputs"] if not entry["path"].startswith(_RECEIVED)]
    for entry in content["inputs"]:
        name = Path(entry["path"]).name
        if files & {entry["path"], name} or (files and name == _CORRECTIONS):
            entry |= {"sha256": str(ValueStatus.SUPPRESSED), "bytes": None}
    return json.dumps(content, ensure_ascii=False, indent=1)

"""The index of a run: find a unit by typing part of its name; works from a folder, without network or script."""

import unicodedata
from typing import Any

import pandas as pd
from markupsafe import Markup

from mande.reporting.fragments import TEMPLATES, page_context, style_sheet, template
from mande.reporting.masthead import is_internal, kind_words
from mande.reporting.number_forms import date_form
from mande.reporting.summary import count_verdicts
from mande.reporting.wording import wording

_LISTED_WHOLE = 100
"""Up to so many units are listed in one piece; more by the place above them, folded."""


def index_page(run_json: dict[str, Any], units: pd.DataFrame, progress: pd.DataFrame, lang: str) -> str:
    """Return the index as one self-contained page.

    *Needs* the tables `units` (with `failure`, the reason why a unit has no page, or without that column) and `progress`.
    """
    counts = {code: count_verdicts(rows) for code, rows in progress.groupby("place_code")["verdict"]}
    entries = [_entry(unit, counts.get(unit["place_code"], {}), lang) for unit in units.to_dict("records")]
    single, groups = (entries, []) if len(entries) <= _LISTED_WHOLE else _by_group(entries)
    return template("index.html.j2").render(
        **page_context(lang),
        style=style_sheet(),
        script=Markup((TEMPLATES / "index.js").read_text(encoding="utf-8")),  # noqa: S704  (our own file)
        stage=wording(lang).say(f"stage.{run_json['stage']}"),
        programme=run_json["programme_title"][lang],
        document=run_json["document"],
        as_of=date_form(run_json["as_of"], lang),
        is_made_up=run_json["is_made_up"],
        kind=kind_words(run_json, lang),
        is_internal=is_internal(run_json),
        units=single,
        groups=groups,
    )


def search_form(name: str) -> str:
    """Return a name as the search compares it: no marks, small letters, single spaces.

    >>> search_form("Thành phố Đà Nẵng"), search_form("Bà Rịa - Vũng Tàu")
    ('thanh pho da nang', 'ba ria vung tau')
    """
    apart = unicodedata.normalize("NFD", name.lower()).replace("đ", "d")
    plain = "".join(letter if letter.isalnum() else " " for letter in apart if not unicodedata.combining(letter))
    return " ".join(plain.split())


def _by_group(entries: list[dict[str, Any]]) -> tuple[list[dict[str, Any]], list[dict[str, Any]]]:
    """Return the units without a place above them, and the others by the place above, in the order of the units."""
    groups: dict[str, list[dict[str, Any]]] = {}
    for entry in entries:
        groups.setdefault(entry["group"], []).append(entry)
    single = groups.pop("", [])
    return single, [{"name": name, "units": members} for name, members in groups.items()]


def _entry(unit: dict[str, Any], counts: dict[str, int], lang: str) -> dict[str, Any]:
    name = unit["name_official" if lang == "vi" else "name_en"]
    names = (unit["name_official"], unit["name_short"], unit["name_en"], unit["place_code"])
    group = unit.get(f"parent_name_{lang}") or ""
    shown = set(search_form(name).split())
    return {
        "name": name,
        "search": " ".join(dict.fromkeys(word for word in search_form(" ".join(names)).split() if word not in shown)),
        "page": unit["page"],
        "group": group,
        "where": ", ".join(part for part in (group, unit[f"region_name_{lang}"]) if part),
        "failure": unit.get("failure", ""),
        "counts": counts,
    }

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


def index_page(run_json: dict[str, Any], units: pd.DataFrame, progress: pd.DataFrame, lang: str) -> str:
    """Return the index as one self-contained page.

    *Needs* the tables `units` (with `failure`, the reason why a unit has no page, or without that column) and `progress`.
    """
    counts = {code: count_verdicts(rows) for code, rows in progress.groupby("place_code")["verdict"]}
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
        units=[_entry(unit, counts.get(unit["place_code"], {}), lang) for unit in units.to_dict("records")],
    )


def search_form(name: str) -> str:
    """Return a name as the search compares it: no marks, small letters, single spaces.

    >>> search_form("Thành phố Đà Nẵng"), search_form("Bà Rịa - Vũng Tàu")
    ('thanh pho da nang', 'ba ria vung tau')
    """
    apart = unicodedata.normalize("NFD", name.lower()).replace("đ", "d")
    plain = "".join(letter if letter.isalnum() else " " for letter in apart if not unicodedata.combining(letter))
    return " ".join(plain.split())


def _entry(unit: dict[str, Any], counts: dict[str, int], lang: str) -> dict[str, Any]:
    names = (unit["name_official"], unit["name_short"], unit["name_en"], unit["place_code"])
    return {
        "name": unit["name_official" if lang == "vi" else "name_en"],
        "search": search_form(" ".join(names)),
        "page": unit["page"],
        "where": ", ".join(name for name in (unit.get(f"parent_name_{lang}"), unit[f"region_name_{lang}"]) if name),
        "failure": unit.get("failure", ""),
        "counts": counts,
    }

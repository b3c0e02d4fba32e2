"""The head and the foot that every page shares: what it is, as at when, made with what."""

import datetime as dt
from typing import Any

from babel.dates import format_datetime

from mande.reporting.fragments import Fragment, fragment
from mande.reporting.number_forms import date_form
from mande.reporting.wording import wording


def masthead_of(info: dict[str, Any], lang: str, *, heading: str, page: str) -> Fragment:
    """Return the page's one top heading with programme and date; `page` is its address below the run folder."""
    return fragment(
        "masthead",
        lang,
        heading=heading,
        stage=wording(lang).say(f"stage.{info['stage']}"),
        programme=info["programme_title"][lang],
        document=info["document"],
        as_of=date_form(info["as_of"], lang),
        is_made_up=info["is_made_up"],
        home="../" * page.count("/"),
        is_committee=page == "committee.html",
        is_framework=page == "framework.html",
    )


def footer_of(info: dict[str, Any], lang: str) -> Fragment:
    """Return date of the data, version and run id."""
    made = dt.datetime.fromisoformat(info["made_at"])
    when = format_datetime(made, "HH:mm dd/MM/yyyy" if lang == "vi" else "d MMMM yyyy, HH:mm", locale=lang)
    return fragment(
        "footer",
        lang,
        made_at=when + (" UTC" if made.utcoffset() == dt.timedelta(0) else ""),
        version=info["mande_version"],
        run_id=info["run_id"],
        as_of=date_form(info["as_of"], lang),
    )

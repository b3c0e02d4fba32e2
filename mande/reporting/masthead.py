"""The head and the foot that every page shares: what it is, as at when, made with what."""

import datetime as dt
from collections.abc import Sequence
from typing import Any

from babel.dates import format_datetime

from mande.reporting.fragments import Fragment, fragment
from mande.reporting.number_forms import date_form
from mande.reporting.wording import wording


def masthead_of(info: dict[str, Any], lang: str, *, heading: str, page: str, within: str = "") -> Fragment:
    """Return the page's one top heading, the places that it lies in, programme and date; `page` is its address."""
    return fragment(
        "masthead",
        lang,
        heading=heading,
        within=within,
        stage=wording(lang).say(f"stage.{info['stage']}"),
        programme=info["programme_title"][lang],
        document=info["document"],
        as_of=date_form(info["as_of"], lang),
        is_made_up=info["is_made_up"],
        kind=kind_words(info, lang),
        is_internal=is_internal(info),
        home="../" * page.count("/"),
        is_committee=page == "committee.html",
        is_framework=page == "framework.html",
    )


def is_internal(info: dict[str, Any]) -> bool:
    """Return whether a run has all numbers; one that does not say so, such as one of an old version, has."""
    return info.get("kind") != "published"


def kind_words(info: dict[str, Any], lang: str) -> str:
    """Return what a run is: not for publication, or published, and then what its mark of hidden values means."""
    if is_internal(info):
        return wording(lang).say("banner.internal_run")
    highest = info["disclosure"]["protected_up_to"]
    return wording(lang).say("banner.published_run", mark=f"<{highest + 1}*", highest=highest)


def footer_of(info: dict[str, Any], lang: str, hidden: Sequence[str] = ()) -> Fragment:
    """Return what is not published (`hidden`, in sentences), date of the data, version and run id."""
    made = dt.datetime.fromisoformat(info["made_at"])
    when = format_datetime(made, "HH:mm dd/MM/yyyy" if lang == "vi" else "d MMMM yyyy, HH:mm", locale=lang)
    return fragment(
        "footer",
        lang,
        made_at=when + (" UTC" if made.utcoffset() == dt.timedelta(0) else ""),
        version=info["mande_version"],
        run_id=info["run_id"],
        hidden=hidden,
        as_of=date_form(info["as_of"], lang),
    )

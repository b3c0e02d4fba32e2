"""Which places really differ: the funnels of the committee's page, in figures and sentences."""

from typing import Any

import pandas as pd

from mande.reporting.funnel_figures import FunnelFigure
from mande.reporting.number_forms import observed_form, period_form, unit_form
from mande.reporting.sentences import title_of
from mande.reporting.wording import wording
from mande.vocabulary import NATION, ValueStatus

MOST_FUNNELS = 6
"""More groups than this (the provinces of a district review) are told in the table; those with most places outside are drawn."""

_GROUP = ["indicator", "dimension_value", "group_place"]


def funnel_cards(areas: pd.DataFrame, targets: pd.DataFrame, names: dict[str, str], lang: str) -> list[dict[str, Any]]:
    """Return the funnels with most places outside: title, sentences, SVG.

    *Needs* the tables `small_areas` and `targets`, and the names of places by code.
    """
    known = areas[areas["position"] != ""]
    groups = sorted(known.groupby(_GROUP), key=lambda item: -(item[1]["position"] != "inside").sum())
    return [
        _card(rows, _target_of(rows, targets), names, lang, key=f"f{number}")
        for number, (_, rows) in enumerate(groups[:MOST_FUNNELS], start=1)
    ]


def absent_funnels(areas: pd.DataFrame, targets: pd.DataFrame, lang: str) -> list[str]:
    """Return one sentence for each reason and year for which indicators cannot be shown."""
    drawn = areas.loc[areas["position"] != "", "indicator"].unique()
    rows = areas[(areas["reason"] != "") & ~areas["indicator"].isin(drawn)]
    rows = rows.drop_duplicates(["indicator", "dimension_value", "reason"])
    say = wording(lang).say
    return [
        say(
            "funnel.absent",
            title=", ".join(title_of(_target_of(one, targets), lang, stem="short") for one in _single_rows(same)),
            year=period_form(period, lang),
            why=say(f"funnel_reason.{reason}"),
        )
        for (reason, period), same in rows.groupby(["reason", "period"], sort=True)
    ]


def hidden_places(progress: pd.DataFrame, targets: pd.DataFrame, lang: str, *, above: str) -> str:
    """Return which indicators lack how many places because their value is not published; blank if none does.

    *Needs* the tables `progress` and `targets`; `above` is the place that the programme binds, which no funnel draws.
    """
    is_hidden = progress["actual_value_status"].eq(ValueStatus.SUPPRESSED) & (progress["place_code"] != above)
    counts = progress[is_hidden].groupby("indicator", sort=False)["place_code"].nunique()
    if counts.empty:
        return ""
    listed = [
        f"{title_of(targets[targets['indicator'] == indicator].iloc[0], lang, stem='short')}: {number}"
        for indicator, number in counts.items()
    ]
    return wording(lang).say("funnel.hidden", list="; ".join(listed))


def _single_rows(rows: pd.DataFrame) -> list[pd.DataFrame]:
    return [rows.iloc[place : place + 1] for place in range(len(rows))]


def _target_of(rows: pd.DataFrame, targets: pd.DataFrame) -> Any:
    first = rows.iloc[0]
    same = (targets["indicator"] == first["indicator"]) & (targets["dimension_value"] == first["dimension_value"])
    return targets[same if same.any() else targets["indicator"] == first["indicator"]].iloc[0]


def _card(rows: pd.DataFrame, target: Any, names: dict[str, str], lang: str, *, key: str) -> dict[str, Any]:
    say, first = wording(lang).say, rows.iloc[0]
    named = rows.assign(
        name=rows["place_code"].map(names).str.removesuffix(" Province"),
        z_size=(rows["value"] - rows["reference"]).abs(),
    )
    unit = str(first["unit"])
    sentence = say(
        "funnel.sentence",
        year=period_form(first["period"], lang),
        inside=int((rows["position"] == "inside").sum()),
        all=len(rows),
        reference=observed_form(first["reference"], unit, lang),
    )
    outside = [_outside(named, side, unit, lang) for side in ("below", "above")]
    group = "" if first["group_place"] == NATION else f" – {names.get(first['group_place'], first['group_place'])}"
    title = title_of(target, lang, stem="short") + group
    notes = [say("funnel.estimated")] if (rows["counts"] == "estimated").any() else []
    notes += [say("funnel.widened")] if rows["tau"].max() > 0 else []
    figure = FunnelFigure(
        key=key, title=title, description=" ".join([sentence, *outside]).strip(), lang=lang, places=named,
        x_label=say("funnel.x"), y_label=unit_form(unit, lang),
    )  # fmt: skip
    return {"title": title, "sentence": sentence, "outside": [text for text in outside if text], "notes": notes,
            "svg": figure.draw()}  # fmt: skip


def _outside(named: pd.DataFrame, side: str, unit: str, lang: str) -> str:
    """Name the places outside the limits on one side, the farthest first."""
    found = named[named["position"].isin([side, f"far_{side}"])].sort_values("z_size", ascending=False)
    if found.empty:
        return ""
    listed = [f"{place.name} ({observed_form(place.value, unit, lang)})" for place in found.itertuples(index=False)]
    return wording(lang).say(f"funnel.{side}", names=", ".join(listed))

"""A snapshot of the provinces as a card: the sentence, the map, the lowest and highest values, all values."""

from pathlib import Path
from typing import Any

from mande.reporting.number_forms import observed_form, unit_form
from mande.reporting.province_map import draw_province_map
from mande.reporting.province_snapshots import ProvinceSnapshot
from mande.reporting.sentences import judged_words, title_of
from mande.reporting.target_rows import target_number
from mande.reporting.wording import wording

N_EXTREMES = 5
"""How many of the lowest and highest values are named."""


def card_of(snapshot: ProvinceSnapshot, names: dict[str, str], outlines: Path | None, lang: str) -> dict[str, Any]:
    """Return what the page says of one snapshot; `names` are the provinces' names by code, `outlines` their map."""
    target, say = snapshot.target, wording(lang).say
    values = [
        {"name": names[row.place_code], "value": _value_words(snapshot, row.value, lang), "is_reached": row.is_reached}
        for row in snapshot.values.itertuples()
    ]
    return {
        "number": target_number(target),
        "title": title_of(target, lang),
        "sentence": say(
            "committee.snapshot_sentence",
            year=snapshot.year,
            reached=snapshot.n_reached,
            all=len(values),
            target=judged_words(target, lang),
        ),
        "notes": _notes(snapshot, lang),
        "n_reached": snapshot.n_reached,
        "n_others": len(values) - snapshot.n_reached,
        "n_missing": snapshot.n_missing,
        "n_hidden": len(snapshot.hidden),
        "lowest": values[:N_EXTREMES],
        "highest": values[-N_EXTREMES:][::-1],
        "values": values,
        "map": "" if outlines is None else _map(snapshot, names, outlines, lang),
    }


def _notes(snapshot: ProvinceSnapshot, lang: str) -> list[str]:
    say, notes = wording(lang).say, []
    if snapshot.nation is not None:
        notes.append(say("committee.snapshot_nation", value=_value_words(snapshot, snapshot.nation, lang)))
    if snapshot.is_provisional:
        notes.append(say("committee.snapshot_provisional"))
    if snapshot.n_carried:
        notes.append(say("committee.snapshot_carried", n=snapshot.n_carried))
    if snapshot.target["unit"] != "percent":
        notes.append(say("committee.in_unit", unit=unit_form(snapshot.target["unit"], lang)))
    return notes


def _value_words(snapshot: ProvinceSnapshot, value: float, lang: str) -> str:
    return observed_form(value, snapshot.target["unit"], lang, against=snapshot.target["target_value"])


def _map(snapshot: ProvinceSnapshot, names: dict[str, str], outlines: Path, lang: str) -> str:
    say, values = wording(lang).say, snapshot.values
    codes = {
        "reached": set(values.loc[values["is_reached"], "place_code"]),
        "others": set(values.loc[~values["is_reached"], "place_code"]),
    }
    codes["hidden"] = set(snapshot.hidden)
    lists = {name: ", ".join(sorted(names[code] for code in group)) for name, group in codes.items()}
    labels = {"reached_label": say("committee.reached"), "other_label": say("committee.not_reached")}
    return draw_province_map(
        outlines,
        codes,
        key=f"m-{snapshot.target['target_id']}".lower(),
        title=title_of(snapshot.target, lang),
        description=say("committee.map_alt", year=snapshot.year, **lists, **labels)
        + _hidden_words(snapshot, names, lang),
    )


def _hidden_words(snapshot: ProvinceSnapshot, names: dict[str, str], lang: str) -> str:
    if not snapshot.hidden:
        return ""
    return " " + wording(lang).say(
        "charts.alt_hidden", periods=", ".join(sorted(names[code] for code in snapshot.hidden))
    )

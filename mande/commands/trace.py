"""`mande trace`: follow a figure of a report to file, sheet and cell."""

from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from mande.commands.review import Lang
from mande.workspace import open_workspace

if TYPE_CHECKING:
    import pandas as pd

    from mande.found_wording import FoundWords
    from mande.trace import Trace

EXAMPLE = "Example: mande trace 17 IMR 2016 --as-of 2024-12-31"
WORDS = {
    Lang.VI: {
        "figure": "{indicator} · {place} · {period} · {group} = {value} {unit} ({status})",
        "source": "  nguồn: {source} {edition}; cơ sở tính: {basis}",
        "carried": "  tính lại từ {codes} theo: {rule}",
        "part": "  {number}. {indicator} {place} {period} = {value}{share}",
        "share": " · chiếm {share} %",
        "cell": "     {file}{sheet} ô {cell} ({cell_of}): “{raw}”",
        "hash": "     SHA-256 {snapshot}{kept}",
        "gone": "; tệp này không còn được lưu",
        "received": "     nhận ngày {received_date}, người gửi: {sender}{form}",
        "form": "; mẫu {form_version}",
        "unnamed": "không nêu",
        "replaced": "     thay cho giá trị {value} trong {file}{sheet} ô {cell}, nhận ngày {received_date}; SHA-256 {snapshot}",
        "correction": "     đã hiệu đính ({correction}): nguồn ghi {original}; lý do: {reason}",
        "status": {
            "observed": "quan sát",
            "provisional": "sơ bộ",
            "estimated": "ước tính",
            "missing": "không có số liệu",
            "suppressed": "được bảo vệ",
            "not_applicable": "không áp dụng",
        },
        "cell_of": {"value": "giá trị", "numerator": "tử số", "denominator": "mẫu số"},
    },
    Lang.EN: {
        "figure": "{indicator} · {place} · {period} · {group} = {value} {unit} ({status})",
        "source": "  source: {source} {edition}; basis: {basis}",
        "carried": "  rebuilt from {codes} by: {rule}",
        "part": "  {number}. {indicator} {place} {period} = {value}{share}",
        "share": " · {share} % of the figure",
        "cell": "     {file}{sheet} cell {cell} ({cell_of}): “{raw}”",
        "hash": "     SHA-256 {snapshot}{kept}",
        "gone": "; this file is no longer kept",
        "received": "     received on {received_date} from {sender}{form}",
        "form": "; form {form_version}",
        "unnamed": "not named",
        "replaced": "     takes the place of {value} in {file}{sheet} cell {cell}, received on {received_date}; SHA-256 {snapshot}",
        "correction": "     corrected ({correction}): the source says {original}; reason: {reason}",
        "status": {"not_applicable": "not applicable"},
        "cell_of": {"value": "value", "numerator": "numerator", "denominator": "denominator"},
    },
}


def trace_command(
    unit: Annotated[str, typer.Argument(help="Code of the unit; see: mande places find NAME")],
    indicator: Annotated[str, typer.Argument(help="Code of the indicator")],
    period: Annotated[str, typer.Argument(help="Period, such as 2016 or 2016-09/2017-05")],
    programme: Annotated[str | None, typer.Option(help="Also values that this programme bridges")] = None,
    as_of: Annotated[str | None, typer.Option(help="Day of the review, YYYY-MM-DD; default: today")] = None,
    level: Annotated[str | None, typer.Option(help="Level of the unit, where a code is used twice")] = None,
    csv: Annotated[Path | None, typer.Option(help="Also write every cell to this CSV file")] = None,
    lang: Annotated[Lang, typer.Option(help="Language of the text")] = Lang.VI,
    workspace: Annotated[
        Path | None, typer.Option(help="Folder of the workspace; default: this folder or above")
    ] = None,
) -> None:
    """Show the cells that a figure of a report came from: file, sheet, cell, text, hash, sender, correction."""
    from mande.commands.show_table import write_file
    from mande.found_wording import read_words
    from mande.replaced_values import find_replaced
    from mande.review import read_date, read_level
    from mande.trace import gather_evidence, trace_value

    home = open_workspace(workspace)
    day = read_date(as_of or date.today())
    place = home.places.get(unit, day, read_level(level) if level else None)
    chosen = home.programme(programme) if programme else None
    trace = trace_value(gather_evidence(home, chosen, as_of=day), unit, indicator, period)
    named = f"{unit} {place.name_official if lang == Lang.VI else place.name_en}"
    telling = Telling(lang, named, read_words(home, str(lang)), find_replaced(home, trace))
    print("\n".join(_lines(trace, telling)))
    if csv is not None:
        write_file(csv, trace.parts.to_csv(index=False).encode("utf-8-sig"))


trace_command.__doc__ = f"{trace_command.__doc__}\n\n{EXAMPLE}"


@dataclass(frozen=True)
class Telling:
    """In which words a trace is told: the language, the unit, names of codes, and the values that were replaced."""

    lang: Lang
    place: str
    names: "FoundWords"
    replaced: "pd.DataFrame"


def _lines(trace: "Trace", telling: Telling) -> list[str]:
    words, lines = WORDS[telling.lang], []
    for figure in trace.figures.to_dict("records"):
        lines += [words["figure"].format(**_said(figure, telling)), _source(figure, words)]
        if figure["carried_from"]:
            rule = figure[f"carry_weight_{telling.lang}"] or figure["carry_rule"]
            lines.append(words["carried"].format(codes=figure["carried_from"], rule=rule))
        own = trace.parts[trace.parts["figure"] == figure["observation_id"]]
        keys = ["indicator", "place_code", "period", "snapshot"]
        for number, (_, cells) in enumerate(own.groupby(keys, sort=False, dropna=False), start=1):
            lines += _part_lines(number, cells.to_dict("records"), telling.lang)
            lines += _replaced_lines(cells.iloc[0], telling)
        lines.append("")
    return lines[:-1]


def _source(figure: dict[str, Any], words: dict[str, Any]) -> str:
    told = figure | {"basis": figure["basis"] or words["unnamed"]}
    return str(words["source"].format(**told)).replace(" ;", ";")


def _said(figure: dict[str, Any], telling: Telling) -> dict[str, Any]:
    """Return what the first line says of a figure: its indicator, group, unit and status by name."""
    from mande.reporting.wording import wording

    catalogue, status, unit = wording(str(telling.lang)), figure["value_status"], f"unit.{figure['unit']}"
    name = telling.names.indicators.get(figure["indicator"])
    return {
        "indicator": f"{name} ({figure['indicator']})" if name else figure["indicator"],
        "place": telling.place,
        "period": figure["period"],
        "group": telling.names.groups.get(figure["dimension_value"], figure["dimension_value"]),
        "value": _number(figure["value"], telling.lang),
        "unit": catalogue.say(unit) if catalogue.knows(unit) else figure["unit"],
        "status": WORDS[telling.lang]["status"].get(status, status),
    }


def _replaced_lines(part: "pd.Series", telling: Telling) -> list[str]:
    earlier = telling.replaced
    same = earlier["figure"].eq(part["figure"]) & earlier["indicator"].eq(part["indicator"])
    told = []
    for row in earlier[same & earlier["place_code"].eq(part["place_code"])].to_dict("records"):
        sheet = f" [{row['sheet']}]" if row["sheet"] else ""
        said = row | {"sheet": sheet, "value": _number(row["value"], telling.lang)}
        told.append(WORDS[telling.lang]["replaced"].format(**said))
    return told


def _part_lines(number: int, cells: list[dict[str, Any]], lang: Lang) -> list[str]:
    words, first = WORDS[lang], cells[0]
    share = "" if first["share"] != first["share"] else words["share"].format(share=_number(first["share"] * 100, lang))
    said = first | {
        "number": number,
        "place": first["place_code"],
        "value": _number(first["value"], lang),
        "share": share,
    }
    lines = [words["part"].format(**said)]
    for cell in cells:
        sheet = f" [{cell['sheet']}]" if cell["sheet"] else ""
        lines.append(words["cell"].format(**cell | {"sheet": sheet, "cell_of": words["cell_of"][cell["cell_of"]]}))
    lines.append(words["hash"].format(snapshot=first["snapshot"], kept="" if first["kept_at"] else words["gone"]))
    if first["sender"] or first["received_date"]:
        form = words["form"].format(**first) if first["form_version"] else ""
        lines.append(words["received"].format(**first | {"sender": first["sender"] or words["unnamed"]}, form=form))
    if first["correction"]:
        original, reason = _number(first["original_value"], lang), first[f"reason_{lang}"]
        lines.append(words["correction"].format(correction=first["correction"], original=original, reason=reason))
    return lines


def _number(value: float, lang: Lang) -> str:
    from mande.reporting.number_forms import is_number, number_form

    return number_form(value, lang, decimals=4) if is_number(value) else "–"

"""`mande trace`: follow a figure of a report to file, sheet and cell."""

from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from mande.commands.review import Lang
from mande.workspace import open_workspace

if TYPE_CHECKING:
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
        "received": "     nhận ngày {received_date}, người gửi: {sender}; mẫu {form_version}",
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
        "received": "     received on {received_date} from {sender}; form {form_version}",
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
    from mande.review import read_date, read_level
    from mande.trace import gather_evidence, trace_value

    home = open_workspace(workspace)
    day = read_date(as_of or date.today())
    place = home.places.get(unit, day, read_level(level) if level else None)
    chosen = home.programme(programme) if programme else None
    trace = trace_value(gather_evidence(home, chosen, as_of=day), unit, indicator, period)
    print("\n".join(_lines(trace, f"{unit} {place.name_official if lang == Lang.VI else place.name_en}", lang)))
    if csv is not None:
        write_file(csv, trace.parts.to_csv(index=False).encode("utf-8-sig"))


trace_command.__doc__ = f"{trace_command.__doc__}\n\n{EXAMPLE}"


def _lines(trace: "Trace", place: str, lang: Lang) -> list[str]:
    words, lines = WORDS[lang], []
    for figure in trace.figures.to_dict("records"):
        group = (
            figure["dimension_value"]
            if figure["dimension"] == "_T"
            else f"{figure['dimension']} {figure['dimension_value']}"
        )
        said = figure | {"place": place, "group": group, "value": _number(figure["value"], lang)}
        lines.append(
            words["figure"].format(**said, status=words["status"].get(figure["value_status"], figure["value_status"]))
        )
        lines.append(words["source"].format(**said).replace(" ;", ";"))
        if figure["carried_from"]:
            lines.append(
                words["carried"].format(
                    codes=figure["carried_from"], rule=figure[f"carry_weight_{lang}"] or figure["carry_rule"]
                )
            )
        own = trace.parts[trace.parts["figure"] == figure["observation_id"]]
        keys = ["indicator", "place_code", "period", "snapshot"]
        for number, (_, cells) in enumerate(own.groupby(keys, sort=False, dropna=False), start=1):
            lines += _part_lines(number, cells.to_dict("records"), lang)
        lines.append("")
    return lines[:-1]


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
        lines.append(words["received"].format(**first))
    if first["correction"]:
        original, reason = _number(first["original_value"], lang), first[f"reason_{lang}"]
        lines.append(words["correction"].format(correction=first["correction"], original=original, reason=reason))
    return lines


def _number(value: float, lang: Lang) -> str:
    from mande.reporting.number_forms import is_number, number_form

    return number_form(value, lang, decimals=4) if is_number(value) else "–"

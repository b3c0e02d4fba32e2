"""`mande programmes`: what was promised, by whom, with which document; and a plan of one's own."""

import json
from datetime import date
from pathlib import Path
from typing import Annotated

import typer

from mande.commands.init import init_programme
from mande.commands.programme_findings import headings, shared_findings, summary, worded
from mande.commands.show_table import show_table, write_csv, write_file
from mande.errors import Problem, UsageError
from mande.vocabulary import Level
from mande.workspace import open_workspace

app = typer.Typer(
    no_args_is_help=True, rich_markup_mode=None, help="Programmes and plans: targets, tasks, checks, templates."
)

Workspace = Annotated[
    Path | None, typer.Option("--workspace", help="Folder of the workspace; default: this folder or above")
]
Csv = Annotated[Path | None, typer.Option("--csv", help="Also write the whole table, with citations, to this file")]
ProgrammeId = Annotated[str, typer.Argument(help="Id of the programme; see: mande programmes list")]
Lang = Annotated[str, typer.Option("--lang", help="vi or en")]


@app.command("list")
def list_programmes(workspace: Workspace = None, lang: Lang = "vi", csv: Csv = None) -> None:
    """List the programmes and plans of the workspace.

    Example: mande programmes list --lang en
    """
    import pandas as pd

    from mande.framework.load import load_programmes

    _check_lang(lang)
    programmes = load_programmes(open_workspace(workspace).programmes_folder)
    rows = [
        {
            "programme": programme.id,
            "document": programme.document.number,
            "place_code": programme.place_code,
            "start_date": programme.start_date,
            "end_date": programme.end_date,
            "targets": len({target.id for target in programme.targets}),
            "tasks": len(programme.tasks),
            "title": getattr(programme.title, lang),
        }
        for programme in programmes.values()
    ]
    show_table(pd.DataFrame(rows), ["programme", "document", "place_code", "targets", "tasks", "title"], csv)


@app.command("show")
def show_programme(programme_id: ProgrammeId, workspace: Workspace = None, lang: Lang = "vi") -> None:
    """Show a programme: document, period, place, stages, indicators.

    Example: mande programmes show vn-children-2021-2030
    """
    from mande.framework.tables import indicators_table

    _check_lang(lang)
    programme = open_workspace(workspace).programme(programme_id)
    document = programme.document
    lines = {
        "id": programme.id,
        "title": getattr(programme.title, lang),
        "document": " ".join(str(part) for part in (document.number, document.issued_date) if part),
        "issuer": getattr(document.issuer, lang),
        "sources": "; ".join(document.sources),
        "confidence": str(document.confidence),
        "period": f"{programme.start_date} - {programme.end_date}",
        "place": f"{programme.place_code} {getattr(programme.place_name, lang, '')}".strip(),
        "successors": "; ".join(f"{place.code} {place.name}" for place in programme.successors),
        "parent": programme.parent or "",
        "stages": "; ".join(f"{stage} {rule.judged_year}" for stage, rule in programme.stages.items()),
        "note": getattr(programme.note, lang, ""),
    }
    for name, value in lines.items():
        if value:
            print(f"{name}: {value}")
    if programme.indicators:
        show_table(indicators_table(programme), ["indicator", f"short_{lang}", "unit", "ascending", "bases"], None)


@app.command("targets")
def show_targets(programme_id: ProgrammeId, workspace: Workspace = None, lang: Lang = "vi", csv: Csv = None) -> None:
    """Show the targets of a programme, level by level.

    Example: mande programmes targets vn-children-2021-2030 --csv targets.csv
    """
    from mande.framework.tables import targets_table

    _check_lang(lang)
    table = targets_table(open_workspace(workspace).programme(programme_id))
    shown = [
        "target_id",
        f"short_{lang}",
        "dimension_value",
        "kind",
        "year",
        "operator",
        "value",
        "unit",
        "strength",
        "confidence",
    ]
    show_table(table, shown, csv)


@app.command("tasks")
def show_tasks(programme_id: ProgrammeId, workspace: Workspace = None, lang: Lang = "vi", csv: Csv = None) -> None:
    """Show the tasks of a programme: who does what by when.

    Example: mande programmes tasks bu-gia-map-children-2025
    """
    from mande.framework.tables import tasks_table

    _check_lang(lang)
    table = tasks_table(open_workspace(workspace).programme(programme_id))
    show_table(table, ["task", f"title_{lang}", f"responsible_{lang}", "due_date", "due_precision", "rhythm"], csv)


@app.command("check")
def check_programmes(
    programme_id: Annotated[str | None, typer.Argument(help="Id of a programme; default: all")] = None,
    workspace: Workspace = None,
    lang: Lang = "vi",
    as_of: Annotated[str | None, typer.Option(help="Day of the check, YYYY-MM-DD; default: today")] = None,
    csv: Csv = None,
) -> None:
    """Load programmes and say what is wrong (exit code 10) or weak in them; information only for one programme.

    Example: mande programmes check vn-children-2021-2030 --lang en
    """
    import pandas as pd

    from mande.framework.load import load_programme, load_programmes
    from mande.framework.soundness import review_soundness

    _check_lang(lang)
    folder = open_workspace(workspace).programmes_folder
    programmes = (
        load_programmes(folder) if programme_id is None else {programme_id: load_programme(folder, programme_id)}
    )
    day = _day(as_of)
    table = pd.concat([review_soundness(programme, as_of=day) for programme in programmes.values()], ignore_index=True)
    is_shown = table["severity"].ne("information") | (programme_id is not None)
    shown = headings(["programme", "check", "target", "severity", f"finding_{lang}"], lang)
    show_table(worded(table, lang), shown, None, only=is_shown)
    if csv is not None:
        write_csv(table, csv)
    print(summary(table, len(programmes), lang))
    if programme_id is None:
        print("\n".join(shared_findings(folder, programmes, lang)))


@app.command("compare")
def compare(
    first: ProgrammeId,
    second: Annotated[str, typer.Argument(help="Id of the programme to set beside it")],
    workspace: Workspace = None,
    lang: Lang = "vi",
    csv: Csv = None,
) -> None:
    """Set two programmes side by side: same definition, bridged, or not comparable with the reason.

    Example: mande programmes compare vn-child-protection-2016-2020 vn-children-2021-2030
    """
    from mande.framework.comparison import compare_programmes

    _check_lang(lang)
    home = open_workspace(workspace)
    table = compare_programmes(home.programme(first), home.programme(second))
    shown = [f"short_{lang}", "dimension_value", "first_levels", "second_levels", "comparability", f"reason_{lang}"]
    show_table(table, shown, csv)


@app.command("calendar")
def show_calendar(
    programme_id: ProgrammeId,
    year: Annotated[int, typer.Option(help="Year of the deadlines", min=1990, max=2100)],
    level: Annotated[Level | None, typer.Option(help="Only what units of this level report")] = None,
    ical: Annotated[Path | None, typer.Option(help="Also write the dated deadlines as an iCalendar file")] = None,
    workspace: Workspace = None,
    lang: Lang = "vi",
    csv: Csv = None,
) -> None:
    """Show who reports what to whom by which day of a year.

    Example: mande programmes calendar vn-children-2021-2030 --year 2025 --level commune --ical deadlines.ics
    """
    from mande.framework.calendar import deadlines, to_icalendar

    _check_lang(lang)
    table = deadlines(open_workspace(workspace).programme(programme_id), year=year, level=level)
    shown = ["deadline", "last_date", f"rule_{lang}", f"reporter_{lang}", f"recipient_{lang}", f"report_{lang}"]
    show_table(table, shown, csv)
    if ical is not None:
        write_file(ical, to_icalendar(table, lang=lang, stamp=date.today()))
        print(f"{ical}: {table['last_date'].notna().sum()} deadlines with a day")


@app.command("documents")
def show_documents(workspace: Workspace = None, lang: Lang = "vi", csv: Csv = None) -> None:
    """List plans that are known to exist, of which no numbers were seen.

    Example: mande programmes documents --lang en
    """
    import pandas as pd

    from mande.framework.registers import load_plan_documents
    from mande.framework.tables import citation_columns

    _check_lang(lang)
    rows = [
        {
            "place_code": record.place_code,
            "place": getattr(record.place_name, lang),
            "number": record.document.number,
            "issued_date": record.document.issued_date,
            "title": getattr(record.document.title, lang),
            "remark": getattr(record.note, lang, ""),
            "implements": record.implements or "",
            **citation_columns(record.citation),
        }
        for record in load_plan_documents(open_workspace(workspace).programmes_folder)
    ]
    show_table(pd.DataFrame(rows), ["place_code", "place", "number", "issued_date", "title", "remark"], csv)


app.command("init")(init_programme)


@app.command("schema")
def write_schemas(
    output: Annotated[Path, typer.Option(help="Folder for the schema files")] = Path("programmes/_schema"),
) -> None:
    """Write JSON Schemas of the YAML files, with which editors complete and check.

    Example: mande programmes schema --output programmes/_schema
    """
    from mande.framework.schema import file_schemas

    try:
        output.mkdir(parents=True, exist_ok=True)
        for name, schema in file_schemas().items():
            path = output / f"{Path(name).stem}.schema.json"
            path.write_text(json.dumps(schema, ensure_ascii=False, indent=2) + "\n", encoding="utf-8")
            print(path)
    except OSError as error:
        cure = "name a folder that you may write to"
        raise UsageError(Problem(str(output), f"cannot be written ({error.strerror})", cure)) from error


def _check_lang(lang: str) -> None:
    if lang not in ("vi", "en"):
        raise UsageError(Problem("--lang", f"'{lang}' is not a language of the reports", "write vi or en"))


def _day(text: str | None) -> date:
    try:
        return date.today() if text is None else date.fromisoformat(text)
    except ValueError as error:
        raise UsageError(Problem("--as-of", f"'{text}' is not a date", "write it as YYYY-MM-DD")) from error

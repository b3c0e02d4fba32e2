"""`mande programmes`: what was promised, by whom, with which document; and a plan of one's own."""

import json
import sys
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich.console import Console
from rich.table import Table

from mande.errors import Problem, UsageError
from mande.workspace import open_workspace

if TYPE_CHECKING:
    import pandas as pd

WIDTH_IN_A_FILE = 200
"""Characters of a table that is not shown on a terminal, so that no word is broken."""

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
    _show(pd.DataFrame(rows), ["programme", "document", "place_code", "targets", "tasks", "title"], csv)


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
        _show(indicators_table(programme), ["indicator", f"short_{lang}", "unit", "ascending", "bases"], None)


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
    _show(table, shown, csv)


@app.command("tasks")
def show_tasks(programme_id: ProgrammeId, workspace: Workspace = None, lang: Lang = "vi", csv: Csv = None) -> None:
    """Show the tasks of a programme: who does what by when.

    Example: mande programmes tasks bu-gia-map-children-2025
    """
    from mande.framework.tables import tasks_table

    _check_lang(lang)
    table = tasks_table(open_workspace(workspace).programme(programme_id))
    _show(table, ["task", f"title_{lang}", f"responsible_{lang}", "due_date", "due_precision", "rhythm"], csv)


@app.command("check")
def check_programmes(
    programme_id: Annotated[str | None, typer.Argument(help="Id of a programme; default: all")] = None,
    workspace: Workspace = None,
    lang: Lang = "vi",
    as_of: Annotated[str | None, typer.Option(help="Day of the check, YYYY-MM-DD; default: today")] = None,
    csv: Csv = None,
) -> None:
    """Load programmes and say what is wrong (exit code 10) or weak in them.

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
    _show(table, ["programme", "check", "target", "severity", f"finding_{lang}"], csv)
    counts = table["severity"].value_counts()
    summary = ", ".join(f"{counts.get(word, 0)} {word}" for word in ("critical", "warning", "information"))
    print(f"{len(programmes)} programmes load; findings: {summary}")


@app.command("init")
def init_programme(
    name: Annotated[str, typer.Argument(help="Id of the new programme, such as an-giang-children-2026-2030")],
    workspace: Workspace = None,
) -> None:
    """Write a commented example of a programme, ready to be changed.

    Example: mande programmes init an-giang-children-2026-2030
    """
    from mande.framework.template_folder import write_template

    print(write_template(open_workspace(workspace).programmes_folder, name))


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


def _show(table: "pd.DataFrame", columns: list[str], csv: Path | None) -> None:
    """Print some columns as a table; write all of them to the file, if one is named."""
    shown = Table(show_edge=False)
    kept = [column for column in columns if column in table]
    for position, column in enumerate(kept):
        shown.add_column(column.removesuffix("_vi").removesuffix("_en"), overflow="fold", no_wrap=position == 0)
    for row in table[kept].itertuples(index=False):
        shown.add_row(*(_cell(value) for value in row))
    if len(table):
        width = None if sys.stdout.isatty() else WIDTH_IN_A_FILE
        Console(highlight=False, markup=False, width=width).print(shown)
    if csv is not None:
        _write_csv(table, csv)


def _cell(value: object) -> str:
    if value is None or str(value) in ("NaT", "<NA>", "nan"):
        return ""
    return f"{value:g}" if isinstance(value, float) else str(value).removesuffix(" 00:00:00")


def _write_csv(table: "pd.DataFrame", path: Path) -> None:
    try:
        table.to_csv(path, index=False)
    except OSError as error:
        found = f"cannot be written ({error.strerror or error})"
        raise UsageError(Problem(str(path), found, "name another file")) from error
    print(f"{path}: {len(table)} rows")

"""`mande check`: take in what lies in the inbox, check it and what is published, and say what to mend by file and cell."""

from collections.abc import Collection
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich.console import Console

from mande.commands.check_lists import print_intake
from mande.commands.check_published import check_published, print_published
from mande.commands.out_folder import make_folder
from mande.commands.review import Lang
from mande.errors import DataError, Problem, UsageError
from mande.vocabulary import Outcome, Severity
from mande.workspace import open_workspace

if TYPE_CHECKING:
    import pandas as pd

    from mande.intake_check import IntakeCheck
    from mande.sources.received import Intake
    from mande.submission_checks import SubmissionCheck
    from mande.workspace import Workspace

EXAMPLE = """Example: mande check --html reports/check
mande check --within 37 --html reports/check-37
mande check data/published/gso_population.csv --as-of 2024-12-31 --csv what-to-mend.csv"""


def check_command(
    files: Annotated[
        list[Path] | None,
        typer.Argument(
            help="Files of any kind, only looked at; default: what is published and what lies in data/inbox"
        ),
    ] = None,
    workspace: Annotated[
        Path | None, typer.Option(help="Folder of the workspace; default: this folder or above")
    ] = None,
    as_of: Annotated[str | None, typer.Option(help="Day of the check, YYYY-MM-DD; default: today")] = None,
    lang: Annotated[Lang, typer.Option(help="Language of the messages")] = Lang.VI,
    expect: Annotated[
        list[str] | None,
        typer.Option(help="PROGRAMME:LEVEL:PERIOD of forms of which none has come; may be repeated"),
    ] = None,
    within: Annotated[
        str | None, typer.Option(help="Code of a place: speak only of it and the places below; default: all")
    ] = None,
    show_all: Annotated[
        bool, typer.Option("--all", help="Show each warning about published statistics, not only how many")
    ] = False,
    csv: Annotated[Path | None, typer.Option(help="Write every finding to this CSV file")] = None,
    html: Annotated[
        Path | None, typer.Option(help="Write pages and Excel files for the whole and for each unit to this folder")
    ] = None,
    data_docs: Annotated[Path | None, typer.Option(help="Write Great Expectations' own pages to this folder")] = None,
) -> None:
    """Check data files and say what to mend. Exit code 11 if a value must be kept out of every verdict."""
    from mande.check_scope import narrow_check, places_within
    from mande.intake_check import check_intake
    from mande.places.register import read_date

    home = open_workspace(workspace)
    day = read_date(as_of or date.today()).date()
    published, intake = _gather(home, files or [])
    scope = None if within is None else places_within(home.places, within, as_of=day)
    findings = None
    if published is not None:
        findings, n_checks = check_published(home, published, day)
        findings = _inside(findings, scope)
        size = (len(_inside(published, scope)), n_checks)
        print_published(findings, size, _console(), lang=lang, with_warnings=show_all or bool(files))
    n_failed = 0 if findings is None else int((findings["outcome"] == Outcome.FAILED).sum())
    checked = None
    if intake is not None:
        beside = _published_beside(home) if published is None or files else published
        checked, sent = check_intake(home, intake, as_of=day, published=beside, rounds=_rounds(expect or []))
        if scope is not None:
            checked, sent = narrow_check(checked, sent, scope, intake.observations)
        print_intake(checked, _console(), str(lang))
        n_failed += checked.n_critical
        if html is not None:
            _write_html(home, (checked, sent, intake), html, str(lang))
    if csv is not None:
        _write(_all_findings(findings, checked), csv)
    if data_docs is not None:
        _write_docs(home, (published, intake), data_docs, day)
    if n_failed:
        raise typer.Exit(DataError.exit_code)


check_command.__doc__ = f"{check_command.__doc__}\n\n{EXAMPLE}"


def _inside(table: "pd.DataFrame", place_codes: "Collection[str] | None") -> "pd.DataFrame":
    """Return the rows about some places; all where none are named."""
    return table if place_codes is None else table[table["place_code"].isin(place_codes)]


def _gather(home: "Workspace", files: list[Path]) -> "tuple[pd.DataFrame | None, Intake | None]":
    """Return what is published and what units sent, as far as the files or the inbox hold either.

    Raises: DataError where no file that was named can be read at all, with the problems of all of them.
    """
    from mande.sources.inbox import read_unregistered
    from mande.sources.published import read_files, read_published

    if not files:
        return read_published(home.published_folder).observations, home.take_in()
    names = [path.name for path in files]
    twice = sorted({name for name in names if names.count(name) > 1})
    if twice:
        raise UsageError(
            [Problem(name, "is given twice", "check files of one name one after the other") for name in twice]
        )
    known = _published_sources(home)
    statistics = [path for path in files if _is_published(path, known)]
    others = [path for path in files if path not in statistics]
    intake = read_unregistered(others, home.knowledge) if others else None
    if intake is not None and not statistics and (intake.submissions["status"] == "refused").all():
        raise DataError(intake.problems)
    return (read_files(statistics) if statistics else None), intake


def _published_sources(home: "Workspace") -> set[str]:
    import yaml

    listed = yaml.safe_load((home.published_folder / "sources.yaml").read_text(encoding="utf-8"))
    return {source["id"] for source in listed["sources"]}


def _is_published(path: Path, known: set[str]) -> bool:
    """Tell published statistics from what units sent: a CSV whose first row names one of the publications."""
    import csv

    try:
        with path.open(encoding="utf-8-sig", newline="") as file:
            first = next(csv.DictReader(file), None)
    except (OSError, UnicodeDecodeError, csv.Error):
        return False
    return first is not None and first.get("source") in known


def _published_beside(home: "Workspace") -> "pd.DataFrame":
    from mande.sources.published import read_published

    return read_published(home.published_folder).observations


def _rounds(texts: list[str]) -> list[tuple[str, str, str]]:
    parts = [tuple(text.split(":")) for text in texts]
    wrong = [text for text, part in zip(texts, parts, strict=True) if len(part) != 3]
    if wrong:
        todo = "write vn-children-2021-2030:district:2024"
        raise UsageError([Problem("--expect", f'"{text}" is no PROGRAMME:LEVEL:PERIOD', todo) for text in wrong])
    return parts  # type: ignore[return-value]


def _write_html(home: "Workspace", checked: "tuple[IntakeCheck, SubmissionCheck, Intake]", folder: Path, lang: str):
    """Write the pages, the cells to mend in the order of their effect on the verdicts of the day."""
    from mande.check_folder import write_check
    from mande.intake_check import order_by_verdicts, progress_of_rounds

    table, sent, intake = checked
    progress = progress_of_rounds(home, sent, intake, as_of=table.as_of)
    ordered = order_by_verdicts(table, sent, intake, progress)
    print(write_check(home, ordered, make_folder(folder), lang=lang))


def _write_docs(
    home: "Workspace", tables: "tuple[pd.DataFrame | None, Intake | None]", folder: Path, day: date
) -> None:
    """Write the library's pages about each table that was checked, below the folder."""
    from mande.contracts.check import SOURCE_CONTRACT, SUBMISSIONS_CONTRACT, derive_columns
    from mande.contracts.contract import read_contract
    from mande.contracts.expectations import write_data_docs

    published, intake = tables
    sent = None if intake is None or intake.observations.empty else intake.observations
    for name, table, file in (("published", published, SOURCE_CONTRACT), ("submissions", sent, SUBMISSIONS_CONTRACT)):
        if table is not None:
            contract = read_contract(home.contracts_folder / file)
            derived = derive_columns(table.reset_index(drop=True), contract, known_places=home.places.places, as_of=day)
            print(write_data_docs(derived, contract, make_folder(folder / name)))


def _all_findings(published: "pd.DataFrame | None", checked: "IntakeCheck | None") -> "pd.DataFrame":
    """Return the findings about what is published and about what was sent, refused files among them, as one table."""
    import pandas as pd

    from mande.check_folder import spreadsheet_safe

    parts = [] if published is None else [published]
    if checked is not None:
        refused = checked.refused.assign(check_id="refused", severity=str(Severity.CRITICAL))
        names = {f"todo_{lang}": f"cure_{lang}" for lang in ("vi", "en")}
        refused = refused.rename(columns=names | {"where_en": "cell", "found_en": "found"}).drop(columns="where_vi")
        parts += [checked.to_mend, refused]
    table = pd.concat(parts, ignore_index=True)
    return spreadsheet_safe(table.assign(is_made_up=checked is not None and checked.is_made_up))


def _console() -> Console:
    return Console(width=None if Console().is_terminal else 160)


def _write(findings: "pd.DataFrame", path: Path) -> None:
    try:
        findings.to_csv(path, index=False, encoding="utf-8-sig")
    except OSError as error:
        raise DataError(Problem(str(path), f"cannot be written ({error.strerror})", "choose another place")) from None

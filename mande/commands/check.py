"""`mande check`: say what to mend in data files, by file and cell."""

from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich.console import Console
from rich.table import Table
from rich.text import Text

from mande.commands.review import Lang
from mande.errors import DataError, Problem, UsageError
from mande.vocabulary import Outcome, Severity
from mande.workspace import open_workspace

if TYPE_CHECKING:
    import pandas as pd

    from mande.contracts.check import CheckResult

EXAMPLE = "Example: mande check data/published/gso_population.csv --as-of 2024-12-31 --csv what-to-mend.csv"
SHOWN_EXAMPLES = 3
SHOWN_CELLS = 20
WORDS = {
    Lang.VI: {
        "columns": ("Kết quả", "Tệp", "Ô", "Đã thấy", "Quy tắc", "Cần làm"),
        "failed": "lỗi",
        "warning": "cảnh báo",
        "more": "… và {n} ô khác",
        "summary": "{rows} dòng, {checks} phép kiểm tra: {failed} lỗi, {warning} cảnh báo",
    },
    Lang.EN: {
        "columns": ("Outcome", "File", "Cells", "Found", "Rule", "What to do"),
        "failed": "failed",
        "warning": "warning",
        "more": "… and {n} more",
        "summary": "{rows} rows, {checks} checks: {failed} failures, {warning} warnings",
    },
}


def check_command(
    files: Annotated[list[Path] | None, typer.Argument(help="CSV files; default: all published statistics")] = None,
    workspace: Annotated[
        Path | None, typer.Option(help="Folder of the workspace; default: this folder or above")
    ] = None,
    as_of: Annotated[str | None, typer.Option(help="Day of the check, YYYY-MM-DD; default: today")] = None,
    lang: Annotated[Lang, typer.Option(help="Language of the messages")] = Lang.VI,
    csv: Annotated[Path | None, typer.Option(help="Write every finding to this CSV file")] = None,
) -> None:
    """Check data files and say what to mend. Exit code 11 if a value must be kept out of every verdict."""
    from mande.contracts.check import check_observations
    from mande.places.register import read_date
    from mande.sources.published import read_published

    home = open_workspace(workspace)
    day = read_date(as_of or date.today()).date()
    observations = _read_files(files) if files else read_published(home.published_folder).observations
    result = check_observations(observations, home.contracts_folder, known_places=home.places.places, as_of=day)
    findings = _address(result, observations)
    if csv is not None:
        _write(findings, csv)
    _print(findings, result, lang=lang, rows=len(observations))
    failed = int((findings["outcome"] == Outcome.FAILED).sum())
    if failed:
        raise typer.Exit(DataError.exit_code)


check_command.__doc__ = f"{check_command.__doc__}\n\n{EXAMPLE}"


def _read_files(files: list[Path]) -> "pd.DataFrame":
    """Read all files and report the problems of all of them together."""

    from mande.sources.published import read_files

    names = [path.name for path in files]
    twice = sorted({name for name in names if names.count(name) > 1})
    if twice:
        raise UsageError(
            [Problem(name, "is given twice", "check files of one name one after the other") for name in twice]
        )
    return read_files(files)


def _address(result: "CheckResult", observations: "pd.DataFrame") -> "pd.DataFrame":
    """Return the findings with file, cell, outcome and what to do, worst first."""
    cells = observations[["observation_id", "file", "sheet", "cell"]]
    texts = result.outcomes.drop_duplicates("check_id")
    texts = texts[["check_id", "message_vi", "message_en", "cure_vi", "cure_en"]]
    found = result.findings.merge(cells, on="observation_id", how="left", validate="many_to_one")
    found = found.merge(texts, on="check_id", how="left", validate="many_to_one")
    is_critical = found["severity"] == Severity.CRITICAL
    found["outcome"] = is_critical.map({True: str(Outcome.FAILED), False: str(Outcome.WARNING)})
    return found.sort_values("outcome", kind="stable").reset_index(drop=True)


def _write(findings: "pd.DataFrame", path: Path) -> None:
    try:
        findings.to_csv(path, index=False, encoding="utf-8-sig")
    except OSError as error:
        raise DataError(Problem(str(path), f"cannot be written ({error.strerror})", "choose another place")) from None


def _print(findings: "pd.DataFrame", result: "CheckResult", *, lang: Lang, rows: int) -> None:
    """Print one line per check and file: the first cells and examples, and how many more."""
    words = WORDS[lang]
    console = Console(width=None if Console().is_terminal else 160)
    table = Table(show_lines=True)
    for heading in words["columns"]:
        table.add_column(heading, overflow="fold")
    for (outcome, _, file), group in findings.groupby(["outcome", "check_id", "file"], sort=False):
        first = group.iloc[0]
        style = "bold red" if outcome == Outcome.FAILED else "yellow"
        texts = (file, _shorten(group["cell"], SHOWN_CELLS, words), _shorten(group["found"], SHOWN_EXAMPLES, words))
        advice = (first[f"message_{lang}"], first[f"cure_{lang}"])
        table.add_row(Text(words[outcome], style=style), *(Text(text) for text in (*texts, *advice)))
    if len(findings):
        console.print(table)
    counts = findings["outcome"].value_counts()
    failed, warning = (int(counts.get(str(outcome), 0)) for outcome in (Outcome.FAILED, Outcome.WARNING))
    checks = result.outcomes["check_id"].nunique()
    console.print(words["summary"].format(rows=rows, checks=checks, failed=failed, warning=warning), highlight=False)


def _shorten(texts: "pd.Series", shown: int, words: dict) -> str:
    listed = "; ".join(texts.head(shown))
    return f"{listed} {words['more'].format(n=len(texts) - shown)}" if len(texts) > shown else listed

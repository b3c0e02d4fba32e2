"""What `mande check` says about published statistics: what fails at once, what is to be looked at in one line."""

from datetime import date
from typing import TYPE_CHECKING

from rich.table import Table
from rich.text import Text

from mande.commands.review import Lang
from mande.vocabulary import Outcome, Severity

if TYPE_CHECKING:
    import pandas as pd
    from rich.console import Console

    from mande.contracts.check import CheckResult
    from mande.workspace import Workspace

SHOWN_EXAMPLES = 3
SHOWN_CELLS = 20
WORDS = {
    Lang.VI: {
        "columns": ("Kết quả", "Tệp", "Ô", "Đã thấy", "Quy tắc", "Cần làm"),
        "failed": "lỗi",
        "warning": "cảnh báo",
        "more": "… và {n} ô khác",
        "summary": "{rows} dòng, {checks} phép kiểm tra: {failed} lỗi, {warning} cảnh báo",
        "published": "Số liệu đã công bố",
        "where": "xem từng cảnh báo: thêm --all",
    },
    Lang.EN: {
        "columns": ("Outcome", "File", "Cells", "Found", "Rule", "What to do"),
        "failed": "failed",
        "warning": "warning",
        "more": "… and {n} more",
        "summary": "{rows} rows, {checks} checks: {failed} failures, {warning} warnings",
        "published": "Published statistics",
        "where": "to see each warning, add --all",
    },
}


def check_published(home: "Workspace", observations: "pd.DataFrame", day: date) -> "tuple[pd.DataFrame, int]":
    """Return the findings about published statistics, and how many checks there are.

    *One row per* finding, the worst first. *Adds* file, cell, outcome (failed or warning), message and cure.
    """
    from mande.contracts.check import check_observations

    result = check_observations(observations, home.contracts_folder, known_places=home.places.places, as_of=day)
    return _address(result, observations), result.outcomes["check_id"].nunique()


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


def print_published(
    findings: "pd.DataFrame", size: tuple[int, int], console: "Console", *, lang: Lang, with_warnings: bool
) -> None:
    """Print one line per check and file, the first cells and examples in it; then how many findings there are.

    *Needs* findings as `check_published` returns them; `size`, how many rows and checks. Warnings are only counted unless
    they are wished for: most are known oddities of the publications, and whoever sent a form looks for that.
    """
    words, (rows, checks) = WORDS[lang], size
    shown = findings if with_warnings else findings[findings["outcome"] == Outcome.FAILED]
    if len(shown):
        console.print(_table(shown, words, lang))
    counts = findings["outcome"].value_counts()
    failed, warning = (int(counts.get(str(outcome), 0)) for outcome in (Outcome.FAILED, Outcome.WARNING))
    summary = words["summary"].format(rows=rows, checks=checks, failed=failed, warning=warning)
    more = "" if with_warnings or not warning else f" ({words['where']})"
    console.print(f"{words['published']}: {summary}{more}", highlight=False, soft_wrap=True)


def _table(findings: "pd.DataFrame", words: dict, lang: Lang) -> Table:
    table = Table(show_lines=True)
    for heading in words["columns"]:
        table.add_column(heading, overflow="fold")
    for (outcome, _, file), group in findings.groupby(["outcome", "check_id", "file"], sort=False):
        first = group.iloc[0]
        style = "bold red" if outcome == Outcome.FAILED else "yellow"
        texts = (file, _shorten(group["cell"], SHOWN_CELLS, words), _shorten(group["found"], SHOWN_EXAMPLES, words))
        advice = (first[f"message_{lang}"], first[f"cure_{lang}"])
        table.add_row(Text(words[outcome], style=style), *(Text(text) for text in (*texts, *advice)))
    return table


def _shorten(texts: "pd.Series", shown: int, words: dict) -> str:
    listed = "; ".join(texts.head(shown))
    return f"{listed} {words['more'].format(n=len(texts) - shown)}" if len(texts) > shown else listed

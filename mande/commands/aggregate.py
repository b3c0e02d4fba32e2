"""`mande aggregate`: count a case-level extract in memory and write only counts."""

from pathlib import Path
from typing import Annotated

import typer

from mande.commands.review import Lang
from mande.errors import Problem, UsageError

EXAMPLE = "Example: mande aggregate cases.xlsx --mapping cases.yaml --out counts.csv"
WORDS = {
    Lang.VI: "{file}: {rows} dòng số đếm; {small} dòng có số nhỏ, cần bảo vệ trước khi công bố. Không dòng nào về một trẻ em được ghi lại.",
    Lang.EN: "{file}: {rows} rows of counts; {small} hold small counts to protect before publishing. No row about a child was written.",
}


def aggregate_command(
    extract: Annotated[Path, typer.Argument(help="Workbook or text table with one row per child")],
    mapping: Annotated[Path, typer.Option(help="YAML: which columns give place, period, conditions and dimensions")],
    out: Annotated[Path, typer.Option(help="CSV of counts to write, in the tidy layout")],
    lang: Annotated[Lang, typer.Option(help="Language of the message")] = Lang.VI,
) -> None:
    """Count the rows of an extract by place, period and group. Rows are never copied, shown or logged."""
    from mande.commands.show_table import write_file
    from mande.sources.case_counts import PROTECTED_NOTE, count_cases
    from mande.sources.case_mapping import read_case_mapping

    if out.resolve() == extract.resolve():
        raise UsageError(Problem("--out", "names the extract itself", "name another file"))
    counts = count_cases(extract, read_case_mapping(mapping))
    write_file(out, counts.to_csv(index=False).encode("utf-8"))
    small = int((counts["note"] == PROTECTED_NOTE).sum())
    print(WORDS[lang].format(file=out, rows=len(counts), small=small))


aggregate_command.__doc__ = f"{aggregate_command.__doc__}\n\n{EXAMPLE}"

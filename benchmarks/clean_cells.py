"""How many clean cells are called wrong: counted the same way by the benchmarks of the intake and of the checks.

A *cell* is a number that a unit typed and sent: a numerator, a denominator, or a value that has no counts. It is *clean*
if no mistake was put into it; a cell of which the reader must find out how it is meant (1.234 as text) is clean, too.
It is *called wrong* if a finding names its address. A finding about a whole file names no cell. A cell that is right and
stands in a sum, a quotient or a comparison with a wrong one counts in full, although no rule can always tell which of
them is at fault; two narrower counts leave out the cells of indicators, and of files, with a mistake.
"""

from collections.abc import Callable

import pandas as pd

CELL = ["file", "cell"]
ROW = ["file", "indicator"]


def report_false_alarms(
    sent: pd.DataFrame, wrong: pd.DataFrame, findings: pd.DataFrame, report: Callable[[str, str], None]
) -> None:
    """Print the share of clean cells that are called wrong, by critical findings and by any.

    Needs: `sent`, one row per cell that was sent: file, cell, indicator; `wrong`, the known mistakes: file, cell,
    indicator; `findings`: file, cell, severity.
    """
    clean = sent[~_key(sent, CELL).isin(_key(wrong, CELL))]
    apart = ~_key(clean, ROW).isin(_key(wrong, ROW))
    free = ~clean["file"].isin(set(wrong["file"])).to_numpy()
    for severities, words in ((("critical",), "critical"), (("critical", "warning"), "critical or warning")):
        named = findings[findings["severity"].isin(severities)]
        alarm = _key(clean, CELL).isin(_key(named, CELL))
        report(f"clean cells called wrong, {words}", _share(alarm))
        report("  in indicators without a mistake", _share(alarm[apart]))
        report("  in files without any mistake", _share(alarm[free]))


def report_rules(sent: pd.DataFrame, wrong: pd.DataFrame, findings: pd.DataFrame) -> None:
    """Print how many clean cells each rule calls wrong."""
    clean = sent[~_key(sent, CELL).isin(_key(wrong, CELL))]
    alarms = findings[_key(findings, CELL).isin(_key(clean, CELL))].drop_duplicates([*CELL, "check_id"])
    print(alarms.groupby(["severity", "check_id"]).size().to_string())


def _key(table: pd.DataFrame, columns: list[str]) -> pd.MultiIndex:
    return pd.MultiIndex.from_frame(table[columns])


def _share(alarm) -> str:
    return f"{alarm.sum():,} of {len(alarm):,} ({alarm.mean() if len(alarm) else 0:.3%})"

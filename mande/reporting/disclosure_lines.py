"""What it costs that no child can be found: how many values a published run does not show, and which verdicts it lost."""

from typing import TYPE_CHECKING

import pandas as pd

from mande.reporting.masthead import is_internal
from mande.reporting.number_forms import number_form
from mande.reporting.sentences import title_of
from mande.reporting.target_rows import target_number
from mande.reporting.wording import wording

if TYPE_CHECKING:
    from mande.reporting.run import Run


def hidden_lines(run: "Run", lang: str) -> list[str]:
    """Return one sentence on the values and one on the verdicts; nothing for an internal run."""
    if is_internal(run.info):
        return []
    say, cost = wording(lang).say, run.table("disclosure")
    if cost.empty:
        return [say("disclosure.none")]
    targets = run.targets.to_dict("records")
    names = {row["indicator"]: title_of(row, lang, stem="short") for row in targets}
    numbers = {row["target_id"]: target_number(row) for row in targets}
    values, verdicts = (_by_name(cost[cost["what"] == what], names | numbers, lang) for what in ("values", "verdicts"))
    lines = [say("disclosure.values", n=_total(cost, "values", lang), list=values)]
    if verdicts:
        lines.append(say("disclosure.verdicts", n=_total(cost, "verdicts", lang), list=verdicts))
    return lines


def _by_name(rows: pd.DataFrame, names: dict[str, str], lang: str) -> str:
    counts = rows.groupby("id", sort=False)[["n_hidden", "n"]].sum()
    return "; ".join(
        f"{names.get(str(row.Index), str(row.Index))}: {number_form(row.n_hidden, lang)}/{number_form(row.n, lang)}"
        for row in counts.itertuples()
    )


def _total(cost: pd.DataFrame, what: str, lang: str) -> str:
    return number_form(int(cost.loc[cost["what"] == what, "n_hidden"].sum()), lang)

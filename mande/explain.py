"""One verdict in words, with its numbers put in: what was promised, what happened, by which rule, how sure."""

import difflib
from typing import Any

import pandas as pd

from mande.errors import Problem, UsageError
from mande.reporting.arithmetic import inputs_of, working_of
from mande.reporting.rule_lines import rule_lines, sureness_lines
from mande.reporting.rule_words import rule_lead
from mande.reporting.run import Run
from mande.reporting.target_rows import table_rows, target_number
from mande.reporting.wording import wording


def explain_verdict(run: Run, unit: str, target: str, *, lang: str = "vi") -> list[str]:
    """Return the lines that explain the verdict of a unit on a target; one block for each population group.

    Needs: the code of a unit of the run; the id of a target (QD23-03b), or its number and part as on the page (3b).
    Raises: UsageError for a unit or target that the run does not have.
    """
    view = run.unit(unit, lang)
    rows = view.targets[_is_meant(view.targets, target)]
    if rows.empty:
        known = sorted(view.targets["target_id"].unique())
        near = difflib.get_close_matches(target, known, n=3) or known[:3]
        raise UsageError(Problem("target", f'the run has no target "{target}"', f"such as {', '.join(near)}"))
    inputs = inputs_of(view.actuals)
    said = table_rows(rows, run, lang)
    blocks = [
        _explain(row, lang, words=words, unit=view.name, inputs=inputs)
        for row, words in zip(rows.to_dict("records"), said, strict=True)
    ]
    return [line for number, block in enumerate(blocks) for line in ([""] if number else []) + block]


def _is_meant(targets: pd.DataFrame, name: str) -> list[bool]:
    return [name in (row["target_id"], target_number(row)) for row in targets.to_dict("records")]


def _explain(row: Any, lang: str, *, words: dict[str, Any], unit: str, inputs: dict[str, Any]) -> list[str]:
    say, working = wording(lang).say, working_of(row, lang, inputs)
    lead = rule_lead(row, lang, max_age=f"{row['max_age_years']:g}")
    verdict = say("explain.verdict", verdict=say(f"verdict.{row['verdict']}"), reason=words["reason"])
    return [
        say("explain.heading", unit=unit, number=working["number"], title=working["title"]),
        verdict,
        working["citation"],
        lead,
        *(working["lines"] or [say("arithmetic.no_input")]),
        *rule_lines(row, lang),
        *sureness_lines(row, lang),
        working["hash"],
    ]

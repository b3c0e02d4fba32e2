"""From what happened to the verdicts: progress, how easily each verdict flips, and the arithmetic that is published."""

from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

import pandas as pd

import mande
from mande.contracts.contract import read_contract
from mande.errors import Problem, UsageError
from mande.evaluation.arithmetic import compute_arithmetic
from mande.evaluation.end_term import compare_with_mid_term
from mande.evaluation.progress import Question, judge_promises
from mande.evaluation.promises import select_promises
from mande.evaluation.sensitivity import compute_sensitivity, mark_fragile
from mande.framework.model import Programme
from mande.indicators.actuals import accepted_rules
from mande.protection import PUBLISHED
from mande.reporting.run import Run, open_run
from mande.vocabulary import Stage

if TYPE_CHECKING:
    from mande.workspace import Workspace


def reach_verdicts(
    workspace: "Workspace",
    programme: Programme,
    actuals: pd.DataFrame,
    *,
    question: Question,
    place_codes: list[str],
    mid_term: Run | None = None,
) -> dict[str, pd.DataFrame]:
    """Judge a programme in all its places; return the tables that hold the verdicts, by name.

    `progress`: one row per target × population group × place; `sensitivity`: per variation of it; `arithmetic`: per
    verdict, with every input; `accepted`: per target × group × basis × definition on which a verdict may rest.
    Needs: `actuals` (compute_actuals); `mid_term`: the run whose outlook an end-term verdict is compared with.
    """
    promises = select_promises(programme, question.stage, judged_year=question.judged_year)
    accepted = accepted_rules(programme)
    judged, sensitivity = judge_tables(promises, accepted, actuals, question=question, place_codes=place_codes)
    earlier = None if mid_term is None else mid_term.progress
    progress = compare_with_mid_term(judged, earlier, run="" if mid_term is None else mid_term.info["run_id"])
    made_with = {"mande_version": mande.__version__, "contracts": contract_versions(workspace.contracts_folder)}
    arithmetic = compute_arithmetic(progress, actuals, made_with=made_with)
    return {"progress": progress, "sensitivity": sensitivity, "arithmetic": arithmetic, "accepted": accepted}


def judge_tables(
    promises: pd.DataFrame,
    accepted: pd.DataFrame,
    actuals: pd.DataFrame,
    *,
    question: Question,
    place_codes: list[str],
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Return progress, each verdict marked where it is fragile, and the sensitivity behind the mark: from tables alone."""
    judged = judge_promises(promises, accepted, actuals, question=question, place_codes=place_codes)
    sensitivity = compute_sensitivity(judged, promises, accepted, actuals, question=question)
    return mark_fragile(judged, sensitivity), sensitivity


def contract_versions(folder: Path) -> str:
    """Return the contracts of a folder with their versions, such as "actuals 1.0.0; progress 1.1.0"."""
    contracts = [read_contract(path) for path in sorted(folder.rglob("*.odcs.yaml"))]
    return "; ".join(sorted(f"{contract.id} {contract.version}" for contract in contracts))


def find_mid_term(
    workspace: "Workspace",
    programme: Programme,
    *,
    stage: Stage,
    as_of: date,
    folder: Path | None = None,
    is_published: bool = False,
) -> Run | None:
    """Return the mid-term run that an end-term review looks back on: the one named, else the last one in reports/.

    A published review looks back on a published one only: an internal one rests on numbers that it must not tell.
    Missing values: None for another stage, or where there is no such run.
    Raises: UsageError for a folder that is no mid-term run of the programme made before the review's date.
    """
    if folder is not None:
        run = open_run(folder, programme=programme.id, stage=str(Stage.MID_TERM))
        if stage != Stage.END_TERM or date.fromisoformat(run.info["as_of"]) >= as_of:
            found = f"{run.info['as_of']} is not before a review at the end of the term ({stage}, {as_of})"
            raise UsageError(Problem("--mid-term-run", found, "leave the option out, or name an earlier run"))
        if is_published and run.info.get("kind") != PUBLISHED:
            raise UsageError(Problem("--mid-term-run", "it is an internal run", "name a published one"))
        return run
    if stage != Stage.END_TERM:
        return None
    runs = [open_run(path.parent) for path in workspace.reports_folder.glob(f"{programme.id}_mid-term_*/run.json")]
    past = [run for run in runs if date.fromisoformat(run.info["as_of"]) < as_of]
    past = [run for run in past if not is_published or run.info.get("kind") == PUBLISHED]
    return max(past, key=lambda run: (run.info["as_of"], run.info["made_at"], str(run.folder)), default=None)

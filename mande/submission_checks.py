"""Check and grade what the units sent: against its contract, beside what is published, by the calendar of its forms."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass, field
from datetime import date
from typing import TYPE_CHECKING

import pandas as pd

from mande.contracts.check import SUBMISSIONS_CONTRACT, Beside, CheckResult, check_observations
from mande.contracts.contract import Contract, read_contract
from mande.contracts.grade import ROW, grade_quality, grades_of_observations, read_grade_contract
from mande.contracts.mending import locate_findings, what_to_mend, without_echoes
from mande.found_wording import FoundWords, read_words
from mande.reporting_rounds import Rounds, find_rounds
from mande.vocabulary import Severity

if TYPE_CHECKING:
    from mande.sources.received import Intake
    from mande.workspace import Workspace


@dataclass(frozen=True)
class SubmissionCheck:
    """What the checks of all current submissions found.

    `result`: None where nothing was sent; `findings`: with the cell and the cure of each (`locate_findings`);
    `quality`: one row per indicator × place × period that was asked for or sent; `grades`: the grade of each
    observation by `observation_id`; `rounds`: what was expected from whom by which day; `words`: names of codes.
    """

    result: CheckResult | None
    findings: pd.DataFrame
    quality: pd.DataFrame
    rounds: Rounds
    grades: pd.Series = field(default_factory=lambda: pd.Series(dtype=str))
    words: FoundWords = field(default_factory=FoundWords)


def check_submissions(
    workspace: "Workspace",
    intake: "Intake",
    *,
    published: pd.DataFrame,
    as_of: date,
    reported: Collection[str] | None = None,
    rounds: Iterable[tuple[str, str, str]] = (),
) -> SubmissionCheck:
    """Check the submissions in force against `submissions.odcs.yaml` and grade them, once for all units.

    Needs: `published`, the observations of published statistics: they are compared with, not judged; `reported`
    narrows the outcomes to these indicators; `rounds` (programme, level, period) of which no form has come yet.
    Missing values: a value that is about a time after `as_of` is checked like any other.
    """
    expected = find_rounds(workspace, intake.submissions, named=rounds)
    grading = read_grade_contract(workspace.contracts_folder)
    sent = intake.observations
    columns = _columns(workspace)
    if sent.empty:
        return SubmissionCheck(None, _no_findings(), _nothing_graded(grading), expected)
    table = sent.reindex(columns=columns).fillna(dict.fromkeys(("numerator_cell", "denominator_cell", "sender"), ""))
    result = check_observations(
        table,
        workspace.contracts_folder,
        known_places=workspace.places.places,
        as_of=as_of,
        reported=reported,
        contract=SUBMISSIONS_CONTRACT,
        beside=Beside(_comparable(published, table, columns), expected.due_dates),
    )
    quality = grade_quality(
        table, result.judged, grading, expected=expected.expected, due_dates=expected.due_dates, as_of=as_of
    )
    findings = locate_findings(result, table)
    grades = grades_of_observations(table, quality)
    return SubmissionCheck(result, findings, quality, expected, grades, read_words(workspace))


def join_checks(published: CheckResult, sent: SubmissionCheck) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Return the outcomes and the findings about what was published, with those about what was sent below them."""
    if sent.result is None:
        return published.outcomes, published.findings
    outcomes = pd.concat([published.outcomes, sent.result.outcomes], ignore_index=True)
    return outcomes, pd.concat([published.findings, sent.result.findings], ignore_index=True)


def quality_of_units(quality: pd.DataFrame, place_codes: list[str], indicators: Collection[str]) -> pd.DataFrame:
    """Return the grades of some units and indicators."""
    kept = quality["place_code"].isin(place_codes) & quality["indicator"].isin(indicators)
    return quality[kept].sort_values(ROW, ignore_index=True)


def mend_first(sent: SubmissionCheck, intake: "Intake", progress: pd.DataFrame) -> pd.DataFrame:
    """Return the cells that the units of a review should mend, first those on which a verdict of `progress` depends.

    *One row per* file × sheet × cell of a submission in force (see `what_to_mend`), cells set aside among them.
    """
    cells = cells_to_mend(sent, intake)
    kept = cells["place_code"].isin(progress["place_code"]) & cells["indicator"].isin(progress["indicator"])
    return what_to_mend(cells[kept].reset_index(drop=True), progress)


def cells_to_mend(sent: SubmissionCheck, intake: "Intake") -> pd.DataFrame:
    """Return the findings about the submissions in force and, as critical ones, their cells that were set aside.

    *One row per* finding. *Adds* `is_set_aside`; `found_vi`, as `found`, in words and with a decimal comma; what stands in
    a cell that was set aside is quoted as it is. Cells that a mapping leaves out on purpose are nobody's fault; a warning
    about a value says nothing where one of its cells must be mended anyway.
    """
    aside = intake.quarantined[intake.quarantined["check_id"] != SKIPPED]
    named = aside.assign(
        observation_id=_observations_at(aside, intake.observations), severity=str(Severity.CRITICAL), is_set_aside=True
    )
    found = sent.findings.assign(is_set_aside=False)
    both = pd.concat([named.reindex(columns=found.columns), found], ignore_index=True)
    both = without_echoes(both).astype({"is_set_aside": bool}).reset_index(drop=True)
    local = [
        found if aside else sent.words.in_vietnamese(found)
        for found, aside in zip(both["found"], both["is_set_aside"], strict=True)
    ]
    return both.assign(found_vi=pd.Series(local, index=both.index, dtype=str))


SKIPPED = "skipped_by_mapping"


def _observations_at(cells: pd.DataFrame, observations: pd.DataFrame) -> list[str]:
    """Return the observation whose value, numerator or denominator stands in each cell; blank where none does."""
    at: dict[tuple[str, ...], str] = {}
    for column in ("cell", "numerator_cell", "denominator_cell") if len(observations) else ():
        addresses = observations[["file", "sheet", column]].itertuples(index=False, name=None)
        at |= dict(zip(addresses, observations["observation_id"], strict=True))
    return [at.get(address, "") for address in cells[["file", "sheet", "cell"]].itertuples(index=False, name=None)]


def _nothing_graded(grading: Contract) -> pd.DataFrame:
    types = {"string": "str", "integer": "Int64", "number": "float64"}
    return pd.DataFrame({column.name: pd.Series(dtype=types[column.type]) for column in grading.columns})


def _columns(workspace: "Workspace") -> list[str]:
    contract = read_contract(workspace.contracts_folder / SUBMISSIONS_CONTRACT)
    return [column.name for column in contract.columns if column.derived_by is None]


def _comparable(published: pd.DataFrame, sent: pd.DataFrame, columns: list[str]) -> pd.DataFrame:
    """Return what is published about the same indicators and places: with the rest nothing is compared."""
    same = published["indicator"].isin(sent["indicator"]) & published["place_code"].isin(sent["place_code"])
    return published.loc[same].reindex(columns=columns)


def _no_findings() -> pd.DataFrame:
    texts = ["message_vi", "message_en", "cure_vi", "cure_en"]
    own = ["observation_id", "check_id", "severity", "found", "indicator", "place_code", "period"]
    return pd.DataFrame(columns=[*own, "file", "sheet", "cell", "part", *texts], dtype=str)

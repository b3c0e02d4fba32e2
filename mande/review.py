"""The chain of a review, from what was promised to the verdicts, for all units at once.

Read it from top to bottom: promised → arrived → fit to use? → happened → enough?  The reports only read its tables.
"""

import re
from dataclasses import dataclass
from datetime import UTC, date, datetime
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

import pandas as pd

import mande
from mande.checks_by_unit import findings_of_values, outcomes_of_units
from mande.commitments import find_plans, judge_companions, judge_tasks_in_force
from mande.contracts.check import SOURCE_CONTRACT, CheckResult, check_observations
from mande.errors import DataError, Problem, UsageError
from mande.evaluation.progress import ask
from mande.evaluation.promises import describe_promises, select_promises
from mande.framework.load import load_carry_weights, load_indicators
from mande.framework.model import Programme
from mande.framework.registers import load_standards
from mande.indicators.actuals import compute_actuals
from mande.indicators.carried import carry_to_units
from mande.programme_review import review_framework
from mande.protection import Protection, describe_hidden, describe_kind, describe_protection, protect_values
from mande.sources.all_sources import join_received
from mande.sources.published import read_published
from mande.submission_checks import check_submissions, join_checks, mend_first, quality_of_units
from mande.unit_comparisons import compare_units
from mande.units import select_units
from mande.verdicts import find_mid_term, reach_verdicts
from mande.vocabulary import Level, Stage

if TYPE_CHECKING:
    from mande.reporting.unit_view import UnitView
    from mande.workspace import Workspace

IDENTITY_CHECKS = {
    "known-place-code": "correct the code; see: mande places find",
    "known-indicator": f"correct the spelling, or add the indicator under `indicators` in data_contracts/{SOURCE_CONTRACT}",
    "unique-key": "keep one of the rows that speak of the same value",
}
"""Rows that fail these belong to no page, or to one twice: the review stops instead of losing them."""


@dataclass(frozen=True)
class Review:
    """The tables of one review; see `docs/tables.md` for their columns."""

    programme: Programme
    stage: Stage
    as_of: date
    level: Level
    judged_year: int
    units: pd.DataFrame
    targets: pd.DataFrame
    actuals: pd.DataFrame
    progress: pd.DataFrame
    sensitivity: pd.DataFrame
    arithmetic: pd.DataFrame
    accepted: pd.DataFrame
    small_areas: pd.DataFrame
    equity: pd.DataFrame
    ranking: pd.DataFrame
    check_outcomes: pd.DataFrame
    findings: pd.DataFrame
    quality: pd.DataFrame
    to_mend: pd.DataFrame
    sources: pd.DataFrame
    plans: pd.DataFrame
    companions: pd.DataFrame
    task_status: pd.DataFrame
    disclosure: pd.DataFrame
    framework: dict[str, pd.DataFrame]
    protection: dict[str, object] | None = None

    @property
    def tables(self) -> dict[str, pd.DataFrame]:
        """Return the tables by the names under which they are written."""
        promised = ("targets", "accepted", "plans", "companions", "task_status")
        happened = ("units", "actuals", "progress", "check_outcomes", "findings", "quality", "to_mend", "sources")
        proved = ("sensitivity", "arithmetic", "disclosure")
        compared = ("small_areas", "equity", "ranking")
        return {name: getattr(self, name) for name in (*promised, *happened, *proved, *compared)} | self.framework

    def describe(self, lang: str) -> dict[str, object]:
        """Return what identifies a run of this review: programme, stage, date, level, language, rule, version."""
        programme, rule = self.programme, self.programme.verdict_rule
        return {
            **describe_kind(f"{programme.id}_{self.stage}_{self.as_of}_{self.level}_{lang}", self.protection),
            "programme": programme.id,
            "programme_title": programme.title.model_dump(),
            "document": programme.document.number,
            "place_code": programme.place_code,
            "stage": str(self.stage),
            "as_of": self.as_of.isoformat(),
            "level": str(self.level),
            "judged_year": self.judged_year,
            "lang": lang,
            "is_made_up": bool(self.sources["is_made_up"].any()),
            "made_at": datetime.now(tz=UTC).isoformat(timespec="seconds"),
            "mande_version": mande.__version__,
            "rule": rule.model_dump(mode="json") if rule else None,
        }

    def unit(self, place_code: str, lang: str = "vi") -> "UnitView":
        """Return one unit's tables and figures, as its page shows them.

        Raises: UsageError for a unit that the review does not have.
        """
        from mande.reporting.run import Run

        return Run(Path(), self.describe(lang), self.tables).unit(place_code, lang)

    def explain(self, place_code: str, target: str, lang: str = "vi") -> str:
        """Return one verdict in words with its numbers put in, as `mande explain` prints it.

        Raises: UsageError for a unit or target that the review does not have.
        """
        from mande.explain import explain_verdict
        from mande.reporting.run import Run

        run = Run(Path(), self.describe(lang), self.tables)
        return "\n".join(explain_verdict(run, place_code, target, lang=lang))


def compute_review(
    workspace: "Workspace",
    programme: Programme,
    *,
    stage: str,
    as_of: date | str,
    level: str,
    unit_codes: list[str] | None = None,
    mid_term_run: Path | None = None,
    protection: Protection | None = None,
) -> Review:
    """Compute the tables of a review.

    Needs: a workspace; stage, date and level as on the command line; `unit_codes` narrows the units; `mid_term_run`
    names the run whose outlook an end-term review looks back on (default: the last one in reports/); `protection`
    makes it a review that may be published (default: an internal one, with all numbers).
    Raises: UsageError for a stage, date, level or unit that does not exist; DataError for data that cannot be used;
    DisclosureError for small counts that cannot be protected.
    """
    stage, as_of, level = read_stage(stage), read_date(as_of), read_level(level)
    _require_time(programme, as_of)
    units = select_units(workspace.places, programme, as_of=as_of, level=level, unit_codes=unit_codes)
    received = workspace.received()
    published = read_published(workspace.published_folder)
    arrived = join_received(published, received)
    checked = check_arrived(workspace, programme, published.observations, as_of=as_of)
    indicators = {indicator.id for indicator in programme.indicators}
    sent = check_submissions(workspace, received, published=published.observations, as_of=as_of, reported=indicators)
    outcomes, findings = join_checks(checked, sent)
    at_units = bring_to_units(workspace, programme, arrived.observations, as_of=as_of)
    shown = protect_values(workspace, programme, at_units, arrived.observations, as_of=as_of, protection=protection)
    judged = {"as_of": as_of, "findings": findings, "grades": sent.grades}
    actuals_of = partial(compute_actuals, shown.observations, **judged)
    place_codes = units["place_code"].tolist()
    actuals = actuals_of(programme, place_codes=place_codes)
    question = ask(programme, stage=stage, as_of=as_of)
    mid_term = find_mid_term(
        workspace, programme, stage=stage, as_of=as_of, folder=mid_term_run, is_published=protection is not None
    )
    asked = {"question": question, "place_codes": place_codes, "mid_term": mid_term}
    others = [other for other in workspace.programmes.values() if other.id != programme.id]
    plans = find_plans(others, programme, units, places=workspace.places.at(as_of), as_of=as_of)
    verdicts = reach_verdicts(workspace, programme, actuals, **asked)
    in_full = None
    if shown.touches(actuals):
        numbers = compute_actuals(at_units, programme, place_codes=place_codes, **judged)
        in_full = reach_verdicts(workspace, programme, numbers, **asked)["progress"]
    return Review(
        programme=programme,
        stage=stage,
        as_of=as_of,
        level=level,
        judged_year=question.judged_year,
        units=units,
        targets=describe_promises(programme, select_promises(programme, stage, judged_year=question.judged_year)),
        actuals=actuals,
        **verdicts,
        **compare_units(workspace, programme, actuals, shown.observations, units=units),
        check_outcomes=outcomes_of_units(
            shown.without_cells(outcomes, arrived.observations), actuals, place_codes=place_codes
        ),
        findings=shown.without_numbers(findings_of_values(findings, actuals)),
        quality=quality_of_units(sent.quality, place_codes, indicators),
        to_mend=shown.for_units(mend_first(sent, received, verdicts["progress"])),
        sources=arrived.sources,
        plans=plans,
        companions=judge_companions(programme, workspace.programmes, plans, actuals_of, stage=stage, as_of=as_of),
        task_status=judge_tasks_in_force(
            [programme, *others], plans, units, workspace.task_reports(received), as_of=as_of
        ),
        disclosure=describe_hidden(actuals, units, verdicts["progress"], in_full),
        framework=describe_framework(workspace, programme, as_of=as_of),
        protection=describe_protection([*others, programme], protection.rule) if protection else None,
    )


def check_arrived(
    workspace: "Workspace", programme: Programme, observations: pd.DataFrame, *, as_of: date
) -> CheckResult:
    """Check all that arrived, once for all units (see `check_observations`).

    Raises: DataError for rows that would land nowhere or twice, each with its cell.
    """
    checked = check_observations(
        observations,
        workspace.contracts_folder,
        known_places=workspace.places.places,
        as_of=as_of,
        reported={indicator.id for indicator in programme.indicators},
    )
    _require_identity(observations, checked)
    return checked


def bring_to_units(
    workspace: "Workspace", programme: Programme, observations: pd.DataFrame, *, as_of: date
) -> pd.DataFrame:
    """Carry what was published for former places to the units of the review's date (see `carry_to_units`)."""
    known = [*workspace.programmes.values(), programme]
    return carry_to_units(
        observations,
        workspace.places,
        indicators={indicator.id: indicator for one in known for indicator in one.indicators}.values(),
        weights=load_carry_weights(workspace.programmes_folder),
        as_of=as_of,
    )


def describe_framework(workspace: "Workspace", programme: Programme, *, as_of: date) -> dict[str, pd.DataFrame]:
    """Return what is to be known of the programme as it is written (see `review_framework`)."""
    known = {**workspace.programmes, programme.id: programme}
    return review_framework(
        programme,
        known.values(),
        indicators=load_indicators(workspace.programmes_folder).values(),
        standards=load_standards(workspace.programmes_folder).values(),
        as_of=as_of,
    )


def _require_time(programme: Programme, as_of: date) -> None:
    if as_of < programme.start_date:
        raise UsageError(
            Problem(
                "--as-of", f"{as_of} is before the programme starts ({programme.start_date})", "choose a later date"
            )
        )


def _require_identity(observations: pd.DataFrame, checked: CheckResult) -> None:
    """Stop for rows that would land nowhere or twice, each with its cell."""
    lost = checked.findings[checked.findings["check_id"].isin(list(IDENTITY_CHECKS))]
    if lost.empty:
        return
    rows = lost.merge(observations[["observation_id", "file", "cell"]], on="observation_id", validate="many_to_one")
    raise DataError(
        [
            Problem(f"{row.file} row {re.sub('[A-Z]', '', row.cell)}", row.found, IDENTITY_CHECKS[row.check_id])
            for row in rows.itertuples()
        ]
    )


def read_stage(text: str) -> Stage:
    """Return the stage of that name, or raise UsageError with those that exist."""
    return _read_choice("--stage", text, Stage)


def read_level(text: str) -> Level:
    """Return the level of that name, or raise UsageError with those that exist."""
    return _read_choice("--level", text, Level)


def _read_choice(option: str, text: str, choices: type[Stage] | type[Level]):
    try:
        return choices(text)
    except ValueError:
        known = ", ".join(choices)
        raise UsageError(Problem(option, f'"{text}" does not exist', f"choose one of: {known}")) from None


def read_date(text: date | str) -> date:
    """Return a date written as YYYY-MM-DD."""
    if isinstance(text, date):
        return text
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise UsageError(Problem("--as-of", f'"{text}" is not a date', "write it as 2024-12-31")) from None

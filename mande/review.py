"""The chain of a review, from what was promised to the verdicts, for all units at once.

Read it from top to bottom: promised → arrived → fit to use? → happened → enough?  The reports only read its tables.
"""

from dataclasses import dataclass, replace
from datetime import UTC, date, datetime
from pathlib import Path
from typing import TYPE_CHECKING

import pandas as pd

import mande
from mande.commitments import find_plans, judge_companions, judge_tasks_in_force
from mande.errors import Problem, UsageError
from mande.evaluation.progress import ask
from mande.evaluation.promises import describe_promises, select_promises
from mande.framework.load import load_indicators
from mande.framework.model import Programme
from mande.framework.registers import load_standards
from mande.programme_review import review_framework
from mande.protection import Protection, describe_hidden, describe_kind, describe_protection
from mande.review_evidence import checked_tables, gather_review_evidence
from mande.unit_comparisons import compare_units
from mande.units import provinces_of, select_units
from mande.verdicts import find_mid_term, reach_verdicts
from mande.vocabulary import Level, Stage
from mande.withheld_hashes import without_hashes

if TYPE_CHECKING:
    from mande.reporting.unit_view import UnitView
    from mande.workspace import Workspace


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
    terms = {"stage": stage, "as_of": as_of, "level": level}
    _require_time(programme, as_of)
    units = select_units(workspace.places, programme, as_of=as_of, level=level, unit_codes=unit_codes)
    known = gather_review_evidence(workspace, programme, as_of=as_of, protection=protection)
    place_codes = units["place_code"].tolist()
    actuals = known.actuals(programme, place_codes=place_codes)
    question = ask(programme, stage=stage, as_of=as_of, provinces=provinces_of(units))
    mid_term = find_mid_term(
        workspace, programme, stage=stage, as_of=as_of, folder=mid_term_run, is_published=protection is not None
    )
    asked = {"question": question, "place_codes": place_codes, "mid_term": mid_term}
    others = [other for other in workspace.programmes.values() if other.id != programme.id]
    plans = find_plans(others, programme, units, places=workspace.places.at(as_of), as_of=as_of)
    verdicts = reach_verdicts(workspace, programme, actuals, **asked)
    in_full = None
    if known.shown.touches(actuals):
        numbers = known.actuals_in_full(programme, place_codes=place_codes)
        in_full = reach_verdicts(workspace, programme, numbers, **asked)["progress"]
    review = Review(
        programme=programme,
        **terms,
        judged_year=question.judged_year,
        units=units,
        targets=describe_promises(programme, select_promises(programme, stage, judged_year=question.judged_year)),
        actuals=actuals,
        **verdicts,
        **compare_units(workspace, programme, actuals, known.shown.observations, units=units),
        **checked_tables(known, programme, actuals, verdicts["progress"]),
        sources=known.arrived.sources,
        plans=plans,
        companions=judge_companions(programme, workspace.programmes, plans, known.actuals, question=question),
        task_status=judge_tasks_in_force(
            [programme, *others], plans, units, workspace.task_reports(known.received), as_of=as_of
        ),
        disclosure=describe_hidden(actuals, units, verdicts["progress"], in_full),
        framework=describe_framework(workspace, programme, as_of=as_of),
        protection=describe_protection(workspace, [*others, programme], protection.rule) if protection else None,
    )
    return replace(review, **without_hashes(vars(review), known.received.submissions)) if protection else review


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

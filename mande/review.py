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
from mande.commitments import find_plans, judge_companions
from mande.contracts.check import CheckResult, check_observations
from mande.errors import DataError, Problem, UsageError
from mande.evaluation.progress import compute_progress, judged_year_of
from mande.evaluation.promises import describe_promises, select_promises
from mande.evaluation.task_status import judge_tasks
from mande.framework.load import load_carry_weights, load_indicators
from mande.framework.model import Programme
from mande.framework.registers import load_standards
from mande.indicators.actuals import accepted_rules, compute_actuals
from mande.indicators.carried import carry_to_units
from mande.programme_review import review_framework
from mande.sources.published import read_published
from mande.sources.task_reports import read_task_reports
from mande.vocabulary import Level, Stage

if TYPE_CHECKING:
    from mande.places.register import Register
    from mande.reporting.unit_view import UnitView
    from mande.workspace import Workspace

IDENTITY_CHECKS = ("known-place-code", "known-indicator", "unique-key")
"""Rows that fail these belong to no page, or to one twice: the review stops instead of losing them."""

_RANKS = {str(level): rank for rank, level in enumerate(Level)}


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
    check_outcomes: pd.DataFrame
    findings: pd.DataFrame
    sources: pd.DataFrame
    plans: pd.DataFrame
    companions: pd.DataFrame
    task_status: pd.DataFrame
    framework: dict[str, pd.DataFrame]

    @property
    def tables(self) -> dict[str, pd.DataFrame]:
        """Return the tables by the names under which they are written."""
        promised = ("targets", "plans", "companions", "task_status")
        happened = ("units", "actuals", "progress", "check_outcomes", "findings", "sources")
        return {name: getattr(self, name) for name in (*promised, *happened)} | self.framework

    def describe(self, lang: str) -> dict[str, object]:
        """Return what identifies a run of this review: programme, stage, date, level, language, rule, version."""
        programme, rule = self.programme, self.programme.verdict_rule
        return {
            "run_id": f"{programme.id}_{self.stage}_{self.as_of}_{self.level}_{lang}",
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


def compute_review(
    workspace: "Workspace",
    programme: Programme,
    *,
    stage: str,
    as_of: date | str,
    level: str,
    unit_codes: list[str] | None = None,
) -> Review:
    """Compute the tables of a review.

    Needs: a workspace; stage, date and level as on the command line; `unit_codes` narrows the units.
    Raises: UsageError for a stage, date, level or unit that does not exist; DataError for data that cannot be used.
    """
    stage, as_of, level = read_stage(stage), read_date(as_of), read_level(level)
    _require_time(programme, as_of)
    units = select_units(workspace.places, programme, as_of=as_of, level=level, unit_codes=unit_codes)
    published = read_published(workspace.published_folder)
    checked = check_observations(
        published.observations,
        workspace.contracts_folder,
        known_places=workspace.places.places,
        as_of=as_of,
        reported={indicator.id for indicator in programme.indicators},
    )
    _require_identity(published.observations, checked)
    place_codes = units["place_code"].tolist()
    at_units = bring_to_units(workspace, programme, published.observations, as_of=as_of)
    actuals_of = partial(compute_actuals, at_units, as_of=as_of, findings=checked.findings)
    actuals = actuals_of(programme, place_codes=place_codes)
    progress = compute_progress(
        actuals, accepted_rules(programme), programme, stage=stage, as_of=as_of, place_codes=place_codes
    )
    judged_year = judged_year_of(programme, stage, as_of)
    plans = find_plans(workspace.programmes.values(), programme, units, places=workspace.places.at(as_of), as_of=as_of)
    return Review(
        programme=programme,
        stage=stage,
        as_of=as_of,
        level=level,
        judged_year=judged_year,
        units=units,
        targets=describe_promises(programme, select_promises(programme, stage, judged_year=judged_year)),
        actuals=actuals,
        progress=progress,
        check_outcomes=outcomes_of_units(checked.outcomes, actuals, place_codes=place_codes),
        findings=findings_of_values(checked.findings, actuals),
        sources=published.sources,
        plans=plans,
        companions=judge_companions(programme, workspace.programmes, plans, actuals_of, stage=stage, as_of=as_of),
        task_status=judge_all_tasks(workspace, programme, plans, units, as_of=as_of),
        framework=describe_framework(workspace, programme, as_of=as_of),
    )


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


def judge_all_tasks(
    workspace: "Workspace", programme: Programme, plans: pd.DataFrame, units: pd.DataFrame, *, as_of: date
) -> pd.DataFrame:
    """Judge the tasks of the programme and of the other plans in force at the units (see `judge_tasks`)."""
    known = {**workspace.programmes, programme.id: programme}
    places = set(workspace.places.places["place_code"])
    reports = read_task_reports(workspace.tasks_folder, known.values(), known_places=places)
    judged = [judge_tasks(programme, reports, units, as_of=as_of)]
    for name, rows in plans[plans["relation"] == "in_force"].groupby("programme", sort=False):
        bound = units[units["place_code"].isin(rows["place_code"])]
        judged.append(judge_tasks(known[name], reports, bound, as_of=as_of))
    return pd.concat([table for table in judged if len(table)] or judged[:1], ignore_index=True)


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


def select_units(
    places: "Register", programme: Programme, *, as_of: date, level: Level, unit_codes: list[str] | None = None
) -> pd.DataFrame:
    """Return the place that a programme binds and its units of a level at a date.

    One row per: place. Adds: `page` (address of its page in the run), region names.
    Raises: UsageError for codes that do not exist within the programme's place at that date.
    """
    table = places.at(as_of)
    own = (table["place_code"] == programme.place_code) & (table["level"] == programme.place_level)
    inside = (table["level"] == level) & _is_within(table, programme)
    units = table[own | inside].sort_values(["level", "place_code"], key=_by_level)
    unknown = sorted(set(unit_codes or []) - set(units["place_code"]))
    if units.empty:
        raise UsageError(_absent_place(programme, as_of))
    if unknown:
        raise UsageError(
            [
                Problem("--unit", f'no {level} with code "{code}" on {as_of}', "see: mande places list")
                for code in unknown
            ]
        )
    if unit_codes:
        units = units[units["place_code"].isin(unit_codes)]
    regions = table[table["level"] == Level.REGION].set_index("place_code")
    return units.assign(
        region_name_vi=units["region_code"].map(regions["name_short"]).fillna(""),
        region_name_en=units["region_code"].map(regions["name_en"]).fillna(""),
        page="units/" + units["place_code"] + ".html",
    ).reset_index(drop=True)


def _is_within(table: pd.DataFrame, programme: Programme) -> pd.Series:
    """Return which places lie in the programme's place: everywhere for the nation, else below it by parent."""
    if programme.place_level == Level.NATION:
        return pd.Series(True, index=table.index)
    inside = table["place_code"].eq(programme.place_code) & table["level"].eq(programme.place_level)
    for _ in Level:
        parents = set(table.loc[inside, "place_code"])
        inside |= table["parent_code"].isin(parents) & table["level"].map(_RANKS).gt(_RANKS[programme.place_level])
    return inside


def _absent_place(programme: Programme, as_of: date) -> Problem:
    found = f"{programme.place_code} ({programme.place_level}) did not exist on {as_of}"
    successors = ", ".join(f"{place.code} {place.name}" for place in programme.successors)
    until = f" until {programme.place_valid_to}" if programme.place_valid_to else ""
    after = f"; the places after it: {successors}" if successors else ""
    return Problem("--as-of", found, f"choose a date of the plan{until}{after}")


def _by_level(column: pd.Series) -> pd.Series:
    return column.map(_RANKS) if column.name == "level" else column


def _require_time(programme: Programme, as_of: date) -> None:
    if as_of < programme.start_date:
        raise UsageError(
            Problem(
                "--as-of", f"{as_of} is before the programme starts ({programme.start_date})", "choose a later date"
            )
        )


def _require_identity(observations: pd.DataFrame, checked: CheckResult) -> None:
    """Stop for rows that would land nowhere or twice, each with its cell."""
    lost = checked.findings[checked.findings["check_id"].isin(IDENTITY_CHECKS)]
    if lost.empty:
        return
    rows = lost.merge(observations[["observation_id", "file", "cell"]], on="observation_id", validate="many_to_one")
    raise DataError(
        [
            Problem(f"{row.file} row {re.sub('[A-Z]', '', row.cell)}", row.found, "correct the row, then run again")
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

"""Which reports are expected: the rounds of forms, the units and values of each, and the last day that is in time."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import product
from typing import TYPE_CHECKING

import pandas as pd

from mande.errors import Problem, UsageError
from mande.form_plan import plan_forms
from mande.framework.calendar import deadlines
from mande.framework.load import load_indicators
from mande.framework.model import Programme
from mande.sources.forms.questionnaire import FormRules, load_form_rules
from mande.sources.periods import period_bounds
from mande.vocabulary import Level

if TYPE_CHECKING:
    from mande.workspace import Workspace

ROUND = ["programme", "level", "period"]
UNIT_COLUMNS = [*ROUND, "last_date", "place_code", "name_vi", "name_en", "parent_code"]
CELL = ["indicator", "place_code", "period", "dimension", "dimension_value"]


@dataclass(frozen=True)
class Rounds:
    """What is expected.

    `units`: one row per programme × level × period × unit that is to report; `expected`: one row per value that is
    asked for (None without any round); `due_dates`: one row per period with a last day that is in time.
    """

    units: pd.DataFrame
    expected: pd.DataFrame | None
    due_dates: pd.DataFrame


def find_rounds(
    workspace: "Workspace", submissions: pd.DataFrame, *, named: Iterable[tuple[str, str, str]] = ()
) -> Rounds:
    """Return what is expected of whom: a round is a programme, level and period of which at least one form came.

    Needs: `submissions` as `Intake.submissions`; `named`, rounds of which no form has come yet.
    All units of the level are expected that existed on the last day of the period and on the last day to report.
    A form that only speaks of an unknown programme or place founds no round.
    """
    rounds = list(dict.fromkeys([*_received_rounds(workspace, submissions), *named]))
    rules = load_form_rules(workspace.programmes_folder, load_indicators(workspace.programmes_folder))
    parts = [_round(workspace, rules, one) for one in rounds]
    units = pd.concat([part for part, _ in parts]) if parts else pd.DataFrame(columns=UNIT_COLUMNS)
    expected = pd.concat([part for _, part in parts]).drop_duplicates(ignore_index=True) if parts else None
    due = units.dropna(subset=["last_date"]).groupby("period", as_index=False)["last_date"].max()
    return Rounds(units.reset_index(drop=True), expected, due.astype({"last_date": "datetime64[s]"}))


def missing_units(rounds: Rounds, submissions: pd.DataFrame, observed: pd.DataFrame) -> pd.DataFrame:
    """Return the units that are expected to report about a period and from which nothing in force has come.

    *One row per* programme × level × period × unit. *Needs* `observed`, the observations in force: a unit that sent a
    table instead of the form has reported.
    """
    in_force = submissions[submissions["status"] == "current"]
    came = set(zip(in_force["place_code"], in_force["period"], strict=True))
    came |= set(observed[["place_code", "period"]].drop_duplicates().itertuples(index=False, name=None))
    is_absent = [pair not in came for pair in zip(rounds.units["place_code"], rounds.units["period"], strict=True)]
    # As a column of truth values: an empty list would be read as "no columns".
    return rounds.units[pd.Series(is_absent, index=rounds.units.index, dtype=bool)].reset_index(drop=True)


def last_day(programme: Programme, rules: FormRules, period_end: date) -> date | None:
    """Return the last day that is in time for a report: of the duty that `forms.yaml` names, else so many days later.

    Missing values: None where `forms.yaml` names neither.
    """
    duty = next((one.deadline for one in rules.deadlines if one.programme == programme.id), None)
    if duty is not None:
        years = (period_end.year, period_end.year + 1)
        table = pd.concat([deadlines(programme, year=year) for year in years])
        days = table.loc[table["deadline"] == duty, "last_date"].dropna()
        after = days[days > pd.Timestamp(period_end)]
        if len(after):
            return after.min().date()
    return None if rules.days_to_report is None else period_end + timedelta(days=rules.days_to_report)


def _received_rounds(workspace: "Workspace", submissions: pd.DataFrame) -> Iterable[tuple[str, str, str]]:
    forms = submissions[submissions["programme"].isin(workspace.programmes) & (submissions["kind"] == "form")]
    for period, rows in forms.groupby("period", sort=False):
        levels = rows["place_code"].map(_levels(workspace, str(period)))
        pairs = rows.assign(level=levels).dropna(subset=["level"])[["programme", "level"]].drop_duplicates()
        for programme, level in pairs.itertuples(index=False, name=None):
            yield programme, level, str(period)


def _levels(workspace: "Workspace", period: str) -> dict[str, str]:
    places = workspace.places.at(period_bounds(period)[1])
    places = places[places["level"] != Level.REGION]
    return dict(zip(places["place_code"], places["level"].astype(str), strict=True))


def _round(workspace: "Workspace", rules: FormRules, wanted: tuple[str, str, str]) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Return the units of a round, and the values that each is asked for."""
    name, level, period = wanted
    end = _period_end(period)
    try:
        plan = plan_forms(workspace, name, level=level, as_of=end, periods=[period])
    except UsageError as error:
        problems = [Problem(f"{name} {level} {period}", problem.found, problem.todo) for problem in error.problems]
        raise UsageError(problems) from None
    last = last_day(plan.programme, rules, end)
    known = workspace.places.at(last or end)
    units = plan.units[plan.units["place_code"].isin(known["place_code"])]
    table = pd.DataFrame(
        {
            "programme": name,
            "level": level,
            "period": period,
            "last_date": pd.Timestamp(last) if last else pd.NaT,
            "place_code": units["place_code"],
            "name_vi": units["name_official"],
            "name_en": units["name_en"],
            "parent_code": units["parent_code"],
        },
        columns=UNIT_COLUMNS,
    )
    asked = {(one.indicator, one.dimension, one.dimension_value) for one in plan.forms[0].questions}
    cells = [(i, code, period, d, v) for code, (i, d, v) in product(units["place_code"], sorted(asked))]
    return table, pd.DataFrame(cells, columns=CELL)


def _period_end(period: str) -> date:
    try:
        return period_bounds(period)[1]
    except ValueError:
        raise UsageError(Problem("--period", f'"{period}" is not a period', "write 2024 or 2024-01/2024-06")) from None

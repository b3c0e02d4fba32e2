"""Which forms go out: the units of a level at a day, the periods, and what each is asked."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import TYPE_CHECKING

import pandas as pd

from mande.errors import Problem, UsageError
from mande.framework.load import load_indicators
from mande.framework.model import Programme
from mande.places.register import read_date
from mande.sources.forms.form import Form, FormUnit, form_tasks
from mande.sources.forms.questionnaire import FormRules, Question, load_form_rules, questions
from mande.sources.periods import period_bounds
from mande.units import select_units
from mande.vocabulary import Level

if TYPE_CHECKING:
    from mande.workspace import Workspace


@dataclass(frozen=True)
class FormPlan:
    """The forms of a programme for units and periods.

    `units`: one row per unit, as `mande.units.select_units` gives them. `not_asked`: indicators of the programme that
    no form of this level asks.
    """

    programme: Programme
    units: pd.DataFrame
    forms: tuple[Form, ...]
    not_asked: tuple[str, ...]


def plan_forms(
    workspace: "Workspace",
    programme_id: str,
    *,
    level: str,
    as_of: date | str,
    periods: Sequence[str],
    unit_codes: list[str] | None = None,
    is_made_up: bool = False,
) -> FormPlan:
    """Return the forms of all units and periods.

    Raises: UsageError for an unknown programme, level, unit or period and for a programme of which no indicator and no
    task can be asked (made-up forms need an indicator); DefinitionError for a programme or `forms.yaml` written wrongly.
    """
    bounds = _read_periods(periods)
    programme = workspace.programme(programme_id)
    rules = load_form_rules(workspace.programmes_folder, load_indicators(workspace.programmes_folder))
    wanted = _read_level(level)
    units = select_units(
        workspace.places, programme, as_of=read_date(as_of).date(), level=wanted, unit_codes=unit_codes
    )
    units = units[units["level"] == wanted].reset_index(drop=True)
    asked = {period: questions(programme, rules, level=wanted, period_end=bounds[period][1]) for period in bounds}
    forms = tuple(
        form
        for period, bound in bounds.items()
        for form in _forms_of(programme, units, asked[period], (period, bound), (rules, is_made_up))
    )
    if not any(form.questions or (form.tasks and not is_made_up) for form in forms):
        found = (
            f"{programme.id} has no indicator{'' if is_made_up else ' or task'} that a unit of this level can be asked"
        )
        raise UsageError(Problem("programme", found, "see programmes/forms.yaml and: mande programmes targets"))
    known = {question.indicator for of_period in asked.values() for question in of_period}
    not_asked = tuple(indicator.id for indicator in programme.indicators if indicator.id not in known)
    return FormPlan(programme, units, forms, not_asked)


def add_parents(workspace: "Workspace", plan: FormPlan, *, as_of: date | str) -> tuple[FormPlan, dict[str, str]]:
    """Return the plan with a form for each place above its units, asking the same, and the parent of each unit.

    Raises: UsageError where the units have no place above them.
    """
    parents = dict(zip(plan.units["place_code"], plan.units["parent_code"], strict=True))
    places = workspace.places.at(read_date(as_of))
    above = places[places["place_code"].isin(parents.values()) & ~places["level"].isin(plan.units["level"])]
    above = above.drop_duplicates("place_code")
    if above.empty:
        raise UsageError(Problem("--with-parents", "the units have no place above them", "leave it out"))
    by_period = {form.period: form for form in plan.forms}
    named = [
        FormUnit(place.place_code, str(place.level), place.name_official, place.name_en) for place in above.itertuples()
    ]
    forms = tuple(replace(form, unit=unit, tasks=()) for form in by_period.values() for unit in named)
    return replace(plan, units=pd.concat([plan.units, above], ignore_index=True), forms=(*plan.forms, *forms)), parents


def _forms_of(
    programme: Programme,
    units: pd.DataFrame,
    asked: tuple[Question, ...],
    period: tuple[str, tuple[date, date]],
    edition: tuple[FormRules, bool],
) -> Iterable[Form]:
    text, bounds = period
    rules, is_made_up = edition
    for unit in units.itertuples():
        tasks = form_tasks(programme, place_code=unit.place_code, level=unit.level, period=bounds)
        named = FormUnit(unit.place_code, str(unit.level), unit.name_official, unit.name_en)
        yield Form(programme.id, programme.title, named, text, rules.version, asked, tasks, is_made_up)


def _read_periods(periods: Sequence[str]) -> dict[str, tuple[date, date]]:
    bounds, problems = {}, []
    for text in dict.fromkeys(periods):
        try:
            bounds[text] = period_bounds(text)
        except ValueError:
            problems.append(Problem("--period", f'"{text}" is not a period', "write 2024, 2024-06 or 2024-01/2024-06"))
    if problems or not bounds:
        raise UsageError(problems or [Problem("--period", "no period", "name at least one, such as 2024")])
    return bounds


def _read_level(text: str) -> Level:
    try:
        return Level(text)
    except ValueError:
        known = ", ".join(Level)
        raise UsageError(Problem("--level", f'"{text}" does not exist', f"choose one of: {known}")) from None

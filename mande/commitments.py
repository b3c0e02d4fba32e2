"""What else binds a unit: the other programmes in force there, their targets beside ours, a verdict against each."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import date
from typing import Any

import pandas as pd

from mande.errors import UsageError
from mande.evaluation.progress import Question, compute_progress
from mande.evaluation.promises import describe_promises, select_promises
from mande.evaluation.task_status import judge_tasks
from mande.framework.cascade import in_force, plans_of_predecessors
from mande.framework.model import Programme, StageRule
from mande.framework.side_by_side import set_beside
from mande.indicators.actuals import accepted_rules
from mande.places.register import Register
from mande.vocabulary import NATION, Level, Stage

PLAN_COLUMNS = [
    "place_code",
    "programme",
    "relation",
    "title_vi",
    "title_en",
    "document",
    "plan_place_code",
    "plan_level",
    "plan_place_vi",
    "plan_place_en",
    "start_date",
    "end_date",
    "place_valid_to",
    "n_targets",
    "n_tasks",
]
COMPANION_KEY = ["target_id", "dimension", "dimension_value"]


def find_plans(
    programmes: Iterable[Programme], main: Programme, units: pd.DataFrame, *, places: pd.DataFrame, as_of: date
) -> pd.DataFrame:
    """Return the other programmes that concern each unit at a date.

    One row per: unit × other programme.
    Needs: `units` and `places` (all places of that date) with `place_code`, `level`, `parent_code`.
    Adds: `relation`: in_force (it binds the unit), predecessor (made for a place that ceased to exist and handed land
    to the unit: it binds no more, but stays readable).
    Missing values: no `place_valid_to` for a plan whose place still exists.
    """
    others = [programme for programme in programmes if programme.id != main.id]
    parents = parents_of(places)
    rows = [
        _plan_row(unit, programme, relation)
        for unit, level in zip(units["place_code"], units["level"], strict=True)
        for programme, relation in _related(others, unit, Level(level), parents, as_of)
    ]
    table = pd.DataFrame(rows, columns=PLAN_COLUMNS)
    return table.astype(dict.fromkeys(("start_date", "end_date", "place_valid_to"), "datetime64[s]"))


def _related(
    programmes: list[Programme], place_code: str, level: Level, parents: Mapping[tuple[str, str], str], as_of: date
) -> Iterator[tuple[Programme, str]]:
    above = places_above(parents, place_code, level)
    for programme in programmes:
        if in_force(programme, above, as_of):
            yield programme, "in_force"
    for programme in plans_of_predecessors(programmes, place_code=place_code, place_level=level):
        if programme.place_valid_to is not None and programme.place_valid_to < as_of:
            yield programme, "predecessor"


def places_above(parents: Mapping[tuple[str, str], str], place_code: str, level: Level) -> dict[str, Level]:
    """Return a place, the places above it and the nation, by code with their levels.

    `parents`: see `parents_of`; it is made once for all places, as there may be thousands of units.
    """
    found = {NATION: Level.NATION, place_code: level}
    order = list(Level)
    here, own = place_code, level
    while (parent := parents.get((here, own))) is not None:
        higher = [name for name in order[: order.index(own)] if (parent, name) in parents]
        if not higher:
            break
        found |= {parent: higher[-1]}
        here, own = parent, higher[0]
    return found


def parents_of(places: pd.DataFrame) -> dict[tuple[str, str], str]:
    """Return the code of the place above each place, by code and level."""
    keys = zip(places["place_code"], places["level"], strict=True)
    return dict(zip(keys, places["parent_code"], strict=True))


def binding_in_year(
    programmes: Iterable[Programme], register: Register, unit: str, *, year: int
) -> tuple[Level, list[Programme]]:
    """Return the level of a unit and the programmes that bind it on some day of a year.

    Raises: UsageError, with the unit's successors where they are known, for a code that named no place in that year.
    """
    known, bound, level = list(programmes), {}, None
    for day in _days_of(year):
        places = register.at(day)
        if not places["place_code"].eq(unit).any():
            continue
        level = Level(register.get(unit, day).level)
        above = places_above(parents_of(places), unit, level)
        bound |= {programme.id: programme for programme in known if in_force(programme, above, day)}
    if level is None:
        level = Level(register.get(unit, date(year, 12, 31)).level)
    return level, list(bound.values())


def ended_in_year(register: Register, unit: str, year: int) -> str | None:
    """Return in words that a unit ceased to exist within a year, with its successors; None if it did not."""
    try:
        register.get(unit, date(year, 12, 31))
    except UsageError as error:
        return str(error.problems[0])
    return None


def _days_of(year: int) -> list[date]:
    """The first day of each month and the last of the year: plans and places change on such days."""
    return [*(date(year, month, 1) for month in range(1, 13)), date(year, 12, 31)]


def _plan_row(unit: str, programme: Programme, relation: str) -> dict[str, Any]:
    place_name = programme.place_name
    return {
        "place_code": unit,
        "programme": programme.id,
        "relation": relation,
        "title_vi": programme.title.vi,
        "title_en": programme.title.en,
        "document": programme.document.number,
        "plan_place_code": programme.place_code,
        "plan_level": str(programme.place_level),
        "plan_place_vi": place_name.vi if place_name else "",
        "plan_place_en": place_name.en if place_name else "",
        "start_date": programme.start_date,
        "end_date": programme.end_date,
        "place_valid_to": programme.place_valid_to,
        "n_targets": len({target.id for target in programme.targets}),
        "n_tasks": len(programme.tasks),
    }


def judge_companions(
    main: Programme,
    programmes: dict[str, Programme],
    plans: pd.DataFrame,
    actuals_of: Callable[..., pd.DataFrame],
    *,
    question: Question,
) -> pd.DataFrame:
    """Judge every target of the other programmes in force, and set it beside the main programme's.

    One row per: unit × target × population group of another programme in force there.
    Needs: `plans` (find_plans); `actuals_of(programme, place_codes=…)`; `question`: what the review asks of the main one.
    Adds: the columns of `progress` for the other programme (by its own rule, else the main one's, for the year that
    the review judges), the words of its target, and those of `set_beside`.
    Missing values: an empty table where no other programme with targets is in force.
    """
    bound = plans[plans["relation"] == "in_force"].groupby("programme", sort=False)["place_code"].agg(list)
    judged = [
        _judge(main, programmes[name], actuals_of, codes, question)
        for name, codes in bound.items()
        if programmes[name].targets
    ]
    return pd.concat(judged, ignore_index=True) if judged else pd.DataFrame(columns=["place_code", *COMPANION_KEY])


def _judge(
    main: Programme,
    companion: Programme,
    actuals_of: Callable[..., pd.DataFrame],
    place_codes: list[str],
    question: Question,
) -> pd.DataFrame:
    year = question.judged_year
    asked, asked_stage = _ask(main, companion, question.stage, year)
    progress = compute_progress(
        actuals_of(asked, place_codes=place_codes),
        accepted_rules(asked),
        asked,
        stage=asked_stage,
        as_of=question.as_of,
        place_codes=place_codes,
        provinces=question.provinces,
    )
    words = describe_promises(asked, select_promises(asked, asked_stage, judged_year=year))
    new = [name for name in words if name in COMPANION_KEY or name not in progress]
    table = progress.merge(words[new], on=COMPANION_KEY, how="left", validate="many_to_one")
    beside = set_beside(main, companion, judged_year=year)
    return table.merge(beside, on=COMPANION_KEY, how="left", validate="many_to_one").assign(
        programme_title_vi=companion.title.vi,
        programme_title_en=companion.title.en,
        programme_level=str(companion.place_level),
    )


def _ask(main: Programme, companion: Programme, stage: Stage, year: int) -> tuple[Programme, Stage]:
    """Ask a companion the review's question: the same year, by its own rule if it has one.

    A programme that runs on beyond that year is not at its end: no end-term verdict is passed on it.
    """
    asked = Stage.ANNUAL if stage == Stage.END_TERM and companion.end_date.year > year else stage
    own = companion.stages.get(stage) or main.stages.get(stage)
    rule = StageRule(judged_year=year, max_age_years=own.max_age_years if own else None)
    changes = {"stages": {asked: rule}, "verdict_rule": companion.verdict_rule or main.verdict_rule}
    return companion.model_copy(update=changes), asked


def judge_tasks_in_force(
    programmes: list[Programme], plans: pd.DataFrame, units: pd.DataFrame, reports: pd.DataFrame, *, as_of: date
) -> pd.DataFrame:
    """Judge the tasks of the first programme, and of the others where they are in force (see `judge_tasks`)."""
    main, *others = programmes
    judged = [judge_tasks(main, reports, units, as_of=as_of)]
    for other in others:
        codes = plans.loc[plans["relation"].eq("in_force") & plans["programme"].eq(other.id), "place_code"]
        judged.append(judge_tasks(other, reports, units[units["place_code"].isin(codes)], as_of=as_of))
    return pd.concat([table for table in judged if len(table)] or judged[:1], ignore_index=True)

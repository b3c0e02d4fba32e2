"""Which target binds a place at a date: the local plan, the national programme beside it, and how they differ."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Any

import pandas as pd

from mande.framework.model import Indicator, Programme, Strength, Target, TargetKind, TargetLevel, Text
from mande.vocabulary import NATION, Level


class Difference(StrEnum):
    """How a local target stands to the national one of the same indicator, group and year."""

    STRICTER = "stricter"
    WEAKER = "weaker"
    SAME = "same"
    OTHER_DEFINITION = "other_definition"
    OTHER_KIND = "other_kind"
    ONLY_LOCAL = "only_local"
    ONLY_NATIONAL = "only_national"


REASONS = {
    Difference.STRICTER: Text(vi="Kế hoạch địa phương chặt hơn.", en="The local plan asks for more."),
    Difference.WEAKER: Text(vi="Kế hoạch địa phương thấp hơn toàn quốc.", en="The local plan asks for less."),
    Difference.SAME: Text(vi="Như toàn quốc.", en="The same as the national target."),
    Difference.OTHER_DEFINITION: Text(
        vi="Hai văn bản không đếm cùng một cách, hoặc không nêu cách đếm: con số không so sánh được.",
        en="The two texts do not count the same, or do not say what they count: the numbers are not comparable.",
    ),
    Difference.OTHER_KIND: Text(
        vi="Hai văn bản cam kết theo cách khác nhau.", en="The two texts make different kinds of promise."
    ),
    Difference.ONLY_LOCAL: Text(
        vi="Chỉ kế hoạch địa phương đặt con số cho năm này.", en="Only the local plan sets this year."
    ),
    Difference.ONLY_NATIONAL: Text(
        vi="Chỉ chương trình quốc gia đặt con số cho năm này.", en="Only the national programme sets this year."
    ),
}

COLUMNS = [
    "place_code",
    "indicator",
    "dimension",
    "dimension_value",
    "year",
    "binds",
    "difference",
    "difference_vi",
    "difference_en",
    "local_programme",
    "local_target",
    "local_operator",
    "local_value",
    "local_document",
    "local_confidence",
    "national_programme",
    "national_target",
    "national_year",
    "national_operator",
    "national_value",
    "national_document",
    "national_confidence",
    "other_decisions",
]


@dataclass(frozen=True)
class _Promise:
    """One level of one target with the programme it comes from."""

    programme: Programme
    target: Target
    level: TargetLevel

    @property
    def indicator(self) -> Indicator:
        return self.programme.indicator(self.target.indicator)

    @property
    def group(self) -> tuple[str, str, str]:
        return self.target.indicator, self.target.dimension, self.target.dimension_value

    @property
    def years(self) -> range:
        if self.level.year is not None:
            return range(self.level.year, self.level.year + 1)
        if self.level.from_year is not None and self.level.to_year is not None:
            return range(self.level.from_year, self.level.to_year + 1)
        return range(self.programme.end_date.year, self.programme.end_date.year + 1)


def in_force(programme: Programme, place_codes: dict[str, Level], as_of: date) -> bool:
    """Whether a programme binds one of the places on that day.

    A plan ends with the place it was made for, even if a new place carries the same code.
    """
    is_place = place_codes.get(programme.place_code) is programme.place_level
    place_exists = programme.place_valid_to is None or as_of <= programme.place_valid_to
    return is_place and place_exists and programme.start_date <= as_of <= programme.end_date


def binding_targets(
    programmes: Iterable[Programme],
    *,
    place_code: str,
    place_level: Level,
    ancestors: Iterable[tuple[str, Level]] = (),
    as_of: date,
) -> pd.DataFrame:
    """Return the targets that bind a place at a date, local and national side by side.

    *One row per* indicator x population group x target year x leading national target (or local target alone).
    *Needs* `ancestors`: the places above, such as the province of a district; the nation is always included.
    *Adds* `binds` (local, national, or both where the two are not comparable), `difference` with its words,
    and `other_decisions`: further decisions in force on the same indicator, group and year.
    Spans of years are shown by their last year. A local target of a year that its national target does not set
    stands beside the national level of the next year, which `national_year` names.
    *Missing values*: an empty side means that no target of that side sets the year.
    """
    places = {NATION: Level.NATION, **dict(ancestors), place_code: place_level}
    promises = [promise for programme in programmes if in_force(programme, places, as_of) for promise in _of(programme)]
    local = [promise for promise in promises if promise.programme.place_level is not Level.NATION]
    national = [promise for promise in promises if promise.programme.place_level is Level.NATION]
    rows = [_row(place_code, one, other, national) for one, other in _pairs(_nearest(local), national)]
    table = pd.DataFrame(rows, columns=COLUMNS).astype({"year": "Int64", "national_year": "Int64"})
    return table.sort_values(["indicator", "dimension_value", "year"], kind="stable", ignore_index=True)


def compare_levels(local: TargetLevel, national: TargetLevel, *, ascending: bool) -> Difference:
    """Compare two promises of one kind about one indicator, counted the same way.

    >>> below_4, to_5 = TargetLevel(year=2020, operator="<", value=4), TargetLevel(year=2020, operator="<=", value=5)
    >>> compare_levels(below_4, to_5, ascending=False).value
    'stricter'
    """
    if local.kind is not national.kind or (local.base_year != national.base_year):
        return Difference.OTHER_KIND
    ours, theirs = _demand(local, ascending=ascending), _demand(national, ascending=ascending)
    if ours == theirs:
        return Difference.SAME
    return Difference.STRICTER if ours > theirs else Difference.WEAKER


def _demand(level: TargetLevel, *, ascending: bool) -> tuple[float, bool, float]:
    """Order promises by how much they ask: the bound first, then whether reaching the bound is enough."""
    sign = 1.0 if ascending else -1.0
    if level.kind is TargetKind.YEARLY_CHANGE_BETWEEN:
        return level.value or 0.0, False, level.value_high or 0.0
    return sign * (level.value or 0.0), level.operator in ("<", ">"), 0.0


def _of(programme: Programme) -> Iterator[_Promise]:
    for target in programme.targets:
        for level in target.levels:
            yield _Promise(programme, target, level)


def _nearest(local: list[_Promise]) -> list[_Promise]:
    """Where a district and its province both set a target, the plan of the lower place speaks."""
    depth = {Level.REGION: 0, Level.PROVINCE: 1, Level.DISTRICT: 2, Level.COMMUNE: 3}
    lowest: dict[tuple[Any, ...], int] = {}
    for promise in local:
        for year in promise.years:
            key = (*promise.group, year)
            lowest[key] = max(lowest.get(key, -1), depth[promise.programme.place_level])
    return [p for p in local if depth[p.programme.place_level] == lowest[(*p.group, p.years[-1])]]


def _pairs(local: list[_Promise], national: list[_Promise]) -> Iterator[tuple[_Promise | None, _Promise | None]]:
    used: set[int] = set()
    for promise in local:
        candidates = [other for other in national if _is_counterpart(promise, other)]
        counterpart = max(candidates, key=lambda other: _closeness(promise, other), default=None)
        if counterpart is not None:
            used.add(id(counterpart))
        yield promise, counterpart
    set_locally = {(*promise.group, year) for promise in local for year in promise.years}
    for promise in national:
        if id(promise) not in used and (*promise.group, promise.years[-1]) not in set_locally:
            yield None, promise


def _is_counterpart(local: _Promise, national: _Promise) -> bool:
    """The named national target (even on another indicator), or one of the same indicator, group and year."""
    is_named = national.target.id == local.target.national_target
    has_other_group = local.target.indicator == national.target.indicator and national.group != local.group
    if is_named and not has_other_group:
        return national.years[-1] >= local.years[0]
    return national.group == local.group and _shares_year(local, national)


def _shares_year(local: _Promise, national: _Promise) -> bool:
    return bool(set(local.years) & set(national.years))


def _closeness(local: _Promise, national: _Promise) -> tuple[bool, bool, bool, int]:
    is_named = national.target.id == local.target.national_target
    is_parent = national.programme.id == local.programme.parent
    return _shares_year(local, national), is_named, is_parent, -national.years[-1]


def _row(
    place_code: str, local: _Promise | None, national: _Promise | None, decisions: list[_Promise]
) -> dict[str, Any]:
    lead = local or national
    assert lead is not None  # every pair has at least one side
    shared = set(local.years) & set(national.years) if local and national else set()
    year = max(shared) if shared else lead.years[-1]
    difference = _difference(local, national)
    indicator, dimension, dimension_value = lead.group
    others = [p for p in decisions if p is not national and p.group == lead.group and year in p.years]
    return {
        "place_code": place_code,
        "indicator": indicator,
        "dimension": dimension,
        "dimension_value": dimension_value,
        "year": year,
        "binds": _binding_side(difference),
        "difference": difference.value,
        "difference_vi": REASONS[difference].vi,
        "difference_en": REASONS[difference].en,
        **_side("local", local),
        **_side("national", national),
        "national_year": None if national is None else year if year in national.years else national.years[-1],
        "other_decisions": " ; ".join(_in_words(promise) for promise in others),
    }


def _difference(local: _Promise | None, national: _Promise | None) -> Difference:
    if local is None:
        return Difference.ONLY_NATIONAL
    if national is None:
        return Difference.ONLY_LOCAL
    if not counts_the_same(local.indicator, local.target, national.target):
        return Difference.OTHER_DEFINITION
    return compare_levels(local.level, national.level, ascending=local.indicator.ascending)


def counts_the_same(indicator: Indicator, first: Target, second: Target) -> bool:
    """Whether two targets are known to count the same thing: one indicator and one definition that both state."""
    if first.indicator != second.indicator or first.definition != second.definition:
        return False
    stated = {definition.id: definition.is_stated for definition in indicator.definitions}
    return first.definition is None or stated.get(first.definition, True)


def _binding_side(difference: Difference) -> str:
    if difference is Difference.ONLY_NATIONAL:
        return "national"
    return "both" if difference in (Difference.OTHER_DEFINITION, Difference.OTHER_KIND) else "local"


def _side(name: str, promise: _Promise | None) -> dict[str, Any]:
    if promise is None:
        return {f"{name}_{field}": "" for field in ("programme", "target", "operator", "document", "confidence")}
    return {
        f"{name}_programme": promise.programme.id,
        f"{name}_target": promise.target.id,
        f"{name}_operator": promise.level.operator or str(promise.level.kind),
        f"{name}_value": promise.level.value,
        f"{name}_document": promise.target.citation.document,
        f"{name}_confidence": str(promise.target.citation.confidence),
    }


def _in_words(promise: _Promise) -> str:
    level = promise.level
    number = "" if level.value is None else f"{level.value:g}"
    strive = " (strive)" if level.strength is Strength.STRIVE else ""
    promised = f"{level.operator or level.kind} {number}".strip()
    return f"{promise.target.id} {promised}{strive}, {promise.target.citation.document}"


def plans_of_predecessors(programmes: Iterable[Programme], *, place_code: str, place_level: Level) -> list[Programme]:
    """Return the plans of places that ceased to exist and handed land to this place; they bind no more, but stay readable."""
    return [
        programme
        for programme in programmes
        if any(place.code == place_code and place.level is place_level for place in programme.successors)
    ]

"""Whether the levels of a target can be true: years, signs and the fields that each kind of promise needs."""

from collections.abc import Iterator
from itertools import pairwise

from mande.framework.model import Header, Indicator, Measure, Target, TargetKind, TargetLevel
from mande.framework.yaml_file import Finding, Path_

NEEDED_FIELDS = {
    TargetKind.LEVEL: ("operator", "value"),
    TargetKind.CHANGE_FROM_BASE: ("value",),
    TargetKind.YEARLY_CHANGE_BETWEEN: ("value", "value_high"),
}
"""Fields without which a kind of promise says nothing."""

ALLOWED_FIELDS = {
    TargetKind.LEVEL: {"operator", "value"},
    TargetKind.CHANGE_FROM_BASE: {"operator", "value", "base_year"},
    TargetKind.YEARLY_CHANGE_BETWEEN: {"value", "value_high"},
}
"""Fields that mean something for a kind of promise; the kinds not named here have none of the four."""


def check_levels(path: Path_, target: Target, indicator: Indicator, header: Header | None) -> Iterator[Finding]:
    """Check each level of a target, and the order of the levels."""
    for position, level in enumerate(target.levels):
        where = (*path, "levels", position)
        yield from _check_fields(where, level)
        yield from _check_span(where, level)
        yield from _check_sign(where, level, indicator)
        yield from _check_value(where, level, indicator)
        if header is not None:
            yield from _check_period(where, level, header)
    yield from _check_order(path, target)
    yield from _check_baseline(path, target, indicator)


def contradicts(operator: str | None, *, ascending: bool) -> bool:
    """Whether an operator points against the direction in which the indicator improves.

    >>> contradicts("<", ascending=True)
    True
    >>> contradicts(">=", ascending=True)
    False
    """
    return operator is not None and operator.startswith("<") is ascending


def _check_fields(where: Path_, level: TargetLevel) -> Iterator[Finding]:
    for name in NEEDED_FIELDS.get(level.kind, ()):
        if getattr(level, name) is None:
            yield Finding((*where, name), f"the kind '{level.kind}' needs '{name}'", f"add '{name}: …'")
    allowed = ALLOWED_FIELDS.get(level.kind, set())
    for name in ("operator", "value", "value_high", "base_year"):
        if getattr(level, name) is not None and name not in allowed:
            found = f"the kind '{level.kind}' cannot have '{name}'"
            yield Finding((*where, name), found, "delete it, or choose another kind")
    if level.kind is TargetKind.CHANGE_FROM_BASE and level.base_year is None and level.note is None:
        found = "the year is missing against which the change is counted"
        yield Finding((*where, "base_year"), found, "add 'base_year: …', or a note that the text names none")


def _check_span(where: Path_, level: TargetLevel) -> Iterator[Finding]:
    has_span = level.from_year is not None or level.to_year is not None
    if level.year is not None and has_span:
        yield Finding((*where, "year"), "both a year and a span of years are given", "keep one of them")
    elif has_span and (level.from_year is None or level.to_year is None):
        yield Finding((*where, "from_year"), "the span of years is open", "give both 'from_year' and 'to_year'")
    elif level.from_year is not None and level.to_year is not None and level.from_year > level.to_year:
        found = f"the span runs from {level.from_year} to {level.to_year}"
        yield Finding((*where, "from_year"), found, "write the earlier year first")
    elif level.year is None and not has_span and level.note is None:
        found = "no year is given"
        cure = "add 'year: …' or 'from_year' and 'to_year', or a note that the text names none"
        yield Finding((*where, "year"), found, cure)


def _check_sign(where: Path_, level: TargetLevel, indicator: Indicator) -> Iterator[Finding]:
    better = "higher" if indicator.ascending else "lower"
    if contradicts(level.operator, ascending=indicator.ascending):
        found = f"the operator '{level.operator}' contradicts '{indicator.id}', of which {better} is better"
        yield Finding((*where, "operator"), found, "turn the operator round, or correct 'ascending' of the indicator")
    if level.kind is TargetKind.CHANGE_FROM_BASE and level.value and (level.value > 0) is not indicator.ascending:
        found = f"the change {level.value:+g} % contradicts '{indicator.id}', of which {better} is better"
        yield Finding((*where, "value"), found, "write a fall as a negative number, a rise as a positive one")


def _check_value(where: Path_, level: TargetLevel, indicator: Indicator) -> Iterator[Finding]:
    if level.value is not None and level.value_high is not None and level.value > level.value_high:
        found = f"the range runs from {level.value:g} to {level.value_high:g}"
        yield Finding((*where, "value_high"), found, "write the smaller number in 'value'")
    is_percentage = level.kind is TargetKind.LEVEL and indicator.measure is Measure.PERCENTAGE
    if is_percentage and level.value is not None and not 0 <= level.value <= 100:
        found = f"{level.value:g} is not a percentage of a whole"
        yield Finding((*where, "value"), found, "write a number from 0 to 100")
    is_amount = level.kind is TargetKind.LEVEL and indicator.measure in (Measure.COUNT, Measure.RATE)
    if is_amount and level.value is not None and level.value < 0:
        yield Finding((*where, "value"), f"{level.value:g} is below zero", "write a number of zero or more")


def _check_period(where: Path_, level: TargetLevel, header: Header) -> Iterator[Finding]:
    first, last = header.start_date.year, header.end_date.year
    for name in ("year", "from_year", "to_year"):
        year = getattr(level, name)
        if year is not None and not first <= year <= last:
            found = f"the year {year} is outside the programme ({first} to {last})"
            yield Finding((*where, name), found, "correct the year, or the dates in programme.yaml")


def _check_order(path: Path_, target: Target) -> Iterator[Finding]:
    years = [(position, level.year or level.from_year) for position, level in enumerate(target.levels)]
    dated = [(position, year) for position, year in years if year is not None]
    for (_, earlier), (position, later) in pairwise(dated):
        if later <= earlier:
            found = f"the year {later} comes after {earlier}"
            yield Finding((*path, "levels", position), found, "write each year once, in the order of the years")


def _check_baseline(path: Path_, target: Target, indicator: Indicator) -> Iterator[Finding]:
    baseline = target.baseline
    if baseline is None:
        return
    if baseline.basis is not None and baseline.basis not in indicator.bases:
        found = f"the indicator '{indicator.id}' has no basis '{baseline.basis}'"
        yield Finding((*path, "baseline", "basis"), found, f"use one of: {', '.join(indicator.bases) or '(none)'}")
    years = [year for level in target.levels if (year := level.year or level.from_year) is not None]
    if years and baseline.year > min(years):
        found = f"the baseline of {baseline.year} lies after the first target year {min(years)}"
        yield Finding((*path, "baseline", "year"), found, "give a value from before the first target year")

"""What must agree inside a programme: references, years, signs, kinds. A contradiction here stops the loading."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from mande.framework.explain import nearest
from mande.framework.model import Deadline, Header, Indicator, Target, Task
from mande.framework.target_checks import check_levels
from mande.framework.verdict_rule import PUBLISHED_BANDS, VERSIONS, VerdictRule
from mande.framework.yaml_file import Finding, Path_


@dataclass(frozen=True)
class Draft:
    """The parts of a programme that could be read, each with its path in its file."""

    header: Header | None
    sections: dict[str, list[tuple[Path_, Any]]]
    shared_indicators: dict[str, Indicator] = field(default_factory=dict)
    shared_bases: frozenset[str] = frozenset()
    parent_targets: frozenset[str] | None = None
    unreadable: frozenset[str] = frozenset()
    """Ids of entries that are wrong in themselves: a reference to one of them is not a second mistake."""
    shared_weights: frozenset[str] = frozenset()

    def of(self, section: str) -> list[tuple[Path_, Any]]:
        return self.sections.get(section, [])

    @property
    def indicators(self) -> dict[str, Indicator]:
        return self.shared_indicators | {indicator.id: indicator for _, indicator in self.of("indicators")}

    @property
    def weights(self) -> frozenset[str]:
        return self.shared_weights | {weight.id for _, weight in self.of("carry_weights")}

    @property
    def bases(self) -> frozenset[str]:
        return self.shared_bases | {basis.id for _, basis in self.of("bases")}


def check_header(header: Header, folder_name: str, known_programmes: Iterable[str]) -> Iterator[Finding]:
    """Check what `programme.yaml` says about itself."""
    if header.id != folder_name:
        found = f"the id '{header.id}' differs from the folder '{folder_name}'"
        yield Finding(("id",), found, "give both the same name")
    if header.end_date < header.start_date:
        found = f"the programme ends ({header.end_date}) before it starts ({header.start_date})"
        yield Finding(("end_date",), found, "correct one of the two dates")
    if header.parent is not None and (header.parent not in known_programmes or header.parent == header.id):
        others = set(known_programmes) - {header.id}
        found = f"there is no other programme '{header.parent}'"
        yield Finding(("parent",), found, nearest(header.parent, others))
    for stage, rule in header.stages.items():
        if not _in_period(rule.judged_year, header):
            found = f"the year {rule.judged_year} is outside the programme ({_period(header)})"
            yield Finding(("stages", stage.value, "judged_year"), found, "write a year of the programme")
    if header.verdict_rule is not None:
        yield from _check_verdict_rule(header.verdict_rule)


def _check_verdict_rule(rule: VerdictRule) -> Iterator[Finding]:
    """Check that the thresholds are in order, and those that the rule was published with."""
    if rule.behind_pace >= rule.on_track_pace:
        found = f"behind_pace {rule.behind_pace} is not below on_track_pace {rule.on_track_pace}"
        yield Finding(("verdict_rule", "behind_pace"), found, "write a smaller share, such as 0.60 against 0.95")
    if rule.version != VERSIONS[rule.name]:
        found = f"there is no version '{rule.version}' of {rule.name}"
        yield Finding(("verdict_rule", "version"), found, f'write "{VERSIONS[rule.name]}"')
    bounds = list(rule.outlook.bands.values()) if rule.outlook else [1.0, 0.0]
    if bounds != sorted(set(bounds), reverse=True):
        found = f"the bands {', '.join(map(str, bounds))} do not fall"
        yield Finding(("verdict_rule", "outlook"), found, "write them from very_likely to unlikely, each smaller")
    bands = PUBLISHED_BANDS.get(rule.name, (rule.on_track_pace, rule.behind_pace))
    for key, published in zip(("on_track_pace", "behind_pace"), bands, strict=True):
        if getattr(rule, key) != published:
            found = f"{rule.name} was published with {published:.2f}, not {getattr(rule, key):.2f}"
            yield Finding(("verdict_rule", key), found, f"write {published:.2f}, or choose linear-path")


def check_framework(draft: Draft) -> Iterator[Finding]:
    """Check results, indicators, bridges and targets of `framework.yaml`."""
    for section, word in (
        ("results", "result"),
        ("indicators", "indicator"),
        ("bases", "basis"),
        ("carry_weights", "weight"),
    ):
        yield from _doubles(draft.of(section), word)
    yield from _check_indicators(draft)
    yield from _check_weights(draft)
    for path, indicator in draft.of("indicators"):
        if indicator.id in draft.shared_indicators:
            found = f"the indicator '{indicator.id}' is already in the shared catalogue"
            yield Finding((*path, "id"), found, "use the shared one, or choose another id")
    yield from _doubles(draft.of("targets"), "target", key=lambda t: (t.id, t.dimension_value))
    for path, target in draft.of("targets"):
        yield from _check_references(draft, path, target)
        indicator = draft.indicators.get(target.indicator)
        if indicator is not None:
            yield from check_levels(path, target, indicator, draft.header)
    for path, bridge in draft.of("bridges"):
        yield from _check_bridge(draft, path, bridge)


def check_tasks(draft: Draft) -> Iterator[Finding]:
    """Check `tasks.yaml`."""
    yield from _doubles(draft.of("tasks"), "task")
    for path, task in draft.of("tasks"):
        yield from _check_days(path, "due_days", task.due_days)
        yield from _check_due_date(path, task, draft.header)


def check_calendar(draft: Draft) -> Iterator[Finding]:
    """Check `calendar.yaml`."""
    yield from _doubles(draft.of("calendar"), "deadline")
    for path, deadline in draft.of("calendar"):
        yield from _check_days(path, "days", deadline.days)
        yield from _check_validity(path, deadline)


def _doubles(
    items: list[tuple[Path_, Any]], word: str, key: Callable[[Any], Any] = lambda item: item.id
) -> Iterator[Finding]:
    first: dict[Any, Path_] = {}
    for path, item in items:
        if key(item) in first:
            found = f"the {word} '{item.id}' stands twice (first as {first[key(item)][-2]}[{first[key(item)][-1]}])"
            yield Finding((*path, "id"), found, "give each its own id")
        first.setdefault(key(item), path)


def _check_indicators(draft: Draft) -> Iterator[Finding]:
    bases = draft.bases | draft.unreadable
    for path, indicator in draft.of("indicators"):
        for position, basis in enumerate(indicator.bases):
            if basis not in bases:
                yield Finding((*path, "bases", position), f"there is no basis '{basis}'", nearest(basis, bases))
        yield from _doubles([((*path, "definitions", n), d) for n, d in enumerate(indicator.definitions)], "definition")
        low, high = indicator.age_from_years, indicator.age_below_years
        if low is not None and high is not None and low >= high:
            found = f"the ages run from {low:g} to below {high:g}"
            yield Finding((*path, "age_from_years"), found, "write the lower age first")


def _check_weights(draft: Draft) -> Iterator[Finding]:
    weights = draft.weights | draft.unreadable
    for path, indicator in draft.of("indicators"):
        name = indicator.carry_weight
        if name is not None and name not in weights:
            yield Finding((*path, "carry_weight"), f"there is no weight '{name}'", nearest(name, draft.weights))
        if name is not None and indicator.aggregation != "ratio_of_sums":
            found = f"a weight is named, but the aggregation is '{indicator.aggregation}'"
            yield Finding((*path, "carry_weight"), found, "write ratio_of_sums, or leave the weight out")
    for path, weight in draft.of("carry_weights"):
        for position, factor in enumerate(weight.factors):
            indicator = draft.indicators.get(factor.indicator)
            where = (*path, "factors", position)
            if indicator is None and factor.indicator not in draft.unreadable:
                cure = nearest(factor.indicator, draft.indicators)
                yield Finding((*where, "indicator"), f"there is no indicator '{factor.indicator}'", cure)
            elif indicator is not None and factor.basis not in indicator.bases:
                found = f"the indicator '{indicator.id}' has no basis '{factor.basis}'"
                yield Finding((*where, "basis"), found, nearest(factor.basis, indicator.bases))


def _check_references(draft: Draft, path: Path_, target: Target) -> Iterator[Finding]:
    results = {result.id for _, result in draft.of("results")}
    if target.result not in results | draft.unreadable:
        yield Finding((*path, "result"), f"there is no result '{target.result}'", nearest(target.result, results))
    indicators = draft.indicators
    if target.indicator not in indicators.keys() | draft.unreadable:
        cure = nearest(target.indicator, indicators)
        yield Finding((*path, "indicator"), f"there is no indicator '{target.indicator}'", cure)
    elif target.indicator in indicators:
        yield from _check_counting(path, target, indicators[target.indicator])
    known = draft.parent_targets
    if target.national_target and known is not None and target.national_target not in known:
        found = f"the parent programme has no target '{target.national_target}'"
        yield Finding((*path, "national_target"), found, nearest(target.national_target, known))
    if target.national_target and draft.header is not None and draft.header.parent is None:
        found = "a national target is named, but the programme has no parent"
        yield Finding((*path, "national_target"), found, "add 'parent: …' to programme.yaml")


def _check_counting(path: Path_, target: Target, indicator: Indicator) -> Iterator[Finding]:
    for position, basis in enumerate(target.bases):
        if basis not in indicator.bases:
            found = f"the indicator '{indicator.id}' has no basis '{basis}'"
            yield Finding((*path, "bases", position), found, nearest(basis, indicator.bases))
    known = {definition.id for definition in indicator.definitions}
    named: list[tuple[Path_, str]] = [
        (("accepts", n, "definition"), accepted.definition) for n, accepted in enumerate(target.accepts)
    ]
    if target.definition is not None:
        named.append((("definition",), target.definition))
    for where, definition in named:
        if definition not in known:
            found = f"the indicator '{indicator.id}' has no definition '{definition}'"
            yield Finding((*path, *where), found, nearest(definition, known))


def _check_bridge(draft: Draft, path: Path_, bridge: Any) -> Iterator[Finding]:
    indicator = draft.indicators.get(bridge.indicator)
    if indicator is None:
        cure = nearest(bridge.indicator, draft.indicators)
        yield Finding((*path, "indicator"), f"there is no indicator '{bridge.indicator}'", cure)
        return
    known = {definition.id for definition in indicator.definitions}
    for key in ("from_definition", "to_definition"):
        definition = getattr(bridge, key)
        if definition not in known:
            found = f"the indicator '{indicator.id}' has no definition '{definition}'"
            yield Finding((*path, key), found, nearest(definition, known))


def _check_days(path: Path_, key: str, days: tuple[str, ...]) -> Iterator[Finding]:
    for position, day in enumerate(days):
        try:
            date.fromisoformat(f"2024-{day}")
        except ValueError:
            yield Finding((*path, key, position), f"'{day}' is no day of the year", 'write month and day as "MM-DD"')


def _check_due_date(path: Path_, task: Task, header: Header | None) -> Iterator[Finding]:
    if task.due_date is None or header is None:
        return
    if not header.start_date <= task.due_date <= header.end_date:
        found = f"the day {task.due_date} is outside the programme ({_period(header)})"
        yield Finding((*path, "due_date"), found, "correct the day, or the dates in programme.yaml")


def _check_validity(path: Path_, deadline: Deadline) -> Iterator[Finding]:
    if deadline.valid_from and deadline.valid_to and deadline.valid_to < deadline.valid_from:
        found = f"valid_to {deadline.valid_to} is before valid_from {deadline.valid_from}"
        yield Finding((*path, "valid_to"), found, "correct one of the two dates")


def _in_period(year: int, header: Header) -> bool:
    return header.start_date.year <= year <= header.end_date.year


def _period(header: Header) -> str:
    return f"{header.start_date} to {header.end_date}"

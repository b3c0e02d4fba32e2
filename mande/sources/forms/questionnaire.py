"""What the forms of a programme ask: from its targets and from `programmes/forms.yaml`."""

import re
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import Field

from mande.errors import DefinitionError
from mande.framework.citation import Code, Model, Text
from mande.framework.explain import nearest, validate
from mande.framework.indicator import Indicator, Measure
from mande.framework.model import Programme, Target
from mande.framework.yaml_file import Finding, read_yaml
from mande.vocabulary import TOTAL, Level

FORMS_FILE = "forms.yaml"
DEFAULT_BASIS = "programme-report"
Kind = Literal["ratio", "count", "number"]


class Group(Model):
    """One value of a dimension as the form shows it."""

    id: Code
    title: Text


class Dimension(Model):
    """How a population is divided; the groups of a dimension add up to the total."""

    id: Code
    title: Text
    values: Annotated[tuple[Group, ...], Field(min_length=2)]


class IndicatorRule(Model):
    """How one indicator is asked; `levels` are the levels that can answer, all if none is named."""

    indicator: Code
    is_asked: bool = True
    levels: tuple[Level, ...] = ()
    basis: Code | None = None
    definitions: tuple[Code, ...] = ()
    dimensions: tuple[Code, ...] = ()


class ReportingDuty(Model):
    """The line of a programme's calendar whose day is the last one for its forms."""

    programme: Code
    deadline: Code


class FormRules(Model):
    """The file `programmes/forms.yaml`; `days_to_report`: days after a period in which a form is in time."""

    version: Annotated[str, Field(min_length=1, max_length=20)] = "1"
    days_to_report: Annotated[int, Field(strict=True, ge=0)] | None = None
    deadlines: tuple[ReportingDuty, ...] = ()
    dimensions: tuple[Dimension, ...] = ()
    indicators: tuple[IndicatorRule, ...] = ()

    def rule(self, indicator_id: str) -> IndicatorRule | None:
        """Return how that indicator is asked, if the file says so."""
        return next((rule for rule in self.indicators if rule.indicator == indicator_id), None)


@dataclass(frozen=True)
class Question:
    """One row of the form: an indicator for one population group.

    kind: ratio = a numerator and a denominator, whole numbers; count = one whole number; number = any number.
    """

    indicator: str
    dimension: str
    dimension_value: str
    kind: Kind
    unit: str
    basis: str
    definition: str
    title: Text
    short: Text
    group: Text
    numerator: Text
    denominator: Text

    @property
    def parts(self) -> tuple[str, ...]:
        return ("numerator", "denominator") if self.kind == "ratio" else ("value",)

    @property
    def key(self) -> str:
        """What identifies the row within a form."""
        return "|".join((self.indicator, self.dimension, self.dimension_value))


def load_form_rules(folder: Path, indicators: dict[str, Indicator]) -> FormRules:
    """Read `forms.yaml` of a folder of programmes; a folder without it asks by default.

    Needs: `indicators`, all that the rules may name, by id.
    Raises: DefinitionError with all problems: unknown keys, indicators, dimensions, bases, definitions.
    """
    path = Path(folder) / FORMS_FILE
    if not path.exists():
        return FormRules()
    file, problems = read_yaml(path, f"{path.parent.name}/{FORMS_FILE}")
    if file is None:
        raise DefinitionError(problems)
    rules, findings = validate(FormRules, file.value, ())
    if rules is not None:
        findings = [*_doubles(rules), *_unknown(rules, indicators)]
    problems = [*problems, *file.problems(findings)]
    if problems or rules is None:
        raise DefinitionError(problems)
    return rules


def questions(programme: Programme, rules: FormRules, *, level: Level, period_end: date) -> tuple[Question, ...]:
    """Return what a unit of that level is asked about the programme's indicators, in the order of its targets.

    Not asked: indicators in words, indicators that only a survey can tell (aggregation "none"), and those that
    `forms.yaml` leaves out.
    """
    return tuple(
        question
        for indicator in programme.indicators
        if _is_asked(indicator, rules.rule(indicator.id), level)
        for question in _of_indicator(programme, indicator, rules, period_end)
    )


def multiplier(unit: str) -> float:
    """Return by what numerator ÷ denominator is multiplied to give the unit.

    >>> multiplier("percent"), multiplier("per_100000_children"), multiplier("children")
    (100.0, 100000.0, 1.0)
    """
    if unit == "percent":
        return 100.0
    per = re.match(r"per_(\d+)_", unit)
    return float(per[1]) if per else 1.0


def _is_asked(indicator: Indicator, rule: IndicatorRule | None, level: Level) -> bool:
    if rule is not None and (not rule.is_asked or (rule.levels and level not in rule.levels)):
        return False
    return indicator.measure is not Measure.QUALITATIVE and (indicator.aggregation != "none" or rule is not None)


def _of_indicator(programme: Programme, indicator: Indicator, rules: FormRules, period_end: date) -> list[Question]:
    rule = rules.rule(indicator.id) or IndicatorRule(indicator=indicator.id)
    targets = [target for target in programme.targets if target.indicator == indicator.id]
    shared: dict[str, Any] = {
        "indicator": indicator.id,
        "kind": _kind(indicator),
        "unit": indicator.unit,
        "basis": rule.basis or _default_basis(indicator, targets),
        "definition": _definition(indicator, rule, targets, period_end),
        "title": indicator.title,
        "short": indicator.short,
        "numerator": indicator.numerator or indicator.title,
        "denominator": indicator.denominator or _UNNAMED_DENOMINATOR,
    }
    groups = [(TOTAL, TOTAL, _ALL)]
    known = {dimension.id: dimension for dimension in rules.dimensions}
    for name in dict.fromkeys([*rule.dimensions, *(target.dimension for target in targets)]):
        if name in known:
            groups += [(name, value.id, value.title) for value in known[name].values]
    return [
        Question(dimension=dimension, dimension_value=value, group=title, **shared)
        for dimension, value, title in groups
    ]


_ALL = Text(vi="Tổng số", en="Total")
_UNNAMED_DENOMINATOR = Text(vi="Tổng số thuộc đối tượng của chỉ tiêu", en="All to whom the indicator applies")


def _kind(indicator: Indicator) -> Kind:
    if indicator.measure in (Measure.PERCENTAGE, Measure.RATE):
        return "ratio"
    is_whole = indicator.measure is Measure.COUNT and not indicator.unit.startswith("thousand")
    return "count" if is_whole else "number"


def _default_basis(indicator: Indicator, targets: list[Target]) -> str:
    accepted = [basis for target in targets for basis in target.bases] or list(indicator.bases)
    if DEFAULT_BASIS in indicator.bases:
        return DEFAULT_BASIS
    return accepted[0] if accepted else ""


def _definition(indicator: Indicator, rule: IndicatorRule, targets: list[Target], day: date) -> str:
    wanted = [*rule.definitions, *(target.definition for target in targets if target.definition)]
    known = {definition.id: definition for definition in indicator.definitions}
    for name in wanted:
        held = known.get(name)
        if held and (held.valid_from or day) <= day <= (held.valid_to or day):
            return name
    return ""


def _doubles(rules: FormRules) -> list[Finding]:
    findings = []
    for section, names in (
        ("dimensions", [dimension.id for dimension in rules.dimensions]),
        ("indicators", [rule.indicator for rule in rules.indicators]),
    ):
        for position, name in enumerate(names):
            if name in names[:position]:
                findings.append(Finding((section, position), f"'{name}' stands twice", "keep one of them"))
    return findings


def _unknown(rules: FormRules, indicators: dict[str, Indicator]) -> list[Finding]:
    findings = []
    dimensions = [dimension.id for dimension in rules.dimensions]
    bases = sorted({basis for indicator in indicators.values() for basis in indicator.bases})
    for position, rule in enumerate(rules.indicators):
        where = ("indicators", position)
        indicator = indicators.get(rule.indicator)
        if indicator is None:
            found = f"there is no indicator '{rule.indicator}'"
            findings.append(Finding((*where, "indicator"), found, nearest(rule.indicator, indicators)))
            continue
        named = [("dimensions", name, dimensions) for name in rule.dimensions]
        named += [("basis", rule.basis, bases)] if rule.basis else []
        named += [("definitions", name, [d.id for d in indicator.definitions]) for name in rule.definitions]
        for key, name, known in named:
            if name not in known:
                found = f"'{name}' is not known for {rule.indicator}"
                findings.append(Finding((*where, key), found, nearest(name, known)))
    return findings

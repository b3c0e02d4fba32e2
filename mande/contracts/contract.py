"""A data contract as the checks use it, read from an Open Data Contract Standard file with all problems at once."""

from collections.abc import Hashable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, TypeVar

import yaml
from pydantic import BaseModel, ValidationError

from mande.contracts.odcs import (
    Annotation,
    ColumnArguments,
    ContractFile,
    ContractSettings,
    CustomProperty,
    Expectation,
    IndicatorLimits,
    LogicalType,
    Property,
    Quality,
    RuleTexts,
)
from mande.errors import DefinitionError, Problem
from mande.framework.model import Text
from mande.framework.quality import GRADES
from mande.vocabulary import Severity

M = TypeVar("M", bound=BaseModel)


@dataclass(frozen=True)
class Column:
    """One column of a table: `derived_by` names the method that computes it, None for a column of the table itself."""

    name: str
    type: LogicalType
    is_required: bool
    is_unique: bool
    codes: tuple[str | int, ...]
    derived_by: str | None
    arguments: Mapping[str, Any]


@dataclass(frozen=True)
class Rule:
    """One check: what is expected, how bad a failure is, what to say and what to do about it."""

    id: str
    dimension: str
    severity: Severity
    expectation: Expectation
    message: Text
    cure: Text
    found: str
    part: str = "value"
    judges: str | None = None


@dataclass(frozen=True)
class Contract:
    """What a table must look like. `key` is the primary key in order; `version` goes with every outcome."""

    id: str
    version: str
    file: str
    columns: tuple[Column, ...]
    key: tuple[str, ...]
    rules: tuple[Rule, ...]
    indicators: Mapping[str, IndicatorLimits]
    dimensions: Mapping[str, tuple[str, ...]]
    annotations: tuple[Annotation, ...]
    grades: Mapping[str, Mapping[str, float]] = field(default_factory=dict)
    best_with_unknown: str = GRADES[-1]


def read_contract(path: Path) -> Contract:
    """Read one `*.odcs.yaml`.

    *Raises* DefinitionError with every problem of the file: unknown or repeated keys, unknown expectations, rules
    about columns that do not exist, annotations of checks or indicators that do not exist.
    """
    problems: list[Problem] = []
    content = _read_yaml(path)
    file = _validate(ContractFile, content, where=path.name, problems=problems)
    if file is None:
        raise DefinitionError(problems)
    table = file.schema_[0]
    columns = [_column(item, f"{path.name}: column {item.name}", problems) for item in table.properties]
    rules = [_rule(item, f"{path.name}: rule {item.id}", problems) for item in table.quality]
    settings = _custom(ContractSettings, file.custom_properties, where=path.name, problems=problems)
    if problems or settings is None:
        raise DefinitionError(problems)
    keys = sorted((item.primary_key_position, item.name) for item in table.properties if item.primary_key)
    contract = Contract(
        id=file.id,
        version=file.version,
        file=path.name,
        columns=tuple(column for column in columns if column),
        key=tuple(name for _, name in keys),
        rules=tuple(rule for rule in rules if rule),
        indicators=_shared_indicators(path, settings) | settings.indicators,
        dimensions=settings.dimensions,
        annotations=settings.annotations,
        grades={str(grade): marks for grade, marks in settings.grades.items()},
        best_with_unknown=settings.best_with_unknown or GRADES[-1],
    )
    problems = [*_repeated(contract), *_unknown_columns(contract), *_unknown_references(contract)]
    if problems:
        raise DefinitionError(problems)
    return contract


def _shared_indicators(path: Path, settings: ContractSettings) -> dict[str, IndicatorLimits]:
    return dict(read_contract(path.parent / settings.shares).indicators) if settings.shares else {}


_Loader: type[yaml.SafeLoader] = getattr(yaml, "CSafeLoader", yaml.SafeLoader)  # ten times as fast, where it is built


class _StrictLoader(_Loader):  # type: ignore[misc, valid-type]
    """A key that stands twice in one mapping is an error: YAML would silently keep the last."""

    def construct_mapping(self, node: yaml.MappingNode, deep: bool = False) -> dict[Hashable, Any]:
        seen: set[Any] = set()
        for key_node, _ in node.value:
            if key_node.value in seen:
                raise yaml.MarkedYAMLError(problem=f"key '{key_node.value}' twice", problem_mark=key_node.start_mark)
            seen.add(key_node.value)
        mapping: dict[Hashable, Any] = super().construct_mapping(node, deep)
        return mapping


def _read_yaml(path: Path) -> object:
    try:
        return _StrictLoader(path.read_text(encoding="utf-8")).get_single_data()
    except (OSError, UnicodeDecodeError) as error:
        raise DefinitionError(Problem(str(path), f"cannot be read: {error}", "give a contract in UTF-8")) from error
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        where = f"{path.name} line {mark.line + 1}" if mark else path.name
        found = getattr(error, "problem", None) or "is not YAML"
        raise DefinitionError(Problem(where, str(found), "mend the YAML")) from error


def _validate(model: type[M], value: object, *, where: str, problems: list[Problem]) -> M | None:
    try:
        return model.model_validate(value)
    except ValidationError as error:
        for item in error.errors():
            at = ".".join(str(part) for part in item["loc"])
            todo = "remove or correct the key" if item["type"] == "extra_forbidden" else "see docs/data-contracts.md"
            problems.append(Problem(f"{where}: {at}" if at else where, item["msg"], todo))
        return None


def _custom(model: type[M], properties: tuple[CustomProperty, ...], *, where: str, problems: list[Problem]) -> M | None:
    value = {item.property: item.value for item in properties}
    return _validate(model, value, where=f"{where}: customProperties", problems=problems)


def _column(item: Property, where: str, problems: list[Problem]) -> Column | None:
    extra = _custom(ColumnArguments, item.custom_properties, where=where, problems=problems)
    if extra is None:
        return None
    return Column(
        name=item.name,
        type=item.logical_type,
        is_required=item.required,
        is_unique=item.unique,
        codes=tuple(entry.value for entry in item.enum),
        derived_by=item.transform_logic,
        arguments=extra.arguments,
    )


def _rule(item: Quality, where: str, problems: list[Problem]) -> Rule | None:
    texts = _custom(RuleTexts, item.custom_properties, where=where, problems=problems)
    if texts is None:
        return None
    return Rule(
        id=item.id,
        dimension=item.dimension,
        severity=item.severity,
        expectation=item.implementation,
        message=texts.message,
        cure=texts.cure,
        found=texts.found,
        part=texts.part,
        judges=texts.judges,
    )


def _repeated(contract: Contract) -> list[Problem]:
    names = [f"column {column.name}" for column in contract.columns] + [f"rule {rule.id}" for rule in contract.rules]
    twice = sorted({name for name in names if names.count(name) > 1})
    return [Problem(contract.file, f"{name} stands twice", "give each its own name") for name in twice]


def _unknown_columns(contract: Contract) -> list[Problem]:
    known = {column.name for column in contract.columns}
    return [
        Problem(f"{contract.file}: rule {rule.id}", f"no column '{name}'", "use a column of the contract")
        for rule in contract.rules
        for name in rule.expectation.columns
        if name not in known
    ]


def _unknown_references(contract: Contract) -> list[Problem]:
    checks = {rule.id for rule in contract.rules}
    problems = []
    for number, annotation in enumerate(contract.annotations):
        where = f"{contract.file}: annotation {number}"
        if annotation.check not in checks:
            problems.append(Problem(where, f"no rule '{annotation.check}'", "use the id of a rule"))
        unknown = sorted(set(annotation.indicators) - set(contract.indicators))
        if unknown:
            problems.append(Problem(where, f"no indicator {', '.join(unknown)}", "use indicators of the contract"))
    return problems

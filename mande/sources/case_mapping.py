"""How a case-level extract becomes counts: which columns give place, period, conditions and dimensions (YAML)."""

from pathlib import Path
from typing import Annotated, Literal

from pydantic import Field

from mande.errors import DefinitionError
from mande.framework.citation import Code, Model
from mande.framework.explain import validate
from mande.framework.yaml_file import Finding, read_yaml
from mande.vocabulary import TOTAL

Name = Annotated[str, Field(min_length=1)]
Scalar = str | int | float | bool
SMALLEST_COUNT = 5


class Condition(Model):
    """What a cell must hold for a row to count. All that is said must hold; a blank cell meets only `is_blank: true`."""

    column: Name
    equals: Scalar | None = None
    one_of: tuple[Scalar, ...] = ()
    is_blank: bool | None = None
    at_least: float | None = None
    below: float | None = None


class Breakdown(Model):
    """A dimension: the column that it is read from, and which code each of its texts means."""

    column: Name
    codes: Annotated[dict[Name, Name], Field(min_length=1)]


class Counted(Model):
    """One indicator: which rows are its denominator (all without `of`), which of these its numerator."""

    indicator: Code
    unit: Name
    basis: Name
    definition: str = ""
    count: tuple[Condition, ...] = ()
    of: tuple[Condition, ...] | None = None
    dimensions: tuple[Name, ...] = ()


class PeriodRule(Model):
    """The column of the day, and how it is cut into periods."""

    column: Name
    by: Literal["year", "month"] = "year"


class CaseMapping(Model):
    """The whole mapping. `sheet`: its name, for a workbook with several; the first row is the header."""

    place_column: Name
    period: PeriodRule
    dimensions: dict[Name, Breakdown] = {}
    indicators: Annotated[tuple[Counted, ...], Field(min_length=1)]
    source: Name
    edition: str = ""
    sheet: str = ""
    smallest_count: Annotated[int, Field(strict=True, ge=1)] = SMALLEST_COUNT

    @property
    def columns(self) -> tuple[str, ...]:
        """Every column that the mapping reads."""
        conditions = [one for counted in self.indicators for one in (*counted.count, *(counted.of or ()))]
        named = [self.place_column, self.period.column, *(one.column for one in self.dimensions.values())]
        return tuple(dict.fromkeys([*named, *(one.column for one in conditions)]))


def read_case_mapping(path: Path) -> CaseMapping:
    """Read a mapping. *Raises* DefinitionError with all its problems, each with its line."""
    file, problems = read_yaml(path, path.name)
    if file is None:
        raise DefinitionError(problems)
    mapping, findings = validate(CaseMapping, file.value, ())
    if mapping is not None:
        findings += _unknown_dimensions(mapping)
    problems += file.problems(findings)
    if problems:
        raise DefinitionError(problems)
    return mapping


def _unknown_dimensions(mapping: CaseMapping) -> list[Finding]:
    return [
        Finding(
            ("indicators", position, "dimensions"),
            f"the dimension '{name}' is not described",
            "describe it under 'dimensions', or leave it out",
        )
        for position, counted in enumerate(mapping.indicators)
        for name in counted.dimensions
        if name not in mapping.dimensions or name == TOTAL
    ]

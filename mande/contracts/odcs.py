"""The part of the Open Data Contract Standard 3 that our contract files may use; any other key is refused.

What the standard leaves open (`customProperties`) is typed here too,
so that a misspelt property is an error and not an ignored wish.
"""

from typing import Annotated, Any, Literal

from pydantic import ConfigDict, Field
from pydantic.alias_generators import to_camel

from mande.framework.model import Code, Model, Text
from mande.framework.quality import QualityThreshold
from mande.vocabulary import Severity

ExpectationType = Literal[
    "expect_column_values_to_be_between",
    "expect_column_values_to_be_in_set",
    "expect_column_values_to_not_be_null",
    "expect_column_pair_values_to_be_equal",
    "expect_column_pair_values_a_to_be_greater_than_b",
    "expect_compound_columns_to_be_unique",
]
LogicalType = Literal["string", "number", "integer", "boolean", "date"]
QualityDimension = Literal[
    "accuracy", "completeness", "conformity", "consistency", "coverage", "timeliness", "uniqueness"
]


class Expectation(Model):
    """An expectation of Great Expectations by its type, with its arguments as that library names them."""

    type: ExpectationType
    kwargs: dict[str, Any]

    @property
    def columns(self) -> tuple[str, ...]:
        """Return the columns that the expectation reads."""
        single = [self.kwargs[key] for key in ("column", "column_A", "column_B") if key in self.kwargs]
        return (*single, *self.kwargs.get("column_list", ()))


class IndicatorLimits(Model):
    """What values of one indicator may look like.

    `unit` is the only unit allowed; `low` and `high` are in that unit. `is_additive`: parts and children add up to the
    whole. A value is unusual only if it leaves its neighbours by several times `noise`: points for a percentage,
    percent of the usual value for everything else.
    """

    unit: Code
    low: float
    high: float
    noise: Annotated[float, Field(gt=0)]
    is_additive: bool = False


class Annotation(Model):
    """What is known about a finding: shown beside it, and never a reason to delete a value. `place_code` * = any."""

    check: Code
    indicators: Annotated[tuple[Code, ...], Field(min_length=1)]
    period: str
    place_code: str
    text: Text
    sources: Annotated[tuple[str, ...], Field(min_length=1)]


class Standard(Model):
    """A part of a contract file: snake case here, camel case in the file as the standard has it."""

    model_config = ConfigDict(alias_generator=to_camel)


class CustomProperty(Standard):
    """One property of ours inside a standard contract."""

    property: str
    value: Any


class EnumValue(Standard):
    """One entry of a code list."""

    value: str | int
    description: str | None = None


class Quality(Standard):
    """One rule: the expectation is compiled to Great Expectations, the texts are custom properties."""

    id: Code
    type: Literal["custom"]
    engine: Literal["greatExpectations"]
    dimension: QualityDimension
    severity: Severity
    implementation: Expectation
    custom_properties: tuple[CustomProperty, ...]


class RuleTexts(Model):
    """The custom properties of a rule.

    `found` is a template over the columns of the checked row. `part` says in which of the row's cells the finding
    stands; a finding about the whole `file` stands in none. `judges` names the dimension of the WHO data-quality review
    that the rule gives evidence on.
    """

    message: Text
    cure: Text
    found: str
    part: Literal["value", "numerator", "denominator", "file"] = "value"
    judges: Literal["internal_consistency", "external_consistency"] | None = None


class Property(Standard):
    """One column. A column with `transformLogic` is not in the file: it is derived by the method of that name."""

    name: Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]*$")]
    logical_type: LogicalType
    description: str
    required: bool = False
    unique: bool = False
    primary_key: bool = False
    primary_key_position: int = -1
    enum: tuple[EnumValue, ...] = ()
    transform_logic: str | None = None
    custom_properties: tuple[CustomProperty, ...] = ()


class ColumnArguments(Model):
    """The custom properties of a derived column."""

    arguments: dict[str, Any] = {}


class Table(Standard):
    """The one table that a contract describes."""

    name: str
    physical_type: Literal["table", "file"]
    logical_type: Literal["object"] = "object"
    description: str
    data_granularity_description: str
    properties: Annotated[tuple[Property, ...], Field(min_length=1)]
    quality: tuple[Quality, ...] = ()


class Purpose(Standard):
    """The standard's free-text description of a contract."""

    purpose: str
    usage: str | None = None
    limitations: str | None = None


class ContractFile(Standard):
    """A whole contract file."""

    api_version: Literal["v3.2.0"]
    kind: Literal["DataContract"]
    id: Code
    name: str
    version: Annotated[str, Field(pattern=r"^\d+\.\d+\.\d+$")]
    status: Literal["draft", "active", "deprecated"]
    domain: str
    description: Purpose
    schema_: Annotated[tuple[Table], Field(alias="schema")]
    custom_properties: tuple[CustomProperty, ...] = ()


class ContractSettings(Model):
    """The custom properties of a contract.

    `shares`: the file beside this one whose indicators hold here, too, so that each has its limits in one place.
    `grades`: the lowest score of each quality grade by dimension; `best_with_unknown`: the best grade where a dimension
    is unknown.
    """

    shares: Annotated[str, Field(pattern=r"^[a-z-]+\.odcs\.yaml$")] | None = None
    indicators: dict[Code, IndicatorLimits] = {}
    grades: dict[QualityThreshold, dict[str, float]] = {}
    best_with_unknown: QualityThreshold | None = None
    dimensions: dict[str, tuple[str, ...]] = {}
    annotations: tuple[Annotation, ...] = ()

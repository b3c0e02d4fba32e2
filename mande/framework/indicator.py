"""What is measured: indicators, their versioned definitions, counting rules and official codes."""

from enum import StrEnum
from typing import Annotated, Literal

from pydantic import Field

from mande.framework.citation import Citation, Code, Day, Model, Number, Text
from mande.vocabulary import Confidence


class Measure(StrEnum):
    """What kind of number an indicator is (IATI IndicatorMeasure, with rate and mean told apart)."""

    PERCENTAGE = "percentage"
    RATE = "rate"
    COUNT = "count"
    MEAN = "mean"
    QUALITATIVE = "qualitative"


class Sensitivity(StrEnum):
    """What a published table may show of an indicator.

    `small_counts_protected`: small counts, and what lets them be computed, are hidden; `never_below_province`: nothing
    is shown of districts and communes, and small counts of provinces are hidden.
    """

    PUBLIC = "public"
    SMALL_COUNTS_PROTECTED = "small_counts_protected"
    NEVER_BELOW_PROVINCE = "never_below_province"


class Basis(Model):
    """A counting rule behind values: who counted, and how. Values on two bases are never compared."""

    id: Code
    title: Text
    note: Text | None = None


class Definition(Model):
    """One version of what an indicator counts, with the days on which it held.

    `is_stated` false: the reports do not say what they count, so two values of this definition from two
    documents are not known to count the same.
    """

    id: Code
    title: Text
    is_stated: bool = True
    valid_from: Day | None = None
    valid_to: Day | None = None
    citation: Citation | None = None
    note: Text | None = None


class Bridge(Model):
    """A factor with a source that carries values of one definition over to another.

    Without a bridge no value is compared across two definitions. Value on `to_definition` = value on
    `from_definition` x `factor`.
    """

    indicator: Code
    from_definition: Code
    to_definition: Code
    factor: Annotated[float, Field(strict=True, gt=0, allow_inf_nan=False)]
    citation: Citation


class WeightFactor(Model):
    """One published series that a weight is made of: an indicator as counted on one basis."""

    indicator: Code
    basis: Code


class CarryWeight(Model):
    """What stands in for the denominator of a rate when places are merged: the product of its factors.

    A rate of merged places is Σ(rate × weight) ÷ Σ weight. The factors are published for the same place and period;
    where one of them is missing, nothing is carried.
    """

    id: Code
    title: Text
    factors: Annotated[tuple[WeightFactor, ...], Field(min_length=1)]
    note: Text | None = None


class OfficialCode(Model):
    """The code of an indicator in an official list; unique only as (instrument, set, code)."""

    instrument: Annotated[str, Field(min_length=1)]
    set: Annotated[str, Field(min_length=1)]
    code: Annotated[str, Field(min_length=1)]
    title: Text | None = None
    confidence: Confidence
    note: Text | None = None


class Indicator(Model):
    """What is measured. `ascending` true: higher is better; false: lower is better.

    `bases` are ids of the counting rules on which values of this indicator exist. `carry_weight` is the id of the
    weight by which a rate without published denominators is carried to merged places.
    """

    id: Code
    title: Text
    short: Text
    unit: Code
    measure: Measure
    ascending: bool
    numerator: Text | None = None
    denominator: Text | None = None
    age_from_years: Number | None = None
    age_below_years: Number | None = None
    aggregation: Literal["ratio_of_sums", "sum", "none"]
    sensitivity: Sensitivity = Sensitivity.PUBLIC
    carry_weight: Code | None = None
    bases: tuple[Code, ...] = ()
    definitions: tuple[Definition, ...] = ()
    official_codes: tuple[OfficialCode, ...] = ()
    data_source: Text | None = None
    responsible: Text | None = None
    max_age_years: Annotated[float, Field(strict=True, gt=0)] | None = None
    note: Text | None = None
    review_due: Day | None = None

"""The words every definition is built from: frozen values, text in two languages, documents and citations."""

from datetime import date
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field

from mande.vocabulary import Confidence

DAY_OF_YEAR = r"^\d\d-\d\d$"

Code = Annotated[str, Field(pattern=r"^[A-Za-z0-9][A-Za-z0-9._/-]*$")]
Year = Annotated[int, Field(strict=True, ge=1990, le=2100)]
Number = Annotated[float, Field(strict=True, allow_inf_nan=False)]
Day = Annotated[date, Field(strict=True)]
Days = Annotated[str, Field(pattern=DAY_OF_YEAR)]


class Model(BaseModel):
    """Frozen, and refuses any key it does not know."""

    model_config = ConfigDict(frozen=True, extra="forbid", str_strip_whitespace=True)


class Text(Model):
    """A sentence or name in both languages of the reports."""

    vi: Annotated[str, Field(min_length=1)]
    en: Annotated[str, Field(min_length=1)]


class Document(Model):
    """A legal document; `aliases` are other spellings of its number.

    `sources` and `confidence` say where and how surely it was read; they serve every citation that names none.
    """

    number: Annotated[str, Field(min_length=1)]
    title: Text
    issuer: Text
    issued_date: Day | None = None
    aliases: tuple[str, ...] = ()
    sources: tuple[str, ...] = ()
    confidence: Confidence = Confidence.TEXT
    note: Text | None = None


class Citation(Model):
    """Where a fact stands and how surely it was read there."""

    document: Annotated[str, Field(min_length=1)]
    section: str | None = None
    sources: tuple[str, ...]
    corroboration: str | None = None
    confidence: Confidence
    note: Text | None = None

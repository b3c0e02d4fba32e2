"""The code lists: one word for one meaning, after the IATI results standard, SDMX and the OECD-DAC glossary."""

from enum import StrEnum

NATION = "VN"
"""Place code of the whole country."""

TOTAL = "_T"
"""SDMX code of a total over a dimension; a blank is never a total."""


class Level(StrEnum):
    """Administrative level of a place."""

    NATION = "nation"
    REGION = "region"
    PROVINCE = "province"
    DISTRICT = "district"
    COMMUNE = "commune"


class ValueStatus(StrEnum):
    """Observation status (SDMX CL_OBS_STATUS in words). Missing is not zero, suppressed is not missing."""

    OBSERVED = "observed"
    PROVISIONAL = "provisional"
    ESTIMATED = "estimated"
    MISSING = "missing"
    SUPPRESSED = "suppressed"
    NOT_APPLICABLE = "not_applicable"


class Confidence(StrEnum):
    """How a fact was established. What is only remembered, or was looked for and not found, carries no verdict."""

    TEXT = "text"
    SECONDARY = "secondary"
    INFERRED = "inferred"
    MEMORY = "memory"
    MISSING = "missing"

    @property
    def carries_verdict(self) -> bool:
        return self not in (Confidence.MEMORY, Confidence.MISSING)


class Stage(StrEnum):
    """Which question a review answers."""

    MID_TERM = "mid-term"
    END_TERM = "end-term"
    ANNUAL = "annual"


class Verdict(StrEnum):
    """The answer to "did we keep the promise?", from best to unknown."""

    MET = "met"
    MET_UNCERTAIN = "met_uncertain"
    ON_TRACK = "on_track"
    BEHIND = "behind"
    OFF_TRACK = "off_track"
    WORSENING = "worsening"
    NOT_MET = "not_met"
    CANNOT_TELL = "cannot_tell"
    NOT_COMPARABLE = "not_comparable"
    NOT_ASSESSABLE = "not_assessable"

    @property
    def is_assessed(self) -> bool:
        return self not in (Verdict.NOT_COMPARABLE, Verdict.NOT_ASSESSABLE)


class Outcome(StrEnum):
    """Outcome of a data check."""

    PASSED = "passed"
    WARNING = "warning"
    FAILED = "failed"


class Severity(StrEnum):
    """What a failed data check does: a critical one keeps the value out of every verdict."""

    CRITICAL = "critical"
    WARNING = "warning"

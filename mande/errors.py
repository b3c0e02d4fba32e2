"""The few kinds of failure, split by what the caller can do about them.

Every error carries all problems found at once; each problem says where, what was found and what to do.
The exit codes are what a scheduler sees when it may not read the log.
"""

from collections.abc import Iterable
from dataclasses import dataclass


@dataclass(frozen=True)
class Problem:
    """One thing that is wrong: where it stands, what was found there, what to do about it."""

    where: str
    found: str
    todo: str

    def __str__(self) -> str:
        return f"{self.where}: {self.found} → {self.todo}"


class MandeError(Exception):
    """A failure that a user can understand and act on; shown without a traceback."""

    exit_code = 1
    title = "defect"

    def __init__(self, problems: Problem | Iterable[Problem]):
        self.problems = (problems,) if isinstance(problems, Problem) else tuple(problems)
        super().__init__("\n".join(str(problem) for problem in self.problems))

    def __reduce__(self) -> tuple[type["MandeError"], tuple[tuple[Problem, ...]]]:
        """Keep the problems when the error crosses a process boundary."""
        return (type(self), (self.problems,))


class UsageError(MandeError):
    """The command was asked for something that does not exist or cannot be combined."""

    exit_code = 2
    title = "usage"


class DefinitionError(MandeError):
    """A programme, contract or mapping is written wrongly."""

    exit_code = 10
    title = "definition"


class DataError(MandeError):
    """A data file cannot be used as it is."""

    exit_code = 11
    title = "data"


class EstimationError(MandeError):
    """A number cannot be estimated by the method that was asked for."""

    exit_code = 12
    title = "estimation"


class DisclosureError(MandeError):
    """Publishing would reveal a protected small count."""

    exit_code = 13
    title = "disclosure"


class UnitsFailedError(MandeError):
    """Some units of a run failed; the others are done."""

    exit_code = 14
    title = "units failed"

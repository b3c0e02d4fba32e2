"""Failures of a page: what is said of them, and which may pass by themselves."""

import errno
from dataclasses import dataclass

_PASSING_ERRNO = frozenset({errno.EAGAIN, errno.ENOMEM, errno.EMFILE, errno.ENFILE, errno.ENOSPC, errno.EDQUOT})
_PASSING_TEXTS = ("Kernel died before replying", "Kernel didn't respond in")
"""jupyter_client raises plain RuntimeErrors for a kernel that did not come up."""


class OutputLimitError(Exception):
    """A notebook shows more than a page may hold."""


class DeadKernelError(Exception):
    """A kernel ended before its cells did."""


class LostParentError(DeadKernelError):
    """The warm parent ended, and all its kernels with it: perhaps through another page."""


class CellTimeoutError(Exception):
    """The cells of a notebook take longer than they may."""


class NotebookError(Exception):
    """A cell raised an error; its name and text are the notebook's."""

    def __init__(self, ename: str, evalue: str) -> None:
        super().__init__(f"{ename}: {evalue}")
        self.ename, self.evalue = ename, evalue


@dataclass(frozen=True)
class Failure:
    """Why a page was not made, in one line; whether the cause may pass, so that another try makes sense.

    It `may_be_anothers` if pages that were being made at the same time were lost together.
    """

    reason: str
    can_pass: bool = False
    may_be_anothers: bool = False


def sort_failure(error: Exception) -> Failure:
    """Return what is to be said of an error.

    A dead kernel, or a lack of memory, processes, files or space outside the notebook may pass.  What a notebook
    raised, and its own time-out or limit, will be the same at the next try.
    """
    is_lost = isinstance(error, LostParentError)
    return Failure(describe_failure(error), can_pass=is_lost or _can_pass(error), may_be_anothers=is_lost)


def describe_failure(error: Exception) -> str:
    """Return a failure in one line: the notebook's own error without its traceback."""
    name, value = getattr(error, "ename", None), getattr(error, "evalue", None)
    text = f"{name}: {value}" if name else f"{type(error).__name__}: {error}"
    return " ".join(text.split())[:500]


def _can_pass(error: Exception) -> bool:
    if type(error).__name__ == DeadKernelError.__name__:  # ours, or nbclient's, which takes long to import
        return True
    if isinstance(error, OSError):
        return error.errno in _PASSING_ERRNO
    return isinstance(error, RuntimeError) and str(error).startswith(_PASSING_TEXTS)

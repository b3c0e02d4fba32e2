"""Tell another program that a run has ended, well or not: a command that reads the summary, or an address it is sent to."""

import json
import logging
import shlex
import subprocess
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from mande.errors import MandeError, Problem, UsageError

_LOG = logging.getLogger(__name__)
_SECONDS = 60
_WEB = ("http://", "https://")

Summary = dict[str, Any]


@contextmanager
def notice_of_end(target: str, summary: Summary) -> Iterator[None]:
    """Send the summary when the block has ended, however it ended; the block may add to it.

    *Adds* `state` (done, failed, stopped), `seconds` and, where it failed, `problems`.
    Needs: `target`, an http(s) address, or a command whose words are split as a shell would, but run without a shell.
    Raises: UsageError before the block for a command that cannot be split.  A notice that cannot be given is printed
    by the caller's log, and changes nothing: the run has ended all the same.
    """
    words = split_target(target)
    started = time.monotonic()
    summary["state"] = "done"
    try:
        yield
    except MandeError as error:
        summary |= {"state": "failed", "problems": [str(problem) for problem in error.problems]}
        raise
    except SystemExit:
        summary["state"] = "stopped"
        raise
    except BaseException as error:
        summary |= {"state": "failed", "problems": [f"{type(error).__name__}: {error}"]}
        raise
    finally:
        summary["seconds"] = round(time.monotonic() - started, 1)
        give_notice(words, summary)


def split_target(target: str) -> list[str]:
    """Return an address as it is, or the words of a command.

    >>> split_target("notify-send 'the run' ended")
    ['notify-send', 'the run', 'ended']
    >>> split_target("https://example.org/hook?a=b c")
    ['https://example.org/hook?a=b c']
    """
    if target.startswith(_WEB):
        return [target]
    try:
        return shlex.split(target)
    except ValueError as error:
        found = f"{target!r} is no command ({error})"
        raise UsageError(Problem("--on-finish", found, "close every quotation mark, or name a script")) from None


def give_notice(words: list[str], summary: Summary) -> None:
    """Send the summary as JSON: to the command's standard input, or as the body of a POST request."""
    if not words:
        return
    content = json.dumps(summary, ensure_ascii=False).encode()
    try:
        if words[0].startswith(_WEB):
            request = urllib.request.Request(words[0], content, {"Content-Type": "application/json"})  # noqa: S310
            urllib.request.urlopen(request, timeout=_SECONDS).close()  # noqa: S310  (http and https only)
        else:
            subprocess.run(words, input=content, timeout=_SECONDS, check=True, stdout=subprocess.DEVNULL)
    except (OSError, subprocess.SubprocessError) as error:
        _LOG.warning("the notice was not given: %s", error)

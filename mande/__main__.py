"""The command line: `mande COMMAND`. Commands parse and print; the work is done elsewhere."""

import sys
from collections.abc import Sequence
from itertools import pairwise
from typing import Annotated

import typer

from mande.commands.aggregate import aggregate_command
from mande.commands.backtest import backtest_command
from mande.commands.calendar import calendar_command
from mande.commands.check import check_command
from mande.commands.explain import explain_command
from mande.commands.export import export_command
from mande.commands.forms import forms_command
from mande.commands.init import app as init_app
from mande.commands.mapping import mapping_command
from mande.commands.places import app as places_app
from mande.commands.programmes import app as programmes_app
from mande.commands.prune import prune_command
from mande.commands.publish import publish_command
from mande.commands.review import review_command
from mande.commands.schedule import schedule_command
from mande.commands.simulate import CONTEXT, simulate_command
from mande.commands.status import status_command
from mande.commands.trace import trace_command
from mande.commands.verify import verify_command
from mande.errors import MandeError, Problem

app = typer.Typer(
    name="mande",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
    help="Did we keep the promises that the programmes for children made?",
)
app.command("review")(review_command)
app.command("status")(status_command)
app.command("prune")(prune_command)
app.command("export")(export_command)
app.command("publish")(publish_command)
app.command("schedule")(schedule_command)
app.command("check")(check_command)
app.command("backtest")(backtest_command)
app.command("calendar")(calendar_command)
app.command("forms")(forms_command)
app.command("mapping")(mapping_command)
app.command("simulate", context_settings=CONTEXT)(simulate_command)
app.command("aggregate")(aggregate_command)
app.command("trace")(trace_command)
app.command("explain")(explain_command)
app.command("verify")(verify_command)
app.add_typer(init_app, name="init")
app.add_typer(programmes_app, name="programmes")
app.add_typer(places_app, name="places")


@app.callback()
def _options(
    debug: Annotated[bool, typer.Option("--debug", help="Show the traceback of an error.")] = False,
) -> None:
    """Options of every command."""


def main() -> None:
    """Run a command; turn a known failure into its message and exit code, anything else into exit code 1."""
    try:
        app()
    except MandeError as error:
        if "--debug" in sys.argv:
            raise
        for problem in error.problems:
            print(f"{error.title}: {_in_words(problem, sys.argv)}", file=sys.stderr)
        sys.exit(error.exit_code)
    except Exception as error:
        if "--debug" in sys.argv:
            raise
        print(f"defect: {type(error).__name__}: {error} → please report it; --debug shows where", file=sys.stderr)
        sys.exit(1)


def _in_words(problem: Problem, arguments: Sequence[str]) -> str:
    """Return a problem in Vietnamese where it has a translation, in English below it; in English alone if asked for."""
    from mande.problem_wording import in_vietnamese

    is_english = "--lang=en" in arguments or ("--lang", "en") in pairwise(arguments)
    found = in_vietnamese(problem.found)
    if is_english or found == problem.found:
        return str(problem)
    told = Problem(in_vietnamese(problem.where), found, in_vietnamese(problem.todo))
    return f"{told}\n  {problem}"


if __name__ == "__main__":
    main()

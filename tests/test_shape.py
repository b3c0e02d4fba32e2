"""The shape that CONTRIBUTING.md promises: small modules, small functions, no drawer for odds and ends."""

import ast
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
MODULES = sorted((ROOT / "mande").rglob("*.py"))
LONGEST_MODULE, LONGEST_FUNCTION, MOST_PARAMETERS = 300, 40, 5
AS_PUBLISHED = {"rate_ratio"}
"""Called by position too, in the order in which the method is published: base, current, target, direction, limit."""
ODDS_AND_ENDS = {"utils", "helpers", "base", "common", "misc"}


def functions_of(path):
    tree = ast.parse(path.read_text(encoding="utf-8"))
    return [node for node in ast.walk(tree) if isinstance(node, ast.FunctionDef)]


def body_length(function):
    """Lines of a function without its docstring and signature."""
    first = function.body[0]
    if isinstance(first, ast.Expr) and isinstance(first.value, ast.Constant) and isinstance(first.value.value, str):
        first = function.body[1] if len(function.body) > 1 else first
    return function.end_lineno - first.lineno + 1


def is_command(function):
    """A command's parameters are its options; typer reads them from the signature."""
    return any("Annotated" in ast.unparse(argument) for argument in function.args.args)


@pytest.mark.parametrize("path", MODULES, ids=lambda path: path.relative_to(ROOT).as_posix())
def test_module(path):
    assert path.stem not in ODDS_AND_ENDS
    assert len(path.read_text(encoding="utf-8").splitlines()) <= LONGEST_MODULE
    for function in functions_of(path):
        assert body_length(function) <= LONGEST_FUNCTION, function.name
        positional = [a for a in function.args.args if a.arg not in ("self", "cls")]
        assert len(positional) <= MOST_PARAMETERS or is_command(function) or function.name in AS_PUBLISHED, (
            function.name
        )
        is_public = not function.name.startswith("_") and path.stem != "__init__"
        if is_public and function.col_offset == 0:
            assert ast.get_docstring(function), f"{function.name} has no docstring"


def test_stage_folders_have_empty_init_files():
    for path in (ROOT / "mande").glob("*/__init__.py"):
        assert path.read_text(encoding="utf-8") == "", path


def test_a_checker_sees_what_is_wrong():
    function = ast.parse("def f():\n    '''Say.'''\n" + "    x = 1\n" * 41).body[0]
    assert body_length(function) == 41 > LONGEST_FUNCTION

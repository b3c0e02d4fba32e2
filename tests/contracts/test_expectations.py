"""The adapter to Great Expectations: each type can fail, nothing is sent, nothing is left behind."""

import ast
import subprocess
import sys
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from mande.contracts.contract import Rule
from mande.contracts.expectations import find_failures, is_checked
from mande.contracts.odcs import Expectation
from mande.framework.model import Text
from mande.vocabulary import Severity

TEXT = Text(vi="câu", en="sentence")
PACKAGE = Path(__file__).parents[2] / "mande"


def rule_of(kind: str, **kwargs) -> Rule:
    return Rule(
        id="the-rule",
        dimension="accuracy",
        severity=Severity.CRITICAL,
        expectation=Expectation(type=kind, kwargs=kwargs),
        message=TEXT,
        cure=TEXT,
        found="",
    )


@pytest.mark.parametrize(
    ("rule", "columns", "failing", "unchecked"),
    [
        (rule_of("expect_column_values_to_be_between", column="a", max_value=3), {"a": [3.0, 3.01, np.nan]}, [1], [2]),
        (rule_of("expect_column_values_to_be_in_set", column="a", value_set=["x"]), {"a": ["x", "y", None]}, [1], [2]),
        (
            rule_of("expect_column_values_to_be_in_set", column="a", value_set=[True]),
            {"a": [True, False, True]},
            [1],
            [],
        ),
        (rule_of("expect_column_values_to_not_be_null", column="a"), {"a": ["x", None, "y"]}, [1], []),
        (
            rule_of("expect_column_pair_values_to_be_equal", column_A="a", column_B="b"),
            {"a": ["x", "x", "x"], "b": ["x", "y", None]},
            [1],
            [2],
        ),
        (
            rule_of("expect_column_pair_values_a_to_be_greater_than_b", column_A="a", column_B="b", or_equal=True),
            {"a": [2.0, 1.0, np.nan], "b": [2.0, 2.0, 2.0]},
            [1],
            [2],
        ),
        (
            rule_of("expect_compound_columns_to_be_unique", column_list=["a", "b"]),
            {"a": ["x", "x", "x"], "b": [None, None, "y"]},
            [0, 1],
            [],
        ),
    ],
    ids=lambda item: item.expectation.type if isinstance(item, Rule) else None,
)
def test_each_type_names_the_wrong_rows_only(rule, columns, failing, unchecked):
    table = pd.DataFrame(columns, index=[7, 7, 9])  # positions count, whatever the index says
    assert find_failures(table, [rule])["the-rule"].tolist() == failing
    assert np.flatnonzero(~is_checked(table, rule)).tolist() == unchecked


def test_every_failing_row_of_many_is_named():
    table = pd.DataFrame({"a": np.arange(5000.0)})
    rule = rule_of("expect_column_values_to_be_between", column="a", max_value=999)
    assert find_failures(table, [rule])["the-rule"].tolist() == list(range(1000, 5000))


def test_a_rule_that_cannot_run_has_not_passed():
    table = pd.DataFrame({"a": ["text", "more"]})
    with pytest.raises(RuntimeError, match="the-rule could not be evaluated"):
        find_failures(table, [rule_of("expect_column_values_to_be_between", column="a", max_value=3)])


def test_an_empty_table_passes():
    table = pd.DataFrame({"a": pd.Series([], dtype=float)})
    assert (
        find_failures(table, [rule_of("expect_column_values_to_be_between", column="a", max_value=3)])["the-rule"].size
        == 0
    )


def test_only_one_module_imports_the_library():
    importing = set()
    for path in PACKAGE.rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            names = [alias.name for alias in node.names] if isinstance(node, ast.Import) else []
            names += [node.module or ""] if isinstance(node, ast.ImportFrom) else []
            if any(name.split(".")[0] == "great_expectations" for name in names):
                importing.add(path.relative_to(PACKAGE).as_posix())
    assert importing == {"contracts/expectations.py"}


OFFLINE_RUN = """
import socket, sys, threading

def refuse(*args, **kwargs):
    raise AssertionError("the network was asked for")

socket.socket.connect = socket.socket.connect_ex = socket.getaddrinfo = socket.create_connection = refuse
sys.path.insert(0, sys.argv[1])
import mande.contracts.check
assert "great_expectations" not in sys.modules, "imported before it is needed"
import pandas as pd
from mande.contracts.contract import read_contract
from mande.contracts.expectations import find_failures
from pathlib import Path
contract = read_contract(Path(sys.argv[2]))
rules = [rule for rule in contract.rules if rule.id == "known-value-status"]
found = find_failures(pd.DataFrame({"value_status": ["observed", "seen"]}), rules)
assert found["known-value-status"].tolist() == [1]
print([thread.name for thread in threading.enumerate()])
"""


def test_nothing_is_sent_and_no_file_is_left(tmp_path, contracts):
    for name in ("work", "home", "temporary"):
        (tmp_path / name).mkdir()
    environment = {"HOME": str(tmp_path / "home"), "TMPDIR": str(tmp_path / "temporary"), "PATH": "/usr/bin:/bin"}
    contract = contracts / "sources" / "published-statistics.odcs.yaml"
    done = subprocess.run(
        [sys.executable, "-W", "error::ResourceWarning", "-c", OFFLINE_RUN, str(PACKAGE.parent), str(contract)],
        cwd=tmp_path / "work",
        env=environment | {"PYTHONPATH": ":".join(sys.path), "MPLCONFIGDIR": str(tmp_path)},
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    assert done.stdout.strip() == "['MainThread']"
    assert [path for name in ("work", "home", "temporary") for path in (tmp_path / name).rglob("*")] == []

"""Every problem that a sender can be told has a Vietnamese text; the list and the code are compared."""

import ast
from pathlib import Path

import pytest

from mande.problem_wording import PROBLEMS_VI, in_vietnamese

SOURCES = Path(__file__).parents[2] / "mande" / "sources"
TOLD_TO_SENDERS = (
    "file_guard", "zip_parts", "xlsx_scan", "xls_scan", "ods_scan", "workbook_scan", "compound_file", "workbooks",
    "snapshot", "personal_data", "recognition", "superseding", "sent_cells", "arrivals", "received_register",
    "text_table", "text_rows", "tidy_sheet", "forms/form_layout",
)  # fmt: skip
"""Modules whose problems are about what was sent, not about a definition that an analyst writes."""
TO_THE_ANALYST = (
    "another process is taking in files",
    "this is no line of the register",
    "cannot be written",
    "wait until",
)
TO_THE_ANALYST += ("make the folder writable", "put back the register")


def templates(node: ast.AST, named: dict[str, list[ast.AST]]) -> set[str]:
    """Return the texts that an expression may be, `{}` for what is put into them."""
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        return {node.value}
    if isinstance(node, ast.JoinedStr):
        return {"".join(part.value if isinstance(part, ast.Constant) else "{}" for part in node.values)}
    if isinstance(node, ast.IfExp):
        return templates(node.body, named) | templates(node.orelse, named)
    if isinstance(node, ast.Name):
        return {text for value in named.get(node.id, ()) for text in templates(value, {})}
    return set()


def told(module: str) -> set[str]:
    """Return what a module says in its problems: found and what to do, and pairs of both that a function returns."""
    tree = ast.parse((SOURCES / f"{module}.py").read_text(encoding="utf-8"))
    named: dict[str, list[ast.AST]] = {}
    for node in ast.walk(tree):
        if isinstance(node, ast.Assign):
            for target in node.targets:
                named.setdefault(getattr(target, "id", ""), []).append(node.value)
    parts = []
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and getattr(node.func, "id", "") == "Problem":
            parts += node.args[1:]
        if isinstance(node, ast.Return) and isinstance(node.value, ast.Tuple) and len(node.value.elts) == 2:
            parts += node.value.elts
    return {text for part in parts for text in templates(part, named)} - {"", "{}"}


@pytest.mark.parametrize("module", TOLD_TO_SENDERS)
def test_every_problem_of_a_module_is_in_the_list(module):
    texts = {text for text in told(module) if not text.startswith(TO_THE_ANALYST)}
    assert texts - set(PROBLEMS_VI) == set()


def test_the_test_above_sees_texts():
    assert len({text for module in TOLD_TO_SENDERS for text in told(module)}) > 60


def test_both_languages_name_the_same_things():
    assert [key for key, text in PROBLEMS_VI.items() if key.count("{}") != text.count("{}")] == []


@pytest.mark.parametrize(
    ("english", "vietnamese"),
    [
        ("a b.xlsx sheet Số liệu column E", "a b.xlsx trang Số liệu cột E"),
        ('the unit was changed from "37" to "X37"', "đơn vị đã bị đổi từ “37” thành “X37”"),
        (
            "sheet Sheet column E: it holds names of persons; sheet Sheet column F: it holds identity numbers",
            "trang Sheet cột E: có họ tên người; trang Sheet cột F: có số định danh, căn cước",
        ),
        ("it is a picture, no table", "là hình ảnh, không phải bảng số liệu"),
        ("something new {x} happened", "something new {x} happened"),
        (
            "its content is no workbook, though its name ends in .x{0}",
            "nội dung không phải bảng tính dù tên có đuôi .x{0}",
        ),
    ],
)
def test_a_message_is_said_with_what_it_names(english, vietnamese):
    assert in_vietnamese(english) == vietnamese

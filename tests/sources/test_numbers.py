"""Numbers as people type them: every form, the decimal mark of a column, and what is asked instead of guessed."""

import datetime as dt
import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mande.sources.number_problems import NUMBER_PROBLEMS
from mande.sources.number_text import Locale
from mande.sources.numbers import Percent, read_number_column

COMMA, POINT = ["0,25", "12,5"], ["0.25", "12.5"]
"""Cells that prove the decimal mark of a column."""


def one(cell, evidence=(), **known):
    """Read one cell among others: its number and status, or the kind of its problem."""
    column = read_number_column([*evidence, cell], **known)
    problems = {problem.position: problem.kind for problem in column.problems}
    position = len(evidence)
    if position in problems:
        assert math.isnan(column.values[position]) and column.statuses[position] == ""
        return problems[position]
    value = column.values[position]
    return (None if math.isnan(value) else value), column.statuses[position]


@pytest.mark.parametrize(
    ("cell", "evidence", "value"),
    [
        ("4,5", (), 4.5),
        ("4.5", (), 4.5),
        ("1.234", COMMA, 1234),
        ("1.234", POINT, 1.234),
        ("1,234", POINT, 1234),
        ("1,234", COMMA, 1.234),
        ("1 234", (), 1234),
        ("1\u00a0234", (), 1234),
        ("1\u2009234\u202f567", (), 1234567),
        ("1.234,5", (), 1234.5),
        ("1,234.5", (), 1234.5),
        ("1.234.567", (), 1234567),
        ("1 234,567", (), 1234.567),
        ("0,234", (), 0.234),
        ("0.234", (), 0.234),
        ("1234,567", (), 1234.567),
        (" 12 ", (), 12),
        ("'123", (), 123),
        ("１２３，５", (), 123.5),
        ("12,3 (1)", (), 12.3),
        ("12,3(*)", (), 12.3),
        ("12,3*", (), 12.3),
        ("12,3¹", (), 12.3),
        ("15²", (), 15),
        ("-5", (), -5),
        ("−5", (), -5),
        ("–5,5", (), -5.5),
        ("- 5", (), -5),
        ("+5", (), 5),
        ("1,2e5", (), 120000),
        ("1.2E+05", (), 120000),
        ("3E-2", (), 0.03),
        (4.5, COMMA, 4.5),
        (1.234, (), 1.234),
        (0, (), 0),
        ("0", (), 0),
        (",5", (), 0.5),
    ],
)
def test_a_number(cell, evidence, value):
    assert one(cell, evidence) == (value, "observed")


@pytest.mark.parametrize(
    ("cell", "status"),
    [
        (None, "missing"),
        ("", "missing"),
        ("  ", "missing"),
        ("…", "missing"),
        ("..", "missing"),
        ("...", "missing"),
        (" … ", "missing"),
        ("Không có số liệu", "missing"),
        ("-", "not_applicable"),
        ("–", "not_applicable"),
        ("x", "not_applicable"),
        ("X", "not_applicable"),
        ("không áp dụng", "not_applicable"),
        ("<5", "suppressed"),
        ("< 5", "suppressed"),
        ("dưới 5", "suppressed"),
        ("(c)", "suppressed"),
        ("bảo mật", "suppressed"),
    ],
)
def test_a_sign_without_a_number(cell, status):
    assert one(cell) == (None, status)


@pytest.mark.parametrize(
    ("cell", "status"),
    [
        ("Sơ bộ 12,5", "provisional"),
        ("12,5 (Sơ bộ)", "provisional"),
        ("Prel. 12,5", "provisional"),
        ("Ước 12,5", "estimated"),
    ],
)
def test_a_word_that_gives_a_number_its_status(cell, status):
    assert one(cell) == (12.5, status)


@pytest.mark.parametrize(
    ("cell", "kind"),
    [
        ("1.234", "ambiguous_locale"),
        ("1,234", "ambiguous_locale"),
        ("không", "word_for_none"),
        ("Không có", "word_for_none"),
        ("KCT", "word_for_none"),
        ("KCT/không có", "word_for_none"),
        ("n/a", "word_for_none"),
        ("12/3", "two_numbers"),
        ("12 34", "two_numbers"),
        ("12; 3", "two_numbers"),
        ("12 - 15", "two_numbers"),
        ("12 (3,4)", "two_numbers"),
        ("12/03/2020", "date"),
        (dt.date(2024, 2, 1), "date"),
        (dt.datetime(2024, 2, 1, 3), "date"),
        (dt.time(3, 4), "date"),
        (True, "truth_value"),
        (float("inf"), "not_finite"),
        ("1e999", "not_finite"),
        (">95", "bound"),
        ("khoảng 20", "bound"),
        ("(5)", "brackets"),
        ("(1.234)", "brackets"),
        ("5-", "brackets"),
        ("1.23.456", "misplaced_marks"),
        ("1,2,3", "misplaced_marks"),
        ("12.3.2020,", "misplaced_marks"),
        ("5.", "misplaced_marks"),
        ("#N/A", "formula_error"),
        ("#DIV/0!", "formula_error"),
        ("=A1*2", "formula_without_value"),
        ("=cmd|'/c calc'!A1", "formula_without_value"),
        ("12 trẻ", "number_with_words"),
        ("l0", "number_with_words"),
        ("nhiều", "no_number"),
        ("<script>alert(1)</script>", "number_with_words"),
    ],
)
def test_what_is_asked_and_never_guessed(cell, kind):
    assert one(cell) == kind


@pytest.mark.parametrize("kind", sorted(NUMBER_PROBLEMS))
def test_every_problem_is_worded_in_both_languages(kind):
    wording = NUMBER_PROBLEMS[kind]
    assert len(set(wording)) == 4 and all(wording)
    assert "{found}" in wording.message_vi and "{found}" in wording.message_en


def test_a_problem_shows_the_cell_and_what_to_do():
    (problem,) = read_number_column(["5", "12/3"]).problems
    assert problem.position == 1
    assert (
        problem.message_en == '"12/3" is two numbers in one cell'
        and problem.cure_en == "write each number in its own cell"
    )
    assert problem.message_vi == '"12/3" là hai số trong một ô'
    assert len(read_number_column(["chữ " * 100]).problems[0].found) == 40


@pytest.mark.parametrize(("cell", "value"), [("4,5%", 4.5), ("4,5 %", 4.5), ("45%", 45), (Percent(4.5), 4.5)])
def test_a_per_cent_sign_is_told_and_the_number_stays_in_per_cent(cell, value):
    column = read_number_column([cell, 7])
    assert column.values.tolist() == [value, 7] and column.is_percent.tolist() == [True, False]


def test_one_cell_decides_for_the_whole_column_wherever_it_stands():
    column = read_number_column(["1.234", "2.345", "3,5"])
    assert column.values.tolist() == [1234, 2345, 3.5] and column.locale is Locale.COMMA
    assert read_number_column(["3.5", "1.234"]).values.tolist() == [3.5, 1.234]


def test_real_numbers_prove_no_locale():
    column = read_number_column([4.5, 1234.0, "1.234"])
    assert [problem.position for problem in column.problems] == [2] and column.locale is None


def test_a_column_that_contradicts_itself_names_the_odd_cell_and_asks_about_the_open_ones():
    column = read_number_column(["3,5", "4,5", "5.5", "1.234"])
    assert {p.position: p.kind for p in column.problems} == {2: "other_locale", 3: "ambiguous_locale"}
    assert column.values[:2].tolist() == [3.5, 4.5]


def test_a_clear_majority_still_decides():
    column = read_number_column(["3,5"] * 10 + ["5.5", "1.234"])
    assert {p.position: p.kind for p in column.problems} == {10: "other_locale"} and column.values[11] == 1234


def test_as_many_against_as_for_decides_nothing():
    column = read_number_column(["3,5", "5.5", "7"])
    assert {p.position: p.kind for p in column.problems} == {0: "other_locale", 1: "other_locale"}


def test_a_stated_locale_counts_and_shows_what_contradicts_it():
    column = read_number_column(["1.234", "3.5"], locale=Locale.COMMA)
    assert column.values[0] == 1234 and column.problems[0].kind == "other_locale"


def test_a_number_that_lost_its_decimal_mark_among_its_neighbours():
    column = read_number_column(["1.596", "1.623", "1.471", "1506", "1.5"], locale=Locale.POINT)
    assert {p.position: p.kind for p in column.problems} == {}  # the decimals differ: no telling
    column = read_number_column(["1.596", "1.623", "1.471", "1506"], locale=Locale.POINT)
    assert {p.position: p.kind for p in column.problems} == {3: "lost_separator"}
    assert one("1234", ["12,34", "11,82", "12,90"]) == "lost_separator"
    assert one("123", ["12,3", "11,8", "12,9"]) == (123, "observed")  # ten times as much may be true
    assert one("12", ["12,34", "11,82", "12,90"]) == (12, "observed")


def test_a_number_without_its_thousands_mark_is_the_same_number():
    assert read_number_column(["1.596", "1506"], locale=Locale.COMMA).values.tolist() == [1596, 1506]


def test_the_mapping_says_what_a_sign_means_here():
    assert one("không", signs={"Không": "zero"}) == (0, "observed")
    assert one("-", signs={"-": "zero"}) == (0, "observed")
    assert one("x", signs={"x": "suppressed"}) == (None, "suppressed")


def test_zero_missing_not_applicable_and_suppressed_stay_four_things():
    column = read_number_column([0, None, "-", "<5"])
    assert column.statuses.tolist() == ["observed", "missing", "not_applicable", "suppressed"]
    assert column.values[0] == 0 and all(math.isnan(value) for value in column.values[1:])


def written(number, locale, *, decimals):
    english = f"{number:,.{decimals}f}"
    return english if locale is Locale.POINT else english.translate(str.maketrans(",.", ".,"))


@given(
    numbers=st.lists(st.integers(-(10**12), 10**12), min_size=1, max_size=20),
    decimals=st.sampled_from([0, 1, 2, 4]),
    locale=st.sampled_from(Locale),
)
def test_what_is_written_in_one_way_comes_back(numbers, decimals, locale):
    exact = [number / 10**decimals for number in numbers]
    cells = [written(number, locale, decimals=decimals) for number in exact]
    evidence = [written(0.25, locale, decimals=2), written(12345.5, locale, decimals=1)] * 15
    column = read_number_column([*cells, *evidence])
    kept = {problem.position for problem in column.problems}
    assert all(problem.kind == "lost_separator" for problem in column.problems)
    for position, number in enumerate(exact):
        assert position in kept or column.values[position] == number


@given(st.lists(st.one_of(st.none(), st.text(max_size=12), st.floats(), st.booleans(), st.integers()), max_size=30))
def test_whatever_is_typed_is_a_number_a_status_or_a_problem(cells):
    column = read_number_column(cells)
    with_problem = {problem.position for problem in column.problems}
    for position in range(len(cells)):
        has_status, has_value = column.statuses[position] != "", not math.isnan(column.values[position])
        assert has_status != (position in with_problem)
        assert has_status or not has_value
        assert not has_value or column.statuses[position] in ("observed", "provisional", "estimated")


@given(st.permutations(["1.234", "3,5", "…", "12/3", "7", "2.345,5", "không"]))
def test_the_order_of_the_cells_does_not_matter(cells):
    column = read_number_column(cells)
    read = {cell: value for cell, value in zip(cells, column.values, strict=True) if not math.isnan(value)}
    assert read == {"1.234": 1234, "3,5": 3.5, "7": 7, "2.345,5": 2345.5}

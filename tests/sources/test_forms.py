"""Forms: what they ask, what they look like inside, and that what is filled in is what is read."""

import datetime as dt
import math
from dataclasses import replace
from io import BytesIO
from pathlib import Path
from tempfile import TemporaryDirectory

import openpyxl
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from mande.errors import DataError, DefinitionError
from mande.framework.agenda import Task
from mande.framework.citation import Citation, Document, Text
from mande.framework.indicator import Basis, Definition, Indicator
from mande.framework.model import Programme, Target, TargetLevel
from mande.framework.target import Result
from mande.sources.forms.form import SHEETS, Form, FormUnit, cell_of, form_tasks, hash_rows
from mande.sources.forms.form_layout import read_layout
from mande.sources.forms.form_origin import SIMULATION, UNIT_FORMS
from mande.sources.forms.form_reader import OBSERVATION_COLUMNS, is_form, read_form
from mande.sources.forms.form_remarks import read_form_notes, read_form_tasks
from mande.sources.forms.form_styles import banner
from mande.sources.forms.form_writer import form_bytes, write_form
from mande.sources.forms.questionnaire import FormRules, load_form_rules, questions
from mande.sources.reading import QUARANTINE_COLUMNS
from mande.sources.task_reports import COLUMNS as TASK_REPORT_COLUMNS
from mande.sources.workbooks import Sheet, read_sheets

FIGURES, COVER, TASKS, NOTES, HIDDEN = *(SHEETS[name] for name in ("figures", "cover", "tasks", "notes")), "_mande"
LONG_NAME = "Thị xã Phú Mỹ Hưng Đông Bắc Trung tâm số 9"
PERIOD_END = dt.date(2024, 12, 31)


def text(vi, en=None):
    return Text(vi=vi, en=en or vi)


CITED = Citation(document="1/QĐ", sources=("https://example.org",), confidence="text")


def indicator(name, **more):
    given = {"unit": "percent", "measure": "percentage", "ascending": True, "aggregation": "ratio_of_sums"}
    return Indicator(id=name, title=text(name), short=text(name), bases=("programme-report",), **given | more)


INDICATORS = (
    indicator(
        "REGISTERED", numerator=text("Số trẻ được đăng ký", "Registered"), denominator=text("Số trẻ", "Children")
    ),
    indicator("DEATHS", unit="per_100000_children", measure="rate", ascending=False),
    indicator("MARRIAGES", unit="cases", measure="count", aggregation="sum", ascending=False),
    indicator("SCORE", unit="points", measure="mean", aggregation="none"),
    indicator("IN_WORDS", measure="qualitative", aggregation="none"),
    indicator("SURVEYED", aggregation="none"),
)
RULES = FormRules.model_validate(
    {
        "version": "3",
        "dimensions": [
            {
                "id": "sex",
                "title": {"vi": "Giới tính", "en": "Sex"},
                "values": [
                    {"id": "M", "title": {"vi": "Nam", "en": "Male"}},
                    {"id": "F", "title": {"vi": "Nữ", "en": "Female"}},
                ],
            }
        ],
        "indicators": [{"indicator": "REGISTERED", "dimensions": ["sex"]}, {"indicator": "SCORE"}],
    }
)


@pytest.fixture(scope="module")
def programme():
    tasks = (
        Task(
            id="T1", title=text("Kế hoạch", "Plan"), responsible=text("UBND"), due_date=dt.date(2022, 6, 30),
            responsible_level="district", citation=CITED,
        ),
        Task(
            id="T2", title=text("Báo cáo", "Report"), responsible=text("UBND"), rhythm="yearly",
            responsible_level="district", citation=CITED,
        ),
        Task(id="T3", title=text("Khác"), responsible=text("UBND"), responsible_level="province", citation=CITED),
    )  # fmt: skip
    return Programme(
        id="plan",
        title=text("Chương trình", "Programme"),
        document=Document(number="1/QĐ", title=text("Quyết định"), issuer=text("Thủ tướng")),
        start_date=dt.date(2021, 1, 1),
        end_date=dt.date(2030, 12, 31),
        results=(Result(id="O1", level="outcome", title=text("Mục tiêu")),),
        bases=(Basis(id="programme-report", title=text("Báo cáo")),),
        indicators=INDICATORS,
        targets=tuple(
            Target(
                id=f"T-{one.id}", result="O1", indicator=one.id, citation=CITED,
                levels=(TargetLevel(year=2025, operator=">=", value=90.0),),
            )
            for one in INDICATORS
        ),
        tasks=tasks,
    )  # fmt: skip


@pytest.fixture(scope="module")
def form(programme):
    asked = questions(programme, RULES, level="district", period_end=PERIOD_END)
    tasks = form_tasks(programme, place_code="072", level="district", period=(dt.date(2024, 1, 1), PERIOD_END))
    unit = FormUnit("072", "district", LONG_NAME, "A district with a long name")
    return Form("plan", programme.title, unit, "2024", RULES.version, asked, tasks)


def read_back(form, answers=None, *, name="any name.xlsx", change=None):
    """Write the form with answers, let `change` edit the sheets as a list of rows, and read it."""
    sheets = sheets_of(form, answers)
    if change is not None:
        sheets = change(sheets)
    return read_form(Path(name), sheets, indicators=KNOWN, snapshot="s", received_date="2025-01-09")


KNOWN = {one.id for one in INDICATORS}


def sheets_of(form, answers=None):
    with TemporaryDirectory() as folder:
        path = Path(folder) / "form.xlsx"
        write_form(form, path, answers=answers)
        return read_sheets(path)


def answer(form, key, part):
    position = next(at for at, one in enumerate(form.questions) if one.key == key)
    return (FIGURES, cell_of(position, part))


def row_of(reading, key):
    name, dimension, value = key.split("|")
    table = reading.observations
    return table[
        (table["indicator"] == name) & (table["dimension"] == dimension) & (table["dimension_value"] == value)
    ].iloc[0]


REGISTERED, DEATHS, MARRIAGES = "REGISTERED|_T|_T", "DEATHS|_T|_T", "MARRIAGES|_T|_T"


# What is asked


def test_each_indicator_that_can_be_counted_is_asked(form):
    asked = [question.key for question in form.questions]
    assert asked == [REGISTERED, "REGISTERED|sex|M", "REGISTERED|sex|F", DEATHS, MARRIAGES, "SCORE|_T|_T"]
    assert [question.kind for question in form.questions] == ["ratio"] * 4 + ["count", "number"]


def test_groups_of_a_target_are_asked_too(programme):
    targets = (programme.targets[1].model_copy(update={"dimension": "sex", "dimension_value": "F"}),)
    asked = questions(programme.model_copy(update={"targets": targets}), RULES, level="district", period_end=PERIOD_END)
    assert [question.dimension_value for question in asked if question.indicator == "DEATHS"] == ["_T", "M", "F"]


def test_a_rule_names_the_levels_that_can_answer(programme):
    rules = FormRules.model_validate({"indicators": [{"indicator": "DEATHS", "levels": ["nation"]}]})
    asked = questions(programme, rules, level="district", period_end=PERIOD_END)
    assert "DEATHS" not in {question.indicator for question in asked}


def test_the_definition_is_the_one_that_held_at_the_end_of_the_period(programme):
    changed = INDICATORS[0].model_copy(
        update={
            "definitions": (
                Definition(id="old", title=text("cũ"), valid_to=dt.date(2017, 5, 31)),
                Definition(id="new", title=text("mới"), valid_from=dt.date(2017, 6, 1)),
            )
        }
    )
    rules = FormRules.model_validate({"indicators": [{"indicator": "REGISTERED", "definitions": ["new", "old"]}]})
    both = programme.model_copy(update={"indicators": (changed,)})
    for day, expected in ((dt.date(2016, 12, 31), "old"), (dt.date(2017, 12, 31), "new")):
        assert {one.definition for one in questions(both, rules, level="district", period_end=day)} == {expected}


def test_tasks_of_the_unit_are_those_due_in_the_period_or_once_before(form):
    assert [(task.task, task.due_date) for task in form.tasks] == [
        ("T1", dt.date(2022, 6, 30)),
        ("T2", dt.date(2024, 12, 31)),
    ]


def test_all_problems_of_the_rules_are_told_at_once(tmp_path):
    (tmp_path / "forms.yaml").write_text(
        "version: '1'\n"
        "indicators:\n"
        "  - {indicator: REGISTRED}\n"
        "  - {indicator: DEATHS, dimensions: [height], basis: nowhere}\n",
        encoding="utf-8",
    )
    with pytest.raises(DefinitionError) as caught:
        load_form_rules(tmp_path, {one.id: one for one in INDICATORS})
    told = str(caught.value)
    assert (
        "forms.yaml:3 indicators[0].indicator: there is no indicator 'REGISTRED' → did you mean 'REGISTERED'?" in told
    )
    assert "'height' is not known for DEATHS" in told and "'nowhere' is not known for DEATHS" in told


def test_an_unknown_key_of_the_rules_is_refused(tmp_path):
    (tmp_path / "forms.yaml").write_text("dimension: []\n", encoding="utf-8")
    with pytest.raises(DefinitionError, match="unknown key 'dimension' → did you mean 'dimensions'"):
        load_form_rules(tmp_path, {})


def test_a_folder_without_rules_asks_by_default(tmp_path):
    assert load_form_rules(tmp_path, {}) == FormRules()


# The workbook


def opened(form, answers=None):
    return openpyxl.load_workbook(BytesIO(form_bytes(form, answers=answers)))


def test_only_input_cells_are_unlocked(form):
    book = opened(form)
    assert all(book[name].protection.sheet for name in (*SHEETS.values(), HIDDEN))
    figures = {cell.coordinate for row in book[FIGURES].iter_rows() for cell in row if not cell.protection.locked}
    expected = {cell_of(at, part) for at, one in enumerate(form.questions) for part in (*one.parts, "status", "note")}
    assert figures == expected
    assert {c.coordinate for row in book[COVER].iter_rows() for c in row if not c.protection.locked} == {"C14", "C15"}


def test_number_cells_take_whole_numbers_and_no_numerator_above_its_denominator(form):
    checks = opened(form)[FIGURES].data_validations.dataValidation
    by_cell = {str(check.sqref): check for check in checks}
    assert by_cell["D8:D10"].type == "whole" and by_cell["D8:D10"].formula1 == "0"
    assert by_cell["D8:D10"].formula2 == "IF(ISNUMBER(E8),E8,999999999)"
    assert by_cell["E8:E10"].formula1 == "N(D8)"
    assert "numerator" in by_cell["D8:D10"].error and "Tử số" in by_cell["D8:D10"].error
    assert by_cell["D8:D10"].prompt == "Số trẻ được đăng ký\nRegistered"
    assert by_cell["H8:H13"].formula1.startswith('"số liệu,số sơ bộ') and by_cell["H8:H13"].type == "list"


def test_the_page_is_ready_to_print(form):
    sheet = opened(form)[FIGURES]
    assert (int(sheet.page_setup.paperSize), sheet.page_setup.orientation) == (9, "landscape")
    assert sheet.print_title_rows == "$6:$7" and sheet.freeze_panes == "D8"
    assert "&P" in sheet.oddFooter.right.text and LONG_NAME in sheet.oddFooter.left.text
    assert sheet["B8"].font.name == "Times New Roman"


def test_the_same_form_is_the_same_bytes(form):
    assert form_bytes(form) == form_bytes(form)
    assert opened(form).properties.created == dt.datetime(2021, 1, 1)  # not the day on which it is written


def test_the_file_name_is_code_and_period(form):
    assert form.file_name == "072_2024.xlsx"
    assert replace(form, period="2024-01/2024-06").file_name == "072_2024-01_2024-06.xlsx"


def test_text_is_never_a_formula(form):
    reading = read_back(form, {answer(form, REGISTERED, "note"): "=cmd|' /C calc'!A0"})
    assert row_of(reading, REGISTERED)["note"] == "=cmd|' /C calc'!A0"
    book = opened(form, {answer(form, REGISTERED, "note"): "=1+1"})
    assert book[FIGURES]["I8"].data_type == "s"


# Filled in and read back

counts = st.integers(0, 10**8)
decimals = st.integers(0, 10**9).map(lambda thousandths: thousandths / 1000)
"""As people type them: a workbook keeps sixteen digits."""


@st.composite
def filled(draw, n=4):
    """Numerators and denominators of the four ratios; a row may be blank."""
    rows = []
    for _ in range(n):
        denominator = draw(counts)
        rows.append(draw(st.none() | st.tuples(st.integers(0, denominator), st.just(denominator))))
    return rows


@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(rows=filled(), cases=st.none() | counts, score=st.none() | decimals)
def test_what_is_filled_in_is_read(form, rows, cases, score):
    answers = {
        (FIGURES, cell_of(at, part)): number
        for at, row in enumerate(rows)
        if row
        for part, number in zip(("numerator", "denominator"), row, strict=True)
    }
    answers |= {
        (FIGURES, cell_of(at, "value")): number for at, number in ((4, cases), (5, score)) if number is not None
    }
    reading = read_back(form, answers)
    assert reading.quarantined.empty and len(reading.observations) == len(form.questions)
    for at, row in enumerate(rows):
        told = reading.observations.iloc[at]
        factor = 100_000 if at == 3 else 100
        if row is None:
            assert told["value_status"] == "missing" and math.isnan(told["numerator"])
        elif row[1] == 0:
            assert told["value_status"] == "not_applicable" and math.isnan(told["value"])
        else:
            assert (told["numerator"], told["denominator"]) == row and told["value"] == row[0] / row[1] * factor
            assert (told["numerator_cell"], told["denominator_cell"], told["cell"]) == (
                f"D{8 + at}",
                f"E{8 + at}",
                f"D{8 + at}",
            )
    for at, number in ((4, cases), (5, score)):
        told = reading.observations.iloc[at]
        assert told["value"] == number if number is not None else math.isnan(told["value"])


def test_an_observation_says_where_it_comes_from(form):
    answers = {answer(form, REGISTERED, "numerator"): 8, answer(form, REGISTERED, "denominator"): 10}
    answers[COVER, "C14"] = "Phòng Y tế"
    reading = read_back(form, answers)
    told = row_of(reading, REGISTERED)
    assert list(reading.observations.columns) == OBSERVATION_COLUMNS
    assert list(reading.quarantined.columns) == list(QUARANTINE_COLUMNS)
    expected = {
        "place_code": "072", "period": "2024", "file": "any name.xlsx", "sheet": "Số liệu", "snapshot": "s",
        "received_date": "2025-01-09", "form_version": "3", "sender": "Phòng Y tế", "source": UNIT_FORMS,
        "basis": "programme-report", "unit": "percent", "value": 80.0, "value_status": "observed",
    }  # fmt: skip
    assert {key: told[key] for key in expected} == expected
    assert (reading.kind, reading.place_code, reading.period, reading.programme, reading.form_version) == (
        "form", "072", "2024", "plan", "3",
    )  # fmt: skip


@pytest.mark.parametrize(
    ("status", "numbers", "expected"),
    [
        ("số sơ bộ", (1, 2), ("provisional", 50.0)),
        ("estimated", (1, 2), ("estimated", 50.0)),
        ("không có hiện tượng", (None, 4), ("observed", 0.0)),
        ("chưa thu thập", (None, None), ("missing", None)),
        ("không áp dụng", (None, None), ("not_applicable", None)),
        (None, ("-", 4), ("observed", 0.0)),
        (None, ("…", "…"), ("missing", None)),
        (None, (0, 0), ("not_applicable", None)),
        (None, ("1.234", "2 468"), ("observed", 50.0)),
    ],
)
def test_status_and_signs(form, status, numbers, expected):
    answers = {answer(form, REGISTERED, "status"): status}
    for part, number in zip(("numerator", "denominator"), numbers, strict=True):
        answers[answer(form, REGISTERED, part)] = number
    reading = read_back(form, answers)
    told = row_of(reading, REGISTERED)
    assert reading.quarantined.empty
    assert told["value_status"] == expected[0]
    assert told["value"] == expected[1] if expected[1] is not None else math.isnan(told["value"])


@pytest.mark.parametrize(
    ("answers", "cell", "check"),
    [
        ({"numerator": "12/3", "denominator": 20}, "D8", "number.two_numbers"),
        ({"numerator": "12 trẻ", "denominator": 20}, "D8", "number.number_with_words"),
        ({"numerator": 12.5, "denominator": 20}, "D8", "form.not_whole"),
        ({"numerator": "95,2%", "denominator": 20}, "D8", "form.percent_instead_of_count"),
        ({"numerator": 12}, "E8", "form.part_missing"),
        ({"denominator": 12}, "D8", "form.part_missing"),
        ({"status": "số liệu"}, "D8", "form.number_missing"),
        ({"status": "không có hiện tượng", "numerator": 3, "denominator": 4}, "D8", "form.status_contradicts"),
        ({"status": "không có hiện tượng"}, "E8", "form.part_missing"),
        ({"status": "chưa thu thập", "denominator": 4}, "E8", "form.status_contradicts"),
        ({"status": "tốt", "numerator": 3, "denominator": 4}, "H8", "form.unknown_status"),
    ],
)
def test_what_cannot_be_taken_over_is_set_aside_with_its_cell(form, answers, cell, check):
    reading = read_back(form, {answer(form, REGISTERED, part): said for part, said in answers.items()})
    assert len(reading.quarantined) == 1
    aside = reading.quarantined.iloc[0]
    assert (aside["cell"], aside["check_id"], aside["sheet"], aside["indicator"]) == (
        cell,
        check,
        FIGURES,
        "REGISTERED",
    )
    assert all(aside[f"{kind}_{lang}"] for kind in ("message", "cure") for lang in ("vi", "en"))


def test_the_good_part_of_a_row_stays(form):
    reading = read_back(
        form, {answer(form, REGISTERED, "numerator"): "12/3", answer(form, REGISTERED, "denominator"): 20}
    )
    told = row_of(reading, REGISTERED)
    assert told["denominator"] == 20 and math.isnan(told["numerator"]) and math.isnan(told["value"])
    assert told["value_status"] == "missing"


def test_nothing_is_lost(form):
    """Every number cell that holds something is an observation's number or stands in quarantine."""
    answers = {(FIGURES, cell_of(at, part)): at + 1 for at, one in enumerate(form.questions) for part in one.parts}
    answers[answer(form, REGISTERED, "numerator")] = "nhiều"
    answers[answer(form, DEATHS, "denominator")] = "1/2"
    reading = read_back(form, answers)
    table = reading.observations
    is_ratio = table["numerator_cell"] != ""
    taken = table["numerator"].count() + table["denominator"].count() + table.loc[~is_ratio, "value"].count()
    assert taken + (reading.quarantined["found"] != "").sum() == len(answers)


def test_implausible_numbers_are_read_and_left_to_the_contracts(form):
    answers = {answer(form, REGISTERED, "numerator"): 30, answer(form, REGISTERED, "denominator"): 20}
    answers |= {answer(form, MARRIAGES, "value"): -4}
    reading = read_back(form, answers)
    assert reading.quarantined.empty
    assert row_of(reading, REGISTERED)["value"] == 150 and row_of(reading, MARRIAGES)["value"] == -4


def test_an_indicator_that_no_longer_exists_is_set_aside(form):
    sheets = sheets_of(form, {answer(form, MARRIAGES, "value"): 4})
    reading = read_form(Path("f.xlsx"), sheets, indicators=KNOWN - {"MARRIAGES"})
    assert list(reading.quarantined["check_id"]) == ["form.unknown_indicator"]
    assert reading.quarantined.iloc[0]["found"] == "4"


# Recognised by the inside


def test_a_form_is_known_by_its_inside(form):
    assert is_form(sheets_of(form)) and not is_form([Sheet("Số liệu", (("TT", "Chỉ tiêu"),))])


def test_an_older_version_is_read_by_its_own_layout(form):
    """The form of last year asked for other rows; today's rules are not needed to read it."""
    old = replace(form, version="2", questions=form.questions[3:])
    reading = read_back(old, {(FIGURES, cell_of(0, "numerator")): 1, (FIGURES, cell_of(0, "denominator")): 1000})
    assert reading.form_version == "2" and reading.observations.iloc[0]["indicator"] == "DEATHS"
    assert reading.observations.iloc[0]["value"] == 100.0


def with_cell(sheets, name, row, column, value):
    def changed(sheet):
        rows = [list(cells) for cells in sheet.rows]
        rows[row][column] = value
        return replace(sheet, rows=tuple(map(tuple, rows)))

    return tuple(changed(sheet) if sheet.name == name else sheet for sheet in sheets)


def rehashed(sheets):
    rows = [[str(cell or "") for cell in row] for row in next(s for s in sheets if s.name == HIDDEN).rows]
    rows[-1] = ["hash", hash_rows(rows[:-1])]
    return tuple(replace(s, rows=tuple(map(tuple, rows))) if s.name == HIDDEN else s for s in sheets)


def hidden_row(sheets, key):
    rows = next(sheet for sheet in sheets if sheet.name == HIDDEN).rows
    return next(at for at, row in enumerate(rows) if len(row) > 1 and row[1] == key)


def without(sheets, name):
    return tuple(sheet for sheet in sheets if sheet.name != name)


def with_row_inserted(sheets):
    figures = next(sheet for sheet in sheets if sheet.name == FIGURES)
    rows = (*figures.rows[:9], (None,) * 10, *figures.rows[9:])
    return tuple(replace(sheet, rows=rows) if sheet.name == FIGURES else sheet for sheet in sheets)


@pytest.mark.parametrize(
    ("change", "told"),
    [
        (lambda sheets: without(sheets, HIDDEN), "the hidden sheet of this form was removed"),
        (lambda sheets: without(sheets, NOTES), "sheet Ghi chú: the sheet was removed or renamed"),
        (lambda sheets: with_cell(sheets, HIDDEN, 2, 2, "073"), "the hidden sheet of this form was edited"),
        (lambda sheets: with_cell(sheets, HIDDEN, 0, 1, "9"), "is not known here"),
        (lambda sheets: with_cell(sheets, FIGURES, 2, 8, "073"), 'cell I3: the unit was changed from "072" to "073"'),
        (lambda sheets: with_cell(sheets, COVER, 9, 2, 72.0), 'cell C10: the unit was changed from "072" to "72"'),
        (lambda sheets: with_cell(sheets, FIGURES, 3, 8, "2023"), 'the period was changed from "2024" to "2023"'),
        (with_row_inserted, "rows were added, deleted or moved"),
        (lambda sheets: rehashed(with_cell(sheets, HIDDEN, hidden_row(sheets, "period"), 2, "2")), "is not a period"),
        (lambda sheets: rehashed(with_cell(sheets, HIDDEN, hidden_row(sheets, "REGISTERED"), 11, "x")), "not those of a form"),
    ],
)  # fmt: skip
def test_a_form_whose_inside_was_changed_is_refused(form, change, told):
    assert is_form(change(sheets_of(form)))
    with pytest.raises(DataError) as caught:
        read_back(form, change=change)
    assert told in str(caught.value) and " → " in str(caught.value)


# Made-up forms


@pytest.fixture(scope="module")
def made_up(form):
    return replace(form, is_made_up=True)


def test_a_made_up_form_says_so_on_every_sheet_and_in_every_observation(made_up):
    sheets = sheets_of(made_up, {answer(made_up, MARRIAGES, "value"): 3})
    assert banner() == "SỐ LIỆU MÔ PHỎNG / SIMULATED DATA"
    assert all(sheet.rows[0][0] == banner() for sheet in sheets if sheet.name != HIDDEN)
    reading = read_form(Path("f.xlsx"), sheets, indicators=KNOWN)
    assert set(reading.observations["source"]) == {SIMULATION} and read_layout(Path("f.xlsx"), sheets).is_made_up
    book = opened(made_up)
    assert {one.name: one.value for one in book.custom_doc_props.props}["mande made up"] == "yes"


@pytest.mark.parametrize(
    ("change", "told"),
    [
        (lambda sheets: with_cell(sheets, FIGURES, 0, 0, None), "the mark of made-up data was changed"),
        (lambda sheets: with_cell(sheets, HIDDEN, hidden_row(sheets, "is_made_up"), 2, "no"), "was edited"),
        (
            lambda sheets: rehashed(with_cell(sheets, HIDDEN, hidden_row(sheets, "is_made_up"), 2, "no")),
            "contradict each other",
        ),
        (lambda sheets: without(sheets, HIDDEN), "the hidden sheet of this form was removed"),
    ],
)
def test_the_mark_cannot_be_taken_away_in_silence(made_up, change, told):
    with pytest.raises(DataError, match=told):
        read_back(made_up, change=change)


def test_a_made_up_and_a_real_form_never_share_an_id(form, made_up):
    assert form.form_id != made_up.form_id and made_up.form_id.startswith("MP-")


# Tasks and notes


def test_tasks_are_read_in_the_layout_of_task_reports(form):
    answers = {(TASKS, "D8"): dt.date(2022, 6, 1), (TASKS, "E8"): "12/KH-UBND", (TASKS, "D9"): "31/12/2024"}
    tasks, set_aside = read_form_tasks(Path("f.xlsx"), sheets_of(form, answers))
    assert list(tasks.columns[: len(TASK_REPORT_COLUMNS)]) == list(TASK_REPORT_COLUMNS) and set_aside.empty
    assert list(tasks["task"]) == ["T1", "T2"] and list(tasks["evidence"]) == ["12/KH-UBND", ""]
    assert [day.date() for day in tasks["done_date"]] == [dt.date(2022, 6, 1), dt.date(2024, 12, 31)]
    assert [day.date() for day in tasks["due_date"]] == [dt.date(2022, 6, 30), dt.date(2024, 12, 31)]
    assert list(tasks["cell"]) == ["D8", "D9"]


def test_a_plan_without_indicators_is_reported_on_by_its_tasks(form):
    only_tasks = replace(form, questions=())
    sheets = sheets_of(only_tasks, {(TASKS, "E8"): "12/KH-UBND"})
    tasks, _ = read_form_tasks(Path("f.xlsx"), sheets)
    reading = read_form(Path("f.xlsx"), sheets, indicators=KNOWN)
    assert list(tasks["evidence"]) == ["12/KH-UBND"] and reading.observations.empty
    assert list(reading.observations.columns) == OBSERVATION_COLUMNS


def test_a_date_that_is_none_is_set_aside(form):
    tasks, set_aside = read_form_tasks(Path("f.xlsx"), sheets_of(form, {(TASKS, "D8"): "31/02/2024"}))
    assert tasks["done_date"].isna().all() and len(tasks) == 1
    assert set_aside.iloc[0][["cell", "check_id", "found"]].tolist() == ["D8", "form.wrong_date", "31/02/2024"]


def test_notes_are_read_with_their_place(form):
    answers = {(NOTES, "A5"): "Sáp nhập xã", answer(form, DEATHS, "note"): "tăng do lũ"}
    notes = read_form_notes(Path("f.xlsx"), sheets_of(form, answers))
    assert notes[["sheet", "cell", "indicator", "note"]].to_numpy().tolist() == [
        ["Ghi chú", "A5", "", "Sáp nhập xã"],
        ["Số liệu", "I11", "DEATHS", "tăng do lũ"],
    ]

"""The sheet of figures of a form: one row per indicator and population group."""

import math
from typing import Any

from xlsxwriter.worksheet import Worksheet

from mande.framework.citation import Text
from mande.sources.forms.answers import Answers, write_answer
from mande.sources.forms.form import CODE_CELL, FIRST_ROW, FORM_ID_CELL, PERIOD_CELL, SHEETS, Form, cell_of
from mande.sources.forms.form_styles import Styles, messages, set_page, text_check
from mande.sources.forms.questionnaire import Question, multiplier
from mande.sources.forms.wording import Words, both, form_words, unit_words
from mande.vocabulary import TOTAL

SHEET = SHEETS["figures"]
WIDTHS = {"A": 5, "B": 58, "C": 17, "D": 14, "E": 14, "F": 12, "G": 15, "H": 16, "I": 24, "J": 10}
HEADINGS = ("number", "indicator", "group", "numerator", "denominator", "value", "unit", "status", "note", "key")
HEAD_CODES = ("A", "B", "C", "1", "2", "3 = 1 : 2", "D", "4", "5", "")
LARGEST_COUNT = 999_999_999
POINTS_PER_LINE = 14.5


def write_figures(sheet: Worksheet, form: Form, styles: Styles, answers: Answers) -> None:
    """Write the sheet: head, one row per question with its input cells, checks, and how it prints."""
    words = form_words()["figures"]
    set_page(sheet, form, styles, is_landscape=True, width=len(HEADINGS))
    for letter, width in WIDTHS.items():
        sheet.set_column(f"{letter}:{letter}", width)
    _write_head(sheet, form, words, styles)
    if not form.questions:
        sheet.merge_range("A8:J8", both(words["none"]), styles.wrapped)
        sheet.set_row(FIRST_ROW - 1, 34)
        return
    numbers = _numbers(form.questions)
    for position, question in enumerate(form.questions):
        _write_question(sheet, position, question, number=numbers[position], styles=styles)
        _write_answers(sheet, position, question, styles, answers)
    last = FIRST_ROW + len(form.questions) - 1
    _add_number_checks(sheet, form.questions)
    _add_checks(sheet, last, styles)
    sheet.freeze_panes(FIRST_ROW - 1, 3)
    sheet.repeat_rows(FIRST_ROW - 3, FIRST_ROW - 2)
    sheet.print_area(0, 0, last - 1, len(HEADINGS) - 1)


def _write_head(sheet: Worksheet, form: Form, words: dict[str, Words], styles: Styles) -> None:
    cover = form_words()["cover"]
    sheet.set_row(1, 40)
    sheet.merge_range("A2:G2", both(words["title"]), styles.title)
    sheet.merge_range("A3:G3", f"{form.unit.name_vi} / {form.unit.name_en}", styles.section)
    sheet.merge_range("A4:G4", f"{form.programme_title.vi} / {form.programme_title.en}", styles.wrapped)
    sheet.set_row(3, 32)
    facts = (("form_id", FORM_ID_CELL, form.form_id), ("code", CODE_CELL, form.unit.place_code))
    for key, cell, value in (*facts, ("period", PERIOD_CELL, form.period)):
        sheet.write_string(f"H{cell[1:]}", both(cover[key]), styles.label)
        sheet.write_string(cell, value, styles.fact)
    sheet.set_row(2, 32)
    sheet.set_row(FIRST_ROW - 3, 36)
    for column, (key, code) in enumerate(zip(HEADINGS, HEAD_CODES, strict=True)):
        sheet.write_string(FIRST_ROW - 3, column, both(words[key]), styles.head)
        sheet.write_string(FIRST_ROW - 2, column, code, styles.head_code)


def _numbers(questions: tuple[Question, ...]) -> list[str]:
    """Number the totals 1, 2, 3; population groups have no number of their own."""
    numbers, last = [], 0
    for question in questions:
        last += question.dimension == TOTAL
        numbers.append(str(last) if question.dimension == TOTAL else "")
    return numbers


def _write_question(sheet: Worksheet, position: int, question: Question, *, number: str, styles: Styles) -> None:
    row = FIRST_ROW - 1 + position
    is_total = question.dimension == TOTAL
    said = _said(question) if is_total else _said_of_group(question)
    lines = sum(math.ceil(len(line) / 66) for line in said.split("\n")) if is_total else 2
    sheet.set_row(row, POINTS_PER_LINE * lines + 3)
    sheet.write_string(row, 0, number, styles.number)
    sheet.write_string(row, 1, said, styles.indicator if is_total else styles.group)
    sheet.write_string(row, 2, _two_lines(question.group), styles.text_bold if is_total else styles.group)
    sheet.write_string(row, 6, both(unit_words(question.unit)), styles.group)
    sheet.write_string(row, 9, question.key, styles.small)


def _said(question: Question) -> str:
    """Title in both languages and, of a ratio, what is counted in columns 1 and 2; prompts hold the English."""
    lines = [question.title.vi, question.title.en]
    if question.kind == "ratio":
        lines += [f"(1) {question.numerator.vi}", f"(2) {question.denominator.vi}"]
    return "\n".join(lines)


def _said_of_group(question: Question) -> str:
    of_which = form_words()["figures"]["of_which"]
    return f"{question.short.vi}, {of_which['vi']}\n{question.short.en}, {of_which['en']}"


def _write_answers(sheet: Worksheet, position: int, question: Question, styles: Styles, answers: Answers) -> None:
    given = {part: answers.get((SHEET, cell_of(position, part))) for part in (*question.parts, "status", "note")}
    for part in ("numerator", "denominator", "value"):
        if part in question.parts:
            style = styles.input_number if question.kind == "number" else styles.input_count
            write_answer(sheet, cell_of(position, part), given[part], style)
        elif part != "value":
            sheet.write_blank(cell_of(position, part), None, styles.grey)
    if question.kind == "ratio":
        _write_result(sheet, position, question, styles, given)
    write_answer(sheet, cell_of(position, "status"), given["status"], styles.input_status)
    write_answer(sheet, cell_of(position, "note"), given["note"], styles.input_text)


def _write_result(sheet: Worksheet, position: int, question: Question, styles: Styles, given: dict[str, Any]) -> None:
    """Let Excel compute the ratio; it stands there computed, so that it can be read without Excel, too."""
    top, bottom = cell_of(position, "numerator"), cell_of(position, "denominator")
    factor = multiplier(question.unit)
    formula = f'=IF(AND(ISNUMBER({top}),ISNUMBER({bottom}),N({bottom})>0),{top}/{bottom}*{factor:.0f},"")'
    numbers = [given["numerator"], given["denominator"]]
    is_known = all(isinstance(one, int | float) for one in numbers) and numbers[1] > 0
    value = numbers[0] / numbers[1] * factor if is_known else ""
    sheet.write_formula(cell_of(position, "value"), formula, styles.result, value)


def _add_number_checks(sheet: Worksheet, questions: tuple[Question, ...]) -> None:
    """One check per indicator and column: the rows of its groups stand below its total and count the same."""
    starts = [at for at, one in enumerate(questions) if not at or one.indicator != questions[at - 1].indicator]
    for start, end in zip(starts, [*starts[1:], len(questions)], strict=True):
        for part in questions[start].parts:
            span = f"{cell_of(start, part)}:{cell_of(end - 1, part)}"
            sheet.data_validation(span, _number_check(start, questions[start], part))


def _number_check(position: int, question: Question, part: str) -> dict[str, Any]:
    """Non-negative; counts are whole; the numerator of a ratio is at most its denominator, whichever comes first."""
    checks = form_words()["checks"]
    if question.kind == "number":
        return {
            "validate": "decimal",
            "criteria": ">=",
            "value": 0,
            **messages(checks["number"], _text(question.title)),
        }
    low, high = "0", str(LARGEST_COUNT)
    prompt, error = question.title, checks["whole"]
    if question.kind == "ratio":
        other = cell_of(position, "denominator" if part == "numerator" else "numerator")
        prompt = question.numerator if part == "numerator" else question.denominator
        error = {lang: f"{checks['whole'][lang]} {checks['not_above'][lang]}" for lang in ("vi", "en")}
        low = low if part == "numerator" else f"=N({other})"
        high = f"=IF(ISNUMBER({other}),{other},{high})" if part == "numerator" else high
    limits = {"validate": "integer", "criteria": "between", "minimum": low, "maximum": high}
    return limits | messages(error, _text(prompt))


def _add_checks(sheet: Worksheet, last: int, styles: Styles) -> None:
    """One list of statuses, one limit of notes, and two colours for what the checks let through when one pastes."""
    words = form_words()
    statuses = [status["vi"] for status in words["statuses"].values()]
    prompt = words["checks"]["status"]
    choice = {"validate": "list", "source": statuses, **messages(prompt, prompt)}
    sheet.data_validation(f"H{FIRST_ROW}:H{last}", choice)
    sheet.data_validation(f"I{FIRST_ROW}:I{last}", text_check(words["checks"]["text"]))
    span, first = f"D{FIRST_ROW}:E{last}", FIRST_ROW
    above = f"=AND(ISNUMBER($D{first}),ISNUMBER($E{first}),$D{first}>$E{first})"
    sheet.conditional_format(span, {"type": "formula", "criteria": above, "format": styles.wrong})
    half = f'=AND(D{first}="",$D{first}&$E{first}<>"",$F{first}="",$A{first}<>"-")'
    sheet.conditional_format(span, {"type": "formula", "criteria": half, "format": styles.blank_part})


def _two_lines(text: Text) -> str:
    return both(_text(text))


def _text(text: Text) -> Words:
    return {"vi": text.vi, "en": text.en}

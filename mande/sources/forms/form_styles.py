"""How a form looks: the fonts, fills and borders of its cells, its pages, and the checks of its input cells."""

from datetime import date
from typing import Any

from xlsxwriter.workbook import Workbook
from xlsxwriter.worksheet import Worksheet

from mande.sources.forms.form import Form
from mande.sources.forms.wording import Words, both, form_words

FONT = "Times New Roman"
INPUT_FILL = "#FFF9DB"
HEAD_FILL = "#E8EEF4"
LONGEST_TEXT = 300
"""Characters of a note: enough for a reason, too few for a case file."""

PROTECTION = {"format_columns": True, "format_rows": True, "select_locked_cells": True}
"""A reader may widen a column, but not add, delete or overwrite rows."""

_BORDERED = {"border": 1, "border_color": "#7F8C99"}
_LOOKS: dict[str, dict[str, Any]] = {
    "nation": {"bold": True, "align": "center"},
    "motto": {"bold": True, "align": "center", "underline": 1},
    "english": {"italic": True, "align": "center", "font_size": 10, "font_color": "#555555"},
    "title": {"bold": True, "align": "center", "font_size": 15, "text_wrap": True},
    "subtitle": {"align": "center", "text_wrap": True},
    "banner": {"bold": True, "align": "center", "font_size": 14, "font_color": "#FFFFFF", "bg_color": "#B3261E"},
    "label": {"text_wrap": True, "bg_color": HEAD_FILL, **_BORDERED},
    "fact": {"text_wrap": True, "bold": True, **_BORDERED},
    "section": {"bold": True, "bottom": 1},
    "wrapped": {"text_wrap": True, "valign": "top"},
    "step": {"align": "center", "valign": "top"},
    "stamp": {"text_wrap": True, "align": "center", "bold": True},
    "head": {"text_wrap": True, "bold": True, "align": "center", "bg_color": HEAD_FILL, **_BORDERED},
    "head_code": {"italic": True, "align": "center", "font_size": 10, **_BORDERED},
    "number": {"align": "center", **_BORDERED},
    "text": {"text_wrap": True, **_BORDERED},
    "indicator": {"text_wrap": True, "font_size": 11, **_BORDERED},
    "text_bold": {"text_wrap": True, "bold": True, **_BORDERED},
    "group": {"text_wrap": True, "indent": 1, "font_size": 10, **_BORDERED},
    "small": {"font_size": 7, "font_color": "#8A8A8A", "text_wrap": True, **_BORDERED},
    "grey": {"bg_color": "#ECECEC", **_BORDERED},
    "result": {"num_format": "#,##0.00", "align": "right", **_BORDERED},
    "input_count": {"num_format": "#,##0", "locked": False, "bg_color": INPUT_FILL, **_BORDERED},
    "input_number": {"num_format": "#,##0.###", "locked": False, "bg_color": INPUT_FILL, **_BORDERED},
    "input_text": {"text_wrap": True, "locked": False, "bg_color": INPUT_FILL, "valign": "top", **_BORDERED},
    "input_status": {"text_wrap": True, "locked": False, "bg_color": INPUT_FILL, "font_size": 10, **_BORDERED},
    "input_date": {"num_format": "dd/mm/yyyy", "locked": False, "bg_color": INPUT_FILL, **_BORDERED},
    "wrong": {"bg_color": "#F6B8B4"},
    "blank_part": {"bg_color": "#FFD27F"},
}


class Styles:
    """The formats of one workbook, by name, each made when it is first used."""

    def __init__(self, workbook: Workbook):
        self._workbook = workbook
        self._made: dict[str, Any] = {}

    def __getattr__(self, name: str) -> Any:
        if name not in _LOOKS:
            raise AttributeError(name)
        if name not in self._made:
            plain = {"font_name": FONT, "font_size": 12, "valign": "vcenter"}
            is_conditional = name in ("wrong", "blank_part")
            self._made[name] = self._workbook.add_format(_LOOKS[name] if is_conditional else plain | _LOOKS[name])
        return self._made[name]


def set_page(sheet: Worksheet, form: Form, styles: Styles, *, is_landscape: bool, width: int) -> None:
    """Set A4, margins, page numbers and, on made-up forms, the banner in the first row."""
    sheet.set_paper(9)
    if is_landscape:
        sheet.set_landscape()
    sheet.set_margins(left=0.5, right=0.5, top=0.6, bottom=0.7)
    sheet.fit_to_pages(1, 0)
    sheet.hide_gridlines(2)
    page = form_words()["footer"]
    name = form.unit.name_vi.replace("&", "&&")
    named = f"{name} ({form.unit.place_code}) · {form.period} · {form.form_id}"
    mark = f" · {form_words()['made_up']['vi']}" if form.is_made_up else ""
    sheet.set_footer(f'&L&"{FONT}"&9{named}{mark}&R&"{FONT}"&9{page["vi"]} / {page["en"]} &P/&N')
    if form.is_made_up:
        sheet.merge_range(0, 0, 0, width - 1, banner(), styles.banner)
        sheet.set_row(0, 24)


def banner() -> str:
    """Return the words that stand on every sheet of a made-up form."""
    return both(form_words()["made_up"]).replace("\n", " / ")


def text_check(prompt: Words) -> dict[str, Any]:
    """Return the check of a cell for a short text, with what to write as its prompt."""
    limit = {"validate": "length", "criteria": "<=", "value": LONGEST_TEXT}
    return limit | messages(form_words()["checks"]["text"], prompt)


def date_check() -> dict[str, Any]:
    """Return the check of a cell for a date."""
    allowed = {"validate": "date", "criteria": ">=", "value": date(1990, 1, 1)}
    words = form_words()["checks"]["date"]
    return allowed | messages(words, words)


def messages(error: Words, prompt: Words) -> dict[str, Any]:
    """Return prompt and error of an input cell in both languages; Excel takes at most 255 characters."""
    title = form_words()["checks"]["title"]
    return {
        "error_title": f"{title['vi']} / {title['en']}",
        "error_message": both(error)[:255],
        "input_message": _fit(prompt),
    }


def _fit(prompt: Words) -> str:
    """Both languages within 255 characters; if they are too long, each gets its half."""
    text = both(prompt)
    return text if len(text) <= 255 else f"{prompt['vi'][:126]}…\n{prompt['en'][:126]}…"

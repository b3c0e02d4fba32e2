"""A first description of a free table, drawn from the table itself, with the questions that it cannot answer."""

import datetime as dt
import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import yaml

from mande.errors import DataError, Problem
from mande.places.register import Register
from mande.places.spelling import plain_word
from mande.sources.headings import BETWEEN_LANGUAGES
from mande.sources.numbers import read_number_column
from mande.sources.periods import period_bounds
from mande.sources.place_guess import guess_level
from mande.sources.table_finder import FoundTable, as_text, find_table
from mande.sources.table_mapping import OPEN, fold
from mande.sources.workbooks import Sheet, address
from mande.sources.written_periods import read_period, split_period
from mande.vocabulary import TOTAL

_WORDS = {
    ("sex", "M"): ("nam", "male"),
    ("sex", "F"): ("nữ", "female"),
    ("residence", "urban"): ("thành thị", "urban"),
    ("residence", "rural"): ("nông thôn", "rural"),
    ("ownership", "public"): ("công lập", "public"),
    ("ownership", "non_public"): ("ngoài công lập", "non-public"),
    ("ethnicity", "kinh"): ("kinh",),
    ("ethnicity", "minority"): ("dân tộc thiểu số", "dân tộc ít người", "ethnic minority"),
}
GROUPS = {fold(word): group for group, words in _WORDS.items() for word in words}
TOTALS = {fold(word) for word in ("tổng số", "total", "chung", "toàn tỉnh", "general", "tổng cộng")}
_OF_WHICH = re.compile(r"(?:trong đó|chia ra|of which)\b", re.I)
_STATUS_ALONE = re.compile(r"\W*(?:sơ bộ|prel|pre|ước tính|ước)\W*", re.I)
_MOST_HEADER_ROWS = 6


@dataclass
class _Draft:
    """What was found of a table, and what only its reader can say."""

    table: FoundTable
    questions: list[str] = field(default_factory=list)
    indicators: dict[str, None] = field(default_factory=dict)
    periods: list[str] = field(default_factory=list)
    held: set[str] = field(default_factory=set)
    dimensions: set[str] = field(default_factory=set)
    lines: list[dict[str, Any]] = field(default_factory=list)
    parents: Counter[str] = field(default_factory=Counter)


def draft_mapping(path: Path, sheets: Sequence[Sheet], places: Register) -> str:
    """Return the YAML of a mapping for the first table of a file; "?" stands where its reader has to say something.

    *Needs* the sheets of `workbooks.read_sheets`. The questions stand as comments on top, in both languages.
    *Raises* DataError where no sheet holds a header above rows of numbers.
    """
    table = next((one for sheet in sheets if (one := find_table(sheet))), None)
    if table is None:
        what = "no sheet holds a line of headings above rows of numbers"
        raise DataError(Problem(path.name, what, "choose a table with places or indicators by rows"))
    found = _Draft(table)
    found.lines = _header_lines(found)
    columns = [_column(found, column, places) for column in range(table.first)]
    columns += [_note(column) for column in table.notes]
    mapping = {
        "id": _slug(path.stem),
        "title": {"vi": (title := _title(found, path)), "en": title},
        "recognise": {"texts": [title]},
        "header": {"begins": _begins(found), "lines": found.lines},
        "columns": columns,
        "fixed": _fixed(found),
        "indicators": {one: {"unit": OPEN} for one in found.indicators} or {OPEN: {"unit": OPEN}},
        "places": _places(found, columns),
        **_extras(found),
        "source": OPEN,
    }
    for column in columns:
        column.pop("levels", None)
        if not column.get("labels", True):
            del column["labels"]
    _ask_the_rest(found)
    head = "".join(f"# ? {question}\n" for question in dict.fromkeys(found.questions))
    return head + yaml.safe_dump(mapping, allow_unicode=True, sort_keys=False, width=110)


def _header_lines(draft: _Draft) -> list[dict[str, Any]]:
    """Describe each line; one that holds only "Sơ bộ" belongs to the years below it."""
    lines: list[dict[str, Any]] = []
    rows = 1
    for texts in draft.table.headings:
        if texts and all(_STATUS_ALONE.fullmatch(text) for text in texts):
            rows += 1
            continue
        lines.append({**_heading(draft, texts), **({"rows": rows} if rows > 1 else {})})
        rows = 1
    if lines and lines[-1]["holds"] == "dimension_value":
        totals = [
            text for texts in draft.table.headings[:-1] for text in texts if fold(_first_language(text)) in TOTALS
        ]
        lines[-1]["labels"] = dict.fromkeys(map(_first_language, totals), TOTAL) | lines[-1]["labels"]
    return lines


def _heading(draft: _Draft, texts: Sequence[str]) -> dict[str, Any]:
    """Say what texts hold: periods, groups, periods beside either, or indicators that their reader must name."""
    cut = [split_period(text, school_years=True) for text in texts]
    if texts and all(period for period, _ in cut):
        draft.periods += [period.period for period, _ in cut if period]
        draft.held.add("period")
        rests = list(dict.fromkeys(rest for _, rest in cut if rest))
        if not rests:
            return {"holds": "period"}
        heading = _named(draft, rests)
        return {**heading, "holds": ["period", heading["holds"]]}
    return _named(draft, list(dict.fromkeys(texts)))


def _named(draft: _Draft, texts: list[str]) -> dict[str, Any]:
    parts = {text: [fold(part) for part in BETWEEN_LANGUAGES.split(text)] for text in texts}
    labels: dict[str, Any] = {}
    for text, folded in parts.items():
        group = next((GROUPS[part] for part in folded if part in GROUPS), None)
        if group:
            labels[_first_language(text)] = {"dimension": group[0], "dimension_value": group[1]}
        if any(part in TOTALS for part in folded):
            labels.setdefault(_first_language(text), TOTAL)
    dimensions = {label["dimension"] for label in labels.values() if isinstance(label, dict)}
    is_more = any(
        part not in GROUPS and part not in TOTALS
        for text in texts
        if _first_language(text) in labels
        for part in parts[text]
    )
    if (
        dimensions
        and not is_more
        and {_first_language(text) for text in texts if not _OF_WHICH.match(text)} == set(labels)
    ):
        plain = {text: one if isinstance(one, str) else one["dimension_value"] for text, one in labels.items()}
        first = sorted(dimensions)[-1]
        draft.dimensions |= dimensions
        return {"holds": "dimension_value", "dimension": first, "labels": plain if len(dimensions) == 1 else labels}
    if not texts or all(_OF_WHICH.match(text) or any(one in TOTALS for one in parts[text]) for text in texts):
        return {"holds": "note"}
    draft.held.add("indicator")
    draft.indicators[OPEN] = None
    listed = ", ".join(" ".join(text.split()) for text in texts[:6])
    draft.questions.append(f"Chỉ tiêu nào (mã), hoặc skip? Which indicator (code), or skip: {listed}")
    return {"holds": "indicator", "labels": dict.fromkeys(map(_first_language, texts), OPEN)}


def _first_language(text: str) -> str:
    """A label may be the first of the languages, as long as that is no name with a dash."""
    return BETWEEN_LANGUAGES.split(text)[0] if "\n" in text or fold(text) not in text.casefold() else text


def _column(draft: _Draft, column: int, places: Register) -> dict[str, Any]:
    letter = _letter(column)
    texts = list(dict.fromkeys(map(as_text, draft.table.body(column))))
    if not texts or all(text.isdigit() and len(text) < 3 for text in texts):
        return _note(column)
    if all(read_period(text, school_years=True) for text in texts):
        draft.periods += [found.period for text in texts if (found := read_period(text, school_years=True))]
        draft.held.add("period")
        return {"column": letter, "holds": "period"}
    if "place" not in draft.held and (guess := guess_level(texts, places, _dates(draft))):
        draft.held.add("place")
        draft.parents = guess.parents
        return _place_column(draft, letter, list(guess.levels), guess.unknown)
    if "place" in draft.held and not any(part in TOTALS for text in texts for part in [fold(text)]):
        return _note(column)
    sections = draft.table.sections(column)
    if sections:
        draft.held.add("indicator")
        draft.questions.append(
            f"Đề mục nhóm nói về chỉ tiêu nào? Which indicator does each section hold: {'; '.join(sections[:6])}"
        )
    within = {"sections": {text: {"indicator": OPEN} for text in sections}} if sections else {}
    return {"column": letter, **_named(draft, texts[:60]), **within}


def _note(column: int) -> dict[str, Any]:
    return {"column": _letter(column), "holds": "note"}


def _letter(column: int) -> str:
    return address(0, column)[:-1]


def _place_column(draft: _Draft, letter: str, levels: list[str], unknown: list[str]) -> dict[str, Any]:
    column: dict[str, Any] = {"column": letter, "holds": "place", "levels": levels}
    named = [text for text in unknown if len(text) < 60 and any(sign.isalpha() for sign in text)]
    if named:
        column["labels"] = dict.fromkeys(map(_first_language, named[:20]), OPEN)
        listed = "; ".join(" ".join(text.split()) for text in named[:6])
        draft.questions.append(f"Mã địa phương nào, skip hoặc subtotal? Which place code, skip or subtotal: {listed}")
    return column


def _dates(draft: _Draft) -> tuple[dt.date, dt.date]:
    """The ends of the first and of the last period."""
    ends = sorted(period_bounds(period)[1] for period in draft.periods) or [dt.date(2020, 12, 31)]
    return ends[0], ends[-1]


def _places(draft: _Draft, columns: list[dict[str, Any]]) -> dict[str, Any]:
    levels = next((column["levels"] for column in columns if "levels" in column), None)
    if levels != ["district"]:
        return {"levels": levels or ["province"]}
    parent, times = draft.parents.most_common(1)[0] if draft.parents else (OPEN, 0)
    if 2 * times <= draft.parents.total():
        parent = OPEN
        draft.questions.append("Thuộc tỉnh nào (mã)? Below which province (code)?")
    for column in columns:
        column["labels"] = {
            text: parent if any(fold(one) in TOTALS for one in BETWEEN_LANGUAGES.split(text)) else meant
            for text, meant in column.get("labels", {}).items()
        }
    return {"levels": levels, "parent": parent}


def _fixed(draft: _Draft) -> dict[str, str]:
    fixed = {}
    for held, key in (("indicator", "indicator"), ("period", "period"), ("place", "place_code")):
        if held not in draft.held:
            fixed[key] = OPEN
    return fixed


def _extras(draft: _Draft) -> dict[str, Any]:
    """School years, two-way groups, and a decimal mark that the table does not prove."""
    extras: dict[str, Any] = {}
    texts = [text for line in draft.table.headings for text in line]
    if any(read_period(text, school_years=True) and not read_period(text) for text in texts):
        extras["school_years"] = True
    if sum(line["holds"] == "dimension_value" for line in draft.lines) > 1:
        extras["two_way_groups"] = True
    problems = [
        one.kind for column in draft.table.data for one in read_number_column(draft.table.body(column)).problems
    ]
    if "ambiguous_locale" in problems:
        extras["numbers"] = {"decimal": OPEN}
        draft.questions.append("Dấu thập phân là comma hay point? Is the decimal mark a comma or a point?")
    return extras


def _ask_the_rest(draft: _Draft) -> None:
    asked = {
        "indicator": "Bảng này nói về chỉ tiêu nào? Which indicator does the whole table hold?",
        "period": "Bảng này nói về kỳ nào? Which period does the whole table hold?",
        "place": "Bảng này nói về địa phương nào? Which place is the whole table about?",
    }
    draft.questions += [question for held, question in asked.items() if held not in draft.held]
    draft.questions.append("Đơn vị tính của từng chỉ tiêu (percent, persons …)? The unit of each indicator?")
    draft.questions.append("Nguồn số liệu (source)? Whose table is it?")


def _title(draft: _Draft, path: Path) -> str:
    """The longest text above the header; titles are longer than units and page numbers."""
    above = [
        as_text(cell) for row in draft.table.sheet.rows[: draft.table.top] for cell in row if isinstance(cell, str)
    ]
    longest = " ".join(max(above, key=len, default="").split())
    return re.sub(r"^\s*[\dIVX.]+[.)]\s*", "", longest) or path.stem


def _begins(draft: _Draft) -> str | int:
    texts = [as_text(cell) for cell in draft.table.sheet.rows[draft.table.top] if isinstance(cell, str)]
    return BETWEEN_LANGUAGES.split(texts[0])[0] if texts and not read_period(texts[0]) else draft.table.top + 1


def _slug(stem: str) -> str:
    words = re.findall(r"[a-z0-9]+", " ".join(plain_word(word) for word in stem.replace("_", " ").split()).casefold())
    return "-".join(words) or "table"

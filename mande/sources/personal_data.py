"""Stop files that speak of single persons, before anything of them is kept. What is found is named by kind, never shown.

The guard looks at columns: a heading such as "Họ và tên" with names below it, and values whose shape alone tells what
they are. It is made to stay silent on statistics, so it can miss a single name in a long text.
"""

import datetime
import re
from collections.abc import Callable, Iterable, Iterator, Sequence, Set

from mande.errors import DataError, Problem
from mande.sources.personal_names import is_name_shaped, looks_like_person, may_be_person, names_a_person, plain
from mande.sources.workbooks import Sheet, address

HEADING_ROWS = 30
LONGEST_HEADING = 80
_NAME = re.compile(
    r"\b(ho (va )?ten|ho dem|ten (tre|be|hoc sinh|con|cha|me|nguoi|benh nhan|chu ho|doi tuong)|"
    r"full ?name|(child|patient|mother|father|first|last|family|given) ?(s )?names?|surname)\b"
)
_BIRTH = re.compile(r"\b(ngay (thang )?(nam )?sinh|sinh ngay|date of birth|birth ?date|birthday|dob)\b")
_IDENTITY = re.compile(
    r"\b(cccd|cmnd|cmt|can cuoc|chung minh (nhan dan|thu)|dinh danh|ho chieu|"
    r"(national|personal) id|identity|id (number|card)|passport)\b"
)
_INSURANCE = re.compile(r"\b((so|ma)( so)?( the)? (bhyt|bao hiem y te)|insurance (number|card|no|id))\b")
_PHONE = re.compile(r"\b((so )?dien thoai|sdt|dt di dong|phone|mobile|telephone)\b")
_ADDRESS = re.compile(
    r"\b(dia chi|noi o|cho o|noi cu tru|thuong tru|tam tru|(home |street )?address|residence address)\b"
)
_MONEY = re.compile(r"\b(kinh phi|ngan sach|chi phi|dong|vnd|budget|cost|expenditure)\b")
_PLACE_HEADING = re.compile(
    r"\b(xa|phuong|huyen|quan|tinh|thanh pho|dia phuong|dia ban|don vi|truong|co so|thon|to dan pho|khu vuc|vung|ward|"
    r"commune|district|province|place|unit|school|office|facility|source|publisher|indicator|chi tieu)\b"
)
_IS_EMAIL = re.compile(r"[\w.+-]+@[\w-]+(\.[\w-]+)+")
_IS_INSURANCE = re.compile(r"(?<![A-Za-z0-9])[A-Za-z]{2}[ -]?\d([ -]?\d){12}(?!\d)")
_IS_CITIZEN = re.compile(r"(?<![\w.,-])0(0[1-9]|[1-9]\d)[ ]?\d{3}[ ]?\d{3}[ ]?\d{3}(?!\w|[.,]\d)")
_IS_PHONE = re.compile(r"(?<![\w.,+-])(0|\+84[ .-]?)([35789]\d|2\d{1,2})([ .-]?\d){7}(?!\w|[.,]\d)")
_IS_DATE = re.compile(r"\d{1,2}[/.-]\d{1,2}[/.-](\d{4}|\d{2})|\d{4}-\d{2}-\d{2}( 00:00:00)?")
_IS_STREET = re.compile(
    r"(?i)^(số nhà|số|sn|nhà số)?\s*\d+[a-z]?(/\d+[a-z]?)*,?\s+(ngõ|ngách|hẻm|kiệt|đường|phố|street|road)\b"
)
_Test = Callable[[object], bool]


def find_personal_data(
    sheets: Iterable[Sheet], file_name: str, *, known_places: Set[str] = frozenset()
) -> list[Problem]:
    """Return a problem for each column that looks as if it spoke of single persons.

    *Needs* the cells as they stand in the file; `known_places`, names of places and units (`plain`), which are no
    persons. The problem names file, sheet, column and kind, never what stands in a cell.
    """
    problems = []
    for sheet in sheets:
        for position, column in enumerate(_columns(sheet.rows)):
            for kind in _kinds(column, known_places):
                letter = address(0, position).rstrip("1")
                cure = "send counts, not persons: remove the column, or run `mande aggregate` and send what it writes"
                problems.append(Problem(f"{file_name} sheet {sheet.name} column {letter}", f"it holds {kind}", cure))
    return problems


def require_no_personal_data(sheets: Iterable[Sheet], file_name: str, *, known_places: Set[str] = frozenset()) -> None:
    """Stop for a file that speaks of single persons. *Raises* DataError with every column (`find_personal_data`)."""
    problems = find_personal_data(sheets, file_name, known_places=known_places)
    if problems:
        raise DataError(problems)


def _columns(rows: Sequence[Sequence[object]]) -> Iterator[list[object]]:
    width = max((len(row) for row in rows), default=0)
    for position in range(width):
        yield [row[position] if position < len(row) else None for row in rows]


def _kinds(column: list[object], known_places: Set[str]) -> list[str]:
    """Return what kinds of personal data a column holds, in words."""
    headings = [(row, plain(cell)) for row, cell in enumerate(column[:HEADING_ROWS]) if _is_heading(cell)]
    distinct = {cell for cell in column if cell is not None and cell != ""}
    texts = {cell for cell in distinct if isinstance(cell, str)}

    def below(heading: re.Pattern[str], test: _Test) -> bool:
        start = next((row for row, text in headings if heading.search(text) and not _MONEY.search(text)), None)
        return start is not None and any(test(cell) for cell in column[start + 1 :] if cell is not None)

    found = {
        "names of persons": below(
            _NAME, lambda cell: isinstance(cell, str) and is_name_shaped(cell.title(), known_places)
        )
        or _is_list_of_names(texts, headings, known_places),
        "dates of birth": below(_BIRTH, _is_date),
        "identity numbers": below(_IDENTITY, lambda cell: _digits(cell) in (9, 11, 12))
        or any(_IS_CITIZEN.search(text) for text in texts),
        "health insurance numbers": below(_INSURANCE, lambda cell: _digits(cell) in (10, 13, 15))
        or any(_IS_INSURANCE.search(text) for text in texts),
        "telephone numbers": below(_PHONE, lambda cell: _digits(cell) in (9, 10, 11))
        or any(_IS_PHONE.search(text) for text in texts),
        "e-mail addresses": any(_IS_EMAIL.search(text) for text in texts),
        "addresses of homes": below(_ADDRESS, _is_address) or sum(map(_is_street, texts)) >= 2,
    }
    return [kind for kind, is_there in found.items() if is_there]


def _is_heading(cell: object) -> bool:
    return isinstance(cell, str) and len(cell) <= LONGEST_HEADING and not cell[:1].isdigit()


def _is_list_of_names(texts: set[str], headings: list[tuple[int, str]], known_places: Set[str]) -> bool:
    """Names without a heading are a list where they fill the column; under a heading of places they are streets."""
    if any(names_a_person(text, known_places) for text in texts):
        return True
    if any(_PLACE_HEADING.search(text) for _, text in headings):
        return False
    sure = sum(looks_like_person(text, known_places) for text in texts)
    likely = sum(may_be_person(text, known_places) for text in texts)
    return sure >= 1 and likely >= 2 and 2 * likely >= len(texts)


def _is_date(cell: object) -> bool:
    return isinstance(cell, datetime.date) or (isinstance(cell, str) and bool(_IS_DATE.fullmatch(cell.strip())))


def _digits(cell: object) -> int:
    """Return of how many digits a number consists that is nothing else, letters at its head left out; 0 for others."""
    if isinstance(cell, float) and cell.is_integer():
        cell = int(cell)
    text = re.sub(r"[ .-]", "", str(cell)) if isinstance(cell, str | int) else ""
    text = re.sub(r"^([A-Za-z]{2}|\+84)(?=\d)", lambda head: "0" if head[1] == "+84" else "", text)
    return len(text) if text.isdigit() else 0


def _is_address(cell: object) -> bool:
    return isinstance(cell, str) and (
        _is_street(cell) or bool(re.search(r"\d.*[^\W\d_]{2}.*,|[^\W\d_]{2}.*\d.*,", cell))
    )


def _is_street(text: str) -> bool:
    return bool(_IS_STREET.match(text.strip()))

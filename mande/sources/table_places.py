"""The places that the cells of a table belong to, each looked up at the end of its own period."""

import datetime as dt
from collections.abc import Mapping

from mande.places.register import Register
from mande.sources.headings import PLACE_TEXT, Meaning
from mande.sources.periods import period_bounds
from mande.sources.place_labels import Asked, FoundPlace, match_labels
from mande.sources.sent_values import SetAside
from mande.sources.table_mapping import TableMapping

At = tuple[int, int]
_NOWHERE = FoundPlace("", "is no place", ())


def place_meanings(meanings: Mapping[At, Meaning], mapping: TableMapping, places: Register) -> dict[At, Meaning]:
    """Put codes in the place of names, or say why there is none, and what else each cell lacks.

    A name means what it meant at the end of the cell's period; where it meant nothing then (a table of today's units
    that goes back in time), what it means at the end of the table's last period. A name that means one place then and
    another one now is set aside. The mapping's own date overrides all.
    """
    ends = {at: _end(meaning) for at, meaning in meanings.items()}
    latest = mapping.places.date or max((end for end in ends.values() if end), default=dt.date(1900, 1, 1))
    finder = _Finder(mapping, places, {m.coordinates[PLACE_TEXT] for m in meanings.values() if _is_named(m)})
    return {
        at: _placed(meaning, finder, (mapping.places.date or ends[at] or latest, latest))
        for at, meaning in meanings.items()
    }


class _Finder:
    """Looks all names of a table up once for each state of the register that its dates meet."""

    def __init__(self, mapping: TableMapping, places: Register, texts: set[str]):
        self._asked, self._places, self._texts = mapping.places, places, sorted(texts)
        self._states: dict[dt.date, tuple[str, ...]] = {}
        self._found: dict[tuple[str, ...], dict[str, FoundPlace]] = {}
        self._codes: dict[dt.date, set[str]] = {}

    def name(self, text: str, date: dt.date) -> FoundPlace:
        state = self._state(date)
        if state not in self._found:
            asked = Asked(self._asked.levels, self._asked.parent, date)
            self._found[state] = match_labels(self._texts, self._places, asked)
        return self._found[state].get(text, _NOWHERE)

    def code(self, code: str, date: dt.date) -> FoundPlace:
        if date not in self._codes:
            self._codes[date] = set(self._places.at(date)["place_code"])
        return FoundPlace(code if code in self._codes[date] else "", f"is no place code on {date}", ())

    def _state(self, date: dt.date) -> tuple[str, ...]:
        if date not in self._states:
            tables = [self._places.at(date, level) for level in self._asked.levels]
            below = [table[table["parent_code"] == self._asked.parent] for table in tables]
            named = [part if len(part) else table for part, table in zip(below, tables, strict=True)]
            columns = ["place_code", "name_official", "parent_code"]
            self._states[date] = tuple(str(value) for table in named for value in table[columns].to_numpy().ravel())
        return self._states[date]


def _is_named(meaning: Meaning) -> bool:
    return PLACE_TEXT in meaning.coordinates and not meaning.coordinates.get("place_code")


def _end(meaning: Meaning) -> dt.date | None:
    period = meaning.coordinates.get("period")
    return period_bounds(period)[1] if period else None


def _placed(meaning: Meaning, finder: _Finder, dates: tuple[dt.date, dt.date]) -> Meaning:
    coordinates = {key: value for key, value in meaning.coordinates.items() if key != PLACE_TEXT}
    text = coordinates.get("place_code") or meaning.coordinates.get(PLACE_TEXT, "")
    find = finder.name if _is_named(meaning) else finder.code
    then, now = (find(text, date) for date in dates) if text else (_NOWHERE, _NOWHERE)
    place = then if then.place_code else now
    if then.place_code and now.place_code and then.place_code != now.place_code:
        meant = [f"{found.place_code} {found.name}".strip() for found in (then, now)]
        reason = f"means one place on {dates[0]} and another one on {dates[1]}"
        place = FoundPlace("", reason, tuple(meant))
    if place.place_code:
        coordinates["place_code"] = place.place_code
    if meaning.reason:
        return Meaning(coordinates, meaning.reason)
    if text and not place.place_code:
        return Meaning(coordinates, _unknown_place(text, then if then.suggestions and not place.suggestions else place))
    lacking = [column for column in ("indicator", "place_code", "period") if not coordinates.get(column)]
    return Meaning(coordinates, _lacking(lacking) if lacking else None)


def _unknown_place(text: str, place: FoundPlace) -> SetAside:
    shown, likely = " ".join(text.split())[:60], ", ".join(place.suggestions[:5])
    return SetAside(
        "unknown_place",
        f'"{shown}" không phải tên một địa phương vào thời điểm đó',
        f'"{shown}" {place.reason}',
        f"sửa tên{f'; có phải là {likely}?' if likely else ''}, hoặc ghi mã vào mô tả bảng",
        f"correct the name{f'; did you mean {likely}?' if likely else ''}, or give its code in the mapping",
    )


def _lacking(columns: list[str]) -> SetAside:
    listed = ", ".join(columns)
    return SetAside(
        "incomplete_heading",
        f"không rõ số liệu này thuộc {listed} nào",
        f"nothing says which {listed} this figure belongs to",
        "điền đủ tiêu đề hàng và cột",
        "fill in the headings of its row and column",
    )

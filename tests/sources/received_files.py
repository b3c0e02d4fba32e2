"""Made-up files as units send them: small forms and tidy tables."""

import os
from datetime import UTC, date, datetime
from functools import cache
from pathlib import Path

from mande.framework.citation import Text
from mande.framework.load import load_indicators
from mande.places.register import Register
from mande.sources.forms.form import SHEETS, Form, FormUnit, cell_of
from mande.sources.forms.form_writer import form_bytes
from mande.sources.forms.questionnaire import Question
from mande.sources.recognition import Knowledge

ROOT = Path(__file__).parents[2]
DAY = date(2025, 2, 1)
_NAME = Text(vi="Mẫu", en="Made up")


@cache
def small_knowledge() -> Knowledge:
    """What readers need to know, without the names of places."""
    places = Register.load(ROOT / "data" / "places")
    return Knowledge(load_indicators(ROOT / "programmes"), places, frozenset(), {})


@cache
def form_file(place_code: str, *, numerator: int | str = 40, denominator: int = 100, is_made_up: bool = False) -> bytes:
    """Return a filled-in form with one question of two numbers."""
    asked = Question(
        indicator="FIC_U1",
        dimension="_T",
        dimension_value="_T",
        kind="ratio",
        unit="percent",
        basis="programme-report",
        definition="",
        title=_NAME,
        short=_NAME,
        group=_NAME,
        numerator=_NAME,
        denominator=_NAME,
    )
    unit = FormUnit(place_code, "province", "Tỉnh mẫu", "Made-up province")
    form = Form("made-up", _NAME, unit, "2024", "1", (asked,), (), is_made_up)
    cells = {"numerator": numerator, "denominator": denominator}
    return form_bytes(form, answers={(SHEETS["figures"], cell_of(0, part)): cell for part, cell in cells.items()})


def tidy_file(values: dict[str, float], *, period: str = "2024") -> bytes:
    """Return a tidy table of one indicator with a value for each place."""
    head = "indicator,place_code,period,dimension,dimension_value,value,unit,value_status,source"
    rows = [f"FIC_U1,{place},{period},_T,_T,{value},percent,observed,made-up" for place, value in values.items()]
    return "\n".join([head, *rows, ""]).encode()


def put(home: Path, name: str, content: bytes, *, day: str = "") -> Path:
    """Put a file into the inbox, if told as last changed at noon of a day."""
    path = home / "inbox" / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content)
    if day:
        seconds = datetime.fromisoformat(f"{day}T12:00").replace(tzinfo=UTC).timestamp()
        os.utime(path, (seconds, seconds))
    return path

"""The words of a form in both languages, from `form_wording.yaml`."""

from functools import cache
from importlib.resources import files
from typing import Any

import yaml

Words = dict[str, str]


@cache
def form_words() -> dict[str, Any]:
    """Return the catalogue of texts; each text has `vi` and `en`."""
    text = files("mande.sources.forms").joinpath("form_wording.yaml").read_text(encoding="utf-8")
    words: dict[str, Any] = yaml.safe_load(text)
    return words


def both(words: Words) -> str:
    """Return the Vietnamese with the English on a second line, or once where they are the same.

    >>> both({"vi": "Nữ", "en": "Female"}), both({"vi": "%", "en": "%"})
    ('Nữ\\nFemale', '%')
    """
    return words["vi"] if words["vi"] == words["en"] else f"{words['vi']}\n{words['en']}"


def unit_words(unit: str) -> Words:
    """Return the name of a unit of measure; an unknown one is named by its code."""
    named: Words = form_words()["units"].get(unit, {"vi": unit, "en": unit})
    return named

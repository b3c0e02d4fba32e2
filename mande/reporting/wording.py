"""What the pages say: one catalogue, `wording.yaml`, with Vietnamese and English side by side."""

from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import yaml
from babel import Locale

from mande.errors import Problem, UsageError

LANGUAGES = ("vi", "en")
"""The first one is the default of every page."""


@dataclass(frozen=True)
class Wording:
    """The catalogue in one language. `say` puts values into a sentence; an unknown key is a defect, not a blank."""

    lang: str

    def say(self, key: str, **values: Any) -> str:
        """Return the sentence of that key with the values put in.

        A sentence with the forms `one` and `other` takes the one that the number `n` needs.

        >>> Wording("vi").say("count.met", n=3), Wording("en").say("count.met", n=3)
        ('3 đạt', '3 met')
        """
        sentence = catalogue()[key][self.lang]
        if isinstance(sentence, dict):
            sentence = sentence[Locale.parse(self.lang).plural_form(int(values["n"]))]
        return sentence.format(**values) if values else sentence

    def knows(self, key: str) -> bool:
        """Return whether the catalogue has that key."""
        return key in catalogue()

    def pick(self, row: Any, stem: str) -> str:
        """Return the text of `row` in this language from the columns `<stem>_vi` and `<stem>_en`; blank if none."""
        text = row[f"{stem}_{self.lang}"]
        return text if isinstance(text, str) else ""


@cache
def wording(lang: str) -> Wording:
    """Return the catalogue in that language. *Raises* UsageError for a language that it does not have."""
    if lang not in LANGUAGES:
        raise UsageError(Problem("lang", f"there is no language {lang!r}", f"choose one of {', '.join(LANGUAGES)}"))
    return Wording(lang)


@cache
def catalogue() -> dict[str, dict[str, Any]]:
    """Return every key with its sentence in each language."""
    loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
    with (Path(__file__).parent / "wording.yaml").open(encoding="utf-8") as file:
        return yaml.load(file, Loader=loader)  # noqa: S506  (a safe loader, in C where there is one)

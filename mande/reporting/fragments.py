"""Pieces of a page that a notebook cell shows by itself; everything put into them is escaped."""

from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup

from mande.reporting.wording import wording
from mande.vocabulary import Verdict

TEMPLATES = Path(__file__).parent / "template"

VERDICT_MARKS = {
    Verdict.MET: "✓",
    Verdict.MET_UNCERTAIN: "≈",
    Verdict.ON_TRACK: "●",
    Verdict.BEHIND: "◐",
    Verdict.OFF_TRACK: "◔",
    Verdict.WORSENING: "!",
    Verdict.NOT_MET: "✗",
    Verdict.CANNOT_TELL: "?",
    Verdict.NOT_COMPARABLE: "≠",
    Verdict.NOT_ASSESSABLE: "○",
}
"""A mark for each verdict, so that none depends on colour; no arrow, because a fall is often good; no dash, it
looks like a minus."""


@dataclass(frozen=True)
class Fragment:
    """A piece of HTML that JupyterLab and the page show as it is."""

    html: str

    def _repr_html_(self) -> str:
        return self.html

    def __repr__(self) -> str:
        """Keep the plain form short: it would double the size of an executed notebook."""
        return f"<{type(self).__name__}: {len(self.html)} characters>"


def fragment(name: str, lang: str, **context: Any) -> Fragment:
    """Fill the template `fragments/<name>.html.j2`; its texts come from the catalogue in that language."""
    return Fragment(template(f"fragments/{name}.html.j2").render(**page_context(lang), **context))


def page_context(lang: str) -> dict[str, Any]:
    """Return what every template may use: `say`, `lang`, the verdicts and their marks."""
    return {"say": wording(lang).say, "lang": lang, "verdicts": tuple(Verdict), "marks": VERDICT_MARKS}


def template(name: str, **shared: Any) -> Any:
    """Return a compiled template of `mande/reporting/template/`, and what all that is made of it shares."""
    return _environment().get_template(name, globals=shared)


def style_sheet() -> Markup:
    """Return the one style sheet, to be put into a page."""
    return Markup((TEMPLATES / "report.css").read_text(encoding="utf-8"))  # noqa: S704  (our own file)


@cache
def _environment() -> Environment:
    return Environment(
        loader=FileSystemLoader(TEMPLATES),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        auto_reload=False,
    )

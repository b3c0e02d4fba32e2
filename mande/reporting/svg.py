"""A matplotlib figure as slim SVG: text stays text, nothing leaks into the page around it, every figure is named."""

import re
import unicodedata
from io import StringIO

import matplotlib
from markupsafe import escape
from matplotlib.backends.backend_svg import FigureCanvasSVG
from matplotlib.figure import Figure

FONT_STACK = "system-ui,-apple-system,'Segoe UI',Roboto,'Noto Sans','DejaVu Sans',Arial,sans-serif"
"""Fonts with every Vietnamese letter, by platform; the same as in the style sheet."""

_NO_METADATA = dict.fromkeys(("Date", "Creator", "Format", "Type"))
_DROPPED = re.compile(r"<\?xml.*?\?>|<!DOCTYPE.*?>|<!--.*?-->|<metadata>.*?</metadata>|<defs>\s*<style.*?</defs>", re.S)
_GROUP_ID = re.compile(r'<g id="[^"]*"(?=/?>)')
_CLIP = re.compile(r' clip-path="[^"]*"|<clipPath.*?</clipPath>', re.S)
_EMPTY = re.compile(r"<(g|defs)>\s*</\1>|<g/>")
_NO_TURN = re.compile(r' transform="rotate\(-0 [^"]*"')
_FONT = re.compile(r"font-family: [^;\"]*;? ?")
_NUMBER = re.compile(r"-?\d+\.\d+")
_SPACE = re.compile(r"\s*\n\s*")
_DRAWN = re.compile(r' d="([^"]*)"')
_REPEATED_L = re.compile(r"(?:L[-0-9. ]+){2,}")
_REFERENCE = re.compile(r'(?<=id=")[mph][0-9a-f]{6,}(?=")|(?<=#)[mph][0-9a-f]{6,}')


def svg_of(figure: Figure, *, key: str, title: str, description: str) -> str:
    """Return the figure as SVG to be put into a page; nothing in it is clipped, so it must fit by itself.

    `key` is unique on the page: it keeps the marks of one figure apart from those of the next.
    """
    out = StringIO()
    with matplotlib.rc_context({"svg.fonttype": "none", "svg.hashsalt": "mande"}):
        FigureCanvasSVG(figure).print_svg(out, metadata=_NO_METADATA)
    body = _DROPPED.sub("", out.getvalue())
    body = _GROUP_ID.sub("<g", body[body.index(">", body.index("<svg")) + 1 :])
    for noise in (_CLIP, _FONT, _NO_TURN, _EMPTY, _EMPTY):
        body = noise.sub("", body)
    body = _REFERENCE.sub(lambda match: f"{key}-{match.group()[:7]}", body)
    body = _NUMBER.sub(_one_decimal, _SPACE.sub(" ", body)).replace("xlink:href", "href").replace("> <", "><")
    body = _DRAWN.sub(_short_path, body)
    width, height = (round(inch * 72) for inch in figure.get_size_inches())
    return unicodedata.normalize("NFC", _head(key, title, description, (width, height)) + body.strip())


def _one_decimal(match: re.Match[str]) -> str:
    return f"{float(match.group()):.1f}".removesuffix(".0")


def _short_path(match: re.Match[str]) -> str:
    """Leave out what the SVG grammar allows to: repeated L, spaces at letters."""
    drawn = match.group(1)
    drawn = re.sub(r" ?([A-Za-z]) ?", r"\1", drawn)
    return f' d="{_REPEATED_L.sub(lambda run: run.group().replace("L", " ").replace(" ", "L", 1), drawn).strip()}"'


def _head(key: str, title: str, description: str, size: tuple[int, int]) -> str:
    return (
        f'<svg viewBox="0 0 {size[0]} {size[1]}" role="img" aria-labelledby="{key}-t {key}-d" '
        f'font-family="{FONT_STACK}" stroke-linejoin="round" xmlns="http://www.w3.org/2000/svg">'
        f'<title id="{key}-t">{escape(title)}</title><desc id="{key}-d">{escape(description)}</desc>'
    )

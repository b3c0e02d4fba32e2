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
_DEFAULTS = re.compile(r'font-size: 10px; |; fill: #333b42(?=")')
_EMPTY = re.compile(r"<(g|defs)>\s*</\1>|<g/>")
_NO_TURN = re.compile(r' transform="rotate\(-0 [^"]*"')
_FONT = re.compile(r"font-family: [^;\"]*;? ?")
_TAG = re.compile(r"<[^>]*>")
_NUMBER = re.compile(r"-?\d+\.\d+")
_SPACE = re.compile(r"\s*\n\s*")
_DRAWN = re.compile(r' d="([^"]*)"')
_AT_LETTER = re.compile(r" ?([A-Za-z]) ?")
_MARKS = re.compile(r'<g>((?:<use [^>]*style="[^"]*"/>)+)</g>')
_STYLE = re.compile(r' style="([^"]*)"')
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
    for noise in (_CLIP, _FONT, _NO_TURN, _DEFAULTS, _EMPTY, _EMPTY):
        body = noise.sub("", body)
    body = _REFERENCE.sub(lambda match: f"{key}-{match.group()[1:5]}", body)
    body = _SPACE.sub(" ", body).replace("xlink:href", "href").replace("> <", "><")
    body = _TAG.sub(lambda tag: _NUMBER.sub(_one_decimal, tag.group()), body)
    body = _MARKS.sub(_share_style, _DRAWN.sub(_short_path, body))
    width, height = (round(inch * 72) for inch in figure.get_size_inches())
    return unicodedata.normalize("NFC", _head(key, title, description, (width, height)) + body.strip())


def _share_style(match: re.Match[str]) -> str:
    """Say the style of a row of equal marks once."""
    styles = set(_STYLE.findall(match.group(1)))
    return match.group() if len(styles) > 1 else f'<g style="{styles.pop()}">{_STYLE.sub("", match.group(1))}</g>'


def _one_decimal(match: re.Match[str]) -> str:
    return f"{float(match.group()):.1f}".removesuffix(".0")


def _short_path(match: re.Match[str]) -> str:
    """Write a path of straight lines in steps from corner to corner; leave out what the SVG grammar allows to."""
    drawn = match.group(1).strip()
    if re.search("[^MLz0-9. -]", drawn):
        return ' d="' + _AT_LETTER.sub(r"\1", drawn) + '"'
    parts, here = [], (0, 0)
    for letter, numbers in re.findall(r"([MLz])([-0-9. ]*)", drawn):
        if letter == "z":
            parts.append("z")
            continue
        there = tuple(round(float(number) * 10) for number in numbers.split())
        step = there if letter == "M" else tuple(end - start for start, end in zip(here, there, strict=True))
        # After a step of lines only numbers follow, so that the letter stands once per line.
        repeats = letter == "L" and parts and parts[-1][0] in "l-0123456789. "
        parts.append(("" if repeats else letter if letter == "M" else "l") + _pair(step, is_continued=bool(repeats)))
        here = there
    return f' d="{"".join(parts)}"'


def _pair(step: tuple[int, ...], *, is_continued: bool) -> str:
    """Write two tenths as short as SVG reads them: `-.5 12`, without a space before a minus."""
    texts = [
        f"{number / 10:g}".replace("0.", ".", 1) if abs(number) < 10 and number else f"{number / 10:g}"
        for number in step
    ]
    first, second = texts
    gap = "" if second.startswith("-") else " "
    return (" " if is_continued and not first.startswith("-") else "") + first + gap + second


def _head(key: str, title: str, description: str, size: tuple[int, int]) -> str:
    return (
        f'<svg viewBox="0 0 {size[0]} {size[1]}" role="img" aria-labelledby="{key}-t {key}-d" '
        f'font-family="{FONT_STACK}" font-size="10" fill="#333b42" stroke-linejoin="round" xmlns="http://www.w3.org/2000/svg">'
        f'<title id="{key}-t">{escape(title)}</title><desc id="{key}-d">{escape(description)}</desc>'
    )

"""Everything that a file of a run says, for a search: inside Parquet, SQLite, zip archives, pictures and embedded pictures."""

import base64
import binascii
import io
import re
import sqlite3
import struct
import zipfile
import zlib
from collections.abc import Iterator
from pathlib import Path
from xml.etree import ElementTree

import pandas as pd

PNG = b"\x89PNG\r\n\x1a\n"
_EMBEDDED = re.compile(r"[A-Za-z0-9+/]{60,}={0,2}")
_WORDS, _COMPRESSED = (b"tEXt", b"iTXt", b"eXIf", b"PLTE", b"tIME"), (b"zTXt", b"iCCP")


def texts_of(folder: Path) -> Iterator[tuple[Path, str]]:
    """Return every file below a folder with all that it says."""
    for path in sorted(path for path in folder.rglob("*") if path.is_file()):
        yield path, text_of_file(path)


def text_of_file(path: Path) -> str:
    """Return what a file says: Parquet and SQLite as what they hold, everything else by its bytes."""
    if path.suffix == ".parquet":
        return pd.read_parquet(path).to_csv() + text_of_bytes(path.read_bytes()[-20_000:])
    if path.suffix == ".sqlite" or path.name.startswith("ledger"):
        with sqlite3.connect(path) as connection:
            return "\n".join(connection.iterdump())
    return text_of_bytes(path.read_bytes())


def text_of_bytes(content: bytes) -> str:
    """Return what bytes say; archives by their parts, pictures by their words and palette, base64 as what it stands for."""
    if content.startswith(b"PK\x03\x04"):
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            parts = [archive.comment.decode("utf-8", "replace")]
            for entry in archive.infolist():
                parts += [entry.filename, entry.comment.decode("utf-8", "replace"), text_of_bytes(archive.read(entry))]
            return "\n".join(parts)
    if content.startswith(PNG):
        return "\n".join(_chunks(content))
    text = content.decode("utf-8", "replace")
    return "\n".join([text, *(text_of_bytes(found) for found in _embedded(text))])


def _chunks(content: bytes) -> Iterator[str]:
    """Return the chunks of a PNG that are no pixels, and what stands behind its end."""
    place = len(PNG)
    while place + 8 <= len(content):
        length, kind = struct.unpack(">I4s", content[place : place + 8])
        data = content[place + 8 : place + 8 + length]
        if kind in _COMPRESSED:
            word, _, packed = data.partition(b"\0")
            yield word.decode("latin-1") + zlib.decompress(packed[1:]).decode("utf-8", "replace")
        elif kind in _WORDS:
            yield data.decode("utf-8", "replace")
        place += 12 + length
        if kind == b"IEND":
            yield content[place:].decode("utf-8", "replace")
            return


def _embedded(text: str) -> Iterator[bytes]:
    """Return the files that stand in a text as base64."""
    for found in _EMBEDDED.findall(text):
        try:
            content = base64.b64decode(found, validate=True)
        except binascii.Error:
            continue
        if content.startswith((PNG, b"PK\x03\x04", b"<svg", b"<?xml")):
            yield content


def traces_of(number: float) -> set[str]:
    """Return the ways in which a number may be written: 86213, 86.213; 0.0531274…, 0,0531274…; on pages 0,0531 %."""
    if number == int(number):
        whole = str(int(number))
        return {whole, *(f"{whole[:-3]}{mark}{whole[-3:]}" for mark in (".", ",", " ", "\u00a0", "\u202f"))}
    digits, rounded = f"{number:.12f}"[:10], f"{number:.4f}".rstrip("0").replace(".", ",")
    return {digits, digits.replace(".", ","), f"{rounded}\u00a0%"}


def found_in(folder: Path, traces: set[str]) -> set[tuple[str, str]]:
    """Return the name of each file with each trace in it."""
    return {(path.name, trace) for path, text in texts_of(folder) for trace in traces if trace in text}


def figures_of(page: str) -> list[ElementTree.Element]:
    """Return the figures of a page, those with a title, as elements of SVG."""
    found = re.findall(r"<svg\b.*?</svg>", page, re.S)
    return [ElementTree.fromstring(text) for text in found if "<title" in text]


def marks_in(figure: ElementTree.Element, colour: str) -> int:
    """Return how many marks of a colour a figure has, also where a group says the style once for all of them."""
    marks = 0
    for group in figure.iter():
        own = [one for one in group if one.tag.rpartition("}")[2] == "use"]
        marks += sum(colour in f"{group.get('style', '')};{one.get('style', '')}" for one in own)
    return marks


def corners_in(figure: ElementTree.Element, colour: str) -> int:
    """Return how many corners the lines and faces of a colour have; the shape that marks refer to is none."""
    shapes = {path for defs in figure.iter() if defs.tag.rpartition("}")[2] == "defs" for path in defs.iter()}
    drawn = [one for one in figure.iter() if one not in shapes and colour in one.get("style", "")]
    return sum(len(re.findall(r"-?\d+(?:\.\d+)?|-?\.\d+", one.get("d", ""))) // 2 for one in drawn)

"""The search for hidden numbers is worth something: a number planted in each kind of file is found there."""

import base64
import io
import json
import re
import sqlite3
import struct
import zipfile
import zlib

import docx
import pandas as pd
import pytest
import xlsxwriter
from matplotlib.figure import Figure

from mande.reporting.figures import Milestone, PathChart, Point
from tests.published_files import PNG, found_in, text_of_bytes, traces_of

NUMBER = 86_213
WRITTEN = "86.213"


def chunk(kind, data):
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))


def png(*chunks):
    out = io.BytesIO()
    Figure(figsize=(0.2, 0.2)).savefig(out, format="png", metadata={"Software": None})
    content = out.getvalue()
    return content[: len(PNG) + 25] + b"".join(chunks) + content[len(PNG) + 25 :]


def palette():
    return png(chunk(b"PLTE", WRITTEN.encode()))


def workbook(where):
    out = io.BytesIO()
    with xlsxwriter.Workbook(out, {"in_memory": True}) as book:
        sheet = book.add_worksheet()
        if where == "cell":
            sheet.write_number(0, 0, NUMBER)
        elif where == "text":
            sheet.write_string(0, 0, f"số {WRITTEN}")
        elif where == "note":
            sheet.write_comment(0, 0, WRITTEN)
        elif where == "properties":
            book.set_properties({"comments": WRITTEN})
    return out.getvalue()


def document(where):
    made, out = docx.Document(), io.BytesIO()
    if where == "text":
        made.add_paragraph(WRITTEN)
    elif where == "picture":
        made.add_picture(io.BytesIO(png(chunk(b"tEXt", b"Title\0" + WRITTEN.encode()))))
    elif where == "alt text":
        made.add_picture(io.BytesIO(png()))
        made.inline_shapes[0]._inline.docPr.set("descr", WRITTEN)
    elif where == "properties":
        made.core_properties.keywords = WRITTEN
    made.save(out)
    return out.getvalue()


def notebook(where):
    output = {"data": {"image/png": base64.b64encode(png(chunk(b"tEXt", b"t\0" + WRITTEN.encode()))).decode()}}
    cell = {"metadata": {}, "outputs": [output] if where == "figure" else [], "source": ""}
    metadata = {"papermill": {"value": NUMBER}} if where == "metadata" else {}
    return json.dumps({"cells": [cell], "metadata": metadata}).encode()


def zipped_comment():
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        archive.writestr("a", "b")
        archive.comment = WRITTEN.encode()
    return out.getvalue()


PLANTS = {
    "page.html": f'<svg aria-label="{WRITTEN}"></svg>'.encode(),
    "embedded.html": b'<img src="data:image/png;base64,' + base64.b64encode(png(chunk(b"tEXt", b"t\x0086213"))) + b'">',
    "figure.svg": f"<svg><desc>{WRITTEN}</desc></svg>".encode(),
    "table.csv": b"value\n86213.0\n",
    "words.png": png(chunk(b"tEXt", b"Comment\0" + WRITTEN.encode())),
    "packed.png": png(chunk(b"zTXt", b"Comment\0\0" + zlib.compress(WRITTEN.encode()))),
    "palette.png": palette(),
    "tail.png": png() + WRITTEN.encode(),
    "cell.xlsx": workbook("cell"),
    "text.xlsx": workbook("text"),
    "note.xlsx": workbook("note"),
    "properties.xlsx": workbook("properties"),
    "archive.xlsx": zipped_comment(),
    "text.docx": document("text"),
    "picture.docx": document("picture"),
    "alt.docx": document("alt text"),
    "properties.docx": document("properties"),
    "metadata.ipynb": notebook("metadata"),
    "figure.ipynb": notebook("figure"),
    "run.log": b"read 86213 rows",
    "manifest.json": b'{"inputs": [{"bytes": 86213}]}',
}


@pytest.mark.parametrize("name", PLANTS)
def test_a_planted_number_is_found(tmp_path, name):
    (tmp_path / name).write_bytes(PLANTS[name])
    assert {file for file, _ in found_in(tmp_path, traces_of(NUMBER))} == {name}


def test_a_number_in_parquet_and_in_the_ledger_is_found(tmp_path):
    table = pd.DataFrame({"value": [float(NUMBER)]})
    table.to_parquet(tmp_path / "table.parquet")
    clean = pd.DataFrame({"value": [1.0]})
    clean.attrs["note"] = WRITTEN
    clean.to_parquet(tmp_path / "metadata.parquet")
    with sqlite3.connect(tmp_path / "ledger.sqlite") as connection:
        connection.execute("create table units (reason text)")
        connection.execute("insert into units values ('86.213 rows')")
    connection.close()
    found = {file for file, _ in found_in(tmp_path, traces_of(NUMBER))}
    assert found == {"table.parquet", "metadata.parquet", "ledger.sqlite"}


def test_a_clean_file_is_clean():
    clean = [png(), workbook("none"), document("none"), notebook("none"), b"<svg></svg>"]
    assert not any(mark in text_of_bytes(content) for content in clean for mark in (WRITTEN, str(NUMBER)))


def chart(**changes):
    known = {"key": "c", "title": "T", "description": "D", "lang": "vi", "hidden": (2018.0, 2020.0)}
    shown = (Point(2017.0, 5.0, "5"), Point(2019.0, 6.0, "6"))
    return PathChart(**{**known, "observed": shown, "milestones": (Milestone(2020, 4.0, "<", "4"),), **changes})


def line_of_values(svg):
    return re.search(r'd="([^"]*)" style="fill: none; stroke: #0b3d75; stroke-width: 1.6', svg).group(1)


def test_nothing_is_drawn_at_the_place_of_a_hidden_value():
    """No line runs from one value to the next across a hidden year; the year is hatched."""
    svg, whole = chart().draw(), chart(hidden=()).draw()
    assert "l" in line_of_values(whole) and "l" not in line_of_values(svg)
    assert svg.count("#9aa3ab") == whole.count("#9aa3ab") + 2


def test_a_chart_of_hidden_values_alone_is_hatched_and_has_no_point():
    svg = chart(observed=()).draw()
    assert "#0b3d75" not in svg and "&lt; 4" in svg
    assert chart(observed=()).draw_png().startswith(PNG)

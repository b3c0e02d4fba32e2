"""Reading published statistics: what is a table is read whole, what is not gives one clear error."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mande.errors import DataError
from mande.sources.published import COLUMNS, read_observations, read_published

ROOT = Path(__file__).parents[2]
HEADER = ",".join(COLUMNS)
ROW = "IMR,01,2015,_T,_T,7.5,,,=,per_1000_live_births,observed,gso-population-change-survey,,made-up,1,text,,"


def written(tmp_path, content):
    path = tmp_path / "made_up.csv"
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    return path


@pytest.mark.parametrize(
    ("content", "where", "found", "todo"),
    [
        ("", "made_up.csv", "the file is empty", "send the file again"),
        (" \n\n", "made_up.csv", "the file is empty", "send the file again"),
        (HEADER + "\n", "made_up.csv", "a single line, no rows", "with its header and rows"),
        (HEADER.replace("basis", "bassis") + "\n" + ROW, "line 1", "missing columns: basis", "add them"),
        (HEADER.replace("basis", "bassis") + "\n" + ROW, "line 1", "unknown columns: bassis", "rename or remove"),
        (HEADER + "\n" + ROW.replace("7.5", '"7,5"'), "cell F2", '"7,5" is not a number in column value', "write 7.5"),
        (HEADER + "\n" + ROW.replace("7.5", "bảy"), "cell F2", '"bảy" is not a number', "write a plain number"),
        (HEADER + "\n" + ROW.replace("7.5", "nan"), "cell F2", '"nan" is not a number', "write a plain number"),
        (HEADER + "\n" + ROW.replace("7.5", "1e999x"), "cell F2", "is not a number", "write a plain number"),
        (HEADER + "\n" + ROW.replace("2015", "20l5"), "cell C2", '"20l5" is not a period', "write 2016"),
        (HEADER + "\n" + ROW.replace(",01,", ",,"), "cell B2", "place_code is blank", "fill in place_code"),
        (HEADER + "\n" + ROW + ",,", "line 2", "20 cells where the header has 18", "the cells of the header"),
        (HEADER + "\n" + "x" * 10_000_000, "line 2", "a line of 10,000,000 bytes", "one row per line"),
        (
            (HEADER + "\n" + ROW + "Hà Nội").encode("latin-1", "replace") + b"\xe0",
            "line 2",
            "0xE0 is not UTF-8",
            "CSV UTF-8",
        ),
    ],
)
def test_a_file_that_cannot_be_used_gives_one_clear_error(tmp_path, content, where, found, todo):
    with pytest.raises(DataError) as error:
        read_observations(written(tmp_path, content))
    assert any(where in p.where and found in p.found and todo in p.todo for p in error.value.problems), error.value


def test_all_problems_of_a_file_are_told_at_once(tmp_path):
    rows = [ROW.replace("7.5", "x"), ROW, ROW.replace("2015", "?"), ROW.replace(",01,", ",,")]
    with pytest.raises(DataError) as error:
        read_observations(written(tmp_path, "\n".join([HEADER, *rows])))
    assert sorted(problem.where for problem in error.value.problems) == [
        "made_up.csv cell B5",
        "made_up.csv cell C4",
        "made_up.csv cell F2",
    ]


def test_reading_leaves_the_file_as_it_was_and_knows_each_cell(tmp_path):
    path = written(tmp_path, f"{HEADER}\n{ROW}\n{ROW.replace('2015', '2016')}\n")
    before = path.read_bytes()
    table = read_observations(path)
    assert path.read_bytes() == before
    assert table[["observation_id", "cell", "value"]].to_numpy().tolist() == [
        ["made_up.csv:2", "F2", 7.5],
        ["made_up.csv:3", "F3", 7.5],
    ]
    assert table["snapshot"].str.fullmatch(r"[0-9a-f]{64}").all()


@given(value=st.floats(allow_nan=False, allow_infinity=False, min_value=-1e12, max_value=1e12))
def test_every_number_arrives_as_it_was_written(tmp_path_factory, value):
    path = written(tmp_path_factory.mktemp("numbers"), f"{HEADER}\n{ROW.replace('7.5', repr(value))}\n")
    assert read_observations(path)["value"].tolist() == [value]


def test_a_source_that_is_not_described_is_refused(tmp_path):
    written(tmp_path, f"{HEADER}\n{ROW}\n")
    (tmp_path / "sources.yaml").write_text("sources: []\n")
    with pytest.raises(DataError, match='the source "made-up" is used but not described'):
        read_published(tmp_path)


def test_published_statistics_are_whole():
    published = read_published(ROOT / "data" / "published")
    table = published.observations
    assert table["file"].value_counts().to_dict() == {
        "gso_province_panel.csv": 8804,
        "gso_population.csv": 5250,
        "national_series.csv": 367,
        "national_immunisation.csv": 165,
        "national_reported.csv": 52,
    }
    panel = table[(table["source"] == "gso-province-panel") & (table["period"] == "2016")]
    is_kindergarten = panel["indicator"].str.startswith("KINDERGARTEN")
    assert (panel.loc[~is_kindergarten, "value_status"] == "provisional").all(), "2016 is preliminary in these tables"
    assert table[["source", "edition", "basis", "value_status"]].ne("").all().all()
    assert set(table["source"]) == set(published.sources["source"])


@pytest.mark.parametrize(
    ("entry", "is_made_up"), [("", False), (", is_made_up: true", True), (", is_made_up: yes", True)]
)
def test_a_source_that_is_made_up_says_so(tmp_path, entry, is_made_up):
    written(tmp_path, f"{HEADER}\n{ROW}\n")
    described = f"{{id: made-up, title: {{vi: x, en: x}}, publisher: x, edition: '1', file: made_up.csv{entry}}}"
    (tmp_path / "sources.yaml").write_text(f"sources: [{described}]\n")
    assert read_published(tmp_path).sources["is_made_up"].tolist() == [is_made_up]


def test_a_misspelt_key_of_a_source_is_refused(tmp_path):
    """Else made-up data would appear without saying so."""
    written(tmp_path, f"{HEADER}\n{ROW}\n")
    described = "{id: made-up, title: {vi: x, en: x}, publisher: x, edition: '1', file: made_up.csv, is_madeup: true}"
    (tmp_path / "sources.yaml").write_text(f"sources: [{described}]\n")
    with pytest.raises(DataError, match='source made-up: the key "is_madeup" is not known → use one of: is_made_up'):
        read_published(tmp_path)

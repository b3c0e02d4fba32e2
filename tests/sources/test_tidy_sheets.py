"""The tidy layout as people fill it in: semicolons, decimal commas, signs, workbooks. All numbers are made up."""

import datetime as dt
import math

import openpyxl
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from mande.errors import DataError
from mande.sources.published import read_observations
from mande.sources.tidy_sheet import is_tidy, read_tidy
from mande.sources.workbooks import read_sheets

HEADER = ("indicator", "place_code", "period", "value", "numerator", "denominator", "unit", "value_status", "source")


@pytest.fixture
def read(tmp_path):
    def read_rows(*rows, header=HEADER, as_="csv"):
        path = tmp_path / f"sent.{as_}"
        if as_ == "csv":
            path.write_text("\n".join(";".join(map(str, row)) for row in (header, *rows)), encoding="utf-8")
        else:
            book = openpyxl.Workbook()
            for row in (header, *rows):
                book.active.append(row)
            book.save(path)
        return read_tidy(path, read_sheets(path))

    return read_rows


def row(value="4,5", *, code="17", period="2016", numerator="", denominator="", unit="percent", status=""):
    return ("IMR", code, period, value, numerator, denominator, unit, status, "made-up")


def aside(reading):
    return {
        cell: (part, check) for cell, part, check in reading.quarantined[["cell", "part", "check_id"]].values.tolist()
    }


def test_a_row_with_a_decimal_comma(read):
    reading = read(
        row("10,5", numerator="1.234", denominator="12.345,5"), row("1.234", code="01"), row("7,5", numerator="2,5")
    )
    assert reading.kind == "tidy" and reading.quarantined.empty
    first = reading.observations.iloc[0]
    assert (first["value"], first["numerator"], first["denominator"]) == (10.5, 1234, 12345.5)
    assert (first["cell"], first["numerator_cell"], first["denominator_cell"]) == ("D2", "E2", "F2")
    assert first["observation_id"] == "sent.csv:sent!D2" and first["period_end"].isoformat() == "2016-12-31T00:00:00"
    assert (first["dimension"], first["dimension_value"], first["value_qualifier"]) == ("_T", "_T", "=")
    assert reading.observations["value"].tolist() == [10.5, 1234, 7.5]


def test_without_a_column_of_confidence_the_number_is_as_sure_as_one_in_a_form(read):
    """Else each value of a unit's own short table failed a critical check that the unit cannot understand."""
    assert read(row()).observations["confidence"].tolist() == ["text"]
    blank = read((*row(), ""), header=(*HEADER, "confidence"))
    assert blank.observations["confidence"].tolist() == [""]


def test_the_columns_are_those_of_published_statistics(read, tmp_path):
    published = tmp_path / "published.csv"
    header = "indicator,place_code,period,dimension,dimension_value,value,lower,upper,value_qualifier,unit,value_status,basis,definition,source,edition,confidence,sample_size,note"
    published.write_text(f"{header}\nIMR,17,2016,_T,_T,4.5,,,=,percent,observed,,,made-up,,text,,\n", encoding="utf-8")
    expected, found = read_observations(published), read(row()).observations
    assert set(expected.columns) <= set(found.columns)
    assert {column: str(kind) for column, kind in found.dtypes.items() if column in expected} == {
        column: str(kind) for column, kind in expected.dtypes.items()
    }


@pytest.mark.parametrize(
    ("value", "status", "read_as"),
    [
        ("4,5", "", "observed"),
        ("4,5", "provisional", "provisional"),
        ("Sơ bộ 4,5", "", "provisional"),
        ("…", "", "missing"),
        ("", "", "missing"),
        ("…", "observed", "missing"),
        ("-", "", "not_applicable"),
        ("", "suppressed", "suppressed"),
        ("<5", "", "suppressed"),
    ],
)
def test_the_word_or_the_sign_says_the_status(read, value, status, read_as):
    assert read(row(value, status=status)).observations["value_status"].tolist() == [read_as]


def test_a_preliminary_period_and_a_row_with_counts_only(read):
    reading = read(row(period="Sơ bộ 2016"), row("", numerator="3", denominator="1200"))
    assert reading.observations["value_status"].tolist() == ["provisional", "observed"]
    assert reading.observations["period"].tolist() == ["2016", "2016"]


@pytest.mark.parametrize(
    ("bad", "expected"),
    [
        (row("12/3"), {"D2": ("value", "two_numbers")}),
        (row("không"), {"D2": ("value", "word_for_none")}),
        (row("4,5%", unit="per_1000_live_births"), {"D2": ("value", "percent_sign")}),
        (row("4,5", period="2015-2016"), {"D2": ("value", "unknown_period")}),
        (row("4,5", code=""), {"D2": ("value", "blank_key")}),
        (row("4,5", status="guessed"), {"D2": ("value", "unknown_status")}),
        (row("4,5", numerator="5/6", denominator="7"), {"D2": ("value", "companion_set_aside"), "E2": ("numerator", "two_numbers"), "F2": ("denominator", "companion_set_aside")}),
    ],
)  # fmt: skip
def test_a_row_with_a_fault_is_set_aside_whole(read, bad, expected):
    reading = read(bad, row("3,5", code="01"))
    assert aside(reading) == expected and reading.observations["place_code"].tolist() == ["01"]


def test_codes_in_number_cells_that_may_have_lost_their_zeros(read):
    reading = read(row(4.5, code=17), row(4.5, code=250), row(4.5, code="017"), as_="xlsx")
    assert aside(reading) == {"D2": ("value", "lost_zeros"), "D3": ("value", "lost_zeros")}
    assert read(row(4.5, code=17), row(4.5, code=46), as_="xlsx").observations["place_code"].tolist() == ["17", "46"]
    assert aside(read(row(4.5, code=1), as_="xlsx")) == {"D2": ("value", "lost_zeros")}


def test_a_date_that_excel_made_from_a_number(read):
    assert aside(read(row(dt.datetime(2024, 2, 1)), as_="xlsx")) == {"D2": ("value", "date")}


def test_a_per_cent_cell_of_excel_is_in_per_cent(tmp_path):
    book = openpyxl.Workbook()
    book.active.append(HEADER)
    book.active.append(row(0.045))
    book.active["D2"].number_format = "0.0%"
    book.save(tmp_path / "p.xlsx")
    assert read_tidy(tmp_path / "p.xlsx", read_sheets(tmp_path / "p.xlsx")).observations["value"].tolist() == [4.5]


def test_wrong_headers_are_told_at_once(read):
    with pytest.raises(DataError) as caught:
        read(
            ("IMR", "17", "2016", "4", "5", "6"),
            header=("indicator", "place_code", "period", "value", "valeu", "unit", "unit"),
        )
    said = [str(problem) for problem in caught.value.problems]
    assert said == [
        "sent.csv sheet sent cell E1: unknown column \"valeu\" → did you mean 'value'?",
        'sent.csv sheet sent cell G1: the column "unit" stands twice → keep one of them',
    ]
    with pytest.raises(
        DataError, match="sent.csv row 1: the first row lacks the columns period, value → write the header"
    ):
        read(("IMR", "17"), header=("indicator", "place_code"))
    with pytest.raises(DataError, match="cell E1: a column without a name holds cells → name it, or delete it"):
        read(("IMR", "17", "2016", "4", "x"), header=("indicator", "place_code", "period", "value", ""))


def test_what_is_tidy(read, tmp_path):
    read(row())
    assert is_tidy(read_sheets(tmp_path / "sent.csv"))
    (tmp_path / "other.csv").write_text("a;b\n1;2\n", encoding="utf-8")
    assert not is_tidy(read_sheets(tmp_path / "other.csv"))


CELLS = st.sampled_from(["4,5", "12", "…", "12/3", "", "1.234", "-", "7,25", "không", "3,5 (1)"])


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=30)
@given(st.lists(st.tuples(CELLS, CELLS, CELLS, st.sampled_from(["2016", "khi nào", ""])), min_size=1, max_size=12))
def test_nothing_is_lost(read, rows):
    reading = read(*[row(v, numerator=n, denominator=d, period=p) for v, n, d, p in rows])
    sent = sum(cell != "" for cells in rows for cell in cells[:3])
    kept = reading.observations
    lines = [int(cell[1:]) - 2 for cell in kept["cell"]]
    kept_cells = sum(cell != "" for line in lines for cell in rows[line][:3])
    assert kept_cells + len(reading.quarantined) == sent
    assert len(set(reading.quarantined["cell"])) == len(reading.quarantined)
    for value, line in zip(kept["value"], lines, strict=True):
        assert math.isnan(value) == (rows[line][0] in ("…", "", "-"))

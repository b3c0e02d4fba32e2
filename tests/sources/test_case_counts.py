"""An extract with one row per case becomes counts; nothing of a row leaves, also not in an error. The rows are made up."""

import csv

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from mande.errors import DataError, DefinitionError
from mande.sources.case_counts import PROTECTED_NOTE, count_cases
from mande.sources.case_mapping import read_case_mapping

HEADER = ["Ho va ten", "Gioi tinh", "Ma xa", "Ngay", "Ho tro", "Tuoi"]
SECRET = "Nguyễn Văn Bí-Mật"
MAPPING = """
place_column: Ma xa
period: {column: Ngay}
source: case-register
dimensions:
  sex: {column: Gioi tinh, codes: {Nam: M, Nữ: F}}
indicators:
- {indicator: ABUSED_CHILDREN, unit: children, basis: service-record, dimensions: [sex]}
- indicator: ABUSED_SUPPORTED
  unit: percent
  basis: service-record
  of: [{column: Tuoi, below: 16}]
  count: [{column: Ho tro, equals: có}]
"""


def counted(tmp_path, rows, mapping=MAPPING):
    with (tmp_path / "cases.csv").open("w", encoding="utf-8", newline="") as file:
        csv.writer(file).writerows([HEADER, *([SECRET, *row] for row in rows)])
    (tmp_path / "map.yaml").write_text(mapping, encoding="utf-8")
    return count_cases(tmp_path / "cases.csv", read_case_mapping(tmp_path / "map.yaml"))


def value_of(table, indicator, place, period, group="_T"):
    keys = ["indicator", "place_code", "period", "dimension_value"]
    return table.set_index(keys).loc[(indicator, place, period, group)]


def test_rows_become_counts_by_place_period_and_group(tmp_path):
    rows = [
        ("Nam", "00001", "01/03/2024", "Có", "7"),
        ("Nữ", "00001", "2024-05-01", "không", "15"),
        ("Nữ", "00001", "02/01/2023", "Có", "16"),
        ("Nữ", "00004", "02/01/2024", "", "3"),
    ]
    table = counted(tmp_path, rows)
    assert value_of(table, "ABUSED_CHILDREN", "00001", "2024")["value"] == 2
    assert value_of(table, "ABUSED_CHILDREN", "00001", "2024", "M")["value"] == 1
    assert value_of(table, "ABUSED_CHILDREN", "00004", "2024", "M")["value"] == 0
    share = value_of(table, "ABUSED_SUPPORTED", "00001", "2024")
    assert (share["value"], share["numerator"], share["denominator"]) == (50.0, 1, 2)
    nobody = value_of(table, "ABUSED_SUPPORTED", "00001", "2023")
    assert pd.isna(nobody["value"]) and nobody["value_status"] == "not_applicable"
    assert SECRET not in table.to_csv()


@pytest.mark.parametrize(("n", "is_marked"), [(0, False), (1, True), (4, True), (5, False)])
def test_small_counts_are_marked_for_protection(tmp_path, n, is_marked):
    rows = [("Nam", "00001", "2024-01-01", "Có", "7")] * 9 + [("Nữ", "00001", "2024-01-01", "Có", "7")] * n
    girls = value_of(counted(tmp_path, rows), "ABUSED_CHILDREN", "00001", "2024", "F")
    assert (girls["value"], girls["note"] == PROTECTED_NOTE) == (n, is_marked)


def test_those_not_counted_are_protected_too(tmp_path):
    rows = [("Nam", "00001", "2024-01-01", "Có", "7")] * 9 + [("Nam", "00001", "2024-01-01", "không", "7")] * 2
    assert value_of(counted(tmp_path, rows), "ABUSED_SUPPORTED", "00001", "2024")["note"] == PROTECTED_NOTE


@pytest.mark.parametrize(
    ("row", "found"),
    [
        (("Nam", "", "2024-01-01", "Có", "7"), "1 rows have no usable value in the column 'Ma xa': 2"),
        (("Nam", "00001", "hôm qua", "Có", "7"), "1 rows have no usable value in the column 'Ngay': 2"),
        (("trai bí mật", "00001", "2024-01-01", "Có", "7"), "in the column 'Gioi tinh': 2"),
    ],
)
def test_an_error_names_rows_and_columns_and_no_content(tmp_path, row, found):
    with pytest.raises(DataError) as error:
        counted(tmp_path, [row])
    assert found in str(error.value)
    for secret in (SECRET, "bí mật", "hôm qua"):
        assert secret not in str(error.value)


def test_an_unforeseen_error_shows_no_content(tmp_path, monkeypatch):
    def fail(*_):
        raise ValueError(f"could not convert {SECRET}")

    monkeypatch.setattr("mande.sources.case_counts._count", fail)
    with pytest.raises(DataError) as error:
        counted(tmp_path, [("Nam", "00001", "2024-01-01", "Có", "7")])
    assert "cannot be counted (ValueError)" in str(error.value) and SECRET not in str(error.value)
    assert error.value.__cause__ is None and error.value.__suppress_context__


def test_a_heading_that_is_not_there_is_named(tmp_path):
    with pytest.raises(DataError, match="no columns are headed 'Ma huyen'"):
        counted(tmp_path, [("Nam", "1", "2024", "", "7")], MAPPING.replace("Ma xa", "Ma huyen"))


def test_a_dimension_has_to_be_described(tmp_path):
    with pytest.raises(DefinitionError, match="the dimension 'age' is not described"):
        counted(tmp_path, [], MAPPING.replace("dimensions: [sex]", "dimensions: [age]"))


def test_no_temporary_file_is_made(tmp_path, monkeypatch):
    def refuse(*_, **__):
        raise AssertionError("a temporary file")

    monkeypatch.setattr("tempfile.NamedTemporaryFile", refuse)
    monkeypatch.setattr("tempfile.mkstemp", refuse)
    counted(tmp_path, [("Nam", "00001", "2024-01-01", "Có", "7")])
    assert sorted(path.name for path in tmp_path.iterdir()) == ["cases.csv", "map.yaml"]


ROWS = st.tuples(
    st.sampled_from(["Nam", "Nữ"]),
    st.sampled_from(["00001", "00004"]),
    st.sampled_from(["2023-01-01", "2024-12-31"]),
    st.sampled_from(["Có", "không", ""]),
    st.integers(0, 20).map(str),
)


@given(rows=st.lists(ROWS, min_size=1, max_size=30))
def test_every_case_is_counted_once(tmp_path_factory, rows):
    table = counted(tmp_path_factory.mktemp("cases"), rows)
    cases = table[table["indicator"] == "ABUSED_CHILDREN"]
    assert cases.groupby("dimension")["value"].sum().to_dict() == {"_T": len(rows), "sex": len(rows)}
    shares = table[table["indicator"] == "ABUSED_SUPPORTED"]
    assert shares["denominator"].sum() == sum(int(row[4]) < 16 for row in rows)
    assert shares["numerator"].sum() == sum(int(row[4]) < 16 and row[3] == "Có" for row in rows)

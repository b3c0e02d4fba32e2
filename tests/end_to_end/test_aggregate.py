"""`mande aggregate` writes counts and nothing about a row, in its output, its errors and its files. Rows are made up."""

import pytest

from mande.commands.aggregate import aggregate_command
from mande.errors import UsageError
from tests.end_to_end.conftest import mande

pytestmark = pytest.mark.end_to_end
SECRET = "Nguyễn Văn Bí Mật"
MAPPING = """
place_column: Xã
period: {column: Ngày}
source: case-register
indicators:
- {indicator: ABUSED_CHILDREN, unit: children, basis: service-record}
"""


def test_counts_are_written_and_rows_never_shown(tmp_path):
    cases, mapping, out = tmp_path / "cases.csv", tmp_path / "map.yaml", tmp_path / "counts.csv"
    cases.write_text(f"Họ tên,Xã,Ngày\n{SECRET},00001,01/02/2024\n{SECRET},00001,03/02/2024\n", encoding="utf-8")
    mapping.write_text(MAPPING, encoding="utf-8")
    words = ("aggregate", cases, "--mapping", mapping, "--out", out)
    done = mande(*words, "--lang", "en")
    assert done.returncode == 0 and "1 rows of counts; 1 hold small counts" in done.stdout
    assert "ABUSED_CHILDREN,00001,2024,_T,_T,2.0" in out.read_text(encoding="utf-8")
    cases.write_text(f"Họ tên,Xã,Ngày\n{SECRET},,{SECRET}\n", encoding="utf-8")
    out.unlink()
    failed = mande("--debug", *words)
    assert failed.returncode != 0 and "rows have no usable value" in failed.stderr and not out.exists()
    assert SECRET not in done.stdout + done.stderr + failed.stdout + failed.stderr
    assert sorted(path.name for path in tmp_path.iterdir()) == ["cases.csv", "map.yaml"]


def test_the_extract_itself_is_never_overwritten(tmp_path):
    with pytest.raises(UsageError, match="names the extract itself"):
        aggregate_command(tmp_path / "cases.csv", mapping=tmp_path / "map.yaml", out=tmp_path / "cases.csv")

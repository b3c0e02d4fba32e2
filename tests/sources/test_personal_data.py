"""Files about single persons are stopped without showing what stands in them; statistics pass. All names are made up."""

import datetime as dt
from pathlib import Path

import pytest

from mande.errors import DataError
from mande.sources.personal_data import find_personal_data, require_no_personal_data
from mande.sources.personal_names import looks_like_person, plain
from mande.sources.workbooks import Sheet, read_sheets

ROOT = Path(__file__).parents[2]
TABLES = [*sorted((ROOT / "data").glob("p*/*.csv")), *sorted((ROOT / "tests").rglob("*.csv"))]


def kinds(*columns, known_places=frozenset()):
    height = max(len(column) for column in columns)
    rows = tuple(tuple(c[i] if i < len(c) else None for c in columns) for i in range(height))
    problems = find_personal_data([Sheet("Danh sách", rows)], "a.xlsx", known_places=known_places)
    return [(problem.where, problem.found) for problem in problems]


@pytest.mark.parametrize(
    ("column", "kind"),
    [
        (["Họ và tên", "Nguyễn Văn Mẫu"], "names of persons"),
        (["HỌ VÀ TÊN TRẺ", "NGUYỄN VĂN MẪU"], "names of persons"),
        (["Ho ten", "tran thi mau"], "names of persons"),
        (["Child's name", "Tran Thi Mau"], "names of persons"),
        (["Họ đệm", "Nguyễn Văn"], "names of persons"),
        (["TT", "Nguyễn Văn Mẫu", "Trần Thị Thử"], "names of persons"),
        ([None, "Giàng A Mẫu", "Lò Văn Thử", "Vàng Thị Mẫu"], "names of persons"),
        (["Ghi chú", "cháu Nguyễn Văn Mẫu bị ngã, đã đưa đi khám"], "names of persons"),
        (["Ngày sinh", dt.date(2015, 3, 1)], "dates of birth"),
        (["Ngày, tháng, năm sinh", "01/03/2015"], "dates of birth"),
        (["Date of birth", "2015-03-01"], "dates of birth"),
        (["Số CMND", "012345678"], "identity numbers"),
        (["Số CCCD", 1215000000.0 * 10 + 1], "identity numbers"),
        (["Mã định danh cá nhân", "001215 000 001"], "identity numbers"),
        (["mã", "001215000001"], "identity numbers"),
        (["x", "TE1012345678901"], "health insurance numbers"),
        (["Mã thẻ BHYT", 1234567890], "health insurance numbers"),
        (["Số điện thoại", 912345678], "telephone numbers"),
        (["Ghi chú", "gọi 0912 345 678"], "telephone numbers"),
        (["Ghi chú", "+84 912 345 678"], "telephone numbers"),
        (["x", "gửi về mau@example.org"], "e-mail addresses"),
        (["Địa chỉ", "Số 12, ngõ 5, đường Mẫu"], "addresses of homes"),
        (["Chỗ ở", "Tổ 5, thôn Mẫu, xã Thử"], "addresses of homes"),
        (["x", "12 ngõ 5 phố Mẫu", "7/3 đường Thử"], "addresses of homes"),
    ],
)
def test_what_speaks_of_a_person_is_found_and_named_by_kind(column, kind):
    assert kinds(["STT", 1], column) == [("a.xlsx sheet Danh sách column B", f"it holds {kind}")]


@pytest.mark.parametrize(
    "column",
    [
        ["Huyện", "Huyện Lê Chân", "Quận Hoàng Mai", "Huyện Trần Văn Thời"],
        ["Phường", "Phường Nguyễn Văn Linh", "Phường Trần Hưng Đạo", "Phường Lê Hồng Phong"],
        ["Xã, phường", "Nguyễn Văn Linh", "Trần Văn Thời", "Lê Hồng Phong"],
        ["Trường", "THCS Nguyễn Văn Trỗi", "Tiểu học Lê Văn Tám", "Mầm non Hoa Mai"],
        ["Ward", "Nguyen Van Linh ward", "Le Hong Phong ward"],
        ["Tỉnh", "Hà Nội", "Hà Giang", "Lâm Đồng", "Hồ Chí Minh", "Thái Bình", "Đồng Nai"],
        [None, "Cao Bằng", "Hà Nội", "Lâm Đồng", "Thái Bình", "Vĩnh Long", "Quảng Ngãi"],
        ["Dân số", 123456789, 912345678, 987654321],
        ["Dân số", "123 456 789", "912.345.678", "1.234.567.890"],
        ["Kinh phí mua thẻ BHYT (đồng)", 1234567890, 9876543210],
        ["Kinh phí điện thoại (đồng)", 912345678],
        ["Số trẻ được cấp thẻ BHYT", 1234, 5678],
        ["Số trẻ có mã định danh", 12345],
        ["Số cuộc gọi điện thoại 111", 512345],
        ["Ngày báo cáo", dt.date(2025, 1, 31), "31/01/2025"],
        ["Năm sinh", 2015, 2016],
        ["Tên chỉ tiêu", "Tỷ lệ trẻ em được khám sức khỏe"],
        ["Mã", "00001", "00004", "01", "31"],
        ["Tỷ suất", 0.912345678, "0,3912345678", "0.912345678"],
        ["Số trẻ em sinh ngày trong năm", 12],
        ["Ghi chú", "Quyết định 23/QĐ-TTg ngày 07/01/2021", "số liệu sơ bộ; xem biểu 3"],
        ["Người lập biểu", "Nguyễn Văn Mẫu"],
        ["Mã biểu", "MP-0912345678", "BM-001215000001"],
        [],
    ],
)
def test_statistics_pass(column):
    assert kinds(["STT", 1], column) == []


@pytest.mark.parametrize("path", TABLES, ids=lambda path: path.name)
def test_no_table_of_the_project_is_taken_for_a_list_of_persons(path):
    assert find_personal_data(read_sheets(path), path.name) == []


def test_known_places_are_no_persons():
    column = [None, "Trần Văn Thời", "Nguyễn Văn Linh"]
    assert kinds(column) != []
    assert kinds(column, known_places=frozenset({"tran van thoi", "nguyen van linh"})) == []


def test_the_error_shows_no_value():
    rows = (("Họ và tên", "Số CCCD"), ("Nguyễn Văn Mẫu", "001215000001"))
    with pytest.raises(DataError) as error:
        require_no_personal_data([Sheet("Trẻ em", rows)], "a.xlsx")
    text = str(error.value)
    assert "column A" in text and "column B" in text and len(error.value.problems) == 2
    assert "Mẫu" not in text and "0012" not in text
    assert "mande aggregate" in text


def test_a_middle_name_makes_the_difference():
    assert looks_like_person("Nguyễn Văn Mẫu", frozenset())
    assert not looks_like_person("Nguyễn Huệ", frozenset())
    assert plain("Đỗ  Thị-Mẫu") == "do thi mau"

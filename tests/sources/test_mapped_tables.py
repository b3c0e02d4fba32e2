"""Free tables: look-alikes of statistical tables and yearbook pages. All numbers are made up."""

from pathlib import Path

import openpyxl
import pytest
import yaml

from mande.errors import DataError, DefinitionError
from mande.places.register import Register
from mande.sources.mapped_table import read_mapped
from mande.sources.place_labels import Asked, match_labels
from mande.sources.table_blocks import find_mappings
from mande.sources.table_mapping import load_mappings
from mande.sources.workbooks import read_sheets
from mande.sources.written_periods import read_period, split_period

ROOT = Path(__file__).parents[2]


@pytest.fixture(scope="module")
def register():
    return Register.load(ROOT / "data/places")


@pytest.fixture
def read(tmp_path, register):
    """Write rows as CSV or xlsx, describe them, and read them; `mapping` completes the common part of a mapping."""

    def read_table(rows, mapping, *, as_="csv", merged=(), name="bang"):
        path = tmp_path / f"{name}.{as_}"
        write_csv(path, rows) if as_ == "csv" else write_xlsx(path, rows, merged)
        sheets = read_sheets(path)
        chosen = find_mappings(path, sheets, load_mappings(describe(tmp_path / "mappings", mapping)))
        assert chosen
        return read_mapped(path, sheets, chosen, places=register)

    return read_table


def write_csv(path, rows):
    quoted = [
        ",".join(f'"{cell}"' if isinstance(cell, str) else "" if cell is None else str(cell) for cell in r)
        for r in rows
    ]
    path.write_text("\r\n".join(quoted) + "\r\n", encoding="utf-8-sig")


def write_xlsx(path, rows, merged):
    book = openpyxl.Workbook()
    for row in rows:
        book.active.append(row)
    for area in merged:
        book.active.merge_cells(area)
    book.save(path)


def describe(folder, changes):
    folder.mkdir(exist_ok=True)
    mapping = {
        "id": "look-alike",
        "title": {"vi": "Bảng giả", "en": "Made-up table"},
        "recognise": {"texts": ["bảng giả"]},
        "columns": [{"column": "A", "holds": "place"}],
        "fixed": {"indicator": "IMR"},
        "indicators": {"IMR": {"unit": "per_1000_live_births"}},
        "places": {"levels": ["nation", "region", "province"]},
        "source": "made-up",
    }
    (folder / "look-alike.yaml").write_text(
        yaml.safe_dump({**mapping, **changes}, allow_unicode=True), encoding="utf-8"
    )
    return folder


YEARS = {"header": {"begins": "Địa phương", "lines": [{"holds": "period"}]}}


def figures(reading):
    """What was read: (place, period, indicator, group) → (number, status)."""
    table = reading.observations
    keys = zip(table["place_code"], table["period"], table["indicator"], table["dimension_value"], strict=True)
    values = zip(table["value"].astype(object).where(table["value"].notna(), None), table["value_status"], strict=True)
    return dict(zip(keys, values, strict=True))


def reasons(reading):
    return dict(zip(reading.quarantined["cell"], reading.quarantined["check_id"], strict=True))


def test_a_px_web_table_with_title_signs_preliminary_year_and_notes(read):
    reading = read(
        [
            ["Tỷ suất chết trẻ em, bảng giả, theo Địa phương và Năm"],
            [],
            ["Địa phương", "2014", "2015", "Sơ bộ 2016"],
            ["CẢ NƯỚC", 14.9, 14.7, 14.5],
            ["Đồng bằng sông Hồng", 11.5, "..", 10.9],
            ["TP.Hồ Chí Minh", 8.3, "…", "-"],
            [],
            ["Nguồn: số liệu giả 2016"],
            ["(*) Ghi chú: bảng giả"],
        ],
        YEARS,
    )
    read_as = figures(reading)
    assert read_as["VN", "2014", "IMR", "_T"] == (14.9, "observed")
    assert read_as["VN", "2016", "IMR", "_T"] == (14.5, "provisional")
    assert read_as["R1", "2015", "IMR", "_T"] == (None, "missing")
    assert read_as["79", "2016", "IMR", "_T"] == (None, "not_applicable")
    assert len(read_as) == 9 and reading.quarantined.empty
    first = reading.observations.iloc[0]
    assert (first["observation_id"], first["cell"], first["file"]) == ("bang.csv:bang!B4", "B4", "bang.csv")
    assert first["period_end"].isoformat() == "2014-12-31T00:00:00" and len(first["snapshot"]) == 64


def test_english_px_web_with_year_and_group_in_one_heading(read):
    lines = [
        {
            "holds": ["period", "dimension_value"],
            "dimension": "sex",
            "labels": {"Total": "_T", "Male": "M", "Female": "F"},
        }
    ]
    reading = read(
        [
            ["Population, bảng giả, by Cities, provinces, Year and Sex"],
            ["Cities, provinces", "2015 Total", "2015 Male", "2015 Female", "Prel. 2016 Total"],
            ["WHOLE COUNTRY", 100.5, 49.5, 51.0, 101.25],
            ["Northern midlands and mountain areas", 12.5, 6.25, 6.25, ".."],
            ["Kien  Giang", 1.5, 0.75, 0.75, 1.625],
            ["Ho Chi Minh city", 8.5, 4.0, 4.5, 8.75],
        ],
        {"header": {"begins": "Cities, provinces", "lines": lines}},
    )
    read_as = figures(reading)
    assert read_as["91", "2015", "IMR", "F"] == (0.75, "observed")
    assert read_as["VN", "2016", "IMR", "_T"] == (101.25, "provisional")
    assert read_as["R2", "2016", "IMR", "_T"] == (None, "missing")
    assert set(reading.observations["dimension"]) == {"_T", "sex"} and reading.quarantined.empty


def test_a_yearbook_page_with_two_header_lines_column_numbers_and_spaced_numbers(read):
    lines = [
        {"holds": "period"},
        {"holds": "dimension_value", "dimension": "sex", "labels": {"Tổng số": "_T", "Nam": "M", "Nữ": "F"}},
    ]
    reading = read(
        [
            ["12. Dân số trung bình, bảng giả"],
            ["ĐVT: Người - Unit: Person"],
            ["Địa phương", "2018", None, None, "Sơ bộ - Prel. 2019", None, None],
            [None, "Tổng số\nTotal", "Nam\nMale", "Nữ\nFemale", "Tổng số\nTotal", "Nam\nMale", "Nữ\nFemale"],
            ["A", 1, 2, 3, 4, 5, 6],
            ["TỔNG SỐ - TOTAL", "854 131", "424 500", "429 631", "861 000", "427 000", "434 000"],
            ["1. TP. Hòa Bình - Hoa Binh city", "96 500", "47 000", "49 500", 97000, "47 500", "49 500"],
            ["2. Huyện Đà Bắc - Da Bac district", "54\u00a0000", "27 500", "26 500", "…", "…", "…"],
        ],
        {
            "header": {"begins": "Địa phương", "lines": lines},
            "columns": [{"column": "A", "holds": "place", "labels": {"TỔNG SỐ": "17"}}],
            "places": {"levels": ["district"], "parent": "17"},
        },
        as_="xlsx",
        merged=["B3:D3", "E3:G3", "A3:A4"],
    )
    read_as = figures(reading)
    assert read_as["17", "2018", "IMR", "_T"] == (854131, "observed")
    assert read_as["148", "2019", "IMR", "_T"] == (97000, "provisional")
    assert read_as["150", "2018", "IMR", "F"] == (26500, "observed")
    assert read_as["150", "2019", "IMR", "M"] == (None, "missing")
    assert len(read_as) == 18 and reading.quarantined.empty


def test_three_header_lines_of_which_the_total_spans_two(read):
    lines = [
        {"holds": "period"},
        {"holds": "note"},
        {
            "holds": "dimension_value",
            "dimension": "residence",
            "labels": {"Chung": "_T", "Thành thị": "urban", "Nông thôn": "rural"},
        },
    ]
    reading = read(
        [
            ["bảng giả"],
            ["Địa phương", 2018, None, None],
            [None, "Chung", "Trong đó - Of which", None],
            [None, None, "Thành thị - Urban", "Nông thôn - Rural"],
            ["Hà Nội", 9.5, 8.5, 10.5],
        ],
        {"header": {"begins": "Địa phương", "lines": lines}},
        as_="xlsx",
        merged=["A2:A4", "B2:D2", "B3:B4", "C3:D3"],
    )
    assert figures(reading) == {
        ("01", "2018", "IMR", "_T"): (9.5, "observed"),
        ("01", "2018", "IMR", "urban"): (8.5, "observed"),
        ("01", "2018", "IMR", "rural"): (10.5, "observed"),
    }


def test_roman_subtotals_are_groups_of_the_province_and_never_districts(read):
    urban = {"place_code": "17", "dimension": "residence", "dimension_value": "urban"}
    labels = {
        "TỔNG SỐ": "17",
        "Thành thị": urban,
        "Nông thôn": {**urban, "dimension_value": "rural"},
        "Tăng/giảm": "skip",
    }
    reading = read(
        [
            ["bảng giả"],
            ["Địa phương", "2015"],
            ["TỔNG SỐ", 30],
            ["I. Thành thị - Urban", 10],
            ["1. Thành phố Hòa Bình", 10],
            ["II. Nông thôn - Rural", 20],
            ["1. Huyện Đà Bắc", 20],
            ["Tăng/giảm", 3],
        ],
        {
            **YEARS,
            "columns": [{"column": "A", "holds": "place", "labels": labels}],
            "places": {"levels": ["district"], "parent": "17"},
        },
    )
    assert figures(reading) == {
        ("17", "2015", "IMR", "_T"): (30, "observed"),
        ("17", "2015", "IMR", "urban"): (10, "observed"),
        ("148", "2015", "IMR", "_T"): (10, "observed"),
        ("17", "2015", "IMR", "rural"): (20, "observed"),
        ("150", "2015", "IMR", "_T"): (20, "observed"),
    }
    assert reasons(reading) == {"B8": "skipped_by_mapping"}


def test_sections_of_rows_in_school_years(read):
    groups = {"Công lập": "public", "Ngoài công lập": "non_public"}
    sections = {"Số trường học": {"indicator": "SCHOOLS"}, "Số lớp": {"indicator": "CLASSES"}}
    reading = read(
        [
            ["Giáo dục mầm non, bảng giả"],
            ["Chỉ tiêu", "2015-2016", "Năm học 2016/17"],
            ["Số trường học (Trường) - Number of schools", None, None],
            ["Công lập - Public", 30, 31],
            ["Ngoài công lập - Non-public", 4, "-"],
            ["Số lớp - Number of classes", 340, 350],
            ["Công lập - Public", 300, 305],
        ],
        {
            "header": {"begins": "Chỉ tiêu", "lines": [{"holds": "period"}]},
            "columns": [
                {
                    "column": "A",
                    "holds": "dimension_value",
                    "dimension": "ownership",
                    "labels": groups,
                    "sections": {"Số trường học (Trường)": sections["Số trường học"], "Số lớp": sections["Số lớp"]},
                }
            ],
            "fixed": {"place_code": "492"},
            "indicators": {"SCHOOLS": {"unit": "schools"}, "CLASSES": {"unit": "classes"}},
            "places": {"levels": ["district"], "parent": "48"},
            "school_years": True,
        },
    )
    read_as = figures(reading)
    assert read_as["492", "2015-09/2016-05", "SCHOOLS", "public"] == (30, "observed")
    assert read_as["492", "2016-09/2017-05", "SCHOOLS", "non_public"] == (None, "not_applicable")
    assert read_as["492", "2016-09/2017-05", "CLASSES", "_T"] == (350, "observed")
    assert read_as["492", "2016-09/2017-05", "CLASSES", "public"] == (305, "observed")
    assert reading.quarantined.empty


def test_units_in_columns_indicators_in_rows_and_years_filled_down(read):
    reading = read(
        [
            ["bảng giả"],
            ["Năm", "Chỉ tiêu", "Quận Hải Châu", "Huyện Hoàng Sa", "Tăng so với năm trước"],
            ["2015", "Tử vong", 3, None, 1],
            [None, "Số sinh", 1200, None, 2],
            ["2016", "Tử vong", 2, None, 3],
            [None, "Số sinh", 1300, None, 4],
        ],
        {
            "header": {"begins": "Năm", "lines": [{"holds": "place", "labels": {"Tăng so với năm trước": "skip"}}]},
            "columns": [
                {"column": "A", "holds": "period", "fill_down": True},
                {
                    "column": "B",
                    "holds": "indicator",
                    "labels": {
                        "Tử vong": {"indicator": "IMR", "part": "numerator"},
                        "Số sinh": {"indicator": "IMR", "part": "denominator"},
                    },
                },
            ],
            "fixed": {},
            "places": {"levels": ["district"], "parent": "48"},
        },
    )
    table = reading.observations.set_index(["place_code", "period"])
    assert table.loc[("492", "2016"), ["numerator", "denominator"]].tolist() == [2, 1300]
    assert table.loc[("492", "2016"), ["numerator_cell", "denominator_cell"]].tolist() == ["C5", "C6"]
    assert reasons(reading) == dict.fromkeys(["E3", "E4", "E5", "E6"], "skipped_by_mapping")


def test_an_empty_district_is_missing_not_zero(read):
    reading = read(
        [["bảng giả"], ["Địa phương", "2015", "2016"], ["Quận Hải Châu", 5, 6], ["Huyện Hoàng Sa", None, None]],
        {**YEARS, "places": {"levels": ["district"], "parent": "48"}},
    )
    read_as = figures(reading)
    assert read_as["498", "2015", "IMR", "_T"] == (None, "missing") == read_as["498", "2016", "IMR", "_T"]


def test_a_name_that_is_not_exact_is_set_aside_with_its_suggestions(read):
    reading = read(
        [["bảng giả"], ["Địa phương", "2015", "2016"], ["Kiên Gian", 5.5, 6.5], ["Hà Nội", 1.5, 2.5]],
        YEARS,
    )
    assert reasons(reading) == {"B3": "unknown_place", "C3": "unknown_place"}
    aside = reading.quarantined.iloc[0]
    assert "91 Tỉnh Kiên Giang" in aside["cure_en"] and "Kiên Gian" in aside["message_vi"] and aside["found"] == "5.5"
    assert set(reading.observations["place_code"]) == {"01"}


def test_names_count_at_the_date_and_below_the_parent(read):
    rows = [["bảng giả"], ["Địa phương", "2022"], ["Huyện Kỳ Sơn", 5]]
    below = {**YEARS, "places": {"levels": ["district"], "parent": "17"}}
    assert reasons(read(rows, below)) == {"B3": "unknown_place"}  # joined Hòa Bình city in 2020
    rows[1][1] = "2018"
    assert figures(read(rows, below)) == {("151", "2018", "IMR", "_T"): (5, "observed")}
    other = {**YEARS, "places": {"levels": ["district"], "parent": "40"}}
    assert list(figures(read(rows, other))) == [("417", "2018", "IMR", "_T")]  # Kỳ Sơn of Nghệ An


def test_a_second_table_below_and_other_sheets_are_not_taken_for_the_first(read, tmp_path, register):
    reading = read(
        [
            ["bảng giả"],
            ["Địa phương", "2014", "2015"],
            ["Hà Nội", 1.5, 2.5],
            ["Địa phương", "2014", "2015"],
            ["Hà Giang", 3.5, 4.5],
            [None, "2016", "2017"],
            ["Hà Nội", 5.5, 6.5],
        ],
        YEARS,
    )
    assert set(figures(reading).values()) == {
        (1.5, "observed"),
        (2.5, "observed"),
        (3.5, "observed"),
        (4.5, "observed"),
    }
    assert reasons(reading) == dict.fromkeys(["B6", "C6", "B7", "C7"], "another_table")


def test_numbers_on_a_sheet_that_nothing_describes_are_set_aside(tmp_path, register):
    path = tmp_path / "hai.xlsx"
    book = openpyxl.Workbook()
    for row in [["bảng giả"], ["Địa phương", 2014], ["Hà Nội", 1.5]]:
        book.active.append(row)
    book.create_sheet("Phụ lục").append(["khác", 7.25])
    book.save(path)
    mapping = load_mappings(describe(tmp_path / "m", YEARS))["look-alike"]
    reading = read_mapped(path, read_sheets(path), mapping, places=register)
    assert reading.quarantined[["sheet", "cell", "check_id"]].values.tolist() == [["Phụ lục", "B1", "unmapped_sheet"]]


def test_one_figure_in_two_cells(read):
    rows = [["bảng giả"], ["Địa phương", "2015"], ["Hà Nội", 5], ["Ha Noi city", 5], ["Hà Giang", 5], ["Hà Giang", 6]]
    reading = read(rows, YEARS)
    assert figures(reading) == {("01", "2015", "IMR", "_T"): (5, "observed")}
    assert reasons(reading) == {"B4": "said_twice", "B5": "contradiction", "B6": "contradiction"}


def test_a_heading_that_the_mapping_does_not_know_and_a_figure_in_two_groupings(read):
    lines = [{"holds": "dimension_value", "dimension": "sex", "labels": {"Chung": "_T", "Nữ": "F"}}]
    urban = {"place_code": "01", "dimension": "residence", "dimension_value": "urban"}
    reading = read(
        [["bảng giả"], ["Địa phương", "Chung", "Nữ", "Khác"], ["Hà Nội", 5, 4, 3], ["Thành thị", 2, 1, 0]],
        {
            "header": {"begins": "Địa phương", "lines": lines},
            "columns": [{"column": "A", "holds": "place", "labels": {"Thành thị": urban}}],
            "fixed": {"indicator": "IMR", "period": "2015"},
        },
    )
    assert reasons(reading) == {"D3": "unknown_heading", "D4": "unknown_heading", "C4": "two_dimensions"}
    assert figures(reading)["01", "2015", "IMR", "urban"] == (2, "observed")


def test_a_per_cent_sign_where_the_unit_is_another(read):
    reading = read([["bảng giả"], ["Địa phương", "2015"], ["Hà Nội", "4,5%"], ["Hà Giang", "4,5"]], YEARS)
    assert reasons(reading) == {"B3": "percent_sign"}
    percent = {**YEARS, "indicators": {"IMR": {"unit": "percent"}}}
    assert reasons(read([["bảng giả"], ["Địa phương", "2015"], ["Hà Nội", "4,5%"]], percent)) == {}


def test_the_mapping_says_what_a_sign_and_a_mark_mean(read):
    rows = [["bảng giả"], ["Địa phương", "2015"], ["Hà Nội", "1.234"], ["Hà Giang", "không"], ["Cao Bằng", "-"]]
    assert reasons(read(rows, YEARS)) == {"B3": "ambiguous_locale", "B4": "word_for_none"}
    told = {**YEARS, "numbers": {"decimal": "comma", "signs": {"không": "zero", "-": "zero"}}}
    reading = read(rows, told)
    assert [value for value, _ in figures(reading).values()] == [1234, 0, 0] and reading.quarantined.empty


def test_nothing_is_lost_by_count_and_by_sum(read):
    values = [[round(1.5 + row + column / 8, 3) for column in range(4)] for row in range(6)]
    names = ["Hà Nội", "Kiên Gian", "Hà Giang", "Hà Giang", None, "Cao Bằng"]
    rows = [
        ["bảng giả"],
        ["Địa phương", "2013", "2014", "gì đó", "2015"],
        *[[n, *v] for n, v in zip(names, values, strict=True)],
    ]
    reading = read(rows, YEARS)
    kept, aside = reading.observations["value"].dropna(), reading.quarantined["found"].astype(float)
    assert len(kept) + len(aside) == 24
    assert kept.sum() + aside.sum() == pytest.approx(sum(map(sum, values)))


@pytest.mark.parametrize(
    ("text", "period", "status"),
    [
        ("2015", "2015", ""),
        (2015.0, "2015", ""),
        ("Sơ bộ 2016", "2016", "provisional"),
        ("Prel. 2016", "2016", "provisional"),
        ("Sơ bộ\nPrel.\n2016", "2016", "provisional"),
        ("2016 (Sơ bộ)", "2016", "provisional"),
        ("Ước 2017", "2017", "estimated"),
        ("Năm 2014", "2014", ""),
        ("2014 (1)", "2014", ""),
        ("Năm học 2015-2016", "2015-09/2016-05", ""),
        ("School year 2016/17", "2016-09/2017-05", ""),
        ("6 tháng đầu năm 2024", "2024-01/2024-06", ""),
        ("6 tháng cuối năm 2024", "2024-07/2024-12", ""),
        ("Quý III/2024", "2024-07/2024-09", ""),
        ("Tháng 3/2024", "2024-03", ""),
        ("2016-09/2017-05", "2016-09/2017-05", ""),
    ],
)
def test_periods_as_headings_write_them(text, period, status):
    assert read_period(text) == (period, status)


@pytest.mark.parametrize("text", ["2015-2016", "2015-2017 học", "Tổng số", "12", None, True, "", "20155", "2016/15"])
def test_what_is_no_period_or_two(text):
    assert read_period(text) is None


def test_a_period_beside_another_word():
    assert split_period("Nữ 2015") == (("2015", ""), "Nữ")
    assert split_period("Tổng số") == (None, "Tổng số")


def test_bilingual_names_must_agree(register):
    asked = Asked(["nation", "region", "province"], "", "2016-12-31")
    texts = ["Hà Nội - Ha Noi", "Bà Rịa - Vũng Tàu - Ba Ria - Vung Tau", "Thừa Thiên-Huế/Thua Thien-Hue", "I. Cả nước/WHOLE COUNTRY",
             "Hoà Bình - Lương Sơn", "Hà Nội - Hà Giang"]  # fmt: skip
    found = match_labels(texts, register, asked)
    assert [found[text].place_code for text in texts] == ["01", "77", "46", "VN", "", ""]
    assert found["Hoà Bình - Lương Sơn"].suggestions[0] == "17 Tỉnh Hòa Bình"


def test_a_mapping_is_chosen_by_what_the_file_holds(tmp_path):
    folder = describe(tmp_path / "m", YEARS)
    special = yaml.safe_load((folder / "look-alike.yaml").read_text(encoding="utf-8"))
    special |= {"id": "special", "recognise": {"texts": ["Bảng giả", "tử vong"]}}
    (folder / "special.yaml").write_text(yaml.safe_dump(special, allow_unicode=True), encoding="utf-8")
    mappings = load_mappings(folder)

    def chosen(title):
        path = tmp_path / "special.csv"
        write_csv(path, [[title, "x"], ["Địa phương", "2015"]])
        return [one.id for one in find_mappings(path, read_sheets(path), mappings)]

    assert chosen("BẢNG GIẢ về  Tử vong") == ["special"] and chosen("Bảng giả") == ["look-alike"]
    assert chosen("khác") == []


def test_two_mappings_that_fit_equally_well_are_not_chosen_between(tmp_path):
    mapping = load_mappings(describe(tmp_path / "m", YEARS))["look-alike"]
    path = tmp_path / "a.csv"
    write_csv(path, [["Bảng giả", "x"], ["Địa phương", "2015"]])
    with pytest.raises(DataError, match=r"a.csv: the mappings look-alike, twin fit equally well → give one of them"):
        find_mappings(path, read_sheets(path), [mapping, mapping.model_copy(update={"id": "twin"})])


def test_all_that_is_wrong_with_a_mapping_is_told_at_once(tmp_path):
    folder = describe(
        tmp_path / "m", {"header": {"begins": 2, "lines": [{"holds": "years"}]}, "sauce": "x", "indicators": {}}
    )
    with pytest.raises(DefinitionError) as caught:
        load_mappings(folder)
    text = str(caught.value)
    assert "unknown key 'sauce' → did you mean 'source'?" in text and "indicators" in text and "'years'" in text
    assert all("look-alike.yaml:" in problem.where for problem in caught.value.problems)


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({**YEARS, "fixed": {}}, "nothing says which indicator a number belongs to"),
        ({**YEARS, "fixed": {"indicator": "U5MR"}}, "the indicators U5MR are not described"),
        ({"header": {"begins": 2, "lines": [{"holds": "note"}]}}, "nothing says which period"),
        ({**YEARS, "columns": [{"column": "A", "holds": ["place", "dimension_value"]}]}, "needs the key 'dimension'"),
    ],
)
def test_a_mapping_must_name_everything(tmp_path, changes, said):
    with pytest.raises(DefinitionError, match=said):
        load_mappings(describe(tmp_path / "m", changes))


def test_a_header_that_is_not_there(read):
    with pytest.raises(
        DataError, match=r'bang.csv sheet bang: no cell holds "Tỉnh", where the header begins → mend the mapping'
    ):
        read([["bảng giả"], ["Địa phương", "2015"]], {"header": {"begins": "Tỉnh", "lines": [{"holds": "period"}]}})


def test_the_example_mappings_are_whole():
    assert "gso-infant-mortality-by-province" in load_mappings(ROOT / "data/mappings")


def test_the_mapping_of_the_documentation_is_whole(tmp_path):
    text = (ROOT / "docs/mappings.md").read_text(encoding="utf-8")
    (tmp_path / "doc.yaml").write_text(text.partition("```yaml\n")[2].partition("```")[0], encoding="utf-8")
    assert load_mappings(tmp_path)["hoa-binh-population"].numbers.decimal == "comma"

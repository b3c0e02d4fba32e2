"""Look-alikes of ten pages of provincial statistical yearbooks; all numbers made up."""

from typing import Any

from tests.sources.look_alikes.page import Page, Table, comma, describe

HOA_BINH = {"levels": ["district"], "parent": "17"}
QUANG_NGAI = {"levels": ["district"], "parent": "51"}
DA_NANG = {"levels": ["district"], "parent": "48"}
PERCENT = {"unit": "percent"}


def hoa_binh_health_stations() -> Page:
    """Old xls: two tables on one sheet, two languages in a cell, a former district, "ƣ" for "ư", column numbers."""
    names = [("TỔNG SỐ\nTOTAL", "17"), ("Thành phố Hòa Bình", "148"), ("Huyện Đà Bắc", "150"), ("Huyện Kỳ Sơn", "151"),
             ("Huyện Lƣơng Sơn", "152"), ("Huyện Mai Châu", "156")]  # fmt: skip
    rows: list[list[Any]] = []
    page = Page("hoa_binh_y_te.xls", hoa_binh_health_stations.__doc__ or "", {"tr665": rows}, [])
    for id, title, indicator in (
        ("hb-doctors", "Tỷ lệ xã, phường có bác sỹ (số giả)", "DOCTOR"),
        ("hb-midwives", "Tỷ lệ xã, phường có nữ hộ sinh (số giả)", "MIDWIFE"),
    ):
        rows += [[f"29{len(rows)}. {title}"], ["", "", "Đơn vị tính - Unit: %"], []]
        rows += [["", "2015", "2018", "Sơ bộ\nPrel. 2019"], ["A", 1, 2, 3]]
        first = 21.11 + len(rows)
        table = Table(top=len(rows) + 1, decimals=2, first=first, write=comma, period_status={"2019": "provisional"})
        years = [{"period": year, "indicator": indicator} for year in ("2015", "2018", "2019")]
        for name, code in names:
            table.row([name], code, years, signs={1: "-"} if code == "150" else {2: "…"} if code == "156" else None)
        rows += [*table.rows, []]
        page.add("tr665", table)
        page.mappings.append(
            describe(
                id,
                [title],
                "2015",
                [{"holds": "period"}],
                columns=[{"column": "A", "holds": "place", "labels": {"TỔNG SỐ": "17"}}],
                fixed={"indicator": indicator},
                indicators={indicator: PERCENT},
                places=HOA_BINH,
            )
        )
    return page


def hoa_binh_population() -> Page:
    """Numbers with spaces as text beside real ones; the English names in a column right of the figures."""
    table = Table(top=5, first=96500.0, decimals=0, write=comma, period_status={"2021": "provisional"})
    years = [{"period": year, "indicator": "POP"} for year in ("2019", "2020", "2021")]
    for name, english, code in (
        ("TỔNG SỐ", "TOTAL", "17"),
        ("Thành phố Hòa Bình", "Hoa Binh city", "148"),
        ("Huyện Đà Bắc", "Da Bac district", "150"),
        ("Huyện Lương Sơn", "Luong Son district", "152"),
    ):
        table.row([name], code, years, right=[english], signs={2: 861000} if code == "17" else None)
    rows = [
        ["Dân số trung bình phân theo huyện, thành phố (số giả)"],
        ["Average population by district, made up", None, None, "ĐVT: Người - Unit: Person"],
        [],
        ["Địa phương", "2019", "2020", "Sơ bộ 2021", "Districts"],
        *table.rows,
    ]
    mapping = describe(
        "hb-population",
        ["Dân số trung bình"],
        "Địa phương",
        [{"holds": "period"}],
        columns=[{"column": "A", "holds": "place", "labels": {"TỔNG SỐ": "17"}}, {"column": "E", "holds": "note"}],
        fixed={"indicator": "POP"},
        indicators={"POP": {"unit": "persons"}},
        places=HOA_BINH,
    )
    return _page("hoa_binh_dan_so.xlsx", hoa_binh_population, rows, mapping, table)


def hung_yen_doctors() -> Page:
    """An ods file: numbered names, an English line of its own below each name, two lines of header in two languages."""
    table = Table(top=5, period_status={"2022": "provisional"})
    columns = [{"period": year, "indicator": one} for one in ("STATIONS", "DOCTOR") for year in ("2021", "2022")]
    for name, english, code in (
        ("TỔNG SỐ", "TOTAL", "33"),
        ("1. Thành phố Hưng Yên", "Hung Yen city", "323"),
        ("2. Huyện Văn Lâm", "Van Lam district", "325"),
        ("5. Thị xã Mỹ Hào", "My Hao town", "328"),
    ):
        table.row([name], code, columns)
        table.text(english)
    rows = [
        ["Số trạm y tế và tỷ lệ có bác sỹ phân theo huyện (số giả)"],
        [],
        ["Huyện, thành phố", "Số trạm y tế", None, "Tỷ lệ có bác sỹ (%)", None],
        [None, "2021", "Sơ bộ 2022", "2021", "Sơ bộ 2022"],
        *table.rows,
    ]
    labels = {"Số trạm y tế": "STATIONS", "Tỷ lệ có bác sỹ (%)": "DOCTOR"}
    mapping = describe(
        "hy-doctors",
        ["Số trạm y tế và tỷ lệ có bác sỹ"],
        "Huyện, thành phố",
        [{"holds": "indicator", "labels": labels}, {"holds": "period"}],
        columns=[{"column": "A", "holds": "place", "labels": {"TỔNG SỐ": "33", "TOTAL": "33"}}],
        indicators={"STATIONS": {"unit": "stations"}, "DOCTOR": PERCENT},
        places={"levels": ["district"], "parent": "33"},
    )
    return _page("hung_yen_y_te.ods", hung_yen_doctors, rows, mapping, table)


def quang_ngai_population() -> Page:
    """Roman subtotals held against their rows, one of them wrong; the table goes on over a second page."""
    years = [{"period": "2015", "indicator": "POP"}, {"period": "2016", "indicator": "POP"}]
    subtotal = [{"aside": "skipped_by_mapping"}, {"aside": "skipped_by_mapping"}]
    table = Table(top=4, first=1200.0, decimals=0, period_status={"2016": "provisional"})
    table.row(["TỔNG SỐ - TOTAL"], "51", years)
    table.row(["I. Vùng đồng bằng"], "", subtotal, signs={0: 3000, 1: 3100})
    table.row(["1. TP. Quảng Ngãi"], "522", years, signs={0: 1000, 1: 1050})
    table.row(["2. Huyện Bình Sơn"], "524", years, signs={0: 2000, 1: 2050})
    wrong = [{"aside": "subtotal_differs"}, {"aside": "skipped_by_mapping"}]
    table.row(["II. Vùng miền núi"], "", wrong, signs={0: 999, 1: 710})
    table.row(["8. Huyện Trà Bồng"], "525", years, signs={0: 300, 1: 310})
    table.row(["9. Huyện Tây Trà"], "526", years, signs={0: 400, 1: 400})
    table.text("(Tiếp theo) Dân số trung bình - (Cont.) Average population")
    table.text("Địa phương", "2015", "Sơ bộ 2016")
    table.row(["III. Vùng hải đảo"], "", subtotal, signs={0: 18, 1: 19})
    table.row(["14. Huyện Lý Sơn"], "536", years, signs={0: 18, 1: 19})
    rows = [["21. Dân số trung bình (số giả)"], [], ["Địa phương", "2015", "Sơ bộ 2016"], *table.rows]
    labels = {"TỔNG SỐ": "51", "Vùng đồng bằng": "subtotal", "Vùng miền núi": "subtotal", "Vùng hải đảo": "subtotal"}
    mapping = describe(
        "qn-population",
        ["Dân số trung bình"],
        "Địa phương",
        [{"holds": "period"}],
        columns=[{"column": "A", "holds": "place", "labels": labels}],
        fixed={"indicator": "POP"},
        indicators={"POP": {"unit": "persons"}},
        places=QUANG_NGAI,
    )
    return _page("quang_ngai_dan_so.xlsx", quang_ngai_population, rows, mapping, table)


def quang_ngai_classes() -> Page:
    """Three lines of header over merged cells: school year, total or of which, ownership; "-" means 0 here."""
    ownership = {"Tổng số": "_T", "Công lập": "public", "Ngoài công lập": "non_public"}
    periods = {"2015-2016": "2015-09/2016-05", "2016-2017": "2016-09/2017-05"}
    columns = [
        {"period": period, "indicator": "CLASSES", "group": group}
        for period in periods.values()
        for group in ownership.values()
    ]
    table = Table(top=6, first=90.0, decimals=0)
    for name, code in (("TỔNG SỐ", "51"), ("1. TP. Quảng Ngãi", "522"), ("4. Huyện Tư Nghĩa", "528")):
        table.row([name], code, columns)
    table.row(["14. Huyện Lý Sơn"], "536", columns, signs={2: 0, 5: 0})
    table.rows[-1] = ["-" if cell == 0 else cell for cell in table.rows[-1]]
    rows = [
        ["Số lớp mẫu giáo (số giả)"],
        ["ĐVT: Lớp"],
        ["Địa phương", "Năm học 2015-2016", None, None, "Năm học 2016-2017", None, None],
        [None, "Tổng số", "Chia ra - Of which", None, "Tổng số", "Chia ra - Of which", None],
        [None, None, "Công lập - Public", "Ngoài công lập\nNon-public", None, "Công lập", "Ngoài công lập"],
        *table.rows,
    ]
    merged = ["A3:A5", "B3:D3", "E3:G3", "B4:B5", "C4:D4", "E4:E5", "F4:G4"]
    mapping = describe(
        "qn-classes",
        ["Số lớp mẫu giáo"],
        "Địa phương",
        [
            {"holds": "period"},
            {"holds": "note"},
            {"holds": "dimension_value", "dimension": "ownership", "labels": ownership},
        ],
        columns=[{"column": "A", "holds": "place", "labels": {"TỔNG SỐ": "51"}}],
        fixed={"indicator": "CLASSES"},
        indicators={"CLASSES": {"unit": "classes"}},
        numbers={"signs": {"-": "zero"}},
        places=QUANG_NGAI,
    )
    return _page("quang_ngai_lop.xlsx", quang_ngai_classes, rows, mapping, table, merged=merged)


def quang_ngai_health() -> Page:
    """Text of a PDF page, aligned with spaces: indicators with their unit in rows, "Sơ bộ" above "Prel. 2016"."""
    table = Table(top=7, first=14.5, write=comma, period_status={"2016": "provisional"})
    years = [{"period": year} for year in ("2010", "2015", "2016")]
    kinds = {
        "Trẻ em được tiêm chủng đầy đủ (%)": "FIC",
        "Trẻ em suy dinh dưỡng (%)": "UNDERWEIGHT",
        "Số ca mắc": "CASES",
    }
    for text, code in kinds.items():
        said = {"place": "51", "indicator": code}
        signs: dict[int, Any] = {0: 2345.0, 1: "..", 2: 12345.0} if code == "CASES" else {}
        table.row([text], said, years, signs=signs)
    rows = [
        ["352. Một số chỉ tiêu về y tế (số giả)"],
        ["Some indicators on health, made up"],
        [],
        ["Chỉ tiêu", None, None, "Sơ bộ"],
        ["Indicators", "2010", "2015", "Prel. 2016"],
        [],
        *table.rows,
    ]
    mapping = describe(
        "qn-health",
        ["Một số chỉ tiêu về y tế"],
        "Chỉ tiêu",
        [{"holds": "period", "rows": 2}],
        columns=[{"column": "A", "holds": "indicator", "labels": kinds}],
        fixed={"place_code": "51"},
        indicators={"FIC": PERCENT, "UNDERWEIGHT": PERCENT, "CASES": {"unit": "cases"}},
        numbers={"decimal": "comma"},
        places=QUANG_NGAI,
    )
    return _page("quang_ngai_tr352.txt", quang_ngai_health, rows, mapping, table)


def quang_ngai_poverty() -> Page:
    """Footnote marks in headings and numbers; one indicator under two norms; the years in rows; "0" is not blank."""
    table = Table(top=4, first=8.5)
    columns = [{"indicator": "POOR", "group": "_T"}, {"indicator": "POOR_MULTI"}]
    for year in ("2013", "2014", "2015"):
        signs: dict[int, Any] = {1: "…"} if year == "2013" else {0: 0} if year == "2014" else {}
        table.row([f"{year}(*)" if year == "2015" else year], {"place": "51", "period": year}, columns, signs=signs)
    table.rows[0][1] = f"{comma(table.rows[0][1])}(1)"
    rows = [
        ["Tỷ lệ hộ nghèo (số giả)"],
        [],
        ["Năm - Year", "Chuẩn 2011-2015 (1)", "Chuẩn 2016-2020 (**)"],
        *table.rows,
        ["(1) Theo chuẩn nghèo 2011-2015"],
    ]
    mapping = describe(
        "qn-poverty",
        ["Tỷ lệ hộ nghèo"],
        "Năm",
        [{"holds": "indicator", "labels": {"Chuẩn 2011-2015": "POOR", "Chuẩn 2016-2020": "POOR_MULTI"}}],
        columns=[{"column": "A", "holds": "period"}],
        fixed={"place_code": "51"},
        indicators={"POOR": PERCENT, "POOR_MULTI": PERCENT},
        places=QUANG_NGAI,
    )
    return _page("quang_ngai_tr371.xlsx", quang_ngai_poverty, rows, mapping, table)


def quang_ngai_dropout() -> Page:
    """Sex and residence crossed in two merged lines of header; years in a column filled down; a suppressed cell."""
    sexes, residences = (
        {"Tổng số": "_T", "Nam": "M", "Nữ": "F"},
        {"Chung": "_T", "Thành thị": "urban", "Nông thôn": "rural"},
    )
    columns = []
    for sex in sexes.values():
        for residence in residences.values():
            group = sex if residence == "_T" else residence if sex == "_T" else f"{residence}.{sex}"
            columns.append({"group": group})
    table = Table(top=5, first=1.5)
    for year in ("2015", "2016"):
        for level, code in (("Tiểu học", "DROPOUT_1"), ("Trung học cơ sở", "DROPOUT_2")):
            said = {"place": "51", "period": year, "indicator": code}
            signs: dict[int, Any] = {7: "<5", 8: "x"} if code == "DROPOUT_1" else {4: ""}
            table.row([year if code == "DROPOUT_1" else None, level], said, columns, signs=signs)
    rows = [
        ["Tỷ lệ học sinh bỏ học (số giả)"],
        [],
        ["Năm", "Cấp học", "Tổng số", None, None, "Nam", None, None, "Nữ", None, None],
        [None, None, *["Chung", "Thành thị", "Nông thôn"] * 3],
        *table.rows,
    ]
    mapping = describe(
        "qn-dropout",
        ["Tỷ lệ học sinh bỏ học"],
        "Năm",
        [
            {"holds": "dimension_value", "dimension": "sex", "labels": sexes},
            {"holds": "dimension_value", "dimension": "residence", "labels": residences},
        ],
        columns=[
            {"column": "A", "holds": "period", "fill_down": True},
            {"column": "B", "holds": "indicator", "labels": {"Tiểu học": "DROPOUT_1", "Trung học cơ sở": "DROPOUT_2"}},
        ],
        fixed={"place_code": "51"},
        indicators={"DROPOUT_1": PERCENT, "DROPOUT_2": PERCENT},
        places=QUANG_NGAI,
        two_way_groups=True,
    )
    merged = ["A3:A4", "B3:B4", "C3:E3", "F3:H3", "I3:K3", "A5:A6", "A7:A8"]
    return _page("quang_ngai_tr336.xlsx", quang_ngai_dropout, rows, mapping, table, merged=merged)


def da_nang_preschools() -> Page:
    """One table per sheet and a sheet that nothing describes; school years without the word; an empty district."""
    periods = [{"period": "2019-09/2020-05"}, {"period": "2020-09/2021-05"}]
    page = Page("da_nang_mam_non.xlsx", da_nang_preschools.__doc__ or "", {}, [])
    for sheet, indicator, first in (("Trường", "SCHOOLS", 208.0), ("Lớp", "CLASSES", 3059.0)):
        columns = [{**one, "indicator": indicator} for one in periods]
        table = Table(top=4, first=first, decimals=0)
        table.row(["TỔNG SỐ - TOTAL"], "48", columns)
        table.row(["Quận Liên Chiểu"], "490", columns)
        table.row(["Quận Hải Châu"], "492", columns, signs={1: ".."})
        table.row(["Huyện Hoàng Sa"], "498", columns, signs={0: "", 1: ""})
        title = f"Số {sheet.lower()} mầm non phân theo quận (số giả)"
        page.sheets[sheet] = [[title], [], ["Quận, huyện", "2019-2020", "2020-2021"], *table.rows]
        page.add(sheet, table)
        page.mappings.append(
            describe(
                f"dn-{indicator.lower()}",
                [title],
                "Quận, huyện",
                [{"holds": "period"}],
                columns=[{"column": "A", "holds": "place", "labels": {"TỔNG SỐ": "48"}}],
                fixed={"indicator": indicator},
                indicators={indicator: {"unit": indicator.lower()}},
                places=DA_NANG,
                school_years=True,
            )
        )
    page.sheets["Khác"] = [["Phụ lục"], ["Quận", 7, 8]]
    page.aside |= {"Khác!B2": "unmapped_sheet", "Khác!C2": "unmapped_sheet"}
    page.sent += [7, 8]
    return page


def thua_thien_hue_health() -> Page:
    """Two languages in two columns beside each other; sections; a table below that nothing describes."""
    table = Table(top=4, first=91.5, period_status={"2020": "provisional"})
    years = [{"period": year} for year in ("2018", "2019", "2020")]
    sections = (("Tiêm chủng", "FIC"), ("Suy dinh dưỡng", "UNDERWEIGHT"))
    for section, code in sections:
        table.text(section)
        for text, english, group in (("Thành thị", "Urban", "urban"), ("Nông thôn", "Rural", "rural")):
            table.row([text, english], {"place": "46", "indicator": code, "group": group}, years)
    table.text()
    table.text("Số giường bệnh (số giả)")
    table.text("Loại", "Kind", "2018", "2019", "2020")
    undescribed = [{"aside": "another_table"}] * 3
    table.row(["Công lập", "Public"], "", undescribed)
    heading = len(table.rows) + 2
    table.aside |= {f"{column}{heading}": "another_table" for column in "CDE"}
    table.sent += [2018.0, 2019.0, 2020.0]
    rows = [
        ["Chăm sóc sức khỏe trẻ em (số giả)"],
        [],
        ["Chỉ tiêu", "Indicators", "2018", "2019", "Sơ bộ 2020"],
        *table.rows,
    ]
    mapping = describe(
        "tth-health",
        ["Chăm sóc sức khỏe trẻ em"],
        "Chỉ tiêu",
        [{"holds": "period"}],
        columns=[
            {
                "column": "A",
                "holds": "dimension_value",
                "dimension": "residence",
                "labels": {"Thành thị": "urban", "Nông thôn": "rural"},
                "sections": {text: {"indicator": code} for text, code in sections},
            },
            {"column": "B", "holds": "note"},
        ],
        fixed={"place_code": "46"},
        indicators={"FIC": PERCENT, "UNDERWEIGHT": PERCENT},
        places={"levels": ["province"]},
    )
    return _page("thua_thien_hue_y_te.csv", thua_thien_hue_health, rows, mapping, table)


def _page(
    name: str, maker: Any, rows: list[list[Any]], mapping: dict[str, Any], table: Table, merged: list[str] | None = None
) -> Page:
    sheet = name.partition(".")[0]
    page = Page(name, maker.__doc__ or "", {sheet: rows}, [mapping], merged={sheet: merged or []})
    page.add(sheet, table)
    return page


YEARBOOK_PAGES = (
    hoa_binh_health_stations,
    hoa_binh_population,
    hung_yen_doctors,
    quang_ngai_population,
    quang_ngai_classes,
    quang_ngai_health,
    quang_ngai_poverty,
    quang_ngai_dropout,
    da_nang_preschools,
    thua_thien_hue_health,
)

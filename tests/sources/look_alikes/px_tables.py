"""Look-alikes of seven PX-Web tables of the General Statistics Office and of two national ones; all numbers made up."""

from typing import Any

from tests.sources.look_alikes.page import Page, Table, describe

PROVINCES = {"levels": ["nation", "region", "province"]}
REGION = {"Northern Central area and Central coastal area": "R3"}
ENGLISH = [(" WHOLE COUNTRY", "VN"), ("Red River Delta", "R1"), ("Ha Noi", "01"), ("Thai  Nguyen", "19"),
           ("Northern Central area and Central coastal area", "R3"), ("Thua Thien-Hue", "46"),
           ("Ba Ria - Vung Tau", "77"), ("Ho Chi Minh city", "79")]  # fmt: skip
VIETNAMESE = [("CẢ NƯỚC", "VN"), ("Đồng bằng sông Hồng ", "R1"), ("Hà Nội", "01"), ("Thừa Thiên – Huế", "46"),
              ("Bà Rịa - Vũng Tàu", "77"), ("TP. Hồ Chí Minh", "79")]  # fmt: skip
GROUPS = {"Total": "_T", "Male": "M", "Female": "F", "Urban": "urban", "Rural": "rural"}
SEX_AND_RESIDENCE: dict[str, Any] = {
    "Total": "_T",
    "Male": {"dimension": "sex", "dimension_value": "M"},
    "Female": {"dimension": "sex", "dimension_value": "F"},
    "Urban": {"dimension": "residence", "dimension_value": "urban"},
    "Rural": {"dimension": "residence", "dimension_value": "rural"},
}


def infant_mortality() -> Page:
    """Semicolons; a former province with ".." after its end; names with two spaces; "Prel. 2016"."""
    table = Table(top=4, period_status={"2016": "provisional"})
    years = [{"period": year, "indicator": "IMR"} for year in ("2005", "2007", "2015", "2016")]
    for name, code in ENGLISH[:3]:
        table.row([name], code, years)
    gone = [*years[:2], *[{"aside": "unknown_place"}] * 2]
    table.row(["Ha Tay"], "28", gone, signs={2: "..", 3: ".."})
    for name, code in ENGLISH[3:]:
        table.row([name], code, years)
    rows = [
        ["Infant mortality rate by province, made up, by Cities, provincies and Year"],
        [],
        ["Cities, provincies", "2005", "2007", "2015", "Prel. 2016"],
        *table.rows,
    ]
    mapping = _by_province("imr", ["Infant mortality rate by province"], "Cities, provincies", [{"holds": "period"}])
    return _csv("imr.csv", infant_mortality, rows, mapping, table, delimiter=";")


def under_five_mortality() -> Page:
    """Vietnamese, commas, no byte order mark; newest year first; "Sơ bộ 2016 - Prel. 2016"; notes and source below."""
    table = Table(top=4, period_status={"2016": "provisional"})
    years = [{"period": year, "indicator": "U5MR"} for year in ("2016", "2015", "2014")]
    for at, (name, code) in enumerate(VIETNAMESE):
        table.row([name], code, years, signs={1: "..", 2: "-"} if at == 2 else {2: "…"} if at == 3 else None)
    rows = [
        ["Tỷ suất chết của trẻ em dưới năm tuổi (số giả) phân theo địa phương"],
        [],
        ["Địa phương", "Sơ bộ 2016 - Prel. 2016", "2015", "2014"],
        *table.rows,
        [],
        ["(*) Số liệu giả; năm 2016 là số sơ bộ"],
        ["Nguồn: bảng giả, 31/12/2016"],
    ]
    mapping = _by_province("u5mr", ["Tỷ suất chết của trẻ em dưới năm tuổi"], "Địa phương", [{"holds": "period"}])
    return _csv("u5mr.csv", under_five_mortality, rows, mapping, table, encoding="utf-8")


def immunisation() -> Page:
    """Windows-1258; the title stands below the table; "Pre. 2016"; 0 beside the signs for nothing."""
    table = Table(top=2, period_status={"2016": "provisional"})
    years = [{"period": year, "indicator": "FIC"} for year in ("2014", "2015", "2016")]
    for at, (name, code) in enumerate(VIETNAMESE):
        table.row([name.replace("–", "-")], code, years, signs={0: 0, 1: "", 2: ".."} if at == 4 else None)
    rows = [
        ["Tỉnh, thành phố", "2014", "2015", "Pre. 2016"],
        *table.rows,
        [],
        ["Tỷ lệ trẻ em dưới một tuổi được tiêm chủng đầy đủ (số giả)"],
    ]
    mapping = _by_province("fic", ["tiêm chủng đầy đủ"], "Tỉnh, thành phố", [{"holds": "period"}])
    return _csv("fic.csv", immunisation, rows, mapping, table, encoding="cp1258", delimiter=";")


def births_and_deaths() -> Page:
    """UTF-16 with tabs; indicator and year in one heading; negative numbers; an indicator that is left out."""
    table = Table(top=4, first=-2.0, period_status={"2016": "provisional"})
    columns: list[dict[str, str]] = [
        {"period": year, "indicator": one} for one in ("CBR", "NIR") for year in ("2015", "2016")
    ]
    columns += [{"aside": "skipped_by_mapping"}] * 2
    for name, code in ENGLISH:
        table.row([name], code, columns)
    kinds = ("Crude birth rate", "Natural increase rate", "Crude death rate")
    heads = [f"{one} {year}" for one in kinds for year in ("2015", "Prel. 2016")]
    rows = [
        ["Crude birth rate,  crude death rate and natural increase rate, made up, by Cities, provincies and Year"],
        [],
        ["Cities, provincies", *heads],
        *table.rows,
    ]
    labels = {"Crude birth rate": "CBR", "Natural increase rate": "NIR", "Crude death rate": "skip"}
    mapping = _by_province(
        "births",
        ["Crude birth rate, crude death rate"],
        "Cities, provincies",
        [{"holds": ["indicator", "period"], "labels": labels}],
        indicators={"CBR": {"unit": "per_1000_population"}, "NIR": {"unit": "per_1000_population"}},
    )
    return _csv("births.csv", births_and_deaths, rows, mapping, table, encoding="utf-16", delimiter="\t")


def kindergartens() -> Page:
    """Year and indicator with its unit in one heading; four indicators in four units; large counts."""
    items = {"School": "SCHOOLS", "Class": "CLASSES", "Teacher (Pers.)": "TEACHERS", "Pupil (Thous. Pupil)": "PUPILS"}
    table = Table(top=4, first=1500.0, decimals=0)
    columns = [{"period": year, "indicator": code} for year in ("2015", "2016") for code in items.values()]
    for at, (name, code) in enumerate(ENGLISH):
        table.row([name], code, columns, signs={0: "..", 4: ".."} if at == 0 else None)
    rows = [
        ["Number of schools, classes, teachers and pupils of kindergarten education, made up, by Year and Items"],
        [],
        ["Cities, provincies", *[f"{year} {item}" for year in ("2015", "2016") for item in items]],
        *table.rows,
    ]
    mapping = _by_province(
        "kindergartens",
        ["pupils of kindergarten education"],
        "Cities, provincies",
        [{"holds": ["period", "indicator"], "labels": items}],
        indicators={code: {"unit": "count"} for code in items.values()},
    )
    return _csv("kindergartens.csv", kindergartens, rows, mapping, table, delimiter=";")


def population() -> Page:
    """Sex and residence side by side before the year; decimals with commas between semicolons; a column of totals."""
    table = Table(top=5, write=lambda number: f"{number}".replace(".", ","), period_status={"2024": "provisional"})
    groups = [("Total", "2023"), ("Total", "2024"), ("Male", "2024"), ("Female", "2024"), ("Urban", "2024")]
    columns = [{"period": year, "indicator": "POP", "group": GROUPS[group]} for group, year in groups]
    for at, (name, code) in enumerate(ENGLISH):
        table.row([name], code, columns, signs={3: "…"} if at == 2 else None)
    heads = [f"{group} {'Prel. ' if year == '2024' else ''}{year}" for group, year in groups]
    rows = [
        ["Average population by province, made up"],
        ["Unit: Thous. pers."],
        [],
        ["Cities, provincies", *heads],
        *table.rows,
    ]
    mapping = _by_province(
        "population",
        ["Average population by province"],
        "Cities, provincies",
        [{"holds": ["dimension_value", "period"], "dimension": "sex", "labels": SEX_AND_RESIDENCE}],
        indicators={"POP": {"unit": "thousand_persons"}},
        fixed={"indicator": "POP"},
    )
    return _csv("population.csv", population, rows, mapping, table, delimiter=";")


def area_and_density() -> Page:
    """A footnote mark inside the heading: "2016 (*) Area (Km2)"; numbers quoted and in groups: "1,234.5"."""
    items = {"Area (Km2)": "AREA", "Average population (Thous. pers.)": "POP", "Population density (Person/km2)": "DEN"}
    table = Table(top=4, first=20345.5, write=lambda number: f"{number:,}")
    columns = [{"period": year, "indicator": code} for year in ("2015", "2016") for code in items.values()]
    for name, code in ENGLISH:
        table.row([name], code, columns)
    rows = [
        ["Area, population and population density by province, made up"],
        [],
        ["Cities, provincies", *[f"{year} {item}" for year in ("2015", "2016 (*)") for item in items]],
        *table.rows,
        ["(*) Made up for 2016"],
    ]
    mapping = _by_province(
        "area",
        ["Area, population and population density"],
        "Cities, provincies",
        [{"holds": ["period", "indicator"], "labels": items}],
        indicators={"AREA": {"unit": "km2"}, "POP": {"unit": "thousand_persons"}, "DEN": {"unit": "persons_per_km2"}},
    )
    return _csv("area.csv", area_and_density, rows, mapping, table, encoding="utf-8")


def child_mortality() -> Page:
    """The nation alone: indicator and year in rows, two groupings in columns."""
    kinds = {"Infant mortality rate (Infant deaths per 1000 live births)": "IMR",
             "Under five mortality rate (Under - five deaths per 1000 live births)": "U5MR"}  # fmt: skip
    table = Table(top=4, period_status={"2016": "provisional"})
    columns = [{"group": code} for code in GROUPS.values()]
    for kind, code in kinds.items():
        for year in ("2015", "Prel. 2016"):
            said = {"place": "VN", "period": year[-4:], "indicator": code}
            table.row([kind, year], said, columns, signs={1: ".."} if year == "2015" else None)
    rows = [
        ["Child mortality rate by sex and by residence, made up"],
        [],
        ["Child mortality rate", "Year", *GROUPS],
        *table.rows,
    ]
    mapping = describe(
        "child-mortality",
        ["Child mortality rate by sex and by residence"],
        "Child mortality rate",
        [{"holds": "dimension_value", "dimension": "sex", "labels": SEX_AND_RESIDENCE}],
        columns=[{"column": "A", "holds": "indicator", "labels": kinds}, {"column": "B", "holds": "period"}],
        fixed={"place_code": "VN"},
        indicators={"IMR": {"unit": "per_1000_live_births"}, "U5MR": {"unit": "per_1000_live_births"}},
        places={"levels": ["nation"]},
    )
    return _csv("child_mortality.csv", child_mortality, rows, mapping, table, delimiter=";")


def malnutrition() -> Page:
    """Indicator and group in one text: "Rate of … - Male"; missing for groups in the first years."""
    kinds = {"Rate of weight-for-age malnutrition": "UNDERWEIGHT", "Rate of height-for-age malnutrition": "STUNTING"}
    table = Table(top=4, period_status={"2016": "provisional"})
    columns = [{"period": year} for year in ("2013", "2014", "2016")]
    labels: dict[str, Any] = {}
    for kind, code in kinds.items():
        for group, value in GROUPS.items():
            said = {"place": "VN", "indicator": code, "group": value}
            table.row([f"{kind} - {group}"], said, columns, signs={0: ".."} if value != "_T" else None)
            meant = SEX_AND_RESIDENCE[group] if value != "_T" else {}
            labels[f"{kind} - {group}"] = {"indicator": code, **meant}
    rows = [
        ["Under-five-malnutrition rate by sex and by residence, made up"],
        [],
        ["Indicators", "2013", "2014", "Pre. 2016"],
        *table.rows,
    ]
    mapping = describe(
        "malnutrition",
        ["Under-five-malnutrition rate"],
        "Indicators",
        [{"holds": "period"}],
        columns=[{"column": "A", "holds": "indicator", "labels": labels}],
        fixed={"place_code": "VN"},
        indicators={code: {"unit": "percent"} for code in kinds.values()},
        places={"levels": ["nation"]},
    )
    return _csv("malnutrition.csv", malnutrition, rows, mapping, table, delimiter=";", encoding="utf-8")


def _by_province(id: str, texts: list[str], begins: str, lines: list[dict[str, Any]], **rest: Any) -> dict[str, Any]:
    indicator = {"imr": "IMR", "u5mr": "U5MR", "fic": "FIC"}.get(id)
    one = {"fixed": {"indicator": indicator}, "indicators": {indicator: {"unit": "made_up"}}} if indicator else {}
    columns = [{"column": "A", "holds": "place", "labels": REGION}]
    return describe(id, texts, begins, lines, **{"columns": columns, "places": PROVINCES, **one, **rest})


def _csv(name: str, maker: Any, rows: list[list[Any]], mapping: dict[str, Any], table: Table, **how: str) -> Page:
    sheet = name.removesuffix(".csv")
    page = Page(name, maker.__doc__ or "", {sheet: rows}, [mapping], **how)
    page.add(sheet, table)
    return page


PX_TABLES = (
    infant_mortality,
    under_five_mortality,
    immunisation,
    births_and_deaths,
    kindergartens,
    population,
    area_and_density,
    child_mortality,
    malnutrition,
)

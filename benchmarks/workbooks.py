"""Measure the reading of what units send: 705 workbooks, a million number cells, a tidy table, files made to harm.

Run `python benchmarks/workbooks.py` in the project's folder. Targets: 705 workbooks in a fraction of the 60 s that
reading and checking may take, below 1.5 GB; a million cells in a few seconds; a hostile file in seconds, below 1 GB.
All numbers are made up.
"""

import io
import resource
import subprocess
import sys
import tempfile
import time
import zipfile
from pathlib import Path

import numpy as np

ROOT = Path(__file__).resolve().parents[1]
UNITS, ROWS, COLUMNS = 705, 120, 12


def write_workbooks(folder: Path) -> None:
    """Write the same kind of workbook that an office fills in, formatted cells and a sheet of codes included."""
    import xlsxwriter

    random = np.random.default_rng(5)
    for unit in range(UNITS):
        with xlsxwriter.Workbook(folder / f"{unit:03d}.xlsx") as book:
            framed, codes = book.add_format({"border": 1, "num_format": "#,##0"}), book.add_worksheet("Mã")
            sheet = book.add_worksheet("Số liệu")
            for row in range(ROWS):
                sheet.write(row, 0, f"Chỉ tiêu {row}", framed)
                codes.write(row, 0, f"IND_{row}")
                for column, number in enumerate(random.integers(0, 10**6, COLUMNS - 1), start=1):
                    sheet.write(row, column, int(number) if column % 3 else f"{number:,}".replace(",", "."), framed)


def write_styled_empty_cells(path: Path, rows: int, columns: int) -> None:
    """Write a sheet of formatted cells without any content."""
    import openpyxl

    from mande.sources.workbooks import address

    book, content, sheet = openpyxl.Workbook(), io.BytesIO(), "xl/worksheets/sheet1.xml"
    book.save(content)
    letters = [address(0, column)[:-1] for column in range(columns)]
    with zipfile.ZipFile(content) as old, zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as new:
        for name in old.namelist():
            if name != sheet:
                new.writestr(name, old.read(name))
        with new.open(sheet, "w", force_zip64=True) as part:
            part.write(b'<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheetData>')
            for row in range(1, rows + 1):
                cells = "".join(f'<c r="{letter}{row}" s="1"/>' for letter in letters)
                part.write(f'<row r="{row}">{cells}</row>'.encode())
            part.write(b"</sheetData></worksheet>")


def write_zeros(path: Path) -> None:
    """Write 200 MB of zeros as a part of a workbook."""
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as archive:
        archive.writestr("xl/worksheets/sheet1.xml", bytes(200_000_000))


def write_tidy(path: Path, rows: int) -> None:
    """Write a tidy table with decimal commas."""
    lines = ["indicator;place_code;period;value;numerator;denominator;unit;source"]
    lines += [
        f"IMR;{row % 900:03d};{2010 + row % 12};{row % 977},5;{row};{row + 1000};percent;made-up" for row in range(rows)
    ]
    path.write_text("\n".join(lines), encoding="utf-8")


def read_folder(folder: Path) -> None:
    """Read every workbook of a folder."""
    from mande.sources.workbooks import read_sheets

    for path in sorted(folder.glob("*.xlsx")):
        read_sheets(path)


def read_numbers(kind: str) -> None:
    """Read a million cells of one column: `mixed` as tables hold them, or `texts` that all differ and carry notes."""
    from mande.sources.numbers import read_number_column

    random = np.random.default_rng(5)
    numbers = random.integers(0, 10**6, 1_000_000)
    if kind == "texts":
        cells = [f"{number},5 (1)" for number in range(1_000_000)]
    else:
        forms = (
            lambda n: f"{n:,}".replace(",", "."),
            lambda n: f"{n / 100:.2f}".replace(".", ","),
            float,
            lambda n: "…",
            lambda n: None,
        )
        cells = [forms[at % 5](number) for at, number in enumerate(numbers)]
    start = time.process_time()
    column = read_number_column(cells)
    print(f"{time.process_time() - start:.2f} s of CPU in the reader alone, {len(column.problems)} problems;", end=" ")


def read_tidy_file(path: Path) -> None:
    """Read one tidy file."""
    from mande.sources.tidy_sheet import read_tidy
    from mande.sources.workbooks import read_sheets

    read_tidy(path, read_sheets(path))


def refuse(path: Path) -> None:
    """Read a file that is refused, or harmless."""
    from mande.errors import DataError
    from mande.sources.workbooks import read_sheets

    try:
        read_sheets(path)
    except DataError as error:
        print(f"refused ({error.problems[0].found[:60]});", end=" ")


def measured(task: str, argument: str) -> str:
    """Run one task in a process of its own; return its seconds and its largest memory."""
    done = subprocess.run(
        [sys.executable, __file__, task, argument], cwd=ROOT, capture_output=True, text=True, check=True
    )
    return done.stdout.strip()


TASKS = {
    "folder": lambda a: read_folder(Path(a)),
    "numbers": read_numbers,
    "tidy": lambda a: read_tidy_file(Path(a)),
    "refuse": lambda a: refuse(Path(a)),
}


def main() -> None:
    """Print one line per measurement."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        (folder / "units").mkdir()
        write_workbooks(folder / "units")
        print(f"{UNITS} workbooks, {ROWS} × {COLUMNS} cells: {measured('folder', str(folder / 'units'))}")
        for kind in ("mixed", "texts"):
            print(f"1,000,000 number cells, {kind}: {measured('numbers', kind)}")
        write_tidy(folder / "tidy.csv", 300_000)
        print(f"tidy CSV of 300,000 rows × 8: {measured('tidy', str(folder / 'tidy.csv'))}")
        write_zeros(folder / "zeros.xlsx")
        print(f"200 MB of zeros zipped: {measured('refuse', str(folder / 'zeros.xlsx'))}")
        for rows in (100_000, 1_048_576):
            write_styled_empty_cells(folder / "styled.xlsx", rows, 50)
            print(f"{rows:,} × 50 styled empty cells: {measured('refuse', str(folder / 'styled.xlsx'))}")


if __name__ == "__main__":
    if len(sys.argv) == 3:
        begin = time.process_time()
        TASKS[sys.argv[1]](sys.argv[2])
        peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
        print(f"{time.process_time() - begin:.1f} s of CPU, {peak:,.0f} MB at most")
    else:
        main()

"""One simulation: the truth of made-up units, what they write, the mistakes in it, and the files that come."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

import pandas as pd

from mande.framework.model import Programme
from mande.sources.forms.form import CODE_CELL, FIRST_ROW, PERIOD_CELL, SHEETS, Form
from mande.sources.published import COLUMNS, OPTIONAL_COLUMNS
from mande.sources.simulate.errors_injected import INJECTED_COLUMNS, inject_cell_errors, round_digits
from mande.sources.simulate.submissions import plan_submissions
from mande.sources.simulate.submitted_cells import submitted_cells
from mande.sources.simulate.truth import simulate_truth, sum_to_parents
from mande.sources.text_table import column_letter

Layout = Literal["forms", "tidy"]
TIDY_COLUMNS = [*COLUMNS, *OPTIONAL_COLUMNS]
WITHOUT_CELL_ERRORS = (
    "wrong_unit_code",
    "wrong_period",
    "duplicated_file",
    "corrected_file",
    "missing_file",
    "rounded_digits",
)


@dataclass(frozen=True)
class Simulation:
    """What is true, what is sent and what is wrong with it.

    `cells`: one row per number cell of a unit and period, with what is `written`. `submissions`: one row per file.
    `injected`: one row per mistake. `truth`: one row per unit × period × question.
    """

    layout: Layout
    forms: Mapping[tuple[str, str], Form]
    truth: pd.DataFrame
    cells: pd.DataFrame
    submissions: pd.DataFrame
    injected: pd.DataFrame


def simulate(
    programme: Programme,
    forms: Sequence[Form],
    *,
    seed: int,
    rate: float = 0.0,
    layout: Layout = "forms",
    parents: Mapping[str, str] | None = None,
) -> Simulation:
    """Return made-up submissions of the units and periods of some forms; the same seed gives the same.

    Needs: `forms` that are marked as made up; `rate`, the share of number cells and of files with a mistake; `parents`,
    the place above each unit by code, where the forms hold one for each of those places, too: they send the sums.
    """
    by_key = {(form.unit.place_code, form.period): form for form in forms}
    above = parents or {}
    units = [code for code in dict.fromkeys(code for code, _ in by_key) if code not in set(above.values())]
    questions = {period: by_key[units[0], period].questions for period in dict.fromkeys(p for _, p in by_key)}
    truth = simulate_truth(programme, units, questions=questions, seed=seed)
    if above:
        truth = pd.concat([truth, sum_to_parents(truth, above)], ignore_index=True)
    codes = list(truth["place_code"].unique())
    suffix = ".xlsx" if layout == "forms" else ".csv"
    submissions = plan_submissions(codes, list(questions), rate=rate, seed=seed, suffix=suffix)
    cells, noted = _make_mistakes(submitted_cells(truth, questions=questions), submissions, rate=rate, seed=seed)
    if layout == "tidy":
        cells, noted = _tidy_addresses(cells), _tidy_addresses(noted)
    injected = _complete(noted, submissions, layout)
    return Simulation(layout, by_key, truth, cells, submissions, injected)


def _make_mistakes(
    cells: pd.DataFrame, submissions: pd.DataFrame, *, rate: float, seed: int
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Mistakes in cells of files that have no mistake as a whole; a file that will be corrected has one in a cell."""
    first = submissions[submissions["copy"] == 1].set_index(["place_code", "period"])["kind"]
    kind = first.reindex(pd.MultiIndex.from_frame(cells[["place_code", "period"]])).to_numpy()
    is_open = ~pd.Series(kind, index=cells.index).isin(WITHOUT_CELL_ERRORS)
    opened, noted = inject_cell_errors(cells[is_open].reset_index(drop=True), rate=rate, seed=seed)
    rest, rounded = round_digits(cells[~is_open], files=first.index[first == "rounded_digits"])
    wrong = rest[(kind[~is_open] == "corrected_file") & rest["part"].ne("denominator") & rest["true_value"].ge(5)]
    wrong = wrong.drop_duplicates(["place_code", "period"])
    wrong = wrong.assign(written=(wrong["true_value"] // 2).astype(int).astype(object))
    rest.loc[wrong.index, "written"] = wrong["written"]
    wrong = wrong.assign(kind="corrected_file", found_by="file", written_value=wrong["written"].astype(str))
    every = pd.concat([noted, rounded, wrong[noted.columns]], ignore_index=True)
    return pd.concat([opened, rest], ignore_index=True), every


def _complete(noted: pd.DataFrame, submissions: pd.DataFrame, layout: Layout) -> pd.DataFrame:
    """Name the file and sheet of each mistake, and add the mistakes of whole files."""
    sheet = SHEETS["figures"] if layout == "forms" else ""
    first = submissions.loc[submissions["copy"] == 1, ["place_code", "period", "file"]]
    named = noted.merge(first, on=["place_code", "period"], how="left", validate="many_to_one").assign(sheet=sheet)
    named["true_value"] = named["true_value"].map(lambda value: f"{value:g}" if value % 1 else str(int(value)))
    whole = submissions[submissions["kind"].ne("") & ~submissions["kind"].isin(("rounded_digits", "corrected_file"))]
    whole = pd.concat([whole, submissions[(submissions["kind"] == "corrected_file") & (submissions["copy"] == 2)]])
    rows = [_of_file(row, layout) for row in whole.itertuples() if row.kind != "duplicated_file" or row.copy == 2]
    blank = dict.fromkeys(INJECTED_COLUMNS, "")
    of_files = pd.DataFrame([blank | row for row in rows], columns=INJECTED_COLUMNS, dtype=str)
    return pd.concat([named[INJECTED_COLUMNS], of_files], ignore_index=True)


def _of_file(row, layout: Layout) -> dict[str, str]:
    said = {"file": row.file, "kind": row.kind, "place_code": row.place_code, "period": row.period, "found_by": "file"}
    written = written_head(row.kind, row.place_code, row.period)
    if row.kind in ("wrong_unit_code", "wrong_period"):
        is_code = row.kind == "wrong_unit_code"
        said["true_value"] = row.place_code if is_code else row.period
        said["written_value"] = written[0] if is_code else written[1]
        if layout == "forms":
            said |= {"sheet": SHEETS["figures"], "cell": CODE_CELL if is_code else PERIOD_CELL}
        else:
            said["cell"] = f"{column_letter(TIDY_COLUMNS.index('place_code' if is_code else 'period'))}2"
    return said


def written_head(kind: str, place_code: str, period: str) -> tuple[str, str]:
    """Return the unit code and period that a file says it is of: wrong ones, if that is its mistake.

    >>> written_head("wrong_unit_code", "001", "2021"), written_head("wrong_period", "001", "2021")
    (('X001', '2021'), ('001', '2020'))
    """
    if kind == "wrong_unit_code":
        return f"X{place_code}", period
    if kind == "wrong_period":
        year = period[:4]
        return place_code, period.replace(year, str(int(year) - 1))
    return place_code, period


def _tidy_addresses(cells: pd.DataFrame) -> pd.DataFrame:
    """Addresses in a tidy file: the line of the question below the header, the column of the part."""
    lines = cells["cell"].str[1:].astype(int) - FIRST_ROW + 2
    letters = cells["part"].map(
        {part: column_letter(TIDY_COLUMNS.index(part)) for part in ("numerator", "denominator", "value")}
    )
    return cells.assign(cell=letters + lines.astype(str))

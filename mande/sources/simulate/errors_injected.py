"""Mistakes as offices make them, put into made-up files, each written down with its cell, true and written value."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from mande.vocabulary import TOTAL

INJECTED_COLUMNS = [
    "file", "sheet", "cell", "kind", "place_code", "period", "indicator", "dimension", "dimension_value", "part",
    "true_value", "written_value", "found_by",
]  # fmt: skip
"""`found_by` says where the mistake should come to light: cell (the cell cannot be read as what was asked), read (no
mistake if read rightly: the true value), contract (a rule that the number breaks), outlier (only against other
values), file (the file as a whole)."""

Writer = Callable[[np.random.Generator, pd.Series], Any]


@dataclass(frozen=True)
class CellError:
    """A kind of mistake in one cell: which cells can have it, and what is then written."""

    kind: str
    found_by: str
    can_have: Callable[[pd.DataFrame], pd.Series]
    write: Writer


def _is_total(cells: pd.DataFrame) -> pd.Series:
    return cells["dimension"].eq(TOTAL)


def _is_part(cells: pd.DataFrame, part: str) -> pd.Series:
    return cells["part"].eq(part)


def _is_whole(cells: pd.DataFrame) -> pd.Series:
    return cells["true_value"].eq(cells["true_value"].round())


def _has_thousands(cells: pd.DataFrame) -> pd.Series:
    return _is_whole(cells) & cells["true_value"].ge(1000) & (cells["true_value"] % 10 != 0)


def _text(random: np.random.Generator, cell: pd.Series) -> str:
    forms = ("khoảng {0}", "{0} trẻ", "xem phụ lục", "{0} (chưa đầy đủ)")
    return forms[random.integers(len(forms))].format(int(cell["true_value"]))


def _percent(random: np.random.Generator, cell: pd.Series) -> str | float:
    share = round(100 * cell["true_value"] / cell["other_part"], 1)
    share = share if share % 1 else share + 0.1
    return share if random.random() < 0.5 else f"{share}%".replace(".", ",")


def _outlier(random: np.random.Generator, cell: pd.Series) -> int:
    factor = random.uniform(3, 5)
    up = cell["true_value"] * factor
    return int(up if up <= cell["other_part"] else cell["true_value"] / factor)


def _scale(power: int) -> CellError:
    return CellError(
        f"scale_{power}",
        "outlier",
        lambda cells: _is_total(cells) & _is_whole(cells) & cells["true_value"].ge(20),
        lambda random, cell: int(cell["true_value"] * power),
    )


CELL_ERRORS = (
    CellError("text_in_number", "cell", _is_whole, _text),
    CellError(
        "two_numbers",
        "cell",
        lambda cells: _is_part(cells, "numerator"),
        lambda random, cell: f"{int(cell['true_value'])}/{int(cell['other_part'])}",
    ),
    CellError("thousands_as_decimal", "cell", _has_thousands, lambda random, cell: cell["true_value"] / 1000),
    CellError(
        "grouped_text", "read", _has_thousands, lambda random, cell: f"{int(cell['true_value']):,}".replace(",", ".")
    ),
    CellError(
        "percent_instead_of_count",
        "cell",
        lambda cells: _is_part(cells, "numerator") & cells["unit"].eq("percent") & cells["other_part"].ge(50),
        _percent,
    ),
    CellError("denominator_missing", "cell", lambda cells: _is_part(cells, "denominator"), lambda random, cell: None),
    CellError(
        "numerator_above_denominator",
        "contract",
        lambda cells: _is_part(cells, "numerator") & cells["other_part"].ge(1),
        lambda random, cell: int(cell["other_part"] * random.uniform(1.02, 1.3)) + 1,
    ),
    CellError(
        "parts_do_not_add",
        "contract",
        lambda cells: ~_is_total(cells) & _is_part(cells, "denominator") & cells["true_value"].ge(20),
        lambda random, cell: int(cell["true_value"] * random.uniform(1.1, 1.5)) + 1,
    ),
    CellError(
        "negative",
        "contract",
        lambda cells: _is_whole(cells) & cells["true_value"].gt(0),
        lambda random, cell: -int(cell["true_value"]),
    ),
    _scale(10),
    _scale(100),
    _scale(1000),
    CellError(
        "outlier_in_time",
        "outlier",
        lambda cells: (
            _is_total(cells) & _is_part(cells, "numerator") & cells["last_year"].ge(30) & cells["true_value"].ge(30)
        ),
        _outlier,
    ),
    CellError(
        "copied_from_last_year",
        "outlier",
        lambda cells: (
            _is_total(cells)
            & _is_part(cells, "numerator")
            & cells["last_year"].ge(10)
            & cells["last_year"].ne(cells["true_value"])
        ),
        lambda random, cell: int(cell["last_year"]),
    ),
)


def inject_cell_errors(cells: pd.DataFrame, *, rate: float, seed: int) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Put mistakes into a share of the cells, as many of each kind as can be.

    Needs: `cells` (`submitted_cells`); at most one mistake in an indicator of a file, so that none hides another.
    Adds: what is `written` in the first table; the second has one row per changed cell, `INJECTED_COLUMNS` without the
    file. A copied indicator changes both of its cells.
    """
    random = np.random.default_rng([seed, 1])
    per_kind = np.bincount(np.arange(round(rate * len(cells))) % len(CELL_ERRORS), minlength=len(CELL_ERRORS))
    row_of = cells.groupby(["place_code", "period", "indicator"], sort=False).ngroup().to_numpy()
    is_used = np.zeros(row_of.max() + 1 if len(row_of) else 0, dtype=bool)
    written = cells["written"].to_numpy(dtype=object, copy=True)
    injected = []
    for error, wanted in zip(CELL_ERRORS, per_kind, strict=True):
        free = np.flatnonzero(error.can_have(cells).to_numpy() & ~is_used[row_of])
        free = random.permutation(free)
        free = free[np.sort(np.unique(row_of[free], return_index=True)[1])][:wanted]
        is_used[row_of[free]] = True
        for position in free:
            written[position] = error.write(random, cells.iloc[position])
        injected += [(position, error.kind, error.found_by) for position in free]
    injected += _copied_partners(cells, injected, written)
    return cells.assign(written=written), _noted(cells, injected, written)


def _copied_partners(
    cells: pd.DataFrame, injected: list[tuple[int, str, str]], written: np.ndarray
) -> list[tuple[int, str, str]]:
    """Who copies last year's numerator copies its denominator, too; a denominator that did not change is no mistake."""
    copied = [position for position, kind, _ in injected if kind == "copied_from_last_year"]
    keys = ["place_code", "period", "indicator", "dimension", "dimension_value"]
    wanted = pd.MultiIndex.from_frame(cells.loc[copied, keys])
    is_partner = pd.MultiIndex.from_frame(cells[keys]).isin(wanted) & cells["part"].eq("denominator").to_numpy()
    is_wrong = cells["last_year"].notna() & cells["last_year"].ne(cells["true_value"])
    partners = np.flatnonzero(is_partner & is_wrong.to_numpy())
    for position in partners:
        written[position] = int(cells["last_year"].iloc[position])
    return [(position, "copied_from_last_year", "outlier") for position in partners]


def round_digits(cells: pd.DataFrame, *, files: pd.MultiIndex) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Round the numerators of whole files to tens, as those do who estimate instead of counting."""
    of_file = pd.MultiIndex.from_frame(cells[["place_code", "period"]]).isin(files)
    rounded = (cells["true_value"] / 10).round() * 10
    chosen = of_file & _is_part(cells, "numerator") & cells["true_value"].ge(20) & rounded.le(cells["other_part"])
    chosen &= rounded.ne(cells["true_value"])
    written = cells["written"].to_numpy(dtype=object, copy=True)
    positions = np.flatnonzero(chosen.to_numpy())
    written[positions] = rounded.to_numpy()[positions].astype(int)
    injected = [(position, "rounded_digits", "outlier") for position in positions]
    return cells.assign(written=written), _noted(cells, injected, written)


def _noted(cells: pd.DataFrame, injected: list[tuple[int, str, str]], written: np.ndarray) -> pd.DataFrame:
    positions = [position for position, _, _ in injected]
    noted = cells.iloc[positions].assign(
        kind=[kind for _, kind, _ in injected],
        found_by=[found_by for _, _, found_by in injected],
        written_value=["" if written[p] is None else str(written[p]) for p in positions],
    )
    return noted[[column for column in INJECTED_COLUMNS if column not in ("file", "sheet")]].reset_index(drop=True)

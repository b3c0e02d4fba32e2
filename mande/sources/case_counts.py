"""Turn an extract with one row per child into counts, in memory: only counts leave this module.

No value of a row is shown, logged or written anywhere, also not in an error: errors name row numbers and columns.
"""

import datetime as dt
from collections.abc import Iterable, Sequence
from pathlib import Path

import numpy as np
import pandas as pd

from mande.errors import DataError, Problem
from mande.sources.case_mapping import CaseMapping, Condition, Counted
from mande.sources.forms.questionnaire import multiplier
from mande.sources.published import COLUMNS, OPTIONAL_COLUMNS
from mande.sources.workbooks import Sheet, read_sheets
from mande.sources.written_periods import read_period
from mande.vocabulary import TOTAL, ValueStatus

SHOWN_ROWS = 20
PROTECTED_NOTE = "small count, protect before publishing"
_DAYS = ("%Y-%m-%d", "%d/%m/%Y", "%d-%m-%Y", "%d.%m.%Y")


def count_cases(extract: Path, mapping: CaseMapping) -> pd.DataFrame:
    """Count the rows of an extract.

    *One row per* indicator × place × period × dimension value, in the tidy layout (`published.COLUMNS`, numerator,
    denominator), for every place and period that occurs; a count of nobody is 0.
    *Needs* a workbook or text table whose first row is the header.
    *Adds* `note`: marks counts above 0 and below `smallest_count`, also of those who are not counted, for protection.
    *Missing values* a ratio of nobody has no value (not_applicable).
    *Raises* DataError naming rows and columns, never what stands in them.
    """
    try:
        cases = _read_cases(read_sheets(extract), extract.name, mapping)
        return _count(cases, extract.name, mapping)
    except DataError:
        raise
    except Exception as error:
        # The text of an unforeseen error may hold a value of a row; its kind does not.
        found = f"the rows cannot be counted ({type(error).__name__})"
        raise DataError(Problem(extract.name, found, "report this defect without the file")) from None


def _read_cases(sheets: Sequence[Sheet], file: str, mapping: CaseMapping) -> pd.DataFrame:
    """Return only the columns that the mapping names; the index is the row number in the sheet."""
    sheet = next((one for one in sheets if one.name == mapping.sheet), None) if mapping.sheet else sheets[0]
    if sheet is None or not sheet.rows:
        raise DataError(Problem(file, f"there is no filled sheet '{mapping.sheet}'", "correct 'sheet' in the mapping"))
    header = [" ".join(str(cell or "").split()) for cell in sheet.rows[0]]
    wrong = [name for name in mapping.columns if header.count(name) != 1]
    if wrong:
        cure = "write the headings into the mapping as they stand in the first row"
        raise DataError(
            Problem(f"{file} row 1", f"{header.count(name) or 'no'} columns are headed '{name}'", cure)
            for name in wrong
        )
    positions = {name: header.index(name) for name in mapping.columns}
    rows = {
        number: [row[at] if at < len(row) else None for at in positions.values()]
        for number, row in enumerate(sheet.rows[1:], start=2)
        if any(cell is not None for cell in row)
    }
    cases = pd.DataFrame.from_dict(rows, orient="index", columns=list(positions), dtype=object)
    return cases.map(lambda cell: cell.strip() or None if isinstance(cell, str) else cell)


def _count(cases: pd.DataFrame, file: str, mapping: CaseMapping) -> pd.DataFrame:
    keys = pd.DataFrame(index=cases.index)
    keys["place_code"] = cases[mapping.place_column].map(_text)
    keys["period"] = cases[mapping.period.column].map(lambda cell: _period(cell, mapping.period.by))
    faults = {mapping.place_column: keys["place_code"] == "", mapping.period.column: keys["period"] == ""}
    for name, breakdown in mapping.dimensions.items():
        keys[name] = cases[breakdown.column].map(_text).map(breakdown.codes)
        faults[breakdown.column] = keys[name].isna()
    problems = [_unplaced(file, column, rows) for column, rows in faults.items() if rows.any()]
    if problems:
        raise DataError(problems)
    counted = [
        _count_by(cases, keys, one, dimension, mapping)
        for one in mapping.indicators
        for dimension in (TOTAL, *one.dimensions)
    ]
    return pd.concat(counted, ignore_index=True)[[*COLUMNS, *OPTIONAL_COLUMNS]]


def _count_by(
    cases: pd.DataFrame, keys: pd.DataFrame, counted: Counted, dimension: str, mapping: CaseMapping
) -> pd.DataFrame:
    """Count one indicator by place and period, and by the codes of one dimension."""
    below = _holds(cases, counted.of or ())
    rows = keys[["place_code", "period"]].assign(
        dimension_value=TOTAL if dimension == TOTAL else keys[dimension],
        below=below,
        above=below & _holds(cases, counted.count),
    )
    codes = [TOTAL] if dimension == TOTAL else list(dict.fromkeys(mapping.dimensions[dimension].codes.values()))
    places = (
        rows[["place_code", "period"]].drop_duplicates().merge(pd.DataFrame({"dimension_value": codes}), how="cross")
    )
    sums = rows.groupby(["place_code", "period", "dimension_value"])[["above", "below"]].sum()
    table = places.join(sums, on=["place_code", "period", "dimension_value"]).fillna({"above": 0, "below": 0})
    table = table.sort_values(["place_code", "period", "dimension_value"], ignore_index=True)
    is_ratio = counted.of is not None
    value = (
        table["above"] / table["below"].where(table["below"] > 0) * multiplier(counted.unit)
        if is_ratio
        else table["above"]
    )
    texts = {name: getattr(counted, name) for name in ("indicator", "unit", "basis", "definition")}
    return table.assign(
        **texts,
        dimension=dimension,
        value=value.astype(float),
        numerator=table["above"].astype("Int64") if is_ratio else pd.NA,
        denominator=table["below"].astype("Int64") if is_ratio else pd.NA,
        value_qualifier="=",
        value_status=np.where(value.notna(), ValueStatus.OBSERVED, ValueStatus.NOT_APPLICABLE),
        source=mapping.source,
        edition=mapping.edition,
        confidence="text",
        note=np.where(_is_small(table, mapping.smallest_count, is_ratio=is_ratio), PROTECTED_NOTE, ""),
    ).reindex(columns=[*COLUMNS, *OPTIONAL_COLUMNS])


def _is_small(table: pd.DataFrame, smallest: int, *, is_ratio: bool) -> pd.Series:
    """A count between nobody and the smallest; of a ratio also the whole group, and those who are not counted."""
    told = [table["above"], table["below"], table["below"] - table["above"]] if is_ratio else [table["above"]]
    return pd.concat([one.between(1, smallest - 1) for one in told], axis="columns").any(axis="columns")


def _holds(cases: pd.DataFrame, conditions: Iterable[Condition]) -> pd.Series:
    result = pd.Series(True, index=cases.index)
    for condition in conditions:
        result &= cases[condition.column].map(lambda cell, one=condition: _meets(cell, one)).astype(bool)
    return result


def _meets(cell: object, condition: Condition) -> bool:
    if cell is None:
        return condition.is_blank is True
    number = _number(cell)
    tests = (
        (condition.is_blank, lambda wanted: not wanted),
        (condition.equals, lambda wanted: _text(cell).casefold() == _text(wanted).casefold()),
        (condition.one_of or None, lambda wanted: _text(cell).casefold() in {_text(one).casefold() for one in wanted}),
        (condition.at_least, lambda wanted: number is not None and number >= wanted),
        (condition.below, lambda wanted: number is not None and number < wanted),
    )
    return all(test(wanted) for wanted, test in tests if wanted is not None)


def _text(cell: object) -> str:
    if cell is None:
        return ""
    return str(int(cell)) if isinstance(cell, float) and cell.is_integer() else " ".join(str(cell).split())


def _number(cell: object) -> float | None:
    try:
        return float(str(cell).replace(",", "."))
    except ValueError:
        return None


def _period(cell: object, by: str) -> str:
    day = _day(cell)
    if day is not None:
        return f"{day:%Y}" if by == "year" else f"{day:%Y-%m}"
    found = read_period(cell)
    return found.period if found is not None and by == "year" and len(found.period) == 4 else ""


def _day(cell: object) -> dt.date | None:
    if isinstance(cell, dt.date):
        return cell
    for form in _DAYS:
        try:
            return dt.datetime.strptime(str(cell).removesuffix(" 00:00:00"), form).date()
        except ValueError:
            continue
    return None


def _unplaced(file: str, column: str, rows: pd.Series) -> Problem:
    numbers = [str(number) for number in rows.index[rows]]
    listed = ", ".join(numbers[:SHOWN_ROWS]) + (
        f" and {len(numbers) - SHOWN_ROWS} more" if len(numbers) > SHOWN_ROWS else ""
    )
    found = f"{len(numbers)} rows have no usable value in the column '{column}': {listed}"
    return Problem(file, found, "fill them in, or name their texts in the mapping")

"""What happened: the values of a programme's indicators, each with its series and whether a verdict may rest on it."""

from datetime import date

import numpy as np
import pandas as pd

from mande.framework.model import Measure, Programme
from mande.framework.quality import GRADES, UNKNOWN_GRADE, is_below
from mande.indicators.bridges import carry_over
from mande.indicators.carried import CARRY_COLUMNS, part_ids
from mande.indicators.survey_limits import add_survey_limits
from mande.vocabulary import Confidence, Severity, ValueStatus

SERIES_KEY = ["source", "basis", "definition"]


def compute_actuals(
    observations: pd.DataFrame,
    programme: Programme,
    *,
    place_codes: list[str],
    as_of: date,
    findings: pd.DataFrame,
    grades: pd.Series | None = None,
) -> pd.DataFrame:
    """Select the values of the programme's indicators and say of each whether it is usable and comparable.

    One row per: indicator × place × period × dimension value × source, up to `as_of`.
    Needs: `observations`, as published or brought to the units of the date (`carry_to_units`); `findings` with
    `observation_id` and `severity`; `grades`, the quality grade of what units sent, by `observation_id`.
    Adds: `series` (source|basis|definition: values are compared within a series only), `year` (middle of the period;
    a whole number for a calendar year), `is_usable`, `unusable_reason` (failed_check, carried_with_loss,
    low_quality, only_remembered, other_period, suppressed, missing or empty), `quality_grade` (A to D or unknown, of the weakest
    part of a carried value; empty for what was not graded: published statistics have their own checks),
    `is_comparable` (basis and definition fit a target of the programme), `method` (as published; carried: see `carry_to_units`; bridged: see `carry_over`), `bridge_vi`,
    `bridge_en`, `CARRY_COLUMNS`; `lower`, `upper` of survey percentages and rates, `interval_method` (see `add_survey_limits`).
    Missing values: a row without a value stays, as not usable.
    """
    wanted = {indicator.id for indicator in programme.indicators}
    is_wanted = (
        observations["indicator"].isin(wanted)
        & observations["place_code"].isin(place_codes)
        & (observations["period_end"] <= pd.Timestamp(as_of))
    )
    as_published = {name: value for name, value in CARRY_COLUMNS.items() if name not in observations}
    settled = add_survey_limits(observations[is_wanted].assign(**as_published), indicators=programme.indicators)
    table = carry_over(settled, programme.bridges)
    counts = {indicator.id for indicator in programme.indicators if indicator.measure == Measure.COUNT}
    grade = _quality_grade(table, grades)
    threshold = programme.quality_threshold
    too_low = [word for word in (*GRADES, UNKNOWN_GRADE) if threshold is not None and is_below(word, threshold)]
    is_low = grade.isin(too_low)
    reason = _unusable_reason(table, findings, counts, is_low)
    return table.assign(
        series=_series(table),
        year=middle_year(table["period_start"], table["period_end"]),
        method=_method(table),
        is_usable=reason == "",
        unusable_reason=reason,
        is_comparable=_is_comparable(table, programme),
        quality_grade=grade,
    ).reset_index(drop=True)


def _series(table: pd.DataFrame) -> pd.Series:
    source, basis, definition = (table[name].astype(str) for name in SERIES_KEY)
    return source + "|" + basis + "|" + definition


def _method(table: pd.DataFrame) -> pd.Series:
    carried, bridged = table["carried_from"].ne(""), table["bridge_en"].ne("")
    words = np.select(
        [carried & bridged, carried, bridged], ["carried, bridged", "carried", "bridged"], default="as published"
    )
    return pd.Series(words, index=table.index, dtype=str)


def middle_year(start: pd.Series, end: pd.Series) -> pd.Series:
    """Return the middle of each period as a year; calendar years give whole numbers, so that differences are years."""
    days = (end - start).dt.days / 2
    middle = start + pd.to_timedelta(days.round(), unit="D")
    year = middle.dt.year + (middle.dt.day_of_year - 1) / 365.25 - 0.5
    return year.mask(_is_calendar_year(start, end), start.dt.year.astype(float))


def _is_calendar_year(start: pd.Series, end: pd.Series) -> pd.Series:
    return (start.dt.year == end.dt.year) & (start.dt.day_of_year == 1) & (end.dt.month == 12)


def accepted_rules(programme: Programme) -> pd.DataFrame:
    """Return on which bases and definitions a verdict of each target may rest.

    One row per: target × population group × basis × definition; `definition` is empty where the text names none.
    Adds: `has_definition` (a definition binds), `caveat_vi`, `caveat_en` (what an accepted other definition costs).
    """
    rows = []
    for target in programme.targets:
        accepted = [(target.definition or "", "", "")] + [
            (other.definition, other.caveat.vi, other.caveat.en) for other in target.accepts
        ]
        for basis in target.bases:
            for definition, caveat_vi, caveat_en in accepted:
                rows.append(
                    {
                        "target_id": target.id,
                        "indicator": target.indicator,
                        "dimension": target.dimension,
                        "dimension_value": target.dimension_value,
                        "basis": basis,
                        "definition": definition,
                        "has_definition": target.definition is not None,
                        "caveat_vi": caveat_vi,
                        "caveat_en": caveat_en,
                    }
                )
    columns = [
        "target_id",
        "indicator",
        "dimension",
        "dimension_value",
        "basis",
        "definition",
        "has_definition",
        "caveat_vi",
        "caveat_en",
    ]
    return pd.DataFrame(rows, columns=columns)


def _quality_grade(table: pd.DataFrame, grades: pd.Series | None) -> pd.Series:
    """Return the worst grade among the parts of each value, empty where none of them was graded."""
    if grades is None or grades.empty:
        return pd.Series("", index=table.index, dtype=str)
    order = ["", *GRADES, UNKNOWN_GRADE]
    parts = _published_ids(table).map(grades).fillna("")
    worst = parts.map(order.index).groupby(level=0).max().reindex(table.index, fill_value=0)
    return worst.map(dict(enumerate(order))).astype(str)


def _published_ids(table: pd.DataFrame) -> pd.Series:
    """Return the ids of the observations behind each row; a bridged value has the id of the one that it was made of."""
    ids = part_ids(table)
    is_bridged = ids.index.isin(table.index[table["bridge_en"].ne("")])
    return ids.where(~is_bridged, ids.str.replace(r" x .*", "", regex=True)) if is_bridged.any() else ids


def _unusable_reason(
    table: pd.DataFrame, findings: pd.DataFrame, counts: set[str], is_low: "pd.Series[bool]"
) -> pd.Series:
    """Return why no verdict may rest on a row, or empty text.

    A count of half a year or of several years cannot stand beside counts of one year: other_period. A carried value
    fails with any of its parts.
    """
    failed = findings.loc[findings["severity"] == Severity.CRITICAL, "observation_id"]
    is_failed = _published_ids(table).isin(failed)
    has_failed = is_failed.groupby(level=0).any().reindex(table.index, fill_value=False)
    is_lost = table["carry_gap"].ne("")
    is_silent = table["value"].isna() | table["value_status"].isin(
        [ValueStatus.MISSING, ValueStatus.SUPPRESSED, ValueStatus.NOT_APPLICABLE]
    )
    is_unread = ~table["confidence"].isin([word.value for word in Confidence if word.carries_verdict])
    is_one_year = _is_calendar_year(table["period_start"], table["period_end"])
    reason = pd.Series("", index=table.index, dtype=str)
    reason = reason.mask(table["indicator"].isin(counts) & ~is_one_year, "other_period")
    reason = reason.mask(is_unread, "only_remembered")
    reason = reason.mask(is_low, "low_quality")
    reason = reason.mask(is_lost, "carried_with_loss")
    reason = reason.mask(has_failed, "failed_check")
    reason = reason.mask(is_silent & ~is_lost, "missing")
    return reason.mask(table["value_status"] == ValueStatus.SUPPRESSED, "suppressed")


def _is_comparable(table: pd.DataFrame, programme: Programme) -> pd.Series:
    rules = accepted_rules(programme)
    keys = ["indicator", "dimension", "dimension_value", "basis"]
    any_definition = rules.loc[~rules["has_definition"], keys].drop_duplicates()
    one_definition = rules.loc[rules["has_definition"], [*keys, "definition"]].drop_duplicates()
    fits_any = _is_in(table[keys], any_definition)
    return fits_any | _is_in(table[[*keys, "definition"]], one_definition)


def _is_in(table: pd.DataFrame, keys: pd.DataFrame) -> pd.Series:
    return pd.Series(
        pd.MultiIndex.from_frame(table).isin(pd.MultiIndex.from_frame(keys)) if len(keys) else False, index=table.index
    )

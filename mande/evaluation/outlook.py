"""Will the target be met?  The value foretold for the target's year, its interval and the probability of meeting it.

Three methods, by name: `trend` (each series alone on a straight line), `pooled-trend` (its slope leans on its province
and nation) and `pooled-local-trend` (moreover the level wanders and the slope bends; the default, because it wins on
the real panels, docs/outlook.md).  No tracker publishes such a probability; how well it kept its word when tried on the
past is in docs/outlook.md.

Sources: McCullagh and Nelder 1989 (quasi-likelihood); Harvey 1989 (structural time series); Morris 1983 (empirical
Bayes); Gneiting, Balabdaoui and Raftery 2007, J. R. Statist. Soc. B 69:243–268 (calibration of forecasts).
"""

from dataclasses import dataclass

import numpy as np
import pandas as pd

from mande.errors import DataError, Problem, UsageError
from mande.evaluation.fitting_scale import DEFAULT_STEP, from_scale, to_scale
from mande.evaluation.forecasts import Forecasts, fit_series
from mande.evaluation.predictive import Mixture, limits_of_counts, probability_of_counts
from mande.evaluation.series_arrays import SeriesArrays, arrange_series
from mande.evaluation.thresholds import meets

VERSION = "2"
"""2: a review reads counts; spread within provinces is told from that between them.  1: values alone, one spread."""

METHODS = ("pooled-local-trend", "pooled-trend", "trend")
"""The first is the default."""

CONFIDENCE = 0.8
OPERATORS = ("<", "<=", ">", ">=")
ROWS_AT_ONCE = 8_000
_RESULTS = ("predicted", "lower", "upper", "p_met")


@dataclass(frozen=True)
class _Asked:
    """The asks that can be answered: their row among the series, target on both scales, years ahead."""

    row: np.ndarray
    target: np.ndarray
    operator: np.ndarray
    ahead: np.ndarray
    year: np.ndarray

    def take(self, rows: slice) -> "_Asked":
        return _Asked(*(getattr(self, name)[rows] for name in self.__dataclass_fields__))


def compute_outlook(
    series: pd.DataFrame, asks: pd.DataFrame, *, method: str = METHODS[0], confidence: float = CONFIDENCE
) -> pd.DataFrame:
    """Foretell the value of each target's year and the probability that it meets the target.

    One row per: ask, in the order and under the index of `asks`.
    Needs: `series` with one row per series and year (`arrange_series` lists its columns); `asks` with `series_id`,
    `target_year`, `operator` (<, <=, >, >=) and `target_value` in the series' unit.
    Adds: `predicted`, `lower`, `upper` (of the value that will be published; in the series' unit), `confidence` of these
    limits (share), `p_met` (0 to 1), `n_points`, `last_year`, `last_value`, `required_yearly_change` (unit per year from
    the newest value to the target), `required_yearly_rate` (compound, share per year), `phi` (over-dispersion of
    counts, 1 = none), `sigma_year` (standard deviation from year to year on the fitting scale), `scale`, `method`,
    `method_version`, `outlook_reason`, `outlook_note` (separated, value_at_edge, target_at_edge, target_beyond_edge,
    far_ahead, not_converged, joined by a space).
    Missing values: nothing is foretold where `outlook_reason` is no_series, too_few_points, break_in_series or
    year_observed (the newest value is of the target's year or later); p_met alone is missing for no_target.
    Raises: UsageError for an unknown method or confidence; DataError for unreadable series or asks, all rows at once.
    Use when: the values of a series were counted in one way, once a year or so.
    Do not use when: the programme is about to change what the past was like; then it says what staying the course gives.
    Source: module docstring; docs/outlook.md.

    >>> past = pd.DataFrame({"series_id": "IMR|17", "year": range(2016, 2024), "value": [15.1, 14.8, 14.6, 14.2, 14.0, 13.7, 13.4, 13.2]})
    >>> ask = pd.DataFrame({"series_id": ["IMR|17"], "target_year": [2025], "operator": ["<"], "target_value": [12.5]})
    >>> compute_outlook(past, ask).round(2)[["predicted", "lower", "upper", "p_met"]].to_dict("records")
    [{'predicted': 12.7, 'lower': 12.47, 'upper': 12.94, 'p_met': 0.1}]
    """
    _refuse_settings(method, confidence)
    _refuse_bad_asks(asks)
    arrays = arrange_series(series)
    known = pd.Series(np.arange(len(arrays.ids)), index=arrays.ids)
    position = asks["series_id"].map(known)
    row = position.fillna(0).to_numpy(int)
    table = _describe(arrays, asks, row, is_known=position.notna().to_numpy())
    open_rows = np.flatnonzero(table["outlook_reason"].isin(["", "no_target"]).to_numpy())
    answers = {name: np.full(len(asks), np.nan) for name in (*_RESULTS, "phi", "sigma_year")}
    notes = np.full(len(asks), "", dtype=object)
    if len(open_rows):
        asked = _Asked(
            row[open_rows],
            asks["target_value"].to_numpy(float)[open_rows],
            asks["operator"].to_numpy(object)[open_rows],
            asks["target_year"].to_numpy(float)[open_rows] - arrays.last_year[row[open_rows]],
            asks["target_year"].to_numpy(float)[open_rows],
        )
        forecasts = fit_series(arrays, method=method)
        for name, numbers in _answer(arrays, forecasts, asked, confidence).items():
            answers[name][open_rows] = numbers
        notes[open_rows] = _notes(arrays, forecasts, asked)
    return table.assign(**answers, outlook_note=notes, confidence=confidence, method=method, method_version=VERSION)


def _refuse_settings(method: str, confidence: float) -> None:
    problems = []
    if method not in METHODS:
        problems.append(Problem("method", f"there is no method {method!r}", f"choose one of {', '.join(METHODS)}"))
    if not 0 < confidence < 1:
        problems.append(Problem("confidence", f"{confidence!r} is not between 0 and 1", "write a share such as 0.8"))
    if problems:
        raise UsageError(problems)


def _refuse_bad_asks(asks: pd.DataFrame) -> None:
    missing = [name for name in ("series_id", "target_year", "operator", "target_value") if name not in asks]
    if missing:
        raise DataError(Problem("asks", f"no column {', '.join(missing)}", "say which target is asked of which series"))
    is_bad = ~asks["operator"].isin(OPERATORS) & asks["target_value"].notna()
    unread = ~np.isfinite(asks["target_year"].astype(float))
    problems = [
        Problem(f"ask {index}", f"operator {word!r}", f"write one of {', '.join(OPERATORS)}")
        for index, word in asks.loc[is_bad, "operator"].items()
    ] + [Problem(f"ask {index}", "no target year", "give the year of the target") for index in asks.index[unread]]
    if problems:
        raise DataError(problems)


def _describe(arrays: SeriesArrays, asks: pd.DataFrame, row: np.ndarray, *, is_known: np.ndarray) -> pd.DataFrame:
    """Return the asks with what is known without a model: newest value, required change, reason."""

    def of_series(values: np.ndarray, empty: object = np.nan) -> np.ndarray:
        return np.where(is_known, values[row], empty) if len(values) else np.full(len(asks), empty)

    last_year, last = of_series(arrays.last_year), of_series(arrays.last_value)
    target = asks["target_value"].astype(float)
    years = (asks["target_year"].astype(float) - last_year).where(lambda gap: gap > 0)
    has_met = meets(pd.Series(last, index=asks.index), asks["operator"], target)
    short = of_series(arrays.reason, "no_series")
    reason = np.select(
        [short != "", years.isna().to_numpy(), target.isna().to_numpy()],
        [short, "year_observed", "no_target"],
        default="",
    )
    is_open = ~has_met & years.notna()
    ratio = (target / last).where((target > 0) & (last > 0))
    return asks.assign(
        n_points=of_series(arrays.n_points, 0).astype(int),
        last_year=last_year,
        last_value=last,
        required_yearly_change=((target - last) / years).where(is_open),
        required_yearly_rate=(ratio ** (1 / years) - 1).where(is_open),
        scale=of_series(arrays.scale, ""),
        outlook_reason=reason,
    )


def _answer(arrays: SeriesArrays, forecasts: Forecasts, asked: _Asked, confidence: float) -> dict[str, np.ndarray]:
    """Return the results of every ask, some thousand at a time."""
    parts = []
    for start in range(0, len(asked.row), ROWS_AT_ONCE):
        block = asked.take(slice(start, start + ROWS_AT_ONCE))
        parts.append(_answer_block(arrays, forecasts, block, confidence))
    results = {name: np.concatenate([part[name] for part in parts]) for name in _RESULTS}
    return results | {"phi": forecasts.phi[asked.row], "sigma_year": forecasts.sigma_year[asked.row]}


def _answer_block(
    arrays: SeriesArrays, forecasts: Forecasts, asked: _Asked, confidence: float
) -> dict[str, np.ndarray]:
    row = asked.row
    scale, top, unit = arrays.scale[row], arrays.top[row], forecasts.measured.unit[row]
    latent = forecasts.foretell(row, asked.ahead)
    centre, _ = latent.moments()
    observed = Mixture(latent.weight, latent.mean, latent.variance + forecasts.coming_variance(row, centre)[:, None])
    gathered = observed.gather()
    lower, upper = (
        from_scale(gathered.quantile(0.5 + side * confidence / 2), scale, top=top) * unit for side in (-1, 1)
    )
    predicted = from_scale(centre, scale, top=top) * unit
    p_met = _probability(arrays, forecasts, asked, observed)
    rule = forecasts.count_rule(row)
    few = np.flatnonzero(arrays.has_counts[row] & rule.has_few(centre))
    if len(few):
        mixture, few_rule = latent.take(few).gather(), rule.take(few)
        p_met[few] = probability_of_counts(mixture, few_rule, target=asked.target[few], operator=asked.operator[few])
        lower[few], upper[few] = limits_of_counts(mixture, few_rule, confidence=confidence)
    return {
        "predicted": predicted,
        "lower": lower,
        "upper": upper,
        "p_met": np.where(np.isfinite(asked.target), np.clip(p_met, 0, 1), np.nan),
    }


def _probability(arrays: SeriesArrays, forecasts: Forecasts, asked: _Asked, observed: Mixture) -> np.ndarray:
    """Return the probability on the fitting scale; a target on the edge is met by what is published as the edge."""
    row = asked.row
    falls = np.isin(asked.operator, ["<", "<="])
    is_strict = np.isin(asked.operator, ["<", ">"])
    one_event = forecasts.count_rule(row).unit_value
    step, top = np.where(arrays.has_counts[row], one_event, arrays.step[row]), arrays.top[row]
    # "<= 5" of values published in steps of 0,1 is met below 5,05; "< 5" below 4,95.
    shift = step / 2 * np.where(falls, 1, -1) * np.where(is_strict, -1, 1)
    is_logit = arrays.scale[row] == "logit"
    reading = np.where(step > 0, step, DEFAULT_STEP * top / 100) / 2
    threshold = asked.target + shift
    threshold = np.where(is_logit & (asked.target >= top) & ~falls & ~is_strict, top - reading, threshold)
    threshold = np.where(is_logit & (asked.target <= 0) & falls & ~is_strict, reading, threshold)
    is_above, is_below = is_logit & (threshold >= top), (arrays.scale[row] != "identity") & (threshold <= 0)
    inside = np.where(is_above | is_below | ~np.isfinite(threshold), top / 2, threshold)
    unit = forecasts.measured.unit[row]
    place = to_scale(inside / unit, arrays.scale[row], top=top, edge=np.zeros(len(row)))
    below = np.select([is_above, is_below], [1.0, 0.0], default=observed.below(place))
    return np.where(falls, below, 1 - below)


def _notes(arrays: SeriesArrays, forecasts: Forecasts, asked: _Asked) -> np.ndarray:
    """Return what a reader should know about the way an answer was found."""
    row = asked.row
    top = np.where(arrays.scale[row] == "logit", arrays.top[row], np.inf)
    bottom = np.where(arrays.scale[row] == "identity", -np.inf, 0.0)
    span = arrays.last_year - np.nanmin(arrays.years, axis=1)
    marks = [
        (forecasts.measured.fits.flag[row] != "", forecasts.measured.fits.flag[row]),
        (forecasts.measured.has_edge[row], "value_at_edge"),
        ((asked.target == top) | (asked.target == bottom), "target_at_edge"),
        ((asked.target > top) | (asked.target < bottom), "target_beyond_edge"),
        (asked.ahead > 2 * span[row], "far_ahead"),
    ]
    notes = np.full(len(row), "", dtype=object)
    for is_marked, word in marks:
        notes = np.where(is_marked, notes + " " + word, notes)
    return np.array([note.strip() for note in notes], dtype=object)

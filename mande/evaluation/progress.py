"""Was it enough? One verdict per promise and place, with the reason, the rule and every input in the row."""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date

import numpy as np
import pandas as pd

from mande.evaluation import linear_path
from mande.evaluation.binding_rules import VERDICT_COLUMNS, judge_interim
from mande.evaluation.case_outlook import add_outlook
from mande.evaluation.cases import KEY, build_cases
from mande.evaluation.promises import select_promises
from mande.evaluation.published_rules import LEVEL_KINDS, add_anticipated, add_published_rules
from mande.evaluation.rate_ratio import rate_ratio
from mande.evaluation.thresholds import is_undecided, meets, meets_qualified
from mande.evaluation.yearly_change import judge_change
from mande.framework.model import Programme, TargetKind, VerdictRule
from mande.framework.verdict_rule import RuleName
from mande.vocabulary import Confidence, Stage, Verdict

__all__ = [
    "Question",
    "ask",
    "compute_progress",
    "judge_cases",
    "judge_promises",
    "judge_verdicts",
    "judged_year_of",
    "rate_ratio",
]

ROUNDED_DECIMALS = 9
"""50 raised by a tenth is 55, not 55.00000000000001: a value of 55 keeps the promise."""

LACKING = ("no_baseline", "no_previous_year", "no_base_year", "no_value", "nothing_since_baseline")
"""Reasons that would be untrue where the value is there but not published."""

_INPUTS = [
    *KEY,
    "kind",
    "operator",
    "target_value",
    "target_year",
    "baseline_value",
    "baseline_year",
    "actual_value",
    "actual_year",
    "actual_qualifier",
    "actual_lower",
    "actual_upper",
    "actual_basis",
    "actual_definition",
    "previous_value",
    "earlier_value",
    "base_year_value",
]

_RULE = ("rule", "rule_version", "on_track_pace", "behind_pace", "outlook_bands", "max_age_years")


@dataclass(frozen=True)
class Question:
    """What a review asks of a programme, and by which rule; `provinces`: where each district or commune lies, by code."""

    programme: str
    rule: VerdictRule
    stage: Stage
    as_of: date
    start_date: date
    judged_year: int
    provinces: Mapping[str, str] = field(default_factory=dict)


def compute_progress(
    actuals: pd.DataFrame,
    rules: pd.DataFrame,
    programme: Programme,
    *,
    stage: Stage,
    as_of: date,
    place_codes: list[str],
    provinces: Mapping[str, str] | None = None,
) -> pd.DataFrame:
    """Judge every target of the programme for every place.

    One row per: target × population group × place.
    Needs: `actuals` (compute_actuals), `rules` (accepted_rules); a programme with a verdict rule; `provinces` as in `Question`.
    Adds: see `judge_promises`.
    Raises: DefinitionError if the programme has no verdict rule.
    """
    question = ask(programme, stage=stage, as_of=as_of, provinces=provinces)
    promises = select_promises(programme, stage, judged_year=question.judged_year)
    return judge_promises(promises, rules, actuals, question=question, place_codes=place_codes)


def ask(programme: Programme, *, stage: Stage, as_of: date, provinces: Mapping[str, str] | None = None) -> Question:
    """Return the question of a review; the programme must have a verdict rule."""
    year = judged_year_of(programme, stage, as_of)
    return Question(programme.id, programme.verdict_rule, stage, as_of, programme.start_date, year, provinces or {})


def judge_promises(
    promises: pd.DataFrame, rules: pd.DataFrame, actuals: pd.DataFrame, *, question: Question, place_codes: list[str]
) -> pd.DataFrame:
    """Choose the values that each promise is judged by, and judge it: from tables alone.

    One row per: target × population group × place.
    Needs: `promises` (select_promises), `rules` (accepted_rules), `actuals` (compute_actuals).
    Adds: baseline, actual (`build_cases`), ESCAP's anticipated value, the outlook (`add_outlook`), and all that
    `judge_cases` adds.
    """
    cases = _find_values(promises, rules, actuals, question=question, place_codes=place_codes)
    cases = add_outlook(add_anticipated(cases, actuals), actuals, provinces=question.provinces)
    return judge_cases(cases, question)


def judge_verdicts(
    promises: pd.DataFrame, rules: pd.DataFrame, actuals: pd.DataFrame, *, question: Question, place_codes: list[str]
) -> pd.DataFrame:
    """Choose values and judge by the binding rule alone: the verdicts of `judge_promises` without what stands beside them.

    One row per: target × population group × place.
    Needs: as `judge_promises`.
    Adds: baseline, actual (`build_cases`), `verdict`; what other rules say and the outlook only where the rule needs it.
    """
    cases = _find_values(promises, rules, actuals, question=question, place_codes=place_codes)
    rule = question.rule.by_rule(question.rule.name)
    if rule.outlook is not None:
        cases = add_outlook(cases, actuals, provinces=question.provinces)
    cases = linear_path.add_path(_add_thresholds(cases))
    if rule.name != RuleName.LINEAR_PATH:
        cases = add_published_rules(cases)
    return cases.assign(verdict=_judge(cases, question, rule)[0])


def judge_cases(cases: pd.DataFrame, question: Question) -> pd.DataFrame:
    """Judge each case by the numbers in its own row; a row of `progress` gives the same verdict again.

    One row per: target × population group × place, as given.
    Adds: path (see `linear_path.add_path`), the published rules (`add_published_rules`), `judged_change` (see
    `judge_change`), `verdict`, `reason`; `verdict_linear_path`, `verdict_rate_ratio`, `verdict_progress_chart` (what
    each rule would say if it bound, without the outlook); `rule`, `rule_version`, the rule's thresholds, `data_hash`
    (SHA-256 of rule and inputs, first 16 digits).
    Missing values: a verdict that cannot be given is not_comparable or not_assessable with its reason, never a guess.
    """
    rule = question.rule
    cases = add_published_rules(linear_path.add_path(_add_thresholds(cases)))
    by_rule = {
        column: _judge(cases, question, rule.by_rule(name).model_copy(update={"outlook": None}))[0]
        for name, column in VERDICT_COLUMNS.items()
    }
    verdict, reason = _judge(cases, question, rule)
    cases = cases.assign(
        verdict=verdict,
        reason=reason,
        **by_rule,
        judged_change=judge_change(cases)[2],
        judged_year=question.judged_year,
        programme=question.programme,
        stage=str(question.stage),
        as_of=question.as_of.isoformat(),
        rule=str(rule.name),
        rule_version=rule.version,
        on_track_pace=rule.on_track_pace,
        behind_pace=rule.behind_pace,
        outlook_bands=_bands(rule),
    )
    return cases.assign(data_hash=hash_inputs(cases)).drop(
        columns=["is_met", "is_met_at_baseline", "is_end_met_at_baseline"]
    )


def _bands(rule: VerdictRule) -> str:
    """Return the outlook's bands as one text; blank where the outlook does not bind."""
    return "" if rule.outlook is None else "; ".join(f"{name} {bound}" for name, bound in rule.outlook)


def judged_year_of(programme: Programme, stage: Stage, as_of: date) -> int:
    """Return the target year that a stage judges: as the programme says, else the year of the review."""
    return programme.stages[stage].judged_year if stage in programme.stages else as_of.year


def hash_inputs(cases: pd.DataFrame) -> list[str]:
    """Return a hash of each row's rule and inputs, so that anyone can tell whether an input has changed."""
    columns = [*_INPUTS, *_RULE, "as_of", "stage"]
    rows = cases[columns].itertuples(index=False, name=None)
    return [hashlib.sha256(repr(tuple(map(str, row))).encode()).hexdigest()[:16] for row in rows]


def _find_values(
    promises: pd.DataFrame, rules: pd.DataFrame, actuals: pd.DataFrame, *, question: Question, place_codes: list[str]
) -> pd.DataFrame:
    """Return each promise in each place with the values that it is judged by, its target in the indicator's unit."""
    dates = pd.Series({"as_of": pd.Timestamp(question.as_of), "start": pd.Timestamp(question.start_date)})
    return _resolve_target_values(build_cases(promises, rules, actuals, place_codes=place_codes, dates=dates))


def _resolve_target_values(cases: pd.DataFrame) -> pd.DataFrame:
    """Turn "complete" and "by x % against a base year" into a value in the indicator's unit."""
    is_complete = cases["kind"] == TargetKind.COMPLETE
    is_change = cases["kind"] == TargetKind.CHANGE_FROM_BASE
    complete = np.where(cases["unit"] == "percent", 100.0, 1.0)
    relative = (cases["base_year_value"] * (100.0 + cases["target_value"]) / 100.0).round(ROUNDED_DECIMALS)
    value = cases["target_value"].mask(is_complete, complete).mask(is_change, relative)
    default = np.where(cases["ascending"], ">=", "<=")
    operator = cases["operator"].mask(cases["operator"] == "", default)
    return cases.assign(
        promised_change_pct=cases["target_value"].where(is_change),
        target_value=value,
        operator=operator.where(cases["kind"].isin(LEVEL_KINDS), cases["operator"]),
    )


def _add_thresholds(cases: pd.DataFrame) -> pd.DataFrame:
    return cases.assign(
        is_met=meets_qualified(
            cases["actual_value"], cases["actual_qualifier"], cases["operator"], cases["target_value"]
        ),
        is_met_at_baseline=meets(cases["baseline_value"], cases["operator"], cases["target_value"]),
        is_end_met_at_baseline=meets(cases["baseline_value"], cases["end_operator"], cases["end_value"]),
    )


def _judge(cases: pd.DataFrame, question: Question, rule: VerdictRule) -> tuple[np.ndarray, np.ndarray]:
    """Return verdict and reason by one rule: what stands in the way, else the level, else the change."""
    verdict, reason, _ = judge_change(cases)
    level_verdict, level_reason = _judge_level(cases, question.stage, judge_interim(cases, rule, question.stage))
    is_level = cases["kind"].isin(LEVEL_KINDS).to_numpy()
    verdict, reason = np.where(is_level, level_verdict, verdict), np.where(is_level, level_reason, reason)
    obstacle, why = _find_obstacle(cases, question.as_of)
    is_hidden = cases["has_suppressed_input"].to_numpy(bool)
    reason, why = (np.where(is_hidden & np.isin(words, LACKING), "suppressed", words) for words in (reason, why))
    return np.where(obstacle == "", verdict, obstacle), np.where(obstacle == "", reason, why)


def _judge_level(
    cases: pd.DataFrame, stage: Stage, interim: tuple[np.ndarray, np.ndarray]
) -> tuple[np.ndarray, np.ndarray]:
    """Return verdict and reason of level targets, in the order: open, met, too late, on the way (`interim`).

    At the end of the term a value that meets the target inside an interval across it is met within uncertainty; one
    that misses it there leaves the question open.
    """
    is_met = cases["is_met"].to_numpy(bool)
    was_met = cases["is_met_at_baseline"].to_numpy(bool)
    is_final = (stage == Stage.END_TERM) | cases["has_span"].to_numpy(bool)
    is_final = is_final | (cases["actual_year"] >= cases["target_year"]).to_numpy(bool)
    lower, upper, goal = (cases[name].to_numpy(float) for name in ("actual_lower", "actual_upper", "target_value"))
    spans = (lower < goal) & (goal < upper)
    undecided = is_undecided(cases["actual_value"], cases["actual_qualifier"], cases["target_value"])
    has_no_baseline = cases["baseline_value"].isna().to_numpy()
    is_held = is_met & was_met & ~cases["has_dip"].to_numpy(bool)
    is_within = spans & is_met & (stage == Stage.END_TERM)
    conditions = [undecided, is_within, spans, is_held, is_met, is_final, has_no_baseline]
    verdicts = ["cannot_tell", "met_uncertain", "cannot_tell", "met", "met", "not_met", "not_assessable"]
    names = [
        "qualified_value",
        "met_within_interval",
        "interval_spans_target",
        "held",
        "meets_target",
        "target_missed",
        "no_baseline",
    ]
    verdict, reason = interim
    return np.select(conditions, verdicts, default=verdict), np.select(conditions, names, default=reason)


def _find_obstacle(cases: pd.DataFrame, as_of: date) -> tuple[np.ndarray, np.ndarray]:
    """Return the verdict and reason that stand before any judgement, or empty text where nothing stands in the way."""
    kind = cases["kind"]
    is_unread_target = ~cases["confidence_of_target"].isin([word.value for word in Confidence if word.carries_verdict])
    has_value = cases["has_comparable"]
    is_early = cases["has_span"] & (cases["first_year"] > as_of.year)
    needs_level = kind.isin(LEVEL_KINDS) & cases["target_value"].isna()
    before_start = cases["baseline_year"].notna() & ~(cases["actual_year"] > cases["baseline_year"])
    order: list[tuple[pd.Series, Verdict, str]] = [
        (is_unread_target, Verdict.NOT_ASSESSABLE, "target_remembered"),
        (kind == TargetKind.QUALITATIVE, Verdict.NOT_ASSESSABLE, "no_number"),
        (is_early, Verdict.NOT_ASSESSABLE, "not_due"),
        (cases["has_suppressed"], Verdict.NOT_ASSESSABLE, "suppressed"),
        (~has_value & cases["has_failed_check"], Verdict.NOT_ASSESSABLE, "failed_check"),
        (~has_value & cases["has_carried_loss"], Verdict.NOT_ASSESSABLE, "carried_with_loss"),
        (~has_value & cases["has_low_quality"], Verdict.NOT_ASSESSABLE, "low_quality"),
        (~has_value & cases["has_other_period"], Verdict.NOT_COMPARABLE, "other_period"),
        (~has_value & cases["has_other_definition"], Verdict.NOT_COMPARABLE, "other_definition"),
        (~has_value & cases["has_other_basis"], Verdict.NOT_COMPARABLE, "other_basis"),
        (~has_value & cases["has_remembered"], Verdict.NOT_ASSESSABLE, "only_remembered"),
        (~has_value, Verdict.NOT_ASSESSABLE, "no_value"),
        (cases["actual_age_years"] > cases["max_age_years"], Verdict.NOT_ASSESSABLE, "stale"),
        (before_start, Verdict.NOT_ASSESSABLE, "nothing_since_baseline"),
        (needs_level & cases["base_year"].notna(), Verdict.NOT_ASSESSABLE, "no_base_year"),
        (needs_level, Verdict.NOT_ASSESSABLE, "no_number"),
    ]
    conditions = [condition.to_numpy(bool) for condition, _, _ in order]
    verdict = np.select(conditions, [str(word) for _, word, _ in order], default="")
    return verdict, np.select(conditions, [reason for _, _, reason in order], default="")

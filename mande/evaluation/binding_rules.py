"""What each rule says of a level that is not yet met at an interim date: the rule that binds, and the others beside it.

The words of the published rules are read as verdicts so:

| rate-ratio | un-progress-chart-2023 | verdict |
| --- | --- | --- |
| target_achieved, substantial_progress | met_or_on_track | on_track |
| moderate_progress | acceleration_needed | behind |
| limited_progress | stagnation_or_regression, not below the baseline | off_track |
| deterioration | stagnation_or_regression, further away than the baseline | worsening |
| not_available | not_available | not_assessable |

Whether the promise is met is never read from them: the text's own comparison decides, and `<` is not `<=`.
"""

import numpy as np
import pandas as pd

from mande.evaluation.linear_path import judge_pace
from mande.evaluation.outlook_words import judge_outlook
from mande.evaluation.rate_ratio import ROUNDING
from mande.framework.verdict_rule import RuleName, VerdictRule
from mande.vocabulary import Stage

VERDICT_COLUMNS = {
    RuleName.LINEAR_PATH: "verdict_linear_path",
    RuleName.RATE_RATIO: "verdict_rate_ratio",
    RuleName.PROGRESS_CHART: "verdict_progress_chart",
}


def judge_interim(cases: pd.DataFrame, rule: VerdictRule, stage: Stage) -> tuple[np.ndarray, np.ndarray]:
    """Return verdict and reason of each level by a rule, as if it were not met.

    At the mid-term of a programme that binds itself to the outlook, the probability of meeting the target decides
    where it can be estimated; a level that was met at the baseline and no longer is stays lost.
    Needs: cases with `linear_path.add_path` and `published_rules.add_published_rules`; for the outlook `p_met` and its
    limits.
    """
    verdict, reason = _judge_by_name(cases, rule)
    if rule.outlook is None or stage != Stage.MID_TERM:
        return verdict, reason
    limits = (cases[name] for name in ("p_met", "outlook_lower", "outlook_upper"))
    foretold = judge_outlook(*limits, target_value=cases["target_value"], bands=rule.outlook.bands)
    has_outlook = (foretold["reason"] != "not_estimable").to_numpy() & (reason != "lost")
    words = foretold["reason"].replace("interval_spans_target", "outlook_open").to_numpy()
    return np.where(has_outlook, foretold["verdict"], verdict), np.where(has_outlook, words, reason)


def _judge_by_name(cases: pd.DataFrame, rule: VerdictRule) -> tuple[np.ndarray, np.ndarray]:
    if rule.name == RuleName.LINEAR_PATH:
        return judge_pace(cases, on_track_pace=rule.on_track_pace, behind_pace=rule.behind_pace)
    verdict, reason = _judge_rate(cases) if rule.name == RuleName.RATE_RATIO else _judge_chart(cases)
    was_met = cases["is_met_at_baseline"].to_numpy(bool)
    return np.where(was_met, "worsening", verdict), np.where(was_met, "lost", reason)


def _judge_rate(cases: pd.DataFrame) -> tuple[np.ndarray, np.ndarray]:
    status = cases["rate_ratio_status"]
    conditions = [
        status.isin(["target_achieved", "substantial_progress"]),
        status == "moderate_progress",
        status == "limited_progress",
        status == "deterioration",
    ]
    verdict = np.select(conditions, ["on_track", "behind", "off_track", "worsening"], default="not_assessable")
    reasons = ["rate_enough", "rate_short", "rate_far_short", "moved_away"]
    return verdict, np.select(conditions, reasons, default="no_rate")


def _judge_chart(cases: pd.DataFrame) -> tuple[np.ndarray, np.ndarray]:
    status, share = cases["chart_status"], cases["chart_share"]
    is_ahead = status == "met_or_on_track"
    is_still = status == "stagnation_or_regression"
    conditions = [
        is_ahead & ~(share >= 0.95 - ROUNDING),
        is_ahead,
        status == "acceleration_needed",
        is_still & (share >= -ROUNDING),
        is_still,
    ]
    verdicts = ["on_track", "on_track", "behind", "off_track", "worsening"]
    reasons = ["within_a_point", "chart_enough", "chart_short", "chart_far_short", "moved_away"]
    return np.select(conditions, verdicts, default="not_assessable"), np.select(conditions, reasons, default="no_rate")

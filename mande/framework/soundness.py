"""Sense checks of a programme that loads: what an evaluator should know before resting a verdict on it.

A contradiction stops the loading (`mande.framework.checks`); what stands here is legal, but weak or doubtful.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from itertools import combinations, pairwise

import pandas as pd

from mande.framework.cascade import Difference, compare_levels
from mande.framework.model import Programme, Target, TargetKind, Text
from mande.vocabulary import Stage

_STAGES_VI = {Stage.MID_TERM: "giữa kỳ", Stage.END_TERM: "cuối kỳ", Stage.ANNUAL: "hằng năm"}
COLUMNS = ["programme", "check", "target", "severity", "finding_vi", "finding_en"]


class Weight(StrEnum):
    """How much a finding matters for the verdicts."""

    CRITICAL = "critical"
    WARNING = "warning"
    INFORMATION = "information"


@dataclass(frozen=True)
class Weakness:
    """One finding about a target, or about the programme as a whole (`target` empty)."""

    check: str
    target: str
    severity: Weight
    finding: Text


def review_soundness(programme: Programme, *, as_of: date) -> pd.DataFrame:
    """Return what is weak or doubtful in a programme.

    *One row per* check and finding; a sound programme gives an empty table.
    *Needs* `as_of`, for review dates that have passed.
    *Adds* `severity`: critical (no verdict can rest on it), warning (a verdict needs this said), information.
    """
    found = [weakness for check in _CHECKS for weakness in check(programme, as_of)]
    rows = [
        {
            "programme": programme.id,
            "check": weakness.check,
            "target": weakness.target,
            "severity": weakness.severity.value,
            "finding_vi": weakness.finding.vi,
            "finding_en": weakness.finding.en,
        }
        for weakness in found
    ]
    return pd.DataFrame(rows, columns=COLUMNS)


def _missing_baseline(programme: Programme, as_of: date) -> Iterator[Weakness]:
    for target in programme.targets:
        if target.baseline is None and _needs_baseline(target):
            yield Weakness(
                "baseline_missing",
                _name(target),
                Weight.INFORMATION,
                Text(
                    vi="Văn bản không nêu giá trị gốc; dùng giá trị cuối cùng tại hoặc trước khi chương trình bắt đầu.",
                    en="The text names no baseline; the last value at or before the start is used.",
                ),
            )


def _base_year_missing(programme: Programme, as_of: date) -> Iterator[Weakness]:
    for target in programme.targets:
        if any(level.kind is TargetKind.CHANGE_FROM_BASE and level.base_year is None for level in target.levels):
            yield Weakness(
                "base_year_missing",
                _name(target),
                Weight.CRITICAL,
                Text(
                    vi="Thay đổi theo phần trăm mà không nêu năm gốc: không đánh giá được.",
                    en="A percentage change without a base year: it cannot be judged.",
                ),
            )


def _no_source(programme: Programme, as_of: date) -> Iterator[Weakness]:
    for target in programme.targets:
        if not target.bases:
            yield Weakness(
                "basis_missing",
                _name(target),
                Weight.CRITICAL,
                Text(vi="Không có cơ sở đếm nào cho chỉ tiêu.", en="No counting rule is named for the target."),
            )
        elif programme.indicator(target.indicator).data_source is None:
            yield Weakness(
                "data_source_missing",
                _name(target),
                Weight.WARNING,
                Text(
                    vi="Không văn bản nào nêu nguồn số liệu của chỉ số.",
                    en="No text names a data source for the indicator.",
                ),
            )


def _review_overdue(programme: Programme, as_of: date) -> Iterator[Weakness]:
    for target in programme.targets:
        due = programme.indicator(target.indicator).review_due
        if due is not None and due < as_of:
            yield Weakness(
                "review_overdue",
                _name(target),
                Weight.WARNING,
                Text(
                    vi=f"Định nghĩa của chỉ số phải rà soát trước ngày {due:%d/%m/%Y}.",
                    en=f"The definition of the indicator was due for review on {due:%d/%m/%Y}.",
                ),
            )


def _identical_figures(programme: Programme, as_of: date) -> Iterator[Weakness]:
    """Unusual figures that stand twice may be a slip of the pen; round ones (90, 95) repeat by chance."""
    figures = {target: _figures(target) for target in programme.targets}
    for first, second in combinations(programme.targets, 2):
        same = figures[first]
        if len(same) < 2 or same != figures[second] or first.indicator == second.indicator:
            continue
        is_unusual = any(value != int(value) for _, value in same)
        numbers_vi = ", ".join(f"{value:g}".replace(".", ",") for _, value in same)
        numbers_en = ", ".join(f"{value:g}" for _, value in same)
        yield Weakness(
            "identical_figures",
            f"{_name(first)}, {_name(second)}",
            Weight.WARNING if is_unusual else Weight.INFORMATION,
            Text(
                vi=f"Hai chỉ tiêu có cùng các con số ({numbers_vi}): có thể là lỗi soạn thảo.",
                en=f"Two targets have the same figures ({numbers_en}): possibly a drafting slip.",
            ),
        )


def _missing_milestone(programme: Programme, as_of: date) -> Iterator[Weakness]:
    for target in programme.targets:
        for stage, rule in programme.stages.items():
            if not any(_covers(target, position, rule.judged_year) for position in range(len(target.levels))):
                yield Weakness(
                    "level_missing",
                    _name(target),
                    Weight.INFORMATION,
                    Text(
                        vi=f"Văn bản không đặt con số cho năm {rule.judged_year} ({_STAGES_VI[stage]}).",
                        en=f"The text sets nothing for {rule.judged_year} ({stage}).",
                    ),
                )


def _only_remembered(programme: Programme, as_of: date) -> Iterator[Weakness]:
    for target in programme.targets:
        if not target.citation.confidence.carries_verdict:
            yield Weakness(
                "not_verified",
                _name(target),
                Weight.CRITICAL,
                Text(
                    vi="Chỉ tiêu chỉ được nhớ lại hoặc chưa tìm thấy: không mang kết luận.",
                    en="The target is only remembered or was not found: it carries no verdict.",
                ),
            )
        elif target.citation.corroboration is None and len(target.citation.sources) < 2:
            yield Weakness(
                "one_source",
                _name(target),
                Weight.INFORMATION,
                Text(vi="Chỉ đọc trong một nguồn.", en="Read in one source only."),
            )


def _undated(programme: Programme, as_of: date) -> Iterator[Weakness]:
    for target in programme.targets:
        if any(level.year is None and level.from_year is None for level in target.levels):
            yield Weakness(
                "year_missing",
                _name(target),
                Weight.WARNING,
                Text(vi="Văn bản không nêu năm của chỉ tiêu.", en="The text names no year for the target."),
            )


def _falling_ambition(programme: Programme, as_of: date) -> Iterator[Weakness]:
    for target in programme.targets:
        ascending = programme.indicator(target.indicator).ascending
        for earlier, later in pairwise(target.levels):
            is_level = earlier.kind is TargetKind.LEVEL and later.kind is TargetKind.LEVEL
            if is_level and compare_levels(later, earlier, ascending=ascending) is Difference.WEAKER:
                yield Weakness(
                    "later_level_weaker",
                    _name(target),
                    Weight.WARNING,
                    Text(
                        vi=f"Mức năm {later.year} thấp hơn mức năm {earlier.year}.",
                        en=f"The level of {later.year} asks for less than that of {earlier.year}.",
                    ),
                )


def _unstated_definition(programme: Programme, as_of: date) -> Iterator[Weakness]:
    for target in programme.targets:
        definitions = {definition.id: definition for definition in programme.indicator(target.indicator).definitions}
        definition = definitions.get(target.definition or "")
        if definition is not None and (not definition.is_stated or target.accepts):
            yield Weakness(
                "definition_unstated",
                _name(target),
                Weight.WARNING,
                Text(
                    vi="Văn bản hoặc báo cáo không nêu cách đếm: kết luận chỉ đúng trên cơ sở được báo cáo.",
                    en="The text or the reports do not say what is counted: a verdict holds on the reported basis only.",
                ),
            )


_CHECKS: tuple[Callable[[Programme, date], Iterator[Weakness]], ...] = (
    _only_remembered,
    _no_source,
    _base_year_missing,
    _undated,
    _identical_figures,
    _falling_ambition,
    _unstated_definition,
    _review_overdue,
    _missing_milestone,
    _missing_baseline,
)


def _needs_baseline(target: Target) -> bool:
    with_path = (TargetKind.LEVEL, TargetKind.CHANGE_FROM_BASE)
    return any(level.kind in with_path for level in target.levels)


def _figures(target: Target) -> tuple[tuple[int, float], ...]:
    return tuple((level.year, level.value) for level in target.levels if level.year and level.value is not None)


def _covers(target: Target, position: int, year: int) -> bool:
    level = target.levels[position]
    has_span = level.from_year is not None and level.to_year is not None
    return level.year == year or (has_span and (level.from_year or year) <= year <= (level.to_year or year))


def _name(target: Target) -> str:
    return target.id if target.dimension_value == "_T" else f"{target.id} ({target.dimension_value})"

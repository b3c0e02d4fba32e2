"""Two programmes on one page: which indicators may be set side by side, and which not, with the reason."""

from enum import StrEnum
from typing import Any

import pandas as pd

from mande.framework.cascade import counts_the_same
from mande.framework.model import Definition, Indicator, Programme, Target, TargetKind, TargetLevel, Text
from mande.vocabulary import TOTAL


class Comparability(StrEnum):
    """Whether the targets of two programmes speak of the same number."""

    SAME_DEFINITION = "same_definition"
    BRIDGED = "bridged"
    NOT_COMPARABLE = "not_comparable"
    ONLY_FIRST = "only_first"
    ONLY_SECOND = "only_second"


COLUMNS = [
    "indicator",
    "short_vi",
    "short_en",
    "dimension",
    "dimension_value",
    "comparability",
    "reason_vi",
    "reason_en",
    "first_target",
    "first_levels",
    "first_definition",
    "second_target",
    "second_levels",
    "second_definition",
    "bridge_factor",
    "bridge_source",
]

_ONLY = Text(vi="Chỉ một chương trình có chỉ tiêu này.", en="Only one of the programmes has a target.")
_SAME = Text(vi="Cùng chỉ số, cùng định nghĩa, cùng cơ sở đếm.", en="Same indicator, definition and counting rule.")
_OTHER_BASIS = Text(
    vi="Hai chương trình dựa trên cơ sở đếm khác nhau.", en="The two programmes rest on different counting rules."
)
_UNSTATED = Text(
    vi="Văn bản không nêu cách đếm: không biết hai con số có đếm như nhau không.",
    en="The texts do not say what they count: it is not known whether the two numbers count the same.",
)


def compare_programmes(first: Programme, second: Programme) -> pd.DataFrame:
    """Set two programmes side by side, indicator by indicator.

    *One row per* indicator x population group that either programme has.
    *Adds* `comparability` (same_definition, bridged, not_comparable, only_first, only_second) with its reason, and the
    bridging factor with its source where an analyst has supplied one in either programme.
    *Missing values*: an empty side means that this programme has no such target.
    """
    ours, theirs = _by_group(first), _by_group(second)
    groups = list(dict.fromkeys([*ours, *theirs]))
    rows = [_row(first, second, ours.get(group), theirs.get(group)) for group in groups]
    return pd.DataFrame(rows, columns=COLUMNS)


def _by_group(programme: Programme) -> dict[tuple[str, str, str], Target]:
    groups: dict[tuple[str, str, str], Target] = {}
    for target in programme.targets:
        groups.setdefault((target.indicator, target.dimension, target.dimension_value), target)
    return groups


def _row(first: Programme, second: Programme, ours: Target | None, theirs: Target | None) -> dict[str, Any]:
    lead = ours or theirs
    assert lead is not None  # every group comes from one of the two
    indicator = (first if ours else second).indicator(lead.indicator)
    comparability, reason = _compare(indicator, ours, theirs)
    bridge = None
    if comparability is Comparability.NOT_COMPARABLE and ours and theirs:
        ends = {ours.definition, theirs.definition}
        bridges = [b for b in (*first.bridges, *second.bridges) if b.indicator == indicator.id]
        bridge = next((b for b in bridges if {b.from_definition, b.to_definition} == ends), None)
    if bridge is not None:
        source = "; ".join((bridge.citation.document, *bridge.citation.sources))
        comparability = Comparability.BRIDGED
        words = f"{bridge.from_definition} x {bridge.factor:g} = {bridge.to_definition} ({source})"
        reason = Text(vi=f"Nối bằng hệ số: {words}.", en=f"Carried over by a factor: {words}.")
    return {
        "indicator": indicator.id,
        "short_vi": indicator.short.vi,
        "short_en": indicator.short.en,
        "dimension": lead.dimension,
        "dimension_value": lead.dimension_value,
        "comparability": comparability.value,
        "reason_vi": reason.vi,
        "reason_en": reason.en,
        **_side("first", ours),
        **_side("second", theirs),
        "bridge_factor": bridge.factor if bridge else None,
        "bridge_source": bridge.citation.document if bridge else "",
    }


def _compare(indicator: Indicator, ours: Target | None, theirs: Target | None) -> tuple[Comparability, Text]:
    if ours is None:
        return Comparability.ONLY_SECOND, _ONLY
    if theirs is None:
        return Comparability.ONLY_FIRST, _ONLY
    if ours.definition != theirs.definition:
        return Comparability.NOT_COMPARABLE, _definition_break(indicator, ours, theirs)
    if not counts_the_same(indicator, ours, theirs):
        return Comparability.NOT_COMPARABLE, _UNSTATED
    if not set(ours.bases) & set(theirs.bases):
        return Comparability.NOT_COMPARABLE, _OTHER_BASIS
    return Comparability.SAME_DEFINITION, _SAME


def _definition_break(indicator: Indicator, ours: Target, theirs: Target) -> Text:
    known = {definition.id: definition for definition in indicator.definitions}
    first, second = known.get(ours.definition or ""), known.get(theirs.definition or "")
    vi = f"Định nghĩa khác nhau: {_name(first, 'vi')} / {_name(second, 'vi')}."
    en = f"Different definitions: {_name(first, 'en')} / {_name(second, 'en')}."
    ends = [definition.valid_to for definition in (first, second) if definition and definition.valid_to]
    if ends:
        vi += f" Định nghĩa trước hết hiệu lực ngày {ends[0]:%d/%m/%Y}; cần một hệ số nối có nguồn."
        en += f" The earlier definition ended on {ends[0]:%d/%m/%Y}; a bridging factor with a source is needed."
    return Text(vi=vi, en=en)


def _name(definition: Definition | None, lang: str) -> str:
    if definition is None:
        return {"vi": "không nêu", "en": "not stated"}[lang]
    return str(getattr(definition.title, lang))


def _side(name: str, target: Target | None) -> dict[str, str]:
    if target is None:
        return {f"{name}_target": "", f"{name}_levels": "", f"{name}_definition": ""}
    return {
        f"{name}_target": target.id if target.dimension_value == TOTAL else f"{target.id} ({target.dimension_value})",
        f"{name}_levels": "; ".join(_in_words(level) for level in target.levels),
        f"{name}_definition": target.definition or "",
    }


def _in_words(level: TargetLevel) -> str:
    when = str(level.year) if level.year else f"{level.from_year or '?'} to {level.to_year or '?'}"
    if level.kind is TargetKind.LEVEL:
        return f"{when}: {level.operator} {level.value:g}"
    numbers = " to ".join(f"{number:g}" for number in (level.value, level.value_high) if number is not None)
    return f"{when}: {level.kind} {numbers}".strip()

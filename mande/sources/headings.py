"""What the texts of a table's header and first columns say, after the labels of its mapping."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from mande.sources.sent_values import SetAside
from mande.sources.table_mapping import SKIP, SUBTOTAL, Heading, TableMapping, fold
from mande.sources.written_periods import read_period, split_period
from mande.vocabulary import TOTAL

PLACE_TEXT, STATUS = "place_text", "status"
"""Beside the coordinates of a mapping: a place that is still only a name, the status that a heading gives."""
BETWEEN_LANGUAGES = re.compile(r"\s*[/\n|]\s*|\s+[-–—]\s+")

SKIPPED = SetAside(
    "skipped_by_mapping",
    "bỏ qua theo mô tả bảng",
    "left out, as the mapping says",
    "không cần làm gì",
    "nothing to do",
)
SUBTOTAL_ROW = SKIPPED._replace(
    message_vi="dòng cộng: bằng tổng các dòng bên dưới, hoặc không cộng được",
    message_en="a subtotal: the rows below add up to it, or cannot be added",
)
_LEFT_OUT = {SKIP: SKIPPED, SUBTOTAL: SUBTOTAL_ROW}


@dataclass(frozen=True)
class Meaning:
    """What a heading says: coordinates, or the reason why its cells are set aside."""

    coordinates: dict[str, str] = field(default_factory=dict)
    reason: SetAside | None = None

    def joined(self, other: "Meaning", *, crosses: bool = False) -> "Meaning":
        """Add what a further heading says; a cell has one group, or a two-way group where the mapping `crosses` them.

        What a subtotal belongs to is kept: it is held against the rows below it.
        """
        if self.reason is not None and self.reason != SUBTOTAL_ROW:
            return self
        if other.reason is not None and other.reason != SUBTOTAL_ROW:
            return other
        groups = _groups(self.coordinates) | _groups(other.coordinates)
        both = {**_groups(other.coordinates), **_groups(self.coordinates)}
        if groups != both or (len(groups) > 1 and not crosses):
            return Meaning(reason=_two_groups(self.coordinates, other.coordinates))
        named = {**self.coordinates, **other.coordinates}
        if "dimension" in named:
            named["dimension"] = ".".join(sorted(groups)) or TOTAL
            named["dimension_value"] = ".".join(groups[one] for one in sorted(groups)) or TOTAL
        return Meaning(named, self.reason or other.reason)


def _groups(coordinates: Mapping[str, str]) -> dict[str, str]:
    """Return the groups that coordinates name, by dimension; none where they are of the total."""
    dimension = coordinates.get("dimension", TOTAL)
    if dimension == TOTAL:
        return {}
    return dict(zip(dimension.split("."), coordinates["dimension_value"].split("."), strict=True))


def read_heading(heading: Heading, text: str, mapping: TableMapping) -> Meaning:
    """Return what one text of a header line or of a column left of the numbers says."""
    if heading.holds == ("note",):
        return Meaning()
    label = label_of(heading.labels, text)
    if isinstance(label, str):
        return Meaning(reason=_LEFT_OUT[label])
    found: dict[str, str] = {}
    rest = text
    if "period" in heading.holds and not (label and "period" in label):
        several = len(heading.holds) > 1
        period, rest = (
            split_period(text, school_years=mapping.school_years)
            if several
            else (read_period(text, school_years=mapping.school_years), "")
        )
        if period is None:
            return Meaning(reason=_unknown(text, "period"))
        found |= {"period": period.period, STATUS: period.status}
        label = label_of(heading.labels, rest) if several else {}
    if isinstance(label, str):
        return Meaning(reason=_LEFT_OUT[label])
    return _with_label(heading, rest, label, found)


def _with_label(heading: Heading, text: str, label: dict[str, str] | None, found: dict[str, str]) -> Meaning:
    if label:
        found |= label
    elif "place" in heading.holds and text:
        found[PLACE_TEXT] = text
    elif "place_code" in heading.holds and text:
        found["place_code"] = text
    elif set(heading.holds) - {"period", "note"}:
        return Meaning(reason=_unknown(text, heading.holds[-1]))
    if "dimension_value" in found:
        named = found.get("dimension") or heading.dimension
        found["dimension"] = TOTAL if found["dimension_value"] == TOTAL else named
    return Meaning(found)


def label_of(labels: Mapping[str, Any], text: str) -> Any:
    """Look a text up among labels, whole or by either of its two languages; None where it is none or means two."""
    folded = {fold(key): meaning for key, meaning in labels.items()}
    if fold(text) in folded:
        return folded[fold(text)]
    meant = [folded[fold(part)] for part in BETWEEN_LANGUAGES.split(text) if fold(part) in folded]
    return meant[0] if meant and all(one == meant[0] for one in meant) else None


def _unknown(text: str, role: str) -> SetAside:
    shown = text[:60]
    return SetAside(
        "unknown_heading",
        f'mô tả bảng không cho biết "{shown}" nghĩa là gì ({role})',
        f'the mapping does not say what "{shown}" means ({role})',
        "thêm nhãn này vào mô tả bảng, hoặc ghi skip",
        "add this label to the mapping, or write skip",
    )


def _two_groups(mine: Mapping[str, str], other: Mapping[str, str]) -> SetAside:
    first, second = (" ".join(_groups(one).values()) for one in (mine, other))
    return SetAside(
        "two_dimensions",
        f"số liệu thuộc hai cách phân nhóm ({first}, {second})",
        f"the figure belongs to two groupings ({first}, {second})",
        "ghi two_way_groups: true vào mô tả bảng để nhận nhóm hai chiều, hoặc ghi skip cho một cách",
        "write two_way_groups: true into the mapping to take two-way groups, or skip for one of them",
    )

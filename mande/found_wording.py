"""What a check found, in words: codes of groups and indicators, and the signs of a rule, as a unit reads them."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from mande.vocabulary import TOTAL

if TYPE_CHECKING:
    from mande.workspace import Workspace

_DECIMAL = re.compile(r"(?<![\d.])(\d+\.\d+)(?![\d.])")
_GROUP = re.compile(r"([^\s:]+): (?=[\d−-])")
_SUM_OF_GROUPS = re.compile(r"Σ − _T = ")
_LATE = re.compile(r"(\d{4})-(\d\d)-(\d\d): \+ (\d+)")
_RELATED = re.compile(r"\b([A-Z][A-Z0-9_]+)\.(value|numerator|denominator) ")
_PARTS = {"value": "", "numerator": " (tử số)", "denominator": " (mẫu số)"}


@dataclass(frozen=True)
class FoundWords:
    """Names of groups and of indicators, by code."""

    groups: Mapping[str, str] = field(default_factory=dict)
    indicators: Mapping[str, str] = field(default_factory=dict)

    def in_vietnamese(self, found: str) -> str:
        """Return what was found with names for codes and a decimal comma: with a point it is read as thousands.

        Numbers have at most two decimals, as in a text. A code without a name stays.

        >>> FoundWords({"F": "Nữ"}).in_vietnamese("F: 12.5; Σ − _T = 3")
        'Nữ: 12,5; tổng các nhóm − tổng số = 3'
        """
        late = _LATE.fullmatch(found)
        if late:
            return f"{late[3]}/{late[2]}/{late[1]}, muộn {late[4]} ngày"
        words = _GROUP.sub(self._group, found, count=1)
        words = _SUM_OF_GROUPS.sub("tổng các nhóm − tổng số = ", words)
        return _DECIMAL.sub(_local_number, _RELATED.sub(self._indicator, words))

    def _group(self, code: re.Match[str]) -> str:
        return f"{self.groups.get(code[1], code[1])}: "

    def _indicator(self, code: re.Match[str]) -> str:
        return f"{self.indicators.get(code[1], code[1])}{_PARTS[code[2]]} "


def read_words(workspace: "Workspace", lang: str = "vi") -> FoundWords:
    """Return the names of the groups of `forms.yaml` and the short titles of all indicators.

    Raises: DefinitionError for a `forms.yaml` that is written wrongly.
    """
    from mande.sources.forms.questionnaire import load_form_rules

    known = workspace.knowledge.indicators
    rules = load_form_rules(workspace.programmes_folder, dict(known))
    groups = {value.id: getattr(value.title, lang) for dimension in rules.dimensions for value in dimension.values}
    named = {code: getattr(one.short or one.title, lang) for code, one in known.items()}
    return FoundWords({TOTAL: {"vi": "Tổng số", "en": "Total"}[lang]} | groups, named)


def _local_number(number: re.Match[str]) -> str:
    return f"{float(number[1]):.2f}".rstrip("0").rstrip(".").replace(".", ",")

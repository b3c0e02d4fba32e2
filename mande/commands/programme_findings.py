"""What `mande programmes check` says, in the language of the findings."""

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import pandas as pd

    from mande.framework.model import Programme

WORDS = {
    "vi": {
        "programme": "chương trình",
        "check": "kiểm tra",
        "target": "chỉ tiêu",
        "severity": "mức độ",
        "finding_vi": "phát hiện",
        "critical": "nghiêm trọng",
        "warning": "cần lưu ý",
        "information": "để biết",
        "summary": "đọc được {n} chương trình; phát hiện: {counts}",
        "code": "mã {code} của {instrument} có trong nhiều danh mục ({sets}): phải ghi kèm danh mục",
        "document": "một văn bản được ghi theo nhiều cách: {spellings}",
        "rest": "đọc được {standards} bộ tiêu chuẩn và {plans} kế hoạch khác",
    },
    "en": {
        "summary": "{n} programmes load; findings: {counts}",
        "code": "code {code} of {instrument} stands in several lists ({sets}): name the list with it",
        "document": "one document is written in several ways: {spellings}",
        "rest": "{standards} standards and {plans} further plans load",
    },
}


def worded(table: "pd.DataFrame", lang: str) -> "pd.DataFrame":
    """Return the findings with their weight and column names in the language."""
    words = WORDS[lang]
    severity = table["severity"].map(lambda word: words.get(word, word))
    return table.assign(severity=severity).rename(columns=words)


def headings(columns: list[str], lang: str) -> list[str]:
    """Return the names of these columns in the language."""
    return [WORDS[lang].get(column, column) for column in columns]


def summary(table: "pd.DataFrame", n: int, lang: str) -> str:
    """Return how many programmes load and how many findings of each weight there are."""
    counts, words = table["severity"].value_counts(), WORDS[lang]
    parts = [f"{counts.get(word, 0)} {words.get(word, word)}" for word in ("critical", "warning", "information")]
    return words["summary"].format(n=n, counts=", ".join(parts))


def shared_findings(folder: Path, programmes: "Mapping[str, Programme]", lang: str) -> list[str]:
    """Return what is found over all programmes: codes in several lists, documents written in several ways."""
    from mande.framework.identifiers import review_codes, review_documents
    from mande.framework.load import load_indicators
    from mande.framework.registers import load_plan_documents, load_standards

    words = WORDS[lang]
    lines = [
        words["code"].format(code=row.code, instrument=row.instrument, sets=row.sets)
        for row in review_codes(load_indicators(folder).values()).itertuples()
    ]
    documents = review_documents(list(programmes.values()))
    lines += [words["document"].format(spellings=row.spellings) for row in documents.itertuples()]
    n_standards, n_plans = len(load_standards(folder)), len(load_plan_documents(folder))
    return [*lines, words["rest"].format(standards=n_standards, plans=n_plans)]

"""The catalogue is whole: every key in both languages with the same numbers, every key used, every code worded."""

import re
from pathlib import Path

import pytest

from mande.errors import UsageError
from mande.reporting import wording as module
from mande.reporting.fragments import VERDICT_MARKS
from mande.reporting.wording import catalogue, wording
from mande.vocabulary import Outcome, Stage, ValueStatus, Verdict

REPORTING = Path(module.__file__).parent
FIELD = re.compile(r"\{(\w+)\}")
FAMILIES = ("verdict", "count", "reason", "reason_short", "unit", "status", "dimension", "outcome", "stage", "strength")
FAMILIES += ("target", "qualifier", "task_status", "task_reason", "rhythm", "difference", "binds", "severity")
FAMILIES += ("comparability", "standard_status", "rule_status", "rule_reason", "fragile_because", "mid_term_outcome")
FAMILIES += (
    "outlook_band",
    "outlook_short",
    "fragile",
    "funnel_reason",
    "stratifier",
    "edition",
    "ranking",
    "equity",
    "funnel",
    "rule_name",
    "check_column",
)
"""Keys of these families are put together from a code, so that their names stand nowhere in the source."""


def sentences(key: str, lang: str) -> list[str]:
    found = catalogue()[key][lang]
    return list(found.values()) if isinstance(found, dict) else [found]


@pytest.mark.parametrize("key", sorted(catalogue()))
def test_every_key_says_the_same_in_both_languages(key):
    assert set(catalogue()[key]) == {"vi", "en"}
    fields = {lang: [set(FIELD.findall(text)) - {"n"} for text in sentences(key, lang)] for lang in ("vi", "en")}
    assert all(text.strip() for lang in ("vi", "en") for text in sentences(key, lang))
    assert fields["vi"][0] == fields["en"][0]
    if len(fields["en"]) > 1:
        assert set(catalogue()[key]["en"]) == {"one", "other"} and fields["en"][0] == fields["en"][1]


def test_every_key_is_used():
    files = [*REPORTING.glob("*.py"), *REPORTING.glob("template/**/*.j2"), *REPORTING.parent.glob("*.py")]
    source = "\n".join(path.read_text(encoding="utf-8") for path in files)
    single = [key for key in catalogue() if key.split(".")[0] not in FAMILIES]
    unused = [key for key in single if f"'{key}'" not in source and f'"{key}"' not in source]
    # Keys of the inputs of the arithmetic are chosen by prefix: arithmetic.actual, arithmetic.baseline.
    assert set(unused) <= {"arithmetic.actual", "arithmetic.baseline"}


def test_every_key_that_the_source_names_exists():
    files = [*REPORTING.glob("*.py"), *REPORTING.glob("template/**/*.j2"), *REPORTING.parent.glob("*.py")]
    named = {
        key for path in files for key in re.findall(r"""say\(\s*['"]([\w.-]+)['"]""", path.read_text(encoding="utf-8"))
    }
    families = {key for key in named if key.endswith(".")}
    assert named - families <= set(catalogue())
    assert len(named) > 60


def test_every_code_has_its_words():
    for verdict in Verdict:
        assert f"verdict.{verdict}" in catalogue() and f"count.{verdict}" in catalogue() and verdict in VERDICT_MARKS
    assert {f"outcome.{outcome}" for outcome in Outcome} <= set(catalogue())
    assert {f"stage.{stage}" for stage in Stage} <= set(catalogue())
    assert {f"status.{status}" for status in ValueStatus if status != ValueStatus.OBSERVED} <= set(catalogue())


def test_marks_differ_so_that_no_verdict_depends_on_colour():
    assert len(set(VERDICT_MARKS.values())) == len(Verdict)


def test_english_counts_in_singular_and_plural():
    assert wording("en").say("requests.lead", n=1).startswith("For a verdict on 1 more part,")
    assert wording("en").say("requests.lead", n=2).startswith("For a verdict on 2 more parts,")


def test_unknown_language_is_refused():
    with pytest.raises(UsageError, match="no language 'fr' → choose one of vi, en"):
        wording("fr")


def test_vietnamese_is_written_with_composed_letters():
    import unicodedata

    text = (REPORTING / "wording.yaml").read_text(encoding="utf-8")
    assert unicodedata.normalize("NFC", text) == text

"""Progress joined with the words of its targets, and one row of text per measurable part, as tables show it."""

from typing import Any

import pandas as pd

from mande.reporting.number_forms import is_number, period_form, share_form, unit_form, value_form
from mande.reporting.sentences import actual_words, end_words, judged_words, reason_sentence, title_of, year_form
from mande.reporting.wording import wording
from mande.vocabulary import ValueStatus, Verdict

TARGET_KEY = ["target_id", "dimension", "dimension_value"]
TARGET_TEXTS = [
    "number", "part", "result", "result_title_vi", "result_title_en", "title_vi", "title_en", "short_vi", "short_en",
    "basis_titles_vi", "basis_titles_en", "document", "section", "responsible_vi", "responsible_en", "end_strength",
]  # fmt: skip


def join_targets(progress: pd.DataFrame, targets: pd.DataFrame) -> pd.DataFrame:
    """Return progress with the words of each target, in the order of the programme's text.

    *One row per* measurable part × unit. *Needs* the tables `progress` and `targets`. *Adds* number, part, objective,
    titles, bases in words, citation, responsible body.
    """
    words = targets[[*TARGET_KEY, *[name for name in TARGET_TEXTS if name not in progress.columns]]]
    order = words[TARGET_KEY].assign(_order=range(len(words)))
    joined = progress.merge(words, on=TARGET_KEY, how="left", validate="many_to_one")
    joined = joined.merge(order, on=TARGET_KEY, how="left", validate="many_to_one")
    return joined.sort_values("_order", kind="stable").drop(columns="_order").reset_index(drop=True)


def basis_names(targets: pd.DataFrame, lang: str) -> dict[str, str]:
    """Return the counting rules by id with their names in words."""
    names: dict[str, str] = {}
    for ids, titles in zip(targets["bases"], targets[f"basis_titles_{lang}"], strict=True):
        codes, texts = str(ids).split("; "), str(titles).split("; ")
        if len(codes) == len(texts):
            names.update(zip(codes, texts, strict=True))
    return names


def found_basis(row: Any, names: dict[str, str], source_titles: dict[str, str]) -> str:
    """Return how the newest value was counted: the name of its basis, or else the publication it stands in."""
    basis, source = row["actual_basis"], row["actual_source"]
    return names.get(basis) or source_titles.get(source) or (basis if isinstance(basis, str) else "")


def target_row(row: Any, lang: str, *, as_of: str, basis: str) -> dict[str, Any]:
    """Return the texts of one row of the targets table; `basis` is how the newest value was counted, in words."""
    words = wording(lang)
    is_judged = Verdict(row["verdict"]).is_assessed
    return {
        "number": target_number(row),
        "title": title_of(row, lang),
        "unit": "" if row["unit"] == "percent" else unit_form(row["unit"], lang),
        "milestone": _with_strength(judged_words(row, lang), row["strength"], lang),
        "milestone_year": _other_year(row),
        "end": _with_strength(end_words(row, lang), row["end_strength"], lang) if is_number(row["end_year"]) else "–",
        "baseline": _value_and_period(row, lang, "baseline"),
        "newest": newest_value(row, lang),
        "is_judged": is_judged,
        "share": share_form(row["share"], lang) if is_judged else "–",
        "verdict": row["verdict"],
        "reason": reason_sentence(
            row, lang, as_of=as_of, found_basis=basis, wanted_basis=words.pick(row, "basis_titles")
        ),
        "caveat": words.pick(row, "caveat"),
    }


def target_number(row: Any) -> str:
    """Return the number under which the text lists the target, with its part: 3b."""
    number = year_form(row["number"])
    return f"{number}{row['part'] or ''}" if number != "–" else str(row["target_id"])


def newest_value(row: Any, lang: str) -> str:
    """Return the newest value with its period and status; "chưa có" if there is none."""
    if not is_number(row["actual_value"]):
        return wording(lang).say("targets.none")
    marks = [period_form(row["actual_period"], lang)]
    if row["actual_value_status"] not in (ValueStatus.OBSERVED, None) and isinstance(row["actual_value_status"], str):
        marks.append(wording(lang).say(f"status.{row['actual_value_status']}"))
    return f"{actual_words(row, lang)} ({', '.join(marks)})"


def _value_and_period(row: Any, lang: str, prefix: str) -> str:
    if not is_number(row[f"{prefix}_value"]):
        return wording(lang).say("targets.none")
    return f"{value_form(row[f'{prefix}_value'], row['unit'], lang)} ({period_form(row[f'{prefix}_period'], lang)})"


def _with_strength(words: str, strength: object, lang: str) -> str:
    """Name the strength of the promise unless the text plainly sets it."""
    if strength in ("strive", "maintain"):
        return f"{words} ({wording(lang).say(f'strength.{strength}')})"
    return words


def _other_year(row: Any) -> str:
    """Return the year of the level that is judged when the text has none for the judged year itself."""
    year = year_form(row["target_year"])
    return "" if year in ("–", year_form(row["judged_year"])) else year

"""Progress joined with the words of its targets, and one row of text per measurable part, as tables show it."""

from typing import TYPE_CHECKING, Any

import pandas as pd

from mande.reporting.number_forms import hidden_mark, is_number, period_form, share_form, unit_form
from mande.reporting.records import records
from mande.reporting.sentences import (
    actual_words,
    baseline_words,
    end_words,
    judged_words,
    reason_sentence,
    title_of,
    year_form,
)
from mande.reporting.sureness import sure_sentences
from mande.reporting.wording import wording
from mande.vocabulary import ValueStatus, Verdict

if TYPE_CHECKING:
    from mande.reporting.run import Run

TARGET_KEY = ["target_id", "dimension", "dimension_value"]
TARGET_TEXTS = [
    "number", "part", "result", "result_title_vi", "result_title_en", "title_vi", "title_en", "short_vi", "short_en",
    "basis_titles_vi", "basis_titles_en", "document", "section", "responsible_vi", "responsible_en", "end_strength",
    "definition_title_vi", "definition_title_en", "definition_note_vi", "definition_note_en", "age_from_years", "age_below_years",
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


def table_rows(rows: pd.DataFrame, run: "Run", lang: str) -> list[dict[str, Any]]:
    """Return the texts of the targets table for rows of progress joined with their targets."""
    names, titles, as_of = basis_names(run.targets, lang), source_titles(run.sources, lang), run.info["as_of"]
    judged_year, end_year = run.info["judged_year"], end_year_of(run)
    flips = _flips_of(rows, run)
    return [
        {
            **target_row(row, lang, as_of=as_of, basis=found_basis(row, names, titles)),
            **_levels(row, lang, judged_year=judged_year, end_year=end_year),
            "sure": sure_sentences(row, lang, flips=flips.get(_key_of(row))),
            "is_fragile": bool(row.get("is_fragile", False)),
        }
        for row in records(rows)
    ]


def _flips_of(rows: pd.DataFrame, run: "Run") -> dict[tuple[str, ...], list[dict[str, Any]]]:
    """Return for each fragile verdict the choices that would change it."""
    if "is_fragile" not in rows or not rows["is_fragile"].fillna(False).any():
        return {}
    table = run.table("sensitivity")
    found: dict[tuple[str, ...], list[dict[str, Any]]] = {}
    for flip in records(table[table["is_flipped"]]):
        found.setdefault(_key_of(flip), []).append(flip)
    return found


def _key_of(row: Any) -> tuple[str, ...]:
    return (*(row[name] for name in TARGET_KEY), row["place_code"])


def end_year_of(run: "Run") -> int | None:
    """Return the last year for which the programme promises something, if it lies after the judged one."""
    last = run.targets[["target_year", "end_year"]].max().max()
    return int(last) if last > run.info["judged_year"] else None


def source_titles(sources: pd.DataFrame, lang: str) -> dict[str, str]:
    """Return the publications by id with their titles."""
    return dict(zip(sources["source"], sources[f"title_{lang}"], strict=True))


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
        "unit": _unit_words(row, lang),
        "is_empty": not is_number(row["actual_value"]) and not hidden_mark(row["actual_qualifier"]),
        "baseline": _baseline(row, lang),
        "newest": newest_value(row, lang),
        "is_judged": is_judged,
        "share": share_form(row["share"], lang) if is_judged else "–",
        "verdict": row["verdict"],
        "reason": reason_sentence(
            row, lang, as_of=as_of, found_basis=basis, wanted_basis=words.pick(row, "basis_titles")
        ),
        "caveat": words.pick(row, "caveat"),
        "counted": counted_words(row, lang),
    }


def counted_words(row: Any, lang: str) -> str:
    """Return who and what the target counts: its definition, and the ages unless the title names them."""
    words = wording(lang)
    parts = [words.pick(row, "definition_title"), words.pick(row, "definition_note")]
    names_age = words.say("target.age_word") in title_of(row, lang)
    if is_number(row["age_below_years"]) and not names_age:
        key = "target.ages" if row["age_from_years"] else "target.below_age"
        parts.append(words.say(key, start=year_form(row["age_from_years"]), below=year_form(row["age_below_years"])))
    named = "; ".join(part.rstrip(".") for part in parts if part)
    return words.say("target.counted", what=named) if named else ""


def due_level(row: Any, lang: str, *, judged_year: int) -> str:
    """Return what is judged, with its year if that is not the judged one."""
    return _levels(row, lang, judged_year=judged_year, end_year=None)["due"]


def target_number(row: Any) -> str:
    """Return the number under which the text lists the target, with its part: 3b; else the last part of its id."""
    number = year_form(row["number"])
    return f"{number}{row['part'] or ''}" if number != "–" else str(row["target_id"]).rsplit("-", maxsplit=1)[-1]


def newest_value(row: Any, lang: str) -> str:
    """Return the newest value with its period and status; "chưa có" if there is none."""
    if mark := hidden_mark(row["actual_qualifier"]):
        return f"{mark} ({period_form(row['actual_period'], lang)})"
    if not is_number(row["actual_value"]):
        return wording(lang).say("targets.none")
    marks = [period_form(row["actual_period"], lang)]
    if row["actual_value_status"] not in (ValueStatus.OBSERVED, None) and isinstance(row["actual_value_status"], str):
        marks.append(wording(lang).say(f"status.{row['actual_value_status']}"))
    return f"{actual_words(row, lang)} ({', '.join(marks)})"


def _unit_words(row: Any, lang: str) -> str:
    """Name the unit of measure unless the title does so, or it is per cent, which stands with each value."""
    words = unit_form(row["unit"], lang)
    return "" if row["unit"] == "percent" or words.lower() in title_of(row, lang).lower() else words


def _levels(row: Any, lang: str, *, judged_year: int, end_year: int | None) -> dict[str, str]:
    """Return what is promised for the judged year (`milestone`) and for the last one (`end`); `due`: what is judged.

    A level of another year than its column names that year.
    """
    none = wording(lang).say("target.none")
    judged = with_strength(judged_words(row, lang), row["strength"], lang)
    due = _with_year(judged, row["target_year"], judged_year)
    is_later = is_number(row["target_year"]) and row["target_year"] > judged_year
    end = _with_year(judged, row["target_year"], end_year) if is_later else "–"
    if is_number(row["end_year"]):
        end = _with_year(with_strength(end_words(row, lang), row["end_strength"], lang), row["end_year"], end_year)
    return {"milestone": none if is_later else due, "end": end, "due": due}


def _with_year(text: str, year: object, column_year: int | None) -> str:
    return f"{text} ({year_form(year)})" if is_number(year) and year != column_year else text


def _baseline(row: Any, lang: str) -> str:
    if mark := hidden_mark(row.get("baseline_qualifier")):
        return f"{mark} ({period_form(row['baseline_period'], lang)})"
    if not is_number(row["baseline_value"]):
        return wording(lang).say("targets.none")
    return f"{baseline_words(row, lang)} ({period_form(row['baseline_period'], lang)})"


def with_strength(words: str, strength: object, lang: str) -> str:
    """Name the strength of the promise unless the text plainly sets it."""
    if strength in ("strive", "maintain"):
        return f"{words} ({wording(lang).say(f'strength.{strength}')})"
    return words

"""What the page of a programme shows: is it sound, how does it compare, what is to be done and reported by when."""

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any

import pandas as pd

from mande.errors import Problem, UsageError
from mande.reporting.fragments import Fragment, fragment
from mande.reporting.masthead import footer_of, masthead_of
from mande.reporting.number_forms import date_form, is_number, number_form
from mande.reporting.sentences import judged_words
from mande.reporting.target_rows import with_strength
from mande.reporting.tasks import due_form
from mande.reporting.wording import wording
from mande.vocabulary import TOTAL

if TYPE_CHECKING:
    from mande.reporting.run import Run

FRAMEWORK_PAGE = "framework.html"
_SEVERITIES = ("critical", "warning", "information")
_COMPARABILITIES = ("same_definition", "bridged", "not_comparable", "only_first", "only_second")


@dataclass(frozen=True, repr=False)
class FrameworkView:
    """The programme of a run as it is written. Tables for the analyst: `.findings`, `.compared`, and `run.table(…)`."""

    run: "Run"
    lang: str
    other: str

    @classmethod
    def of(cls, run: "Run", lang: str, other: str) -> "FrameworkView":
        """Open the view beside another programme; blank: the next one of the same place, or the last.

        *Raises* UsageError for a language or a programme that the run does not have.
        """
        wording(lang)
        table = run.table("comparison")
        known = list(dict.fromkeys(table["other"]))
        if other and other not in known:
            raise UsageError(
                Problem("other", f"the run compares with no {other!r}", f"choose one of {', '.join(known)}")
            )
        default = table.loc[table["is_default"].astype(bool), "other"]
        return cls(run, lang, other or next(iter(default), ""))

    def __repr__(self) -> str:
        return f"<FrameworkView {self.run.info['programme']}>"

    @cached_property
    def findings(self) -> pd.DataFrame:
        """*One row per* sense check and finding, the gravest first."""
        table = self.run.table("soundness")
        return table.sort_values("severity", key=lambda column: column.map(_SEVERITIES.index), kind="stable")

    @cached_property
    def compared(self) -> pd.DataFrame:
        """*One row per* indicator × population group of either programme."""
        table = self.run.table("comparison")
        return table[table["other"] == self.other]

    @property
    def banner(self) -> Fragment:
        """Programme and date."""
        heading = wording(self.lang).say("framework.title")
        return masthead_of(self.run.info, self.lang, heading=heading, page=FRAMEWORK_PAGE)

    @property
    def overview(self) -> Fragment:
        """Document, period, place, and who came after a place that ceased to exist."""
        row, words = self.run.table("programme").iloc[0], wording(self.lang)
        texts = {name: words.pick(row, name) for name in ("title", "document_title", "issuer", "place", "note")}
        days = {name: self._day(row[name]) for name in ("issued_date", "start_date", "end_date", "place_valid_to")}
        plain = {name: row[name] for name in ("document", "aliases", "successors", "n_targets", "n_tasks")}
        return fragment("framework_overview", self.lang, row={**plain, **texts, **days})

    @property
    def soundness(self) -> Fragment:
        """What is weak or doubtful in the text, by finding, with the targets concerned."""
        stem = f"finding_{self.lang}"
        groups = [
            {"severity": severity, "finding": finding, "targets": "; ".join(text for text in rows["target"] if text)}
            for (severity, finding), rows in self.findings.groupby(["severity", stem], sort=False)
        ]
        return fragment("framework_soundness", self.lang, groups=groups)

    @property
    def identifiers(self) -> Fragment:
        """Codes and document numbers that do not name one thing."""
        rows = self.run.table("identifiers").to_dict("records")
        return fragment("framework_identifiers", self.lang, rows=rows)

    @property
    def comparison(self) -> Fragment:
        """This programme and another, indicator by indicator: same definition, bridged or not comparable, and why."""
        if self.compared.empty:
            return fragment("framework_comparison", self.lang, groups=[], first={}, second={}, others=[])
        words, head = wording(self.lang), self.compared.iloc[0]
        rows = [self._compared_row(row) for row in self.compared.to_dict("records")]
        groups = [(code, [row for row in rows if row["comparability"] == code]) for code in _COMPARABILITIES]
        sides = {
            side: {"title": words.pick(head, f"{side}_title"), "document": head[f"{side}_document"]}
            for side in ("first", "second")
        }
        return fragment("framework_comparison", self.lang, groups=[group for group in groups if group[1]], **sides)

    @property
    def tasks(self) -> Fragment:
        """Who does what by when, with what evidence; blank for a programme without tasks."""
        words, table = wording(self.lang), self.run.table("tasks")
        rows = [
            {
                "title": words.pick(row, "title"),
                "responsible": words.pick(row, "responsible"),
                "due": ", ".join(_month_day(day) for day in row["due_days"].split("; "))
                if row["due_days"]
                else due_form(row, self.lang),
                "evidence": words.pick(row, "evidence"),
                "note": words.pick(row, "note"),
            }
            for row in table.to_dict("records")
        ]
        return fragment("framework_tasks", self.lang, rows=rows)

    @property
    def calendar(self) -> Fragment:
        """Who reports what to whom by which day, in the review's year and the next."""
        words, table = wording(self.lang), self.run.table("calendar")
        years = [
            (int(year), [self._duty(row) for row in rows.to_dict("records")])
            for year, rows in table.groupby("year", sort=True)
        ]
        return fragment("framework_calendar", self.lang, years=years, note=words.say("calendar.note"))

    @property
    def standards(self) -> Fragment:
        """Composite standards with what is known of their points; without the points a score is incomplete."""
        words, standards = wording(self.lang), []
        for _, rows in self.run.table("standards").groupby("standard", sort=False):
            first = rows.iloc[0]
            known = rows["max_points"].notna()
            texts = {name: words.pick(first, name) for name in ("title", "thresholds", "note")}
            standards.append(
                {
                    **texts,
                    "document": first["document"].strip("()"),
                    "status": first["status"],
                    "known": int(known.sum()),
                    "criteria": [self._criterion(row) for row in rows.to_dict("records")],
                }
            )
        return fragment("framework_standards", self.lang, standards=standards)

    @property
    def footer(self) -> Fragment:
        """Date of the data, version and run."""
        return footer_of(self.run.info, self.lang)

    def _compared_row(self, row: dict[str, Any]) -> dict[str, Any]:
        words = wording(self.lang)
        group = row["dimension_value"]
        key = f"dimension.{group}"
        named = "" if group == TOTAL else f" – {words.say(key) if words.knows(key) else group}"
        sides = {f"{side}_levels": self._levels(row, side) for side in ("first", "second")}
        return {**row, **sides, "title": words.pick(row, "short") + named, "reason": words.pick(row, "reason")}

    def _levels(self, row: dict[str, Any], side: str) -> str:
        table = self.run.table("levels")
        is_meant = table["programme"].eq(row[f"{side}_programme"]) & table["dimension_value"].eq(row["dimension_value"])
        rows = table[is_meant & table["target_id"].eq(row[f"{side}_target"].split(" (")[0])]
        return "; ".join(level_in_words(level, self.lang) for level in rows.to_dict("records"))

    def _duty(self, row: dict[str, Any]) -> dict[str, str]:
        words = wording(self.lang)
        texts = {name: words.pick(row, name) for name in ("reporter", "recipient", "report", "rule", "note")}
        return {**texts, "document": " ".join(part for part in (row["document"], row["section"]) if part)}

    def _criterion(self, row: dict[str, Any]) -> dict[str, str]:
        words = wording(self.lang)
        points = number_form(row["max_points"], self.lang, decimals=0) if is_number(row["max_points"]) else ""
        return {
            "number": str(row["number"]),
            "title": words.pick(row, "criterion"),
            "points": points,
            "rule": words.pick(row, "rule"),
        }

    def _day(self, day: Any) -> str:
        return "" if pd.isna(day) else date_form(pd.Timestamp(day).isoformat(), self.lang)


def level_in_words(level: dict[str, Any], lang: str) -> str:
    """Return one level of a target with its year or span of years: "2025: dưới 9 %"."""
    row = {**level, "target_value": level["value"], "target_value_high": level["value_high"]}
    row |= {"promised_change_pct": level["value"], "operator": level["operator"] or ""}
    years = [str(int(level[name])) for name in ("year", "from_year", "to_year") if pd.notna(level[name])]
    text = with_strength(judged_words(row, lang), level["strength"], lang)
    return f"{'–'.join(years)}: {text}" if years else text


def _month_day(text: str) -> str:
    """Write "05-03" as 3/5.

    >>> _month_day("05-03")
    '3/5'
    """
    month, day = text.split("-")
    return f"{int(day)}/{int(month)}"

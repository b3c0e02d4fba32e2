"""What the steering committee's page shows: all units at once, section by section."""

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any

import pandas as pd

from mande.reporting.fragments import Fragment, fragment
from mande.reporting.masthead import footer_of, masthead_of
from mande.reporting.number_forms import number_form, unit_form, value_form, year_of
from mande.reporting.province_map import draw_province_map
from mande.reporting.province_snapshots import ProvinceSnapshot, find_snapshots
from mande.reporting.quality import count_outcomes, grouped_problems
from mande.reporting.sentences import judged_words, title_of, year_form
from mande.reporting.summary import count_verdicts, count_words, headline_sentences, is_assessed, parts_words
from mande.reporting.target_rows import TARGET_KEY, join_targets, newest_value, target_number
from mande.reporting.unit_view import UnitView
from mande.reporting.wording import wording
from mande.vocabulary import NATION, Verdict

if TYPE_CHECKING:
    from mande.reporting.run import Run

COMMITTEE_PAGE = "committee.html"
N_EXTREMES = 5
"""How many of the lowest and highest values are named."""


@dataclass(frozen=True, repr=False)
class CommitteeView:
    """All units of a run in one language. Tables for the analyst: `.targets`, `.snapshots`."""

    run: "Run"
    lang: str

    @classmethod
    def of(cls, run: "Run", lang: str) -> "CommitteeView":
        """Open the view; *Raises* UsageError for a language that the catalogue does not have."""
        wording(lang)
        return cls(run, lang)

    def __repr__(self) -> str:
        return f"<CommitteeView {self.run.info['run_id']}>"

    @cached_property
    def targets(self) -> pd.DataFrame:
        """*One row per* measurable part × unit: verdict, reason, every input, and the words of the target."""
        return join_targets(self.run.progress, self.run.targets)

    @cached_property
    def snapshots(self) -> list[ProvinceSnapshot]:
        """The last year of each province panel, set against its target."""
        return find_snapshots(self.run.targets, self.run.actuals, self.run.units)

    @property
    def banner(self) -> Fragment:
        """Programme, date and whether the data are made up."""
        heading = wording(self.lang).say("title.committee")
        return masthead_of(self.run.info, self.lang, heading=heading, page=COMMITTEE_PAGE)

    @property
    def headline(self) -> Fragment:
        """What can be said of the nation and of the units, in sentences; the nation's counts as tiles."""
        say = wording(self.lang).say
        parts = parts_words(self.run.targets, self.lang)
        sentences = [say("committee.lead", units=len(self.run.units), parts=parts)]
        nation, local = self._of_nation, self.targets[self.targets["place_code"] != NATION]
        if len(nation):
            sentences += [f"{self._names[NATION]}: {text}" for text in headline_sentences(nation, self.run.targets, self.lang)[:1]]
        if len(local):
            sentences += self._local_sentences(local)
        shown = nation if len(nation) else self.targets
        return fragment("headline", self.lang, sentences=sentences, counts=count_verdicts(shown["verdict"]))

    @property
    def national_results(self) -> Fragment:
        """The nation's assessed targets with value, milestone and verdict."""
        nation = self._of_nation
        if nation.empty:
            return fragment("national_results", self.lang, rows=None, page="", judged_year="", rest="")
        judged = nation[is_assessed(nation["verdict"])]
        rows = self._nation_view._target_rows(judged)
        others = count_verdicts(nation.drop(judged.index)["verdict"])
        return fragment(
            "national_results",
            self.lang,
            rows=rows,
            page=self._nation_view.unit["page"],
            judged_year=self.run.info["judged_year"],
            rest=count_words(others, self.lang),
        )

    @property
    def where_the_series_end(self) -> Fragment:
        """For each province panel: how many provinces stood at the target level in its last year, with a map."""
        cards = [self._snapshot_card(snapshot) for snapshot in self.snapshots]
        return fragment("snapshots", self.lang, cards=cards, judged_year=self.run.info["judged_year"])

    @property
    def results_by_unit(self) -> Fragment:
        """Units × targets for which at least one unit has a value: the verdict's mark and the value's year."""
        known = self.targets.groupby(TARGET_KEY, sort=False)["actual_value"].transform("count") > 0
        shown = self.targets[known]
        columns = [
            {"number": target_number(row), "title": title_of(row, self.lang)}
            for row in shown.drop_duplicates(TARGET_KEY).to_dict("records")
        ]
        cells = {code: rows.to_dict("records") for code, rows in shown.groupby("place_code", sort=False)}
        units = [
            {"name": self._names[unit["place_code"]], "page": unit["page"], "cells": [self._cell(row) for row in cells[unit["place_code"]]]}
            for unit in self.run.units.to_dict("records")
            if unit["place_code"] in cells
        ]
        return fragment("matrix", self.lang, columns=columns, units=units)

    @property
    def not_assessable(self) -> Fragment:
        """For each target: how many units have no verdict, why, and whom to ask."""
        words = wording(self.lang)
        open_rows = self.targets[~is_assessed(self.targets["verdict"])]
        rows = []
        for _, group in open_rows.groupby(TARGET_KEY, sort=False):
            first = group.iloc[0]
            reason = group["reason"].value_counts().idxmax()
            rows.append(
                {
                    "number": target_number(first),
                    "title": title_of(first, self.lang),
                    "units": number_form(len(group), self.lang, decimals=0),
                    "reason": words.say(f"reason_short.{reason}"),
                    "basis": words.pick(first, "basis_titles") or words.say("requests.any_basis"),
                    "body": words.pick(first, "responsible") or words.say("requests.unknown_body"),
                }
            )
        return fragment("gaps", self.lang, rows=rows)

    @property
    def reasons(self) -> Fragment:
        """How often each verdict was given for each reason."""
        counts = self.targets.groupby(["verdict", "reason"]).size().reset_index(name="n")
        order = {verdict.value: place for place, verdict in enumerate(Verdict)}
        counts = counts.sort_values(["verdict", "n"], key=lambda column: column.map(order) if column.name == "verdict" else -column)
        rows = [
            {"verdict": row.verdict, "reason": wording(self.lang).say(f"reason_short.{row.reason}"), "n": number_form(row.n, self.lang, decimals=0)}
            for row in counts.itertuples()
        ]
        return fragment("reasons", self.lang, rows=rows)

    @property
    def data_quality(self) -> Fragment:
        """Failures and warnings of all units, grouped by finding, with their explanations."""
        groups = grouped_problems(self.run.check_outcomes, self.run.units, self.lang)
        return fragment("committee_quality", self.lang, groups=groups, counts=count_outcomes(self.run.check_outcomes))

    @property
    def unit_pages(self) -> Fragment:
        """Links to the page of each unit."""
        links = [{"name": self._names[unit["place_code"]], "page": unit["page"]} for unit in self.run.units.to_dict("records")]
        return fragment("unit_pages", self.lang, links=links)

    @property
    def footer(self) -> Fragment:
        """Date of the data, version and run."""
        return footer_of(self.run.info, self.lang)

    @cached_property
    def _names(self) -> dict[str, str]:
        column = "name_short" if self.lang == "vi" else "name_en"
        return dict(zip(self.run.units["place_code"], self.run.units[column], strict=True))

    @cached_property
    def _of_nation(self) -> pd.DataFrame:
        return self.targets[self.targets["place_code"] == NATION]

    @cached_property
    def _nation_view(self) -> UnitView:
        return UnitView.of(self.run, NATION, self.lang)

    def _local_sentences(self, local: pd.DataFrame) -> list[str]:
        say = wording(self.lang).say
        assessed = int(is_assessed(local["verdict"]).sum())
        numbers = {"assessed": assessed, "all": len(local), "units": local["place_code"].nunique()}
        formed = {name: number_form(n, self.lang, decimals=0) for name, n in numbers.items()}
        newest = local["actual_year"].max()
        sentences = [say("committee.units_sentence", **formed)]
        return sentences if pd.isna(newest) else [*sentences, say("committee.units_newest", year=year_of(newest))]

    def _cell(self, row: Any) -> dict[str, str]:
        return {
            "verdict": row["verdict"],
            "year": year_form(row["actual_year"]) if pd.notna(row["actual_value"]) else "",
            "value": newest_value(row, self.lang),
        }

    def _snapshot_card(self, snapshot: ProvinceSnapshot) -> dict[str, Any]:
        target, say = snapshot.target, wording(self.lang).say
        values = [
            {"name": self._names[row.place_code], "value": value_form(row.value, target["unit"], self.lang, against=target["target_value"]), "is_reached": row.is_reached}
            for row in snapshot.values.itertuples()
        ]
        sentence = say(
            "committee.snapshot_sentence",
            year=snapshot.year,
            reached=snapshot.n_reached,
            all=len(values),
            target=judged_words(_promise_row(target), self.lang),
        )
        notes = []
        if snapshot.nation is not None:
            notes.append(say("committee.snapshot_nation", value=value_form(snapshot.nation, target["unit"], self.lang)))
        if snapshot.is_provisional:
            notes.append(say("committee.snapshot_provisional"))
        return {
            "number": target_number(target),
            "title": title_of(target, self.lang),
            "unit": unit_form(target["unit"], self.lang),
            "sentence": sentence,
            "notes": notes,
            "n_reached": snapshot.n_reached,
            "n_others": len(values) - snapshot.n_reached,
            "lowest": values[:N_EXTREMES],
            "highest": values[-N_EXTREMES:][::-1],
            "values": values,
            "map": self._map(snapshot),
        }

    def _map(self, snapshot: ProvinceSnapshot) -> str:
        if self.run.outlines is None:
            return ""
        say, values = wording(self.lang).say, snapshot.values
        codes = {"reached": set(values.loc[values["is_reached"], "place_code"]), "others": set(values.loc[~values["is_reached"], "place_code"])}
        lists = {name: ", ".join(sorted(self._names[code] for code in group)) for name, group in codes.items()}
        labels = {"reached_label": say("committee.reached"), "other_label": say("committee.not_reached")}
        return draw_province_map(
            self.run.outlines,
            codes,
            key=f"m-{snapshot.target['target_id']}".lower(),
            title=title_of(snapshot.target, self.lang),
            description=say("committee.map_alt", year=snapshot.year, **lists, **labels),
        )


def _promise_row(target: dict[str, Any]) -> dict[str, Any]:
    return {"promised_change_pct": None, "base_year": None, **target}

"""What the steering committee's page shows: all units at once, section by section."""

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

import pandas as pd

from mande.reporting.disclosure_lines import hidden_lines
from mande.reporting.equity_rows import absent_sentence, equity_rows
from mande.reporting.fragments import Fragment, fragment
from mande.reporting.funnels import absent_funnels, funnel_cards, hidden_places
from mande.reporting.gaps import gap_rows, reason_rows
from mande.reporting.masthead import footer_of, masthead_of
from mande.reporting.number_forms import number_form, year_of
from mande.reporting.outlook_glance import glance_of
from mande.reporting.province_snapshots import ProvinceSnapshot, find_snapshots
from mande.reporting.quality import count_outcomes, grouped_problems
from mande.reporting.ranking_groups import ranking_groups, ranking_notes
from mande.reporting.snapshot_cards import card_of
from mande.reporting.summary import count_verdicts, count_words, headline_sentences, is_conclusive
from mande.reporting.target_rows import join_targets, table_rows
from mande.reporting.tasks import late_rows, task_sentence
from mande.reporting.unit_matrix import matrix_of
from mande.reporting.wording import wording
from mande.vocabulary import NATION

if TYPE_CHECKING:
    from mande.reporting.run import Run

COMMITTEE_PAGE = "committee.html"
MOST_LINKS = 1000
"""More units than this (communes) are not linked one by one: their names repeat, and the index finds them by province."""


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
        nation, local = self._of_nation, self.targets[self.targets["place_code"] != NATION]
        sentences = []
        if len(nation):
            first, *others = headline_sentences(nation, self.run.targets, self.lang)
            sentences = [f"{self._names[NATION]}: {first}", *others[:-1]]
        if len(local):
            sentences += self._local_sentences(local)
        if not is_conclusive(self.targets["verdict"]).all():
            sentences.append(wording(self.lang).say("headline.see_gaps"))
        shown = nation if len(nation) else self.targets
        return fragment("headline", self.lang, sentences=sentences, counts=count_verdicts(shown["verdict"]))

    @property
    def national_results(self) -> Fragment:
        """The nation's assessed targets with value, milestone and verdict."""
        nation = self._of_nation
        if nation.empty:
            return fragment("national_results", self.lang, rows=None, page="", judged_year="", rest="")
        judged = nation[is_conclusive(nation["verdict"])]
        rows = table_rows(judged, self.run, self.lang)
        others = count_verdicts(nation.drop(judged.index)["verdict"])
        return fragment(
            "national_results",
            self.lang,
            rows=rows,
            page=self._page_of_nation,
            judged_year=self.run.info["judged_year"],
            rest=count_words(others, self.lang),
        )

    @property
    def where_the_series_end(self) -> Fragment:
        """For each province panel: how many provinces stood at the target level in its last year, with a map."""
        cards = [card_of(snapshot, self._names, self.run.outlines, self.lang) for snapshot in self.snapshots]
        return fragment("snapshots", self.lang, cards=cards, judged_year=self.run.info["judged_year"])

    @property
    def outlook(self) -> Fragment:
        """How likely the levels still to come are to be met, and how many verdicts are fragile."""
        return fragment("outlook_glance", self.lang, **glance_of(self.targets, self._names, self.lang))

    @property
    def funnels(self) -> Fragment:
        """Which places lie outside what chance alone would do, indicator by indicator."""
        areas, targets = self.run.table("small_areas"), self.run.targets
        cards = funnel_cards(areas, targets, self._names, self.lang)
        hidden = hidden_places(self.run.progress, targets, self.lang, above=self.run.units["place_code"].iloc[0])
        absent = absent_funnels(areas, targets, self.lang)
        return fragment("funnels", self.lang, cards=cards, absent=absent, hidden=hidden)

    @property
    def equity(self) -> Fragment:
        """The gaps between groups and between poor and better-off provinces, with their trend."""
        table = self.run.table("equity")
        rows = equity_rows(table, self.run.targets, self._names, self.lang)
        return fragment("equity", self.lang, rows=rows, absent=absent_sentence(table, self.lang))

    @property
    def ranking(self) -> Fragment:
        """The provinces in groups that cannot be told apart; blank for a review without provinces."""
        table = self.run.table("ranking")
        groups = ranking_groups(table, self._names, self.lang)
        notes = ranking_notes(table, self.run.targets, self._names, self.lang)
        return fragment("ranking", self.lang, groups=groups, notes=notes, has_provinces=len(table) > 0)

    @property
    def results_by_unit(self) -> Fragment:
        """Units × targets for which at least one local unit has a value: mark of the verdict, value and year."""
        return fragment("matrix", self.lang, **matrix_of(self.targets, self.run.units, self._names, self.lang))

    @property
    def late_tasks(self) -> Fragment:
        """Which tasks are late or without evidence, and where; blank for programmes without tasks."""
        tasks = self.run.table("task_status")
        rows = late_rows(tasks, self._names, self.lang)
        counts = task_sentence(tasks, self.lang)
        return fragment("late_tasks", self.lang, rows=rows, counts=counts, has_tasks=len(tasks) > 0)

    @property
    def not_assessable(self) -> Fragment:
        """For each target: how many units have no verdict, why, and whom to ask."""
        rows = gap_rows(self.targets, self.lang)
        return fragment("gaps", self.lang, rows=rows, has_basis=any(row["basis"] for row in rows))

    @property
    def reasons(self) -> Fragment:
        """How often each verdict was given for each reason."""
        return fragment("reasons", self.lang, rows=reason_rows(self.targets, self.lang))

    @property
    def data_quality(self) -> Fragment:
        """Failures and warnings of all units, grouped by finding, with their explanations."""
        groups = grouped_problems(self.run.check_outcomes, self.run.units, self.lang)
        return fragment(
            "committee_quality",
            self.lang,
            groups=groups,
            n_units=len(self.run.units),
            counts=count_outcomes(self.run.check_outcomes),
        )

    @property
    def unit_pages(self) -> Fragment:
        """Links to the page of each unit; to the list that can be searched where there are very many units."""
        if len(self.run.units) > MOST_LINKS:
            return fragment("unit_pages", self.lang, links=[], n=len(self.run.units))
        links = [
            {"name": self._names[unit["place_code"]], "page": unit["page"]}
            for unit in self.run.units.to_dict("records")
        ]
        return fragment("unit_pages", self.lang, links=links, n=len(links))

    @property
    def footer(self) -> Fragment:
        """What is not published, date of the data, version and run."""
        return footer_of(self.run.info, self.lang, hidden_lines(self.run, self.lang))

    @cached_property
    def _names(self) -> dict[str, str]:
        column = "name_short" if self.lang == "vi" else "name_en"
        return dict(zip(self.run.units["place_code"], self.run.units[column], strict=True))

    @cached_property
    def _of_nation(self) -> pd.DataFrame:
        return self.targets[self.targets["place_code"] == NATION]

    @property
    def _page_of_nation(self) -> str:
        return self.run.units.loc[self.run.units["place_code"] == NATION, "page"].iloc[0]

    def _local_sentences(self, local: pd.DataFrame) -> list[str]:
        say = wording(self.lang).say
        assessed = int(is_conclusive(local["verdict"]).sum())
        numbers = {"assessed": assessed, "all": len(local), "units": local["place_code"].nunique()}
        formed = {name: number_form(n, self.lang, decimals=0) for name, n in numbers.items()}
        newest = local["actual_year"].max()
        key = "committee.units_sentence" if assessed else "committee.units_none"
        sentences = [say(key, **formed)]
        return sentences if pd.isna(newest) else [*sentences, say("committee.units_newest", year=year_of(newest))]

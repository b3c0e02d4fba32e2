"""What the page of one unit shows, section by section; each section shows itself in a notebook cell."""

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any

import pandas as pd

from mande.errors import Problem, UsageError
from mande.reporting.arithmetic import inputs_of, working_of
from mande.reporting.check_report import mend_list
from mande.reporting.companions import companion_groups, plan_sentences, that_concern
from mande.reporting.data_requests import list_requests
from mande.reporting.fragments import Fragment, fragment
from mande.reporting.masthead import footer_of, masthead_of
from mande.reporting.path_charts import charts_of
from mande.reporting.quality import count_outcomes, found_problems
from mande.reporting.records import records
from mande.reporting.rule_lines import compact_rule_lines
from mande.reporting.rule_words import rule_lead
from mande.reporting.sentences import edition_form
from mande.reporting.summary import count_verdicts, headline_sentences, span_form
from mande.reporting.sureness import not_foretold
from mande.reporting.target_rows import basis_names, end_year_of, join_targets, source_titles, table_rows
from mande.reporting.tasks import task_groups, task_sentence
from mande.reporting.wording import wording

if TYPE_CHECKING:
    from mande.reporting.run import Run


@dataclass(frozen=True, repr=False)
class UnitView:
    """One unit of a run in one language. Tables for the analyst: `.targets`, `.actuals`, `.check_outcomes`, `.requested`,
    `.companion_targets`, `.plans`, `.task_status`.
    """

    run: "Run"
    place_code: str
    lang: str
    unit: dict[str, Any]

    @classmethod
    def of(cls, run: "Run", place_code: str, lang: str) -> "UnitView":
        """Open the view of a unit that the run has."""
        wording(lang)
        rows = run.units[run.units["place_code"] == place_code]
        return cls(run, place_code, lang, rows.iloc[0].to_dict())

    def __repr__(self) -> str:
        return f"<UnitView {self.place_code} {self.name}>"

    @property
    def name(self) -> str:
        """The unit's name in the language of the view."""
        return self.unit["name_official" if self.lang == "vi" else "name_en"]

    @property
    def within(self) -> str:
        """The places that the unit lies in, up to its province; blank for a province and the nation."""
        return self.unit.get(f"within_{self.lang}") or ""

    @cached_property
    def progress(self) -> pd.DataFrame:
        """*One row per* measurable part: verdict, reason and every input."""
        return self.run.table("progress", place_code=self.place_code)

    @cached_property
    def targets(self) -> pd.DataFrame:
        """*One row per* measurable part: verdict, reason, every input, and the words of the target."""
        return join_targets(self.progress, self.run.targets)

    @cached_property
    def actuals(self) -> pd.DataFrame:
        """*One row per* value of this unit that was weighed for a verdict."""
        return self.run.table("actuals", place_code=self.place_code)

    @cached_property
    def check_outcomes(self) -> pd.DataFrame:
        """*One row per* data check × file of this unit."""
        return self.run.table("check_outcomes", place_code=self.place_code)

    @cached_property
    def to_mend(self) -> pd.DataFrame:
        """*One row per* cell of what this unit sent that is to be mended, those that decide a verdict first."""
        return self.run.table("to_mend", place_code=self.place_code) if self.run.has("to_mend") else pd.DataFrame()

    @cached_property
    def requested(self) -> pd.DataFrame:
        """*One row per* part without a verdict: what to ask whom for."""
        return list_requests(self.targets, self.lang, as_of=self.run.info["as_of"])

    @cached_property
    def companion_targets(self) -> pd.DataFrame:
        """*One row per* target of another programme in force here, with its verdict and the target it stands beside."""
        return self.run.table("companions", place_code=self.place_code)

    @cached_property
    def plans(self) -> pd.DataFrame:
        """*One row per* other programme in force here, or made for a place that this unit took over from."""
        return self.run.table("plans", place_code=self.place_code)

    @cached_property
    def task_status(self) -> pd.DataFrame:
        """*One row per* task × due date of this unit."""
        return self.run.table("task_status", place_code=self.place_code)

    @property
    def banner(self) -> Fragment:
        """Name of the unit and where it lies, programme and date, and whether the data are made up."""
        return masthead_of(self.run.info, self.lang, heading=self.name, page=self.unit["page"], within=self.within)

    @property
    def headline(self) -> Fragment:
        """How many parts are met, on track, behind and without a verdict: one sentence, one bar, one tile each."""
        sentences = headline_sentences(self.targets, self.run.targets, self.lang)
        return fragment("headline", self.lang, sentences=sentences, counts=count_verdicts(self.targets["verdict"]))

    @property
    def targets_table(self) -> Fragment:
        """All targets by objective with milestone, baseline, newest value, verdict and reason."""
        texts = table_rows(self.targets, self.run, self.lang)
        places = pd.Series(range(len(texts))).groupby(self.targets["result"].to_numpy(), sort=False)
        titles = self.targets[["result_title_vi", "result_title_en"]]
        objectives = [
            {
                "title": wording(self.lang).pick(titles.iloc[of[0]], "result_title"),
                "rows": [texts[place] for place in of],
            }
            for of in (list(found) for _, found in places)
        ]
        judged_year = self.run.info["judged_year"]
        end_year = end_year_of(self.run)
        said = not_foretold(self.targets, self.lang)
        years = {"judged_year": judged_year, "end_year": end_year}
        return fragment("targets_table", self.lang, objectives=objectives, outlook=said, **years)

    @property
    def companions(self) -> Fragment:
        """What other programmes in force ask for, beside this one, with a verdict against each; blank if there are none."""
        rows = that_concern(self.companion_targets, self.unit["level"])
        groups = companion_groups(rows, self.targets, self.run, self.lang)
        plans = plan_sentences(self.plans, set(rows["programme"]) if len(rows) else set(), self.lang)
        return fragment("companions", self.lang, groups=groups, plans=plans, document=self.run.info["document"])

    @property
    def tasks(self) -> Fragment:
        """Which tasks are done, late or without evidence; blank for a programme without tasks."""
        titles = dict(zip(self.plans["programme"], self.plans[f"title_{self.lang}"], strict=True))
        titles[self.run.info["programme"]] = self.run.info["programme_title"][self.lang]
        groups = task_groups(self.task_status, titles, self.lang)
        return fragment("tasks", self.lang, groups=groups, counts=task_sentence(self.task_status, self.lang))

    @property
    def path_charts(self) -> Fragment:
        """A chart for each target with at least one comparable value."""
        names = basis_names(self.run.targets, self.lang) | source_titles(self.run.sources, self.lang)
        return fragment("path_charts", self.lang, charts=charts_of(self.targets, self.actuals, self.lang, names))

    def figure(self, indicator: str) -> Fragment:
        """The path chart of one indicator. *Raises* UsageError when there is no comparable value to draw."""
        rows = self.targets[self.targets["indicator"] == indicator]
        names = basis_names(self.run.targets, self.lang) | source_titles(self.run.sources, self.lang)
        charts = charts_of(rows, self.actuals, self.lang, names)
        if not charts:
            known = ", ".join(sorted(self.actuals.loc[self.actuals["is_comparable"], "indicator"].unique())) or "none"
            raise UsageError(Problem(indicator, f"no comparable value of {self.place_code}", f"there are: {known}"))
        return fragment("path_charts", self.lang, charts=charts)

    @property
    def requests(self) -> Fragment:
        """What to request from whom."""
        bodies = [
            {"body": body, "rows": records(rows), "has_basis": not rows["is_keeper"].all()}
            for body, rows in self.requested.groupby("body", sort=False)
        ]
        return fragment("requests", self.lang, bodies=bodies, n=len(self.requested))

    @property
    def data_quality(self) -> Fragment:
        """What the unit should mend first; failed checks and warnings with cell and cure; how many passed."""
        problems = found_problems(self.check_outcomes, self.lang)
        counts = count_outcomes(self.check_outcomes)
        shown = fragment("data_quality", self.lang, problems=problems, counts=counts)
        first = self.to_mend
        return Fragment(mend_list(first, self.lang).html + shown.html) if len(first) else shown

    @property
    def sources(self) -> Fragment:
        """The publications behind this unit's values, with edition, licence and address."""
        cited = self.run.sources[self.run.sources["source"].isin(self.actuals["source"])]
        words = wording(self.lang)
        rows = [
            {**row, "title": words.pick(row, "title"), "edition": edition_form(row["edition"], self.lang)}
            for row in records(cited.fillna(""))
        ]
        return fragment("sources", self.lang, rows=rows, document=self.run.info["document"])

    @property
    def arithmetic(self) -> Fragment:
        """The working of every verdict with its numbers, rule and cells."""
        inputs = inputs_of(self.actuals)
        rows = []
        for row in records(self.targets):
            working = working_of(row, self.lang, inputs)
            rules = compact_rule_lines(row, self.lang) if working["lines"] else []
            rows.append({**working, "lines": [*working["lines"], *rules]})
        commands = self._commands()
        max_age = span_form(self.targets["max_age_years"], self.lang)
        lead = rule_lead(self.targets.iloc[0], self.lang, max_age=max_age)
        return fragment("arithmetic", self.lang, rows=rows, commands=commands, lead=lead)

    def _commands(self) -> dict[str, str]:
        """Return what to type to have one verdict explained and one value followed to its cell."""
        found = self.targets[self.targets["actual_value"].notna()]
        traced = (found if len(found) else self.targets).iloc[0]
        year = traced["actual_period"] if isinstance(traced["actual_period"], str) else "YEAR"
        as_of = f"--as-of {self.run.info['as_of']}"
        return {
            "explain": f"mande explain {self.place_code} {traced['target_id']}",
            "trace": f"mande trace {self.place_code} {traced['indicator']} {year} {as_of}",
        }

    @property
    def footer(self) -> Fragment:
        """Date of the data, version and run."""
        return footer_of(self.run.info, self.lang)

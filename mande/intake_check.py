"""What `mande check` says: who sent what when, who is missing, what to mend by file, sheet and cell, and how good it is."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

import pandas as pd

from mande.check_scope import tell_units
from mande.contracts.mending import what_to_mend
from mande.errors import DataError, Problem
from mande.problem_wording import in_vietnamese
from mande.reporting_rounds import missing_units
from mande.sources.file_guard import find_inactive_parts
from mande.sources.forms.form_origin import SIMULATION
from mande.sources.snapshot import snapshot_path
from mande.submission_checks import SubmissionCheck, cells_to_mend, check_submissions
from mande.vocabulary import Level, Severity

if TYPE_CHECKING:
    from mande.sources.received import Intake
    from mande.workspace import Workspace

MEND_COLUMNS = [
    "place_code",
    "file",
    "sheet",
    "cell",
    "indicator",
    "period",
    "severity",
    "check_id",
    "found",
    "found_vi",
    "message_vi",
    "message_en",
    "cure_vi",
    "cure_en",
]


@dataclass(frozen=True)
class IntakeCheck:
    """The tables of a check; `docs/inbox.md` describes them.

    `files`: one row per file ever received, with the unit that it tells, `last_date`, `is_late`; `missing`: one row per
    unit × period that was to report and did not; `to_mend`: one row per finding; `mend_first`: one row per cell, in
    the order of its effect on verdicts; `quality`: one row per indicator × place × period; `refused`: one row per
    problem of a whole file, in both languages; `notices`: one row per thing to know, so too; `units`: one row per unit
    that is expected or sent. Where a row speaks of an indicator, `title_vi` and `title_en` name it.
    """

    as_of: date
    files: pd.DataFrame
    missing: pd.DataFrame
    to_mend: pd.DataFrame
    mend_first: pd.DataFrame
    quality: pd.DataFrame
    refused: pd.DataFrame
    notices: pd.DataFrame
    units: pd.DataFrame
    is_made_up: bool

    @property
    def tables(self) -> dict[str, pd.DataFrame]:
        """Return the tables by name, each with the flag `is_made_up`: something made up was checked."""
        names = ("files", "missing", "to_mend", "mend_first", "quality", "refused", "notices", "units")
        return {name: getattr(self, name).assign(is_made_up=self.is_made_up) for name in names}

    @property
    def n_critical(self) -> int:
        """How many findings keep a value out of every verdict, whole files that were refused among them."""
        return int((self.to_mend["severity"] == Severity.CRITICAL).sum()) + len(self.refused)

    def describe(self, lang: str) -> dict[str, object]:
        """Return what identifies the check."""
        return {"as_of": self.as_of.isoformat(), "lang": lang, "is_made_up": self.is_made_up}

    def of_unit(self, place_code: str) -> "IntakeCheck":
        """Return the check of one unit: nothing in it speaks of another."""
        tables = {name: table.drop(columns="is_made_up") for name, table in self.tables.items()}
        cut = {
            name: table[table["place_code"] == place_code].reset_index(drop=True)
            for name, table in tables.items()
            if "place_code" in table
        }
        own = cut["files"]["file"]
        whole = {name: table[table["file"].isin(own)] for name, table in tables.items() if name not in cut}
        return replace(self, **cut, **{name: table.reset_index(drop=True) for name, table in whole.items()})


def check_intake(
    workspace: "Workspace",
    intake: "Intake",
    *,
    as_of: date,
    published: pd.DataFrame,
    rounds: Iterable[tuple[str, str, str]] = (),
) -> tuple[IntakeCheck, SubmissionCheck]:
    """Check what was received.

    Needs: `published`, what is published, to compare with; `rounds`, programme, level and period of forms of which
    none came yet.
    """
    sent = check_submissions(workspace, intake, published=published, as_of=as_of, rounds=rounds)
    cells = cells_to_mend(sent, intake)
    told = tell_units(intake.submissions, intake.observations, expected=set(sent.rounds.units["place_code"]))
    named = _name_units(workspace, sent.rounds.units, told, as_of)
    due = sent.rounds.units[["place_code", "period", "last_date"]].drop_duplicates(["place_code", "period"])
    files = told.merge(due, on=["place_code", "period"], how="left", validate="many_to_one")
    received = pd.to_datetime(files["received_date"].str[:10], errors="coerce")
    titles = _titles(workspace)
    checked = IntakeCheck(
        as_of=as_of,
        files=files.assign(is_late=received > pd.to_datetime(files["last_date"])),
        missing=missing_units(sent.rounds, intake.submissions, intake.observations),
        to_mend=_titled(cells.sort_values(["place_code", "severity", "file"], kind="stable")[MEND_COLUMNS], titles),
        mend_first=_titled(what_to_mend(cells, _no_progress()), titles),
        quality=_titled(sent.quality, titles),
        refused=_as_table(intake.problems),
        notices=_as_table([*intake.notices, *_inactive(workspace, intake)]),
        units=named,
        is_made_up=bool(intake.observations["source"].eq(SIMULATION).any()) if len(intake.observations) else False,
    )
    return checked, sent


def order_by_verdicts(
    checked: IntakeCheck, sent: SubmissionCheck, intake: "Intake", progress: pd.DataFrame
) -> IntakeCheck:
    """Return the check with the cells to mend in the order of their effect on the verdicts of `progress`."""
    titles = checked.to_mend[["indicator", "title_vi", "title_en"]].drop_duplicates("indicator").set_index("indicator")
    return replace(checked, mend_first=_titled(what_to_mend(cells_to_mend(sent, intake), progress), titles))


def progress_of_rounds(workspace: "Workspace", sent: SubmissionCheck, intake: "Intake", *, as_of: date) -> pd.DataFrame:
    """Return the verdicts of the units that sent something, as an annual review of each programme and level reaches them."""
    from mande.review import compute_review

    came = intake.submissions.loc[intake.submissions["status"] == "current", "place_code"]
    tables = []
    for (name, level), units in sent.rounds.units.groupby(["programme", "level"]):
        programme = workspace.programme(str(name))
        codes = sorted(set(units["place_code"]) & set(came))
        if codes and programme.start_date <= as_of:
            asked = {"stage": "annual", "as_of": as_of, "level": str(level), "unit_codes": codes}
            tables.append(compute_review(workspace, programme, **asked).progress)
    return pd.concat(tables, ignore_index=True) if tables else _no_progress()


def _titles(workspace: "Workspace") -> pd.DataFrame:
    """Return the short title of every indicator in both languages, by its code."""
    shorts = {code: one.short or one.title for code, one in workspace.knowledge.indicators.items()}
    return pd.DataFrame(
        {"title_vi": {c: s.vi for c, s in shorts.items()}, "title_en": {c: s.en for c, s in shorts.items()}}
    )


def _titled(table: pd.DataFrame, titles: pd.DataFrame) -> pd.DataFrame:
    """Name the indicator of each row; an unknown code stands for itself."""
    named = {name: titles[name].to_dict() for name in ("title_vi", "title_en")}
    return table.assign(**{name: [of.get(code, code) for code in table["indicator"]] for name, of in named.items()})


def _no_progress() -> pd.DataFrame:
    names = ("indicator", "place_code", "target_id", "reason", "actual_observation_id", "baseline_observation_id")
    return pd.DataFrame({name: pd.Series(dtype=str) for name in names})


def _name_units(workspace: "Workspace", expected: pd.DataFrame, submissions: pd.DataFrame, as_of: date) -> pd.DataFrame:
    """Return every unit that is expected or sent something, with its names; a code that no place has has none."""
    codes = [*expected["place_code"], *submissions["place_code"]]
    table = pd.DataFrame({"place_code": [code for code in dict.fromkeys(codes) if code]}, dtype=str)
    known = workspace.places.places
    known = known[(known["level"] != Level.REGION) & (known["valid_from"] <= pd.Timestamp(as_of))]
    latest = known.sort_values("valid_from").drop_duplicates("place_code", keep="last").set_index("place_code")
    names = {"name_vi": "name_official", "name_en": "name_en"}
    return table.assign(**{name: table["place_code"].map(latest[column]).fillna("") for name, column in names.items()})


def _as_table(problems: Sequence[Problem]) -> pd.DataFrame:
    """Return problems of whole files; a problem inside a file names sheet and cell behind the file's name."""
    said = [(problem.where, problem.found, problem.todo) for problem in problems]
    rows = [(_file_of(texts[0]), *map(in_vietnamese, texts), *texts) for texts in said]
    names = [f"{name}_{lang}" for lang in ("vi", "en") for name in ("where", "found", "todo")]
    return pd.DataFrame(rows, columns=["file", *names], dtype=str)


def _file_of(where: str) -> str:
    for mark in (" sheet ", " row ", " line "):
        where = where.partition(mark)[0]
    return where


def _inactive(workspace: "Workspace", intake: "Intake") -> Iterable[Problem]:
    """Name macros and links to other files in the kept files in force: nothing of them is run or followed."""
    in_force = intake.submissions[intake.submissions["status"] == "current"]
    for file, snapshot in in_force[["file", "snapshot"]].itertuples(index=False, name=None):
        path = snapshot_path(workspace.received_folder, snapshot, Path(file).suffix)
        if path.is_file() and path.suffix.lower() in (".xlsx", ".xlsm"):
            try:
                yield from (replace(problem, where=file) for problem in find_inactive_parts(path))
            except DataError:
                continue

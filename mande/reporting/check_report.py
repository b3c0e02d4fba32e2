"""What the pages of a check show, section by section: who sent what when, who is missing, what to mend, how good it is."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pandas as pd
from markupsafe import Markup

import mande
from mande.errors import DataError, Problem, UsageError
from mande.reporting.check_words import EFFECTS, STATUS
from mande.reporting.fragments import Fragment, fragment, page_context, style_sheet, template
from mande.reporting.number_forms import date_form, is_number, number_form, period_form
from mande.reporting.wording import wording
from mande.vocabulary import Severity

CHECK_FILE = "check.json"
TABLES = ("files", "missing", "to_mend", "mend_first", "quality", "refused", "notices", "units")
MOST_CELLS = 200
SCORES = {
    "completeness": ("n_received", "n_expected"),
    "timeliness": ("n_in_time", "n_timed"),
    "internal_consistency": ("n_internal_passed", "n_internal"),
    "external_consistency": ("n_external_passed", "n_external"),
}


@dataclass(frozen=True, repr=False)
class CheckView:
    """A check as its page shows it; `tables` holds the rows of all units, or of the one named in `place_code`."""

    info: Mapping[str, Any]
    tables: Mapping[str, pd.DataFrame]
    lang: str
    place_code: str = ""

    def __repr__(self) -> str:
        return f"<CheckView {self.place_code or 'all units'} {self.info['as_of']}>"

    @property
    def heading(self) -> str:
        """The unit's name, or that these are all of them."""
        names = self._names()
        return names.get(self.place_code, self.place_code) or wording(self.lang).say("check.all_units")

    @property
    def banner(self) -> Fragment:
        """Title and date, and whether anything is made up."""
        return fragment(
            "check_banner",
            self.lang,
            is_made_up=self.info["is_made_up"],
            heading=self.heading,
            home="../index.html" if self.place_code else "",
            as_of=date_form(self.info["as_of"], self.lang),
        )

    @property
    def overview(self) -> Fragment:
        """How many files, units and findings; values sent = read + set aside, by count and by sum."""
        say, files = wording(self.lang).say, self.tables["files"]
        status = files["status"].value_counts()
        severity = self.tables["to_mend"]["severity"].value_counts()
        tiles = [
            (int(status.get("current", 0)), say("check.in_force"), "#00694f"),
            (int(status.get("superseded", 0)), say("check.superseded"), "#6b7680"),
            (int(status.get("duplicate", 0)), say("check.duplicate"), "#6b7680"),
            (int(status.get("refused", 0)), say("check.refused"), "#8c1d18"),
            (len(self.tables["missing"]), say("check.missing"), "#8c1d18"),
            (int(severity.get(str(Severity.CRITICAL), 0)), say("check.critical"), "#8c1d18"),
            (int(severity.get(str(Severity.WARNING), 0)), say("check.warnings"), "#a86b00"),
        ]
        counts = [int(files[name].fillna(0).sum()) for name in ("n_values_sent", "n_read", "n_quarantined")]
        sums = [float(files[name].fillna(0).sum()) for name in ("sum_sent", "sum_read", "sum_quarantined")]
        parts = ("sent", "read", "aside")
        return fragment(
            "check_overview",
            self.lang,
            n_files=len(files),
            tiles=tiles,
            counted={name: number_form(n, self.lang, decimals=0) for name, n in zip(parts, counts, strict=True)},
            summed={name: number_form(n, self.lang, decimals=2) for name, n in zip(parts, sums, strict=True)},
            is_lost=counts[0] != counts[1] + counts[2]
            or abs(sums[0] - sums[1] - sums[2]) > 1e-6 * max(1, abs(sums[0])),
        )

    @property
    def refused(self) -> Fragment:
        """The files that were refused, each with its reason and cure; blank without any."""
        return self._problems("refused", "check.refused_heading")

    @property
    def notices(self) -> Fragment:
        """What to know of files that count: macros and links that were left alone, values sent again; blank without."""
        return self._problems("notices", "check.notices_heading")

    @property
    def mend_first(self) -> Fragment:
        """The cells to mend, those that decide a verdict first."""
        return mend_list(self.tables["mend_first"], self.lang)

    @property
    def units(self) -> Fragment:
        """The units with something to mend, the most critical findings first; blank without any."""
        mend, names = self.tables["to_mend"], self._names()
        critical = mend["severity"] == Severity.CRITICAL
        named = set(mend["place_code"])
        counts = pd.DataFrame(
            {
                "critical": mend[critical].groupby("place_code").size(),
                "warning": mend[~critical].groupby("place_code").size(),
                "missing": self.tables["missing"].groupby("place_code").size(),
            }
        )
        counts = counts.fillna(0).astype(int).sort_values(["critical", "missing", "warning"], ascending=False)
        rows = [
            {"code": code, "page": page_name(code), "name": names.get(code) or code, **row}
            for code, row in counts.to_dict("index").items()
            if code in named
        ]
        return fragment("check_units", self.lang, rows=rows)

    @property
    def files(self) -> Fragment:
        """Who sent what when, and whether it counts; a file that was replaced names the one that took its place."""
        say = wording(self.lang).say
        names = dict(zip(self.tables["files"]["submission"], self.tables["files"]["file"], strict=True))
        rows = [
            {
                "file": row["file"],
                "sender": row["sender"],
                "period": period_form(row["period"], self.lang) if row["period"] else "–",
                "received": date_form(row["received_date"][:10], self.lang) if row["received_date"] else "–",
                "is_late": row["is_late"] is True,
                "status": " → ".join(filter(None, (say(STATUS[row["status"]]), names.get(row["superseded_by"])))),
                "counted": _counted(row),
            }
            for row in self.tables["files"].to_dict("records")
        ]
        return fragment("check_files", self.lang, rows=rows)

    @property
    def missing(self) -> Fragment:
        """Who was to report and did not."""
        rows = [
            {
                "code": row["place_code"],
                "page": page_name(row["place_code"]),
                "name": row[f"name_{self.lang}"] or row["place_code"],
                "period": period_form(row["period"], self.lang),
                "last_date": date_form(row["last_date"].date().isoformat(), self.lang)
                if row["last_date"] == row["last_date"]
                else "–",
            }
            for row in self.tables["missing"].to_dict("records")
        ]
        return fragment(
            "check_missing", self.lang, rows=rows, n_files=len(self.tables["files"]), is_whole=not self.place_code
        )

    @property
    def quality(self) -> Fragment:
        """The grade of each indicator and period with its arithmetic; of all units: their counts added."""
        say, rows = wording(self.lang).say, []
        table = self.tables["quality"] if self.place_code else _added(self.tables["quality"])
        for row in table.to_dict("records"):
            grade = say("check.grade_unknown") if row["grade"] == "unknown" else row["grade"]
            scores = [_score(row[part], row[whole], self.lang) for part, whole in SCORES.values()]
            period = period_form(row["period"], self.lang)
            title = row.get(f"title_{self.lang}", row["indicator"])
            rows.append(
                {"indicator": title, "code": row["indicator"], "period": period, "grade": grade, "scores": scores}
            )
        return fragment("check_quality", self.lang, rows=rows, scores=list(SCORES))

    @property
    def footer(self) -> Fragment:
        """Version, and where rules and grades are explained."""
        return fragment("check_footer", self.lang, version=mande.__version__)

    @property
    def parts(self) -> list[Fragment]:
        """The sections in the order of the page."""
        between = [self.mend_first] if self.place_code else [self.units, self.mend_first]
        head, tail = [self.banner, self.overview, self.refused], [self.missing, self.files, self.quality]
        return [*head, *between, *tail, self.notices, self.footer]

    def page(self) -> str:
        """Return the whole page; nothing is loaded from elsewhere."""
        title = f"{self.heading} · {wording(self.lang).say('check.title')}"
        shown = [Markup(part.html) for part in self.parts]  # noqa: S704  (each part escapes what it holds)
        return template("check_page.html.j2").render(
            **page_context(self.lang), title=title, style=style_sheet(), parts=shown
        )

    def _names(self) -> dict[str, str]:
        units = self.tables["units"]
        return dict(zip(units["place_code"], units[f"name_{self.lang}"], strict=True))

    def _problems(self, table: str, heading: str) -> Fragment:
        names, rows = ("where", "found", "todo"), self.tables[table].to_dict("records")
        rows = [{n: r[f"{n}_{self.lang}"] for n in names} | {f"{n}_en": r[f"{n}_en"] for n in names} for r in rows]
        return fragment("check_problems", self.lang, heading=wording(self.lang).say(heading), rows=rows)


def open_check(folder: str | Path, lang: str = "vi") -> CheckView:
    """Open the folder that `mande check --html` wrote.

    *Raises* UsageError for a folder that is none, DataError for one that cannot be read.
    """
    wording(lang)
    path = Path(folder)
    try:
        info = json.loads((path / CHECK_FILE).read_text(encoding="utf-8"))
        tables = {name: pd.read_parquet(path / "tables" / f"{name}.parquet") for name in TABLES}
    except FileNotFoundError:
        raise UsageError(Problem(str(path), f"{CHECK_FILE} or a table is missing", "run: mande check --html")) from None
    except (OSError, ValueError) as error:
        raise DataError(Problem(str(path), f"it cannot be read ({error})", "run: mande check --html")) from None
    return CheckView(info, tables, lang)


def mend_list(cells: pd.DataFrame, lang: str) -> Fragment:
    """Return the cells to mend in the order of the table, at most `MOST_CELLS`, and how many more there are."""
    rows = [
        {
            "where": _address(row) if row["cell"] else f"{row['file']} · {wording(lang).say('check.whole_file')}",
            "indicator": row.get(f"title_{lang}", row["indicator"]) if row["cell"] else "",
            "period": period_form(row["period"], lang),
            "is_critical": row["severity"] == Severity.CRITICAL,
            "found": (row.get("found_vi") if lang == "vi" else None)
            or row["found"]
            or wording(lang).say("check.blank"),
            **{
                f"{name}{mark}": row.get(f"{name}_{other}", "").replace(".; ", ". ")
                for name in ("message", "cure")
                for mark, other in (("", lang), ("_en", "en"))
            },
            "effect": wording(lang).say(EFFECTS[row["effect"]]),
        }
        for row in cells.head(MOST_CELLS).to_dict("records")
    ]
    return fragment("check_mend", lang, rows=rows, n_more=max(len(cells) - MOST_CELLS, 0))


def page_name(code: str) -> str:
    """Return a unit's code as a file name: a code that a sender made up may hold any sign.

    >>> page_name("001"), page_name("../x")
    ('001', '---x')
    """
    return "".join(sign if sign.isascii() and sign.isalnum() else "-" for sign in code)


def _address(row: Mapping[str, Any]) -> str:
    return " · ".join(str(row[name]) for name in ("file", "sheet", "cell") if row[name])


def _counted(row: Mapping[str, Any]) -> str:
    if not is_number(row["n_values_sent"]):
        return "–"
    return f"{row['n_values_sent']} = {row['n_read']} + {row['n_quarantined']}"


def _score(part: Any, whole: Any, lang: str) -> str:
    if not (is_number(whole) and whole):
        return "–"
    return f"{part} ÷ {whole} = {number_form(100 * part / whole, lang, decimals=1)} %"


def _added(quality: pd.DataFrame) -> pd.DataFrame:
    """Return the counts of all units added by indicator and period, with how many units have each grade."""
    counts = [name for pair in SCORES.values() for name in pair]
    keys = ["indicator", "period"]
    names = [name for name in ("title_vi", "title_en") if name in quality]
    summed = quality.groupby(keys, as_index=False, sort=False)[counts].sum(min_count=1)
    grades = quality.groupby([*keys, "grade"]).size().rename("n").reset_index().sort_values("grade")
    said = (grades["grade"].replace("unknown", "?") + ": " + grades["n"].astype(str)).groupby([grades[k] for k in keys])
    summed = summed.merge(said.agg(", ".join).rename("grade").reset_index(), on=keys, validate="one_to_one")
    titles = quality[["indicator", *names]].drop_duplicates("indicator")
    return summed.merge(titles, on="indicator", how="left", validate="many_to_one")

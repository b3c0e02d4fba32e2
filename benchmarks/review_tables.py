"""Time the tables of a review by part, for 64 provinces, 705 districts and 3,321 communes with made-up values.

Run `python benchmarks/review_tables.py` in the project's folder (about five minutes).  Every unit has ten yearly values
of each of 34 measured parts of the national programme; all of it is made up, and says so.  The places are those of the
day, as if they had existed all along, so that every unit has the same ten years.  Seconds are processor time; each
level runs in a process of its own, after a small review that loads the libraries.  Targets: 3,321 communes in under
120 s and 6 GB; the cost per unit there within 10 % of that at 64.
"""

import argparse
import functools
import json
import resource
import subprocess
import sys
import tempfile
import time
from collections import Counter
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

from mande import review, review_evidence, verdicts  # noqa: E402
from mande.evaluation import progress, sensitivity  # noqa: E402
from mande.indicators.actuals import accepted_rules  # noqa: E402
from mande.running import site  # noqa: E402
from mande.sources.published import COLUMNS  # noqa: E402
from mande.workspace import Workspace  # noqa: E402

PROGRAMME, STAGE, PARTS = "vn-children-2021-2030", "mid-term", 34
YEARS = np.arange(10)
LEVELS = {"province": "2024-12-31", "district": "2024-12-31", "commune": "2025-12-31"}
SIZE = 2_000
TIMED = [
    (review_evidence, "read_published", "reading"),
    (review_evidence, "check_arrived", "checks"),
    (review_evidence, "bring_to_units", "carrying"),
    (review_evidence, "compute_actuals", "actuals"),
    (review_evidence, "check_submissions", "checks"),
    (review, "compare_units", "comparisons of units"),
    (review, "judge_companions", "companions"),
    (review, "describe_framework", "framework"),
    (review_evidence, "outcomes_of_units", "checks"),
    (review_evidence, "findings_of_values", "checks"),
    (verdicts, "judge_promises", "progress"),
    (progress, "add_outlook", "outlook"),
    (verdicts, "compute_sensitivity", "sensitivity"),
    (sensitivity, "judge_verdicts", "sensitivity"),
    (verdicts, "compute_arithmetic", "arithmetic"),
    (site, "require_contracts", "contracts of the tables"),
    (site, "write_tables", "writing"),
]
MEASURED = ("checks", "carrying", "actuals", "progress", "outlook")
"""What the target of 120 s speaks of: validation, indicators, progress, outlook."""


class Stopwatch:
    """Seconds of processor time by part; what one part calls of another counts for the other alone."""

    def __init__(self) -> None:
        self.seconds: Counter[str] = Counter()
        self._running: list[str] = ["rest"]
        self._since = time.process_time()

    def _lap(self) -> None:
        now = time.process_time()
        self.seconds[self._running[-1]] += now - self._since
        self._since = now

    def time(self, module: Any, name: str, part: str) -> None:
        """Let a function of a module count for a part from now on."""
        function = getattr(module, name)

        @functools.wraps(function)
        def timed(*values: Any, **named: Any) -> Any:
            self._lap()
            self._running.append(part)
            try:
                return function(*values, **named)
            finally:
                self._lap()
                self._running.pop()

        setattr(module, name, timed)

    def restart(self) -> None:
        """Forget what was counted."""
        self._lap()
        self.seconds.clear()

    def stop(self) -> dict[str, float]:
        """Return the seconds of each part."""
        self._lap()
        return dict(self.seconds)


def main() -> None:
    """Print seconds by part and level, and what the targets ask."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--levels", nargs="+", default=list(LEVELS), choices=list(LEVELS))
    parser.add_argument("--one", choices=list(LEVELS), help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.one:
        print(json.dumps(measure(options.one)))
        return
    results = {}
    for level in options.levels:
        run = subprocess.run(
            [sys.executable, __file__, "--one", level], capture_output=True, text=True, check=True, cwd=ROOT
        )
        results[level] = json.loads(run.stdout.splitlines()[-1])
    print(describe(results))


def measure(level: str) -> dict[str, Any]:
    """Compute and write the tables of one level; return seconds by part, peak memory and numbers of rows."""
    as_of = LEVELS[level]
    watch = Stopwatch()
    for timed in TIMED:
        watch.time(*timed)
    with tempfile.TemporaryDirectory() as folder:
        home = made_up_workspace(Path(folder), level, as_of)
        programme = home.programme(PROGRAMME)
        ask = {"stage": STAGE, "as_of": as_of, "level": level}
        small = made_up_workspace(Path(folder) / "small", "province", "2024-12-31", codes=["01"])
        review.compute_review(small, programme, stage=STAGE, as_of="2024-12-31", level="province", unit_codes=["01"])
        watch.restart()
        started = time.perf_counter()
        made = review.compute_review(home, programme, **ask)
        wall = time.perf_counter() - started
        site.require_contracts(home, made.tables)
        site.write_tables(made.tables, Path(folder) / "tables")
        seconds = watch.stop()
    return {
        "units": len(made.units),
        "values": len(made.actuals),
        "seconds": seconds,
        "wall": wall,
        "gigabytes": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1e6,
        "with_outlook": int(made.progress["p_met"].notna().sum()),
        "verdicts": len(made.progress),
    }


def made_up_workspace(folder: Path, level: str, as_of: str, *, codes: list[str] | None = None) -> Workspace:
    """Return a workspace with the project's programmes and contracts, and made-up values of every unit of a level."""
    (folder / "data" / "published").mkdir(parents=True)
    for name in ("programmes", "data_contracts", "notebooks", "data/places"):
        (folder / name).symlink_to(ROOT / name)
    for name in ("data/inbox", "data/received", "data/tasks", "reports"):
        (folder / name).mkdir()
    home = Workspace(folder)
    places = home.places.at(as_of).assign(valid_from=pd.Timestamp("1990-01-01"))
    home.__dict__["places"] = type(home.places)(
        places, home.places.changes[:0], home.places.aliases, home.places.shares
    )
    units = codes or places.loc[places["level"] == level, "place_code"].tolist()
    table = made_up_values(home, units, last_year=int(as_of[:4]) - 1)
    table.to_csv(folder / "data" / "published" / "made_up.csv", index=False)
    source = {"id": "made-up", "title": {"vi": "Số liệu giả định", "en": "Made-up values"}, "publisher": "mande"}
    source |= {"edition": "made up", "file": "made_up.csv", "is_made_up": True}
    (folder / "data" / "published" / "sources.yaml").write_text(json.dumps({"sources": [source]}), encoding="utf-8")
    return home


def made_up_values(home: Workspace, units: list[str], *, last_year: int) -> pd.DataFrame:
    """Return ten yearly values of each part and unit around the level of its target, the same for the same units."""
    programme = home.programme(PROGRAMME)
    rules = accepted_rules(programme).drop_duplicates(["indicator", "dimension", "dimension_value"]).head(PARTS)
    random = np.random.default_rng(20240811)
    tables = []
    for rule in rules.itertuples():
        indicator = programme.indicator(rule.indicator)
        goals = [level.value for target in programme.targets if target.id == rule.target_id for level in target.levels]
        start = (max(goal for goal in goals if goal) * random.uniform(0.6, 0.95, len(units)))[:, None]
        values = start * np.exp(
            random.normal(0.01, 0.02, start.shape) * YEARS + random.normal(0, 0.03, (len(units), 10))
        )
        row = {"indicator": rule.indicator, "dimension": rule.dimension, "dimension_value": rule.dimension_value}
        row |= {"basis": rule.basis, "definition": rule.definition, "unit": indicator.unit}
        is_percent = indicator.unit == "percent"
        count = np.rint(values.clip(0, 100) / 100 * SIZE)
        row |= {"numerator": count.ravel(), "denominator": SIZE} if is_percent else {}
        shown = 100 * count / SIZE if is_percent else values.round(2 if "per_" in indicator.unit else 0)
        places = {"place_code": np.repeat(units, 10), "period": np.tile(last_year - 9 + YEARS, len(units))}
        tables.append(pd.DataFrame({**places, **row, "value": shown.ravel()}))
    said = {"value_qualifier": "=", "value_status": "observed", "source": "made-up", "confidence": "text"}
    table = pd.concat(tables, ignore_index=True).assign(**said)
    return table.reindex(columns=[*COLUMNS, "numerator", "denominator"])


def describe(results: dict[str, Any]) -> str:
    """Return the table of seconds and the lines that hold them against the targets."""
    table = pd.DataFrame({level: result["seconds"] for level, result in results.items()})
    order = [*dict.fromkeys(part for _, _, part in TIMED), "rest"]
    table = table.reindex([name for name in order if name in table.index]).fillna(0.0)
    table.loc["in all"] = table.sum()
    table.loc["target: " + ", ".join(MEASURED)] = table.loc[list(MEASURED)].sum()
    lines = [table.round(2).to_string(), ""]
    for level, result in results.items():
        each = 1000 * sum(result["seconds"][name] for name in MEASURED) / result["units"]
        whole = 1000 * sum(result["seconds"].values()) / result["units"]
        lines.append(
            f"{level}: {result['units']} units, {result['values']} values, {result['verdicts']} verdicts "
            f"({result['with_outlook']} with an outlook), {result['gigabytes']:.1f} GB at most, "
            f"{result['wall']:.0f} s of wall time for the tables, "
            f"{each:.1f} ms per unit for what the target names, {whole:.1f} ms in all"
        )
    return "\n".join(lines)


if __name__ == "__main__":
    main()

"""Measure the whole intake: simulated forms → inbox → read → checked, with what is known of every mistake in them.

    python benchmarks/intake.py [--units 705] [--errors 0.02] [--one-period] [--seed 7]

Targets: 705 workbooks read and checked in under 60 s on two cores and below 1.5 GB; every structural mistake found, in its
file, sheet and cell; fewer than 1 % of the clean cells called wrong (`clean_cells.py` says what is counted); values
read + set aside = values sent, by count and by sum.
"""

import argparse
import resource
import shutil
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from pathlib import Path

import pandas as pd
from clean_cells import report_false_alarms, report_rules
from measuring import processor_seconds, report

from mande.form_plan import plan_forms
from mande.intake_check import IntakeCheck, check_intake
from mande.sources.published import read_published
from mande.sources.simulate.simulated_files import write_simulation
from mande.sources.simulate.simulation import Simulation, simulate
from mande.workspace import Workspace, open_workspace

ROOT = Path(__file__).resolve().parents[1]
PROGRAMME = "vn-children-2021-2030"
AS_OF = date(2022, 12, 31)
CELL = ["file", "sheet", "cell"]


def main() -> None:
    """Print one line per measurement."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--units", type=int, default=705)
    parser.add_argument("--errors", type=float, default=0.02)
    parser.add_argument("--one-period", action="store_true")
    parser.add_argument("--seed", type=int, default=7)
    options = parser.parse_args()
    periods = ["2021"] if options.one_period else ["2020", "2021"]
    with tempfile.TemporaryDirectory() as name:
        home = make_workspace(Path(name))
        made = write_inbox(home, options.units, periods, rate=options.errors, seed=options.seed)
        checked = read_and_check(home)
        report_counts(made, checked)
        report_recall(made, checked)
        report_alarms(made, checked)


def make_workspace(folder: Path) -> Workspace:
    """Copy the project's definitions and data; the inbox is empty."""
    for name in ("programmes", "data_contracts", "notebooks", "data/places", "data/published", "data/tasks"):
        shutil.copytree(ROOT / name, folder / name)
    (folder / "data" / "inbox").mkdir()
    return open_workspace(folder)


def write_inbox(home: Workspace, n_units: int, periods: list[str], *, rate: float, seed: int) -> Simulation:
    """Write the simulated forms into the inbox of a workspace."""
    plan = plan_forms(home, PROGRAMME, level="district", as_of="2021-12-31", periods=periods, is_made_up=True)
    wanted = set(plan.units["place_code"].head(n_units))
    forms = [form for form in plan.forms if form.unit.place_code in wanted]
    made = simulate(plan.programme, forms, seed=seed, rate=rate)
    with measured("written, two processes"):
        n_files = write_simulation(made, home.root / "simulated", workers=2)
    shutil.copytree(home.root / "simulated" / "inbox", home.inbox_folder, dirs_exist_ok=True)
    report("files", str(n_files))
    return made


def read_and_check(home: Workspace) -> IntakeCheck:
    """Take everything in, then check it."""
    fresh = open_workspace(home.root)
    published = read_published(fresh.published_folder).observations
    with measured("taken in: looked at, kept, registered, read"):
        intake = fresh.take_in()
    with measured("checked and graded"):
        checked, _ = check_intake(fresh, intake, as_of=AS_OF, published=published)
    report("memory at most", f"{resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 2**20:.2f} GB")
    return checked


def report_counts(made: Simulation, checked: IntakeCheck) -> None:
    """Print whether anything was lost, by count and by sum."""
    files = checked.files
    read = made.cells.merge(
        made.submissions[["place_code", "period", "copy", "kind", "file"]], on=["place_code", "period"]
    )
    corrected = (read["kind"] == "corrected_file") & (read["copy"] == 2)
    written = read["written"].where(~corrected, read["true_value"])
    kept = read["file"].isin(files.loc[files["status"] != "refused", "file"]) & written.notna()
    numbers = pd.to_numeric(written[kept & written.map(lambda value: not isinstance(value, str))])
    sent, read_in, aside = (int(files[name].sum()) for name in ("n_values_sent", "n_read", "n_quarantined"))
    report("values sent (written by the simulator)", f"{sent:,} ({int(kept.sum()):,})")
    report("= read + set aside", f"{read_in:,} + {aside:,} = {read_in + aside:,}")
    sums = [files[name].sum() for name in ("sum_sent", "sum_read", "sum_quarantined")]
    report("sum sent (written by the simulator)", f"{sums[0]:.6f} ({numbers.sum():.6f})")
    report("= sum read + sum set aside", f"{sums[1]:.6f} + {sums[2]:.6f} = {sums[1] + sums[2]:.6f}")


def find_mistakes(made: Simulation, checked: IntakeCheck) -> pd.DataFrame:
    """Return the known mistakes, each with whether it was found in its own cell (or file), or in its indicator."""
    wrong, mend, files = made.injected, checked.to_mend, checked.files
    in_cell = pd.MultiIndex.from_frame(wrong[CELL]).isin(pd.MultiIndex.from_frame(mend[CELL]))
    row = ["file", "indicator"]
    in_row = pd.MultiIndex.from_frame(wrong[row]).isin(pd.MultiIndex.from_frame(mend[row]))
    by_status = {status: set(rows["file"]) for status, rows in files.groupby("status")}
    absent = set(zip(checked.missing["place_code"], checked.missing["period"], strict=True))
    late = set(files.loc[files["is_late"], "file"])
    round_units = set(mend.loc[mend["check_id"] == "no-round-digits", "place_code"])
    judged = {
        "wrong_unit_code": wrong["file"].isin(by_status.get("refused", set())),
        "wrong_period": wrong["file"].isin(by_status.get("refused", set())),
        "duplicated_file": wrong["file"].isin(by_status.get("duplicate", set())),
        "late_file": wrong["file"].isin(late),
        "rounded_digits": wrong["place_code"].isin(round_units),
        "missing_file": pd.Series([pair in absent for pair in zip(wrong["place_code"], wrong["period"], strict=True)]),
        "corrected_file": _replaced(wrong, files),
    }
    for kind, found in judged.items():
        is_kind = wrong["kind"] == kind
        in_cell = in_cell | (is_kind & found).to_numpy()
    return wrong.assign(in_cell=in_cell, in_row=in_row | in_cell)


def _replaced(wrong: pd.DataFrame, files: pd.DataFrame) -> pd.Series:
    """Tell which corrected files are in force, and which first ones they replaced."""
    status = dict(zip(files["file"], files["status"], strict=True))
    return pd.Series([status.get(file) in ("current", "superseded") for file in wrong["file"]])


def report_recall(made: Simulation, checked: IntakeCheck) -> None:
    """Print recall per kind."""
    found = find_mistakes(made, checked)
    for (by, kind), rows in found.groupby(["found_by", "kind"]):
        said = f"{rows['in_cell'].sum()} of {len(rows)} in place ({rows['in_cell'].mean():.1%})"
        report(f"found by {by}: {kind}", f"{said}; in its indicator {rows['in_row'].mean():.1%}")


def report_alarms(made: Simulation, checked: IntakeCheck) -> None:
    """Print the share of clean cells that are called wrong, and by which rules."""
    first = made.submissions.loc[made.submissions["copy"] == 1, ["place_code", "period", "file"]]
    cells = made.cells.merge(first, on=["place_code", "period"], validate="many_to_one")
    wrong = made.injected[made.injected["found_by"] != "read"]
    in_force = set(checked.files.loc[checked.files["status"] == "current", "file"])
    sent = cells[cells["file"].isin(in_force) & cells["written"].notna()]
    report_false_alarms(sent, wrong, checked.to_mend, report)
    report_rules(sent, wrong, checked.to_mend)


@contextmanager
def measured(what: str) -> Iterator[None]:
    """Print the seconds of a step, and those of the processor, which a busy machine does not change."""
    started, used = time.perf_counter(), processor_seconds()
    yield
    report(what, f"{time.perf_counter() - started:.1f} s ({processor_seconds() - used:.1f} s of processor)")


if __name__ == "__main__":
    main()

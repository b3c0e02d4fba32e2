"""Seconds, memory, recall and false alarms of the checks of submissions, on made-up tables with a known truth.

    python benchmarks/checks.py [--rows 6000000] [--errors 0.02] [--seed 7] [--only-recall]

First a tidy table of ROWS rows is checked as it is (time and memory). Then 705 districts report two periods after four
earlier ones, with a share ERRORS of the cells made wrong in one of many ways: recall per way, by cell, and how many of the
clean cells are called wrong (`clean_cells.py` says what is counted). What the reader would set aside is blank here; what
it would read is read; of a file that was corrected, the correction counts.
"""

import argparse
import resource
import time
from datetime import date
from pathlib import Path

import numpy as np
import pandas as pd
from clean_cells import CELL, ROW, report_false_alarms, report_rules

from mande.contracts.check import SUBMISSIONS_CONTRACT, Beside, CheckResult, check_observations
from mande.contracts.contract import read_contract
from mande.contracts.mending import locate_findings, without_echoes
from mande.framework.load import load_indicators, load_programme
from mande.places.register import Register
from mande.sources.forms.form import Form, FormUnit
from mande.sources.forms.questionnaire import load_form_rules, multiplier, questions
from mande.sources.simulate.simulation import simulate
from mande.vocabulary import Level

ROOT = Path(__file__).resolve().parents[1]
AS_OF = date(2025, 3, 1)
PARTS = {
    "sex": ("F", "M"),
    "age": ("0-5", "6-10", "11-15"),
    "residence": ("urban", "rural"),
    "ethnicity": ("kinh", "minority"),
}
SUPPORTED = "SC_SUPPORTED"
CHAINED = {
    "DTP1",
    "DTP3",
    "MCV1",
    "MCV2",
    "HEPB1",
    "HEPB3",
    "HIB1",
    "HIB3",
    "ABUSED_RATIO",
    "OBESITY_U5",
    "OVERWEIGHT_OBESITY_U5",
}
CONSTANT = {
    "value_qualifier": "=", "value_status": "observed", "definition": "", "source": "submission", "edition": "1",
    "confidence": "text", "note": "", "sheet": "Số liệu", "snapshot": "0" * 64, "form_version": "1", "sender": "",
    "correction": "", "unit": "percent", "basis": "made-up",
}  # fmt: skip


def made_up_table(places: list[str], years: range, n_indicators: int, seed: int) -> pd.DataFrame:
    """Return ratios of all places, years and groups: levels by indicator, effects of places, slow trends, chance."""
    rng = np.random.default_rng(seed)
    limits = read_contract(ROOT / "data_contracts" / SUBMISSIONS_CONTRACT).indicators
    names = [name for name, item in limits.items() if item.unit == "percent" and name not in CHAINED | {SUPPORTED}]
    names = ["SC_RATIO", SUPPORTED, *(name for name in names if name != "SC_RATIO")][:n_indicators]
    shape = (len(places), len(years), len(names))
    level = rng.normal(0, 1.2, shape[2]) + rng.normal(0, 0.25, shape[:1])[:, None, None]
    trend = rng.normal(0.03, 0.02, (shape[0], 1, shape[2])) * np.arange(shape[1])[None, :, None]
    share = 1 / (1 + np.exp(-(level + trend + rng.normal(0, 0.03, shape))))
    size = rng.lognormal(9.8, 0.5, shape[0])[:, None, None] * 1.01 ** np.arange(shape[1])[None, :, None]
    bottom = rng.poisson(np.broadcast_to(size, shape)).astype(float)
    top = rng.binomial(bottom.astype(int), share).astype(float)
    groups, tops, bottoms = _groups(top, bottom, rng)
    if SUPPORTED in names:
        _nest(names, tops, bottoms, groups, rng)
    return _dress(places, years, names, groups, np.stack(tops, -1), np.stack(bottoms, -1))


def _groups(top: np.ndarray, bottom: np.ndarray, rng: np.random.Generator) -> tuple[list, list, list]:
    groups, tops, bottoms = [("_T", "_T")], [top], [bottom]
    for dimension, values in PARTS.items():
        rest_top, rest_rest = top.copy(), (bottom - top).copy()
        for place, value in enumerate(values):
            left = 1 / (len(values) - place)
            part_top = rng.binomial(rest_top.astype(int), left).astype(float)
            part_rest = rng.binomial(rest_rest.astype(int), left).astype(float)
            rest_top, rest_rest = rest_top - part_top, rest_rest - part_rest
            groups.append((dimension, value))
            tops.append(part_top)
            bottoms.append(part_top + part_rest)
    return groups, tops, bottoms


def _nest(names: list[str], tops: list, bottoms: list, groups: list, rng: np.random.Generator) -> None:
    """Make the supported a part of the children in special circumstances, for the total and by sex."""
    whole, part = names.index("SC_RATIO"), names.index(SUPPORTED)
    for place, (dimension, _) in enumerate(groups):
        bottoms[place][..., part] = tops[place][..., whole]
        known = rng.binomial(tops[place][..., whole].astype(int), 0.8) if dimension == "sex" else np.nan
        tops[place][..., part] = known
        if dimension not in ("_T", "sex"):
            bottoms[place][..., part] = np.nan
    tops[0][..., part] = sum(tops[place][..., part] for place, group in enumerate(groups) if group[0] == "sex")


def _dress(places: list[str], years: range, names: list[str], groups: list, top: np.ndarray, bottom: np.ndarray):
    shape = top.shape
    axis = [
        np.broadcast_to(np.arange(n).reshape([-1 if k == i else 1 for k in range(4)]), shape).ravel()
        for i, n in enumerate(shape)
    ]
    periods = [str(year) for year in years]
    one = np.zeros(top.size, dtype=np.int8)
    table = pd.DataFrame({
        "indicator": pd.Categorical.from_codes(axis[2], names),
        "place_code": pd.Categorical.from_codes(axis[0], places),
        "period": pd.Categorical.from_codes(axis[1], periods),
        "dimension": pd.Categorical.from_codes(np.array([list(dict.fromkeys(g[0] for g in groups)).index(g[0]) for g in groups])[axis[3]], list(dict.fromkeys(g[0] for g in groups))),
        "dimension_value": pd.Categorical.from_codes(axis[3], [g[1] for g in groups]),
        "numerator": top.ravel(), "denominator": bottom.ravel(), "value": 100 * top.ravel() / bottom.ravel(),
    })  # fmt: skip
    line = axis[2] * shape[3] + axis[3]
    numbers = [str(8 + n) for n in range(shape[2] * shape[3])]
    files = [f"{place}_{period}.xlsx" for place in places for period in periods]
    table = table.assign(
        period_start=pd.to_datetime([f"{period}-01-01" for period in periods]).to_numpy()[axis[1]],
        period_end=pd.to_datetime([f"{period}-12-31" for period in periods]).to_numpy()[axis[1]],
        lower=np.nan, upper=np.nan, sample_size=np.nan, design_effect=np.nan,
        file=pd.Categorical.from_codes(axis[0] * shape[1] + axis[1], files),
        received_date=pd.Categorical.from_codes(axis[1], [f"{year + 1}-01-10" for year in years]),
        **{name: pd.Categorical.from_codes(axis0, [f"{letter}{n}" for n in numbers]) for name, letter, axis0 in (("cell", "F", line), ("numerator_cell", "D", line), ("denominator_cell", "E", line))},
        **{name: pd.Categorical.from_codes(one, [value]) for name, value in CONSTANT.items()},
    )  # fmt: skip
    table = table[table["denominator"].notna()].reset_index(drop=True)
    return table.assign(observation_id=pd.Series(np.arange(len(table)), dtype=str))


def run(table: pd.DataFrame, beside: Beside) -> tuple[CheckResult, str]:
    """Check a table; return what was found and the seconds."""
    places = Register.load(ROOT / "data/places").places
    places = places.assign(valid_from=pd.Timestamp("2004-01-01"))  # the register of districts begins in 2015
    start, busy = time.perf_counter(), time.process_time()
    result = check_observations(
        table, ROOT / "data_contracts", known_places=places, as_of=AS_OF, contract=SUBMISSIONS_CONTRACT, beside=beside
    )
    return result, f"{time.perf_counter() - start:.1f} s ({time.process_time() - busy:.1f} s of one core)"


def simulated_table(districts: list[str], periods: list[str], *, rate: float, seed: int):
    """Return what made-up districts write into the number cells of their forms, and which cells were made wrong."""
    programme = load_programme(ROOT / "programmes", "vn-children-2021-2030")
    rules = load_form_rules(ROOT / "programmes", load_indicators(ROOT / "programmes"))
    asked = questions(programme, rules, level=Level.DISTRICT, period_end=date(int(periods[-1]), 12, 31))
    forms = [
        Form(programme.id, programme.title, FormUnit(code, "district", code, code), period, "1", asked, is_made_up=True)
        for period in periods
        for code in districts
    ]
    made = simulate(programme, forms, seed=seed, rate=rate)
    wrong = made.injected[made.injected["indicator"] != ""]
    cells = as_read(made.cells, wrong)
    table = cells.pivot(index=QUESTION, columns="part", values="number").reset_index()
    address = cells.pivot(index=QUESTION, columns="part", values="cell").reset_index()
    factor = table["unit"].map({unit: multiplier(unit) for unit in table["unit"].unique()})
    ratio = factor * table["numerator"] / table["denominator"].where(table["denominator"] > 0)
    basis = {question.indicator: question.basis for question in asked}
    value = ratio.fillna(table.get("value", np.nan))
    constant = {name: word for name, word in CONSTANT.items() if name not in ("unit", "basis", "value_status")}
    line = pd.Series(np.arange(len(table)), dtype=str)
    table = table.assign(
        value=value,
        value_status=np.where(value.notna(), "observed", "missing"),
        basis=table["indicator"].map(basis).fillna(""),
        file=table["place_code"] + "_" + table["period"] + ".xlsx",
        observation_id=table["place_code"] + "_" + table["period"] + ":" + line,
        numerator_cell=address["numerator"].fillna(""),
        denominator_cell=address["denominator"].fillna(""),
        cell=address["numerator"].fillna(address.get("value", "")).fillna(""),
        period_start=pd.to_datetime(table["period"] + "-01-01"),
        period_end=pd.to_datetime(table["period"] + "-12-31"),
        received_date=(table["period"].astype(int) + 1).astype(str) + "-01-10",
        **dict.fromkeys(("lower", "upper", "sample_size", "design_effect"), np.nan),
        **constant,
    )
    return table, cells, wrong.assign(file=wrong["place_code"] + "_" + wrong["period"] + ".xlsx")


QUESTION = ["place_code", "period", "indicator", "dimension", "dimension_value", "unit"]


def as_read(cells: pd.DataFrame, wrong: pd.DataFrame) -> pd.DataFrame:
    """Return the cells with the number that the intake takes over, and whether it sets the cell aside."""
    keys = [*QUESTION[:5], "part"]
    found_by = cells.merge(wrong[[*keys, "found_by"]], on=keys, how="left", validate="one_to_one")["found_by"]
    is_aside, is_true = found_by.eq("cell").to_numpy(), found_by.isin(["read", "file"]).to_numpy()
    number = pd.to_numeric(cells["written"], errors="coerce").mask(is_true, cells["true_value"]).mask(is_aside)
    return cells.assign(
        number=number.astype(float), is_aside=is_aside, file=cells["place_code"] + "_" + cells["period"] + ".xlsx"
    )


def report_recall(table: pd.DataFrame, cells: pd.DataFrame, injected: pd.DataFrame, periods: list[str]) -> None:
    """Print recall per kind of mistake and the share of clean cells that are called wrong, for the given periods."""
    now = table["period"].isin(periods)
    rows = table[now].reset_index(drop=True)
    result, seconds = run(rows, Beside(references=table[~now]))
    found = locate_findings(result, rows)
    aside = cells[cells["is_aside"] & cells["period"].isin(periods)].assign(severity="critical", check_id="set-aside")
    aside = aside.merge(rows[[*QUESTION, "observation_id"]], on=QUESTION, how="left", validate="many_to_one")
    found = without_echoes(pd.concat([found, aside[found.columns.intersection(aside.columns)]], ignore_index=True))
    wrong = injected[injected["period"].isin(periods) & ~injected["found_by"].isin(["read", "file"])]
    print(f"{len(rows):,} rows of {', '.join(periods)}, {len(wrong):,} cells made wrong: {seconds}")
    hits = {
        name: pd.MultiIndex.from_frame(wrong[keys]).isin(pd.MultiIndex.from_frame(found[keys]))
        for name, keys in (("in_cell", CELL), ("in_indicator", ROW))
    }
    rounders = set(found.loc[found["check_id"] == "no-round-digits", "place_code"])
    hits["in_cell"] = hits["in_cell"] | ((wrong["kind"] == "rounded_digits") & wrong["place_code"].isin(rounders))
    recall = wrong.assign(**hits).groupby(["found_by", "kind"])
    print(recall[list(hits)].mean().assign(n=recall.size()).round(3).to_string())
    sent = cells[cells["period"].isin(periods) & cells["written"].notna()]
    report_false_alarms(sent, wrong, found, lambda what, figure: print(f"{what:40} {figure}"))
    report_rules(sent, wrong, found)


def main() -> None:
    """Print time and memory, then recall and false alarms."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rows", type=int, default=6_000_000)
    parser.add_argument("--errors", type=float, default=0.02)
    parser.add_argument("--seed", type=int, default=7)
    parser.add_argument("--only-recall", action="store_true", help="leave the large table out")
    options = parser.parse_args()
    register = Register.load(ROOT / "data/places").at("2021-12-31", "district")
    districts = register["place_code"].tolist()
    print(f"{len(districts)} districts")
    if not options.only_recall:
        report_time(districts, options.rows)
    years = [str(year) for year in range(2016, 2022)]
    report_recall(*simulated_table(districts, years, rate=options.errors, seed=options.seed), ["2020", "2021"])


def report_time(districts: list[str], n_rows: int) -> None:
    """Print time and memory for a large table."""
    n_years = max(5, round(n_rows / (len(districts) * 520)))
    table = made_up_table(districts, range(2025 - n_years, 2025), 60, seed=1).head(n_rows)
    size = table.memory_usage(deep=True).sum() / 2**20
    result, seconds = run(table, Beside())
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 2**20
    print(f"{len(table):,} rows ({size:,.0f} MB): {seconds}, peak {peak:.2f} GB, {len(result.findings):,} findings")


if __name__ == "__main__":
    main()

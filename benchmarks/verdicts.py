"""Hold mid-term verdicts against the truth of made-up programmes: how often each was wrong, how well P(met) was stated.

Run `python benchmarks/verdicts.py` in the project's folder (about three minutes).  Units are simulated by
`mande.sources.simulate` for 2016 to 2030 (made up, with a known truth estimated from published series,
`mande.sources.simulate.paths`); the review of 2024-12-31 sees the values up to 2024 and goes through the real chain:
observations, actuals, progress, verdict.  The truth is the simulated value of 2025, the milestone, and of 2030, the end.
Units of one seed share their trends: many seeds of some units tell more than few seeds of all.
"""

import argparse
import sys
from datetime import date
from pathlib import Path

import numpy as np
import pandas as pd

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

from mande.evaluation.progress import Question, ask, judge_promises  # noqa: E402
from mande.evaluation.promises import select_promises  # noqa: E402
from mande.evaluation.scores import brier_score, calibration_table  # noqa: E402
from mande.evaluation.thresholds import meets  # noqa: E402
from mande.form_plan import plan_forms  # noqa: E402
from mande.framework.model import Programme  # noqa: E402
from mande.indicators.actuals import accepted_rules, compute_actuals  # noqa: E402
from mande.sources.simulate.truth import simulate_truth  # noqa: E402
from mande.units import provinces_of, select_units  # noqa: E402
from mande.vocabulary import Stage  # noqa: E402
from mande.workspace import open_workspace  # noqa: E402

PROGRAMME, AS_OF, YEARS = "vn-children-2021-2030", date(2024, 12, 31), range(2016, 2031)
GROUP = ["indicator", "dimension", "dimension_value"]


def main() -> None:
    """Print the tables of the milestone and of the end, all seeds together."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seeds", type=int, nargs="+", default=[*range(701, 731)])
    parser.add_argument("--units", type=int, default=120, help="units of each seed")
    parser.add_argument("--level", default="district")
    options = parser.parse_args()
    home = open_workspace(ROOT)
    plan = plan_forms(
        home, PROGRAMME, level=options.level, as_of=AS_OF, periods=[str(year) for year in YEARS], is_made_up=True
    )
    questions = {form.period: form.questions for form in plan.forms}
    units = plan.units["place_code"].tolist()
    above = select_units(home.places, plan.programme, as_of=AS_OF, level=options.level)
    question = ask(plan.programme, stage=Stage.MID_TERM, as_of=AS_OF, provinces=provinces_of(above))
    judged = []
    for seed in options.seeds:
        drawn = np.random.default_rng(seed).permutation(units)[: options.units].tolist()
        truth = simulate_truth(plan.programme, drawn, questions=questions, seed=seed)
        judged.append(judge(plan.programme, truth, drawn, question))
    table = pd.concat(judged, ignore_index=True)
    for name, chance, year in (("milestone", "p_met", "target_year"), ("end", "end_p_met", "end_year")):
        print(f"\n{name}: {table[year].dropna().unique().tolist()}")
        show(table[table[f"came_{name}"].notna()], chance, f"came_{name}")
    show_fallen(table)


def judge(programme: Programme, truth: pd.DataFrame, units: list[str], question: Question) -> pd.DataFrame:
    """Return the mid-term progress on the values up to the review, with what came of milestone and end."""
    rules = accepted_rules(programme)
    observations = as_observations(truth, rules)
    findings = pd.DataFrame(columns=["observation_id", "severity"])
    actuals = compute_actuals(observations, programme, place_codes=units, as_of=AS_OF, findings=findings)
    promises = select_promises(programme, question.stage, judged_year=question.judged_year)
    progress = judge_promises(promises, rules, actuals, question=question, place_codes=units)
    later = truth.assign(year=truth["period"].astype(float)).set_index([*GROUP, "place_code", "year"])["value"]
    for name, prefix in (("milestone", "target"), ("end", "end")):
        keys = pd.MultiIndex.from_frame(progress[[*GROUP, "place_code", f"{prefix}_year"]])
        value = pd.Series(later.reindex(keys).to_numpy(), index=progress.index)
        operator = progress["operator" if prefix == "target" else "end_operator"]
        is_known = value.notna() & progress[f"{prefix}_value"].notna()
        came = np.where(is_known, meets(value, operator, progress[f"{prefix}_value"]), np.nan)
        progress = progress.assign(**{f"came_{name}": came.astype(float), f"{name}_value": value})
    return progress


def as_observations(truth: pd.DataFrame, rules: pd.DataFrame) -> pd.DataFrame:
    """Return the true values as a unit would publish them, on the first basis that the target accepts."""
    first = rules.drop_duplicates(GROUP)[[*GROUP, "basis", "definition"]]
    rows = truth.merge(first, on=GROUP, how="inner", validate="many_to_one")
    said = {"value_qualifier": "=", "value_status": "observed", "source": "simulation", "edition": "made up"}
    return rows.assign(
        **said,
        confidence="text",
        lower=np.nan,
        upper=np.nan,
        observation_id="made-up:" + pd.Series(range(len(rows))).astype(str),
        period_start=pd.to_datetime(rows["period"] + "-01-01"),
        period_end=pd.to_datetime(rows["period"] + "-12-31"),
    )


def show(table: pd.DataFrame, chance: str, came: str) -> None:
    """Print calibration in ten bins and how often each verdict came true."""
    known = table[table[chance].notna()]
    is_met = known[came] == 1
    prefix, value = chance.removesuffix("p_met") + "outlook", came.removeprefix("came_") + "_value"
    is_inside = known[value].between(known[f"{prefix}_lower"] - 1e-9, known[f"{prefix}_upper"] + 1e-9)
    score = brier_score(known[chance], is_met)
    print(f"{len(known)} targets, Brier {score:.3f}, 80 % limits hold {100 * is_inside.mean():.1f} %")
    print(calibration_table(known[chance], is_met).round(3).to_string(index=False))
    for column in ("verdict", "verdict_linear_path"):
        found = table.groupby(column)[came].agg(["size", "mean"])
        print(found.rename(columns={"size": "n", "mean": "later met"}).round(3).to_string())


def show_fallen(table: pd.DataFrame) -> None:
    """Print where the targets judged worsening stood before, and how often they were met later."""
    fallen = table[(table["verdict"] == "worsening") & table["came_milestone"].notna()]
    was_met = pd.Series(meets(fallen["baseline_value"], fallen["operator"], fallen["target_value"]), fallen.index)
    chance = pd.cut(fallen["p_met"], [0, 0.1, 0.33, 0.66, 0.9, 1], include_lowest=True)
    print("\nworsening, by whether the target was met at the baseline and by the P(met) stated")
    found = fallen.groupby([was_met.rename("was met"), chance], observed=True)["came_milestone"].agg(["size", "mean"])
    print(found.rename(columns={"size": "n", "mean": "later met"}).round(3).to_string())


if __name__ == "__main__":
    main()

"""A second path to every number of three provinces and the nation: plain Python over the published CSV files.

Nothing of mande is used here but the text of its YAML and CSV files.
"""

import csv
import math
from pathlib import Path

import pytest
import yaml

ROOT = Path(__file__).parents[2]
AS_OF = (2024, 12)
PLACES = ["VN", "01", "37", "79"]
pytestmark = [pytest.mark.end_to_end, pytest.mark.xdist_group("end_to_end")]


def end_of(period):
    parts = period.split("/")[-1].split("-")
    return int(parts[0]), int(parts[1]) if len(parts) > 1 else 12


def middle_of(period):
    if "/" not in period and "-" not in period:
        return float(period)
    start = period.split("/")[0].split("-")
    end_year, end_month = end_of(period)
    first = int(start[0]) + (int(start[1]) - 1 if len(start) > 1 else 0) / 12
    return (first + end_year + end_month / 12) / 2 - 0.5


def read_values():
    values = []
    for path in (ROOT / "data" / "published").glob("*.csv"):
        with path.open(encoding="utf-8", newline="") as file:
            for number, row in enumerate(csv.DictReader(file), start=2):
                if row["value"] and end_of(row["period"]) <= AS_OF and row["confidence"] not in ("memory", "missing"):
                    values.append({**row, "id": f"{path.name}:{number}", "number": float(row["value"])})
    return values


def read_targets():
    framework = yaml.safe_load((ROOT / "programmes/vn-children-2021-2030/framework.yaml").read_text(encoding="utf-8"))
    catalogue = yaml.safe_load((ROOT / "programmes/indicators.yaml").read_text(encoding="utf-8"))
    indicators = {entry["id"]: entry for entry in catalogue["indicators"] + framework.get("indicators", [])}
    return framework["targets"], indicators


def meets(value, operator, goal):
    return {"<": value < goal, "<=": value <= goal, ">": value > goal, ">=": value >= goal}[operator]


def judge(target, indicator, place, values):
    """Return (verdict, actual, baseline, share) by the rule linear-path 1, worked out one value at a time."""
    group = (target.get("dimension", "_T"), target.get("dimension_value", "_T"))
    ours = [
        v
        for v in values
        if v["indicator"] == target["indicator"]
        and v["place_code"] == place
        and (v["dimension"], v["dimension_value"]) == group
    ]
    accepted = (
        {target["definition"], *(a["definition"] for a in target.get("accepts", []))}
        if "definition" in target
        else None
    )
    fits = [v for v in ours if v["basis"] in target["bases"] and (accepted is None or v["definition"] in accepted)]
    level = next((one for one in target["levels"] if one.get("year", 0) >= 2025), target["levels"][-1])
    if "year" not in level and level.get("from_year", 0) > AS_OF[0]:
        return "not_assessable", None, None, None
    if not fits:
        newest = max((v for v in ours), key=lambda v: middle_of(v["period"]), default=None)
        return ("not_comparable" if ours else "not_assessable"), newest and newest["number"], None, None
    oldest_allowed = indicator.get("max_age_years", 3)
    age = lambda v: (AS_OF[0] - end_of(v["period"])[0]) + (AS_OF[1] - end_of(v["period"])[1]) / 12  # noqa: E731
    rank = lambda v: (middle_of(v["period"]) - (v["value_qualifier"] == "~"), v["value_qualifier"] != "~")  # noqa: E731
    series = lambda v: (v["source"], v["basis"], v["definition"])  # noqa: E731
    size = lambda v: sum(series(w) == series(v) for w in fits)  # noqa: E731
    best = max(fits, key=lambda v: (*rank(v), size(v)))
    same = [v for v in fits if series(v) == series(best)]
    before = [v for v in same if end_of(v["period"])[0] < 2021]
    baseline = max(before, key=rank, default=None)
    actual, base = best["number"], baseline and baseline["number"]
    if age(best) > oldest_allowed or (baseline and middle_of(best["period"]) <= middle_of(baseline["period"])):
        return "not_assessable", actual, base, None
    return (*judge_level(level, baseline, best), base)[0:1] + (actual, base, share_of(level, baseline, actual))


def share_of(level, baseline, actual):
    if baseline is None or meets(baseline["number"], level["operator"], level["value"]):
        return None
    return (actual - baseline["number"]) / (level["value"] - baseline["number"])


def judge_level(level, baseline, best):
    if meets(best["number"], level["operator"], level["value"]):
        return ("met",)
    if baseline is None:
        return ("not_assessable",)
    years = middle_of(best["period"]) - middle_of(baseline["period"])
    planned = (level["value"] - baseline["number"]) / (level["year"] - middle_of(baseline["period"]))
    pace = (best["number"] - baseline["number"]) / years / planned
    return ("worsening" if pace < 0 else "on_track" if pace >= 0.95 else "behind" if pace >= 0.6 else "off_track",)


def judge_chance(row, verdict):
    """Return the verdict by the bands in the programme's YAML, from the probability and range that the row publishes."""
    if not row["p_met"] or verdict in ("met", "not_met"):
        return verdict
    programme = yaml.safe_load((ROOT / "programmes/vn-children-2021-2030/programme.yaml").read_text(encoding="utf-8"))
    bands, chance = programme["verdict_rule"]["outlook"], float(row["p_met"])
    if chance >= bands["likely"]:
        return "on_track"
    if chance >= bands["even"]:
        lower, upper, goal = (float(row[name]) for name in ("outlook_lower", "outlook_upper", "target_value"))
        return "cannot_tell" if lower < goal < upper else "behind"
    return "behind" if chance >= bands["unlikely"] else "off_track"


def test_every_verdict_and_its_numbers_are_found_again(finished_run):
    targets, indicators = read_targets()
    values = read_values()
    with (finished_run / "tables" / "progress.csv").open(encoding="utf-8-sig", newline="") as file:
        rows = {(r["target_id"], r["dimension_value"], r["place_code"]): r for r in csv.DictReader(file)}
    compared = foretold = 0
    for target in targets:
        for place in PLACES:
            verdict, actual, baseline, share = judge(target, indicators[target["indicator"]], place, values)
            row = rows[(target["id"], target.get("dimension_value", "_T"), place)]
            assert row["verdict_linear_path"] == verdict, (target["id"], place)
            assert row["verdict"] == judge_chance(row, verdict), (target["id"], place)
            foretold += bool(row["p_met"])
            for found, expected in (("actual_value", actual), ("baseline_value", baseline), ("share", share)):
                number = float(row[found]) if row[found] else None
                assert (number is None) == (expected is None), (target["id"], place, found, number, expected)
                assert number is None or math.isclose(number, expected, rel_tol=1e-12), (target["id"], place, found)
                compared += number is not None
    assert compared > 30 and foretold == 1
    assert len(rows) == 35 * 64


@pytest.mark.parametrize(
    ("indicator", "reaches", "provinces", "nation"),
    [
        ("IMR", lambda value: value <= 12.5, 25, 14.5),
        ("U5MR", lambda value: value < 18.5, 23, 21.8),
        ("FIC_U1", lambda value: value >= 97, 51, 98.0),
    ],
)
def test_provinces_at_the_target_in_2016(finished_run, indicator, reaches, provinces, nation):
    """General Statistics Office, provincial tables as of September 2018: counts made by hand from the tables."""
    with (finished_run / "tables" / "actuals.csv").open(encoding="utf-8-sig", newline="") as file:
        panel = {
            row["place_code"]: float(row["value"])
            for row in csv.DictReader(file)
            if (row["indicator"], row["period"], row["source"]) == (indicator, "2016", "gso-province-panel")
        }
    assert panel.pop("VN") == nation
    assert len(panel) == 63
    assert sum(map(reaches, panel.values())) == provinces

"""How long disclosure control takes, what it hides, and what an attacker finds with and without it. Made-up counts.

python benchmarks/disclosure.py districts     705 districts in 63 provinces × 3 indicators × sex × 2 periods
python benchmarks/disclosure.py national      34 provinces, 3,321 communes × 10 indicators × 5 dimensions
"""

import sys
import time

import numpy as np
import pandas as pd

from mande.framework.indicator import Indicator
from mande.indicators.disclosure.audit import audit_runs
from mande.indicators.disclosure.count_cells import link_counts, list_cells
from mande.indicators.disclosure.protect import Protected, protect_observations
from mande.indicators.disclosure.pruning import count_needless
from mande.indicators.disclosure.published_cells import PublishedRun
from mande.indicators.disclosure.rule import Rule

DIMENSIONS = {"sex": 2, "age": 3, "residence": 2, "ethnicity": 2, "disability": 2}
SAMPLE = 200
"""Cells hidden for the sake of others that are tried one by one: would the tables be as safe without?"""
MEAN = 8.0
"""Children found in a place on average; with a gamma-Poisson spread half the places have fewer than six."""


def made_up(
    *, provinces: int, places: int, level: str, indicators: int, dimensions: list[str], years: list[int], seed: int = 1
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Return made-up observations of places, provinces and the nation, with every group and total, and the places."""
    random = np.random.default_rng(seed)
    home = np.sort(np.r_[np.arange(provinces), random.integers(0, provinces, places - provinces)])
    codes = np.r_[[f"p{n}" for n in range(places)], [f"{n:02d}" for n in range(provinces)], ["VN"]]
    parents = np.r_[[f"{n:02d}" for n in home], ["VN"] * provinces, [""]]
    levels = np.r_[[level] * places, ["province"] * provinces, ["nation"]]
    frames = []
    for indicator in range(indicators):
        for year in years:
            size = random.integers(300, 4000, places)
            found = np.minimum(random.poisson(random.gamma(1, MEAN, places)), size)
            groups = [("_T", "_T", found, size)]
            for name in dimensions:
                n = DIMENSIONS[name]
                shares = random.dirichlet(np.full(n, 4.0), places)
                of_all = np.array([random.multinomial(s, p) for s, p in zip(size, shares, strict=True)])
                parts = np.array([random.multinomial(f, p) for f, p in zip(found, shares, strict=True)])
                parts = np.minimum(parts, of_all)
                parts[:, 0] += found - parts.sum(axis=1)
                of_all[:, 0] += np.maximum(parts[:, 0] - of_all[:, 0], 0)
                groups += [(name, f"{name}{k}", parts[:, k], of_all[:, k]) for k in range(n)]
            for dimension, value, numerator, denominator in groups:
                up = [np.bincount(home, counts, provinces) for counts in (numerator, denominator)]
                both = [np.r_[c, u, u.sum()] for c, u in zip((numerator, denominator), up, strict=True)]
                frames.append(_frame(f"I{indicator}", year, dimension, value, codes, *both))
    table = pd.concat(frames, ignore_index=True)
    table = table.assign(observation_id=[f"made-up:{n}" for n in range(len(table))], part_ids="")
    return table, pd.DataFrame({"place_code": codes, "level": levels, "parent_code": parents})


def _frame(indicator, year, dimension, value, codes, numerator, denominator) -> pd.DataFrame:
    return pd.DataFrame(
        {
            "indicator": indicator,
            "place_code": codes,
            "period": str(year),
            "period_start": pd.Timestamp(year, 1, 1),
            "period_end": pd.Timestamp(year, 12, 31),
            "dimension": dimension,
            "dimension_value": value,
            "value": 100 * numerator / np.maximum(denominator, 1),
            "lower": np.nan,
            "upper": np.nan,
            "sample_size": np.nan,
            "numerator": numerator.astype(float),
            "denominator": denominator.astype(float),
            "unit": "percent",
            "value_status": "observed",
            **dict.fromkeys(("source", "basis", "definition", "edition"), ""),
        }
    )


def indicators_of(table: pd.DataFrame) -> list[Indicator]:
    """Return the made-up indicators of a table, protected."""
    title = {"vi": "số liệu mô phỏng", "en": "made up"}
    kind = {"unit": "percent", "measure": "percentage", "ascending": False, "aggregation": "ratio_of_sums"}
    words = {"title": title, "short": title, "sensitivity": "small_counts_protected", **kind}
    return [Indicator.model_validate({"id": name, **words}) for name in table["indicator"].unique()]


def hide_small_only(table: pd.DataFrame) -> pd.DataFrame:
    """Return the table with primary suppression alone."""
    small = table["numerator"].between(1, 4)
    hidden = {name: table[name].mask(small) for name in ("value", "numerator")}
    return table.assign(**hidden, value_status=table["value_status"].mask(small, "suppressed"))


def count_in_sample(table: pd.DataFrame, places: pd.DataFrame, protected: Protected, rule: Rule) -> int:
    """Return how many of a random sample of cells hidden for the sake of others could be shown, one at a time."""
    cells = list_cells(table, counts=[])
    is_hidden = protected.observations[["numerator", "denominator"]].isna()
    bare = protected.hidden.loc[protected.hidden["why"] == "no_base", "observation_id"]
    is_hidden["numerator"] &= ~table["observation_id"].isin(bare)
    is_hidden["rest"] = False
    mask = is_hidden.to_numpy()[cells["row"], is_hidden.columns.get_indexer(cells["part"])]
    cells = cells.assign(is_published=cells["part"].ne("rest"), is_known=False, cost=1.0)
    tables = link_counts(cells, places.set_index("place_code")["parent_code"])
    mask = np.r_[mask, np.zeros(len(tables) - len(cells), dtype=bool)]
    complementary = np.flatnonzero(mask & ~tables.small(rule))
    sample = np.random.default_rng(1).choice(complementary, min(SAMPLE, len(complementary)), replace=False)
    return count_needless(tables, mask, sample, rule)


def measure(name: str, **size) -> None:
    """Print one line of the measurement."""
    table, places = made_up(**size)
    indicators, rule = indicators_of(table), Rule()
    sensitive = {one.id: str(one.sensitivity) for one in indicators}
    started, spent = time.perf_counter(), time.process_time()
    deciding = table.loc[table["dimension"] == "_T", "observation_id"]
    protected = protect_observations(table, indicators=indicators, places=places, rule=rule, deciding=deciding)
    chosen = time.perf_counter()
    exposed = audit_runs([PublishedRun("run", protected.observations, places, sensitive, frozenset())], rule)
    audited = time.perf_counter()
    why = protected.hidden["why"].value_counts().to_dict()
    print(f"{name}: {len(table):,} values; hidden {len(protected.hidden):,} {why}")
    verdicts = protected.hidden.loc[protected.hidden["dimension"] == "_T", "why"].value_counts().to_dict()
    print(f"  hidden totals (verdicts rest on them): {verdicts} of {len(deciding):,}")
    print(
        f"  suppression with its own attacks {chosen - started:.0f} s, audit {audited - chosen:.0f} s "
        f"(both {time.process_time() - spent:.0f} s of processor time): {len(exposed)} exposed"
    )
    needless = count_in_sample(table, places, protected, rule)
    print(f"  needless, each by itself, of a sample of {SAMPLE} hidden for the sake of others: {needless} at most")
    if name == "districts":
        bare = audit_runs([PublishedRun("run", hide_small_only(table), places, sensitive, frozenset())], rule)
        print(f"  primary suppression alone: {len(bare)} exposed")


SIZES = {
    "districts": {
        "provinces": 63,
        "places": 705,
        "level": "district",
        "indicators": 3,
        "dimensions": ["sex"],
        "years": [2023, 2024],
    },
    "national": {
        "provinces": 34,
        "places": 3321,
        "level": "commune",
        "indicators": 10,
        "dimensions": list(DIMENSIONS),
        "years": [2024],
    },
}

if __name__ == "__main__":
    for chosen in sys.argv[1:] or SIZES:
        measure(chosen, **SIZES[chosen])

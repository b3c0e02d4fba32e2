"""Each way in which tables are linked: small counts hidden alone can be computed, and what is published tells nothing."""

import numpy as np
import pandas as pd
import pytest

from mande.framework.indicator import Indicator
from mande.indicators.disclosure.audit import audit_runs
from mande.indicators.disclosure.count_cells import link_counts, list_cells
from mande.indicators.disclosure.known_counts import quantities_of
from mande.indicators.disclosure.nested_counts import Nested, list_nested
from mande.indicators.disclosure.protect import protect_observations
from mande.indicators.disclosure.published_cells import PublishedRun
from mande.indicators.disclosure.rule import Rule

RULE = Rule()
PLACES = pd.DataFrame(
    [
        ("VN", "nation", "", ""),
        ("R1", "region", "VN", ""),
        ("80", "province", "VN", "R1"),
        ("81", "province", "VN", "R1"),
        ("901", "district", "80", ""),
        ("902", "district", "80", ""),
    ],
    columns=["place_code", "level", "parent_code", "region_code"],
)
PERIODS = {
    "2024": ("2024-01-01", "2024-12-31"),
    "2024-H1": ("2024-01-01", "2024-06-30"),
    "2024-H2": ("2024-07-01", "2024-12-31"),
    "2024-Q1": ("2024-01-01", "2024-03-31"),
    "2024-Q4": ("2024-10-01", "2024-12-31"),
    "2024-M9": ("2024-01-01", "2024-09-30"),
}


def words(text: str) -> dict[str, str]:
    return {"vi": text, "en": text}


def indicator(name: str = "ABUSED", numerator: str = "abused", denominator: str = "children") -> Indicator:
    kind = {"unit": "percent", "measure": "percentage", "ascending": False, "aggregation": "ratio_of_sums"}
    of = {"numerator": words(numerator), "denominator": words(denominator)}
    return Indicator.model_validate(
        {"id": name, "title": words(name), "short": words(name), "sensitivity": "small_counts_protected", **kind, **of}
    )


def table(*rows: tuple) -> pd.DataFrame:
    """Return made-up values from (place, period, numerator, denominator[, indicator])."""
    records = []
    for line, (place, period, numerator, denominator, *name) in enumerate(rows):
        begin, end = PERIODS[period]
        records.append(
            {
                "indicator": name[0] if name else "ABUSED",
                "place_code": place,
                "period": period,
                "period_start": pd.Timestamp(begin),
                "period_end": pd.Timestamp(end),
                "value": 100 * numerator / denominator if denominator else float(numerator),
                "numerator": float(numerator),
                "denominator": float(denominator) if denominator else np.nan,
                "observation_id": f"made-up.csv:{line}",
                "part_ids": "",
            }
        )
    same = {"dimension": "_T", "dimension_value": "_T", "unit": "percent", "value_status": "observed"}
    blank = dict.fromkeys(("source", "basis", "definition", "edition"), "")
    empty = dict.fromkeys(("lower", "upper", "sample_size"), np.nan)
    return pd.DataFrame(records).assign(**same, **blank, **empty)


def audit(*tables: pd.DataFrame, kinds: tuple[Indicator, ...] = (indicator(),)) -> list[tuple[str, str]]:
    """Return place and part of what a reader of these tables can compute."""
    said = {one.id: quantities_of(one) for one in kinds}
    sensitive = dict.fromkeys(said, "small_counts_protected")
    runs = [PublishedRun(f"run {n}", one, PLACES, sensitive, frozenset(), said) for n, one in enumerate(tables)]
    return list(audit_runs(runs, RULE)[["place_code", "part"]].itertuples(index=False, name=None))


def hide_small(full: pd.DataFrame) -> pd.DataFrame:
    small = full["numerator"].between(1, 4)
    hidden = {name: full[name].mask(small) for name in ("value", "numerator")}
    return full.assign(**hidden, value_status=full["value_status"].mask(small, "suppressed"))


def protect(full: pd.DataFrame, kinds: tuple[Indicator, ...] = (indicator(),), **options) -> pd.DataFrame:
    return protect_observations(full, indicators=kinds, places=PLACES, rule=RULE, **options).observations


LINKS = {
    "a region and its provinces": table(("80", "2024", 3, 900), ("81", "2024", 40, 800), ("R1", "2024", 43, 1700)),
    "a half-year within a year": table(("80", "2024", 43, 900), ("80", "2024-H1", 40, 900)),
    "two half-years": table(("80", "2024", 43, 900), ("80", "2024-H1", 40, 900), ("80", "2024-H2", 3, 900)),
    "the sum to date": table(("80", "2024-Q1", 20, 900), ("80", "2024-H1", 22, 900), ("80", "2024-M9", 60, 900)),
    "nine months and the last quarter": table(
        ("80", "2024-M9", 40, 900), ("80", "2024-Q4", 3, 900), ("80", "2024", 43, 900)
    ),
    "nearly all": table(("80", "2024", 898, 900)),
    "a province of which one district sent nothing": table(("80", "2024", 43, 900), ("901", "2024", 41, 700)),
}


@pytest.mark.parametrize("name", LINKS)
def test_one_table(name: str) -> None:
    full = LINKS[name]
    assert audit(hide_small(full)), "small counts hidden alone"
    shown = protect(full)
    assert audit(shown) == []
    assert (shown["value_status"] == "observed").sum() >= len(full) - 2


def test_one_thing_counted_in_two_indicators() -> None:
    """Children in special circumstances are the numerator of one indicator and the denominator of the other."""
    kinds = (indicator("SC", "special"), indicator("SUPPORTED", "supported", "special"))
    counted = table(("80", "2024", 43, 900, "SC"), ("901", "2024", 3, 400, "SC"), ("902", "2024", 40, 500, "SC"))
    supported = table(("902", "2024", 30, 40, "SUPPORTED")).assign(observation_id="made-up.csv:3")
    full = pd.concat([counted, supported], ignore_index=True)
    unaware = protect(full, (indicator("SC"), indicator("SUPPORTED", "supported", "those in need")))
    assert unaware["value_status"].tolist() == ["observed", "suppressed", "suppressed", "observed"]
    assert ("901", "numerator") in audit(unaware, kinds=kinds)
    shown = protect(full, kinds)
    assert audit(shown, kinds=kinds) == []
    assert (shown["value_status"] == "observed").sum() >= 1


def test_counts_that_are_seen_to_differ_are_not_taken_for_one_thing() -> None:
    kinds = (indicator("SC", "special"), indicator("SUPPORTED", "supported", "special"))
    total = table(("80", "2024", 43, 900, "SC"), ("81", "2024", 60, 900, "SC"), ("81", "2024", 50, 70, "SUPPORTED"))
    parts = table(("901", "2024", 3, 400, "SC"), ("902", "2024", 40, 500, "SC"), ("902", "2024", 30, 40, "SUPPORTED"))
    parts = parts.assign(observation_id=[f"parts.csv:{line}" for line in range(3)])
    is_hidden = parts["indicator"] == "SC"
    hidden = {name: parts[name].mask(is_hidden) for name in ("value", "numerator")}
    shown = parts.assign(**hidden, value_status=parts["value_status"].mask(is_hidden, "suppressed"))
    assert ("901", "numerator") in audit(pd.concat([total.iloc[:2], shown], ignore_index=True), kinds=kinds)
    assert audit(pd.concat([total, shown], ignore_index=True), kinds=kinds) == []


def test_the_year_is_nine_months_and_the_last_quarter() -> None:
    cells = list_cells(LINKS["nine months and the last quarter"], counts=["ABUSED"])
    cells = cells[cells["part"] == "numerator"].assign(is_published=True, is_known=False, cost=1.0)
    sums = link_counts(cells, PLACES.set_index("place_code")["parent_code"]).sums.toarray()[:, :3]
    assert [1, 1, -1] in sums.tolist()


def test_a_percentage_and_its_denominator_tell_the_count() -> None:
    """2,5 % of 120 children, without the count: 3."""
    full = table(("80", "2024", 3, 120), ("81", "2024", 60, 120)).assign(numerator=np.nan)
    assert audit(full) == [("80", "numerator")]
    shown = protect(full)
    assert shown["value_status"].tolist() == ["suppressed", "observed"]
    assert audit(shown) == []


def test_former_places_that_an_earlier_run_shows() -> None:
    """Last year's report showed one of two districts, and hid the three cases of the other; now they are one."""
    earlier = table(("901", "2024", 40, 700), ("902", "2024", 3, 600))
    merged = table(("903", "2024", 43, 1300)).assign(observation_id="now", part_ids="made-up.csv:0 | made-up.csv:1")
    assert audit(hide_small(earlier)) == []
    assert ("902", "numerator") in audit(hide_small(earlier), merged)
    shown = protect(merged, former=earlier, published=hide_small(earlier))
    assert shown["value_status"].tolist() == ["suppressed"]
    assert audit(hide_small(earlier), shown) == []


def test_a_total_that_an_earlier_run_shows() -> None:
    earlier = table(("80", "2024", 43, 1300))
    full = table(("80", "2024", 43, 1300), ("901", "2024", 40, 700), ("902", "2024", 3, 600))
    careless = hide_small(full)
    assert audit(earlier, careless)
    shown = protect(full, published=earlier)
    assert shown["value_status"].tolist() == ["observed", "suppressed", "suppressed"]
    assert audit(earlier, shown) == []


CROSSED = {("rural", "F"): 3, ("rural", "M"): 30, ("urban", "F"): 40, ("urban", "M"): 50}


def by_sex_and_residence() -> pd.DataFrame:
    """Return counts of girls and boys in towns and in the countryside, with every total."""
    groups = [("_T", "_T", sum(CROSSED.values()))]
    groups += [("sex", sex, sum(n for names, n in CROSSED.items() if names[1] == sex)) for sex in "FM"]
    groups += [("residence", at, sum(n for names, n in CROSSED.items() if names[0] == at)) for at in ("rural", "urban")]
    groups += [("residence.sex", ".".join(names), n) for names, n in CROSSED.items()]
    dimensions, values, counts = zip(*groups, strict=True)
    full = table(*(("80", "2024", n, 1000 + n) for n in counts))
    return full.assign(dimension=dimensions, dimension_value=values, denominator=np.nan)


def test_groups_of_two_kinds_add_up_to_those_of_one() -> None:
    """Girls in the countryside = girls − girls in towns, and = countryside − boys there: three others must go, too."""
    full = by_sex_and_residence()
    careless = hide_small(full)
    with_one_more = careless["dimension_value"].isin(["rural.F", "urban.M"])
    numbers = {name: full[name].mask(with_one_more) for name in ("value", "numerator")}
    kinds = (indicator().model_copy(update={"denominator": None}),)
    unaware = careless.assign(**numbers, value_status=careless["value_status"].mask(with_one_more, "suppressed"))
    assert audit(careless, kinds=kinds) and audit(unaware, kinds=kinds)
    shown = protect(full, kinds)
    assert audit(shown, kinds=kinds) == []
    hidden = shown.loc[shown["value_status"] == "suppressed", "dimension_value"]
    assert 4 <= len(hidden) <= 5 and "rural.F" in set(hidden)


DEATHS = (indicator("NMR", "newborns", "births"), indicator("IMR", "infants", "births"))
CHAINS = [["NMR.numerator", "IMR.numerator", "U5MR.numerator"], ["NMR.value", "IMR.value"]]


def deaths(newborns: int, infants: int) -> pd.DataFrame:
    both = table(("80", "2024", newborns, 900, "NMR"), ("80", "2024", infants, 900, "IMR"))
    return both.assign(unit="per_1000_live_births", value=1000 * both["numerator"] / both["denominator"])


def audit_nested(shown: pd.DataFrame, nested: list[Nested]) -> list[tuple[str, str]]:
    sensitive = dict.fromkeys(("NMR", "IMR"), "small_counts_protected")
    run = PublishedRun("run", shown, PLACES, sensitive, frozenset(), nested=tuple(nested))
    return list(audit_runs([run], RULE)[["indicator", "part"]].itertuples(index=False, name=None))


def test_what_a_count_has_besides_one_that_it_holds() -> None:
    """Ten infants died, eight of them newborn: two were older."""
    nested = list_nested(CHAINS, {one.id: one for one in DEATHS})
    assert nested == [("NMR", "numerator", "IMR", "numerator")]
    full = deaths(8, 10)
    assert audit_nested(full, []) == []
    assert audit_nested(full, nested) == [("IMR", "remainder")]
    assert protect(full, DEATHS)["value_status"].tolist() == ["observed", "observed"]
    shown = protect(full, DEATHS, nested=nested)
    assert sorted(shown["value_status"]) == ["observed", "suppressed"]
    assert audit_nested(shown, nested) == []


@pytest.mark.parametrize("newborns, infants", [(8, 8), (8, 13), (8, 6)])
def test_what_tells_no_small_count_of_nested_ones_stays(newborns: int, infants: int) -> None:
    """None were older, or five; or the two were counted by two hands and say nothing of each other."""
    nested = list_nested(CHAINS, {one.id: one for one in DEATHS})
    full = deaths(newborns, infants)
    assert protect(full, DEATHS, nested=nested)["value_status"].tolist() == ["observed", "observed"]
    assert audit_nested(full, nested) == []


@pytest.mark.parametrize(
    "unit, per", [("percent", 100), ("per_1000_live_births", 1000), ("per_100000_children", 100_000)]
)
def test_a_rate_and_its_denominator_tell_the_count_in_every_unit(unit: str, per: int) -> None:
    """Also rounded, as pages print it: 1.5 per 1,000 of 2,000 births are 3."""
    full = table(("80", "2024", 3, 2000), ("81", "2024", 60, 2000)).assign(unit=unit)
    rounded = full.assign(value=(per * full["numerator"] / full["denominator"]).round(1), numerator=np.nan)
    assert audit(rounded) == [("80", "numerator")]
    shown = protect(rounded)
    assert shown["value_status"].tolist() == ["suppressed", "observed"]
    assert audit(shown) == []

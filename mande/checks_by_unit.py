"""The checks behind a review, by unit: those of the rows of its own code, and of the former places that it is made of."""

import pandas as pd

from mande.contracts.outcomes import SLICE
from mande.indicators.carried import part_ids
from mande.vocabulary import Outcome

_WORST_LAST = [str(word) for word in (Outcome.PASSED, Outcome.WARNING, Outcome.FAILED)]
_COUNTS = ("n_checked", "n_failed")
_TEXTS = ("cells", "annotation_vi", "annotation_en")


def outcomes_of_units(outcomes: pd.DataFrame, actuals: pd.DataFrame, *, place_codes: list[str]) -> pd.DataFrame:
    """Return the outcomes of checks for the units of a review.

    One row per: check × file × unit.
    Needs: `outcomes` by the place codes of the files; `actuals` with `carried_from`.
    Adds: for a unit made of former places, their rows taken together: counts added, cells side by side, the worst
    outcome of all.
    """
    links = _links(actuals, place_codes)
    found = outcomes.merge(links, on="place_code", how="inner", validate="many_to_many")
    found = found.assign(place_code=found["unit"]).drop(columns="unit")
    keys = ["check_id", *SLICE]
    several = found.duplicated(keys, keep=False)
    if not several.any():
        return found.reset_index(drop=True)
    together = found[several].groupby(keys, sort=False).agg(_by_column(outcomes, keys)).reset_index()
    return pd.concat([found[~several], together[found.columns]], ignore_index=True)


def findings_of_values(findings: pd.DataFrame, actuals: pd.DataFrame) -> pd.DataFrame:
    """Return the findings about the values of a review, and about the published values that these were carried from."""
    return findings[findings["observation_id"].isin(part_ids(actuals))].reset_index(drop=True)


def _links(actuals: pd.DataFrame, place_codes: list[str]) -> pd.DataFrame:
    """Return which place codes of the files belong to which unit."""
    carried = actuals.loc[actuals["carried_from"] != "", ["place_code", "carried_from"]].drop_duplicates()
    former = carried.assign(code=carried["carried_from"].str.split("; ")).explode("code")[["code", "place_code"]]
    own = [code for code in place_codes if code not in set(former["code"]) | set(former["place_code"])]
    pairs = pd.concat([former.set_axis(["place_code", "unit"], axis="columns"), _same(own)], ignore_index=True)
    return pairs.drop_duplicates()


def _same(codes: list[str]) -> pd.DataFrame:
    return pd.DataFrame({"place_code": codes, "unit": codes}, dtype=str)


def _by_column(outcomes: pd.DataFrame, keys: list[str]) -> dict[str, object]:
    ways = {name: "first" for name in outcomes.columns if name not in keys}
    ways |= dict.fromkeys(_COUNTS, "sum") | dict.fromkeys(_TEXTS, _side_by_side)
    return ways | {"outcome": lambda words: max(words, key=_WORST_LAST.index)}


def _side_by_side(texts: pd.Series) -> str:
    return ", ".join(dict.fromkeys(text for text in texts if text))

"""Provinces in groups that cannot be told apart, and every choice that the groups rest on."""

from typing import Any

import pandas as pd

from mande.reporting.number_forms import number_form, period_form, share_form
from mande.reporting.wording import wording


def ranking_groups(ranking: pd.DataFrame, names: dict[str, str], lang: str) -> list[dict[str, Any]]:
    """Return the groups, best first; the places of a group by name, each with the range of its rank."""
    ranked = ranking[ranking["rank"].notna()].assign(
        name=ranking["place_code"].map(names).str.removesuffix(" Province")
    )
    return [
        {
            "number": int(number),
            "n": len(rows),
            "places": [
                {"name": place.name, "range": _range(place.rank_lower, place.rank_upper)}
                for place in rows.sort_values("place_code").itertuples(index=False)
            ],
        }
        for number, rows in ranked.groupby("group", sort=True)
    ]


def ranking_notes(ranking: pd.DataFrame, targets: pd.DataFrame, names: dict[str, str], lang: str) -> list[str]:
    """Return what the ranks rest on, how old the figures are, and who could not be ranked."""
    say, ranked = wording(lang).say, ranking[ranking["rank"].notna()]
    if ranked.empty:
        return []
    first = ranked.iloc[0]
    codes, years, weights = (str(first[name]).split("; ") for name in ("indicators", "years", "weights"))
    short = {row["indicator"]: wording(lang).pick(row, "short") for row in targets.to_dict("records")}
    listed = [
        say("ranking.of_year", title=short.get(code, code), year=period_form(year, lang))
        for code, year in zip(codes, years, strict=True)
    ]
    rests = say(
        "ranking.rests",
        indicators=", ".join(listed),
        weights=say("ranking.equal") if len(set(weights)) == 1 else ", ".join(weights),
        normalisation=say(f"ranking.{first['normalisation']}"),
        aggregation=say(f"ranking.{first['aggregation']}"),
        min_share=share_form(first["min_share"], lang),
        draws=number_form(first["draws"], lang, decimals=0),
        chosen=say(f"ranking.chosen.{first['chosen_by']}"),
    )
    missing = [names[code] for code in ranking.loc[ranking["rank"].isna(), "place_code"]]
    unranked = [say("ranking.unranked", names=", ".join(missing))] if missing else []
    return [say("ranking.old", year=period_form(max(years), lang)), rests, *unranked]


def _range(lower: float, upper: float) -> str:
    return f"{lower:.0f}" if lower == upper else f"{lower:.0f}–{upper:.0f}"

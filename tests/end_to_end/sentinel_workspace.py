"""A made-up plan year of one province in which every count is a number that occurs nowhere else; a few are small."""

from pathlib import Path

import numpy as np

from .received_workspace import make_workspace

PROGRAMME, PROVINCE, YEARS = "ha-nam-child-protection-2016-2020", "35", (2018, 2019)
DISTRICTS = ("347", "349", "350", "351", "352", "353")
SMALL = {("349", "F"): 3, ("351", "M"): 2, ("352", "F"): 1, ("352", "M"): 2}
HEAD = (
    "indicator,place_code,period,dimension,dimension_value,value,lower,upper,value_qualifier,unit,value_status,basis,"
    "definition,source,edition,confidence,sample_size,note,numerator,denominator"
)


def sentinel_workspace(folder: Path) -> Path:
    """Return a workspace whose inbox holds one tidy file per place and year."""
    make_workspace(folder)
    for (place, year), rows in sentinel_rows().items():
        lines = [_line(place, year, group, *counts) for group, counts in rows.items()]
        path = folder / "data" / "inbox" / f"{place}_{year}.csv"
        path.write_text("\n".join([HEAD, *lines]) + "\n", encoding="utf-8")
    return folder


def sentinel_rows() -> dict[tuple[str, int], dict[str, tuple[int, int]]]:
    """Return counts and denominators by place and year, for girls, boys and all."""
    random = np.random.default_rng(4)
    rows = {}
    for year in YEARS:
        found = {
            place: {
                sex: (
                    SMALL.get((place, sex), int(random.integers(12_011, 24_999))),
                    int(random.integers(26_000_000, 48_999_999)),
                )
                for sex in ("F", "M")
            }
            for place in DISTRICTS
        }
        found[PROVINCE] = {sex: _sum(found[place][sex] for place in DISTRICTS) for sex in ("F", "M")}
        for place, groups in found.items():
            rows[place, year] = {**groups, "_T": _sum(groups.values())}
    return rows


def _sum(pairs) -> tuple[int, int]:
    numerators, denominators = zip(*pairs, strict=True)
    return sum(numerators), sum(denominators)


def _line(place: str, year: int, group: str, numerator: int, denominator: int) -> str:
    dimension = "_T" if group == "_T" else "sex"
    series = "percent,observed,dolisa-administrative,sc-unstated,simulation,made up,text,,"
    value = 100 * numerator / denominator
    note = "SỐ LIỆU MÔ PHỎNG / SIMULATED DATA"
    return f"SC_RATIO,{place},{year},{dimension},{group},{value!r},,,=,{series}{note},{numerator},{denominator}"

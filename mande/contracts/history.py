"""Columns that compare what a unit sent with its own other periods, with its peers and with another source.

Every distance is measured in a noise that one wild value cannot inflate: the median absolute deviation (MAD), never
a standard deviation. Among 12 values none can lie more than 3.18 standard deviations from their mean.
"""

import numpy as np
import numpy.typing as npt
import pandas as pd

from mande.contracts.derived_columns import Setting, code_rows, look_up
from mande.contracts.series import COMPARABLE, NORMAL_MAD

Floats = npt.NDArray[np.float64]
FEWEST_OTHERS = 3
LONGEST_EXACT = 24
"""A series of more values loses nothing by keeping the judged one in its own median and MAD."""


def period_series(table: pd.DataFrame, setting: Setting) -> pd.Series:
    """Return an integer per series: one place, group, indicator, basis, definition and length of period, any source."""
    days = (table["period_end"] - table["period_start"]).dt.days
    lengths = table[COMPARABLE].assign(months=(days / 30.4).round())
    return pd.Series(code_rows(lengths, [*COMPARABLE, "months"]), index=table.index)


def usual_amount(table: pd.DataFrame, setting: Setting) -> pd.Series:
    """Return the median of the *other* values of the series, for the `amount` of the contract's arguments.

    *Missing values* for series of fewer than four values. *Needs* `period_series`.
    """
    return _leave_one_out(table[setting.arguments["amount"]], table["period_series"])["median"]


def usual_noise(table: pd.DataFrame, setting: Setting) -> pd.Series:
    """Return 1.4826 × MAD of the other values of the series, and at least the noise that is always there.

    That is the contract's `noise` of the indicator, and chance: the standard deviation of a count as large as the
    usual one (Poisson), or of a proportion among as many (binomial). Where MAD is 0, this is what remains.
    *Needs* the column of `usual_amount`, named by the argument `usual`.
    *Source* leave-one-out and MAD: Countdown to 2030, median ± 5 × 1.4826 × MAD of the other years.
    """
    amount = setting.arguments["amount"]
    others = NORMAL_MAD * _leave_one_out(table[amount], table["period_series"])["mad"]
    return _larger(others, least_noise(table, table[setting.arguments["usual"]], setting))


def least_noise(table: pd.DataFrame, usual: pd.Series, setting: Setting) -> pd.Series:
    """Return the noise below which nothing is unusual, in the unit of the amount: the contract's and that of chance.

    For a value the contract's is the `noise` of its indicator; for a count, `least_percent` of the arguments.
    """
    limits = setting.contract.indicators
    stated = look_up(table["indicator"], {name: item.noise for name, item in limits.items()})
    if setting.arguments["amount"] != "value":
        return _larger(usual.abs() * setting.arguments["least_percent"] / 100, np.sqrt(usual.clip(lower=1)))
    is_points = table["unit"] == "percent"
    stated = stated.where(is_points, usual.abs() * stated / 100)
    factor = look_up(table["unit"], setting.arguments["multipliers"])
    share = (usual / factor).clip(lower=0)
    # one event more or less is chance, even where the usual share is 0 or 1
    events = (share * (1 - share).clip(lower=0)).clip(lower=1 / table["denominator"].clip(lower=1))
    chance = factor * np.sqrt(events / table["denominator"].clip(lower=1))
    return _larger(stated, chance.fillna(np.sqrt(usual.clip(lower=1)).where(factor.isna())))


def distance(table: pd.DataFrame, setting: Setting) -> pd.Series:
    """Return how many times the noise the amount lies away from what is usual; the arguments name the three columns."""
    names = setting.arguments
    distances: pd.Series = (table[names["amount"]] - table[names["usual"]]).abs() / table[names["noise"]]
    return distances


def noise_kind(table: pd.DataFrame, setting: Setting) -> pd.Series:
    """Say which noise a distance rests on: "MAD", or "least noise" where MAD is 0 or smaller than that."""
    floor = least_noise(table, table[setting.arguments["usual"]], setting)
    is_floor = table[setting.arguments["noise"]] <= floor
    kinds = pd.Series(is_floor, dtype="category")
    return kinds.cat.rename_categories({True: "least noise", False: "MAD"})


def peer_group(table: pd.DataFrame, setting: Setting) -> pd.Series:
    """Return an integer per group of peers: units of one parent and level with a value of one indicator and period.

    Units with fewer than `fewest` peers under their parent are compared with all units of their level.
    Only ratios are compared: counts differ with the size of the unit. *Missing values* for all other rows.
    """
    factor = look_up(table["unit"], setting.arguments["multipliers"])
    rows = table[table["value"].notna() & factor.notna() & ~table["is_reference"]]
    places = setting.known_places.drop_duplicates("place_code", keep="last").set_index("place_code")
    rows = rows.assign(
        level=look_up(rows["place_code"], places["level"]), parent=look_up(rows["place_code"], places["parent_code"])
    )
    alike = ["indicator", "period", "dimension", "dimension_value", "basis", "definition", "level"]
    wide = pd.Series(code_rows(rows, alike), index=rows.index)
    near = pd.Series(code_rows(rows.assign(wide=wide), ["wide", "parent"]), index=rows.index)
    size = near.groupby(near).transform("size")
    fewest = setting.arguments["fewest"]
    chosen = near.where(size >= fewest, wide + near.max() + 1)
    enough = chosen.groupby(chosen).transform("size") >= fewest
    return chosen.where(enough).reindex(table.index)


def usual_among_peers(table: pd.DataFrame, setting: Setting) -> pd.Series:
    """Return the median of the peers' values. *Needs* `peer_group`."""
    return table["value"].groupby(table["peer_group"]).transform("median")


def peer_noise(table: pd.DataFrame, setting: Setting) -> pd.Series:
    """Return 1.4826 × MAD of the peers, and at least the noise that is always there (see `usual_noise`)."""
    usual = table[setting.arguments["usual"]]
    deviation = (table["value"] - usual).abs()
    spread = NORMAL_MAD * deviation.groupby(table["peer_group"]).transform("median")
    return _larger(spread, least_noise(table, usual, setting)).where(usual.notna())


def published_value(table: pd.DataFrame, setting: Setting) -> pd.Series:
    """Return what another source states for the same indicator, place, period, group, unit, basis and definition.

    For the indicators under `across_bases` of the arguments the basis may differ: a survey checks what was reported.
    """
    if not table["is_reference"].any():
        return pd.Series(np.nan, index=table.index)
    same = ["indicator", "place_code", "period", "dimension", "dimension_value", "unit"]
    across = table["indicator"].isin(setting.arguments["across_bases"])
    basis = table["basis"].astype(str).mask(across, "any")
    definition = table["definition"].astype(str).mask(across, "any")
    code = pd.Series(code_rows(table[same].assign(basis=basis, definition=definition), [*same, "basis", "definition"]))
    code.index = table.index
    other = table.loc[table["is_reference"] & table["value"].notna(), "value"]
    stated = other.groupby(code.loc[other.index]).median()
    return code.map(stated).where(~table["is_reference"])


def published_gap(table: pd.DataFrame, setting: Setting) -> pd.Series:
    """Return by how many percent the value lies away from `published_value`."""
    published = table["published_value"]
    gap: pd.Series = 100 * (table["value"] - published) / published.where(published != 0).abs()
    return gap


def _larger(one: pd.Series, other: pd.Series) -> pd.Series:
    """Return the larger of both in each row; the other one where one is missing."""
    return pd.Series(np.fmax(one, other), index=one.index)


def _leave_one_out(amounts: pd.Series, series: pd.Series) -> pd.DataFrame:
    """Return for each value the median and the MAD of the other values of its series, missing with fewer than three.

    Series of one length make one matrix, so that no loop runs over series.
    """
    is_there = amounts.notna().to_numpy()
    values, code = amounts.to_numpy(dtype=float)[is_there], series.to_numpy()[is_there]
    order = np.argsort(code, kind="stable")
    values, code = values[order], code[order]
    starts = np.flatnonzero(np.r_[True, code[1:] != code[:-1]]) if len(code) else np.array([], dtype=np.int64)
    sizes = np.diff(np.r_[starts, len(code)])
    found = np.full((len(values), 2), np.nan)
    for size in np.unique(sizes[sizes > FEWEST_OTHERS]):
        cells = starts[sizes == size][:, None] + np.arange(size)
        found[cells] = _others(values[cells])
    result = np.full((len(amounts), 2), np.nan)
    result[np.flatnonzero(is_there)[order]] = found
    return pd.DataFrame(result, columns=["median", "mad"], index=amounts.index)


def _others(rows: Floats) -> Floats:
    """Return median and MAD of the other values of each row, for every place of the row."""
    found = np.empty((*rows.shape, 2))
    for place in range(rows.shape[1]):
        others = np.delete(rows, place, axis=1) if rows.shape[1] <= LONGEST_EXACT else rows
        median = np.median(others, axis=1)
        found[:, place, 0] = median
        found[:, place, 1] = np.median(np.abs(others - median[:, None]), axis=1)
    return found

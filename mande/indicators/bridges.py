"""Carry values of one definition over to another by the factor that an analyst has supplied with a source."""

from collections.abc import Iterable

import pandas as pd

from mande.framework.model import Bridge

_SCALED = ["value", "lower", "upper"]
_SAME_VALUE = ["indicator", "place_code", "period", "dimension", "dimension_value", "source", "basis", "definition"]


def carry_over(observations: pd.DataFrame, bridges: Iterable[Bridge]) -> pd.DataFrame:
    """Return the observations and, after them, what each bridge makes of those of its first definition.

    One row per: as given, and again for each value on the `from_definition` of a bridge.
    Needs: the columns of `observations`.
    Adds: `bridge_vi`, `bridge_en` (factor and source in words, empty for a value as published); in a carried row
    value and bounds are multiplied by the factor, `definition` is the bridge's second one, `observation_id` ends in
    the factor, `value_status` is estimated.
    Missing values: a value that was published on the second definition stands; none is carried over it. Numerators
    and denominators of a carried row are missing, as the factor holds for their ratio only.
    """
    plain = observations.assign(bridge_vi="", bridge_en="")
    carried = [_carry(plain, bridge) for bridge in bridges]
    both = pd.concat([plain, *carried], ignore_index=True) if carried else plain
    return both[~both.duplicated(_SAME_VALUE) | both["bridge_en"].eq("")].reset_index(drop=True)


def _carry(observations: pd.DataFrame, bridge: Bridge) -> pd.DataFrame:
    is_first = observations["definition"].eq(bridge.from_definition) & observations["indicator"].eq(bridge.indicator)
    rows = observations[is_first]
    scaled = {name: rows[name] * bridge.factor for name in _SCALED}
    source = "; ".join((bridge.citation.document, *bridge.citation.sources))
    factor_vi = f"{bridge.factor:g}".replace(".", ",")
    absent = {name: float("nan") for name in ("numerator", "denominator") if name in rows}
    return rows.assign(
        **scaled,
        **absent,
        definition=bridge.to_definition,
        value_status=rows["value_status"].mask(rows["value_status"].isin(["observed", "provisional"]), "estimated"),
        observation_id=rows["observation_id"] + f" x {bridge.factor:g}",
        bridge_vi=f"Số liệu trước khi đổi khái niệm đã nhân với hệ số nối {factor_vi}; nguồn: {source}.",
        bridge_en=f"Values of the earlier definition were multiplied by the bridging factor {bridge.factor:g}; source: {source}.",
    )

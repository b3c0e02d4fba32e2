"""A made-up programme with one target and a made-up series, as small as a truth table's line."""

from datetime import date

import numpy as np
import pandas as pd

from mande.framework.model import (
    Basis,
    Citation,
    Document,
    Indicator,
    Programme,
    Result,
    StageRule,
    Target,
    TargetLevel,
    Text,
    VerdictRule,
)
from mande.vocabulary import Stage

WORDS = Text(vi="bịa ra để thử", en="made up for a test")


def make_programme(levels, *, ascending=False, unit="percent", definition=None, accepts=(), confidence="text"):
    """Return a programme of 2021–2030 with one target on the basis `ours`."""
    target = Target(
        id="T1",
        result="O1",
        indicator="X",
        bases=("ours",),
        definition=definition,
        accepts=accepts,
        levels=tuple(TargetLevel(**level) for level in levels),
        citation=Citation(document="0/TEST", sources=("test",), confidence=confidence),
    )
    return Programme(
        id="made-up",
        title=WORDS,
        document=Document(number="0/TEST", title=WORDS, issuer=WORDS),
        start_date=date(2021, 1, 1),
        end_date=date(2030, 12, 31),
        stages={
            Stage.MID_TERM: StageRule(judged_year=2025),
            Stage.END_TERM: StageRule(judged_year=2030, max_age_years=1),
        },
        verdict_rule=VerdictRule(
            name="linear-path", version="1", on_track_pace=0.95, behind_pace=0.6, max_age_years=3.0
        ),
        results=(Result(id="O1", level="outcome", title=WORDS),),
        bases=(Basis(id="ours", title=WORDS), Basis(id="theirs", title=WORDS)),
        indicators=(
            Indicator(
                id="X",
                title=WORDS,
                short=WORDS,
                unit=unit,
                measure="percentage",
                ascending=ascending,
                aggregation="none",
                bases=("ours", "theirs"),
            ),
        ),
        targets=(target,),
    )


def make_observations(values, **same):
    """Return observations of indicator X in place 99 from {year: value} or a list of dicts."""
    rows = (
        [{"period": str(year), "value": value} for year, value in values.items()]
        if isinstance(values, dict)
        else values
    )
    defaults = {
        "indicator": "X",
        "place_code": "99",
        "dimension": "_T",
        "dimension_value": "_T",
        "lower": np.nan,
        "upper": np.nan,
        "value_qualifier": "=",
        "value_status": "observed",
        "basis": "ours",
        "definition": "",
        "source": "made-up",
        "edition": "1",
        "confidence": "text",
    }
    table = pd.DataFrame([{**defaults, **same, **row} for row in rows], columns=[*defaults, "period", "value"])
    return table.assign(
        value=table["value"].astype(float),
        observation_id=[f"made-up:{number}" for number in range(len(table))],
        period_start=pd.to_datetime(table["period"] + "-01-01"),
        period_end=pd.to_datetime(table["period"] + "-12-31"),
    )

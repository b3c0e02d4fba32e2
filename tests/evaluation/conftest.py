"""Judge one made-up target at a time."""

from datetime import date

import pandas as pd
import pytest

from mande.evaluation.progress import compute_progress
from mande.indicators.actuals import accepted_rules, compute_actuals
from mande.vocabulary import Stage


@pytest.fixture
def judge():
    """Return a function that judges one made-up target and returns its row."""

    def run(programme, observations, *, stage="mid-term", as_of=date(2024, 12, 31), failed=()):
        findings = pd.DataFrame({"observation_id": list(failed), "severity": ["critical"] * len(failed)}, dtype=str)
        actuals = compute_actuals(observations, programme, place_codes=["99"], as_of=as_of, findings=findings)
        progress = compute_progress(
            actuals, accepted_rules(programme), programme, stage=Stage(stage), as_of=as_of, place_codes=["99"]
        )
        assert len(progress) == 1
        return progress.iloc[0]

    return run

"""What a review rests on: everything that arrived, its checks and grades, and its values at the units of the date."""

import re
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING

import pandas as pd

from mande.checks_by_unit import findings_of_values, outcomes_of_units
from mande.contracts.check import SOURCE_CONTRACT, CheckResult, check_observations
from mande.errors import DataError, Problem
from mande.framework.load import load_carry_weights
from mande.framework.model import Programme
from mande.indicators.actuals import compute_actuals
from mande.indicators.carried import carry_to_units
from mande.protection import Protection, Shown, protect_values
from mande.sources.all_sources import join_received
from mande.sources.published import Published, read_published
from mande.sources.received import Intake
from mande.submission_checks import SubmissionCheck, check_submissions, join_checks, mend_first, quality_of_units

if TYPE_CHECKING:
    from mande.workspace import Workspace

IDENTITY_CHECKS = {
    "known-place-code": "correct the code; see: mande places find",
    "known-indicator": f"correct the spelling, or add the indicator under `indicators` in data_contracts/{SOURCE_CONTRACT}",
    "unique-key": "keep one of the rows that speak of the same value",
}
"""Rows that fail these belong to no page, or to one twice: the review stops instead of losing them."""


@dataclass(frozen=True)
class ReviewEvidence:
    """What arrived, what its checks found, and the values at the units of the date, whole and as they may be shown."""

    as_of: date
    received: Intake
    arrived: Published
    sent: SubmissionCheck
    outcomes: pd.DataFrame
    findings: pd.DataFrame
    at_units: pd.DataFrame
    shown: Shown

    def actuals(self, programme: Programme, *, place_codes: list[str]) -> pd.DataFrame:
        """Return the values of a programme's indicators as they may be shown (see `compute_actuals`)."""
        return self._actuals(self.shown.observations, programme, place_codes)

    def actuals_in_full(self, programme: Programme, *, place_codes: list[str]) -> pd.DataFrame:
        """Return the same with the numbers that a published review hides; for internal use only."""
        return self._actuals(self.at_units, programme, place_codes)

    def _actuals(self, values: pd.DataFrame, programme: Programme, place_codes: list[str]) -> pd.DataFrame:
        judged = {"as_of": self.as_of, "findings": self.findings, "grades": self.sent.grades}
        return compute_actuals(values, programme, place_codes=place_codes, **judged)


def gather_review_evidence(
    workspace: "Workspace", programme: Programme, *, as_of: date, protection: Protection | None
) -> ReviewEvidence:
    """Read and check everything that arrived, and bring it to the units of the date.

    Raises: DataError for data that cannot be used; DisclosureError for small counts that cannot be protected.
    """
    received, published = workspace.received(), read_published(workspace.published_folder)
    arrived = join_received(published, received)
    checked = check_arrived(workspace, programme, published.observations, as_of=as_of)
    reported = {indicator.id for indicator in programme.indicators}
    sent = check_submissions(workspace, received, published=published.observations, as_of=as_of, reported=reported)
    at_units = bring_to_units(workspace, programme, arrived.observations, as_of=as_of)
    shown = protect_values(workspace, programme, at_units, arrived.observations, as_of=as_of, protection=protection)
    return ReviewEvidence(as_of, received, arrived, sent, *join_checks(checked, sent), at_units, shown)


def checked_tables(
    known: ReviewEvidence, programme: Programme, actuals: pd.DataFrame, progress: pd.DataFrame
) -> dict[str, pd.DataFrame]:
    """Return what the checks found about the units of a review, and what these should mend first."""
    codes, shown = progress["place_code"].drop_duplicates().tolist(), known.shown
    outcomes = shown.without_cells(known.outcomes, known.arrived.observations)
    return {
        "check_outcomes": outcomes_of_units(outcomes, actuals, place_codes=codes),
        "findings": shown.without_numbers(findings_of_values(known.findings, actuals)),
        "quality": quality_of_units(known.sent.quality, codes, {one.id for one in programme.indicators}),
        "to_mend": shown.for_units(mend_first(known.sent, known.received, progress)),
    }


def check_arrived(
    workspace: "Workspace", programme: Programme, observations: pd.DataFrame, *, as_of: date
) -> CheckResult:
    """Check all that arrived, once for all units (see `check_observations`).

    Raises: DataError for rows that would land nowhere or twice, each with its cell.
    """
    checked = check_observations(
        observations,
        workspace.contracts_folder,
        known_places=workspace.places.places,
        as_of=as_of,
        reported={indicator.id for indicator in programme.indicators},
    )
    _require_identity(observations, checked)
    return checked


def bring_to_units(
    workspace: "Workspace", programme: Programme, observations: pd.DataFrame, *, as_of: date
) -> pd.DataFrame:
    """Carry what was published for former places to the units of the review's date (see `carry_to_units`)."""
    known = [*workspace.programmes.values(), programme]
    return carry_to_units(
        observations,
        workspace.places,
        indicators={indicator.id: indicator for one in known for indicator in one.indicators}.values(),
        weights=load_carry_weights(workspace.programmes_folder),
        as_of=as_of,
    )


def _require_identity(observations: pd.DataFrame, checked: CheckResult) -> None:
    """Stop for rows that would land nowhere or twice, each with its cell."""
    lost = checked.findings[checked.findings["check_id"].isin(list(IDENTITY_CHECKS))]
    if lost.empty:
        return
    rows = lost.merge(observations[["observation_id", "file", "cell"]], on="observation_id", validate="many_to_one")
    raise DataError(
        [
            Problem(f"{row.file} row {re.sub('[A-Z]', '', row.cell)}", row.found, IDENTITY_CHECKS[row.check_id])
            for row in rows.itertuples()
        ]
    )

"""What a published review may know: observations without the numbers that would let a reader find a child.

Two kinds of runs: an *internal* one has all numbers; a *published* one is computed from protected observations alone.
"""

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

import pandas as pd

from mande.contracts.check import SUBMISSIONS_CONTRACT
from mande.contracts.contract import read_contract
from mande.framework.indicator import Indicator, Measure, Sensitivity
from mande.framework.model import Programme
from mande.indicators.carried import part_ids
from mande.indicators.disclosure.audit import audit_runs
from mande.indicators.disclosure.deciding import find_deciding
from mande.indicators.disclosure.known_counts import quantities_of
from mande.indicators.disclosure.nested_counts import Nested, list_nested
from mande.indicators.disclosure.protect import protect_observations
from mande.indicators.disclosure.published_cells import PublishedRun
from mande.indicators.disclosure.rule import Rule
from mande.vocabulary import Verdict

if TYPE_CHECKING:
    from mande.workspace import Workspace

INTERNAL, PUBLISHED = "internal", "published"
HIDDEN_COLUMNS = ["what", "id", "level", "n_hidden", "n"]


@dataclass(frozen=True)
class Protection:
    """How a published review is protected: the rule, and the folders whose published runs readers already have."""

    rule: Rule = Rule()
    folders: tuple[Path, ...] = ()


@dataclass(frozen=True)
class Shown:
    """Observations as a review may see them; `hidden`: those without their numbers, with the ids of all their parts.

    `sensitive`: the protected indicators; None in an internal review, which sees everything.
    """

    observations: pd.DataFrame
    hidden: pd.DataFrame
    sensitive: frozenset[str] | None = None

    @property
    def hidden_ids(self) -> set[str]:
        """Return the ids of hidden observations and of the published ones that they were carried from."""
        return set(part_ids(self.hidden).str.replace(r" x .*", "", regex=True)) if len(self.hidden) else set()

    def touches(self, actuals: pd.DataFrame) -> bool:
        """Tell whether some value of a review is hidden."""
        return len(self.hidden) > 0 and bool(actuals["unusable_reason"].eq("suppressed").any())

    def without_numbers(self, findings: pd.DataFrame) -> pd.DataFrame:
        """Return what checks found (`indicator`, `found`) without the numbers of protected indicators."""
        is_protected = findings["indicator"].isin(self.sensitive or ())
        return findings.assign(found=findings["found"].mask(is_protected, "suppressed"))

    def for_units(self, to_mend: pd.DataFrame) -> pd.DataFrame:
        """Return what units should mend; it quotes what they sent, so that no published review has any of it."""
        return to_mend if self.sensitive is None else to_mend.iloc[:0]

    def without_cells(self, outcomes: pd.DataFrame, arrived: pd.DataFrame) -> pd.DataFrame:
        """Return the outcomes of checks without the cells of slices that hold hidden observations.

        Which cell is an outlier says how large its number is.
        """
        if self.hidden.empty:
            return outcomes
        rows = arrived.loc[arrived["observation_id"].isin(self.hidden_ids), ["file", "place_code"]].drop_duplicates()
        has_hidden = pd.MultiIndex.from_frame(outcomes[["file", "place_code"]]).isin(pd.MultiIndex.from_frame(rows))
        return outcomes.assign(cells=outcomes["cells"].mask(has_hidden & (outcomes["n_failed"] > 0), "…"))


def protect_values(
    workspace: "Workspace",
    programme: Programme,
    at_units: pd.DataFrame,
    arrived: pd.DataFrame,
    *,
    as_of: date,
    protection: Protection | None,
) -> Shown:
    """Hide what must not be published, over all places of the date: what is hidden does not depend on the run's units.

    Needs: `at_units`, the observations brought to the units of the date, and `arrived`, those that they came from.
    Without `protection` nothing is hidden: the review is internal.
    Raises: DisclosureError where that cannot be done beside what is published already.
    """
    if protection is None:
        return Shown(at_units, at_units.iloc[:0])
    known = [*workspace.programmes.values(), programme]
    indicators = {indicator.id: indicator for one in known for indicator in one.indicators}
    due = at_units[at_units["period_end"] <= pd.Timestamp(as_of)].reset_index(drop=True)
    protected = protect_observations(
        due,
        indicators=indicators.values(),
        places=workspace.places.at(as_of),
        rule=protection.rule,
        published=_shown_before(protection.folders),
        former=arrived[~arrived["observation_id"].isin(due["observation_id"])],
        deciding=find_deciding(due, known),
        nested=nested_in(workspace, known),
    )
    ids = protected.hidden["observation_id"]
    sensitive = frozenset(one.id for one in _sensitive(known))
    return Shown(protected.observations, due[due["observation_id"].isin(ids)], sensitive)


def nested_in(workspace: "Workspace", programmes: Iterable[Programme]) -> list[Nested]:
    """Return which counts of protected indicators hold which, as the contract of submissions declares it."""
    return list_nested(_chains_of(workspace), {one.id: one for one in _sensitive(programmes)})


def describe_hidden(
    actuals: pd.DataFrame, units: pd.DataFrame, progress: pd.DataFrame, in_full: pd.DataFrame | None
) -> pd.DataFrame:
    """Return what protection costs a review.

    One row per: indicator × level of which values are hidden (`what`: values), target × level of which verdicts are
    lost (`what`: verdicts). Needs: `in_full`, progress with all numbers (None: nothing is hidden).
    Adds: `n_hidden` of `n`. Small counts and those hidden for their sake are not told apart: how many of a few hidden
    cells are small would say too much.
    """
    level = units.drop_duplicates("place_code").set_index("place_code")["level"]
    if in_full is None:
        return pd.DataFrame({name: pd.Series(dtype="int64" if name[0] == "n" else str) for name in HIDDEN_COLUMNS})
    values = actuals.assign(
        id=actuals["indicator"],
        level=actuals["place_code"].map(level),
        is_hidden=actuals["unusable_reason"].eq("suppressed"),
    )
    assessed = [str(verdict) for verdict in Verdict if verdict.is_assessed]
    lost = in_full["verdict"].isin(assessed).to_numpy() & ~progress["verdict"].isin(assessed).to_numpy()
    verdicts = progress.assign(id=progress["target_id"], level=progress["place_code"].map(level), is_hidden=lost)
    return pd.concat([_count("values", values), _count("verdicts", verdicts)], ignore_index=True)


def describe_kind(name: str, protection: dict[str, object] | None) -> dict[str, object]:
    """Return id and kind of a run, and what protects it; both kinds of one review can stand side by side."""
    if protection is None:
        return {"run_id": name, "kind": INTERNAL}
    return {"run_id": f"{name}_{PUBLISHED}", "kind": PUBLISHED, "disclosure": protection}


def describe_protection(workspace: "Workspace", programmes: Iterable[Programme], rule: Rule) -> dict[str, object]:
    """Return what a published run says of its protection, so that it can be audited by itself."""
    programmes = list(programmes)
    sensitive = _sensitive(programmes)
    return {
        "protected_up_to": rule.highest_protected,
        "sensitive": {one.id: str(one.sensitivity) for one in sensitive},
        "counts": sorted(one.id for one in sensitive if _is_count(one)),
        "quantities": {one.id: quantities_of(one) for one in sensitive},
        "nested": [list(names) for names in nested_in(workspace, programmes)],
    }


def published_folders(folders: Iterable[Path]) -> list[Path]:
    """Return the published runs below folders, former ones in the archive among them; half-made ones do not count."""
    found = {path.parent for folder in folders for path in folder.glob("**/run.json")}
    whole = [one for one in found if not any(part.startswith(".") for part in one.parts[-4:])]
    return sorted(one for one in whole if read_info(one).get("kind") == PUBLISHED)


def read_info(folder: Path) -> dict:
    """Return what identifies a run; nothing if its run.json cannot be read."""
    try:
        return json.loads((folder / "run.json").read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}


def read_published_run(folder: Path) -> PublishedRun:
    """Return the tables of a published run for an audit."""
    tables = {name: pd.read_parquet(folder / "tables" / f"{name}.parquet") for name in ("actuals", "units")}
    return as_published(read_info(folder), tables["actuals"], tables["units"])


def as_published(info: dict, actuals: pd.DataFrame, units: pd.DataFrame) -> PublishedRun:
    """Return tables as those of a published run; `info` is its run.json."""
    name = f"{info['run_id']} {info['made_at']}"
    said = info["disclosure"]
    counts, quantities = frozenset(said["counts"]), said.get("quantities", {})
    nested = tuple(tuple(names) for names in said.get("nested", ()))
    return PublishedRun(name, actuals, units, said["sensitive"], counts, quantities, nested)


def audit_beside(run: PublishedRun, folders: Sequence[Path], rule: Rule) -> pd.DataFrame:
    """Return what readers of a run and of the published ones below folders can narrow down (see `audit_runs`)."""
    earlier = [read_published_run(folder) for folder in published_folders(folders)]
    return audit_runs([one for one in earlier if one.run_id != run.run_id] + [run], rule)


def _shown_before(folders: Iterable[Path]) -> pd.DataFrame | None:
    tables = [pd.read_parquet(folder / "tables" / "actuals.parquet") for folder in published_folders(folders)]
    return pd.concat(tables, ignore_index=True).drop_duplicates(ignore_index=True) if tables else None


def _sensitive(programmes: Iterable[Programme]) -> list[Indicator]:
    indicators = {indicator.id: indicator for one in programmes for indicator in one.indicators}
    return [one for one in indicators.values() if one.sensitivity != Sensitivity.PUBLIC]


def _chains_of(workspace: "Workspace") -> list[list[str]]:
    """Return the chains of counts that hold one another, as the contracts declare them."""
    contract = read_contract(workspace.contracts_folder / SUBMISSIONS_CONTRACT)
    return [chain for column in contract.columns for chain in column.arguments.get("chains", [])]


def _count(what: str, rows: pd.DataFrame) -> pd.DataFrame:
    table = rows.groupby(["id", "level"], as_index=False, sort=True).agg(
        n_hidden=("is_hidden", "sum"), n=("id", "size")
    )
    table = table[table["n_hidden"] > 0].astype({"n_hidden": "int64", "n": "int64"})
    return table.assign(what=what)[HIDDEN_COLUMNS]


def _is_count(indicator: Indicator) -> bool:
    return indicator.measure == Measure.COUNT
